import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
import { FORM, signedCall } from './harness/exchange.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { answersOf } from './harness/talk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const time = () => encodeForm(signedCall('taobao.time.get'));
const post = (body: string, lines = '', path = '/router/rest', verb = 'POST') =>
  `${verb} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`;
const chunked = (body: string, path = '/router/rest') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const get = (query: string, lines = '') => `GET /router/rest?${query} HTTP/1.1\r\nHost: x\r\n${lines}\r\n`;

/** A query as a browser's address line sends it: UTF-8 as it is, each byte a character. */
const raw = () =>
  encodeForm(signedCall('taobao.time.get', [['note', '测试 é']])).replace(/%[89A-F][0-9A-F]/g, (pair) =>
    String.fromCharCode(Number.parseInt(pair.slice(1), 16)),
  );

/** Requests that come to an answer behind which the connection stays. */
const GOOD: readonly (readonly [string, () => string])[] = [
  ['a GET', () => get(time())],
  ['a POST', () => post(time())],
  ['chunks', () => chunked(time())],
  ['chunks that hold blank lines', () => chunked('\r\n\r\nformat=json\n\n', '/router/rest')],
  ['a GET of raw UTF-8', () => get(raw())],
  ['a GET of raw UTF-8 with many headers', () => get(raw(), `X-Long: ${'x'.repeat(3000)}\r\n`)],
  ['a POST with raw UTF-8 in its address', () => post('a=1', '', `/router/rest?${raw()}`)],
  ['chunks with raw UTF-8 in their address', () => chunked('a=1', `/router/rest?${raw()}`)],
  ['GBK in the address', () => get('format=json&a=\xb2\xe2')],
  ['line breaks ahead', () => `\r\n\n${get(raw())}`],
  ['a page', () => 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'],
];

/** Requests behind whose answer the connection ends. */
const BROKEN: readonly (readonly [string, () => string])[] = [
  ['a head that is too long', () => get('format=json', `X: ${'x'.repeat(70_000)}\r\n`)],
  ['an address that is too long', () => get(`format=json&simplify=true&a=${'x'.repeat(150_000)}`)],
  ['one whose format stands at its end', () => get(`a=${'x'.repeat(150_000)}&format=json`)],
  ['a verb in small letters with its format in the body', () => post('a=1&format=json', '', '/router/rest', 'post')],
  ['a blank in the address', () => get('format=json&timestamp=2026-01-01 10:00:00')],
  ['two lengths, the format in the body', () => post('a=1&format=json', 'Content-Length: 3\r\n')],
  ['a field without a colon', () => post('format=json', 'X\r\n')],
  ['a verb that no path takes', () => 'BREW /health HTTP/1.1\r\nHost: x\r\n\r\n'],
];

/** Writes pieces, each read by itself, and gives the answers once there are so many, or the connection ended. */
async function converse(pieces: readonly string[], count: number): Promise<ReturnType<typeof answersOf>> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  const chunks: Buffer[] = [];
  const answers = () => answersOf(Buffer.concat(chunks).toString());
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', (bytes: Buffer) => {
    chunks.push(bytes);
    const last = answers()[count - 1];
    if (last !== undefined && Buffer.byteLength(last.body) === lengthOf(last.head)) resolve();
  });
  socket.on('close', resolve).on('error', () => resolve());
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((done) => setTimeout(done, 2));
  }
  await promise;
  socket.destroy();
  return answers();
}

const lengthOf = (head: string): number => Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);

/** What an answer says, whenever and to whom it was given. */
const told = (answer: ReturnType<typeof answersOf>[number] | undefined) => [
  answer?.status,
  /content-type: (.*)/i.exec(answer?.head ?? '')?.[1],
  answer?.body.replace(/"request_id":"\w+"|<request_id>\w+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, ''),
];

/** A text cut at places that are told in thousandths of its length. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((place) => Math.floor((text.length * place) / 1000)), text.length].sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((piece) => piece !== '');
}

const anyCuts = fc.array(fc.oneof(fc.nat(1000), fc.nat(60)), { maxLength: 5 });
const BEFORE = [[], [get(time())], [chunked(time())], [chunked(time()), get(time())]];
const before = fc.constantFrom(...BEFORE);

describe('however its bytes are cut, and whatever came before it on its connection, the answer is the same', () => {
  test.each(GOOD)('%s', async (_what, make) => {
    const bytes = make();
    const whole = told((await converse([bytes], 1))[0]);
    await fc.assert(
      fc.asyncProperty(before, anyCuts, async (earlier, cuts) => {
        const answers = await converse(cut([...earlier, bytes].join(''), cuts), earlier.length + 1);
        expect(answers).toHaveLength(earlier.length + 1);
        expect(told(answers.at(-1))).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  test.each(BROKEN)('%s', async (_what, make) => {
    const bytes = make();
    const whole = told((await converse([bytes], 1))[0]);
    expect(whole[1]).toContain('application/json');
    await fc.assert(
      fc.asyncProperty(fc.boolean(), anyCuts, async (isLater, cuts) => {
        // An answer that is still owed would be the connection's last.
        const earlier = isLater ? [get('format=json'), ...cut(chunked('format=json'), [500])] : [];
        const answers = await converse([...earlier, ...cut(bytes, cuts)], isLater ? 3 : 1);
        expect(answers).toHaveLength(isLater ? 3 : 1);
        expect(told(answers.at(-1))).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });
});

test('heads that are not there as a whole share the memory of bodies; beyond it callers are told to come again', async () => {
  const small = await startTestServer({ PIAOQUAN_BODY_MEMORY: String(8 * 1024 * 1024) });
  const { hostname, port } = new URL(small.url);
  const open = () => {
    const socket = connect({ port: Number(port), host: hostname });
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.write(`GET /router/rest?format=json HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(50_000)}`);
    return { socket, ended: once(socket, 'close').then(() => text) };
  };
  const callers = Array.from({ length: 200 }, open);
  const refused = await Promise.race(callers.map(({ ended }) => ended));
  expect(refused).toContain('isp.top-remote-service-unavailable');
  for (const { socket } of callers) socket.destroy();
  await Promise.all(callers.map(({ ended }) => ended));
  const ask = () => fetch(`${small.url}/router/rest?format=json`, { method: 'POST', body: 'x'.repeat(100_000) });
  await expect.poll(async () => (await ask()).text(), { timeout: 20_000 }).toContain('"code":21');
  await small.close();
});
