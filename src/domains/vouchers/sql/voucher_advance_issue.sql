-- Sets the next codes of a batch aside as issued: whoever got one since the backup may still use it, and nobody else
-- gets it.
create or replace function voucher_advance_issue(p_mix_id text, p_codes bigint, p_at timestamptz)
returns bigint
language plpgsql as $$
declare
  batch voucher_batch;
  aside bigint[];
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  select coalesce(array_agg(c.sequence order by c.sequence), '{}') into aside from (
    select c.sequence from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
      and c.code_status = 0 and c.issued_at is null and c.bound_time is null
    order by c.sequence limit p_codes) c;
  if cardinality(aside) = 0 then
    return 0;
  end if;
  update voucher_code c set issued_at = p_at, issue_ref = 'restore'
    where c.mix_id = p_mix_id and c.sequence = any (aside);
  update voucher_batch b set issued_count = b.issued_count + cardinality(aside),
    issue_sequence = coalesce(aside[cardinality(aside)], null)
    where b.mix_id = p_mix_id;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    values (p_mix_id, 'issued', cardinality(aside), 'restore', p_at);
  return cardinality(aside);
end
$$;
