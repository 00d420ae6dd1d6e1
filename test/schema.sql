create type benefit_send_part as (
  n bigint,
  first_n bigint,
  same_content boolean,
  unique_id text,
  content text,
  send_count integer,
  receiver bytea,
  receiver_sealed text,
  share_hash text,
  biz_id text,
  trace_id text,
  sent_at timestamp with time zone,
  stored_content bytea,
  is_shared boolean,
  has_target boolean,
  of_detail bigint,
  benefit_id bigint,
  valid_total_num bigint,
  max_sends integer,
  window_start timestamp with time zone,
  refusal text,
  past_sends integer
);

create type sendplan_receive_asked as (
  at timestamp with time zone[],
  place integer[],
  refusal integer[],
  content text[],
  user_hash text[],
  user_sealed text[],
  request_id text[],
  request_place integer[],
  draw double precision[],
  user_place integer[],
  also jsonb[],
  last_count integer[],
  last_day date[],
  last_day_count integer[],
  stored_receipt bigint[],
  stored_hash text[],
  stored_same boolean[],
  linked boolean
);

create type sendplan_receive_decided as (
  outcome integer[],
  item integer[],
  repeats integer[],
  day date[],
  parent integer[],
  joined boolean[],
  taken integer[]
);

create type sendplan_receive_items as (
  id bigint[],
  name text[],
  weight bigint[],
  need integer[],
  remaining bigint[],
  valid_days integer[]
);

create type sendplan_receive_names as (
  hash text[],
  count integer[],
  day date[],
  day_count integer[],
  person integer[],
  person_count integer[],
  person_day date[],
  person_day_count integer[],
  parent integer[],
  user_name integer[],
  stored_name integer[],
  join_command integer[],
  join_name integer[]
);

create type ticketing_goods as (
  n integer,
  line_no integer,
  event_id bigint,
  price_id bigint,
  goods_count integer,
  bearer_count integer,
  price bigint,
  tickets integer,
  is_package boolean,
  event_limit_type smallint,
  order_limit integer,
  user_limit integer,
  money bigint,
  code integer,
  child_price_id bigint
);

create type ticketing_needs as (
  n integer[],
  resource integer[],
  amount bigint[],
  kind integer[],
  event_id bigint[],
  price_id bigint[],
  capacity bigint[]
);

create type ticketing_submitted as (
  detail jsonb[],
  cart integer[],
  content_hash text[],
  order_id bigint[],
  order_hash text[]
);

create type voucher_operation_codes as (
  sequence bigint[],
  code_status smallint[],
  bound_time timestamp with time zone[],
  bound_user text[],
  bound_sealed bytea[],
  consume_sequence bigint[],
  expire_time timestamp with time zone[]
);

create type voucher_operation_items as (
  command integer[],
  sequence bigint[],
  word text[],
  number bigint[]
);

create type voucher_operation_users as (
  user_hash text[],
  had_count integer[],
  bound_count integer[],
  binds boolean[]
);

create sequence benefit_detail_id start 1000000001 maxvalue 9007199254740991;

create sequence benefit_relation_id start 1000000001 maxvalue 9007199254740991;

create sequence benefit_send_id start 1 maxvalue 9007199254740991;

create sequence sendplan_receipt_id start 1 maxvalue 9007199254740991;

create table benefit_activity (
  user_id bigint not null,
  relation_id bigint default nextval('benefit_relation_id'::regclass) not null,
  name text not null,
  type text not null,
  activity_url text,
  "desc" text,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  status text not null,
  content_hash bytea,
  created_at timestamp with time zone not null,
  constraint benefit_activity_pkey PRIMARY KEY (user_id, relation_id),
  constraint benefit_activity_user_id_fkey FOREIGN KEY (user_id) REFERENCES benefit_seller(user_id),
  constraint benefit_activity_activity_url_check CHECK (length(activity_url) <= 1000),
  constraint benefit_activity_check CHECK (end_time >= start_time),
  constraint benefit_activity_desc_check CHECK (length("desc") <= 1000),
  constraint benefit_activity_name_check CHECK (length(name) <= 200),
  constraint benefit_activity_relation_id_check CHECK (relation_id >= 1 AND relation_id <= '9007199254740991'::bigint),
  constraint benefit_activity_status_check CHECK (status = ANY (ARRAY['VALID'::text, 'DELETE'::text])),
  constraint benefit_activity_type_check CHECK (type = 'SEND'::text)
);
CREATE INDEX benefit_activity_content ON benefit_activity USING btree (user_id, content_hash, created_at);
CREATE INDEX benefit_activity_relation ON benefit_activity USING btree (relation_id);

create table benefit_adjustment (
  user_id bigint not null,
  benefit_id bigint not null,
  adjust_id text not null,
  delta_total bigint not null,
  delta_valid bigint not null,
  delta_relate bigint default 0 not null,
  total_after bigint not null,
  reason text not null,
  operator text not null,
  adjusted_at timestamp with time zone not null,
  constraint benefit_adjustment_pkey PRIMARY KEY (user_id, benefit_id, adjust_id),
  constraint benefit_adjustment_user_id_benefit_id_fkey FOREIGN KEY (user_id, benefit_id) REFERENCES benefit_template(user_id, benefit_id),
  constraint benefit_adjustment_adjust_id_check CHECK (length(adjust_id) >= 1 AND length(adjust_id) <= 64),
  constraint benefit_adjustment_operator_check CHECK (length(operator) >= 1 AND length(operator) <= 64),
  constraint benefit_adjustment_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 200)
);

create table benefit_detail (
  user_id bigint not null,
  detail_id bigint default nextval('benefit_detail_id'::regclass) not null,
  relation_id bigint not null,
  benefit_id bigint not null,
  status text not null,
  constraint benefit_detail_pkey PRIMARY KEY (user_id, detail_id),
  constraint benefit_detail_user_id_benefit_id_fkey FOREIGN KEY (user_id, benefit_id) REFERENCES benefit_template(user_id, benefit_id),
  constraint benefit_detail_user_id_relation_id_fkey FOREIGN KEY (user_id, relation_id) REFERENCES benefit_activity(user_id, relation_id),
  constraint benefit_detail_detail_id_check CHECK (detail_id >= 1 AND detail_id <= '9007199254740991'::bigint),
  constraint benefit_detail_status_check CHECK (status = ANY (ARRAY['VALID'::text, 'DELETE'::text]))
);
CREATE UNIQUE INDEX benefit_detail_living ON benefit_detail USING btree (user_id, relation_id, benefit_id) WHERE status = 'VALID'::text;
CREATE INDEX benefit_detail_relation ON benefit_detail USING btree (user_id, relation_id, detail_id);

create table benefit_seller (
  user_id bigint not null,
  constraint benefit_seller_pkey PRIMARY KEY (user_id)
);

create table benefit_seller_type (
  user_id bigint not null,
  config_id bigint not null,
  constraint benefit_seller_type_pkey PRIMARY KEY (user_id, config_id),
  constraint benefit_seller_type_config_id_fkey FOREIGN KEY (config_id) REFERENCES benefit_type(config_id)
);

create table benefit_send (
  user_id bigint not null,
  unique_id text not null,
  send_id bigint default nextval('benefit_send_id'::regclass) not null,
  content_hash bytea not null,
  receiver_hash bytea not null,
  receiver_sealed bytea not null,
  share_hash bytea,
  biz_id text,
  trace_id text,
  sent_at timestamp with time zone not null,
  constraint benefit_send_pkey PRIMARY KEY (user_id, unique_id),
  constraint benefit_send_content_hash_check CHECK (length(content_hash) = 32),
  constraint benefit_send_receiver_hash_check CHECK (length(receiver_hash) = 32),
  constraint benefit_send_unique_id_check CHECK (length(unique_id) >= 1 AND length(unique_id) <= 128)
);
CREATE INDEX benefit_send_order ON benefit_send USING btree (user_id, send_id);
CREATE INDEX benefit_send_receiver ON benefit_send USING btree (user_id, receiver_hash, send_id);
CREATE UNIQUE INDEX benefit_send_share ON benefit_send USING btree (user_id, share_hash, receiver_hash) WHERE share_hash IS NOT NULL;

create table benefit_send_detail (
  user_id bigint not null,
  unique_id text not null,
  detail_id bigint not null,
  benefit_id bigint not null,
  send_count integer not null,
  success_count integer not null,
  error_code_list text[] not null,
  receiver_hash bytea not null,
  window_start timestamp with time zone,
  window_ordinal integer,
  max_sends integer,
  constraint benefit_send_detail_pkey PRIMARY KEY (user_id, unique_id, detail_id),
  constraint benefit_send_detail_check CHECK (success_count >= 0 AND success_count <= send_count),
  constraint benefit_send_detail_check1 CHECK (window_ordinal <= max_sends),
  constraint benefit_send_detail_check2 CHECK ((window_start IS NULL) = (window_ordinal IS NULL)),
  constraint benefit_send_detail_check3 CHECK ((success_count < send_count) = (error_code_list <> '{}'::text[])),
  constraint benefit_send_detail_send_count_check CHECK (send_count > 0),
  constraint benefit_send_detail_window_ordinal_check CHECK (window_ordinal > 0)
);
CREATE UNIQUE INDEX benefit_send_window ON benefit_send_detail USING btree (user_id, benefit_id, receiver_hash, window_start, window_ordinal) WHERE window_start IS NOT NULL;

create table benefit_template (
  user_id bigint not null,
  benefit_id bigint not null,
  config_id bigint not null,
  denomination bigint not null,
  start_time timestamp with time zone not null,
  end_time timestamp with time zone not null,
  extend_feature text,
  out_object_id text,
  out_object_name text,
  options bigint default 0 not null,
  status smallint not null,
  max_sends integer,
  window_seconds integer,
  relate_activity_num bigint default 0 not null,
  total_num bigint not null,
  valid_total_num bigint not null,
  constraint benefit_template_pkey PRIMARY KEY (user_id, benefit_id),
  constraint benefit_template_config_id_fkey FOREIGN KEY (config_id) REFERENCES benefit_type(config_id),
  constraint benefit_template_user_id_fkey FOREIGN KEY (user_id) REFERENCES benefit_seller(user_id),
  constraint benefit_template_benefit_id_check CHECK (benefit_id >= 1 AND benefit_id <= '9007199254740991'::bigint),
  constraint benefit_template_check CHECK (end_time >= start_time),
  constraint benefit_template_check1 CHECK (valid_total_num >= 0 AND valid_total_num <= total_num),
  constraint benefit_template_check2 CHECK ((max_sends IS NULL) = (window_seconds IS NULL)),
  constraint benefit_template_denomination_check CHECK (denomination >= 0),
  constraint benefit_template_extend_feature_check CHECK (length(extend_feature) <= 4000),
  constraint benefit_template_max_sends_check CHECK (max_sends > 0),
  constraint benefit_template_options_check CHECK (options >= 0),
  constraint benefit_template_out_object_id_check CHECK (length(out_object_id) <= 128),
  constraint benefit_template_out_object_name_check CHECK (length(out_object_name) <= 200),
  constraint benefit_template_relate_activity_num_check CHECK (relate_activity_num >= 0),
  constraint benefit_template_status_check CHECK (status = ANY (ARRAY[1, 2])),
  constraint benefit_template_total_num_check CHECK (total_num >= 0),
  constraint benefit_template_window_seconds_check CHECK (window_seconds >= 1 AND window_seconds <= 86400)
);
CREATE INDEX benefit_template_end_time_idx ON benefit_template USING btree (end_time);
CREATE INDEX benefit_template_type ON benefit_template USING btree (user_id, config_id, benefit_id);

create table benefit_type (
  config_id bigint not null,
  benefit_name text not null,
  benefit_type text,
  constraint benefit_type_pkey PRIMARY KEY (config_id),
  constraint benefit_type_benefit_type_key UNIQUE (benefit_type),
  constraint benefit_type_benefit_name_check CHECK (length(benefit_name) <= 100),
  constraint benefit_type_benefit_type_check CHECK (length(benefit_type) <= 64)
);

create table change_log (
  change_id bigint generated always as identity not null,
  changed_at timestamp with time zone not null,
  actor text not null,
  method text,
  request_id text,
  action text not null,
  thing text not null,
  thing_key text not null,
  changed text[],
  before jsonb,
  after jsonb,
  constraint change_log_pkey PRIMARY KEY (changed_at, change_id),
  constraint change_log_action_check CHECK (action = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text, 'call'::text]))
);
CREATE INDEX change_log_actor_changed_at_change_id_idx ON change_log USING btree (actor, changed_at, change_id);
CREATE INDEX change_log_method_changed_at_change_id_idx ON change_log USING btree (method, changed_at, change_id);
CREATE INDEX change_log_request_id_idx ON change_log USING btree (request_id);
CREATE INDEX change_log_thing_thing_key_changed_at_change_id_idx ON change_log USING btree (thing, thing_key, changed_at, change_id);

create table counter_skip (
  skip_no bigint generated always as identity not null,
  counter text not null,
  key text not null,
  skipped bigint not null,
  skipped_at timestamp with time zone not null,
  constraint counter_skip_pkey PRIMARY KEY (skip_no),
  constraint counter_skip_skipped_check CHECK (skipped > 0)
);
CREATE INDEX counter_skip_key ON counter_skip USING btree (counter, key);

create table job (
  job_id bigint generated always as identity not null,
  kind text not null,
  app_key text not null,
  unique_id text not null,
  input jsonb not null,
  state text default 'queued'::text not null,
  done bigint default 0 not null,
  total bigint not null,
  error text,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint job_pkey PRIMARY KEY (job_id),
  constraint job_app_key_kind_unique_id_key UNIQUE (app_key, kind, unique_id),
  constraint job_check CHECK (done >= 0 AND done <= total),
  constraint job_check1 CHECK ((finished_at IS NULL) = (state = ANY (ARRAY['queued'::text, 'running'::text]))),
  constraint job_kind_check CHECK (length(kind) >= 1 AND length(kind) <= 64),
  constraint job_state_check CHECK (state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])),
  constraint job_total_check CHECK (total >= 0),
  constraint job_unique_id_check CHECK (length(unique_id) >= 1 AND length(unique_id) <= 1000)
);
CREATE INDEX job_open ON job USING btree (job_id) WHERE finished_at IS NULL;

create table lottery_activity (
  spread_id text not null,
  platform bigint not null,
  name text not null,
  status smallint not null,
  user_limit integer,
  user_day_limit integer,
  constraint lottery_activity_pkey PRIMARY KEY (spread_id),
  constraint lottery_activity_platform_spread_id_key UNIQUE (platform, spread_id),
  constraint lottery_activity_name_check CHECK (length(name) <= 200),
  constraint lottery_activity_spread_id_check CHECK (length(spread_id) >= 1 AND length(spread_id) <= 128),
  constraint lottery_activity_status_check CHECK (status = ANY (ARRAY[1, 2])),
  constraint lottery_activity_user_day_limit_check CHECK (user_day_limit > 0),
  constraint lottery_activity_user_limit_check CHECK (user_limit > 0)
);

create table lottery_adjustment (
  platform bigint not null,
  spread_id text collate "C" not null,
  adjust_id text collate "C" not null,
  counter text not null,
  counter_no integer not null,
  delta bigint not null,
  stock bigint not null,
  reason text not null,
  app_key text,
  adjusted_at timestamp with time zone not null,
  constraint lottery_adjustment_pkey PRIMARY KEY (platform, spread_id, adjust_id),
  constraint lottery_adjustment_platform_spread_id_fkey FOREIGN KEY (platform, spread_id) REFERENCES lottery_activity(platform, spread_id) ON UPDATE CASCADE,
  constraint lottery_adjustment_adjust_id_check CHECK (length(adjust_id) >= 1 AND length(adjust_id) <= 128),
  constraint lottery_adjustment_counter_check CHECK (counter = ANY (ARRAY['win_times'::text, 'consumed_win_times'::text, 'total_count'::text, 'consumed_count'::text])),
  constraint lottery_adjustment_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 200)
);

create table lottery_grant (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  spread_id text collate "C" not null,
  mix_user_id text collate "C" not null,
  segment_no integer not null,
  reward_no integer,
  result_code smallint not null,
  granted_at timestamp with time zone not null,
  limited boolean not null,
  invalid_at timestamp with time zone,
  claimed_platform bigint,
  constraint lottery_grant_pkey PRIMARY KEY (platform, out_biz_id, app_key),
  constraint lottery_grant_win_or_claim_check CHECK (
CASE
    WHEN claimed_platform IS NULL THEN result_code = ANY (ARRAY[1, 3, 4])
    ELSE result_code = 0 AND claimed_platform <> platform AND spread_id = ''::text AND mix_user_id = ''::text
END)
);
CREATE INDEX lottery_grant_limited ON lottery_grant USING btree (platform, spread_id, mix_user_id) WHERE limited;
CREATE INDEX lottery_grant_user ON lottery_grant USING brin (mix_user_id text_bloom_ops, granted_at);

create table lottery_grant_code (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  sequence bigint not null,
  mix_id text not null,
  code_hash bytea,
  code_sealed bytea not null,
  constraint lottery_grant_code_pkey PRIMARY KEY (platform, out_biz_id, app_key, sequence),
  constraint lottery_grant_code_platform_out_biz_id_app_key_fkey FOREIGN KEY (platform, out_biz_id, app_key) REFERENCES lottery_grant(platform, out_biz_id, app_key),
  constraint lottery_grant_code_code_hash_check CHECK (length(code_hash) = 32)
);

create table lottery_home (
  app_key text collate "C" not null,
  platform bigint not null,
  constraint lottery_home_pkey PRIMARY KEY (app_key)
);

create table lottery_lacking (
  platform bigint not null,
  spread_id text collate "C" not null,
  granted_at timestamp with time zone not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  constraint lottery_lacking_pkey PRIMARY KEY (platform, spread_id, granted_at, out_biz_id, app_key)
);

create table lottery_member (
  alipay_id text collate "C" not null,
  mix_user_id text not null,
  nick text not null,
  member_level smallint not null,
  expire_date timestamp with time zone,
  invalid_date timestamp with time zone,
  constraint lottery_member_pkey PRIMARY KEY (alipay_id),
  constraint lottery_member_alipay_id_check CHECK (length(alipay_id) >= 1 AND length(alipay_id) <= 128),
  constraint lottery_member_check CHECK ((member_level = 0) = (expire_date IS NULL)),
  constraint lottery_member_member_level_check CHECK (member_level = ANY (ARRAY[0, 1, 10])),
  constraint lottery_member_mix_user_id_check CHECK (length(mix_user_id) >= 1 AND length(mix_user_id) <= 128),
  constraint lottery_member_nick_check CHECK (length(nick) <= 64)
);

create table lottery_prize (
  platform bigint not null,
  spread_id text collate "C" not null,
  prize_no integer not null,
  weight integer not null,
  total_count bigint,
  consumed_count bigint default 0 not null,
  reward_no integer not null,
  constraint lottery_prize_pkey PRIMARY KEY (platform, spread_id, prize_no),
  constraint lottery_prize_platform_spread_id_fkey FOREIGN KEY (platform, spread_id) REFERENCES lottery_activity(platform, spread_id) ON UPDATE CASCADE,
  constraint lottery_prize_check CHECK (consumed_count >= 0 AND consumed_count <= COALESCE(total_count, consumed_count)),
  constraint lottery_prize_prize_no_check CHECK (prize_no > 0),
  constraint lottery_prize_reward_no_check CHECK (reward_no > 0),
  constraint lottery_prize_total_count_check CHECK (total_count >= 0),
  constraint lottery_prize_weight_check CHECK (weight >= 0 AND weight <= 1000000)
) with (fillfactor=40);

create table lottery_reward (
  platform bigint not null,
  spread_id text collate "C" not null,
  reward_no integer not null,
  prize_no integer not null,
  reward_title text not null,
  reward_sub_title text,
  reward_type smallint not null,
  reward_sub_type smallint not null,
  reward_count bigint not null,
  reward_unit text,
  cost_price bigint not null,
  gmt_expire timestamp(0) with time zone,
  expire_days integer,
  reward_ext text,
  mix_id text,
  code_count integer default 0 not null,
  constraint lottery_reward_pkey PRIMARY KEY (platform, spread_id, reward_no),
  constraint lottery_reward_platform_spread_id_fkey FOREIGN KEY (platform, spread_id) REFERENCES lottery_activity(platform, spread_id) ON UPDATE CASCADE,
  constraint lottery_reward_check CHECK (gmt_expire IS NULL OR expire_days IS NULL),
  constraint lottery_reward_check1 CHECK ((mix_id IS NULL) = (code_count = 0)),
  constraint lottery_reward_check2 CHECK (
CASE reward_type
    WHEN 14 THEN reward_sub_type = ANY (ARRAY[5, 7, 8])
    ELSE reward_sub_type = ANY (ARRAY[1, 2])
END),
  constraint lottery_reward_code_count_check CHECK (code_count >= 0 AND code_count <= 100),
  constraint lottery_reward_cost_price_check CHECK (cost_price >= 0),
  constraint lottery_reward_expire_days_check CHECK (expire_days >= 1 AND expire_days <= 36500),
  constraint lottery_reward_mix_id_check CHECK (length(mix_id) >= 1 AND length(mix_id) <= 128),
  constraint lottery_reward_reward_count_check CHECK (reward_count > 0),
  constraint lottery_reward_reward_ext_check CHECK (length(reward_ext) <= 4000),
  constraint lottery_reward_reward_no_check CHECK (reward_no > 0),
  constraint lottery_reward_reward_sub_title_check CHECK (length(reward_sub_title) <= 200),
  constraint lottery_reward_reward_title_check CHECK (length(reward_title) <= 200),
  constraint lottery_reward_reward_type_check CHECK (reward_type = ANY (ARRAY[1, 2, 14])),
  constraint lottery_reward_reward_unit_check CHECK (length(reward_unit) <= 20)
);

create table lottery_segment (
  platform bigint not null,
  spread_id text not null,
  segment_no integer not null,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  win_times bigint not null,
  consumed_win_times bigint default 0 not null,
  constraint lottery_segment_pkey PRIMARY KEY (platform, spread_id, segment_no),
  constraint lottery_segment_platform_spread_id_start_time_key UNIQUE (platform, spread_id, start_time) DEFERRABLE INITIALLY DEFERRED,
  constraint lottery_segment_platform_spread_id_fkey FOREIGN KEY (platform, spread_id) REFERENCES lottery_activity(platform, spread_id) ON UPDATE CASCADE,
  constraint lottery_segment_check CHECK (end_time >= start_time),
  constraint lottery_segment_check1 CHECK (consumed_win_times >= 0 AND consumed_win_times <= win_times),
  constraint lottery_segment_segment_no_check CHECK (segment_no > 0),
  constraint lottery_segment_win_times_check CHECK (win_times >= 0)
) with (fillfactor=40);
CREATE INDEX lottery_segment_end_time_idx ON lottery_segment USING btree (end_time);
CREATE INDEX lottery_segment_spread_id_idx ON lottery_segment USING btree (spread_id);

create table platform_app (
  app_key text not null,
  name text not null,
  status smallint default 1 not null,
  ip_allow cidr[] default '{}'::cidr[] not null,
  callback_urls text[] default '{}'::text[] not null,
  sign_methods text[] default '{}'::text[] not null,
  calls_per_day bigint default 1000000 not null,
  unique_id text,
  unique_content jsonb,
  created_at timestamp with time zone not null,
  constraint platform_app_pkey PRIMARY KEY (app_key),
  constraint platform_app_unique_id_key UNIQUE (unique_id),
  constraint platform_app_app_key_check CHECK (app_key ~ '^[0-9]{1,20}$'::text),
  constraint platform_app_calls_per_day_check CHECK (calls_per_day >= 0),
  constraint platform_app_created_once CHECK ((unique_id IS NULL) = (unique_content IS NULL)),
  constraint platform_app_name_check CHECK (length(name) >= 1 AND length(name) <= 100),
  constraint platform_app_sign_methods_check CHECK (sign_methods <@ '{md5,hmac,hmac-sha256}'::text[]),
  constraint platform_app_status_check CHECK (status = ANY (ARRAY[1, 2])),
  constraint platform_app_unique_id_check CHECK (length(unique_id) >= 1 AND length(unique_id) <= 64)
);
CREATE TRIGGER config_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON platform_app FOR EACH STATEMENT EXECUTE FUNCTION platform_config_changed();

create table platform_app_package (
  app_key text not null,
  package text not null,
  constraint platform_app_package_pkey PRIMARY KEY (app_key, package),
  constraint platform_app_package_app_key_fkey FOREIGN KEY (app_key) REFERENCES platform_app(app_key) ON DELETE CASCADE,
  constraint platform_app_package_package_check CHECK (length(package) >= 1 AND length(package) <= 64)
);
CREATE TRIGGER config_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON platform_app_package FOR EACH STATEMENT EXECUTE FUNCTION platform_config_changed();

create table platform_app_secret (
  app_key text not null,
  secret bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  constraint platform_app_secret_pkey PRIMARY KEY (app_key, created_at),
  constraint platform_app_secret_app_key_fkey FOREIGN KEY (app_key) REFERENCES platform_app(app_key) ON DELETE CASCADE
);
CREATE TRIGGER at_most_two_live AFTER INSERT OR UPDATE ON platform_app_secret FOR EACH ROW EXECUTE FUNCTION platform_app_secret_limit();
CREATE TRIGGER config_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON platform_app_secret FOR EACH STATEMENT EXECUTE FUNCTION platform_config_changed();

create table platform_authorization_code (
  code_hash bytea not null,
  app_key text not null,
  user_id bigint not null,
  redirect_uri text not null,
  redirect_uri_given boolean default true not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  session_hash bytea,
  constraint platform_authorization_code_pkey PRIMARY KEY (code_hash),
  constraint platform_authorization_code_app_key_fkey FOREIGN KEY (app_key) REFERENCES platform_app(app_key) ON DELETE CASCADE,
  constraint platform_authorization_code_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES platform_session(session_hash) ON DELETE SET NULL,
  constraint platform_authorization_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES platform_user(user_id) ON DELETE CASCADE
);

create table platform_call_figure (
  slot timestamp with time zone not null,
  code integer not null,
  sub_code text not null,
  up_to_us integer not null,
  calls bigint not null,
  constraint platform_call_figure_pkey PRIMARY KEY (slot, code, sub_code, up_to_us)
) with (fillfactor=50);

create table platform_call_log (
  called_at timestamp with time zone not null,
  request_id text not null,
  app_key text,
  operator text,
  method text,
  code integer not null,
  sub_code text,
  duration_us integer not null
) partition by RANGE (called_at);
CREATE INDEX platform_call_log_app_key_called_at_idx ON ONLY platform_call_log USING btree (app_key, called_at);
CREATE INDEX platform_call_log_errors ON ONLY platform_call_log USING btree (called_at) WHERE code <> 0;
CREATE INDEX platform_call_log_request_id_idx ON ONLY platform_call_log USING btree (request_id);

create table platform_config_version (
  id smallint not null,
  version bigint not null,
  constraint platform_config_version_pkey PRIMARY KEY (id),
  constraint platform_config_version_id_check CHECK (id = 1)
);

create table platform_frequency (
  app_key text not null,
  method text not null,
  max_calls bigint not null,
  window_seconds integer not null,
  constraint platform_frequency_pkey PRIMARY KEY (app_key, method),
  constraint platform_frequency_max_calls_check CHECK (max_calls >= 0),
  constraint platform_frequency_method_check CHECK (length(method) >= 1 AND length(method) <= 128),
  constraint platform_frequency_window_seconds_check CHECK (window_seconds >= 1 AND window_seconds <= 86400)
);
CREATE TRIGGER config_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON platform_frequency FOR EACH STATEMENT EXECUTE FUNCTION platform_config_changed();

create table platform_operator (
  login text not null,
  display_name text not null,
  role text not null,
  status smallint default 1 not null,
  password_hash bytea,
  password_temporary boolean default false not null,
  totp_sealed bytea,
  totp_confirmed_at timestamp with time zone,
  totp_step bigint default 0 not null,
  created_at timestamp with time zone not null,
  login_at timestamp with time zone,
  constraint platform_operator_pkey PRIMARY KEY (login),
  constraint platform_operator_check CHECK (totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL),
  constraint platform_operator_display_name_check CHECK (length(display_name) >= 1 AND length(display_name) <= 64),
  constraint platform_operator_login_check CHECK (login ~ '^[a-z][a-z0-9._-]{2,31}$'::text),
  constraint platform_operator_role_check CHECK (role = ANY (ARRAY['owner'::text, 'operator'::text, 'viewer'::text, 'developer'::text])),
  constraint platform_operator_status_check CHECK (status = ANY (ARRAY[1, 2]))
);
CREATE TRIGGER keep_owner AFTER DELETE OR UPDATE OF role, status ON platform_operator FOR EACH ROW WHEN (old.role = 'owner'::text AND old.status = 1) EXECUTE FUNCTION platform_operator_keep_owner();

create table platform_operator_guess (
  guesser bytea not null,
  failures integer not null,
  window_start timestamp with time zone not null,
  locked_until timestamp with time zone,
  constraint platform_operator_guess_pkey PRIMARY KEY (guesser),
  constraint platform_operator_guess_failures_check CHECK (failures >= 0)
);
CREATE INDEX platform_operator_guess_window_start_idx ON platform_operator_guess USING btree (window_start);

create table platform_operator_recovery (
  login text not null,
  code_hash bytea not null,
  constraint platform_operator_recovery_pkey PRIMARY KEY (login, code_hash),
  constraint platform_operator_recovery_login_fkey FOREIGN KEY (login) REFERENCES platform_operator(login) ON DELETE CASCADE
);

create table platform_operator_session (
  session_hash bytea not null,
  login text not null,
  address text not null,
  user_agent text not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint platform_operator_session_pkey PRIMARY KEY (session_hash),
  constraint platform_operator_session_login_fkey FOREIGN KEY (login) REFERENCES platform_operator(login) ON DELETE CASCADE,
  constraint platform_operator_session_address_check CHECK (length(address) <= 64),
  constraint platform_operator_session_user_agent_check CHECK (length(user_agent) <= 200)
);
CREATE INDEX platform_operator_session_expires_at_idx ON platform_operator_session USING btree (expires_at);
CREATE INDEX platform_operator_session_login_idx ON platform_operator_session USING btree (login);

create table platform_operator_setup (
  token_hash bytea not null,
  login text,
  expires_at timestamp with time zone not null,
  constraint platform_operator_setup_pkey PRIMARY KEY (token_hash),
  constraint platform_operator_setup_login_fkey FOREIGN KEY (login) REFERENCES platform_operator(login) ON DELETE CASCADE
);

create table platform_operator_trial (
  login text not null,
  address bytea not null,
  tried_at timestamp with time zone not null,
  constraint platform_operator_trial_pkey PRIMARY KEY (login, address),
  constraint platform_operator_trial_login_fkey FOREIGN KEY (login) REFERENCES platform_operator(login) ON DELETE CASCADE
);
CREATE INDEX platform_operator_trial_tried_at_idx ON platform_operator_trial USING btree (tried_at);

create unlogged table platform_probe (
  filler text not null
);

create table platform_quota_use (
  counter text not null,
  window_start bigint not null,
  used bigint not null,
  constraint platform_quota_use_pkey PRIMARY KEY (counter),
  constraint platform_quota_use_used_check CHECK (used >= 0)
);

create table platform_session (
  session_hash bytea not null,
  app_key text not null,
  user_id bigint not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  refresh_hash bytea,
  refresh_expires_at timestamp with time zone,
  first_hash bytea,
  constraint platform_session_pkey PRIMARY KEY (session_hash),
  constraint platform_session_refresh_hash_key UNIQUE (refresh_hash),
  constraint platform_session_app_key_fkey FOREIGN KEY (app_key) REFERENCES platform_app(app_key) ON DELETE CASCADE,
  constraint platform_session_first_hash_fkey FOREIGN KEY (first_hash) REFERENCES platform_session(session_hash) ON DELETE CASCADE,
  constraint platform_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES platform_user(user_id) ON DELETE CASCADE
);
CREATE INDEX platform_session_app ON platform_session USING btree (app_key, created_at, session_hash);
CREATE INDEX platform_session_first ON platform_session USING btree (first_hash);
CREATE INDEX platform_session_user ON platform_session USING btree (user_id);

create table platform_user (
  user_id bigint not null,
  nick text not null,
  created_at timestamp with time zone not null,
  constraint platform_user_pkey PRIMARY KEY (user_id),
  constraint platform_user_nick_key UNIQUE (nick),
  constraint platform_user_nick_check CHECK (length(nick) >= 1 AND length(nick) <= 64),
  constraint platform_user_user_id_check CHECK (user_id >= 1 AND user_id <= '9007199254740991'::bigint)
);

create table platform_vault (
  id smallint default 1 not null,
  key_id text not null,
  earlier_key_ids text[] default '{}'::text[] not null,
  lookup_sealed bytea not null,
  constraint platform_vault_pkey PRIMARY KEY (id),
  constraint platform_vault_id_check CHECK (id = 1),
  constraint platform_vault_key_id_check CHECK (key_id ~ '^[0-9a-f]{8}$'::text)
);

create table platform_vault_holder (
  holder uuid not null,
  key_ids text[] not null,
  sealing text not null,
  sealing_since timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  constraint platform_vault_holder_pkey PRIMARY KEY (holder)
);

create table schema_functions (
  name text not null,
  sha256 text not null,
  constraint schema_functions_pkey PRIMARY KEY (name)
);

create table schema_kind (
  one boolean default true not null,
  kind text not null,
  marked_at timestamp with time zone default now() not null,
  constraint schema_kind_pkey PRIMARY KEY (one),
  constraint schema_kind_kind_check CHECK (kind = ANY (ARRAY['sandbox'::text, 'production'::text])),
  constraint schema_kind_one_check CHECK (one)
);
CREATE TRIGGER stays BEFORE DELETE OR UPDATE OR TRUNCATE ON schema_kind FOR EACH STATEMENT EXECUTE FUNCTION schema_kind_stays();

create table schema_migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table sendplan (
  id bigint not null,
  isv_id bigint not null,
  circle_id bigint not null,
  name text not null,
  status smallint default 1 not null,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  count_limit integer,
  day_limit integer,
  constraint sendplan_pkey PRIMARY KEY (id),
  constraint sendplan_isv_id_circle_id_fkey FOREIGN KEY (isv_id, circle_id) REFERENCES sendplan_circle(isv_id, circle_id),
  constraint sendplan_check CHECK (end_time >= start_time),
  constraint sendplan_count_limit_check CHECK (count_limit > 0),
  constraint sendplan_day_limit_check CHECK (day_limit > 0),
  constraint sendplan_id_check CHECK (id >= 1 AND id <= '9007199254740991'::bigint),
  constraint sendplan_name_check CHECK (length(name) <= 200),
  constraint sendplan_status_check CHECK (status = ANY (ARRAY[1, 2]))
);
CREATE INDEX sendplan_circle_end ON sendplan USING btree (isv_id, circle_id, end_time);
CREATE INDEX sendplan_end_time_idx ON sendplan USING btree (end_time);

create table sendplan_adjustment (
  plan_id bigint not null,
  item_id bigint not null,
  adjust_id text not null,
  delta_total bigint not null,
  delta_consumed bigint default 0 not null,
  total_after bigint not null,
  reason text not null,
  operator text not null,
  adjusted_at timestamp with time zone not null,
  constraint sendplan_adjustment_pkey PRIMARY KEY (plan_id, item_id, adjust_id),
  constraint sendplan_adjustment_plan_id_item_id_fkey FOREIGN KEY (plan_id, item_id) REFERENCES sendplan_item(plan_id, id),
  constraint sendplan_adjustment_adjust_id_check CHECK (length(adjust_id) >= 1 AND length(adjust_id) <= 64),
  constraint sendplan_adjustment_operator_check CHECK (length(operator) >= 1 AND length(operator) <= 64),
  constraint sendplan_adjustment_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 200)
);

create table sendplan_biz (
  biz_code text not null,
  source text not null,
  perform_type smallint not null,
  auto_renew boolean not null,
  status smallint not null,
  secret_sealed bytea not null,
  private_key_sealed bytea not null,
  public_key text not null,
  constraint sendplan_biz_pkey PRIMARY KEY (biz_code),
  constraint sendplan_biz_biz_code_check CHECK (length(biz_code) >= 1 AND length(biz_code) <= 64),
  constraint sendplan_biz_perform_type_check CHECK (perform_type = ANY (ARRAY[1, 2, 3])),
  constraint sendplan_biz_public_key_check CHECK (length(public_key) <= 2000),
  constraint sendplan_biz_source_check CHECK (length(source) >= 1 AND length(source) <= 64),
  constraint sendplan_biz_status_check CHECK (status = ANY (ARRAY[1, 2]))
);
CREATE INDEX sendplan_biz_source ON sendplan_biz USING btree (source, perform_type);

create table sendplan_charge (
  biz_code text not null,
  order_no text not null,
  member_hash bytea not null,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  charged_at timestamp with time zone not null,
  constraint sendplan_charge_pkey PRIMARY KEY (biz_code, order_no),
  constraint sendplan_charge_biz_code_fkey FOREIGN KEY (biz_code) REFERENCES sendplan_biz(biz_code),
  constraint sendplan_charge_biz_code_member_hash_fkey FOREIGN KEY (biz_code, member_hash) REFERENCES sendplan_vip(biz_code, member_hash),
  constraint sendplan_charge_check CHECK (end_time > start_time),
  constraint sendplan_charge_order_no_check CHECK (length(order_no) >= 16 AND length(order_no) <= 64)
);

create table sendplan_circle (
  isv_id bigint not null,
  circle_id bigint not null,
  circle_name text not null,
  circle_contents text[] default '{}'::text[] not null,
  constraint sendplan_circle_pkey PRIMARY KEY (isv_id, circle_id),
  constraint sendplan_circle_isv_id_fkey FOREIGN KEY (isv_id) REFERENCES sendplan_isv(isv_id),
  constraint sendplan_circle_circle_id_check CHECK (circle_id >= 1 AND circle_id <= '9007199254740991'::bigint),
  constraint sendplan_circle_circle_name_check CHECK (length(circle_name) <= 100)
);

create table sendplan_isv (
  isv_id bigint not null,
  isv_name text not null,
  constraint sendplan_isv_pkey PRIMARY KEY (isv_id),
  constraint sendplan_isv_isv_id_check CHECK (isv_id >= 1 AND isv_id <= '9007199254740991'::bigint),
  constraint sendplan_isv_isv_name_check CHECK (length(isv_name) <= 100)
);

create table sendplan_item (
  plan_id bigint not null,
  id bigint not null,
  name text not null,
  weight integer not null,
  consume_inventory integer,
  total_inventory integer,
  consumed_inventory bigint default 0 not null,
  valid_days integer,
  constraint sendplan_item_pkey PRIMARY KEY (plan_id, id),
  constraint sendplan_item_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES sendplan(id),
  constraint sendplan_item_check CHECK (consumed_inventory <= total_inventory),
  constraint sendplan_item_consume_inventory_check CHECK (consume_inventory > 0),
  constraint sendplan_item_consumed_inventory_check CHECK (consumed_inventory >= 0),
  constraint sendplan_item_id_check CHECK (id >= 1 AND id <= '9007199254740991'::bigint),
  constraint sendplan_item_name_check CHECK (length(name) <= 200),
  constraint sendplan_item_total_inventory_check CHECK (total_inventory >= 0),
  constraint sendplan_item_valid_days_check CHECK (valid_days >= 1 AND valid_days <= 3660),
  constraint sendplan_item_weight_check CHECK (weight >= 0)
) with (fillfactor=70);

create table sendplan_person (
  user_hash bytea not null,
  person_hash bytea not null,
  constraint sendplan_person_pkey PRIMARY KEY (user_hash),
  constraint sendplan_person_person_hash_fkey FOREIGN KEY (person_hash) REFERENCES sendplan_person(user_hash),
  constraint sendplan_person_user_hash_check CHECK (length(user_hash) = 32)
);
CREATE INDEX sendplan_person_names ON sendplan_person USING btree (person_hash);

create table sendplan_receipt (
  plan_id bigint not null,
  receipt_id bigint default nextval('sendplan_receipt_id'::regclass) not null,
  request_id text,
  user_hash bytea not null,
  user_sealed bytea not null,
  circle_content text not null,
  item_id bigint not null,
  item_name text not null,
  units integer not null,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  user_ordinal integer not null,
  count_limit integer,
  receive_day date not null,
  day_ordinal integer not null,
  day_limit integer,
  received_at timestamp with time zone not null,
  constraint sendplan_receipt_pkey PRIMARY KEY (plan_id, receipt_id),
  constraint sendplan_receipt_plan_id_request_id_key UNIQUE (plan_id, request_id),
  constraint sendplan_receipt_plan_id_user_hash_user_ordinal_key UNIQUE (plan_id, user_hash, user_ordinal),
  constraint sendplan_receipt_check CHECK (day_ordinal >= 1 AND day_ordinal <= user_ordinal),
  constraint sendplan_receipt_check1 CHECK (user_ordinal <= count_limit),
  constraint sendplan_receipt_check2 CHECK (day_ordinal <= day_limit),
  constraint sendplan_receipt_request_id_check CHECK (length(request_id) >= 1 AND length(request_id) <= 64),
  constraint sendplan_receipt_units_check CHECK (units > 0),
  constraint sendplan_receipt_user_hash_check CHECK (length(user_hash) = 32),
  constraint sendplan_receipt_user_ordinal_check CHECK (user_ordinal > 0)
);
CREATE UNIQUE INDEX sendplan_receipt_day ON sendplan_receipt USING btree (plan_id, user_hash, receive_day, day_ordinal) WHERE day_limit IS NOT NULL;

create table sendplan_vip (
  biz_code text not null,
  member_hash bytea not null,
  member_sealed bytea not null,
  charge_count integer not null,
  start_time timestamp(0) with time zone not null,
  end_time timestamp(0) with time zone not null,
  renewing boolean not null,
  constraint sendplan_vip_pkey PRIMARY KEY (biz_code, member_hash),
  constraint sendplan_vip_biz_code_fkey FOREIGN KEY (biz_code) REFERENCES sendplan_biz(biz_code),
  constraint sendplan_vip_charge_count_check CHECK (charge_count > 0),
  constraint sendplan_vip_check CHECK (end_time > start_time),
  constraint sendplan_vip_member_hash_check CHECK (length(member_hash) = 32)
) with (fillfactor=70);

create table ticketing_channel (
  channel_id bigint not null,
  ptnr_id bigint not null,
  channel_name text not null,
  token_hash bytea not null,
  constraint ticketing_channel_pkey PRIMARY KEY (channel_id),
  constraint ticketing_channel_ptnr_id_token_hash_key UNIQUE (ptnr_id, token_hash),
  constraint ticketing_channel_ptnr_id_fkey FOREIGN KEY (ptnr_id) REFERENCES ticketing_ptnr(ptnr_id),
  constraint ticketing_channel_channel_name_check CHECK (length(channel_name) <= 100),
  constraint ticketing_channel_token_hash_check CHECK (length(token_hash) = 32)
);

create table ticketing_channel_event (
  channel_id bigint not null,
  event_id bigint not null,
  authorized boolean not null,
  constraint ticketing_channel_event_pkey PRIMARY KEY (channel_id, event_id),
  constraint ticketing_channel_event_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES ticketing_channel(channel_id),
  constraint ticketing_channel_event_event_id_fkey FOREIGN KEY (event_id) REFERENCES ticketing_event(event_id)
);

create table ticketing_channel_price (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  channel_id bigint not null,
  authorized boolean not null,
  constraint ticketing_channel_price_pkey PRIMARY KEY (project_id, event_id, price_id, channel_id),
  constraint ticketing_channel_price_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES ticketing_channel(channel_id),
  constraint ticketing_channel_price_project_id_event_id_price_id_fkey FOREIGN KEY (project_id, event_id, price_id) REFERENCES ticketing_price(project_id, event_id, price_id)
);

create table ticketing_check (
  project_id bigint not null,
  ticket_id bigint not null,
  check_id text not null,
  gate text,
  checked_at timestamp with time zone not null,
  constraint ticketing_check_pkey PRIMARY KEY (project_id, ticket_id, check_id),
  constraint ticketing_check_project_id_ticket_id_fkey FOREIGN KEY (project_id, ticket_id) REFERENCES ticketing_ticket(project_id, ticket_id),
  constraint ticketing_check_check_id_check CHECK (length(check_id) >= 1 AND length(check_id) <= 64),
  constraint ticketing_check_gate_check CHECK (length(gate) <= 100)
);

create table ticketing_check_undo (
  project_id bigint not null,
  ticket_id bigint not null,
  check_id text not null,
  reason text not null,
  operator text not null,
  undone_at timestamp with time zone not null,
  constraint ticketing_check_undo_pkey PRIMARY KEY (project_id, ticket_id, check_id),
  constraint ticketing_check_undo_project_id_ticket_id_check_id_fkey FOREIGN KEY (project_id, ticket_id, check_id) REFERENCES ticketing_check(project_id, ticket_id, check_id),
  constraint ticketing_check_undo_operator_check CHECK (length(operator) <= 64),
  constraint ticketing_check_undo_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500)
);

create table ticketing_document (
  project_id bigint not null,
  event_id bigint not null,
  document_hash bytea not null,
  order_id bigint not null,
  person_no smallint not null,
  standing boolean default true not null,
  constraint ticketing_document_pkey PRIMARY KEY (project_id, order_id, event_id, person_no),
  constraint ticketing_document_document_hash_check CHECK (length(document_hash) = 32)
);
CREATE UNIQUE INDEX ticketing_document_once ON ticketing_document USING btree (project_id, event_id, document_hash) WHERE standing;

create table ticketing_event (
  event_id bigint not null,
  project_id bigint not null,
  event_name text not null,
  event_name_en text,
  status smallint default 1 not null,
  event_show_start_time timestamp with time zone not null,
  event_show_end_time timestamp with time zone not null,
  gate_open_time timestamp with time zone,
  sale_start_time timestamp with time zone not null,
  sale_end_time timestamp with time zone not null,
  site_id bigint not null,
  site_version_id bigint not null,
  event_limit_type smallint not null,
  order_limit integer,
  user_limit integer,
  entry_limit integer default 1,
  seat_total_num integer not null,
  constraint ticketing_event_pkey PRIMARY KEY (event_id),
  constraint ticketing_event_project_id_event_id_key UNIQUE (project_id, event_id),
  constraint ticketing_event_project_id_fkey FOREIGN KEY (project_id) REFERENCES ticketing_project(project_id),
  constraint ticketing_event_site_id_fkey FOREIGN KEY (site_id) REFERENCES ticketing_site(site_id),
  constraint ticketing_event_check CHECK (event_show_end_time >= event_show_start_time),
  constraint ticketing_event_check1 CHECK (sale_end_time > sale_start_time),
  constraint ticketing_event_entry_limit_check CHECK (entry_limit > 0),
  constraint ticketing_event_event_id_check CHECK (event_id >= 1 AND event_id <= '9007199254740991'::bigint),
  constraint ticketing_event_event_limit_type_check CHECK (event_limit_type = ANY (ARRAY[0, 1, 2])),
  constraint ticketing_event_event_name_check CHECK (length(event_name) <= 200),
  constraint ticketing_event_event_name_en_check CHECK (length(event_name_en) <= 200),
  constraint ticketing_event_gate_opens CHECK (gate_open_time <= event_show_end_time),
  constraint ticketing_event_order_limit_check CHECK (order_limit > 0),
  constraint ticketing_event_seat_total_num_check CHECK (seat_total_num >= 0),
  constraint ticketing_event_status_check CHECK (status = ANY (ARRAY[1, 2])),
  constraint ticketing_event_user_limit_check CHECK (user_limit > 0)
);
CREATE INDEX ticketing_event_sale_end_time_idx ON ticketing_event USING btree (sale_end_time);

create table ticketing_event_discount (
  event_id bigint not null,
  discount_id bigint not null,
  discount_type integer not null,
  discount_type_name text not null,
  discount_type_name_en text,
  discount_name text not null,
  discount_name_en text,
  discount_show_info text not null,
  discount_show_info_en text,
  threshold bigint,
  amount bigint,
  constraint ticketing_event_discount_pkey PRIMARY KEY (event_id, discount_id),
  constraint ticketing_event_discount_event_id_fkey FOREIGN KEY (event_id) REFERENCES ticketing_event(event_id),
  constraint ticketing_event_discount_amount_check CHECK (amount > 0),
  constraint ticketing_event_discount_check CHECK ((threshold IS NULL) = (amount IS NULL)),
  constraint ticketing_event_discount_check1 CHECK (amount <= threshold),
  constraint ticketing_event_discount_discount_name_check CHECK (length(discount_name) <= 100),
  constraint ticketing_event_discount_discount_name_en_check CHECK (length(discount_name_en) <= 100),
  constraint ticketing_event_discount_discount_show_info_check CHECK (length(discount_show_info) <= 500),
  constraint ticketing_event_discount_discount_show_info_en_check CHECK (length(discount_show_info_en) <= 500),
  constraint ticketing_event_discount_discount_type_name_check CHECK (length(discount_type_name) <= 100),
  constraint ticketing_event_discount_discount_type_name_en_check CHECK (length(discount_type_name_en) <= 100),
  constraint ticketing_event_discount_threshold_check CHECK (threshold > 0)
);

create table ticketing_order (
  project_id bigint not null,
  order_id bigint not null,
  channel_id bigint not null,
  shopping_cart_id text not null,
  content_hash bytea not null,
  user_id text,
  goods_money bigint not null,
  receivable_money bigint not null,
  order_status smallint default 1 not null,
  created_at timestamp with time zone not null,
  expire_time timestamp with time zone not null,
  paid_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint ticketing_order_pkey PRIMARY KEY (project_id, order_id),
  constraint ticketing_order_project_id_channel_id_shopping_cart_id_key UNIQUE (project_id, channel_id, shopping_cart_id),
  constraint ticketing_order_check CHECK (expire_time > created_at),
  constraint ticketing_order_check1 CHECK (receivable_money <= goods_money),
  constraint ticketing_order_check2 CHECK ((order_status = 2) = (paid_at IS NOT NULL)),
  constraint ticketing_order_check3 CHECK ((order_status = ANY (ARRAY[3, 4])) = (closed_at IS NOT NULL)),
  constraint ticketing_order_content_hash_check CHECK (length(content_hash) = 32),
  constraint ticketing_order_goods_money_check CHECK (goods_money >= 0),
  constraint ticketing_order_order_id_check CHECK (order_id >= 1 AND order_id <= '9007199254740991'::bigint),
  constraint ticketing_order_order_status_check CHECK (order_status = ANY (ARRAY[1, 2, 3, 4])),
  constraint ticketing_order_receivable_money_check CHECK (receivable_money >= 0 AND receivable_money <= '9007199254740991'::bigint),
  constraint ticketing_order_shopping_cart_id_check CHECK (length(shopping_cart_id) >= 1 AND length(shopping_cart_id) <= 64),
  constraint ticketing_order_user_id_check CHECK (length(user_id) >= 1 AND length(user_id) <= 128)
) with (fillfactor=80);
CREATE INDEX ticketing_order_held ON ticketing_order USING btree (project_id, expire_time) WHERE order_status = 1;
CREATE INDEX ticketing_order_user ON ticketing_order USING btree (project_id, user_id) WHERE user_id IS NOT NULL;

create table ticketing_order_line (
  project_id bigint not null,
  order_id bigint not null,
  line_no smallint not null,
  child_no smallint not null,
  event_id bigint not null,
  price_id bigint not null,
  is_package boolean not null,
  goods_count integer not null,
  price bigint not null,
  money bigint not null,
  price_name text not null,
  price_name_en text,
  constraint ticketing_order_line_pkey PRIMARY KEY (project_id, order_id, line_no, child_no),
  constraint ticketing_order_line_check CHECK (NOT is_package OR child_no = 0),
  constraint ticketing_order_line_child_no_check CHECK (child_no >= 0),
  constraint ticketing_order_line_goods_count_check CHECK (goods_count > 0),
  constraint ticketing_order_line_line_no_check CHECK (line_no > 0),
  constraint ticketing_order_line_money_check CHECK (money >= 0),
  constraint ticketing_order_line_price_check CHECK (price >= 0)
);

create table ticketing_payment (
  project_id bigint not null,
  pay_no text not null,
  channel_id bigint not null,
  order_id bigint not null,
  pay_money bigint not null,
  pay_type_id text not null,
  result_code integer not null,
  received_at timestamp with time zone not null,
  refund_id text,
  constraint ticketing_payment_pkey PRIMARY KEY (project_id, pay_no, channel_id),
  constraint ticketing_payment_counts_or_goes_back CHECK (refund_id IS NULL OR result_code <> 200),
  constraint ticketing_payment_pay_money_check CHECK (pay_money >= 0),
  constraint ticketing_payment_pay_no_check CHECK (length(pay_no) >= 1 AND length(pay_no) <= 128),
  constraint ticketing_payment_pay_type_id_check CHECK (length(pay_type_id) <= 64),
  constraint ticketing_payment_result_code_check CHECK (result_code = ANY (ARRAY[200, 10243, 10244, 10245, 10246, 10247]))
);
CREATE INDEX ticketing_payment_due ON ticketing_payment USING btree (received_at, project_id, order_id, pay_no) WHERE result_code <> 200 AND refund_id IS NULL;
CREATE UNIQUE INDEX ticketing_payment_one ON ticketing_payment USING btree (project_id, order_id) WHERE result_code = 200;
CREATE INDEX ticketing_payment_order ON ticketing_payment USING btree (project_id, order_id);

create table ticketing_payment_refund (
  project_id bigint not null,
  refund_id text not null,
  order_id bigint not null,
  channel_id bigint not null,
  pay_no text not null,
  refund_money bigint not null,
  reason text not null,
  operator text not null,
  refunded_at timestamp with time zone not null,
  constraint ticketing_payment_refund_pkey PRIMARY KEY (project_id, refund_id),
  constraint ticketing_payment_refund_project_id_pay_no_channel_id_key UNIQUE (project_id, pay_no, channel_id),
  constraint ticketing_payment_refund_operator_check CHECK (length(operator) <= 64),
  constraint ticketing_payment_refund_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint ticketing_payment_refund_refund_id_check CHECK (length(refund_id) >= 1 AND length(refund_id) <= 64),
  constraint ticketing_payment_refund_refund_money_check CHECK (refund_money >= 0)
);

create table ticketing_person (
  project_id bigint not null,
  order_id bigint not null,
  person_no smallint not null,
  line_no smallint not null,
  ticket_index smallint not null,
  sealed bytea not null,
  hashes bytea[] default '{}'::bytea[] not null,
  constraint ticketing_person_pkey PRIMARY KEY (project_id, order_id, person_no),
  constraint ticketing_person_line_no_check CHECK (line_no >= 0),
  constraint ticketing_person_person_no_check CHECK (person_no >= 0),
  constraint ticketing_person_ticket_index_check CHECK (ticket_index >= 0)
);
CREATE INDEX ticketing_person_hash ON ticketing_person USING gin (hashes);

create table ticketing_price (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  price_name text not null,
  price_name_en text,
  price bigint not null,
  price_color text not null,
  is_support_free_combination smallint not null,
  is_coupon_ticket smallint not null,
  is_package_only boolean not null,
  goods_count integer not null,
  sale_count integer default 0 not null,
  held_count integer default 0 not null,
  margin_count integer generated always as (((goods_count - sale_count) - held_count)) stored not null,
  constraint ticketing_price_pkey PRIMARY KEY (project_id, event_id, price_id),
  constraint ticketing_price_project_id_event_id_price_id_is_coupon_tick_key UNIQUE (project_id, event_id, price_id, is_coupon_ticket),
  constraint ticketing_price_project_id_event_id_fkey FOREIGN KEY (project_id, event_id) REFERENCES ticketing_event(project_id, event_id),
  constraint ticketing_price_check CHECK (NOT (is_package_only AND is_coupon_ticket = 1)),
  constraint ticketing_price_held_count_check CHECK (held_count >= 0),
  constraint ticketing_price_is_coupon_ticket_check CHECK (is_coupon_ticket = ANY (ARRAY[0, 1])),
  constraint ticketing_price_is_support_free_combination_check CHECK (is_support_free_combination = ANY (ARRAY[0, 1])),
  constraint ticketing_price_margin_count_check CHECK (margin_count >= 0),
  constraint ticketing_price_price_check CHECK (price >= 0 AND price <= '9007199254740991'::bigint),
  constraint ticketing_price_price_color_check CHECK (length(price_color) <= 32),
  constraint ticketing_price_price_id_check CHECK (price_id >= 1 AND price_id <= '9007199254740991'::bigint),
  constraint ticketing_price_price_name_check CHECK (length(price_name) <= 100),
  constraint ticketing_price_price_name_en_check CHECK (length(price_name_en) <= 100),
  constraint ticketing_price_sale_count_check CHECK (sale_count >= 0)
) with (fillfactor=70);

create table ticketing_price_child (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  child_price_id bigint not null,
  child_num integer not null,
  parent_is_package smallint generated always as (1) stored not null,
  child_is_package smallint generated always as (0) stored not null,
  constraint ticketing_price_child_pkey PRIMARY KEY (project_id, event_id, price_id, child_price_id),
  constraint ticketing_price_child_project_id_event_id_child_price_id_c_fkey FOREIGN KEY (project_id, event_id, child_price_id, child_is_package) REFERENCES ticketing_price(project_id, event_id, price_id, is_coupon_ticket),
  constraint ticketing_price_child_project_id_event_id_price_id_parent__fkey FOREIGN KEY (project_id, event_id, price_id, parent_is_package) REFERENCES ticketing_price(project_id, event_id, price_id, is_coupon_ticket),
  constraint ticketing_price_child_child_num_check CHECK (child_num > 0)
);

create table ticketing_project (
  project_id bigint not null,
  project_no integer generated always as identity not null,
  tenant_id bigint not null,
  project_name text not null,
  project_name_en text,
  project_detail text not null,
  project_detail_en text,
  project_seat_type smallint not null,
  project_type_id bigint not null,
  project_img_url text not null,
  site_id bigint not null,
  hold_minutes integer,
  constraint ticketing_project_pkey PRIMARY KEY (project_id),
  constraint ticketing_project_project_no_key UNIQUE (project_no),
  constraint ticketing_project_site_id_fkey FOREIGN KEY (site_id) REFERENCES ticketing_site(site_id),
  constraint ticketing_project_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES ticketing_tenant(tenant_id),
  constraint ticketing_project_hold_minutes_check CHECK (hold_minutes >= 1 AND hold_minutes <= 1440),
  constraint ticketing_project_project_detail_check CHECK (length(project_detail) <= 4000),
  constraint ticketing_project_project_detail_en_check CHECK (length(project_detail_en) <= 4000),
  constraint ticketing_project_project_id_check CHECK (project_id >= 1 AND project_id <= '9007199254740991'::bigint),
  constraint ticketing_project_project_img_url_check CHECK (length(project_img_url) <= 500),
  constraint ticketing_project_project_name_check CHECK (length(project_name) <= 200),
  constraint ticketing_project_project_name_en_check CHECK (length(project_name_en) <= 200),
  constraint ticketing_project_project_no_check CHECK (project_no >= 1 AND project_no <= 9007198),
  constraint ticketing_project_project_seat_type_check CHECK (project_seat_type = ANY (ARRAY[1, 2]))
);

create table ticketing_project_count (
  project_id bigint not null,
  order_count bigint default 0 not null,
  ticket_count bigint default 0 not null,
  constraint ticketing_project_count_pkey PRIMARY KEY (project_id),
  constraint ticketing_project_count_project_id_fkey FOREIGN KEY (project_id) REFERENCES ticketing_project(project_id),
  constraint ticketing_project_count_order_count_check CHECK (order_count >= 0 AND order_count <= 999999999),
  constraint ticketing_project_count_ticket_count_check CHECK (ticket_count >= 0 AND ticket_count <= 999999999)
) with (fillfactor=50);

create table ticketing_ptnr (
  ptnr_id bigint not null,
  tenant_id bigint not null,
  ptnr_name text not null,
  token_hash bytea not null,
  constraint ticketing_ptnr_pkey PRIMARY KEY (ptnr_id),
  constraint ticketing_ptnr_tenant_id_token_hash_key UNIQUE (tenant_id, token_hash),
  constraint ticketing_ptnr_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES ticketing_tenant(tenant_id),
  constraint ticketing_ptnr_ptnr_name_check CHECK (length(ptnr_name) <= 100),
  constraint ticketing_ptnr_token_hash_check CHECK (length(token_hash) = 32)
);

create table ticketing_refund (
  project_id bigint not null,
  refund_id text not null,
  order_id bigint not null,
  asked_ids bigint[],
  ticket_ids bigint[] not null,
  refund_money bigint not null,
  reason text not null,
  operator text not null,
  refunded_at timestamp with time zone not null,
  constraint ticketing_refund_pkey PRIMARY KEY (project_id, refund_id),
  constraint ticketing_refund_operator_check CHECK (length(operator) <= 64),
  constraint ticketing_refund_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint ticketing_refund_refund_id_check CHECK (length(refund_id) >= 1 AND length(refund_id) <= 64),
  constraint ticketing_refund_refund_money_check CHECK (refund_money >= 0),
  constraint ticketing_refund_ticket_ids_check CHECK (cardinality(ticket_ids) > 0)
);

create table ticketing_site (
  site_id bigint not null,
  site_name text not null,
  site_name_en text,
  constraint ticketing_site_pkey PRIMARY KEY (site_id),
  constraint ticketing_site_site_id_check CHECK (site_id >= 1 AND site_id <= '9007199254740991'::bigint),
  constraint ticketing_site_site_name_check CHECK (length(site_name) <= 200),
  constraint ticketing_site_site_name_en_check CHECK (length(site_name_en) <= 200)
);

create table ticketing_stock_adjustment (
  project_id bigint not null,
  event_id bigint not null,
  price_id bigint not null,
  adjust_id text not null,
  goods_delta integer not null,
  sale_delta integer default 0 not null,
  reason text not null,
  operator text not null,
  adjusted_at timestamp with time zone not null,
  constraint ticketing_stock_adjustment_pkey PRIMARY KEY (project_id, event_id, price_id, adjust_id),
  constraint ticketing_stock_adjustment_project_id_event_id_price_id_fkey FOREIGN KEY (project_id, event_id, price_id) REFERENCES ticketing_price(project_id, event_id, price_id),
  constraint ticketing_stock_adjustment_adjust_id_check CHECK (length(adjust_id) >= 1 AND length(adjust_id) <= 64),
  constraint ticketing_stock_adjustment_operator_check CHECK (length(operator) <= 64),
  constraint ticketing_stock_adjustment_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500)
);

create table ticketing_tenant (
  tenant_id bigint not null,
  tenant_name text not null,
  token_hash bytea not null,
  hold_minutes integer default 15 not null,
  constraint ticketing_tenant_pkey PRIMARY KEY (tenant_id),
  constraint ticketing_tenant_token_hash_key UNIQUE (token_hash),
  constraint ticketing_tenant_hold_minutes_check CHECK (hold_minutes >= 1 AND hold_minutes <= 1440),
  constraint ticketing_tenant_tenant_name_check CHECK (length(tenant_name) <= 100),
  constraint ticketing_tenant_token_hash_check CHECK (length(token_hash) = 32)
);

create table ticketing_ticket (
  project_id bigint not null,
  ticket_id bigint not null,
  order_id bigint not null,
  line_no smallint not null,
  unit_no integer not null,
  event_id bigint not null,
  price_id bigint not null,
  person_no smallint,
  money bigint not null,
  ticket_status smallint default 1 not null,
  issued_at timestamp with time zone not null,
  refund_id text,
  constraint ticketing_ticket_pkey PRIMARY KEY (project_id, ticket_id),
  constraint ticketing_ticket_check CHECK ((ticket_status = 4) = (refund_id IS NOT NULL)),
  constraint ticketing_ticket_money_check CHECK (money >= 0),
  constraint ticketing_ticket_ticket_id_check CHECK (ticket_id >= 1 AND ticket_id <= '9007199254740991'::bigint),
  constraint ticketing_ticket_ticket_status_check CHECK (ticket_status = ANY (ARRAY[1, 2, 4])),
  constraint ticketing_ticket_unit_no_check CHECK (unit_no > 0)
) with (fillfactor=80);
CREATE INDEX ticketing_ticket_order ON ticketing_ticket USING btree (order_id);

create table voucher_batch (
  mix_id text not null,
  name text not null,
  description text,
  status smallint default 1 not null,
  bind_begin_time timestamp with time zone not null,
  coupon_expire_time timestamp with time zone not null,
  denomination bigint not null,
  max_bind_count integer,
  valid_duration_type text not null,
  valid_days integer,
  code_pattern text,
  code_alphabet text,
  code_check boolean default false not null,
  gen_task_id bigint default 0 not null,
  total_count bigint default 0 not null,
  issue_sequence bigint default 0 not null,
  issued_count bigint default 0 not null,
  consume_sequence bigint default 0 not null,
  consumed_count bigint default 0 not null,
  voided_count bigint default 0 not null,
  constraint voucher_batch_pkey PRIMARY KEY (mix_id),
  constraint voucher_batch_check CHECK (coupon_expire_time >= bind_begin_time),
  constraint voucher_batch_check1 CHECK ((valid_duration_type = 'DAY'::text) = (valid_days IS NOT NULL)),
  constraint voucher_batch_check2 CHECK ((code_pattern IS NULL) = (code_alphabet IS NULL)),
  constraint voucher_batch_check3 CHECK (issue_sequence >= 0 AND issue_sequence <= total_count),
  constraint voucher_batch_check4 CHECK (issued_count >= 0 AND issued_count <= issue_sequence),
  constraint voucher_batch_check5 CHECK (consumed_count >= 0 AND consumed_count <= consume_sequence),
  constraint voucher_batch_check6 CHECK (voided_count >= 0 AND (consumed_count + voided_count) <= total_count),
  constraint voucher_batch_code_alphabet_check CHECK (length(code_alphabet) >= 10 AND length(code_alphabet) <= 62),
  constraint voucher_batch_code_pattern_check CHECK (length(code_pattern) >= 1 AND length(code_pattern) <= 64),
  constraint voucher_batch_consume_sequence_check CHECK (consume_sequence >= 0),
  constraint voucher_batch_denomination_check CHECK (denomination >= 0),
  constraint voucher_batch_description_check CHECK (length(description) <= 2000),
  constraint voucher_batch_max_bind_count_check CHECK (max_bind_count > 0),
  constraint voucher_batch_mix_id_check CHECK (length(mix_id) >= 1 AND length(mix_id) <= 128),
  constraint voucher_batch_name_check CHECK (length(name) <= 200),
  constraint voucher_batch_status_check CHECK (status = ANY (ARRAY[1, 2])),
  constraint voucher_batch_total_count_check CHECK (total_count >= 0),
  constraint voucher_batch_valid_days_check CHECK (valid_days >= 1 AND valid_days <= 36500),
  constraint voucher_batch_valid_duration_type_check CHECK (valid_duration_type = ANY (ARRAY['GENERAL'::text, 'DAY'::text]))
);
CREATE INDEX voucher_batch_coupon_expire_time_idx ON voucher_batch USING btree (coupon_expire_time);

create table voucher_code (
  mix_id text not null,
  sequence bigint not null,
  code_sealed bytea,
  code_hash bytea,
  code_status smallint default 0 not null,
  issued_at timestamp with time zone,
  issue_ref text,
  issued_to text,
  bound_time timestamp with time zone,
  bound_hash bytea,
  bound_sealed bytea,
  consume_sequence bigint,
  gmt_modified timestamp with time zone not null,
  constraint voucher_code_pkey PRIMARY KEY (mix_id, sequence),
  constraint voucher_code_bound_hash_check CHECK (length(bound_hash) = 32),
  constraint voucher_code_check CHECK ((code_sealed IS NULL) = (code_hash IS NULL)),
  constraint voucher_code_check1 CHECK ((issued_at IS NULL) = (issue_ref IS NULL)),
  constraint voucher_code_check2 CHECK (issued_to IS NULL OR issued_at IS NOT NULL),
  constraint voucher_code_check3 CHECK ((bound_hash IS NULL) = (bound_sealed IS NULL)),
  constraint voucher_code_check4 CHECK (bound_hash IS NULL OR bound_time IS NOT NULL),
  constraint voucher_code_check5 CHECK ((code_status = 2) = (consume_sequence IS NOT NULL)),
  constraint voucher_code_code_hash_check CHECK (length(code_hash) = 32),
  constraint voucher_code_code_status_check CHECK (code_status = ANY (ARRAY['-2'::integer, 0, 2])),
  constraint voucher_code_consume_sequence_check CHECK (consume_sequence > 0),
  constraint voucher_code_issue_ref_check CHECK (length(issue_ref) >= 1 AND length(issue_ref) <= 128),
  constraint voucher_code_issued_to_check CHECK (length(issued_to) >= 1 AND length(issued_to) <= 128),
  constraint voucher_code_sequence_check CHECK (sequence > 0)
);
CREATE UNIQUE INDEX voucher_code_consumed ON voucher_code USING btree (mix_id, consume_sequence) WHERE consume_sequence IS NOT NULL;
CREATE UNIQUE INDEX voucher_code_hash ON voucher_code USING btree (mix_id, code_hash) WHERE code_hash IS NOT NULL;

create table voucher_consumption (
  mix_id text not null,
  consume_sequence bigint not null,
  sequence bigint not null,
  consumed_at timestamp with time zone not null,
  constraint voucher_consumption_pkey PRIMARY KEY (mix_id, consume_sequence),
  constraint voucher_consumption_mix_id_sequence_fkey FOREIGN KEY (mix_id, sequence) REFERENCES voucher_code(mix_id, sequence),
  constraint voucher_consumption_consume_sequence_check CHECK (consume_sequence > 0)
);

create table voucher_grant (
  mix_id text not null,
  partner_code text not null,
  user_id bigint not null,
  constraint voucher_grant_pkey PRIMARY KEY (mix_id, partner_code, user_id),
  constraint voucher_grant_mix_id_fkey FOREIGN KEY (mix_id) REFERENCES voucher_batch(mix_id),
  constraint voucher_grant_partner_code_check CHECK (length(partner_code) >= 1 AND length(partner_code) <= 128)
);

create table voucher_guess (
  app_key text not null,
  caller text not null,
  window_start timestamp with time zone not null,
  wrong integer not null,
  locked_until timestamp with time zone,
  constraint voucher_guess_pkey PRIMARY KEY (app_key, caller),
  constraint voucher_guess_wrong_check CHECK (wrong >= 0)
);
CREATE INDEX voucher_guess_start ON voucher_guess USING btree (app_key, window_start);

create table voucher_import (
  mix_id text not null,
  import_id text not null,
  app_key text not null,
  skip_bad_lines boolean not null,
  state text default 'open'::text not null,
  delimiter text not null,
  code_column integer not null,
  column_count integer,
  quotes_open boolean default false not null,
  parts integer default 0 not null,
  line_count bigint default 0 not null,
  bad_count bigint default 0 not null,
  imported_count bigint default 0 not null,
  job_id bigint,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint voucher_import_pkey PRIMARY KEY (mix_id, import_id),
  constraint voucher_import_mix_id_fkey FOREIGN KEY (mix_id) REFERENCES voucher_batch(mix_id),
  constraint voucher_import_check CHECK ((imported_count + bad_count) <= line_count),
  constraint voucher_import_code_column_check CHECK (code_column >= 0),
  constraint voucher_import_column_count_check CHECK (column_count >= 0),
  constraint voucher_import_delimiter_check CHECK (length(delimiter) = 1),
  constraint voucher_import_import_id_check CHECK (length(import_id) >= 1 AND length(import_id) <= 128),
  constraint voucher_import_state_check CHECK (state = ANY (ARRAY['open'::text, 'queued'::text, 'done'::text, 'refused'::text]))
);

create table voucher_import_line (
  mix_id text not null,
  import_id text not null,
  line bigint not null,
  code_sealed bytea,
  code_hash bytea,
  problem text,
  first_line bigint,
  constraint voucher_import_line_pkey PRIMARY KEY (mix_id, import_id, line),
  constraint voucher_import_line_check CHECK ((code_sealed IS NULL) = (code_hash IS NULL)),
  constraint voucher_import_line_check1 CHECK (problem IS NOT NULL OR code_hash IS NOT NULL)
);

create table voucher_import_part (
  mix_id text not null,
  import_id text not null,
  part integer not null,
  content bytea not null,
  constraint voucher_import_part_pkey PRIMARY KEY (mix_id, import_id, part),
  constraint voucher_import_part_mix_id_import_id_fkey FOREIGN KEY (mix_id, import_id) REFERENCES voucher_import(mix_id, import_id),
  constraint voucher_import_part_part_check CHECK (part > 0)
);

create table voucher_ledger (
  mix_id text not null,
  entry_no bigint generated always as identity not null,
  kind text not null,
  codes bigint not null,
  ref text,
  app_key text,
  entered_at timestamp with time zone not null,
  constraint voucher_ledger_pkey PRIMARY KEY (mix_id, entry_no),
  constraint voucher_ledger_mix_id_fkey FOREIGN KEY (mix_id) REFERENCES voucher_batch(mix_id),
  constraint voucher_ledger_codes_check CHECK (codes > 0),
  constraint voucher_ledger_kind_check CHECK (kind = ANY (ARRAY['made'::text, 'imported'::text, 'issued'::text, 'reversed'::text, 'voided'::text])),
  constraint voucher_ledger_ref_check CHECK (length(ref) <= 256)
);

create table voucher_operation (
  mix_id text not null,
  app_key text not null,
  unique_id text not null,
  content bytea not null,
  results jsonb not null,
  operated_at timestamp with time zone not null,
  constraint voucher_operation_pkey PRIMARY KEY (mix_id, app_key, unique_id),
  constraint voucher_operation_unique_id_check CHECK (length(unique_id) >= 1 AND length(unique_id) <= 128)
);

create table voucher_order (
  mix_id text not null,
  app_key text not null,
  ext_order_id text not null,
  content bytea not null,
  sequences bigint[] not null,
  gmt_expire timestamp with time zone not null,
  cost_price bigint not null,
  gen_task_id bigint not null,
  ordered_at timestamp with time zone not null,
  constraint voucher_order_pkey PRIMARY KEY (mix_id, app_key, ext_order_id),
  constraint voucher_order_ext_order_id_check CHECK (length(ext_order_id) >= 1 AND length(ext_order_id) <= 64)
);

create table voucher_order_number (
  app_key text collate "C" not null,
  ext_order_id text collate "C" not null,
  mix_id text not null,
  constraint voucher_order_number_pkey PRIMARY KEY (app_key, ext_order_id),
  constraint voucher_order_number_ext_order_id_check CHECK (length(ext_order_id) >= 1 AND length(ext_order_id) <= 64)
);

create table voucher_reversal (
  mix_id text not null,
  change_sequence bigint not null,
  reversal_sequence bigint not null,
  sequence bigint not null,
  reversed_at timestamp with time zone not null,
  constraint voucher_reversal_pkey PRIMARY KEY (mix_id, change_sequence),
  constraint voucher_reversal_mix_id_reversal_sequence_key UNIQUE (mix_id, reversal_sequence),
  constraint voucher_reversal_mix_id_sequence_fkey FOREIGN KEY (mix_id, sequence) REFERENCES voucher_code(mix_id, sequence),
  constraint voucher_reversal_check CHECK (change_sequence > reversal_sequence),
  constraint voucher_reversal_reversal_sequence_check CHECK (reversal_sequence > 0)
);
CREATE INDEX voucher_reversal_before ON voucher_reversal USING btree (mix_id, (change_sequence - reversal_sequence), reversal_sequence);

create table voucher_user (
  mix_id text not null,
  user_hash bytea not null,
  bound_count integer not null,
  max_bind_count integer,
  constraint voucher_user_pkey PRIMARY KEY (mix_id, user_hash),
  constraint voucher_user_mix_id_fkey FOREIGN KEY (mix_id) REFERENCES voucher_batch(mix_id),
  constraint voucher_user_bound_count_check CHECK (bound_count >= 0),
  constraint voucher_user_check CHECK (bound_count <= max_bind_count),
  constraint voucher_user_user_hash_check CHECK (length(user_hash) = 32)
);

create view audit_benefits as
 WITH adjusted AS (
         SELECT benefit_adjustment.user_id,
            benefit_adjustment.benefit_id,
            sum(benefit_adjustment.delta_total) AS total,
            sum(benefit_adjustment.delta_valid) AS valid,
            sum(benefit_adjustment.delta_relate) AS relate
           FROM benefit_adjustment
          GROUP BY benefit_adjustment.user_id, benefit_adjustment.benefit_id
        ), sent AS (
         SELECT benefit_send_detail.user_id,
            benefit_send_detail.benefit_id,
            sum(benefit_send_detail.success_count) AS units
           FROM benefit_send_detail
          GROUP BY benefit_send_detail.user_id, benefit_send_detail.benefit_id
        ), related AS (
         SELECT benefit_detail.user_id,
            benefit_detail.benefit_id,
            count(*) AS living
           FROM benefit_detail
          WHERE benefit_detail.status = 'VALID'::text
          GROUP BY benefit_detail.user_id, benefit_detail.benefit_id
        )
 SELECT 'benefit_template.total_num'::text AS counter,
    (t.user_id || '/'::text) || t.benefit_id AS key,
    t.total_num AS counted,
    COALESCE(a.total, 0::numeric)::bigint AS ledger
   FROM benefit_template t
     LEFT JOIN adjusted a USING (user_id, benefit_id)
UNION ALL
 SELECT 'benefit_template.valid_total_num'::text AS counter,
    (t.user_id || '/'::text) || t.benefit_id AS key,
    t.valid_total_num AS counted,
    (COALESCE(a.valid, 0::numeric) - COALESCE(s.units, 0::bigint)::numeric)::bigint AS ledger
   FROM benefit_template t
     LEFT JOIN adjusted a USING (user_id, benefit_id)
     LEFT JOIN sent s USING (user_id, benefit_id)
UNION ALL
 SELECT 'benefit_template.relate_activity_num'::text AS counter,
    (t.user_id || '/'::text) || t.benefit_id AS key,
    t.relate_activity_num AS counted,
    (COALESCE(a.relate, 0::numeric) + COALESCE(d.living, 0::bigint)::numeric)::bigint AS ledger
   FROM benefit_template t
     LEFT JOIN adjusted a USING (user_id, benefit_id)
     LEFT JOIN related d USING (user_id, benefit_id);

create view audit_lottery as
 WITH win AS (
         SELECT g.platform,
            g.spread_id,
            g.segment_no,
            r.prize_no,
            count(*) AS wins
           FROM lottery_grant g
             LEFT JOIN lottery_reward r USING (platform, spread_id, reward_no)
          WHERE g.invalid_at IS NULL
          GROUP BY g.platform, g.spread_id, g.segment_no, r.prize_no
        ), entry AS (
         SELECT a.platform,
            a.spread_id,
            a.counter,
            a.counter_no,
            sum(a.delta) AS delta
           FROM lottery_adjustment a
          GROUP BY a.platform, a.spread_id, a.counter, a.counter_no
        ), place AS (
         SELECT lottery_segment.platform,
            lottery_segment.spread_id,
            'win_times'::text AS counter,
            lottery_segment.segment_no AS counter_no,
            lottery_segment.win_times AS counted,
            0 AS wins
           FROM lottery_segment
        UNION ALL
         SELECT s.platform,
            s.spread_id,
            'consumed_win_times'::text,
            s.segment_no,
            s.consumed_win_times,
            ( SELECT sum(w.wins) AS sum
                   FROM win w
                  WHERE w.platform = s.platform AND w.spread_id = s.spread_id AND w.segment_no = s.segment_no) AS sum
           FROM lottery_segment s
        UNION ALL
         SELECT lottery_prize.platform,
            lottery_prize.spread_id,
            'total_count'::text,
            lottery_prize.prize_no,
            lottery_prize.total_count,
            0
           FROM lottery_prize
          WHERE lottery_prize.total_count IS NOT NULL
        UNION ALL
         SELECT p.platform,
            p.spread_id,
            'consumed_count'::text,
            p.prize_no,
            p.consumed_count,
            ( SELECT sum(w.wins) AS sum
                   FROM win w
                  WHERE w.platform = p.platform AND w.spread_id = p.spread_id AND w.prize_no = p.prize_no) AS sum
           FROM lottery_prize p
        )
 SELECT 'lottery.'::text || place.counter AS counter,
    (place.spread_id || '/'::text) || place.counter_no AS key,
    place.counted,
    (COALESCE(place.wins, 0::numeric) + COALESCE(entry.delta, 0::numeric))::bigint AS ledger
   FROM place
     LEFT JOIN entry USING (platform, spread_id, counter, counter_no);

create view audit_sendplans as
 WITH adjusted AS (
         SELECT sendplan_adjustment.plan_id,
            sendplan_adjustment.item_id,
            sum(sendplan_adjustment.delta_total)::bigint AS total,
            sum(sendplan_adjustment.delta_consumed)::bigint AS consumed
           FROM sendplan_adjustment
          GROUP BY sendplan_adjustment.plan_id, sendplan_adjustment.item_id
        ), received AS (
         SELECT sendplan_receipt.plan_id,
            sendplan_receipt.item_id,
            sum(sendplan_receipt.units) AS units
           FROM sendplan_receipt
          GROUP BY sendplan_receipt.plan_id, sendplan_receipt.item_id
        ), charged AS (
         SELECT sendplan_charge.biz_code,
            sendplan_charge.member_hash,
            count(*) AS charges
           FROM sendplan_charge
          GROUP BY sendplan_charge.biz_code, sendplan_charge.member_hash
        )
 SELECT 'sendplan_item.consumed_inventory'::text AS counter,
    (i.plan_id || '/'::text) || i.id AS key,
    i.consumed_inventory AS counted,
    COALESCE(r.units, 0::bigint) + COALESCE(a.consumed, 0::bigint) AS ledger
   FROM sendplan_item i
     LEFT JOIN received r ON r.plan_id = i.plan_id AND r.item_id = i.id
     LEFT JOIN adjusted a ON a.plan_id = i.plan_id AND a.item_id = i.id
UNION ALL
 SELECT 'sendplan_item.total_inventory'::text AS counter,
    (i.plan_id || '/'::text) || i.id AS key,
    COALESCE(i.total_inventory, 0) AS counted,
    COALESCE(a.total, 0::bigint) AS ledger
   FROM sendplan_item i
     LEFT JOIN adjusted a ON a.plan_id = i.plan_id AND a.item_id = i.id
UNION ALL
 SELECT 'sendplan_vip.charge_count'::text AS counter,
    (v.biz_code || '/'::text) || encode(v.member_hash, 'hex'::text) AS key,
    v.charge_count AS counted,
    COALESCE(c.charges, 0::bigint) AS ledger
   FROM sendplan_vip v
     LEFT JOIN charged c USING (biz_code, member_hash);

create view audit_ticketing as
 WITH tier AS (
         SELECT ticketing_price.project_id,
            ticketing_price.event_id,
            ticketing_price.price_id,
            ticketing_price.price_name,
            ticketing_price.price_name_en,
            ticketing_price.price,
            ticketing_price.price_color,
            ticketing_price.is_support_free_combination,
            ticketing_price.is_coupon_ticket,
            ticketing_price.is_package_only,
            ticketing_price.goods_count,
            ticketing_price.sale_count,
            ticketing_price.held_count,
            ticketing_price.margin_count,
            concat_ws('/'::text, ticketing_price.project_id, ticketing_price.event_id, ticketing_price.price_id) AS key
           FROM ticketing_price
        ), adjusted AS (
         SELECT ticketing_stock_adjustment.project_id,
            ticketing_stock_adjustment.event_id,
            ticketing_stock_adjustment.price_id,
            sum(ticketing_stock_adjustment.goods_delta) AS goods,
            sum(ticketing_stock_adjustment.sale_delta) AS sold
           FROM ticketing_stock_adjustment
          GROUP BY ticketing_stock_adjustment.project_id, ticketing_stock_adjustment.event_id, ticketing_stock_adjustment.price_id
        ), held AS (
         SELECT o.project_id,
            line.event_id,
            line.price_id,
            sum(line.goods_count) AS n
           FROM ticketing_order o
             JOIN ticketing_order_line line USING (project_id, order_id)
          WHERE o.order_status = 1
          GROUP BY o.project_id, line.event_id, line.price_id
        ), standing AS (
         SELECT ticketing_ticket.project_id,
            ticketing_ticket.event_id,
            ticketing_ticket.price_id,
            count(*) AS n
           FROM ticketing_ticket
          WHERE ticketing_ticket.ticket_status <> 4
          GROUP BY ticketing_ticket.project_id, ticketing_ticket.event_id, ticketing_ticket.price_id
        UNION ALL
         SELECT ticket.project_id,
            line.event_id,
            line.price_id,
            count(DISTINCT ROW(ticket.order_id, ticket.line_no, ticket.unit_no)) AS count
           FROM ticketing_ticket ticket
             JOIN ticketing_order_line line USING (project_id, order_id, line_no)
          WHERE ticket.ticket_status <> 4 AND line.is_package
          GROUP BY ticket.project_id, line.event_id, line.price_id
        ), skipped AS (
         SELECT counter_skip.counter,
            counter_skip.key,
            sum(counter_skip.skipped) AS n
           FROM counter_skip
          GROUP BY counter_skip.counter, counter_skip.key
        )
 SELECT 'ticketing_price.goods_count'::text AS counter,
    tier.key,
    tier.goods_count::bigint AS counted,
    COALESCE(adjusted.goods, 0::bigint) AS ledger
   FROM tier
     LEFT JOIN adjusted USING (project_id, event_id, price_id)
UNION ALL
 SELECT 'ticketing_price.sale_count'::text AS counter,
    tier.key,
    tier.sale_count::bigint AS counted,
    COALESCE(adjusted.sold, 0::bigint) + COALESCE(standing.n, 0::bigint) AS ledger
   FROM tier
     LEFT JOIN adjusted USING (project_id, event_id, price_id)
     LEFT JOIN standing USING (project_id, event_id, price_id)
UNION ALL
 SELECT 'ticketing_price.held_count'::text AS counter,
    tier.key,
    tier.held_count::bigint AS counted,
    COALESCE(held.n, 0::bigint) AS ledger
   FROM tier
     LEFT JOIN held USING (project_id, event_id, price_id)
UNION ALL
 SELECT 'ticketing_price.goods_count = sale + margin + held'::text AS counter,
    tier.key,
    tier.goods_count::bigint AS counted,
    tier.sale_count::bigint + tier.margin_count + tier.held_count AS ledger
   FROM tier
UNION ALL
 SELECT 'ticketing_project_count.order_count'::text AS counter,
    counts.project_id::text AS key,
    counts.order_count AS counted,
    ((( SELECT count(*) AS count
           FROM ticketing_order o
          WHERE o.project_id = counts.project_id))::numeric + COALESCE(skipped.n, 0::numeric))::bigint AS ledger
   FROM ticketing_project_count counts
     LEFT JOIN skipped ON skipped.counter = 'ticketing_project_count.order_count'::text AND skipped.key = counts.project_id::text
UNION ALL
 SELECT 'ticketing_project_count.ticket_count'::text AS counter,
    counts.project_id::text AS key,
    counts.ticket_count AS counted,
    ((( SELECT count(*) AS count
           FROM ticketing_ticket t
          WHERE t.project_id = counts.project_id))::numeric + COALESCE(skipped.n, 0::numeric))::bigint AS ledger
   FROM ticketing_project_count counts
     LEFT JOIN skipped ON skipped.counter = 'ticketing_project_count.ticket_count'::text AND skipped.key = counts.project_id::text;

create view audit_ticketing_gate as
 SELECT 'ticketing_ticket used'::text AS counter,
    project_id::text AS key,
    ( SELECT count(*) AS count
           FROM ticketing_ticket ticket
          WHERE ticket.project_id = counts.project_id AND ticket.ticket_status = 2) AS counted,
    ( SELECT count(DISTINCT entry.ticket_id) AS count
           FROM ticketing_check entry
             LEFT JOIN ticketing_check_undo undone USING (project_id, ticket_id, check_id)
          WHERE entry.project_id = counts.project_id AND undone.check_id IS NULL) AS ledger
   FROM ticketing_project_count counts;

create view audit_ticketing_payment as
 SELECT 'ticketing_payment given back, fen'::text AS counter,
    project_id::text AS key,
    (( SELECT COALESCE(sum(payment.pay_money), 0::numeric) AS "coalesce"
           FROM ticketing_payment payment
          WHERE payment.project_id = counts.project_id AND payment.refund_id IS NOT NULL))::bigint AS counted,
    (( SELECT COALESCE(sum(refund.refund_money), 0::numeric) AS "coalesce"
           FROM ticketing_payment_refund refund
          WHERE refund.project_id = counts.project_id))::bigint AS ledger
   FROM ticketing_project_count counts;

create view audit_voucher_reversals as
 SELECT 'voucher_reversal.reversal_sequence of the ledger'::text AS counter,
    b.mix_id AS key,
    COALESCE(r.reversals, 0::bigint) AS counted,
    COALESCE(l.codes, 0::numeric)::bigint AS ledger
   FROM voucher_batch b
     LEFT JOIN ( SELECT voucher_reversal.mix_id,
            max(voucher_reversal.reversal_sequence) AS reversals
           FROM voucher_reversal
          GROUP BY voucher_reversal.mix_id) r USING (mix_id)
     LEFT JOIN ( SELECT voucher_ledger.mix_id,
            sum(voucher_ledger.codes) AS codes
           FROM voucher_ledger
          WHERE voucher_ledger.kind = 'reversed'::text
          GROUP BY voucher_ledger.mix_id) l USING (mix_id);

create view audit_vouchers as
 WITH codes AS (
         SELECT voucher_code.mix_id,
            count(*) AS total,
            count(voucher_code.issued_at) AS issued,
            count(*) FILTER (WHERE voucher_code.code_status = 2) AS consumed,
            count(*) FILTER (WHERE voucher_code.code_status = '-2'::integer) AS voided
           FROM voucher_code
          GROUP BY voucher_code.mix_id
        ), entries AS (
         SELECT voucher_ledger.mix_id,
            COALESCE(sum(voucher_ledger.codes) FILTER (WHERE voucher_ledger.kind = ANY (ARRAY['made'::text, 'imported'::text])), 0::numeric) AS total,
            COALESCE(sum(voucher_ledger.codes) FILTER (WHERE voucher_ledger.kind = 'issued'::text), 0::numeric) AS issued,
            COALESCE(sum(voucher_ledger.codes) FILTER (WHERE voucher_ledger.kind = 'reversed'::text), 0::numeric) AS reversed,
            COALESCE(sum(voucher_ledger.codes) FILTER (WHERE voucher_ledger.kind = 'voided'::text), 0::numeric) AS voided
           FROM voucher_ledger
          GROUP BY voucher_ledger.mix_id
        ), redeemed AS (
         SELECT voucher_consumption.mix_id,
            count(*) AS redemptions
           FROM voucher_consumption
          GROUP BY voucher_consumption.mix_id
        ), skipped AS (
         SELECT counter_skip.key AS mix_id,
            sum(counter_skip.skipped) AS redemptions
           FROM counter_skip
          WHERE counter_skip.counter = 'voucher_batch.consume_sequence'::text
          GROUP BY counter_skip.key
        ), every AS (
         SELECT b.mix_id,
            b.name,
            b.description,
            b.status,
            b.bind_begin_time,
            b.coupon_expire_time,
            b.denomination,
            b.max_bind_count,
            b.valid_duration_type,
            b.valid_days,
            b.code_pattern,
            b.code_alphabet,
            b.code_check,
            b.gen_task_id,
            b.total_count,
            b.issue_sequence,
            b.issued_count,
            b.consume_sequence,
            b.consumed_count,
            b.voided_count,
            COALESCE(c.total, 0::bigint) AS c_total,
            COALESCE(c.issued, 0::bigint) AS c_issued,
            COALESCE(c.consumed, 0::bigint) AS c_consumed,
            COALESCE(c.voided, 0::bigint) AS c_voided,
            COALESCE(e.total, 0::numeric) AS e_total,
            COALESCE(e.issued, 0::numeric) AS e_issued,
            COALESCE(e.reversed, 0::numeric) AS e_reversed,
            COALESCE(e.voided, 0::numeric) AS e_voided,
            COALESCE(r.redemptions, 0::bigint) AS redemptions,
            COALESCE(s.redemptions, 0::numeric) AS skipped_redemptions
           FROM voucher_batch b
             LEFT JOIN codes c USING (mix_id)
             LEFT JOIN entries e USING (mix_id)
             LEFT JOIN redeemed r USING (mix_id)
             LEFT JOIN skipped s USING (mix_id)
        )
 SELECT x.counter,
    every.mix_id AS key,
    x.counted,
    x.ledger::bigint AS ledger
   FROM every,
    LATERAL ( VALUES ('voucher_batch.total_count of the ledger'::text,every.total_count,every.e_total), ('voucher_batch.total_count of the codes'::text,every.total_count,every.c_total), ('voucher_batch.issued_count of the ledger'::text,every.issued_count,every.e_issued), ('voucher_batch.issued_count of the codes'::text,every.issued_count,every.c_issued), ('voucher_batch.consume_sequence of the redemptions'::text,every.consume_sequence,every.redemptions::numeric + every.skipped_redemptions), ('voucher_batch.consumed_count of the redemptions'::text,every.consumed_count,every.redemptions::numeric - every.e_reversed), ('voucher_batch.consumed_count of the codes'::text,every.consumed_count,every.c_consumed), ('voucher_batch.voided_count of the ledger'::text,every.voided_count,every.e_voided), ('voucher_batch.voided_count of the codes'::text,every.voided_count,every.c_voided)) x(counter, counted, ledger)
UNION ALL
 SELECT 'voucher_user.bound_count'::text AS counter,
    (COALESCE(u.mix_id, c.mix_id) || '/'::text) || encode(COALESCE(u.user_hash, c.bound_hash), 'hex'::text) AS key,
    COALESCE(u.bound_count, 0) AS counted,
    COALESCE(c.bound, 0::bigint) AS ledger
   FROM voucher_user u
     FULL JOIN ( SELECT voucher_code.mix_id,
            voucher_code.bound_hash,
            count(*) AS bound
           FROM voucher_code
          WHERE voucher_code.bound_hash IS NOT NULL AND voucher_code.code_status <> '-2'::integer
          GROUP BY voucher_code.mix_id, voucher_code.bound_hash) c ON c.mix_id = u.mix_id AND c.bound_hash = u.user_hash;

create view ticketing_price_shown as
 SELECT project_id,
    event_id,
    price_id,
    price_name,
    price_name_en,
    price,
    price_color,
    is_support_free_combination,
    is_coupon_ticket,
    is_package_only,
    goods_count,
    sale_count,
    held_count,
        CASE
            WHEN is_coupon_ticket = 0 THEN margin_count
            ELSE LEAST(margin_count, COALESCE(( SELECT min(child.margin_count / part.child_num) AS min
               FROM ticketing_price_child part
                 JOIN ticketing_price child ON child.project_id = part.project_id AND child.event_id = part.event_id AND child.price_id = part.child_price_id
              WHERE part.project_id = tier.project_id AND part.event_id = tier.event_id AND part.price_id = tier.price_id), 0))
        END AS margin_count
   FROM ticketing_price tier;

-- function benefit_find_sellers(p_relation_ids bigint[]) returns TABLE(relation_id bigint, user_id bigint) language plpgsql stable set enable_seqscan=off
-- function benefit_find_sends(p_unique_id text) returns TABLE(user_id bigint, unique_id text, send_id bigint, receiver_hash bytea, receiver_sealed bytea, biz_id text, trace_id text, sent_at timestamp with time zone) language plpgsql stable set enable_seqscan=off
-- function benefit_send(p_user_id bigint, p_commands jsonb) returns TABLE(error_code text, results json) language plpgsql set enable_seqscan=off set enable_nestloop=off
-- function benefit_send_decide(p_user_id bigint, p_commands jsonb) returns TABLE(n bigint, first_n bigint, same_content boolean, unique_id text, content text, send_count integer, receiver bytea, receiver_sealed text, share_hash text, biz_id text, trace_id text, sent_at timestamp with time zone, stored_content bytea, is_shared boolean, has_target boolean, of_detail bigint, benefit_id bigint, max_sends integer, window_start timestamp with time zone, window_ordinal bigint, success_count integer, is_sent boolean, error_code_list text[]) language sql stable
-- function benefit_send_match(p_user_id bigint, p_commands jsonb) returns TABLE(n bigint, first_n bigint, same_content boolean, at bigint, unique_id text, content text, relation_id bigint, detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver bytea, receiver_sealed text, share_hash text, biz_id text, trace_id text, sent_at timestamp with time zone, stored_content bytea, is_shared boolean) language sql stable
-- function benefit_send_parts(p_user_id bigint, p_commands jsonb) returns SETOF benefit_send_part language sql stable
-- function benefit_send_targets(p_user_id bigint, p_relation_id bigint, p_detail_id bigint) returns TABLE(detail_id bigint, benefit_id bigint, config_id bigint, benefit_type text, status smallint, valid_total_num bigint, max_sends integer, window_seconds integer, from_time timestamp with time zone, to_time timestamp with time zone) language sql stable
-- function change_log_enter(p_writer jsonb, p_things jsonb, p_held jsonb) returns void language plpgsql
-- function change_log_hold(p_things jsonb) returns jsonb language plpgsql
-- function change_log_key(p_table regclass, p_row jsonb) returns text language sql stable
-- function change_log_rows(p_table regclass, p_key jsonb, p_hold boolean, p_order jsonb) returns jsonb language plpgsql
-- function counters_advance(p_numbers bigint, p_codes bigint, p_at timestamp with time zone) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function counters_advance_sequences(p_numbers bigint) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function lottery_adjust(p_spread_id text, p_counter text, p_counter_no integer, p_entry jsonb, p_now timestamp with time zone) returns jsonb language plpgsql
-- function lottery_claim(p_platform bigint, p_claims jsonb, p_now timestamp with time zone) returns integer[] language plpgsql set enable_seqscan=off set lock_timeout=100ms
-- function lottery_codes(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_wins integer) returns jsonb language plpgsql stable
-- function lottery_complete(p_spread_id text, p_out_biz_id text, p_app_key text, p_most integer, p_now timestamp with time zone) returns jsonb language plpgsql set enable_seqscan=off
-- function lottery_decide(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_users text[], p_rolls double precision[], INOUT return_codes integer[], OUT won integer[], OUT prizes integer[], OUT segment_no integer, OUT limited boolean) returns record language plpgsql stable
-- function lottery_draw(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean) returns json language plpgsql set enable_seqscan=off set enable_bitmapscan=off set plan_cache_mode=force_generic_plan
-- function lottery_draw_each(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean) returns json language plpgsql
-- function lottery_draw_plenty(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text) returns json language plpgsql
-- function lottery_draw_prizes(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_wanted integer[], p_all_rolls double precision[]) returns integer[] language plpgsql stable
-- function lottery_enter_opening(p_platform bigint, p_spread_id text, p_counter text, p_counter_no integer, p_stock bigint, p_now timestamp with time zone) returns void language plpgsql
-- function lottery_enter_wins(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_keys text[], p_apps text[], p_users text[], p_won integer[], p_prizes integer[], p_segment_no integer, p_limited boolean) returns void language plpgsql
-- function lottery_find_lacking(p_platform bigint, p_spread_id text) returns TABLE(granted_at timestamp with time zone, out_biz_id text, app_key text, mix_id text) language plpgsql stable
-- function lottery_homes(p_draws jsonb) returns json language plpgsql
-- function lottery_invalid(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_commands jsonb) returns integer[] language plpgsql set enable_seqscan=off
-- function lottery_invalid_one(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_out_biz_id text, p_app_key text, p_mix_user_id text) returns integer language plpgsql
-- function lottery_is_known_stock(p_platform bigint, p_spread_id text, p_counter text, p_counter_no integer, p_stock bigint, p_present bigint) returns boolean language plpgsql stable
-- function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[], p_now timestamp with time zone) returns void language plpgsql
-- function lottery_lock(p_spread_id text) returns void language sql
-- function lottery_numbers_with_codes(p_platform bigint, p_spread_id text, p_won integer[], p_prizes integer[]) returns integer[] language plpgsql stable
-- function lottery_open_prizes(p_platform bigint, p_spread_id text, p_now timestamp with time zone, p_drawn integer[], p_codes jsonb) returns TABLE(prize_no integer, weight double precision, givable boolean) language sql stable
-- function lottery_open_segment(p_platform bigint, p_spread_id text, p_now timestamp with time zone, OUT return_code integer, OUT segment_no integer, OUT free bigint) returns record language plpgsql stable
-- function lottery_over_limit(p_activity lottery_activity, p_now timestamp with time zone, p_wanted integer[], p_users text[]) returns TABLE(n integer, return_code integer) language plpgsql stable set enable_nestloop=off
-- function lottery_receipts(p_platform bigint, p_spread_id text, p_keys text[], p_apps text[], p_users text[]) returns TABLE(n integer, refusal integer) language plpgsql stable
-- function lottery_save(p_activity jsonb, p_now timestamp with time zone) returns text language plpgsql
-- function lottery_save_prize(p_platform bigint, p_spread_id text, p_prize jsonb, p_now timestamp with time zone) returns void language plpgsql
-- function lottery_save_segment(p_platform bigint, p_spread_id text, p_segment jsonb, p_now timestamp with time zone) returns void language plpgsql
-- function lottery_wins(p_platform bigint, p_keys text[], p_apps text[], p_numbers integer[]) returns json language plpgsql stable
-- function period_over(p_end timestamp with time zone, p_now timestamp with time zone) returns boolean language sql stable parallel safe
-- function platform_app_secret_limit() returns trigger language plpgsql
-- function platform_call_log_drop_before(p_before timestamp with time zone) returns integer language plpgsql
-- function platform_call_log_partition(p_at timestamp with time zone) returns void language plpgsql
-- function platform_config_changed() returns trigger language plpgsql
-- function platform_find_sessions(p_hashes text[]) returns TABLE(session_hash text, app_key text, user_id bigint, nick text, expires_at timestamp with time zone, revoked_at timestamp with time zone) language plpgsql stable set enable_seqscan=off
-- function platform_find_users(p_user_ids bigint[], p_nicks text[]) returns TABLE(user_id bigint, nick text) language plpgsql stable set enable_seqscan=off
-- function platform_operator_attempt(p_guessers bytea[], p_limits integer[], p_seconds integer, p_now timestamp with time zone) returns integer language plpgsql set enable_seqscan=off
-- function platform_operator_keep_owner() returns trigger language plpgsql
-- function platform_operator_take_back(p_guessers bytea[]) returns void language plpgsql set enable_seqscan=off
-- function platform_operator_wait(p_guessers bytea[], p_now timestamp with time zone) returns integer language plpgsql stable set enable_seqscan=off
-- function platform_revoke_session(p_session_hash bytea, p_now timestamp with time zone) returns boolean language plpgsql
-- function platform_take_quota(p_version bigint, p_groups jsonb) returns jsonb language plpgsql set enable_seqscan=off
-- function schema_kind_stays() returns trigger language plpgsql
-- function sendplan_charge(p_biz_code text, p_commands jsonb) returns SETOF integer language plpgsql set enable_seqscan=off set enable_nestloop=off
-- function sendplan_find_plans(p_isv_ids bigint[], p_circle_ids bigint[], p_circle_contents text[], p_seconds bigint[]) returns TABLE(isv_id bigint, circle_id bigint, plans json) language plpgsql stable set enable_seqscan=off
-- function sendplan_find_received(p_asked jsonb) returns TABLE(received json) language plpgsql stable set enable_seqscan=off
-- function sendplan_find_vips(p_keys jsonb) returns TABLE(known boolean, renewing boolean) language plpgsql stable set enable_seqscan=off
-- function sendplan_months_between(p_from timestamp with time zone, p_to timestamp with time zone) returns integer language sql immutable
-- function sendplan_months_later(p_at timestamp with time zone, p_months integer) returns timestamp with time zone language sql immutable
-- function sendplan_names(p_hashes bytea[]) returns bytea[] language plpgsql stable set enable_seqscan=off
-- function sendplan_receive(p_plan_id bigint, p_commands jsonb) returns TABLE(outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer, start_time timestamp with time zone, end_time timestamp with time zone) language plpgsql set enable_seqscan=off set enable_nestloop=off
-- function sendplan_receive_decide(p_plan sendplan, p_items sendplan_receive_items, p_asked sendplan_receive_asked, p_names sendplan_receive_names) returns sendplan_receive_decided language plpgsql
-- function sendplan_receive_hold_persons(p_isv_id bigint, p_commands jsonb) returns void language plpgsql
-- function sendplan_receive_join(p_hashes text[], p_persons integer[], p_parents integer[], p_joined boolean[]) returns void language plpgsql
-- function sendplan_receive_linked(p_plan_id bigint, p_asked sendplan_receive_asked) returns sendplan_receive_names language plpgsql
-- function sendplan_receive_match(p_plan sendplan, p_commands jsonb) returns sendplan_receive_asked language plpgsql
-- function sendplan_receive_names(p_plan_id bigint, p_asked sendplan_receive_asked) returns sendplan_receive_names language plpgsql
-- function sendplan_receive_write(p_plan sendplan, p_items sendplan_receive_items, p_asked sendplan_receive_asked, p_names sendplan_receive_names, p_decided sendplan_receive_decided) returns TABLE(outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer, start_time timestamp with time zone, end_time timestamp with time zone) language plpgsql
-- function ticketing_advance_counters(p_numbers bigint) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function ticketing_advance_project(p_project_id bigint, p_numbers bigint) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function ticketing_document_stand(p_project_id bigint, p_order_ids bigint[], p_standing boolean) returns void language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_gate_opens(p_event ticketing_event) returns timestamp with time zone language sql stable
-- function ticketing_goods_need(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[]) returns TABLE(n integer, kind integer, event_id bigint, price_id bigint, resource integer, amount bigint, capacity bigint) language sql stable
-- function ticketing_goods_read(p_project_id bigint, p_commands jsonb) returns SETOF ticketing_goods language sql stable
-- function ticketing_order_by_id(p_project_id bigint, p_order_id bigint) returns SETOF ticketing_order language sql stable
-- function ticketing_order_cancel(p_project_id bigint, p_now timestamp with time zone, p_commands jsonb) returns TABLE(n integer, code integer) language plpgsql set enable_seqscan=off set enable_bitmapscan=off set plan_cache_mode=force_generic_plan
-- function ticketing_order_close(p_project_id bigint, p_order_ids bigint[], p_status integer, p_now timestamp with time zone) returns bigint[] language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_order_decide(p_last_id bigint, p_submitted ticketing_submitted, p_needs ticketing_needs, OUT details jsonb[], OUT orders bigint[], OUT made bigint[], OUT made_count integer, OUT remaining bigint[]) returns record language plpgsql
-- function ticketing_order_expire(p_project_id bigint, p_now timestamp with time zone, p_most integer) returns integer language plpgsql set enable_seqscan=off set enable_sort=off
-- function ticketing_order_free(p_project_id bigint, p_order_ids bigint[]) returns void language plpgsql
-- function ticketing_order_issue(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamp with time zone[], p_last_id bigint) returns integer language plpgsql
-- function ticketing_order_judge(p_commands jsonb, p_goods ticketing_goods[]) returns TABLE(n integer, code integer, detail jsonb, goods_money numeric, receivable_money numeric) language sql stable
-- function ticketing_order_match(p_project_id bigint, p_commands jsonb, OUT goods ticketing_goods[], OUT submitted ticketing_submitted) returns record language plpgsql
-- function ticketing_order_needs(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[]) returns ticketing_needs language plpgsql
-- function ticketing_order_paid(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamp with time zone[]) returns void language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_order_pay(p_project_id bigint, p_commands jsonb) returns TABLE(result_code integer, expected bigint, vo json, tickets json) language plpgsql set enable_seqscan=off set enable_bitmapscan=off set plan_cache_mode=force_generic_plan
-- function ticketing_order_pay_decide(p_project_id bigint, p_commands jsonb, OUT codes integer[], OUT order_ids bigint[], OUT moneys bigint[], OUT recorded integer[], OUT paid_ids bigint[], OUT paid_times timestamp with time zone[]) returns record language plpgsql
-- function ticketing_order_refund(p_project_id bigint, p_order_id bigint, p_refund_id text, p_ticket_ids bigint[], p_reason text, p_operator text, p_now timestamp with time zone, OUT code integer, OUT refund_money bigint, OUT ticket_ids bigint[]) returns record language plpgsql set enable_seqscan=off set enable_bitmapscan=off set plan_cache_mode=force_generic_plan
-- function ticketing_order_release(p_project_id bigint, p_now timestamp with time zone, p_most integer) returns integer language plpgsql
-- function ticketing_order_reopen(p_project_id bigint, p_order_id bigint) returns void language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_order_retake(p_project_id bigint, p_order_id bigint) returns integer language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_order_submit(p_project_id bigint, p_now timestamp with time zone, p_commands jsonb) returns TABLE(detail jsonb, vo json) language plpgsql set enable_seqscan=off set enable_bitmapscan=off set plan_cache_mode=force_generic_plan
-- function ticketing_order_takes(p_project_id bigint, p_order_ids bigint[]) returns TABLE(event_id bigint, price_id bigint, n integer) language sql stable
-- function ticketing_order_tickets(p_project_id bigint, p_order_id bigint) returns SETOF ticketing_ticket language sql stable
-- function ticketing_order_vo(p_project_id bigint, p_order_id bigint) returns TABLE(vo json) language sql stable
-- function ticketing_order_write(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[], p_orders bigint[]) returns void language plpgsql
-- function ticketing_payment_give_back(p_project_id bigint, p_order_id bigint, p_pay_no text, p_refund_id text, p_reason text, p_operator text, p_now timestamp with time zone, OUT code integer, OUT refund_money bigint) returns record language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_payments_match(p_project_id bigint, p_commands jsonb) returns TABLE(n integer, now timestamp with time zone, order_id bigint, pay_money bigint, pay_type_id text, found_id bigint, order_status smallint, receivable_money bigint, result_code integer, payment_order bigint, payment_money bigint, payment_type text, order_rank integer, pay_rank integer) language sql stable
-- function ticketing_project_lock(p_project_id bigint, OUT order_count bigint, OUT ticket_count bigint) returns record language plpgsql
-- function ticketing_projects_due(p_now timestamp with time zone) returns SETOF bigint language plpgsql stable set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_refund_free(p_project_id bigint, p_order_id bigint, p_taken ticketing_ticket[]) returns void language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_stock_adjust(p_project_id bigint, p_event_id bigint, p_price_id bigint, p_adjust_id text, p_delta integer, p_reason text, p_operator text, p_now timestamp with time zone, OUT code integer) returns integer language plpgsql
-- function ticketing_ticket_check(p_project_id bigint, p_ticket_id bigint, p_event_id bigint, p_check_id text, p_gate text, p_now timestamp with time zone, OUT code integer, OUT entries integer, OUT first_checked_at timestamp with time zone, OUT opens_at timestamp with time zone) returns record language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_ticket_entries(p_project_id bigint, p_ticket_id bigint, OUT entries integer, OUT first_checked_at timestamp with time zone) returns record language sql stable
-- function ticketing_ticket_uncheck(p_project_id bigint, p_ticket_id bigint, p_check_id text, p_reason text, p_operator text, p_now timestamp with time zone, OUT code integer, OUT entries integer) returns record language plpgsql set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_tickets(p_ticket_ids bigint[], p_project_nos integer[]) returns TABLE(ticket_id bigint, project_id bigint, tenant_id bigint, event_id bigint, order_id bigint, channel_id bigint, user_id text, ticket_status smallint, event_show_end_time timestamp with time zone) language plpgsql stable set enable_seqscan=off set enable_bitmapscan=off
-- function ticketing_user_tickets(p_project_id bigint, p_event_id bigint, p_user_id text) returns bigint language plpgsql stable set enable_seqscan=off set enable_bitmapscan=off set enable_hashjoin=off set enable_mergejoin=off
-- function voucher_advance_batch(p_mix_id text, p_numbers bigint, p_codes bigint, p_at timestamp with time zone) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function voucher_advance_counters(p_numbers bigint, p_codes bigint, p_at timestamp with time zone) returns TABLE(counter text, key text, skipped bigint) language plpgsql
-- function voucher_advance_issue(p_mix_id text, p_codes bigint, p_at timestamp with time zone) returns bigint language plpgsql
-- function voucher_advance_made(p_mix_id text, p_codes bigint, p_at timestamp with time zone) returns bigint language plpgsql
-- function voucher_change_place(p_mix_id text, p_cursor bigint, p_both boolean, OUT consumed bigint, OUT reversed bigint) returns record language plpgsql stable set enable_seqscan=off
-- function voucher_changes(p_mix_id text, p_consumed bigint, p_reversed bigint, p_limit integer) returns TABLE(cursor bigint, sequence bigint, code_sealed bytea, code_hash bytea, code_status smallint, bound_time timestamp with time zone, gmt_modified timestamp with time zone, told_at timestamp with time zone) language sql stable
-- function voucher_claim_numbers(p_app_key text, p_claims jsonb) returns text[] language plpgsql set enable_seqscan=off
-- function voucher_ends(p_mix_id text) returns timestamp with time zone language plpgsql stable set enable_seqscan=off
-- function voucher_enter_made(p_mix_id text, p_count bigint, p_job_id bigint, p_at timestamp with time zone) returns void language plpgsql set enable_seqscan=off
-- function voucher_expire_time(valid_days integer, coupon_expire_time timestamp with time zone, bound_time timestamp with time zone) returns timestamp with time zone language sql stable parallel safe
-- function voucher_find_catalogues(p_mix_ids text[]) returns TABLE(mix_id text, total_count bigint, form jsonb) language plpgsql stable set enable_seqscan=off
-- function voucher_find_grants(p_keys jsonb) returns SETOF boolean language plpgsql stable set enable_seqscan=off
-- function voucher_find_orders(p_ext_order_id text, p_mix_id text, p_app_key text) returns TABLE(mix_id text, sequences bigint[]) language plpgsql stable set enable_seqscan=off
-- function voucher_find_placed(p_places jsonb, p_mix_id text, p_sequence bigint, p_limit integer) returns TABLE(mix_id text, name text, sequence bigint, code_status smallint, gmt_modified timestamp with time zone, bound_time timestamp with time zone, bound_sealed text, code_sealed text, form jsonb, expire_time timestamp with time zone, issued_at timestamp with time zone, issue_ref text, issued_to text, consume_sequence bigint, consumed_at timestamp with time zone) language plpgsql stable set enable_seqscan=off
-- function voucher_find_stored(p_mix_ids text[], p_hashes text[]) returns TABLE(mix_id text, hash text, sequence bigint) language plpgsql stable set enable_seqscan=off
-- function voucher_generate(p_mix_id text, p_form jsonb, p_count bigint, p_most bigint, p_app_key text, p_unique_id text, p_now timestamp with time zone) returns TABLE(state text, job_id bigint) language plpgsql
-- function voucher_givable(p_mix_id text, p_most bigint, p_now timestamp with time zone) returns bigint language plpgsql stable set enable_seqscan=off
-- function voucher_guess_pass(p_app_key text, p_calls jsonb, p_limits jsonb, p_now timestamp with time zone) returns integer[] language plpgsql set enable_seqscan=off
-- function voucher_handle(p_batch voucher_batch, p_sequence bigint, p_stored bytea) returns bytea language sql immutable parallel safe
-- function voucher_handle_hash(p_handle bytea) returns bytea language sql immutable parallel safe
-- function voucher_handle_rest(p_handle bytea) returns bytea language sql immutable parallel safe
-- function voucher_has_consumed(p_mix_id text, p_sequences bigint[]) returns boolean language plpgsql stable set enable_seqscan=off
-- function voucher_hold(p_mix_ids text[]) returns void language plpgsql set enable_seqscan=off
-- function voucher_import_settle(p_mix_id text, p_import_id text, p_at timestamp with time zone) returns void language plpgsql set enable_seqscan=off
-- function voucher_issue_many(p_mix_id text, p_takes jsonb, p_issued_at timestamp with time zone) returns TABLE(take_no integer, sequence bigint, code_sealed bytea) language plpgsql set enable_seqscan=off
-- function voucher_most_codes(p_pattern text, p_alphabet text, p_check boolean) returns numeric language sql immutable
-- function voucher_operate(p_mix_id text, p_commands jsonb, p_now timestamp with time zone) returns TABLE(n integer, results jsonb) language plpgsql set enable_seqscan=off
-- function voucher_operate_codes(p_batch voucher_batch, p_sequences bigint[]) returns voucher_operation_codes language plpgsql
-- function voucher_operate_decide(p_batch voucher_batch, p_commands jsonb, p_now timestamp with time zone, INOUT items voucher_operation_items, INOUT codes voucher_operation_codes, INOUT users voucher_operation_users) returns record language plpgsql
-- function voucher_operate_logged(p_mix_id text, p_commands jsonb, p_now timestamp with time zone) returns TABLE(results jsonb) language plpgsql set enable_seqscan=off
-- function voucher_operate_users(p_mix_id text, p_hashes text[]) returns voucher_operation_users language plpgsql set enable_seqscan=off
-- function voucher_operate_write(p_batch voucher_batch, p_commands jsonb, p_now timestamp with time zone, p_items voucher_operation_items, p_codes voucher_operation_codes, p_users voucher_operation_users) returns void language plpgsql set enable_seqscan=off
-- function voucher_read_codes(p_mix_id text, p_sequences bigint[]) returns TABLE(sequence bigint, code_status smallint, bound_time timestamp with time zone, bound_hash bytea, bound_sealed bytea, consume_sequence bigint) language plpgsql set enable_seqscan=off
-- function voucher_sample(p_mix_id text, p_step bigint) returns TABLE(mix_id text, code_status smallint, bound_time timestamp with time zone) language plpgsql stable set enable_seqscan=off
-- function voucher_send(p_mix_id text, p_commands jsonb, p_now timestamp with time zone) returns TABLE(answer jsonb) language plpgsql set enable_seqscan=off
-- function voucher_void(p_mix_id text, p_sequences bigint[], p_at timestamp with time zone) returns TABLE(sequence bigint) language sql
