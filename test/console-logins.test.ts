import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleClient, hire, logIn, openConsole, PASSWORD } from './harness/console.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
let owner: ConsoleClient;
let second: string;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_TRUST_PROXY: '127.0.0.1' });
  second = (await server.another()).url;
  owner = await logIn(server.url, 'demo-login');
  await hire(owner, server.url, 'newcomer', 'operator');
});
afterAll(() => server?.close());

/** All cookies that a reply sets, as a browser would send them back. */
const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');

test('strangers lock nobody out of a browser in which he has logged in before, nor out of what he does there', async () => {
  const client = await hire(owner, server.url, 'besieged', 'viewer');
  const enter = (cookie: string, password = PASSWORD, address = '203.0.113.20') =>
    openConsole(second).post('login', { login: 'besieged', password }, { cookie, 'x-forwarded-for': address });
  const home = await enter('');
  const cookie = cookiesOf(home.headers);
  expect(home.headers.getSetCookie()[1]).toMatch(
    /^piaoquan_device_[0-9a-f]{12}=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=34560000$/,
  );
  for (let n = 0; n < 60; n++) await enter('', 'not this one', `203.0.113.${n % 2 === 0 ? 20 : 30 + n}`);
  expect((await enter('')).body.error?.code).toBe('locked');
  // Also from the address that the strangers share with him.
  expect((await enter(cookie)).status).toBe(200);
  const fresh = 'another long sentence';
  expect((await client.post('password', { password: PASSWORD, new_password: fresh })).status).toBe(200);
  // What is known of another account, or made up, counts for nothing.
  const other = cookiesOf((await openConsole(second).post('login', { login: 'newcomer', password: PASSWORD })).headers);
  const [, foreign] = /piaoquan_device_\w+=([\w.-]+)/.exec(other) ?? [];
  const [, name] = /(piaoquan_device_\w+)=/.exec(cookie) ?? [];
  for (const forged of [other, `${name}=${foreign}`, `${name}=${'a'.repeat(43)}.${'b'.repeat(43)}`])
    expect((await enter(forged, fresh)).body.error?.code, forged).toBe('locked');
  // A known browser is no way to guess without end, and locks itself alone.
  for (let n = 0; n < 10; n++) expect((await enter(cookie, 'wrong guess')).body.error?.code).toBe('wrong-login');
  expect((await enter(cookie, fresh)).body.error?.code).toBe('locked');
});

test('logins, failures and locks are counted and logged, and the change log has whose login and lock it was', async () => {
  const counted = async () => {
    const page = await (await fetch(`${server.url}/metrics`)).text();
    return Object.fromEntries(
      [...page.matchAll(/^piaoquan_console_logins_total\{outcome="(\w+)"\} (\d+)/gm)].map((match) => [
        match[1],
        Number(match[2]),
      ]),
    );
  };
  await hire(owner, server.url, 'watched', 'viewer');
  const before = await counted();
  const enter = (password: string, login = 'watched') =>
    openConsole(server.url).post('login', { login, password }, { 'x-forwarded-for': '198.51.100.77' });
  await enter(PASSWORD);
  for (let n = 0; n < 12; n++) await enter('wrong guess');
  await enter('a password typed into the wrong field', 'no operator of this name');
  const after = await counted();
  const more = Object.fromEntries(
    Object.entries(after).map(([outcome, n]) => [outcome, Number(n) - Number(before[outcome] ?? 0)]),
  );
  expect(more).toEqual({ success: 1, failure: 11, lock: 1, refused: 2 });
  const entries = await server.database.sql`
    select actor, method, thing, thing_key, after from change_log
    where thing = 'platform_operator_session' and actor = 'watched' and after ->> 'address' = '198.51.100.77'
    order by change_id`;
  const of = (method: string) => ({
    ...{ actor: 'watched', method, thing: 'platform_operator_session', thing_key: 'watched' },
    after: { address: '198.51.100.77' },
  });
  expect(entries).toEqual([of('console.login'), of('console.lock')]);
});
