-- Stored codes by keyed hash (hex), each in the batch at the same place of its list.
create or replace function voucher_find_stored(p_mix_ids text[], p_hashes text[])
returns table (mix_id text, hash text, sequence bigint)
language plpgsql stable set enable_seqscan = off as $$
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
