-- Makes a segment of an activity or changes its bounds and stock; the activity's lock is held.
create or replace function lottery_save_segment(p_platform bigint, p_spread_id text, p_segment jsonb, p_now timestamptz)
returns void
language plpgsql as $$
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
