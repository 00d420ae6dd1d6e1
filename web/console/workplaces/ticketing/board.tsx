import { useMemo } from 'react';
import { Link } from 'react-router';
import { isOver } from '../../../../src/contract/period.ts';
import type { Label } from '../../../../src/contract/schema.ts';
import { Chart } from '../../components/chart.tsx';
import { Figure } from '../../components/figure.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Nothing, Notice } from '../../components/states.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Tag } from '../../components/tag.tsx';
import { money } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { type Event, isPackage, type Price, type Project } from './parts.ts';
import { StockButton } from './stock.tsx';

const SOLD = '#3b82c4';
const HELD = '#e0a030';
const LEFT = '#9aa5b1';
const HEAD_PX = 44;
const BAR_PX = 34;

const WORDS = {
  sold: { zh: '已售', en: 'Sold' },
  held: { zh: '占用', en: 'Held' },
  left: { zh: '剩余', en: 'Left' },
} as const;

/** How a project sells at this moment, looked at again every three seconds. `stale` when the last look failed. */
export function Board({ project, stale }: { project: Project; stale: boolean }) {
  const t = useLabels();
  if (project.event_list.length === 0)
    return (
      <Nothing words={{ zh: '还没有场次，没有可卖的票。', en: 'No event yet, so there is nothing to sell.' }}>
        <Link to={`/ticketing/${project.project_id}/events`}>{t({ zh: '去加场次', en: 'Add an event' })}</Link>
      </Nothing>
    );
  return (
    <Flex vertical gap={16}>
      {stale && (
        <Notice
          kind="warning"
          title={t({
            zh: '刷新失败，数字不是此刻的；正在重试。',
            en: 'The last look failed: these figures are old. Trying again.',
          })}
        />
      )}
      <Totals events={project.event_list} />
      {project.event_list.map((event) => (
        <EventBoard key={event.event_id} project_id={project.project_id} event={event} />
      ))}
    </Flex>
  );
}

const sum = (prices: readonly Price[], name: 'goods_count' | 'sale_count' | 'held_count' | 'margin_count'): number =>
  prices.reduce((total, price) => total + (price[name] ?? 0), 0);

/** Tickets of plain tiers: what is sold in packages is among them. */
function Totals({ events }: { events: readonly Event[] }) {
  const t = useLabels();
  const plain = events.flatMap(({ price_list }) => price_list.filter((price) => !isPackage(price)));
  const all = sum(plain, 'goods_count');
  const figures = [
    { title: t({ zh: '总票数', en: 'Tickets' }), value: all },
    { title: t(WORDS.sold), value: sum(plain, 'sale_count') },
    { title: t({ zh: '占用（未付订单）', en: 'Held by unpaid orders' }), value: sum(plain, 'held_count') },
    { title: t(WORDS.left), value: sum(plain, 'margin_count') },
  ];
  return (
    <Panel>
      <div className="ticketing-figures">
        {figures.map(({ title, value }) => (
          <Figure key={title} bare title={title} value={value} />
        ))}
        <Figure
          bare
          title={t({ zh: '售出率', en: 'Sold of all' })}
          value={`${(all === 0 ? 0 : (sum(plain, 'sale_count') / all) * 100).toFixed(1)}%`}
        />
      </div>
    </Panel>
  );
}

/** Where the sale of an event stands at this moment. */
export function SaleState({ event }: { event: Event }) {
  const t = useLabels();
  const now = Date.now();
  if (event.status === 2) return <Tag color="orange">{t({ zh: '已下架', en: 'off shelf' })}</Tag>;
  if (now < event.sale_start_time.getTime())
    return <Tag color="blue">{t({ zh: '待开售', en: 'not yet on sale' })}</Tag>;
  if (isOver(event.sale_end_time, now)) return <Tag>{t({ zh: '已停售', en: 'sale over' })}</Tag>;
  return <Tag color="green">{t({ zh: '销售中', en: 'on sale' })}</Tag>;
}

function EventBoard({ project_id, event }: { project_id: number; event: Event }) {
  const t = useLabels();
  return (
    <Panel title={event.event_name} extra={<SaleState event={event} />}>
      {event.price_list.length === 0 ? (
        <Nothing words={{ zh: '这个场次还没有票档。', en: 'This event has no tier yet.' }} />
      ) : (
        <Flex vertical gap={12}>
          <TierChart
            prices={event.price_list}
            label={`${event.event_name} ${t({ zh: '各票档销量', en: 'sales by tier' })}`}
          />
          <Table<Price>
            small
            rowKey={({ price_id }) => String(price_id)}
            rows={event.price_list}
            columns={columnsOf(t, project_id, event)}
          />
        </Flex>
      )}
    </Panel>
  );
}

/** Each tier as a bar of what is sold, held and left, as parts of a hundred; the figures stand in the table below. */
function TierChart({ prices, label }: { prices: readonly Price[]; label: string }) {
  const t = useLabels();
  const option = useMemo(() => {
    const bar = (words: Label, color: string, name: 'sale_count' | 'held_count' | 'margin_count') => ({
      ...{ name: t(words), type: 'bar', stack: 'tickets', barMaxWidth: 18, itemStyle: { color } },
      data: prices.map((price) => price[name] ?? 0),
    });
    return {
      grid: { left: 8, right: 24, top: 32, bottom: 4, containLabel: true },
      animation: false,
      legend: { top: 0, right: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, confine: true },
      xAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 4 },
      yAxis: {
        ...{ type: 'category', inverse: true, data: prices.map(({ price_name }) => price_name) },
        axisLabel: { width: 96, overflow: 'truncate' },
      },
      series: [
        bar(WORDS.sold, SOLD, 'sale_count'),
        bar(WORDS.held, HELD, 'held_count'),
        bar(WORDS.left, LEFT, 'margin_count'),
      ],
    };
  }, [prices, t]);
  return <Chart option={option} label={label} height={HEAD_PX + BAR_PX * prices.length} />;
}

function columnsOf(t: (words: Label) => string, project_id: number, { event_id }: Event): Column<Price>[] {
  const count = (words: Label, counter: 'goods_count' | 'sale_count' | 'held_count'): Column<Price> => ({
    key: counter,
    title: t(words),
    className: 'end',
    cell: (price) => (
      <Link
        className="console-number"
        title={t({ zh: '看台账', en: 'Its ledger' })}
        to={`/platform/ledger?counter=ticketing_price.${counter}&key=${project_id}/${event_id}/${price.price_id}`}
      >
        {grouped(price[counter] ?? 0)}
      </Link>
    ),
  });
  return [
    { key: 'tier', title: t({ zh: '票档', en: 'Tier' }), cell: (price) => <TierName price={price} /> },
    { key: 'price', title: t({ zh: '价格', en: 'Price' }), className: 'end', cell: ({ price }) => money(price) },
    count({ zh: '总数', en: 'In all' }, 'goods_count'),
    count(WORDS.sold, 'sale_count'),
    count(WORDS.held, 'held_count'),
    {
      key: 'left',
      title: t(WORDS.left),
      className: 'end',
      cell: (price) => <Left price={price} />,
    },
    {
      key: 'actions',
      title: t({ zh: '操作', en: 'Actions' }),
      className: 'console-stays',
      cell: (price) => <StockButton event_id={event_id} price={price} />,
    },
  ];
}

/** A tier's name with its colour on the seat plan. */
export function TierName({ price }: { price: Price }) {
  const t = useLabels();
  return (
    <span>
      <span className="ticketing-colour" style={{ background: price.price_color }} /> {price.price_name}{' '}
      {isPackage(price) && <Tag color="purple">{t({ zh: '套票', en: 'package' })}</Tag>}
      {price.is_package_only && <Tag>{t({ zh: '只随套票', en: 'in packages only' })}</Tag>}
    </span>
  );
}

function Left({ price }: { price: Price }) {
  const t = useLabels();
  const left = price.margin_count ?? 0;
  return left === 0 ? (
    <Tag color="red">{t({ zh: '售罄', en: 'none' })}</Tag>
  ) : (
    <span className="console-number">{grouped(left)}</span>
  );
}
