import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { carried, openBrowser, type TokenReply } from './harness/browser.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

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
const newCode = async (): Promise<string> =>
  carried(await browser.decide({ client_id: demo.app_key, response_type: 'code', redirect_uri })).code ?? '';
const redeem = (code: string, change: Record<string, string> = {}) =>
  browser.token({ ...client, grant_type: 'authorization_code', code, redirect_uri, ...change });
const refresh = (refresh_token: string) => browser.token({ ...client, grant_type: 'refresh_token', refresh_token });
const newSession = async (): Promise<TokenReply> => (await redeem(await newCode())).body;
const hashOf = (session: string): Buffer => vault.hash('session-key', session);

/** Whether a session key opens the user's data. */
const isOpen = async (session: string): Promise<boolean> =>
  (await server.call('taobao.film.fcode.export.query', page, { session })).includes('"current_rows":100');

test('whichever session of a chain is revoked, all that were refreshed from it and before it end with it, others stay', async () => {
  for (const revoked of [0, 1, 2]) {
    const untouched = await newSession();
    const chain = [await newSession()];
    for (const _ of [1, 2]) chain.push((await refresh(chain.at(-1)?.refresh_token as string)).body);
    const session_key = chain[revoked]?.access_token as string;
    await server.call('piaoquan.platform.session.revoke', { session_key });
    for (const { access_token, refresh_token } of chain) {
      expect(await isOpen(access_token)).toBe(false);
      expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
    }
    expect(await isOpen(untouched.access_token)).toBe(true);
  }
});

test('a refresh under way while its chain is revoked leaves no session behind', async () => {
  const first = await newSession();
  const derived = `6101${vault.hash('next-session', first.refresh_token).toString('hex').slice(0, 52)}`;
  const waiting = async (): Promise<number> =>
    (await sql()`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).count;
  let refreshed: Promise<unknown> | undefined;
  let revoked: Promise<unknown> | undefined;
  const held = sql().begin(async (tx) => {
    // The very row that the refresh is about to write, so that it stands still after it has judged its token.
    await tx`insert into platform_session (session_hash, app_key, user_id, created_at, expires_at)
      values (${hashOf(derived)}, ${demo.app_key}, 6100000, now(), now())`;
    refreshed = refresh(first.refresh_token);
    await until(waiting, (count) => count === 1);
    let ended = false;
    revoked = server
      .call('piaoquan.platform.session.revoke', { session_key: first.access_token })
      .finally(() => (ended = true));
    await until(async () => ended || (await waiting()) === 2, Boolean);
    throw new Error('rolled back');
  });
  await expect(held).rejects.toThrow('rolled back');
  await Promise.all([refreshed, revoked]);
  const rows =
    await sql()`select session_hash = ${hashOf(derived)} as next, revoked_at is null as live from platform_session
    where coalesce(first_hash, session_hash) = ${hashOf(first.access_token)} order by next`;
  expect(rows).toEqual([
    { next: false, live: false },
    { next: true, live: false },
  ]);
});

test('a code that comes twice, by either way and with whatever address, ends the session it made and what was refreshed', async () => {
  const again: ((code: string) => Promise<unknown>)[] = [
    (code) => redeem(code),
    (code) => redeem(code, { redirect_uri: 'http://127.0.0.1:8123/other' }),
    (code) => server.call('taobao.top.auth.token.create', { code }),
  ];
  for (const [index, repeat] of again.entries()) {
    const code = await newCode();
    const { body: first } = await redeem(code);
    const { body: second } = await refresh(first.refresh_token);
    expect(await isOpen(second.access_token)).toBe(true);
    // Whoever cannot sign as the app ends nothing by it.
    await redeem(code, { client_id: other.app_key, client_secret: other.secret });
    await redeem(code, { client_secret: 'wrong' });
    expect(await isOpen(second.access_token)).toBe(true);
    await repeat(code);
    expect([await isOpen(first.access_token), await isOpen(second.access_token)], String(index)).toEqual([
      false,
      false,
    ]);
  }
  const logged = await sql()`select distinct actor from change_log where method = 'oauth.code-twice'`;
  expect(logged).toEqual([{ actor: demo.app_key }]);
});

test('of a code sent by many at once no session stays', async () => {
  const code = await newCode();
  const replies = await Promise.all(Array.from({ length: 10 }, () => redeem(code)));
  const given = replies.filter(({ status }) => status === 200);
  expect(given.length).toBe(1);
  expect(await isOpen(given[0]?.body.access_token as string)).toBe(false);
});
