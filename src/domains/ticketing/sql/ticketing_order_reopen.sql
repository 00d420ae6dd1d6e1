-- Lets a closed order hold its stock again.
create or replace function ticketing_order_reopen(p_project_id bigint, p_order_id bigint)
returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_order set order_status = 1, closed_at = null
  where ctid = (
    select own.ctid from ticketing_order own
    where own.project_id = p_project_id and own.order_id between p_order_id and p_order_id order by own.order_id limit 1
  )
$$;
