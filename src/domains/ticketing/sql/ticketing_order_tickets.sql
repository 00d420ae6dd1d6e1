-- The tickets of an order, likewise.
create or replace function ticketing_order_tickets(p_project_id bigint, p_order_id bigint)
returns setof ticketing_ticket
language sql stable as $$
  select * from ticketing_ticket where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id
$$;
