-- Plans that send benefits to the users of a partner (alibaba.ai.content.business.send.plan.query).

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
comment on table sendplan_circle is 'A target group of a partner. circle_contents: the contents it accepts; empty accepts any.';

-- timestamptz(0): bounds are whole seconds, so what is shown is what holds.
create table sendplan (
  id bigint primary key check (id between 1 and 9007199254740991),
  isv_id bigint not null,
  circle_id bigint not null,
  name text not null check (length(name) <= 200),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  count_limit integer check (count_limit > 0),
  foreign key (isv_id, circle_id) references sendplan_circle
);
comment on table sendplan is
  'A plan that users of its circle may receive from start_time to end_time, both inclusive. count_limit: receives a user; null is no limit.';
create index sendplan_circle_end on sendplan (isv_id, circle_id, end_time);

create table sendplan_item (
  plan_id bigint not null references sendplan,
  id bigint not null check (id between 1 and 9007199254740991),
  name text not null check (length(name) <= 200),
  weight integer not null check (weight >= 0),
  consume_inventory integer check (consume_inventory > 0),
  total_inventory integer check (total_inventory >= 0),
  consumed_inventory integer not null default 0 check (consumed_inventory >= 0),
  primary key (plan_id, id),
  check (consumed_inventory <= total_inventory)
) with (fillfactor = 70);
comment on table sendplan_item is
  'What a plan gives, drawn by weight. Inventory in units: total_inventory (null is unlimited), consumed_inventory received so far, consume_inventory taken by one receive (null is one).';
