import { type ChildProcess, execFileSync, type SpawnOptions, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { connect, type DatabaseTarget, type Sql } from '../../src/database/pool.ts';
import { type Embedded, startEmbedded } from '../../src/embedded/embedded.ts';
import { descendants, gone, startScript } from './processes.ts';

type Told = { target: string; dataFolder: string; socketDir: string; refused?: string };
/** What another process told about the server it started, or why it did not. */
export type Elsewhere = Told & { pid: number; child: ChildProcess; kill(): Promise<void> };

const SCRIPT = new URL('./start-embedded.ts', import.meta.url);

/** Whether another account can run this clone; it cannot in root's closed home. */
export const othersMayRun =
  process.getuid?.() === 0 &&
  spawnSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', SCRIPT.pathname], { uid: 65534, cwd: '/' }).status === 0;

/** What is missing where no other account can run this clone; undefined where one can. */
export const missingOthers = othersMayRun
  ? undefined
  : process.getuid?.() === 0
    ? 'no other account may enter this folder'
    : 'only root can act as another account';
/** What is missing where we are not root; undefined where we are. */
export const missingRoot = process.getuid?.() === 0 ? undefined : 'only root can start as root';

/** Runs something on a database and closes the connection. */
export async function using<T>(target: DatabaseTarget, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(target, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Commits something that must not be lost. */
export function remember(target: DatabaseTarget): Promise<unknown> {
  return using(target, (sql) => sql`create table memory as select 'kept' as word`);
}

/** What was committed. */
export function recall(target: DatabaseTarget): Promise<unknown> {
  return using(target, (sql) => sql`select word from memory`);
}

function makeFolder(): string {
  const made = mkdtempSync(`${realpathSync(tmpdir())}/piaoquan-embedded-`);
  // As root the server runs under another account, which must be able to enter.
  chmodSync(made, 0o755);
  return made;
}

/**
 * Gives every test of a file its own home folder and ends at its end whatever it started there.
 */
export function useHomes() {
  let old: string;
  let cleanups: (() => unknown)[] = [];
  beforeAll(async () => {
    old = makeFolder();
    const { target, stop } = await startEmbedded({ home: old });
    await remember(target);
    await stop();
  });
  afterAll(() => rmSync(old, { recursive: true }));

  const homes = {
    folder: '',
    /** A folder inside `folder` that does not exist yet. */
    home: '',
    cleanUp: (cleanup: () => unknown) => void cleanups.push(cleanup),
    /** What stands in the home, but for the programs that a project in a closed folder has copied there. */
    kept: (): string[] =>
      readdirSync(homes.home)
        .filter((name) => !name.startsWith('postgresql-'))
        .sort(),
    /** Makes the home one that has run before, knows the word and was stopped: faster than a new one. */
    useOld: () => void execFileSync('cp', ['-a', old, homes.home]),
    async start(log: (line: string) => void = () => {}): Promise<Embedded> {
      const server = await startEmbedded({ home: homes.home, log });
      homes.cleanUp(server.stop);
      return server;
    },
    /** Starts the server in another process; `kill` is `kill -9` of that process alone. */
    async startElsewhere(options: SpawnOptions = {}): Promise<Elsewhere> {
      const { child, first } = await startScript<Told>(SCRIPT, [homes.home], options);
      const pid = child.pid ?? 0;
      const kill = async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const below = descendants(pid);
        child.kill('SIGKILL');
        await once(child, 'exit');
        await gone(below);
      };
      homes.cleanUp(kill);
      return { ...first, pid, child, kill };
    },
  };
  beforeEach(() => {
    homes.folder = makeFolder();
    homes.home = `${homes.folder}/home`;
  });
  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    cleanups = [];
    rmSync(homes.folder, { recursive: true, force: true });
  });
  return homes;
}
