-- Benefit templates that sellers own, activities with the benefits that relate to them, what was sent of them, and the
-- ledger of all (taobao.promotion.benefit.*, taobao.mobile.promotion.benefit.*). Every table of a seller begins with
-- it.

create table benefit_type (
  config_id bigint primary key,
  benefit_name text not null check (length(benefit_name) <= 100),
  benefit_type text unique check (length(benefit_type) <= 64)
);
comment on table benefit_type is 'The types of benefits. benefit_type: the older name that only some types bear.';
insert into benefit_type (config_id, benefit_name, benefit_type) values
  (1, '支付宝红包', 'ALIPAY_COUPON'), (4, '流量钱包', null), (13, '优酷会员', null), (14, '彩票', null);

create table benefit_seller (
  user_id bigint primary key
);
comment on table benefit_seller is
  'Sellers with benefits. Whoever changes anything of a seller''s benefits holds this row first, so no two changes '
  'cross.';

create table benefit_seller_type (
  user_id bigint not null,
  config_id bigint not null references benefit_type,
  primary key (user_id, config_id)
);
comment on table benefit_seller_type is 'Which types are open to a seller.';

create table benefit_template (
  user_id bigint not null references benefit_seller,
  benefit_id bigint not null check (benefit_id between 1 and 9007199254740991),
  config_id bigint not null references benefit_type,
  denomination bigint not null check (denomination >= 0),
  start_time timestamptz not null,
  end_time timestamptz not null check (end_time >= start_time),
  extend_feature text check (length(extend_feature) <= 4000),
  out_object_id text check (length(out_object_id) <= 128),
  out_object_name text check (length(out_object_name) <= 200),
  options bigint not null default 0 check (options >= 0),
  status smallint not null check (status in (1, 2)),
  max_sends integer check (max_sends > 0),
  window_seconds integer check (window_seconds between 1 and 86400),
  relate_activity_num bigint not null default 0 check (relate_activity_num >= 0),
  total_num bigint not null check (total_num >= 0),
  valid_total_num bigint not null,
  primary key (user_id, benefit_id),
  check (valid_total_num between 0 and total_num),
  check ((max_sends is null) = (window_seconds is null))
);
comment on table benefit_template is
  'A benefit that a seller owns. denomination in fen. options: bits that callers may exclude. status: 1 in use, 2 '
  'withdrawn. relate_activity_num: activities that relate to it. total_num: units bought; valid_total_num: units not '
  'yet sent.';
comment on column benefit_template.max_sends is
  'How often one receiver may be sent it in each window of window_seconds, counted from the epoch; null is no limit.';
create index benefit_template_type on benefit_template (user_id, config_id, benefit_id);
-- What goes on now is found by its end.
create index on benefit_template (end_time);

create table benefit_adjustment (
  user_id bigint not null,
  benefit_id bigint not null,
  adjust_id text not null check (length(adjust_id) between 1 and 64),
  delta_total bigint not null,
  delta_valid bigint not null,
  delta_relate bigint not null default 0,
  total_after bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  operator text not null check (length(operator) between 1 and 64),
  adjusted_at timestamptz not null,
  primary key (user_id, benefit_id, adjust_id),
  foreign key (user_id, benefit_id) references benefit_template
);
comment on table benefit_adjustment is
  'What changed the numbers of a template beside sends and relations: its opening and the changes of operators '
  '(operator: their app_key). total_after: total_num that then was. An adjust_id counts once.';

-- Ids of one's own begin above those of the documented examples.
create sequence benefit_relation_id start 1000000001 maxvalue 9007199254740991;
create table benefit_activity (
  user_id bigint not null references benefit_seller,
  relation_id bigint not null default nextval('benefit_relation_id') check (relation_id between 1 and 9007199254740991),
  name text not null check (length(name) <= 200),
  type text not null check (type = 'SEND'),
  activity_url text check (length(activity_url) <= 1000),
  "desc" text check (length("desc") <= 1000),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  status text not null check (status in ('VALID', 'DELETE')),
  content_hash bytea,
  created_at timestamptz not null,
  primary key (user_id, relation_id)
);
comment on table benefit_activity is
  'An activity of a seller, from start_time to end_time, both inclusive. content_hash: of the request that made it, '
  'by which a repeated one is known, until the activity is changed.';
create index benefit_activity_relation on benefit_activity (relation_id);
create index benefit_activity_content on benefit_activity (user_id, content_hash, created_at);

create sequence benefit_detail_id start 1000000001 maxvalue 9007199254740991;
create table benefit_detail (
  user_id bigint not null,
  detail_id bigint not null default nextval('benefit_detail_id') check (detail_id between 1 and 9007199254740991),
  relation_id bigint not null,
  benefit_id bigint not null,
  status text not null check (status in ('VALID', 'DELETE')),
  primary key (user_id, detail_id),
  foreign key (user_id, relation_id) references benefit_activity,
  foreign key (user_id, benefit_id) references benefit_template
);
comment on table benefit_detail is
  'A benefit that relates to an activity; the living ones (VALID) are the ledger of relate_activity_num.';
create unique index benefit_detail_living on benefit_detail (user_id, relation_id, benefit_id) where status = 'VALID';
create index benefit_detail_relation on benefit_detail (user_id, relation_id, detail_id);

create sequence benefit_send_id maxvalue 9007199254740991;
create table benefit_send (
  user_id bigint not null,
  unique_id text not null check (length(unique_id) between 1 and 128),
  send_id bigint not null default nextval('benefit_send_id'),
  content_hash bytea not null check (length(content_hash) = 32),
  receiver_hash bytea not null check (length(receiver_hash) = 32),
  receiver_sealed bytea not null,
  share_hash bytea,
  biz_id text,
  trace_id text,
  sent_at timestamptz not null,
  primary key (user_id, unique_id)
);
comment on table benefit_send is
  'Sends of which something arrived; unique_id is the seller''s key. content_hash: of what was asked. The receiver is '
  'hashed to be found and sealed to be shown. share_hash: the chain of sharing, on which a receiver is sent to once.';
create index benefit_send_order on benefit_send (user_id, send_id);
create index benefit_send_receiver on benefit_send (user_id, receiver_hash, send_id);
create unique index benefit_send_share on benefit_send (user_id, share_hash, receiver_hash)
  where share_hash is not null;

-- No foreign key to the detail and its template: rows are written by benefit_send alone, which has read both under the
-- seller's lock.
create table benefit_send_detail (
  user_id bigint not null,
  unique_id text not null,
  detail_id bigint not null,
  benefit_id bigint not null,
  send_count integer not null check (send_count > 0),
  success_count integer not null check (success_count between 0 and send_count),
  error_code_list text[] not null,
  receiver_hash bytea not null,
  window_start timestamptz,
  window_ordinal integer check (window_ordinal > 0),
  max_sends integer,
  primary key (user_id, unique_id, detail_id),
  check (window_ordinal <= max_sends),
  check ((window_start is null) = (window_ordinal is null)),
  check ((success_count < send_count) = (error_code_list <> '{}'))
);
comment on table benefit_send_detail is
  'What a send gave of each benefit; success_count is the ledger of valid_total_num. window_ordinal: the how many-th '
  'send to the receiver in the window of the template''s limit, which bounds it.';
create unique index benefit_send_window on benefit_send_detail
  (user_id, benefit_id, receiver_hash, window_start, window_ordinal) where window_start is not null;

-- A command of a batch of sends and what it meets, once for each detail that is to be decided (benefit_send_parts).
create type benefit_send_part as (
  n bigint, first_n bigint, same_content boolean, unique_id text, content text, send_count integer, receiver bytea,
  receiver_sealed text, share_hash text, biz_id text, trace_id text, sent_at timestamptz, stored_content bytea,
  is_shared boolean, has_target boolean, of_detail bigint, benefit_id bigint, valid_total_num bigint, max_sends integer,
  window_start timestamptz, refusal text, past_sends integer
);

create view audit_benefits (counter, key, counted, ledger) as
with adjusted as (
  select user_id, benefit_id, sum(delta_total) as total, sum(delta_valid) as valid, sum(delta_relate) as relate
  from benefit_adjustment group by user_id, benefit_id
), sent as (
  select user_id, benefit_id, sum(success_count) as units from benefit_send_detail group by user_id, benefit_id
), related as (
  select user_id, benefit_id, count(*) as living from benefit_detail where status = 'VALID' group by user_id, benefit_id
)
select 'benefit_template.total_num', t.user_id || '/' || t.benefit_id, t.total_num, coalesce(a.total, 0)::bigint
from benefit_template t left join adjusted a using (user_id, benefit_id)
union all
select 'benefit_template.valid_total_num', t.user_id || '/' || t.benefit_id, t.valid_total_num,
  (coalesce(a.valid, 0) - coalesce(s.units, 0))::bigint
from benefit_template t left join adjusted a using (user_id, benefit_id) left join sent s using (user_id, benefit_id)
union all
select 'benefit_template.relate_activity_num', t.user_id || '/' || t.benefit_id, t.relate_activity_num,
  (coalesce(a.relate, 0) + coalesce(d.living, 0))::bigint
from benefit_template t left join adjusted a using (user_id, benefit_id)
left join related d using (user_id, benefit_id);
comment on view audit_benefits is
  'Every counter of the benefits beside the sum of its ledger; unequal rows are faults.';
