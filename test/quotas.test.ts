import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Credentials } from '../src/sdk/request.ts';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { callAt, type ErrorReply, errorOf } from './harness/call.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const vault = fixMasterKey();
const TIME = 'taobao.time.get';
const TABLE = 'taobao.httpdns.get';
const DAY = 24 * 3600;

type Keys = { app_key: string; secret: string };
type Reply = { error: ErrorReply | undefined; from: number; to: number };

let server: TestServer;
let urls: [string, string];
let app: Keys;
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
});
afterAll(() => server?.close());
beforeEach(async () => {
  app = await makeApp(sql(), vault);
});

const sql = () => server.database.sql;
/** Seconds since the epoch. */
const clock = (): number => Date.now() / 1000;

async function call(method: string, keys: Keys = app, url = server.url, more: Partial<Credentials> = {}) {
  const from = clock();
  const error = errorOf(await callAt(url, method, {}, { ...keys, session: '', ...more }));
  return { error, from, to: clock() } satisfies Reply;
}

/** Calls from both servers at once, every second call from each. */
const storm = (calls: number, method: string, keys: (place: number) => Keys = () => app): Promise<Reply[]> =>
  Promise.all(Array.from({ length: calls }, (_, place) => call(method, keys(place), urls[place % 2])));

const passed = (replies: Reply[]): number => replies.filter(({ error }) => error === undefined).length;
const refusals = (replies: Reply[]): Reply[] => replies.filter(({ error }) => error !== undefined);

/** Limits an app, or all apps with `*`, to so many calls of a method in each window; windows of other tests end here. */
const limit = (app_key: string, method: string, max_calls: number, window_seconds = DAY) => sql()`
  insert into platform_frequency values (${app_key}, ${method}, ${max_calls}, ${window_seconds})
  on conflict (app_key, method) do update set max_calls = ${max_calls}, window_seconds = ${window_seconds}`;
const setDay = (calls: number) =>
  sql()`update platform_app set calls_per_day = ${calls} where app_key = ${app.app_key}`;
const used = async (counter: string): Promise<number | undefined> =>
  (await sql()<{ used: number }[]>`select used from platform_quota_use where counter = ${counter}`)[0]?.used;

/** Waits, if need be, until no window of so many seconds, counted from an offset, ends within the next moments. */
async function awayFromEnd(window: number, offset = 0, margin = 8): Promise<void> {
  const left = window - ((clock() + offset) % window);
  if (left < margin) await sleep(left * 1000 + 50);
}

/** Asserts one refusal: code 7 with its sub_code, and the seconds from the call to the end of the window. */
function expectBan({ error, from, to }: Reply, sub_code: string, window: number, offset = 0): void {
  expect(error).toMatchObject({ code: 7, msg: 'App Call Limited', sub_code });
  const seconds = Number(/^This ban will last for (\d+) more seconds$/.exec(error?.sub_msg ?? '')?.[1]);
  const end = (at: number): number => Math.ceil(window - ((at + offset) % window));
  expect(seconds).toBeGreaterThanOrEqual(end(to));
  expect(seconds).toBeLessThanOrEqual(end(from));
}

test('of 400 calls at two servers at once, an app’s day lets exactly its number through until 00:00 GMT+8', async () => {
  await awayFromEnd(DAY, 8 * 3600);
  await setDay(150);
  const replies = await storm(400, TIME);
  expect(passed(replies)).toBe(150);
  for (const reply of refusals(replies)) expectBan(reply, 'accesscontrol.limited-by-app-access-count', DAY, 8 * 3600);
  expect(await used(`day ${app.app_key}`)).toBe(150);
});

test('the day of an app counts all its methods together, and no other app’s calls', async () => {
  await awayFromEnd(DAY, 8 * 3600);
  await setDay(20);
  const stranger = await makeApp(sql(), vault);
  const [time, table, other] = await Promise.all([storm(15, TIME), storm(15, TABLE), storm(15, TIME, () => stranger)]);
  expect([passed([...time, ...table]), passed(other)]).toEqual([20, 15]);
});

test('a method’s frequency for one app lets exactly its number through and stops no other method or app', async () => {
  await awayFromEnd(DAY);
  await limit(app.app_key, TIME, 70);
  const stranger = await makeApp(sql(), vault);
  const [own, table, other] = await Promise.all([storm(200, TIME), storm(20, TABLE), storm(20, TIME, () => stranger)]);
  expect([passed(own), passed(table), passed(other)]).toEqual([70, 20, 20]);
  for (const reply of refusals(own)) expectBan(reply, 'accesscontrol.limited-by-app-api-access-count', DAY);
});

test('a method’s frequency for all apps together lets exactly its number through, whoever calls', async () => {
  await awayFromEnd(DAY);
  await limit('*', TABLE, 90);
  const apps = [app, await makeApp(sql(), vault), await makeApp(sql(), vault)];
  const before = (await used(`${TABLE} *`)) ?? 0;
  const replies = await storm(240, TABLE, (place) => apps[place % 3] ?? app);
  await sql()`delete from platform_frequency where app_key = '*'`;
  expect([before, passed(replies)]).toEqual([0, 90]);
  for (const reply of refusals(replies)) expectBan(reply, 'accesscontrol.limited-by-api-access-count', DAY);
});

test('a call over one limit is taken from none of the others', async () => {
  await awayFromEnd(DAY, 8 * 3600);
  await awayFromEnd(DAY);
  await limit(app.app_key, TIME, 5);
  await setDay(30);
  await storm(40, TIME);
  expect([await used(`day ${app.app_key}`), await used(`${TIME} ${app.app_key}`)]).toEqual([5, 5]);
  expect(passed(await storm(60, TABLE))).toBe(25);
});

test('refused calls do not count: a raised limit lets exactly the difference through', async () => {
  await awayFromEnd(DAY);
  await limit(app.app_key, TIME, 10);
  expect(passed(await storm(60, TIME))).toBe(10);
  await limit(app.app_key, TIME, 17);
  expect(passed(await storm(60, TIME))).toBe(7);
});

test('a call refused before its quota, by signature, session or permission, is not counted', async () => {
  const codes = [
    await call(TIME, { ...app, secret: 'wrong' }),
    await call('taobao.film.fcode.export.query'),
    await call('taobao.film.fcode.export.query', app, server.url, { session: '6100nobody' }),
    await call('alibaba.damai.maizuo.openapi.project.detail'),
    await call('taobao.no.such.method'),
  ].map(({ error }) => error?.code);
  expect(codes).toEqual([25, 26, 27, 11, 22]);
  expect(await used(`day ${app.app_key}`)).toBeUndefined();
});

test('the end of a window lets calls through again, at both servers', async () => {
  await awayFromEnd(3, 0, 2);
  await limit(app.app_key, TIME, 2, 3);
  const replies = await storm(10, TIME);
  expect(passed(replies)).toBe(2);
  const [refused] = refusals(replies);
  expectBan(refused as Reply, 'accesscontrol.limited-by-app-api-access-count', 3);
  const seconds = Number(/\d+/.exec(refused?.error?.sub_msg ?? '')?.[0]);
  await sleep(((refused?.to ?? 0) + seconds - clock()) * 1000 + 20);
  expect(passed([await call(TIME, app, urls[0]), await call(TIME, app, urls[1])])).toBe(2);
});

test('a new day begins a new count', async () => {
  await awayFromEnd(DAY, 8 * 3600);
  await setDay(3);
  expect(passed(await storm(6, TIME))).toBe(3);
  await sql()`update platform_quota_use set window_start = window_start - ${DAY} where counter = ${`day ${app.app_key}`}`;
  expect(passed(await storm(6, TIME))).toBe(3);
});

test('a limit of zero lets nothing through', async () => {
  await limit(app.app_key, TIME, 0);
  expect((await call(TIME)).error?.code).toBe(7);
});
