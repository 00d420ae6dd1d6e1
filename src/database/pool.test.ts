import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { StartError } from '../start-error.ts';
import { connect, verify } from './pool.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** The refusal of a database that cannot be used. */
async function refusal(target: string): Promise<StartError> {
  const error = await verify(connect(target, { max: 1 })).catch((each) => each);
  expect(error).toBeInstanceOf(StartError);
  expect(error.message).not.toContain('\n');
  expect(error.message).not.toContain('s3cret');
  return error;
}

/** The database's URL with a part replaced. */
function changed(change: (url: URL) => void): string {
  const url = new URL(db.target);
  change(url);
  return url.href;
}

describe('results', () => {
  test('int8 comes back as a number, also in arrays', async () => {
    const [row] = await db.sql`select ${2 ** 53 - 1}::int8 as one, ${[1, -2]}::int8[] as many, ${12n}::int8 as big`;
    expect(row).toEqual({ one: Number.MAX_SAFE_INTEGER, many: [1, -2], big: 12 });
  });

  test('an int8 that a number cannot hold is an error, and the connection lives on', async () => {
    await expect(db.sql`select ${2n ** 53n}::int8 as one from generate_series(1, 3)`).rejects.toThrow(
      /9007199254740992/,
    );
    expect(await db.sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test('instants are Dates in UTC, what has no time zone stays text, numeric keeps every digit', async () => {
    const at = new Date('2026-03-01T00:00:00.123Z');
    const [row] = await db.sql`select ${at}::timestamptz as at, ${at}::timestamptz::timestamp as wall,
      ${'2026-03-01'}::date as day, 0.10::numeric as exact, current_setting('TimeZone') as zone`;
    expect(row).toEqual({ at, wall: '2026-03-01 00:00:00.123', day: '2026-03-01', exact: '0.10', zone: 'UTC' });
  });

  test('a statement has ten seconds and is never compiled, and the session bears our name', async () => {
    const rows = await db.sql`
      select name, setting, source from pg_settings where name in ('statement_timeout', 'application_name', 'jit')
      order by name`;
    expect(rows).toEqual([
      { name: 'application_name', setting: 'piaoquan', source: 'client' },
      { name: 'jit', setting: 'off', source: 'client' },
      { name: 'statement_timeout', setting: '10000', source: 'client' },
    ]);
  });
});

describe('a database that cannot be used is refused in one line without the password', () => {
  test('verify passes on a database that can', async () => {
    await expect(verify(db.sql)).resolves.toBeUndefined();
  });

  test('nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const error = await refusal(`postgres://u:s3cret@127.0.0.1:${port}/x`);
    expect(error.message).toBe(`no database server answers at 127.0.0.1:${port} (refused)`);
  });

  test('no such database', async () => {
    const error = await refusal(changed((url) => (url.pathname = '/absent')));
    expect(error.message).toMatch(/^the database server at \/.* has no database "absent"$/);
  });

  test('no such user', async () => {
    const error = await refusal(changed((url) => (url.username = 'stranger')));
    expect(error.message).toMatch(/role "stranger" does not exist$/);
  });

  test.each(['not a url', 'mysql://u:s3cret@h/x', 'postgres://u:s3cret%@h/x', ''])(
    'not a PostgreSQL URL: %j',
    (target) => {
      expect(() => connect(target)).toThrow(StartError);
      expect(() => connect(target)).not.toThrow(/s3cret/);
    },
  );

  test('something else than PostgreSQL listens and closes at once', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const error = await refusal(`postgres://u:s3cret@127.0.0.1:${port}/x`);
    expect(error.message).toContain(`no database server answers at 127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
  });
});
