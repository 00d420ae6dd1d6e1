-- What a batch of orders, payments or refunds costs must not hang on what the planner knows of the tables. A plan is kept for
-- long, and one that was made while a project had sold nothing, or before what it sold was counted, may read all of its
-- orders for one: in the first minute of a sale, just when most is sold. So every order, document and ticket is looked up by
-- its own key, and by index even in a table that seems to be empty. Each function is as before but for that.
--
-- Every index of these tables begins with the project, and to a planner that sees no rows any of them is as good as the key
-- itself. What it is left with here is one index, or one that alone gives the order asked for (a bitmap gives none, and would
-- be sorted); and rows to be changed are found first and then changed in their places (ctid), which nobody moves who has not
-- the project's lock.

-- Of an order, whose ids lead with their project's number, the tickets need not be found by the project too. Nothing but the
-- key is left to find a ticket by its own id.
drop index ticketing_ticket_order;
create index ticketing_ticket_order on ticketing_ticket (order_id);

-- The order of an id. A range of one, in the order of the key: no other index gives that.
create function ticketing_order_by_id(p_project_id bigint, p_order_id bigint) returns setof ticketing_order
language sql stable as $$
  select * from ticketing_order where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id limit 1
$$;

-- The tickets of an order, likewise.
create function ticketing_order_tickets(p_project_id bigint, p_order_id bigint) returns setof ticketing_ticket
language sql stable as $$
  select * from ticketing_ticket where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id
$$;

-- As before, for everything that these call; the checks of foreign keys that they set off are planned under it too. Plans
-- that may be kept are kept: to plan anew took more than half of the time of an order that comes alone, and led to the same.
alter function ticketing_order_submit(bigint, timestamptz, jsonb) set enable_seqscan = off;
alter function ticketing_order_submit(bigint, timestamptz, jsonb) set enable_bitmapscan = off;
alter function ticketing_order_submit(bigint, timestamptz, jsonb) set plan_cache_mode = force_generic_plan;
alter function ticketing_ticket_check(bigint, bigint, bigint, text, text, timestamptz) set enable_seqscan = off;
alter function ticketing_ticket_check(bigint, bigint, bigint, text, text, timestamptz) set enable_bitmapscan = off;

-- What an answer tells of an order: only what never changes, so that a repeated answer is the first one.
create or replace function ticketing_order_vo(p_project_id bigint, p_order_id bigint) returns table (vo json)
language sql stable as $$
  select json_build_object('order_id', o.order_id, 'shopping_cart_id', o.shopping_cart_id,
    'receivable_money', o.receivable_money, 'expire_time', o.expire_time, 'lines', (
      select json_agg(json_build_object('child_no', child_no, 'event_id', event_id, 'price_id', price_id,
        'goods_count', goods_count, 'price', price, 'price_name', price_name, 'price_name_en', price_name_en)
        order by line_no, child_no)
      from ticketing_order_line line where line.project_id = p_project_id and line.order_id = p_order_id))
  from ticketing_order_by_id(p_project_id, p_order_id) o
$$;

-- Closes orders (3 cancelled, 4 timed out) that still hold their stock and names them.
create or replace function ticketing_order_close(p_project_id bigint, p_order_ids bigint[], p_status integer, p_now timestamptz)
returns bigint[] language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  with closed as (
    update ticketing_order set order_status = p_status, closed_at = p_now
    where ctid = any(array(
      select found.place from unnest(p_order_ids) as wanted (order_id)
      cross join lateral (
        select own.ctid as place, own.order_status from ticketing_order own
        where own.project_id = p_project_id and own.order_id between wanted.order_id and wanted.order_id
        order by own.order_id limit 1
      ) found
      where found.order_status = 1
    ))
    returning order_id
  )
  select array_agg(order_id) from closed
$$;

create or replace function ticketing_document_stand(p_project_id bigint, p_order_ids bigint[], p_standing boolean) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_document set standing = p_standing
  where ctid = any(array(
    select found.place from unnest(p_order_ids) as wanted (order_id)
    cross join lateral (
      select own.ctid as place, own.standing from ticketing_document own
      where own.project_id = p_project_id and own.order_id = wanted.order_id offset 0
    ) found
    where found.standing <> p_standing
  ))
$$;

-- Marks orders paid, whether they still hold their stock or took it again.
create or replace function ticketing_order_paid(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[]) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  update ticketing_order o set order_status = 2, paid_at = paid.at, closed_at = null
  from (
    select found.place, wanted.at from unnest(p_order_ids, p_paid_at) as wanted (order_id, at)
    cross join lateral (
      select own.ctid as place from ticketing_order own
      where own.project_id = p_project_id and own.order_id between wanted.order_id and wanted.order_id
      order by own.order_id limit 1
    ) found
  ) paid
  where o.ctid = paid.place
$$;

-- Lets a closed order hold its stock again.
create or replace function ticketing_order_reopen(p_project_id bigint, p_order_id bigint) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_order set order_status = 1, closed_at = null
  where ctid = (
    select own.ctid from ticketing_order own
    where own.project_id = p_project_id and own.order_id between p_order_id and p_order_id order by own.order_id limit 1
  )
$$;

-- How many tickets of an event a user holds unpaid or has.
create or replace function ticketing_user_tickets(p_project_id bigint, p_event_id bigint, p_user_id text) returns bigint
language sql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select coalesce(sum(case o.order_status when 1 then line.goods_count else (
    select count(*) from ticketing_order_tickets(p_project_id, o.order_id) ticket
    where ticket.line_no = line.line_no and ticket.price_id = line.price_id and ticket.ticket_status <> 4) end), 0)::bigint
  from (
    select own.order_id, own.order_status from ticketing_order own
    where own.project_id = p_project_id and own.user_id between p_user_id and p_user_id and own.order_status in (1, 2)
    order by own.user_id offset 0
  ) o
  cross join lateral (
    select own.line_no, own.price_id, own.goods_count from ticketing_order_line own
    where own.project_id = p_project_id and own.order_id = o.order_id and own.event_id = p_event_id and not own.is_package
    offset 0
  ) line
$$;

-- All that commands take: kind 1 a tier's stock, 2 a user's share of an event, 3 an identity document of an event.
-- resource numbers equal things from 1 on; capacity is how much of it there is now.
create or replace function ticketing_goods_need(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[])
returns table (n integer, kind integer, event_id bigint, price_id bigint, resource integer, amount bigint, capacity bigint)
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

-- Takes the stock of an order again whose hold has timed out, or says that it is gone. The caller has the project's lock
-- and marks the order paid: the stock goes from free to sold. The order holds its stock from here on, so that the next
-- late payment of the same batch counts it among what its user has.
create or replace function ticketing_order_retake(p_project_id bigint, p_order_id bigint) returns boolean
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  if exists (
    select from ticketing_order_takes(p_project_id, array[p_order_id]) need join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id
    where tier.margin_count < need.n
  ) or exists (
    select from (
      select event_id, document_hash from ticketing_document
      where project_id = p_project_id and order_id = p_order_id offset 0
    ) own cross join lateral (
      select from ticketing_document other where other.project_id = p_project_id and other.event_id = own.event_id
        and other.document_hash = own.document_hash and other.standing offset 0
    ) other
  ) or exists (
    select from (
      select line.event_id, o.user_id, sum(line.goods_count) as n
      from ticketing_order_by_id(p_project_id, p_order_id) o
      join ticketing_order_line line on line.project_id = p_project_id and line.order_id = p_order_id and not line.is_package
      group by line.event_id, o.user_id
    ) bought join ticketing_event event on event.project_id = p_project_id and event.event_id = bought.event_id
    where bought.n + ticketing_user_tickets(p_project_id, event.event_id, bought.user_id) > event.user_limit
  ) then
    return false;
  end if;
  update ticketing_price tier set held_count = tier.held_count + need.n
  from ticketing_order_takes(p_project_id, array[p_order_id]) need
  where tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id;
  perform ticketing_document_stand(p_project_id, array[p_order_id], true);
  perform ticketing_order_reopen(p_project_id, p_order_id);
  return true;
end
$$;

-- Takes payment reports of one project in the order given. A held order is paid even when its time is over, as long as
-- nobody has freed it; one that was freed is paid if its stock can be taken again. A pay_no that its channel has used is
-- answered as it was the first time, or refused with other content, the way of paying included.
create or replace function ticketing_order_pay(p_project_id bigint, p_commands jsonb)
returns table (n integer, result_code integer, expected bigint, vo json, tickets json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  last_id bigint := counts.ticket_count
    + (select project.project_no from ticketing_project project where project.project_id = p_project_id) * 1000000000::bigint;
  command record;
  code integer;
  codes integer[] := '{}'; order_ids bigint[] := '{}'; moneys bigint[] := '{}';
  -- By order its status, and by pay_no what it paid, as this batch has left them.
  statuses integer[] := '{}'; pay_codes integer[] := '{}'; pay_orders bigint[] := '{}'; pay_moneys bigint[] := '{}';
  pay_types text[] := '{}';
  recorded integer[] := '{}';
  paid_ids bigint[] := '{}'; paid_times timestamptz[] := '{}';
  made integer;
begin
  for command in
    select asked.*, o.order_id as found_id, o.order_status, o.receivable_money, payment.result_code,
      payment.order_id as payment_order, payment.pay_money as payment_money,
      payment.pay_type_id as payment_type,
      dense_rank() over (order by asked.order_id)::integer as order_rank,
      dense_rank() over (order by asked.channel_id, asked.pay_no)::integer as pay_rank
    from rows from (jsonb_to_recordset(p_commands) as
        (now timestamptz, channel_id bigint, order_id bigint, user_id text, pay_no text, pay_money bigint, pay_type_id text))
      with ordinality as asked (now, channel_id, order_id, user_id, pay_no, pay_money, pay_type_id, n)
    left join lateral ticketing_order_by_id(p_project_id, asked.order_id) o
      on o.channel_id = asked.channel_id and (o.user_id = asked.user_id) is not false
    left join lateral (
      select * from ticketing_payment own
      where own.project_id = p_project_id and own.pay_no = asked.pay_no and own.channel_id = asked.channel_id offset 0
    ) payment on true
    order by asked.n
  loop
    if pay_codes[command.pay_rank] is null and command.result_code is not null then
      pay_codes[command.pay_rank] := command.result_code;
      pay_orders[command.pay_rank] := command.payment_order;
      pay_moneys[command.pay_rank] := command.payment_money;
      pay_types[command.pay_rank] := command.payment_type;
    end if;
    if statuses[command.order_rank] is null then
      statuses[command.order_rank] := command.order_status;
    end if;
    if command.found_id is null then
      code := 10240;
    elsif pay_codes[command.pay_rank] is not null then
      code := case when pay_orders[command.pay_rank] = command.order_id and pay_moneys[command.pay_rank] = command.pay_money
          and pay_types[command.pay_rank] = command.pay_type_id
        then pay_codes[command.pay_rank] else 10242 end;
    elsif command.pay_money <> command.receivable_money then
      code := 10241;
    else
      code := case statuses[command.order_rank] when 1 then 200 when 2 then 10245 when 3 then 10244
        else case when ticketing_order_retake(p_project_id, command.order_id) then 200 else 10243 end end;
      recorded := recorded || command.n::integer;
      pay_codes[command.pay_rank] := code;
      pay_orders[command.pay_rank] := command.order_id;
      pay_moneys[command.pay_rank] := command.pay_money;
      pay_types[command.pay_rank] := command.pay_type_id;
      if code = 200 then
        statuses[command.order_rank] := 2;
        paid_ids := paid_ids || command.order_id;
        paid_times := paid_times || command.now;
      end if;
    end if;
    codes := codes || code;
    order_ids := order_ids || command.found_id;
    moneys := moneys || command.receivable_money;
  end loop;

  insert into ticketing_payment (project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, result_code, received_at)
  select p_project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, codes[n], now
  from rows from (jsonb_to_recordset(p_commands) as
      (now timestamptz, channel_id bigint, order_id bigint, pay_no text, pay_money bigint, pay_type_id text))
    with ordinality as asked (now, channel_id, order_id, pay_no, pay_money, pay_type_id, n)
  where n = any(recorded);
  if cardinality(paid_ids) > 0 then
    perform ticketing_order_paid(p_project_id, paid_ids, paid_times);
    made := ticketing_order_issue(p_project_id, paid_ids, paid_times, last_id);
    update ticketing_project_count set ticket_count = ticket_count + made where project_id = p_project_id;
  end if;
  return query
    select asked.n::integer, asked.code, asked.money, found.vo, issued.list
    from unnest(codes, order_ids, moneys) with ordinality as asked (code, order_id, money, n)
    left join lateral ticketing_order_vo(p_project_id, case when asked.code = 200 then asked.order_id end) found on true
    left join lateral (
      select json_agg(json_build_object('ticket_id', ticket_id, 'event_id', event_id, 'price_id', price_id)
        order by ticket_id) as list
      from ticketing_order_tickets(p_project_id, asked.order_id) where asked.code = 200
    ) issued on true;
end
$$;

-- Cancels unpaid orders and frees their stock; an order that has lapsed already is closed all the same. Codes: 0 closed,
-- 1 no such order, 2 it is paid.
create or replace function ticketing_order_cancel(p_project_id bigint, p_now timestamptz, p_commands jsonb)
returns table (n integer, code integer)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  freed bigint[];
begin
  freed := ticketing_order_close(p_project_id, array(
    select order_id from jsonb_to_recordset(p_commands) as (order_id bigint)
  ), 3, p_now);
  if freed is not null then
    perform ticketing_order_free(p_project_id, freed);
  end if;
  return query
    select asked.n::integer, case when o.order_id is null then 1 when o.order_status = 2 then 2 else 0 end
    from rows from (jsonb_to_recordset(p_commands) as (order_id bigint)) with ordinality as asked (order_id, n)
    left join lateral ticketing_order_by_id(p_project_id, asked.order_id) o on true;
end
$$;

-- Takes tickets of a paid order back, those named or all that stand, and frees their stock; the tickets of one package
-- only together. Codes: 0 done or done before, 1 no such order, 2 it is not paid, 3 no such ticket of it, 4 a ticket is
-- used, 5 a package would be torn, 6 nothing left to take back, 7 the refund_id has another content, the reason included.
create or replace function ticketing_order_refund(p_project_id bigint, p_order_id bigint, p_refund_id text, p_ticket_ids bigint[],
  p_reason text, p_operator text, p_now timestamptz, out code integer, out refund_money bigint, out ticket_ids bigint[])
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  status integer := (select order_status from ticketing_order_by_id(p_project_id, p_order_id));
  done ticketing_refund;
  taken ticketing_ticket[];
begin
  select * into done from ticketing_refund where project_id = p_project_id and refund_id = p_refund_id;
  if found then
    code := case when done.order_id = p_order_id and done.asked_ids is not distinct from p_ticket_ids
      and done.reason = p_reason then 0 else 7 end;
    refund_money := done.refund_money;
    ticket_ids := done.ticket_ids;
    return;
  end if;
  -- A gate may be letting somebody in at this moment.
  perform 1 from ticketing_ticket where project_id = p_project_id and order_id between p_order_id and p_order_id
  order by order_id, ticket_id for no key update;
  select array_agg(t order by t.ticket_id) into taken from ticketing_order_tickets(p_project_id, p_order_id) t
  where case when p_ticket_ids is null then ticket_status <> 4 else ticket_id = any(p_ticket_ids) end;
  code := case when status is null then 1 when status <> 2 then 2
    when cardinality(taken) is distinct from cardinality(p_ticket_ids) and p_ticket_ids is not null then 3
    when exists (select from unnest(taken) where ticket_status = 2) then 4
    when taken is null or exists (select from unnest(taken) where ticket_status = 4) then 6
    when exists (
      select from ticketing_order_tickets(p_project_id, p_order_id) other join unnest(taken) own
        on own.line_no = other.line_no and own.unit_no = other.unit_no
      where other.ticket_id not in (select ticket_id from unnest(taken))
    ) then 5 else 0 end;
  if code > 0 then
    return;
  end if;
  select sum(money), array_agg(ticket_id order by ticket_id) into refund_money, ticket_ids from unnest(taken);
  insert into ticketing_refund values (p_project_id, p_refund_id, p_order_id, p_ticket_ids, ticket_ids, refund_money,
    p_reason, p_operator, p_now);
  update ticketing_ticket set ticket_status = 4, refund_id = p_refund_id
  where project_id = p_project_id and ticket_id = any(ticket_ids);
  perform ticketing_refund_free(p_project_id, p_order_id, taken);
end
$$;

-- Frees the stock and the documents of tickets just taken back: each its tier, and packages whole.
create or replace function ticketing_refund_free(p_project_id bigint, p_order_id bigint, p_taken ticketing_ticket[]) returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  update ticketing_price tier set sale_count = tier.sale_count - freed.n
  from (
    select event_id, price_id, count(*)::integer as n from unnest(p_taken) group by event_id, price_id
    union all
    select line.event_id, line.price_id, count(distinct (line.line_no, own.unit_no))::integer
    from unnest(p_taken) own
    join ticketing_order_line line on line.project_id = p_project_id and line.order_id = p_order_id
      and line.line_no = own.line_no and line.is_package
    group by line.event_id, line.price_id
  ) freed
  where tier.project_id = p_project_id and tier.event_id = freed.event_id and tier.price_id = freed.price_id;
  update ticketing_document set standing = false
  where ctid = any(array(
    select document.place from (
      select own.ctid as place, own.event_id, own.person_no, own.standing from ticketing_document own
      where own.project_id = p_project_id and own.order_id = p_order_id offset 0
    ) document
    where document.standing and not exists (
      select from ticketing_order_tickets(p_project_id, p_order_id) ticket
      where ticket.ticket_status <> 4 and ticket.event_id = document.event_id
        and (document.person_no = 1 or ticket.person_no = document.person_no)
    )
  ));
end
$$;

-- Projects with orders whose hold has timed out: one look into an index for each project that has unpaid orders, however
-- many those are.
create function ticketing_projects_due(p_now timestamptz) returns setof bigint
language sql stable set enable_seqscan = off set enable_bitmapscan = off as $$
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
  ) due
$$;

-- Tickets by their ids, with the numbers of their projects that lead these; missing ones are left out.
create function ticketing_tickets(p_ticket_ids bigint[], p_project_nos integer[])
returns table (ticket_id bigint, project_id bigint, tenant_id bigint, event_id bigint, order_id bigint, channel_id bigint,
  user_id text, ticket_status smallint, event_show_end_time timestamptz)
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  return query
    select ticket.ticket_id, project.project_id, project.tenant_id, ticket.event_id, ticket.order_id, o.channel_id, o.user_id,
      ticket.ticket_status, event.event_show_end_time
    from unnest(p_ticket_ids, p_project_nos) as wanted (ticket_id, project_no)
    join ticketing_project project on project.project_no = wanted.project_no
    cross join lateral (
      select * from ticketing_ticket own where own.project_id = project.project_id and own.ticket_id = wanted.ticket_id limit 1
    ) ticket
    cross join lateral ticketing_order_by_id(project.project_id, ticket.order_id) o
    join ticketing_event event on event.project_id = project.project_id and event.event_id = ticket.event_id;
end
$$;
