-- Moves the numbers of a project's orders and tickets ahead.
create or replace function ticketing_advance_project(p_project_id bigint, p_numbers bigint)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
declare
  counts record := ticketing_project_lock(p_project_id);
begin
  return query values
    ('ticketing_project_count.order_count', p_project_id::text, least(p_numbers, 999999999 - counts.order_count)),
    ('ticketing_project_count.ticket_count', p_project_id::text, least(p_numbers, 999999999 - counts.ticket_count));
  update ticketing_project_count c set
      order_count = least(c.order_count + p_numbers, 999999999),
      ticket_count = least(c.ticket_count + p_numbers, 999999999)
    where c.project_id = p_project_id;
end
$$;
