import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { connect } from '../database/pool.ts';
import { createVault } from '../secrets/vault.ts';
import { openAppStore } from './apps.ts';
import { openQuotas } from './quotas.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => vi.useRealTimers());

test('of calls that wait together at the edge of a window each counts in its own', async () => {
  const { sql } = database;
  await sql`insert into platform_app (app_key, name, created_at) values ('777', '窗口', now())`;
  await sql`insert into platform_frequency values ('777', 'm', 3, 10)`;
  const apps = openAppStore(sql, createVault(randomBytes(32)));
  const quotas = openQuotas(sql, apps);
  const app = (await apps.find('777'))!;
  const start = Date.parse('2026-05-01T00:00:00+08:00');
  const take = async (ms: number): Promise<string> => {
    try {
      await quotas.take(app, 'm', new Date(start + ms));
      return 'taken';
    } catch (error) {
      return (error as { body: { sub_msg: string } }).body.sub_msg;
    }
  };
  const wait = (seconds: number) => `This ban will last for ${seconds} more seconds`;
  expect(await Promise.all([0, 1, 2, 3].map(take))).toEqual(['taken', 'taken', 'taken', wait(10)]);
  expect(await take(9999)).toBe(wait(1));
  // The first of them comes while the window before is full, the others a moment later.
  expect((await Promise.all([9999, 10_000, 10_001, 10_002].map(take))).slice(1)).toContain('taken');
  const [counter] = await sql`select used from platform_quota_use where counter = 'm 777'`;
  expect(counter?.used).toBe(3);
  expect(await take(10_003)).toBe(wait(10));
});

test('under a steady load the next calls are taken while there are some: none waits, and every call is counted once', async () => {
  // One connection: once a later statement is answered, what came before it is done.
  const sql = connect(database.target, { max: 1 });
  await sql`insert into platform_app (app_key, name, created_at) values ('778', '忙', now())`;
  const apps = openAppStore(sql, createVault(randomBytes(32)));
  const quotas = openQuotas(sql, apps);
  const app = (await apps.find('778'))!;
  const start = Date.parse('2026-05-01T00:00:00+08:00');
  const used = async (): Promise<number> => {
    await new Promise(setImmediate);
    const [row] = await sql`select used::int from platform_quota_use where counter = 'day 778'`;
    await new Promise(setImmediate);
    return row?.used;
  };
  let taken = 0;
  const take = (ms: number) => {
    taken += 1;
    return quotas.take(app, 'm', new Date(start + ms));
  };
  // What is left of those taken ahead is given back by a timer, which waits here until it is let go.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  await Promise.all(Array.from({ length: 20 }, () => take(0)));
  let counted = await used();
  for (let ms = 60; ms < 600; ms += 60) {
    // Each of these finds the calls of half a moment ago, which are over before the one after next.
    for (let call = 0; call < 20; call++) expect(take(ms)).toBeUndefined();
    const before = counted;
    counted = await used();
    expect(counted).toBeGreaterThan(before);
  }
  vi.advanceTimersByTime(1000);
  expect(await used()).toBe(taken);
  await sql.end();
});
