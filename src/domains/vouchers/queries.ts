import type { Queryable, Sql } from '../../database/pool.ts';
import { operate } from './codes/queries.ts';
import type { CodeForm } from './series.ts';

/** A batch of codes. `denomination` in fen; `max_bind_count` null means no limit; `valid_days` only with DAY. */
export type Batch = {
  mix_id: string;
  name: string;
  description: string | null;
  bind_begin_time: Date;
  coupon_expire_time: Date;
  denomination: number;
  max_bind_count: number | null;
  valid_duration_type: 'GENERAL' | 'DAY';
  valid_days: number | null;
};

/** A code as stored, with the instant until which it is valid. */
export type StoredCode = {
  /** Where the row stands in the order asked for. */
  cursor: number;
  sequence: number;
  /** Hash and sealed code; null where the batch has a form from which codes are computed. */
  code_sealed: Buffer | null;
  code_status: -2 | 0 | 2;
  bound: boolean;
  gmt_modified: Date;
  expire_time: Date;
  /** The instant as of which it is told, where that is not now: it was reversed then and redeemed again since. */
  told_at: Date | null;
};

/** What a partner's user asks of the export. */
export type PageQuery = {
  mix_id: string;
  partner_code: string;
  user_id: number;
  /**
   * `sequence`: every code; `consume_sequence`: the codes whose redemption stands, in order of commit; `change_sequence`:
   * these and the codes whose redemption was reversed.
   */
  order: 'sequence' | 'consume_sequence' | 'change_sequence';
  /** Cursor of the last row seen, 0 at the start. */
  after: number;
  /** Reversals behind the cursor, with `change_sequence` alone. */
  reversed: number;
  limit: number;
};

/** Where a reader of redemptions stands: how many redemptions and how many reversals there were up to there. */
export type ChangePlace = { consumed: number; reversed: number };

/** The place of a cursor that counts redemptions alone, or with `both` reversals too; what lies behind it never changes. */
export async function findChangePlace(sql: Sql, mix_id: string, cursor: number, both: boolean): Promise<ChangePlace> {
  const [place] = await sql<ChangePlace[]>`
    select * from voucher_change_place(${mix_id}, ${cursor}, ${both})`;
  return place as ChangePlace;
}

/** A batch with as many codes after the cursor as there are, `limit` at most. `form`: how codes are computed, if so. */
export type BatchPage = { basic: Batch & { total_count: number }; form: CodeForm | null; codes: StoredCode[] };

/** The batch with how its codes are computed, as JSON tells it. */
type BatchText = Omit<BatchPage['basic'], 'bind_begin_time' | 'coupon_expire_time'> & {
  bind_begin_time: string;
  coupon_expire_time: string;
  code_pattern: string | null;
  code_alphabet: string;
  code_check: boolean;
};
/** A code as its row comes: expire_time is null where it is the batch's. */
type CodeRow = Omit<StoredCode, 'expire_time'> & { expire_time: Date | null };
/** A row of a page: first the batch alone, then its codes. */
type PageRow = { batch: BatchText } | (CodeRow & { batch: null });

/**
 * Reads a page in one statement and one snapshot, at a cost that does not depend on its depth. Undefined when the
 * batch is unknown or not granted to that user and partner.
 */
export async function findPage(sql: Sql, query: PageQuery): Promise<BatchPage | undefined> {
  const { mix_id, order, after, limit } = query;
  const rows =
    order === 'change_sequence'
      ? sql`select * from voucher_changes(${mix_id}, ${after - query.reversed}, ${query.reversed}, ${limit})`
      : sql`select *, ${sql(order)} as cursor, null::timestamptz as told_at from voucher_code where mix_id = ${mix_id} and ${sql(order)} > ${after}
        order by ${sql(order)} limit ${limit}`;
  const [head, ...codes] = await sql<PageRow[]>`
    with batch as materialized (
      select b.bind_begin_time, b.coupon_expire_time, b.denomination, b.max_bind_count, b.mix_id, b.name, b.total_count,
        b.valid_days, b.valid_duration_type, b.description, b.code_pattern, b.code_alphabet, b.code_check
      from voucher_grant g join voucher_batch b on b.mix_id = g.mix_id
      where g.mix_id = ${mix_id} and g.partner_code = ${query.partner_code} and g.user_id = ${query.user_id}
    )
    select to_jsonb(batch) as batch, 0 as cursor, null::bigint as sequence, null::bytea as code_sealed,
      null::smallint as code_status, null::boolean as bound, null::timestamptz as gmt_modified,
      null::timestamptz as expire_time, null::timestamptz as told_at
    from batch
    union all
    select null, c.cursor, c.sequence, c.code_hash || c.code_sealed, c.code_status, c.bound_time is not null, c.gmt_modified,
      nullif(voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time), b.coupon_expire_time), c.told_at
    from batch b cross join lateral (${rows}) c
    order by cursor`;
  return head?.batch ? readPage(head.batch, codes as CodeRow[]) : undefined;
}

function readPage(batch: BatchText, codes: CodeRow[]): BatchPage {
  const { code_pattern, code_alphabet, code_check, ...texts } = batch;
  const [bind_begin_time, coupon_expire_time] = [texts.bind_begin_time, texts.coupon_expire_time].map(
    (text) => new Date(text),
  ) as [Date, Date];
  for (const code of codes) code.expire_time ??= coupon_expire_time;
  const form = code_pattern === null ? null : { pattern: code_pattern, alphabet: code_alphabet, check: code_check };
  return { basic: { ...texts, bind_begin_time, coupon_expire_time }, form, codes: codes as StoredCode[] };
}

/** Adds an empty batch; false when the mix_id is taken. */
export async function insertBatch(sql: Queryable, batch: Batch): Promise<boolean> {
  const added = await sql`insert into voucher_batch ${sql(batch)} on conflict do nothing returning mix_id`;
  return added.length > 0;
}

/** Lets a user export a batch as a partner; granting twice is granting once. */
export async function insertGrant(
  sql: Queryable,
  grant: { mix_id: string; partner_code: string; user_id: number },
): Promise<void> {
  await sql`insert into voucher_grant ${sql(grant)} on conflict do nothing`;
}

/**
 * Adds codes to a batch and returns the sequence of the last one. They are numbered under the lock of the batch row,
 * held until commit: a code never gets a smaller number than one that others can see. Throws the driver's unique
 * violation when a code is in the batch already.
 */
export async function insertCodes(
  sql: Queryable,
  mix_id: string,
  codes: { code_sealed: Buffer; code_hash: Buffer }[],
  gmt_modified: Date,
): Promise<number | undefined> {
  const sealed = codes.map((code) => code.code_sealed.toString('base64'));
  const hashes = codes.map((code) => code.code_hash.toString('base64'));
  const [batch] = await sql<{ total_count: number }[]>`
    with batch as (
      update voucher_batch set total_count = total_count + ${codes.length} where mix_id = ${mix_id}
      returning mix_id, total_count
    ), added as (
      insert into voucher_code (mix_id, sequence, code_sealed, code_hash, gmt_modified)
      select mix_id, total_count - ${codes.length} + n, decode(sealed, 'base64'), decode(hash, 'base64'), ${gmt_modified}
      from batch, unnest(${sealed}::text[], ${hashes}::text[]) with ordinality as given (sealed, hash, n)
    ), entered as (
      insert into voucher_ledger (mix_id, kind, codes, entered_at)
      select mix_id, 'imported', ${codes.length}, ${gmt_modified} from batch where ${codes.length} > 0
    )
    select total_count from batch`;
  return batch?.total_count;
}

/**
 * Redeems codes of a batch in the order given and returns those redeemed, with the number of each redemption. Codes
 * that are missing, voided, consumed, expired or not yet redeemable at `consumed_at` are left out. Numbers run without
 * gaps in the order of commits; the batch row stays locked until the transaction ends.
 */
export async function consumeCodes(
  sql: Queryable,
  mix_id: string,
  sequences: number[],
  consumed_at: Date,
): Promise<{ sequence: number; consume_sequence: number }[]> {
  const results = await operate(sql, mix_id, [{ kind: 'consume', sequences }], consumed_at);
  return (results[0] ?? []).flatMap(([, consume_sequence], index) =>
    consume_sequence === null ? [] : [{ sequence: sequences[index] as number, consume_sequence }],
  );
}
