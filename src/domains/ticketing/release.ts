import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../database/pool.ts';
import { releaseDue } from './orders/queries.ts';

const PAUSE_MS = 1000;
/** The most orders of a project that one statement closes, so that nobody waits long for the project's stock. */
const MOST = 2000;

/**
 * Frees the stock of unpaid orders whose time is over, once a second, whichever process made them. Any number of
 * processes may do so: a project at which one is at work is passed over by the others.
 * @param options.clock the platform's clock, by which holds time out
 * @param options.onError told of a pass that failed; the next pass tries again
 */
export function startTicketingRelease(
  sql: Sql,
  { clock, onError }: { clock: () => Date; onError: (error: unknown) => void },
): { close(): Promise<void> } {
  const stop = new AbortController();
  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if ((await releaseDue(sql, clock(), MOST)) >= MOST) continue;
      } catch (error) {
        if (!stop.signal.aborted) onError(error);
      }
      await sleep(PAUSE_MS, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    close() {
      stop.abort();
      return running;
    },
  };
}
