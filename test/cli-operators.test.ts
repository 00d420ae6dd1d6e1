import { rmSync } from 'node:fs';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleClient, hire, logIn, openConsole, PASSWORD } from './harness/console.ts';
import { newHome, piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const home = newHome();

let server: TestServer;
let owner: ConsoleClient;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_HOME: home });
  env = { PIAOQUAN_HOME: home, DATABASE_URL: server.database.target, PIAOQUAN_URL: `${server.url}/router/rest` };
  owner = await logIn(server.url, 'demo-login');
});
afterAll(async () => {
  await server?.close();
  rmSync(home, { recursive: true, force: true });
});

const NEXT = 'quite another sentence';
const operator = (...words: string[]) => piaoquanHere(['operator', ...words], env);
/** How a login ends: 200, or the code of the refusal. */
const enter = async (login: string, password: string) => {
  const { status, body } = await openConsole(server.url).post('login', { login, password });
  return body.error?.code ?? status;
};
const follow = (token: string, password: string, client = openConsole(server.url)) =>
  client.post('reset', { token, password });

test('operator unlock lets in at once who is locked out for wrong passwords, with the right password alone', async () => {
  await hire(owner, server.url, 'locked', 'owner');
  for (let tries = 0; tries < 10; tries++) await enter('locked', 'wrong password');
  expect(await enter('locked', PASSWORD)).toBe('locked');
  const { code, stdout } = await operator('unlock', '--login', 'locked');
  expect([code, stdout]).toEqual([0, 'locked may log in again: the account was locked.\n']);
  expect(await enter('locked', 'wrong password')).toBe('wrong-login');
  expect(await enter('locked', PASSWORD)).toBe(200);
  expect(JSON.parse((await operator('unlock', '--login', 'locked', '--json')).stdout)).toEqual({
    login: 'locked',
    was_locked: false,
    addresses_unlocked: 0,
  });
});

test('operator unlock lets in from an address that was locked with the account, and no other account', async () => {
  const { sql } = server.database;
  for (const login of ['barred', 'other']) await hire(owner, server.url, login, 'viewer');
  for (const login of ['barred', 'other']) expect(await enter(login, 'wrong password')).toBe('wrong-login');
  await sql`update platform_operator_guess set locked_until = now() + interval '10 minutes'`;
  expect(await enter('barred', PASSWORD)).toBe('locked');
  const { stdout } = await operator('unlock', '--login', 'barred');
  expect(stdout).toBe('barred may log in again: the account was locked, and 1 address that tried it was locked.\n');
  expect([await enter('barred', PASSWORD), await enter('other', PASSWORD)]).toEqual([200, 'locked']);
  // An address that is locked for other accounts alone bars whoever comes from there.
  await operator('unlock', '--login', 'other');
  await enter('other', 'wrong password');
  await sql`update platform_operator_guess set locked_until = now() + interval '10 minutes'`;
  expect(await enter('barred', PASSWORD)).toBe('locked');
  expect(JSON.parse((await operator('unlock', '--login', 'barred', '--json')).stdout)).toEqual({
    ...{ login: 'barred', was_locked: false, addresses_unlocked: 1 },
  });
  expect(await enter('barred', PASSWORD)).toBe(200);
  await operator('unlock', '--login', 'other');
});

/** Switches the second factor of a logged-in operator on. */
async function addFactor(client: ConsoleClient): Promise<void> {
  const { body } = await client.post('totp/begin', { password: PASSWORD });
  await client.post('totp/confirm', { code: generateSync({ secret: String(body.secret) }) });
}

test('operator link sets a new password once, without the second factor, and ends all that was before', async () => {
  const client = await hire(owner, server.url, 'lost', 'owner');
  await addFactor(client);
  for (let tries = 0; tries < 10; tries++) await enter('lost', 'wrong password');
  const first = JSON.parse((await operator('link', '--login', 'lost', '--json')).stdout);
  const { code, stdout } = await operator('link', '--login', 'lost');
  const link = /^Link {2}(\S+)\n/.exec(stdout)?.[1] ?? '';
  expect([code, link]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/console\/reset#[\w-]{43}$/)]);
  const token = link.split('#')[1] as string;
  // Nothing is changed until the link is followed, and then by the last one alone.
  expect((await client.get('me')).body).toMatchObject({ totp: true });
  expect((await follow(first.link.split('#')[1], NEXT)).body.error?.code).toBe('reset-link');
  expect((await follow(token, 'short')).body.error?.code).toBe('weak-password');
  const fresh = openConsole(server.url);
  const ends = await Promise.all([follow(token, NEXT, fresh), follow(token, 'a third sentence')]);
  expect(ends.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect((await client.get('me')).status).toBe(401);
  const password = ends[0]?.status === 200 ? NEXT : 'a third sentence';
  expect([await enter('lost', PASSWORD), await enter('lost', password)]).toEqual(['wrong-login', 200]);
  const { changes } = await owner.call<{ changes: { method?: string; actor: string; action: string }[] }>(
    'piaoquan.change.list',
    { query: { thing: 'platform_operator', thing_key: 'lost' } },
  );
  expect(changes).toContainEqual(expect.objectContaining({ actor: 'lost', method: 'console.reset', action: 'update' }));
  const made = expect.objectContaining({ actor: 'system', method: 'operator.link', action: 'call' });
  expect(changes.filter(({ action }) => action === 'call')).toEqual([made, made]);
});

test('a link serves its hours and for what it was made: no stranger, no first owner, nobody who is suspended', async () => {
  const { sql } = server.database;
  await hire(owner, server.url, 'late', 'viewer');
  const { link } = JSON.parse((await operator('link', '--login', 'late', '--json')).stdout);
  const token = link.split('#')[1] as string;
  const wish = { token, login: 'thief', display_name: 'Thief', password: NEXT };
  expect((await openConsole(server.url).post('setup', wish)).body.error?.code).toBe('setup-link');
  await sql`update platform_operator_setup set expires_at = now()`;
  expect((await follow(token, NEXT)).body.error?.code).toBe('reset-link');
  await owner.call('piaoquan.operator.status.update', { login: 'late', status: 2 });
  const refused = [
    await operator('link', '--login', 'late'),
    await operator('link', '--login', 'nobody'),
    await operator('unlock', '--login', 'nobody'),
    await piaoquanHere(['operator', 'link', '--login', 'late'], { PIAOQUAN_HOME: `${home}/none` }),
  ];
  for (const { code, stdout, stderr } of refused) {
    expect(stderr).toMatch(/^piaoquan: [^\n]+\n$/);
    expect([code, stdout]).toEqual([1, '']);
  }
  expect((await operator('link')).code).toBe(64);
});
