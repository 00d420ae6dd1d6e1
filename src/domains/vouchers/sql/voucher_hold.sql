-- Locks batches until commit, in the order of their ids: what they have stays so (docs/concepts/locking.md).
create or replace function voucher_hold(p_mix_ids text[])
returns void
language plpgsql set enable_seqscan = off as $$
begin
  perform 1 from voucher_batch b where b.mix_id = any (p_mix_ids) order by b.mix_id for no key update;
end $$;
