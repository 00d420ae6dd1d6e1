import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { type Kind, readMark } from '../src/database/mark.ts';
import { migrate } from '../src/database/migrate.ts';
import { connect, type Sql } from '../src/database/pool.ts';
import { SCHEMA } from '../src/database/schema-files.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { type RunningServer, startServer } from '../src/main.ts';
import { createProductionDatabase, createTestDatabase, type TestDatabase } from './harness/database.ts';
import { newHome, piaoquanHere } from './harness/run.ts';

const home = newHome();
const masterKey = randomBytes(32).toString('base64');
const databases: TestDatabase[] = [];
const servers: RunningServer[] = [];
const keep = async (made: Promise<TestDatabase>): Promise<TestDatabase> => {
  databases.push(await made);
  return made;
};

let empty: TestDatabase;
beforeEach(async () => {
  empty = await keep(createTestDatabase('template1'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const database of databases.splice(0)) await database.drop();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const envOf = ({ target }: TestDatabase): NodeJS.ProcessEnv => ({
  DATABASE_URL: target,
  PIAOQUAN_HOME: home,
  PIAOQUAN_MASTER_KEY: masterKey,
  LOG_LEVEL: 'silent',
  PORT: '0',
});

/** Starts `npm start` or `serve` on a database. */
async function begin(kind: Kind, database: TestDatabase): Promise<RunningServer> {
  const server = await startServer(readConfig(kind === 'sandbox', envOf(database)));
  servers.push(server);
  return server;
}

/** Everything that a database holds, table by table, without what sequences of reads leave. */
async function contents(sql: Sql): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
    order by 1`;
  const rows = await Promise.all(
    tables.map(async ({ name }) => [name, await sql.unsafe(`select * from ${name} t order by t::text`)]),
  );
  return JSON.stringify(rows);
}

const APP = (app_key: string): string =>
  `insert into platform_app (app_key, name, created_at) values ('${app_key}', 'x', now())`;
const OPERATOR = `insert into platform_operator (login, display_name, role, created_at) values ('wang', '王', 'owner', now())`;

test('npm start refuses a production database, of an older release too, and changes nothing in it', async () => {
  const production = await keep(createProductionDatabase());
  await production.sql.unsafe(APP('23456789'));
  await production.sql`delete from schema_migrations where name > '0003'`;
  const before = await contents(production.sql);
  await expect(begin('sandbox', production)).rejects.toThrow(/marked production.*nothing was changed/);
  expect(await contents(production.sql)).toBe(before);
});

test('what the database refuses by its rights or its state is told in one line, by both starts and the command line', async () => {
  const production = await keep(createProductionDatabase());
  const role = `stranger_${randomBytes(4).toString('hex')}`;
  await production.sql.unsafe(`create role ${role} login`);
  const url = new URL(production.target);
  url.username = role;
  const stranger = { ...production, target: url.href };
  const readOnly = new URL((await keep(createTestDatabase())).target);
  readOnly.searchParams.set('default_transaction_read_only', 'on');
  try {
    for (const kind of ['sandbox', 'production'] as const)
      await expect(begin(kind, stranger)).rejects.toThrow(
        /^the database refuses: permission denied for \w+ schema_\w+$/,
      );
    const denied = /^piaoquan: the database refuses: permission denied for .+\n$/;
    for (const args of [['migrate'], ['audit'], ['reset', '--yes'], ['app', 'create', '--name', 'x']])
      expect(await piaoquanHere(args, envOf(stranger))).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(denied),
      });
    await expect(begin('sandbox', { ...production, target: readOnly.href })).rejects.toThrow(
      /^the database refuses: .*read-only transaction$/,
    );
  } finally {
    await production.sql.unsafe(`drop role ${role}`);
  }
});

test('serve refuses a sandbox by its mark, whatever is in it', async () => {
  const sandbox = await keep(createTestDatabase());
  await expect(begin('production', sandbox)).rejects.toThrow(/marked a sandbox/);
  await sandbox.sql.unsafe(APP('23456789'));
  await sandbox.sql.unsafe(OPERATOR);
  await expect(begin('production', sandbox)).rejects.toThrow(/marked a sandbox/);
});

test.each(['sandbox', 'production'] as const)('a new database is marked %s by its first start', async (kind) => {
  await begin(kind, empty);
  expect(await readMark(empty.sql)).toBe(kind);
  await begin(kind, empty);
  await expect(begin(kind === 'sandbox' ? 'production' : 'sandbox', empty)).rejects.toThrow(/marked/);
});

test('migrate and app create mark a new database production', async () => {
  const other = await keep(createTestDatabase('template1'));
  expect((await piaoquanHere(['migrate'], envOf(empty))).code).toBe(0);
  const made = await piaoquanHere(['app', 'create', '--name', 'x', '--package', 'platform.base'], envOf(other));
  expect(made.code).toBe(0);
  expect(await Promise.all([readMark(empty.sql), readMark(other.sql)])).toEqual(['production', 'production']);
  await expect(begin('sandbox', empty)).rejects.toThrow(/marked production/);
});

test('migrate brings a sandbox up to date and leaves its mark', async () => {
  const sandbox = await keep(createTestDatabase());
  expect((await piaoquanHere(['migrate'], envOf(sandbox))).stdout).toBe('The database is up to date.\n');
  expect(await readMark(sandbox.sql)).toBe('sandbox');
});

test('of a sandbox and a production server that start at once on an empty database one serves, the other writes nothing', async () => {
  for (let round = 0; round < 3; round++) {
    const database = await keep(createTestDatabase('template1'));
    const ended = await Promise.allSettled([begin('sandbox', database), begin('production', database)]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const mark = await readMark(database.sql);
    expect(ended[mark === 'sandbox' ? 0 : 1]?.status).toBe('fulfilled');
    const [demo] = await database.sql`select count(*)::int as apps from platform_app`;
    expect(demo).toEqual({ apps: mark === 'sandbox' ? 1 : 0 });
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/is marked/) },
    });
  }
});

test.each(['update schema_kind set kind = $$sandbox$$', 'delete from schema_kind', 'truncate schema_kind'])(
  'the mark cannot be changed: %s',
  async (statement) => {
    const production = await keep(createProductionDatabase());
    await expect(production.sql.unsafe(statement)).rejects.toThrow(/never changed/);
    await expect(production.sql`insert into schema_kind (kind) values ('sandbox')`).rejects.toThrow(/duplicate key/);
    expect(await readMark(production.sql)).toBe('production');
  },
);

const DEMO = APP('12345678');

test('reset drops a database by its mark alone', async () => {
  const demo = await keep(createProductionDatabase());
  await demo.sql.unsafe(DEMO);
  const refused = await piaoquanHere(['reset', '--yes'], envOf(demo));
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('holds no sandbox')]);
  const unmarked = await keep(createTestDatabase());
  await unmarked.sql`drop table schema_kind`;
  await unmarked.sql.unsafe(DEMO);
  expect((await piaoquanHere(['reset', '--yes'], envOf(unmarked))).stderr).toContain('not marked one');
  expect(await unmarked.sql`select from platform_app`).toHaveLength(1);
  const bare = await keep(createTestDatabase());
  await bare.sql`create table kept (n int)`;
  await bare.sql.end();
  expect((await piaoquanHere(['reset', '--yes'], envOf(bare))).code).toBe(0);
});

test('reset drops the schema that is marked a sandbox, and leaves production in another schema of the same database', async () => {
  const shared = await keep(createProductionDatabase());
  await shared.sql`create schema "Trial"`;
  const url = new URL(shared.target);
  url.searchParams.set('search_path', '"Trial"');
  const trial = { ...shared, target: url.href };
  await begin('sandbox', trial);
  await servers.pop()?.close();
  await shared.sql`create table "Trial".left_over ()`;
  await shared.sql.unsafe(APP('23456789'));
  const before = await contents(shared.sql);
  await shared.sql.end();
  expect(await piaoquanHere(['reset', '--yes'], envOf(trial))).toMatchObject({ code: 0 });
  const sql = connect(shared.target, { max: 1 });
  expect(await contents(sql)).toBe(before);
  expect(await sql`select to_regclass('"Trial".left_over') as left_over`).toEqual([{ left_over: null }]);
  await sql.end();
});

test('seed writes nothing to a server whose database is not marked a sandbox, even one with the same activity', async () => {
  const database = await keep(createProductionDatabase());
  const { url } = await begin('production', database);
  await database.sql.unsafe(DEMO);
  const { code, stderr } = await piaoquanHere(['seed', '--url', `${url}/router/rest`], envOf(database));
  expect([code, stderr]).toEqual([1, expect.stringMatching(/not marked a sandbox.*\n$/)]);
  const nobody = await piaoquanHere(['seed', '--url', 'http://127.0.0.1:9/router/rest'], envOf(database));
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('no server answers')]);
});

test('a production database restored into a sandbox folder neither starts as one nor is reset', async () => {
  const folder = join(home, 'restored');
  const embedded = await startEmbedded({ home: folder });
  const sql = connect(embedded.target, { max: 1 });
  // A dump holds the mark as it holds any table: an ordinary one of the schema.
  await migrate(sql, SCHEMA, { kind: 'production' });
  await sql.end();
  await embedded.stop();
  const env = { PIAOQUAN_HOME: folder, LOG_LEVEL: 'silent', PORT: '0' };
  await expect(startServer(readConfig(true, env))).rejects.toThrow(/marked production/);
  const { code, stderr } = await piaoquanHere(['reset'], env);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/marked production: nothing was touched/)]);
});

test('nothing is proved of a database that holds no counters', async () => {
  expect(await piaoquanHere(['audit'], envOf(empty))).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('never migrated'),
  });
});

test('/health tells the command line what the database is', async () => {
  const { url } = await begin('production', empty);
  expect((await fetch(`${url}/health`)).headers.get('piaoquan-database')).toBe('production');
});
