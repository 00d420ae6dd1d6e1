-- Lets the bearer of a ticket in, once for each check_id. Codes: 0 may enter (now, or by this check_id earlier), 1 no
-- such ticket of the event, 2 used up, 3 the gate is not open yet, 4 refunded, 5 the event is off the shelf, 7 the
-- entry of this check_id was undone. entries: how often the ticket has let in; opens_at: from when on the gate lets
-- in.
create or replace function ticketing_ticket_check(p_project_id bigint, p_ticket_id bigint, p_event_id bigint,
  p_check_id text, p_gate text, p_now timestamptz, out code integer, out entries integer,
  out first_checked_at timestamptz, out opens_at timestamptz)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  ticket ticketing_ticket;
  event ticketing_event;
  again boolean;
  undone boolean;
begin
  select * into ticket from ticketing_ticket
  where project_id = p_project_id and ticket_id = p_ticket_id and event_id = p_event_id for no key update;
  select own.entries, own.first_checked_at into entries, first_checked_at
  from ticketing_ticket_entries(p_project_id, p_ticket_id) own;
  again := exists (select from ticketing_check
    where project_id = p_project_id and ticket_id = p_ticket_id and check_id = p_check_id);
  undone := again and exists (select from ticketing_check_undo
    where project_id = p_project_id and ticket_id = p_ticket_id and check_id = p_check_id);
  select * into event from ticketing_event where project_id = p_project_id and event_id = p_event_id;
  opens_at := ticketing_gate_opens(event);
  code := case when ticket.ticket_id is null then 1 when undone then 7 when again then 0 when ticket.ticket_status = 4
    then 4
    when event.status <> 1 then 5 when p_now < opens_at then 3 when entries >= event.entry_limit then 2 else 0 end;
  if code > 0 or again then
    return;
  end if;
  insert into ticketing_check values (p_project_id, p_ticket_id, p_check_id, p_gate, p_now);
  entries := entries + 1;
  first_checked_at := coalesce(first_checked_at, p_now);
  if ticket.ticket_status = 1 then
    update ticketing_ticket set ticket_status = 2 where project_id = p_project_id and ticket_id = p_ticket_id;
  end if;
end
$$;
