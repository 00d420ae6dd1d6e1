import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPasted } from '../src/cli/parameters.ts';
import { readCsv } from '../src/domains/vouchers/imports/csv.ts';
import { platformFault, readBroken } from '../src/gateway/http/broken-request.ts';
import { addAskedFormat } from '../src/wire/asked-format.ts';
import { decodeBatch } from '../src/wire/batch.ts';
import { decodeForm, decodeFormBytes, encodeForm } from '../src/wire/form.ts';
import { boundaryOf, decodeMultipart } from '../src/wire/multipart.ts';
import { acceptsGzip, cookieNamed, languageOf } from '../src/wire/preferences.ts';
import { isStructural, withoutSeparator } from '../src/wire/separator.ts';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { exchange, FORM, signedCall } from './harness/exchange.ts';
import { endAll, newHome, type Started, sandbox } from './harness/run.ts';

/** The longest body and the longest head that are read, in bytes. */
const BODY = 4 * 1024 * 1024;
const HEAD = 60 * 1024;
/** A CSV comes in parts of so many characters. */
const CSV_PART = 1_000_000;

/** How much longer than plain text of the same length anything may take, and by how many limits the process may grow. */
const MOST_TIMES = 20;
const MOST_GROWTH = 8;
/** Less than this is no time at all, in milliseconds, and a plain body takes so much for each MB on its way in alone. */
const LEAST_MS = 5;
const MS_PER_MB = 5;
const RUNS = 5;

const SINGLE = [...'&;:=,"\\ \r\n%<-#xN', '\t', '\0', '\ud83d\ude00'];
const PAIRED = [
  '&=',
  '=&',
  ';=',
  '; ',
  ', ',
  ',;',
  ':;',
  '""',
  '"\\',
  '" ',
  '\r\n',
  '\n\r',
  '%2',
  '%z',
  '%25',
  '=%',
  '--',
  '?a=',
  ' /',
  '{"',
  '[{',
  'a ',
];

/** Texts of a length out of one piece, each with its name. */
const textsOf = (length: number, of: readonly string[]): [string, string][] =>
  of.map((piece) => [JSON.stringify(piece), piece.repeat(Math.ceil(length / piece.length)).slice(0, length)]);
const plainText = (length: number): string => 'x'.repeat(length);

/** The shortest of several runs, so that a busy machine does not count; the first that is short enough will do. */
async function shortest(most: number, run: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < RUNS && best > most; runs++) {
    const began = performance.now();
    try {
      await run();
    } catch {
      // A refusal is an answer too.
    }
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** Names of the texts that take a reader too long, each with its time. */
async function tooSlow(length: number, read: (text: string) => unknown, plain?: string): Promise<string[]> {
  const usual = await shortest(0, () => read(plain ?? plainText(length)));
  const most = MOST_TIMES * Math.max(usual, LEAST_MS + (MS_PER_MB * length) / 2 ** 20);
  const slow: string[] = [];
  // Where time grows with the square a quarter of the length shows it too.
  for (const [name, text] of [...textsOf(length, SINGLE), ...textsOf(length / 4, PAIRED)]) {
    const ms = await shortest(most, () => read(text));
    if (ms > most) slow.push(`${name}: ${Math.round(ms)} ms, plain text ${Math.round(usual)} ms`);
  }
  return slow;
}

/** Every reader of text that comes before anybody is known, with the longest text that it may get. */
const readers: [string, number, (text: string) => unknown, string?][] = [
  ['a form', BODY, (text) => decodeForm(text)],
  ['the bytes of a form', BODY, (text) => decodeForm(decodeFormBytes(Buffer.from(text, 'latin1')))],
  ['the value of a form', BODY, (text) => decodeForm(`a=${text}`)],
  ['a multipart body', BODY, (text) => decodeMultipart(Buffer.from(text), 'B', new Map())],
  ['a multipart body of dashes', BODY, (text) => decodeMultipart(Buffer.from(text), '-'.repeat(70), new Map())],
  ['the head of a part', BODY, (text) => decodeMultipart(part(text), 'B', new Map())],
  ['the name of a part', BODY, (text) => decodeMultipart(part(` form-data; name="${text}"`), 'B', new Map())],
  ['the content of a part', BODY, (text) => decodeMultipart(part(' form-data; name=a', text), 'B', new Map())],
  [
    'the heads of many parts',
    BODY,
    (text) => decodeMultipart(Buffer.concat(pieces(text, 16_000).map((piece) => part(piece))), 'B', new Map()),
  ],
  ['a batch', BODY, (text) => decodeBatch(text, '\r\n-S-\r\n', BODY)],
  ...[';', '&', '-', 'x', ' ', '&=', '%25', ', '].map((separator): [string, number, (text: string) => unknown] => [
    `a batch by ${separator}`,
    BODY,
    (text) => decodeBatch(`#PUBLIC#a=1&b=2${separator}${text}`, separator, BODY),
  ]),
  ['a separator', HEAD, (text) => isStructural(text, 'xml') || isStructural(text, 'json')],
  [
    'an answer with its separator',
    BODY / 16,
    (text) => withoutSeparator(JSON.stringify({ text }), text.slice(0, 2), 'json'),
  ],
  ['a boundary', HEAD, (text) => boundaryOf(text)],
  ['a boundary behind its name', HEAD, (text) => boundaryOf(`multipart/form-data; boundary=${text}`)],
  ['Accept-Encoding', HEAD, (text) => acceptsGzip(text)],
  ['Accept-Encoding around words', HEAD, (text) => acceptsGzip(`gzip${text};q=1${text}`)],
  ['Accept-Language', HEAD, (text) => languageOf({ 'accept-language': text })],
  ['Accept-Language around words', HEAD, (text) => languageOf({ 'accept-language': `en${text};q=1${text}` })],
  ['cookies', HEAD, (text) => [cookieNamed(text, 'lang'), languageOf({ cookie: text })]],
  ['a cookie', HEAD, (text) => cookieNamed(`lang${text}=${text}`, 'lang')],
  ['the format that a request asks for', BODY, (text) => addAskedFormat(new Map(), `format${text}`)],
  ...['', '?', '?a=', '&a=', 'x HTTP/1.1 '].map((before): [string, number, (text: string) => unknown] => [
    `a broken request behind ${before}`,
    HEAD,
    (text) =>
      platformFault(readBroken({ code: 'HPE_INVALID_URL' }, '', Buffer.from(`GET /router/${before}${text}&x y`))),
  ]),
  ['a pasted call', HEAD, (text) => readPasted([text])],
  ['a pasted address', HEAD, (text) => readPasted([`http://127.0.0.1/?${text}`])],
  ['a pasted line of curl', HEAD, (text) => readPasted([`curl -d '${text}`])],
  ['a pasted line in quotes', HEAD, (text) => readPasted([`curl "${text}" $'${text}`])],
  // A quarter of a part shows how its time grows, and takes a quarter of it.
  ['a CSV', CSV_PART / 4, (text) => readCsv(text, undefined), 'A\n'.repeat(CSV_PART / 8)],
];

const pieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

/** A multipart body of one part. */
const part = (disposition: string, content = 'x'): Buffer =>
  Buffer.from(`--B\r\nContent-Disposition:${disposition}\r\n\r\n${content}\r\n--B--\r\n`);

describe('time is linear', () => {
  test.each(readers)('in %s', async (_name, length, read, plain) => {
    expect(await tooSlow(length, read, plain)).toEqual([]);
  });
});

/** What no address may hold is escaped, as clients do: in runs, since the time that this takes is counted. */
const escapeBlanks = (text: string): string =>
  text.replace(/(?:[^!-~]|[#<>"\\^`{|}])+/g, (run) => encodeURIComponent(run.toWellFormed())).slice(0, HEAD);

const home = newHome();
let database: TestDatabase;
let server: Started;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  server = sandbox({
    ...{ DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' },
    ...{
      NODE_OPTIONS: '--max-semi-space-size=16 --max-old-space-size=1024',
      MALLOC_ARENA_MAX: '1',
      PIAOQUAN_TRUST_PROXY: '127.0.0.1',
    },
  });
  url = await server.url();
});
afterAll(async () => {
  await endAll();
  await database?.drop();
  rmSync(home, { recursive: true, force: true });
});

/** Bytes of memory that the server's process holds. */
async function resident(): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(page)?.[1]);
}

const post = (path: string, type: string, body: string) =>
  exchange(url, { path, headers: { 'content-type': type }, body });
const asHeader = (name: string, path: string) => (text: string) =>
  exchange(url, { method: 'GET', path, headers: { [name]: text.replace(/[^\t\x20-\x7e]/g, ' ') } });
const wrongCall = () => encodeForm(signedCall('taobao.time.get', [], { set: { sign: 'A', session: undefined } }));
const json = 'application/json';

/** Every door and header, with the longest text that it takes. */
const doors: [string, number, (text: string) => unknown][] = [
  ['a form', BODY - 2000, (text) => post('/router/rest', FORM, text)],
  [
    'a wrong signature',
    BODY - 2000,
    (text) =>
      post(
        '/router/rest',
        FORM,
        `${wrongCall()}&x=${encodeURIComponent(text)
          .slice(0, BODY - 3000)
          .replace(/%.{0,1}$/, '')}`,
      ),
  ],
  [
    'a multipart form',
    BODY - 2000,
    (text) => post('/router/rest', 'multipart/form-data; boundary=B', String(part(text))),
  ],
  ['a raw body', BODY - 2000, (text) => post(`/router/rest?${wrongCall()}`, json, text)],
  ['a batch', BODY - 2000, (text) => post(`/router/batch?${wrongCall()}`, 'text/plain', text)],
  ['the API tool', BODY - 2000, (text) => post('/tool/sign', json, JSON.stringify({ text }).slice(0, BODY - 2000))],
  ['a login', 16_000, (text) => post('/console/api/login', json, JSON.stringify({ login: text }).slice(0, 16_000))],
  ['a token', 16_000, (text) => post('/token', FORM, text)],
  ['a consent', 16_000, (text) => post('/authorize', FORM, `ticket=${text}`)],
  ['an address', HEAD, (text) => exchange(url, { method: 'GET', path: `/router/rest?${escapeBlanks(text)}` })],
  [
    'the query of a consent',
    HEAD,
    (text) => exchange(url, { method: 'GET', path: `/authorize?client_id=12345678&x=${escapeBlanks(text)}` }),
  ],
  [
    'the path of a page',
    HEAD,
    (text) => exchange(url, { method: 'GET', path: `/zh/${escapeBlanks(text)}`, headers: { accept: 'text/html' } }),
  ],
  ...[
    'accept-encoding',
    'accept-language',
    'cookie',
    'content-type',
    'x-forwarded-for',
    'x-forwarded-host',
    'accept',
    'if-none-match',
    'user-agent',
    'top-api-separator',
  ].flatMap((name): [string, number, (text: string) => unknown][] =>
    ['/zh/errors', '/router/rest?method=taobao.time.get', '/authorize', '/console/api/me'].map((path) => [
      `${name} of ${path}`,
      HEAD,
      asHeader(name, path),
    ]),
  ),
];

test.each(doors)('answers %s in linear time and goes on', async (_name, length, send) => {
  expect(await tooSlow(length, send)).toEqual([]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

/** Sends a body in chunks of one byte, as fast as they are taken. */
async function sendTiny(path: string, bytes: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  socket.write('1\r\nx\r\n'.repeat(bytes));
  socket.end('0\r\n\r\n');
  return readAll(socket).catch(() => '');
}

test.each(['/router/rest', '/router/batch', '/tool/sign', '/token'])(
  'takes no longer and no more memory for a body to %s in chunks of one byte than it may',
  async (path) => {
    const plain = () => post('/router/rest', FORM, plainText(BODY));
    const most = MOST_TIMES * Math.max(await shortest(0, plain), LEAST_MS + (MS_PER_MB * BODY) / 2 ** 20);
    const before = await resident();
    expect(await shortest(most, () => sendTiny(path, BODY))).toBeLessThanOrEqual(most);
    await Promise.all(Array.from({ length: 4 }, () => sendTiny(path, BODY)));
    expect((await resident()) - before).toBeLessThanOrEqual(4 * MOST_GROWTH * BODY);
  },
);

test('grows by no more than eight times the limit with any body, whatever it consists of', async () => {
  const bodies = doors.filter(([, length]) => length > HEAD);
  // What plain bodies leave behind until it is collected, of one and of two bytes a character, is there before.
  for (let times = 0; times < 10; times++)
    for (const [, length, send] of bodies) await send((times % 2 ? 'x' : '测').repeat(length / (times % 2 ? 1 : 3)));
  let before = await resident();
  for (const [name, length, send] of bodies)
    for (const [piece, text] of textsOf(length, SINGLE)) {
      await send(text);
      const after = await resident();
      expect((after - before) / BODY, `${name} of ${piece}`).toBeLessThanOrEqual(MOST_GROWTH);
      before = after;
    }
});
