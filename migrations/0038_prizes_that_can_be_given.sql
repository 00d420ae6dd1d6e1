-- A prize whose codes cannot be given is not drawn while another can, and wins that lack codes can be given them.

-- How many codes of a batch can be given now, at most so many: none off shelf or when it is over.
create function voucher_givable(p_mix_id text, p_most bigint, p_now timestamptz) returns bigint
language plpgsql stable set enable_seqscan = off as $$
declare
  batch voucher_batch;
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id;
  if not found or batch.status <> 1 or period_over(batch.coupon_expire_time, p_now) then
    return 0;
  end if;
  return (select count(*) from (
    select from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
      and c.code_status = 0 and c.issued_at is null and c.bound_time is null
    order by c.sequence limit p_most) f);
end $$;

create table lottery_lacking (
  platform bigint not null,
  spread_id text collate "C" not null,
  granted_at timestamptz not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  primary key (platform, spread_id, granted_at, out_biz_id, app_key)
);
comment on table lottery_lacking is
  'Wins that lacked codes when they were drawn or asked for again; whether they still do, lottery_grant tells. Apart from it, so that wins with all their codes cost nothing.';
insert into lottery_lacking (platform, spread_id, granted_at, out_biz_id, app_key)
  select platform, spread_id, granted_at, out_biz_id, app_key from lottery_grant
  where result_code <> 1 and invalid_at is null and claimed_platform is null;

-- As before, but wins that lack codes are noted.
create or replace function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[], p_now timestamptz)
returns void language plpgsql as $$
declare
  batch record;
  outcome smallint;
  win_spread_id text;
  win_granted_at timestamptz;
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
        when (select not period_over(b.coupon_expire_time, p_now) from voucher_batch b where b.mix_id = batch.mix_id) then 3
        else 4 end
        where g.platform = p_platform and g.out_biz_id = batch.out_biz_ids[i] and g.app_key = batch.app_keys[i]
        returning g.result_code, g.spread_id, g.granted_at into outcome, win_spread_id, win_granted_at;
      if outcome <> 1 then
        insert into lottery_lacking (platform, spread_id, granted_at, out_biz_id, app_key)
          values (p_platform, win_spread_id, win_granted_at, batch.out_biz_ids[i], batch.app_keys[i]) on conflict do nothing;
      end if;
    end loop;
  end loop;
end $$;

-- As before, but not where a prize has expired.
create or replace function lottery_draw_plenty(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text) returns json
language plpgsql as $$
declare
  keys text[] := string_to_array(p_out_biz_ids, u&'\001F');
  callers integer := cardinality(keys);
  opened record;
  prizes integer[];
  rewards integer[];
  bounds float8[];
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
        r.code_count = 0 and not coalesce(period_over(r.gmt_expire, p_now), false) and (p.total_count is null or p.total_count - p.consumed_count >= callers) as plenty
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

-- Draws a prize for each of some calls in their order, as before; p_now tells what can be given. Prizes that have expired,
-- and those whose codes the batch does not have in full (it is locked), are left out while there is another. Where all are
-- such, they are drawn as if they could be given.
drop function lottery_draw_prizes(bigint, text, integer[], float8[]);
create function lottery_draw_prizes(p_platform bigint, p_spread_id text, p_now timestamptz, p_wanted integer[],
  p_all_rolls float8[]) returns integer[] language plpgsql stable as $$
declare
  rolls float8[];
  drawn integer[] := '{}';
  picks integer[];
  prizes integer[];
  bounds float8[];
  total float8;
  short integer;
  giving boolean;
  codes jsonb := lottery_codes(p_platform, p_spread_id, p_now, cardinality(p_wanted));
begin
  if not exists (select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id) then
    return array_fill(null::integer, array[cardinality(p_wanted)]);
  end if;
  rolls := array(select p_all_rolls[w.n] from unnest(p_wanted) with ordinality as w (n, place) order by w.place);
  loop
    select array_agg(w.prize_no order by w.prize_no), array_agg(w.upper - w.weight order by w.prize_no), max(w.upper),
        bool_and(w.givable)
      into prizes, bounds, total, giving
      from (
        select o.prize_no, o.weight, o.givable, sum(o.weight) over (order by o.prize_no)::float8 as upper
        from lottery_open_prizes(p_platform, p_spread_id, p_now, drawn, codes) o
      ) w;
    if total is null then return drawn; end if;
    select array_agg(prizes[width_bucket(r.roll / 281474976710656 * total, bounds)] order by r.n) into picks
      from unnest(rolls[cardinality(drawn) + 1:]) with ordinality as r (roll, n);
    if codes is null and not exists (
      select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id
        and p.total_count - p.consumed_count < cardinality(p_wanted)
    ) then
      return drawn || picks;
    end if;
    -- Up to the first command that draws a prize which the commands before it have used up, or the codes of its batch, all
    -- is decided.
    select min(d.n) - cardinality(drawn) into short
      from (
        select a.n, p.total_count - p.consumed_count as stock, r.code_count, (codes ->> r.mix_id)::bigint as codes,
          row_number() over (partition by a.prize_no order by a.n) as rank,
          sum(r.code_count) over (partition by r.mix_id order by a.n) as needed
        from unnest(drawn || picks) with ordinality as a (prize_no, n)
        join lottery_prize p on p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = a.prize_no
        join lottery_reward r on r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = p.reward_no
      ) d
      where d.rank > d.stock or giving and d.code_count > 0 and d.needed > d.codes;
    if short is null then return drawn || picks; end if;
    drawn := drawn || picks[1:short - 1];
  end loop;
end $$;

-- The codes that the batches of an activity's prizes can give to so many wins: {batch: codes}; null when none brings codes.
create function lottery_codes(p_platform bigint, p_spread_id text, p_now timestamptz, p_wins integer) returns jsonb
language sql stable as $$
  select jsonb_object_agg(w.mix_id, voucher_givable(w.mix_id, w.most * p_wins, p_now))
  from (
    select r.mix_id, max(r.code_count)::bigint as most
    from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
    where p.platform = p_platform and p.spread_id = p_spread_id and p.weight > 0 and r.mix_id is not null
    group by r.mix_id
  ) w
$$;

-- The prizes that can be drawn after some were: those with stock that can be given, or else all with stock.
create function lottery_open_prizes(p_platform bigint, p_spread_id text, p_now timestamptz, p_drawn integer[], p_codes jsonb)
returns table (prize_no integer, weight float8, givable boolean) language sql stable as $$
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

-- As before, but the prizes know the instant.
create or replace function lottery_decide(p_platform bigint, p_spread_id text, p_now timestamptz, p_users text[], p_rolls float8[],
  inout return_codes integer[], out won integer[], out prizes integer[], out segment_no integer, out limited boolean)
language plpgsql stable as $$
declare
  opened record;
  activity lottery_activity;
  refused record;
  n integer;
begin
  won := case when 0 = all (return_codes) then array(select generate_series(1, cardinality(return_codes)))
    else array(select c.n::integer from unnest(return_codes) with ordinality as c (code, n) where c.code = 0 order by c.n) end;
  prizes := '{}';
  if won = '{}' then return; end if;
  select * into opened from lottery_open_segment(p_platform, p_spread_id, p_now);
  if opened.return_code <> 0 then
    foreach n in array won loop return_codes[n] := opened.return_code; end loop;
    won := '{}';
    return;
  end if;
  segment_no := opened.segment_no;

  select * into activity from lottery_activity a where a.spread_id = p_spread_id;
  limited := activity.user_limit is not null or activity.user_day_limit is not null;
  if limited then
    for refused in select * from lottery_over_limit(activity, p_now, won, p_users) loop
      return_codes[refused.n] := refused.return_code;
    end loop;
    won := array(select w.n from unnest(won) with ordinality as w (n, place) where return_codes[w.n] = 0 order by w.place);
  end if;

  foreach n in array won[opened.free + 1:] loop return_codes[n] := 200007; end loop;
  won := won[:opened.free];
  prizes := lottery_draw_prizes(p_platform, p_spread_id, p_now, won, p_rolls);
  foreach n in array won[cardinality(prizes) + 1:] loop return_codes[n] := 200010; end loop;
  won := won[:cardinality(prizes)];
end $$;

-- As before, but the batches of codes are locked before prizes are drawn, in the order of their ids, and wins that lack codes
-- are given them first.
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
  bring integer[];
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
  -- What the batches have stays so until the end; those of rewards of before may be wanted by wins that lack codes.
  perform 1 from voucher_batch b
    where b.mix_id = any (array(
      select r.mix_id from lottery_reward r
      where r.platform = p_platform and r.spread_id = p_spread_id and r.mix_id is not null))
    order by b.mix_id for no key update;
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
      -- They come first: what they take no other can win.
      perform lottery_issue_codes(p_platform, array(select keys[n] from unnest(told) as t (n)),
        array(select apps[n] from unnest(told) as t (n)), p_now);
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

  bring := lottery_numbers_with_codes(p_platform, p_spread_id, decided.won, decided.prizes);
  if bring <> '{}' then
    perform lottery_issue_codes(p_platform, array(select keys[n] from unnest(bring) as t (n)),
      array(select apps[n] from unnest(bring) as t (n)), p_now);
  end if;
  told := told || bring;
  if told <> '{}' then
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

-- Gives the wins of an activity that lack codes what their batches have now: the one named, or the oldest p_most of all. Run
-- again it gives nothing twice. Returns {"completed", "lacking"}, wins that have all their codes by this and those that are
-- left, or {"refusal"}: activity-not-found, win-not-found.
create function lottery_complete(p_spread_id text, p_out_biz_id text, p_app_key text, p_most integer, p_now timestamptz)
returns jsonb language plpgsql set enable_seqscan = off as $$
declare
  own_platform bigint;
  keys text[];
  apps text[];
  lacking integer;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  if own_platform is null then return '{"refusal": "activity-not-found"}'; end if;
  if p_out_biz_id is not null and not exists (
    select from lottery_grant g where g.platform = own_platform and g.out_biz_id = p_out_biz_id and g.app_key = p_app_key
      and g.spread_id = p_spread_id and g.claimed_platform is null
  ) then
    return '{"refusal": "win-not-found"}';
  end if;
  select array_agg(w.out_biz_id), array_agg(w.app_key) into keys, apps
    from (
      select l.out_biz_id, l.app_key from lottery_find_lacking(own_platform, p_spread_id) l
      where (p_out_biz_id is null or l.out_biz_id = p_out_biz_id and l.app_key = p_app_key)
        and voucher_givable(l.mix_id, 1, p_now) > 0
      order by l.granted_at, l.out_biz_id, l.app_key limit p_most
    ) w;
  for i in 1 .. coalesce(cardinality(keys), 0) loop
    update lottery_grant g set result_code = 3
      where g.platform = own_platform and g.out_biz_id = keys[i] and g.app_key = apps[i] and g.result_code = 4;
  end loop;
  if keys is not null then
    perform lottery_issue_codes(own_platform, keys, apps, p_now);
  end if;
  select count(*) into lacking from lottery_find_lacking(own_platform, p_spread_id) l
    where l.out_biz_id || ' ' || l.app_key = any (array(select k || ' ' || a from unnest(keys, apps) as x (k, a)));
  return jsonb_build_object('completed', coalesce(cardinality(keys), 0) - lacking,
    'lacking', (select count(*) from lottery_find_lacking(own_platform, p_spread_id)));
end $$;

-- The wins of an activity that stand and lack codes, with the batch that owes them.
create function lottery_find_lacking(p_platform bigint, p_spread_id text)
returns table (granted_at timestamptz, out_biz_id text, app_key text, mix_id text) language sql stable as $$
  select l.granted_at, l.out_biz_id, l.app_key, r.mix_id
  from lottery_lacking l cross join lateral (
    select x.reward_no from lottery_grant x
    where x.platform = l.platform and x.out_biz_id = l.out_biz_id and x.app_key = l.app_key
      and x.result_code <> 1 and x.invalid_at is null limit 1
  ) g cross join lateral (
    select x.mix_id from lottery_reward x
    where x.platform = l.platform and x.spread_id = l.spread_id and x.reward_no = g.reward_no limit 1
  ) r
  where l.platform = p_platform and l.spread_id = p_spread_id
$$;

-- What of an activity that is to be saved is over already and was not so before: segment-over, prize-over or batch-over; null
-- when nothing is. What is over and stays as it is may be saved along.
create function lottery_over(p_activity jsonb, p_now timestamptz) returns text language plpgsql as $$
declare
  given_spread_id text := p_activity ->> 'spread_id';
begin
  perform lottery_lock(given_spread_id);
  if exists (
    select from jsonb_populate_recordset(null::lottery_segment, coalesce(p_activity -> 'segments', '[]')) s
    where period_over(s.end_time, p_now) and s.end_time is distinct from (
      select x.end_time from lottery_segment x where x.spread_id = given_spread_id and x.segment_no = s.segment_no)
  ) then
    return 'segment-over';
  end if;
  return (
    select case when period_over(r.gmt_expire, p_now) and r.gmt_expire is distinct from had.gmt_expire then 'prize-over'
      when period_over(b.coupon_expire_time, p_now) and r.mix_id is distinct from had.mix_id then 'batch-over' end as refusal
    from jsonb_populate_recordset(null::lottery_reward, coalesce(p_activity -> 'prizes', '[]')) r
    left join voucher_batch b on b.mix_id = r.mix_id
    left join lottery_prize p on p.spread_id = given_spread_id and p.prize_no = r.prize_no
    left join lottery_reward had on had.platform = p.platform and had.spread_id = p.spread_id and had.reward_no = p.reward_no
    order by refusal nulls last limit 1);
end $$;
