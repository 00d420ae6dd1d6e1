-- Entries by a ticket that count: how many, and the first.
create or replace function ticketing_ticket_entries(p_project_id bigint, p_ticket_id bigint, out entries integer,
  out first_checked_at timestamptz)
language sql stable as $$
  select count(*)::integer, min(entry.checked_at)
  from ticketing_check entry left join ticketing_check_undo undone using (project_id, ticket_id, check_id)
  where entry.project_id = p_project_id and entry.ticket_id = p_ticket_id and undone.check_id is null
$$;
