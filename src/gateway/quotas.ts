import { createBatcher } from '../batching/batch.ts';
import type { PlatformErrorName } from '../contract/error-table.ts';
import { platformError } from '../contract/errors.ts';
import { gmt8DayStart } from '../contract/gmt8.ts';
import type { Sql } from '../database/pool.ts';
import type { App, AppStore } from './apps.ts';

/** The app record that a decision was made on is no longer the present one: decide again. */
export class StaleApp extends Error {
  override name = 'StaleApp';
}

type Counter = { counter: string; window_start: number; max: number; seconds: number; full: PlatformErrorName };
/** `back`: calls taken ahead that are given back instead of one being taken; `ahead`: how many more to take ahead instead. */
type Take = { app: App; method: string; now: Date; back?: Ahead; ahead?: number };
type Outcome = 'granted' | 'stale' | { full: PlatformErrorName; wait_seconds: number };
type Taken = { version: number; results?: { granted: number; spare: number; limited_by: number }[] };
/**
 * Calls of an app to a method taken ahead of their coming: good for this record of the app, for a moment, after half of
 * which, or of the calls, the next ones are taken.
 */
type Ahead = { app: App; taken: number; left: number; until: number; counters: Counter[]; renewed: boolean };

const DAY_SECONDS = 24 * 3600;
/** A group of at least so many waiting calls is busy and takes some ahead … */
const BUSY = 8;
/** … so many times as many as waited … */
const AHEAD_FACTOR = 32;
/** … for so many milliseconds: the longest time for which a change of an app goes unnoticed, and only under load. */
const AHEAD_MS = 100;
/** Of the calls that went meanwhile so many times as many are taken next. */
const RENEWAL_FACTOR = 4;

/** Counts calls against their limits, for all processes on the database together (TOP protocol 7). */
export type Quotas = {
  /**
   * Takes one call. Throws platform error 7 with the seconds to wait when a limit is reached, StaleApp when the app's
   * record is out of date, and then nothing was taken.
   */
  take(app: App, method: string, now: Date): Promise<void> | undefined;
};

/**
 * Opens the counters of calls. Calls that wait at the same time are counted by one statement, which also tells whether
 * the apps in memory are still the present ones. Under load a process takes calls ahead, far from a limit only, the next
 * ones while it still has some, and gives back what it did not use: no limit is ever passed.
 */
export function openQuotas(sql: Sql, apps: AppStore): Quotas {
  const ahead = new WeakMap<App, Map<string, Ahead>>();
  const batcher = createBatcher<Take, Outcome>({ run: (_key, takes) => takeBatch(sql, apps, takes, keepAhead) });

  function keepAhead(method: string, own: Ahead): void {
    const { app } = own;
    const methods = ahead.get(app) ?? new Map<string, Ahead>();
    ahead.set(app, methods.set(method, own));
    setTimeout(() => {
      if (methods.get(method) === own) methods.delete(method);
      const { left } = own;
      // What is not given back is lost to the app until its window ends; no call waits for it.
      if (left > 0)
        batcher.submit('calls', { app, method, now: new Date(own.until), back: own }).catch(() => undefined);
    }, AHEAD_MS).unref();
  }

  async function takeFromDatabase(app: App, method: string, now: Date): Promise<void> {
    const outcome = await batcher.submit('calls', { app, method, now });
    if (outcome === 'granted') return;
    if (outcome === 'stale') throw new StaleApp();
    throw platformError(outcome.full, { sub_msg: `This ban will last for ${outcome.wait_seconds} more seconds` });
  }

  /** Takes the next calls ahead while these still go, so that none waits; if that fails the next one finds out why. */
  function renew(own: Ahead, method: string, now: Date): void {
    const gone = own.taken - own.left;
    if (gone < BUSY) return;
    own.renewed = true;
    batcher.submit('calls', { app: own.app, method, now, ahead: gone * RENEWAL_FACTOR }).catch(() => undefined);
  }

  return {
    take(app, method, now) {
      const own = ahead.get(app)?.get(method);
      const ms = now.getTime();
      if (own === undefined || own.left === 0 || ms >= own.until) return takeFromDatabase(app, method, now);
      own.left -= 1;
      if (!own.renewed && (own.left < own.taken / 2 || ms >= own.until - AHEAD_MS / 2)) renew(own, method, now);
      return undefined;
    },
  };
}

type Group = {
  method: string;
  app: App;
  now: Date;
  takes: Take[];
  returned: number;
  ahead: number;
  counters: Counter[];
};

async function takeBatch(
  sql: Sql,
  apps: AppStore,
  takes: readonly Take[],
  keepAhead: (method: string, own: Ahead) => void,
): Promise<Outcome[]> {
  const version = Math.max(...takes.map((take) => take.app.version));
  const groups = groupTakes(takes.filter((take) => take.app.version === version));
  const request = groups.map(({ takes: wanting, returned, ahead, counters }) => ({
    wanted: wanting.length,
    spare: Math.max(ahead, wanting.length >= BUSY ? wanting.length * AHEAD_FACTOR : 0),
    returned,
    counters,
  }));
  const [row] = await sql<{ taken: Taken }[]>`
    select platform_take_quota(${version}, ${sql.json(request)}) as taken`;
  const taken = row?.taken ?? { version: 0 };
  apps.forget(taken.version);
  const outcomes = new Map<Take, Outcome>();
  taken.results?.forEach((result, place) => {
    const group = groups[place] as Group;
    group.takes.forEach((take, index) => {
      outcomes.set(take, index < result.granted ? 'granted' : fullOutcome(group, result.limited_by, take.now));
    });
    if (result.spare > 0) keepAhead(group.method, toAhead(group, result.spare));
  });
  return takes.map((take) => outcomes.get(take) ?? 'stale');
}

function toAhead({ app, now, counters }: Group, taken: number): Ahead {
  const windowEnds = counters.map(({ window_start, seconds }) => (window_start + seconds) * 1000);
  const until = Math.min(now.getTime() + AHEAD_MS, ...windowEnds);
  return { app, taken, left: taken, until, counters, renewed: false };
}

function groupTakes(takes: readonly Take[]): Group[] {
  const groups = new Map<string, Group>();
  for (const take of takes) {
    const own = `${take.app.app_key} ${take.method}`;
    // Calls of one second share their windows. What is given back goes to the window it was taken from, which may be over.
    const key =
      take.back === undefined ? `${own} ${Math.floor(take.now.getTime() / 1000)}` : `${own} back ${take.back.until}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = {
        method: take.method,
        app: take.app,
        now: take.now,
        takes: [],
        returned: 0,
        ahead: 0,
        counters: take.back?.counters ?? countersOf(take),
      };
      groups.set(key, group);
    }
    if (take.now > group.now) group.now = take.now;
    if (take.back !== undefined) group.returned += take.back.left;
    else if (take.ahead !== undefined) group.ahead = Math.max(group.ahead, take.ahead);
    else group.takes.push(take);
  }
  return [...groups.values()];
}

function countersOf({ app, method, now }: Take): Counter[] {
  const second = Math.floor(now.getTime() / 1000);
  const counters: Counter[] = [
    {
      counter: `day ${app.app_key}`,
      // The day's count starts anew at 00:00 GMT+8 (TOP protocol 7).
      window_start: gmt8DayStart(second),
      max: app.calls_per_day,
      seconds: DAY_SECONDS,
      full: 'app-access-count',
    },
  ];
  const limits = [
    { limit: app.frequencies.get(method), scope: app.app_key, full: 'app-api-access-count' as const },
    { limit: app.shared_frequencies.get(method), scope: '*', full: 'api-access-count' as const },
  ];
  for (const { limit, scope, full } of limits) {
    if (limit === undefined) continue;
    const { max_calls: max, window_seconds: seconds } = limit;
    counters.push({ counter: `${method} ${scope}`, window_start: second - (second % seconds), max, seconds, full });
  }
  return counters;
}

function fullOutcome(group: Group, place: number, now: Date): Outcome {
  const { full, window_start, seconds } = group.counters[place] as Counter;
  return { full, wait_seconds: Math.max(1, Math.ceil(window_start + seconds - now.getTime() / 1000)) };
}
