-- Lets a closed order hold its stock again. By its key, as ticketing_order_close tells.
create or replace function ticketing_order_reopen(p_project_id bigint, p_order_id bigint)
returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  insert into ticketing_order select * from ticketing_order_by_id(p_project_id, p_order_id)
  on conflict (project_id, order_id) do update set order_status = 1, closed_at = null;
end $$;
