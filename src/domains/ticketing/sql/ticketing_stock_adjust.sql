-- Changes how many tickets a tier has, once for each adjust_id. Codes: 0 done or done before, 1 no such tier, 2 fewer
-- than are sold and held or over 10^9, 3 the adjust_id has another content.
create or replace function ticketing_stock_adjust(p_project_id bigint, p_event_id bigint, p_price_id bigint,
  p_adjust_id text, p_delta integer, p_reason text, p_operator text, p_now timestamptz, out code integer)
language plpgsql as $$
declare
  counts record := ticketing_project_lock(p_project_id);
  done ticketing_stock_adjustment;
begin
  select * into done from ticketing_stock_adjustment
  where project_id = p_project_id and event_id = p_event_id and price_id = p_price_id and adjust_id = p_adjust_id;
  if found then
    code := case when done.goods_delta = p_delta and done.reason = p_reason then 0 else 3 end;
    return;
  end if;
  update ticketing_price set goods_count = goods_count + p_delta
  where project_id = p_project_id and event_id = p_event_id and price_id = p_price_id
    and margin_count + p_delta >= 0 and goods_count::bigint + p_delta <= 1000000000;
  if not found then
    code := case when exists (select from ticketing_price where project_id = p_project_id and event_id = p_event_id
      and price_id = p_price_id) then 2 else 1 end;
    return;
  end if;
  insert into ticketing_stock_adjustment
  values (p_project_id, p_event_id, p_price_id, p_adjust_id, p_delta, 0, p_reason, p_operator, p_now);
  code := 0;
end
$$;
