-- Of every so many-th code of a batch what tells its state.
create or replace function voucher_sample(p_mix_id text, p_step bigint)
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
