import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEW, GROWN, type Grown, KNOWLEDGE, many, openGrown, sum } from '../../test/harness/grown.ts';
import { attempt, takeBack } from '../console/operators.ts';
import type { Sql } from '../database/pool.ts';
import { createVault, SESSION_KEY_PURPOSE } from '../secrets/vault.ts';
import { openSessionStore } from './sessions.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const CALLS = 100;
/** Rows read for each of a list: a fifth of what any other plan reads. */
const A_CALL = 10;
const vault = createVault(Buffer.alloc(32));

const bytes = (text: string): Buffer => createHash('sha256').update(text).digest();

async function fill(sql: Sql, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::int, ${to}::int) n`;
  await sql`insert into platform_app (app_key, name, created_at) select '1', 'app', ${NOW} where ${from} = 1`;
  await sql`insert into platform_user (user_id, nick, created_at) select n, 'user ' || n, ${NOW} from ${numbers}`;
  const hashes = many(to - from + 1, (n) => vault.hash(SESSION_KEY_PURPOSE, `session ${from + n - 1}`).toString('hex'));
  await sql`
    insert into platform_session (session_hash, app_key, user_id, created_at, expires_at)
    select decode(hash, 'hex'), '1', ${from}::int + n - 1, ${NOW}, '2040-01-01'
    from unnest(${hashes}::text[]) with ordinality h (hash, n)`;
  await sql`insert into platform_quota_use (counter, window_start, used) select 'day ' || n, 0, 9 from ${numbers}`;
  await sql`
    insert into platform_operator_guess (guesser, failures, window_start)
    select sha256(('guesser ' || n)::bytea), 1, ${NOW} from ${numbers}`;
}

const counters = (count: number, last: number) =>
  many(count, (n) => ({
    ...{ wanted: 5, spare: 10, returned: n % 3 },
    counters: [
      { counter: `day ${last - n}`, window_start: 0, max: 1000 },
      { counter: `method ${n % 4}`, window_start: 0, max: 1000 },
    ],
  }));
const guessers = (last: number): Buffer[] => [bytes(`guesser ${last}`), bytes('a new one')];

/** Every statement on a list of so many, of what stands at the end of its table. */
const work = (count: number, last: number) => ({
  sessions: async (sql: Sql) => {
    const store = openSessionStore(sql, vault);
    const found = await Promise.all(many(count, (n) => store.find(`session ${last - n}`)));
    expect(found.filter((each) => each === undefined)).toEqual([]);
  },
  quotas: (sql: Sql) => sql`
    select platform_take_quota(version, ${sql.json(counters(count, last))}) from platform_config_version`,
});

describe.each(KNOWLEDGE)('with plans of small tables, %s', (known) => {
  let grown: Grown;
  const login = async (sql: Sql, last: number) => {
    expect(await attempt(sql, { guessers: guessers(last), limits: [9, 9] }, { seconds: 60, now: NOW })).toBe(0);
    await takeBack(sql, guessers(last));
  };
  beforeAll(async () => {
    const use = async (sql: Sql) => {
      for (const each of Object.values(work(FEW - 1, FEW))) await each(sql);
      await login(sql, FEW);
    };
    grown = await openGrown(known, { fill, use });
  });
  afterAll(() => grown?.close());

  test.each(Object.entries(work(CALLS, GROWN)))('%s read a few rows each of large tables', async (_name, run) => {
    expect(sum(await grown.read(run))).toBeLessThan(A_CALL * CALLS);
  });

  test('a login reads a few rows, whoever else guesses', async () => {
    expect(sum(await grown.read((tx) => login(tx, GROWN)))).toBeLessThan(30);
  });
});
