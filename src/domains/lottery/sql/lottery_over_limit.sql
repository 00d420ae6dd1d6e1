-- Which of some commands go beyond a limit per user, by their numbers. Commands of one user count in their order. The
-- wins of a user are asked for in an order that their index alone gives: to a planner that knows of few wins the
-- primary key, which begins with the platform too, is as good. Users are as many as callers: joined by hash.
create or replace function lottery_over_limit(p_activity lottery_activity, p_now timestamptz, p_wanted integer[],
  p_users text[])
returns table (n integer, return_code integer)
language plpgsql stable set enable_nestloop = off as $$
#variable_conflict use_column
begin
  return query
  with asked as (
    select w.n, p_users[w.n] as mix_user_id, row_number() over (partition by p_users[w.n] order by w.n) as rank
    from unnest(p_wanted) as w (n)
  ), used as (
    select u.mix_user_id, g.in_all, g.of_day
    from (select distinct mix_user_id from asked) u cross join lateral (
      select count(*) as in_all, count(*) filter (where w.granted_at >=
        date_trunc('day', p_now at time zone interval '08:00') at time zone interval '08:00') as of_day
      from (
        select x.granted_at from lottery_grant x
        where x.platform = p_activity.platform and x.spread_id = p_activity.spread_id
          and x.mix_user_id between u.mix_user_id and u.mix_user_id and x.limited and x.invalid_at is null
        order by x.mix_user_id
      ) w
    ) g
  )
  select asked.n, case when used.in_all + asked.rank > p_activity.user_limit then 200008 else 200009 end
  from asked join used using (mix_user_id)
  where used.in_all + asked.rank > p_activity.user_limit or used.of_day + asked.rank > p_activity.user_day_limit;
end $$;
