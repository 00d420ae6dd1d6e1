import { CONSOLE_APP_KEY } from '../../../contract/platform/roles.ts';
import { type LedgerReader, type LedgerSource, readLedger } from '../../../database/ledger.ts';
import type { Part, Sql } from '../../../database/pool.ts';
import type { RunningStock } from '../../../database/stock.ts';
import type { Catalogue, CodeRecord } from '../codes/queries.ts';
import type { CodeForm } from '../series.ts';

/** The counters of a batch. */
export type BatchCounts = {
  readonly total_count: number;
  readonly issued_count: number;
  readonly consumed_count: number;
  readonly voided_count: number;
};

/** The counters of a batch; undefined when there is none. */
export async function findCounts(sql: Sql, mix_id: string): Promise<BatchCounts | undefined> {
  const [row] = await sql<BatchCounts[]>`
    select total_count, issued_count, consumed_count, voided_count from voucher_batch where mix_id = ${mix_id}`;
  return row;
}

/** Normal codes (neither consumed nor voided) by what they are now. */
export type NormalCounts = { readonly unbound: number; readonly bound: number; readonly expired: number };

/**
 * Counts the normal codes of a batch, or with a step above 1 those of every so many-th sequence alone: sequences run
 * without gaps, so the sample is even.
 */
export async function countNormal(sql: Sql, mix_id: string, step: number, now: Date): Promise<NormalCounts> {
  const codes = step > 1 ? sql`voucher_sample(${mix_id}, ${step})` : sql`voucher_code`;
  // When a code expires is the batch's to say: worked out for each of a million codes it took as long as reading them.
  const [row] = await sql<NormalCounts[]>`
    with batch as materialized (
      select period_over(coupon_expire_time, ${now}) as ended, valid_days is null as together,
        date_trunc('second', ${now}::timestamptz) - make_interval(hours => 24 * valid_days) as bound_before
      from voucher_batch where mix_id = ${mix_id}
    ), counted as (
      select count(*) - count(bound_time) as free, count(bound_time) as held,
        count(*) filter (where bound_time < (select bound_before from batch)) as over
      from ${codes} where mix_id = ${mix_id} and code_status = 0
    ), held as (
      select case when not together then over when ended then held else 0 end as over from batch, counted
    )
    select case when ended then 0 else free end as unbound, counted.held - held.over as bound,
      held.over + case when ended then free else 0 end as expired
    from batch, counted, held`;
  return row as NormalCounts;
}

/** Batches as far as needed to look a code up in each of them. */
export async function findAllCatalogues(sql: Sql, mix_id: string | null, most: number): Promise<Catalogue[]> {
  return sql<Catalogue[]>`
    select mix_id, total_count, case when code_pattern is not null then
      jsonb_build_object('pattern', code_pattern, 'alphabet', code_alphabet, 'check', code_check) end as form
    from voucher_batch where ${mix_id}::text is null or mix_id = ${mix_id} order by mix_id limit ${most}`;
}

/** Where a code is. */
export type CodeCursor = { readonly mix_id: string; readonly sequence: number };

/**
 * The codes of an order's number, at most so many, batch by batch and app by app: the number is looked up where sendcode
 * keeps it, since a further index would cost every issue a write.
 */
export async function findOrdered(
  sql: Sql,
  ext_order_id: string,
  mix_id: string | null,
  most: number,
): Promise<CodeCursor[]> {
  return sql<CodeCursor[]>`
    select o.mix_id, issued.sequence
    from voucher_find_orders(${ext_order_id}, ${mix_id}, ${CONSOLE_APP_KEY}) o cross join unnest(o.sequences) as issued (sequence)
    order by o.mix_id, issued.sequence limit ${most}`;
}

/** A code that was found, with its batch and what its text is opened from. */
export type FoundCode = CodeRecord &
  CodeCursor & { readonly name: string; readonly form: CodeForm | null; readonly code_sealed: string | null };

/** Codes by their places, after a place, in order. */
export async function findPlaced(
  sql: Sql,
  places: readonly CodeCursor[],
  after: CodeCursor | null,
  limit: number,
): Promise<FoundCode[]> {
  return sql<FoundCode[]>`
    select * from voucher_find_placed(${sql.json(places as never)}, ${after?.mix_id ?? null}, ${after?.sequence ?? null}, ${limit})`;
}

/** Whose codes: bound by a user (keyed hash in hex), or issued to it by any of its names as kept. */
export type Owner = { readonly bound_hash: string; readonly names: readonly string[]; readonly mix_id: string | null };

/** Codes of a user after a place, in order. Found first and put in order then: few codes are any one user's. */
export async function findOwned(
  sql: Sql,
  { bound_hash, names, mix_id }: Owner,
  after: CodeCursor | null,
  limit: number,
): Promise<FoundCode[]> {
  return sql<FoundCode[]>`
    with c as materialized (
      select * from voucher_code c
      where (c.bound_hash = decode(${bound_hash}, 'hex') or c.issued_to = ${names[0] as string} or c.issued_to = ${names[1] as string})
        and (${mix_id}::text is null or c.mix_id = ${mix_id})
    )
    select c.mix_id, b.name, c.sequence, c.code_status, c.gmt_modified, c.bound_time,
      encode(c.bound_hash || c.bound_sealed, 'hex') as bound_sealed,
      encode(c.code_hash || c.code_sealed, 'hex') as code_sealed, case when b.code_pattern is not null then
        jsonb_build_object('pattern', b.code_pattern, 'alphabet', b.code_alphabet, 'check', b.code_check) end as form,
      voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time) as expire_time,
      c.issued_at, c.issue_ref, c.issued_to, c.consume_sequence, r.consumed_at
    from c join voucher_batch b on b.mix_id = c.mix_id
    left join voucher_consumption r on r.mix_id = c.mix_id and r.consume_sequence = c.consume_sequence
    where ${after?.mix_id ?? null}::text is null or (c.mix_id, c.sequence) > (${after?.mix_id ?? null}, ${after?.sequence ?? null})
    order by c.mix_id, c.sequence limit ${limit}`;
}

type Kind = 'made' | 'imported' | 'issued' | 'reversed' | 'voided';

/** Entries of a batch of some kinds, as a ledger of one counter names and signs them. */
const entriesOf = (sql: Sql, mix_id: string, kinds: readonly Kind[], kind: Part, delta: Part): LedgerSource => ({
  ...{ at: sql`entered_at`, kind, delta, ref: sql`coalesce(ref, '')`, no: sql`entry_no`, operator: sql`app_key` },
  from: sql`from voucher_ledger where mix_id = ${mix_id} and kind = any (${kinds as Kind[]}::text[])`,
});

const redemptions = (sql: Sql, mix_id: string): LedgerSource => ({
  ...{
    at: sql`consumed_at`,
    kind: sql`'taken'`,
    delta: sql`1`,
    ref: sql`'sequence ' || sequence`,
    no: sql`consume_sequence`,
  },
  from: sql`from voucher_consumption where mix_id = ${mix_id}`,
});

const ledgerOf =
  (counter: keyof BatchCounts, sources: (sql: Sql, mix_id: string) => LedgerSource[]): LedgerReader =>
  (sql, mix_id, page) =>
    readLedger(
      sql,
      sql`select ${sql(counter)} from voucher_batch where mix_id = ${mix_id}`,
      sources(sql, mix_id),
      page,
    );

/** The ledgers of the vouchers, by counter. */
export const voucherLedgers = {
  'voucher_batch.total_count': ledgerOf('total_count', (sql, mix_id) => [
    entriesOf(sql, mix_id, ['made', 'imported'], sql`'added'`, sql`codes`),
  ]),
  'voucher_batch.issued_count': ledgerOf('issued_count', (sql, mix_id) => [
    entriesOf(sql, mix_id, ['issued'], sql`'taken'`, sql`codes`),
  ]),
  'voucher_batch.consumed_count': ledgerOf('consumed_count', (sql, mix_id) => [
    redemptions(sql, mix_id),
    entriesOf(sql, mix_id, ['reversed'], sql`'returned'`, sql`-codes`),
  ]),
  'voucher_batch.voided_count': ledgerOf('voided_count', (sql, mix_id) => [
    entriesOf(sql, mix_id, ['voided'], sql`'taken'`, sql`codes`),
  ]),
};

/** The batches that run, with the codes that are left. */
export const runningVouchers: RunningStock = (sql, now, most) => sql`
  select 'voucher_batch', b.mix_id, b.name, b.total_count, b.total_count - b.issue_sequence,
    extract(epoch from b.coupon_expire_time)::bigint
  from voucher_batch b
  where not period_over(b.coupon_expire_time, ${now}) and b.bind_begin_time <= ${now} and b.status = 1
  order by b.coupon_expire_time, b.mix_id limit ${most}`;
