-- Codes by their places after a place, in order, with their batches and what their texts are opened from.
create or replace function voucher_find_placed(p_places jsonb, p_mix_id text, p_sequence bigint, p_limit integer)
returns table (mix_id text, name text, sequence bigint, code_status smallint, gmt_modified timestamptz,
  bound_time timestamptz, bound_sealed text, code_sealed text, form jsonb, expire_time timestamptz,
  issued_at timestamptz, issue_ref text, issued_to text, consume_sequence bigint, consumed_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select c.mix_id, b.name, c.sequence, c.code_status, c.gmt_modified, c.bound_time,
    encode(c.bound_hash || c.bound_sealed, 'hex'), encode(c.code_hash || c.code_sealed, 'hex'),
    case when b.code_pattern is not null then
      jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end,
    voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time), c.issued_at, c.issue_ref, c.issued_to,
    c.consume_sequence, r.consumed_at
  from jsonb_to_recordset(p_places) as p (mix_id text, sequence bigint)
  cross join lateral (select * from voucher_code x where x.mix_id = p.mix_id and x.sequence = p.sequence limit 1) c
  cross join lateral (select * from voucher_batch x where x.mix_id = c.mix_id limit 1) b
  left join lateral (
    select x.consumed_at from voucher_consumption x
    where x.mix_id = c.mix_id and x.consume_sequence = c.consume_sequence limit 1
  ) r on true
  where p_mix_id is null or (c.mix_id, c.sequence) > (p_mix_id, p_sequence)
  order by c.mix_id, c.sequence limit p_limit;
end $$;
