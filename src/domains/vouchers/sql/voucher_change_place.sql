-- Where a reader of a batch stands: the redemptions and the reversals behind it, by its cursor. p_both: whether the
-- cursor counts redemptions and reversals together, or redemptions alone.
create or replace function voucher_change_place(p_mix_id text, p_cursor bigint, p_both boolean, out consumed bigint,
  out reversed bigint)
language plpgsql stable set enable_seqscan = off as $$
begin
  if p_both then
    select v.reversal_sequence into reversed from voucher_reversal v
      where v.mix_id = p_mix_id and v.change_sequence <= p_cursor order by v.change_sequence desc limit 1;
    reversed := coalesce(reversed, 0);
    consumed := p_cursor - reversed;
  else
    select v.reversal_sequence into reversed from voucher_reversal v
      where v.mix_id = p_mix_id and v.change_sequence - v.reversal_sequence < p_cursor
      order by v.change_sequence - v.reversal_sequence desc, v.reversal_sequence desc limit 1;
    reversed := coalesce(reversed, 0);
    consumed := p_cursor;
  end if;
end $$;
