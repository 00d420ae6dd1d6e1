-- Cancels unpaid orders and frees their stock; an order that has lapsed already is closed all the same. Codes: 0
-- closed, 1 no such order, 2 it is paid.
create or replace function ticketing_order_cancel(p_project_id bigint, p_now timestamptz, p_commands jsonb)
returns table (n integer, code integer)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts record := ticketing_project_lock(p_project_id);
  freed bigint[];
begin
  freed := ticketing_order_close(p_project_id, array(
    select order_id from jsonb_to_recordset(p_commands) as (order_id bigint)
  ), 3, p_now);
  if freed is not null then
    perform ticketing_order_free(p_project_id, freed);
  end if;
  return query
    select asked.n::integer, case when o.order_id is null then 1 when o.order_status = 2 then 2 else 0 end
    from rows from (jsonb_to_recordset(p_commands) as (order_id bigint)) with ordinality as asked (order_id, n)
    left join lateral ticketing_order_by_id(p_project_id, asked.order_id) o on true;
end
$$;
