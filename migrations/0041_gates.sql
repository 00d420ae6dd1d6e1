-- A gate opens at its time and for events on the shelf alone, and an entry that was made by mistake can be undone.

alter table ticketing_event
  add column gate_open_time timestamptz,
  add constraint ticketing_event_gate_opens check (gate_open_time <= event_show_end_time);
comment on column ticketing_event.gate_open_time is
  'From when on gates let in; null is the start of the show''s day in GMT+8.';
comment on column ticketing_event.status is
  '1 on the shelf, 2 off: neither shown nor sold, and gates let nobody in; tickets sold can be refunded or used once it is back.';

-- From when on the gates of an event let in.
create function ticketing_gate_opens(p_event ticketing_event) returns timestamptz
language sql stable as $$
  select coalesce((p_event).gate_open_time, date_trunc('day', (p_event).event_show_start_time, 'Asia/Shanghai'))
$$;

create table ticketing_check_undo (
  project_id bigint not null,
  ticket_id bigint not null,
  check_id text not null,
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  undone_at timestamptz not null,
  primary key (project_id, ticket_id, check_id),
  foreign key (project_id, ticket_id, check_id) references ticketing_check
);
comment on table ticketing_check_undo is
  'Entries that were made by mistake and do not count, append-only. operator: who undid them.';
create trigger change_logged after insert on ticketing_check_undo
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();

-- Entries by a ticket that count: how many, and the first.
create function ticketing_ticket_entries(p_project_id bigint, p_ticket_id bigint, out entries integer,
  out first_checked_at timestamptz)
language sql stable as $$
  select count(*)::integer, min(entry.checked_at)
  from ticketing_check entry left join ticketing_check_undo undone using (project_id, ticket_id, check_id)
  where entry.project_id = p_project_id and entry.ticket_id = p_ticket_id and undone.check_id is null
$$;

-- Lets the bearer of a ticket in, once for each check_id. Codes: 0 may enter (now, or by this check_id before), 1 no such
-- ticket of the event, 2 used up, 3 the gate is not open yet, 4 refunded, 5 the event is off the shelf, 7 the entry of this
-- check_id was undone. entries: how often the ticket has let in; opens_at: from when on the gate lets in.
drop function ticketing_ticket_check(bigint, bigint, bigint, text, text, timestamptz);
create function ticketing_ticket_check(p_project_id bigint, p_ticket_id bigint, p_event_id bigint, p_check_id text,
  p_gate text, p_now timestamptz, out code integer, out entries integer, out first_checked_at timestamptz,
  out opens_at timestamptz)
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
  code := case when ticket.ticket_id is null then 1 when undone then 7 when again then 0 when ticket.ticket_status = 4 then 4
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

-- Undoes an entry, for a reason; a ticket whose last entry it was is unused again. Codes: 0 done or done before, 1 no such
-- entry of the ticket, 2 it was undone for another reason. entries: those that still count.
create function ticketing_ticket_uncheck(p_project_id bigint, p_ticket_id bigint, p_check_id text, p_reason text,
  p_operator text, p_now timestamptz, out code integer, out entries integer)
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
  where project_id = p_project_id and ticket_id = p_ticket_id and ticket_status = 2 and ticketing_ticket_uncheck.entries = 0;
end
$$;

create view audit_ticketing_gate (counter, key, counted, ledger) as
select 'ticketing_ticket used', counts.project_id::text, (
    select count(*) from ticketing_ticket ticket where ticket.project_id = counts.project_id and ticket.ticket_status = 2), (
    select count(distinct entry.ticket_id)
    from ticketing_check entry left join ticketing_check_undo undone using (project_id, ticket_id, check_id)
    where entry.project_id = counts.project_id and undone.check_id is null)
from ticketing_project_count counts;
comment on view audit_ticketing_gate is
  'By project, how many tickets are marked used and how many have an entry that counts; unequal rows are faults.';
