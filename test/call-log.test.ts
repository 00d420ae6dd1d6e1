import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Sql } from '../src/database/pool.ts';
import { type CallRecord, openCallLog } from '../src/gateway/call-log.ts';
import { openMetrics } from '../src/gateway/metrics.ts';
import { errorOf } from './harness/call.ts';
import { documentedRequests } from './harness/documented.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const FCODE = 'taobao.film.fcode.export.query';
const DETAIL = 'alibaba.damai.maizuo.openapi.project.detail';
const DAY_MS = 24 * 3600 * 1000;

type Row = { [Key in keyof CallRecord]: CallRecord[Key] | null };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await sql()`truncate platform_call_log`;
});

const sql = () => server.database.sql;
/** All records, once there are so many. */
const records = (count: number): Promise<Row[]> =>
  until(
    () => sql()<Row[]>`select * from platform_call_log order by called_at, request_id`,
    (rows) => rows.length >= count,
  );
/** A figure of /metrics without labels. */
async function figure(name: string): Promise<number> {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1]);
}
const record = (called_at: Date, request_id: string): CallRecord => ({
  called_at,
  request_id,
  app_key: '1',
  method: 'taobao.time.get',
  code: 0,
  sub_code: undefined,
  duration_us: 5,
  operator: undefined,
});

test('every call leaves one record: when, which app and method, how it ended, how long it took', async () => {
  const before = Date.now();
  const answer = JSON.parse(await server.call('taobao.time.get')) as { time_get_response: { request_id: string } };
  const refused = errorOf(await server.call(FCODE, {}, { session: '6100nobody' }));
  const missing = errorOf(await server.call(FCODE, {}));
  const after = Date.now();
  const rows = await records(3);
  expect(rows.map(({ called_at: _at, duration_us: _us, ...rest }) => rest)).toEqual([
    {
      request_id: answer.time_get_response.request_id,
      app_key: demo.app_key,
      method: 'taobao.time.get',
      code: 0,
      sub_code: null,
      operator: null,
    },
    {
      request_id: refused?.request_id,
      app_key: demo.app_key,
      method: FCODE,
      code: 27,
      sub_code: 'invalid-sessionkey',
      operator: null,
    },
    {
      request_id: missing?.request_id,
      app_key: demo.app_key,
      method: FCODE,
      code: 40,
      sub_code: 'isv.missing-parameter',
      operator: null,
    },
  ]);
  for (const { called_at, duration_us } of rows) {
    expect(called_at?.getTime()).toBeGreaterThanOrEqual(before);
    expect(called_at?.getTime()).toBeLessThanOrEqual(after);
    expect(duration_us).toBeGreaterThan(0);
    expect(duration_us).toBeLessThanOrEqual((after - before + 1) * 1000);
  }
  await sleep(500);
  expect(await records(3)).toHaveLength(3);
});

test('nothing that a caller sends stands in the log: no values, secrets, session keys or signatures', async () => {
  const phone = '13800138000';
  await server.call(DETAIL, documentedRequests[DETAIL]);
  await server.call(FCODE, { ...documentedRequests[FCODE], params: '{"last_sequence":424242}' });
  await server.call('alibaba.ai.content.business.send.plan.query', {
    param0: {
      isv_user_info_map: `{"phone":"${phone}"}`,
      circle_info: { circle_content: 'ass', circle_id: 1 },
      isv_id: 1,
    },
  });
  await server.call(FCODE, { ...documentedRequests[FCODE], operate_type: phone });
  await server.call('taobao.top.auth.token.create', { code: 'codecodecode' });
  await server.call('taobao.time.get', {}, { secret: 'wrong-secret' });
  const text = JSON.stringify(await records(5));
  const sent = [
    phone,
    '424242',
    'codecodecode',
    'wrong-secret',
    demo.secret,
    demo.session,
    'BrZIAxcXYJ72',
    'code_8ebc4',
  ];
  for (const value of [...sent, '32321311', 'xuexiqiangguo', '127.0.0.1']) expect(text).not.toContain(value);
  const columns = await sql()<{ name: string }[]>`
    select column_name as name from information_schema.columns where table_name = 'platform_call_log'`;
  expect(columns.map(({ name }) => name).toSorted()).toEqual(Object.keys(record(new Date(), '')).toSorted());
});

test('each call of a batch leaves its own record', async () => {
  const { sign } = await import('../src/wire/sign.ts');
  const { formatInstant } = await import('../src/wire/time.ts');
  const body = 'method=taobao.time.get\r\n-S-\r\nmethod=taobao.no.such';
  const query = new Map([
    ['app_key', demo.app_key],
    ['timestamp', formatInstant(new Date())],
    ['v', '2.0'],
    ['sign_method', 'md5'],
    ['format', 'json'],
  ]);
  query.set('sign', sign('md5', demo.secret, query, body));
  const headers = { 'content-type': 'text/plain;charset=UTF-8' };
  await fetch(`${server.url}/router/batch?${new URLSearchParams([...query])}`, { method: 'POST', headers, body });
  const rows = await records(2);
  expect(rows.map(({ method, code }) => [method, code]).sort()).toEqual([
    ['taobao.no.such', 22],
    ['taobao.time.get', 0],
  ]);
});

test('records go to the partition of their day in GMT+8; days past the time to keep are dropped, later ones stay', async () => {
  const midnight = Math.floor((Date.now() + 8 * 3600 * 1000) / DAY_MS) * DAY_MS - 8 * 3600 * 1000;
  const days = [-30, -9, -8, -7, -6, -1, 0].map((day) => new Date(midnight + day * DAY_MS + 1));
  const nameOf = (at: Date) => `platform_call_log_${new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 10)}`;
  const partitions = async () =>
    (
      await sql()<{ name: string }[]>`
        select inhrelid::regclass::text as name from pg_inherits
        where inhparent = 'platform_call_log'::regclass order by 1`
    ).map(({ name }) => name);
  for (const day of days) await sql()`select platform_call_log_partition(${day})`;
  const kept = days.slice(3).map((day) => nameOf(day).replaceAll('-', ''));
  const log = await openLog(7);
  log.add(record(new Date(midnight - 1), 'yesterday'));
  log.add(record(new Date(midnight), 'today'));
  await until(partitions, (names) => names.length === kept.length);
  expect(await partitions()).toEqual(kept);
  await log.close();
  const rows = await sql()<{ part: string; request_id: string }[]>`
    select tableoid::regclass::text as part, request_id from platform_call_log order by called_at`;
  expect(rows.map(({ part, request_id }) => [part, request_id])).toEqual([
    [kept.at(-2), 'yesterday'],
    [kept.at(-1), 'today'],
  ]);
});

test('while another transaction locks the log, calls are answered; their records come when it lets go', async () => {
  const lock = await hold(sql());
  for (let calls = 0; calls < 40; calls++) expect(await server.call('taobao.time.get')).toContain('time_get_response');
  expect(await figure('piaoquan_call_log_waiting')).toBe(40);
  expect(await figure('piaoquan_call_log_dropped')).toBe(0);
  await lock.release();
  expect(await records(40)).toHaveLength(40);
  await until(
    () => figure('piaoquan_call_log_waiting'),
    (waiting) => waiting === 0,
  );
});

test('a log whose connection is cut, or whose partition is gone, goes on by itself and loses nothing', async () => {
  await sql()`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'piaoquan call log' and datname = current_database()`;
  await server.call('taobao.time.get');
  await records(1);
  const [today] = await sql()<{ name: string }[]>`select tableoid::regclass::text as name from platform_call_log`;
  await sql()`drop table ${sql()(today?.name ?? '')}`;
  await server.call('taobao.time.get');
  await records(1);
});

test('a full log drops what comes and counts it in /metrics, without waiting and without an error', async () => {
  // Nothing answers there.
  const dead = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
  const told: unknown[] = [];
  const log = openCallLog(dead, { days: 7, clock: () => new Date(), onError: (error) => told.push(error) });
  for (let calls = 0; calls < 100_025; calls++) log.add(record(new Date(), String(calls)));
  expect(log.figures).toEqual({ waiting: 100_000, dropped: 25 });
  const { text } = await openMetrics([], () => log.figures).page();
  expect(text).toContain('\npiaoquan_call_log_dropped 25\n');
  expect(text).toContain('\npiaoquan_call_log_waiting 100000\n');
  await until(
    () => told.length,
    (times) => times > 0,
  );
  await sleep(1200);
  // A second failure within the minute is not told again.
  expect(told).toHaveLength(1);
  await log.close();
  await dead.end({ timeout: 0 });
});

test('a server whose log is locked still stops', async () => {
  const other = await server.another();
  const lock = await hold(sql());
  await fetch(`${other.url}/router/rest`);
  await other.close();
  await lock.release();
});

/** A log on connections of its own. */
async function openLog(days: number) {
  const own = connect(server.database.target, { max: 1 });
  const log = openCallLog(own, {
    days,
    clock: () => new Date(),
    onError: (error) => {
      throw error;
    },
  });
  return { ...log, close: () => log.close().then(() => own.end()) };
}

/** Keeps everyone from the log until released. */
async function hold(on: Sql): Promise<{ release(): Promise<void> }> {
  const gate = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const transaction = on.begin(async (tx) => {
    await tx`lock table platform_call_log in access exclusive mode`;
    held.resolve();
    await gate.promise;
  });
  await held.promise;
  return {
    async release() {
      gate.resolve();
      await transaction;
    },
  };
}
