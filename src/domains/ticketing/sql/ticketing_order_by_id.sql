-- The order of an id. A range of one, in the order of the key: no other index gives that.
create or replace function ticketing_order_by_id(p_project_id bigint, p_order_id bigint)
returns setof ticketing_order
language sql stable as $$
  select * from ticketing_order where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id limit 1
$$;
