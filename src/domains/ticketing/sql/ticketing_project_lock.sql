-- Locks the stock of a project until commit and gives its counts (docs/concepts/locking.md).
create or replace function ticketing_project_lock(p_project_id bigint, out order_count bigint, out ticket_count bigint)
language plpgsql as $$
begin
  select c.order_count, c.ticket_count into order_count, ticket_count from ticketing_project_count c
    where c.project_id = p_project_id for no key update;
  if not found then
    insert into ticketing_project_count (project_id) values (p_project_id) on conflict do nothing;
    select c.order_count, c.ticket_count into order_count, ticket_count from ticketing_project_count c
      where c.project_id = p_project_id for no key update;
  end if;
end
$$;
