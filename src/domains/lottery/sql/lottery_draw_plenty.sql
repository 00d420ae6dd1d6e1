-- Draws for callers of one activity, whose lock is held, in their order, as lottery_draw with p_fresh; null, with
-- nothing done, unless there is plenty for all of them: an open activity without limits per user, whose segment and
-- prizes have stock for as many wins as there are callers, whatever they draw, and no prize that has expired or brings
-- codes. Most draws of a large campaign are such. Columns are split in the insert itself, and rolls only for prizes.
create or replace function lottery_draw_plenty(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text)
returns json
language plpgsql as $$
declare
  keys text[] := string_to_array(p_out_biz_ids, u&'\001F');
  callers integer := cardinality(keys);
  opened record;
  prizes integer[]; rewards integer[]; bounds float8[];
  total float8;
  plenty boolean;
  picks integer[];
begin
  if exists (
    select from lottery_activity a
    where a.spread_id = p_spread_id and (a.user_limit is not null or a.user_day_limit is not null)
  ) then
    return null;
  end if;
  select * into opened from lottery_open_segment(p_platform, p_spread_id, p_now);
  if opened.return_code <> 0 or opened.free < callers then return null; end if;
  select array_agg(w.prize_no order by w.prize_no), array_agg(w.reward_no order by w.prize_no),
      array_agg(w.upper - w.weight order by w.prize_no), max(w.upper), bool_and(w.plenty)
    into prizes, rewards, bounds, total, plenty
    from (
      select p.prize_no, p.reward_no, p.weight::float8 as weight,
        sum(p.weight) over (order by p.prize_no)::float8 as upper,
        r.code_count = 0 and not coalesce(period_over(r.gmt_expire, p_now), false)
          and (p.total_count is null or p.total_count - p.consumed_count >= callers) as plenty
      from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
      where p.platform = p_platform and p.spread_id = p_spread_id and p.weight > 0
        and (p.total_count is null or p.total_count > p.consumed_count)
    ) w;
  if not plenty or prizes is null and exists (
    select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id
  ) then
    return null;
  end if;
  picks := case when prizes is null then array_fill(null::integer, array[callers]) else array(
    select width_bucket(r.roll::float8 / 281474976710656 * total, bounds)
    from unnest(string_to_array(p_rolls, u&'\001F')) with ordinality as r (roll, n) order by r.n) end;
  if cardinality(picks) <> callers then
    raise exception 'lottery_draw was given % keys and % rolls', callers, cardinality(picks);
  end if;

  -- Apps or users that are more or fewer than keys would leave a null where none may be.
  insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, reward_no, result_code,
      granted_at, limited)
    select p_platform, unnest(keys), unnest(string_to_array(p_app_keys, u&'\001F')), p_spread_id,
      unnest(string_to_array(p_mix_user_ids, u&'\001F')), opened.segment_no, rewards[unnest(picks)], 1, p_now, false;
  update lottery_segment s set consumed_win_times = s.consumed_win_times + callers
    where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = opened.segment_no;
  if prizes is not null then
    update lottery_prize p set consumed_count = p.consumed_count + w.wins
      from (select prizes[d.pick] as prize_no, count(*) as wins from unnest(picks) as d (pick) group by 1) w
      where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = w.prize_no;
  end if;
  return json_build_object('return_code', null, 'won', null,
    'prize_no', case when prizes is not null then array(
      select prizes[d.pick] from unnest(picks) with ordinality as d (pick, n) order by d.n) end,
    'reward_no', (
      select json_object_agg(p.prize_no, p.reward_no) from lottery_prize p
      where p.platform = p_platform and p.spread_id = p_spread_id),
    'known', 0, 'wins', '[]'::json);
end $$;
