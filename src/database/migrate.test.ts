import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { startScript } from '../../test/harness/processes.ts';
import { StartError } from '../start-error.ts';
import { migrate } from './migrate.ts';
import { readMigrations, SCHEMA, type SchemaFolders } from './schema-files.ts';

const SCRIPT = new URL('../../test/harness/run-migrate.ts', import.meta.url);

let db: TestDatabase;
let folder: string;
let schema: SchemaFolders;

beforeEach(async () => {
  db = await createTestDatabase();
  // The copy has the project's own migrations; these tests bring theirs.
  await db.sql`drop table if exists schema_migrations, schema_functions`;
  folder = mkdtempSync(`${tmpdir()}/piaoquan-migrate-`);
  schema = { migrations: folder, functions: [`${folder}/functions`] };
  mkdirSync(`${folder}/functions`);
});
afterEach(async () => {
  await db.drop();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string) => writeFileSync(`${folder}/${name}`, text);
/** A function of this name whose head, from its parameters on, and body are given. */
const functionFile = (name: string, head: string, body: string) =>
  file(`functions/${name}.sql`, `-- A test.\ncreate or replace function ${name}${head} as $$\n${body}\n$$;\n`);
const refused = (message: RegExp) =>
  expect(migrate(db.sql, schema, { kind: 'sandbox' })).rejects.toSatisfy(
    (error) => error instanceof StartError && message.test(error.message),
  );

test('applies what is new in order, once, and tells the names', async () => {
  file('0002_row.sql', "insert into fruit values ('apple'); insert into fruit values ('pear');");
  file('0001_fruit.sql', 'create table fruit (name text);');
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['0001_fruit.sql', '0002_row.sql']);
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual([]);
  file('0003_more.sql', "insert into fruit values ('plum')");
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['0003_more.sql']);
  expect(await db.sql`select name from fruit`).toEqual([{ name: 'apple' }, { name: 'pear' }, { name: 'plum' }]);
});

test('four processes at once apply every file exactly once, also one that takes longer than a statement may', async () => {
  file('0001_count.sql', 'create table count (n int); select pg_sleep(0.3);');
  for (const n of [2, 3, 4, 5]) file(`000${n}_add.sql`, `insert into count values (${n}); select pg_sleep(0.05);`);
  functionFile('counted', '()\nreturns bigint\nlanguage sql', 'select count(*) from count');
  const impatient = `${db.target}&statement_timeout=200`;
  const runs = await Promise.all(
    [1, 2, 3, 4].map(() => startScript<string[]>(SCRIPT, [impatient, folder, `${folder}/functions`])),
  );
  expect(runs.flatMap(({ first }) => first).sort()).toHaveLength(6);
  expect(await db.sql`select counted()`).toEqual([{ counted: 4 }]);
  expect(await db.sql`select n from count order by n`).toEqual([2, 3, 4, 5].map((n) => ({ n })));
});

test('a file that fails is named with its line, and leaves nothing of itself and of what came before it', async () => {
  file('0001_good.sql', 'create table good (n int);');
  file('0002_bad.sql', 'create table bad (n int);\n\ninsert into nowhere values (1);');
  await refused(/^migration 0002_bad.sql failed: relation "nowhere" does not exist \(line 3\)$/);
  const [row] = await db.sql`select to_regclass('good') is not null as good, to_regclass('bad') is not null as bad`;
  expect(row).toEqual({ good: false, bad: false });
  file('0002_bad.sql', 'create table bad (n int);');
  functionFile('worse', '()\nreturns nonsense\nlanguage sql', 'select 1');
  await refused(/^function worse failed: type "nonsense" does not exist$/);
  rmSync(`${folder}/functions/worse.sql`);
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['0001_good.sql', '0002_bad.sql']);
});

test('a file that is applied but cannot be recorded leaves nothing of itself', async () => {
  file('0001_one.sql', 'create table one (n int); alter table schema_migrations add check (false);');
  await expect(migrate(db.sql, schema, { kind: 'sandbox' })).rejects.toThrow(/violates check constraint/);
  const [row] = await db.sql`select to_regclass('one') is not null as one`;
  expect(row).toEqual({ one: false });
});

test('a file changed after it was applied is refused, other line ends are no change', async () => {
  file('0001_one.sql', 'create table one\n(n int);\n');
  await migrate(db.sql, schema, { kind: 'sandbox' });
  file('0001_one.sql', 'create table one\r\n(n int);\r\n');
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual([]);
  file('0001_one.sql', 'create table one (n bigint);\n');
  await refused(/^migration 0001_one.sql was changed after it was applied/);
});

test('a database with a migration that the folder lacks is refused', async () => {
  file('0001_one.sql', 'select 1');
  file('0002_two.sql', 'select 1');
  await migrate(db.sql, schema, { kind: 'sandbox' });
  rmSync(`${folder}/0002_two.sql`);
  await refused(/^the database is newer than this version: it has migration 0002_two.sql$/);
});

test('a new file with a number below an applied one is refused and not applied', async () => {
  file('0002_two.sql', 'select 1');
  await migrate(db.sql, schema, { kind: 'sandbox' });
  file('0001_late.sql', 'create table late (n int)');
  await refused(/^migration 0001_late.sql is older than 0002_two.sql, which is applied/);
  renameSync(`${folder}/0001_late.sql`, `${folder}/0003_late.sql`);
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['0003_late.sql']);
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
  await migrate(db.sql, schema, { kind: 'sandbox' });
  let queries = 0;
  const send = (...args: Parameters<typeof db.sql>) => {
    queries += 1;
    return db.sql(...args);
  };
  const begin = () => expect.unreachable('a transaction was begun');
  const counting = Object.assign(send, db.sql, { begin }) as unknown as typeof db.sql;
  expect(await migrate(counting, schema, { kind: 'sandbox' })).toEqual([]);
  expect(queries).toBe(1);
});

test('functions come after the tables, in any order of their own, and triggers have theirs', async () => {
  file(
    '0001_fruit.sql',
    `create table fruit (name text);
    create trigger shout before insert on fruit for each row execute function a_shout();`,
  );
  functionFile(
    'a_shout',
    '()\nreturns trigger\nlanguage plpgsql',
    'begin new.name := upper(new.name); return new; end',
  );
  functionFile('b_first', '()\nreturns setof fruit\nlanguage sql', 'select * from c_all()');
  functionFile('c_all', '()\nreturns setof fruit\nlanguage sql', 'select * from fruit');
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['0001_fruit.sql', 'a_shout', 'b_first', 'c_all']);
  await db.sql`insert into fruit values ('apple')`;
  expect(await db.sql`select name from b_first()`).toEqual([{ name: 'APPLE' }]);
});

test('a changed function takes the place of the one of its name, whatever either takes or gives; one that is gone is dropped', async () => {
  file(
    '0001_fruit.sql',
    `create table fruit (name text);
    create trigger shout before insert on fruit for each row execute function shout();`,
  );
  functionFile('shout', '()\nreturns trigger\nlanguage plpgsql', 'begin return null; end');
  functionFile('one', '(p_n integer)\nreturns integer\nlanguage sql', 'select p_n');
  functionFile('gone', '()\nreturns integer\nlanguage sql', 'select 1');
  await migrate(db.sql, schema, { kind: 'sandbox' });
  const before = await db.sql`select oid from pg_proc where proname in ('one', 'gone')`;
  functionFile('shout', '()\nreturns trigger\nlanguage plpgsql', 'begin new.name := upper(new.name); return new; end');
  functionFile('one', '(p_n bigint, out twice bigint, out half bigint)\nlanguage sql', 'select p_n * 2, p_n / 2');
  rmSync(`${folder}/functions/gone.sql`);
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual(['one', 'shout']);
  expect(await db.sql`select * from one(4)`).toEqual([{ twice: 8, half: 2 }]);
  expect(await db.sql`insert into fruit values ('pear') returning name`).toEqual([{ name: 'PEAR' }]);
  expect(await db.sql`select oid from pg_proc where oid = any (${before.map(({ oid }) => oid)}::oid[])`).toEqual([]);
  expect(await migrate(db.sql, schema, { kind: 'sandbox' })).toEqual([]);
});

test('two files of one function are refused', async () => {
  functionFile('one', '()\nreturns integer\nlanguage sql', 'select 1');
  schema = { ...schema, functions: [...schema.functions, ...schema.functions] };
  await refused(/^two files define the function one$/);
});

test('a database of before the first release is refused in one line that says what to do, and stays as it is', async () => {
  await db.sql`create table schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz)`;
  await db.sql`insert into schema_migrations values ('0001_platform.sql', 'x'), ('0043_locked_guesses.sql', 'y')`;
  file('0001_platform.sql', 'create table fruit (name text)');
  await refused(/^the database was made before the first release and cannot be taken over: use another, empty one$/);
  const ofFolder = migrate(db.sql, schema, { kind: 'sandbox', embedded: true });
  await expect(ofFolder).rejects.toThrow(/^the data folder was made before .*: run piaoquan reset .*PIAOQUAN_HOME/);
  expect(await db.sql`select count(*)::int as n from schema_migrations`).toEqual([{ n: 2 }]);
  expect(await db.sql`select to_regclass('fruit') as fruit`).toEqual([{ fruit: null }]);
});

/** Migrations that a release brought, by name, as it brought them. */
const RELEASED: Record<string, string> = JSON.parse(readFileSync(`${SCHEMA.migrations}/released.json`, 'utf8'));

/** Released migrations that are gone or not what they were. */
const changedOf = (released: Record<string, string>, files: readonly { name: string; sha256: string }[]): string[] =>
  Object.keys(released).filter((name) => files.find((each) => each.name === name)?.sha256 !== released[name]);

test('no migration that was released is changed or gone', async () => {
  expect(changedOf(RELEASED, await readMigrations(SCHEMA.migrations))).toEqual([]);
  const sha256 = createHash('sha256').update('select 1').digest('hex');
  file('0001_kept.sql', 'select 1');
  file('0002_changed.sql', 'select 2');
  const released = { '0001_kept.sql': sha256, '0002_changed.sql': sha256, '0003_gone.sql': sha256 };
  expect(changedOf(released, await readMigrations(folder))).toEqual(['0002_changed.sql', '0003_gone.sql']);
});
