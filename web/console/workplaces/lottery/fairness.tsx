import { Suspense, useMemo, useState, useSyncExternalStore } from 'react';
import type { Label } from '../../../../src/contract/schema.ts';
import { Chart } from '../../components/chart.tsx';
import { Figure } from '../../components/figure.tsx';
import { Flex } from '../../components/flex.tsx';
import { Failure, Nothing, Notice, Waiting } from '../../components/states.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';
import { grouped } from '../../numbers.ts';
import { chiSquare, type Fairness as Verdict } from './chi-square.ts';
import type { Span } from './span.tsx';
import { type Asked, type Stat, useStat } from './stat.ts';

const picker = themed(() => import('./span.tsx'));

type PrizeStat = Stat['prizes'][number];

/** Below this, deviations as large are rare enough to look into; below the second, chance does not explain them. */
const RARE = 0.05;
const NO_CHANCE = 0.001;
/** The test's approximation wants so many expected draws of each prize. */
const LEAST_EXPECTED = 5;

/** When the first prize ran out of its own stock: from then on the odds were others. Undefined when none has. */
function firstUsedUp(prizes: readonly PrizeStat[]): Date | undefined {
  const times = prizes
    .filter(
      ({ total_count, consumed_count, weight }) => total_count != null && consumed_count >= total_count && weight > 0,
    )
    .flatMap(({ last_drawn_at }) => (last_drawn_at == null ? [] : [last_drawn_at.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/** All draws of an activity. */
export const wholeOf = (spread_id: string): Asked => ({ spread_id, bucket: 'DAY' });

/** What the weights promise against what was drawn, with the chi-square test. */
export function Fairness({ spread_id }: { spread_id: string }) {
  const [chosen, choose] = useState<Span>();
  const whole = useStat(wholeOf(spread_id));
  const used_up = firstUsedUp(whole.data?.prizes ?? []);
  const span = chosen ?? (used_up === undefined ? {} : { end_time: used_up });
  const { data, error, refetch } = useStat({ ...wholeOf(spread_id), ...span });
  if (data === undefined) return error ? <Failure error={error} again={() => refetch()} /> : <Waiting />;
  return (
    <Flex vertical gap={16}>
      <div className="lottery-span">
        <Suspense>
          <picker.Shown span={span} isChosen={chosen !== undefined} onChoose={choose} />
        </Suspense>
      </div>
      {chosen === undefined && used_up !== undefined && <UsedUp at={used_up} />}
      <Compared prizes={data.prizes} />
    </Flex>
  );
}

function UsedUp({ at }: { at: Date }) {
  const t = useLabels();
  return (
    <Notice
      kind="info"
      role="status"
      title={t({
        zh: `有奖品的自有库存在 ${instantText(at)} 发完，此后概率不同，默认只统计这之前的抽奖。`,
        en: `A prize used up its own stock at ${instantText(at)} and the odds changed: the draws before are judged unless you choose otherwise.`,
      })}
    />
  );
}

function Compared({ prizes }: { prizes: readonly PrizeStat[] }) {
  const t = useLabels();
  const fair = useMemo(
    () => chiSquare(prizes.map(({ weight, drawn_count }) => ({ weight, drawn: drawn_count }))),
    [prizes],
  );
  if (fair === undefined)
    return (
      <Nothing
        words={{
          zh: '还不能比较：需要至少两个有权重的奖品，并且有人抽中。',
          en: 'Nothing to compare yet: it takes two prizes with a weight, and a win.',
        }}
      />
    );
  return (
    <>
      <Judgement fair={fair} prizes={prizes} />
      <ExpectedChart fair={fair} prizes={prizes} />
      <Table
        small
        rowKey={({ prize_no }) => String(prize_no)}
        rows={prizes.map((prize, index) => ({ ...prize, expected: fair.expected[index] ?? 0 }))}
        columns={columnsOf(t)}
      />
      <span className="console-dim">
        {t({
          zh: '期望按各奖品现在的权重计算，作废的中奖也计入抽中数。若期间改过权重或增减过奖品，请把范围选在改动之后。',
          en: 'Expected draws follow the weights of now; voided wins count as drawn. Were weights or prizes changed meanwhile, choose a span after the change.',
        })}
      </span>
    </>
  );
}

function verdictOf({ p_value }: Verdict): { words: Label; type: 'success' | 'warning' | 'error' } {
  if (p_value >= RARE)
    return {
      type: 'success',
      words: { zh: '与权重相符：这样的偏差由机会即可解释。', en: 'In keeping with the weights: chance explains it.' },
    };
  if (p_value >= NO_CHANCE)
    return {
      type: 'warning',
      words: {
        zh: '偏差少见，但公平的抽奖偶尔也会如此。请换一个范围再看。',
        en: 'An uncommon deviation; fair draws show it now and then. Look at another span too.',
      },
    };
  return {
    type: 'error',
    words: {
      zh: '机会解释不了这样的偏差。请先核对期间权重与奖品是否改过。',
      en: 'Chance does not explain this. First check whether weights or prizes were changed in the span.',
    },
  };
}

function Judgement({ fair, prizes }: { fair: Verdict; prizes: readonly PrizeStat[] }) {
  const t = useLabels();
  const { words, type } = verdictOf(fair);
  const isWeak = fair.expected.some((count, index) => (prizes[index]?.weight ?? 0) > 0 && count < LEAST_EXPECTED);
  return (
    <Flex vertical gap={12}>
      <Notice kind={type} role="status" title={t(words)} />
      {isWeak && (
        <Notice
          kind="info"
          role="status"
          title={t({
            zh: `有奖品的期望抽中数不足 ${LEAST_EXPECTED}，样本太小，p 值只是粗略参考。`,
            en: `Fewer than ${LEAST_EXPECTED} draws are expected of some prize: too few for p to be more than a hint.`,
          })}
        />
      )}
      <div className="lottery-sums">
        <Figure title={t({ zh: '卡方统计量 χ²', en: 'Chi-square χ²' })} value={fair.statistic.toFixed(3)} />
        <Figure title={t({ zh: '自由度', en: 'Degrees of freedom' })} value={fair.degrees} />
        <Figure title={t({ zh: 'p 值', en: 'p-value' })} value={probabilityText(fair.p_value)} />
      </div>
    </Flex>
  );
}

const probabilityText = (p: number): string => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4));

const WIDE = matchMedia('(min-width: 768px)');
const watchWidth = (changed: () => void) => {
  WIDE.addEventListener('change', changed);
  return () => WIDE.removeEventListener('change', changed);
};
const useIsWide = (): boolean => useSyncExternalStore(watchWidth, () => WIDE.matches);

function ExpectedChart({ fair, prizes }: { fair: Verdict; prizes: readonly PrizeStat[] }) {
  const t = useLabels();
  const wide = useIsWide();
  const [expected, drawn] = [t({ zh: '期望', en: 'Expected' }), t({ zh: '实际抽中', en: 'Drawn' })];
  const option = useMemo(() => {
    const bar = (name: string, color: string, data: readonly number[]) => ({
      ...{ name, type: 'bar', barMaxWidth: 40, itemStyle: { color }, data },
    });
    return {
      animation: false,
      grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: {
        type: 'category',
        data: prizes.map(({ prize_no, reward_title }) => `#${prize_no} ${reward_title}`),
        // On a phone the numbers alone find room; the table below has the titles.
        axisLabel: wide ? { width: 120, overflow: 'truncate' } : { formatter: (name: string) => name.split(' ', 1)[0] },
      },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: [
        bar(
          expected,
          '#9aa5b1',
          fair.expected.map((count) => Math.round(count * 10) / 10),
        ),
        bar(
          drawn,
          '#e8663c',
          prizes.map(({ drawn_count }) => drawn_count),
        ),
      ],
    };
  }, [fair, prizes, expected, drawn, wide]);
  return <Chart option={option} label={t({ zh: '各奖品的期望与实际', en: 'Expected and drawn of each prize' })} />;
}

type Row = PrizeStat & { readonly expected: number };

function columnsOf(t: (words: Label) => string): Column<Row>[] {
  const number = (value: number, digits = 0) => (
    <span className="console-number">{grouped(value.toFixed(digits))}</span>
  );
  return [
    {
      key: 'prize',
      title: t({ zh: '奖品', en: 'Prize' }),
      cell: ({ prize_no, reward_title }) => `#${prize_no} ${reward_title}`,
    },
    { key: 'weight', title: t({ zh: '权重', en: 'Weight' }), className: 'end', cell: ({ weight }) => number(weight) },
    {
      key: 'expected',
      title: t({ zh: '期望', en: 'Expected' }),
      className: 'end',
      cell: ({ expected }) => number(expected, 1),
    },
    {
      key: 'drawn_count',
      title: t({ zh: '抽中', en: 'Drawn' }),
      className: 'end',
      cell: ({ drawn_count }) => number(drawn_count),
    },
    {
      key: 'deviation',
      title: t({ zh: '偏差', en: 'Deviation' }),
      className: 'end',
      cell: (row) => <Deviation row={row} />,
    },
    {
      key: 'void_count',
      title: t({ zh: '其中作废', en: 'Voided' }),
      className: 'end',
      cell: ({ void_count }) => number(void_count),
    },
  ];
}

function Deviation({ row: { weight, expected, drawn_count } }: { row: Row }) {
  const t = useLabels();
  if (weight === 0) return <Tag>{t({ zh: '权重为 0，不计', en: 'weight 0, left out' })}</Tag>;
  const percent = ((drawn_count - expected) / expected) * 100;
  return (
    <span className="console-number">
      {percent > 0 ? '+' : ''}
      {percent.toFixed(1)}%
    </span>
  );
}
