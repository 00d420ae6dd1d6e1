import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';
import { connect, type DatabaseTarget } from '../../src/database/pool.ts';
import { SCHEMA } from '../../src/database/schema-files.ts';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import { makeRunFolder } from './run-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated database that every test database is a copy of; nobody may connect to it. */
    templateDatabase: DatabaseTarget;
  }
}

/**
 * Starts one embedded server for the whole run and migrates the database that tests copy. What it holds need not survive
 * a crash; tests of crashes have servers of their own.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeRunFolder();
  const remove = () => rmSync(folder, { recursive: true });
  const server = await startEmbedded({ home: `${folder}/database`, log: console.error }).catch((error) => {
    remove();
    throw error;
  });
  const teardown = () => server.stop().then(remove);
  const sql = connect(server.target, { max: 1 });
  try {
    await sql`alter role all set synchronous_commit = off`;
    await sql`alter system set full_page_writes = off`;
    await sql`alter system set max_wal_size = '256MB'`;
    await sql`select pg_reload_conf()`;
    await migrate(sql, SCHEMA, { kind: 'sandbox' });
  } catch (error) {
    await sql.end();
    await teardown();
    throw error;
  }
  await sql.end();
  project.provide('templateDatabase', server.target);
  return teardown;
}
