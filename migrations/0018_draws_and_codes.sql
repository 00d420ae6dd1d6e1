-- Faults found by trying to break draws and codes; each function is as before but for what stands above it.

-- Segments that move together may pass over each other's times: what counts is how they stand at the end, and that they do
-- not overlap is judged then.
alter table lottery_segment
  drop constraint lottery_segment_platform_spread_id_start_time_key,
  add unique (platform, spread_id, start_time) deferrable initially deferred;

-- Only the first limit looks for wins that do not count for one yet: all since were marked as they were drawn.
create or replace function lottery_save(p_activity jsonb, p_now timestamptz) returns text language plpgsql as $$
declare
  given lottery_activity := jsonb_populate_record(null::lottery_activity, p_activity);
  present lottery_activity;
  part jsonb;
begin
  perform lottery_lock(given.spread_id);
  select * into present from lottery_activity a where a.spread_id = given.spread_id;
  if present.platform <> given.platform then
    return 'platform-is-fixed';
  end if;
  insert into lottery_activity (spread_id, platform, name, status, user_limit, user_day_limit)
    values (given.spread_id, given.platform, given.name, 2, given.user_limit, given.user_day_limit)
    on conflict (spread_id) do update
      set name = given.name, user_limit = given.user_limit, user_day_limit = given.user_day_limit;
  -- Wins from before the first limit count for it too.
  if coalesce(given.user_limit, given.user_day_limit) is not null and present.spread_id is not null
    and coalesce(present.user_limit, present.user_day_limit) is null
  then
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
end $$;

-- The reason belongs to what an adjust_id stands for; those of openings are the platform's own.
create or replace function lottery_adjust(p_spread_id text, p_counter text, p_counter_no integer, p_entry jsonb, p_now timestamptz)
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
    if (entered.counter, entered.counter_no, entered.delta, entered.reason)
      = (p_counter, p_counter_no, change, p_entry ->> 'reason')
    then
      return jsonb_build_object('stock', entered.stock);
    end if;
    return '{"refusal": "adjust-conflict"}';
  end if;
  if p_entry ->> 'adjust_id' like 'opening:%' then return '{"refusal": "adjust-conflict"}'; end if;
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

-- The batches of all codes are locked first, in the order of their ids as draws lock them: two activities whose prizes
-- share batches would wait for each other.
create or replace function lottery_invalid(p_platform bigint, p_spread_id text, p_now timestamptz, p_commands jsonb)
returns integer[] language plpgsql set enable_seqscan = off as $$
declare
  own_platform bigint;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  perform 1 from voucher_batch b
    where b.mix_id in (
      select code.mix_id from jsonb_array_elements(p_commands) as c join lottery_grant_code code
        on code.platform = p_platform and code.out_biz_id = c ->> 0 and code.app_key = c ->> 1)
    order by b.mix_id for no key update;
  return array(
    select case when own_platform is null then 200001 when own_platform <> p_platform then 200002
      else lottery_invalid_one(p_platform, p_spread_id, p_now, c.value ->> 0, c.value ->> 1, c.value ->> 2) end
    from jsonb_array_elements(p_commands) with ordinality as c (value, n) order by c.n);
end $$;

-- The batch is locked before it is looked which commands are new: another process may be carrying the same ones out, and
-- they would be logged twice.
create or replace function voucher_operate_logged(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, results jsonb) language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform 1 from voucher_batch b where b.mix_id = p_mix_id for no key update;
  return query
  with command as materialized (
    select c.n::integer as n, c.d, row_number() over (partition by d ->> 'app_key', d ->> 'unique_id' order by c.n) = 1
      and (select o.mix_id from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
        and o.unique_id = d ->> 'unique_id') is null as fresh
    from jsonb_array_elements(p_commands) with ordinality as c (d, n)
  ),
  done as materialized (select o.n, o.results from voucher_operate(p_mix_id, p_commands, p_now) o),
  logged as (
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
    select p_now, d -> 'writer' ->> 'actor', d -> 'writer' ->> 'method', d -> 'writer' ->> 'request_id', 'update',
      'voucher_code', p_mix_id || '/' || s.sequence, change.columns, change.before,
      change.after || case when r.result ->> 1 is null then '{}' else jsonb_build_object('consume_sequence', r.result -> 1) end
    from done join command using (n)
    cross join jsonb_array_elements(done.results) with ordinality as r (result, k)
    join jsonb_array_elements_text(d -> 'sequences') with ordinality as s (sequence, k) using (k)
    join (values
      ('bind', '{bound_time}'::text[], '{"bound": false}'::jsonb, '{"bound": true}'::jsonb),
      ('consume', '{code_status,consume_sequence}', '{"code_status": 0}', '{"code_status": 2}'),
      ('reverse', '{code_status,consume_sequence}', '{"code_status": 2}', '{"code_status": 0}'),
      ('void', '{code_status}', '{"code_status": 0}', '{"code_status": -2}')
    ) as change (kind, columns, before, after) on change.kind = d ->> 'kind'
    where fresh and r.result ->> 0 = 'OK' and d ? 'writer'
  )
  select done.n, done.results from done order by done.n;
end
$$;
