import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAt, errorOf } from '../../../../test/harness/call.ts';
import { demo, startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { until } from '../../../../test/harness/until.ts';
import type { BusinessParameters, Credentials } from '../../../sdk/request.ts';

type Answer = Record<string, unknown> & { code?: number; sub_code?: string; msg?: string };
type App = { app_key: string; secret: string };

let server: TestServer;
let other: string;
beforeAll(async () => {
  server = await startTestServer();
  other = (await server.another()).url;
});
afterAll(() => server?.close());

/** Calls an administration method `piaoquan.platform.*` and gives what stands inside its answer, in simplified JSON. */
async function admin<T = Answer>(name: string, business: object, credentials: Partial<Credentials> = {}): Promise<T> {
  const parameters: BusinessParameters = { ...business, simplify: 'true' };
  const answer = JSON.parse(await server.call(`piaoquan.platform.${name}`, parameters, credentials));
  return answer.error_response ?? answer;
}

let made = 0;
const createApp = async (more: object = {}): Promise<App> => {
  const app = { name: '测试应用', packages: ['platform.base'], ...more };
  const { app_key, secret } = await admin<App>('app.create', { unique_id: `test-${++made}`, app });
  return { app_key, secret };
};
/** The code of an app's very next call, at each of two servers; 0 is an answer. */
const codes = (app: App, method = 'taobao.time.get'): Promise<number[]> =>
  Promise.all(
    [server.url, other].map(async (url) => errorOf(await callAt(url, method, {}, { ...app, session: '' }))?.code ?? 0),
  );

test('an app is made once by its unique_id, however often and at once it is asked for; its secret is shown once', async () => {
  const wish = { unique_id: 'once', app: { name: '一次', packages: ['platform.base'], ip_allow: ['127.0.0.1'] } };
  const answers = await Promise.all(Array.from({ length: 6 }, () => admin<App>('app.create', wish)));
  expect(new Set(answers.map(({ app_key }) => app_key)).size).toBe(1);
  const shown = answers.filter(({ secret }) => secret !== undefined);
  expect(shown).toHaveLength(1);
  expect(await codes(shown[0] as App)).toEqual([0, 0]);
  const app_key = shown[0]?.app_key as string;
  const { app } = await admin('app.get', { query: { app_key } });
  expect(app).toMatchObject({ app_key, status: 1, ip_allow: ['127.0.0.1/32'], calls_per_day: 1_000_000 });
  expect(JSON.stringify(app)).not.toContain(shown[0]?.secret);
  const changed = { ...wish, app: { ...wish.app, name: '其他' } };
  expect(await admin('app.create', changed)).toMatchObject({ code: 15, sub_code: 'isv.unique-id-conflict' });
});

test('a changed app acts on the very next call at every server; what is left out stays', async () => {
  const app = await createApp({ callback_urls: ['https://example.com/a'] });
  expect(await codes(app)).toEqual([0, 0]);
  const save = (change: object) => admin('app.save', { app: { app_key: app.app_key, ...change } });
  await save({ status: 2 });
  expect(await codes(app)).toEqual([29, 29]);
  await save({ status: 1, ip_allow: ['10.0.0.0/8', '2001:db8::/32'] });
  expect(await codes(app)).toEqual([11, 11]);
  const { app: saved } = await save({ ip_allow: [], calls_per_day: 5 });
  expect(saved).toMatchObject({
    ...{ name: '测试应用', status: 1, ip_allow: [], calls_per_day: 5 },
    callback_urls: ['https://example.com/a'],
  });
  await admin('app.packages.set', { grant: { app_key: app.app_key, packages: [] } });
  expect(await codes(app)).toEqual([11, 11]);
  const granted = await admin('app.packages.set', { grant: { app_key: app.app_key, packages: ['platform.base'] } });
  expect(granted.packages).toEqual(['platform.base']);
  expect(await codes(app)).toEqual([0, 0]);
});

test('addresses, callbacks and packages that are none are refused by name, and nothing changes', async () => {
  const { app_key } = await createApp();
  for (const wrong of ['10.0.0.1/8', 'here', '1.2.3.4/33'])
    expect(await admin('app.save', { app: { app_key, name: 'x', ip_allow: ['10.0.0.0/8', wrong] } })).toMatchObject({
      ...{ code: 41, msg: 'Invalid arguments:app.ip_allow' },
    });
  const callback_urls = ['https://example.com', 'https://example.com/#a'];
  expect(await admin('app.save', { app: { app_key, callback_urls } })).toMatchObject({
    msg: 'Invalid arguments:app.callback_urls[1]',
  });
  const grant = { app_key, packages: ['platform.base', 'no.such'] };
  expect(await admin('app.packages.set', { grant })).toMatchObject({ msg: 'Invalid arguments:grant.packages[1]' });
  const { app } = await admin('app.get', { query: { app_key } });
  expect(app).toMatchObject({ name: '测试应用', ip_allow: [], callback_urls: [], packages: ['platform.base'] });
});

test('no app shuts itself out: it can neither suspend itself nor drop its own right to administer', async () => {
  const own = { code: 15, sub_code: 'isv.own-app' };
  expect(await admin('app.save', { app: { app_key: demo.app_key, status: 2 } })).toMatchObject(own);
  const grant = { app_key: demo.app_key, packages: ['platform.base'] };
  expect(await admin('app.packages.set', { grant })).toMatchObject(own);
});

test('only an app that holds piaoquan.admin may administer', async () => {
  const app = await createApp();
  const answer = await admin('app.list', {}, { ...app, session: '' });
  expect(answer).toMatchObject({ code: 11, sub_code: 'isv.permission-api-package-limit' });
});

test('while a secret is rotated with overlap, no call signed by the old or the new one fails', async () => {
  const app = await createApp();
  const seen: number[] = [];
  let going = true;
  const caller = (async () => {
    while (going) seen.push(...(await codes(app)));
  })();
  const next = await admin<App>('app.secret.rotate', { rotation: { app_key: app.app_key } });
  for (let times = 0; times < 5; times++) expect(await codes({ ...app, secret: next.secret })).toEqual([0, 0]);
  going = false;
  await caller;
  expect(seen.length).toBeGreaterThan(4);
  expect(new Set(seen)).toEqual(new Set([0]));
});

test('a rotation without overlap ends every old secret at once, and an overlap ends by itself', async () => {
  const app = await createApp();
  const rotate = (overlap_seconds: number) =>
    admin<App>('app.secret.rotate', { rotation: { app_key: app.app_key, overlap_seconds } });
  const second = await rotate(1);
  await until(
    () => codes(app),
    ([here, there]) => here === 25 && there === 25,
  );
  expect(await codes({ ...app, secret: second.secret })).toEqual([0, 0]);
  const third = await rotate(600);
  const fourth = await rotate(0);
  expect(await codes({ ...app, secret: second.secret })).toEqual([25, 25]);
  expect(await codes({ ...app, secret: third.secret })).toEqual([25, 25]);
  expect(await codes({ ...app, secret: fourth.secret })).toEqual([0, 0]);
});

test('at most two secrets are live, however many rotations come at once, and the database holds to it', async () => {
  const app = await createApp();
  const rotation = { app_key: app.app_key, overlap_seconds: 600 };
  const answers = await Promise.all(Array.from({ length: 5 }, () => admin('app.secret.rotate', { rotation })));
  const refusals = answers.filter(({ sub_code }) => sub_code === 'isv.secret-overlap');
  expect(refusals).toHaveLength(4);
  const shown = await admin<{ app: { secrets: { expires_at?: string }[] } }>('app.get', {
    query: { app_key: app.app_key },
  });
  expect(shown.app.secrets.map(({ expires_at }) => expires_at !== undefined)).toEqual([false, true]);
  expect(await codes(app)).toEqual([0, 0]);
  const third = server.database.sql`insert into platform_app_secret values (${app.app_key}, 'x', now())`;
  await expect(third).rejects.toMatchObject({ code: '23514' });
});

test('a frequency limit holds from the next call on until it is lifted, and quota.list shows its use', async () => {
  const app = await createApp();
  const frequency = { app_key: app.app_key, method: 'taobao.time.get', max_calls: 3, window_seconds: 86_400 };
  expect(await admin('frequency.save', { frequency })).toMatchObject({ is_success: true });
  const listed = await admin('frequency.list', { query: { app_key: app.app_key } });
  expect(listed.frequencies).toEqual([frequency]);
  expect([...(await codes(app)), ...(await codes(app))].sort()).toEqual([0, 0, 0, 7]);
  const { quotas } = await admin('quota.list', { query: { app_key: app.app_key } });
  expect(quotas).toMatchObject([
    { app_key: app.app_key, max_calls: 1_000_000, used: 3, window_seconds: 86_400 },
    { ...frequency, used: 3 },
  ]);
  await admin('frequency.save', { frequency: { ...frequency, max_calls: 100 } });
  expect(await codes(app)).toEqual([0, 0]);
  await admin('frequency.save', { frequency: { ...frequency, max_calls: 0 } });
  expect(await codes(app)).toEqual([7, 7]);
  const key = { app_key: frequency.app_key, method: frequency.method };
  await admin('frequency.delete', { frequency: key });
  expect(await codes(app)).toEqual([0, 0]);
  expect(await admin('frequency.delete', { frequency: key })).toMatchObject({ sub_code: 'isv.frequency-not-found' });
  const unknown = { ...frequency, method: 'taobao.no.such' };
  expect(await admin('frequency.save', { frequency: unknown })).toMatchObject({ code: 41 });
});

test('a created session serves its app until it is revoked, by its id or by its key; its keys are never listed', async () => {
  const { app_key, secret } = await createApp({ packages: ['film.fcode'] });
  type Created = { session_id: string; session_key: string; refresh_token: string };
  const grant = { app_key, user_id: 777_001, nick: 'seven' };
  const unknown = { ...grant, nick: undefined };
  expect(await admin('session.create', { grant: unknown })).toMatchObject({ sub_code: 'isv.user-not-found' });
  const sessions = [
    await admin<Created>('session.create', { grant }),
    await admin<Created>('session.create', { grant }),
  ];
  const [first, second] = sessions as [Created, Created];
  const code = async ({ session_key: session }: Created) =>
    errorOf(await server.call('taobao.film.fcode.export.query', {}, { app_key, secret, session }))?.code;
  // Past the check of the session, the call lacks its parameters.
  expect([await code(first), await code(second)]).toEqual([40, 40]);
  const listed = await admin<{ sessions: object[] }>('session.list', { query: { app_key } });
  expect(listed.sessions).toHaveLength(2);
  for (const { session_key, refresh_token } of sessions)
    for (const key of [session_key, refresh_token]) expect(JSON.stringify(listed)).not.toContain(key);
  await admin('session.revoke', { session_id: first.session_id });
  expect([await code(first), await code(second)]).toEqual([27, 40]);
  await admin('session.revoke', { session_key: second.session_key });
  expect(await code(second)).toBe(27);
  expect(await admin('session.revoke', { session_id: 'f'.repeat(64) })).toMatchObject({
    sub_code: 'isv.session-not-found',
  });
  const clash = { ...grant, user_id: 777_002 };
  expect(await admin('session.create', { grant: clash })).toMatchObject({ sub_code: 'isv.nick-conflict' });
});

/** All rows of a list read by pages of a size, and how many pages it took. */
async function readAll<T>(name: string, field: string, business: object, page_size: number) {
  const rows: T[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page: Answer = await admin(name, { ...business, page_size, ...(cursor !== undefined && { cursor }) });
    rows.push(...(page[field] as T[]));
    cursor = page.next_cursor as string | undefined;
    pages += 1;
  } while (cursor !== undefined);
  return { rows, pages };
}

test('every list read by small pages gives each row once, in the order of one large page', async () => {
  const { app_key } = await createApp();
  for (const method of ['taobao.time.get', 'taobao.httpdns.get', 'taobao.top.auth.token.create'])
    await admin('frequency.save', { frequency: { app_key, method, max_calls: 5, window_seconds: 86_400 } });
  for (let sessions = 0; sessions < 5; sessions++)
    await admin('session.create', { grant: { app_key, user_id: 777_003, nick: 'three' } });
  // Equal instants must not lose or repeat a row at the edge of a page.
  await server.database
    .sql`update platform_session set created_at = '2026-01-02 03:04:05.123456Z' where app_key = ${app_key}`;
  for (const [name, field, business] of [
    ['app.list', 'apps', {}],
    ['frequency.list', 'frequencies', { query: { app_key } }],
    ['quota.list', 'quotas', { query: { app_key } }],
    ['session.list', 'sessions', { query: { app_key } }],
  ] as const) {
    const whole = await readAll(name, field, business, 200);
    expect([name, whole.rows.length > 2, whole.pages]).toEqual([name, true, 1]);
    expect(await readAll(name, field, business, 1)).toEqual({ rows: whole.rows, pages: whole.rows.length });
    expect(await admin(name, { ...business, cursor: "x'" })).toMatchObject({
      code: 41,
      msg: 'Invalid arguments:cursor',
    });
  }
});

type Call = { request_id: string; called_at: string; method: string; code: number };

test('the call log is found by request_id, app, method, code and time, and its pages lose and repeat nothing', async () => {
  const app = await createApp();
  const { app_key } = app;
  for (let calls = 0; calls < 4; calls++) await codes(app);
  const refused = errorOf(await server.call('piaoquan.platform.app.list', {}, { ...app, session: '' }));
  const find = (query: object) => readAll<Call>('call.list', 'calls', { query }, 200).then(({ rows }) => rows);
  const all = await until(
    () => find({ app_key }),
    (rows) => rows.length === 9,
  );
  expect(await find({ request_id: refused?.request_id })).toMatchObject([
    { app_key, method: 'piaoquan.platform.app.list', code: 11, sub_code: 'isv.permission-api-package-limit' },
  ]);
  expect(await find({ app_key, code: 11 })).toHaveLength(1);
  expect(await find({ app_key, method: 'taobao.time.get' })).toHaveLength(8);
  expect(await find({ app_key: demo.app_key, request_id: refused?.request_id })).toEqual([]);
  // Calls of one instant stay in one order.
  await server.database.sql`
    update platform_call_log set called_at = date_trunc('hour', now()) where app_key = ${app_key} and code = 0`;
  const whole = await find({ app_key });
  const { rows, pages } = await readAll<Call>('call.list', 'calls', { query: { app_key } }, 2);
  expect([rows, pages]).toEqual([whole, 5]);
  expect(new Set(rows.map(({ request_id }) => request_id))).toEqual(new Set(all.map(({ request_id }) => request_id)));
  const at = all[0]?.called_at;
  expect(await find({ app_key, end_time: '2026-01-02 03:04:05' })).toEqual([]);
  expect(await find({ app_key, start_time: at, code: 11 })).toHaveLength(1);
  expect(await find({ app_key, end_time: at, code: 11 })).toEqual([]);
  const sub_code = 'isv.permission-api-package-limit';
  for (const query of [{ sub_code }, { code: 11 }]) {
    const errors = await find(query);
    expect(errors[0]).toMatchObject({ request_id: refused?.request_id });
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set([11]));
  }
  expect(await find({ sub_code, code: 25 })).toEqual([]);
  expect(await find({ sub_code, app_key })).toHaveLength(1);
  expect(await find({ sub_code, app_key: demo.app_key })).toEqual([]);
  expect(await admin('call.list', { query: { code: 0 } })).toMatchObject({ sub_code: 'isv.call-filter-missing' });
});

test('calls of an app, calls of a request_id and errors are read from an index', async () => {
  const { sql } = server.database;
  const plan = async (where: string) => {
    const rows = await sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`;
      return tx.unsafe(
        `explain select * from platform_call_log where ${where} order by called_at desc, request_id desc limit 51`,
      );
    });
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  expect(await plan(`app_key = '1' and called_at >= now() - interval '1 day'`)).toContain('app_key_called_at_idx');
  expect(await plan(`request_id = 'a'`)).toContain('request_id_idx');
  const errors = await plan(`sub_code = 'isv.a' and code <> 0 and called_at >= now() - interval '1 day'`);
  expect(errors).toMatch(/platform_call_log_\d+_called_at_idx/);
});
