import { platformError, type TopError } from '../contract/errors.ts';

/** A call under way as its watch knows it; both fields are the watch's own. */
export type Held = {
  /** When it is cut, in milliseconds of this process's clock. */
  until: number;
  /** Its place among all that are under way. */
  place: number;
};

/** Holds calls to the longest time they may take. */
export type Deadlines<C extends Held> = {
  /**
   * Takes a call up. Throws the retryable error for a busy platform when too many are under way: the call must not begin.
   */
  begin(call: C): void;
  /** A call ended, one that was cut included. */
  end(call: C): void;
  /** Calls begun and not ended, those that were cut included. */
  readonly underWay: number;
};

/** The longest time of a call, a little more than the database gives a statement. */
export const LONGEST_CALL_MS = 12_000;
const SWEEP_MS = 1000;

/**
 * Opens the watch over calls under way. One look a second at all of them costs less than a timer for each. A call
 * that is cut may still be carried out; its retry finds that, as writes are idempotent.
 * @param longestMs longest time of a call in milliseconds, kept to within a second
 * @param mostCalls most calls under way at once, which bounds the memory they hold
 * @param cut answers a call that takes too long with platform error 15; told again each second until the call ends
 */
export function openDeadlines<C extends Held>(
  longestMs: number,
  mostCalls: number,
  cut: (call: C, error: TopError) => void,
): Deadlines<C> {
  // In no order: a call that ends leaves its place to the last one.
  const underWay: C[] = [];
  setInterval(() => {
    const now = performance.now();
    for (const call of underWay) if (call.until <= now) cut(call, platformError('service-timeout'));
  }, SWEEP_MS).unref();
  return {
    get underWay() {
      return underWay.length;
    },
    begin(call) {
      if (underWay.length >= mostCalls) throw platformError('service-unavailable');
      call.until = performance.now() + longestMs;
      call.place = underWay.length;
      underWay.push(call);
    },
    end(call) {
      const last = underWay.pop() as C;
      if (last === call) return;
      underWay[call.place] = last;
      last.place = call.place;
    },
  };
}
