-- A period that is told to the second holds its last second whole: whatever ends, ends with the next second.

-- Whether what ends at p_end, as told to the second, is over at p_now. Inlined where it is asked, so that an index on the
-- end serves.
create function period_over(p_end timestamptz, p_now timestamptz) returns boolean language sql stable parallel safe as $$
  select date_trunc('second', p_now) > p_end
$$;

-- As before, but for the last second.
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
  if not found or batch.status <> 1 or period_over(batch.coupon_expire_time, p_issued_at) then
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

-- As before, but for the last second.
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
      when period_over(batch.coupon_expire_time, p_now) then '{"state": "expired"}'
      else '{"state": "short"}' end
    from jsonb_array_elements(p_commands) with ordinality as u (c, n)
    left join lateral (
      select * from voucher_order o where o.mix_id = p_mix_id and o.app_key = c ->> 'app_key'
        and o.ext_order_id = c ->> 'ext_order_id' offset 0) o on true
    order by u.n;
end
$$;

-- As before, but for the last second.
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

-- As before, but for the last second.
create or replace function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[], p_now timestamptz)
returns void language plpgsql as $$
declare
  batch record;
begin
  for batch in
    select r.mix_id, array_agg(k.out_biz_id order by k.n) as out_biz_ids, array_agg(k.app_key order by k.n) as app_keys,
      jsonb_agg(jsonb_build_object('count', r.code_count - had.codes, 'ref', 'lottery ' || k.out_biz_id,
        'user', g.mix_user_id, 'partial', true) order by k.n) as takes
    from unnest(p_out_biz_ids, p_app_keys) with ordinality as k (out_biz_id, app_key, n)
    cross join lateral (
      select x.spread_id, x.reward_no, x.mix_user_id, x.result_code, x.invalid_at from lottery_grant x
      where x.platform = p_platform and x.out_biz_id = k.out_biz_id and x.app_key = k.app_key limit 1
    ) g
    cross join lateral (
      select x.mix_id, x.code_count from lottery_reward x
      where x.platform = p_platform and x.spread_id = g.spread_id and x.reward_no = g.reward_no limit 1
    ) r
    cross join lateral (
      select count(*) as codes from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = k.out_biz_id and c.app_key = k.app_key
    ) had
    where g.result_code = 3 and g.invalid_at is null
    group by r.mix_id order by r.mix_id
  loop
    insert into lottery_grant_code (platform, out_biz_id, app_key, sequence, mix_id, code_sealed)
      select p_platform, batch.out_biz_ids[i.take_no], batch.app_keys[i.take_no], i.sequence, batch.mix_id, i.code_sealed
      from voucher_issue_many(batch.mix_id, batch.takes, p_now) i;
    -- One by one: no statement over all of them leaves the planner no choice.
    for i in 1 .. cardinality(batch.out_biz_ids) loop
      update lottery_grant g set result_code = case
        when (
          select count(*) from lottery_grant_code c
          where c.platform = p_platform and c.out_biz_id = batch.out_biz_ids[i] and c.app_key = batch.app_keys[i]
        ) = (
          select r.code_count from lottery_reward r
          where r.platform = p_platform and r.spread_id = g.spread_id and r.reward_no = g.reward_no
        ) then 1
        when (select not period_over(b.coupon_expire_time, p_now) from voucher_batch b where b.mix_id = batch.mix_id) then 3
        else 4 end
        where g.platform = p_platform and g.out_biz_id = batch.out_biz_ids[i] and g.app_key = batch.app_keys[i];
    end loop;
  end loop;
end $$;

-- As before, but for the last second.
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
        when period_over(t.to_time, f.sent_at) then 'isv.param-error:226'
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

-- As before, but for the last second.
create or replace function ticketing_goods_read(p_project_id bigint, p_commands jsonb) returns setof ticketing_goods
language sql stable as $$
  with asked as materialized (
    select command.n::integer, command.channel_id, command.now, good.*
    from rows from (jsonb_to_recordset(p_commands) as (now timestamptz, channel_id bigint, goods jsonb))
      with ordinality as command (now, channel_id, goods, n)
    cross join lateral jsonb_to_recordset(command.goods) as good
      (line_no integer, event_id bigint, price_id bigint, goods_count integer, bearer_count integer, children jsonb)
  ), offer as materialized (
    select wanted.*, event.event_id is not null as has_event, tier.price_id is not null as has_tier, tier.price,
      tier.is_coupon_ticket = 1 as is_package, tier.is_package_only,
      case when tier.is_coupon_ticket = 1 then package.tickets else 1 end as tickets,
      package.children as package_children,
      coalesce(own_event.authorized, false) and coalesce(own_tier.authorized, true) as authorized, package.barred,
      event.sale_start_time, event.sale_end_time, event.event_limit_type, event.order_limit, event.user_limit
    from (select distinct channel_id, event_id, price_id from asked) wanted
    left join ticketing_event event
      on event.project_id = p_project_id and event.event_id = wanted.event_id and event.status = 1
    left join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = wanted.event_id and tier.price_id = wanted.price_id
    left join ticketing_channel_event own_event
      on own_event.channel_id = wanted.channel_id and own_event.event_id = wanted.event_id
    left join ticketing_channel_price own_tier
      on own_tier.project_id = p_project_id and own_tier.event_id = wanted.event_id
        and own_tier.price_id = wanted.price_id and own_tier.channel_id = wanted.channel_id
    left join lateral (
      select sum(part.child_num)::integer as tickets, jsonb_object_agg(part.child_price_id, part.child_num) as children,
        min(part.child_price_id) filter (where not child.authorized) as barred
      from ticketing_price_child part
      left join ticketing_channel_price child
        on child.project_id = part.project_id and child.event_id = part.event_id
          and child.price_id = part.child_price_id and child.channel_id = wanted.channel_id
      where part.project_id = p_project_id and part.event_id = wanted.event_id and part.price_id = wanted.price_id
    ) package on tier.is_coupon_ticket = 1
  ), summed as (
    select *, sum(goods_count * price::numeric) over (partition by n, event_id) as gross,
      sum(goods_count * price::numeric) over (partition by n, event_id order by line_no) as upto
    from asked join offer using (channel_id, event_id, price_id)
  ), reduced as (
    select summed.*, gross - coalesce((
      select max(amount) from ticketing_event_discount reached
      where reached.event_id = summed.event_id and reached.threshold <= gross
    ), 0) as net from summed
  )
  select n, line_no, event_id, price_id, goods_count, bearer_count, price, tickets, is_package, event_limit_type,
    order_limit, user_limit,
    case when gross > 0 then div(upto * net, gross) - div((upto - goods_count * price::numeric) * net, gross) else 0 end,
    case when not has_event then 10221 when not has_tier then 10222
      when not authorized or barred is not null then 10224
      when now < sale_start_time then 10225 when period_over(sale_end_time, now) then 10226
      when is_package_only then 10227
      when reduced.children is not null and reduced.children is distinct from reduced.package_children then 10228
      when tickets is null then 10231 end,
    case when authorized then barred end
  from reduced
$$;
