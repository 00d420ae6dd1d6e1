import { type LedgerReader, type LedgerSource, readLedger } from '../../../database/ledger.ts';
import type { Part, Sql } from '../../../database/pool.ts';
import type { RunningStock } from '../../../database/stock.ts';
import type { DrawCursor, DrawRow } from '../admin/queries.ts';

/** Which wins of an activity; what is undefined lets every win through. */
export type DrawFilter = {
  readonly segment_no: number | undefined;
  readonly prize_no: number | undefined;
  readonly is_void: boolean | undefined;
  readonly lacks_codes?: boolean | undefined;
  /** From this instant on, and before that one. */
  readonly start_time: Date | undefined;
  readonly end_time: Date | undefined;
};

/** Whether there is an activity of this id. */
export async function hasActivity(sql: Sql, spread_id: string): Promise<boolean> {
  return (await sql`select from lottery_activity where spread_id = ${spread_id}`).length > 0;
}

/** The wins of an activity: a condition on `lottery_grant g` without a join, beside which wins are not put in order in parallel. */
const ofActivity = (sql: Sql, spread_id: string): Part =>
  sql`g.platform = (select platform from lottery_activity where spread_id = ${spread_id}) and g.spread_id = ${spread_id}`;

/** Which wins of an activity a filter lets through, from `lottery_grant g` on: down to a condition. */
function letThrough(
  sql: Sql,
  spread_id: string,
  { segment_no, prize_no, is_void, lacks_codes, start_time, end_time }: DrawFilter,
  after: DrawCursor | undefined,
): Part {
  const ofPrize = sql`and g.reward_no = any (array(
    select r.reward_no from lottery_reward r join lottery_activity using (platform, spread_id)
    where spread_id = ${spread_id} and r.prize_no = ${prize_no ?? 0}))`;
  const lacking = sql`and g.result_code <> 1 and g.invalid_at is null and (g.out_biz_id, g.app_key) in (
    select l.out_biz_id, l.app_key from lottery_lacking l
    where l.platform = (select platform from lottery_activity where spread_id = ${spread_id}) and l.spread_id = ${spread_id})`;
  return sql`
    from lottery_grant g where ${ofActivity(sql, spread_id)}
      ${lacks_codes === undefined ? sql`` : lacks_codes ? lacking : sql`and (g.result_code = 1 or g.invalid_at is not null)`}
      ${segment_no === undefined ? sql`` : sql`and g.segment_no = ${segment_no}`}
      ${prize_no === undefined ? sql`` : ofPrize}
      ${is_void === undefined ? sql`` : sql`and (g.invalid_at is not null) = ${is_void}`}
      ${start_time === undefined ? sql`` : sql`and g.granted_at >= ${start_time}`}
      ${end_time === undefined ? sql`` : sql`and g.granted_at < ${end_time}`}
      ${
        after === undefined
          ? sql``
          : sql`and g.granted_at <= ${after.granted_at} and (g.granted_at, g.platform, g.out_biz_id, g.app_key)
        < (${after.granted_at}, ${after.platform}, ${after.out_biz_id}, ${after.app_key})`
      }`;
}

/** When the last win was that a filter lets through, after a win; null when there is none. */
export async function findLast(
  sql: Sql,
  spread_id: string,
  filter: DrawFilter,
  after: DrawCursor | undefined,
): Promise<Date | null> {
  const [row] = await sql<{ last: Date | null }[]>`
    select max(g.granted_at) as last ${letThrough(sql, spread_id, filter, after)}`;
  return row?.last ?? null;
}

/** Wins of an activity that a filter lets through, newest first, after a win. */
export async function findActivityDraws(
  sql: Sql,
  spread_id: string,
  filter: DrawFilter,
  after: DrawCursor | undefined,
  limit: number,
): Promise<DrawRow[]> {
  return sql<DrawRow[]>`
    with page as materialized (
      select g.* ${letThrough(sql, spread_id, filter, after)}
      order by g.granted_at desc, g.platform desc, g.out_biz_id desc, g.app_key desc limit ${limit}
    )
    select g.spread_id, g.platform, g.app_key, g.out_biz_id, g.mix_user_id, g.segment_no, g.result_code, r.prize_no,
      r.reward_title, g.granted_at, g.invalid_at, (
        select count(*) from lottery_grant_code c
        where c.platform = g.platform and c.out_biz_id = g.out_biz_id and c.app_key = g.app_key) as code_count
    from page g left join lottery_reward r using (platform, spread_id, reward_no)
    order by g.granted_at desc, g.platform desc, g.out_biz_id desc, g.app_key desc`;
}

/** What the figures of the draws are asked of: an activity or one segment, by steps of some seconds, in a span. */
export type StatAsked = {
  readonly spread_id: string;
  readonly segment_no: number | null;
  readonly step_seconds: number;
  readonly start_time: Date | null;
  readonly end_time: Date | null;
  readonly most_points: number;
};

/** A step of the stock's curve; `left_count` at its end. */
export type StatPoint = {
  readonly time: Date;
  readonly win_count: number;
  readonly void_count: number;
  readonly add_count: number;
  readonly left_count: number;
};

/** A prize with what was drawn of it in the span asked for. */
export type PrizeStat = {
  readonly prize_no: number;
  readonly reward_title: string;
  readonly weight: number;
  readonly total_count: number | null;
  readonly consumed_count: number;
  readonly drawn_count: number;
  readonly void_count: number;
  readonly last_drawn_at: Date | null;
};

/** Stock now, its curve from the ledger, and what was drawn of each prize. */
export type Stat = {
  readonly win_times: number;
  readonly consumed_win_times: number;
  readonly points: StatPoint[];
  readonly prizes: PrizeStat[];
};

type Texts<T, K extends keyof T> = { [P in keyof T]: P extends K ? string | Extract<T[P], null> : T[P] };
type StatJson = Omit<Stat, 'points' | 'prizes'> & {
  points: Texts<StatPoint, 'time'>[];
  prizes: Texts<PrizeStat, 'last_drawn_at'>[];
};

/** The figures of the draws in one statement: wins are read once; undefined when there is no such activity. */
export async function findStat(sql: Sql, asked: StatAsked): Promise<Stat | undefined> {
  const { spread_id, segment_no, step_seconds, start_time, end_time, most_points } = asked;
  const step = (column: string) =>
    sql`date_bin(make_interval(secs => ${step_seconds}), ${sql(column)}, timestamptz '2000-01-01 00:00:00+08')`;
  const [row] = await sql<StatJson[]>`
    with activity as (select platform, spread_id from lottery_activity where spread_id = ${spread_id}),
    win as materialized (
      select ${step('granted_at')} as step, ${step('invalid_at')} as void_step, reward_no, count(*) as n, count(invalid_at) as voided,
        count(*) filter (where in_span) as span_n, count(invalid_at) filter (where in_span) as span_voided,
        max(granted_at) filter (where in_span) as last_at
      from (
        select g.granted_at, g.invalid_at, g.reward_no, (${start_time}::timestamptz is null or g.granted_at >= ${start_time})
          and (${end_time}::timestamptz is null or g.granted_at < ${end_time}) as in_span
        from lottery_grant g
        where ${ofActivity(sql, spread_id)} and (${segment_no}::integer is null or g.segment_no = ${segment_no})
      ) g group by 1, 2, 3
    ), change as (
      select step, n as won, 0 as voided, 0 as added from win
      union all select void_step, 0, n, 0 from win where void_step is not null
      union all select ${step('adjusted_at')}, 0, 0, case counter when 'win_times' then delta else -delta end
      from lottery_adjustment join activity using (platform, spread_id)
      where counter in ('win_times', 'consumed_win_times') and (${segment_no}::integer is null or counter_no = ${segment_no})
    ), point as (
      select step as time, sum(won)::bigint as win_count, sum(voided)::bigint as void_count, sum(added)::bigint as add_count,
        sum(sum(added) - sum(won) + sum(voided)) over (order by step)::bigint as left_count
      from change group by step
    ), drawn as (
      select r.prize_no, sum(w.span_n)::bigint as n, sum(w.span_voided)::bigint as voided, max(w.last_at) as last_at
      from win w join activity on true
      join lottery_reward r on r.platform = activity.platform and r.spread_id = activity.spread_id and r.reward_no = w.reward_no
      group by r.prize_no
    )
    select coalesce(sum(s.win_times), 0)::bigint as win_times, coalesce(sum(s.consumed_win_times), 0)::bigint as consumed_win_times, (
        select coalesce(json_agg(p order by p.time), '[]') from (
          select * from point
          where (${start_time}::timestamptz is null or time > ${start_time}::timestamptz - make_interval(secs => ${step_seconds})) and (${end_time}::timestamptz is null or time < ${end_time})
          order by time desc limit ${most_points}
        ) p) as points, (
        select coalesce(json_agg(json_build_object('prize_no', p.prize_no, 'reward_title', r.reward_title, 'weight', p.weight,
          'total_count', p.total_count, 'consumed_count', p.consumed_count, 'drawn_count', coalesce(d.n, 0),
          'void_count', coalesce(d.voided, 0), 'last_drawn_at', d.last_at) order by p.prize_no), '[]')
        from activity join lottery_prize p using (platform, spread_id) join lottery_reward r using (platform, spread_id, reward_no)
        left join drawn d on d.prize_no = p.prize_no) as prizes
    from activity left join lottery_segment s on s.platform = activity.platform and s.spread_id = activity.spread_id
      and (${segment_no}::integer is null or s.segment_no = ${segment_no})
    group by activity.spread_id`;
  return row && { ...row, points: row.points.map(readPoint), prizes: row.prizes.map(readPrize) };
}

const readPoint = ({ time, ...point }: StatJson['points'][number]): StatPoint => ({ ...point, time: new Date(time) });
const readPrize = ({ last_drawn_at: last, ...prize }: StatJson['prizes'][number]): PrizeStat => ({
  ...prize,
  last_drawn_at: last === null ? null : new Date(last),
});

type Place = { readonly spread_id: string; readonly no: number };

/** Reads `spread_id/number`; undefined when it is something else. */
function readKey(key: string): Place | undefined {
  const found = /^(.+)\/(\d{1,9})$/.exec(key);
  return found ? { spread_id: found[1] as string, no: Number(found[2]) } : undefined;
}

/** Openings and adjustments of a counter of an activity. */
const adjustments = (sql: Sql, counter: string, { spread_id, no }: Place): LedgerSource => ({
  at: sql`adjusted_at`,
  kind: sql`case when adjust_id like 'opening:%' then 'opening' else 'adjusted' end`,
  delta: sql`delta`,
  ref: sql`adjust_id`,
  reason: sql`reason`,
  operator: sql`app_key`,
  from: sql`from lottery_adjustment join lottery_activity using (platform, spread_id)
    where spread_id = ${spread_id} and counter = ${counter} and counter_no = ${no}`,
});

/** Wins and voidings of an activity, of those wins that a condition lets through. */
function wins(sql: Sql, { spread_id }: Place, condition: Part): LedgerSource[] {
  const from = sql`from lottery_grant g where ${ofActivity(sql, spread_id)} and ${condition}`;
  const win = { ref: sql`g.out_biz_id`, operator: sql`g.app_key` };
  const taken = { ...win, at: sql`g.granted_at`, kind: sql`'taken'`, delta: sql`1`, from };
  const isVoid = sql`${from} and g.invalid_at is not null`;
  return [taken, { ...win, at: sql`g.invalid_at`, kind: sql`'returned'`, delta: sql`-1`, from: isVoid }];
}

const ofPrize = (sql: Sql, { spread_id, no }: Place): Part => sql`g.reward_no = any (array(
  select r.reward_no from lottery_reward r join lottery_activity using (platform, spread_id)
  where spread_id = ${spread_id} and r.prize_no = ${no}))`;

const ledgerOf =
  (
    table: 'lottery_segment' | 'lottery_prize',
    counter: string,
    taken?: (sql: Sql, place: Place) => Part,
  ): LedgerReader =>
  async (sql, key, page) => {
    const place = readKey(key);
    if (place === undefined) return undefined;
    const number = sql(table === 'lottery_segment' ? 'segment_no' : 'prize_no');
    const counted = sql`select ${sql(counter)} from ${sql(table)}
      where spread_id = ${place.spread_id} and ${number} = ${place.no} and ${sql(counter)} is not null`;
    const changes = adjustments(sql, counter, place);
    return readLedger(sql, counted, taken ? [changes, ...wins(sql, place, taken(sql, place))] : [changes], page);
  };

/** The ledgers of the draws, by counter. */
export const lotteryLedgers = {
  'lottery.win_times': ledgerOf('lottery_segment', 'win_times'),
  'lottery.consumed_win_times': ledgerOf(
    'lottery_segment',
    'consumed_win_times',
    (sql, { no }) => sql`g.segment_no = ${no}`,
  ),
  'lottery.total_count': ledgerOf('lottery_prize', 'total_count'),
  'lottery.consumed_count': ledgerOf('lottery_prize', 'consumed_count', ofPrize),
};

/** The segments that run, with the wins that are left. */
export const runningLottery: RunningStock = (sql, now, most) => sql`
  select 'lottery_segment', s.spread_id || '/' || s.segment_no as key, a.name, s.win_times,
    s.win_times - s.consumed_win_times, extract(epoch from s.end_time)::bigint
  from lottery_segment s join lottery_activity a using (platform, spread_id)
  where not period_over(s.end_time, ${now}) and s.start_time <= ${now} and a.status = 1
  order by s.end_time, key limit ${most}`;
