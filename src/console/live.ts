import type { ServerResponse } from 'node:http';
import type { Sql } from '../database/pool.ts';
import type { Stock } from '../database/stock.ts';
import { DURATION_BOUNDS, type Figure, findFigures } from '../gateway/figures.ts';

/**
 * The event `figures`, every second: calls of all processes. Times are epoch milliseconds.
 * Calls are counted when their record is written, about a quarter of a second after their end.
 */
export type LiveFigures = {
  readonly at: number;
  /** Calls a second since the event before; over the last ten seconds in the first. */
  readonly calls_per_second: number;
  /** Calls, and errors by sub_code (by code where there is none), of the last 50 to 60 seconds. */
  readonly calls_last_minute: number;
  readonly errors_last_minute: Readonly<Record<string, number>>;
  /** Time on the request path in microseconds that half and 99 of 100 of those calls did not exceed; null without calls. */
  readonly p50_us: number | null;
  readonly p99_us: number | null;
};

/** The event `stock`, every three seconds: what runs now and is limited, with the units taken a second since the event before. */
export type LiveStock = {
  readonly at: number;
  readonly things: readonly (Stock & { readonly taken_per_second: number })[];
};

/** Who hears the live figures. */
export type Live = {
  /** Most listeners are here already. */
  readonly full: boolean;
  /**
   * Sends events to a response, whose head is written, until it closes.
   * @param goesOn asked every three seconds; when it answers false the event `end` goes out and the response is ended
   */
  listen(response: ServerResponse, goesOn: () => Promise<boolean>): void;
  /** Ends every response with the event `end`, so that a server can close. */
  close(): void;
};

const FIGURES_MS = 1000;
const STOCK_EVERY = 3;
const CHECK_EVERY = 3;
const MOST_LISTENERS = 100;
const WINDOW_SECONDS = 60;
/** Bytes that a slow listener may leave unread before it is dropped. */
const MOST_BUFFERED = 256 * 1024;

/** What the live figures work with. */
export type LiveParts = {
  readonly sql: Sql;
  readonly clock: () => Date;
  /** Finds the stock of all that runs at an instant; the domains hand it in. */
  readonly findStock: (sql: Sql, now: Date) => Promise<Stock[]>;
};

/** Opens the live figures: one look at the database a second, and none while nobody listens. */
export function openLive({ sql, clock, findStock }: LiveParts, onError: (error: unknown) => void): Live {
  const listeners = new Map<ServerResponse, () => Promise<boolean>>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let ticks = 0;
  let figures = createFigures();
  let stock = createStock();
  /** The last text of each event. */
  const last = new Map<string, string>();

  const leave = (response: ServerResponse): void => {
    listeners.delete(response);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const end = (response: ServerResponse): void => {
    response.end(spell('end', {}));
    leave(response);
  };
  const send = (event: string, data: object): void => {
    const text = spell(event, data);
    last.set(event, text);
    for (const response of listeners.keys())
      if (response.writableLength > MOST_BUFFERED) response.destroy();
      else response.write(text);
  };

  async function look(): Promise<void> {
    const now = clock();
    const tick = ticks++;
    send('figures', figures(await findFigures(sql, new Date(now.getTime() - WINDOW_SECONDS * 1000)), now));
    if (tick % STOCK_EVERY === 0) send('stock', stock(await findStock(sql, now), now));
    if (tick % CHECK_EVERY !== CHECK_EVERY - 1) return;
    for (const [response, goesOn] of listeners) if (!(await goesOn())) end(response);
  }

  /** A look that takes longer than a second leaves the next ones out. */
  function beat(): void {
    if (looking) return;
    looking = true;
    look()
      .catch(onError)
      .finally(() => {
        looking = false;
      });
  }

  return {
    get full() {
      return listeners.size >= MOST_LISTENERS;
    },
    listen(response, goesOn) {
      // Who left while its session was looked up will not close again.
      if (response.destroyed) return;
      listeners.set(response, goesOn);
      response.on('close', () => leave(response));
      if (timer !== undefined) {
        // Who comes later sees at once what all others see.
        for (const text of last.values()) response.write(text);
        return;
      }
      [figures, stock, ticks] = [createFigures(), createStock(), 0];
      last.clear();
      timer = setInterval(beat, FIGURES_MS).unref();
      beat();
    },
    close() {
      for (const response of [...listeners.keys()]) end(response);
    },
  };
}

const spell = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Makes figures of what each look finds. */
function createFigures(): (found: readonly Figure[], now: Date) => LiveFigures {
  let before: { slots: Map<number, number>; at: number } | undefined;
  return (found, now) => {
    const at = now.getTime();
    const slots = new Map<number, number>();
    for (const { slot, calls } of found) slots.set(slot, (slots.get(slot) ?? 0) + calls);
    // Slots only grow, and one that is out of the window by now has stopped growing.
    const recent = [...slots].filter(([slot]) => slot * 1000 > at - 20_000);
    const grown = recent.reduce((sum, [slot, calls]) => sum + calls - (before?.slots.get(slot) ?? 0), 0);
    const first = Math.min(...recent.map(([slot]) => slot * 1000), at - 1000);
    const seconds = (at - (before?.at ?? first)) / 1000;
    before = { slots, at };
    return {
      at,
      calls_per_second: Math.round((grown / Math.max(seconds, 0.1)) * 10) / 10,
      calls_last_minute: found.reduce((sum, { calls }) => sum + calls, 0),
      errors_last_minute: errorsOf(found),
      p50_us: percentile(found, 0.5),
      p99_us: percentile(found, 0.99),
    };
  };
}

function errorsOf(found: readonly Figure[]): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const { code, sub_code, calls } of found) {
    if (code === 0) continue;
    const word = sub_code || String(code);
    errors[word] = (errors[word] ?? 0) + calls;
  }
  return errors;
}

/** The duration that a share of the calls did not exceed, by a straight line within its bounds. */
function percentile(found: readonly Pick<Figure, 'up_to_us' | 'calls'>[], share: number): number | null {
  const counts = new Map<number, number>();
  let all = 0;
  for (const { up_to_us, calls } of found) {
    counts.set(up_to_us, (counts.get(up_to_us) ?? 0) + calls);
    all += calls;
  }
  let below = 0;
  let bound = 0;
  for (const next of DURATION_BOUNDS) {
    const calls = counts.get(next) ?? 0;
    // The last bound is none: what lies beyond is told by the one before.
    const top = next === DURATION_BOUNDS.at(-1) ? bound : next;
    if (calls > 0 && below + calls >= all * share)
      return Math.round(bound + (top - bound) * Math.max(0, (all * share - below) / calls));
    below += calls;
    bound = next;
  }
  return null;
}

/** Adds to each thing how fast it is taken. */
function createStock(): (things: readonly Stock[], now: Date) => LiveStock {
  let before: { left: Map<string, number>; at: number } | undefined;
  return (things, now) => {
    const at = now.getTime();
    const seconds = before === undefined ? 1 : Math.max((at - before.at) / 1000, 0.1);
    const rate = ({ thing, key, stock_left }: Stock): number =>
      Math.max(0, (before?.left.get(`${thing} ${key}`) ?? stock_left) - stock_left) / seconds;
    const shown = things.map((each) => ({ ...each, taken_per_second: Math.round(rate(each) * 10) / 10 }));
    before = { left: new Map(things.map(({ thing, key, stock_left }) => [`${thing} ${key}`, stock_left])), at };
    return { at, things: shown };
  };
}
