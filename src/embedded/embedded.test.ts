import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recall, remember, useHomes, using } from '../../test/harness/embedded-home.ts';
import { descendants, gone } from '../../test/harness/processes.ts';
import { connect } from '../database/pool.ts';
import { StartError } from '../start-error.ts';
import { embeddedTarget, startEmbedded } from './embedded.ts';
import { readPostmaster } from './postmaster.ts';

const homes = useHomes();

async function killAll(pids: number[]): Promise<void> {
  spawnSync('kill', ['-9', ...pids.map(String)]);
  await gone(pids);
}

/** Tries a query until the server answers again; an attempt that is never answered fails and tells so. */
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const unanswered = new Error(`attempt ${attempt} was not answered at all within 15 seconds`);
    const timer = Promise.withResolvers<never>();
    const clock = setTimeout(() => timer.reject(unanswered), 15_000);
    try {
      return await Promise.race([work(), timer.promise]);
    } catch (error) {
      if (attempt === 100 || error === unanswered) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      clearTimeout(clock);
    }
  }
}

test('a new folder gets a durable UTF-8 database that only a private socket reaches', async () => {
  const { target, socketDir, dataFolder } = await homes.start();
  expect(dataFolder).toBe(`${homes.home}/pgdata`);
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
  const first = await homes.start();
  await remember(first.target);
  const below = descendants(process.pid).filter((pid) => descendants(pid).length > 0);
  await Promise.all([first.stop(), first.stop()]);
  await gone(below);
  expect(existsSync(first.socketDir)).toBe(false);
  expect(embeddedTarget(homes.home)).toBeUndefined();
  const second = await homes.start();
  expect(await recall(second.target)).toEqual([{ word: 'kept' }]);
});

test('the home alone tells how to reach its running server', async () => {
  expect(embeddedTarget(homes.home)).toBeUndefined();
  homes.useOld();
  expect(embeddedTarget(homes.home)).toBeUndefined();
  const { target } = await homes.start();
  expect(embeddedTarget(homes.home)).toBe(target);
});

test('a folder in use is refused with the number of the process that uses it', async () => {
  homes.useOld();
  const other = await homes.startElsewhere();
  const refusal = startEmbedded({ home: homes.home });
  await expect(refusal).rejects.toThrow(StartError);
  await expect(refusal).rejects.toThrow(`folder ${homes.home} is in use by another instance (process ${other.pid})`);
  expect(await using(other.target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('the same folder cannot be started twice in one process either', async () => {
  homes.useOld();
  const { target } = await homes.start();
  await expect(startEmbedded({ home: homes.home })).rejects.toThrow(/in use by another instance/);
  expect(await using(target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test.each(['new', 'old'])('of several starts at the same moment on a %s folder exactly one wins', async (age) => {
  if (age === 'old') homes.useOld();
  const started = await Promise.all([1, 2, 3].map(() => homes.startElsewhere()));
  const winners = started.filter(({ refused }) => refused === undefined);
  expect(winners).toHaveLength(1);
  for (const { refused } of started.filter((each) => !winners.includes(each))) {
    expect(refused).toBe(`StartError: folder ${homes.home} is in use by another instance (process ${winners[0]?.pid})`);
  }
  expect(homes.kept()).toEqual(['pgdata', 'postgres.log']);
});

test('kill -9 of the process leaves no PostgreSQL and no socket, and the next start has the data', async () => {
  homes.useOld();
  const other = await homes.startElsewhere();
  expect(descendants(other.pid).length).toBeGreaterThan(3);
  await other.kill();
  expect(existsSync(other.socketDir)).toBe(false);
  const { target } = await homes.start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
});

test('a start right after kill -9 waits for the old server to go', async () => {
  homes.useOld();
  const other = await homes.startElsewhere();
  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  const { target } = await homes.start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
});

test('kill -9 of everything at once is recovered from', async () => {
  homes.useOld();
  const other = await homes.startElsewhere();
  await killAll([other.pid, ...descendants(other.pid)]);
  const { target } = await homes.start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
  rmSync(other.socketDir, { recursive: true });
});

test('a server whose watchdog was killed too is an orphan that the next start ends', async () => {
  homes.useOld();
  const other = await homes.startElsewhere();
  const server = readPostmaster(other.dataFolder)?.pid ?? 0;
  const guards = descendants(other.pid).filter((pid) => !descendants(server).includes(pid) && pid !== server);
  await killAll([...guards, other.pid]);
  const { target } = await homes.start();
  expect(await recall(target)).toEqual([{ word: 'kept' }]);
  await gone([server]);
  rmSync(other.socketDir, { recursive: true });
});

test('a killed server is started again and the same pool goes on', async () => {
  homes.useOld();
  const lines: string[] = [];
  const { target, dataFolder } = await homes.start((line) => lines.push(line));
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
  homes.useOld();
  const { stop, dataFolder, socketDir } = await homes.start();
  process.kill(readPostmaster(dataFolder)?.pid ?? 0, 'SIGKILL');
  await stop();
  expect(readPostmaster(dataFolder)).toBeUndefined();
  expect(existsSync(socketDir)).toBe(false);
});

test('stop in the moment in which the server runs again leaves nothing either', async () => {
  homes.useOld();
  const stopped = Promise.withResolvers<void>();
  const server = await homes.start((line) => {
    if (line.endsWith('runs again')) stopped.resolve(server.stop());
  });
  process.kill(readPostmaster(server.dataFolder)?.pid ?? 0, 'SIGKILL');
  await stopped.promise;
  expect(readPostmaster(server.dataFolder)).toBeUndefined();
});

test('a stale postmaster.pid whose number now belongs to someone else does not hinder', async () => {
  homes.useOld();
  const first = await homes.start();
  await first.stop();
  const stale = `${process.pid}\n${first.dataFolder}\n1\n5432\n${first.socketDir}\n\n 1 1\nready   \n`;
  writeFileSync(`${first.dataFolder}/postmaster.pid`, stale);
  const { uid, gid } = statSync(first.dataFolder);
  chownSync(`${first.dataFolder}/postmaster.pid`, uid, gid);
  const { target } = await homes.start();
  expect(await using(target, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});
