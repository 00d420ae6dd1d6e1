import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { carried, openBrowser } from './harness/browser.ts';
import { exchange, FORM } from './harness/exchange.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const vault = fixMasterKey();
const redirect_uri = 'http://127.0.0.1:8123/callback';

let server: TestServer;
let browser: ReturnType<typeof openBrowser>;
let client: { client_id: string; client_secret: string };
beforeAll(async () => {
  server = await startTestServer();
  browser = openBrowser(server.url);
  const { app_key, secret } = await makeApp(server.database.sql, vault, { callback_urls: [redirect_uri] });
  client = { client_id: app_key, client_secret: secret };
});
afterAll(() => server?.close());

const codeOf = async (asked: Record<string, string>): Promise<string> =>
  carried(await browser.decide({ client_id: client.client_id, response_type: 'code', ...asked })).code ?? '';
const redeem = async (form: Record<string, string>) => {
  const { status, body } = await browser.token({ ...client, grant_type: 'authorization_code', ...form });
  return { status, ...(body as { error?: string; error_description?: string }) };
};
const refused = (error: string, words: RegExp) => ({
  status: 400,
  error,
  error_description: expect.stringMatching(words),
});

test('a code that was asked for without redirect_uri is redeemed without one, or with the one it went to', async () => {
  expect((await redeem({ code: await codeOf({}) })).status).toBe(200);
  expect((await redeem({ code: await codeOf({}), redirect_uri })).status).toBe(200);
  const other = { code: await codeOf({}), redirect_uri: 'http://127.0.0.1:8123/other' };
  expect(await redeem(other)).toEqual(refused('invalid_grant', /^redirect_uri is not the one/));
});

test('a code that was asked for with redirect_uri wants it, and a missing or wrong one is named', async () => {
  const code = await codeOf({ redirect_uri });
  expect(await redeem({ code })).toEqual(refused('invalid_grant', /^redirect_uri is missing/));
  for (const wrong of [`${redirect_uri}/`, 'http://127.0.0.1:1/callback', '\0'])
    expect(await redeem({ code, redirect_uri: wrong })).toEqual(
      refused('invalid_grant', /^redirect_uri is not the one/),
    );
  expect((await redeem({ code, redirect_uri })).status).toBe(200);
  expect(await redeem({ code, redirect_uri })).toEqual(refused('invalid_grant', /used already/));
});

test('every other cause is named', async () => {
  expect(await redeem({ code: 'none' })).toEqual(refused('invalid_grant', /code is unknown/));
  expect(await redeem({})).toEqual(refused('invalid_request', /^code is missing/));
  const code = await codeOf({});
  await server.database.sql`update platform_authorization_code set expires_at = now() where used_at is null`;
  expect(await redeem({ code })).toEqual(refused('invalid_grant', /expired/));
  const refresh = (refresh_token: string) => redeem({ grant_type: 'refresh_token', refresh_token });
  expect(await refresh('')).toEqual(refused('invalid_request', /^refresh_token is missing/));
  expect(await refresh('none')).toEqual(refused('invalid_grant', /refresh token is unknown/));
  for (const [name, error] of [
    ['client_id', 'client_id is missing'],
    ['client_secret', 'client_secret is missing'],
  ] as const)
    expect(await redeem({ code, [name]: '' })).toEqual({
      status: 401,
      error: 'invalid_client',
      error_description: error,
    });
});

const json = () => JSON.stringify({ ...client, grant_type: 'authorization_code', code: 'x' });
const form = () => String(new URLSearchParams({ ...client, grant_type: 'authorization_code', code: 'x' }));
const basic = () => `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`;

test.each<[string, () => Parameters<typeof exchange>[1], number, RegExp]>([
  [
    'JSON',
    () => ({ headers: { 'content-type': 'application/json' }, body: json() }),
    400,
    /Content-Type application\/json is not read/,
  ],
  [
    'text',
    () => ({ headers: { 'content-type': 'text/plain' }, body: form() }),
    400,
    /Content-Type text\/plain is not read/,
  ],
  [
    'XML',
    () => ({ headers: { 'content-type': 'text/xml; charset=utf-8' }, body: '<a/>' }),
    400,
    /Content-Type text\/xml is not read/,
  ],
  ['JSON that is called a form', () => ({ headers: { 'content-type': FORM }, body: json() }), 400, /looks like JSON/],
  [
    'gzip',
    () => ({ headers: { 'content-type': FORM, 'content-encoding': 'gzip' }, body: gzipSync(form()) }),
    400,
    /Content-Encoding/,
  ],
  ['nothing', () => ({}), 400, /no parameter came/],
  [
    'Basic',
    () => ({ headers: { 'content-type': FORM, authorization: basic() }, body: 'grant_type=authorization_code&code=x' }),
    400,
    /Basic is not read/,
  ],
  ['Basic alone', () => ({ headers: { authorization: basic() } }), 400, /Basic is not read/],
  [
    'too much',
    () => ({ headers: { 'content-type': FORM }, body: `${form()}&x=${'y'.repeat(20_000)}` }),
    400,
    /at most 16384 bytes/,
  ],
  [
    'a stray percent sign',
    () => ({ headers: { 'content-type': FORM }, body: form().replace('client_secret=', 'client_secret=%zz') }),
    400,
    /percent sign/,
  ],
  ['GET', () => ({ method: 'GET', path: `/token?${form()}` }), 405, /send a POST/],
  ['PUT', () => ({ method: 'PUT', headers: { 'content-type': FORM }, body: form() }), 405, /send a POST/],
  ['another path', () => ({ method: 'GET', path: `/token/none?${form()}` }), 404, /./],
])(
  'a request of %s is told what was not read, never of a wrong secret, and gets no secret back',
  async (_what, make, status, words) => {
    const reply = await exchange(server.url, { path: '/token', ...make() });
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(words)]);
    expect(reply.text).not.toMatch(/is wrong/);
    expect(reply.text).not.toContain(client.client_secret);
    expect(reply.text).not.toContain(client.client_secret.slice(0, 6));
    if (status === 405) expect(reply.headers.allow).toBe('POST');
  },
);
