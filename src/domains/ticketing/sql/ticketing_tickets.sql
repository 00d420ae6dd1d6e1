-- Tickets by their ids, with the numbers of their projects that lead these; missing ones are left out.
create or replace function ticketing_tickets(p_ticket_ids bigint[], p_project_nos integer[])
returns table (ticket_id bigint, project_id bigint, tenant_id bigint, event_id bigint, order_id bigint,
  channel_id bigint, user_id text, ticket_status smallint, event_show_end_time timestamptz)
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  return query
    select ticket.ticket_id, project.project_id, project.tenant_id, ticket.event_id, ticket.order_id, o.channel_id,
      o.user_id,
      ticket.ticket_status, event.event_show_end_time
    from unnest(p_ticket_ids, p_project_nos) as wanted (ticket_id, project_no)
    join ticketing_project project on project.project_no = wanted.project_no
    cross join lateral (
      select * from ticketing_ticket own where own.project_id = project.project_id
        and own.ticket_id = wanted.ticket_id limit 1
    ) ticket
    cross join lateral ticketing_order_by_id(project.project_id, ticket.order_id) o
    join ticketing_event event on event.project_id = project.project_id and event.event_id = ticket.event_id;
end
$$;
