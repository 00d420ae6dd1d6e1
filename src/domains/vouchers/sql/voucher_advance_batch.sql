-- Moves what a batch hands out ahead: codes, and the cursor of its redemptions. The cursor's gap is no redemption.
create or replace function voucher_advance_batch(p_mix_id text, p_numbers bigint, p_codes bigint, p_at timestamptz)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
begin
  update voucher_batch b set consume_sequence = b.consume_sequence + p_numbers where b.mix_id = p_mix_id;
  return query values
    ('voucher_batch.consume_sequence', p_mix_id, p_numbers),
    ('voucher_batch.issue_sequence', p_mix_id, voucher_advance_issue(p_mix_id, p_codes, p_at)),
    ('voucher_batch.total_count', p_mix_id, voucher_advance_made(p_mix_id, p_codes, p_at));
end
$$;
