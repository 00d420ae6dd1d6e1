import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { readMark } from '../database/mark.ts';
import { connect, verify } from '../database/pool.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import { readPostmaster } from '../embedded/postmaster.ts';
import { identify } from '../embedded/processes.ts';
import { StartError } from '../start-error.ts';
import { type Io, printJson } from './io.ts';
import { dropSandbox, hasServers } from './queries.ts';

/**
 * Drops the data of a sandbox and makes it anew. Refuses while a server runs on it, and a database of one's own unless
 * told that it is meant; one that holds no sandbox, in any case.
 */
export async function reset(io: Io, { yes, json }: { yes?: true; json?: true }): Promise<void> {
  const config = { ...readConfig(true, io.env), port: 0, host: '127.0.0.1' };
  if (config.databaseUrl === undefined) await dropFolder(config.home);
  else await dropDatabase(config.databaseUrl, yes ?? false);
  const data = await remake(config);
  if (json) printJson(io, { reset: true, data });
  else io.out(`The sandbox is as new: ${data}\n`);
}

/** Throws StartError if the database of a data folder, which no server runs on, is marked production. */
async function mustBeSandbox(home: string): Promise<void> {
  const server = await startEmbedded({ home }).catch((error) => {
    if (!(error instanceof StartError)) throw error;
    throw new StartError(`${error.message}. What it holds cannot be told: remove ${home} by hand if you mean it`);
  });
  const sql = connect(server.target, { max: 1, application_name: 'piaoquan command line' });
  const kind = await readMark(sql).finally(async () => {
    await sql.end({ timeout: 5 });
    await server.stop();
  });
  if (kind === 'production') throw new StartError(`the database in ${home} is marked production: nothing was touched`);
}

/** Removes the data folder. It goes from its place at once, so that a reset cut short leaves no half of it. */
async function dropFolder(home: string): Promise<void> {
  const entry = `${home}/pgdata`;
  if (!existsSync(entry)) throw new StartError(`there is no sandbox in ${home}: set PIAOQUAN_HOME to its folder`);
  // As root the data may lie elsewhere, behind a link.
  const folder = realpathSync(entry);
  const server = readPostmaster(folder);
  if (server !== undefined)
    throw new StartError(`a server runs on ${home} (database process ${server.pid}): stop it first`);
  await mustBeSandbox(home);
  // Named like a draft of the database: what a killed reset leaves goes with the next start.
  const aside = `${dirname(folder)}/.draft-${identify(process.pid)}-remove`;
  renameSync(folder, aside);
  rmSync(aside, { recursive: true });
}

const NO_SANDBOX =
  'the database of DATABASE_URL holds no sandbox, since it is not marked one (its first start marks it): nothing was touched';

async function dropDatabase(target: string, yes: boolean): Promise<void> {
  if (!yes)
    throw new StartError('this would drop all that is in the database of DATABASE_URL: say --yes if you mean it');
  const sql = connect(target, { max: 1, application_name: 'piaoquan command line' });
  try {
    await verify(sql);
    if ((await readMark(sql)) !== 'sandbox') throw new StartError(NO_SANDBOX);
    if (await hasServers(sql)) throw new StartError('a server runs on the database of DATABASE_URL: stop it first');
    if (!(await dropSandbox(sql))) throw new StartError(NO_SANDBOX);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** A start makes the data; the server that it starts is closed at once. */
async function remake(config: Config): Promise<string> {
  const { startServer } = await import('../main.ts');
  const server = await startServer(config);
  await server.close();
  return server.dataFolder ?? 'your own PostgreSQL (DATABASE_URL)';
}
