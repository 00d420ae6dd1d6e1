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
  ids bigint[] := p_items.id; labels text[] := p_items.name; needs integer[] := p_items.need;
  valid_days integer[] := p_items.valid_days; users integer[] := p_names.user_name; items integer[] := p_decided.item;
  counts integer[] := p_names.count; days date[] := p_names.day; day_counts integer[] := p_names.day_count;
  ordinals integer[] := array_fill(null::integer, array[cardinality(users)]); day_ordinals integer[] := ordinals;
  u integer;
begin
  for i in 1 .. cardinality(users) loop
    continue when items[i] is null;
    u := users[i];
    if p_decided.day[i] is distinct from days[u] then days[u] := p_decided.day[i]; day_counts[u] := 0; end if;
    counts[u] := counts[u] + 1; day_counts[u] := day_counts[u] + 1;
    ordinals[i] := counts[u]; day_ordinals[i] := day_counts[u];
  end loop;
  return query
  with decided as materialized (
    select d.*, ids[d.item] as item_id, labels[d.item] as item_name, needs[d.item] as units,
      case when d.item is not null then nextval('sendplan_receipt_id') end as fresh_id,
      date_trunc('second', d.at) as from_time,
      coalesce(date_trunc('second', d.at) + make_interval(hours => 24 * valid_days[d.item]), p_plan.end_time) as to_time
    from unnest(p_decided.outcome, items, p_decided.repeats, p_decided.day, ordinals, day_ordinals, p_asked.at,
        p_asked.content, p_asked.user_hash, p_asked.user_sealed, p_asked.request_id, p_asked.stored_receipt)
      with ordinality
      as d (outcome, item, repeats, day, ordinal, day_ordinal, at, content, hash, sealed, request_id, stored, n)
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
