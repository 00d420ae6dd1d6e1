-- Draws (taobao.film.lottery.performance) and their voiding: prizes, grants, limits, and the ledger of every counter.
-- What is hot bears the activity's platform, the distribution column: the key of a call is unique among the calls of one
-- app for one channel, so a draw finds key, stock and receipt in one place. lottery_activity itself is small.

alter table lottery_activity
  add column user_limit integer check (user_limit > 0),
  add column user_day_limit integer check (user_day_limit > 0),
  add unique (platform, spread_id);
comment on table lottery_activity is
  'A draw activity. platform: the one channel it belongs to. status: 1 on shelf, 2 off shelf. user_limit, user_day_limit: standing wins one user may have in all, and of one day (GMT+8); null without limit.';

alter table lottery_segment add column platform bigint;
update lottery_segment s set platform = a.platform from lottery_activity a where a.spread_id = s.spread_id;
alter table lottery_segment
  alter column platform set not null,
  drop constraint lottery_segment_pkey,
  drop constraint lottery_segment_spread_id_start_time_key,
  drop constraint lottery_segment_spread_id_fkey,
  add primary key (platform, spread_id, segment_no),
  add unique (platform, spread_id, start_time),
  add foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  -- Each batch rewrites its row: room on the page keeps the new version there.
  set (fillfactor = 40);
create index on lottery_segment (spread_id);

create table lottery_prize (
  platform bigint not null,
  spread_id text collate "C" not null,
  prize_no integer not null check (prize_no > 0),
  weight integer not null check (weight between 0 and 1000000),
  total_count bigint check (total_count >= 0),
  consumed_count bigint not null default 0,
  reward_no integer not null check (reward_no > 0),
  primary key (platform, spread_id, prize_no),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  check (consumed_count between 0 and coalesce(total_count, consumed_count))
) with (fillfactor = 40);
comment on table lottery_prize is
  'A prize of an activity, drawn by weight among those with stock; weight 0: never. total_count: its own stock, null when only the segments limit it. consumed_count: standing wins of it. reward_no: what it brings now.';

create table lottery_reward (
  platform bigint not null,
  spread_id text collate "C" not null,
  reward_no integer not null check (reward_no > 0),
  prize_no integer not null,
  reward_title text not null check (length(reward_title) <= 200),
  reward_sub_title text check (length(reward_sub_title) <= 200),
  reward_type smallint not null check (reward_type in (1, 2, 14)),
  reward_sub_type smallint not null,
  reward_count bigint not null check (reward_count > 0),
  reward_unit text check (length(reward_unit) <= 20),
  cost_price bigint not null check (cost_price >= 0),
  gmt_expire timestamptz(0),
  expire_days integer check (expire_days between 1 and 36500),
  reward_ext text check (length(reward_ext) <= 4000),
  mix_id text check (length(mix_id) between 1 and 128),
  code_count integer not null default 0 check (code_count between 0 and 100),
  primary key (platform, spread_id, reward_no),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  check (gmt_expire is null or expire_days is null),
  check ((mix_id is null) = (code_count = 0)),
  check (case reward_type when 14 then reward_sub_type in (5, 7, 8) else reward_sub_type in (1, 2) end)
);
comment on table lottery_reward is
  'What a prize brings, never changed once it is there: a change of the prize adds a reward, and a win keeps its own. cost_price in fen. gmt_expire: fixed expiry; expire_days: expiry in days of 24 hours from the win. mix_id, code_count: batch and number of voucher codes that come with it.';

create table lottery_grant (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  spread_id text collate "C" not null,
  mix_user_id text collate "C" not null,
  segment_no integer not null,
  reward_no integer,
  result_code smallint not null check (result_code in (1, 3, 4)),
  granted_at timestamptz not null,
  limited boolean not null,
  invalid_at timestamptz,
  primary key (platform, out_biz_id, app_key)
);
comment on table lottery_grant is
  'Every win, the receipt of a draw and the ledger of what draws take; written under the lock of its activity. mix_user_id: the partner''s open id, or mask and keyed hash of a phone number. reward_no: null in an activity without prizes. result_code: 1 all issued, 3 codes are missing and a retry may bring them, 4 codes are missing for good. limited: counts for a limit per user. invalid_at: when it was voided; a voided win counts nowhere.';
-- A user's wins, for search: next to nothing to write, where a tree would cost each draw a quarter more.
create index lottery_grant_user on lottery_grant using brin (mix_user_id text_bloom_ops);
create index lottery_grant_limited on lottery_grant (platform, spread_id, mix_user_id) where limited;

create table lottery_grant_code (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  sequence bigint not null,
  mix_id text not null,
  code_sealed bytea not null,
  primary key (platform, out_biz_id, app_key, sequence),
  foreign key (platform, out_biz_id, app_key) references lottery_grant
);
comment on table lottery_grant_code is
  'The voucher codes a win brought: batch, sequence there, and what the voucher domain opens the code from.';

create table lottery_adjustment (
  platform bigint not null,
  spread_id text collate "C" not null,
  adjust_id text collate "C" not null check (length(adjust_id) between 1 and 128),
  counter text not null check (counter in ('win_times', 'consumed_win_times', 'total_count', 'consumed_count')),
  counter_no integer not null,
  delta bigint not null,
  stock bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  app_key text,
  adjusted_at timestamptz not null,
  primary key (platform, spread_id, adjust_id),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade
);
comment on table lottery_adjustment is
  'Changes of stock that are no draws, append-only. adjust_id: the administrator''s key of the change, which makes a repetition harmless; opening:… for the stock a segment or prize began with. counter_no: segment_no or prize_no. stock: the counter after it. app_key: who; null at the beginning.';

insert into lottery_adjustment (platform, spread_id, adjust_id, counter, counter_no, delta, stock, reason, adjusted_at)
  select platform, spread_id, 'opening:win_times:' || segment_no, 'win_times', segment_no, win_times, win_times, 'opening',
    now()
  from lottery_segment;
insert into lottery_adjustment (platform, spread_id, adjust_id, counter, counter_no, delta, stock, reason, adjusted_at)
  select platform, spread_id, 'opening:consumed_win_times:' || segment_no, 'consumed_win_times', segment_no,
    consumed_win_times, consumed_win_times, 'opening', now()
  from lottery_segment where consumed_win_times > 0;

-- Whoever moves or changes anything of an activity holds its lock until commit and takes it before all others; voucher
-- batches are locked after it, in the order of their ids.
create function lottery_lock(p_spread_id text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('lottery ' || p_spread_id, 0))
$$;

-- The business code with which an activity refuses draws at an instant, 0 when it is open then; beside 0 the segment of
-- that instant and the wins it has left.
create function lottery_open_segment(p_platform bigint, p_spread_id text, p_now timestamptz,
  out return_code integer, out segment_no integer, out free bigint) language plpgsql stable as $$
declare
  activity lottery_activity;
  begins boolean;
  ended boolean;
begin
  select * into activity from lottery_activity a where a.spread_id = p_spread_id;
  return_code := case when activity.spread_id is null then 200001 when activity.platform <> p_platform then 200002
    when activity.status <> 1 then 200004 else 0 end;
  if return_code <> 0 then return; end if;
  select s.segment_no, least(s.win_times - s.consumed_win_times, 1000000000) into segment_no, free from lottery_segment s
    where s.platform = p_platform and s.spread_id = p_spread_id
      and s.start_time <= p_now and p_now < s.end_time + interval '1 second';
  if found then return; end if;
  select coalesce(bool_or(s.start_time > p_now), false), coalesce(bool_or(s.end_time < p_now), false) into begins, ended
    from lottery_segment s where s.platform = p_platform and s.spread_id = p_spread_id;
  return_code := case when begins and ended then 200006 when ended then 200005 else 200003 end;
end $$;

-- Which of some commands go beyond a limit per user, by their numbers. Commands of one user count in their order.
create function lottery_over_limit(p_activity lottery_activity, p_now timestamptz, p_wanted integer[], p_users text[])
returns table (n integer, return_code integer) language sql stable as $$
  with asked as (
    select w.n, p_users[w.n] as mix_user_id, row_number() over (partition by p_users[w.n] order by w.n) as rank
    from unnest(p_wanted) as w (n)
  ), used as (
    select u.mix_user_id, g.in_all, g.of_day
    from (select distinct mix_user_id from asked) u cross join lateral (
      select count(*) as in_all, count(*) filter (where g.granted_at >=
        date_trunc('day', p_now at time zone interval '08:00') at time zone interval '08:00') as of_day
      from lottery_grant g
      where g.platform = p_activity.platform and g.spread_id = p_activity.spread_id and g.mix_user_id = u.mix_user_id
        and g.limited and g.invalid_at is null
    ) g
  )
  select asked.n, case when used.in_all + asked.rank > p_activity.user_limit then 200008 else 200009 end
  from asked join used using (mix_user_id)
  where used.in_all + asked.rank > p_activity.user_limit or used.of_day + asked.rank > p_activity.user_day_limit
$$;

-- Draws a prize for each of some calls in their order, by its roll (a whole number from 0 to below 2^48) and by weight
-- among the prizes with stock; null where the activity has no prizes. Shorter than p_wanted, the numbers of the calls, when
-- no prize has stock for the rest.
create function lottery_draw_prizes(p_platform bigint, p_spread_id text, p_wanted integer[], p_all_rolls float8[])
returns integer[] language plpgsql stable as $$
declare
  rolls float8[];
  drawn integer[] := '{}';
  picks integer[];
  prizes integer[];
  bounds float8[];
  total float8;
  short integer;
begin
  if not exists (select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id) then
    return array_fill(null::integer, array[cardinality(p_wanted)]);
  end if;
  rolls := array(select p_all_rolls[w.n] from unnest(p_wanted) with ordinality as w (n, place) order by w.place);
  loop
    select array_agg(w.prize_no order by w.prize_no), array_agg(w.upper - w.weight order by w.prize_no), max(w.upper)
      into prizes, bounds, total
      from (
        select p.prize_no, p.weight::float8 as weight, sum(p.weight) over (order by p.prize_no)::float8 as upper
        from lottery_prize p
        where p.platform = p_platform and p.spread_id = p_spread_id and p.weight > 0
          and (p.total_count is null or p.total_count - p.consumed_count > (
            select count(*) from unnest(drawn) as d (prize_no) where d.prize_no = p.prize_no))
      ) w;
    if total is null then return drawn; end if;
    select array_agg(prizes[width_bucket(r.roll / 281474976710656 * total, bounds)] order by r.n) into picks
      from unnest(rolls[cardinality(drawn) + 1:]) with ordinality as r (roll, n);
    if not exists (
      select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id
        and p.total_count - p.consumed_count < cardinality(p_wanted)
    ) then
      return drawn || picks;
    end if;
    -- Up to the first command that draws a prize which the commands before it have used up, all is decided.
    select min(d.n) - cardinality(drawn) into short
      from (
        select a.prize_no, a.n, row_number() over (partition by a.prize_no order by a.n) as rank
        from unnest(drawn || picks) with ordinality as a (prize_no, n)
      ) d
      join lottery_prize p on p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = d.prize_no
      where d.rank > p.total_count - p.consumed_count;
    if short is null then return drawn || picks; end if;
    drawn := drawn || picks[1:short - 1];
  end loop;
end $$;

-- Brings the codes that wins lack. A win whose batch has none now stays 3; with a batch that is gone or expired it is 4.
create function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[], p_now timestamptz)
returns void language plpgsql as $$
declare
  batch record;
begin
  for batch in
    select r.mix_id, array_agg(g.out_biz_id order by k.n) as out_biz_ids, array_agg(g.app_key order by k.n) as app_keys,
      jsonb_agg(jsonb_build_object('count', r.code_count - had.codes, 'ref', 'lottery ' || g.out_biz_id,
        'user', g.mix_user_id, 'partial', true) order by k.n) as takes
    from unnest(p_out_biz_ids, p_app_keys) with ordinality as k (out_biz_id, app_key, n)
    join lottery_grant g on g.platform = p_platform and g.out_biz_id = k.out_biz_id and g.app_key = k.app_key
    join lottery_reward r on r.platform = p_platform and r.spread_id = g.spread_id and r.reward_no = g.reward_no
    cross join lateral (
      select count(*) as codes from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = g.out_biz_id and c.app_key = g.app_key
    ) had
    where g.result_code = 3 and g.invalid_at is null
    group by r.mix_id order by r.mix_id
  loop
    insert into lottery_grant_code (platform, out_biz_id, app_key, sequence, mix_id, code_sealed)
      select p_platform, batch.out_biz_ids[i.take_no], batch.app_keys[i.take_no], i.sequence, batch.mix_id, i.code_sealed
      from voucher_issue_many(batch.mix_id, batch.takes, p_now) i;
    update lottery_grant g
      set result_code = case when had.codes = r.code_count then 1 when b.coupon_expire_time >= p_now then 3 else 4 end
      from unnest(batch.out_biz_ids, batch.app_keys) as k (out_biz_id, app_key)
      cross join lateral (
        select count(*) as codes from lottery_grant_code c
        where c.platform = p_platform and c.out_biz_id = k.out_biz_id and c.app_key = k.app_key
      ) had
      left join voucher_batch b on b.mix_id = batch.mix_id, lottery_reward r
      where g.platform = p_platform and g.out_biz_id = k.out_biz_id and g.app_key = k.app_key
        and r.platform = p_platform and r.spread_id = g.spread_id and r.reward_no = g.reward_no;
  end loop;
end $$;

-- Which of the calls that win bring codes.
create function lottery_numbers_with_codes(p_platform bigint, p_spread_id text, p_won integer[], p_prizes integer[])
returns integer[] language plpgsql stable as $$
declare
  bring integer[] := array(
    select p.prize_no from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
    where p.platform = p_platform and p.spread_id = p_spread_id and r.code_count > 0);
begin
  if bring = '{}' then return bring; end if;
  return array(select w.n from unnest(p_won, p_prizes) as w (n, prize_no) where w.prize_no = any (bring) order by w.n);
end $$;

-- What is to be told of the wins of some commands, with n their numbers.
create function lottery_wins(p_platform bigint, p_keys text[], p_apps text[], p_numbers integer[]) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object('n', t.n, 'result_code', g.result_code, 'reward_no', g.reward_no,
    'granted_at', (extract(epoch from g.granted_at) * 1000)::bigint, 'codes', (
      select coalesce(json_agg(encode(c.code_sealed, 'hex') order by c.sequence), '[]') from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = g.out_biz_id and c.app_key = g.app_key))), '[]')
  from unnest(p_numbers) as t (n)
  join lottery_grant g on g.platform = p_platform and g.out_biz_id = p_keys[t.n] and g.app_key = p_apps[t.n]
$$;

-- Which of the commands whose code is 0 win, by their numbers, and which prize each draws; the codes of the others.
create function lottery_decide(p_platform bigint, p_spread_id text, p_now timestamptz, p_users text[], p_rolls float8[],
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
  prizes := lottery_draw_prizes(p_platform, p_spread_id, won, p_rolls);
  foreach n in array won[cardinality(prizes) + 1:] loop return_codes[n] := 200010; end loop;
  won := won[:cardinality(prizes)];
end $$;

-- Draws for callers of one activity in their order. The last four parameters hold a value for each of them, joined by
-- U+001F, which no parameter of a call may contain (to read JSON takes five times as long): the key of the call, each once
-- for an app; the app; the user; and a random whole number from 0 to below 2^48. p_now: the instant of all these calls,
-- which lie in one second. Run again with the same callers it changes nothing and tells the same wins.
-- p_fresh: the caller takes all keys for new ones. They are then looked up only if not all calls win, and where one is not
-- new the unique key refuses the whole: run it again with p_fresh false.
-- Returns {"return_code": […], "won": […], "prize_no": […], "reward_no": {prize: reward}, "known": count, "wins": [{"n",
-- "result_code", "reward_no", "granted_at", "codes"}, …]}. return_code: one for each call, null when all are 0. won: the
-- numbers, from 1, of the calls that win now, null for all of them; prize_no: what each wins, null without prizes. known:
-- keys that were not new. wins: what else is to be told of wins, those of before and those with codes; granted_at in epoch
-- milliseconds, codes in hexadecimal digits. Any other win is complete and of p_now.
create function lottery_draw(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean) returns json
language plpgsql as $$
declare
  keys text[] := string_to_array(p_out_biz_ids, u&'\001F');
  apps text[] := string_to_array(p_app_keys, u&'\001F');
  users text[] := string_to_array(p_mix_user_ids, u&'\001F');
  rolls float8[] := string_to_array(p_rolls, u&'\001F')::float8[];
  return_codes integer[] := array_fill(0, array[cardinality(keys)]);
  told integer[] := '{}';
  with_codes integer[] := '{}';
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
  perform lottery_lock(p_spread_id);
  loop
    if not fresh then
      for known in
        select k.n::integer as n, case when g.spread_id <> p_spread_id or g.mix_user_id <> users[k.n] then 200011
          when g.invalid_at is not null then 200012 end as refusal
        from unnest(keys, apps) with ordinality as k (out_biz_id, app_key, n)
        join lottery_grant g on g.platform = p_platform and g.out_biz_id = k.out_biz_id and g.app_key = k.app_key
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

-- Voids one win; 0 when it is void then, or the business code of the refusal.
create function lottery_invalid_one(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_id text, p_app_key text, p_mix_user_id text) returns integer language plpgsql as $$
declare
  win lottery_grant;
  brought record;
begin
  select * into win from lottery_grant g
    where g.platform = p_platform and g.out_biz_id = p_out_biz_id and g.app_key = p_app_key;
  if not found then return 200013; end if;
  if win.spread_id <> p_spread_id or win.mix_user_id <> p_mix_user_id then return 200011; end if;
  if win.invalid_at is not null then return 0; end if;
  update lottery_grant g set invalid_at = p_now
    where g.platform = p_platform and g.out_biz_id = p_out_biz_id and g.app_key = p_app_key;
  update lottery_segment s set consumed_win_times = s.consumed_win_times - 1
    where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = win.segment_no;
  update lottery_prize p set consumed_count = p.consumed_count - 1 from lottery_reward r
    where r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = win.reward_no
      and p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = r.prize_no;
  for brought in
    select c.mix_id, array_agg(c.sequence) as sequences from lottery_grant_code c
    where c.platform = p_platform and c.out_biz_id = p_out_biz_id and c.app_key = p_app_key group by c.mix_id
  loop
    perform voucher_void(brought.mix_id, brought.sequences, p_now);
    -- voucher_void has locked the batch: a code that is not consumed now stays so.
    if exists (select from voucher_code v
        where v.mix_id = brought.mix_id and v.sequence = any (brought.sequences) and v.code_status = 2) then
      raise exception using errcode = 'PQ014', message = 'a code of the win is consumed';
    end if;
  end loop;
  return 0;
exception when sqlstate 'PQ014' then
  return 200014;
end $$;

-- Voids wins of one activity in their order and gives each back to its segment and prize. p_commands: [[out_biz_id, app_key,
-- mix_user_id], …]; returns a business code for each. Run again it changes nothing.
create function lottery_invalid(p_platform bigint, p_spread_id text, p_now timestamptz, p_commands jsonb)
returns integer[] language plpgsql as $$
declare
  own_platform bigint;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  return array(
    select case when own_platform is null then 200001 when own_platform <> p_platform then 200002
      else lottery_invalid_one(p_platform, p_spread_id, p_now, c.value ->> 0, c.value ->> 1, c.value ->> 2) end
    from jsonb_array_elements(p_commands) with ordinality as c (value, n) order by c.n);
end $$;

-- Changes the stock of a segment or the own stock of a prize and enters it in the ledger. Returns {"stock"}, the same again
-- for the same adjust_id and content, or {"refusal"}: segment-not-found, prize-not-found, prize-without-stock,
-- stock-out-of-range or adjust-conflict.
create function lottery_adjust(p_spread_id text, p_counter text, p_counter_no integer, p_entry jsonb, p_now timestamptz)
returns jsonb language plpgsql as $$
declare
  place record;
  entered lottery_adjustment;
  stock bigint;
  change bigint := (p_entry ->> 'delta')::bigint;
begin
  perform lottery_lock(p_spread_id);
  if p_counter = 'win_times' then
    select s.platform, s.win_times as stock, s.consumed_win_times as taken into place from lottery_segment s
      where s.spread_id = p_spread_id and s.segment_no = p_counter_no;
  else
    select p.platform, p.total_count as stock, p.consumed_count as taken into place from lottery_prize p
      where p.spread_id = p_spread_id and p.prize_no = p_counter_no;
  end if;
  if place.platform is null then
    return jsonb_build_object('refusal', case p_counter when 'win_times' then 'segment-not-found' else 'prize-not-found' end);
  end if;
  select * into entered from lottery_adjustment a
    where a.platform = place.platform and a.spread_id = p_spread_id and a.adjust_id = p_entry ->> 'adjust_id';
  if found then
    if (entered.counter, entered.counter_no, entered.delta) = (p_counter, p_counter_no, change) then
      return jsonb_build_object('stock', entered.stock);
    end if;
    return '{"refusal": "adjust-conflict"}';
  end if;
  if place.stock is null then return '{"refusal": "prize-without-stock"}'; end if;
  stock := place.stock + change;
  if stock not between place.taken and 1000000000 then return '{"refusal": "stock-out-of-range"}'; end if;
  if p_counter = 'win_times' then
    update lottery_segment s set win_times = stock
      where s.platform = place.platform and s.spread_id = p_spread_id and s.segment_no = p_counter_no;
  else
    update lottery_prize p set total_count = stock
      where p.platform = place.platform and p.spread_id = p_spread_id and p.prize_no = p_counter_no;
  end if;
  insert into lottery_adjustment values (place.platform, p_spread_id, p_entry ->> 'adjust_id', p_counter, p_counter_no,
    change, stock, p_entry ->> 'reason', p_entry ->> 'app_key', p_now);
  return jsonb_build_object('stock', stock);
end $$;

-- Puts the stock that a segment or prize begins with into the ledger.
create function lottery_enter_opening(p_platform bigint, p_spread_id text, p_counter text, p_counter_no integer,
  p_stock bigint, p_now timestamptz) returns void language sql as $$
  insert into lottery_adjustment (platform, spread_id, adjust_id, counter, counter_no, delta, stock, reason, adjusted_at)
  values (p_platform, p_spread_id, 'opening:' || p_counter || ':' || p_counter_no, p_counter, p_counter_no,
    p_stock, p_stock, 'opening', p_now)
$$;

-- Whether a stock told beside an existing segment or prize is no wish to change it: the present one, or that of the opening.
create function lottery_is_known_stock(p_platform bigint, p_spread_id text, p_counter text, p_counter_no integer,
  p_stock bigint, p_present bigint) returns boolean language sql stable as $$
  select p_stock is null or p_stock = p_present or p_stock = (
    select a.stock from lottery_adjustment a where a.platform = p_platform and a.spread_id = p_spread_id
      and a.adjust_id = 'opening:' || p_counter || ':' || p_counter_no)
$$;

create function lottery_save_segment(p_platform bigint, p_spread_id text, p_segment jsonb, p_now timestamptz)
returns void language plpgsql as $$
declare
  given lottery_segment := jsonb_populate_record(null::lottery_segment, p_segment);
  present lottery_segment;
begin
  select * into present from lottery_segment s
    where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = given.segment_no;
  if found then
    if not lottery_is_known_stock(p_platform, p_spread_id, 'win_times', given.segment_no, given.win_times,
        present.win_times) then
      raise exception using errcode = 'PQ001', message = 'stock-by-adjust-only';
    end if;
    update lottery_segment s set start_time = given.start_time, end_time = given.end_time
      where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = given.segment_no;
    return;
  end if;
  if given.win_times is null then raise exception using errcode = 'PQ001', message = 'segment-without-stock'; end if;
  insert into lottery_segment (platform, spread_id, segment_no, start_time, end_time, win_times)
    values (p_platform, p_spread_id, given.segment_no, given.start_time, given.end_time, given.win_times);
  perform lottery_enter_opening(p_platform, p_spread_id, 'win_times', given.segment_no, given.win_times, p_now);
end $$;

create function lottery_save_prize(p_platform bigint, p_spread_id text, p_prize jsonb, p_now timestamptz)
returns void language plpgsql as $$
declare
  given lottery_prize := jsonb_populate_record(null::lottery_prize, p_prize);
  reward lottery_reward := jsonb_populate_record(null::lottery_reward, p_prize);
  present lottery_prize;
  present_reward lottery_reward;
begin
  select * into present from lottery_prize p
    where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = given.prize_no;
  select * into present_reward from lottery_reward r
    where r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = present.reward_no;
  reward.platform := p_platform;
  reward.spread_id := p_spread_id;
  reward.code_count := coalesce(reward.code_count, 0);
  reward.reward_no := present_reward.reward_no;
  if reward is distinct from present_reward then
    reward.reward_no := (select coalesce(max(r.reward_no), 0) + 1 from lottery_reward r
      where r.platform = p_platform and r.spread_id = p_spread_id);
    insert into lottery_reward select reward.*;
  end if;
  if present.prize_no is not null then
    if not lottery_is_known_stock(p_platform, p_spread_id, 'total_count', given.prize_no, given.total_count,
        present.total_count) then
      raise exception using errcode = 'PQ001', message = 'stock-by-adjust-only';
    end if;
    update lottery_prize p set weight = given.weight, reward_no = reward.reward_no
      where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = given.prize_no;
    return;
  end if;
  insert into lottery_prize (platform, spread_id, prize_no, weight, total_count, reward_no)
    values (p_platform, p_spread_id, given.prize_no, given.weight, given.total_count, reward.reward_no);
  if given.total_count is not null then
    perform lottery_enter_opening(p_platform, p_spread_id, 'total_count', given.prize_no, given.total_count, p_now);
  end if;
end $$;

-- Creates an activity, off shelf, or changes what is told of it; segments and prizes that are left out stay as they are.
-- p_activity: {"spread_id", "platform", "name", "user_limit", "user_day_limit", "segments": […], "prizes": […]}. Returns null,
-- or why nothing was changed: platform-is-fixed, stock-by-adjust-only, segment-without-stock, segments-overlap,
-- batch-not-found.
create function lottery_save(p_activity jsonb, p_now timestamptz) returns text language plpgsql as $$
declare
  given lottery_activity := jsonb_populate_record(null::lottery_activity, p_activity);
  part jsonb;
begin
  perform lottery_lock(given.spread_id);
  if exists (select from lottery_activity a where a.spread_id = given.spread_id and a.platform <> given.platform) then
    return 'platform-is-fixed';
  end if;
  insert into lottery_activity (spread_id, platform, name, status, user_limit, user_day_limit)
    values (given.spread_id, given.platform, given.name, 2, given.user_limit, given.user_day_limit)
    on conflict (spread_id) do update
      set name = given.name, user_limit = given.user_limit, user_day_limit = given.user_day_limit;
  -- Wins from before the first limit count for it too.
  if given.user_limit is not null or given.user_day_limit is not null then
    update lottery_grant g set limited = true
      where g.platform = given.platform and g.spread_id = given.spread_id and not g.limited;
  end if;
  for part in select * from jsonb_array_elements(coalesce(p_activity -> 'segments', '[]')) loop
    perform lottery_save_segment(given.platform, given.spread_id, part, p_now);
  end loop;
  if exists (select from lottery_segment a join lottery_segment b using (platform, spread_id)
      where a.platform = given.platform and a.spread_id = given.spread_id and a.segment_no < b.segment_no
        and a.start_time <= b.end_time and b.start_time <= a.end_time) then
    raise exception using errcode = 'PQ001', message = 'segments-overlap';
  end if;
  for part in select * from jsonb_array_elements(coalesce(p_activity -> 'prizes', '[]')) loop
    if part ->> 'mix_id' is not null and not exists (select from voucher_batch b where b.mix_id = part ->> 'mix_id') then
      raise exception using errcode = 'PQ001', message = 'batch-not-found';
    end if;
    perform lottery_save_prize(given.platform, given.spread_id, part, p_now);
  end loop;
  return null;
exception
  when sqlstate 'PQ001' then return sqlerrm;
  when unique_violation then return 'segments-overlap';
end $$;

-- Each counter of this domain beside what its ledger says.
create view audit_lottery (counter, key, counted, ledger) as
  with win as (
    select g.platform, g.spread_id, g.segment_no, r.prize_no, count(*) as wins
    from lottery_grant g left join lottery_reward r using (platform, spread_id, reward_no)
    where g.invalid_at is null group by 1, 2, 3, 4
  ), entry as (
    select a.platform, a.spread_id, a.counter, a.counter_no, sum(a.delta) as delta
    from lottery_adjustment a group by 1, 2, 3, 4
  ), place as (
    select platform, spread_id, 'win_times' as counter, segment_no as counter_no, win_times as counted, 0 as wins
    from lottery_segment
    union all
    select platform, spread_id, 'consumed_win_times', segment_no, consumed_win_times, (
      select sum(w.wins) from win w where (w.platform, w.spread_id, w.segment_no) = (s.platform, s.spread_id, s.segment_no))
    from lottery_segment s
    union all
    select platform, spread_id, 'total_count', prize_no, total_count, 0 from lottery_prize where total_count is not null
    union all
    select platform, spread_id, 'consumed_count', prize_no, consumed_count, (
      select sum(w.wins) from win w where (w.platform, w.spread_id, w.prize_no) = (p.platform, p.spread_id, p.prize_no))
    from lottery_prize p
  )
  select 'lottery.' || place.counter, place.spread_id || '/' || place.counter_no, place.counted,
    (coalesce(place.wins, 0) + coalesce(entry.delta, 0))::bigint
  from place left join entry using (platform, spread_id, counter, counter_no);
comment on view audit_lottery is
  'win_times and total_count: the sum of their adjustments. consumed_win_times, consumed_count: standing wins, with what was there at the opening.';
