-- Decides orders in their order, each on what those before it leave. p_last_id: the id given last in the project.
-- details, orders: by command its refusal and the order that stands for it; made: the id of its new order, 0 for none;
-- remaining: by resource what is left. Nothing is read or written here.
create or replace function ticketing_order_decide(p_last_id bigint, p_submitted ticketing_submitted,
  p_needs ticketing_needs, out details jsonb[], out orders bigint[], out made bigint[], out made_count integer,
  out remaining bigint[])
language plpgsql as $$
declare
  carts integer[] := p_submitted.cart; hashes text[] := p_submitted.content_hash;
  order_hashes text[] := p_submitted.order_hash;
  -- By cart: the order made in this batch.
  cart_orders bigint[] := '{}'; cart_hashes text[] := '{}';
  need_n integer[] := p_needs.n; need_resource integer[] := p_needs.resource; need_amount bigint[] := p_needs.amount;
  kinds integer[] := p_needs.kind; event_ids bigint[] := p_needs.event_id; price_ids bigint[] := p_needs.price_id;
  first integer; after integer := 1; missing integer;
begin
  details := p_submitted.detail;
  orders := p_submitted.order_id;
  made := array_fill(0::bigint, array[cardinality(carts)]);
  made_count := 0;
  remaining := p_needs.capacity;
  for i in 1 .. cardinality(carts) loop
    first := after;
    missing := null;
    while need_n[after] = i loop
      if missing is null and remaining[need_resource[after]] < need_amount[after] then
        missing := need_resource[after];
      end if;
      after := after + 1;
    end loop;
    if orders[i] is null then
      orders[i] := cart_orders[carts[i]];
      order_hashes[i] := cart_hashes[carts[i]];
    end if;
    if orders[i] is not null then
      details[i] := case when order_hashes[i] <> hashes[i] then jsonb_build_object('code', 10236) end;
    elsif missing is not null then
      details[i] := jsonb_build_object('code', case kinds[missing] when 1 then 10231 when 2 then 10233 else 10235 end,
        'event_id', event_ids[missing], 'price_id', price_ids[missing], 'left', remaining[missing]);
    elsif details[i] is null then
      for j in first .. after - 1 loop
        remaining[need_resource[j]] := remaining[need_resource[j]] - need_amount[j];
      end loop;
      made_count := made_count + 1;
      made[i] := p_last_id + made_count;
      orders[i] := made[i];
      cart_orders[carts[i]] := made[i];
      cart_hashes[carts[i]] := hashes[i];
    end if;
  end loop;
end
$$;
