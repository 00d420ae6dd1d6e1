import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import { audit } from '../src/database/audit.ts';
import { migrate } from '../src/database/migrate.ts';
import { connect, type Sql } from '../src/database/pool.ts';
import { SCHEMA } from '../src/database/schema-files.ts';
import { type RunningServer, startServer } from '../src/main.ts';
import { callAt } from './harness/call.ts';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { testWhere } from './harness/not-run.ts';
import { noPooler, type Pooler, startPooler } from './harness/pooler.ts';
import type { TestServer } from './harness/server.ts';
import { voucherCalls } from './harness/vouchers.ts';

const missing = noPooler();
const testHere = testWhere('a database behind pgbouncer', missing);

const home = mkdtempSync(`${tmpdir()}/piaoquan-pooled-`);
let pooler: Pooler;
let database: TestDatabase;
let sql: Sql;
let server: RunningServer;
beforeAll(async () => {
  if (missing !== undefined) return;
  // Fewer sessions than the pool has connections: they change hands all the time.
  [pooler, database] = await Promise.all([startPooler(4), createTestDatabase()]);
  sql = connect(pooler.by(database.target));
  const settings = { PORT: '0', DATABASE_URL: pooler.by(database.target), PIAOQUAN_HOME: home, LOG_LEVEL: 'error' };
  server = await startServer(readConfig(true, settings));
});
afterAll(async () => {
  await server?.close();
  await sql?.end();
  await database?.drop();
  await pooler?.stop();
  rmSync(home, { recursive: true });
});

const call = (...[method, business, credentials]: Parameters<TestServer['call']>) =>
  callAt(server.url, method, business, credentials);

testHere(
  'a sandbox starts behind a pooler, and hundreds of draws at once keep the stock exact, repeats included',
  async () => {
    const draw = async (n: number) => {
      const param = { spread_id: 'prizePool_open', platform: 8, mix_user_id: `user-${n}`, out_biz_id: `pooled-${n}` };
      return call('taobao.film.lottery.performance', { lottery_performance_top_param: param });
    };
    const keys = Array.from({ length: 480 }, (_, n) => n);
    const answers = await Promise.all([...keys, ...keys].map(draw));
    expect(answers.filter((text) => !text.includes('"return_code":"0"'))).toEqual([]);
    const [won] = await sql`
    select count(*) as n, count(distinct out_biz_id) as keys from lottery_grant where out_biz_id like 'pooled-%'`;
    expect(won).toEqual({ n: 480, keys: 480 });
    expect((await audit(sql)).differences).toEqual([]);
  },
);

testHere('administration, jobs and their COPY go through a pooler', async () => {
  const vouchers = voucherCalls({ call } as TestServer);
  const codes = await vouchers.madeBatch('pooled', 3000);
  expect(new Set(codes).size).toBe(3000);
});

testHere('limits of time and the time zone hold for every statement and transaction behind a pooler', async () => {
  const settings = (own: Pick<Sql, 'unsafe'>) =>
    own.unsafe(`select current_setting('statement_timeout') as statement, current_setting('TimeZone') as zone,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('jit') as jit`);
  const all = [{ statement: '10s', zone: 'UTC', idle: '30s', jit: 'off' }];
  expect(await settings(sql)).toEqual(all);
  expect(await sql.begin('read only', (tx) => settings(tx))).toEqual(all);
  const hasty = connect(`${pooler.by(database.target)}&statement_timeout=50&idle_in_transaction_session_timeout=50`);
  await expect(hasty`select pg_sleep(5)`).rejects.toMatchObject({ code: '57014' });
  await expect(hasty.begin((tx) => tx`select pg_sleep(5)`)).rejects.toMatchObject({ code: '57014' });
  const idle = hasty.begin(async (tx) => {
    await tx`select 1`;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await tx`select 1`;
  });
  await expect(idle).rejects.toBeInstanceOf(Error);
  await hasty.end();
});

testHere('a pooler that takes the settings of a session and drops them is found out too', async () => {
  const careless = await startPooler(2, { ignore_startup_parameters: 'options' });
  const own = connect(careless.by(database.target));
  const limits = () => own<{ limit: string }[]>`select current_setting('statement_timeout') as limit, pg_sleep(0.001)`;
  const rows = await Promise.all(Array.from({ length: 100 }, limits));
  expect(new Set(rows.map(([row]) => row?.limit))).toEqual(new Set(['10s']));
  await own.end();
  await careless.stop();
});

testHere('of statements that fail among others behind a pooler each says why, and nothing of it is kept', async () => {
  await sql`create table pooled (n integer primary key)`;
  const add = (n: number) =>
    sql`insert into pooled values (${n})`.then(
      () => 'added',
      ({ code }) => code,
    );
  const results = await Promise.all(Array.from({ length: 60 }, (_, n) => add(n % 20)));
  expect(results.filter((each) => each === 'added')).toHaveLength(20);
  expect(results.filter((each) => each === '23505')).toHaveLength(40);
  await expect(
    sql.begin(async (tx) => {
      await tx`insert into pooled values (100)`;
      await tx`insert into pooled values (1)`;
    }),
  ).rejects.toMatchObject({ code: '23505' });
  expect(await sql`select count(*) as n from pooled`).toEqual([{ n: 20 }]);
});

testHere('an empty database is migrated through a pooler, by several at once', async () => {
  await database.sql`create database pooled_empty template template0`;
  const target = new URL(pooler.by(database.target));
  target.pathname = '/pooled_empty';
  const pools = [1, 2].map(() => connect(target.href, { max: 2 }));
  const applied = await Promise.all(pools.map((each) => migrate(each, SCHEMA, { kind: 'production' })));
  expect(applied.map((names) => names.length > 0).sort()).toEqual([false, true]);
  await Promise.all(pools.map((each) => each.end()));
  await database.sql`drop database pooled_empty with (force)`;
});
