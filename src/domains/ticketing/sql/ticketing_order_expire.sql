-- Closes orders whose hold has timed out, oldest first, and tells how many. The caller has the project's lock.
create or replace function ticketing_order_expire(p_project_id bigint, p_now timestamptz, p_most integer)
returns integer
language plpgsql set enable_seqscan = off set enable_sort = off as $$
declare
  lapsed bigint[];
begin
  select array_agg(order_id) into lapsed from (
    select order_id from ticketing_order
    where project_id = p_project_id and order_status = 1 and expire_time <= p_now order by expire_time limit p_most
  ) due;
  if lapsed is null then
    return 0;
  end if;
  lapsed := ticketing_order_close(p_project_id, lapsed, 4, p_now);
  perform ticketing_order_free(p_project_id, lapsed);
  return cardinality(lapsed);
end
$$;
