import { connect, type Sql } from '../../src/database/pool.ts';
import type { TestDatabase } from './database.ts';

/** A connection that keeps the plan each statement first got. Close it before the database is dropped. */
export const connectKeepingPlans = (database: TestDatabase): Sql =>
  connect(`${database.target}&plan_cache_mode=force_generic_plan`, { max: 1 });

/** The same, with plans made for what the tables hold now: what grows afterwards is what the planner does not know of. */
export async function connectWithPlansOfNow(database: TestDatabase): Promise<Sql> {
  await database.sql`analyze`;
  return connectKeepingPlans(database);
}

type Read = { relname: string; rows: number };

/** What this connection has read of each table and not told the server's statistics yet. */
const readSoFar = async (sql: Sql): Promise<Read[]> => sql<Read[]>`
  select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables order by rows desc`;

/**
 * How many rows of each table `work` reads, from its table or through an index, whether they can be seen or not; tables of
 * which it reads none are left out. `work` runs in a transaction, which is rolled back.
 */
export async function rowsRead(sql: Sql, work: (tx: Sql) => Promise<unknown>): Promise<Record<string, number>> {
  const undone = new Error('undone');
  let read: [string, number][] = [];
  await sql
    .begin(async (transaction) => {
      const tx = transaction as unknown as Sql;
      const before = new Map((await readSoFar(tx)).map(({ relname, rows }) => [relname, rows]));
      await work(tx);
      const after = await readSoFar(tx);
      read = after.map(({ relname, rows }) => [relname, rows - (before.get(relname) ?? 0)]);
      throw undone;
    })
    .catch((error) => {
      if (error !== undone) throw error;
    });
  return Object.fromEntries(read.filter(([, rows]) => rows > 0));
}
