-- Decides orders of one project in the order given and holds their stock, all of an order or none of it. Timed-out
-- holds are freed first. A command whose cart has an order is answered by that order, or refused if it asks for other
-- things.
create or replace function ticketing_order_submit(p_project_id bigint, p_now timestamptz, p_commands jsonb)
returns table (n integer, detail jsonb, vo json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  last_id bigint := counts.order_count
    + (select project.project_no from ticketing_project project
      where project.project_id = p_project_id) * 1000000000::bigint;
  goods ticketing_goods[];
  -- By command: its refusal, its cart, and the order that stands for it.
  details jsonb[]; carts integer[]; hashes text[]; orders bigint[]; order_hashes text[];
  -- By cart: the order made in this batch.
  cart_orders bigint[] := '{}'; cart_hashes text[] := '{}';
  -- Needs in order of their commands, and by resource what it is and how much is left.
  need_n integer[]; need_resource integer[]; need_amount bigint[];
  kinds integer[]; event_ids bigint[]; price_ids bigint[]; remaining bigint[]; capacity bigint[];
  made bigint[]; made_count integer := 0;
  first integer; after integer := 1; missing integer;
begin
  perform ticketing_order_expire(p_project_id, p_now, 5000);
  select array_agg(g) into goods from ticketing_goods_read(p_project_id, p_commands) g;
  select array_agg(judged.detail order by c.n), array_agg(c.cart order by c.n), array_agg(c.content_hash order by c.n),
    array_agg(o.order_id order by c.n), array_agg(encode(o.content_hash, 'hex') order by c.n)
  into details, carts, hashes, orders, order_hashes
  from (
    select command.*, dense_rank() over (order by channel_id, shopping_cart_id)::integer as cart
    from rows from (jsonb_to_recordset(p_commands) as (channel_id bigint, shopping_cart_id text, content_hash text))
      with ordinality as command (channel_id, shopping_cart_id, content_hash, n)
  ) c
  join ticketing_order_judge(p_commands, goods) judged on judged.n = c.n
  left join lateral (
    select * from ticketing_order own where own.project_id = p_project_id and own.channel_id = c.channel_id
      and own.shopping_cart_id = c.shopping_cart_id offset 0
  ) o on true;
  select array_agg(g) into goods from unnest(goods) g where details[g.n] is null and orders[g.n] is null;

  with need as materialized (select * from ticketing_goods_need(p_project_id, p_commands, goods)),
  resource as (select distinct on (resource) * from need order by resource)
  select own.*, shared.* into need_n, need_resource, need_amount, kinds, event_ids, price_ids, remaining
  from (
    select array_agg(n order by n, resource), array_agg(resource order by n, resource), array_agg(amount order by n,
      resource)
    from need
  ) own, (
    select array_agg(kind order by resource), array_agg(event_id order by resource),
      array_agg(price_id order by resource), array_agg(capacity order by resource) from resource
  ) shared;

  capacity := remaining;
  made := array_fill(0::bigint, array[cardinality(carts)]);
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
      last_id := last_id + 1;
      made[i] := last_id;
      orders[i] := last_id;
      cart_orders[carts[i]] := last_id;
      cart_hashes[carts[i]] := hashes[i];
    end if;
  end loop;

  if made_count > 0 then
    update ticketing_project_count set order_count = order_count + made_count where project_id = p_project_id;
    perform ticketing_order_write(p_project_id, p_commands, goods, made);
    update ticketing_price tier set held_count = tier.held_count + taken.n
    from (
      select event_id, price_id, (had - has)::integer as n
      from unnest(event_ids, price_ids, kinds, capacity, remaining) as thing (event_id, price_id, kind, had, has)
      where kind = 1 and has < had
    ) taken
    where tier.project_id = p_project_id and tier.event_id = taken.event_id and tier.price_id = taken.price_id;
  end if;
  return query
    select command.n::integer, command.detail, found.vo
    from unnest(details, orders) with ordinality as command (detail, order_id, n)
    left join lateral ticketing_order_vo(p_project_id, case when command.detail is null then command.order_id end) found
      on true;
end
$$;
