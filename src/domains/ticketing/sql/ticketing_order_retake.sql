-- Takes the stock of an order again whose hold has timed out: 200 when it was there, else what stands in its way. The
-- caller has the project's lock and marks the order paid: the stock goes from free to sold. The order holds its stock
-- from here on, so that the next late payment of the same batch counts it among what its user has.
create or replace function ticketing_order_retake(p_project_id bigint, p_order_id bigint)
returns integer
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  if exists (
    select from ticketing_order_takes(p_project_id, array[p_order_id]) need join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id
    where tier.margin_count < need.n
  ) then
    return 10243;
  elsif exists (
    select from (
      select event_id, document_hash from ticketing_document
      where project_id = p_project_id and order_id = p_order_id offset 0
    ) own cross join lateral (
      select from ticketing_document other where other.project_id = p_project_id and other.event_id = own.event_id
        and other.document_hash = own.document_hash and other.standing offset 0
    ) other
  ) then
    return 10247;
  elsif exists (
    select from (
      select line.event_id, o.user_id, sum(line.goods_count) as n
      from ticketing_order_by_id(p_project_id, p_order_id) o
      join ticketing_order_line line on line.project_id = p_project_id and line.order_id = p_order_id
        and not line.is_package
      group by line.event_id, o.user_id
    ) bought join ticketing_event event on event.project_id = p_project_id and event.event_id = bought.event_id
    where bought.n + ticketing_user_tickets(p_project_id, event.event_id, bought.user_id) > event.user_limit
  ) then
    return 10246;
  end if;
  update ticketing_price tier set held_count = tier.held_count + need.n
  from ticketing_order_takes(p_project_id, array[p_order_id]) need
  where tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id;
  perform ticketing_document_stand(p_project_id, array[p_order_id], true);
  perform ticketing_order_reopen(p_project_id, p_order_id);
  return 200;
end
$$;
