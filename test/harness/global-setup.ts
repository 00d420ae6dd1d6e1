import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { connect, type DatabaseTarget } from '../../src/database/pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated database that every test database is a copy of; nobody may connect to it. */
    templateDatabase: DatabaseTarget;
  }
}

/** Starts one embedded server for the whole run and migrates the database that tests copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(`${tmpdir()}/piaoquan-test-`);
  // As root the server runs under another account, which must be able to enter.
  chmodSync(home, 0o755);
  const remove = () => rmSync(home, { recursive: true });
  const server = await startEmbedded({ home, log: console.error }).catch((error) => {
    remove();
    throw error;
  });
  const teardown = () => server.stop().then(remove);
  const sql = connect(server.target, { max: 1 });
  try {
    await migrate(sql);
  } catch (error) {
    await sql.end();
    await teardown();
    throw error;
  }
  await sql.end();
  project.provide('templateDatabase', server.target);
  return teardown;
}
