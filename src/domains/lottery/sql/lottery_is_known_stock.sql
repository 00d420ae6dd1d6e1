-- Whether a stock told beside an existing segment or prize is no wish to change it: the present one, or that of the
-- opening.
create or replace function lottery_is_known_stock(p_platform bigint, p_spread_id text, p_counter text,
  p_counter_no integer, p_stock bigint, p_present bigint)
returns boolean
language plpgsql stable as $$
begin
  return (
    select p_stock is null or p_stock = p_present or p_stock = (
      select a.stock from lottery_adjustment a where a.platform = p_platform and a.spread_id = p_spread_id
        and a.adjust_id = 'opening:' || p_counter || ':' || p_counter_no)
  );
end $$;
