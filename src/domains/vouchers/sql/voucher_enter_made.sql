-- Enters the codes that were copied into a batch (the distribution column) in this transaction: those beyond its
-- total_count, which must be p_count and have no gap.
create or replace function voucher_enter_made(p_mix_id text, p_count bigint, p_job_id bigint, p_at timestamptz)
returns void
language plpgsql set enable_seqscan = off as $$
declare
  known bigint;
  came bigint;
  last_sequence bigint;
begin
  select b.total_count into strict known from voucher_batch b where b.mix_id = p_mix_id for no key update;
  select count(*), max(c.sequence) into came, last_sequence from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > known;
  if came <> p_count or last_sequence <> known + p_count then
    raise exception '% codes up to % came to batch % after %, not %', came, last_sequence, p_mix_id, known, p_count;
  end if;
  update voucher_batch b set total_count = last_sequence, gen_task_id = p_job_id where b.mix_id = p_mix_id;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    values (p_mix_id, 'made', p_count, p_job_id::text, p_at);
end
$$;
