import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { useTheme } from '../theme.tsx';

/** When what stands on the page is painted: the library of charts takes a while to begin. */
const painted = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** The page shows through: the library's own dark ground is blue. */
const BARE = { backgroundColor: 'transparent' };

/** A chart of ECharts, which is loaded when the first one is shown. `label` says to those who cannot see it what it shows. */
export function Chart({ option, label, height = 240 }: { option: EChartsCoreOption; label: string; height?: number }) {
  const place = useRef<HTMLDivElement>(null);
  const { isDark } = useTheme();
  const latest = useRef(option);
  latest.current = option;
  const chart = useRef<{ setOption: (option: EChartsCoreOption) => void } | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    let leave = (): void => undefined;
    const begin = async () => {
      await painted();
      const { draw } = await import('./echarts.ts');
      if (gone || place.current === null) return;
      const drawn = draw(place.current, isDark);
      drawn.setOption({ ...BARE, ...latest.current });
      chart.current = drawn;
      const watch = new ResizeObserver(() => drawn.resize());
      watch.observe(place.current);
      leave = () => {
        watch.disconnect();
        drawn.dispose();
      };
    };
    void begin();
    return () => {
      gone = true;
      chart.current = undefined;
      leave();
    };
  }, [isDark]);
  useEffect(() => chart.current?.setOption(option), [option]);
  return <div ref={place} role="img" aria-label={label} className="console-chart" style={{ height }} />;
}
