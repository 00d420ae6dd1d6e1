import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Label } from '../../../../src/contract/schema.ts';
import { ConfirmButton, FormButton, shelving } from '../../components/action.tsx';
import { Facts } from '../../components/facts.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Nothing } from '../../components/states.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText, money } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { SaleState, TierName } from './board.tsx';
import { cloneEvent } from './clone.ts';
import { type Event, freeId, isPackage, type Price, type Project } from './parts.ts';
import { EVENT_COUNTED, eventSchema, withNewEvent, withOldEvent } from './save.ts';
import { StockButton } from './stock.tsx';
import { EditTier, NewPackage, NewTier } from './tiers.tsx';

const METHOD = 'piaoquan.ticketing.project.save';

/** The events of a project with their tiers, packages and discounts, each changed by itself. */
export function Events({ project }: { project: Project }) {
  return (
    <Flex vertical gap={16} align="stretch">
      <Flex justify="end">
        <NewEvent project={project} />
      </Flex>
      {project.event_list.length === 0 && (
        <Nothing
          words={{
            zh: '还没有场次。场次定下演出与销售时间、实名与限购；票档写在场次里。',
            en: 'No event yet. An event sets the times of show and sale, documents and limits; its tiers belong to it.',
          }}
        />
      )}
      {project.event_list.map((event) => (
        <EventCard key={event.event_id} project={project} event={event} />
      ))}
    </Flex>
  );
}

const idsOf = ({ event_list }: Project): number[] => event_list.map(({ event_id }) => event_id);

function NewEvent({ project }: { project: Project }) {
  const { client } = useSession();
  const { project_id, site_id } = project;
  const event_id = freeId(idsOf(project));
  return (
    <FormButton
      method={METHOD}
      label={{ zh: '新建场次', en: 'New event' }}
      button={{ type: 'primary' }}
      schema={eventSchema}
      initial={{ event_id, site_id, event_limit_type: 0, entry_limit: 1, price_list: [] }}
      wishes={{ hidden: EVENT_COUNTED, required: ['price_list.goods_count'] }}
      toRequest={(values) => withNewEvent(client, project_id, values)}
    />
  );
}

function EventCard({ project, event }: { project: Project; event: Event }) {
  return (
    <Panel title={event.event_name} extra={<SaleState event={event} />}>
      <Flex vertical gap={16}>
        <EventButtons project={project} event={event} />
        <EventFacts event={event} />
        <Tiers project_id={project.project_id} event={event} />
        <Discounts event={event} />
      </Flex>
    </Panel>
  );
}

function EventButtons({ project, event }: { project: Project; event: Event }) {
  const t = useLabels();
  const { client, may } = useSession();
  const { project_id } = project;
  const { price_list: _tiers, ...base } = event;
  return (
    <Flex wrap gap={8} align="center">
      <FormButton
        method={METHOD}
        label={{ zh: '修改场次与优惠', en: 'Edit event and discounts' }}
        button={{ size: 'small' }}
        schema={eventSchema}
        initial={base}
        wishes={{ hidden: ['status', 'price_list'], fixed: ['event_id'] }}
        toRequest={(values) => withOldEvent(client, project_id, values)}
      />
      <NewTier project_id={project_id} event={event} />
      <NewPackage project_id={project_id} event={event} />
      <FormButton
        method={METHOD}
        label={{ zh: '复制场次', en: 'Clone event' }}
        button={{ size: 'small' }}
        schema={eventSchema}
        initial={cloneEvent(event, freeId(idsOf(project)))}
        wishes={{ hidden: EVENT_COUNTED, required: ['price_list.goods_count'] }}
        toRequest={(values) => withNewEvent(client, project_id, values)}
      />
      <Shelf event={event} />
      {may('piaoquan.ticketing.ticket.check') && (
        <Link to={`/ticketing/gate?project_id=${project_id}&event_id=${event.event_id}`}>
          {t({ zh: '去检票', en: 'To the gate' })}
        </Link>
      )}
    </Flex>
  );
}

const total = (event: Event, name: 'sale_count' | 'held_count'): number =>
  event.price_list.reduce((sum, price) => sum + (isPackage(price) ? 0 : (price[name] ?? 0)), 0);

function Shelf({ event }: { event: Event }) {
  const isOn = event.status !== 2;
  const [sold, held] = [total(event, 'sale_count'), total(event, 'held_count')];
  return (
    <ConfirmButton
      method="piaoquan.ticketing.event.status.update"
      request={{ event_id: event.event_id, status: isOn ? 2 : 1 }}
      {...shelving(isOn)}
      consequence={
        isOn
          ? {
              zh: `“${event.event_name}”立即不再展示和出售。已售的 ${sold} 张保留，但下架期间闸机不放行；占用的 ${held} 张仍可付款。`,
              en: `“${event.event_name}” is no longer shown or sold. The ${sold} tickets sold are kept, but gates let nobody in until it is back; the ${held} held may still be paid for.`,
            }
          : {
              zh: `“${event.event_name}”恢复展示；${instantText(event.sale_start_time)} 起、${instantText(event.sale_end_time)} 前可以购买。`,
              en: `“${event.event_name}” is shown again, and sold from ${instantText(event.sale_start_time)} until ${instantText(event.sale_end_time)}.`,
            }
      }
    />
  );
}

const LIMITS: Readonly<Record<number, Label>> = {
  0: { zh: '不实名', en: 'no document' },
  1: { zh: '一单一证', en: 'one document an order' },
  2: { zh: '一票一证', en: 'one document a ticket' },
};

function EventFacts({ event }: { event: Event }) {
  const t = useLabels();
  const none = t({ zh: '不限', en: 'no limit' });
  const span = (from: Date, to: Date) => (
    <>
      <span className="console-number">{instantText(from)}</span>
      {' – '}
      <span className="console-number">{instantText(to)}</span>
    </>
  );
  const fact = (key: string, words: Label, children: ReactNode) => ({ key, label: t(words), children });
  return (
    <Facts
      bare
      items={[
        fact('event_id', { zh: '场次 ID', en: 'Event id' }, <span className="console-id">{event.event_id}</span>),
        fact('show', { zh: '演出', en: 'Show' }, span(event.event_show_start_time, event.event_show_end_time)),
        fact('sale', { zh: '销售', en: 'Sale' }, span(event.sale_start_time, event.sale_end_time)),
        fact('documents', { zh: '实名', en: 'Documents' }, t(LIMITS[event.event_limit_type] ?? { zh: '', en: '' })),
        fact('order_limit', { zh: '每单限购', en: 'Tickets an order' }, event.order_limit ?? none),
        fact('user_limit', { zh: '每人限购', en: 'Tickets a user' }, event.user_limit ?? none),
        fact(
          'entry_limit',
          { zh: '每票入场次数', en: 'Entries a ticket' },
          event.entry_limit === 0 ? none : event.entry_limit,
        ),
        fact(
          'gate_open_time',
          { zh: '开放入场', en: 'Gate opens' },
          event.gate_open_time
            ? instantText(event.gate_open_time)
            : t({ zh: '演出当天零点', en: "start of the show's day" }),
        ),
        fact('site', { zh: '场馆', en: 'Venue' }, <span className="console-id">{event.site_id}</span>),
        fact('seats', { zh: '座位', en: 'Seats' }, grouped(event.seat_total_num)),
      ]}
    />
  );
}

function Tiers({ project_id, event }: { project_id: number; event: Event }) {
  const t = useLabels();
  const nameOf = (id: number): string =>
    event.price_list.find(({ price_id }) => price_id === id)?.price_name ?? String(id);
  const columns: Column<Price>[] = [
    { key: 'tier', title: t({ zh: '票档', en: 'Tier' }), cell: (price) => <TierName price={price} /> },
    { key: 'price_id', title: 'ID', cell: ({ price_id }) => <span className="console-id">{price_id}</span> },
    { key: 'price', title: t({ zh: '价格', en: 'Price' }), className: 'end', cell: ({ price }) => money(price) },
    {
      key: 'goods_count',
      title: t({ zh: '总数', en: 'In all' }),
      className: 'end',
      cell: ({ goods_count }) => goods_count !== undefined && grouped(goods_count),
    },
    {
      key: 'child_list',
      title: t({ zh: '套票组成', en: 'Package holds' }),
      cell: ({ child_list }) =>
        (child_list ?? []).map(({ price_id, child_num }) => (
          <Tag key={price_id}>
            {nameOf(price_id)} ×{child_num}
          </Tag>
        )),
    },
    {
      key: 'actions',
      title: t({ zh: '操作', en: 'Actions' }),
      className: 'console-stays',
      cell: (price) => (
        <Flex gap={8} align="center">
          <EditTier project_id={project_id} event={event} price={price} />
          <StockButton event_id={event.event_id} price={price} />
          <Link to={`/ticketing/why?project_id=${project_id}&event_id=${event.event_id}&price_id=${price.price_id}`}>
            {t({ zh: '为什么买不了', en: 'Why not?' })}
          </Link>
        </Flex>
      ),
    },
  ];
  if (event.price_list.length === 0)
    return (
      <Nothing
        words={{
          zh: '还没有票档。先加普通票档，再用它们组成套票。',
          en: 'No tier yet. Add plain tiers first; packages are made of them.',
        }}
      />
    );
  return <Table<Price> small rowKey={({ price_id }) => String(price_id)} rows={event.price_list} columns={columns} />;
}

function Discounts({ event }: { event: Event }) {
  const t = useLabels();
  const discounts = event.discount_list ?? [];
  if (discounts.length === 0) return null;
  return (
    <div>
      <span className="console-dim">{t({ zh: '优惠：', en: 'Discounts: ' })}</span>
      {discounts.map(({ discount_id, discount_name, discount_type_name, threshold, amount }) => (
        <Tag key={discount_id} color="purple">
          {discount_type_name} {discount_name}
          {threshold != null &&
            amount != null &&
            t({
              zh: ` · 满 ${money(threshold)} 减 ${money(amount)}`,
              en: ` · ${money(amount)} off from ${money(threshold)} on`,
            })}
        </Tag>
      ))}
    </div>
  );
}
