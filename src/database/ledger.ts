import type postgres from 'postgres';
import type { Sql } from './pool.ts';

/** A part of a statement. */
export type Part = postgres.PendingQuery<postgres.Row[]>;

/** Where a page of a ledger begins: after this entry. `at` in microseconds since the epoch. */
export type LedgerPlace = { readonly at: number; readonly tie: string };

/** Which page of a ledger: entries before a place, newest first, so many at most. */
export type LedgerPage = { readonly before: LedgerPlace | null; readonly limit: number };

/** What an entry may be. */
export type LedgerKind = 'opening' | 'adjusted' | 'taken' | 'returned' | 'added';

/** An entry behind a counter; `operator` an app_key. */
export type LedgerRow = LedgerPlace & {
  readonly entered_at: Date;
  readonly kind: LedgerKind;
  readonly delta: number;
  readonly ref: string;
  readonly reason: string | null;
  readonly operator: string | null;
};

/** A counter as it shows now, with a page of the entries behind it. */
export type Ledger = { readonly counted: number; readonly entries: readonly LedgerRow[] };

/** Reads the ledger of one counter by its key; undefined when there is no such counter. */
export type LedgerReader = (sql: Sql, key: string, page: LedgerPage) => Promise<Ledger | undefined>;

/**
 * Reads a counter and a page of its entries in one statement and one snapshot; undefined when there is no counter.
 * @param counted a query of the one column `counted`, with one row or none
 * @param entries a query of entered_at, kind, delta, ref, reason, operator and no, a number of 0 or more; kind, no and ref
 *   tell entries of one instant apart
 */
export async function readLedger(
  sql: Sql,
  counted: Part,
  entries: Part,
  { before, limit }: LedgerPage,
): Promise<Ledger | undefined> {
  const [row] = await sql<{ counted: number; entries: (Omit<LedgerRow, 'entered_at'> & { entered_at: number })[] }[]>`
    select counter.counted::bigint, (
      select coalesce(json_agg(page order by page.at desc, page.tie desc), '[]') from (
        select * from (
          select (extract(epoch from e.entered_at) * 1000000)::bigint as at, (e.kind || ' ' || lpad(e.no::text, 16, '0') || ' ' || e.ref) collate "C" as tie,
            extract(epoch from e.entered_at) * 1000 as entered_at, e.kind, e.delta::bigint, e.ref, e.reason, e.operator
          from (${entries}) e (entered_at, kind, delta, ref, reason, operator, no)
        ) placed
        where ${before?.at ?? null}::bigint is null
          or (placed.at, placed.tie) < (${before?.at ?? null}, ${before?.tie ?? null} collate "C")
        order by placed.at desc, placed.tie desc limit ${limit}
      ) page) as entries
    from (${counted}) counter (counted)`;
  return row && { ...row, entries: row.entries.map((e) => ({ ...e, entered_at: new Date(e.entered_at) })) };
}

/** Entries beyond a page that a part of a ledger gives, since the clocks of processes differ a little from the order of entries. */
const SLACK = 1000;

/** The last entries of a part that grows in order of a column: as many as a page may need of it. */
export const lastEntries = (
  sql: Sql,
  columns: Part,
  rest: Part,
  at: string,
  order: string,
  page: LedgerPage,
): Part => sql`
  (select ${columns} ${rest} ${page.before === null ? sql`` : sql`and ${sql(at)} <= to_timestamp(${page.before.at}::bigint / 1000000.0) + interval '1 second'`}
  order by ${sql(order)} desc limit ${page.limit + SLACK})`;
