import { StartError } from '../start-error.ts';
import type { Sql } from './pool.ts';

/** One counter of the stock: what it shows and what its ledger adds up to. */
export type AuditRow = {
  /** The view that tells, e.g. `audit_lottery`. */
  readonly view: string;
  /** What is counted, e.g. `lottery_segment.consumed_win_times`. */
  readonly counter: string;
  /** Which one of them. */
  readonly key: string;
  readonly counted: number;
  readonly ledger: number;
};

/** What an audit found: how many counters it compared, and those that differ from their ledger. */
export type Audit = { readonly counters: number; readonly differences: readonly AuditRow[] };

/** The most differing counters that an audit lists. */
const MOST_DIFFERENCES = 1000;

/**
 * Compares every counter with its ledger, each domain in one statement and so at one moment, while the system goes on.
 * Each domain tells of its counters in a view named `audit_…`. Throws StartError where there is none: nothing is proved.
 */
export async function audit(sql: Sql): Promise<Audit> {
  // The information schema would pass over what this user may not read.
  const views = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'v' and relname like 'audit\\_%' and pg_table_is_visible(oid) order by 1`;
  if (views.length === 0) throw new StartError('there are no counters in this database: it was never migrated');
  let counters = 0;
  const differences: AuditRow[] = [];
  for (const { name } of views) {
    const [found] = await sql.begin('read only', async (transaction) => {
      // A proof may take longer than a call may.
      await transaction`set local statement_timeout = 0`;
      return transaction<{ counters: number; differences: Omit<AuditRow, 'view'>[] | null }[]>`
        with counted as materialized (select counter, key, counted, ledger from ${sql(name)})
        select (select count(*) from counted) as counters, (
          select json_agg(d) from (
            select * from counted where counted is distinct from ledger order by counter, key limit ${MOST_DIFFERENCES}
          ) d
        ) as differences`;
    });
    counters += found?.counters ?? 0;
    for (const row of found?.differences ?? []) differences.push({ view: name, ...row });
  }
  return { counters, differences };
}
