-- Faults found by trying to break orders, send plans and benefits; each function is as before but for what stands above it.

-- Channels number their payments each by itself, as they do their carts.
alter table ticketing_payment add column channel_id bigint;
update ticketing_payment payment set channel_id = o.channel_id
from ticketing_order o where o.project_id = payment.project_id and o.order_id = payment.order_id;
alter table ticketing_payment
  alter column channel_id set not null,
  drop constraint ticketing_payment_pkey,
  add primary key (project_id, pay_no, channel_id);
comment on column ticketing_payment.channel_id is 'The channel of the order, whose pay_no it is.';

-- Lets a closed order hold its stock again.
create function ticketing_order_reopen(p_project_id bigint, p_order_id bigint) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_order set order_status = 1, closed_at = null where project_id = p_project_id and order_id = p_order_id
$$;

-- Takes the stock of an order again whose hold has timed out, or says that it is gone. The caller has the project's lock
-- and marks the order paid: the stock goes from free to sold. The order holds its stock from here on, so that the next
-- late payment of the same batch counts it among what its user has.
create or replace function ticketing_order_retake(p_project_id bigint, p_order_id bigint) returns boolean
language plpgsql as $$
begin
  if exists (
    select from ticketing_order_takes(p_project_id, array[p_order_id]) need join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id
    where tier.margin_count < need.n
  ) or exists (
    select from ticketing_document own join ticketing_document other
      on other.project_id = p_project_id and other.event_id = own.event_id
        and other.document_hash = own.document_hash and other.standing
    where own.project_id = p_project_id and own.order_id = p_order_id
  ) or exists (
    select from (
      select line.event_id, o.user_id, sum(line.goods_count) as n
      from ticketing_order o join ticketing_order_line line using (project_id, order_id)
      where project_id = p_project_id and order_id = p_order_id and not line.is_package group by line.event_id, o.user_id
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
language plpgsql as $$
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
    left join lateral (
      select * from ticketing_order own where own.project_id = p_project_id and own.order_id = asked.order_id offset 0
    ) o on o.channel_id = asked.channel_id and (o.user_id = asked.user_id) is not false
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
      from ticketing_ticket ticket where ticket.project_id = p_project_id and ticket.order_id = asked.order_id and asked.code = 200
    ) issued on true;
end
$$;

-- Takes tickets of a paid order back, those named or all that stand, and frees their stock; the tickets of one package
-- only together. Codes: 0 done or done before, 1 no such order, 2 it is not paid, 3 no such ticket of it, 4 a ticket is
-- used, 5 a package would be torn, 6 nothing left to take back, 7 the refund_id has another content, the reason included.
create or replace function ticketing_order_refund(p_project_id bigint, p_order_id bigint, p_refund_id text, p_ticket_ids bigint[],
  p_reason text, p_operator text, p_now timestamptz, out code integer, out refund_money bigint, out ticket_ids bigint[])
language plpgsql as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  status integer := (select order_status from ticketing_order where project_id = p_project_id and order_id = p_order_id);
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
  perform 1 from ticketing_ticket where project_id = p_project_id and order_id = p_order_id order by ticket_id for no key update;
  select array_agg(t order by t.ticket_id) into taken from ticketing_ticket t
  where project_id = p_project_id and order_id = p_order_id
    and case when p_ticket_ids is null then ticket_status <> 4 else ticket_id = any(p_ticket_ids) end;
  code := case when status is null then 1 when status <> 2 then 2
    when cardinality(taken) is distinct from cardinality(p_ticket_ids) and p_ticket_ids is not null then 3
    when exists (select from unnest(taken) where ticket_status = 2) then 4
    when taken is null or exists (select from unnest(taken) where ticket_status = 4) then 6
    when exists (
      select from ticketing_ticket other join unnest(taken) own
        on own.line_no = other.line_no and own.unit_no = other.unit_no
      where other.project_id = p_project_id and other.order_id = p_order_id
        and other.ticket_id not in (select ticket_id from unnest(taken))
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

-- What stands in the way of each command as a whole, its lines and its limits; the code is null if nothing does. It names
-- the event whose limit is passed, and of a package that holds nothing that nothing is left.
create or replace function ticketing_order_judge(p_commands jsonb, p_goods ticketing_goods[])
returns table (n integer, code integer, detail jsonb, goods_money numeric, receivable_money numeric)
language sql stable as $$
  with command as (
    select * from rows from (jsonb_to_recordset(p_commands) as (receivable_money bigint, user_id text, has_bearer boolean))
      with ordinality as command (expected, user_id, has_bearer, n)
  ), line as (
    select goods.n, min(goods.line_no * 100000 + goods.code) as first_code,
      sum(goods.goods_count * goods.price::numeric) as goods_money, sum(goods.money) as receivable_money,
      sum(goods.goods_count::bigint * goods.tickets) as tickets,
      min(goods.line_no) filter (where goods.event_limit_type = 2
        and goods.bearer_count <> goods.goods_count * goods.tickets) as unnamed,
      bool_or(goods.event_limit_type = 1) as wants_bearer, bool_or(goods.user_limit is not null) as wants_user
    from unnest(p_goods) goods group by goods.n
  ), crowded as (
    select distinct on (event.n) event.* from (
      select goods.n, goods.event_id, max(goods.order_limit) as order_limit,
        sum(goods.goods_count::bigint * goods.tickets) as tickets
      from unnest(p_goods) goods group by goods.n, goods.event_id
    ) event where event.tickets > event.order_limit
  )
  select command.n::integer, verdict.code,
    case when verdict.code is not null then jsonb_build_object('code', verdict.code, 'expected', line.receivable_money,
      'limit', crowded.order_limit,
      'event_id', case when verdict.code = 10232 then crowded.event_id else goods.event_id end, 'price_id', goods.price_id,
      'child_price_id', goods.child_price_id, 'line_no', goods.line_no,
      'needed', goods.goods_count * goods.tickets, 'left', case when verdict.code = 10231 then 0 end, 'field', verdict.field) end,
    line.goods_money, line.receivable_money
  from command
  join line on line.n = command.n
  left join crowded on crowded.n = command.n
  cross join lateral (
    select case when first_code is not null then first_code % 100000
        when line.tickets > 1000 or line.goods_money > 9007199254740991 then 10220
        when crowded.n is not null then 10232
        when wants_user and user_id is null then 10220
        when unnamed is not null or (wants_bearer and not has_bearer) then 10234
        when expected <> line.receivable_money then 10230 end as code,
      case when line.tickets > 1000 or line.goods_money > 9007199254740991 then 'goods_count' else 'user_id' end as field,
      case when first_code is not null then first_code / 100000 else unnamed end as line_no
  ) verdict
  left join lateral (
    select * from unnest(p_goods) goods where goods.n = command.n and goods.line_no = verdict.line_no
  ) goods on verdict.code is not null
$$;

-- An item without a total may be received for ever.
drop view audit_sendplans;
alter table sendplan_item alter column consumed_inventory type bigint;
create view audit_sendplans as
select 'sendplan_item.consumed_inventory' as counter, i.plan_id || '/' || i.id as key, i.consumed_inventory::bigint as counted,
  coalesce(r.units, 0)
    + (select coalesce(sum(a.delta_consumed), 0) from sendplan_adjustment a where a.plan_id = i.plan_id and a.item_id = i.id)::bigint
    as ledger
from sendplan_item i
left join (select plan_id, item_id, sum(units)::bigint as units from sendplan_receipt group by plan_id, item_id) r
  on r.plan_id = i.plan_id and r.item_id = i.id
union all
select 'sendplan_item.total_inventory', i.plan_id || '/' || i.id, coalesce(i.total_inventory, 0),
  (select coalesce(sum(a.delta_total), 0) from sendplan_adjustment a where a.plan_id = i.plan_id and a.item_id = i.id)::bigint
from sendplan_item i
union all
select 'sendplan_vip.charge_count', v.biz_code || '/' || encode(v.member_hash, 'hex'), v.charge_count, coalesce(c.charges, 0)
from sendplan_vip v
left join (select biz_code, member_hash, count(*) as charges from sendplan_charge group by biz_code, member_hash) c
  using (biz_code, member_hash);
comment on view audit_sendplans is 'Every counter of the send plans beside the sum of its ledger; unequal rows are faults.';

-- Receives of one plan in arrival order. A command bears: at (epoch ms), isv_id, circle_id, circle_content, user_hash
-- (hex), user_sealed (base64), request_id, draw (a number from 0 to below 1). Answers one row a command, in order;
-- outcome is the ret_code of the method. A request_id is known again by user, content, partner and circle. The planner
-- takes the lists of a batch for much shorter than they are, so it is told to hash them, and to look tables up by their
-- indexes.
create or replace function sendplan_receive(p_plan_id bigint, p_commands jsonb)
returns table (outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer,
  start_time timestamptz, end_time timestamptz)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
declare
  plan sendplan;
  -- The items, by their place.
  ids bigint[]; names text[]; weights bigint[]; needs integer[]; lefts bigint[]; days integer[];
  taken bigint[];
  -- The commands, by their place.
  ats timestamptz[]; places integer[]; contents text[]; hashes text[]; sealeds text[]; requests text[]; draws float8[];
  users integer[]; request_places integer[];
  known_counts integer[]; known_days date[]; known_day_counts integer[]; known_receipts bigint[]; same boolean[];
  -- What is known of each user of the batch, and the first grant of each request_id.
  counts integer[]; last_days date[]; day_counts integer[]; first_grants integer[];
  -- What was decided of each command: its outcome, the item's place, and the command that it repeats.
  outcomes integer[]; chosen integer[]; repeats integer[]; ordinals integer[]; receive_days date[];
  day_ordinals integer[];
  today date; open_weight bigint; mark float8; item integer; size integer; u integer; r integer;
begin
  select * into plan from sendplan where id = p_plan_id for no key update;
  select array_agg(i.id order by i.id), array_agg(i.name order by i.id), array_agg(i.weight order by i.id),
    array_agg(coalesce(i.consume_inventory, 1) order by i.id), array_agg(i.total_inventory - i.consumed_inventory order by i.id),
    array_agg(i.valid_days order by i.id), array_agg(0 order by i.id)
  into ids, names, weights, needs, lefts, days, taken
  from sendplan_item i where i.plan_id = p_plan_id;

  select array_agg(to_timestamp(c.at / 1000.0) order by c.n),
    array_agg(case
      when not exists (select from sendplan_isv v where v.isv_id = c.isv_id) then 1001
      when circle.circle_contents is null then 1002
      when circle.circle_contents <> '{}' and c.circle_content <> all (circle.circle_contents) then 1003
      when c.isv_id is distinct from plan.isv_id or c.circle_id is distinct from plan.circle_id then 1004
      else 0 end order by c.n),
    array_agg(c.circle_content order by c.n), array_agg(c.user_hash order by c.n), array_agg(c.user_sealed order by c.n),
    array_agg(c.request_id order by c.n), array_agg(c.draw order by c.n),
    array_agg(c.user_place order by c.n), array_agg(case when c.request_id is not null then c.request_place end order by c.n),
    array_agg(last.user_ordinal order by c.n), array_agg(last.receive_day order by c.n),
    array_agg(last.day_ordinal order by c.n),
    array_agg(stored.receipt_id order by c.n), array_agg(stored.same order by c.n)
  into ats, places, contents, hashes, sealeds, requests, draws, users, request_places,
    known_counts, known_days, known_day_counts, known_receipts, same
  from (
    select *, dense_rank() over (order by user_hash) as user_place, dense_rank() over (order by request_id) as request_place
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, isv_id bigint, circle_id bigint, circle_content text,
      user_hash text, user_sealed text, request_id text, draw float8)) with ordinality
      as x (at, isv_id, circle_id, circle_content, user_hash, user_sealed, request_id, draw, n)
  ) c
  left join lateral (
    select k.circle_contents from sendplan_circle k where k.isv_id = c.isv_id and k.circle_id = c.circle_id limit 1
  ) circle on true
  left join lateral (
    select s.user_ordinal, s.receive_day, s.day_ordinal from sendplan_receipt s
    where s.plan_id = p_plan_id and s.user_hash = decode(c.user_hash, 'hex') order by s.user_ordinal desc limit 1
  ) last on true
  left join lateral (
    select s.receipt_id, s.user_hash = decode(c.user_hash, 'hex') and s.circle_content = c.circle_content
        and plan.isv_id = c.isv_id and plan.circle_id = c.circle_id as same
    from sendplan_receipt s where s.plan_id = p_plan_id and s.request_id = c.request_id limit 1
  ) stored on true;

  size := cardinality(ats);
  outcomes := array_fill(0, array[size]);
  chosen := array_fill(null::integer, array[size]);
  repeats := chosen; ordinals := chosen; day_ordinals := chosen; receive_days := array_fill(null::date, array[size]);
  counts := chosen; last_days := array_fill(null::date, array[size]); day_counts := chosen; first_grants := chosen;

  for i in 1 .. size loop
    r := request_places[i];
    -- A request_id that was granted gets its receipt again, whatever has changed since.
    if known_receipts[i] is not null then
      if not same[i] then outcomes[i] := 1011; end if;
      continue;
    elsif r is not null and first_grants[r] is not null then
      if hashes[first_grants[r]] = hashes[i] and contents[first_grants[r]] = contents[i] and places[i] = 0
      then repeats[i] := first_grants[r];
      else outcomes[i] := 1011; end if;
      continue;
    end if;
    if places[i] <> 0 then outcomes[i] := places[i]; continue; end if;
    if plan.status <> 1 then outcomes[i] := 1007; continue; end if;
    if ats[i] < plan.start_time then outcomes[i] := 1005; continue; end if;
    if ats[i] > plan.end_time then outcomes[i] := 1006; continue; end if;
    u := users[i];
    if counts[u] is null then
      counts[u] := coalesce(known_counts[i], 0);
      last_days[u] := known_days[i];
      day_counts[u] := known_day_counts[i];
    end if;
    if counts[u] >= plan.count_limit then outcomes[i] := 1008; continue; end if;
    -- A server whose clock is behind counts on the later day.
    today := greatest((ats[i] at time zone interval '08:00')::date, last_days[u]);
    if today is distinct from last_days[u] then
      last_days[u] := today;
      day_counts[u] := 0;
    end if;
    if day_counts[u] >= plan.day_limit then outcomes[i] := 1009; continue; end if;

    open_weight := 0;
    for j in 1 .. coalesce(cardinality(ids), 0) loop
      if lefts[j] is null or lefts[j] >= needs[j] then open_weight := open_weight + weights[j]; end if;
    end loop;
    if open_weight = 0 then outcomes[i] := 1010; continue; end if;
    mark := draws[i] * open_weight;
    for j in 1 .. cardinality(ids) loop
      if weights[j] > 0 and (lefts[j] is null or lefts[j] >= needs[j]) then
        item := j;
        mark := mark - weights[j];
        exit when mark < 0;
      end if;
    end loop;
    chosen[i] := item;
    lefts[item] := lefts[item] - needs[item];
    taken[item] := taken[item] + needs[item];
    counts[u] := counts[u] + 1;
    day_counts[u] := day_counts[u] + 1;
    ordinals[i] := counts[u];
    day_ordinals[i] := day_counts[u];
    receive_days[i] := today;
    if r is not null then first_grants[r] := i; end if;
  end loop;

  update sendplan_item i set consumed_inventory = i.consumed_inventory + t.taken
  from unnest(ids, taken) as t (id, taken) where i.plan_id = p_plan_id and i.id = t.id and t.taken > 0;

  return query
  with decided as materialized (
    select d.*, case when d.item is not null then nextval('sendplan_receipt_id') end as fresh_id,
      date_trunc('second', d.at) as from_time,
      coalesce(date_trunc('second', d.at) + make_interval(hours => 24 * days[d.item]), plan.end_time) as to_time
    from unnest(outcomes, chosen, repeats, ordinals, receive_days, day_ordinals, ats, contents, hashes, sealeds, requests,
        known_receipts) with ordinality
      as d (outcome, item, repeat, ordinal, day, day_ordinal, at, content, hash, sealed, request_id, known_receipt, n)
  ), written as (
    insert into sendplan_receipt (plan_id, receipt_id, request_id, user_hash, user_sealed, circle_content, item_id, item_name,
      units, start_time, end_time, user_ordinal, count_limit, receive_day, day_ordinal, day_limit, received_at)
    select p_plan_id, d.fresh_id, d.request_id, decode(d.hash, 'hex'), decode(d.sealed, 'base64'), d.content, ids[d.item],
      names[d.item], needs[d.item], d.from_time, d.to_time, d.ordinal, plan.count_limit, d.day, d.day_ordinal, plan.day_limit,
      d.at
    from decided d where d.item is not null order by d.n
  )
  select d.outcome, coalesce(g.fresh_id, s.receipt_id), coalesce(ids[g.item], s.item_id), coalesce(names[g.item], s.item_name),
    coalesce(needs[g.item], s.units), coalesce(g.from_time, s.start_time), coalesce(g.to_time, s.end_time)
  from decided d
  left join decided g on g.n = coalesce(d.repeat, d.n) and g.item is not null
  left join lateral (
    select * from sendplan_receipt x
    where x.plan_id = p_plan_id and x.receipt_id = d.known_receipt and d.outcome = 0 limit 1
  ) s on true
  order by d.n;
end $$;

-- Sends of one seller in arrival order. A command bears: at (epoch ms), unique_id, content (hex), relation_id, detail_id,
-- config_id and benefit_type (either may be null), send_count, receiver_hash (hex), receiver_sealed (base64), share_hash
-- (hex or null), biz_id, trace_id. Answers one row a command, in order: error_code null and the result of each detail, or
-- the error code of a send that was refused whole. A send of which nothing arrived leaves no trace; one
-- that stands is answered by its key, whoever else asks on its chain of sharing. The planner takes the lists of a batch
-- for much shorter than they are, so it is told to hash them, and to look tables up by their indexes.
create or replace function benefit_send(p_user_id bigint, p_commands jsonb) returns table (error_code text, results json)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
begin
  perform from benefit_seller where user_id = p_user_id for no key update;
  return query
  with command as materialized (
    select c.*, first_value(n) over same_key as first_n, first_value(content) over same_key = content as same_content
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, unique_id text, content text, relation_id bigint,
        detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver_hash text, receiver_sealed text,
        share_hash text, biz_id text, trace_id text)) with ordinality
      as c (at, unique_id, content, relation_id, detail_id, config_id, benefit_type, send_count, receiver_hash,
        receiver_sealed, share_hash, biz_id, trace_id, n)
    window same_key as (partition by c.unique_id order by n)
  ),
  -- The first command of each key, with the stored send of that key and, on a chain of sharing, of that receiver.
  first as materialized (
    select c.*, to_timestamp(c.at / 1000.0) as sent_at, decode(c.receiver_hash, 'hex') as receiver,
      stored.content_hash as stored_content,
      c.share_hash is not null and stored.content_hash is null and (coalesce(shared.found, false) or row_number()
        over (partition by c.share_hash, c.receiver_hash, stored.content_hash is null order by c.n) > 1) as is_shared
    from command c
    left join lateral (
      select s.content_hash from benefit_send s where s.user_id = p_user_id and s.unique_id = c.unique_id limit 1
    ) stored on true
    left join lateral (
      select true as found from benefit_send s
      where s.user_id = p_user_id and s.share_hash = decode(c.share_hash, 'hex')
        and s.receiver_hash = decode(c.receiver_hash, 'hex') and s.unique_id <> c.unique_id limit 1
    ) shared on true
    where c.n = c.first_n
  ),
  -- What each pair of relation and detail that was asked for means: one detail, or all living ones of the relation.
  target as materialized (
    select asked.*, d.detail_id, d.benefit_id, t.config_id, t.benefit_type, t.status, t.valid_total_num, t.max_sends,
      t.window_seconds, greatest(a.start_time, t.start_time) as from_time, least(a.end_time, t.end_time) as to_time
    from (select distinct coalesce(f.relation_id, 0) as asked_relation, coalesce(f.detail_id, 0) as asked_detail from first f) asked
    cross join lateral (
      select * from benefit_detail x where x.user_id = p_user_id and x.detail_id = asked_detail
        and asked_relation in (0, x.relation_id) and x.status = 'VALID'
      union all
      select * from benefit_detail x where asked_detail = 0 and x.user_id = p_user_id and x.relation_id = asked_relation
        and x.status = 'VALID'
    ) d
    cross join lateral (
      select * from benefit_activity x where x.user_id = p_user_id and x.relation_id = d.relation_id limit 1
    ) a
    cross join lateral (
      select x.*, y.benefit_type from benefit_template x join benefit_type y using (config_id)
      where x.user_id = p_user_id and x.benefit_id = d.benefit_id limit 1
    ) t
  ),
  -- Every detail of every send that is to be decided; those of another type than asked for are not meant.
  part as materialized (
    select f.*, t.detail_id as of_detail, t.benefit_id, t.valid_total_num, t.max_sends,
      to_timestamp(floor(f.at / (1000.0 * t.window_seconds)) * t.window_seconds) as window_start,
      case
        when f.sent_at < t.from_time then 'isp.param-error:236'
        when f.sent_at > t.to_time then 'isv.param-error:226'
        when t.status <> 1 and t.config_id = 1 then 'isp.param-error:214'
        when t.status <> 1 then 'isp.param-error:236'
      end as refusal
    from first f
    join target t on t.asked_relation = coalesce(f.relation_id, 0) and t.asked_detail = coalesce(f.detail_id, 0)
    where f.stored_content is null and not f.is_shared
      and (f.config_id is null or f.config_id = t.config_id)
      and (f.benefit_type is null or f.benefit_type is not distinct from t.benefit_type)
  ),
  -- Where stock runs out it is out for all that follow, so those that get nothing never stand before one that does.
  paced as materialized (
    select p.*, coalesce(past.sends, 0) as past_sends, case when p.window_start is not null then coalesce(past.sends, 0)
        + row_number() over (partition by p.refusal is null, p.benefit_id, p.receiver, p.window_start order by p.n) end
        as window_ordinal
    from part p
    left join lateral (
      select s.window_ordinal as sends from benefit_send_detail s
      where s.user_id = p_user_id and s.benefit_id = p.benefit_id and s.receiver_hash = p.receiver
        and s.window_start = p.window_start order by s.window_ordinal desc limit 1
    ) past on true
  ),
  judged as materialized (
    select p.*, case when p.refusal is not null then p.refusal
      when p.window_ordinal > p.max_sends then 'isp.param-error:100' end as error
    from paced p
  ),
  stocked as materialized (
    select j.*, case when j.error is not null then 0 else least(j.send_count, greatest(0, j.valid_total_num - coalesce(
        sum(j.send_count) filter (where j.error is null)
          over (partition by j.benefit_id order by j.n rows between unbounded preceding and 1 preceding), 0)))::integer
      end as success_count
    from judged j
  ),
  outcome as materialized (
    select s.*, sum(s.success_count) over (partition by s.n) > 0 as is_sent,
      case
        -- Counted among too many only because of sends before it that found nothing left: nothing is left for it either.
        when s.error = 'isp.param-error:100' and s.past_sends + coalesce(sum(least(s.success_count, 1)) over (partition by
          s.benefit_id, s.receiver, s.window_start order by s.n rows between unbounded preceding and 1 preceding), 0) < s.max_sends
          then array['isp.param-error:236']
        when s.error is not null then array[s.error]
        when s.success_count < s.send_count then array['isp.param-error:236']
        else '{}'::text[] end as error_code_list
    from stocked s
  ),
  told as materialized (
    select o.n, json_agg(json_build_object('index_id', o.of_detail, 'success_count', o.success_count,
        'failure_count', o.send_count - o.success_count, 'error_code_list', o.error_code_list) order by o.of_detail) as results
    from outcome o group by o.n
  ),
  sent as (
    insert into benefit_send (user_id, unique_id, send_id, content_hash, receiver_hash, receiver_sealed, share_hash, biz_id,
      trace_id, sent_at)
    select p_user_id, o.unique_id, nextval('benefit_send_id'), decode(o.content, 'hex'), o.receiver,
      decode(o.receiver_sealed, 'base64'), decode(o.share_hash, 'hex'), o.biz_id, o.trace_id, o.sent_at
    from (select distinct on (x.n) x.* from outcome x where x.is_sent order by x.n) o
  ),
  sent_detail as (
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count, error_code_list,
      receiver_hash, window_start, window_ordinal, max_sends)
    select p_user_id, o.unique_id, o.of_detail, o.benefit_id, o.send_count, o.success_count, o.error_code_list, o.receiver,
      case when o.success_count > 0 then o.window_start end, case when o.success_count > 0 then o.window_ordinal end, o.max_sends
    from outcome o where o.is_sent order by o.n
  ),
  taken as (
    update benefit_template t set valid_total_num = t.valid_total_num - o.sent
    from (select x.benefit_id, sum(x.success_count) as sent from outcome x group by x.benefit_id) o
    where t.user_id = p_user_id and t.benefit_id = o.benefit_id and o.sent > 0
  )
  select case
      when f.stored_content <> decode(c.content, 'hex') or not c.same_content or f.is_shared then 'isp.param-error:301'
      when f.stored_content is not null or t.n is not null then null
      when exists (select from target x where x.asked_relation = coalesce(f.relation_id, 0)
        and x.asked_detail = coalesce(f.detail_id, 0)) then 'isv.param-error:226'
      else 'isv.param-error:295' end,
    coalesce(t.results, old.results)
  from command c
  join first f on f.n = c.first_n
  left join told t on t.n = c.first_n
  left join lateral (
    select json_agg(json_build_object('index_id', s.detail_id, 'success_count', s.success_count,
      'failure_count', s.send_count - s.success_count, 'error_code_list', s.error_code_list) order by s.detail_id) as results
    from benefit_send_detail s where f.stored_content is not null and s.user_id = p_user_id and s.unique_id = c.unique_id
  ) old on true
  order by c.n;
end $$;
