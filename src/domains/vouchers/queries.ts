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
  /** Where the row stands in the order asked for: sequence, or consume_sequence. */
  cursor: number;
  sequence: number;
  /** The sealed code in hex; null where the batch has a form from which codes are computed. */
  code_sealed: string | null;
  code_status: -2 | 0 | 2;
  bound: boolean;
  gmt_modified: Date;
  expire_time: Date;
};

/** What a partner's user asks of the export. */
export type PageQuery = {
  mix_id: string;
  partner_code: string;
  user_id: number;
  /** `sequence`: every code; `consume_sequence`: the codes whose redemption stands, in order of commit. */
  order: 'sequence' | 'consume_sequence';
  /** Cursor of the last row seen, 0 at the start. */
  after: number;
  limit: number;
};

/** A batch with as many codes after the cursor as there are, `limit` at most. `form`: how codes are computed, if so. */
export type BatchPage = { basic: Batch & { total_count: number }; form: CodeForm | null; codes: StoredCode[] };

type CodeText = Omit<StoredCode, 'gmt_modified' | 'expire_time'> & { gmt_modified: string; expire_time: string };

/**
 * Reads a page in one statement and one snapshot, at a cost that does not depend on its depth. Undefined when the
 * batch is unknown or not granted to that user and partner.
 */
export async function findPage(sql: Sql, query: PageQuery): Promise<BatchPage | undefined> {
  const order = sql(query.order);
  const [row] = await sql<(BatchPage['basic'] & { form: CodeForm | null; codes: CodeText[] })[]>`
    select b.bind_begin_time, b.coupon_expire_time, b.denomination, b.max_bind_count, b.mix_id, b.name, b.total_count,
      b.valid_days, b.valid_duration_type, b.description, page.codes, case when b.code_pattern is not null then
        jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end as form
    from voucher_grant g join voucher_batch b on b.mix_id = g.mix_id cross join lateral (
      select coalesce(json_agg(json_build_object(
        'cursor', c.${order}, 'sequence', c.sequence, 'code_sealed', encode(c.code_sealed, 'hex'), 'code_status', c.code_status,
        'bound', c.bound_time is not null, 'gmt_modified', c.gmt_modified,
        'expire_time', voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time)
      ) order by c.${order}), '[]') as codes
      from (
        select * from voucher_code where mix_id = ${query.mix_id} and ${order} > ${query.after}
        order by ${order} limit ${query.limit}
      ) c
    ) page
    where g.mix_id = ${query.mix_id} and g.partner_code = ${query.partner_code} and g.user_id = ${query.user_id}`;
  if (row === undefined) return undefined;
  const { codes, form, ...basic } = row;
  return { basic, form, codes: codes.map(readCode) };
}

const readCode = (code: CodeText): StoredCode => ({
  ...code,
  gmt_modified: new Date(code.gmt_modified),
  expire_time: new Date(code.expire_time),
});

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
