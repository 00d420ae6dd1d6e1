-- Locks batches until commit, one by one in the order of their ids: what they have stays so
-- (docs/concepts/locking.md).
create or replace function voucher_hold(p_mix_ids text[])
returns void
language plpgsql set enable_seqscan = off as $$
declare
  held text;
begin
  for held in select distinct k from unnest(p_mix_ids) k order by k loop
    perform from voucher_batch b where b.mix_id = held for no key update;
  end loop;
end $$;
