-- What a batch of draws costs must not hang on what the planner knows of the tables. A plan is kept for long, and one that
-- was made while lottery_grant was small, or before it was counted again, may read the whole of it against every caller: in
-- the first minute of a campaign just when most is drawn. So the callers of a batch are looked up one by one by their keys
-- (a lateral subquery with a limit lets the planner do nothing else), and by index even in a table that seems to be empty.

-- As before, but receipts of keys are looked up one by one. The caller holds the lock of the activity.
create or replace function lottery_draw_each(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean) returns json
language plpgsql as $$
declare
  keys text[] := string_to_array(p_out_biz_ids, u&'\001F');
  apps text[] := string_to_array(p_app_keys, u&'\001F');
  users text[] := string_to_array(p_mix_user_ids, u&'\001F');
  rolls float8[] := string_to_array(p_rolls, u&'\001F')::float8[];
  return_codes integer[] := array_fill(0, array[cardinality(keys)]);
  told integer[] := '{}';
  fresh boolean := p_fresh;
  decided record;
  known record;
  wins json := '[]';
  seen integer;
begin
  if array[cardinality(apps), cardinality(users), cardinality(rolls)] <> array_fill(cardinality(keys), array[3]) then
    raise exception 'lottery_draw was given % keys, % apps, % users and % rolls',
      cardinality(keys), cardinality(apps), cardinality(users), cardinality(rolls);
  end if;
  loop
    if not fresh then
      for known in
        select k.n::integer as n, case when g.spread_id <> p_spread_id or g.mix_user_id <> users[k.n] then 200011
          when g.invalid_at is not null then 200012 end as refusal
        from unnest(keys, apps) with ordinality as k (out_biz_id, app_key, n)
        cross join lateral (
          select x.spread_id, x.mix_user_id, x.invalid_at from lottery_grant x
          where x.platform = p_platform and x.out_biz_id = k.out_biz_id and x.app_key = k.app_key limit 1
        ) g
      loop
        return_codes[known.n] := coalesce(known.refusal, -1);
        if known.refusal is null then told := told || known.n; end if;
      end loop;
    end if;
    select * into decided from lottery_decide(p_platform, p_spread_id, p_now, users, rolls, return_codes);
    exit when not fresh or cardinality(decided.won) = cardinality(keys);
    fresh := false;
  end loop;

  seen := cardinality(told);
  if decided.won <> '{}' then
    -- A key that another activity of the platform was given at this moment is refused here too.
    insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, reward_no, result_code,
      granted_at, limited)
    select p_platform, keys[w.n], apps[w.n], p_spread_id, users[w.n], decided.segment_no, p.reward_no,
      case when p.code_count > 0 then 3 else 1 end, p_now, decided.limited
    from unnest(decided.won, decided.prizes) as w (n, prize_no)
    left join (
      select p.prize_no, r.reward_no, r.code_count
      from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
      where p.platform = p_platform and p.spread_id = p_spread_id
    ) p on p.prize_no = w.prize_no;
    update lottery_segment s set consumed_win_times = s.consumed_win_times + cardinality(decided.won)
      where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = decided.segment_no;
    update lottery_prize p set consumed_count = p.consumed_count + w.wins
      from (select d.prize_no, count(*) as wins from unnest(decided.prizes) as d (prize_no) group by 1) w
      where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = w.prize_no;
  end if;

  told := told || lottery_numbers_with_codes(p_platform, p_spread_id, decided.won, decided.prizes);
  if told <> '{}' then
    perform lottery_issue_codes(p_platform, array(select keys[n] from unnest(told) as t (n)),
      array(select apps[n] from unnest(told) as t (n)), p_now);
    wins := lottery_wins(p_platform, keys, apps, told);
  end if;
  return_codes := array_replace(decided.return_codes, -1, 0);
  return json_build_object('return_code', case when 0 <> any (return_codes) then return_codes end,
    'won', case when cardinality(decided.won) < cardinality(keys) then decided.won end,
    'prize_no', case when decided.prizes[1] is not null then decided.prizes end,
    'reward_no', (
      select json_object_agg(p.prize_no, p.reward_no) from lottery_prize p
      where p.platform = p_platform and p.spread_id = p_spread_id),
    'known', seen, 'wins', wins);
end $$;

-- As before, for everything that a draw calls; the checks of foreign keys that it sets off are planned under it too. An
-- index that is no tree gives ranges of the table, which may be all of it. Plans that may be kept are kept: a draw that comes
-- alone would be planned anew each time, to the same end.
alter function lottery_draw(bigint, text, timestamptz, text, text, text, text, boolean) set enable_seqscan = off;
alter function lottery_draw(bigint, text, timestamptz, text, text, text, text, boolean) set enable_bitmapscan = off;
alter function lottery_draw(bigint, text, timestamptz, text, text, text, text, boolean) set plan_cache_mode = force_generic_plan;

-- As before, but the wins of a user are asked for in an order that their index alone gives: to a planner that knows of few
-- wins the primary key, which begins with the platform too, is as good. Users are as many as callers: joined by hash.
create or replace function lottery_over_limit(p_activity lottery_activity, p_now timestamptz, p_wanted integer[], p_users text[])
returns table (n integer, return_code integer) language sql stable set enable_nestloop = off as $$
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
  where used.in_all + asked.rank > p_activity.user_limit or used.of_day + asked.rank > p_activity.user_day_limit
$$;

-- Brings the codes that wins lack. A win whose batch has none now stays 3; with a batch that is gone or expired it is 4.
create or replace function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[], p_now timestamptz)
returns void language plpgsql as $$
declare
  batch record;
begin
  for batch in
    select r.mix_id, array_agg(k.out_biz_id order by k.n) as out_biz_ids, array_agg(k.app_key order by k.n) as app_keys,
      jsonb_agg(jsonb_build_object('count', r.code_count - had.codes, 'ref', 'lottery ' || k.out_biz_id,
        'user', g.mix_user_id, 'partial', true) order by k.n) as takes
    from unnest(p_out_biz_ids, p_app_keys) with ordinality as k (out_biz_id, app_key, n)
    cross join lateral (
      select x.spread_id, x.reward_no, x.mix_user_id, x.result_code, x.invalid_at from lottery_grant x
      where x.platform = p_platform and x.out_biz_id = k.out_biz_id and x.app_key = k.app_key limit 1
    ) g
    cross join lateral (
      select x.mix_id, x.code_count from lottery_reward x
      where x.platform = p_platform and x.spread_id = g.spread_id and x.reward_no = g.reward_no limit 1
    ) r
    cross join lateral (
      select count(*) as codes from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = k.out_biz_id and c.app_key = k.app_key
    ) had
    where g.result_code = 3 and g.invalid_at is null
    group by r.mix_id order by r.mix_id
  loop
    insert into lottery_grant_code (platform, out_biz_id, app_key, sequence, mix_id, code_sealed)
      select p_platform, batch.out_biz_ids[i.take_no], batch.app_keys[i.take_no], i.sequence, batch.mix_id, i.code_sealed
      from voucher_issue_many(batch.mix_id, batch.takes, p_now) i;
    -- One by one: no statement over all of them leaves the planner no choice.
    for i in 1 .. cardinality(batch.out_biz_ids) loop
      update lottery_grant g set result_code = case
        when (
          select count(*) from lottery_grant_code c
          where c.platform = p_platform and c.out_biz_id = batch.out_biz_ids[i] and c.app_key = batch.app_keys[i]
        ) = (
          select r.code_count from lottery_reward r
          where r.platform = p_platform and r.spread_id = g.spread_id and r.reward_no = g.reward_no
        ) then 1
        when (select b.coupon_expire_time >= p_now from voucher_batch b where b.mix_id = batch.mix_id) then 3
        else 4 end
        where g.platform = p_platform and g.out_biz_id = batch.out_biz_ids[i] and g.app_key = batch.app_keys[i];
    end loop;
  end loop;
end $$;

-- What is to be told of the wins of some commands, with n their numbers.
create or replace function lottery_wins(p_platform bigint, p_keys text[], p_apps text[], p_numbers integer[]) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object('n', t.n, 'result_code', g.result_code, 'reward_no', g.reward_no,
    'granted_at', (extract(epoch from g.granted_at) * 1000)::bigint, 'codes', (
      select coalesce(json_agg(encode(c.code_sealed, 'hex') order by c.sequence), '[]') from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = t.out_biz_id and c.app_key = t.app_key))), '[]')
  from (select n, p_keys[n] as out_biz_id, p_apps[n] as app_key from unnest(p_numbers) as n offset 0) t
  cross join lateral (
    select x.result_code, x.reward_no, x.granted_at from lottery_grant x
    where x.platform = p_platform and x.out_biz_id = t.out_biz_id and x.app_key = t.app_key limit 1
  ) g
$$;

-- As before: the batches of all codes are locked first, in the order of their ids as draws lock them. They are looked up by
-- the keys of the wins.
create or replace function lottery_invalid(p_platform bigint, p_spread_id text, p_now timestamptz, p_commands jsonb)
returns integer[] language plpgsql set enable_seqscan = off as $$
declare
  own_platform bigint;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  perform 1 from voucher_batch b
    where b.mix_id = any (array(
      select distinct code.mix_id from jsonb_array_elements(p_commands) as c cross join lateral (
        select x.mix_id from lottery_grant_code x
        where x.platform = p_platform and x.out_biz_id = c ->> 0 and x.app_key = c ->> 1 offset 0
      ) code))
    order by b.mix_id for no key update;
  return array(
    select case when own_platform is null then 200001 when own_platform <> p_platform then 200002
      else lottery_invalid_one(p_platform, p_spread_id, p_now, c.value ->> 0, c.value ->> 1, c.value ->> 2) end
    from jsonb_array_elements(p_commands) with ordinality as c (value, n) order by c.n);
end $$;

-- Which keys have a win in a channel, in their order.
create function lottery_has_wins(p_platform bigint, p_out_biz_ids text[], p_app_keys text[]) returns boolean[]
language plpgsql stable set enable_seqscan = off as $$
begin
  return array(
    select won is not null
    from unnest(p_out_biz_ids, p_app_keys) with ordinality as k (out_biz_id, app_key, n)
    left join lateral (
      select true from lottery_grant g
      where g.platform = p_platform and g.out_biz_id = k.out_biz_id and g.app_key = k.app_key
        and g.claimed_platform is null limit 1
    ) as w (won) on true
    order by k.n);
end $$;
