-- Decides on operations in their order, each as those before it leave codes and users: what becomes of each item, and
-- how codes and users stand then. Nothing is read or written here. explain/rules.ts tells why one is refused.
create or replace function voucher_operate_decide(p_batch voucher_batch, p_commands jsonb, p_now timestamptz,
  inout items voucher_operation_items, inout codes voucher_operation_codes, inout users voucher_operation_users)
language plpgsql as $$
declare
  -- An element of a list of its own is changed in its place; one of a list within a row would copy the list.
  sequences bigint[] := codes.sequence; statuses smallint[] := codes.code_status;
  times timestamptz[] := codes.bound_time; owners text[] := codes.bound_user; sealeds bytea[] := codes.bound_sealed;
  numbers bigint[] := codes.consume_sequence;
  expires timestamptz[] := codes.expire_time; counts integer[] := users.bound_count; binds boolean[] := users.binds;
  commands integer[] := items.command; asked bigint[] := items.sequence;
  words text[] := '{}'; given bigint[] := '{}';
  places jsonb := (select jsonb_object_agg(h, k) from unnest(users.user_hash) with ordinality as x (h, k));
  next_number bigint := p_batch.consume_sequence;
  at_command integer := 0; command jsonb; kind text; asker text; c integer; u integer; o integer;
  word text;
begin
  for i in 1 .. coalesce(cardinality(commands), 0) loop
    if commands[i] <> at_command then
      at_command := commands[i];
      command := p_commands -> (at_command - 1);
      kind := command ->> 'kind';
      asker := command ->> 'user';
      u := (places ->> asker)::integer;
    end if;
    c := width_bucket(asked[i], sequences);
    case
      when sequences[c] = asked[i] is not true then word := 'NOT_FOUND';
      when kind = 'reverse' then
        if statuses[c] <> 2 then word := 'NOT_CONSUMED'; else
          statuses[c] := 0; numbers[c] := null; word := 'OK';
        end if;
      when statuses[c] = -2 then word := 'VOIDED';
      when statuses[c] = 2 then word := 'CONSUMED';
      when kind = 'void' then
        statuses[c] := -2; word := 'OK';
        if owners[c] is not null then
          o := (places ->> owners[c])::integer;
          counts[o] := counts[o] - 1;
        end if;
      when p_now < p_batch.bind_begin_time then word := 'NOT_STARTED';
      when period_over(expires[c], p_now) then word := 'EXPIRED';
      when kind = 'consume' then
        if asker <> owners[c] then word := 'BOUND_BY_OTHER'; else
          next_number := next_number + 1; statuses[c] := 2; numbers[c] := next_number; word := 'OK';
        end if;
      when p_batch.status <> 1 then word := 'OFF_SHELF';
      when times[c] is not null then word := case when owners[c] = asker then 'BOUND' else 'BOUND_BY_OTHER' end;
      when counts[u] >= p_batch.max_bind_count then word := 'LIMIT';
      else
        times[c] := p_now; owners[c] := asker; sealeds[c] := decode(command ->> 'sealed', 'hex');
        expires[c] := voucher_expire_time(p_batch.valid_days, p_batch.coupon_expire_time, p_now);
        counts[u] := counts[u] + 1; binds[u] := true; word := 'OK';
    end case;
    words := words || word;
    given := given || case when word = 'OK' and kind = 'consume' then next_number end;
  end loop;
  items := (commands, asked, words, given);
  codes := (sequences, statuses, times, owners, sealeds, numbers, expires);
  users := (users.user_hash, users.had_count, counts, binds);
end
$$;
