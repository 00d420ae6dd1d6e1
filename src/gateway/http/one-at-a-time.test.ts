import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../test/harness/until.ts';
import { oneAtATime, type Take } from './one-at-a-time.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close().closeAllConnections();
});

async function open(take: Take, most?: number): Promise<void> {
  server = createServer(oneAtATime(take, most).take);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
}

/** A server that keeps every answer until it is told to give it. */
async function openKeeping(most?: number) {
  const begun: [string, ServerResponse][] = [];
  const callers: Socket[] = [];
  await open((request, response) => void begun.push([request.url ?? '', response]), most);
  server?.on('connection', (socket: Socket) => callers.push(socket));
  return { begun, bytesRead: () => callers.reduce((sum, { bytesRead }) => sum + bytesRead, 0) };
}

const addressOf = (of: Server | undefined) => of?.address() as AddressInfo;

/** A connection, and all that came back on it. */
function dial() {
  const socket = connect(addressOf(server).port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  const back = { socket, text: '', ended: false };
  socket.on('data', (chunk) => {
    back.text += chunk;
  });
  socket.on('close', () => {
    back.ended = true;
  });
  return back;
}

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
const pause = () => new Promise((done) => setTimeout(done, 100));

test('begins with a request when the one before it on its connection is answered, and answers all in order', async () => {
  let underWay = 0;
  let most = 0;
  await open((request, response) => {
    most = Math.max(most, ++underWay);
    setImmediate(() => {
      underWay--;
      response.end(`<${request.url}>`);
    });
  });
  const back = dial();
  back.socket.write(Array.from({ length: 3000 }, (_, at) => GET(`/${at}`)).join(''));
  await until(
    () => back.text,
    (text) => text.includes('</2999>'),
  );
  expect(back.text.match(/<\/\d+>/g)).toEqual(Array.from({ length: 3000 }, (_, at) => `</${at}>`));
  expect(most).toBe(1);
});

test('reads no more of a connection while requests wait on it', async () => {
  const { begun, bytesRead } = await openKeeping();
  const { socket } = dial();
  socket.write(GET('/').repeat(400_000));
  await until(
    () => begun.length,
    (length) => length > 0,
  );
  await pause();
  expect(begun).toHaveLength(1);
  expect(bytesRead()).toBeLessThan(1_000_000);
});

test('ends a connection with the answer under way when too many wait, and begins with nothing behind it', async () => {
  const { begun } = await openKeeping(10);
  const greedy = dial();
  greedy.socket.write(GET('/greedy').repeat(100));
  await until(
    () => begun.length,
    (length) => length > 0,
  );
  const modest = dial();
  modest.socket.write(GET('/modest'));
  await until(
    () => begun.length,
    (length) => length > 1,
  );
  for (const [path, response] of begun) response.end(path);
  await until(
    () => greedy.ended,
    (ended) => ended,
  );
  expect(greedy.text.match(/\/greedy/g)).toHaveLength(1);
  await until(
    () => modest.text,
    (text) => text.includes('/modest'),
  );
  modest.socket.write(GET('/modest').repeat(5));
  await until(
    () => begun.length,
    (length) => length > 2,
  );
});

test('begins with nothing that waits behind an answer that ends the connection', async () => {
  const { begun } = await openKeeping();
  const { socket } = dial();
  socket.write(GET('/').repeat(5));
  const [, response] = (await until(
    () => begun[0],
    (found) => found !== undefined,
  )) as [string, ServerResponse];
  response.shouldKeepAlive = false;
  response.end('last');
  await pause();
  expect(begun).toHaveLength(1);
});
