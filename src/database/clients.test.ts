import { createServer, connect as dial, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { connect, type Transaction } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** What a server that is starting up says to whoever connects. */
const STARTING = Buffer.from('E\0\0\0\x2dSFATAL\0VFATAL\0C57P03\0Mit is starting up\0\0', 'latin1');

/** A proxy to the database that breaks a connection together with the answer that bears a word, or in place of one. */
async function openBreakingProxy(word: string) {
  const host = new URL(database.target).searchParams.get('host');
  const sockets: Socket[] = [];
  let starting = false;
  const proxy = createServer((client) => {
    if (starting) {
      client.on('error', () => {}).once('data', () => client.end(STARTING));
      return;
    }
    const server = dial(`${host}/.s.PGSQL.5432`);
    sockets.push(client, server);
    const pass = (chunk: Buffer) => (chunk.includes('lose-me') ? client.resetAndDestroy() : server.write(chunk));
    client.on('data', pass).on('error', () => server.destroy());
    client.on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    server.on('data', (chunk) => {
      client.write(chunk);
      if (chunk.includes(word)) client.resetAndDestroy();
    });
  });
  const open = (port: number) => new Promise<void>((done) => proxy.listen(port, '127.0.0.1', done));
  await open(0);
  const { port } = proxy.address() as { port: number };
  const target = new URL(database.target);
  target.searchParams.delete('host');
  target.host = `127.0.0.1:${port}`;
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => proxy.close(done));
  };
  const refuse = (): void => {
    starting = true;
  };
  return { target: target.href, close, open: () => open(port), refuse };
}

test('whatever statements come while a connection is lost are answered, and those after by a new one', async () => {
  const proxy = await openBreakingProxy('last-word');
  const sql = connect(proxy.target, { max: 1 });
  const lost = expect.objectContaining({ code: expect.stringMatching(/^(CONNECTION_|EC)/) });
  for (let round = 0; round < 10; round++) {
    await sql`select 1`;
    const during = sql`select 'last-word' as word`
      .then(() => sql`select 2 as two`)
      .then(
        () => expect.unreachable('the connection was lost'),
        // Its error comes before the end of the socket does.
        (first) =>
          sql`select 3`.then(
            () => first,
            (second) => [first, second],
          ),
      );
    expect([await during].flat()).toEqual(expect.arrayContaining([lost]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await sql`select 4 as four`).toEqual([{ four: 4 }]);
  }
  await sql.end();
  await proxy.close();
});

test('a transaction whose connection is lost fails by itself alone', async () => {
  const sql = connect(database.target, { max: 2 });
  for (let round = 0; round < 5; round++) {
    const lost = sql.begin(async (tx) => {
      const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await database.sql`select pg_terminate_backend(${own?.pid ?? 0})`;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx`select 1`;
    });
    await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/^(57P01|CONNECTION_)/) });
    // What would end the process comes with the next turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  }
  await sql.end();
});

test('a pool of which a connection was lost with a statement under way comes to its end', async () => {
  const proxy = await openBreakingProxy('last-word');
  const sql = connect(proxy.target, { max: 2 });
  await expect(sql`select 'lose-me'`).rejects.toMatchObject({ code: expect.stringMatching(/^(CONNECTION_|EC)/) });
  await sql.end();
  await proxy.close();
});

test('a pool that is about to end when its last statement is lost comes to its end too', async () => {
  const proxy = await openBreakingProxy('last-word');
  const sql = connect(proxy.target, { max: 1 });
  await sql`select 1`;
  const lost = sql`select 'lose-me'`.then(
    () => expect.unreachable('the connection was lost'),
    (error) => error,
  );
  await Promise.all([sql.end(), lost]);
  await proxy.close();
});

/** Whatever becomes of statements, told once for each; fails if one of them stays without an answer. */
async function outcomes(statements: readonly PromiseLike<unknown>[]): Promise<string[]> {
  const told = statements.map(() => 0);
  const count = (n: number): void => {
    told[n] = (told[n] as number) + 1;
  };
  const settled = statements.map((each, n) =>
    each.then(
      () => {
        count(n);
        return 'answered';
      },
      (error: { code?: string }) => {
        count(n);
        return error.code ?? String(error);
      },
    ),
  );
  const results = await Promise.all(settled);
  expect(new Set(told)).toEqual(new Set([1]));
  return results;
}

const LOST = /^(57P01|CONNECTION_CLOSED|ECONNRESET|EPIPE)$/;
const endBackends = (but: number) =>
  database.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and pid <> ${but}`;

test('connections that are lost while nobody uses them are replaced unnoticed', async () => {
  const sql = connect(database.target, { max: 3 });
  await Promise.all([sql`select pg_sleep(0.05)`, sql`select pg_sleep(0.05)`, sql`select pg_sleep(0.05)`]);
  await endBackends(0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await outcomes([sql`select 1`, sql`select 2`, sql`select 3`])).toEqual(Array(3).fill('answered'));
  await sql.end();
});

test('of hundreds of statements under way on connections that are lost each is answered or refused, once', async () => {
  const sql = connect(database.target, { max: 2 });
  await sql`select 1`;
  const all = Array.from({ length: 400 }, (_, n) => sql`select ${n}::int as n, pg_sleep(0.001)`);
  const settled = outcomes(all);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await endBackends(0);
  const found = await settled;
  expect(found.filter((each) => each !== 'answered' && !LOST.test(each))).toEqual([]);
  expect(found.filter((each) => LOST.test(each)).length).toBeGreaterThan(0);
  // A connection that nobody used may not have been told yet that it is lost.
  await expect.poll(() => sql`select 1 as one`.catch(() => 'lost')).toEqual([{ one: 1 }]);
  await sql.end();
});

test('a server that is killed refuses what comes, and is found soon after it is back', async () => {
  const proxy = await openBreakingProxy('last-word');
  const sql = connect(proxy.target, { max: 4 });
  await Promise.all([1, 2, 3, 4].map(() => sql`select pg_sleep(0.02)`));
  await proxy.close();
  const found = await outcomes(Array.from({ length: 100 }, () => sql`select 1`));
  expect(found.filter((each) => !/^(CONNECTION_CLOSED|ECONN\w+|EPIPE)$/.test(each))).toEqual([]);
  for (let round = 0; round < 4; round++) expect(await outcomes([sql`select 1`])).toEqual(['ECONNREFUSED']);
  await proxy.open();
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
  await proxy.close();
});

test('a pool that ends answers what it was asked before, refuses what comes, and says so again', async () => {
  const sql = connect(database.target, { max: 1 });
  const asked = [sql`select pg_sleep(0.1)`, sql`select 1`, sql.begin((tx) => tx`select 1`)];
  const settled = outcomes(asked);
  const ended = sql.end();
  expect(await outcomes([sql`select 1`, sql.begin((tx) => tx`select 1`)])).toEqual(Array(2).fill('CONNECTION_ENDED'));
  expect(await settled).toEqual(Array(3).fill('answered'));
  await Promise.all([ended, sql.end(), sql.end({ timeout: 1 })]);
});

test('a pool that ends after a time cuts off what is under way and waits, and a connection that is not made yet', async () => {
  const sql = connect(database.target, { max: 1 });
  const held = sql.begin(async (tx) => {
    await tx`select 1`;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await tx`select 1`;
  });
  await sql`select 1`.catch(() => {});
  const silent = createServer();
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const other = connect(`postgres://u@127.0.0.1:${(silent.address() as { port: number }).port}/x`);
  const all = outcomes([held, sql`select pg_sleep(9)`, sql`select 1`, other`select 1`]);
  await Promise.all([sql.end({ timeout: 0.02 }), other.end({ timeout: 0.02 })]);
  expect((await all).filter((each) => !/^(answered|CONNECTION_\w+)$/.test(each))).toEqual([]);
  silent.close();
});

test('a statement does not wait behind one that takes long, nor behind those that have a connection alone', async () => {
  const sql = connect(database.target, { max: 5 });
  const slow = [sql`select pg_sleep(0.6)`, sql`select pg_sleep(0.6)`, sql.alone`select pg_sleep(0.6)`];
  const order: string[] = [];
  const settled = slow.map((each) => each.then(() => order.push('slow')));
  await new Promise((resolve) => setTimeout(resolve, 60));
  for (let round = 0; round < 5; round++) {
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => sql`select 1`));
    order.push('quick');
  }
  await Promise.all(settled);
  expect(order).toEqual([...Array(5).fill('quick'), ...Array(3).fill('slow')]);
  await sql.end();
});

test('a transaction gets its turn while statements keep coming, also on one connection', async () => {
  const sql = connect(database.target, { max: 1 });
  let isDone = false;
  const crowd = Array.from({ length: 5 }, async () => {
    while (!isDone) await sql`select 1`;
  });
  for (let round = 0; round < 20; round++) await sql.begin((tx) => tx`select 1`);
  isDone = true;
  await Promise.all(crowd);
  await sql.end();
});

test('a transaction of which a statement failed is rolled back, whoever passes over that, and over for ever', async () => {
  const { sql } = database;
  await sql`create table kept (n integer primary key)`;
  const late: Transaction[] = [];
  const passed = sql.begin(async (tx) => {
    late.push(tx);
    await tx`insert into kept values (1)`;
    await tx`insert into kept values (1)`.catch(() => {});
    return 'done';
  });
  await expect(passed).rejects.toMatchObject({ code: '23505' });
  expect(await sql`select n from kept`).toEqual([]);
  await expect(late[0]!`select 1`).rejects.toThrow('the transaction is over');
});

test('a plan that does not fit any more is made anew, and of statements that cannot be planned each says why', async () => {
  const sql = connect(database.target, { max: 1 });
  await sql`create table wide (a integer)`;
  await sql`insert into wide values (1)`;
  const read = () => sql`select * from wide`;
  expect(await read()).toEqual([{ a: 1 }]);
  await database.sql`alter table wide add column b text default 'b'`;
  expect(await Promise.all([read(), read()])).toEqual(Array(2).fill([{ a: 1, b: 'b' }]));
  const missing = Array.from({ length: 5 }, () => sql`select * from not_there`);
  expect(await outcomes(missing)).toEqual(Array(5).fill('42P01'));
  await sql`create table not_there ()`;
  expect(await sql`select * from not_there`).toEqual([]);
  await sql.end();
});

test('after a loss the refusal of a server that is starting up reaches the next statement', async () => {
  const proxy = await openBreakingProxy('last-word');
  const sql = connect(proxy.target, { max: 1 });
  await expect(sql`select 'lose-me'`).rejects.toThrow();
  proxy.refuse();
  await expect(sql`select 1`).rejects.toMatchObject({ code: '57P03' });
  await sql.end();
  await proxy.close();
});
