-- Writes the receipts of what was decided and tells each command its outcome and receipt, the stored one of its
-- request_id or that of the command that it repeats. Receipts are numbered under the name that received, in all and by
-- day.
create or replace function sendplan_receive_write(p_plan sendplan, p_items sendplan_receive_items,
  p_asked sendplan_receive_asked, p_names sendplan_receive_names, p_decided sendplan_receive_decided)
returns table (outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer,
  start_time timestamptz, end_time timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  counts integer[] := p_names.count; days date[] := p_names.day; day_counts integer[] := p_names.day_count;
begin
  return query
  with item as materialized (
    select i.* from unnest(p_items.id, p_items.name, p_items.need, p_items.valid_days) with ordinality
      as i (id, name, need, valid_days, place)
  ),
  decided as materialized (
    select d.*, i.id as item_id, i.name as item_name, i.need as units, date_trunc('second', d.at) as from_time,
      case when i.id is not null then nextval('sendplan_receipt_id') end as fresh_id,
      coalesce(date_trunc('second', d.at) + make_interval(hours => 24 * i.valid_days), p_plan.end_time) as to_time,
      counts[d.name] + row_number() over (partition by d.name, i.id is not null order by d.n) as ordinal,
      case when d.day = days[d.name] then day_counts[d.name] else 0 end
        + row_number() over (partition by d.name, d.day, i.id is not null order by d.n) as day_ordinal
    from unnest(p_decided.outcome, p_decided.item, p_decided.repeats, p_decided.day, p_asked.at, p_asked.content,
        p_asked.user_hash, p_asked.user_sealed, p_asked.request_id, p_asked.stored_receipt, p_names.user_name)
      with ordinality
      as d (outcome, item, repeats, day, at, content, hash, sealed, request_id, stored, name, n)
    left join item i on i.place = d.item
  ), written as (
    insert into sendplan_receipt (plan_id, receipt_id, request_id, user_hash, user_sealed, circle_content, item_id,
      item_name, units, start_time, end_time, user_ordinal, count_limit, receive_day, day_ordinal, day_limit,
      received_at)
    select p_plan.id, d.fresh_id, d.request_id, decode(d.hash, 'hex'), decode(d.sealed, 'base64'), d.content,
      d.item_id, d.item_name, d.units, d.from_time, d.to_time, d.ordinal, p_plan.count_limit, d.day, d.day_ordinal,
      p_plan.day_limit, d.at
    from decided d where d.item_id is not null order by d.n
  )
  select d.outcome, coalesce(g.fresh_id, s.receipt_id), coalesce(g.item_id, s.item_id),
    coalesce(g.item_name, s.item_name), coalesce(g.units, s.units), coalesce(g.from_time, s.start_time),
    coalesce(g.to_time, s.end_time)
  from decided d
  left join decided g on g.n = coalesce(d.repeats, d.n) and g.item_id is not null
  left join lateral (
    select * from sendplan_receipt x
    where x.plan_id = p_plan.id and x.receipt_id = d.stored and d.outcome = 0 limit 1
  ) s on true
  order by d.n;
end $$;
