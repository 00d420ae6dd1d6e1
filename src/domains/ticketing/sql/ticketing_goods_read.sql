-- Reads and judges the lines of all commands. Each distinct tier of a channel is looked up once. A discount of an
-- event is spread over the order's lines of the event by their prices, to the fen.
create or replace function ticketing_goods_read(p_project_id bigint, p_commands jsonb)
returns setof ticketing_goods
language sql stable as $$
  with asked as materialized (
    select command.n::integer, command.channel_id, command.now, good.*
    from rows from (jsonb_to_recordset(p_commands) as (now timestamptz, channel_id bigint, goods jsonb))
      with ordinality as command (now, channel_id, goods, n)
    cross join lateral jsonb_to_recordset(command.goods) as good
      (line_no integer, event_id bigint, price_id bigint, goods_count integer, bearer_count integer, children jsonb)
  ), offer as materialized (
    select wanted.*, event.event_id is not null as has_event, tier.price_id is not null as has_tier, tier.price,
      tier.is_coupon_ticket = 1 as is_package, tier.is_package_only,
      case when tier.is_coupon_ticket = 1 then package.tickets else 1 end as tickets,
      package.children as package_children,
      coalesce(own_event.authorized, false) and coalesce(own_tier.authorized, true) as authorized, package.barred,
      event.sale_start_time, event.sale_end_time, event.event_limit_type, event.order_limit, event.user_limit
    from (select distinct channel_id, event_id, price_id from asked) wanted
    left join ticketing_event event
      on event.project_id = p_project_id and event.event_id = wanted.event_id and event.status = 1
    left join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = wanted.event_id and tier.price_id = wanted.price_id
    left join ticketing_channel_event own_event
      on own_event.channel_id = wanted.channel_id and own_event.event_id = wanted.event_id
    left join ticketing_channel_price own_tier
      on own_tier.project_id = p_project_id and own_tier.event_id = wanted.event_id
        and own_tier.price_id = wanted.price_id and own_tier.channel_id = wanted.channel_id
    left join lateral (
      select sum(part.child_num)::integer as tickets, jsonb_object_agg(part.child_price_id, part.child_num) as children,
        min(part.child_price_id) filter (where not child.authorized) as barred
      from ticketing_price_child part
      left join ticketing_channel_price child
        on child.project_id = part.project_id and child.event_id = part.event_id
          and child.price_id = part.child_price_id and child.channel_id = wanted.channel_id
      where part.project_id = p_project_id and part.event_id = wanted.event_id and part.price_id = wanted.price_id
    ) package on tier.is_coupon_ticket = 1
  ), summed as (
    select *, sum(goods_count * price::numeric) over (partition by n, event_id) as gross,
      sum(goods_count * price::numeric) over (partition by n, event_id order by line_no) as upto
    from asked join offer using (channel_id, event_id, price_id)
  ), reduced as (
    select summed.*, gross - coalesce((
      select max(amount) from ticketing_event_discount reached
      where reached.event_id = summed.event_id and reached.threshold <= gross
    ), 0) as net from summed
  )
  select n, line_no, event_id, price_id, goods_count, bearer_count, price, tickets, is_package, event_limit_type,
    order_limit, user_limit,
    case when gross > 0 then div(upto * net, gross) - div((upto - goods_count * price::numeric) * net, gross)
      else 0 end,
    case when not has_event then 10221 when not has_tier then 10222
      when not authorized or barred is not null then 10224
      when now < sale_start_time then 10225 when period_over(sale_end_time, now) then 10226
      when is_package_only then 10227
      when reduced.children is not null and reduced.children is distinct from reduced.package_children then 10228
      when tickets is null then 10231 end,
    case when authorized then barred end
  from reduced
$$;
