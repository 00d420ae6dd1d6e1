import { addPackages, STANDARD_CALLS_PER_DAY } from '../../../database/apps.ts';
import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';
import type { LimitPlace, TimePlace } from './rules.ts';

/** What an administrator may change of an app; absent leaves it, null brings a default back. `status`: 1 live, 2 suspended. */
export type AppChange = {
  readonly name?: string | null | undefined;
  readonly status?: number | null | undefined;
  readonly ip_allow?: string[] | null | undefined;
  readonly callback_urls?: string[] | null | undefined;
  readonly sign_methods?: string[] | null | undefined;
  readonly calls_per_day?: number | null | undefined;
};

/** An app as shown: never with a secret, only with the spans of its live ones. */
export type ShownApp = {
  readonly app_key: string;
  readonly name: string;
  readonly status: number;
  readonly ip_allow: string[];
  readonly callback_urls: string[];
  readonly sign_methods: string[];
  readonly calls_per_day: number;
  readonly packages: string[];
  readonly secrets: { readonly created_at: Date; readonly expires_at: Date | null }[];
  readonly created_at: Date;
};

/** A limit of calls to a method: of one app, or with app_key `*` of all together. */
export type Limit = LimitPlace & { readonly max_calls: number; readonly window_seconds: number };

/** The app that a unique_id made, and whether of the same content; undefined when it made none. */
export async function findCreated(sql: Sql, unique_id: string, content: string) {
  const [row] = await sql<{ app_key: string; same: boolean }[]>`
    select app_key, unique_content = ${content}::text::jsonb as same from platform_app where unique_id = ${unique_id}`;
  return row;
}

/** What a column becomes: the default where null was sent, and null, which leaves it, where nothing was. */
const emptied = <T>(value: T | null | undefined, standard: T): T | null =>
  value === null ? standard : (value ?? null);

/** Changes an app; false when there is none. Rejects with SQLSTATE 22P02 when an address of ip_allow is none. */
export async function updateApp(sql: Queryable, app_key: string, change: AppChange): Promise<boolean> {
  const updated = await sql`
    update platform_app set
      name = coalesce(${change.name ?? null}::text, name),
      status = coalesce(${change.status ?? null}::smallint, status),
      ip_allow = coalesce(${emptied(change.ip_allow, [])}::text[]::cidr[], ip_allow),
      callback_urls = coalesce(${emptied(change.callback_urls, [])}::text[], callback_urls),
      sign_methods = coalesce(${emptied(change.sign_methods, [])}::text[], sign_methods),
      calls_per_day = coalesce(${emptied(change.calls_per_day, STANDARD_CALLS_PER_DAY)}::bigint, calls_per_day)
    where app_key = ${app_key}`;
  return updated.count > 0;
}

type AppFilter = { app_key?: string; status?: number | null | undefined; after: string; now: Date; limit: number };
type AppRow = Omit<ShownApp, 'secrets'> & { secrets: { created_at: string; expires_at: string | null }[] };

/** Apps after a key in order of app_key, with the secrets that are live at an instant. */
export async function findApps(sql: Sql, { app_key, status, after, now, limit }: AppFilter): Promise<ShownApp[]> {
  const rows = await sql<AppRow[]>`
    select a.app_key, a.name, a.status, a.ip_allow::text[] as ip_allow, a.callback_urls, a.sign_methods,
      a.calls_per_day, a.created_at,
      array(select p.package from platform_app_package p where p.app_key = a.app_key order by 1) as packages,
      coalesce((
        select json_agg(json_build_object('created_at', s.created_at, 'expires_at', s.expires_at) order by s.created_at desc)
        from platform_app_secret s
        where s.app_key = a.app_key and (s.expires_at is null or s.expires_at > ${now})
      ), '[]') as secrets
    from platform_app a
    where a.app_key > ${after} ${app_key === undefined ? sql`` : sql`and a.app_key = ${app_key}`}
      ${status == null ? sql`` : sql`and a.status = ${status}`}
    order by a.app_key limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    secrets: row.secrets.map(({ created_at, expires_at }) => ({
      created_at: new Date(created_at),
      expires_at: expires_at === null ? null : new Date(expires_at),
    })),
  }));
}

/** Holds an app's row until the transaction ends, so that its secrets and packages are changed by one at a time. */
export async function holdApp(tx: Transaction, app_key: string): Promise<boolean> {
  const rows = await tx`select from platform_app where app_key = ${app_key} for no key update`;
  return rows.count > 0;
}

/** The packages of an app. */
export async function packagesOf(tx: Transaction, app_key: string): Promise<string[]> {
  const rows = await tx<{ package: string }[]>`select package from platform_app_package where app_key = ${app_key}`;
  return rows.map((row) => row.package);
}

/** Forgets the secrets of an app that have ended, or all of them, and counts those that are left. */
export async function dropSecrets(
  tx: Transaction,
  app_key: string,
  which: 'ended' | 'all',
  now: Date,
): Promise<number> {
  // Held before the version of the configuration, as whoever seals them anew does (docs/concepts/locking.md).
  await tx`select from platform_app_secret where app_key = ${app_key} order by created_at for update`;
  await tx`delete from platform_app_secret
    where app_key = ${app_key} and (${which === 'all'}::boolean or expires_at <= ${now})`;
  const [row] = await tx<{ live: number }[]>`
    select count(*) as live from platform_app_secret where app_key = ${app_key}`;
  return row?.live ?? 0;
}

/** When a further secret of an app is made: two may fall into one millisecond, and a clock may be set back. */
export async function nextSecretTime(tx: Transaction, app_key: string, now: Date): Promise<Date> {
  const [row] = await tx<{ created_at: Date | null }[]>`
    select max(created_at) as created_at from platform_app_secret where app_key = ${app_key}`;
  return new Date(Math.max(now.getTime(), (row?.created_at?.getTime() ?? 0) + 1));
}

/** Adds a sealed secret; the one before it ends at the given instant, or sooner where that was settled already. */
export async function addSecret(
  tx: Transaction,
  added: { app_key: string; secret: Buffer; created_at: Date; old_expires_at: Date },
): Promise<void> {
  const { app_key, secret, created_at, old_expires_at } = added;
  await tx`
    update platform_app_secret set expires_at = least(expires_at, ${old_expires_at}) where app_key = ${app_key}`;
  await tx`
    insert into platform_app_secret (app_key, secret, created_at) values (${app_key}, ${secret}, ${created_at})`;
}

/** Gives an app exactly these packages. */
export async function setPackages(tx: Transaction, app_key: string, packages: string[]): Promise<void> {
  await tx`delete from platform_app_package where app_key = ${app_key} and package <> all(${packages}::text[])`;
  await addPackages(tx, app_key, packages);
}

/** Sets a limit. */
export async function saveLimit(sql: Queryable, limit: Limit): Promise<void> {
  await sql`
    insert into platform_frequency ${sql(limit, 'app_key', 'method', 'max_calls', 'window_seconds')}
    on conflict (app_key, method) do update
    set max_calls = excluded.max_calls, window_seconds = excluded.window_seconds`;
}

/** Lifts a limit; false when there is none. */
export async function deleteLimit(sql: Queryable, { app_key, method }: LimitPlace): Promise<boolean> {
  const deleted = await sql`delete from platform_frequency where app_key = ${app_key} and method = ${method}`;
  return deleted.count > 0;
}

type LimitFilter = {
  readonly app_key?: string | null | undefined;
  readonly method?: string | null | undefined;
  readonly after: LimitPlace;
  readonly limit: number;
};

/** Limits after a place in order of app and method. */
export const findLimits = (sql: Sql, { app_key, method, after, limit }: LimitFilter): Promise<Limit[]> => sql<Limit[]>`
  select app_key, method, max_calls, window_seconds from platform_frequency
  where (app_key, method) > (${after.app_key}, ${after.method})
    ${app_key == null ? sql`` : sql`and app_key = ${app_key}`}
    ${method == null ? sql`` : sql`and method = ${method}`}
  order by app_key, method limit ${limit}`;

type QuotaFilter = Omit<LimitFilter, 'method'> & { readonly second: number; readonly day_start: number };

/** Each app's day (with an empty method) and each limit, with the calls used in the window that holds a second. */
export const findQuotas = (
  sql: Sql,
  { app_key, after, limit, second, day_start }: QuotaFilter,
): Promise<(Limit & { window_start: number; used: number })[]> => sql`
  select q.app_key, q.method, q.max_calls, q.window_seconds, q.window_start, coalesce(u.used, 0) as used
  from (
    select app_key, '' as method, calls_per_day as max_calls, 86400 as window_seconds, ${day_start}::bigint as window_start,
      'day ' || app_key as counter
    from platform_app
    union all
    select app_key, method, max_calls, window_seconds, ${second}::bigint - ${second}::bigint % window_seconds,
      method || ' ' || app_key
    from platform_frequency
  ) q
  left join platform_quota_use u on u.counter = q.counter and u.window_start = q.window_start
  where (q.app_key, q.method) > (${after.app_key}, ${after.method})
    ${app_key == null ? sql`` : sql`and q.app_key = ${app_key}`}
  order by q.app_key, q.method limit ${limit}`;

/** Makes a user; one that is there stays as it is, and so does another of the same nick. */
export async function addUser(sql: Queryable, user_id: number, nick: string, now: Date): Promise<void> {
  await sql`
    insert into platform_user (user_id, nick, created_at) values (${user_id}, ${nick}, ${now}) on conflict do nothing`;
}

/** The nick of a user; undefined when there is no such user. */
export async function nickOf(sql: Queryable, user_id: number): Promise<string | undefined> {
  const [row] = await sql<{ nick: string }[]>`select nick from platform_user where user_id = ${user_id}`;
  return row?.nick;
}

/** A session as shown; session_id is the hash that it is kept by. */
export type ShownSession = {
  readonly session_id: string;
  readonly app_key: string;
  readonly user_id: number;
  readonly nick: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
};
type SessionFilter = {
  app_key: string;
  user_id?: number | null | undefined;
  before: TimePlace | undefined;
  limit: number;
};

/** Sessions of an app before a place, the latest first. */
export const findSessions = (
  sql: Sql,
  { app_key, user_id, before, limit }: SessionFilter,
): Promise<(ShownSession & { at_us: number })[]> => sql`
  select encode(s.session_hash, 'hex') as session_id, s.app_key, s.user_id, u.nick, s.created_at, s.expires_at,
    s.revoked_at, (extract(epoch from s.created_at) * 1000000)::bigint as at_us
  from platform_session s join platform_user u using (user_id)
  where s.app_key = ${app_key} ${user_id == null ? sql`` : sql`and s.user_id = ${user_id}`}
    ${before === undefined ? sql`` : sql`and (s.created_at, s.session_hash) < (${instant(sql, before)}, ${Buffer.from(before.id, 'hex')})`}
  order by s.created_at desc, s.session_hash desc limit ${limit}`;

const instant = (sql: Sql, { at_us }: TimePlace) =>
  sql`(timestamptz 'epoch' + ${at_us}::bigint * interval '1 microsecond')`;

/** A record of the call log. */
export type ShownCall = {
  readonly request_id: string;
  readonly called_at: Date;
  readonly app_key: string | null;
  readonly operator: string | null;
  readonly method: string | null;
  readonly code: number;
  readonly sub_code: string | null;
  readonly duration_us: number;
};
type CallFilter = {
  readonly [Key in 'request_id' | 'app_key' | 'method' | 'sub_code']?: string | null | undefined;
} & {
  readonly code?: number | null | undefined;
  readonly start_time: Date | undefined;
  readonly end_time?: Date | null | undefined;
  readonly before: TimePlace | undefined;
  readonly limit: number;
};

/**
 * Calls before a place, the latest first; the span of time leaves out the days that cannot hold one. Errors of no app are
 * read along the index of all errors by their time, which the planner takes when it sees that answers are left out.
 */
export const findCalls = (sql: Sql, filter: CallFilter): Promise<(ShownCall & { at_us: number })[]> => sql`
  select request_id, called_at, app_key, operator, method, code, sub_code, duration_us,
    (extract(epoch from called_at) * 1000000)::bigint as at_us
  from platform_call_log
  where true
    ${filter.request_id == null ? sql`` : sql`and request_id = ${filter.request_id}`}
    ${filter.app_key == null ? sql`` : sql`and app_key = ${filter.app_key}`}
    ${filter.method == null ? sql`` : sql`and method = ${filter.method}`}
    ${filter.code == null ? sql`` : sql`and code = ${filter.code}`}
    ${filter.sub_code == null ? sql`` : sql`and sub_code = ${filter.sub_code}`}
    ${filter.sub_code == null && !filter.code ? sql`` : sql`and code <> 0`}
    ${filter.start_time === undefined ? sql`` : sql`and called_at >= ${filter.start_time}`}
    ${filter.end_time == null ? sql`` : sql`and called_at < ${filter.end_time}`}
    ${filter.before === undefined ? sql`` : sql`and called_at <= ${instant(sql, filter.before)} and (called_at, request_id) < (${instant(sql, filter.before)}, ${filter.before.id})`}
  order by called_at desc, request_id desc limit ${filter.limit}`;
