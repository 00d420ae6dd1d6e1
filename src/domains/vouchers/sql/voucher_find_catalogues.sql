-- How the codes of batches are looked up: computed by their form (null: they are stored), and how many there are.
create or replace function voucher_find_catalogues(p_mix_ids text[])
returns table (mix_id text, total_count bigint, form jsonb)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select b.mix_id, b.total_count, case when b.code_pattern is not null then
    jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end
  from unnest(p_mix_ids) k cross join lateral (select * from voucher_batch x where x.mix_id = k limit 1) b;
end $$;
