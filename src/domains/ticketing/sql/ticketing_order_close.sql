-- Closes orders (3 cancelled, 4 timed out) that still hold their stock and names them.
create or replace function ticketing_order_close(p_project_id bigint, p_order_ids bigint[], p_status integer,
  p_now timestamptz)
returns bigint[]
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  with closed as (
    update ticketing_order set order_status = p_status, closed_at = p_now
    where ctid = any(array(
      select found.place from unnest(p_order_ids) as wanted (order_id)
      cross join lateral (
        select own.ctid as place, own.order_status from ticketing_order own
        where own.project_id = p_project_id and own.order_id between wanted.order_id and wanted.order_id
        order by own.order_id limit 1
      ) found
      where found.order_status = 1
    ))
    returning order_id
  )
  select array_agg(order_id) from closed
$$;
