import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/main.ts';
import { type ConsoleClient, hire, logIn, openConsole, PASSWORD } from './harness/console.ts';
import { createProductionDatabase } from './harness/database.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
let owner: ConsoleClient;
let second: string;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_TRUST_PROXY: '127.0.0.1' });
  second = (await server.another()).url;
  owner = await logIn(server.url, 'demo-login');
});
afterAll(() => server?.close());

const wrongLogin = { login: 'nobody', password: 'wrong password' };

test('the cookie is out of reach of scripts and other sites, and bound to the host where TLS carries it', async () => {
  const plain = await openConsole(server.url).post('demo-login');
  expect(plain.headers.get('set-cookie')).toMatch(
    /^piaoquan_console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  expect(plain.headers.get('cache-control')).toBe('no-store');
  const client = openConsole(server.url);
  const secure = await client.post('demo-login', {}, { 'x-forwarded-proto': 'https' });
  expect(secure.headers.get('set-cookie')).toMatch(
    /^__Host-piaoquan_console=.*; Path=\/; HttpOnly; SameSite=Strict;.*; Secure$/,
  );
  const [stored] = await server.database.sql`select count(*) as n, bool_or(length(session_hash) <> 32) as other
    from platform_operator_session`;
  expect(stored).toMatchObject({ other: false });
});

test('without a session nothing is told but why, in both languages', async () => {
  const stranger = openConsole(server.url);
  for (const door of ['me', 'live', 'figures'])
    expect(await stranger.get(door)).toMatchObject({
      status: 401,
      body: {
        error: { code: 'no-session', message: { zh: expect.stringMatching(/登录/), en: expect.stringMatching(/log/) } },
      },
    });
  for (const door of ['call', 'password', 'totp/begin'])
    expect((await stranger.post(door)).body.error?.code, door).toBe('no-session');
  expect((await stranger.get('nothing')).body.error?.code).toBe('not-found');
});

test('a change needs the token of its own session and a page of this site', async () => {
  const request = { method: 'piaoquan.job.list' };
  const other = await logIn(server.url, 'demo-login');
  const foreign = (await other.get('me')).body.csrf_token as string;
  const own = (await owner.get('me')).body.csrf_token as string;
  for (const token of [undefined, '', 'x', foreign, `${own}x`, own.slice(1)]) {
    const reply = await owner.post('call', request, { 'x-csrf-token': token });
    expect([reply.status, reply.body.error?.code], String(token)).toEqual([403, 'csrf']);
  }
  for (const site of ['cross-site', 'same-site', 'none']) {
    const reply = await owner.post('call', request, { 'sec-fetch-site': site });
    expect(reply.body.error?.code).toBe('foreign-origin');
  }
  expect((await owner.post('login', wrongLogin, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await owner.post('call', request, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect((await owner.post('call', request, { 'content-type': 'text/plain' })).body.error?.code).toBe(
    'unreadable-body',
  );
});

test('bodies that are no object, too large or lack a field are refused, and the field is named', async () => {
  expect((await owner.post('call', [1])).body.error).toMatchObject({ code: 'unreadable-body' });
  expect((await owner.post('login', { login: 'x'.repeat(20_000) })).body.error).toMatchObject({ code: 'too-large' });
  expect((await owner.post('login', { login: 'x' })).body.error).toMatchObject({
    code: 'missing-field',
    field: 'password',
  });
  expect((await owner.post('login', { login: 1, password: 'x' })).body.error).toMatchObject({
    code: 'wrong-field',
    field: 'login',
  });
  expect((await owner.post('call', { method: 'x', request: 1 })).body.error).toMatchObject({ field: 'request' });
  expect((await owner.get('figures?minutes=9999')).body.error).toMatchObject({ code: 'wrong-field', field: 'minutes' });
});

test('a new operator changes the password that an owner was shown before anything else, which ends other sessions', async () => {
  const operator = { login: 'newcomer', display_name: '新人', role: 'operator' };
  const { password } = await owner.call('piaoquan.operator.save', { operator });
  expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(await owner.call('piaoquan.operator.save', { operator })).not.toHaveProperty('password');
  const client = await logIn(server.url, 'login', { login: 'newcomer', password });
  const elsewhere = await logIn(second, 'login', { login: 'newcomer', password });
  expect((await client.get('me')).body).toMatchObject({ password_temporary: true });
  expect((await client.post('call', { method: 'taobao.time.get' })).body.error?.code).toBe('password-change-required');
  for (const [new_password, field] of [
    ['short', 'new_password'],
    ['newcomer-again', 'new_password'],
  ])
    expect((await client.post('password', { password, new_password })).body.error).toMatchObject({
      code: 'weak-password',
      field,
    });
  expect((await client.post('password', { password: 'wrong one', new_password: PASSWORD })).body.error).toMatchObject({
    code: 'wrong-password',
  });
  expect((await client.post('password', { password, new_password: PASSWORD })).status).toBe(200);
  expect((await elsewhere.get('me')).status).toBe(401);
  expect(await client.call('taobao.time.get')).toHaveProperty('time');
  expect((await openConsole(server.url).post('login', { login: 'newcomer', password })).status).toBe(401);
});

test('guessing locks an account, existing or not, over all servers and says how long; others log in as before', async () => {
  await hire(owner, server.url, 'guessed', 'viewer');
  const guess = (login: string, url: string) =>
    openConsole(url).post('login', { login, password: 'not this one' }, { 'x-forwarded-for': '203.0.113.9' });
  for (const login of ['guessed', 'not-there']) {
    const replies = [];
    for (let round = 0; round < 3; round++)
      replies.push(...(await Promise.all([server.url, second, server.url, second].map((url) => guess(login, url)))));
    const codes = replies.map(({ body }) => body.error?.code);
    expect(codes.filter((code) => code === 'wrong-login').length, login).toBe(10);
    expect(codes.filter((code) => code === 'locked').length, login).toBe(2);
  }
  const locked = await openConsole(second).post('login', { login: 'guessed', password: PASSWORD });
  expect(locked).toMatchObject({ status: 429, body: { error: { code: 'locked', wait_seconds: expect.any(Number) } } });
  const { wait_seconds } = locked.body.error as { wait_seconds: number };
  expect(wait_seconds).toBeGreaterThan(800);
  expect(locked.headers.get('retry-after')).toBe(String(wait_seconds));
  expect((await openConsole(second).post('login', { login: 'newcomer', password: PASSWORD })).status).toBe(200);
  await server.database.sql`update platform_operator_guess set locked_until = now() where locked_until is not null`;
  expect((await openConsole(second).post('login', { login: 'guessed', password: PASSWORD })).status).toBe(200);
});

test('an address that guesses at many accounts is locked as a whole, and other addresses are not', async () => {
  const from = (address: string, body: object) =>
    openConsole(server.url).post('login', body, { 'x-forwarded-for': address });
  await from('198.51.100.7', wrongLogin);
  await server.database.sql`update platform_operator_guess set failures = 49
    where window_start = (select max(window_start) from platform_operator_guess)`;
  const reply = () => from('198.51.100.7', { login: 'newcomer', password: PASSWORD });
  // The last allowed guess fails, and what follows is not even looked at.
  expect((await from('198.51.100.7', { login: 'someone-else', password: 'wrong password' })).status).toBe(401);
  expect((await reply()).body.error?.code).toBe('locked');
  expect((await from('198.51.100.8', { login: 'newcomer', password: PASSWORD })).status).toBe(200);
});

test('a second factor is asked for once confirmed; each code works once, a recovery code stands in once', async () => {
  const client = await hire(owner, server.url, 'careful', 'viewer');
  const codeAt = (secret: string, seconds: number) =>
    generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + seconds });
  expect((await client.post('totp/begin', { password: 'wrong' })).body.error?.code).toBe('wrong-password');
  expect((await client.post('totp/confirm', { code: '123456' })).body.error?.code).toBe('totp-is-off');
  const { secret, otpauth_uri } = (await client.post('totp/begin', { password: PASSWORD })).body as Record<
    string,
    string
  >;
  expect(otpauth_uri).toMatch(/^otpauth:\/\/totp\/Piaoquan/);
  // Not confirmed yet: a page that was closed midway locks nobody out.
  const logInWith = (code?: string) =>
    openConsole(server.url).post('login', { login: 'careful', password: PASSWORD, code });
  expect((await logInWith()).status).toBe(200);
  const confirmed = await client.post('totp/confirm', { code: codeAt(secret as string, -30) });
  const recovery = confirmed.body.recovery_codes as string[];
  expect(recovery.length).toBe(10);
  expect((await logInWith()).body.error).toMatchObject({ code: 'totp-required', field: 'code' });
  expect((await logInWith(codeAt(secret as string, -30))).body.error?.code).toBe('wrong-totp');
  const code = codeAt(secret as string, 0);
  const pair = await Promise.all([logInWith(code), logInWith(code)]);
  expect(pair.map(({ status }) => status).sort()).toEqual([200, 401]);
  expect((await logInWith(recovery[0])).status).toBe(200);
  expect((await logInWith(recovery[0])).body.error?.code).toBe('wrong-totp');
  expect((await client.get('me')).body).toMatchObject({ totp: true, totp_recovery_left: 9 });
  const [row] = await server.database.sql`select totp_sealed from platform_operator where login = 'careful'`;
  expect(row?.totp_sealed.toString('latin1')).not.toContain(secret);
  expect((await client.post('totp/remove', { password: PASSWORD, code: recovery[1] })).status).toBe(200);
  expect((await logInWith()).status).toBe(200);
});

test('a session ends when it lies idle, at its latest hour, by logging out and when an owner ends it', async () => {
  const { sql } = server.database;
  const hash = async () =>
    (await sql`select session_hash from platform_operator_session order by created_at desc limit 1`)[0];
  for (const change of ['used_at', 'expires_at'] as const) {
    const client = await logIn(server.url, 'demo-login');
    const past = new Date(Date.now() - (change === 'used_at' ? 2 * 3_600_000 + 1000 : 1000));
    await sql`update platform_operator_session set ${sql({ [change]: past })} where session_hash = ${(await hash())?.session_hash}`;
    expect((await client.get('me')).status, change).toBe(401);
  }
  const client = await logIn(server.url, 'demo-login');
  const cookie = client.cookie();
  await client.post('logout');
  const replayed = await fetch(`${server.url}/console/api/me`, { headers: { cookie } });
  expect(replayed.status).toBe(401);
  const ended = await logIn(server.url, 'demo-login');
  const { sessions } = await owner.call('piaoquan.operator.session.list', { login: 'demo', page_size: 1 });
  const [{ session_id }] = sessions as [{ session_id: string }];
  expect(await owner.call('piaoquan.operator.session.revoke', { session_id })).toMatchObject({ is_success: true });
  expect((await ended.get('me')).status).toBe(401);
});

test('production prints a link that makes the first owner once, knows no demo login, and lets owners use the API tool', async () => {
  const { target, drop } = await createProductionDatabase();
  const env = { PORT: '0', DATABASE_URL: target, LOG_LEVEL: 'silent' };
  process.env.PIAOQUAN_MASTER_KEY ??= randomBytes(32).toString('base64');
  const start = () => startServer(readConfig(false, env));
  const [first, other] = await Promise.all([start(), start()]);
  const client = openConsole(first.url);
  expect((await client.post('demo-login')).status).toBe(404);
  const wish = { token: first.setupToken, login: 'Boss', display_name: '老板', password: PASSWORD };
  const tool = (cookie: string) => fetch(`${first.url}/tool/sign`, { method: 'POST', headers: { cookie }, body: '{}' });
  expect((await tool('')).status).toBe(403);
  expect((await client.post('setup', { ...wish, token: 'x'.repeat(43) })).body.error?.code).toBe('setup-link');
  expect((await client.post('setup', { ...wish, login: '1x' })).body.error).toMatchObject({
    code: 'wrong-field',
    field: 'login',
  });
  expect((await client.post('setup', { ...wish, password: 'short' })).body.error?.code).toBe('weak-password');
  const tries = [
    client.post('setup', wish),
    openConsole(other.url).post('setup', { ...wish, token: other.setupToken, login: 'thief' }),
  ];
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 403]);
  expect((await openConsole(other.url).post('setup', wish)).status).toBe(403);
  const login = (await client.get('me')).status === 200 ? client : undefined;
  if (login !== undefined) {
    expect((await client.get('me')).body).toMatchObject({ login: 'boss', role: 'owner', sandbox: false });
    expect((await tool(client.cookie())).status).not.toBe(403);
  }
  const again = await start();
  expect(again.setupToken).toBeUndefined();
  for (const each of [first, other, again]) await each.close();
  await drop();
});
