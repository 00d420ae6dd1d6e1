-- Projects, events, price tiers with their stock, and who may sell them (alibaba.damai.maizuo.openapi.project.detail).
-- Names come in Chinese, with an English one (_en) where there is one. Ids fit a JavaScript number.

create table ticketing_tenant (
  tenant_id bigint primary key,
  tenant_name text not null check (length(tenant_name) <= 100),
  token_hash bytea not null unique check (length(token_hash) = 32)
);
comment on table ticketing_tenant is 'An organiser that owns projects. token_hash: keyed hash of its tenant_token.';

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
  tenant_id bigint not null references ticketing_tenant,
  project_name text not null check (length(project_name) <= 200),
  project_name_en text check (length(project_name_en) <= 200),
  project_detail text not null check (length(project_detail) <= 4000),
  project_detail_en text check (length(project_detail_en) <= 4000),
  project_seat_type smallint not null check (project_seat_type in (1, 2)),
  project_type_id bigint not null,
  project_img_url text not null check (length(project_img_url) <= 500),
  site_id bigint not null references ticketing_site
);
comment on table ticketing_project is
  'A show. project_seat_type: 1 seated, 2 unseated. Its times, prices and sale state follow from its events.';

create table ticketing_event (
  event_id bigint primary key check (event_id between 1 and 9007199254740991),
  project_id bigint not null references ticketing_project,
  event_name text not null check (length(event_name) <= 200),
  event_name_en text check (length(event_name_en) <= 200),
  event_show_start_time timestamptz not null,
  event_show_end_time timestamptz not null check (event_show_end_time >= event_show_start_time),
  sale_start_time timestamptz not null,
  sale_end_time timestamptz not null check (sale_end_time > sale_start_time),
  site_id bigint not null references ticketing_site,
  site_version_id bigint not null,
  event_limit_type smallint not null check (event_limit_type in (0, 1, 2)),
  seat_total_num integer not null check (seat_total_num >= 0),
  unique (project_id, event_id)
);
comment on table ticketing_event is
  'One performance. On sale from sale_start_time on and before sale_end_time. event_limit_type: 0 none, 1 one identity document per order, 2 one per ticket.';

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
  primary key (event_id, discount_id)
);
comment on table ticketing_event_discount is 'A discount of an event.';

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
  'A price tier and its stock in tickets, or a package (is_coupon_ticket 1) and its stock in packages. price in fen. is_package_only: sold within packages and not by itself. sale_count + margin_count + held_count = goods_count always; held_count: tickets of unpaid orders.';

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
  'What a package holds: child_num tickets of a plain tier of the same event. The two generated columns keep parents packages and children plain.';

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
