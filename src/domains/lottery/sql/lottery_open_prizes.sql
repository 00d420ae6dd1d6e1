-- The prizes that can be drawn after some were: those with stock that can be given, or else all with stock.
create or replace function lottery_open_prizes(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_drawn integer[], p_codes jsonb)
returns table (prize_no integer, weight float8, givable boolean)
language sql stable as $$
  with had as (
    select r.prize_no, r.mix_id, r.code_count, count(*) as wins
    from unnest(p_drawn) as d (prize_no)
    join lottery_prize p on p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = d.prize_no
    join lottery_reward r on r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = p.reward_no
    group by r.prize_no, r.mix_id, r.code_count
  ), open as (
    select p.prize_no, p.weight::float8 as weight, not coalesce(period_over(r.gmt_expire, p_now), false)
      and (r.code_count = 0 or (p_codes ->> r.mix_id)::bigint - r.code_count
        >= (select coalesce(sum(h.wins * h.code_count), 0) from had h where h.mix_id = r.mix_id)) as givable
    from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
    where p.platform = p_platform and p.spread_id = p_spread_id and p.weight > 0
      and (p.total_count is null or p.total_count - p.consumed_count
        > coalesce((select h.wins from had h where h.prize_no = p.prize_no), 0))
  )
  select o.prize_no, o.weight, o.givable from open o
  where o.givable or not exists (select from open x where x.givable)
$$;
