import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SignMethod } from '../src/wire/base-text.ts';
import { BATCH_SEPARATOR, encodeBatch, MAX_BATCH_CALLS } from '../src/wire/batch.ts';
import { encodeForm } from '../src/wire/form.ts';
import { documentedRequests } from './harness/documented.ts';
import { errorOf, exchange, FORM, signedCall } from './harness/exchange.ts';
import { toParameters } from './harness/requests.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';
import { childText, parseXml } from './harness/xml.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const TEXT = 'text/plain;charset=UTF-8';

type How = {
  set?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  sign_method?: SignMethod;
  /** The body that is signed, when it is not the one that is sent. */
  signedBody?: string;
};

/** Posts a batch body as the Java client does and gives the text of the answer. */
async function post(
  body: string,
  { set = {}, headers = {}, sign_method = 'hmac-sha256', signedBody = body }: How = {},
) {
  const parameters = signedCall('', [], { set: { method: undefined, ...set }, sign_method, body: signedBody });
  const path = `/router/batch?${encodeForm(parameters)}`;
  const reply = await exchange(server.url, { path, headers: { 'content-type': TEXT, ...headers }, body });
  expect(reply.status).toBe(200);
  return reply;
}

const batch = (shared: Record<string, string>, ...calls: Record<string, string>[]) =>
  encodeBatch(
    new Map(Object.entries(shared)),
    calls.map((call) => new Map(Object.entries(call))),
  );

const answersOf = (text: string, separator = BATCH_SEPARATOR) => text.split(separator).map((each) => JSON.parse(each));
/** Bytes of UTF-8 as a header carries them. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const rootsOf = (text: string, separator?: string) => answersOf(text, separator).map((each) => Object.keys(each)[0]);

const CONFIG = 'taobao.film.lottery.performance.config.query';
const EXPORT = 'taobao.film.fcode.export.query';
const documented = (method: typeof CONFIG | typeof EXPORT) =>
  Object.fromEntries(toParameters(documentedRequests[method] ?? {}));

test.each(['md5', 'hmac', 'hmac-sha256'] as const)(
  'the batch of the protocol is answered, signed by %s',
  async (sign_method) => {
    const body = '#PUBLIC#method=taobao.time.get\r\n-S-\r\nN\r\n-S-\r\nN';
    const { text, headers } = await post(body, { sign_method });
    expect(rootsOf(text)).toEqual(['time_get_response', 'time_get_response']);
    expect(headers['content-type']).toBe('application/json;charset=utf-8');
  },
);

test('each call brings its own method and parameters, and answers come in the order of the calls', async () => {
  const calls = [
    { method: 'taobao.httpdns.get' },
    { method: EXPORT, ...documented(EXPORT) },
    { method: 'taobao.time.get' },
    { method: CONFIG, ...documented(CONFIG) },
  ];
  const order = [...calls, ...calls.toReversed(), ...calls];
  const { text } = await post(batch({}, ...order));
  const roots = order.map(({ method }) => `${method.replace('taobao.', '').replaceAll('.', '_')}_response`);
  expect(rootsOf(text)).toEqual(roots);
});

test("a call's own parameters stand on top of the shared ones", async () => {
  const { text } = await post(batch({ method: CONFIG, ...documented(CONFIG) }, {}, { method: 'taobao.time.get' }, {}));
  expect(rootsOf(text)).toEqual([
    'film_lottery_performance_config_query_response',
    'time_get_response',
    'film_lottery_performance_config_query_response',
  ]);
});

test('a call may bring its own session, which serves it alone', async () => {
  const call = { method: EXPORT, ...documented(EXPORT) };
  const calls = [{ ...call, session: demo.session }, call, { ...call, session: 'wrong' }];
  const codes = async (session: string | undefined) =>
    answersOf((await post(batch({}, ...calls), { set: { session } })).text).map((each) => each.error_response?.code);
  expect(await codes(undefined)).toEqual([undefined, 26, 27]);
  expect(await codes(demo.session)).toEqual([undefined, undefined, 27]);
});

test('a call that fails disturbs no other', async () => {
  const calls = [
    { method: 'taobao.time.get' },
    { method: 'taobao.none' },
    { a: '1' },
    { method: CONFIG },
    { method: CONFIG, performance_query_config_param: '{"spread_id":1' },
    { method: 'taobao.top.auth.token.create', code: 'unknown' },
    { method: 'taobao.time.get' },
  ];
  const answers = answersOf((await post(batch({}, ...calls))).text);
  expect(answers.map((each) => each.error_response?.code)).toEqual([undefined, 22, 21, 40, 41, 15, undefined]);
  const ids = answers.map((each) => Object.values<{ request_id: string }>(each)[0]?.request_id);
  expect(new Set(ids).size).toBe(calls.length);
});

test('a call cannot put on the app of another caller', async () => {
  const { sql } = server.database;
  const before = await sql`select count(*)::int as n from platform_call_log where app_key = '99999999'`;
  const { text } = await post(batch({}, { method: 'taobao.time.get', app_key: '99999999' }));
  expect(rootsOf(text)).toEqual(['time_get_response']);
  // The log is written a few times a second: the call stands there under the app that signed.
  const { request_id } = answersOf(text)[0].time_get_response;
  await expect
    .poll(() => sql`select app_key from platform_call_log where request_id = ${request_id}`)
    .toEqual([{ app_key: demo.app_key }]);
  expect(await sql`select count(*)::int as n from platform_call_log where app_key = '99999999'`).toEqual(before);
});

test('answers come in XML too, each a document of its own', async () => {
  for (const format of ['xml', undefined]) {
    const { text, headers } = await post(batch({}, { method: 'taobao.time.get' }, { method: 'taobao.none' }), {
      set: { format },
    });
    expect(headers['content-type']).toBe('text/xml;charset=utf-8');
    const roots = text.split(BATCH_SEPARATOR).map(parseXml);
    expect(roots.map(({ name }) => name)).toEqual(['time_get_response', 'error_response']);
    expect(childText(roots[1] as never, 'code')).toBe('22');
  }
});

test('simplified answers have no root', async () => {
  const { text } = await post(batch({}, { method: 'taobao.time.get' }, { method: 'taobao.none' }), {
    set: { simplify: 'true' },
  });
  expect(answersOf(text).map((each) => Object.keys(each))).toEqual([['time', 'request_id'], ['error_response']]);
});

test.each(['|||', '-S-', '~~', '@@@', ';', '::', '---', '测试'])(
  'the separator %j of the header parts calls and answers',
  async (separator) => {
    const body = ['taobao.time.get', 'taobao.httpdns.get'].map((method) => `method=${method}`).join(separator);
    const { text } = await post(body, { headers: { 'top-api-separator': latin1(separator) } });
    expect(rootsOf(text, separator)).toEqual(['time_get_response', 'httpdns_get_response']);
  },
);

/** Every byte as a percent escape, so that no separator stands in it. */
const escaped = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

test.each(['---', '-S-', '~', ';', 'x', '"\'', 'of'])(
  'no answer of a batch, refused or not, holds its separator %j in a text, and the text reads the same',
  async (separator) => {
    const name = `x${separator}y`;
    const calls = [name, 'taobao.time.get', 'taobao.none'].map((method) => `${escaped('method')}=${escaped(method)}`);
    const headers = { 'top-api-separator': separator };
    const { text } = await post(calls.join(separator), { headers });
    expect(rootsOf(text, separator)).toEqual(['error_response', 'time_get_response', 'error_response']);
    for (const set of [{ sign: `A${separator}`, sign_method: `x${separator}` }, { timestamp: separator }]) {
      const refused = await post(calls.join(separator), { set, headers });
      expect(rootsOf(refused.text, separator)).toEqual(['error_response']);
    }
  },
);

test.each([
  ['json', '"'],
  ['json', ','],
  ['json', '1'],
  ['xml', '<'],
  ['xml', ';'],
  ['xml', 'code'],
])('in %s a separator that every answer holds, such as %j, is refused by its name', async (format, separator) => {
  const { text } = await post('N', { set: { format }, headers: { 'top-api-separator': separator } });
  expect(text).toContain('top-api-separator');
  expect(text).toMatch(/\b41\b/);
});

test.each([
  TEXT,
  'text/plain',
  FORM,
  'application/octet-stream',
  'application/json',
  'multipart/form-data; boundary=B',
  '',
])('a batch is text whatever its content type: %j', async (type) => {
  const { text } = await post(batch({ method: 'taobao.time.get' }, {}, { a: '1+2' }), {
    headers: { 'content-type': type },
  });
  expect(rootsOf(text)).toEqual(['time_get_response', 'time_get_response']);
});

test.each<[string, number, string, How]>([
  ['another body than the signed one', 25, 'method=taobao.time.get', { signedBody: 'method=taobao.none' }],
  ['no signature over the body', 25, 'method=taobao.time.get', { signedBody: '' }],
  ['no app', 28, 'N\r\n-S-\r\nN', { set: { app_key: undefined } }],
  ['an unknown app', 29, 'N\r\n-S-\r\nN', { set: { app_key: '1' } }],
  ['an old timestamp', 31, 'N\r\n-S-\r\nN', { set: { timestamp: '2013-05-06 13:52:03' } }],
  ['no version', 32, 'N\r\n-S-\r\nN', { set: { v: undefined } }],
  ['no call', 40, '', {}],
  ['shared parameters and no call', 40, '#PUBLIC#method=taobao.time.get', {}],
  ['a call that is not UTF-8', 47, 'a=%ff\r\n-S-\r\nmethod=taobao.time.get', {}],
  [
    'too many calls',
    42,
    Array(MAX_BATCH_CALLS + 1)
      .fill('N')
      .join(BATCH_SEPARATOR),
    {},
  ],
  [
    '200 shared parameters and a separator on every byte',
    42,
    `#PUBLIC#${'a=1&'.repeat(200)}${';'.repeat(200_000)}`,
    { headers: { 'top-api-separator': ';' } },
  ],
])('a batch with %s is refused whole, by one error %i', async (_what, code, body, how) => {
  const { text } = await post(body, how);
  expect(errorOf(text)).toMatchObject({ code });
});

test('a batch of as many calls as are taken is answered call by call', async () => {
  const calls = Array.from({ length: MAX_BATCH_CALLS }, () => ({}));
  expect(rootsOf((await post(batch({ method: 'taobao.time.get' }, ...calls))).text)).toHaveLength(MAX_BATCH_CALLS);
});

test('a batch of one is answered by one answer, by GET too', async () => {
  const body = 'method=taobao.time.get';
  expect(rootsOf((await post(body)).text)).toEqual(['time_get_response']);
  const path = `/router/batch?${encodeForm(signedCall('', [], { set: { method: undefined }, body }))}`;
  const { text } = await exchange(server.url, { method: 'GET', path, headers: { 'content-type': TEXT }, body });
  expect(rootsOf(text)).toEqual(['time_get_response']);
});

test('other HTTP methods are refused whole by 9', async () => {
  const { text } = await exchange(server.url, { method: 'PUT', path: '/router/batch?format=json', body: 'N' });
  expect(errorOf(text)).toMatchObject({ code: 9 });
});

test('a long batch of answers is packed for who takes gzip', async () => {
  const calls = Array.from({ length: 50 }, () => ({}));
  const { headers } = await post(batch({ method: 'taobao.time.get' }, ...calls), {
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(headers['content-encoding']).toBe('gzip');
});
