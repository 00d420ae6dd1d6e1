import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
import { exchange, signedCall } from './harness/exchange.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await sql()`truncate platform_call_log`;
});

const sql = () => server.database.sql;
type Row = { method: string | null; app_key: string | null; code: number };
/** All records, once there are so many. */
const records = (count: number): Promise<Row[]> =>
  until(
    () => sql()<Row[]>`select * from platform_call_log order by called_at, request_id`,
    (rows) => rows.length >= count,
  );

test('a method or app that is not ours is kept only when it has the form of one', async () => {
  const call = (query: Record<string, string>) => fetch(`${server.url}/router/rest?${new URLSearchParams(query)}`);
  await call({ method: 'taobao.no.such', app_key: '99999999', v: '2.0' });
  await call({ method: '13800138000', app_key: 'someone@example.com' });
  await call({ method: "x'); drop table platform_call_log; --", app_key: '1'.repeat(21) });
  await call({ method: `a${'b'.repeat(200)}`, app_key: '1\n2' });
  await call({});
  const rows = await records(5);
  expect(rows.map(({ method, app_key }) => [method, app_key])).toEqual([
    ['taobao.no.such', '99999999'],
    ...Array.from({ length: 4 }, () => [null, null]),
  ]);
});

test('refusals of strangers are counted in the figures by their error, and few of them leave a row', async () => {
  const started = performance.now();
  const counts = async () => {
    const rows = await sql()<{ code: number; calls: number }[]>`
      select code, sum(calls)::int as calls from platform_call_figure where code <> 0 group by code`;
    return new Map(rows.map(({ code, calls }) => [code, calls]));
  };
  const before = await counts();
  const call = (query: Record<string, string>) => fetch(`${server.url}/router/rest?${new URLSearchParams(query)}`);
  const signed = (set: Record<string, string>) => Object.fromEntries(signedCall('taobao.time.get', [], { set }));
  for (let times = 0; times < 50; times++) {
    await call({});
    await call({ ...signed({}), sign: 'A'.repeat(64) });
    await call(signed({ app_key: '99999999' }));
    await call({ ...signed({}), method: 'taobao.no.such' });
    const path = `/router/batch?${new URLSearchParams({ ...signed({}), sign: 'B' })}`;
    await fetch(server.url + path, { method: 'POST', body: 'N' });
  }
  await server.call('taobao.time.get');
  await until(counts, (now) => [21, 22, 29].every((code) => (now.get(code) ?? 0) - (before.get(code) ?? 0) === 50));
  expect(((await counts()).get(25) ?? 0) - (before.get(25) ?? 0)).toBe(100);
  await sleep(500);
  // Twenty at most at once, one more each second, and the call of the app itself.
  const most = 20 + Math.ceil((performance.now() - started) / 1000) + 1;
  const rows = await records(1);
  expect(rows.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(rows.length).toBeLessThanOrEqual(most);
});

test('a refused batch and calls of an app that is known leave their records, with a method that has the form of one', async () => {
  const methods = ['taobao.no.such', '13800138000', "x'); drop table platform_call_log; --", `a${'b'.repeat(200)}`, ''];
  const body = methods.map((method) => `method=${encodeURIComponent(method)}`).join('\r\n-S-\r\n');
  const post = (text: string) =>
    exchange(server.url, {
      path: `/router/batch?${encodeForm(signedCall('', [], { set: { method: undefined }, body: text }))}`,
      headers: { 'content-type': 'text/plain' },
      body: text,
    });
  await post(body);
  await post('#PUBLIC#a=1');
  const rows = await records(6);
  expect(rows.map(({ method }) => method).sort()).toEqual([...Array(5).fill(null), 'taobao.no.such']);
  expect(new Set(rows.map(({ app_key }) => app_key))).toEqual(new Set([demo.app_key]));
});
