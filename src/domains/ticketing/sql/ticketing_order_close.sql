-- Closes orders (3 cancelled, 4 timed out) that still hold their stock and names them. Here and where else rows of an
-- order are changed, "on conflict" goes by their key itself: an update by the key may be planned over any other index
-- that begins with the project, which to a planner that sees no rows are all the same.
create or replace function ticketing_order_close(p_project_id bigint, p_order_ids bigint[], p_status integer,
  p_now timestamptz)
returns bigint[]
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
  closed_ids bigint[];
begin
  with closed as (
    insert into ticketing_order
    select found.* from unnest(p_order_ids) as wanted (order_id)
    cross join lateral ticketing_order_by_id(p_project_id, wanted.order_id) found
    where found.order_status = 1
    on conflict (project_id, order_id) do update set order_status = p_status, closed_at = p_now
    returning order_id
  )
  select array_agg(order_id) into closed_ids from closed;
  return closed_ids;
end $$;
