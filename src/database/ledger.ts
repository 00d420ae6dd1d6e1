import type { Part, Sql } from './pool.ts';

/** What an entry may be. */
export type LedgerKind = 'opening' | 'adjusted' | 'taken' | 'returned' | 'added';

/** Where an entry stands: `at` in microseconds since the epoch; kind, no and ref tell entries of one instant apart. */
export type LedgerCursor = {
  readonly at: number;
  readonly kind: LedgerKind;
  readonly no: number;
  readonly ref: string;
};

/** Which page of a ledger: entries before a place, newest first, so many at most. */
export type LedgerPage = { readonly before: LedgerCursor | null; readonly limit: number };

/** An entry behind a counter; `operator` an app_key. */
export type LedgerRow = LedgerCursor & {
  readonly entered_at: Date;
  readonly delta: number;
  readonly reason: string | null;
  readonly operator: string | null;
};

/** A counter as it shows now, with a page of the entries behind it. */
export type Ledger = { readonly counted: number; readonly entries: readonly LedgerRow[] };

/** Reads the ledger of one counter by its key; undefined when there is no such counter. */
export type LedgerReader = (sql: Sql, key: string, page: LedgerPage) => Promise<Ledger | undefined>;

/** One source of entries: its expressions, and `from`, which brings them, down to a condition of its `where`. */
export type LedgerSource = {
  readonly at: Part;
  readonly kind: Part;
  readonly delta: Part;
  readonly ref: Part;
  readonly no?: Part;
  readonly reason?: Part;
  readonly operator?: Part;
  readonly from: Part;
};

/**
 * Reads a counter and a page of its entries in one statement and one snapshot; undefined when there is no counter.
 * @param counted a query of one column, with one row or none
 * @param sources where entries come from; of each no more is read than a page may need
 */
export async function readLedger(
  sql: Sql,
  counted: Part,
  sources: readonly LedgerSource[],
  page: LedgerPage,
): Promise<Ledger | undefined> {
  const parts = sources.map((source) => lastOf(sql, source, page));
  const entries = parts.reduce((one, other) => sql`${one} union all ${other}`);
  const [row] = await sql<{ counted: number; entries: (Omit<LedgerRow, 'entered_at'> & { entered_at: number })[] }[]>`
    select counter.counted::bigint, (
      select coalesce(json_agg(json_build_object('at', (extract(epoch from e.at) * 1000000)::bigint, 'kind', e.kind, 'no', e.no,
        'ref', e.ref, 'entered_at', extract(epoch from e.at) * 1000, 'delta', e.delta, 'reason', e.reason, 'operator', e.operator)
        order by e.at desc, e.kind desc, e.no desc, e.ref desc), '[]')
      from (select * from (${entries}) each order by at desc, kind desc, no desc, ref desc limit ${page.limit}) e
    ) as entries
    from (${counted}) counter (counted)`;
  return row && { ...row, entries: row.entries.map((e) => ({ ...e, entered_at: new Date(e.entered_at) })) };
}

/** The last entries of a source that stand before the page's place. */
function lastOf(sql: Sql, source: LedgerSource, { before, limit }: LedgerPage): Part {
  const { at, kind, delta, ref, from } = source;
  const none = sql`null::text`;
  const [no, reason, operator] = [source.no ?? sql`0::bigint`, source.reason ?? none, source.operator ?? none];
  const earlier = (place: LedgerCursor): Part => sql`
    and (${at}, (${kind}) collate "C", ${no}, (${ref}) collate "C")
      < (timestamptz 'epoch' + ${place.at}::bigint * interval '1 microsecond', ${place.kind}, ${place.no}::bigint, ${place.ref})`;
  const rest = sql`${from} ${before === null ? sql`` : earlier(before)}`;
  // To find the last instants first, and whole entries of these alone, is several times as fast where there are many.
  return sql`(
    select ${at} as at, (${kind}) collate "C" as kind, ${no} as no, (${ref}) collate "C" as ref, (${delta})::bigint as delta,
      ${reason} as reason, ${operator} as operator
    ${rest} and ${at} >= (select min(last.at) from (select ${at} as at ${rest} order by 1 desc limit ${limit}) last)
    order by 1 desc, 2 desc, 3 desc, 4 desc limit ${limit})`;
}
