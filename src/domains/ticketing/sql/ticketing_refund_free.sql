-- Frees the stock and the documents of tickets just taken back: each its tier, and packages whole.
create or replace function ticketing_refund_free(p_project_id bigint, p_order_id bigint, p_taken ticketing_ticket[])
returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  update ticketing_price tier set sale_count = tier.sale_count - freed.n
  from (
    select event_id, price_id, count(*)::integer as n from unnest(p_taken) group by event_id, price_id
    union all
    select line.event_id, line.price_id, count(distinct (line.line_no, own.unit_no))::integer
    from unnest(p_taken) own
    join ticketing_order_line line on line.project_id = p_project_id and line.order_id = p_order_id
      and line.line_no = own.line_no and line.is_package
    group by line.event_id, line.price_id
  ) freed
  where tier.project_id = p_project_id and tier.event_id = freed.event_id and tier.price_id = freed.price_id;
  insert into ticketing_document (project_id, event_id, document_hash, order_id, person_no, standing)
  select p_project_id, document.event_id, document.document_hash, p_order_id, document.person_no, false
  from (
    select * from ticketing_document own
    where own.project_id = p_project_id and own.order_id = p_order_id offset 0
  ) document
  where document.standing and not exists (
    select from ticketing_order_tickets(p_project_id, p_order_id) ticket
    where ticket.ticket_status <> 4 and ticket.event_id = document.event_id
      and (document.person_no = 1 or ticket.person_no = document.person_no)
  )
  on conflict (project_id, order_id, event_id, person_no) do update set standing = false;
end
$$;
