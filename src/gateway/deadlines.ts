import { platformError } from '../contract/errors.ts';

/** Holds calls to the longest time they may take. */
export type Deadlines = {
  /** The outcome of a call, or platform error 15 with a timeout when the call takes too long. */
  hold<T>(work: Promise<T>): Promise<T>;
};

const SWEEP_MS = 1000;

/**
 * Opens the watch over calls under way. One look a second at the oldest of them costs less than a timer for each. A call
 * that is cut may still be carried out; its retry finds that, as writes are idempotent.
 * @param longestMs longest time of a call in milliseconds, kept to within a second
 */
export function openDeadlines(longestMs: number): Deadlines {
  const underWay = new Map<number, { until: number; cut: () => void }>();
  let last = 0;
  setInterval(() => {
    const now = performance.now();
    // The oldest call comes first: a Map keeps the order in which calls came.
    for (const [id, { until, cut }] of underWay) {
      if (until > now) return;
      underWay.delete(id);
      cut();
    }
  }, SWEEP_MS).unref();
  return {
    hold: (work) =>
      new Promise((done, failed) => {
        const id = ++last;
        underWay.set(id, { until: performance.now() + longestMs, cut: () => failed(platformError('service-timeout')) });
        work.then(
          (outcome) => {
            underWay.delete(id);
            done(outcome);
          },
          (error) => {
            underWay.delete(id);
            failed(error);
          },
        );
      }),
  };
}
