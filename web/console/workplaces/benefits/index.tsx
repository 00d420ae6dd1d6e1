import { Link, Route, Routes, useSearchParams } from 'react-router';
import { useFromAddress } from '../../address.ts';
import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { Bar } from '../../components/bar.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Sections } from '../../components/sections.tsx';
import { Notice } from '../../components/states.tsx';
import { StockButton } from '../../components/stock-button.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLabels } from '../../language.tsx';
import { type LazyPageAt, themedPage } from '../../lazy-page.tsx';
import { grouped } from '../../numbers.ts';
import { Activities } from './activities.tsx';

const why = themedPage(() => import('./why.tsx'), 'WhyNoSend');

/** What the lists have no use for. */
export const later = [why];

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first]) => (first === 'why' ? why : undefined);

/** Benefits: what sellers bought, the activities it is linked to, and what was sent of it. */
export default function Benefits() {
  return (
    <>
      <Sections
        workplace="benefits"
        parts={{
          sellers: { zh: '卖家', en: 'Sellers' },
          templates: { zh: '权益模板', en: 'Templates' },
          activities: { zh: '活动', en: 'Activities' },
          sends: { zh: '发放记录', en: 'Sends' },
          why: { zh: '为什么发不出', en: 'Why not?' },
        }}
      />
      <Routes>
        <Route path="templates" element={<OfSeller>{(user_id) => <Templates user_id={user_id} />}</OfSeller>} />
        <Route path="activities" element={<OfSeller>{(user_id) => <Activities user_id={user_id} />}</OfSeller>} />
        <Route path="sends" element={<SendsPage />} />
        <Route path="why" element={<why.Shown />} />
        <Route path="*" element={<Sellers />} />
      </Routes>
    </>
  );
}

function Sellers() {
  return (
    <ContractList
      method="piaoquan.benefit.seller.list"
      rowKey="user_id"
      cells={{
        user_id: ({ user_id }) => <Link to={`/benefits/templates?user_id=${user_id}`}>{String(user_id)}</Link>,
        types: ({ types }) =>
          (types as { benefit_name: string; is_open: boolean }[])
            .filter(({ is_open }) => is_open)
            .map(({ benefit_name }) => <Tag key={benefit_name}>{benefit_name}</Tag>),
      }}
      tools={
        <FormButton
          method="piaoquan.benefit.type.update"
          label={{ zh: '开通权益类型', en: 'Open a benefit type' }}
          button={{ type: 'primary' }}
          initial={{ is_open: true }}
        />
      }
      empty={{
        zh: '还没有卖家开通权益。先为卖家开通一种权益类型，再建权益模板。',
        en: 'No seller has benefits yet. Open a type for one, then make templates.',
      }}
    />
  );
}

/** The seller that the pages below are about; its number stands in the address. */
function OfSeller({ children }: { children: (user_id: number) => React.ReactNode }) {
  const t = useLabels();
  const [query, setQuery] = useSearchParams();
  const user_id = Number(query.get('user_id') ?? '');
  const choose = (text: string) => {
    const number = Number.parseInt(text, 10);
    if (number > 0 && number !== user_id) setQuery({ user_id: String(number) });
  };
  return (
    <Flex vertical gap={16}>
      <label htmlFor="seller">
        {t({ zh: '卖家用户 ID ', en: 'User id of the seller ' })}
        <input
          key={user_id}
          id="seller"
          className="console-input"
          inputMode="numeric"
          defaultValue={user_id || ''}
          onKeyDown={({ key, currentTarget }) => key === 'Enter' && choose(currentTarget.value)}
          onBlur={({ currentTarget }) => choose(currentTarget.value)}
        />
      </label>
      {user_id > 0 ? (
        <div key={user_id}>{children(user_id)}</div>
      ) : (
        <Notice
          kind="info"
          role="status"
          title={t({
            zh: '先填写卖家，或从“卖家”列表进入。',
            en: 'Enter the user id of a seller, or choose one from the list of sellers.',
          })}
        />
      )}
    </Flex>
  );
}

const MOVING = ['valid_total_num', 'relate_activity_num', 'status'];

const settings = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !MOVING.includes(name)));

function Templates({ user_id }: { user_id: number }) {
  return (
    <ContractList
      method="piaoquan.benefit.template.list"
      fixed={{ user_id }}
      rowKey="benefit_id"
      every={5000}
      columns={[
        'benefit_id',
        'config_id',
        'out_object_name',
        'status',
        'denomination',
        'start_time',
        'end_time',
        'valid_total_num',
        'relate_activity_num',
      ]}
      cells={{ valid_total_num: (row) => <Left row={row} /> }}
      tools={
        <FormButton
          method="piaoquan.benefit.template.save"
          label={{ zh: '新建模板', en: 'New template' }}
          button={{ type: 'primary' }}
          initial={{ template: { user_id } }}
          wishes={{ fixed: ['template.user_id'] }}
        />
      }
      actions={(row) => <TemplateActions row={row} />}
      empty={{
        zh: '这位卖家还没有权益。模板是买下的一批权益：类型、面额、有效期与总数。',
        en: 'This seller has no benefit. A template is a lot that was bought: type, value, period and number.',
      }}
    />
  );
}

function Left({ row: { valid_total_num, total_num } }: { row: Row }) {
  const t = useLabels();
  const [left, total] = [Number(valid_total_num), Number(total_num)];
  return (
    <Bar label={t({ zh: '可用', en: 'Units left' })} percent={total === 0 ? 0 : (left / total) * 100}>
      {`${grouped(left)} / ${grouped(total)}`}
    </Bar>
  );
}

function TemplateActions({ row }: { row: Row }) {
  const t = useLabels();
  const { user_id, benefit_id, status } = row;
  const isOn = status === 1;
  return (
    <Flex gap={8}>
      <FormButton
        method="piaoquan.benefit.template.save"
        label={{ zh: '修改', en: 'Edit' }}
        button={{ size: 'small' }}
        initial={{ template: settings(row) }}
        wishes={{ fixed: ['template.user_id', 'template.benefit_id'], hidden: ['template.total_num'] }}
      />
      <StockButton method="piaoquan.benefit.template.stock.adjust" thing={{ user_id, benefit_id }} />
      <Link to={`/platform/ledger?counter=benefit_template.valid_total_num&key=${user_id}/${benefit_id}`}>
        {t({ zh: '台账', en: 'Ledger' })}
      </Link>
      <ConfirmButton
        method="piaoquan.benefit.template.status.update"
        request={{ user_id, benefit_id, status: isOn ? 2 : 1 }}
        danger={isOn}
        label={isOn ? { zh: '停用', en: 'Suspend' } : { zh: '启用', en: 'Take up again' }}
        consequence={
          isOn
            ? {
                zh: '停用后不再发放，关联的活动发到它时会被拒绝。',
                en: 'Nothing more is sent of it; sends of the activities linked to it are refused.',
              }
            : { zh: '可以继续发放。', en: 'It may be sent again.' }
        }
      />
    </Flex>
  );
}

/** The sends of a seller; `?unique_id=` alone finds a send whoever made it. */
function SendsPage() {
  const { unique_id, user_id } = useFromAddress(['unique_id', 'user_id']);
  if (unique_id !== undefined && user_id === undefined) return <Sends />;
  return <OfSeller>{(seller) => <Sends user_id={seller} />}</OfSeller>;
}

function Sends({ user_id }: { user_id?: number }) {
  const t = useLabels();
  const asked = useFromAddress(['unique_id', 'receiver_id']);
  return (
    <ContractList
      method="piaoquan.benefit.send.list"
      {...(user_id !== undefined && { fixed: { user_id } })}
      initial={asked}
      rowKey="send_id"
      columns={['sent_at', 'unique_id', 'receiver', 'details', 'biz_id', 'trace_id', 'send_id']}
      cells={{
        details: ({ details }) => (
          <Flex vertical>
            {(details as { detail_id: number; benefit_id: number; send_count: number; success_count: number }[]).map(
              (each) => (
                <span key={each.detail_id}>
                  {t({ zh: `权益 ${each.benefit_id}：`, en: `benefit ${each.benefit_id}: ` })}
                  {each.success_count} / {each.send_count}
                </span>
              ),
            )}
          </Flex>
        ),
      }}
      empty={{ zh: '还没有发放过。', en: 'Nothing was sent yet.' }}
    />
  );
}
