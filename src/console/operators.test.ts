import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { until } from '../../test/harness/until.ts';
import { endSessions } from '../database/operators.ts';
import { connect, type Sql } from '../database/pool.ts';
import { createVault } from '../secrets/vault.ts';
import { makeFirstOwner, offerSetup } from './operator-links.ts';
import { attempt, beginSession, findAccount, findSession, guesserOf, setPassword, takeBack } from './operators.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(randomBytes(32));
let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.target, { max: 12 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

test('hundreds of logins of few accounts from few addresses at once are all counted and none waits for another for ever', async () => {
  const accounts = ['ann', 'bob'].map((login) => guesserOf(vault, 'account', login));
  const addresses = ['10.0.0.1', '10.0.0.2'].map((address) => guesserOf(vault, 'address', address));
  const logins = Array.from({ length: 400 }, (_, n) => [accounts[n % 2]!, addresses[(n >> 1) % 2]!]);
  await Promise.all(
    logins.map(async (guessers, n) => {
      expect(await attempt(sql, { guessers, limits: [1000, 1000] }, { seconds: 600, now: NOW })).toBe(0);
      if (n % 4 === 0) await takeBack(sql, guessers);
    }),
  );
  const rows = await sql`select failures from platform_operator_guess order by failures`;
  expect(rows.map(({ failures }) => failures)).toEqual([100, 100, 200, 200]);
});

test('names that a locked address makes up leave no row each', async () => {
  const address = guesserOf(vault, 'address', '203.0.113.66');
  const guess = (n: number) =>
    attempt(
      sql,
      { guessers: [guesserOf(vault, 'account', `made up ${n}`), address], limits: [10, 3] },
      { seconds: 600, now: NOW },
    );
  const rows = async () => (await sql`select from platform_operator_guess`).count;
  const before = await rows();
  for (let n = 0; n < 3; n++) expect(await guess(n)).toBe(0);
  for (let n = 3; n < 30; n++) expect(await guess(n)).toBe(600);
  expect(await rows()).toBe(before + 4);
});

test('a link for the first owner that outlived its making serves nobody', async () => {
  const owner = (login: string) => ({ login, display_name: login, password_hash: Buffer.from('x') });
  const links = [await offerSetup(sql, vault, NOW), await offerSetup(sql, vault, NOW)] as [string, string];
  const kept = await sql`select * from platform_operator_setup`;
  expect(await makeFirstOwner(sql, vault, { token: links[0], owner: owner('first'), now: NOW })).toBe(true);
  // As if it had been offered while the owner was being made.
  await sql`insert into platform_operator_setup ${sql(kept)}`;
  expect(await makeFirstOwner(sql, vault, { token: links[1], owner: owner('second'), now: NOW })).toBe(false);
  expect(await sql`select login from platform_operator`).toEqual([{ login: 'first' }]);
});

test('a login or a change of password that an owner’s reset overtakes comes to nothing', async () => {
  const login = 'overtaken';
  const hash = (text: string) => Buffer.from(text);
  await sql`insert into platform_operator ${sql({ login, display_name: login, role: 'viewer', password_hash: hash('old'), created_at: NOW })}`;
  const account = await findAccount(sql, login);
  const wish = { login, origin: { address: '::1', user_agent: '' }, now: NOW, account: account! };
  const before = await beginSession(sql, vault, wish);
  expect(await findSession(sql, vault, { token: before!, now: NOW, use: false })).toMatchObject({ login });
  // The reset is not committed yet when the login asks for its session: it waits, and finds another password.
  const overtaken = await sql.begin(async (tx) => {
    await setPassword(tx, login, hash('new'));
    const waiting = beginSession(sql, vault, wish);
    await until(
      () => sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      ({ count }) => count === 1,
    );
    await endSessions(tx, login);
    return { waiting };
  });
  expect(await overtaken.waiting).toBeUndefined();
  expect(await sql`select from platform_operator_session where login = ${login}`).toHaveLength(0);
  expect(await setPassword(sql, login, hash('own'), account!.password_hash)).toBe(false);
  expect((await findAccount(sql, login))?.password_hash).toEqual(hash('new'));
});
