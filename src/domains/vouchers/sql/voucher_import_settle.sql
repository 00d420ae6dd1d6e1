-- Settles an import whose parts are all there: finds doubled codes, then brings in the good lines, or none when one is
-- bad and bad ones are not to be skipped. One transaction: all or nothing.
create or replace function voucher_import_settle(p_mix_id text, p_import_id text, p_at timestamptz)
returns void
language plpgsql set enable_seqscan = off as $$
declare
  import voucher_import;
  batch voucher_batch;
  lines bigint;
  bad bigint;
  good bigint;
  refused boolean;
  doubled bigint[];
  firsts bigint[];
begin
  select * into strict import from voucher_import i
    where i.mix_id = p_mix_id and i.import_id = p_import_id for update;
  if import.state not in ('open', 'queued') then
    return;
  end if;
  select * into strict batch from voucher_batch b where b.mix_id = p_mix_id for no key update;

  select array_agg(d.line order by d.line), array_agg(d.first order by d.line) into doubled, firsts
    from (select line, min(line) over (partition by code_hash) as first from voucher_import_line
      where mix_id = p_mix_id and import_id = p_import_id and problem is null) d
    where d.line > d.first;
  update voucher_import_line l
    set problem = 'DUPLICATE_IN_FILE', first_line = coalesce(firsts[width_bucket(l.line, doubled)], null)
    where l.mix_id = p_mix_id and l.import_id = p_import_id and l.line = any (doubled);
  update voucher_import_line l set problem = 'DUPLICATE_IN_BATCH'
    where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null
      and (select true from voucher_code c where c.mix_id = p_mix_id and c.code_hash = l.code_hash);

  select count(*), count(*) filter (where problem is not null) into lines, bad from voucher_import_line l
    where l.mix_id = p_mix_id and l.import_id = p_import_id;
  refused := (bad > 0 and not import.skip_bad_lines) or batch.code_pattern is not null;
  good := case when refused then 0 else lines - bad end;
  if good > 0 then
    insert into voucher_code (mix_id, sequence, code_sealed, code_hash, gmt_modified)
      select p_mix_id, batch.total_count + row_number() over (order by line), code_sealed, code_hash, p_at
      from voucher_import_line l where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null
      order by line;
    update voucher_batch b set total_count = b.total_count + good, gen_task_id = coalesce(import.job_id, 0)
      where b.mix_id = p_mix_id;
    insert into voucher_ledger (mix_id, kind, codes, ref, app_key, entered_at)
      values (p_mix_id, 'imported', good, p_import_id, import.app_key, p_at);
  end if;
  update voucher_import i set state = case when refused then 'refused' else 'done' end,
      bad_count = bad, imported_count = good, finished_at = p_at
    where i.mix_id = p_mix_id and i.import_id = p_import_id;
  delete from voucher_import_line l where l.mix_id = p_mix_id and l.import_id = p_import_id and l.problem is null;
end
$$;
