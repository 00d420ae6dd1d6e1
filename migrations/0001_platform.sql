-- What a database is, and what serves every domain: apps, sessions, limits, the call log, operators, the log of
-- changes, jobs. All but the two logs are small: they would be local or reference tables on a distributed server.

create table schema_kind (
  one boolean primary key default true check (one),
  kind text not null check (kind in ('sandbox', 'production')),
  marked_at timestamptz not null default now()
);
comment on table schema_kind is 'What this database is, told by its first start and never changed.';
create trigger stays before update or delete or truncate on schema_kind
  for each statement execute function schema_kind_stays();

-- The log of changes. Who changes something enters it, in the transaction of the change (src/database/change-log.ts):
-- what administrators and sellers do, not what draws, orders and payments take, which have ledgers.

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
  'Every change of the configuration and of what administrators do, append-only and written in the transaction of the '
  'change by whoever makes it; what psql and demo data write is not here. actor: an operator''s login, an app_key, or '
  'system (a start, the command line). thing: the table; thing_key: its primary key joined by /, binary parts cut to '
  '12 hexadecimal digits. changed: the columns that differ. before, after: the row without its binary columns, which '
  'hold secrets, hashes and sealed texts. action call: an operator''s call that writes elsewhere, or acts for a user.';
create index on change_log (actor, changed_at, change_id);
create index on change_log (method, changed_at, change_id);
create index on change_log (thing, thing_key, changed_at, change_id);
create index on change_log (request_id);

-- Apps and what they may do. One number moves with every change of what the gateway keeps of them in memory, so that a
-- process notices a change made by another in the very statement that admits its next call.

create table platform_config_version (
  id smallint primary key check (id = 1),
  version bigint not null
);
insert into platform_config_version values (1, 1);

create table platform_app (
  app_key text primary key check (app_key ~ '^[0-9]{1,20}$'),
  name text not null check (length(name) between 1 and 100),
  status smallint not null default 1 check (status in (1, 2)),
  ip_allow cidr[] not null default '{}',
  callback_urls text[] not null default '{}',
  sign_methods text[] not null default '{}' check (sign_methods <@ '{md5,hmac,hmac-sha256}'::text[]),
  calls_per_day bigint not null default 1000000 check (calls_per_day >= 0),
  unique_id text unique check (length(unique_id) between 1 and 64),
  unique_content jsonb,
  created_at timestamptz not null,
  constraint platform_app_created_once check ((unique_id is null) = (unique_content is null))
);
comment on table platform_app is
  'Apps that may call: status 1 = live, 2 = suspended; ip_allow empty = from anywhere; calls_per_day counts from '
  '00:00 GMT+8.';
comment on column platform_app.sign_methods is 'Digests that calls may be signed with; empty for any.';
comment on column platform_app.unique_id is
  'Key of the call that made the app, so that a repeated call makes no second one; null when it was made otherwise.';
comment on column platform_app.unique_content is
  'What that call asked for, to tell a repetition from another wish under the same key.';
create trigger config_changed after insert or update or delete or truncate on platform_app
  for each statement execute function platform_config_changed();

create table platform_app_secret (
  app_key text not null references platform_app on delete cascade,
  secret bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (app_key, created_at)
);
comment on table platform_app_secret is
  'Sealed secrets. Two may be live at once, so that a secret can be changed with overlap; expires_at null = until '
  'changed.';
create trigger at_most_two_live after insert or update on platform_app_secret
  for each row execute function platform_app_secret_limit();
create trigger config_changed after insert or update or delete or truncate on platform_app_secret
  for each statement execute function platform_config_changed();

create table platform_app_package (
  app_key text not null references platform_app on delete cascade,
  package text not null check (length(package) between 1 and 64),
  primary key (app_key, package)
);
comment on table platform_app_package is
  'Permission packages granted to an app; each method names the package that holds it.';
create trigger config_changed after insert or update or delete or truncate on platform_app_package
  for each statement execute function platform_config_changed();

create table platform_frequency (
  app_key text not null,
  method text not null check (length(method) between 1 and 128),
  max_calls bigint not null check (max_calls >= 0),
  window_seconds int not null check (window_seconds between 1 and 86400),
  primary key (app_key, method)
);
comment on table platform_frequency is
  'Calls allowed in each window of so many seconds, counted from the epoch: of one app to a method, or with app_key * '
  'of all apps together.';
create trigger config_changed after insert or update or delete or truncate on platform_frequency
  for each statement execute function platform_config_changed();

create table platform_quota_use (
  counter text primary key,
  window_start bigint not null,
  used bigint not null check (used >= 0)
);
comment on table platform_quota_use is
  'Calls used in the present window of each counter; window_start in epoch seconds.';

-- Users, and the sessions by which apps act for them.

create table platform_user (
  user_id bigint primary key check (user_id between 1 and 9007199254740991),
  nick text not null unique check (length(nick) between 1 and 64),
  created_at timestamptz not null
);
comment on table platform_user is 'Users who authorise apps.';

create table platform_session (
  session_hash bytea primary key,
  app_key text not null references platform_app on delete cascade,
  user_id bigint not null references platform_user on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  refresh_hash bytea unique,
  refresh_expires_at timestamptz,
  first_hash bytea references platform_session on delete cascade
);
comment on table platform_session is 'Session keys (access tokens) by keyed hash, each of one app and one user.';
comment on column platform_session.first_hash is
  'The session that this one was refreshed from in the first place; null where it is the first itself.';
create index platform_session_user on platform_session (user_id);
create index platform_session_app on platform_session (app_key, created_at, session_hash);
create index platform_session_first on platform_session (first_hash);

create table platform_authorization_code (
  code_hash bytea primary key,
  app_key text not null references platform_app on delete cascade,
  user_id bigint not null references platform_user on delete cascade,
  redirect_uri text not null,
  redirect_uri_given boolean not null default true,
  expires_at timestamptz not null,
  used_at timestamptz,
  session_hash bytea references platform_session on delete set null
);
comment on table platform_authorization_code is 'Authorisation codes by keyed hash; each works once.';
comment on column platform_authorization_code.redirect_uri_given is
  'Whether /authorize was asked with the address, which /token must then repeat (RFC 6749 4.1.3).';
comment on column platform_authorization_code.session_hash is 'The session that the code was exchanged for.';

-- Calls: one record each, and sums by time for the live figures.

create table platform_call_log (
  called_at timestamptz not null,
  request_id text not null,
  app_key text,
  operator text,
  method text,
  code int not null,
  sub_code text,
  duration_us int not null
) partition by range (called_at);
comment on table platform_call_log is
  'One record a call, in a partition a day (GMT+8): code 0 = answered; no parameters, no secrets, no personal data.';
comment on column platform_call_log.operator is 'Who called from the console, under the app_key console.';
create index on platform_call_log (request_id);
create index on platform_call_log (app_key, called_at);
-- Errors of all apps by their time. They are the rare rows: a record that is no error does not come here.
create index platform_call_log_errors on platform_call_log (called_at) where code <> 0;

create table platform_call_figure (
  slot timestamptz not null,
  code integer not null,
  sub_code text not null,
  up_to_us integer not null,
  calls bigint not null,
  primary key (slot, code, sub_code, up_to_us)
) with (fillfactor = 50);
comment on table platform_call_figure is
  'Calls of all processes in slots of ten seconds, by outcome (code 0 = answered; sub_code empty when there is none) '
  'and by duration: over the bound below and up to up_to_us microseconds. Written with the call log.';

-- Operators of the console.

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
  'People who use the console. login begins with a letter, so it is never taken for an app_key. status: 1 live, 2 '
  'suspended. password_hash: argon2id with its parameters; null: no login by password. password_temporary: was given '
  'by an owner and must be changed. totp_sealed: secret of the second factor, asked for once totp_confirmed_at is '
  'set; totp_step: the time step of the last code taken, which no code may repeat.';
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
comment on table platform_operator_recovery is
  'Codes that stand in for the second factor, by keyed hash; a used one is gone.';

create table platform_operator_setup (
  token_hash bytea primary key,
  login text references platform_operator on delete cascade,
  expires_at timestamptz not null
);
comment on table platform_operator_setup is
  'Links by keyed hash of their token. login null: makes the first owner, gone once there is one; else: lets that '
  'operator set a new password without a second factor.';

create table platform_operator_guess (
  guesser bytea primary key,
  failures integer not null check (failures >= 0),
  window_start timestamptz not null,
  locked_until timestamptz
);
comment on table platform_operator_guess is
  'Logins that failed since window_start, by keyed hash of the account (existing or not) or of the address they came '
  'from.';
create index on platform_operator_guess (window_start);

create table platform_operator_trial (
  login text not null references platform_operator on delete cascade,
  address bytea not null,
  tried_at timestamptz not null,
  primary key (login, address)
);
comment on table platform_operator_trial is
  'From where operators were tried to be logged in within the last day, whatever came of it. address: as '
  'platform_operator_guess.guesser has it; its guesses are forgotten with those at the operator.';
create index on platform_operator_trial (tried_at);

-- What runs beside the calls.

create table platform_vault (
  id smallint primary key default 1 check (id = 1),
  key_id text not null check (key_id ~ '^[0-9a-f]{8}$'),
  earlier_key_ids text[] not null default '{}',
  lookup_sealed bytea not null
);
comment on table platform_vault is
  'The master keys of this database, by their ids. key_id: the one that seals. earlier_key_ids: something may still be '
  'sealed under them. lookup_sealed: the key of all keyed hashes, sealed under key_id; that key never changes.';

create table platform_vault_holder (
  holder uuid primary key,
  key_ids text[] not null,
  sealing text not null,
  sealing_since timestamptz not null,
  seen_at timestamptz not null
);
comment on table platform_vault_holder is
  'Servers that run: the master keys each was given, the one it seals with and since when, and when it last told so.';

create unlogged table platform_probe (filler text not null);
comment on table platform_probe is
  'Always empty: /ready truncates it and adds a row, which needs room on the disk, and rolls back. A full disk '
  'answers reads for long.';

create table job (
  job_id bigint primary key generated always as identity,
  kind text not null check (length(kind) between 1 and 64),
  app_key text not null,
  unique_id text not null check (length(unique_id) between 1 and 1000),
  input jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  done bigint not null default 0,
  total bigint not null check (total >= 0),
  error text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  unique (app_key, kind, unique_id),
  check (done between 0 and total),
  check ((finished_at is null) = (state in ('queued', 'running')))
);
comment on table job is
  'Work in the background and how far it is. The row is locked while a part of it is done, and done is written with '
  'that part in one transaction: a crash loses a part, and no part is done twice. unique_id: number its caller gave '
  'it, so that asking twice is asking once.';
create index job_open on job (job_id) where finished_at is null;

create table counter_skip (
  skip_no bigint primary key generated always as identity,
  counter text not null,
  key text not null,
  skipped bigint not null check (skipped > 0),
  skipped_at timestamptz not null
);
comment on table counter_skip is
  'How far counters were moved ahead after a restore, append-only: the ledger of those whose numbers have gaps since.';
create index counter_skip_key on counter_skip (counter, key);
