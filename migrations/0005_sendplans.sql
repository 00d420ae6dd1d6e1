-- Plans that send benefits to the users of a partner, what users received, and the memberships that partners charge
-- (alibaba.ai.content.business.*). Every hot table begins with what is counted: the plan, or the business code.

create table sendplan_isv (
  isv_id bigint primary key check (isv_id between 1 and 9007199254740991),
  isv_name text not null check (length(isv_name) <= 100)
);
comment on table sendplan_isv is 'A partner.';

create table sendplan_circle (
  isv_id bigint not null references sendplan_isv,
  circle_id bigint not null check (circle_id between 1 and 9007199254740991),
  circle_name text not null check (length(circle_name) <= 100),
  circle_contents text[] not null default '{}',
  primary key (isv_id, circle_id)
);
comment on table sendplan_circle is
  'A target group of a partner. circle_contents: the contents it accepts; empty accepts any.';

-- timestamptz(0): bounds are whole seconds, so what is shown is what holds.
create table sendplan (
  id bigint primary key check (id between 1 and 9007199254740991),
  isv_id bigint not null,
  circle_id bigint not null,
  name text not null check (length(name) <= 200),
  status smallint not null default 1 check (status in (1, 2)),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  count_limit integer check (count_limit > 0),
  day_limit integer check (day_limit > 0),
  foreign key (isv_id, circle_id) references sendplan_circle
);
comment on table sendplan is
  'A plan that users of its circle may receive from start_time to end_time, both inclusive. count_limit: receives a '
  'user; day_limit: receives a user and day of GMT+8; null is no limit. status: 1 on shelf, 2 off shelf.';
create index sendplan_circle_end on sendplan (isv_id, circle_id, end_time);
-- What goes on now is found by its end.
create index on sendplan (end_time);

-- An item without a total may be received for ever.
create table sendplan_item (
  plan_id bigint not null references sendplan,
  id bigint not null check (id between 1 and 9007199254740991),
  name text not null check (length(name) <= 200),
  weight integer not null check (weight >= 0),
  consume_inventory integer check (consume_inventory > 0),
  total_inventory integer check (total_inventory >= 0),
  consumed_inventory bigint not null default 0 check (consumed_inventory >= 0),
  valid_days integer check (valid_days between 1 and 3660),
  primary key (plan_id, id),
  check (consumed_inventory <= total_inventory)
) with (fillfactor = 70);
comment on table sendplan_item is
  'What a plan gives, drawn by weight. Inventory in units: total_inventory (null is unlimited), consumed_inventory '
  'received so far, consume_inventory taken by one receive (null is one).';
comment on column sendplan_item.valid_days is
  'How long what was received holds, in days of 24 hours; null is until the end of the plan.';

create table sendplan_adjustment (
  plan_id bigint not null,
  item_id bigint not null,
  adjust_id text not null check (length(adjust_id) between 1 and 64),
  delta_total bigint not null,
  delta_consumed bigint not null default 0,
  total_after bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  operator text not null check (length(operator) between 1 and 64),
  adjusted_at timestamptz not null,
  primary key (plan_id, item_id, adjust_id),
  foreign key (plan_id, item_id) references sendplan_item
);
comment on table sendplan_adjustment is
  'What changed the inventory of an item beside receipts, in units: its opening and the changes of operators '
  '(operator: their app_key). total_after: the total that then was. An adjust_id counts once.';

-- No foreign key to plan and item: receipts are written by sendplan_receive alone, which has locked the plan and read
-- its items, and a check per row would cost more than the receive itself.
create sequence sendplan_receipt_id maxvalue 9007199254740991;
create table sendplan_receipt (
  plan_id bigint not null,
  receipt_id bigint not null default nextval('sendplan_receipt_id'),
  request_id text check (length(request_id) between 1 and 64),
  user_hash bytea not null check (length(user_hash) = 32),
  user_sealed bytea not null,
  circle_content text not null,
  item_id bigint not null,
  item_name text not null,
  units integer not null check (units > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null,
  user_ordinal integer not null check (user_ordinal > 0),
  count_limit integer,
  receive_day date not null,
  day_ordinal integer not null check (day_ordinal between 1 and user_ordinal),
  day_limit integer,
  received_at timestamptz not null,
  primary key (plan_id, receipt_id),
  unique (plan_id, user_hash, user_ordinal),
  unique (plan_id, request_id),
  check (user_ordinal <= count_limit),
  check (day_ordinal <= day_limit)
);
comment on table sendplan_receipt is
  'What users received; the ledger of consumed_inventory. user_hash: the name it was received under (sendplan_person '
  'tells the others of that person), user_sealed: to be shown. user_ordinal: the how many-th receive under that name, '
  'day_ordinal: that of receive_day (GMT+8); a person''s are the sums over its names, and bounded by the limits of '
  'that time. request_id: the partner''s key of the request, if it gave one.';
create unique index sendplan_receipt_day on sendplan_receipt (plan_id, user_hash, receive_day, day_ordinal)
  where day_limit is not null;

-- A person of a partner may be named by a userId, by a phone number or by both. Names that were seen together once are
-- one person's from then on: limits count what was received under all of them, and what was received stays.
create table sendplan_person (
  user_hash bytea primary key check (length(user_hash) = 32),
  person_hash bytea not null references sendplan_person
);
comment on table sendplan_person is
  'Names that were seen together, as keyed hashes that hold their partner. person_hash: the least of the names of one '
  'person, the same for all of them. A name that was never seen beside another is not here: it is a person of its '
  'own. Written by sendplan_receive alone, which holds the row of the partner meanwhile.';
create index sendplan_person_names on sendplan_person (person_hash);

-- A batch of receives (sendplan_receive), in lists. Items of the plan, by their place.
create type sendplan_receive_items as (
  id bigint[], name text[], weight bigint[], need integer[], remaining bigint[], valid_days integer[]
);
-- Commands and what they meet, in their order.
create type sendplan_receive_asked as (
  at timestamptz[], place integer[], refusal integer[], content text[], user_hash text[], user_sealed text[],
  request_id text[], request_place integer[], draw float8[], user_place integer[], also jsonb[], last_count integer[],
  last_day date[], last_day_count integer[], stored_receipt bigint[], stored_hash text[], stored_same boolean[],
  linked boolean
);
-- Names by their place, persons by theirs, and whose the names of each command are.
create type sendplan_receive_names as (
  hash text[], count integer[], day date[], day_count integer[], person integer[], person_count integer[],
  person_day date[], person_day_count integer[], parent integer[], user_name integer[], stored_name integer[],
  join_command integer[], join_name integer[]
);
-- What was decided, by command and by person.
create type sendplan_receive_decided as (
  outcome integer[], item integer[], repeats integer[], day date[], parent integer[], joined boolean[], taken integer[]
);

create table sendplan_biz (
  biz_code text primary key check (length(biz_code) between 1 and 64),
  source text not null check (length(source) between 1 and 64),
  perform_type smallint not null check (perform_type in (1, 2, 3)),
  auto_renew boolean not null,
  status smallint not null check (status in (1, 2)),
  secret_sealed bytea not null,
  private_key_sealed bytea not null,
  public_key text not null check (length(public_key) <= 2000)
);
comment on table sendplan_biz is
  'What partners may charge: memberships of a source by the month (perform_type 1), quarter (2) or year (3), renewed '
  'by themselves or not. status: 1 open, 2 closed. secret_sealed: signs the charges; the RSA pair hides the phone '
  'numbers under way.';
create index sendplan_biz_source on sendplan_biz (source, perform_type);

create table sendplan_vip (
  biz_code text not null references sendplan_biz,
  member_hash bytea not null check (length(member_hash) = 32),
  member_sealed bytea not null,
  charge_count integer not null check (charge_count > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time > start_time),
  renewing boolean not null,
  primary key (biz_code, member_hash)
) with (fillfactor = 70);
comment on table sendplan_vip is
  'Memberships. start_time, end_time: the period that the charges have paid without a gap. renewing: whether the '
  'contract goes on after it. The member is hashed to be found and sealed to be shown.';

create table sendplan_charge (
  biz_code text not null references sendplan_biz,
  order_no text not null check (length(order_no) between 16 and 64),
  member_hash bytea not null,
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time > start_time),
  charged_at timestamptz not null,
  primary key (biz_code, order_no),
  foreign key (biz_code, member_hash) references sendplan_vip
);
comment on table sendplan_charge is
  'What partners charged; the ledger of sendplan_vip.charge_count. start_time, end_time: the period it paid for.';

create view audit_sendplans (counter, key, counted, ledger) as
with adjusted as (
  select plan_id, item_id, sum(delta_total)::bigint as total, sum(delta_consumed)::bigint as consumed
  from sendplan_adjustment group by plan_id, item_id
), received as (
  select plan_id, item_id, sum(units)::bigint as units from sendplan_receipt group by plan_id, item_id
), charged as (
  select biz_code, member_hash, count(*) as charges from sendplan_charge group by biz_code, member_hash
)
select 'sendplan_item.consumed_inventory', i.plan_id || '/' || i.id, i.consumed_inventory,
  coalesce(r.units, 0) + coalesce(a.consumed, 0)
from sendplan_item i
left join received r on r.plan_id = i.plan_id and r.item_id = i.id
left join adjusted a on a.plan_id = i.plan_id and a.item_id = i.id
union all
select 'sendplan_item.total_inventory', i.plan_id || '/' || i.id, coalesce(i.total_inventory, 0), coalesce(a.total, 0)
from sendplan_item i left join adjusted a on a.plan_id = i.plan_id and a.item_id = i.id
union all
select 'sendplan_vip.charge_count', v.biz_code || '/' || encode(v.member_hash, 'hex'), v.charge_count,
  coalesce(c.charges, 0)
from sendplan_vip v left join charged c using (biz_code, member_hash);
comment on view audit_sendplans is
  'Every counter of the send plans beside the sum of its ledger; unequal rows are faults.';
