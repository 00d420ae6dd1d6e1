import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { copyValue } from './copy.ts';
import { connect, type Sql } from './pool.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.target, { max: 1 });
  await sql`create table line (n integer primary key, said text)`;
});
beforeEach(async () => {
  await sql`truncate line`;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const copy = (pieces: Iterable<string>) => sql.begin((tx) => tx.copy(tx`copy line from stdin`, pieces));
const lines = () => sql`select n, said from line order by n`;

test('text of every kind comes as it was given', async () => {
  const texts = ['tab\tbed', 'back\\slash', '\\N', '\\.', 'two\nlines\r\n', '券码 🎫', ''];
  await copy(texts.map((text, n) => `${n}\t${copyValue(text)}\n`));
  expect(await lines()).toEqual(texts.map((said, n) => ({ n, said })));
});

test('pieces are made only as fast as the server takes them', async () => {
  let made = 0;
  function* pieces(): Generator<string> {
    for (; made < 200; made++) yield `${made}\t${'x'.repeat(100_000)}\n`;
  }
  await sql`create function wait_turn() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock(1); return new; end'`;
  await sql`create trigger wait_turn before insert on line for each row execute function wait_turn()`;
  const holder = connect(database.target, { max: 1 });
  await holder`select pg_advisory_lock(1)`;
  const copied = copy(pieces());
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(20);
  await holder`select pg_advisory_unlock(1)`;
  await holder.end();
  await copied;
  expect(await sql`select count(*), sum(length(said)) as size from line`).toEqual([{ count: 200, size: 20_000_000 }]);
  await sql`drop trigger wait_turn on line`;
});

test('a refusal that comes after the last line is told, and the connection serves on', async () => {
  for (let round = 0; round < 5; round++) {
    const copied = copy(['1\tone\n', '1\tagain\n']);
    await expect(copied).rejects.toMatchObject({ code: '23505' });
    expect(await lines()).toEqual([]);
  }
});

test('a refusal in the middle is told, and the connection serves on', async () => {
  function* pieces(): Generator<string> {
    yield 'no number\tone\n';
    for (let n = 0; n < 1000; n++) yield `${n}\t${'x'.repeat(10_000)}\n`;
  }
  await expect(copy(pieces())).rejects.toMatchObject({ code: '22P02' });
  expect(await lines()).toEqual([]);
});

test('lines that cannot be made leave nothing behind', async () => {
  function* pieces(): Generator<string> {
    yield '1\tone\n';
    throw new Error('out of paper');
  }
  await expect(copy(pieces())).rejects.toThrow('out of paper');
  expect(await lines()).toEqual([]);
});

test('a connection that is lost in the middle ends its COPY alone', async () => {
  const copied = sql.begin(async (tx) => {
    const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    function* pieces(): Generator<string> {
      yield '1\tone\n';
      database.sql`select pg_terminate_backend(${own?.pid ?? 0})`.then();
      for (let n = 2; n < 5000; n++) yield `${n}\t${'x'.repeat(10_000)}\n`;
    }
    await tx.copy(tx`copy line from stdin`, pieces());
  });
  await expect(copied).rejects.toMatchObject({ code: expect.stringMatching(/^(57P01|CONNECTION_|EPIPE|ECONNRESET)/) });
  // What would end the process comes with the next turns of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await lines()).toEqual([]);
});
