import { useState } from 'react';
import { Link } from 'react-router';
import type { Label } from '../../../../src/contract/schema.ts';
import { Bar } from '../../components/bar.tsx';
import { PlainButton } from '../../components/button.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Nothing } from '../../components/states.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { StockCurve } from './curve.tsx';
import { SegmentButton, SegmentStockButton } from './forms.tsx';
import { type Activity, leftOf, pathOf, phaseOf, type Segment } from './state.ts';
import { TimeLine } from './timeline.tsx';

const PHASES = {
  coming: { words: { zh: '未开始', en: 'to come' }, color: 'blue' },
  now: { words: { zh: '进行中', en: 'now' }, color: 'green' },
  over: { words: { zh: '已结束', en: 'over' }, color: 'default' },
} as const;
const PAGE_SIZE = 20;

/** The segments of an activity on a time line, the curve of their stock, and what can be done with each. */
export function Segments({ activity }: { activity: Activity }) {
  const t = useLabels();
  const [chosen, choose] = useState<number>();
  const [shown, setShown] = useState(PAGE_SIZE);
  const { segments } = activity;
  const segment = segments.find(({ segment_no }) => segment_no === chosen);
  if (segments.length === 0)
    return (
      <Nothing
        words={{
          zh: '还没有时段。每个时段有自己的起止时间与库存，到点自动开始与结束。',
          en: 'No segment yet. Each has its own start, end and stock, and begins and ends by itself.',
        }}
      >
        <SegmentButton activity={activity} />
      </Nothing>
    );
  return (
    <Flex vertical gap={16}>
      <Panel
        title={t({ zh: '时间线', en: 'Time line' })}
        extra={
          segment && (
            <PlainButton size="small" onClick={() => choose(undefined)}>
              {t({ zh: '看全部时段', en: 'All segments' })}
            </PlainButton>
          )
        }
      >
        <TimeLine segments={segments} chosen={chosen} onChoose={(no) => choose(no === chosen ? undefined : no)} />
      </Panel>
      <StockCurve key={chosen ?? 0} activity={activity} segment={segment} />
      <Flex justify="end">
        <SegmentButton activity={activity} />
      </Flex>
      <Table
        rowKey={({ segment_no }) => String(segment_no)}
        rows={segments.slice(0, shown)}
        columns={columnsOf(activity, t)}
        chosen={String(chosen)}
      />
      {shown < segments.length && (
        <PlainButton block onClick={() => setShown(shown + PAGE_SIZE)}>
          {t({ zh: '显示更多', en: 'Show more' })}
        </PlainButton>
      )}
    </Flex>
  );
}

function columnsOf(activity: Activity, t: (words: Label) => string): Column<Segment>[] {
  const { spread_id } = activity;
  return [
    { key: 'segment_no', title: t({ zh: '时段', en: 'Segment' }), cell: ({ segment_no }) => segment_no },
    { key: 'phase', title: t({ zh: '状态', en: 'State' }), cell: (segment) => <Phase segment={segment} /> },
    {
      key: 'start_time',
      title: t({ zh: '开始', en: 'From' }),
      cell: ({ start_time }) => <span className="console-number">{instantText(start_time)}</span>,
    },
    {
      key: 'end_time',
      title: t({ zh: '结束（含）', en: 'To, inclusive' }),
      cell: ({ end_time }) => <span className="console-number">{instantText(end_time)}</span>,
    },
    {
      key: 'stock',
      title: t({ zh: '剩余 / 库存', en: 'Left / stock' }),
      cell: (segment) => <Stock segment={segment} />,
    },
    {
      key: 'actions',
      title: t({ zh: '操作', en: 'Actions' }),
      className: 'console-stays',
      cell: (segment) => (
        <Flex gap={8} align="center">
          <SegmentStockButton spread_id={spread_id} segment={segment} />
          <SegmentButton activity={activity} segment={segment} />
          <Link to={pathOf(spread_id, `ledger?counter=lottery.win_times&no=${segment.segment_no}`)}>
            {t({ zh: '台账', en: 'Ledger' })}
          </Link>
        </Flex>
      ),
    },
  ];
}

function Phase({ segment }: { segment: Segment }) {
  const t = useLabels();
  const { words, color } = PHASES[phaseOf(segment, Date.now())];
  return <Tag color={color}>{t(words)}</Tag>;
}

function Stock({ segment }: { segment: Segment }) {
  const t = useLabels();
  const [left, stock] = [leftOf(segment), segment.win_times ?? 0];
  const percent = stock === 0 ? 0 : (left / stock) * 100;
  return (
    <div className="lottery-stock">
      <span className="console-number">
        {grouped(left)} / {grouped(stock)}
      </span>
      <Bar percent={percent} state={percent < 10 ? 'bad' : undefined} label={t({ zh: '剩余比例', en: 'Share left' })} />
    </div>
  );
}
