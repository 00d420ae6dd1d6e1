-- What goods need, as ticketing_goods_need tells it, in lists: the needs in order of their commands, and by resource
-- what it is and how much of it there is.
create or replace function ticketing_order_needs(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[])
returns ticketing_needs
language plpgsql as $$
declare
  needs ticketing_needs;
begin
  with need as materialized (select * from ticketing_goods_need(p_project_id, p_commands, p_goods)),
  resource as (select distinct on (resource) * from need order by resource)
  select own.*, shared.* into needs
  from (
    select array_agg(n order by n, resource), array_agg(resource order by n, resource),
      array_agg(amount order by n, resource)
    from need
  ) own, (
    select array_agg(kind order by resource), array_agg(event_id order by resource),
      array_agg(price_id order by resource), array_agg(capacity order by resource) from resource
  ) shared;
  return needs;
end
$$;
