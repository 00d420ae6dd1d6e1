-- Makes the next codes of a batch with a pattern and voids them, so that none of them is made once more.
create or replace function voucher_advance_made(p_mix_id text, p_codes bigint, p_at timestamptz)
returns bigint
language plpgsql as $$
declare
  batch voucher_batch;
  made bigint;
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if batch.code_pattern is null then
    return 0;
  end if;
  made := greatest(least(p_codes, voucher_most_codes(batch.code_pattern, batch.code_alphabet, batch.code_check)
    - batch.total_count), 0);
  if made = 0 then
    return 0;
  end if;
  insert into voucher_code (mix_id, sequence, gmt_modified)
    select p_mix_id, n, p_at from generate_series(batch.total_count + 1, batch.total_count + made) as n;
  perform voucher_enter_made(p_mix_id, made, batch.gen_task_id, p_at);
  perform voucher_void(p_mix_id, array(
    select generate_series(batch.total_count + 1, batch.total_count + made)), p_at);
  return made;
end
$$;
