-- Moves what the batches hand out ahead, batch by batch.
create or replace function voucher_advance_counters(p_numbers bigint, p_codes bigint, p_at timestamptz)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
begin
  return query
    select moved.* from (select mix_id from voucher_batch order by 1) batch,
      voucher_advance_batch(batch.mix_id, p_numbers, p_codes, p_at) moved;
end
$$;
