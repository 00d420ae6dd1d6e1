import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { until } from '../../test/harness/until.ts';
import { findStock } from '../handlers.ts';
import { openLive } from './live.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A response as the console's route has it, what was sent by it so far, and what ends its connection. */
async function openResponse(): Promise<{ response: ServerResponse; sent: () => string; leave: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  const response = await new Promise<ServerResponse>((found) => server.on('request', (_request, own) => found(own)));
  server.close();
  const leave = async (): Promise<void> => {
    const closed = new Promise((done) => response.on('close', done));
    socket.destroy();
    await closed;
  };
  return { response, sent: () => text, leave };
}

const stays = async (): Promise<boolean> => true;

test('who left while it was let in is not listened for, and the database is left alone', async () => {
  let looks = 0;
  const clock = () => {
    looks++;
    return new Date();
  };
  const live = openLive({ sql: database.sql, clock, findStock }, () => undefined);
  const { response, leave } = await openResponse();
  await leave();
  live.listen(response, stays);
  expect(looks).toBe(0);
});

test('who comes while others listen is sent at once what they were sent last', async () => {
  const live = openLive({ sql: database.sql, clock: () => new Date(), findStock }, () => undefined);
  const [first, second] = [await openResponse(), await openResponse()];
  live.listen(first.response, stays);
  await until(
    async () => first.sent(),
    (text) => text.includes('event: stock'),
  );
  const before = Date.now();
  live.listen(second.response, stays);
  const text = await until(
    async () => second.sent(),
    (text) => text.includes('event: stock'),
  );
  const instants = [...text.matchAll(/"at":(\d+)/g)].slice(0, 2).map(([, at]) => Number(at));
  expect(instants).toHaveLength(2);
  for (const at of instants) expect(at).toBeLessThanOrEqual(before);
  await first.leave();
  await second.leave();
});
