-- The reason belongs to what an adjust_id stands for; those of openings are the platform's own.
create or replace function lottery_adjust(p_spread_id text, p_counter text, p_counter_no integer, p_entry jsonb,
  p_now timestamptz)
returns jsonb
language plpgsql as $$
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
    return jsonb_build_object('refusal', case p_counter when 'win_times' then 'segment-not-found'
      else 'prize-not-found' end);
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
  insert into lottery_adjustment (platform, spread_id, adjust_id, counter, counter_no, delta, stock, reason, app_key,
      adjusted_at)
    values (place.platform, p_spread_id, p_entry ->> 'adjust_id', p_counter, p_counter_no, change, stock,
      p_entry ->> 'reason', p_entry ->> 'app_key', p_now);
  return jsonb_build_object('stock', stock);
end $$;
