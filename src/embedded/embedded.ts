import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect, type DatabaseTarget } from '../database/pool.ts';
import { StartError } from '../start-error.ts';
import { findBinaries, whatItSaid } from './binaries.ts';
import { chooseLocation, handOver, type Location, makeDraft, openHome, reachable } from './home.ts';
import { clearPostmaster, type Plan, type Running, readPostmaster, startPostmaster } from './postmaster.ts';

/** A running embedded server. */
export type Embedded = {
  target: DatabaseTarget;
  /** Where the data lies: `<home>/pgdata` unless root's server account cannot get there. */
  dataFolder: string;
  socketDir: string;
  /** Stops the server in good order and removes its socket folder; a second call waits for the same end. */
  stop(): Promise<void>;
};

type Log = (line: string) => void;

const run = promisify(execFile);

const MAJOR = '18';
const NAME = 'piaoquan';
/** Unix socket paths end at 103 bytes on macOS. */
const SOCKET_PATH_LIMIT = 100;

function targetAt(socketDir: string, database: string): DatabaseTarget {
  return `postgres://${NAME}@localhost:5432/${database}?host=${encodeURIComponent(socketDir)}`;
}

/** Makes a new data folder, which appears at once or not at all, so that a start cut short leaves none. */
async function initialise(bin: string, { account, base, dataFolder }: Location): Promise<void> {
  const draft = makeDraft(base);
  handOver(draft, account);
  const options = ['-D', draft, '-U', NAME, '-A', 'trust', '-E', 'UTF8', '--no-instructions'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  try {
    await run(`${bin}/initdb`, [...options, ...locale], { ...account, cwd: '/', env });
    renameSync(draft, dataFolder);
  } catch (error) {
    // If another instance made the data folder meanwhile, the server's own lock decides between us.
    if (!existsSync(dataFolder))
      throw new StartError(`the database cannot be created in ${dataFolder}: ${whatItSaid(error as Error)}`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function checkVersion(dataFolder: string): void {
  let version: string;
  try {
    version = readFileSync(`${dataFolder}/PG_VERSION`, 'utf8').trim();
  } catch (error) {
    throw new StartError(
      `${dataFolder} is not a database folder that can be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  if (version === MAJOR) return;
  throw new StartError(
    `${dataFolder} holds data of PostgreSQL ${version}, this is PostgreSQL ${MAJOR}: use another folder`,
  );
}

/** A new, short folder that only the server's account (and root) may enter: it guards the socket. */
function makeSocketDir({ account }: Location): string {
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    const length = Buffer.byteLength(`${parent}/piaoquan-XXXXXX/.s.PGSQL.5432`);
    // Commas and quotes part the addresses in PostgreSQL's setting and in ours.
    if (length > SOCKET_PATH_LIMIT || /[,"]/.test(parent) || !reachable(parent, account)) continue;
    const folder = mkdtempSync(`${parent}/piaoquan-`);
    handOver(folder, account);
    return folder;
  }
  throw new StartError(`no socket can be made in ${tmpdir()} or /tmp for the embedded database`);
}

/** Creates our database if the data folder is new, and proves that the server answers. */
async function ensureDatabase(socketDir: string): Promise<void> {
  const sql = connect(targetAt(socketDir, 'postgres'), { max: 1 });
  try {
    const found = await sql`select 1 from pg_database where datname = ${NAME}`;
    if (found.length === 0) await sql`create database ${sql(NAME)}`;
  } finally {
    await sql.end();
  }
}

/** The first start: waits for an orphan to go, gives way to a living instance. */
async function startFirst(plan: Plan, home: string): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    await clearPostmaster(home, plan.dataFolder);
    try {
      return await startPostmaster(plan, home);
    } catch (error) {
      // Either an instance that started with us was first, or processes of a killed server are still leaving.
      const passing = /lock file|shared memory/.test((error as Error).message);
      if (!passing || attempt === 25) throw error;
      await sleep(200);
    }
  }
}

/** Starts the server again after it ended by itself, until it runs or we stop. */
async function startAgain(plan: Plan, home: string, signal: AbortSignal, log: Log): Promise<Running | undefined> {
  for (let pause = 100; !signal.aborted; pause = Math.min(2 * pause, 5000)) {
    try {
      await clearPostmaster(home, plan.dataFolder, 'ours too');
      const running = await startPostmaster(plan, home);
      log('the embedded database runs again');
      return running;
    } catch (error) {
      log((error as Error).message);
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

/** Keeps the server running until the returned function is called. */
function supervise(plan: Plan, home: string, first: Running, log: Log): () => Promise<void> {
  const stopping = new AbortController();
  let running = first;
  const watch = async () => {
    for (;;) {
      await running.ended;
      running.release();
      if (stopping.signal.aborted) return;
      log('the embedded database ended unexpectedly and is started again');
      const next = await startAgain(plan, home, stopping.signal, log);
      if (!next) return;
      running = next;
      if (stopping.signal.aborted) running.release();
    }
  };
  const over = watch().finally(() => rmSync(plan.socketDir, { recursive: true, force: true }));
  return () => {
    stopping.abort();
    running.release();
    return over;
  };
}

/**
 * Starts PostgreSQL on the data of a home folder, which is made if it is missing, and keeps it running. Commits are
 * durable; there is no TCP port, only a unix socket that nobody else may enter. The server stops with `stop()`, and
 * also when this process dies in any way. `log` gets a line when the server had to be started again. Throws StartError
 * if the folder is in use or cannot be written, holds another version's data, or the server does not start.
 */
export async function startEmbedded({ home: folder, log = () => {} }: { home: string; log?: Log }): Promise<Embedded> {
  const home = openHome(folder);
  const place = chooseLocation(home);
  const { account, dataFolder } = place;
  const bin = findBinaries(place);
  if (!existsSync(dataFolder)) await initialise(bin, place);
  checkVersion(dataFolder);
  const socketDir = makeSocketDir(place);
  try {
    const plan = { program: `${bin}/postgres`, account, dataFolder, socketDir, logFile: `${home}/postgres.log` };
    const stop = supervise(plan, home, await startFirst(plan, home), log);
    await ensureDatabase(socketDir).catch(async (error) => {
      await stop();
      throw error;
    });
    return { target: targetAt(socketDir, NAME), dataFolder, socketDir, stop };
  } catch (error) {
    rmSync(socketDir, { recursive: true, force: true });
    throw error;
  }
}

/** How to reach the embedded server that runs on a home folder now; undefined if none does. Never throws. */
export function embeddedTarget(home: string): DatabaseTarget | undefined {
  try {
    const server = readPostmaster(realpathSync(`${home}/pgdata`));
    return server?.ready ? targetAt(server.socketDir, NAME) : undefined;
  } catch {
    return undefined;
  }
}
