import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { startScript } from '../../test/harness/processes.ts';
import { StartError } from '../start-error.ts';
import { migrate } from './migrate.ts';

const SCRIPT = new URL('../../test/harness/run-migrate.ts', import.meta.url);

let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  db = await createTestDatabase();
  // The copy has the project's own migrations; these tests bring theirs.
  await db.sql`drop table if exists schema_migrations`;
  folder = mkdtempSync(`${tmpdir()}/piaoquan-migrate-`);
});
afterEach(async () => {
  await db.drop();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string) => writeFileSync(`${folder}/${name}`, text);
const refused = (message: RegExp) =>
  expect(migrate(db.sql, folder, { kind: 'sandbox' })).rejects.toSatisfy(
    (error) => error instanceof StartError && message.test(error.message),
  );

test('applies what is new in order, once, and tells the names', async () => {
  file('0002_row.sql', "insert into fruit values ('apple'); insert into fruit values ('pear');");
  file('0001_fruit.sql', 'create table fruit (name text);');
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual(['0001_fruit.sql', '0002_row.sql']);
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual([]);
  file('0003_more.sql', "insert into fruit values ('plum')");
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual(['0003_more.sql']);
  expect(await db.sql`select name from fruit`).toEqual([{ name: 'apple' }, { name: 'pear' }, { name: 'plum' }]);
});

test('four processes at once apply every file exactly once, also one that takes longer than a statement may', async () => {
  file('0001_count.sql', 'create table count (n int); select pg_sleep(0.3);');
  for (const n of [2, 3, 4, 5]) file(`000${n}_add.sql`, `insert into count values (${n}); select pg_sleep(0.05);`);
  const impatient = `${db.target}&statement_timeout=200`;
  const runs = await Promise.all([1, 2, 3, 4].map(() => startScript<string[]>(SCRIPT, [impatient, folder])));
  expect(runs.flatMap(({ first }) => first).sort()).toHaveLength(5);
  expect(await db.sql`select n from count order by n`).toEqual([2, 3, 4, 5].map((n) => ({ n })));
});

test('a file that fails leaves nothing of itself, is named with its line, and what came before stays', async () => {
  file('0001_good.sql', 'create table good (n int);');
  file('0002_bad.sql', 'create table bad (n int);\n\ninsert into nowhere values (1);');
  await refused(/^migration 0002_bad.sql failed: relation "nowhere" does not exist \(line 3\)$/);
  const [row] = await db.sql`select to_regclass('good') is not null as good, to_regclass('bad') is not null as bad`;
  expect(row).toEqual({ good: true, bad: false });
  file('0002_bad.sql', 'create table bad (n int);');
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual(['0002_bad.sql']);
});

test('a file that is applied but cannot be recorded leaves nothing of itself', async () => {
  file('0001_one.sql', 'create table one (n int); alter table schema_migrations add check (false);');
  await expect(migrate(db.sql, folder, { kind: 'sandbox' })).rejects.toThrow(/violates check constraint/);
  const [row] = await db.sql`select to_regclass('one') is not null as one`;
  expect(row).toEqual({ one: false });
});

test('a file changed after it was applied is refused, other line ends are no change', async () => {
  file('0001_one.sql', 'create table one\n(n int);\n');
  await migrate(db.sql, folder, { kind: 'sandbox' });
  file('0001_one.sql', 'create table one\r\n(n int);\r\n');
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual([]);
  file('0001_one.sql', 'create table one (n bigint);\n');
  await refused(/^migration 0001_one.sql was changed after it was applied/);
});

test('a database with a migration that the folder lacks is refused', async () => {
  file('0001_one.sql', 'select 1');
  file('0002_two.sql', 'select 1');
  await migrate(db.sql, folder, { kind: 'sandbox' });
  rmSync(`${folder}/0002_two.sql`);
  await refused(/^the database is newer than this version: it has migration 0002_two.sql$/);
});

test('a new file with a number below an applied one is refused and not applied', async () => {
  file('0002_two.sql', 'select 1');
  await migrate(db.sql, folder, { kind: 'sandbox' });
  file('0001_late.sql', 'create table late (n int)');
  await refused(/^migration 0001_late.sql is older than 0002_two.sql, which is applied/);
  renameSync(`${folder}/0001_late.sql`, `${folder}/0003_late.sql`);
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual(['0003_late.sql']);
});

test('bad names and doubled numbers are refused', async () => {
  file('0001_one.sql', 'select 1');
  file('0001_other.sql', 'select 1');
  await refused(/^migrations 0001_one.sql and 0001_other.sql have the same number$/);
  rmSync(`${folder}/0001_other.sql`);
  file('2_two.sql', 'select 1');
  await refused(/^migration 2_two.sql is not named like 0001_name.sql$/);
});

test('when there is nothing to do it is one query', async () => {
  file('0001_one.sql', 'select 1');
  await migrate(db.sql, folder, { kind: 'sandbox' });
  const queries: string[] = [];
  db.sql.options.debug = (_connection: number, query: string) => queries.push(query);
  expect(await migrate(db.sql, folder, { kind: 'sandbox' })).toEqual([]);
  expect(queries).toHaveLength(1);
});
