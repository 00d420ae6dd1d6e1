-- The codes that operations touch, as they stand: lists sorted by sequence. The batch is locked.
create or replace function voucher_operate_codes(p_batch voucher_batch, p_sequences bigint[])
returns voucher_operation_codes
language plpgsql as $$
declare
  codes voucher_operation_codes;
begin
  select array_agg(v.sequence order by v.sequence), array_agg(v.code_status order by v.sequence),
    array_agg(v.bound_time order by v.sequence), array_agg(encode(v.bound_hash, 'hex') order by v.sequence),
    array_agg(v.bound_sealed order by v.sequence), array_agg(v.consume_sequence order by v.sequence),
    array_agg(voucher_expire_time(p_batch.valid_days, p_batch.coupon_expire_time, v.bound_time) order by v.sequence)
    into codes
    from voucher_read_codes(p_batch.mix_id, p_sequences) v;
  return codes;
end
$$;
