import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { callAt, errorOf } from './harness/call.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const vault = fixMasterKey();

let server: TestServer;
let urls: [string, string];
let app: { app_key: string; secret: string };
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
});
afterAll(() => server?.close());
beforeEach(async () => {
  app = await makeApp(server.database.sql, vault);
  // From here on both servers have the app in memory.
  expect(await codes()).toEqual([0, 0]);
});

const sql = () => server.database.sql;
const errors = (secret = app.secret) =>
  Promise.all(
    urls.map(async (url) =>
      errorOf(await callAt(url, 'taobao.time.get', {}, { app_key: app.app_key, secret, session: '' })),
    ),
  );
/** The code of the very next call at each server; 0 is an answer. */
const codes = async (secret?: string): Promise<number[]> => (await errors(secret)).map((error) => error?.code ?? 0);

test('a suspended app is refused by the next call at every server, and back with the next after that', async () => {
  await sql()`update platform_app set status = 2 where app_key = ${app.app_key}`;
  for (const error of await errors()) expect(error).toMatchObject({ code: 29, sub_code: 'isv.appkey-suspended' });
  await sql()`update platform_app set status = 1 where app_key = ${app.app_key}`;
  expect(await codes()).toEqual([0, 0]);
});

test('a lost package is refused by the next call, naming the package; the last one lost is told apart', async () => {
  await sql()`delete from platform_app_package where app_key = ${app.app_key} and package = 'platform.base'`;
  for (const error of await errors())
    expect(error).toMatchObject({
      code: 11,
      sub_code: 'isv.permission-api-package-limit',
      sub_msg: 'scope ids is platform.base',
    });
  await sql()`delete from platform_app_package where app_key = ${app.app_key}`;
  for (const error of await errors())
    expect(error).toMatchObject({ code: 11, sub_code: 'isv.permission-api-package-empty' });
  await sql()`insert into platform_app_package values (${app.app_key}, 'platform.base')`;
  expect(await codes()).toEqual([0, 0]);
});

test('an allow-list lets only its addresses call, from the next call on', async () => {
  const allow = (list: string[]) =>
    sql()`update platform_app set ip_allow = ${list}::cidr[] where app_key = ${app.app_key}`;
  await allow(['10.1.0.0/16', '192.0.2.7/32']);
  for (const error of await errors())
    expect(error).toMatchObject({
      code: 11,
      sub_code: 'isv.permission-ip-whitelist-limit',
      sub_msg: `The appkey ${app.app_key} is only allowed to call from 10.1.0.0/16,192.0.2.7/32, but your ip is 127.0.0.1`,
    });
  await allow(['10.1.0.0/16', '127.0.0.1/32']);
  expect(await codes()).toEqual([0, 0]);
  await allow(['2001:db8::/32']);
  expect(await codes()).toEqual([11, 11]);
  await allow([]);
  expect(await codes()).toEqual([0, 0]);
});

test('two secrets overlap while both are live; an expired or removed one is refused by the next call', async () => {
  const later = new Date(Date.now() + 1000);
  const sealed = vault.seal('platform_app_secret.secret', [app.app_key, later], 'second secret');
  await sql()`
    insert into platform_app_secret (app_key, secret, created_at) values (${app.app_key}, ${sealed}, ${later})`;
  expect(await codes(app.secret)).toEqual([0, 0]);
  expect(await codes('second secret')).toEqual([0, 0]);
  await sql()`
    update platform_app_secret set expires_at = now() where app_key = ${app.app_key} and created_at < now()`;
  expect(await codes(app.secret)).toEqual([25, 25]);
  expect(await codes('second secret')).toEqual([0, 0]);
  await sql()`delete from platform_app_secret where app_key = ${app.app_key}`;
  expect(await codes('second secret')).toEqual([25, 25]);
});

test('a secret ends at its hour without any change being made', async () => {
  await sql()`
    update platform_app_secret set expires_at = clock_timestamp() + interval '400 milliseconds'
    where app_key = ${app.app_key}`;
  expect(await codes()).toEqual([0, 0]);
  const [row] = await sql()<{ expires_at: Date }[]>`
    select expires_at from platform_app_secret where app_key = ${app.app_key}`;
  await new Promise((done) => setTimeout(done, (row?.expires_at.getTime() ?? 0) - Date.now() + 5));
  expect(await codes()).toEqual([25, 25]);
});

test('limits act from the next call on, when they are set, changed and lifted', async () => {
  const setDay = (calls: number) =>
    sql()`update platform_app set calls_per_day = ${calls} where app_key = ${app.app_key}`;
  await setDay(0);
  expect(await codes()).toEqual([7, 7]);
  await setDay(1000);
  expect(await codes()).toEqual([0, 0]);
  await sql()`insert into platform_frequency values (${app.app_key}, 'taobao.time.get', 0, 60)`;
  expect(await codes()).toEqual([7, 7]);
  await sql()`delete from platform_frequency where app_key = ${app.app_key}`;
  expect(await codes()).toEqual([0, 0]);
});

test('a removed app is unknown to the next call, and a new one known', async () => {
  await sql()`delete from platform_app where app_key = ${app.app_key}`;
  for (const error of await errors()) expect(error).toMatchObject({ code: 29, sub_code: 'isv.appkey-not-exists' });
  app = await makeApp(sql(), vault);
  expect(await codes()).toEqual([0, 0]);
});

test('after a change no call passes on the old record, among hundreds under way', async () => {
  let changed = false;
  const late: number[] = [];
  const one = async (url: string): Promise<void> => {
    const after = changed;
    const answer = await callAt(url, 'taobao.time.get', {}, { ...app, session: '' });
    if (after) late.push(errorOf(answer)?.code ?? 0);
  };
  const caller = async (url: string): Promise<void> => {
    for (let calls = 0; calls < 12; calls++) await one(url);
  };
  const callers = Array.from({ length: 40 }, (_, place) => caller(urls[place % 2] ?? ''));
  await sql()`update platform_app set status = 2 where app_key = ${app.app_key}`;
  changed = true;
  await Promise.all(callers);
  expect(late.length).toBeGreaterThan(100);
  expect(new Set(late)).toEqual(new Set([29]));
});

test('a rotation waits for secrets that are being sealed anew without holding what that needs', async () => {
  const waiting = () => sql()`
    select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`;
  const rotated = await sql().begin(async (tx) => {
    await tx`select from platform_app_secret where app_key = ${app.app_key} for no key update`;
    const rotation = server.json('piaoquan.platform.app.secret.rotate', { rotation: { app_key: app.app_key } });
    await until(waiting, (rows) => rows.length > 0);
    await tx`set local lock_timeout = 500`;
    await tx`update platform_app_secret set secret = secret where app_key = ${app.app_key}`;
    return { rotation };
  });
  expect(errorOf(JSON.stringify(await rotated.rotation))).toBeUndefined();
});
