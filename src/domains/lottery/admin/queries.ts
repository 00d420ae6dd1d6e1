import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';
import { jsonOf } from '../queries.ts';

/** A segment as administrators see it; both bounds are whole seconds and belong to it. */
export type Segment = {
  segment_no: number;
  start_time: Date;
  end_time: Date;
  win_times: number;
  consumed_win_times: number;
};

/** A prize as administrators see it, with what it brings now; `cost_price` in fen. */
export type Prize = {
  prize_no: number;
  weight: number;
  total_count: number | null;
  consumed_count: number;
  reward_title: string;
  reward_sub_title: string | null;
  reward_type: number;
  reward_sub_type: number;
  reward_count: number;
  reward_unit: string | null;
  cost_price: number;
  gmt_expire: Date | null;
  expire_days: number | null;
  reward_ext: string | null;
  mix_id: string | null;
  code_count: number | null;
};

/** What is told of an activity beside its parts. `status`: 1 on shelf, 2 off shelf; limits are null when there are none. */
export type ActivityRow = {
  spread_id: string;
  platform: number;
  name: string;
  status: number;
  user_limit: number | null;
  user_day_limit: number | null;
};

/** Everything of an activity. */
export type WholeActivity = ActivityRow & { segments: Segment[]; prizes: Prize[] };

/** Everything of one activity, in one snapshot; undefined when there is none. */
export async function findActivity(sql: Sql, spread_id: string): Promise<WholeActivity | undefined> {
  return sql.begin('isolation level repeatable read read only', (tx) => readActivity(tx, spread_id));
}

async function readActivity(tx: Transaction, spread_id: string): Promise<WholeActivity | undefined> {
  const [row] = await tx<ActivityRow[]>`
      select spread_id, platform, name, status, user_limit, user_day_limit from lottery_activity
      where spread_id = ${spread_id}`;
  if (row === undefined) return undefined;
  const segments = await tx<Segment[]>`
      select segment_no, start_time, end_time, win_times, consumed_win_times from lottery_segment
      where platform = ${row.platform} and spread_id = ${spread_id} order by start_time`;
  const prizes = await tx<Prize[]>`
      select p.prize_no, weight, total_count, consumed_count, reward_title, reward_sub_title, reward_type, reward_sub_type,
        reward_count, reward_unit, cost_price, gmt_expire, expire_days, reward_ext, mix_id, nullif(code_count, 0) as code_count
      from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
      where p.platform = ${row.platform} and p.spread_id = ${spread_id} order by p.prize_no`;
  return { ...row, segments: [...segments], prizes: [...prizes] };
}

/** What a list of activities asks for; `after` is the spread_id of the last row seen. */
export type ActivityFilter = {
  platform?: number | null | undefined;
  status?: number | null | undefined;
  name?: string | null | undefined;
  after: string;
  limit: number;
};

/** Activities by spread_id, with the stock of all their segments. */
export async function findActivities(
  sql: Sql,
  { platform, status, name, after, limit }: ActivityFilter,
): Promise<(ActivityRow & { win_times: number; consumed_win_times: number })[]> {
  return sql`
    select spread_id, a.platform, name, status, user_limit, user_day_limit,
      coalesce(sum(win_times), 0)::bigint as win_times, coalesce(sum(consumed_win_times), 0)::bigint as consumed_win_times
    from (
      select * from lottery_activity
      where spread_id > ${after} and (${platform ?? null}::bigint is null or platform = ${platform ?? null})
        and (${status ?? null}::int2 is null or status = ${status ?? null})
        and (${name ?? null}::text is null or position(${name ?? null} in name) > 0)
      order by spread_id limit ${limit}
    ) a
    left join lottery_segment using (spread_id)
    group by spread_id, a.platform, name, status, user_limit, user_day_limit order by spread_id`;
}

/** Wins looked at in one transaction, in which draws wait. */
const MARKED_AT_ONCE = 10_000;

/** The key of a win within its channel. */
type WinKey = { readonly out_biz_id: string; readonly app_key: string };

/**
 * Lets the wins that an activity has before its first limit per user count for it, a part at a time: with a million of them
 * it takes too long to hold draws up for. What is drawn meanwhile is left to {@link saveActivity}. Does nothing for an
 * activity that is new or has a limit.
 */
export async function countEarlierWins(sql: Sql, spread_id: string): Promise<void> {
  const [activity] = await sql<{ platform: number }[]>`
    select platform from lottery_activity
    where spread_id = ${spread_id} and user_limit is null and user_day_limit is null`;
  if (activity === undefined) return;
  let after: WinKey | undefined = { out_biz_id: '', app_key: '' };
  while (after !== undefined) after = await countPart(sql, { ...activity, spread_id }, after);
}

/** Does so with the wins of the channel after a key; gives the last one, undefined when there are no more. */
const countPart = (sql: Sql, { platform, spread_id }: { platform: number; spread_id: string }, after: WinKey) =>
  sql.begin(async (tx) => {
    await lockActivity(tx, spread_id);
    const [last] = await tx<WinKey[]>`
      with part as materialized (
        select out_biz_id, app_key, spread_id, limited from lottery_grant
        where platform = ${platform} and (out_biz_id, app_key) > (${after.out_biz_id}, ${after.app_key})
        order by out_biz_id, app_key limit ${MARKED_AT_ONCE}
      ), counted as (
        update lottery_grant g set limited = true from part p
        where g.platform = ${platform} and g.out_biz_id = p.out_biz_id and g.app_key = p.app_key
          and p.spread_id = ${spread_id} and not p.limited
      )
      select out_biz_id, app_key from part order by out_biz_id desc, app_key desc limit 1`;
    return last;
  }) as Promise<WinKey | undefined>;

/** Keeps draws and changes of an activity off until the transaction ends. */
export async function lockActivity(tx: Transaction, spread_id: string): Promise<void> {
  await tx`select lottery_lock(${spread_id})`;
}

/** Keeps draws and changes of an activity off until the transaction ends, and gives all of it; undefined when there is none. */
export async function holdActivity(tx: Transaction, spread_id: string): Promise<WholeActivity | undefined> {
  await lockActivity(tx, spread_id);
  return readActivity(tx, spread_id);
}

/** When batches of codes expire, by mix_id. */
export async function batchEnds(sql: Queryable, mix_ids: readonly string[]): Promise<Map<string, Date>> {
  const rows = await sql<{ mix_id: string; coupon_expire_time: Date }[]>`
    select mix_id, voucher_ends(mix_id) as coupon_expire_time from unnest(${mix_ids as string[]}::text[]) mix_id
    where voucher_ends(mix_id) is not null`;
  return new Map(rows.map(({ mix_id, coupon_expire_time }) => [mix_id, coupon_expire_time]));
}

/** Creates or changes an activity with the parts given; the name of the refusal, or null when it was done. */
export async function saveActivity(sql: Queryable, activity: object, now: Date): Promise<string | null> {
  const [row] = await sql<{ refusal: string | null }[]>`
    select lottery_save(${sql.json(jsonOf(activity))}, ${now}) as refusal`;
  return row?.refusal ?? null;
}

/**
 * Gives wins of an activity the codes they lack, the one of a key or the oldest; what became of them, or the name of the
 * refusal.
 */
export async function completeDraws(
  sql: Queryable,
  spread_id: string,
  key: WinKey | undefined,
  most: number,
  now: Date,
): Promise<{ completed: number; lacking: number; refusal?: undefined } | { refusal: string }> {
  type Result = { completed: number; lacking: number } | { refusal: string };
  const [row] = await sql<{ result: Result }[]>`
    select lottery_complete(${spread_id}, ${key?.out_biz_id ?? null}, ${key?.app_key ?? null}, ${most}, ${now}) as result`;
  return (row as { result: Result }).result;
}

/** Puts an activity, whose lock the caller has, on (1) or off shelf (2); false when there is none. */
export async function setStatus(tx: Transaction, spread_id: string, status: number): Promise<boolean> {
  const changed = await tx`update lottery_activity set status = ${status} where spread_id = ${spread_id} returning 1`;
  return changed.length > 0;
}

/** A change of stock by an administrator: `delta` in units, `app_key` who makes it, an operator's login or an app. */
export type Adjustment = { adjust_id: string; delta: number; reason: string; app_key: string };

/** Changes a segment's win_times or a prize's total_count and enters it in the ledger; its stock then, or a refusal. */
export async function adjustStock(
  sql: Queryable,
  place: { spread_id: string; counter: 'win_times' | 'total_count'; no: number },
  entry: Adjustment,
  now: Date,
): Promise<{ stock: number; refusal?: undefined } | { refusal: string }> {
  const [row] = await sql<{ result: { stock: number } | { refusal: string } }[]>`
    select lottery_adjust(${place.spread_id}, ${place.counter}, ${place.no}, ${sql.json(entry)}, ${now}) as result`;
  return (row as { result: { stock: number } | { refusal: string } }).result;
}

/** A win as administrators see it; `mix_user_id` as it is kept. */
export type DrawRow = {
  spread_id: string;
  platform: number;
  app_key: string;
  out_biz_id: string;
  mix_user_id: string;
  segment_no: number;
  result_code: number;
  prize_no: number | null;
  reward_title: string | null;
  code_count: number;
  granted_at: Date;
  invalid_at: Date | null;
};

/** Where a page of wins begins: after this win. */
export type DrawCursor = Pick<DrawRow, 'granted_at' | 'platform' | 'out_biz_id' | 'app_key'>;

/** Wins of a user (as kept) or of a key, newest first. */
export async function findDraws(
  sql: Sql,
  filter: { mix_user_id: string | undefined; out_biz_id: string | undefined; spread_id: string | undefined },
  after: DrawCursor | undefined,
  limit: number,
): Promise<DrawRow[]> {
  const { mix_user_id, out_biz_id, spread_id } = filter;
  // Each channel's key is looked up by itself; at its app's home a key that another channel has is no win.
  const place =
    out_biz_id === undefined
      ? sql``
      : sql`and g.out_biz_id = ${out_biz_id}
    and g.platform in (select platform from lottery_activity) and g.claimed_platform is null`;
  return sql`
    select g.spread_id, g.platform, g.app_key, g.out_biz_id, g.mix_user_id, g.segment_no, g.result_code, r.prize_no,
      r.reward_title, g.granted_at, g.invalid_at, (
        select count(*) from lottery_grant_code c
        where c.platform = g.platform and c.out_biz_id = g.out_biz_id and c.app_key = g.app_key) as code_count
    from lottery_grant g left join lottery_reward r using (platform, spread_id, reward_no)
    where true ${place}
      ${mix_user_id === undefined ? sql`` : sql`and g.mix_user_id = ${mix_user_id}`}
      ${spread_id === undefined ? sql`` : sql`and g.spread_id = ${spread_id}`}
      ${
        after === undefined
          ? sql``
          : sql`and (g.granted_at, g.platform, g.out_biz_id, g.app_key)
        < (${after.granted_at}, ${after.platform}, ${after.out_biz_id}, ${after.app_key})`
      }
    order by g.granted_at desc, g.platform desc, g.out_biz_id desc, g.app_key desc limit ${limit}`;
}
