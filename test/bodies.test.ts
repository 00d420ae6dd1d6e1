import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
import { exchange, FORM, signedCall } from './harness/exchange.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const MEMORY = 4 * 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_BODY_MEMORY: String(MEMORY) });
});
afterAll(() => server?.close());

function open(): Socket {
  const { hostname, port } = new URL(server.url);
  return connect(Number(port), hostname).on('error', () => undefined);
}

const head = (path: string, length: number, type = FORM) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

/** Sends all of a body but its last byte. */
async function halfSent(bytes: number): Promise<Socket> {
  const socket = open();
  await new Promise((done) => socket.write(head('/router/rest', bytes) + 'a'.repeat(bytes - 1), done));
  return socket;
}

const call = (filler: number) =>
  encodeForm(signedCall('taobao.time.get', [], { set: { filler: 'x'.repeat(filler), session: undefined } }));
const large = () => exchange(server.url, { headers: { 'content-type': FORM }, body: call(1_000_000) });

test('beyond the memory for unfinished bodies callers are told to come again at once, and small calls go on', async () => {
  const held = await Promise.all(Array.from({ length: 4 }, () => halfSent(MEMORY / 4)));
  // Whoever comes while they still arrive may take their room.
  await sleep(500);
  const refused = await until(large, ({ text }) => text.includes('isp.top-remote-service-unavailable'));
  expect(refused.status).toBe(200);
  // The answer does not wait for the rest of the body.
  const socket = open();
  socket.write(head('/router/rest?format=json', 1_000_000) + 'a'.repeat(500_000));
  const [first] = await once(socket, 'data');
  expect(String(first)).toContain('isp.top-remote-service-unavailable');
  socket.destroy();
  expect((await exchange(server.url, { headers: { 'content-type': FORM }, body: call(10) })).text).toContain(
    'time_get_response',
  );
  // The pages' own doors share the memory.
  const tool = await fetch(`${server.url}/tool/sign`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filler: 'x'.repeat(1_000_000) }),
  });
  expect(tool.status).toBe(503);
  for (const each of held) each.destroy();
  await until(large, ({ text }) => text.includes('time_get_response'));
});

test('memory of a body is given back when it is answered, refused, or cut off', async () => {
  for (let times = 0; times < 20; times++) {
    expect((await large()).text).toContain('time_get_response');
    (await halfSent(MEMORY / 2)).destroy();
    const refused = open();
    refused.end(`${head('/router/rest', 5_000_000)}${'a'.repeat(5_000_000)}`);
    expect(await readAll(refused)).toContain('42');
  }
  await until(large, ({ text }) => text.includes('time_get_response'));
});

test('a body in chunks of any size is read, but not in a great many tiny ones', async () => {
  const send = async (path: string, body: string, size: number): Promise<string> => {
    const socket = open();
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let at = 0; at < body.length; at += 10_000 * size) {
      const pieces = body.slice(at, at + 10_000 * size).match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      socket.write(pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join(''));
    }
    socket.write('0\r\n\r\n');
    return readAll(socket);
  };
  for (const [filler, size] of [
    [10_000, 1],
    [100_000, 7],
    [1_000_000, 64],
    [1_000_000, 4096],
  ] as const)
    expect(await send('/router/rest', call(filler), size), `chunks of ${size}`).toContain('time_get_response');
  expect(await send('/router/rest?format=json', call(1_000_000), 1)).toContain('too many tiny chunks');
  expect(await send('/token', 'a'.repeat(16_000), 1)).toMatch(/^HTTP\/1\.1 4/);
  expect(await send('/router/rest', call(10), 1)).toContain('time_get_response');
});
