import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { createVault } from '../database/vault.ts';
import { openAppStore } from './apps.ts';
import { openQuotas } from './quotas.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

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
