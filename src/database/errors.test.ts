import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { createBatcher } from '../batching/batch.ts';
import { isTransient } from './errors.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('a query whose connection the server ended, and a serialization failure, but not a violated constraint', async () => {
  const { sql } = db;
  await sql`create table counter (id int primary key, taken int check (taken <= 3))`;
  await sql`insert into counter values (1, 0)`;
  const ended = await sql`select pg_terminate_backend(pg_backend_pid())`.catch((error) => error);
  expect(isTransient(ended)).toBe(true);
  const stale = sql.begin('isolation level serializable', async (tx) => {
    await tx`select * from counter`;
    await sql`update counter set taken = taken + 1`;
    await tx`update counter set taken = taken + 1`;
  });
  expect(isTransient(await stale.catch((error) => error))).toBe(true);
  expect(isTransient(await sql`update counter set taken = 9`.catch((error) => error))).toBe(false);
});

test.each(['57P01', '57P03', '08006', '40P01', 'ECONNREFUSED', 'CONNECTION_CLOSED'])('an error of code %s', (code) => {
  expect(isTransient(Object.assign(new Error('lost'), { code }))).toBe(true);
});

test.each(['23505', '57014', '42P01', 'CONNECTION_ENDED', undefined])('not an error of code %s', (code) => {
  expect(isTransient(Object.assign(new Error('no'), { code }))).toBe(false);
  expect(isTransient(code)).toBe(false);
});

test('a batch goes through although the server ends its connections', async () => {
  const { sql } = db;
  let runs = 0;
  const batcher = createBatcher<number, number>({
    run: async (_key, commands) => {
      if (++runs < 3) await sql`select pg_terminate_backend(pg_backend_pid())`;
      const rows = await sql<{ id: number }[]>`select unnest(${commands}::int[]) as id`;
      return rows.map(({ id }) => id);
    },
  });
  expect(await Promise.all([7, 8, 9].map((command) => batcher.submit('a', command)))).toEqual([7, 8, 9]);
});
