-- How many tickets of an event a user holds unpaid or has.
create or replace function ticketing_user_tickets(p_project_id bigint, p_event_id bigint, p_user_id text)
returns bigint
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
  set enable_mergejoin = off as $$
begin
  return (
    select coalesce(sum(case o.order_status when 1 then line.goods_count else (
      select count(*) from ticketing_order_tickets(p_project_id, o.order_id) ticket
      where ticket.line_no = line.line_no and ticket.price_id = line.price_id and ticket.ticket_status <> 4) end),
        0)::bigint
    from (
      select own.order_id, own.order_status from ticketing_order own
      where own.project_id = p_project_id and own.user_id between p_user_id and p_user_id and own.order_status in (1, 2)
      order by own.user_id offset 0
    ) o
    cross join lateral (
      select own.line_no, own.price_id, own.goods_count from ticketing_order_line own
      where own.project_id = p_project_id and own.order_id = o.order_id and own.event_id = p_event_id
        and not own.is_package
      offset 0
    ) line
  );
end $$;
