-- Shows with events, price tiers and packages, who may sell them, their orders, payments, tickets, refunds and entries
-- (alibaba.damai.maizuo.openapi.*, piaoquan.ticketing.*). Names come in Chinese, with an English one (_en) where there
-- is one. Ids fit a JavaScript number. Money is in fen.
--
-- Whoever moves a counter of a project locks the project's row of ticketing_project_count first and keeps it until
-- commit. All else is then free of deadlocks, and a check made under the lock still holds when it is acted upon.

create table ticketing_tenant (
  tenant_id bigint primary key,
  tenant_name text not null check (length(tenant_name) <= 100),
  token_hash bytea not null unique check (length(token_hash) = 32),
  hold_minutes integer not null default 15 check (hold_minutes between 1 and 1440)
);
comment on table ticketing_tenant is 'An organiser that owns projects. token_hash: keyed hash of its tenant_token.';
comment on column ticketing_tenant.hold_minutes is 'Minutes for which an unpaid order holds its stock.';

create table ticketing_ptnr (
  ptnr_id bigint primary key,
  tenant_id bigint not null references ticketing_tenant,
  ptnr_name text not null check (length(ptnr_name) <= 100),
  token_hash bytea not null check (length(token_hash) = 32),
  unique (tenant_id, token_hash)
);
comment on table ticketing_ptnr is 'A partner of a tenant. token_hash: keyed hash of its ptnr_token.';

create table ticketing_channel (
  channel_id bigint primary key,
  ptnr_id bigint not null references ticketing_ptnr,
  channel_name text not null check (length(channel_name) <= 100),
  token_hash bytea not null check (length(token_hash) = 32),
  unique (ptnr_id, token_hash)
);
comment on table ticketing_channel is 'A sales channel of a partner. token_hash: keyed hash of its channel_token.';

create table ticketing_site (
  site_id bigint primary key check (site_id between 1 and 9007199254740991),
  site_name text not null check (length(site_name) <= 200),
  site_name_en text check (length(site_name_en) <= 200)
);
comment on table ticketing_site is 'A venue; venues are shared by all tenants.';

create table ticketing_project (
  project_id bigint primary key check (project_id between 1 and 9007199254740991),
  project_no integer not null generated always as identity unique check (project_no between 1 and 9007198),
  tenant_id bigint not null references ticketing_tenant,
  project_name text not null check (length(project_name) <= 200),
  project_name_en text check (length(project_name_en) <= 200),
  project_detail text not null check (length(project_detail) <= 4000),
  project_detail_en text check (length(project_detail_en) <= 4000),
  project_seat_type smallint not null check (project_seat_type in (1, 2)),
  project_type_id bigint not null,
  project_img_url text not null check (length(project_img_url) <= 500),
  site_id bigint not null references ticketing_site,
  hold_minutes integer check (hold_minutes between 1 and 1440)
);
comment on table ticketing_project is
  'A show. project_seat_type: 1 seated, 2 unseated. Its times, prices and sale state follow from its events.';
comment on column ticketing_project.project_no is
  'Leads every order and ticket id of the project: project_no * 10^9 + a number, so that an id tells its project and '
  'stays below 2^53.';
comment on column ticketing_project.hold_minutes is 'Overrides the tenant''s; null follows it.';

create table ticketing_project_count (
  project_id bigint primary key references ticketing_project,
  order_count bigint not null default 0 check (order_count between 0 and 999999999),
  ticket_count bigint not null default 0 check (ticket_count between 0 and 999999999)
) with (fillfactor = 50);
comment on table ticketing_project_count is
  'How many orders and tickets a project has made; numbers are given from them. Its row is the lock of the project''s '
  'stock.';

create table ticketing_event (
  event_id bigint primary key check (event_id between 1 and 9007199254740991),
  project_id bigint not null references ticketing_project,
  event_name text not null check (length(event_name) <= 200),
  event_name_en text check (length(event_name_en) <= 200),
  status smallint not null default 1 check (status in (1, 2)),
  event_show_start_time timestamptz not null,
  event_show_end_time timestamptz not null check (event_show_end_time >= event_show_start_time),
  gate_open_time timestamptz,
  sale_start_time timestamptz not null,
  sale_end_time timestamptz not null check (sale_end_time > sale_start_time),
  site_id bigint not null references ticketing_site,
  site_version_id bigint not null,
  event_limit_type smallint not null check (event_limit_type in (0, 1, 2)),
  order_limit integer check (order_limit > 0),
  user_limit integer check (user_limit > 0),
  entry_limit integer default 1 check (entry_limit > 0),
  seat_total_num integer not null check (seat_total_num >= 0),
  unique (project_id, event_id),
  constraint ticketing_event_gate_opens check (gate_open_time <= event_show_end_time)
);
comment on table ticketing_event is
  'One performance. On sale from sale_start_time on and before sale_end_time. event_limit_type: 0 none, 1 one '
  'identity document per order, 2 one per ticket.';
comment on column ticketing_event.status is
  '1 on the shelf, 2 off: neither shown nor sold, and gates let nobody in; tickets sold can be refunded or used once '
  'it is back.';
comment on column ticketing_event.gate_open_time is
  'From when on gates let in; null is the start of the show''s day in GMT+8.';
comment on column ticketing_event.order_limit is 'The most tickets of the event in one order; null is no limit.';
comment on column ticketing_event.user_limit is
  'The most tickets of the event that one user_id may hold or have; null is no limit.';
comment on column ticketing_event.entry_limit is 'How often a ticket lets in; null is no limit.';
-- What goes on now is found by its end.
create index on ticketing_event (sale_end_time);

create table ticketing_event_discount (
  event_id bigint not null references ticketing_event,
  discount_id bigint not null,
  discount_type integer not null,
  discount_type_name text not null check (length(discount_type_name) <= 100),
  discount_type_name_en text check (length(discount_type_name_en) <= 100),
  discount_name text not null check (length(discount_name) <= 100),
  discount_name_en text check (length(discount_name_en) <= 100),
  discount_show_info text not null check (length(discount_show_info) <= 500),
  discount_show_info_en text check (length(discount_show_info_en) <= 500),
  threshold bigint check (threshold > 0),
  amount bigint check (amount > 0),
  primary key (event_id, discount_id),
  check ((threshold is null) = (amount is null)),
  check (amount <= threshold)
);
comment on table ticketing_event_discount is
  'A discount of an event. From threshold on (fen, the sum of an order''s goods of the event) amount fen come off; of '
  'several reached the largest alone. Without the two it is only shown.';

-- The counters change often and are in no index, so updates stay within the page (fillfactor leaves room for them).
create table ticketing_price (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null check (price_id between 1 and 9007199254740991),
  price_name text not null check (length(price_name) <= 100),
  price_name_en text check (length(price_name_en) <= 100),
  price bigint not null check (price between 0 and 9007199254740991),
  price_color text not null check (length(price_color) <= 32),
  is_support_free_combination smallint not null check (is_support_free_combination in (0, 1)),
  is_coupon_ticket smallint not null check (is_coupon_ticket in (0, 1)),
  is_package_only boolean not null,
  goods_count integer not null,
  sale_count integer not null default 0 check (sale_count >= 0),
  held_count integer not null default 0 check (held_count >= 0),
  margin_count integer not null generated always as (goods_count - sale_count - held_count) stored
    check (margin_count >= 0),
  primary key (project_id, event_id, price_id),
  unique (project_id, event_id, price_id, is_coupon_ticket),
  foreign key (project_id, event_id) references ticketing_event (project_id, event_id),
  check (not (is_package_only and is_coupon_ticket = 1))
) with (fillfactor = 70);
comment on table ticketing_price is
  'A price tier and its stock in tickets, or a package (is_coupon_ticket 1) and its stock in packages. price in fen. '
  'is_package_only: sold within packages and not by itself. sale_count + margin_count + held_count = goods_count '
  'always; held_count: tickets of unpaid orders.';

create table ticketing_price_child (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  child_price_id bigint not null,
  child_num integer not null check (child_num > 0),
  parent_is_package smallint not null generated always as (1) stored,
  child_is_package smallint not null generated always as (0) stored,
  primary key (project_id, event_id, price_id, child_price_id),
  foreign key (project_id, event_id, price_id, parent_is_package)
    references ticketing_price (project_id, event_id, price_id, is_coupon_ticket),
  foreign key (project_id, event_id, child_price_id, child_is_package)
    references ticketing_price (project_id, event_id, price_id, is_coupon_ticket)
);
comment on table ticketing_price_child is
  'What a package holds: child_num tickets of a plain tier of the same event. The two generated columns keep parents '
  'packages and children plain.';

create table ticketing_channel_event (
  channel_id bigint not null references ticketing_channel,
  event_id bigint not null references ticketing_event,
  authorized boolean not null,
  primary key (channel_id, event_id)
);
comment on table ticketing_channel_event is 'Which events a channel may sell; without a row it may not.';

create table ticketing_channel_price (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  channel_id bigint not null references ticketing_channel,
  authorized boolean not null,
  primary key (project_id, event_id, price_id, channel_id),
  foreign key (project_id, event_id, price_id) references ticketing_price
);
comment on table ticketing_channel_price is
  'A tier for which a channel''s right differs from its event; never more than the event allows.';

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
  'Changes of a tier''s goods_count by administrators, append-only; the entry ''opening'' holds what it began with, '
  'tickets sold elsewhere in sale_delta. operator: app_key.';

-- The tables from here on that fill with every order have no foreign keys: each check would cost as much as the row.
-- Rows come only from the functions of this domain, under the project's lock, and none is ever deleted.

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
  'An order of one project. order_status: 1 holds stock until expire_time, 2 paid, 3 cancelled, 4 timed out. Money in '
  'fen: goods_money before discounts, receivable_money after. shopping_cart_id is the idempotency key of its channel '
  'in the project, content_hash the keyed hash of what was asked. user_id: the caller''s, hashed if it looks like a '
  'phone.';
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
  'What an order takes of each tier: a line with child_no 0 as it was ordered and, of a package, its children with '
  'child_no from 1 on. goods_count in tickets, of a package in packages. price in fen of one, money what the line '
  'costs after discounts (children: 0). Kept as sold: later changes of the tier do not reach it.';

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
  'People of an order: 0 who receives it, 1 its one bearer, from 2 on bearers of ticket ticket_index of a line. '
  'sealed: name, phone, document and so on; hashes: keyed hashes of name, phone, last four digits of the phone, and '
  'document, to find by.';
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
  'Identity documents (keyed hash) by which tickets of an event are held or bought; not standing once the order '
  'lapsed or the tickets were refunded.';
create unique index ticketing_document_once on ticketing_document (project_id, event_id, document_hash) where standing;

create table ticketing_payment (
  project_id bigint not null,
  pay_no text not null check (length(pay_no) between 1 and 128),
  channel_id bigint not null,
  order_id bigint not null,
  pay_money bigint not null check (pay_money >= 0),
  pay_type_id text not null check (length(pay_type_id) <= 64),
  result_code integer not null check (result_code in (200, 10243, 10244, 10245, 10246, 10247)),
  received_at timestamptz not null,
  refund_id text,
  primary key (project_id, pay_no, channel_id),
  constraint ticketing_payment_counts_or_goes_back check (refund_id is null or result_code <> 200)
);
comment on table ticketing_payment is
  'Payments that were reported, in fen. result_code 200: the order is paid by it. Any other must be given back: it '
  'came after the hold timed out and 10243 the stock was gone, 10246 the user had as many tickets as one may, 10247 '
  'another order had the document; 10244 after the order was cancelled, 10245 after another payment.';
comment on column ticketing_payment.channel_id is
  'The channel of the order, whose pay_no it is: channels number their payments each by itself.';
comment on column ticketing_payment.refund_id is
  'The record by which it was given back; null while it is due, and when it counts.';
create unique index ticketing_payment_one on ticketing_payment (project_id, order_id) where result_code = 200;
create index ticketing_payment_order on ticketing_payment (project_id, order_id);
create index ticketing_payment_due on ticketing_payment (received_at, project_id, order_id, pay_no)
  where result_code <> 200 and refund_id is null;

create table ticketing_payment_refund (
  project_id bigint not null,
  refund_id text not null check (length(refund_id) between 1 and 64),
  order_id bigint not null,
  channel_id bigint not null,
  pay_no text not null,
  refund_money bigint not null check (refund_money >= 0),
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  refunded_at timestamptz not null,
  primary key (project_id, refund_id),
  unique (project_id, pay_no, channel_id)
);
comment on table ticketing_payment_refund is
  'Payments that were given back whole, in fen, append-only: each once. refund_id: the number under which the money '
  'went back. operator: who recorded it.';

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
  'Refunds, in fen. asked_ids: the tickets named, null for the whole order; ticket_ids: those it took back. operator: '
  'app_key.';

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
  'A ticket of a paid order. unit_no: which of the line''s goods it belongs to; the tickets of one package share it. '
  'person_no: its bearer. money: its share of what the order cost, fen. ticket_status: 1 unused, 2 used, 4 refunded.';
-- By the order alone, whose id leads with its project's number: to a planner that sees no rows an index that began with
-- the project would be as good as the key for finding a ticket by its own id.
create index ticketing_ticket_order on ticketing_ticket (order_id);

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

create table ticketing_check_undo (
  project_id bigint not null,
  ticket_id bigint not null,
  check_id text not null,
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  undone_at timestamptz not null,
  primary key (project_id, ticket_id, check_id),
  foreign key (project_id, ticket_id, check_id) references ticketing_check
);
comment on table ticketing_check_undo is
  'Entries that were made by mistake and do not count, append-only. operator: who undid them.';

-- One line of an order as it was asked for, with what the database knows of it. money: what it costs after discounts;
-- code: why it cannot be sold, or null.
create type ticketing_goods as (
  n integer, line_no integer, event_id bigint, price_id bigint, goods_count integer, bearer_count integer,
  price bigint, tickets integer, is_package boolean, event_limit_type smallint, order_limit integer, user_limit integer,
  money bigint, code integer, child_price_id bigint
);

-- A batch of orders (ticketing_order_submit), by command: why it is refused, its cart, and the order that its cart has.
create type ticketing_submitted as (
  detail jsonb[], cart integer[], content_hash text[], order_id bigint[], order_hash text[]
);
-- What they need in all (ticketing_goods_need): n, resource and amount by need, the others by resource.
create type ticketing_needs as (
  n integer[], resource integer[], amount bigint[], kind integer[], event_id bigint[], price_id bigint[],
  capacity bigint[]
);

-- Tiers and packages with what can be sold of them: the one place from which every read takes it. A package goes no
-- further than the tiers that it holds do, whatever its own stock is.
create view ticketing_price_shown as
select project_id, event_id, price_id, price_name, price_name_en, price, price_color, is_support_free_combination,
  is_coupon_ticket, is_package_only, goods_count, sale_count, held_count,
  case when is_coupon_ticket = 0 then margin_count else least(margin_count, coalesce((
    select min(child.margin_count / part.child_num)
    from ticketing_price_child part
    join ticketing_price child
      on child.project_id = part.project_id and child.event_id = part.event_id and child.price_id = part.child_price_id
    where part.project_id = tier.project_id and part.event_id = tier.event_id and part.price_id = tier.price_id
  ), 0)) end as margin_count
from ticketing_price tier;
comment on view ticketing_price_shown is
  'ticketing_price, with margin_count as it is shown: of a package no more than its children allow, and none if it '
  'holds nothing.';

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
), skipped as (
  select counter, key, sum(skipped) as n from counter_skip group by counter, key
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
  ((select count(*) from ticketing_order o where o.project_id = counts.project_id) + coalesce(skipped.n, 0))::bigint
from ticketing_project_count counts
left join skipped on skipped.counter = 'ticketing_project_count.order_count' and skipped.key = project_id::text
union all
select 'ticketing_project_count.ticket_count', project_id::text, ticket_count,
  ((select count(*) from ticketing_ticket t where t.project_id = counts.project_id) + coalesce(skipped.n, 0))::bigint
from ticketing_project_count counts
left join skipped on skipped.counter = 'ticketing_project_count.ticket_count' and skipped.key = project_id::text;
comment on view audit_ticketing is 'Each counter of ticketing and what its ledger sums up to; unequal rows are faults.';

create view audit_ticketing_payment (counter, key, counted, ledger) as
select 'ticketing_payment given back, fen', counts.project_id::text, (
    select coalesce(sum(payment.pay_money), 0) from ticketing_payment payment
    where payment.project_id = counts.project_id and payment.refund_id is not null)::bigint, (
    select coalesce(sum(refund.refund_money), 0) from ticketing_payment_refund refund
    where refund.project_id = counts.project_id)::bigint
from ticketing_project_count counts;
comment on view audit_ticketing_payment is
  'By project, what payments say was given back and what the records of it sum up to; unequal rows are faults.';

create view audit_ticketing_gate (counter, key, counted, ledger) as
select 'ticketing_ticket used', counts.project_id::text, (
    select count(*) from ticketing_ticket ticket
    where ticket.project_id = counts.project_id and ticket.ticket_status = 2), (
    select count(distinct entry.ticket_id)
    from ticketing_check entry left join ticketing_check_undo undone using (project_id, ticket_id, check_id)
    where entry.project_id = counts.project_id and undone.check_id is null)
from ticketing_project_count counts;
comment on view audit_ticketing_gate is
  'By project, how many tickets are marked used and how many have an entry that counts; unequal rows are faults.';
