-- Orders, their holds, payments, tickets and refunds, and what administrators change
-- (alibaba.damai.maizuo.openapi.order.submit, .trade.pay.result.callback, .eticket.qrcode and piaoquan.ticketing.*).
--
-- Whoever moves a counter of a project locks the project's row of ticketing_project_count first and keeps it until commit.
-- All else is then free of deadlocks, and a check made under the lock still holds when it is acted upon.
--
-- The tables below that fill with every order have no foreign keys: each check would cost as much as the row. Rows come only
-- from the functions here, under the lock, and none is ever deleted.
--
-- Plans are kept from when tables were small, and no count of rows that is guessed must make a batch read what a project
-- sold long ago: reads of big tables by key are lateral with offset 0, writes by key stand in functions that allow nothing
-- but index scans.

alter table ticketing_tenant
  add column hold_minutes integer not null default 15 check (hold_minutes between 1 and 1440);
comment on column ticketing_tenant.hold_minutes is 'Minutes for which an unpaid order holds its stock.';

alter table ticketing_project
  add column hold_minutes integer check (hold_minutes between 1 and 1440),
  add column project_no integer not null generated always as identity unique check (project_no between 1 and 9007198);
comment on column ticketing_project.hold_minutes is 'Overrides the tenant''s; null follows it.';
comment on column ticketing_project.project_no is
  'Leads every order and ticket id of the project: project_no * 10^9 + a number, so that an id tells its project and stays below 2^53.';

alter table ticketing_event
  add column status smallint not null default 1 check (status in (1, 2)),
  add column order_limit integer check (order_limit > 0),
  add column user_limit integer check (user_limit > 0),
  add column entry_limit integer default 1 check (entry_limit > 0);
comment on column ticketing_event.status is '1 on the shelf, 2 off: neither shown nor sold; tickets sold stay good.';
comment on column ticketing_event.order_limit is 'The most tickets of the event in one order; null is no limit.';
comment on column ticketing_event.user_limit is 'The most tickets of the event that one user_id may hold or have; null is no limit.';
comment on column ticketing_event.entry_limit is 'How often a ticket lets in; null is no limit.';

alter table ticketing_event_discount
  add column threshold bigint check (threshold > 0),
  add column amount bigint check (amount > 0),
  add check ((threshold is null) = (amount is null)),
  add check (amount <= threshold);
comment on table ticketing_event_discount is
  'A discount of an event. From threshold on (fen, the sum of an order''s goods of the event) amount fen come off; of several reached the largest alone. Without the two it is only shown.';

create table ticketing_project_count (
  project_id bigint primary key references ticketing_project,
  order_count bigint not null default 0 check (order_count between 0 and 999999999),
  ticket_count bigint not null default 0 check (ticket_count between 0 and 999999999)
) with (fillfactor = 50);
comment on table ticketing_project_count is
  'How many orders and tickets a project has made; numbers are given from them. Its row is the lock of the project''s stock.';

create table ticketing_stock_adjustment (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  adjust_id text not null check (length(adjust_id) between 1 and 64),
  goods_delta integer not null,
  sale_delta integer not null default 0,
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  adjusted_at timestamptz not null,
  primary key (project_id, event_id, price_id, adjust_id),
  foreign key (project_id, event_id, price_id) references ticketing_price
);
comment on table ticketing_stock_adjustment is
  'Changes of a tier''s goods_count by administrators, append-only; the entry ''opening'' holds what it began with, tickets sold elsewhere in sale_delta. operator: app_key.';
insert into ticketing_stock_adjustment
  select project_id, event_id, price_id, 'opening', goods_count, sale_count, 'opening', 'migration', now()
  from ticketing_price;

create table ticketing_order (
  project_id bigint not null,
  order_id bigint not null check (order_id between 1 and 9007199254740991),
  channel_id bigint not null,
  shopping_cart_id text not null check (length(shopping_cart_id) between 1 and 64),
  content_hash bytea not null check (length(content_hash) = 32),
  user_id text check (length(user_id) between 1 and 128),
  goods_money bigint not null check (goods_money >= 0),
  receivable_money bigint not null check (receivable_money between 0 and 9007199254740991),
  order_status smallint not null default 1 check (order_status in (1, 2, 3, 4)),
  created_at timestamptz not null,
  expire_time timestamptz not null check (expire_time > created_at),
  paid_at timestamptz,
  closed_at timestamptz,
  primary key (project_id, order_id),
  unique (project_id, channel_id, shopping_cart_id),
  check (receivable_money <= goods_money),
  check ((order_status = 2) = (paid_at is not null)),
  check ((order_status in (3, 4)) = (closed_at is not null))
) with (fillfactor = 80);
comment on table ticketing_order is
  'An order of one project. order_status: 1 holds stock until expire_time, 2 paid, 3 cancelled, 4 timed out. Money in fen: goods_money before discounts, receivable_money after. shopping_cart_id is the idempotency key of its channel in the project, content_hash the keyed hash of what was asked. user_id: the caller''s, hashed if it looks like a phone.';
create index ticketing_order_held on ticketing_order (project_id, expire_time) where order_status = 1;
create index ticketing_order_user on ticketing_order (project_id, user_id) where user_id is not null;

create table ticketing_order_line (
  project_id bigint not null,
  order_id bigint not null,
  line_no smallint not null check (line_no > 0),
  child_no smallint not null check (child_no >= 0),
  event_id bigint not null,
  price_id bigint not null,
  is_package boolean not null,
  goods_count integer not null check (goods_count > 0),
  price bigint not null check (price >= 0),
  money bigint not null check (money >= 0),
  price_name text not null,
  price_name_en text,
  primary key (project_id, order_id, line_no, child_no),
  check (not is_package or child_no = 0)
);
comment on table ticketing_order_line is
  'What an order takes of each tier: a line with child_no 0 as it was ordered and, of a package, its children with child_no from 1 on. goods_count in tickets, of a package in packages. price in fen of one, money what the line costs after discounts (children: 0). Kept as sold: later changes of the tier do not reach it.';

create table ticketing_person (
  project_id bigint not null,
  order_id bigint not null,
  person_no smallint not null check (person_no >= 0),
  line_no smallint not null check (line_no >= 0),
  ticket_index smallint not null check (ticket_index >= 0),
  sealed bytea not null,
  hashes bytea[] not null default '{}',
  primary key (project_id, order_id, person_no)
);
comment on table ticketing_person is
  'People of an order: 0 who receives it, 1 its one bearer, from 2 on bearers of ticket ticket_index of a line. sealed: name, phone, document and so on; hashes: keyed hashes of name, phone, last four digits of the phone, and document, to find by.';
create index ticketing_person_hash on ticketing_person using gin (hashes);

create table ticketing_document (
  project_id bigint not null,
  event_id bigint not null,
  document_hash bytea not null check (length(document_hash) = 32),
  order_id bigint not null,
  person_no smallint not null,
  standing boolean not null default true,
  primary key (project_id, order_id, event_id, person_no)
);
comment on table ticketing_document is
  'Identity documents (keyed hash) by which tickets of an event are held or bought; not standing once the order lapsed or the tickets were refunded.';
create unique index ticketing_document_once on ticketing_document (project_id, event_id, document_hash) where standing;

create table ticketing_payment (
  project_id bigint not null,
  pay_no text not null check (length(pay_no) between 1 and 128),
  order_id bigint not null,
  pay_money bigint not null check (pay_money >= 0),
  pay_type_id text not null check (length(pay_type_id) <= 64),
  result_code integer not null check (result_code in (200, 10243, 10244, 10245)),
  received_at timestamptz not null,
  primary key (project_id, pay_no)
);
comment on table ticketing_payment is
  'Payments that were reported, in fen. result_code 200: the order is paid by it. Any other must be given back: 10243 came after the hold timed out and the stock was gone, 10244 after the order was cancelled, 10245 after another payment.';
create unique index ticketing_payment_one on ticketing_payment (project_id, order_id) where result_code = 200;
create index ticketing_payment_order on ticketing_payment (project_id, order_id);

create table ticketing_refund (
  project_id bigint not null,
  refund_id text not null check (length(refund_id) between 1 and 64),
  order_id bigint not null,
  asked_ids bigint[],
  ticket_ids bigint[] not null check (cardinality(ticket_ids) > 0),
  refund_money bigint not null check (refund_money >= 0),
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  refunded_at timestamptz not null,
  primary key (project_id, refund_id)
);
comment on table ticketing_refund is
  'Refunds, in fen. asked_ids: the tickets named, null for the whole order; ticket_ids: those it took back. operator: app_key.';

create table ticketing_ticket (
  project_id bigint not null,
  ticket_id bigint not null check (ticket_id between 1 and 9007199254740991),
  order_id bigint not null,
  line_no smallint not null,
  unit_no integer not null check (unit_no > 0),
  event_id bigint not null,
  price_id bigint not null,
  person_no smallint,
  money bigint not null check (money >= 0),
  ticket_status smallint not null default 1 check (ticket_status in (1, 2, 4)),
  issued_at timestamptz not null,
  refund_id text,
  primary key (project_id, ticket_id),
  check ((ticket_status = 4) = (refund_id is not null))
) with (fillfactor = 80);
comment on table ticketing_ticket is
  'A ticket of a paid order. unit_no: which of the line''s goods it belongs to; the tickets of one package share it. person_no: its bearer. money: its share of what the order cost, fen. ticket_status: 1 unused, 2 used, 4 refunded.';
create index ticketing_ticket_order on ticketing_ticket (project_id, order_id);

create table ticketing_check (
  project_id bigint not null,
  ticket_id bigint not null,
  check_id text not null check (length(check_id) between 1 and 64),
  gate text check (length(gate) <= 100),
  checked_at timestamptz not null,
  primary key (project_id, ticket_id, check_id),
  foreign key (project_id, ticket_id) references ticketing_ticket
);
comment on table ticketing_check is 'Every entry by a ticket, append-only. check_id: the gate''s own number of it.';

-- Locks the stock of a project until commit and gives its counts.
create function ticketing_project_lock(p_project_id bigint) returns ticketing_project_count
language plpgsql as $$
declare
  counts ticketing_project_count;
begin
  select * into counts from ticketing_project_count where project_id = p_project_id for no key update;
  if not found then
    insert into ticketing_project_count (project_id) values (p_project_id) on conflict do nothing;
    select * into counts from ticketing_project_count where project_id = p_project_id for no key update;
  end if;
  return counts;
end
$$;

-- What orders take of each tier in all.
create function ticketing_order_takes(p_project_id bigint, p_order_ids bigint[])
returns table (event_id bigint, price_id bigint, n integer) language sql stable as $$
  select line.event_id, line.price_id, sum(line.goods_count)::integer
  from unnest(p_order_ids) as wanted (order_id)
  cross join lateral (
    select * from ticketing_order_line own where own.project_id = p_project_id and own.order_id = wanted.order_id offset 0
  ) line
  group by line.event_id, line.price_id
$$;

-- Closes orders (3 cancelled, 4 timed out) that still hold their stock and names them.
create function ticketing_order_close(p_project_id bigint, p_order_ids bigint[], p_status integer, p_now timestamptz)
returns bigint[] language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  with closed as (
    update ticketing_order set order_status = p_status, closed_at = p_now
    where project_id = p_project_id and order_id = any(p_order_ids) and order_status = 1
    returning order_id
  )
  select array_agg(order_id) from closed
$$;

create function ticketing_document_stand(p_project_id bigint, p_order_ids bigint[], p_standing boolean) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_document set standing = p_standing
  where project_id = p_project_id and order_id = any(p_order_ids) and standing <> p_standing
$$;

-- Gives the held stock and the documents of orders back. The caller has the project's lock and has closed the orders.
create function ticketing_order_free(p_project_id bigint, p_order_ids bigint[]) returns void
language plpgsql as $$
begin
  update ticketing_price tier set held_count = tier.held_count - freed.n
  from ticketing_order_takes(p_project_id, p_order_ids) freed
  where tier.project_id = p_project_id and tier.event_id = freed.event_id and tier.price_id = freed.price_id;
  perform ticketing_document_stand(p_project_id, p_order_ids, false);
end
$$;

-- Closes orders whose hold has timed out, oldest first, and tells how many. The caller has the project's lock.
create function ticketing_order_expire(p_project_id bigint, p_now timestamptz, p_most integer) returns integer
language plpgsql set enable_seqscan = off set enable_sort = off as $$
declare
  lapsed bigint[];
begin
  select array_agg(order_id) into lapsed from (
    select order_id from ticketing_order
    where project_id = p_project_id and order_status = 1 and expire_time <= p_now order by expire_time limit p_most
  ) due;
  if lapsed is null then
    return 0;
  end if;
  lapsed := ticketing_order_close(p_project_id, lapsed, 4, p_now);
  perform ticketing_order_free(p_project_id, lapsed);
  return cardinality(lapsed);
end
$$;

-- Frees timed-out holds of a project, at most p_most; none if another caller is at work on the project, who frees them.
create function ticketing_order_release(p_project_id bigint, p_now timestamptz, p_most integer) returns integer
language plpgsql as $$
begin
  perform 1 from ticketing_project_count where project_id = p_project_id for no key update skip locked;
  return case when found then ticketing_order_expire(p_project_id, p_now, p_most) else 0 end;
end
$$;

-- One line of an order as it was asked for, with what the database knows of it. money: what it costs after discounts;
-- code: why it cannot be sold, or null.
create type ticketing_goods as (
  n integer, line_no integer, event_id bigint, price_id bigint, goods_count integer, bearer_count integer,
  price bigint, tickets integer, is_package boolean, event_limit_type smallint, order_limit integer, user_limit integer,
  money bigint, code integer, child_price_id bigint
);

-- Reads and judges the lines of all commands. Each distinct tier of a channel is looked up once. A discount of an event
-- is spread over the order's lines of the event by their prices, to the fen.
create function ticketing_goods_read(p_project_id bigint, p_commands jsonb) returns setof ticketing_goods
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
    case when gross > 0 then div(upto * net, gross) - div((upto - goods_count * price::numeric) * net, gross) else 0 end,
    case when not has_event then 10221 when not has_tier then 10222
      when not authorized or barred is not null then 10224
      when now < sale_start_time then 10225 when now >= sale_end_time then 10226
      when is_package_only then 10227
      when reduced.children is not null and reduced.children is distinct from reduced.package_children then 10228
      when tickets is null then 10231 end,
    case when authorized then barred end
  from reduced
$$;

-- What stands in the way of each command as a whole, its lines and its limits; the code is null if nothing does.
create function ticketing_order_judge(p_commands jsonb, p_goods ticketing_goods[])
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
      'limit', crowded.order_limit, 'event_id', coalesce(goods.event_id, crowded.event_id), 'price_id', goods.price_id,
      'child_price_id', goods.child_price_id, 'line_no', goods.line_no,
      'needed', goods.goods_count * goods.tickets, 'field', verdict.field) end,
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

-- How many tickets of an event a user holds unpaid or has.
create function ticketing_user_tickets(p_project_id bigint, p_event_id bigint, p_user_id text) returns bigint
language sql stable set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select coalesce(sum(case o.order_status when 1 then line.goods_count else (
    select count(*) from ticketing_ticket ticket where ticket.project_id = p_project_id and ticket.order_id = o.order_id
      and ticket.line_no = line.line_no and ticket.price_id = line.price_id and ticket.ticket_status <> 4) end), 0)::bigint
  from ticketing_order o join ticketing_order_line line on line.project_id = p_project_id and line.order_id = o.order_id
  where o.project_id = p_project_id and o.user_id = p_user_id and o.order_status in (1, 2)
    and line.event_id = p_event_id and not line.is_package
$$;

-- All that commands take: kind 1 a tier's stock, 2 a user's share of an event, 3 an identity document of an event.
-- resource numbers equal things from 1 on; capacity is how much of it there is now.
create function ticketing_goods_need(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[])
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
        select 1 - count(*) from ticketing_document document where document.project_id = p_project_id
          and document.event_id = thing.event_id and document.document_hash = decode(thing.key, 'hex') and document.standing)
      end as capacity
    from (select distinct on (summed.resource) * from summed) thing
  )
  select summed.n, summed.kind, summed.event_id, summed.price_id, summed.resource, summed.amount, resource.capacity
  from summed join resource using (resource)
$$;

-- Writes the orders that were accepted. p_orders: by command the id of its order, 0 for none.
create function ticketing_order_write(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[], p_orders bigint[])
returns void
language plpgsql as $$
declare
  hold interval := (
    select make_interval(mins => coalesce(project.hold_minutes, tenant.hold_minutes))
    from ticketing_project project join ticketing_tenant tenant using (tenant_id) where project_id = p_project_id);
begin
  insert into ticketing_order (project_id, order_id, channel_id, shopping_cart_id, content_hash, user_id, goods_money,
    receivable_money, created_at, expire_time)
  select p_project_id, p_orders[n], command.channel_id, command.shopping_cart_id, decode(command.content_hash, 'hex'),
    command.user_id, money.gross, money.net, command.now, command.now + hold
  from rows from (jsonb_to_recordset(p_commands)
      as (now timestamptz, channel_id bigint, shopping_cart_id text, content_hash text, user_id text))
    with ordinality as command (now, channel_id, shopping_cart_id, content_hash, user_id, n)
  join (
    select n, sum(goods_count * price) as gross, sum(money) as net from unnest(p_goods) group by n
  ) money using (n)
  where p_orders[n] > 0;

  insert into ticketing_order_line
  select p_project_id, p_orders[goods.n], goods.line_no, item.child_no, goods.event_id, item.price_id,
    goods.is_package and item.child_no = 0, goods.goods_count * item.num, item.price,
    case when item.child_no = 0 then goods.money else 0 end, item.price_name, item.price_name_en
  from unnest(p_goods) goods
  join (
    select event_id, price_id as asked_id, 0 as child_no, 1 as num, price_id, price, price_name, price_name_en
    from ticketing_price where project_id = p_project_id
    union all
    select event_id, part.price_id, row_number() over (partition by event_id, part.price_id order by child_price_id),
      child_num, child_price_id, price, price_name, price_name_en
    from ticketing_price_child part
    join ticketing_price tier using (project_id, event_id)
    where project_id = p_project_id and tier.price_id = part.child_price_id
  ) item on item.event_id = goods.event_id and item.asked_id = goods.price_id
  where p_orders[goods.n] > 0;

  insert into ticketing_person
  select p_project_id, p_orders[n], person.person_no, person.line_no, person.ticket_index,
    decode(person.sealed, 'base64'), array(select decode(hash, 'hex') from jsonb_array_elements_text(person.hashes) hash)
  from rows from (jsonb_to_recordset(p_commands) as (persons jsonb)) with ordinality as command (persons, n)
  cross join lateral jsonb_to_recordset(command.persons) as person
    (person_no integer, line_no integer, ticket_index integer, sealed text, hashes jsonb)
  where p_orders[n] > 0;

  insert into ticketing_document (project_id, event_id, document_hash, order_id, person_no)
  select distinct p_project_id, goods.event_id, decode(person.document_hash, 'hex'), p_orders[goods.n], person.person_no
  from rows from (jsonb_to_recordset(p_commands) as (persons jsonb)) with ordinality as command (persons, n)
  cross join lateral jsonb_to_recordset(command.persons) as person (person_no integer, line_no integer, document_hash text)
  join unnest(p_goods) goods on goods.n = command.n
  where p_orders[goods.n] > 0 and person.document_hash is not null and (
    (goods.event_limit_type = 1 and person.person_no = 1)
    or (goods.event_limit_type = 2 and person.line_no = goods.line_no));
end
$$;

-- What an answer tells of an order: only what never changes, so that a repeated answer is the first one.
create function ticketing_order_vo(p_project_id bigint, p_order_id bigint) returns table (vo json)
language sql stable as $$
  select json_build_object('order_id', o.order_id, 'shopping_cart_id', o.shopping_cart_id,
    'receivable_money', o.receivable_money, 'expire_time', o.expire_time, 'lines', (
      select json_agg(json_build_object('child_no', child_no, 'event_id', event_id, 'price_id', price_id,
        'goods_count', goods_count, 'price', price, 'price_name', price_name, 'price_name_en', price_name_en)
        order by line_no, child_no)
      from ticketing_order_line line where line.project_id = p_project_id and line.order_id = p_order_id))
  from ticketing_order o where o.project_id = p_project_id and o.order_id = p_order_id
$$;

-- Decides orders of one project in the order given and holds their stock, all of an order or none of it. Timed-out holds
-- are freed first. A command whose cart has an order is answered by that order, or refused if it asks for other things.
create function ticketing_order_submit(p_project_id bigint, p_now timestamptz, p_commands jsonb)
returns table (n integer, detail jsonb, vo json)
language plpgsql as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  last_id bigint := counts.order_count
    + (select project.project_no from ticketing_project project where project.project_id = p_project_id) * 1000000000::bigint;
  goods ticketing_goods[];
  -- By command: its refusal, its cart, and the order that stands for it.
  details jsonb[]; carts integer[]; hashes text[]; orders bigint[]; order_hashes text[];
  -- By cart: the order made in this batch.
  cart_orders bigint[] := '{}'; cart_hashes text[] := '{}';
  -- Needs in order of their commands, and by resource what it is and how much is left.
  need_n integer[]; need_resource integer[]; need_amount bigint[];
  kinds integer[]; event_ids bigint[]; price_ids bigint[]; remaining bigint[]; capacity bigint[];
  made bigint[]; made_count integer := 0;
  first integer; after integer := 1; missing integer;
begin
  perform ticketing_order_expire(p_project_id, p_now, 5000);
  select array_agg(g) into goods from ticketing_goods_read(p_project_id, p_commands) g;
  select array_agg(judged.detail order by c.n), array_agg(c.cart order by c.n), array_agg(c.content_hash order by c.n),
    array_agg(o.order_id order by c.n), array_agg(encode(o.content_hash, 'hex') order by c.n)
  into details, carts, hashes, orders, order_hashes
  from (
    select command.*, dense_rank() over (order by channel_id, shopping_cart_id)::integer as cart
    from rows from (jsonb_to_recordset(p_commands) as (channel_id bigint, shopping_cart_id text, content_hash text))
      with ordinality as command (channel_id, shopping_cart_id, content_hash, n)
  ) c
  join ticketing_order_judge(p_commands, goods) judged on judged.n = c.n
  left join lateral (
    select * from ticketing_order own where own.project_id = p_project_id and own.channel_id = c.channel_id
      and own.shopping_cart_id = c.shopping_cart_id offset 0
  ) o on true;
  select array_agg(g) into goods from unnest(goods) g where details[g.n] is null and orders[g.n] is null;

  with need as materialized (select * from ticketing_goods_need(p_project_id, p_commands, goods)),
  resource as (select distinct on (resource) * from need order by resource)
  select own.*, shared.* into need_n, need_resource, need_amount, kinds, event_ids, price_ids, remaining
  from (
    select array_agg(n order by n, resource), array_agg(resource order by n, resource), array_agg(amount order by n, resource)
    from need
  ) own, (
    select array_agg(kind order by resource), array_agg(event_id order by resource),
      array_agg(price_id order by resource), array_agg(capacity order by resource) from resource
  ) shared;

  capacity := remaining;
  made := array_fill(0::bigint, array[cardinality(carts)]);
  for i in 1 .. cardinality(carts) loop
    first := after;
    missing := null;
    while need_n[after] = i loop
      if missing is null and remaining[need_resource[after]] < need_amount[after] then
        missing := need_resource[after];
      end if;
      after := after + 1;
    end loop;
    if orders[i] is null then
      orders[i] := cart_orders[carts[i]];
      order_hashes[i] := cart_hashes[carts[i]];
    end if;
    if orders[i] is not null then
      details[i] := case when order_hashes[i] <> hashes[i] then jsonb_build_object('code', 10236) end;
    elsif missing is not null then
      details[i] := jsonb_build_object('code', case kinds[missing] when 1 then 10231 when 2 then 10233 else 10235 end,
        'event_id', event_ids[missing], 'price_id', price_ids[missing], 'left', remaining[missing]);
    elsif details[i] is null then
      for j in first .. after - 1 loop
        remaining[need_resource[j]] := remaining[need_resource[j]] - need_amount[j];
      end loop;
      made_count := made_count + 1;
      last_id := last_id + 1;
      made[i] := last_id;
      orders[i] := last_id;
      cart_orders[carts[i]] := last_id;
      cart_hashes[carts[i]] := hashes[i];
    end if;
  end loop;

  if made_count > 0 then
    update ticketing_project_count set order_count = order_count + made_count where project_id = p_project_id;
    perform ticketing_order_write(p_project_id, p_commands, goods, made);
    update ticketing_price tier set held_count = tier.held_count + taken.n
    from (
      select event_id, price_id, (had - has)::integer as n
      from unnest(event_ids, price_ids, kinds, capacity, remaining) as thing (event_id, price_id, kind, had, has)
      where kind = 1 and has < had
    ) taken
    where tier.project_id = p_project_id and tier.event_id = taken.event_id and tier.price_id = taken.price_id;
  end if;
  return query
    select command.n::integer, command.detail, found.vo
    from unnest(details, orders) with ordinality as command (detail, order_id, n)
    left join lateral ticketing_order_vo(p_project_id, case when command.detail is null then command.order_id end) found
      on true;
end
$$;
comment on function ticketing_order_submit is
  'Orders of one project (the distribution column) in one transaction: detail says why a command is refused, vo what was ordered.';

-- Takes the stock of an order again whose hold has timed out, or says that it is gone. The caller has the project's lock
-- and marks the order paid: the stock goes from free to sold.
create function ticketing_order_retake(p_project_id bigint, p_order_id bigint) returns boolean
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
  return true;
end
$$;

-- Makes the tickets of paid orders, and what was held sold. The tickets of a line cost alike, to the fen.
create function ticketing_order_issue(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[], p_last_id bigint)
returns integer
language plpgsql as $$
declare
  made integer;
begin
  insert into ticketing_ticket
    (project_id, ticket_id, order_id, line_no, unit_no, event_id, price_id, person_no, money, issued_at)
  select p_project_id, p_last_id + row_number() over (order by position, ticket.line_no, place), ticket.order_id,
    ticket.line_no, unit_no, ticket.event_id, ticket.price_id, person.person_no,
    div(ticket.money::numeric * place, tickets) - div(ticket.money::numeric * (place - 1), tickets), paid_at
  from (
    select paid.*, leaf.line_no, unit_no, leaf.event_id, leaf.price_id, leaf.money,
      row_number() over (partition by paid.order_id, leaf.line_no order by unit_no, leaf.child_no, seat_no) as place,
      count(*) over (partition by paid.order_id, leaf.line_no) as tickets
    from unnest(p_order_ids, p_paid_at) with ordinality as paid (order_id, paid_at, position)
    cross join lateral (
      select leaf.line_no, leaf.child_no, leaf.event_id, leaf.price_id, goods.money, goods.goods_count as units,
        leaf.goods_count / goods.goods_count as seats
      from ticketing_order_line leaf join ticketing_order_line goods
        on goods.project_id = leaf.project_id and goods.order_id = leaf.order_id and goods.line_no = leaf.line_no
      where leaf.project_id = p_project_id and leaf.order_id = paid.order_id and not leaf.is_package
        and goods.project_id = p_project_id and goods.order_id = paid.order_id and goods.child_no = 0 offset 0
    ) leaf
    cross join generate_series(1, leaf.units) as unit_no
    cross join generate_series(1, leaf.seats) as seat_no
  ) ticket
  left join lateral (
    select own.person_no from ticketing_person own
    where own.project_id = p_project_id and own.order_id = ticket.order_id and own.line_no = ticket.line_no
      and own.ticket_index = place offset 0
  ) person on true;
  get diagnostics made = row_count;
  update ticketing_price tier set held_count = tier.held_count - sold.n, sale_count = tier.sale_count + sold.n
  from ticketing_order_takes(p_project_id, p_order_ids) sold
  where tier.project_id = p_project_id and tier.event_id = sold.event_id and tier.price_id = sold.price_id;
  return made;
end
$$;

-- Marks orders paid, whether they still hold their stock or took it again.
create function ticketing_order_paid(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[]) returns void
language sql set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  update ticketing_order o set order_status = 2, paid_at = paid.at, closed_at = null
  from unnest(p_order_ids, p_paid_at) as paid (order_id, at)
  where o.project_id = p_project_id and o.order_id = paid.order_id
$$;

-- Takes payment reports of one project in the order given. A held order is paid even when its time is over, as long as
-- nobody has freed it; one that was freed is paid if its stock can be taken again. A pay_no that is known is answered as
-- it was the first time, or refused with other content.
create function ticketing_order_pay(p_project_id bigint, p_commands jsonb)
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
  recorded integer[] := '{}';
  paid_ids bigint[] := '{}'; paid_times timestamptz[] := '{}';
  made integer;
begin
  for command in
    select asked.*, o.order_id as found_id, o.order_status, o.receivable_money, payment.result_code,
      payment.order_id as payment_order, payment.pay_money as payment_money,
      dense_rank() over (order by asked.order_id)::integer as order_rank,
      dense_rank() over (order by asked.pay_no)::integer as pay_rank
    from rows from (jsonb_to_recordset(p_commands) as
        (now timestamptz, channel_id bigint, order_id bigint, user_id text, pay_no text, pay_money bigint))
      with ordinality as asked (now, channel_id, order_id, user_id, pay_no, pay_money, n)
    left join lateral (
      select * from ticketing_order own where own.project_id = p_project_id and own.order_id = asked.order_id offset 0
    ) o on o.channel_id = asked.channel_id and (o.user_id = asked.user_id) is not false
    left join lateral (
      select * from ticketing_payment own where own.project_id = p_project_id and own.pay_no = asked.pay_no offset 0
    ) payment on true
    order by asked.n
  loop
    if pay_codes[command.pay_rank] is null and command.result_code is not null then
      pay_codes[command.pay_rank] := command.result_code;
      pay_orders[command.pay_rank] := command.payment_order;
      pay_moneys[command.pay_rank] := command.payment_money;
    end if;
    if statuses[command.order_rank] is null then
      statuses[command.order_rank] := command.order_status;
    end if;
    if command.found_id is null then
      code := 10240;
    elsif pay_codes[command.pay_rank] is not null then
      code := case when pay_orders[command.pay_rank] = command.order_id and pay_moneys[command.pay_rank] = command.pay_money
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

  insert into ticketing_payment
  select p_project_id, pay_no, order_id, pay_money, pay_type_id, codes[n], now
  from rows from (jsonb_to_recordset(p_commands) as
      (now timestamptz, order_id bigint, pay_no text, pay_money bigint, pay_type_id text))
    with ordinality as asked (now, order_id, pay_no, pay_money, pay_type_id, n)
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
comment on function ticketing_order_pay is
  'Payment reports of one project (the distribution column) in one transaction; result_code as trade.pay.result.callback answers.';

-- Cancels unpaid orders and frees their stock; an order that has lapsed already is closed all the same. Codes: 0 closed,
-- 1 no such order, 2 it is paid.
create function ticketing_order_cancel(p_project_id bigint, p_now timestamptz, p_commands jsonb) returns table (n integer, code integer)
language plpgsql as $$
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
    left join lateral (
      select * from ticketing_order own where own.project_id = p_project_id and own.order_id = asked.order_id offset 0
    ) o on true;
end
$$;

-- Takes tickets of a paid order back, those named or all that stand, and frees their stock; the tickets of one package
-- only together. Codes: 0 done or done before, 1 no such order, 2 it is not paid, 3 no such ticket of it, 4 a ticket is
-- used, 5 a package would be torn, 6 nothing left to take back, 7 the refund_id has another content.
create function ticketing_order_refund(p_project_id bigint, p_order_id bigint, p_refund_id text, p_ticket_ids bigint[],
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
    code := case when done.order_id = p_order_id and done.asked_ids is not distinct from p_ticket_ids then 0 else 7 end;
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

-- Frees the stock and the documents of tickets just taken back: each its tier, and packages whole.
create function ticketing_refund_free(p_project_id bigint, p_order_id bigint, p_taken ticketing_ticket[]) returns void
language plpgsql as $$
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
  update ticketing_document document set standing = false
  where project_id = p_project_id and order_id = p_order_id and standing and not exists (
    select from ticketing_ticket ticket
    where ticket.project_id = p_project_id and ticket.order_id = p_order_id and ticket.ticket_status <> 4
      and ticket.event_id = document.event_id and (document.person_no = 1 or ticket.person_no = document.person_no)
  );
end
$$;

-- Lets the bearer of a ticket in, once for each check_id. Codes: 0 may enter (now, or by this check_id before), 1 no such
-- ticket of the event, 2 used up, 4 refunded. entries: how often the ticket has let in.
create function ticketing_ticket_check(p_project_id bigint, p_ticket_id bigint, p_event_id bigint, p_check_id text,
  p_gate text, p_now timestamptz, out code integer, out entries integer, out first_checked_at timestamptz)
language plpgsql as $$
declare
  ticket ticketing_ticket;
  most integer;
  again boolean;
begin
  select * into ticket from ticketing_ticket
  where project_id = p_project_id and ticket_id = p_ticket_id and event_id = p_event_id for no key update;
  select count(*), min(checked_at), coalesce(bool_or(check_id = p_check_id), false) into entries, first_checked_at, again
  from ticketing_check where project_id = p_project_id and ticket_id = p_ticket_id;
  most := (select entry_limit from ticketing_event where project_id = p_project_id and event_id = p_event_id);
  code := case when ticket.ticket_id is null then 1 when again then 0 when ticket.ticket_status = 4 then 4
    when entries >= most then 2 else 0 end;
  if code > 0 or again then
    return;
  end if;
  insert into ticketing_check values (p_project_id, p_ticket_id, p_check_id, p_gate, p_now);
  entries := entries + 1;
  first_checked_at := coalesce(first_checked_at, p_now);
  if ticket.ticket_status = 1 then
    update ticketing_ticket set ticket_status = 2 where project_id = p_project_id and ticket_id = p_ticket_id;
  end if;
end
$$;

-- Changes how many tickets a tier has, once for each adjust_id. Codes: 0 done or done before, 1 no such tier, 2 fewer than
-- are sold and held or over 10^9, 3 the adjust_id has another content.
create function ticketing_stock_adjust(p_project_id bigint, p_event_id bigint, p_price_id bigint, p_adjust_id text,
  p_delta integer, p_reason text, p_operator text, p_now timestamptz, out code integer)
language plpgsql as $$
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  done ticketing_stock_adjustment;
begin
  select * into done from ticketing_stock_adjustment
  where project_id = p_project_id and event_id = p_event_id and price_id = p_price_id and adjust_id = p_adjust_id;
  if found then
    code := case when done.goods_delta = p_delta and done.reason = p_reason then 0 else 3 end;
    return;
  end if;
  update ticketing_price set goods_count = goods_count + p_delta
  where project_id = p_project_id and event_id = p_event_id and price_id = p_price_id
    and margin_count + p_delta >= 0 and goods_count::bigint + p_delta <= 1000000000;
  if not found then
    code := case when exists (select from ticketing_price where project_id = p_project_id and event_id = p_event_id
      and price_id = p_price_id) then 2 else 1 end;
    return;
  end if;
  insert into ticketing_stock_adjustment
  values (p_project_id, p_event_id, p_price_id, p_adjust_id, p_delta, 0, p_reason, p_operator, p_now);
  code := 0;
end
$$;

-- Every counter of the domain beside the sum of its ledger.
create view audit_ticketing (counter, key, counted, ledger) as
with tier as (
  select *, concat_ws('/', project_id, event_id, price_id) as key from ticketing_price
), adjusted as (
  select project_id, event_id, price_id, sum(goods_delta) as goods, sum(sale_delta) as sold
  from ticketing_stock_adjustment group by project_id, event_id, price_id
), held as (
  select project_id, line.event_id, line.price_id, sum(line.goods_count) as n
  from ticketing_order o join ticketing_order_line line using (project_id, order_id)
  where o.order_status = 1 group by project_id, line.event_id, line.price_id
), standing as (
  select project_id, event_id, price_id, count(*) as n from ticketing_ticket where ticket_status <> 4
  group by project_id, event_id, price_id
  union all
  select project_id, line.event_id, line.price_id, count(distinct (ticket.order_id, ticket.line_no, ticket.unit_no))
  from ticketing_ticket ticket join ticketing_order_line line using (project_id, order_id, line_no)
  where ticket.ticket_status <> 4 and line.is_package group by project_id, line.event_id, line.price_id
)
select 'ticketing_price.goods_count', tier.key, tier.goods_count::bigint, coalesce(adjusted.goods, 0)::bigint
from tier left join adjusted using (project_id, event_id, price_id)
union all
select 'ticketing_price.sale_count', tier.key, tier.sale_count::bigint,
  (coalesce(adjusted.sold, 0) + coalesce(standing.n, 0))::bigint
from tier left join adjusted using (project_id, event_id, price_id)
left join standing using (project_id, event_id, price_id)
union all
select 'ticketing_price.held_count', tier.key, tier.held_count::bigint, coalesce(held.n, 0)::bigint
from tier left join held using (project_id, event_id, price_id)
union all
select 'ticketing_price.goods_count = sale + margin + held', tier.key, tier.goods_count::bigint,
  tier.sale_count::bigint + tier.margin_count + tier.held_count from tier
union all
select 'ticketing_project_count.order_count', project_id::text, order_count,
  (select count(*) from ticketing_order o where o.project_id = counts.project_id)
from ticketing_project_count counts
union all
select 'ticketing_project_count.ticket_count', project_id::text, ticket_count,
  (select count(*) from ticketing_ticket ticket where ticket.project_id = counts.project_id)
from ticketing_project_count counts;
comment on view audit_ticketing is 'Each counter of ticketing and what its ledger sums up to; unequal rows are faults.';
