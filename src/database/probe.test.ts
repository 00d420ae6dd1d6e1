import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { using } from '../../test/harness/embedded-home.ts';
import { openWriteProbe } from './probe.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The database itself refuses what needs room, as with a full disk. */
const refuse = (sqlstate: string) =>
  database.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file: No space left on device' using errcode = '${sqlstate}';
    end $$;
    create trigger refuse before insert on platform_probe for each row execute function refuse()`);

test('a database that can be written passes, and nothing is left of the probe', async () => {
  const [before] = await database.sql`select pg_relation_filepath('platform_probe') as file`;
  expect(await openWriteProbe(database.sql)()).toBeUndefined();
  const [after] = await database.sql`
    select pg_relation_filepath('platform_probe') as file, pg_relation_size('platform_probe')::int as bytes`;
  expect(after).toEqual({ ...before, bytes: 0 });
});

test('a full disk is told by the SQLSTATE that PostgreSQL gives, and forgotten once there is room', async () => {
  let now = 0;
  const probe = openWriteProbe(database.sql, () => now);
  await refuse('53100');
  expect(await probe()).toBe('disk full');
  await database.sql`drop trigger refuse on platform_probe`;
  expect(await probe()).toBe('disk full');
  now += 5001;
  expect(await probe()).toBeUndefined();
});

test('a standby that only reads is told', async () => {
  const readOnly = `${database.target}&default_transaction_read_only=on`;
  expect(await using(readOnly, (sql) => openWriteProbe(sql)())).toBe('database read-only');
});

test('what has other reasons says nothing of the disk: an error, a lock that a backup holds', async () => {
  await refuse('22000');
  expect(await openWriteProbe(database.sql)()).toBeUndefined();
  await database.sql`drop trigger refuse on platform_probe`;
  await database.sql.begin(async (backup) => {
    await backup`lock table platform_probe in access share mode`;
    // It gives way by itself: nothing else would end its wait here.
    const patient = `${database.target}&statement_timeout=0`;
    expect(await using(patient, (sql) => openWriteProbe(sql)())).toBeUndefined();
  });
});

test('callers that ask at once share one probe', async () => {
  const probe = openWriteProbe(database.sql, () => 0);
  const first = probe();
  expect(probe()).toBe(first);
  await first;
});
