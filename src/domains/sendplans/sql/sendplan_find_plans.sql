-- What each partner and circle leads to, as far as they lead, in their order: plans that overlap the second, in order
-- of their id, none when the circle does not accept the content.
create or replace function sendplan_find_plans(p_isv_ids bigint[], p_circle_ids bigint[], p_circle_contents text[],
  p_seconds bigint[])
returns table (isv_id bigint, circle_id bigint, plans json)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select isv.isv_id, circle.circle_id, coalesce(found.plans, '[]')
  from unnest(p_isv_ids, p_circle_ids, p_circle_contents, p_seconds) with ordinality
    as asked (isv_id, circle_id, circle_content, second, position)
  left join lateral (select x.isv_id from sendplan_isv x where x.isv_id = asked.isv_id limit 1) isv on true
  left join lateral (
    select x.* from sendplan_circle x where x.isv_id = isv.isv_id and x.circle_id = asked.circle_id limit 1
  ) circle on true
  left join lateral (
    select json_agg(vo) as plans from (
      select plan.id, plan.name, extract(epoch from start_time)::bigint as start_time,
        extract(epoch from end_time)::bigint as end_time, count_limit, day_limit,
        (select coalesce(json_agg(item order by item.id), '[]') from sendplan_item as item
         where item.plan_id = plan.id) as items
      from sendplan as plan
      where plan.isv_id = circle.isv_id and plan.circle_id = circle.circle_id and plan.status = 1
        and plan.end_time >= to_timestamp(asked.second) and plan.start_time <= to_timestamp(asked.second)
      order by plan.id
    ) as vo
  ) as found on circle.circle_contents = '{}' or asked.circle_content = any (circle.circle_contents)
  order by asked.position;
end $$;
