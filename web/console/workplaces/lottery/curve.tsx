import { useMemo, useState } from 'react';
import { GMT8_MS } from '../../../../src/contract/gmt8.ts';
import { Chart } from '../../components/chart.tsx';
import { Choices } from '../../components/choices.tsx';
import { Panel } from '../../components/panel.tsx';
import { Failure, Nothing, Waiting } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import { type Bucket, type Stat, useStat } from './stat.ts';
import { type Activity, phaseOf, type Segment } from './state.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 10_000;
const STEP_MS: Readonly<Record<Bucket, number>> = { MINUTE: 60_000, HOUR: 3_600_000, DAY: DAY_MS };

/** The step that shows a span well: minutes within two days, hours within two months. */
function bucketFor(segments: readonly Segment[], now: number): Bucket {
  const from = Math.min(...segments.map(({ start_time }) => start_time.getTime()));
  const to = Math.min(now, Math.max(...segments.map(({ end_time }) => end_time.getTime())));
  if (to - from <= 2 * DAY_MS) return 'MINUTE';
  return to - from <= 60 * DAY_MS ? 'HOUR' : 'DAY';
}

/** How the stock of an activity, or of one of its segments, went down, and how many won in each step. */
export function StockCurve({ activity, segment }: { activity: Activity; segment: Segment | undefined }) {
  const t = useLabels();
  const shown = segment === undefined ? activity.segments : [segment];
  const [bucket, setBucket] = useState<Bucket>(() => bucketFor(shown, Date.now()));
  const isNow = shown.some((each) => phaseOf(each, Date.now()) === 'now');
  const { data, error, refetch } = useStat(
    { spread_id: activity.spread_id, bucket, ...(segment && { segment_no: segment.segment_no }) },
    isNow ? LOOK_MS : undefined,
  );
  const title =
    segment === undefined
      ? t({ zh: '库存曲线 · 全部时段', en: 'Stock over time, all segments' })
      : t({ zh: `库存曲线 · 时段 ${segment.segment_no}`, en: `Stock over time, segment ${segment.segment_no}` });
  return (
    <Panel
      title={title}
      extra={
        <Choices<Bucket>
          label={t({ zh: '步长', en: 'Step' })}
          value={bucket}
          onChange={setBucket}
          options={[
            { value: 'MINUTE', label: t({ zh: '分', en: 'min' }) },
            { value: 'HOUR', label: t({ zh: '时', en: 'h' }) },
            { value: 'DAY', label: t({ zh: '日', en: 'd' }) },
          ]}
        />
      }
    >
      {data !== undefined ? (
        <Curve stat={data} bucket={bucket} label={title} />
      ) : error ? (
        <Failure error={error} again={() => refetch()} />
      ) : (
        <Waiting />
      )}
    </Panel>
  );
}

/** Charts draw times as UTC: shifted so that these read as GMT+8. */
const shifted = (instant: number): number => instant + GMT8_MS;

type Points = Stat['points'];

/** Stock left from the beginning of the first step on, at the end of each step, and now. */
function leftCurve(points: Points, step: number, left: number): [number, number][] {
  const now = Date.now();
  const begins = points
    .slice(0, 1)
    .map(({ time, left_count, win_count, void_count }): [number, number] => [
      shifted(time.getTime()),
      left_count + win_count - void_count,
    ]);
  const ends = points.map(({ time, left_count }): [number, number] => [
    shifted(Math.min(time.getTime() + step, now)),
    left_count,
  ]);
  return [...begins, ...ends, [shifted(now), left]];
}

function Curve({ stat, bucket, label }: { stat: Stat; bucket: Bucket; label: string }) {
  const t = useLabels();
  const [left, wins] = [t({ zh: '剩余库存', en: 'Stock left' }), t({ zh: '发放数', en: 'Wins' })];
  const option = useMemo(() => {
    const { points, win_times, consumed_win_times } = stat;
    const axis = (name: string, more: object) => ({ type: 'value', name, min: 0, minInterval: 1, ...more });
    return {
      useUTC: true,
      animation: false,
      grid: { left: 8, right: 8, top: 48, bottom: 8, containLabel: true },
      legend: { top: 0 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
      yAxis: [axis(left, {}), axis(wins, { splitLine: { show: false } })],
      series: [
        {
          ...{ name: left, type: 'line', step: 'end', showSymbol: false, itemStyle: { color: '#e8663c' } },
          ...{ areaStyle: { opacity: 0.12 }, data: leftCurve(points, STEP_MS[bucket], win_times - consumed_win_times) },
        },
        {
          ...{ name: wins, type: 'bar', yAxisIndex: 1, barMaxWidth: 12, itemStyle: { color: '#3b82c4' } },
          data: points.map(({ time, win_count }) => [shifted(time.getTime()), win_count]),
        },
      ],
    };
  }, [stat, bucket, left, wins]);
  if (stat.points.length === 0) return <Nothing words={{ zh: '库存还没有变动', en: 'The stock has not moved yet' }} />;
  return <Chart option={option} label={label} height={280} />;
}
