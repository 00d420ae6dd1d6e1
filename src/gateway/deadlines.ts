import { platformError } from '../contract/errors.ts';

/** Holds calls to the longest time they may take. */
export type Deadlines = {
  /**
   * The outcome of a call, or platform error 15 with a timeout when the call takes too long. When too many calls are
   * under way the call is not begun and is refused by the retryable error for a busy platform.
   * @param begin may also throw at once
   */
  hold<T>(begin: () => Promise<T>): Promise<T>;
  /** Calls begun and not ended, those that were cut included. */
  readonly underWay: number;
};

const SWEEP_MS = 1000;

/**
 * Opens the watch over calls under way. One look a second at all of them costs less than a timer for each. A call
 * that is cut may still be carried out; its retry finds that, as writes are idempotent.
 * @param longestMs longest time of a call in milliseconds, kept to within a second
 * @param mostCalls most calls under way at once, which bounds the memory they hold
 */
export function openDeadlines(longestMs: number, mostCalls: number): Deadlines {
  // In no order: a call that ends leaves its place to the last one.
  const underWay: Held[] = [];
  const end = (held: Held): void => {
    const last = underWay.pop() as Held;
    if (last === held) return;
    underWay[held.place] = last;
    last.place = held.place;
  };
  setInterval(() => {
    const now = performance.now();
    // A call that was cut stays until it ends; to cut it again changes nothing.
    for (const { until, cut } of underWay) if (until <= now) cut(platformError('service-timeout'));
  }, SWEEP_MS).unref();
  return {
    get underWay() {
      return underWay.length;
    },
    hold: (begin) =>
      new Promise((done, cut) => {
        if (underWay.length >= mostCalls) throw platformError('service-unavailable');
        const running = begin();
        const held = { until: performance.now() + longestMs, place: underWay.length, cut };
        underWay.push(held);
        running.then(
          (outcome) => {
            end(held);
            done(outcome);
          },
          (error) => {
            end(held);
            cut(error);
          },
        );
      }),
  };
}

/** A call under way: its deadline, its place among all of them, and what answers it with an error. */
type Held = { readonly until: number; place: number; readonly cut: (error: unknown) => void };
