import { SingleBar } from 'cli-progress';
import type { Io } from './io.ts';

/** Tells how far long work is. */
export type Progress = {
  /** @param total absent when nobody knows how much there is */
  update(done: number, total?: number): void;
  stop(): void;
};

/** Draws progress on standard error when that is a terminal, and else nothing. */
export function openProgress(io: Io, what: string): Progress {
  if (!io.terminal) return { update: () => undefined, stop: () => undefined };
  let bar: SingleBar | undefined;
  return {
    update(done, total) {
      if (bar === undefined) {
        const format =
          total === undefined ? `${what} {value}` : `${what} [{bar}] {value}/{total} {percentage}% {eta_formatted}`;
        bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true });
        bar.start(total ?? 0, done);
      }
      if (total !== undefined) bar.setTotal(Math.max(total, done));
      bar.update(done);
    },
    stop: () => bar?.stop(),
  };
}
