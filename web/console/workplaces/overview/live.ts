import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LiveFigures, LiveStock } from '../../../../src/console/live.ts';
import { PACE_EVENTS } from './pace.ts';
import { openStream } from './stream.ts';

/** A point of the live curve: epoch milliseconds, calls a second. */
export type Beat = readonly [at: number, calls_per_second: number];

/** The live figures as they have come by now. */
export type Live = {
  readonly is_lost: boolean;
  readonly figures: LiveFigures | undefined;
  /** The latest events of stock, oldest first. */
  readonly stock: readonly LiveStock[];
  readonly beats: readonly Beat[];
};

const MOST_BEATS = 300;
const NOTHING_YET: Live = { is_lost: false, figures: undefined, stock: [], beats: [] };

/** Listens to the live figures as long as the page is shown. */
export function useLive(): Live {
  const queries = useQueryClient();
  const [live, setLive] = useState(NOTHING_YET);
  useEffect(
    () =>
      openStream({
        onFigures: (figures) =>
          setLive((before) => ({
            ...before,
            is_lost: false,
            figures,
            beats: [...before.beats, [figures.at, figures.calls_per_second] as const].slice(-MOST_BEATS),
          })),
        onStock: (stock) => setLive((before) => ({ ...before, stock: [...before.stock, stock].slice(-PACE_EVENTS) })),
        onLost: () => {
          // A pace across the gap would be wrong.
          setLive((before) => ({ ...before, is_lost: true, stock: before.stock.slice(-1) }));
          // Should the session have ended, this leads to the login.
          void queries.invalidateQueries({ queryKey: ['me'] });
        },
      }),
    [queries],
  );
  return live;
}
