import type { ReactNode } from 'react';
import type { LiveFigures } from '../../../../src/console/live.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';

/** Microseconds as people read them: `850 µs`, `1.2 ms`, `1.50 s`; a dash where there is nothing. */
function lengthText(microseconds: number | null | undefined): string {
  if (microseconds == null) return '—';
  if (microseconds < 1000) return `${microseconds} µs`;
  if (microseconds < 1_000_000) return `${(microseconds / 1000).toFixed(1)} ms`;
  return `${(microseconds / 1_000_000).toFixed(2)} s`;
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0);

/** The figures of this moment, in large. */
export function Figures({ figures }: { figures: LiveFigures | undefined }) {
  const t = useLabels();
  const errors = figures && sum(figures.errors_last_minute);
  const calls = figures?.calls_last_minute;
  const share = calls ? `${(((errors ?? 0) / calls) * 100).toFixed(1)}%` : undefined;
  return (
    <div className="overview-figures">
      <Figure title={t({ zh: '每秒调用', en: 'Calls a second' })} value={figures?.calls_per_second} />
      <Figure title={t({ zh: '最近一分钟调用', en: 'Calls in the last minute' })} value={calls} />
      <Figure
        title={t({ zh: '最近一分钟错误', en: 'Errors in the last minute' })}
        value={errors}
        note={errors ? share : undefined}
        isBad={(errors ?? 0) > 0}
      />
      <Figure
        title={t({ zh: '耗时 p50 / p99', en: 'Latency p50 / p99' })}
        value={figures && `${lengthText(figures.p50_us)} / ${lengthText(figures.p99_us)}`}
      />
    </div>
  );
}

type FigureProps = {
  title: string;
  value: string | number | undefined;
  note?: ReactNode;
  isBad?: boolean;
};

function Figure({ title, value, note, isBad = false }: FigureProps) {
  return (
    <div className="console-panel overview-figure">
      <div className="console-dim">{title}</div>
      <div className={isBad ? 'console-number overview-bad' : 'console-number'}>
        {typeof value === 'number' ? grouped(value) : (value ?? '—')}
        {note !== undefined && <span className="console-dim"> {note}</span>}
      </div>
    </div>
  );
}
