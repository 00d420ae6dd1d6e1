import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from '../../test/harness/apps.ts';
import { demo, startTestServer, type TestServer } from '../../test/harness/server.ts';
import { createClient, TopError } from './index.ts';
import { pause, waitBefore } from './retry.ts';

const vault = fixMasterKey();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

/** A client of an app of its own, whose calls are limited. */
async function limited(max_calls: number, window_seconds: number) {
  const { sql } = server.database;
  const app = await makeApp(sql, vault);
  await sql`insert into platform_frequency values (${app.app_key}, 'taobao.time.get', ${max_calls}, ${window_seconds})`;
  return createClient({ url: server.url, ...app });
}

test('calls over a limit that ends soon wait as long as the platform says, and then get through', async () => {
  const client = await limited(2, 1);
  const answers = await Promise.all(Array.from({ length: 3 }, () => client.call('taobao.time.get')));
  const seconds = answers.map(({ time }) => time.getTime());
  for (const second of seconds) expect(seconds.filter((each) => each === second).length).toBeLessThanOrEqual(2);
});

test('a batch waits for its calls over the limit and leaves the others alone', async () => {
  const client = await limited(1, 1);
  const outcomes = await client.batch([{ method: 'taobao.time.get' }, { method: 'taobao.time.get' }]);
  expect(outcomes.map((each) => each instanceof TopError)).toEqual([false, false]);
});

test('a limit that lasts is an error at once, which says for how long', async () => {
  const client = await limited(1, 24 * 3600);
  await client.call('taobao.time.get');
  const refused = await client.call('taobao.time.get').catch((error: TopError) => error);
  expect(refused).toMatchObject({
    code: 7,
    retryable: true,
    sub_code: 'accesscontrol.limited-by-app-api-access-count',
  });
  const { wait_ms = 0, sub_msg } = refused as TopError;
  expect(sub_msg).toContain(` ${wait_ms / 1000} more seconds`);
});

test('a fault of the platform is repeated until it is over', async () => {
  const { sql } = server.database;
  const client = createClient({ url: server.url, ...demo, retries: 8 });
  await sql`alter function platform_take_quota rename to platform_take_nothing`;
  const refused = await client.call('taobao.time.get', {}, { retries: 0 }).catch((error: TopError) => error);
  expect(refused).toMatchObject({ code: 15, sub_code: 'isp.service-error', retryable: true });
  setTimeout(() => sql`alter function platform_take_nothing rename to platform_take_quota`.then(), 150);
  expect(await client.call('taobao.time.get')).toHaveProperty('time');
});

test('waits grow from repeat to repeat, are scattered, and end with the repeats', () => {
  const fault = new TopError('m', { code: 15, msg: 'Remote service error', sub_code: 'isp.service-error' });
  const waits = (random: number, repeatable = true) =>
    [0, 1, 2, 3].map((tries) => waitBefore(fault, { retries: 3, repeatable }, tries, random));
  expect(waits(0)).toEqual([50, 100, 200, undefined]);
  expect(waits(1)).toEqual([100, 200, 400, undefined]);
  expect(waitBefore(fault, { retries: 99, repeatable: true }, 50, 1)).toBe(5000);
  expect(waits(1, false)).toEqual([undefined, undefined, undefined, undefined]);
  expect(waitBefore(new TypeError(), { retries: 3, repeatable: true }, 0, 1)).toBeUndefined();
});

test('a limit is waited for up to five seconds, a write over it too, since it was not carried out', () => {
  const limit = (seconds: number) =>
    new TopError('m', { code: 7, msg: 'App Call Limited', sub_msg: `This ban will last for ${seconds} more seconds` });
  const wait = (seconds: number) => waitBefore(limit(seconds), { retries: 1, repeatable: false }, 0, 0);
  expect([1, 5, 6, 31_062].map(wait)).toEqual([1000, 5000, undefined, undefined]);
});

test('a wait ends with its signal', async () => {
  const stop = new AbortController();
  const waiting = pause(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
