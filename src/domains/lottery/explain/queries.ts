import type { Sql } from '../../../database/pool.ts';

/** What a draw is asked about; `mix_user_id` as it is kept, `platform` null for the activity's own. */
export type DrawAsked = {
  readonly spread_id: string;
  readonly platform: number | null;
  readonly app_key: string;
  readonly out_biz_id: string | null;
  readonly mix_user_id: string;
};

/** A prize as the draw sees it: `total_count` null without a stock of its own. */
export type PrizeFacts = {
  readonly prize_no: number;
  readonly reward_title: string;
  readonly weight: number;
  readonly total_count: number | null;
  readonly consumed_count: number;
  /** Whether its reward has not expired and its batch has all its codes. */
  readonly can_be_given: boolean;
};

/** All that decides a draw at an instant. What there is none of is null. */
export type DrawFacts = {
  readonly spread_id: string | null;
  readonly platform: number | null;
  readonly status: number | null;
  readonly user_limit: number | null;
  readonly user_day_limit: number | null;
  readonly segment_no: number | null;
  readonly start_time: Date | null;
  readonly end_time: Date | null;
  readonly win_times: number | null;
  readonly consumed_win_times: number | null;
  /** The next segment's start, and the end of the last one that is over. */
  readonly next_start_time: Date | null;
  readonly last_end_time: Date | null;
  /** Standing wins of the user that count for its limits; null in an activity without limits. */
  readonly used: number | null;
  readonly used_today: number | null;
  readonly prizes: readonly PrizeFacts[];
  /** The channel that the key is for, once it is for one: that of its win, or one that claimed it at the app's home. */
  readonly key_platform: number | null;
  /** The win that bears the key already. */
  readonly grant_spread_id: string | null;
  readonly grant_user: string | null;
  readonly granted_at: Date | null;
  readonly invalid_at: Date | null;
};

/** What decides a draw at an instant, in one statement and one snapshot; takes no lock. */
export async function findDrawFacts(sql: Sql, asked: DrawAsked, now: Date): Promise<DrawFacts> {
  const [row] = await sql<DrawFacts[]>`
    select a.spread_id, a.platform, a.status, a.user_limit, a.user_day_limit, segment.*, around.*, wins.*,
      coalesce(k.claimed_platform, k.platform) as key_platform,
      g.spread_id as grant_spread_id, g.mix_user_id as grant_user, g.granted_at, g.invalid_at, (
        select coalesce(json_agg(json_build_object('prize_no', p.prize_no, 'reward_title', r.reward_title,
          'weight', p.weight, 'total_count', p.total_count, 'consumed_count', p.consumed_count, 'can_be_given',
          not coalesce(period_over(r.gmt_expire, ${now}), false)
            and (r.code_count = 0 or voucher_givable(r.mix_id, r.code_count, ${now}) = r.code_count)) order by p.prize_no), '[]')
        from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
        where p.platform = a.platform and p.spread_id = a.spread_id) as prizes
    from (select ${asked.spread_id}::text as spread_id) asked
    left join lottery_activity a on a.spread_id = asked.spread_id
    left join lateral (
      select segment_no, start_time, end_time, win_times, consumed_win_times from lottery_segment s
      where s.platform = a.platform and s.spread_id = a.spread_id
        and s.start_time <= ${now} and not period_over(s.end_time, ${now})
    ) segment on true
    left join lateral (
      select min(start_time) filter (where start_time > ${now}) as next_start_time,
        max(end_time) filter (where period_over(end_time, ${now})) as last_end_time
      from lottery_segment s where s.platform = a.platform and s.spread_id = a.spread_id
    ) around on true
    left join lateral (
      select count(*) as used, count(*) filter (where w.granted_at >=
        date_trunc('day', ${now}::timestamptz at time zone interval '08:00') at time zone interval '08:00') as used_today
      from lottery_grant w
      where w.platform = a.platform and w.spread_id = a.spread_id and w.mix_user_id = ${asked.mix_user_id}
        and w.limited and w.invalid_at is null
    ) wins on a.user_limit is not null or a.user_day_limit is not null
    left join lottery_grant g on g.platform = coalesce(${asked.platform}::bigint, a.platform)
      and g.out_biz_id = ${asked.out_biz_id} and g.app_key = ${asked.app_key} and g.claimed_platform is null
    left join lottery_home h on h.app_key = ${asked.app_key}
    left join lottery_grant k on k.platform = h.platform and k.out_biz_id = ${asked.out_biz_id} and k.app_key = h.app_key`;
  return row as DrawFacts;
}
