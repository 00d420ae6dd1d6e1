-- The write side of vouchers: codes are made, issued, bound, consumed, reversed and voided.
-- Everything of a batch is written under the lock of its row, taken first; mix_id is the distribution column.
--
-- The functions of the hot paths join no tables: each statement reads or writes one table by an array of keys, and what
-- belongs together is found by its place in sorted arrays (width_bucket is a binary search). Plans are kept from a time
-- when tables were empty; so a plan can be made in one way only, which is right for tables of any size.

alter table voucher_batch
  add column status smallint not null default 1 check (status in (1, 2)),
  add column code_pattern text check (length(code_pattern) between 1 and 64),
  add column code_alphabet text check (length(code_alphabet) between 10 and 62),
  add column code_check boolean not null default false,
  add column issue_sequence bigint not null default 0,
  add column issued_count bigint not null default 0,
  add column consumed_count bigint not null default 0,
  add column voided_count bigint not null default 0,
  add column gen_task_id bigint not null default 0,
  add check ((code_pattern is null) = (code_alphabet is null)),
  add check (issue_sequence between 0 and total_count),
  add check (issued_count between 0 and issue_sequence),
  add check (consumed_count between 0 and consume_sequence),
  add check (voided_count >= 0 and consumed_count + voided_count <= total_count);
comment on table voucher_batch is
  'A batch of codes. denomination in fen. max_bind_count: codes one user may bind, null without limit. status: 1 on shelf, 2 off shelf (neither issued nor bound; what is out may still be consumed). total_count: codes in the batch and the sequence given last. consume_sequence: the redemption number given last. Both grow only while the row is locked, until commit. code_pattern, code_alphabet, code_check: with a pattern the n-th code is computed from n and never stored; without one the codes are imported. issue_sequence: every code up to it is issued or was not to be had. issued_count, consumed_count, voided_count: codes that were issued, that stand consumed, that are voided.';

alter table voucher_code
  alter column code_sealed drop not null,
  alter column code_hash drop not null,
  add column issued_at timestamptz,
  add column issue_ref text check (length(issue_ref) between 1 and 128),
  add column issued_to text check (length(issued_to) between 1 and 128),
  add column bound_hash bytea check (length(bound_hash) = 32),
  add column bound_sealed bytea,
  add check ((code_sealed is null) = (code_hash is null)),
  add check ((issued_at is null) = (issue_ref is null)),
  add check (issued_to is null or issued_at is not null),
  add check ((bound_hash is null) = (bound_sealed is null)),
  add check (bound_hash is null or bound_time is not null);
comment on table voucher_code is
  'A code. sequence: 1..total_count of its batch, in order of commit. code_sealed, code_hash: null in a batch with a pattern, whose codes are computed. code_status: -2 voided, 0 normal, 2 consumed; expiry is computed when read. issued_at, issue_ref, issued_to: when, for which order or grant and to whom it was issued. bound_time, bound_hash, bound_sealed: when and by whom it was bound; null while unbound. consume_sequence: its redemption that stands; null again once that is reversed. gmt_modified: last stored change of status or binding.';

-- Codes come in only with an entry of the ledger, which refers to the batch and keeps it from going. A reference of every
-- code to its batch would double the time that making them takes.
alter table voucher_code drop constraint voucher_code_mix_id_fkey;

-- Codes that are not stored cost nothing here.
alter table voucher_code drop constraint voucher_code_mix_id_code_hash_key;
create unique index voucher_code_hash on voucher_code (mix_id, code_hash) where code_hash is not null;

create table voucher_ledger (
  mix_id text not null references voucher_batch,
  entry_no bigint generated always as identity,
  kind text not null check (kind in ('opening', 'made', 'imported', 'issued', 'reversed', 'voided')),
  codes bigint not null check (codes > 0),
  ref text check (length(ref) <= 256),
  app_key text,
  entered_at timestamptz not null,
  primary key (mix_id, entry_no)
);
comment on table voucher_ledger is
  'What moved the counters of a batch, append-only. kind: opening, made, imported (total_count), issued (issued_count), reversed (off consumed_count), voided (voided_count). ref: order, grant, job or operation. Redemptions have a ledger of their own, voucher_consumption.';

insert into voucher_ledger (mix_id, kind, codes, entered_at)
  select mix_id, 'opening', total_count, now() from voucher_batch where total_count > 0;
update voucher_batch b set consumed_count = c.consumed, voided_count = c.voided
  from (select mix_id, count(*) filter (where code_status = 2) as consumed, count(*) filter (where code_status = -2) as voided
    from voucher_code group by mix_id) c
  where c.mix_id = b.mix_id;
insert into voucher_ledger (mix_id, kind, codes, entered_at)
  select mix_id, 'voided', voided_count, now() from voucher_batch where voided_count > 0;
insert into voucher_ledger (mix_id, kind, codes, entered_at)
  select mix_id, 'reversed', consume_sequence - consumed_count, now() from voucher_batch where consume_sequence > consumed_count;

-- What is handed out for a code; openIssuedCode of the voucher domain reads it. Nothing of it tells the code without the
-- platform's key, so a receipt may keep it.
create function voucher_handle(p_batch voucher_batch, p_sequence bigint, p_code_sealed bytea) returns bytea
language sql immutable parallel safe as $$
  select case when p_code_sealed is not null then '\x00'::bytea || p_code_sealed
    else '\x01'::bytea || convert_to(json_build_object('mix_id', p_batch.mix_id, 'sequence', p_sequence,
      'pattern', p_batch.code_pattern, 'alphabet', p_batch.code_alphabet, 'check', p_batch.code_check)::text, 'UTF8') end
$$;

-- Issues codes of one batch to many takers in their order. p_takes: [{"count": n, "ref": …, "user": … or null, "partial":
-- true or absent}, …]; a take gets all its codes or none, a partial one what there is. In place of one "user" a take may
-- list "users", who share its codes evenly, the first codes for the first. Codes go out in sequence order,
-- those bound, consumed or voided before are passed over. Nothing is issued off shelf or after coupon_expire_time.
-- take_no counts from 1. The caller answers for idempotency: each call issues.
create function voucher_issue_many(p_mix_id text, p_takes jsonb, p_issued_at timestamptz)
returns table (take_no integer, sequence bigint, code_sealed bytea) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  free bigint[];
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
  free := array(
    select c.sequence from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
      and c.code_status = 0 and c.issued_at is null and c.bound_time is null
    order by c.sequence limit wanted);

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
    where c.mix_id = p_mix_id and c.sequence = any (free[:used])
    returning takes[width_bucket(c.sequence, free)], c.sequence, voucher_handle(batch, c.sequence, c.code_sealed);
end
$$;
comment on function voucher_issue_many is
  'Issues codes of one batch (the distribution column) to many takers, all or none each; the rows may come in any order.';

-- Issues up to p_count codes of a batch to one taker; fewer or none when there are no more.
create function voucher_issue(p_mix_id text, p_count integer, p_issue_ref text, p_user text, p_issued_at timestamptz)
returns table (sequence bigint, code_sealed bytea) language sql as $$
  select sequence, code_sealed from voucher_issue_many(p_mix_id, jsonb_build_array(jsonb_build_object(
    'count', p_count, 'ref', p_issue_ref, 'user', p_user, 'partial', true)), p_issued_at)
  order by sequence
$$;

-- How many codes a user has bound; the limit of the batch is copied at each binding, so that the check itself holds it.
create table voucher_user (
  mix_id text not null references voucher_batch,
  user_hash bytea not null check (length(user_hash) = 32),
  bound_count integer not null check (bound_count >= 0),
  max_bind_count integer,
  primary key (mix_id, user_hash),
  check (bound_count <= max_bind_count)
);
comment on table voucher_user is
  'A user of a batch by keyed hash. bound_count: codes bound by the user and not voided. max_bind_count: limit of the batch when the user last bound, null without.';

-- Adds p_count codes of a batch with a pattern. One statement of the server writes them, so that no row is sent, parsed or
-- encrypted; the batch stays locked until the caller's commit, so sequences are given in the order of commits.
create function voucher_make(p_mix_id text, p_count bigint, p_job_id bigint, p_at timestamptz) returns void
language plpgsql as $$
declare
  last_sequence bigint;
begin
  update voucher_batch b set total_count = b.total_count + p_count, gen_task_id = p_job_id
    where b.mix_id = p_mix_id and b.code_pattern is not null returning b.total_count into strict last_sequence;
  insert into voucher_code (mix_id, sequence, gmt_modified)
    select p_mix_id, n, p_at from generate_series(last_sequence - p_count + 1, last_sequence) as n;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    values (p_mix_id, 'made', p_count, p_job_id::text, p_at);
end
$$;

-- Orders of codes (taobao.film.lottery.sendcode).
create table voucher_order (
  mix_id text not null,
  app_key text not null,
  ext_order_id text not null check (length(ext_order_id) between 1 and 64),
  content bytea not null,
  sequences bigint[] not null,
  gmt_expire timestamptz not null,
  cost_price bigint not null,
  gen_task_id bigint not null,
  ordered_at timestamptz not null,
  primary key (mix_id, app_key, ext_order_id)
);
comment on table voucher_order is
  'Issues by order, one for each order number of an app and batch. content: keyed hash of what was asked. sequences: the codes, in the order of the answer; the rest is what the answer said of each.';

-- Answers orders of one batch in their order. p_commands: [{"app_key", "ext_order_id", "content": hex, "count", "users":
-- […] or absent}, …]. Each gets {"state": "ok" | "conflict" | "off_shelf" | "expired" | "short", "order", "codes": [hex of
-- what openIssuedCode reads, …]}. An order number that was answered with codes is answered by the same ones again.
create function voucher_send(p_mix_id text, p_commands jsonb, p_now timestamptz)
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
          from voucher_code v where v.mix_id = p_mix_id and v.sequence = any (o.sequences)))
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
comment on function voucher_send is 'Answers orders of codes of one batch (the distribution column), all or nothing each.';

-- Binding, consuming, reversing and voiding: operations on lists of codes.
create table voucher_operation (
  mix_id text not null,
  app_key text not null,
  unique_id text not null check (length(unique_id) between 1 and 128),
  content bytea not null,
  results jsonb not null,
  operated_at timestamptz not null,
  primary key (mix_id, app_key, unique_id)
);
comment on table voucher_operation is
  'Operations on codes by the number their caller gave them. content: keyed hash of what was asked; results: what became of each code.';

-- Carries out operations on the codes of one batch in their order. p_commands: [{"kind": "bind" | "consume" | "reverse" |
-- "void", "app_key", "unique_id" (absent: not kept), "content": hex, "sequences": [n or null for no such code, …], "user":
-- hex of the keyed hash, "sealed": hex}, …]. Gives one row a command: what became of each code as [word, redemption
-- number or null], or null when the unique_id was used for something else. Codes and users are read once, decided on in
-- memory, and written once.
create function voucher_operate(p_mix_id text, p_commands jsonb, p_now timestamptz)
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
  c_expire timestamptz[]; changed bigint[] := '{}';
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
  select array_agg(v.sequence order by v.sequence), array_agg(v.code_status order by v.sequence),
    array_agg(v.bound_time order by v.sequence), array_agg(encode(v.bound_hash, 'hex') order by v.sequence),
    array_agg(v.bound_sealed order by v.sequence), array_agg(v.consume_sequence order by v.sequence),
    array_agg(voucher_expire_time(batch.valid_days, batch.coupon_expire_time, v.bound_time) order by v.sequence)
    into c_sequence, c_status, c_time, c_user, c_sealed, c_number, c_expire
    from voucher_code v where v.mix_id = p_mix_id and v.sequence = any (i_sequence);

  -- Users: those who ask and those whose codes may be voided.
  select array_agg(h) into u_hash from (
    select p_commands -> (f - 1) ->> 'user' as h from unnest(fresh) f union select unnest(c_user)) x where h is not null;
  select jsonb_object_agg(encode(v.user_hash, 'hex'), v.bound_count) into bound
    from voucher_user v where v.mix_id = p_mix_id
      and v.user_hash = any (array(select decode(h, 'hex') from unnest(u_hash) h));
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
    if word = 'OK' then changed := changed || c_sequence[c]; end if;
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
    where v.mix_id = p_mix_id and v.sequence = any (changed);
  insert into voucher_consumption (mix_id, consume_sequence, sequence, consumed_at)
    select p_mix_id, x.number, x.code, p_now from unnest(r_code, r_number) as x (code, number);
  insert into voucher_user as o (mix_id, user_hash, bound_count, max_bind_count)
    select p_mix_id, decode(x.h, 'hex'), x.count, batch.max_bind_count
    from unnest(u_hash, u_count, u_bound) as x (h, count, bind) where x.bind
    on conflict (mix_id, user_hash) do update
      set bound_count = excluded.bound_count, max_bind_count = excluded.max_bind_count;
  update voucher_user o set bound_count = u_count[(user_place ->> encode(o.user_hash, 'hex'))::integer]
    where o.mix_id = p_mix_id and o.user_hash = any (array(
      select decode(x.h, 'hex') from unnest(u_hash, u_count, u_bound) as x (h, count, bind)
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
comment on function voucher_operate is
  'Binds, consumes, reverses and voids codes of one batch (the distribution column), in the order of the commands.';

-- Voids codes of a batch and returns those it voided: normal ones, expired or not. Consumed and voided ones stay as they
-- are. A bound code's place among those its user may bind becomes free.
create function voucher_void(p_mix_id text, p_sequences bigint[], p_at timestamptz)
returns table (sequence bigint) language sql as $$
  select s.sequence
  from voucher_operate(p_mix_id, jsonb_build_array(
      jsonb_build_object('kind', 'void', 'sequences', to_jsonb(p_sequences))), p_at) o,
    jsonb_array_elements(o.results) with ordinality as r (result, k)
    join unnest(p_sequences) with ordinality as s (sequence, k) using (k)
  where r.result ->> 0 = 'OK'
$$;
comment on function voucher_void is 'Voids codes of one batch (the distribution column) and returns the sequences voided.';

-- The one rule of redemption stands in voucher_operate.
drop function voucher_consume;

-- Wrong codes by caller: an app as a whole (caller '') and each user it names, by keyed hash.
create table voucher_guess (
  app_key text not null,
  caller text not null,
  window_start timestamptz not null,
  wrong integer not null check (wrong >= 0),
  locked_until timestamptz,
  primary key (app_key, caller)
);
comment on table voucher_guess is
  'Wrong codes named since window_start; locked_until: when the caller went over the limit, until when all its codes are refused.';

-- Lets calls with codes through, or not: in their order, for all processes on this database, so that no more wrong codes
-- are ever answered than allowed. p_calls: [{"caller": text or null, "wrong": n}, …]; p_limits: {"app": {"wrong", "window",
-- "lock"}, "user": {…}}, times in seconds. Gives the seconds that each call must wait, 0 when it may go on. A call that
-- would go over a limit locks its caller and is refused as a whole.
create function voucher_guess_pass(p_app_key text, p_calls jsonb, p_limits jsonb, p_now timestamptz) returns integer[]
language plpgsql as $$
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
    from voucher_guess g, lateral (
      select (p_limits -> case g.caller when '' then 'app' else 'user' end ->> 'window')::double precision as window) l
    where g.app_key = p_app_key
      and (g.caller = '' or g.caller in (select c ->> 'caller' from jsonb_array_elements(p_calls) c));

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

-- Work in the background, done by whichever process has a hand free. The row is locked while a part of it is done, and
-- `done` is written with that part in one transaction: a crash loses a part, and no part is done twice.
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
comment on table job is 'A job and how far it is. unique_id: number its caller gave it, so that asking twice is asking once.';
create index job_open on job (job_id) where finished_at is null;

-- Asks for codes of a batch to be made: gives it its form (p_form: {"pattern", "alphabet", "check"}, for good) and a job to
-- do, or says why not. p_most: codes that the form may have in this batch, those still being made included.
create function voucher_generate(p_mix_id text, p_form jsonb, p_count bigint, p_most bigint, p_app_key text,
  p_unique_id text, p_now timestamptz)
returns table (state text, job_id bigint) language plpgsql as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  asked jsonb := jsonb_build_object('mix_id', p_mix_id, 'count', p_count, 'form', p_form);
  number text := jsonb_build_array(p_mix_id, p_unique_id);
  same job;
  pending bigint;
begin
  select * into strict batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  select * into same from job j
    where j.app_key = p_app_key and j.kind = 'voucher.generate' and j.unique_id = number;
  if found then
    return query select case when same.input = asked then 'ok' else 'conflict' end, same.job_id;
    return;
  end if;
  if batch.code_pattern is null and batch.total_count > 0 then
    return query select 'imported', null::bigint;
    return;
  end if;
  if batch.code_pattern is not null and (batch.code_pattern, batch.code_alphabet, batch.code_check)
    <> (p_form ->> 'pattern', p_form ->> 'alphabet', (p_form ->> 'check')::boolean) then
    return query select 'form', null::bigint;
    return;
  end if;
  select coalesce(sum(j.total - j.done), 0) into pending from job j
    where j.finished_at is null and j.kind = 'voucher.generate' and j.input ->> 'mix_id' = p_mix_id;
  if batch.total_count + pending + p_count > p_most then
    return query select 'short', null::bigint;
    return;
  end if;
  update voucher_batch b set code_pattern = p_form ->> 'pattern', code_alphabet = p_form ->> 'alphabet',
      code_check = (p_form ->> 'check')::boolean
    where b.mix_id = p_mix_id and b.code_pattern is null;
  return query
    insert into job (kind, app_key, unique_id, input, total, created_at)
    values ('voucher.generate', p_app_key, number, asked, p_count, p_now) returning 'ok', job_id;
end
$$;

-- Files of codes that are brought in.
create table voucher_import (
  mix_id text not null references voucher_batch,
  import_id text not null check (length(import_id) between 1 and 128),
  app_key text not null,
  skip_bad_lines boolean not null,
  state text not null default 'open' check (state in ('open', 'queued', 'done', 'refused')),
  parts integer not null default 0,
  line_count bigint not null default 0,
  bad_count bigint not null default 0,
  imported_count bigint not null default 0,
  job_id bigint,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (mix_id, import_id),
  check (imported_count + bad_count <= line_count)
);
comment on table voucher_import is
  'An import of codes. line_count: lines of the file, empty ones included. state: open (more parts may come), queued, done, refused (nothing was brought in). parts: how many came.';

create table voucher_import_part (
  mix_id text not null,
  import_id text not null,
  part integer not null check (part > 0),
  content bytea not null,
  primary key (mix_id, import_id, part),
  foreign key (mix_id, import_id) references voucher_import
);
comment on table voucher_import_part is 'A part of an import. content: keyed hash, so that a part may be sent again.';

create table voucher_import_line (
  mix_id text not null,
  import_id text not null,
  line bigint not null,
  code_sealed bytea,
  code_hash bytea,
  problem text,
  first_line bigint,
  primary key (mix_id, import_id, line),
  check ((code_sealed is null) = (code_hash is null)),
  check (problem is not null or code_hash is not null)
);
comment on table voucher_import_line is
  'Lines of an import with a code: until it is settled all of them, then the bad ones. line: counted through all parts from 1. first_line: where a doubled code stands first.';

-- Settles an import whose parts are all there: finds doubled codes, then brings in the good lines, or none when one is bad
-- and bad ones are not to be skipped. One transaction: all or nothing.
create function voucher_import_settle(p_mix_id text, p_import_id text, p_at timestamptz) returns void
language plpgsql set enable_seqscan = off as $$
declare
  import voucher_import;
  batch voucher_batch;
  lines bigint;
  bad bigint;
  good bigint;
  refused boolean;
  doubled bigint[];
  firsts bigint[];
begin
  select * into strict import from voucher_import i
    where i.mix_id = p_mix_id and i.import_id = p_import_id for update;
  if import.state not in ('open', 'queued') then
    return;
  end if;
  select * into strict batch from voucher_batch b where b.mix_id = p_mix_id for no key update;

  select array_agg(d.line order by d.line), array_agg(d.first order by d.line) into doubled, firsts
    from (select line, min(line) over (partition by code_hash) as first from voucher_import_line
      where mix_id = p_mix_id and import_id = p_import_id and problem is null) d
    where d.line > d.first;
  update voucher_import_line l
    set problem = 'DUPLICATE_IN_FILE', first_line = firsts[width_bucket(l.line, doubled)]
    where l.mix_id = p_mix_id and l.import_id = p_import_id and l.line = any (doubled);
  update voucher_import_line l set problem = 'DUPLICATE_IN_BATCH'
    where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null
      and (select true from voucher_code c where c.mix_id = p_mix_id and c.code_hash = l.code_hash);

  select count(*), count(*) filter (where problem is not null) into lines, bad from voucher_import_line l
    where l.mix_id = p_mix_id and l.import_id = p_import_id;
  refused := (bad > 0 and not import.skip_bad_lines) or batch.code_pattern is not null;
  good := case when refused then 0 else lines - bad end;
  if good > 0 then
    insert into voucher_code (mix_id, sequence, code_sealed, code_hash, gmt_modified)
      select p_mix_id, batch.total_count + row_number() over (order by line), code_sealed, code_hash, p_at
      from voucher_import_line l where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null
      order by line;
    update voucher_batch b set total_count = b.total_count + good, gen_task_id = coalesce(import.job_id, 0)
      where b.mix_id = p_mix_id;
    insert into voucher_ledger (mix_id, kind, codes, ref, app_key, entered_at)
      values (p_mix_id, 'imported', good, p_import_id, import.app_key, p_at);
  end if;
  update voucher_import i set state = case when refused then 'refused' else 'done' end,
      bad_count = bad, imported_count = good, finished_at = p_at
    where i.mix_id = p_mix_id and i.import_id = p_import_id;
  delete from voucher_import_line l where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null;
end
$$;

-- Every counter of the vouchers beside what its records add up to.
create view audit_vouchers (counter, key, counted, ledger) as
with codes as (
  select mix_id, count(*) as total, count(issued_at) as issued, count(*) filter (where code_status = 2) as consumed,
    count(*) filter (where code_status = -2) as voided
  from voucher_code group by mix_id
), entries as (
  select mix_id, coalesce(sum(codes) filter (where kind in ('opening', 'made', 'imported')), 0) as total,
    coalesce(sum(codes) filter (where kind = 'issued'), 0) as issued,
    coalesce(sum(codes) filter (where kind = 'reversed'), 0) as reversed,
    coalesce(sum(codes) filter (where kind = 'voided'), 0) as voided
  from voucher_ledger group by mix_id
), redeemed as (
  select mix_id, count(*) as redemptions, max(consume_sequence) as last from voucher_consumption group by mix_id
), every as (
  select b.*, coalesce(c.total, 0) as c_total, coalesce(c.issued, 0) as c_issued, coalesce(c.consumed, 0) as c_consumed,
    coalesce(c.voided, 0) as c_voided, coalesce(e.total, 0) as e_total, coalesce(e.issued, 0) as e_issued,
    coalesce(e.reversed, 0) as e_reversed, coalesce(e.voided, 0) as e_voided, coalesce(r.redemptions, 0) as redemptions
  from voucher_batch b left join codes c using (mix_id) left join entries e using (mix_id) left join redeemed r using (mix_id)
)
select x.counter, every.mix_id, x.counted, x.ledger::bigint from every, lateral (values
  ('voucher_batch.total_count of the ledger', total_count, e_total),
  ('voucher_batch.total_count of the codes', total_count, c_total),
  ('voucher_batch.issued_count of the ledger', issued_count, e_issued),
  ('voucher_batch.issued_count of the codes', issued_count, c_issued),
  ('voucher_batch.consume_sequence of the redemptions', consume_sequence, redemptions),
  ('voucher_batch.consumed_count of the redemptions', consumed_count, redemptions - e_reversed),
  ('voucher_batch.consumed_count of the codes', consumed_count, c_consumed),
  ('voucher_batch.voided_count of the ledger', voided_count, e_voided),
  ('voucher_batch.voided_count of the codes', voided_count, c_voided)) as x (counter, counted, ledger)
union all
select 'voucher_user.bound_count', coalesce(u.mix_id, c.mix_id) || '/' || encode(coalesce(u.user_hash, c.bound_hash), 'hex'),
  coalesce(u.bound_count, 0), coalesce(c.bound, 0)
from voucher_user u full join (
  select mix_id, bound_hash, count(*) as bound from voucher_code
  where bound_hash is not null and code_status <> -2 group by mix_id, bound_hash
) c on c.mix_id = u.mix_id and c.bound_hash = u.user_hash;
