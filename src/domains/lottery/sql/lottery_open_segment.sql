-- The business code with which an activity refuses draws at an instant, 0 when it is open then; beside 0 the segment
-- of that instant and the wins it has left.
create or replace function lottery_open_segment(p_platform bigint, p_spread_id text, p_now timestamptz,
  out return_code integer, out segment_no integer, out free bigint)
language plpgsql stable as $$
declare
  activity lottery_activity;
  begins boolean;
  ended boolean;
begin
  select * into activity from lottery_activity a where a.spread_id = p_spread_id;
  return_code := case when activity.spread_id is null then 200001 when activity.platform <> p_platform then 200002
    when activity.status <> 1 then 200004 else 0 end;
  if return_code <> 0 then return; end if;
  select s.segment_no, least(s.win_times - s.consumed_win_times, 1000000000) into segment_no, free
    from lottery_segment s
    where s.platform = p_platform and s.spread_id = p_spread_id
      and s.start_time <= p_now and p_now < s.end_time + interval '1 second';
  if found then return; end if;
  select coalesce(bool_or(s.start_time > p_now), false), coalesce(bool_or(s.end_time < p_now), false) into begins, ended
    from lottery_segment s where s.platform = p_platform and s.spread_id = p_spread_id;
  return_code := case when begins and ended then 200006 when ended then 200005 else 200003 end;
end $$;
