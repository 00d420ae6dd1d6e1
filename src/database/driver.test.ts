import { createServer, connect as dial, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { connect } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** What a server that is starting up says to whoever connects. */
const STARTING = Buffer.from('E\0\0\0\x2dSFATAL\0VFATAL\0C57P03\0Mit is starting up\0\0', 'latin1');

/** A door to the database that breaks a connection together with the answer that bears a word, or in place of one. */
async function openBreakingDoor(word: string) {
  const host = new URL(database.target).searchParams.get('host');
  const sockets: Socket[] = [];
  let starting = false;
  const door = createServer((client) => {
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
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  const { port } = door.address() as { port: number };
  const target = new URL(database.target);
  target.searchParams.delete('host');
  target.host = `127.0.0.1:${port}`;
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => door.close(done));
  };
  const refuse = (): void => {
    starting = true;
  };
  return { target: target.href, close, refuse };
}

test('whatever statements come while a connection is lost are answered, and those after by a new one', async () => {
  const door = await openBreakingDoor('last-word');
  const sql = connect(door.target, { max: 1 });
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
  await door.close();
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
  const door = await openBreakingDoor('last-word');
  const sql = connect(door.target, { max: 2 });
  await expect(sql`select 'lose-me'`).rejects.toMatchObject({ code: expect.stringMatching(/^(CONNECTION_|EC)/) });
  await sql.end();
  await door.close();
});

test('a pool that is about to end when its last statement is lost comes to its end too', async () => {
  const door = await openBreakingDoor('last-word');
  const sql = connect(door.target, { max: 1 });
  await sql`select 1`;
  const lost = sql`select 'lose-me'`.then(
    () => expect.unreachable('the connection was lost'),
    (error) => error,
  );
  await Promise.all([sql.end(), lost]);
  await door.close();
});

test('after a loss the refusal of a server that is starting up reaches the next statement', async () => {
  const door = await openBreakingDoor('last-word');
  const sql = connect(door.target, { max: 1 });
  await expect(sql`select 'lose-me'`).rejects.toThrow();
  door.refuse();
  await expect(sql`select 1`).rejects.toMatchObject({ code: '57P03' });
  await sql.end();
  await door.close();
});
