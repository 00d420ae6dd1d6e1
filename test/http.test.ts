import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
import { FORM, signedCall } from './harness/exchange.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { answersOf, talkTo } from './harness/talk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const talk = (pieces: readonly string[], fin: boolean, answered?: boolean) => talkTo(server.url, pieces, fin, answered);

const time = () => encodeForm(signedCall('taobao.time.get'));
const get = (lines = '', version = '1.1') => `GET /router/rest?${time()} HTTP/${version}\r\nHost: x\r\n${lines}\r\n`;
const post = (lines = '', version = '1.1') => {
  const body = time();
  return `POST /router/rest HTTP/${version}\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`;
};
const chunked = (lines = '') => {
  const body = time();
  return `POST /router/rest HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n${lines}\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
};
const CLOSE = 'Connection: close\r\n';

const WHOLE: [string, () => string][] = [
  ['a GET', () => get()],
  ['a POST', () => post()],
  ['a GET that is the last', () => get(CLOSE)],
  ['a POST that is the last', () => post(CLOSE)],
  ['a GET of HTTP/1.0', () => get('', '1.0')],
  ['a POST of HTTP/1.0', () => post('', '1.0')],
  ['a POST of HTTP/1.0 that keeps alive', () => post('Connection: keep-alive\r\n', '1.0')],
  ['chunks', () => chunked()],
  ['chunks that are the last', () => chunked(CLOSE)],
];

describe('a call that is carried out is answered', () => {
  test.each(WHOLE)('when its caller ends its sending half: %s', async (_what, make) => {
    for (const pieces of [
      [make()],
      [make().slice(0, 60), make().slice(60)],
      [...(make().match(/[\s\S]{1,150}/g) ?? [])],
    ]) {
      const whole = pieces.length === 1 ? pieces : cut(make(), pieces.length);
      const [first, ...more] = answersOf(await talk(whole, true));
      expect([first?.status, more]).toEqual([200, []]);
      expect(first?.body).toContain('time_get_response');
    }
  });

  test('also when several were sent ahead', async () => {
    for (const bytes of [get() + post() + chunked(), post() + get(CLOSE), chunked() + chunked()]) {
      const answers = answersOf(await talk([bytes], true));
      expect(answers.map(({ body }) => /^\{"(\w+)"/.exec(body)?.[1])).toEqual(
        Array(bytes.split('HTTP/1.1\r\n').length - 1).fill('time_get_response'),
      );
    }
  });

  test.each([
    '  ',
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\t',
    '&x=1',
    '\0',
    '}',
    'x'.repeat(5000),
    'GET /router/rest',
    'GET / HT\r\n\r\n',
    'get / HTTP/1.1\r\n\r\n',
  ])('whatever follows it: %j', async (rest) => {
    for (const [, make] of WHOLE) {
      const answers = answersOf(await talk([make() + rest], true));
      expect(answers[0]?.body).toContain('time_get_response');
      // What follows an answer that does not close would be taken for the next answer.
      if (answers.length > 1) expect(answers[0]?.head).not.toMatch(/connection: close/i);
    }
  });
});

/** A text in so many pieces. */
const cut = (text: string, pieces: number): string[] => {
  const size = Math.ceil(text.length / pieces);
  return Array.from({ length: pieces }, (_, at) => text.slice(at * size, (at + 1) * size));
};

test('a head that is cut off is not carried out, and its caller learns why', async () => {
  const head = `POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n`;
  for (const pieces of [[head.slice(0, 29)], [head], [head.slice(0, 50), head.slice(50)], [head.slice(0, -2)]]) {
    const [answer, ...more] = answersOf(await talk(pieces, true));
    expect([answer?.status, more]).toEqual([200, []]);
    expect(JSON.parse(answer?.body ?? '')).toEqual(error(43, /没有收完整.*arrive as a whole/));
  }
  for (const bytes of ['GET /health', '\x16\x03\x01\0'])
    expect(answersOf(await talk([bytes], true)).map(({ status }) => status)).toEqual([400]);
});

test('a body that is cut off or malformed is not carried out, and its caller learns why', async () => {
  const head = `POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n`;
  for (const bytes of [
    `${head}Content-Length: 900\r\n\r\n${time()}`,
    `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
    `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nab`,
  ]) {
    const [answer, ...more] = answersOf(await talk([bytes], true));
    expect([answer?.status, more]).toEqual([200, []]);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error_response: { code: 43 } });
  }
});

const error = (code: number, sub_msg: RegExp) => ({
  error_response: expect.objectContaining({
    code,
    sub_msg: expect.stringMatching(sub_msg),
    request_id: expect.any(String),
  }),
});

test.each<[string, string, number, RegExp]>([
  ['a verb in small letters', 'get /router/rest?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 9, /get.*GET/],
  ['another in small letters', 'post /router/batch?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 9, /POST/],
  ['a verb that nobody knows', 'FETCH /router/rest?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 9, /FETCH/],
  ['a version in small letters', 'GET /router/rest?format=json http/1.1\r\nHost: x\r\n\r\n', 43, /Expected HTTP/],
  ['CONNECT', 'CONNECT /router/rest?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 9, /CONNECT/],
  ['a verb of WebDAV', 'PROPFIND /router/rest?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 9, /PROPFIND/],
  [
    'a verb with its format in the body',
    'PUT /router/rest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"format":"json"}',
    9,
    /PUT/,
  ],
  [
    'an address above the limit',
    `GET /router/rest?format=json&x=${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    42,
    /64 KB/,
  ],
  [
    'one with its format at the end',
    `GET /router/rest?x=${'x'.repeat(200_000)}&format=json HTTP/1.1\r\nHost: x\r\n\r\n`,
    42,
    /64 KB/,
  ],
  [
    'headers above the limit',
    `GET /router/rest?format=json HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(70_000)}\r\n\r\n`,
    42,
    /64 KB/,
  ],
  [
    'a blank in the address',
    'GET /router/rest?format=json&timestamp=2026-01-01 10:00:00&v=2.0 HTTP/1.1\r\nHost: x\r\n\r\n',
    47,
    /timestamp.*percent-encode/,
  ],
  ['a tab in the address', 'GET /router/rest?format=json&a=1\t2 HTTP/1.1\r\nHost: x\r\n\r\n', 47, /percent-encode/],
  ['GBK in the address', 'GET /router/rest?format=json&a=\xb2\xe2 HTTP/1.1\r\nHost: x\r\n\r\n', 47, /UTF-8/],
  [
    'a length that is none',
    'POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n',
    43,
    /Content-Length/,
  ],
  [
    'two lengths',
    'POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    43,
    /Content-Length/,
  ],
  [
    'chunks and a length',
    'POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    43,
    /Transfer-Encoding/,
  ],
  [
    'a transfer coding that nobody knows',
    'POST /router/rest?format=json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nab',
    43,
    /./,
  ],
  ['line feeds alone', 'GET /router/rest?format=json HTTP/1.1\nHost: x\n\n', 43, /CRLF/],
  ['a header without a colon', 'GET /router/rest?format=json HTTP/1.1\r\nHost x\r\n\r\n', 43, /header/i],
  ['another version', 'GET /router/rest?format=json HTTP/7.7\r\nHost: x\r\n\r\n', 43, /version/i],
  ['no Host', 'GET /router/rest?format=json HTTP/1.1\r\n\r\n', 43, /Host/],
  ['two Hosts', 'GET /router/rest?format=json HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 43, /Host/],
  ['another path', 'GET /router/other?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 22, /\/router\/rest/],
  ['no path', 'GET /router?format=json HTTP/1.1\r\nHost: x\r\n\r\n', 22, /\/router\/rest/],
])('%s is refused as TOP refuses, in the format asked for', async (_what, bytes, code, words) => {
  // Of a long head on a connection that node's server has for longer, node gives the last piece alone.
  const later = bytes.length > 60_000 ? [] : [[chunked(), bytes]];
  for (const pieces of [[bytes], cut(bytes, 3), [post(), bytes], ...later]) {
    const answers = answersOf(await talk(pieces, pieces[0] === bytes, pieces.length === 2));
    const last = answers.at(-1);
    expect(last?.status).toBe(200);
    expect(last?.head).toContain('application/json');
    expect(JSON.parse(last?.body ?? '')).toEqual(error(code, words));
  }
});

test.each([
  ['application/json', '{"method":"taobao.time.get","format":"json"}'],
  ['application/json; charset=utf-8', '{ "format" : "json", "simplify": true }'],
  ['text/plain', 'method=taobao.time.get&format=json'],
  ['application/octet-stream', 'format=json'],
  ['application/x-protobuf', '&format=json'],
])('a body of %s is refused by 21, which names the type and what to send instead', async (type, body) => {
  const [answer] = answersOf(
    await talk(
      [
        `POST /router/rest HTTP/1.1\r\nHost: x\r\n${CLOSE}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ],
      false,
    ),
  );
  expect(JSON.parse(answer?.body ?? '')).toEqual(error(21, /application\/x-www-form-urlencoded/));
  expect(answer?.body).toContain(type);
});

test('a body of XML that asks for XML gets it', async () => {
  const body = '<request><format>xml</format></request>';
  const [answer] = answersOf(
    await talk(
      [
        `POST /router/rest HTTP/1.1\r\nHost: x\r\n${CLOSE}Content-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ],
      false,
    ),
  );
  expect(answer?.body).toMatch(/<code>21<\/code>.*text\/xml/s);
});

test('raw UTF-8 in an address is read as such, wherever on a connection it comes', async () => {
  const parameters = signedCall('taobao.time.get', [['note', '测试 é']]);
  const raw = Buffer.from(
    encodeForm(parameters).replace(/%[89A-F][0-9A-F]/g, (pair) => decodeByte(pair)),
    'latin1',
  ).toString('latin1');
  expect(raw).toContain('\xe6\xb5\x8b');
  const bytes = (lines: string, version = '1.1') =>
    `GET /router/rest?${raw} HTTP/${version}\r\nHost: x\r\n${lines}\r\n`;
  for (const pieces of [[bytes('')], [bytes(CLOSE)], [bytes('', '1.0')], [post(), bytes('')], [chunked(), bytes('')]]) {
    const answers = answersOf(await talk(pieces, pieces.length === 1, true));
    expect(answers).toHaveLength(pieces.length);
    for (const { body } of answers) expect(body).toContain('time_get_response');
  }
});

const decodeByte = (escaped: string): string => String.fromCharCode(Number.parseInt(escaped.slice(1), 16));

test('an address in its absolute form is taken', async () => {
  const [answer] = answersOf(
    await talk([`GET http://x/router/rest?${time()} HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`], false),
  );
  expect(answer?.body).toContain('time_get_response');
});

test('an expectation that nobody can meet keeps no call from its answer', async () => {
  const [answer] = answersOf(await talk([post(`${CLOSE}Expect: something\r\n`)], false));
  expect(answer?.body).toContain('time_get_response');
});
