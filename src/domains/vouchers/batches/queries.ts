import { copyValue } from '../../../database/copy.ts';
import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';
import type { Batch } from '../queries.ts';
import type { CodeForm } from '../series.ts';

/** A batch as administrators see it. */
export type BatchRecord = Batch & {
  status: 1 | 2;
  code_pattern: string | null;
  total_count: number;
  issued_count: number;
  consumed_count: number;
  voided_count: number;
  grants: { partner_code: string; user_id: number }[];
};

/** Batches in the order of their mix_id: one by id, or those after a cursor that a filter lets through. */
export async function findBatches(
  sql: Sql,
  query: { mix_id?: string; status?: number | null; name?: string | null; after?: string | null; limit: number },
): Promise<BatchRecord[]> {
  const { mix_id = null, status = null, name = null, after = null, limit } = query;
  return sql<BatchRecord[]>`
    select mix_id, b.name, description, bind_begin_time, coupon_expire_time, denomination, max_bind_count,
      valid_duration_type, valid_days, status, code_pattern, total_count, issued_count, consumed_count, voided_count,
      (select coalesce(jsonb_agg(jsonb_build_object('partner_code', g.partner_code, 'user_id', g.user_id)
          order by g.partner_code, g.user_id), '[]')
        from voucher_grant g where g.mix_id = b.mix_id) as grants
    from voucher_batch b
    where (${mix_id}::text is null or mix_id = ${mix_id}) and (${status}::smallint is null or status = ${status})
      and (${name}::text is null or strpos(b.name, ${name}) > 0) and (${after}::text is null or mix_id > ${after})
    order by mix_id limit ${limit}`;
}

/** The settings of a batch that may be left out when it is saved. */
export type BatchSettings = Pick<Batch, 'description' | 'max_bind_count' | 'valid_days' | 'coupon_expire_time'>;

/**
 * Holds a batch until the transaction ends, and gives its settings; undefined when there is none. Who saves a new one at the
 * same time waits too.
 */
export async function holdBatch(tx: Transaction, mix_id: string): Promise<BatchSettings | undefined> {
  await tx`select pg_advisory_xact_lock(hashtextextended('voucher_batch ' || ${mix_id}, 0))`;
  const [row] = await tx<BatchSettings[]>`
    select description, max_bind_count, valid_days, coupon_expire_time
    from voucher_batch where mix_id = ${mix_id} for no key update`;
  return row;
}

/** Creates a batch or changes its settings; its codes and counters stay. */
export async function saveBatch(sql: Queryable, batch: Batch): Promise<void> {
  await sql`
    insert into voucher_batch ${sql(batch)}
    on conflict (mix_id) do update set name = excluded.name, description = excluded.description,
      bind_begin_time = excluded.bind_begin_time, coupon_expire_time = excluded.coupon_expire_time,
      denomination = excluded.denomination, max_bind_count = excluded.max_bind_count,
      valid_duration_type = excluded.valid_duration_type, valid_days = excluded.valid_days`;
}

/** Puts a batch on (1) or off (2) shelf; false when there is none. */
export async function setStatus(sql: Queryable, mix_id: string, status: number): Promise<boolean> {
  const rows = await sql`update voucher_batch set status = ${status} where mix_id = ${mix_id} returning mix_id`;
  return rows.length > 0;
}

/** Ends a grant; ending none is no error. */
export async function deleteGrant(
  sql: Queryable,
  grant: { mix_id: string; partner_code: string; user_id: number },
): Promise<void> {
  await sql`delete from voucher_grant
    where mix_id = ${grant.mix_id} and partner_code = ${grant.partner_code} and user_id = ${grant.user_id}`;
}

/** The form that the codes of a batch have; null while none was chosen. */
export async function findForm(sql: Sql, mix_id: string): Promise<CodeForm | null> {
  const [row] = await sql<{ form: CodeForm | null }[]>`
    select case when code_pattern is not null then
      jsonb_build_object('pattern', code_pattern, 'alphabet', code_alphabet, 'check', code_check) end as form
    from voucher_batch where mix_id = ${mix_id}`;
  return row?.form ?? null;
}

/** Gives a batch without codes the form that its codes will have. */
export async function setForm(sql: Queryable, mix_id: string, { pattern, alphabet, check }: CodeForm): Promise<void> {
  await sql`
    update voucher_batch set code_pattern = ${pattern}, code_alphabet = ${alphabet}, code_check = ${check}
    where mix_id = ${mix_id} and total_count = 0`;
}

/** Codes that are to be made. `most`: how many of the form the batch may have in all. */
export type Generation = {
  mix_id: string;
  form: CodeForm;
  count: number;
  most: bigint;
  app_key: string;
  unique_id: string;
};

/** Notes a generation as a job, once by its unique_id, or says why not. */
export async function startGeneration(
  sql: Queryable,
  { mix_id, form, count, most, app_key, unique_id }: Generation,
  now: Date,
): Promise<{ state: 'ok' | 'conflict' | 'imported' | 'form' | 'short'; job_id: number }> {
  const [row] = await sql<{ state: 'ok' | 'conflict' | 'imported' | 'form' | 'short'; job_id: number }[]>`
    select state, job_id from voucher_generate(${mix_id}, ${sql.json(form)}, ${count}, ${most}, ${app_key}, ${unique_id},
      ${now})`;
  if (row === undefined) throw new Error(`no answer about the codes of ${mix_id}`);
  return row;
}

/** Lines of one piece that is sent: half a millisecond's work, after which other calls get their turn. */
const PIECE = 1000;

/** The lines of a batch's next codes: they are computed from their sequence, so of a code nothing but that is stored. */
function* codeLines(mix_id: string, first: number, last: number, now: Date): Generator<string> {
  const [head, tail] = [`${copyValue(mix_id)}\t`, `\t${now.toISOString()}\n`];
  for (let from = first; from <= last; from += PIECE) {
    let piece = '';
    for (let sequence = from; sequence < from + PIECE && sequence <= last; sequence++) piece += head + sequence + tail;
    yield piece;
  }
}

/**
 * Makes the next codes of a batch that has a form, by one COPY. They are there when the transaction is committed; until
 * then the batch is locked, so sequences are given in the order of commits.
 */
export async function makeCodes(
  tx: Transaction,
  { mix_id, count, job_id }: { mix_id: string; count: number; job_id: number },
  now: Date,
): Promise<void> {
  const [batch] = await tx<{ total_count: number }[]>`
    select total_count from voucher_batch where mix_id = ${mix_id} and code_pattern is not null for no key update`;
  if (batch === undefined) throw new Error(`the batch ${mix_id} has no form to make codes by`);
  const { total_count } = batch;
  const statement = tx`copy voucher_code (mix_id, sequence, gmt_modified) from stdin`;
  await tx.copy(statement, codeLines(mix_id, total_count + 1, total_count + count, now));
  await tx`select voucher_enter_made(${mix_id}, ${count}, ${job_id}, ${now})`;
}
