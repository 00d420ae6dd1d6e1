-- A batch reads what it names, whatever the planner believes. Plans are made when tables are new, and kept: what joins a
-- list with a table that seemed tiny reads it whole, or once for each element, when it has grown within a minute. What is
-- defined anew here is as before, but that
-- - every element of a list is looked up by itself (lateral), with scans of whole tables off;
-- - codes and their users, which nobody writes without the lock of their batch, are written by their place (ctid), by which
--   no plan can go astray; a row that was changed meanwhile would not be found there;
-- - "between k and k" with "order by" stands for "= k" where other indexes begin with the same column: to a planner that
--   knows nothing of a table all of them cost the same, and only the right one gives that order.

-- Takes calls from their counters, for all processes on this database exactly.
-- p_groups: [{"wanted": n, "spare": n, "returned": n, "counters": [{"counter", "window_start", "max"}, …]}, …]; a call
-- needs room in all its counters. Spare calls are taken ahead for a busy process, at most a thousandth of the room that
-- is left, so that near a limit every call is counted one by one; returned ones were taken ahead and not used.
-- Returns {"version", "results": [{"granted", "spare", "limited_by"}, …]}; results is absent when p_version is not the
-- present version, and then nothing was taken. limited_by is the place of the counter with the least room, from 0.
create or replace function platform_take_quota(p_version bigint, p_groups jsonb) returns jsonb language plpgsql
set enable_seqscan = off as $$
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
      where q.counter = any (array(select c ->> 'counter' from jsonb_array_elements(one -> 'counters') c))
        and exists (select from jsonb_array_elements(one -> 'counters') c
          where c ->> 'counter' = q.counter and (c ->> 'window_start')::bigint = q.window_start);
    end if;
    select (c.value ->> 'max')::bigint - q.used, c.ordinality - 1 into room, full_at
    from jsonb_array_elements(one -> 'counters') with ordinality c
    cross join lateral (select u.used from platform_quota_use u where u.counter = c.value ->> 'counter' limit 1) q
    order by 1, 2 limit 1;
    granted := least((one ->> 'wanted')::bigint, greatest(room, 0));
    ahead := least((one ->> 'spare')::bigint, greatest(room - granted, 0) / 1000);
    if granted + ahead > 0 then
      update platform_quota_use q set used = q.used + granted + ahead
      where q.counter = any (array(select c ->> 'counter' from jsonb_array_elements(one -> 'counters') c));
    end if;
    results := results || jsonb_build_object('granted', granted, 'spare', ahead, 'limited_by', full_at);
  end loop;
  return jsonb_build_object('version', present_version, 'results', results);
end $$;

-- Counts an attempt to log in against all its guessers, unless one of them is locked: then nothing is counted. The attempt
-- that reaches a limit is still judged and locks what follows. Returns the seconds to wait, 0 when the attempt may go on.
create or replace function platform_operator_attempt(p_guessers bytea[], p_limits integer[], p_seconds integer, p_now timestamptz)
returns integer language plpgsql set enable_seqscan = off as $$
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
  update platform_operator_guess g
    set failures = 0, window_start = p_now
    where g.guesser = any (p_guessers) and (g.locked_until is not null or g.window_start <= p_now - span);
  update platform_operator_guess g
    set failures = g.failures + 1,
      locked_until = case when g.failures + 1 >= p_limits[array_position(p_guessers, g.guesser)] then p_now + span end
    where g.guesser = any (p_guessers);
  return 0;
end $$;

-- Issues codes of one batch to many takers in their order. p_takes: [{"count": n, "ref": …, "user": … or null, "partial":
-- true or absent}, …]; a take gets all its codes or none, a partial one what there is. In place of one "user" a take may
-- list "users", who share its codes evenly, the first codes for the first. Codes go out in sequence order,
-- those bound, consumed or voided before are passed over. Nothing is issued off shelf or after coupon_expire_time.
-- take_no counts from 1. The caller answers for idempotency: each call issues.
create or replace function voucher_issue_many(p_mix_id text, p_takes jsonb, p_issued_at timestamptz)
returns table (take_no integer, sequence bigint, code_sealed bytea) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  free bigint[];
  places tid[];
  wanted bigint;
  used integer := 0;
  given integer;
  n integer := 0;
  take jsonb;
  counts integer[] := '{}';
  -- of each code issued, by its place in free
  takes integer[] := '{}'; refs text[] := '{}'; users text[] := '{}';
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if not found or batch.status <> 1 or p_issued_at > batch.coupon_expire_time then
    return;
  end if;
  select coalesce(sum((t ->> 'count')::bigint), 0) into wanted from jsonb_array_elements(p_takes) t;
  select coalesce(array_agg(f.sequence order by f.sequence), '{}'), array_agg(f.place order by f.sequence)
    into free, places
    from (
      select c.sequence, c.ctid as place from voucher_code c
      where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
        and c.code_status = 0 and c.issued_at is null and c.bound_time is null
      order by c.sequence limit wanted) f;

  for take in select * from jsonb_array_elements(p_takes) loop
    n := n + 1;
    given := (take ->> 'count')::integer;
    if used + given > cardinality(free) then
      given := case when (take ->> 'partial')::boolean then cardinality(free) - used else 0 end;
    end if;
    for k in 0 .. given - 1 loop
      takes := takes || n;
      refs := refs || (take ->> 'ref');
      users := users || case when take ? 'users'
        then take -> 'users' ->> (k * jsonb_array_length(take -> 'users') / given) else take ->> 'user' end;
    end loop;
    counts := counts || given;
    used := used + given;
  end loop;

  update voucher_batch b set issued_count = b.issued_count + used, issue_sequence = case
      when used < cardinality(free) then free[used + 1] - 1
      when cardinality(free) < wanted then b.total_count
      else coalesce(free[used], b.issue_sequence) end
    where b.mix_id = p_mix_id;
  if used = 0 then
    return;
  end if;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    select p_mix_id, 'issued', counts[x.n], t ->> 'ref', p_issued_at
    from jsonb_array_elements(p_takes) with ordinality as x (t, n) where counts[x.n] > 0;
  return query
    update voucher_code c
    set issued_at = p_issued_at, issue_ref = refs[width_bucket(c.sequence, free)],
      issued_to = users[width_bucket(c.sequence, free)]
    where c.ctid = any (places[:used])
    returning takes[width_bucket(c.sequence, free)], c.sequence, voucher_handle(batch, c.sequence, c.code_sealed);
end
$$;

-- Answers orders of one batch in their order. p_commands: [{"app_key", "ext_order_id", "content": hex, "count", "users":
-- […] or absent}, …]. Each gets {"state": "ok" | "conflict" | "off_shelf" | "expired" | "short", "order", "codes": [hex of
-- what openIssuedCode reads, …]}. An order number that was answered with codes is answered by the same ones again.
create or replace function voucher_send(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, answer jsonb) language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  fresh integer[];
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  -- The first of equal order numbers counts, and only if none is stored.
  fresh := array(
    select min(n)::integer from jsonb_array_elements(p_commands) with ordinality as u (c, n)
    where (select o.mix_id from voucher_order o where o.mix_id = p_mix_id and o.app_key = c ->> 'app_key'
      and o.ext_order_id = c ->> 'ext_order_id') is null
    group by c ->> 'app_key', c ->> 'ext_order_id' order by 1);
  if cardinality(fresh) > 0 then
    insert into voucher_order (mix_id, app_key, ext_order_id, content, sequences, gmt_expire, cost_price, gen_task_id, ordered_at)
    select p_mix_id, c ->> 'app_key', c ->> 'ext_order_id', decode(c ->> 'content', 'hex'), i.sequences,
      batch.coupon_expire_time, batch.denomination, batch.gen_task_id, p_now
    from (
      select take_no, array_agg(sequence order by sequence) as sequences
      from voucher_issue_many(p_mix_id, (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('count', c -> 'count', 'users', c -> 'users',
          'ref', (c ->> 'app_key') || ':' || (c ->> 'ext_order_id'))) order by k)
        from unnest(fresh) with ordinality as f (n, k), lateral (select p_commands -> (n - 1) as c) as g
      ), p_now) group by take_no
    ) i, lateral (select p_commands -> (fresh[i.take_no] - 1) as c) as g;
  end if;
  return query
    select u.n::integer, case
      when o.mix_id is not null and o.content <> decode(c ->> 'content', 'hex') then '{"state": "conflict"}'
      when o.mix_id is not null then jsonb_build_object('state', 'ok', 'gmt_expire', o.gmt_expire, 'cost_price', o.cost_price,
        'gen_task_id', o.gen_task_id, 'codes', (
          select jsonb_agg(encode(voucher_handle(batch, v.sequence, v.code_sealed), 'hex') order by v.sequence)
          from unnest(o.sequences) s cross join lateral (
            select * from voucher_code x where x.mix_id = p_mix_id and x.sequence = s limit 1) v))
      when batch.status <> 1 then '{"state": "off_shelf"}'
      when p_now > batch.coupon_expire_time then '{"state": "expired"}'
      else '{"state": "short"}' end
    from jsonb_array_elements(p_commands) with ordinality as u (c, n)
    left join lateral (
      select * from voucher_order o where o.mix_id = p_mix_id and o.app_key = c ->> 'app_key'
        and o.ext_order_id = c ->> 'ext_order_id' offset 0) o on true
    order by u.n;
end
$$;

-- Where codes of a batch are, which must be locked. "= any" of a further column of an index is read key by key from
-- PostgreSQL 17 on, twice as fast as to look up each; before, it may be checked on every code of the batch.
create function voucher_places(p_mix_id text, p_sequences bigint[]) returns tid[]
language plpgsql set enable_seqscan = off as $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    return array(select c.ctid from voucher_code c where c.mix_id = p_mix_id and c.sequence = any (p_sequences));
  end if;
  return array(
    select c.place from (select distinct s from unnest(p_sequences) s) k cross join lateral (
      select x.ctid as place from voucher_code x where x.mix_id = p_mix_id and x.sequence = k.s limit 1) c);
end $$;

-- Carries out operations on the codes of one batch in their order. p_commands: [{"kind": "bind" | "consume" | "reverse" |
-- "void", "app_key", "unique_id" (absent: not kept), "content": hex, "sequences": [n or null for no such code, …], "user":
-- hex of the keyed hash, "sealed": hex}, …]. Gives one row a command: what became of each code as [word, redemption
-- number or null], or null when the unique_id was used for something else. Codes and users are read once, decided on in
-- memory, and written once.
create or replace function voucher_operate(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, results jsonb) language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  fresh integer[];
  -- items: one element for each code of each fresh command
  i_command integer[]; i_sequence bigint[]; i_word text[] := '{}'; i_number bigint[] := '{}';
  -- the codes touched, sorted, and as whose they are bound
  c_sequence bigint[]; c_status smallint[]; c_time timestamptz[]; c_user text[]; c_sealed bytea[]; c_number bigint[];
  c_expire timestamptz[]; places tid[]; c_place tid[]; changed tid[] := '{}';
  -- the users touched, by keyed hash in hex; user_place finds them
  u_hash text[]; u_count integer[]; u_bound boolean[]; user_place jsonb; bound jsonb;
  -- the redemptions made, and what to tell of each fresh command
  r_code bigint[] := '{}'; r_number bigint[] := '{}'; m_results jsonb[];
  next_number bigint;
  reversed integer := 0; voided integer := 0;
  at_command integer := 0; command jsonb; kind text; asker text;
  c integer; u integer; word text;
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if not found then
    return;
  end if;
  -- The first of equal numbers counts, and only if none is stored.
  fresh := array(
    select min(n)::integer from jsonb_array_elements(p_commands) with ordinality as x (d, n)
    where (select o.mix_id from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
      and o.unique_id = d ->> 'unique_id') is null
    group by d ->> 'app_key', coalesce(d ->> 'unique_id', '#' || n) order by 1);

  select array_agg(f order by f, k), array_agg(s::bigint order by f, k) into i_command, i_sequence
    from unnest(fresh) f, jsonb_array_elements_text(p_commands -> (f - 1) -> 'sequences') with ordinality as x (s, k);
  places := voucher_places(p_mix_id, i_sequence);
  select array_agg(v.sequence order by v.sequence), array_agg(v.code_status order by v.sequence),
    array_agg(v.bound_time order by v.sequence), array_agg(encode(v.bound_hash, 'hex') order by v.sequence),
    array_agg(v.bound_sealed order by v.sequence), array_agg(v.consume_sequence order by v.sequence),
    array_agg(voucher_expire_time(batch.valid_days, batch.coupon_expire_time, v.bound_time) order by v.sequence),
    array_agg(v.ctid order by v.sequence)
    into c_sequence, c_status, c_time, c_user, c_sealed, c_number, c_expire, c_place
    from voucher_code v where v.ctid = any (places);

  -- Users: those who ask and those whose codes may be voided.
  select array_agg(h) into u_hash from (
    select p_commands -> (f - 1) ->> 'user' as h from unnest(fresh) f union select unnest(c_user)) x where h is not null;
  select jsonb_object_agg(encode(v.user_hash, 'hex'), v.bound_count) into bound
    from unnest(u_hash) h cross join lateral (
      select * from voucher_user x where x.mix_id = p_mix_id and x.user_hash = decode(h, 'hex') limit 1) v;
  select jsonb_object_agg(h, k), array_agg(coalesce((bound ->> h)::integer, 0) order by k), array_agg(false)
    into user_place, u_count, u_bound from unnest(u_hash) with ordinality as x (h, k);

  next_number := batch.consume_sequence;
  for i in 1 .. coalesce(cardinality(i_command), 0) loop
    if i_command[i] <> at_command then
      at_command := i_command[i];
      command := p_commands -> (at_command - 1);
      kind := command ->> 'kind';
      asker := command ->> 'user';
      u := (user_place ->> asker)::integer;
    end if;
    c := width_bucket(i_sequence[i], c_sequence);
    case
      when c_sequence[c] = i_sequence[i] is not true then word := 'NOT_FOUND';
      when kind = 'reverse' then
        if c_status[c] <> 2 then word := 'NOT_CONSUMED'; else
          c_status[c] := 0; c_number[c] := null; reversed := reversed + 1; word := 'OK';
        end if;
      when c_status[c] = -2 then word := 'VOIDED';
      when c_status[c] = 2 then word := 'CONSUMED';
      when kind = 'void' then
        c_status[c] := -2; voided := voided + 1; word := 'OK';
        if c_user[c] is not null then
          u := (user_place ->> c_user[c])::integer;
          u_count[u] := u_count[u] - 1;
        end if;
      when p_now < batch.bind_begin_time then word := 'NOT_STARTED';
      when p_now > c_expire[c] then word := 'EXPIRED';
      when kind = 'consume' then
        if asker <> c_user[c] then word := 'BOUND_BY_OTHER'; else
          next_number := next_number + 1; c_status[c] := 2; c_number[c] := next_number; word := 'OK';
          r_code := r_code || c_sequence[c];
          r_number := r_number || next_number;
        end if;
      when batch.status <> 1 then word := 'OFF_SHELF';
      when c_time[c] is not null then word := case when c_user[c] = asker then 'BOUND' else 'BOUND_BY_OTHER' end;
      when u_count[u] >= batch.max_bind_count then word := 'LIMIT';
      else
        c_time[c] := p_now; c_user[c] := asker; c_sealed[c] := decode(command ->> 'sealed', 'hex');
        c_expire[c] := voucher_expire_time(batch.valid_days, batch.coupon_expire_time, p_now);
        u_count[u] := u_count[u] + 1; u_bound[u] := true; word := 'OK';
    end case;
    i_word := i_word || word;
    i_number := i_number || case when word = 'OK' and kind = 'consume' then next_number end;
    if word = 'OK' then changed := changed || c_place[c]; end if;
  end loop;

  update voucher_batch b set consume_sequence = next_number, voided_count = b.voided_count + voided,
      consumed_count = b.consumed_count + cardinality(r_code) - reversed
    where b.mix_id = p_mix_id and cardinality(r_code) + reversed + voided > 0;
  update voucher_code v
    set code_status = c_status[width_bucket(v.sequence, c_sequence)],
      consume_sequence = c_number[width_bucket(v.sequence, c_sequence)],
      bound_time = c_time[width_bucket(v.sequence, c_sequence)],
      bound_hash = decode(c_user[width_bucket(v.sequence, c_sequence)], 'hex'),
      bound_sealed = c_sealed[width_bucket(v.sequence, c_sequence)],
      gmt_modified = p_now
    where v.ctid = any (changed);
  insert into voucher_consumption (mix_id, consume_sequence, sequence, consumed_at)
    select p_mix_id, x.number, x.code, p_now from unnest(r_code, r_number) as x (code, number);
  insert into voucher_user as o (mix_id, user_hash, bound_count, max_bind_count)
    select p_mix_id, decode(x.h, 'hex'), x.count, batch.max_bind_count
    from unnest(u_hash, u_count, u_bound) as x (h, count, bind) where x.bind
    on conflict (mix_id, user_hash) do update
      set bound_count = excluded.bound_count, max_bind_count = excluded.max_bind_count;
  update voucher_user o set bound_count = u_count[(user_place ->> encode(o.user_hash, 'hex'))::integer]
    where o.ctid = any (array(
      select v.place from unnest(u_hash, u_count, u_bound) as x (h, count, bind) cross join lateral (
        select y.ctid as place from voucher_user y where y.mix_id = p_mix_id and y.user_hash = decode(x.h, 'hex') limit 1) v
      where not x.bind and (bound ->> x.h)::integer <> x.count));
  insert into voucher_ledger (mix_id, kind, codes, ref, app_key, entered_at)
    select p_mix_id, case d ->> 'kind' when 'void' then 'voided' else 'reversed' end, x.codes, d ->> 'unique_id',
      d ->> 'app_key', p_now
    from (select command, count(*) as codes from unnest(i_command, i_word) as y (command, word)
      where word = 'OK' group by command order by command) x, lateral (select p_commands -> (x.command - 1) as d) as e
    where d ->> 'kind' in ('void', 'reverse');

  select array_agg(r order by command) into m_results from (
    select command, jsonb_agg(jsonb_build_array(word, number) order by k) as r
    from unnest(i_command, i_word, i_number) with ordinality as x (command, word, number, k) group by command) y;
  insert into voucher_operation (mix_id, app_key, unique_id, content, results, operated_at)
    select p_mix_id, d ->> 'app_key', d ->> 'unique_id', decode(d ->> 'content', 'hex'), x.r, p_now
    from unnest(fresh, m_results) as x (command, r), lateral (select p_commands -> (x.command - 1) as d) as e
    where d ->> 'unique_id' is not null;
  return query
    select y.n::integer, case when y.d ->> 'unique_id' is null then m_results[array_position(fresh, y.n::integer)]
      else (select o.results from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
        and o.unique_id = d ->> 'unique_id' and o.content = decode(d ->> 'content', 'hex')) end
    from jsonb_array_elements(p_commands) with ordinality as y (d, n) order by y.n;
end
$$;

-- Lets calls with codes through, or not: in their order, for all processes on this database, so that no more wrong codes
-- are ever answered than allowed. p_calls: [{"caller": text or null, "wrong": n}, …]; p_limits: {"app": {"wrong", "window",
-- "lock"}, "user": {…}}, times in seconds. Gives the seconds that each call must wait, 0 when it may go on. A call that
-- would go over a limit locks its caller and is refused as a whole.
create or replace function voucher_guess_pass(p_app_key text, p_calls jsonb, p_limits jsonb, p_now timestamptz) returns integer[]
language plpgsql set enable_seqscan = off as $$
declare
  call jsonb;
  lim jsonb;
  who text;
  wrong_codes integer;
  wait integer;
  waits integer[] := '{}';
  state jsonb;
  states jsonb;
  changed boolean := false;
begin
  -- One at a time for an app; who only names right codes writes nothing. A count lost by a crash within the last half
  -- second is worth less than a disk write.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('voucher_guess ' || p_app_key, 0));
  select coalesce(jsonb_object_agg(g.caller, jsonb_build_object('wrong',
      case when g.window_start + make_interval(secs => l.window) > p_now then g.wrong else 0 end,
      'start', case when g.window_start + make_interval(secs => l.window) > p_now then g.window_start else p_now end,
      'until', g.locked_until)), '{}') into states
    from (select '' as caller union select c ->> 'caller' from jsonb_array_elements(p_calls) c) k
    cross join lateral (
      select * from voucher_guess x
      where x.app_key = p_app_key and x.caller between k.caller and k.caller order by x.caller limit 1) g
    cross join lateral (
      select (p_limits -> case g.caller when '' then 'app' else 'user' end ->> 'window')::double precision as window) l;

  for call in select * from jsonb_array_elements(p_calls) loop
    wait := 0;
    foreach who in array array['', call ->> 'caller'] loop
      wait := greatest(wait, ceil(extract(epoch from (states -> who ->> 'until')::timestamptz - p_now))::integer);
    end loop;
    wrong_codes := (call ->> 'wrong')::integer;
    if wait = 0 and wrong_codes > 0 then
      changed := true;
      foreach who in array array['', call ->> 'caller'] loop
        continue when who is null;
        lim := p_limits -> case who when '' then 'app' else 'user' end;
        state := coalesce(states -> who, jsonb_build_object('wrong', 0, 'start', p_now));
        if (state ->> 'wrong')::integer + wrong_codes > (lim ->> 'wrong')::integer then
          wait := greatest(wait, (lim ->> 'lock')::integer);
          state := state || jsonb_build_object('wrong', 0, 'start', p_now,
            'until', p_now + make_interval(secs => (lim ->> 'lock')::integer));
        else
          state := state || jsonb_build_object('wrong', (state ->> 'wrong')::integer + wrong_codes);
        end if;
        states := jsonb_set(states, array[who], state);
      end loop;
    end if;
    waits := waits || wait;
  end loop;

  if changed then
    insert into voucher_guess (app_key, caller, window_start, wrong, locked_until)
      select p_app_key, s.key, (s.value ->> 'start')::timestamptz, (s.value ->> 'wrong')::integer,
        (s.value ->> 'until')::timestamptz
      from jsonb_each(states) s order by s.key
      on conflict (app_key, caller) do update set window_start = excluded.window_start, wrong = excluded.wrong,
        locked_until = excluded.locked_until;
    -- Whoever has kept still for a day is forgotten.
    delete from voucher_guess g where g.app_key = p_app_key
      and g.window_start < p_now - interval '1 day' and coalesce(g.locked_until, p_now) <= p_now;
  end if;
  return waits;
end
$$;

-- Whoever has kept still for a day is found without reading everybody else.
create index voucher_guess_start on voucher_guess (app_key, window_start);

-- Sends of one seller in arrival order. A command bears: at (epoch ms), unique_id, content (hex), relation_id, detail_id,
-- config_id and benefit_type (either may be null), send_count, receiver_hash (hex), receiver_sealed (base64), share_hash
-- (hex or null), biz_id, trace_id. Answers one row a command, in order: error_code null and the result of each detail, or
-- the error code of a send that was refused whole. A send of which nothing arrived leaves no trace; one
-- that stands is answered by its key, whoever else asks on its chain of sharing. The planner takes the lists of a batch
-- for much shorter than they are, so it is told to hash them, and to look tables up by their indexes.
create or replace function benefit_send(p_user_id bigint, p_commands jsonb) returns table (error_code text, results json)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
begin
  perform from benefit_seller where user_id = p_user_id for no key update;
  return query
  with command as materialized (
    select c.*, first_value(n) over same_key as first_n, first_value(content) over same_key = content as same_content
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, unique_id text, content text, relation_id bigint,
        detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver_hash text, receiver_sealed text,
        share_hash text, biz_id text, trace_id text)) with ordinality
      as c (at, unique_id, content, relation_id, detail_id, config_id, benefit_type, send_count, receiver_hash,
        receiver_sealed, share_hash, biz_id, trace_id, n)
    window same_key as (partition by c.unique_id order by n)
  ),
  -- The first command of each key, with the stored send of that key and, on a chain of sharing, of that receiver.
  first as materialized (
    select c.*, to_timestamp(c.at / 1000.0) as sent_at, decode(c.receiver_hash, 'hex') as receiver,
      stored.content_hash as stored_content,
      c.share_hash is not null and stored.content_hash is null and (coalesce(shared.found, false) or row_number()
        over (partition by c.share_hash, c.receiver_hash, stored.content_hash is null order by c.n) > 1) as is_shared
    from command c
    left join lateral (
      select s.content_hash from benefit_send s
      where s.user_id = p_user_id and s.unique_id between c.unique_id and c.unique_id order by s.unique_id limit 1
    ) stored on true
    left join lateral (
      select true as found from benefit_send s
      where s.user_id = p_user_id and s.share_hash = decode(c.share_hash, 'hex')
        and s.receiver_hash between decode(c.receiver_hash, 'hex') and decode(c.receiver_hash, 'hex')
        and s.unique_id <> c.unique_id
      order by s.receiver_hash limit 1
    ) shared on true
    where c.n = c.first_n
  ),
  -- What each pair of relation and detail that was asked for means: one detail, or all living ones of the relation.
  target as materialized (
    select asked.*, d.detail_id, d.benefit_id, t.config_id, y.benefit_type, t.status, t.valid_total_num, t.max_sends,
      t.window_seconds, greatest(a.start_time, t.start_time) as from_time, least(a.end_time, t.end_time) as to_time
    from (select distinct coalesce(f.relation_id, 0) as asked_relation, coalesce(f.detail_id, 0) as asked_detail from first f) asked
    cross join lateral (
      (select * from benefit_detail x
        where x.user_id = p_user_id and x.detail_id between asked_detail and asked_detail
        and asked_relation in (0, x.relation_id) and x.status = 'VALID' order by x.detail_id limit 1)
      union all
      (select * from benefit_detail x where asked_detail = 0 and x.user_id = p_user_id
        and x.relation_id between asked_relation and asked_relation and x.status = 'VALID' order by x.relation_id)
    ) d
    cross join lateral (
      select * from benefit_activity x
      where x.user_id = p_user_id and x.relation_id between d.relation_id and d.relation_id order by x.relation_id limit 1
    ) a
    cross join lateral (
      select * from benefit_template x
      where x.user_id = p_user_id and x.benefit_id between d.benefit_id and d.benefit_id order by x.benefit_id limit 1
    ) t
    cross join lateral (select x.benefit_type from benefit_type x where x.config_id = t.config_id limit 1) y
  ),
  -- Every detail of every send that is to be decided; those of another type than asked for are not meant.
  part as materialized (
    select f.*, t.detail_id as of_detail, t.benefit_id, t.valid_total_num, t.max_sends,
      to_timestamp(floor(f.at / (1000.0 * t.window_seconds)) * t.window_seconds) as window_start,
      case
        when f.sent_at < t.from_time then 'isp.param-error:236'
        when f.sent_at > t.to_time then 'isv.param-error:226'
        when t.status <> 1 and t.config_id = 1 then 'isp.param-error:214'
        when t.status <> 1 then 'isp.param-error:236'
      end as refusal
    from first f
    join target t on t.asked_relation = coalesce(f.relation_id, 0) and t.asked_detail = coalesce(f.detail_id, 0)
    where f.stored_content is null and not f.is_shared
      and (f.config_id is null or f.config_id = t.config_id)
      and (f.benefit_type is null or f.benefit_type is not distinct from t.benefit_type)
  ),
  -- Where stock runs out it is out for all that follow, so those that get nothing never stand before one that does.
  paced as materialized (
    select p.*, coalesce(past.sends, 0) as past_sends, case when p.window_start is not null then coalesce(past.sends, 0)
        + row_number() over (partition by p.refusal is null, p.benefit_id, p.receiver, p.window_start order by p.n) end
        as window_ordinal
    from part p
    left join lateral (
      select s.window_ordinal as sends from benefit_send_detail s
      where s.user_id = p_user_id and s.benefit_id = p.benefit_id and s.receiver_hash = p.receiver
        and s.window_start = p.window_start order by s.window_ordinal desc limit 1
    ) past on true
  ),
  judged as materialized (
    select p.*, case when p.refusal is not null then p.refusal
      when p.window_ordinal > p.max_sends then 'isp.param-error:100' end as error
    from paced p
  ),
  stocked as materialized (
    select j.*, case when j.error is not null then 0 else least(j.send_count, greatest(0, j.valid_total_num - coalesce(
        sum(j.send_count) filter (where j.error is null)
          over (partition by j.benefit_id order by j.n rows between unbounded preceding and 1 preceding), 0)))::integer
      end as success_count
    from judged j
  ),
  outcome as materialized (
    select s.*, sum(s.success_count) over (partition by s.n) > 0 as is_sent,
      case
        -- Counted among too many only because of sends before it that found nothing left: nothing is left for it either.
        when s.error = 'isp.param-error:100' and s.past_sends + coalesce(sum(least(s.success_count, 1)) over (partition by
          s.benefit_id, s.receiver, s.window_start order by s.n rows between unbounded preceding and 1 preceding), 0) < s.max_sends
          then array['isp.param-error:236']
        when s.error is not null then array[s.error]
        when s.success_count < s.send_count then array['isp.param-error:236']
        else '{}'::text[] end as error_code_list
    from stocked s
  ),
  told as materialized (
    select o.n, json_agg(json_build_object('index_id', o.of_detail, 'success_count', o.success_count,
        'failure_count', o.send_count - o.success_count, 'error_code_list', o.error_code_list) order by o.of_detail) as results
    from outcome o group by o.n
  ),
  sent as (
    insert into benefit_send (user_id, unique_id, send_id, content_hash, receiver_hash, receiver_sealed, share_hash, biz_id,
      trace_id, sent_at)
    select p_user_id, o.unique_id, nextval('benefit_send_id'), decode(o.content, 'hex'), o.receiver,
      decode(o.receiver_sealed, 'base64'), decode(o.share_hash, 'hex'), o.biz_id, o.trace_id, o.sent_at
    from (select distinct on (x.n) x.* from outcome x where x.is_sent order by x.n) o
  ),
  sent_detail as (
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count, error_code_list,
      receiver_hash, window_start, window_ordinal, max_sends)
    select p_user_id, o.unique_id, o.of_detail, o.benefit_id, o.send_count, o.success_count, o.error_code_list, o.receiver,
      case when o.success_count > 0 then o.window_start end, case when o.success_count > 0 then o.window_ordinal end, o.max_sends
    from outcome o where o.is_sent order by o.n
  ),
  -- Nobody changes a template meanwhile who does not hold the seller: it is where it was found.
  due as materialized (
    select x.benefit_id, sum(x.success_count) as sent from outcome x group by x.benefit_id
  ),
  taken as (
    update benefit_template t
    set valid_total_num = t.valid_total_num - (select d.sent from due d where d.benefit_id = t.benefit_id)
    where t.user_id = p_user_id and t.benefit_id = any (array(select d.benefit_id from due d where d.sent > 0))
  )
  select case
      when f.stored_content <> decode(c.content, 'hex') or not c.same_content or f.is_shared then 'isp.param-error:301'
      when f.stored_content is not null or t.n is not null then null
      when exists (select from target x where x.asked_relation = coalesce(f.relation_id, 0)
        and x.asked_detail = coalesce(f.detail_id, 0)) then 'isv.param-error:226'
      else 'isv.param-error:295' end,
    coalesce(t.results, old.results)
  from command c
  join first f on f.n = c.first_n
  left join told t on t.n = c.first_n
  left join lateral (
    select json_agg(json_build_object('index_id', s.detail_id, 'success_count', s.success_count,
      'failure_count', s.send_count - s.success_count, 'error_code_list', s.error_code_list) order by s.detail_id) as results
    from benefit_send_detail s where f.stored_content is not null and s.user_id = p_user_id and s.unique_id = c.unique_id
  ) old on true
  order by c.n;
end $$;

-- What the server looks up for many callers at once. These were statements of the server, which cannot tell the planner
-- anything.

-- Sessions by keyed hash (hex), with the nick of their users.
create function platform_find_sessions(p_hashes text[])
returns table (session_hash text, app_key text, user_id bigint, nick text, expires_at timestamptz, revoked_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select h, s.app_key, s.user_id, u.nick, s.expires_at, s.revoked_at
  from unnest(p_hashes) h
  cross join lateral (select * from platform_session x where x.session_hash = decode(h, 'hex') limit 1) s
  cross join lateral (select x.nick from platform_user x where x.user_id = s.user_id limit 1) u;
end $$;

-- Users by their ids and by their nicks.
create function platform_find_users(p_user_ids bigint[], p_nicks text[])
returns table (user_id bigint, nick text) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select u.user_id, u.nick from unnest(p_user_ids) k
  cross join lateral (select * from platform_user x where x.user_id = k limit 1) u
  union all
  select u.user_id, u.nick from unnest(p_nicks) k
  cross join lateral (select * from platform_user x where x.nick = k limit 1) u;
end $$;

-- Takes one attempt back from its guessers, since it was right; locked in the order in which attempts lock them.
create function platform_operator_take_back(p_guessers bytea[]) returns void
language plpgsql set enable_seqscan = off as $$
begin
  perform 1 from platform_operator_guess where guesser = any (p_guessers) order by guesser for update;
  update platform_operator_guess set failures = greatest(failures - 1, 0), locked_until = null
    where guesser = any (p_guessers);
end $$;

-- The sellers of activities.
create function benefit_find_sellers(p_relation_ids bigint[])
returns table (relation_id bigint, user_id bigint) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select k, a.user_id from unnest(p_relation_ids) k
  cross join lateral (select x.user_id from benefit_activity x where x.relation_id = k offset 0) a;
end $$;

-- What each partner and circle leads to, as far as they lead, in their order: plans that overlap the second, in order of
-- their id, none when the circle does not accept the content.
create function sendplan_find_plans(p_isv_ids bigint[], p_circle_ids bigint[], p_circle_contents text[],
  p_seconds bigint[])
returns table (isv_id bigint, circle_id bigint, plans json) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select isv.isv_id, circle.circle_id, coalesce(found.plans, '[]')
  from unnest(p_isv_ids, p_circle_ids, p_circle_contents, p_seconds) with ordinality
    as asked (isv_id, circle_id, circle_content, second, position)
  left join lateral (select x.isv_id from sendplan_isv x where x.isv_id = asked.isv_id limit 1) isv on true
  left join lateral (
    select x.* from sendplan_circle x where x.isv_id = isv.isv_id and x.circle_id = asked.circle_id limit 1
  ) circle on true
  left join lateral (
    select json_agg(vo) as plans from (
      select plan.id, plan.name, extract(epoch from start_time)::bigint as start_time,
        extract(epoch from end_time)::bigint as end_time, count_limit, day_limit,
        (select coalesce(json_agg(item order by item.id), '[]') from sendplan_item as item
         where item.plan_id = plan.id) as items
      from sendplan as plan
      where plan.isv_id = circle.isv_id and plan.circle_id = circle.circle_id and plan.status = 1
        and plan.end_time >= to_timestamp(asked.second) and plan.start_time <= to_timestamp(asked.second)
      order by plan.id
    ) as vo
  ) as found on circle.circle_contents = '{}' or asked.circle_content = any (circle.circle_contents)
  order by asked.position;
end $$;

-- Whether each source sells such memberships, and whether the user has one that renews itself, in the order of the keys.
create function sendplan_find_vips(p_keys jsonb)
returns table (known boolean, renewing boolean) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select count(biz.biz_code) > 0, coalesce(bool_or(vip.renewing), false)
  from rows from (jsonb_to_recordset(p_keys) as (source text, perform_type smallint, member_hash text, second bigint))
    with ordinality as asked (source, perform_type, member_hash, second, position)
  left join lateral (
    select x.biz_code from sendplan_biz x where x.source = asked.source and x.perform_type = asked.perform_type offset 0
  ) biz on true
  left join lateral (
    select x.renewing from sendplan_vip x
    where x.biz_code = biz.biz_code and x.member_hash = decode(asked.member_hash, 'hex')
      and to_timestamp(asked.second) >= x.start_time and to_timestamp(asked.second) < x.end_time limit 1
  ) vip on true
  group by asked.position order by asked.position;
end $$;

-- How the codes of batches are looked up: computed by their form (null: they are stored), and how many there are.
create function voucher_find_catalogues(p_mix_ids text[])
returns table (mix_id text, total_count bigint, form jsonb) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select b.mix_id, b.total_count, case when b.code_pattern is not null then
    jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end
  from unnest(p_mix_ids) k cross join lateral (select * from voucher_batch x where x.mix_id = k limit 1) b;
end $$;

-- Stored codes by keyed hash (hex), each in the batch at the same place of its list.
create function voucher_find_stored(p_mix_ids text[], p_hashes text[])
returns table (mix_id text, hash text, sequence bigint) language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select k.mix_id, k.hash, c.sequence
  from unnest(p_mix_ids, p_hashes) as k (mix_id, hash)
  cross join lateral (
    select x.sequence from voucher_code x
    where x.mix_id = k.mix_id and x.code_hash between decode(k.hash, 'hex') and decode(k.hash, 'hex')
    order by x.code_hash limit 1
  ) c;
end $$;

-- Which users may issue codes of which batches, as a certain partner or (null) as any, in the order of the keys.
create function voucher_find_grants(p_keys jsonb) returns setof boolean
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select coalesce(case when k.partner_code is null
    then (select true from voucher_grant g where g.mix_id = k.mix_id and g.user_id = k.user_id limit 1)
    else (select true from voucher_grant g
      where g.mix_id = k.mix_id and g.user_id = k.user_id and g.partner_code = k.partner_code limit 1) end, false)
  from rows from (jsonb_to_recordset(p_keys) as (mix_id text, user_id bigint, partner_code text))
    with ordinality as k (mix_id, user_id, partner_code, n)
  order by k.n;
end $$;

-- Codes by their places after a place, in order, with their batches and what their texts are opened from.
create function voucher_find_placed(p_places jsonb, p_mix_id text, p_sequence bigint, p_limit integer)
returns table (mix_id text, name text, sequence bigint, code_status smallint, gmt_modified timestamptz, bound_time timestamptz,
  bound_sealed text, code_sealed text, form jsonb, expire_time timestamptz, issued_at timestamptz, issue_ref text,
  issued_to text, consume_sequence bigint, consumed_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select c.mix_id, b.name, c.sequence, c.code_status, c.gmt_modified, c.bound_time, encode(c.bound_sealed, 'hex'),
    encode(c.code_sealed, 'hex'), case when b.code_pattern is not null then
      jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end,
    voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time), c.issued_at, c.issue_ref, c.issued_to,
    c.consume_sequence, r.consumed_at
  from jsonb_to_recordset(p_places) as p (mix_id text, sequence bigint)
  cross join lateral (select * from voucher_code x where x.mix_id = p.mix_id and x.sequence = p.sequence limit 1) c
  cross join lateral (select * from voucher_batch x where x.mix_id = c.mix_id limit 1) b
  left join lateral (
    select x.consumed_at from voucher_consumption x
    where x.mix_id = c.mix_id and x.consume_sequence = c.consume_sequence limit 1
  ) r on true
  where p_mix_id is null or (c.mix_id, c.sequence) > (p_mix_id, p_sequence)
  order by c.mix_id, c.sequence limit p_limit;
end $$;

-- The orders of a number, of every app (and of p_app_key, which is none) in every batch, or in one.
create function voucher_find_orders(p_ext_order_id text, p_mix_id text, p_app_key text) returns setof voucher_order
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select o.* from voucher_batch b cross join (select app_key from platform_app union all select p_app_key) app
  cross join lateral (
    select * from voucher_order x
    where x.mix_id = b.mix_id and x.app_key = app.app_key and x.ext_order_id = p_ext_order_id limit 1
  ) o
  where p_mix_id is null or b.mix_id = p_mix_id;
end $$;

-- Of every so many-th code of a batch what tells its state.
create function voucher_sample(p_mix_id text, p_step bigint)
returns table (mix_id text, code_status smallint, bound_time timestamptz)
language plpgsql stable set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  select p_mix_id, c.code_status, c.bound_time
  from generate_series(1, (select b.total_count from voucher_batch b where b.mix_id = p_mix_id), p_step) n
  cross join lateral (
    select x.code_status, x.bound_time from voucher_code x where x.mix_id = p_mix_id and x.sequence = n limit 1
  ) c;
end $$;

-- The sends that bear a key, one a seller at most.
create function benefit_find_sends(p_unique_id text) returns setof benefit_send
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select s.* from benefit_seller seller cross join lateral (
    select * from benefit_send x
    where x.user_id = seller.user_id and x.unique_id between p_unique_id and p_unique_id order by x.unique_id limit 1
  ) s;
end $$;
