import { connect, type Sql } from '../../src/database/pool.ts';
import { createTestDatabase } from './database.ts';
import { connectKeepingPlans, connectWithPlansOfNow, rowsRead } from './rows-read.ts';

/** What the planner knows of the tables when it makes the plans: the few rows there are, or nothing at all. */
export const KNOWLEDGE = ['analysed', 'never analysed'] as const;

/** Rows that tables begin with, and those that they have grown to. */
export const FEW = 6;
export const GROWN = 5000;

type Growth = {
  /** Adds the rows from one number to another, both included. */
  readonly fill: (sql: Sql, from: number, to: number) => Promise<void>;
  /** Runs every statement in question, so that its plan is made; what it writes is undone. */
  readonly use: (sql: Sql) => Promise<void>;
};

/** A database whose tables have grown since its one connection made its plans. */
export type Grown = {
  /** How many rows of which tables `work` reads; what it writes is undone. */
  readonly read: (work: (tx: Sql) => Promise<unknown>) => Promise<Record<string, number>>;
  readonly close: () => Promise<void>;
};

/** Makes plans for tables of {@link FEW} rows and then lets the tables grow to {@link GROWN}, of which the planner is not told. */
export async function openGrown(known: (typeof KNOWLEDGE)[number], { fill, use }: Growth): Promise<Grown> {
  const database = await createTestDatabase();
  // Without triggers and references: rows are to be there, and quickly.
  const filling = connect(`${database.target}&session_replication_role=replica`, { max: 1 });
  await fill(filling, 1, FEW);
  const sql = known === 'analysed' ? await connectWithPlansOfNow(database) : connectKeepingPlans(database);
  for (let run = 0; run < 2; run++) await rowsRead(sql, use);
  await fill(filling, FEW + 1, GROWN);
  await filling.end();
  return {
    async read(work) {
      // What the connection did before would be counted as well until it is passed on, once in a second.
      await sql`select pg_stat_force_next_flush()`;
      return rowsRead(sql, work);
    },
    async close() {
      await sql.end();
      await database.drop();
    },
  };
}

/** Makes so many of something, counted from 1. */
export const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

/** The sum of what was read of all tables, to be held against what was asked for. */
export const sum = (read: Record<string, number>): number => Object.values(read).reduce((all, one) => all + one, 0);
