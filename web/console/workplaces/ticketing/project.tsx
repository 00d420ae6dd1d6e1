import { useNavigate, useParams } from 'react-router';
import { FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Failure, Waiting } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { Board } from './board.tsx';
import { cloneProject } from './clone.ts';
import { Events } from './events.tsx';
import { useProject } from './model.ts';
import { orderCells, orderTitles } from './order-cells.tsx';
import { NO_PEOPLE } from './orders.tsx';
import type { Project } from './parts.ts';
import { Rights } from './rights.tsx';
import { asNew, PROJECT_COUNTED, PROJECT_HIDDEN, projectSchema, withBase } from './save.ts';

const BOARD_MS = 3000;

/** One project: how it sells, its parts, who may sell it, and its orders. */
export function ProjectPage() {
  const { project_id = '', part = 'board' } = useParams();
  const found = useProject(Number(project_id), part === 'board' ? BOARD_MS : undefined);
  if (found.data === undefined) {
    if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
    return <Waiting />;
  }
  return <ProjectDetail project={found.data} part={part} stale={found.isError} />;
}

function ProjectDetail({ project, part, stale }: { project: Project; part: string; stale: boolean }) {
  const t = useLabels();
  const { project_id, tenant_id, project_name } = project;
  const tabs = [
    { key: 'board', label: t({ zh: '销售看板', en: 'Sales' }), children: <Board project={project} stale={stale} /> },
    { key: 'events', label: t({ zh: '场次与票档', en: 'Events and tiers' }), children: <Events project={project} /> },
    { key: 'rights', label: t({ zh: '渠道授权', en: 'Who may sell' }), children: <Rights project={project} /> },
    { key: 'sold', label: t({ zh: '订单', en: 'Orders' }), children: <ProjectOrders project_id={project_id} /> },
  ];
  return (
    <>
      <Flex wrap gap={8} align="center">
        <h2 className="console-title">{project_name}</h2>
        <Tag>{project_id}</Tag>
        <Tag>
          {t({ zh: '租户', en: 'tenant' })} {tenant_id}
        </Tag>
        <div className="console-grow" />
        <Flex wrap gap={8}>
          <ProjectButtons project={project} />
        </Flex>
      </Flex>
      <Tabs tabs={tabs} chosen={part} pathOf={(key) => `/ticketing/${project_id}/${key}`} />
    </>
  );
}

function ProjectButtons({ project }: { project: Project }) {
  const t = useLabels();
  const go = useNavigate();
  const { client } = useSession();
  const { event_list: _events, ...base } = project;
  return (
    <>
      <FormButton
        method="piaoquan.ticketing.project.save"
        label={{ zh: '修改项目', en: 'Edit project' }}
        schema={projectSchema}
        initial={base}
        wishes={{ hidden: PROJECT_HIDDEN, fixed: ['project_id', 'tenant_id'] }}
        toRequest={withBase}
      />
      <FormButton
        method="piaoquan.ticketing.project.save"
        label={{ zh: '复制', en: 'Clone' }}
        schema={projectSchema}
        initial={cloneProject(project)}
        wishes={{
          hidden: PROJECT_COUNTED,
          fixed: ['tenant_id'],
          required: ['event_list.price_list.goods_count'],
        }}
        toRequest={(values) => asNew(client, values)}
        onDone={(_answer, request) => go(`/ticketing/${(request.project as Project).project_id}/events`)}
      >
        <p>
          {t({
            zh: '带走全部场次、票档、套票与优惠，不带销量。提交前请改好时间；新场次一保存即为上架。',
            en: 'Takes all events, tiers, packages and discounts along, nothing of what was sold. Mend the times before you submit: new events are on the shelf at once.',
          })}
        </p>
      </FormButton>
    </>
  );
}

function ProjectOrders({ project_id }: { project_id: number }) {
  return (
    <ContractList
      method="piaoquan.ticketing.order.list"
      fixed={{ ...NO_PEOPLE, project_id }}
      rowKey="order_id"
      columns={[
        ...['order_id', 'order_status', 'receivable_money', 'create_order_time', 'auto_cancel_order_time', 'pay_time'],
        ...['refund_due', 'channel_id', 'user_id', 'shopping_cart_id'],
      ]}
      cells={orderCells}
      titles={orderTitles}
      empty={{
        zh: '这个项目还没有订单。渠道调用 order.submit 下单后出现。',
        en: 'No order yet. They appear when channels call order.submit.',
      }}
    />
  );
}
