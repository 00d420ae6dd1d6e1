-- Carries out operations on the codes of one batch in their order. p_commands: [{"kind": "bind" | "consume" |
-- "reverse" | "void", "app_key", "unique_id" (absent: not kept), "content": hex, "sequences": [n or null for no such
-- code, …], "user": hex of the keyed hash, "sealed": hex}, …]. Gives one row a command: what became of each code as
-- [word, redemption number or null], or null when the unique_id was used for something else. Codes and users are read
-- once, decided on in memory, and written once.
create or replace function voucher_operate(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, results jsonb)
language plpgsql set enable_seqscan = off as $$
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
    select p_commands -> (f - 1) ->> 'user' as h from unnest(fresh) f union select unnest(c_user)) x
      where h is not null;
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
      when period_over(c_expire[c], p_now) then word := 'EXPIRED';
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
        select y.ctid as place from voucher_user y where y.mix_id = p_mix_id and y.user_hash = decode(x.h,
          'hex') limit 1) v
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
