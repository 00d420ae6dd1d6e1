-- Redemptions that stand and reversals after such a place, in order of commit. A row's cursor counts both together. A
-- code that was redeemed again after its reversal is told by a later row: as reversed it is normal, and changed when
-- it was.
create or replace function voucher_changes(p_mix_id text, p_consumed bigint, p_reversed bigint, p_limit integer)
returns table (cursor bigint, sequence bigint, code_sealed bytea, code_hash bytea, code_status smallint,
  bound_time timestamptz, gmt_modified timestamptz, told_at timestamptz)
language sql stable as $$
  select e.consumed + coalesce(max(e.reversed) over (order by e.consumed, e.reversed nulls first), p_reversed),
    c.sequence, c.code_sealed, c.code_hash,
    case when e.reversed is null or c.code_status <> 2 then c.code_status else 0 end,
    c.bound_time, case when e.reversed is null or c.code_status <> 2 then c.gmt_modified else e.reversed_at end,
    case when e.reversed is not null and c.code_status = 2 then e.reversed_at end
  from (
    (select v.consume_sequence as consumed, null::bigint as reversed, v.sequence, null::timestamptz as reversed_at
      from voucher_code v where v.mix_id = p_mix_id and v.consume_sequence > p_consumed
      order by v.consume_sequence limit p_limit)
    union all
    (select v.change_sequence - v.reversal_sequence, v.reversal_sequence, v.sequence, v.reversed_at
      from voucher_reversal v where v.mix_id = p_mix_id and v.change_sequence > p_consumed + p_reversed
      order by v.change_sequence limit p_limit)
    order by 1, 2 nulls first limit p_limit
  ) e cross join lateral (
    select x.* from voucher_code x where x.mix_id = p_mix_id and x.sequence = e.sequence limit 1
  ) c
  order by 1
$$;
