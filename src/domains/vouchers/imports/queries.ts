import { copyValue } from '../../../database/copy.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import type { Layout, ReadLine } from './rules.ts';

/** An import and how it stands. */
export type ImportRecord = {
  app_key: string;
  skip_bad_lines: boolean;
  state: 'open' | 'queued' | 'done' | 'refused';
  parts: number;
  line_count: number;
  bad_count: number;
  imported_count: number;
  job_id: number | null;
  finished_at: Date | null;
};

type LayoutColumns = {
  delimiter: string;
  code_column: number;
  column_count: number | null;
  quotes_open: boolean;
};

/** How an import is read, as it is kept. */
export const layoutOf = ({ delimiter, code_column, column_count, quotes_open }: LayoutColumns): Layout => ({
  ...{ delimiter, column: code_column, columns: column_count, quotes_open },
});

/** How the parts of an import are read that is under way; undefined when there is no such import yet. */
export async function findImportLayout(sql: Sql, { mix_id, import_id }: ImportKey): Promise<Layout | undefined> {
  const [row] = await sql<LayoutColumns[]>`
    select delimiter, code_column, column_count, quotes_open from voucher_import
    where mix_id = ${mix_id} and import_id = ${import_id}`;
  return row && layoutOf(row);
}

export type ImportKey = { mix_id: string; import_id: string };

/** A bad line of an import. */
export type BadLine = { line: number; problem: string; first_line: number | null };

/** Begins an import unless it is there, and locks it until the transaction ends. */
export async function holdImport(
  tx: Transaction,
  { mix_id, import_id }: ImportKey,
  { app_key, skip_bad_lines, layout }: { app_key: string; skip_bad_lines: boolean; layout: Layout },
  now: Date,
): Promise<ImportRecord & LayoutColumns> {
  const { delimiter, column, columns } = layout;
  await tx`insert into voucher_import (mix_id, import_id, app_key, skip_bad_lines, created_at, delimiter, code_column, column_count)
    values (${mix_id}, ${import_id}, ${app_key}, ${skip_bad_lines}, ${now}, ${delimiter}, ${column}, ${columns})
    on conflict do nothing`;
  const [row] = await tx<(ImportRecord & LayoutColumns)[]>`
    select * from voucher_import where mix_id = ${mix_id} and import_id = ${import_id} for update`;
  return row as ImportRecord & LayoutColumns;
}

/** What kind of batch an import goes to; undefined when there is none. */
export async function findTarget(sql: Sql, mix_id: string): Promise<{ generated: boolean } | undefined> {
  const [row] = await sql<{ generated: boolean }[]>`
    select code_pattern is not null as generated from voucher_batch where mix_id = ${mix_id}`;
  return row;
}

/** The keyed hash of what a part held; undefined when it did not come yet. */
export async function findPart(
  tx: Transaction,
  { mix_id, import_id }: ImportKey,
  part: number,
): Promise<Buffer | undefined> {
  const [row] = await tx<{ content: Buffer }[]>`
    select content from voucher_import_part where mix_id = ${mix_id} and import_id = ${import_id} and part = ${part}`;
  return row?.content;
}

/** A part's lines as they are kept: sealed and hashed, or with their problem. */
export type KeptLine = Pick<ReadLine, 'line'> & { code_sealed?: Buffer; code_hash?: Buffer; problem?: string };

/** Keeps a part. `lines` are those with something on them, `line_count` counts the empty ones too. */
export async function addPart(
  tx: Transaction,
  { mix_id, import_id }: ImportKey,
  part: { part: number; content: Buffer; line_count: number; offset: number; quotes_open: boolean },
  lines: readonly KeptLine[],
): Promise<void> {
  await tx`insert into voucher_import_part (mix_id, import_id, part, content)
    values (${mix_id}, ${import_id}, ${part.part}, ${part.content})`;
  const head = `${copyValue(mix_id)}\t${copyValue(import_id)}\t`;
  const rows = lines.map(({ line, code_sealed, code_hash, problem }) =>
    problem === undefined
      ? `${head}${part.offset + line}\t\\\\x${code_sealed?.toString('hex')}\t\\\\x${code_hash?.toString('hex')}\t\\N\n`
      : `${head}${part.offset + line}\t\\N\t\\N\t${problem}\n`,
  );
  const statement = tx`copy voucher_import_line (mix_id, import_id, line, code_sealed, code_hash, problem) from stdin`;
  await tx.copy(statement, [rows.join('')]);
  const bad = lines.filter(({ problem }) => problem !== undefined).length;
  await tx`update voucher_import set parts = parts + 1, line_count = line_count + ${part.line_count},
      bad_count = bad_count + ${bad}, quotes_open = ${part.quotes_open}
    where mix_id = ${mix_id} and import_id = ${import_id}`;
}

/** Leaves an import whose parts are all there to a job. */
export async function queueImport(
  tx: Transaction,
  { mix_id, import_id }: ImportKey,
  { kind, app_key, unique_id, line_count }: { kind: string; app_key: string; unique_id: string; line_count: number },
  now: Date,
): Promise<void> {
  await tx`
    with added as (
      insert into job (kind, app_key, unique_id, input, total, created_at)
      values (${kind}, ${app_key}, ${unique_id}, ${tx.json({ mix_id, import_id })}, ${line_count}, ${now}) returning job_id
    )
    update voucher_import set state = 'queued', job_id = added.job_id from added
    where mix_id = ${mix_id} and import_id = ${import_id}`;
}

/** Brings the good lines of an import in, or none: all in the transaction given. */
export async function settleImport(tx: Transaction, { mix_id, import_id }: ImportKey, now: Date): Promise<void> {
  await tx`select voucher_import_settle(${mix_id}, ${import_id}, ${now})`;
}

/** An import as it stands; one whose job failed or was cancelled brings nothing in. */
export async function findImport(sql: Sql, { mix_id, import_id }: ImportKey): Promise<ImportRecord | undefined> {
  const [row] = await sql<ImportRecord[]>`
    select i.parts, i.line_count, i.bad_count, i.imported_count, i.job_id, coalesce(i.finished_at, j.finished_at) as finished_at,
      case when i.state = 'queued' and j.state in ('failed', 'cancelled') then 'refused' else i.state end as state
    from voucher_import i left join job j using (job_id)
    where i.mix_id = ${mix_id} and i.import_id = ${import_id}`;
  return row;
}

/** Bad lines of an import after a line, in order. */
export async function findBadLines(
  sql: Sql,
  { mix_id, import_id }: ImportKey,
  after: number,
  limit: number,
): Promise<BadLine[]> {
  return sql<BadLine[]>`
    select line, problem, first_line from voucher_import_line
    where mix_id = ${mix_id} and import_id = ${import_id} and problem is not null and line > ${after}
    order by line limit ${limit}`;
}
