import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { carried, openBrowser, type TokenReply } from './harness/browser.ts';
import { callAt, errorOf } from './harness/call.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const vault = fixMasterKey();
const redirect_uri = 'http://127.0.0.1:8123/callback';
const client = { client_id: demo.app_key, client_secret: demo.secret };
const page = { mix_id: 'code_open', partner_code: 'xuexiqiangguo', operate_type: 'ALL' };

let server: TestServer;
let browser: ReturnType<typeof openBrowser>;
let other: { app_key: string; secret: string };
beforeAll(async () => {
  server = await startTestServer();
  browser = openBrowser(server.url);
  other = await makeApp(server.database.sql, vault, { callback_urls: [redirect_uri] });
});
afterAll(() => server?.close());

const sql = () => server.database.sql;
const newCode = async (client_id: string = demo.app_key): Promise<string> =>
  carried(await browser.decide({ client_id, response_type: 'code', redirect_uri })).code ?? '';
const redeem = (code: string, change: Record<string, string> = {}) =>
  browser.token({ ...client, grant_type: 'authorization_code', code, redirect_uri, ...change });
const refresh = (refresh_token: string, change: Record<string, string> = {}) =>
  browser.token({ ...client, grant_type: 'refresh_token', refresh_token, ...change });
const newSession = async (): Promise<TokenReply> => (await redeem(await newCode())).body;
const hashOf = (session: string): Buffer => vault.hash('session-key', session);
/** The answer of a method that needs a session. */
const exported = async (session: string | undefined, credentials = {}): Promise<string> =>
  server.call('taobao.film.fcode.export.query', page, { session, ...credentials });
const error = async (answer: Promise<string>) => errorOf(await answer);

test('a code gives a session of the documented form, and the session opens the user’s data', async () => {
  const { status, body } = await redeem(await newCode());
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^6100[0-9a-f]{52}$/),
    token_type: 'Bearer',
    expires_in: 2_592_000,
    refresh_token: expect.stringMatching(/^6102[0-9a-f]{52}$/),
    re_expires_in: 5_184_000,
    r1_expires_in: 2_592_000,
    r2_expires_in: 2_592_000,
    w1_expires_in: 2_592_000,
    w2_expires_in: 2_592_000,
    hra_expires_in: 2_592_000,
    taobao_user_nick: 'demo_seller',
    taobao_user_id: '6100000',
  });
  expect(await exported(body.access_token)).toContain('"current_rows":100');
});

test('the nick of a user is URL-encoded UTF-8', async () => {
  await sql()`update platform_user set nick = '商家 一' where user_id = 6100000`;
  const body = await newSession();
  await sql()`update platform_user set nick = 'demo_seller' where user_id = 6100000`;
  expect(body.taobao_user_nick).toBe('%E5%95%86%E5%AE%B6%20%E4%B8%80');
});

test('a code works once, however many exchange it at the same moment', async () => {
  const code = await newCode();
  const replies = await Promise.all(Array.from({ length: 20 }, () => redeem(code)));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of replies.filter((reply) => reply.status !== 200))
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
});

test('a code serves only its own app and its own redirect_uri, and a wrong try does not use it up', async () => {
  const code = await newCode();
  const foreign = { client_id: other.app_key, client_secret: other.secret };
  for (const change of [foreign, { redirect_uri: 'http://127.0.0.1:8123/other' }, { redirect_uri: '' }])
    expect((await redeem(code, change)).body.error).toBe('invalid_grant');
  expect((await redeem(code)).status).toBe(200);
});

test('a code is good for ten minutes', async () => {
  const code = await newCode();
  const [row] = await sql()<{ seconds: number }[]>`
    select round(extract(epoch from max(expires_at) - now()))::int as seconds from platform_authorization_code`;
  expect(row?.seconds).toBeGreaterThan(590);
  expect(row?.seconds).toBeLessThanOrEqual(600);
  await sql()`update platform_authorization_code set expires_at = now() where code_hash = ${vault.hash('authorization-code', code)}`;
  expect((await redeem(code)).body.error).toBe('invalid_grant');
});

test.each([
  ['wrong secret', { client_secret: 'helloworlD' }],
  ['empty secret', { client_secret: '' }],
  ['unknown app', { client_id: '99999999' }],
])('%s: invalid_client, and the code stays good', async (_name, change) => {
  const code = await newCode();
  const { status, body } = await redeem(code, change);
  expect([status, body.error]).toEqual([401, 'invalid_client']);
  expect(body.error_description).toEqual(expect.any(String));
  expect((await redeem(code)).status).toBe(200);
});

test('another grant type is refused, and neither a query nor a GET gets a token', async () => {
  expect((await redeem(await newCode(), { grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  const form = new URLSearchParams({ ...client, grant_type: 'authorization_code', code: 'x', redirect_uri });
  expect((await fetch(`${server.url}/token?${form}`)).status).toBe(405);
});

test('answers of /token are kept by no cache', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const body of [`client_id=x`, String(new URLSearchParams({ ...client, grant_type: 'x' }))]) {
    const response = await fetch(`${server.url}/token`, { method: 'POST', headers, body });
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
});

test('two hundred requests at once with one refresh token all get the same session', async () => {
  for (let round = 0; round < 5; round++) {
    const { refresh_token } = await newSession();
    const replies = await Promise.all(Array.from({ length: 200 }, () => refresh(refresh_token)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.access_token)).size).toBe(1);
  }
});

test('a refresh token gives a new session, and the same one again when it is asked again', async () => {
  const first = await newSession();
  const replies = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refresh_token)));
  const pairs = new Set(replies.map(({ body }) => `${body.access_token} ${body.refresh_token}`));
  expect(pairs.size).toBe(1);
  const { body: second } = await refresh(first.refresh_token);
  expect(pairs).toContain(`${second.access_token} ${second.refresh_token}`);
  expect(second.access_token).not.toBe(first.access_token);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await exported(second.access_token)).toContain('"current_rows":100');
  const { body: third } = await refresh(second.refresh_token);
  expect(new Set([first, second, third].map((each) => each.access_token)).size).toBe(3);
  expect(await exported(third.access_token)).toContain('"current_rows":100');
});

test('a refresh token serves its own app until it expires or its session is revoked', async () => {
  const { access_token, refresh_token } = await newSession();
  const foreign = { client_id: other.app_key, client_secret: other.secret };
  const refused = async (change = {}) =>
    expect((await refresh(refresh_token, change)).body.error).toBe('invalid_grant');
  await refused(foreign);
  await refused({ refresh_token: access_token });
  await sql()`update platform_session set refresh_expires_at = now() where session_hash = ${hashOf(access_token)}`;
  await refused();
  await sql()`update platform_session set refresh_expires_at = now() + interval '1 hour', revoked_at = now()
    where session_hash = ${hashOf(access_token)}`;
  await refused();
});

test('a refresh token whose next session was revoked or has ended gives no session back, and the next goes on', async () => {
  const { refresh_token } = await newSession();
  const { body } = await refresh(refresh_token);
  await sql()`update platform_session set expires_at = now() where session_hash = ${hashOf(body.access_token)}`;
  expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
  expect(await exported((await refresh(body.refresh_token)).body.access_token)).toContain('"current_rows":100');
  await sql()`update platform_session set revoked_at = now(), expires_at = now() + interval '1 day'
    where session_hash = ${hashOf(body.access_token)}`;
  for (const token of [refresh_token, body.refresh_token])
    expect((await refresh(token)).body.error).toBe('invalid_grant');
});

test('the token methods of the gateway give the same answers as /token', async () => {
  const code = await newCode();
  const result = (answer: string): TokenReply => {
    const [root] = Object.values(JSON.parse(answer) as Record<string, { token_result: string }>);
    return JSON.parse(root?.token_result ?? answer);
  };
  const token = result(await server.call('taobao.top.auth.token.create', { code, uuid: 'abc' }, { session: '' }));
  expect(Object.keys(token)).toEqual(Object.keys(await newSession()));
  expect(await exported(token.access_token)).toContain('"current_rows":100');

  const { refresh_token } = token;
  const { access_token } = result(await server.call('taobao.top.auth.token.refresh', { refresh_token }));
  expect((await refresh(refresh_token)).body.access_token).toBe(access_token);
  expect(await exported(access_token)).toContain('"current_rows":100');

  expect(await error(server.call('taobao.top.auth.token.create', { code }))).toMatchObject({
    code: 15,
    sub_code: 'isv.invalid-parameter:code',
  });
  const foreign = { app_key: other.app_key, secret: other.secret };
  expect(await error(server.call('taobao.top.auth.token.refresh', { refresh_token }, foreign))).toMatchObject({
    code: 15,
    sub_code: 'isv.invalid-parameter:refresh_token',
  });
});

test('a session is refused to another app, without one, unknown, expired or revoked, from the very next call on', async () => {
  const { access_token } = await newSession();
  const foreign = { app_key: other.app_key, secret: other.secret };
  const second = await server.another();
  const elsewhere = () => callAt(second.url, 'taobao.film.fcode.export.query', page, { session: access_token });
  expect(await error(exported(access_token, foreign))).toMatchObject({
    code: 27,
    sub_code: 'sessionkey-not-generated-by-server',
  });
  expect(await error(exported(''))).toMatchObject({ code: 26, msg: 'Missing session' });
  expect(await error(exported('6100nobody'))).toMatchObject({ code: 27, sub_code: 'invalid-sessionkey' });
  expect(await elsewhere()).toContain('"current_rows":100');
  await sql()`update platform_session set expires_at = now() where session_hash = ${hashOf(access_token)}`;
  expect(await error(exported(access_token))).toMatchObject({ code: 27, sub_code: 'session-expired' });
  expect(await error(elsewhere())).toMatchObject({ code: 27, sub_code: 'session-expired' });
  await sql()`update platform_session set expires_at = now() + interval '1 day' where session_hash = ${hashOf(access_token)}`;
  expect(await exported(access_token)).toContain('"current_rows":100');
  await sql()`update platform_session set revoked_at = now() where session_hash = ${hashOf(access_token)}`;
  expect(await error(exported(access_token))).toMatchObject({ code: 27, sub_code: 'session-expired' });
  expect(await error(elsewhere())).toMatchObject({ code: 27, sub_code: 'session-expired' });
});

test('a NUL anywhere is refused like any other text that names nothing', async () => {
  const nul = String.fromCharCode(0);
  const ask = { client_id: demo.app_key, response_type: 'code', redirect_uri };
  for (const wrong of [{ client_id: nul }, { redirect_uri: `${redirect_uri}/${nul}` }])
    expect((await browser.ask({ ...ask, ...wrong })).status).toBe(400);
  for (const [wrong, error] of [
    [{ client_id: nul }, 'invalid_client'],
    [{ client_secret: nul }, 'invalid_client'],
    [{ redirect_uri: nul }, 'invalid_grant'],
    [{ code: nul }, 'invalid_grant'],
    [{ grant_type: nul }, 'unsupported_grant_type'],
  ] as const)
    expect((await redeem(await newCode(), wrong)).body).toMatchObject({ error });
});

test('no table holds a secret, session key, token or code in plain, whatever the encoding', async () => {
  const code = await newCode();
  const { access_token, refresh_token } = await newSession();
  const { body: next } = await refresh(refresh_token);
  const tickets = ['2X2QFKTZD2K', 'BrZIAxcXYJ72Idfk1231+mCzqSXZLWtCnikX/', 'St5dnxCv1KtwpNaDzuE459yus3m6F7FEG+2u39r5x'];
  const keys = [code, access_token, refresh_token, next.access_token, next.refresh_token];
  const secrets = [demo.secret, demo.session, other.secret, process.env.PIAOQUAN_MASTER_KEY ?? '', ...keys, ...tickets];
  const tables = await sql()<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`;
  expect(tables.map(({ name }) => name)).toContain('platform_session');
  let dump = '';
  for (const { name } of tables)
    for (const row of await sql()<{ row: string }[]>`select t::text as row from ${sql()(name)} t`) dump += row.row;
  expect(dump).toContain('demo_seller');
  for (const secret of secrets)
    for (const text of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64').slice(0, -3),
    ])
      expect(dump).not.toContain(text);
});
