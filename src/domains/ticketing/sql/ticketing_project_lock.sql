-- Locks the stock of a project until commit and gives its counts (docs/concepts/locking.md).
create or replace function ticketing_project_lock(p_project_id bigint)
returns ticketing_project_count
language plpgsql as $$
declare
  counts ticketing_project_count;
begin
  select * into counts from ticketing_project_count where project_id = p_project_id for no key update;
  if not found then
    insert into ticketing_project_count (project_id) values (p_project_id) on conflict do nothing;
    select * into counts from ticketing_project_count where project_id = p_project_id for no key update;
  end if;
  return counts;
end
$$;
