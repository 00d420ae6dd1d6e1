-- Projects with orders whose hold has timed out: one look into an index for each project that has unpaid orders,
-- however many those are.
create or replace function ticketing_projects_due(p_now timestamptz)
returns setof bigint
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  return query
  with recursive project (project_id) as (
    select (select o.project_id from ticketing_order o where o.order_status = 1 order by o.project_id limit 1)
    union all
    select (
      select o.project_id from ticketing_order o
      where o.order_status = 1 and o.project_id > project.project_id order by o.project_id limit 1
    )
    from project where project.project_id is not null
  )
  select project.project_id from project
  cross join lateral (
    select from ticketing_order o
    where o.project_id = project.project_id and o.order_status = 1 and o.expire_time <= p_now limit 1
  ) due;
end $$;
