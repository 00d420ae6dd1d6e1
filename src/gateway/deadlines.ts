import { platformError } from '../contract/errors.ts';

/** Holds calls to the longest time they may take. */
export type Deadlines = {
  /**
   * The outcome of a call, or platform error 15 with a timeout when the call takes too long. When too many calls are
   * under way the call is not begun and is refused by the retryable error for a busy platform.
   */
  hold<T>(begin: () => Promise<T>): Promise<T>;
  /** Calls begun and not ended, those that were cut included. */
  readonly underWay: number;
};

const SWEEP_MS = 1000;

/**
 * Opens the watch over calls under way. One look a second at the oldest of them costs less than a timer for each. A call
 * that is cut may still be carried out; its retry finds that, as writes are idempotent.
 * @param longestMs longest time of a call in milliseconds, kept to within a second
 * @param mostCalls most calls under way at once, which bounds the memory they hold
 */
export function openDeadlines(longestMs: number, mostCalls: number): Deadlines {
  const underWay = new Map<number, { until: number; cut: () => void }>();
  let last = 0;
  let begun = 0;
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
    get underWay() {
      return begun;
    },
    hold: (begin) =>
      new Promise((done, failed) => {
        if (begun >= mostCalls) {
          failed(platformError('service-unavailable'));
          return;
        }
        const id = ++last;
        begun += 1;
        underWay.set(id, { until: performance.now() + longestMs, cut: () => failed(platformError('service-timeout')) });
        const end = (): void => {
          begun -= 1;
          underWay.delete(id);
        };
        begin().then(
          (outcome) => {
            end();
            done(outcome);
          },
          (error) => {
            end();
            failed(error);
          },
        );
      }),
  };
}
