-- Puts the stock that a segment or prize begins with into the ledger.
create or replace function lottery_enter_opening(p_platform bigint, p_spread_id text, p_counter text,
  p_counter_no integer, p_stock bigint, p_now timestamptz)
returns void
language plpgsql as $$
begin
  insert into lottery_adjustment (platform, spread_id, adjust_id, counter, counter_no, delta, stock, reason,
    adjusted_at)
  values (p_platform, p_spread_id, 'opening:' || p_counter || ':' || p_counter_no, p_counter, p_counter_no,
    p_stock, p_stock, 'opening', p_now);
end $$;
