-- Asks for codes of a batch to be made: gives it its form (p_form: {"pattern", "alphabet", "check"}, for good) and a
-- job to do, once for each p_unique_id, or says why not. p_most: codes that the form may have
-- in this batch, those still being made included.
create or replace function voucher_generate(p_mix_id text, p_form jsonb, p_count bigint, p_most bigint, p_app_key text,
  p_unique_id text, p_now timestamptz)
returns table (state text, job_id bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  asked jsonb := jsonb_build_object('mix_id', p_mix_id, 'count', p_count, 'form', p_form);
  same job;
  pending bigint;
begin
  select * into strict batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  select * into same from job j
    where j.app_key = p_app_key and j.kind = 'voucher.generate' and j.unique_id = p_unique_id;
  if found then
    return query select case when same.input = asked then 'ok' else 'conflict' end, same.job_id;
    return;
  end if;
  if batch.code_pattern is null and batch.total_count > 0 then
    return query select 'imported', null::bigint;
    return;
  end if;
  if batch.code_pattern is not null and (batch.code_pattern, batch.code_alphabet, batch.code_check)
    <> (p_form ->> 'pattern', p_form ->> 'alphabet', (p_form ->> 'check')::boolean) then
    return query select 'form', null::bigint;
    return;
  end if;
  select coalesce(sum(j.total - j.done), 0) into pending from job j
    where j.finished_at is null and j.kind = 'voucher.generate' and j.input ->> 'mix_id' = p_mix_id;
  if batch.total_count + pending + p_count > p_most then
    return query select 'short', null::bigint;
    return;
  end if;
  update voucher_batch b set code_pattern = p_form ->> 'pattern', code_alphabet = p_form ->> 'alphabet',
      code_check = (p_form ->> 'check')::boolean
    where b.mix_id = p_mix_id and b.code_pattern is null;
  return query
    insert into job (kind, app_key, unique_id, input, total, created_at)
    values ('voucher.generate', p_app_key, p_unique_id, asked, p_count, p_now) returning 'ok', job_id;
end
$$;
