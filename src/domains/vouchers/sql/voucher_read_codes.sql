-- Codes of a batch, which must be locked, by their sequences; each once. "= any" of a further column of an index is
-- read key by key from PostgreSQL 17 on, twice as fast as to look up each; before, it may be checked on every code.
create or replace function voucher_read_codes(p_mix_id text, p_sequences bigint[])
returns table (sequence bigint, code_status smallint, bound_time timestamptz, bound_hash bytea, bound_sealed bytea,
  consume_sequence bigint)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
begin
  if current_setting('server_version_num')::integer >= 170000 then
    return query
      select c.sequence, c.code_status, c.bound_time, c.bound_hash, c.bound_sealed, c.consume_sequence
      from voucher_code c where c.mix_id = p_mix_id and c.sequence = any (p_sequences);
  else
    return query
      select c.* from (select distinct s from unnest(p_sequences) s) k cross join lateral (
        select x.sequence, x.code_status, x.bound_time, x.bound_hash, x.bound_sealed, x.consume_sequence
        from voucher_code x where x.mix_id = p_mix_id and x.sequence = k.s limit 1) c;
  end if;
end $$;
