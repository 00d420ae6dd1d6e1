import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Minute } from '../../../../src/gateway/figures.ts';
import { formatInstant } from '../../../../src/wire/time.ts';
import { ask } from '../../api.ts';
import { Chart } from '../../components/chart.tsx';
import { Panel } from '../../components/panel.tsx';
import { Nothing, Refusal, Waiting } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import type { Beat } from './live.ts';

const MINUTES = 60;
const LOOK_MS = 10_000;
const CALLS = '#3b82c4';
const ERRORS = '#d9363e';
const GRID = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true };

const minuteText = (at: number): string => formatInstant(new Date(at)).slice(11, 16);
const secondText = (at: number): string => formatInstant(new Date(at)).slice(11);

/** Calls a second since the page was opened, at most five minutes, moved on by every event. */
export function LiveChart({ beats }: { beats: readonly Beat[] }) {
  const t = useLabels();
  const title = t({ zh: '每秒调用（实时）', en: 'Calls a second, live' });
  const option = useMemo(
    () => ({
      grid: GRID,
      animation: false,
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: beats.map(([at]) => secondText(at)), boundaryGap: false },
      yAxis: { type: 'value', min: 0, splitNumber: 3 },
      series: [
        {
          ...{ name: title, type: 'line', showSymbol: false, itemStyle: { color: CALLS } },
          ...{ areaStyle: { opacity: 0.15 }, data: beats.map(([, calls]) => calls) },
        },
      ],
    }),
    [beats, title],
  );
  return (
    <Panel title={title}>
      <Chart option={option} label={title} height={200} />
    </Panel>
  );
}

type Minutes = { since: number; minutes: Minute[] };

/** Calls and errors of each minute of the last hour; asked for again as the live figures move on. */
export function HourChart({ at }: { at: number | undefined }) {
  const t = useLabels();
  const hour = useQuery({
    queryKey: ['figures', Math.floor((at ?? 0) / LOOK_MS)],
    queryFn: () => ask<Minutes>(`figures?minutes=${MINUTES}`),
    placeholderData: keepPreviousData,
    gcTime: LOOK_MS,
  });
  return (
    <Panel title={t({ zh: '每分钟调用与错误（最近一小时）', en: 'Calls and errors a minute, last hour' })}>
      {hour.data === undefined ? hour.error ? <Refusal error={hour.error} /> : <Waiting /> : <Hour {...hour.data} />}
    </Panel>
  );
}

/** All minutes of the span, also those without calls. */
function everyMinute({ since, minutes }: Minutes): Minute[] {
  const known = new Map(minutes.map((minute) => [minute.at, minute]));
  return Array.from({ length: MINUTES }, (_, index) => {
    const at = since + index * 60;
    return known.get(at) ?? { at, calls: 0, errors: 0, by_sub_code: {} };
  });
}

function Hour(found: Minutes) {
  const t = useLabels();
  const [answered, failed] = [t({ zh: '成功', en: 'Answered' }), t({ zh: '错误', en: 'Errors' })];
  const option = useMemo(() => {
    const minutes = everyMinute(found);
    const bar = (name: string, color: string, data: number[]) => ({
      ...{ name, type: 'bar', stack: 'calls', barCategoryGap: '20%', itemStyle: { color }, data },
    });
    return {
      grid: GRID,
      animation: false,
      legend: { top: 0, right: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: minutes.map(({ at }) => minuteText(at * 1000)) },
      yAxis: { type: 'value', minInterval: 1, splitNumber: 3 },
      series: [
        bar(
          answered,
          CALLS,
          minutes.map(({ calls, errors }) => calls - errors),
        ),
        bar(
          failed,
          ERRORS,
          minutes.map(({ errors }) => errors),
        ),
      ],
    };
  }, [found, answered, failed]);
  if (found.minutes.length === 0)
    return <Nothing words={{ zh: '最近一小时没有调用', en: 'No calls in the last hour' }} />;
  return <Chart option={option} label={t({ zh: '每分钟调用与错误', en: 'Calls and errors a minute' })} height={200} />;
}
