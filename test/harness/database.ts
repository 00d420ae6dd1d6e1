import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { connect, type DatabaseTarget, type Sql } from '../../src/database/pool.ts';
import { SCHEMA } from '../../src/database/schema-files.ts';

/** A migrated database of one's own. */
export type TestDatabase = {
  sql: Sql;
  /** Its URL, which may also be handed to a started server as DATABASE_URL. */
  target: DatabaseTarget;
  /** Closes `sql` and removes the database, whoever is still connected. */
  drop(): Promise<void>;
};

function withName(target: DatabaseTarget, database: string): DatabaseTarget {
  const url = new URL(target);
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(statement: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connect(withName(inject('templateDatabase'), 'postgres'), { max: 1 });
  try {
    await statement(sql);
  } finally {
    await sql.end();
  }
}

/** Copies a database of the run into another new one. */
const copy = (sql: Sql, name: string, template: string): Promise<unknown> =>
  sql`create database ${sql(name)} template ${sql(template)} strategy file_copy`;

/** The migrated database without a row, marked a sandbox. */
const emptyTemplate = (): string => new URL(inject('templateDatabase')).pathname.slice(1);

/**
 * Copies the migrated template into a new database, in some 30 ms. Call it once a test file and `drop` it at the end.
 * @param template another database to copy, to which nobody may be connected
 */
export async function createTestDatabase(template = emptyTemplate()): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer((sql) => copy(sql, name, template));
  const target = withName(inject('templateDatabase'), name);
  const sql = connect(target);
  const drop = async () => {
    await sql.end({ timeout: 1 });
    await administer((admin) => admin`drop database if exists ${admin(name)} with (force)`);
  };
  return { sql, target, drop };
}

/** A migrated database without a row that is marked production, as the first `serve` would make it. */
export async function createProductionDatabase(): Promise<TestDatabase> {
  const name = 'production_template';
  const fill = async (target: DatabaseTarget): Promise<void> => {
    const sql = connect(target, { max: 1 });
    await migrate(sql, SCHEMA, { kind: 'production' }).finally(() => sql.end());
  };
  await makeTemplate(name, fill, 'template0');
  return createTestDatabase(name);
}

/**
 * Makes a database that other ones are copied from, once in a run: whoever needs it first fills it, the others wait.
 * It appears whole or not at all.
 * @param template what it is made of
 */
export function makeTemplate(
  name: string,
  fill: (target: DatabaseTarget) => Promise<void>,
  template = emptyTemplate(),
): Promise<void> {
  return administer(async (sql) => {
    // The lock ends with the connection; who fills may take longer than a statement usually does.
    await sql`set statement_timeout = 0`;
    await sql`select pg_advisory_lock(hashtext(${name}))`;
    if ((await sql`select from pg_database where datname = ${name}`).length > 0) return;
    const draft = `${name}_draft`;
    await sql`drop database if exists ${sql(draft)} with (force)`;
    await copy(sql, draft, template);
    await fill(withName(inject('templateDatabase'), draft));
    await sql`alter database ${sql(draft)} rename to ${sql(name)}`;
  });
}
