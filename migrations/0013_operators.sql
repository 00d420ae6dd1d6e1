-- Operators of the console: accounts, their sessions, guesses at their passwords; the log of every change that is made to
-- the configuration; and the figures of the calls by time. All small: reference tables on a distributed server.

create table platform_operator (
  login text primary key check (login ~ '^[a-z][a-z0-9._-]{2,31}$'),
  display_name text not null check (length(display_name) between 1 and 64),
  role text not null check (role in ('owner', 'operator', 'viewer', 'developer')),
  status smallint not null default 1 check (status in (1, 2)),
  password_hash bytea,
  password_temporary boolean not null default false,
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  totp_step bigint not null default 0,
  created_at timestamptz not null,
  login_at timestamptz,
  check (totp_confirmed_at is null or totp_sealed is not null)
);
comment on table platform_operator is
  'People who use the console. login begins with a letter, so it is never taken for an app_key. status: 1 live, 2 suspended. password_hash: argon2id with its parameters; null: no login by password. password_temporary: was given by an owner and must be changed. totp_sealed: secret of the second factor, asked for once totp_confirmed_at is set; totp_step: the time step of the last code taken, which no code may repeat.';

-- A platform that had an owner keeps one who can log in.
create function platform_operator_keep_owner() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('platform_operator owner'));
  if not exists (select from platform_operator where role = 'owner' and status = 1) then
    raise exception 'the last owner stays' using errcode = 'PQ020';
  end if;
  return null;
end $$;
create trigger keep_owner after update of role, status or delete on platform_operator
  for each row when (old.role = 'owner' and old.status = 1) execute function platform_operator_keep_owner();

create table platform_operator_session (
  session_hash bytea primary key,
  login text not null references platform_operator on delete cascade,
  address text not null check (length(address) <= 64),
  user_agent text not null check (length(user_agent) <= 200),
  created_at timestamptz not null,
  used_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table platform_operator_session is
  'Console sessions by keyed hash of their cookie. used_at: last use, to the minute.';
create index on platform_operator_session (login);
create index on platform_operator_session (expires_at);

create table platform_operator_recovery (
  login text not null references platform_operator on delete cascade,
  code_hash bytea not null,
  primary key (login, code_hash)
);
comment on table platform_operator_recovery is 'Codes that stand in for the second factor, by keyed hash; a used one is gone.';

create table platform_operator_setup (
  token_hash bytea primary key,
  expires_at timestamptz not null
);
comment on table platform_operator_setup is 'Links that make the first owner, by keyed hash; gone once there is one.';

create table platform_operator_guess (
  guesser bytea primary key,
  failures integer not null check (failures >= 0),
  window_start timestamptz not null,
  locked_until timestamptz
);
comment on table platform_operator_guess is
  'Logins that failed since window_start, by keyed hash of the account (existing or not) or of the address they came from.';
create index on platform_operator_guess (window_start);

-- Counts an attempt to log in against all its guessers, unless one of them is locked: then nothing is counted. The attempt
-- that reaches a limit is still judged and locks what follows. Returns the seconds to wait, 0 when the attempt may go on.
create function platform_operator_attempt(p_guessers bytea[], p_limits integer[], p_seconds integer, p_now timestamptz)
returns integer language plpgsql as $$
declare
  span interval := make_interval(secs => p_seconds);
  until timestamptz;
begin
  delete from platform_operator_guess g where g.window_start < p_now - interval '1 day';
  -- Locked in one order by everybody.
  insert into platform_operator_guess (guesser, failures, window_start)
    select guesser, 0, p_now from unnest(p_guessers) guesser order by guesser on conflict do nothing;
  perform 1 from platform_operator_guess where guesser = any (p_guessers) order by guesser for update;
  select max(locked_until) into until from platform_operator_guess where guesser = any (p_guessers) and locked_until > p_now;
  if until is not null then
    return ceil(extract(epoch from until - p_now));
  end if;
  update platform_operator_guess g set
    failures = fresh.failures + 1, window_start = fresh.start,
    locked_until = case when fresh.failures + 1 >= wanted.most then p_now + span end
  from unnest(p_guessers, p_limits) as wanted (guesser, most)
  join platform_operator_guess was using (guesser)
  cross join lateral (
    select case when over then 0 else was.failures end as failures, case when over then p_now else was.window_start end as start
    from (select was.locked_until is not null or was.window_start <= p_now - span as over) x
  ) fresh
  where g.guesser = wanted.guesser;
  return 0;
end $$;

create table change_log (
  change_id bigint generated always as identity,
  changed_at timestamptz not null,
  actor text not null,
  method text,
  request_id text,
  action text not null check (action in ('insert', 'update', 'delete', 'call')),
  thing text not null,
  thing_key text not null,
  changed text[],
  before jsonb,
  after jsonb,
  primary key (changed_at, change_id)
);
comment on table change_log is
  'Every change of the configuration and of what administrators do, append-only and written in the transaction of the change. actor: an operator''s login, an app_key, or system (migrations, demo data, psql). thing: the table; thing_key: its primary key joined by /, binary parts cut to 12 hexadecimal digits. changed: the columns that differ. before, after: the row without its binary columns, which hold secrets, hashes and sealed texts. action call: an operator''s call that writes elsewhere, or acts for a user.';
create index on change_log (actor, changed_at, change_id);
create index on change_log (method, changed_at, change_id);
create index on change_log (thing, thing_key, changed_at, change_id);
create index on change_log (request_id);

-- Writes a changed row into the log. Who changes it stands in the setting piaoquan.writer of the transaction, as JSON
-- {actor, method, request_id, at}.
create function change_log_row() returns trigger language plpgsql as $$
declare
  writer jsonb := nullif(current_setting('piaoquan.writer', true), '')::jsonb;
  old_row jsonb := to_jsonb(old);
  new_row jsonb := to_jsonb(new);
  any_row jsonb := coalesce(new_row, old_row);
  columns text[];
  hidden text[];
  key text;
begin
  if old_row = new_row then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    select array_agg(n.key order by n.key) into columns
      from jsonb_each(new_row) n join jsonb_each(old_row) o using (key) where n.value <> o.value;
  end if;
  select coalesce(array_agg(a.attname::text), '{}') into hidden from pg_attribute a
    where a.attrelid = tg_relid and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped;
  select string_agg(
      case when a.attname = any (hidden) then substr(any_row ->> a.attname, 3, 12) else any_row ->> a.attname end,
      '/' order by array_position(i.indkey::int2[], a.attnum)) into key
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = tg_relid and i.indisprimary;
  insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
  values (coalesce((writer ->> 'at')::timestamptz, clock_timestamp()), coalesce(writer ->> 'actor', 'system'),
    writer ->> 'method', writer ->> 'request_id', lower(tg_op), tg_table_name, key, columns,
    old_row - hidden, new_row - hidden);
  return null;
end $$;

-- Configuration that nothing hot touches: every change.
do $$
declare
  name text;
begin
  foreach name in array array['lottery_activity', 'lottery_reward', 'voucher_grant', 'ticketing_tenant', 'ticketing_ptnr',
    'ticketing_channel', 'ticketing_site', 'ticketing_project', 'ticketing_event', 'ticketing_event_discount',
    'ticketing_price_child', 'ticketing_channel_event', 'ticketing_channel_price', 'sendplan_isv', 'sendplan_circle',
    'sendplan', 'sendplan_biz', 'benefit_seller_type', 'platform_app', 'platform_app_secret', 'platform_app_package',
    'platform_frequency'] loop
    execute format('create trigger change_logged after insert or update or delete on %I
      for each row execute function change_log_row()', name);
  end loop;
end $$;

-- Rows with counters: changes of their configuration, named column by column, so that a take does not come here.
create trigger change_logged after insert or delete or update of start_time, end_time, win_times on lottery_segment
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of weight, total_count, reward_no on lottery_prize
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of name, description, bind_begin_time, coupon_expire_time,
    denomination, max_bind_count, valid_duration_type, valid_days, status, code_pattern on voucher_batch
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of price_name, price_name_en, price, price_color,
    is_support_free_combination, is_package_only, goods_count on ticketing_price
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of name, weight, consume_inventory, total_inventory,
    valid_days on sendplan_item
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of denomination, start_time, end_time, extend_feature,
    out_object_id, out_object_name, options, status, total_num, max_sends, window_seconds on benefit_template
  for each row execute function change_log_row();
create trigger change_logged after insert or delete or update of display_name, role, status, password_hash, totp_confirmed_at
    on platform_operator
  for each row execute function change_log_row();

-- What others write too, users and workers among them: only what an administrator or a seller does to it.
create trigger change_logged after insert or update of revoked_at on platform_session
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after delete on platform_operator_session
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert on platform_user
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert or update of state on job
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert or update on voucher_import
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after update of order_status on ticketing_order
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after update of ticket_status on ticketing_ticket
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert on ticketing_refund
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert on ticketing_check
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after update of renewing on sendplan_vip
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert or update on benefit_activity
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();
create trigger change_logged after insert or update on benefit_detail
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();

-- voucher_operate for the commands of many callers at once, each of which bears its writer {actor, method, request_id}:
-- what became of every code goes into the log with them. A repeated command changes nothing and is not logged again.
create function voucher_operate_logged(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, results jsonb) language sql
set enable_seqscan = off as $$
  with command as materialized (
    select c.n::integer as n, c.d, row_number() over (partition by d ->> 'app_key', d ->> 'unique_id' order by c.n) = 1
      and (select o.mix_id from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
        and o.unique_id = d ->> 'unique_id') is null as fresh
    from jsonb_array_elements(p_commands) with ordinality as c (d, n)
  ),
  done as materialized (select o.n, o.results from voucher_operate(p_mix_id, p_commands, p_now) o),
  logged as (
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
    select p_now, d -> 'writer' ->> 'actor', d -> 'writer' ->> 'method', d -> 'writer' ->> 'request_id', 'update',
      'voucher_code', p_mix_id || '/' || s.sequence, change.columns, change.before,
      change.after || case when r.result ->> 1 is null then '{}' else jsonb_build_object('consume_sequence', r.result -> 1) end
    from done join command using (n)
    cross join jsonb_array_elements(done.results) with ordinality as r (result, k)
    join jsonb_array_elements_text(d -> 'sequences') with ordinality as s (sequence, k) using (k)
    join (values
      ('bind', '{bound_time}'::text[], '{"bound": false}'::jsonb, '{"bound": true}'::jsonb),
      ('consume', '{code_status,consume_sequence}', '{"code_status": 0}', '{"code_status": 2}'),
      ('reverse', '{code_status,consume_sequence}', '{"code_status": 2}', '{"code_status": 0}'),
      ('void', '{code_status}', '{"code_status": 0}', '{"code_status": -2}')
    ) as change (kind, columns, before, after) on change.kind = d ->> 'kind'
    where fresh and r.result ->> 0 = 'OK' and d ? 'writer'
  )
  select done.n, done.results from done order by done.n
$$;

alter table platform_call_log add column operator text;
comment on column platform_call_log.operator is 'Who called from the console, under the app_key console.';

create table platform_call_figure (
  slot timestamptz not null,
  code integer not null,
  sub_code text not null,
  up_to_us integer not null,
  calls bigint not null,
  primary key (slot, code, sub_code, up_to_us)
) with (fillfactor = 50);
comment on table platform_call_figure is
  'Calls of all processes in slots of ten seconds, by outcome (code 0 = answered; sub_code empty when there is none) and by duration: over the bound below and up to up_to_us microseconds. Written with the call log.';

-- What goes on now is found by its end.
create index on lottery_segment (end_time);
create index on ticketing_event (sale_end_time);
create index on sendplan (end_time);
create index on benefit_template (end_time);
create index on voucher_batch (coupon_expire_time);
