-- Whether one of some codes of a batch is consumed; while the batch is locked that stays so.
create or replace function voucher_has_consumed(p_mix_id text, p_sequences bigint[])
returns boolean
language plpgsql stable set enable_seqscan = off as $$
begin
  return exists (
    select from voucher_code v
    where v.mix_id = p_mix_id and v.sequence = any (p_sequences) and v.code_status = 2);
end $$;
