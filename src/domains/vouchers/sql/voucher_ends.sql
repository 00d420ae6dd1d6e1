-- When a batch ends; null where there is none.
create or replace function voucher_ends(p_mix_id text)
returns timestamptz
language plpgsql stable set enable_seqscan = off as $$
begin
  return (select b.coupon_expire_time from voucher_batch b where b.mix_id = p_mix_id);
end $$;
