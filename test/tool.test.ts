import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/main.ts';
import { send, signedBatch, signedParameters } from '../src/sdk/request.ts';
import { encodeForm } from '../src/wire/form.ts';
import { sign as signature } from '../src/wire/sign.ts';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { hire, logIn, openConsole, PASSWORD } from './harness/console.ts';
import { createProductionDatabase } from './harness/database.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const vault = fixMasterKey();
const METHOD = 'taobao.film.fcode.export.query';
const EXPORT = { mix_id: 'code_8ebc4e741689bbc1', partner_code: 'xuexiqiangguo', operate_type: 'ALL' };
const CALL = {
  app_key: demo.app_key,
  session: demo.session,
  method: METHOD,
  parameters: EXPORT as Record<string, unknown>,
  format: 'json',
  simplify: false,
  sign_method: 'hmac-sha256',
};

const OWNER = { login: 'boss', display_name: '老板', password: PASSWORD };

type Signed = { url: string; parameters: Record<string, string>; base_text: string; sign: string };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const ask = async (body: unknown, url = server.url, headers = {}) => {
  const answer = await fetch(`${url}/tool/sign`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
};

const signed = async (change: Partial<Record<keyof typeof CALL, unknown>> = {}): Promise<Signed> => {
  const { status, text } = await ask({ ...CALL, ...change });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text);
};

const sendSigned = ({ url, parameters }: Signed) => send(url, new Map(Object.entries(parameters)));

test.each([
  ['json', false, 'md5', /^\{"film_fcode_export_query_response":/],
  ['json', true, 'hmac', /^\{"result":/],
  ['xml', false, 'hmac-sha256', /^<\?xml/],
])('a call signed for %s, simplify %s, by %s is answered in that form', async (format, simplify, sign_method, form) => {
  const call = await signed({ format, simplify, sign_method });
  expect(call.url).toBe(`${server.url}/router/rest`);
  expect(call.sign).toBe(call.parameters.sign);
  const answer = await sendSigned(call);
  expect(answer).toMatch(form);
  expect(answer).not.toContain('error_response');
});

test('the signed text is what the signature covers: names in order, without separators, sign left out', async () => {
  const { parameters, base_text } = await signed();
  const names = Object.keys(parameters).filter((name) => name !== 'sign');
  expect(base_text).toBe(
    names
      .sort()
      .map((name) => name + parameters[name])
      .join(''),
  );
});

test('nested values go as JSON and lists of simple values comma-joined, as the SDK sends them', async () => {
  const parameters = {
    query: { step: 1, list: [1, 2] },
    ids: [1, 2],
    names: ['a', 'b'],
    yes: true,
    none: '',
    gone: null,
  };
  const sent = (await signed({ method: 'taobao.promotion.benefit.selector', parameters })).parameters;
  expect(sent).toMatchObject({ query: '{"step":1,"list":[1,2]}', ids: '1,2', names: 'a,b', yes: 'true' });
  expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(['none']));
  expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(['gone']));
});

test.each<[string, unknown]>([
  ['method', { ...CALL, method: 'taobao.no.such.method' }],
  ['method', { ...CALL, method: undefined }],
  ['app_key', { ...CALL, app_key: '99999999' }],
  ['app_key', { ...CALL, app_key: 12345678 }],
  ['session', { ...CALL, session: 'x'.repeat(257) }],
  ['format', { ...CALL, format: 'yaml' }],
  ['simplify', { ...CALL, simplify: 'true' }],
  ['sign_method', { ...CALL, sign_method: 'sha1' }],
  ['parameters', { ...CALL, parameters: [] }],
  ['parameters', { ...CALL, parameters: undefined }],
  ['parameters.sign', { ...CALL, parameters: { sign: 'A' } }],
  ['parameters.app_key', { ...CALL, parameters: { app_key: '1' } }],
  ['body', []],
])('a call that cannot be signed is refused naming %s, in both languages', async (field, body) => {
  const { status, text } = await ask(body);
  expect(status).toBe(400);
  const refusal = JSON.parse(text);
  expect(refusal).toMatchObject({ error: 'invalid', field });
  expect(Object.keys(refusal.message)).toEqual(['zh', 'en']);
});

test('text that is not JSON, values nested without end, and a body beyond the limit are refused, not fallen over', async () => {
  expect((await ask('{')).status).toBe(400);
  const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const { status, text } = await ask(JSON.stringify(CALL).replace(/"parameters":\{[^}]*\}/, `"parameters":${deep}`));
  expect([status, JSON.parse(text).field]).toEqual([400, 'parameters']);
  expect((await ask({ ...CALL, parameters: { a: 'x'.repeat(5 * 1024 * 1024) } })).status).toBe(413);
});

test('apps made later are offered, sign with the newest secret they have, and no reply holds a secret', async () => {
  const app = await makeApp(server.database.sql, vault, { name: '工具' });
  const list = await (await fetch(`${server.url}/tool/apps`)).text();
  expect(JSON.parse(list)).toEqual({
    apps: [
      { app_key: demo.app_key, name: 'Demo app 演示应用' },
      { app_key: app.app_key, name: '工具' },
    ],
    sessions: [{ app_key: demo.app_key, session: demo.session, nick: 'demo_seller' }],
  });
  const time = { app_key: app.app_key, session: undefined, method: 'taobao.time.get', parameters: {} };
  const first = await signed(time);
  expect(await sendSigned(first)).toContain('time_get_response');
  const rotate = async (overlap_seconds: number): Promise<string> => {
    const rotation = { app_key: app.app_key, overlap_seconds };
    const answer = await server.json('piaoquan.platform.app.secret.rotate', { rotation }, { simplify: true });
    return (answer as unknown as { secret: string }).secret;
  };
  const secrets = [app.secret];
  // With both live, and with the old one ended.
  for (const overlap of [3600, 0]) {
    const secret = await rotate(overlap);
    const { parameters, sign } = await signed(time);
    expect(sign).toBe(signature('hmac-sha256', secret, new Map(Object.entries(parameters))));
    secrets.push(secret);
  }
  expect(await sendSigned(first)).toContain('Invalid signature');
  const last = await signed(time);
  expect(await sendSigned(last)).toContain('time_get_response');
  for (const secret of [...secrets, demo.secret]) expect(list + JSON.stringify([first, last])).not.toContain(secret);
});

test('the text that the server built for a refused signature is told by its request_id, with what is probably wrong', async () => {
  const call = await signed();
  call.parameters.mix_id = 'other';
  const { error_response } = JSON.parse(await sendSigned(call));
  expect(error_response.code).toBe(25);
  const explained = await (await fetch(`${server.url}/tool/signature/${error_response.request_id}`)).json();
  expect(explained).toMatchObject({
    request_id: error_response.request_id,
    app_key: demo.app_key,
    sign_method: 'hmac-sha256',
    sign: call.sign,
    base_text: call.base_text.replace(EXPORT.mix_id, 'other'),
    findings: expect.arrayContaining([expect.objectContaining({ id: 'no-match' })]),
  });
  const small = { ...call, parameters: { ...call.parameters, mix_id: EXPORT.mix_id, sign: call.sign.toLowerCase() } };
  const { request_id } = JSON.parse(await sendSigned(small)).error_response;
  expect(await (await fetch(`${server.url}/tool/signature/${request_id}`)).json()).toMatchObject({
    findings: [{ id: 'lower-case' }],
  });
  const unknown = await fetch(`${server.url}/tool/signature/16wxpmxbilyr2z`);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: 'not_found' });
});

const tell = async (path: string, url = server.url) => {
  const answer = await fetch(`${url}/${path}`);
  return { status: answer.status, text: await answer.text() };
};

test('a call is made again from its request_id: what its method declares, without signature, session or anything else', async () => {
  const call = await signed({ format: 'json', simplify: true, parameters: { ...EXPORT, secret: 'sent by mistake' } });
  const { request_id } = JSON.parse(await sendSigned(call));
  const { status, text } = await tell(`tool/call/${request_id}`);
  expect(status).toBe(200);
  const parameters = { ...EXPORT };
  const { app_key, sign_method, method } = CALL;
  const how = { app_key, sign_method, format: 'simplified', had_session: true };
  // Of what it does not declare the name alone is told.
  expect(JSON.parse(text)).toEqual({ request_id, method, parameters, ...how, passed_over: [{ path: 'secret' }] });
  expect((await (await logIn(server.url, 'demo-login')).get(`calls/${request_id}`)).body).toMatchObject({
    passed_over: [{ path: 'secret' }],
  });
  for (const kept of [call.sign, demo.session, 'sent by mistake']) expect(text).not.toContain(kept);
  // A call of a batch too.
  const batch = `method=${METHOD}&mix_id=code_8ebc4e741689bbc1`;
  const query = signedBatch(demo, batch, new Date());
  const answers = await fetch(`${server.url}/router/batch?${encodeForm(query)}`, { method: 'POST', body: batch });
  const [, inBatch] = /"request_id":"(\w+)"/.exec(await answers.text()) ?? [];
  expect(JSON.parse((await tell(`tool/call/${inBatch}`)).text)).toMatchObject({
    parameters: { mix_id: EXPORT.mix_id },
  });
});

test('nothing is told of a call that exchanges tokens, of one too long, and of one that nobody made', async () => {
  const refresh = { method: 'taobao.top.auth.token.refresh', parameters: { refresh_token: '6102secret' } };
  const long = { parameters: { ...EXPORT, partner_code: 'x'.repeat(40_000) } };
  for (const change of [refresh, long]) {
    const [, request_id] = /"request_id":"(\w+)"/.exec(await sendSigned(await signed(change))) ?? [];
    expect(request_id).toBeDefined();
    const { status, text } = await tell(`tool/call/${request_id}`);
    expect([status, JSON.parse(text).error]).toEqual([404, 'not_found']);
  }
  expect((await tell('tool/call/16wxpmxbilyr2z')).status).toBe(404);
});

test('the console tells its operators what is known of a call, and nobody else', async () => {
  const call = await signed();
  const wrong = { ...call, parameters: { ...call.parameters, sign: 'A' } };
  const { request_id } = JSON.parse(await sendSigned(wrong)).error_response;
  const operator = await logIn(server.url, 'demo-login');
  const { body } = await operator.get(`calls/${request_id}`);
  expect(body).toMatchObject({ can_replay: true, signature: { base_text: call.base_text, sign: 'A' } });
  expect(body).toMatchObject({ signature: { findings: [{ id: 'no-match' }, {}, {}, {}] } });
  expect((await operator.get('calls/16wxpmxbilyr2z')).body).toEqual({ can_replay: false });
  expect((await openConsole(server.url).get(`calls/${request_id}`)).status).toBe(401);
});

test('production signs, lists and explains nothing for those who are not logged in as developers', async () => {
  const database = await createProductionDatabase();
  const home = mkdtempSync(`${tmpdir()}/piaoquan-tool-`);
  const settings = { PORT: '0', DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  const production = await startServer(readConfig(false, { ...process.env, ...settings }));
  try {
    const replies = [
      await ask(CALL, production.url),
      ...(await Promise.all(
        ['apps', 'signature/16wxpmxbilyr2z', 'call/16wxpmxbilyr2z'].map((path) => tell(`tool/${path}`, production.url)),
      )),
    ];
    for (const { status, text } of replies) {
      expect(status).toBe(403);
      expect(JSON.parse(text)).toMatchObject({
        error: 'forbidden',
        message: { en: expect.stringContaining('Log in') },
      });
    }
    const app = await makeApp(database.sql, vault, { name: '生产' });
    const owner = await logIn(production.url, 'setup', { ...OWNER, token: production.setupToken });
    // For those who are it signs, but not as an app that administers: that would raise a developer.
    const admin = await makeApp(database.sql, vault, { name: '管理', packages: ['platform.base', 'piaoquan.admin'] });
    const ours = { cookie: owner.cookie() };
    const signs = await Promise.all(
      [app, admin].map((each) => ask({ ...CALL, app_key: each.app_key }, production.url, ours)),
    );
    expect(signs.map(({ status }) => status)).toEqual([200, 400]);
    expect(JSON.parse(signs[1]?.text ?? '')).toMatchObject({ field: 'app_key' });
    // Who had a call signed is entered, and only what was signed.
    const entered = await database.sql`
      select actor, method, thing, thing_key, after from change_log where method = 'tool.sign'`;
    const after = { signed: CALL.method };
    expect(entered).toEqual([
      { actor: OWNER.login, method: 'tool.sign', thing: 'platform_app', thing_key: app.app_key, after },
    ]);
    // For a developer it signs only as an app that may do no more than he, and not before the first password is changed.
    const plain = await makeApp(database.sql, vault, { name: '基础', packages: ['platform.base'] });
    const developer = await hire(owner, production.url, 'developer', 'developer');
    const asDeveloper = await Promise.all(
      [plain, app, admin].map((each) =>
        ask({ ...CALL, app_key: each.app_key }, production.url, { cookie: developer.cookie() }),
      ),
    );
    expect(asDeveloper.map(({ status }) => status)).toEqual([200, 400, 400]);
    const wish = { operator: { login: 'newcomer', display_name: '新人', role: 'developer' } };
    const { password } = await owner.call('piaoquan.operator.save', wish);
    const newcomer = await logIn(production.url, 'login', { login: 'newcomer', password });
    const early = await ask({ ...CALL, app_key: plain.app_key }, production.url, { cookie: newcomer.cookie() });
    expect([early.status, JSON.parse(early.text).error]).toEqual([403, 'password-change-required']);
    // Nor does it keep anything for them.
    for (const secret of [app.secret, 'wrong']) {
      const call = signedParameters({ ...app, secret }, 'taobao.time.get', {}, new Date());
      const [, request_id] = /"request_id":"(\w+)"/.exec(await send(`${production.url}/router/rest`, call)) ?? [];
      expect((await owner.get(`calls/${request_id}`)).body).toEqual({ can_replay: false });
      for (const door of ['call', 'signature']) {
        const headers = { cookie: owner.cookie() };
        expect((await fetch(`${production.url}/tool/${door}/${request_id}`, { headers })).status).toBe(404);
      }
    }
  } finally {
    await production.close();
    await database.drop();
    rmSync(home, { recursive: true });
  }
});
