import { readMark } from '../database/mark.ts';
import type { Sql } from '../database/pool.ts';

/** Whether servers of ours are connected to the database. */
export async function hasServers(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name in ('piaoquan', 'piaoquan call log')`;
  return rows.count > 0;
}

/**
 * Removes everything that is in the schema whose mark says sandbox; gives false and touches nothing elsewhere. Another
 * schema of the same database may be production's.
 */
export async function dropSandbox(sql: Sql): Promise<boolean> {
  return sql.begin(async (transaction) => {
    if ((await readMark(transaction)) !== 'sandbox') return false;
    const [marked] = await transaction<{ schema: string }[]>`
      select relnamespace::regnamespace::text as schema from pg_class where oid = 'schema_kind'::regclass`;
    await transaction`set local statement_timeout = 0`;
    await transaction.unsafe(`drop schema ${marked?.schema} cascade`);
    await transaction.unsafe(`create schema ${marked?.schema}`);
    return true;
  });
}

/** A counter that was moved ahead: what it counts, of what (empty: of all), and by how much. */
export type Advanced = { readonly counter: string; readonly key: string; readonly skipped: number };

/**
 * Moves every counter ahead from which something is derived that was handed out, in one transaction.
 * @param numbers by how much order and ticket numbers, receipts, cursors and the like go ahead
 * @param codes how many codes of each voucher batch are set aside
 */
export async function advanceCounters(sql: Sql, numbers: number, codes: number, now: Date): Promise<Advanced[]> {
  return sql.begin(async (transaction) => {
    await transaction`set local statement_timeout = 0`;
    return transaction<Advanced[]>`
      select counter, key, skipped from counters_advance(${numbers}, ${codes}, ${now}) order by counter, key`;
  });
}
