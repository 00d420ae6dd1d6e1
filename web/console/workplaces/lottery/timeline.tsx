import type { CSSProperties } from 'react';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { leftOf, phaseOf, type Segment } from './state.ts';

type Props = {
  readonly segments: readonly Segment[];
  /** Number of the segment that is chosen. */
  readonly chosen: number | undefined;
  readonly onChoose: (segment_no: number) => void;
};

/** The segments to scale, each filled as far as it is used up, with a mark at this moment. At least one segment. */
export function TimeLine({ segments, chosen, onChoose }: Props) {
  const t = useLabels();
  const from = Math.min(...segments.map(({ start_time }) => start_time.getTime()));
  const to = Math.max(...segments.map(({ end_time }) => end_time.getTime() + 1000));
  const place = (instant: number): number => ((instant - from) / (to - from)) * 100;
  const now = Date.now();
  return (
    <div className="lottery-line-frame">
      <div className="lottery-line" style={{ minWidth: `min(${segments.length * 28}px, 2400px)` }}>
        {segments.map((segment) => {
          const start = place(segment.start_time.getTime());
          const width = place(segment.end_time.getTime() + 1000) - start;
          return (
            <Block
              key={segment.segment_no}
              segment={segment}
              style={{ left: `${start}%`, width: `${width}%` }}
              isChosen={segment.segment_no === chosen}
              onChoose={() => onChoose(segment.segment_no)}
            />
          );
        })}
        {now >= from && now <= to && (
          <div className="lottery-line-now" style={{ left: `${place(now)}%` }} title={t({ zh: '现在', en: 'now' })} />
        )}
      </div>
      <div className="lottery-line-ends console-number">
        <span>{instantText(new Date(from))}</span>
        <span>{instantText(new Date(to - 1000))}</span>
      </div>
    </div>
  );
}

type BlockProps = { segment: Segment; style: CSSProperties; isChosen: boolean; onChoose: () => void };

function Block({ segment, style, isChosen, onChoose }: BlockProps) {
  const t = useLabels();
  const { segment_no, start_time, end_time } = segment;
  const [left, stock] = [leftOf(segment), segment.win_times ?? 0];
  const figures = `${grouped(left)} / ${grouped(stock)}`;
  const span = `${instantText(start_time)} – ${instantText(end_time)}`;
  const shown = `#${segment_no} · ${figures}`;
  // Its name begins with what is to be seen, so that it can be called by that.
  const words = t({ zh: `${shown}（剩余 / 库存），${span}`, en: `${shown} (left / stock), ${span}` });
  return (
    <button
      type="button"
      className={`lottery-block lottery-block-${phaseOf(segment, Date.now())}`}
      style={style}
      title={words}
      aria-label={words}
      aria-pressed={isChosen}
      onClick={onChoose}
    >
      <span className="lottery-block-used" style={{ width: `${stock === 0 ? 100 : 100 - (left / stock) * 100}%` }} />
      <span className="lottery-block-words console-number">{shown}</span>
    </button>
  );
}
