-- Only the first limit looks for wins that do not count for one yet: all since were marked as they were drawn.
create or replace function lottery_save(p_activity jsonb, p_now timestamptz)
returns text
language plpgsql as $$
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
    if part ->> 'mix_id' is not null and voucher_ends(part ->> 'mix_id') is null then
      raise exception using errcode = 'PQ001', message = 'batch-not-found';
    end if;
    perform lottery_save_prize(given.platform, given.spread_id, part, p_now);
  end loop;
  return null;
exception
  when sqlstate 'PQ001' then return sqlerrm;
end $$;
