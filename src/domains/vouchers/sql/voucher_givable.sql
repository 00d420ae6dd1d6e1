-- How many codes of a batch can be given now, at most so many: none off shelf or when it is over.
create or replace function voucher_givable(p_mix_id text, p_most bigint, p_now timestamptz)
returns bigint
language plpgsql stable set enable_seqscan = off as $$
declare
  batch voucher_batch;
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id;
  if not found or batch.status <> 1 or period_over(batch.coupon_expire_time, p_now) then
    return 0;
  end if;
  return (select count(*) from (
    select from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
      and c.code_status = 0 and c.issued_at is null and c.bound_time is null
    order by c.sequence limit p_most) f);
end $$;
