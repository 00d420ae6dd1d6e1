import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAt, errorOf } from './harness/call.ts';
import { createProductionDatabase, createTestDatabase, type TestDatabase } from './harness/database.ts';
import { missingOthers } from './harness/embedded-home.ts';
import { testWhere } from './harness/not-run.ts';
import { type DatabaseProxy, openProxy } from './harness/proxy.ts';
import { type Ended, endAll, newHome, sandbox, start } from './harness/run.ts';

const root = process.getuid?.() === 0;
/** Root may write everywhere, so there it is done by another account. */
const otherAccount = root ? { uid: 65_534, gid: 65_534 } : {};
const home = newHome();
const newKey = (): string => randomBytes(32).toString('base64');
const masterKey = newKey();

let empty: TestDatabase;
let production: TestDatabase;
let other: TestDatabase;
let proxy: DatabaseProxy;
beforeAll(async () => {
  [empty, production, other] = await Promise.all([
    createTestDatabase(),
    createProductionDatabase(),
    createTestDatabase(),
  ]);
  // The database's own socket is closed to other accounts.
  proxy = await openProxy(other.target);
  await empty.sql`drop schema public cascade`;
  await empty.sql`create schema public`;
});
afterAll(async () => {
  await endAll();
  await proxy?.close();
  await Promise.all([empty?.drop(), production?.drop(), other?.drop()]);
  rmSync(home, { recursive: true, force: true });
});

const serve = (env: NodeJS.ProcessEnv) =>
  start('src/cli.ts', ['serve'], { PORT: '0', PIAOQUAN_HOME: home, PIAOQUAN_MASTER_KEY: masterKey, ...env });

/** One line on standard error, nothing else said, and an exit code that is not 0. */
function expectRefusal({ code, stdout, stderr }: Ended, why: RegExp): void {
  expect(stderr).toMatch(/^piaoquan: [^\n]+\n$/);
  expect(stderr).toMatch(why);
  expect([code, stdout]).toEqual([1, '']);
}

test.each([
  [
    'a database that refuses',
    { DATABASE_URL: 'postgres://user:pw@127.0.0.1:1/x' },
    /no database server answers at 127/,
  ],
  ['a host that is none', { DATABASE_URL: 'postgres://user:pw@no-such-host.invalid/x' }, /no-such-host\.invalid/],
  ['a password with a stray sign', { DATABASE_URL: 'postgres://u:100%secret@127.0.0.1/x' }, /DATABASE_URL is not/],
  ['a port that is none', { PORT: '70000' }, /PORT must be a whole number from 0 to 65535, not "70000"/],
])('%s is refused with one line, which keeps the password to itself', async (_name, env, why) => {
  const ended = await sandbox({ PIAOQUAN_HOME: home, ...env }).ended;
  expectRefusal(ended, why);
  expect(ended.stderr).not.toMatch(/pw@|100%secret/);
});

testWhere('a folder that may not be written', root ? missingOthers : undefined).each([
  'its own database',
  'one of its operator',
])('a folder that cannot be written is refused with one line, with %s', async (which) => {
  const closed = `${home}/${which.length}`;
  mkdirSync(closed, { mode: 0o555 });
  const own = which === 'its own database' ? {} : { DATABASE_URL: proxy.target };
  const { ended } = sandbox({ PIAOQUAN_HOME: `${closed}/data`, ...own }, otherAccount);
  expectRefusal(await ended, /folder \S+\/data cannot be written: permission denied/);
});

test('two servers that start at the same moment on one empty database both serve, with one set of demo data', async () => {
  const env = { DATABASE_URL: empty.target, PIAOQUAN_HOME: home, PIAOQUAN_MASTER_KEY: masterKey };
  const pair = [sandbox(env), sandbox(env)];
  for (const { url } of pair)
    expect(await callAt(await url(), 'taobao.promotion.benefit.selector', { query: { step: 1 } })).toContain(
      'benefit_list',
    );
  const [count] = await empty.sql`
    select (select count(*) from platform_app) as apps, (select count(*) from voucher_code) as codes,
      (select count(*) from ticketing_price) as prices`;
  const [expected] = await empty.sql`
    select 1 as apps, (select sum(total_count) from voucher_batch)::bigint as codes,
      (select count(distinct (project_id, event_id, price_id)) from ticketing_price) as prices`;
  expect(count).toEqual(expected);
  for (const { child } of pair) child.kill('SIGTERM');
  expect((await Promise.all(pair.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
});

test('processes that begin at the same moment on a new folder agree on its master key', async () => {
  const begin = Date.now() + 1500;
  const script = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { readMasterKeys } from './src/config.ts';
    // Who is late begins at once; to sleep for less than nothing would warn.
    await sleep(Math.max(0, ${begin} - 5 - Date.now()));
    for (let folder = 0; folder < 50; folder++) {
      while (Date.now() < ${begin} + 4 * folder);
      console.log(readMasterKeys({ sandbox: true, home: '${home}/new-' + folder })[0].toString('hex'));
    }`;
  const one = () => start('--input-type=module-typescript', ['--eval', script], {}).ended;
  const runs = await Promise.all([one(), one(), one()]);
  expect(runs.map(({ stderr }) => stderr)).toEqual(['', '', '']);
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
});

test('production wants a database and a master key', async () => {
  expectRefusal(await serve({ PIAOQUAN_MASTER_KEY: '' }).ended, /set DATABASE_URL/);
  const env = { DATABASE_URL: production.target };
  expectRefusal(await serve({ ...env, PIAOQUAN_MASTER_KEY: '' }).ended, /set PIAOQUAN_MASTER_KEY to 32 random bytes/);
  expectRefusal(await serve({ ...env, PIAOQUAN_MASTER_KEY: 'c2hvcnQ=' }).ended, /must be 32 bytes in base64 or hexa/);
});

test('production has no demo data, no demo app and no sign-in, and says where it serves and how its console gets an owner', async () => {
  const server = serve({ DATABASE_URL: production.target });
  const url = await server.url();
  expect(server.stdout()).toMatch(
    /^Piaoquan 票券 serves http:\/\/127\.0\.0\.1:\d+\/router\/rest \(ready in [\d.]+ s\)\nThe console has no owner yet\. [^\n]+: http:\/\/127\.0\.0\.1:\d+\/console\/setup#[\w-]{43}\n$/,
  );
  expect(errorOf(await callAt(url, 'taobao.time.get'))).toMatchObject({ code: 29, sub_code: 'isv.appkey-not-exists' });
  const [rows] = await production.sql`
    select (select count(*) from platform_app) + (select count(*) from platform_user)
      + (select count(*) from lottery_activity) + (select count(*) from voucher_batch)
      + (select count(*) from ticketing_project) + (select count(*) from sendplan)
      + (select count(*) from benefit_template) + (select count(*) from platform_operator) as demo`;
  expect(rows).toEqual({ demo: 0 });
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
});

test('another master key than the database was first started with is refused', async () => {
  expectRefusal(
    await serve({ DATABASE_URL: production.target, PIAOQUAN_MASTER_KEY: newKey() }).ended,
    /sealed with another master key/,
  );
});
