import type { PlatformErrorName } from '../contract/error-table.ts';
import { platformError } from '../contract/errors.ts';
import { createBatcher } from '../database/batch.ts';
import type { Sql } from '../database/pool.ts';
import type { App, AppStore } from './apps.ts';

/** The app record that a decision was made on is no longer the present one: decide again. */
export class StaleApp extends Error {
  override name = 'StaleApp';
}

type Counter = { counter: string; window_start: number; max: number; seconds: number; full: PlatformErrorName };
type Take = { app: App; method: string; now: Date };
type Outcome = 'granted' | 'stale' | { full: PlatformErrorName; wait_seconds: number };
type Taken = { version: number; results?: { granted: number; limited_by: number | null }[] };

const DAY_SECONDS = 24 * 3600;
const GMT8_SECONDS = 8 * 3600;

/** Counts calls against their limits, for all processes on the database together (TOP protocol 7). */
export type Quotas = {
  /**
   * Takes one call. Throws platform error 7 with the seconds to wait when a limit is reached, StaleApp when the app's
   * record is out of date, and then nothing was taken.
   */
  take(app: App, method: string, now: Date): Promise<void>;
};

/**
 * Opens the counters of calls. Calls that wait at the same time are counted by one statement, which also tells whether
 * the apps in memory are still the present ones.
 */
export function openQuotas(sql: Sql, apps: AppStore): Quotas {
  const batcher = createBatcher<Take, Outcome>({ run: (_key, takes) => takeBatch(sql, apps, takes) });
  return {
    async take(app, method, now) {
      const outcome = await batcher.submit('calls', { app, method, now });
      if (outcome === 'granted') return;
      if (outcome === 'stale') throw new StaleApp();
      throw platformError(outcome.full, { sub_msg: `This ban will last for ${outcome.wait_seconds} more seconds` });
    },
  };
}

async function takeBatch(sql: Sql, apps: AppStore, takes: readonly Take[]): Promise<Outcome[]> {
  const version = Math.max(...takes.map((take) => take.app.version));
  const groups = groupTakes(takes.filter((take) => take.app.version === version));
  const request = groups.map(({ takes: wanting, counters }) => ({ wanted: wanting.length, counters }));
  const [row] = await sql<{ taken: Taken }[]>`
    select platform_take_quota(${version}, ${sql.json(request)}) as taken`;
  const taken = row?.taken ?? { version: 0 };
  apps.forget(taken.version);
  const outcomes = new Map<Take, Outcome>();
  taken.results?.forEach((result, place) => {
    const group = groups[place] as Group;
    group.takes.forEach((take, index) => {
      outcomes.set(take, index < result.granted ? 'granted' : fullOutcome(group, result.limited_by ?? 0, take.now));
    });
  });
  return takes.map((take) => outcomes.get(take) ?? 'stale');
}

type Group = { takes: Take[]; counters: Counter[] };

function groupTakes(takes: readonly Take[]): Group[] {
  const groups = new Map<string, Group>();
  for (const take of takes) {
    const name = `${take.app.app_key} ${take.method}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { takes: [take], counters: countersOf(take) });
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
      window_start: second - ((second + GMT8_SECONDS) % DAY_SECONDS),
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
