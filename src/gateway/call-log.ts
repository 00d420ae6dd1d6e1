import { gmt8Day } from '../contract/gmt8.ts';
import type { Sql } from '../database/pool.ts';
import { addFigures, dropFigures, openTally, tally } from './figures.ts';

/** What is kept of one call: no parameters, no secrets, no personal data. */
export type CallRecord = {
  readonly called_at: Date;
  readonly request_id: string;
  /** Absent when the caller's text was not one of ours. */
  readonly app_key: string | undefined;
  /** Login of the operator who called from the console. */
  readonly operator?: string | undefined;
  readonly method: string | undefined;
  /** 0 for what was done, -1 for an answer that is a refusal, else the code of the error. */
  readonly code: number;
  /** The sub_code of the error, or the business code of a refusal. */
  readonly sub_code: string | undefined;
  /** Time on the request path in microseconds. */
  readonly duration_us: number;
};

/** Takes records at once and writes them behind the calls' backs. */
export type CallLog = {
  /** Never waits and never throws; when the log is full the record is dropped and counted. */
  add(record: CallRecord): void;
  /**
   * Takes the refusal of a caller whom nobody knows. Anyone can send any number of them, and a row for each would fill the
   * disk: the first twenty and then one a second are kept, all others are counted in the figures alone.
   */
  addRefused(record: CallRecord): void;
  /** Records waiting to be written, and records dropped since the start. */
  readonly figures: { readonly waiting: number; readonly dropped: number };
  /** Writes what waits, at most for two seconds, and stops. */
  close(): Promise<void>;
};

const FLUSH_MS = 200;
const RETRY_MS = 1000;
const CHUNK = 5000;
const MOST_WAITING = 100_000;
const CLOSE_MS = 2000;
/** Refusals of unknown callers that are kept at once, and how long it takes until one more is. */
const MOST_REFUSED = 20;
const REFUSED_MS = 1000;
const DAY_MS = 24 * 3600 * 1000;
const HOUSEKEEPING_MS = 3600 * 1000;

/**
 * Opens the call log on connections of its own, so that a slow log holds up no call. Records are written together a
 * few times a second; those of days older than the given number are dropped by the hour, whole days at a time.
 * @param options.days how long records are kept
 * @param options.clock the present time, by which records grow old
 * @param options.onError told of a failed write, at most once a minute
 */
export function openCallLog(
  sql: Sql,
  options: { days: number; clock: () => Date; onError: (error: unknown) => void },
): CallLog {
  const waiting: CallRecord[] = [];
  const counted = openTally();
  let dropped = 0;
  let closing = false;
  let told = 0;
  const partitions = new Set<number>();
  const fail = (error: unknown): void => {
    if (Date.now() - told < 60_000) return;
    told = Date.now();
    options.onError(error);
  };

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const chunk = waiting.slice(0, CHUNK);
      await ensurePartitions(sql, chunk, partitions);
      await write(sql, chunk);
      waiting.splice(0, chunk.length);
    }
    const figures = counted.take();
    if (figures.length === 0) return;
    try {
      await addFigures(sql, figures);
    } catch (error) {
      counted.putBack(figures);
      throw error;
    }
  }

  async function run(): Promise<void> {
    let nextHousekeeping = 0;
    while (!closing) {
      let pause = FLUSH_MS;
      try {
        await flush();
        if (Date.now() >= nextHousekeeping) {
          nextHousekeeping = Date.now() + HOUSEKEEPING_MS;
          const before = new Date(options.clock().getTime() - options.days * DAY_MS);
          await sql`select platform_call_log_drop_before(${before})`;
          await dropFigures(sql, before);
        }
      } catch (error) {
        fail(error);
        // Another process may have dropped one.
        partitions.clear();
        pause = RETRY_MS;
      }
      await sleep(pause);
    }
  }

  const running = run();
  const add = (record: CallRecord): void => {
    if (waiting.length >= MOST_WAITING) dropped += 1;
    else waiting.push(record);
  };
  const mayKeep = openAllowance(MOST_REFUSED, REFUSED_MS);
  return {
    add,
    addRefused: (record) => (mayKeep() ? add(record) : counted.add(record)),
    get figures() {
      return { waiting: waiting.length, dropped };
    },
    async close() {
      closing = true;
      await Promise.race([running.then(flush).catch(fail), sleep(CLOSE_MS)]);
    },
  };
}

/** Allows so many at once, and one more each time that so many milliseconds have passed. */
function openAllowance(most: number, ms: number): () => boolean {
  let left = most;
  let filled = performance.now();
  return () => {
    const more = Math.floor((performance.now() - filled) / ms);
    left = Math.min(most, left + more);
    filled += more * ms;
    if (left === 0) return false;
    left -= 1;
    return true;
  };
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms).unref());

async function ensurePartitions(sql: Sql, records: readonly CallRecord[], known: Set<number>): Promise<void> {
  for (const { called_at } of records) {
    const day = gmt8Day(called_at);
    if (known.has(day)) continue;
    await sql`select platform_call_log_partition(${called_at})`;
    known.add(day);
  }
}

/**
 * Writes records and their figures in one statement, so that both are there or neither is. Columns go as array literals,
 * the cheapest text to build and to read.
 */
async function write(sql: Sql, records: readonly CallRecord[]): Promise<void> {
  const column = (value: (record: CallRecord) => string | number | undefined): string =>
    `{${records.map((record) => value(record) ?? 'null').join(',')}}`;
  const quoted = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : `"${text.replace(/["\\]/g, '\\$&')}"`;
  await sql`
    with figures as (${addFigures(sql, tally(records))})
    insert into platform_call_log (called_at, request_id, app_key, operator, method, code, sub_code, duration_us)
    select to_timestamp(called_ms / 1000.0), request_id, app_key, operator, method, code, sub_code, duration_us
    from unnest(
      ${column((record) => record.called_at.getTime())}::text::bigint[],
      ${column((record) => record.request_id)}::text::text[],
      ${column((record) => record.app_key)}::text::text[],
      ${column((record) => record.operator)}::text::text[],
      ${column((record) => record.method)}::text::text[],
      ${column((record) => record.code)}::text::int[],
      ${column((record) => quoted(record.sub_code))}::text::text[],
      ${column((record) => record.duration_us)}::text::int[]
    ) as record (called_ms, request_id, app_key, operator, method, code, sub_code, duration_us)`;
}
