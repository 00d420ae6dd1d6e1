-- Writes what was decided on operations of a batch, which is locked: its counters, codes, redemptions, users and
-- ledger.
create or replace function voucher_operate_write(p_batch voucher_batch, p_commands jsonb, p_now timestamptz,
  p_items voucher_operation_items, p_codes voucher_operation_codes, p_users voucher_operation_users)
returns void
language plpgsql set enable_seqscan = off as $$
declare
  c_sequence bigint[] := p_codes.sequence; c_status smallint[] := p_codes.code_status;
  c_number bigint[] := p_codes.consume_sequence; c_time timestamptz[] := p_codes.bound_time;
  c_user text[] := p_codes.bound_user; c_sealed bytea[] := p_codes.bound_sealed;
  changed bigint[] := array(
    select distinct x.s from unnest(p_items.sequence, p_items.word) as x (s, word) where x.word = 'OK' order by 1);
  -- How many codes one statement writes: see voucher_read_codes.
  stride integer := case when current_setting('server_version_num')::integer < 170000 then 1
    else greatest(cardinality(changed), 1) end;
  redeemed integer := (select count(*) from unnest(p_items.number) as x (number) where x.number is not null);
  reversed integer; voided integer;
begin
  select count(*) filter (where d.kind = 'reverse'), count(*) filter (where d.kind = 'void') into reversed, voided
    from unnest(p_items.command, p_items.word) as x (command, word)
    cross join lateral (select p_commands -> (x.command - 1) ->> 'kind' as kind) d where x.word = 'OK';
  update voucher_batch b set consume_sequence = b.consume_sequence + redeemed,
      voided_count = b.voided_count + voided, consumed_count = b.consumed_count + redeemed - reversed
    where b.mix_id = p_batch.mix_id and redeemed + reversed + voided > 0;
  -- An element of an array stands in coalesce: bare, it ends a server with distributed tables.
  for i in 1 .. cardinality(changed) by stride loop
    update voucher_code v
      set code_status = coalesce(c_status[width_bucket(v.sequence, c_sequence)], null),
        consume_sequence = coalesce(c_number[width_bucket(v.sequence, c_sequence)], null),
        bound_time = coalesce(c_time[width_bucket(v.sequence, c_sequence)], null),
        bound_hash = decode(c_user[width_bucket(v.sequence, c_sequence)], 'hex'),
        bound_sealed = coalesce(c_sealed[width_bucket(v.sequence, c_sequence)], null),
        gmt_modified = p_now
      where v.mix_id = p_batch.mix_id and v.sequence between changed[i] and changed[i + stride - 1]
        and v.sequence = any (changed[i:i + stride - 1]);
  end loop;
  insert into voucher_consumption (mix_id, consume_sequence, sequence, consumed_at)
    select p_batch.mix_id, x.number, x.s, p_now
    from unnest(p_items.sequence, p_items.number) as x (s, number) where x.number is not null;
  insert into voucher_user as o (mix_id, user_hash, bound_count, max_bind_count)
    select p_batch.mix_id, decode(x.h, 'hex'), x.count, p_batch.max_bind_count
    from unnest(p_users.user_hash, p_users.bound_count, p_users.binds) as x (h, count, binds) where x.binds
    on conflict (mix_id, user_hash) do update
      set bound_count = excluded.bound_count, max_bind_count = excluded.max_bind_count;
  -- Those who lost a code and bound none are there, and keep the limit that they were given.
  insert into voucher_user as o (mix_id, user_hash, bound_count)
    select p_batch.mix_id, decode(x.h, 'hex'), x.count
    from unnest(p_users.user_hash, p_users.had_count, p_users.bound_count, p_users.binds) as x (h, had, count, binds)
    where not x.binds and x.had <> x.count
    on conflict (mix_id, user_hash) do update set bound_count = excluded.bound_count;
  insert into voucher_ledger (mix_id, kind, codes, ref, app_key, entered_at)
    select p_batch.mix_id, case d ->> 'kind' when 'void' then 'voided' else 'reversed' end, x.codes, d ->> 'unique_id',
      d ->> 'app_key', p_now
    from (select command, count(*) as codes from unnest(p_items.command, p_items.word) as y (command, word)
      where word = 'OK' group by command order by command) x, lateral (select p_commands -> (x.command - 1) as d) as e
    where d ->> 'kind' in ('void', 'reverse');
end
$$;
