-- Apps, users, sessions, call limits and the call log: what the gateway asks before a method runs.
-- All but the call log are small and would be reference tables on a distributed server.

create table platform_app (
  app_key text primary key check (app_key ~ '^[0-9]{1,20}$'),
  name text not null check (length(name) between 1 and 100),
  status smallint not null default 1 check (status in (1, 2)),
  ip_allow cidr[] not null default '{}',
  callback_urls text[] not null default '{}',
  calls_per_day bigint not null default 1000000 check (calls_per_day >= 0),
  created_at timestamptz not null
);
comment on table platform_app is 'Apps that may call: status 1 = live, 2 = suspended; ip_allow empty = from anywhere; calls_per_day counts from 00:00 GMT+8.';

create table platform_app_secret (
  app_key text not null references platform_app on delete cascade,
  secret bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (app_key, created_at)
);
comment on table platform_app_secret is 'Sealed secrets. Two may be live at once, so that a secret can be changed with overlap; expires_at null = until changed.';

create table platform_app_package (
  app_key text not null references platform_app on delete cascade,
  package text not null check (length(package) between 1 and 64),
  primary key (app_key, package)
);
comment on table platform_app_package is 'Permission packages granted to an app; each method names the package that holds it.';

create table platform_frequency (
  app_key text not null,
  method text not null check (length(method) between 1 and 128),
  max_calls bigint not null check (max_calls >= 0),
  window_seconds int not null check (window_seconds between 1 and 86400),
  primary key (app_key, method)
);
comment on table platform_frequency is 'Calls allowed in each window of so many seconds, counted from the epoch: of one app to a method, or with app_key * of all apps together.';

create table platform_user (
  user_id bigint primary key check (user_id between 1 and 9007199254740991),
  nick text not null unique check (length(nick) between 1 and 64),
  created_at timestamptz not null
);
comment on table platform_user is 'Users who authorise apps.';

create table platform_authorization_code (
  code_hash bytea primary key,
  app_key text not null references platform_app on delete cascade,
  user_id bigint not null references platform_user on delete cascade,
  redirect_uri text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table platform_authorization_code is 'Authorisation codes by keyed hash; each works once.';

create table platform_session (
  session_hash bytea primary key,
  app_key text not null references platform_app on delete cascade,
  user_id bigint not null references platform_user on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  refresh_hash bytea unique,
  refresh_expires_at timestamptz
);
comment on table platform_session is 'Session keys (access tokens) by keyed hash, each of one app and one user.';
create index platform_session_user on platform_session (user_id);

-- One number that moves with every change of what the gateway keeps in memory, so that a process notices a change made
-- by another in the very statement that admits its next call.
create table platform_config_version (
  id smallint primary key check (id = 1),
  version bigint not null
);
insert into platform_config_version values (1, 1);

create function platform_config_changed() returns trigger language plpgsql as $$
begin
  update platform_config_version set version = version + 1 where id = 1;
  return null;
end $$;

create trigger config_changed after insert or update or delete or truncate on platform_app
  for each statement execute function platform_config_changed();
create trigger config_changed after insert or update or delete or truncate on platform_app_secret
  for each statement execute function platform_config_changed();
create trigger config_changed after insert or update or delete or truncate on platform_app_package
  for each statement execute function platform_config_changed();
create trigger config_changed after insert or update or delete or truncate on platform_frequency
  for each statement execute function platform_config_changed();

create table platform_quota_use (
  counter text primary key,
  window_start bigint not null,
  used bigint not null check (used >= 0)
);
comment on table platform_quota_use is 'Calls used in the present window of each counter; window_start in epoch seconds.';

-- Takes calls from their counters, for all processes on this database exactly.
-- p_groups: [{"wanted": n, "spare": n, "returned": n, "counters": [{"counter", "window_start", "max"}, …]}, …]; a call
-- needs room in all its counters. Spare calls are taken ahead for a busy process, at most a thousandth of the room that
-- is left, so that near a limit every call is counted one by one; returned ones were taken ahead and not used.
-- Returns {"version", "results": [{"granted", "spare", "limited_by"}, …]}; results is absent when p_version is not the
-- present version, and then nothing was taken. limited_by is the place of the counter with the least room, from 0.
create function platform_take_quota(p_version bigint, p_groups jsonb) returns jsonb language plpgsql as $$
declare
  present_version bigint;
  one jsonb;
  room bigint;
  granted bigint;
  ahead bigint;
  full_at int;
  results jsonb := '[]';
begin
  -- A count lost by a crash within the last half second is worth less than a disk write for every batch of calls.
  perform set_config('synchronous_commit', 'off', true);
  select version into present_version from platform_config_version where id = 1;
  if present_version <> p_version then
    return jsonb_build_object('version', present_version);
  end if;
  -- Rows are locked in one order by everybody, so that two processes cannot wait for each other.
  insert into platform_quota_use as q (counter, window_start, used)
  select c ->> 'counter', max((c ->> 'window_start')::bigint), 0
  from jsonb_array_elements(p_groups) g, jsonb_array_elements(g -> 'counters') c
  group by 1 order by 1
  on conflict (counter) do update set
    used = case when excluded.window_start > q.window_start then 0 else q.used end,
    window_start = greatest(q.window_start, excluded.window_start);
  for one in select * from jsonb_array_elements(p_groups) loop
    if (one ->> 'returned')::bigint > 0 then
      update platform_quota_use q set used = greatest(q.used - (one ->> 'returned')::bigint, 0)
      from jsonb_array_elements(one -> 'counters') c
      where q.counter = c ->> 'counter' and q.window_start = (c ->> 'window_start')::bigint;
    end if;
    select (c.value ->> 'max')::bigint - q.used, c.ordinality - 1 into room, full_at
    from jsonb_array_elements(one -> 'counters') with ordinality c
    join platform_quota_use q on q.counter = c.value ->> 'counter'
    order by 1, 2 limit 1;
    granted := least((one ->> 'wanted')::bigint, greatest(room, 0));
    ahead := least((one ->> 'spare')::bigint, greatest(room - granted, 0) / 1000);
    if granted + ahead > 0 then
      update platform_quota_use q set used = q.used + granted + ahead
      from jsonb_array_elements(one -> 'counters') c where q.counter = c ->> 'counter';
    end if;
    results := results || jsonb_build_object('granted', granted, 'spare', ahead, 'limited_by', full_at);
  end loop;
  return jsonb_build_object('version', present_version, 'results', results);
end $$;

create table platform_call_log (
  called_at timestamptz not null,
  request_id text not null,
  app_key text,
  method text,
  code int not null,
  sub_code text,
  duration_us int not null
) partition by range (called_at);
comment on table platform_call_log is 'One record a call, in a partition a day (GMT+8): code 0 = answered; no parameters, no secrets, no personal data.';
create index on platform_call_log (request_id);
create index on platform_call_log (app_key, called_at);

-- Makes the partition of the day (GMT+8) that holds an instant. Safe when several processes do it at once.
create function platform_call_log_partition(p_at timestamptz) returns void language plpgsql as $$
declare
  day date := (p_at at time zone interval '08:00')::date;
  name text := 'platform_call_log_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('platform_call_log'));
  execute format('create table if not exists %I partition of platform_call_log for values from (%L) to (%L)',
    name, day::timestamp at time zone interval '08:00', (day + 1)::timestamp at time zone interval '08:00');
end $$;

-- Drops the partitions of days that ended before an instant; returns how many.
create function platform_call_log_drop_before(p_before timestamptz) returns int language plpgsql as $$
declare
  last_day text := to_char((p_before at time zone interval '08:00')::date, 'YYYYMMDD');
  name text;
  dropped int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('platform_call_log'));
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'platform_call_log'::regclass and c.relname < 'platform_call_log_' || last_day
  loop
    execute format('drop table %I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

create table platform_vault (
  id smallint primary key check (id = 1),
  key_check bytea not null
);
comment on table platform_vault is 'Keyed hash of a fixed text, by which a start with another master key is refused before it can do harm.';
