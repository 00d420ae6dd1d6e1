import type { VoucherWord } from '../../../contract/vouchers/admin-codes.ts';
import type { Writer } from '../../../database/change-log.ts';
import type { Queryable, Sql } from '../../../database/pool.ts';
import type { CodeForm } from '../series.ts';
import type { GuessLimits } from './rules.ts';

/** An operation on codes of one batch. */
export type Operation = {
  kind: 'bind' | 'consume' | 'reverse' | 'void';
  /** Codes by sequence, null for one that the batch does not have. */
  sequences: readonly (number | null)[];
  app_key?: string;
  /** The caller's number of the operation; without one it is not kept. */
  unique_id?: string;
  /** Keyed hash in hex of everything asked. */
  content?: string;
  /** Keyed hash in hex of the user who asks, and the sealed user in hex. */
  user?: string;
  sealed?: string;
  /** Who is entered in the change log for it; without one nothing is. */
  writer?: Omit<Writer, 'now'>;
};

/** What became of one code: in a word, and the number of its redemption if it was one. */
export type OperationResult = [word: VoucherWord, consume_sequence: number | null];

/**
 * Carries out operations on one batch in their order and in one transaction. Gives what became of each code, null where
 * the unique_id was used for something else, and nothing at all for an unknown batch.
 */
export async function operate(
  sql: Queryable,
  mix_id: string,
  operations: readonly Operation[],
  now: Date,
): Promise<(OperationResult[] | null)[]> {
  const rows = await sql<{ results: OperationResult[] | null }[]>`
    select * from voucher_operate_logged(${mix_id}, ${sql.json(operations as never)}, ${now})`;
  return rows.map(({ results }) => results);
}

/** Whether an operation of this unique_id and content was carried out. */
export async function hasOperation(
  sql: Sql,
  mix_id: string,
  { app_key, unique_id, content }: { app_key: string; unique_id: string; content: string },
): Promise<boolean> {
  const rows = await sql`
    select from voucher_operation
    where mix_id = ${mix_id} and app_key = ${app_key} and unique_id = ${unique_id}
      and content = ${Buffer.from(content, 'hex')}`;
  return rows.count > 0;
}

/** What a code's text is looked up in: how the batch's codes are computed (null: they are stored), and how many. */
export type Catalogue = { mix_id: string; total_count: number; form: CodeForm | null };

/** Batches by id, as far as needed to look codes up. */
export async function findCatalogues(sql: Sql, mix_ids: string[]): Promise<Catalogue[]> {
  return sql<Catalogue[]>`select * from voucher_find_catalogues(${mix_ids})`;
}

/** A stored code: its batch, and the keyed hash of its text in hex. */
export type StoredText = { readonly mix_id: string; readonly hash: string };

/** Stored codes by keyed hash, each in its own batch; one index read a code. */
export async function findStored(
  sql: Sql,
  texts: readonly StoredText[],
): Promise<(StoredText & { readonly sequence: number })[]> {
  return sql<(StoredText & { sequence: number })[]>`
    select * from voucher_find_stored(${texts.map(({ mix_id }) => mix_id)}, ${texts.map(({ hash }) => hash)})`;
}

/** A call that names codes: as which user (keyed hash in hex), and how many of its codes do not exist. */
export type Guess = { caller: string | null; wrong: number };

/** Seconds that each of an app's calls must wait, 0 when it may go on; counts their wrong codes. */
export async function passGuesses(
  sql: Sql,
  app_key: string,
  guesses: Guess[],
  limits: GuessLimits,
  now: Date,
): Promise<number[]> {
  const [row] = await sql<{ waits: number[] }[]>`
    select * from voucher_guess_pass(${app_key}, ${sql.json(guesses)}, ${sql.json(limits)}, ${now}) as waits`;
  return row?.waits ?? [];
}

/** A code with all that is known of it. */
export type CodeRecord = {
  sequence: number;
  code_status: -2 | 0 | 2;
  gmt_modified: Date;
  expire_time: Date;
  bound_time: Date | null;
  /** The user who bound it, hash and sealed text in hex. */
  bound_sealed: string | null;
  issued_at: Date | null;
  issue_ref: string | null;
  issued_to: string | null;
  consume_sequence: number | null;
  consumed_at: Date | null;
};

/** One code by its sequence. */
export async function findCode(sql: Sql, mix_id: string, sequence: number): Promise<CodeRecord | undefined> {
  const [row] = await sql<CodeRecord[]>`
    select c.sequence, c.code_status, c.gmt_modified, c.bound_time, encode(c.bound_hash || c.bound_sealed, 'hex') as bound_sealed,
      voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time) as expire_time,
      c.issued_at, c.issue_ref, c.issued_to, c.consume_sequence, r.consumed_at
    from voucher_code c join voucher_batch b on b.mix_id = c.mix_id
    left join voucher_consumption r on r.mix_id = c.mix_id and r.consume_sequence = c.consume_sequence
    where c.mix_id = ${mix_id} and c.sequence = ${sequence}`;
  return row;
}
