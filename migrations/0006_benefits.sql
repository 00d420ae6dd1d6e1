-- Benefit types and the benefit templates that sellers own (taobao.promotion.benefit.selector).

create table benefit_type (
  config_id bigint primary key,
  benefit_name text not null check (length(benefit_name) <= 100),
  benefit_type text unique check (length(benefit_type) <= 64)
);
comment on table benefit_type is 'The types of benefits. benefit_type: the older name that only some types bear.';
insert into benefit_type (config_id, benefit_name, benefit_type) values
  (1, '支付宝红包', 'ALIPAY_COUPON'), (4, '流量钱包', null), (13, '优酷会员', null), (14, '彩票', null);

create table benefit_seller_type (
  user_id bigint not null,
  config_id bigint not null references benefit_type,
  primary key (user_id, config_id)
);
comment on table benefit_seller_type is 'Which types are open to a seller.';

create table benefit_template (
  user_id bigint not null,
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
  relate_activity_num bigint not null default 0 check (relate_activity_num >= 0),
  total_num bigint not null check (total_num >= 0),
  valid_total_num bigint not null,
  primary key (user_id, benefit_id),
  check (valid_total_num between 0 and total_num)
);
comment on table benefit_template is
  'A benefit that a seller owns. denomination in fen. options: bits that callers may exclude. status: 1 in use, 2 withdrawn. relate_activity_num: activities that relate to it. total_num: units bought; valid_total_num: units not yet sent.';

create index benefit_template_type on benefit_template (user_id, config_id, benefit_id);
