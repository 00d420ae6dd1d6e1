-- All that commands take: kind 1 a tier's stock, 2 a user's share of an event, 3 an identity document of an event.
-- resource numbers equal things from 1 on; capacity is how much of it there is now.
create or replace function ticketing_goods_need(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[])
returns table (n integer, kind integer, event_id bigint, price_id bigint, resource integer, amount bigint,
  capacity bigint)
language sql stable as $$
  with goods as materialized (select * from unnest(p_goods)),
  command as (
    select * from rows from (jsonb_to_recordset(p_commands) as (user_id text, persons jsonb))
      with ordinality as command (user_id, persons, n)
  ), document as (
    select command.n, person.* from command cross join lateral
      jsonb_to_recordset(command.persons) as person (person_no integer, line_no integer, document_hash text)
    where person.document_hash is not null
  ), need as (
    select goods.n, 1 as kind, goods.event_id, goods.price_id, '' as key, goods.goods_count::bigint as amount,
      null::integer as user_limit from goods
    union all
    select goods.n, 1, goods.event_id, part.child_price_id, '', goods.goods_count::bigint * part.child_num, null
    from goods join ticketing_price_child part
      on part.project_id = p_project_id and part.event_id = goods.event_id and part.price_id = goods.price_id
    where goods.is_package
    union all
    select goods.n, 2, goods.event_id, 0, command.user_id, goods.goods_count::bigint * goods.tickets, goods.user_limit
    from goods join command on command.n = goods.n where goods.user_limit is not null
    union all
    select event.n, 3, event.event_id, 0, document.document_hash, 1, null
    from (select distinct goods.n, goods.event_id from goods where goods.event_limit_type = 1) event
    join document on document.n = event.n and document.person_no = 1
    union all
    select goods.n, 3, goods.event_id, 0, document.document_hash, 1, null
    from goods join document on document.n = goods.n and document.line_no = goods.line_no
    where goods.event_limit_type = 2
  ), summed as materialized (
    select need.n, need.kind, need.event_id, need.price_id, need.key, sum(need.amount)::bigint as amount,
      max(need.user_limit) as user_limit,
      dense_rank() over (order by need.kind, need.event_id, need.price_id, need.key)::integer as resource
    from need group by need.n, need.kind, need.event_id, need.price_id, need.key
  ), resource as materialized (
    select thing.resource, case thing.kind
      when 1 then (
        select tier.margin_count::bigint from ticketing_price tier
        where tier.project_id = p_project_id and tier.event_id = thing.event_id and tier.price_id = thing.price_id)
      when 2 then thing.user_limit - ticketing_user_tickets(p_project_id, thing.event_id, thing.key)
      else (
        select 1 - count(*) from (
          select from ticketing_document document
          where document.project_id = p_project_id and document.event_id = thing.event_id and document.standing
            and document.document_hash between decode(thing.key, 'hex') and decode(thing.key, 'hex')
          order by document.document_hash limit 1
        ) taken)
      end as capacity
    from (select distinct on (summed.resource) * from summed) thing
  )
  select summed.n, summed.kind, summed.event_id, summed.price_id, summed.resource, summed.amount, resource.capacity
  from summed join resource using (resource)
$$;
