-- Undoes an entry, for a reason; a ticket whose last entry it was is unused again. Codes: 0 done or done before, 1 no
-- such entry of the ticket, 2 it was undone for another reason. entries: those that still count.
create or replace function ticketing_ticket_uncheck(p_project_id bigint, p_ticket_id bigint, p_check_id text,
  p_reason text, p_operator text, p_now timestamptz, out code integer, out entries integer)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  done ticketing_check_undo;
begin
  -- A gate may be letting somebody in by it at this moment.
  perform 1 from ticketing_ticket where project_id = p_project_id and ticket_id = p_ticket_id for no key update;
  select * into done from ticketing_check_undo
  where project_id = p_project_id and ticket_id = p_ticket_id and check_id = p_check_id;
  code := case when done.check_id is not null then case when done.reason = p_reason then 0 else 2 end
    when not exists (select from ticketing_check
      where project_id = p_project_id and ticket_id = p_ticket_id and check_id = p_check_id) then 1 end;
  if code is null then
    code := 0;
    insert into ticketing_check_undo values (p_project_id, p_ticket_id, p_check_id, p_reason, p_operator, p_now);
  end if;
  select own.entries into entries from ticketing_ticket_entries(p_project_id, p_ticket_id) own;
  update ticketing_ticket set ticket_status = 1
  where project_id = p_project_id and ticket_id = p_ticket_id and ticket_status = 2
    and ticketing_ticket_uncheck.entries = 0;
end
$$;
