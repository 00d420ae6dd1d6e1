-- What orders take of each tier in all.
create or replace function ticketing_order_takes(p_project_id bigint, p_order_ids bigint[])
returns table (event_id bigint, price_id bigint, n integer)
language sql stable as $$
  select line.event_id, line.price_id, sum(line.goods_count)::integer
  from unnest(p_order_ids) as wanted (order_id)
  cross join lateral (
    select * from ticketing_order_line own where own.project_id = p_project_id
      and own.order_id = wanted.order_id offset 0
  ) line
  group by line.event_id, line.price_id
$$;
