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
  items voucher_operation_items;
  codes voucher_operation_codes;
  decided record;
  told jsonb[];
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

  select array_agg(f order by f, k), array_agg(s::bigint order by f, k) into items.command, items.sequence
    from unnest(fresh) f, jsonb_array_elements_text(p_commands -> (f - 1) -> 'sequences') with ordinality as x (s, k);
  codes := voucher_operate_codes(batch, items.sequence);
  -- Users: those who ask and those whose codes may be voided.
  select * into decided from voucher_operate_decide(batch, p_commands, p_now, items, codes, voucher_operate_users(
    p_mix_id, array(select p_commands -> (f - 1) ->> 'user' from unnest(fresh) f) || codes.bound_user));
  perform voucher_operate_write(batch, p_commands, p_now, decided.items, decided.codes, decided.users);

  select array_agg(r order by command) into told from (
    select command, jsonb_agg(jsonb_build_array(word, number) order by k) as r
    from unnest((decided.items).command, (decided.items).word, (decided.items).number)
      with ordinality as x (command, word, number, k) group by command) y;
  insert into voucher_operation (mix_id, app_key, unique_id, content, results, operated_at)
    select p_mix_id, d ->> 'app_key', d ->> 'unique_id', decode(d ->> 'content', 'hex'), x.r, p_now
    from unnest(fresh, told) as x (command, r), lateral (select p_commands -> (x.command - 1) as d) as e
    where d ->> 'unique_id' is not null;
  return query
    select y.n::integer, case when y.d ->> 'unique_id' is null then told[array_position(fresh, y.n::integer)]
      else (select o.results from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
        and o.unique_id = d ->> 'unique_id' and o.content = decode(d ->> 'content', 'hex')) end
    from jsonb_array_elements(p_commands) with ordinality as y (d, n) order by y.n;
end
$$;
