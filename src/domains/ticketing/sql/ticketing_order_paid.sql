-- Marks orders paid, whether they still hold their stock or took it again.
create or replace function ticketing_order_paid(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[])
returns void
language sql set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
  set enable_mergejoin = off as $$
  update ticketing_order o set order_status = 2, paid_at = paid.at, closed_at = null
  from (
    select found.place, wanted.at from unnest(p_order_ids, p_paid_at) as wanted (order_id, at)
    cross join lateral (
      select own.ctid as place from ticketing_order own
      where own.project_id = p_project_id and own.order_id between wanted.order_id and wanted.order_id
      order by own.order_id limit 1
    ) found
  ) paid
  where o.ctid = paid.place
$$;
