-- Takes tickets of a paid order back, those named or all that stand, and frees their stock; the tickets of one package
-- only together. Codes: 0 done or done before, 1 no such order, 2 it is not paid, 3 no such ticket of it, 4 a ticket
-- is used, 5 a package would be torn, 6 nothing left to take back, 7 the refund_id has another content, the reason
-- included.
create or replace function ticketing_order_refund(p_project_id bigint, p_order_id bigint, p_refund_id text,
  p_ticket_ids bigint[], p_reason text, p_operator text, p_now timestamptz, out code integer, out refund_money bigint,
  out ticket_ids bigint[])
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts record := ticketing_project_lock(p_project_id);
  status integer := (select order_status from ticketing_order_by_id(p_project_id, p_order_id));
  done ticketing_refund;
  taken ticketing_ticket[];
begin
  select * into done from ticketing_refund where project_id = p_project_id and refund_id = p_refund_id;
  if found then
    code := case when done.order_id = p_order_id and done.asked_ids is not distinct from p_ticket_ids
      and done.reason = p_reason then 0 else 7 end;
    refund_money := done.refund_money;
    ticket_ids := done.ticket_ids;
    return;
  end if;
  -- A gate may be letting somebody in at this moment.
  perform 1 from ticketing_ticket where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id, ticket_id for no key update;
  select array_agg(t order by t.ticket_id) into taken from ticketing_order_tickets(p_project_id, p_order_id) t
  where case when p_ticket_ids is null then ticket_status <> 4 else ticket_id = any(p_ticket_ids) end;
  code := case when status is null then 1 when status <> 2 then 2
    when cardinality(taken) is distinct from cardinality(p_ticket_ids) and p_ticket_ids is not null then 3
    when exists (select from unnest(taken) where ticket_status = 2) then 4
    when taken is null or exists (select from unnest(taken) where ticket_status = 4) then 6
    when exists (
      select from ticketing_order_tickets(p_project_id, p_order_id) other join unnest(taken) own
        on own.line_no = other.line_no and own.unit_no = other.unit_no
      where other.ticket_id not in (select ticket_id from unnest(taken))
    ) then 5 else 0 end;
  if code > 0 then
    return;
  end if;
  select sum(money), array_agg(ticket_id order by ticket_id) into refund_money, ticket_ids from unnest(taken);
  insert into ticketing_refund values (p_project_id, p_refund_id, p_order_id, p_ticket_ids, ticket_ids, refund_money,
    p_reason, p_operator, p_now);
  update ticketing_ticket set ticket_status = 4, refund_id = p_refund_id
  where project_id = p_project_id and ticket_id = any(ticket_ids);
  perform ticketing_refund_free(p_project_id, p_order_id, taken);
end
$$;
