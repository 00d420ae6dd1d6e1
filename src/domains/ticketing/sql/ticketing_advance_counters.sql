-- Moves the numbers of all orders and tickets ahead, project by project.
create or replace function ticketing_advance_counters(p_numbers bigint)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
begin
  return query
    select moved.* from (select project_id from ticketing_project order by 1) project,
      ticketing_advance_project(project.project_id, p_numbers) moved;
end
$$;
