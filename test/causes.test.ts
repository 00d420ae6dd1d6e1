import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../src/gateway/apps.ts';
import { openSignatureExplainer } from '../src/gateway/explain-signature.ts';
import { encodeForm } from '../src/wire/form.ts';
import { sign } from '../src/wire/sign.ts';
import { formatInstant } from '../src/wire/time.ts';
import { type Departure, errorOf, exchange, FORM, postForm, signedCall } from './harness/exchange.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const TIME = 'taobao.time.get';
const EXPORT = 'taobao.film.fcode.export.query';

async function refusal(departure: Departure, method = TIME) {
  const { text } = await postForm(server.url, signedCall(method, [], departure));
  return text.startsWith('<') ? readXml(text) : errorOf(text);
}

const readXml = (text: string) => ({
  code: Number(/<code>(\d+)/.exec(text)?.[1]),
  sub_msg: /<sub_msg>([\s\S]*)<\/sub_msg>/.exec(text)?.[1],
});

test.each<[string, string, Departure['set'], number, RegExp]>([
  ['no method', TIME, { method: undefined }, 21, /no parameter method.*taobao\.time\.get/],
  ['an empty method', TIME, { method: '' }, 21, /method is empty/],
  ['a method by another name', TIME, { method: undefined, Method: TIME }, 21, /Method came/],
  ['a method by the name of another platform', TIME, { method: undefined, api_name: TIME }, 21, /api_name came/],
  ['a method with a slip', 'taobao.tiem.get', {}, 22, /did you mean taobao\.time\.get\?/],
  [
    'a method without its prefix',
    'film.fcode.export.query',
    {},
    22,
    /did you mean taobao\.film\.fcode\.export\.query\?/,
  ],
  ['a method in capitals', 'TAOBAO.TIME.GET', {}, 22, /did you mean taobao\.time\.get\?/],
  ['a format in capitals', TIME, { format: 'JSON' }, 23, /JSON; did you mean json\?/],
  ['another format', TIME, { format: 'yaml' }, 23, /yaml.*xml or json/],
  ['no app_key', TIME, { app_key: undefined }, 28, /no parameter app_key/],
  ['an app_key by another name', TIME, { app_key: undefined, appKey: '12345678' }, 28, /appKey came/],
  ['an app_key of OAuth', TIME, { app_key: undefined, client_id: '12345678' }, 28, /client_id came/],
  ['an unknown app_key', TIME, { app_key: '99999999' }, 29, /99999999.*environment/],
  ['an app_key with a blank', TIME, { app_key: ' 12345678' }, 29, /1 to 20 digits/],
  ['no timestamp', TIME, { timestamp: undefined }, 30, /the server has \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/],
  ['a timestamp by another name', TIME, { timestamp: undefined, time: '1' }, 30, /time came/],
  [
    'a timestamp in another form',
    TIME,
    { timestamp: '2026/01/02 03:04:05' },
    31,
    /2026\/01\/02 03:04:05.*yyyy-MM-dd HH:mm:ss in GMT\+8.*the server has \d{4}/,
  ],
  [
    'a timestamp that is old',
    TIME,
    { timestamp: '2013-05-06 13:52:03' },
    31,
    /the server has .*\(GMT\+8\).*2013-05-06 13:52:03, \d+ d \d+ h behind/,
  ],
  ['no version', TIME, { v: undefined }, 32, /send v=2\.0/],
  ['a version by another name', TIME, { v: undefined, version: '2.0' }, 32, /version came/],
  ['a version that is no number', TIME, { v: 'two' }, 33, /v is two; send v=2\.0/],
  ['another version', TIME, { v: '3.0' }, 34, /v is 3\.0; send v=2\.0/],
  ['no session', EXPORT, { session: undefined }, 26, /no parameter session/],
  [
    'an access_token instead',
    EXPORT,
    { session: undefined, access_token: demo.session },
    26,
    /access_token came: the name is session/,
  ],
  ['a sessionKey instead', EXPORT, { session: undefined, sessionKey: demo.session }, 26, /sessionKey came/],
  ['an unknown session', EXPORT, { session: '6100000none' }, 27, /no such session/],
  ['a session with a line break', EXPORT, { session: `${demo.session}\n` }, 27, /line break/],
  ['a refresh token', EXPORT, { session: `6102${'a'.repeat(52)}` }, 27, /refresh_token/],
])('%s is refused by its cause', async (_what, method, set, code, cause) => {
  const error = await refusal({ set: { method, ...set } }, method);
  expect(error).toMatchObject({ code, sub_msg: expect.stringMatching(cause) });
});

test('a call without sign learns what came instead', async () => {
  const parameters = signedCall(TIME);
  const signature = parameters.get('sign') ?? '';
  parameters.delete('sign');
  expect(errorOf((await postForm(server.url, parameters)).text)?.sub_msg).toMatch(/no parameter sign;/);
  parameters.set('signature', signature);
  expect(errorOf((await postForm(server.url, parameters)).text)).toMatchObject({
    code: 24,
    sub_msg: expect.stringMatching(/signature came: the name is sign/),
  });
});

test.each([
  [-8 * 60, /, (8 h 0 min|7 h 59 min) behind.*another zone.*TZ=Asia\/Shanghai/],
  [60, /, (1 h 0 min|59 min \d+ s) ahead.*another zone/],
  [-11, /, (11 min \d+ s|10 min 59 s) behind.*set your clock/],
])('a clock that is %i minutes off is told so', async (minutes, words) => {
  const error = await refusal({ set: { timestamp: formatInstant(new Date(Date.now() + minutes * 60_000)) } });
  expect(error).toMatchObject({ code: 31, sub_msg: expect.stringMatching(words) });
});

test('a count of seconds that is an hour off is never said to be of another zone', async () => {
  const error = await refusal({ set: { timestamp: String(Date.now() - 3_600_000) } });
  expect(error).toMatchObject({ code: 31, sub_msg: expect.stringMatching(/1 h 0 min behind.*set your clock/) });
});

test('epoch seconds in ten digits are a timestamp, as milliseconds in thirteen are', async () => {
  for (const timestamp of [String(Math.floor(Date.now() / 1000)), String(Date.now())])
    expect((await postForm(server.url, signedCall(TIME, [], { set: { timestamp } }))).text).toContain(
      'time_get_response',
    );
  const old = await refusal({ set: { timestamp: '1700000000' } });
  expect(old).toMatchObject({ code: 31, sub_msg: expect.stringMatching(/behind/) });
  for (const timestamp of ['170000000', '17000000000', '-700000000'])
    expect(await refusal({ set: { timestamp } })).toMatchObject({
      code: 31,
      sub_msg: expect.stringMatching(/yyyy-MM-dd/),
    });
});

test.each(['true', 'True', 'TRUE', ' true'])('simplify=%j is obeyed', async (simplify) => {
  const { text } = await postForm(server.url, signedCall(TIME, [], { set: { simplify } }));
  expect(Object.keys(JSON.parse(text))).toEqual(['time', 'request_id']);
});

const parameters = signedCall(TIME);
const spelled = (change: (signature: string) => string) =>
  new Map(parameters).set('sign', change(parameters.get('sign') ?? ''));
const base64 = (digits: string) => Buffer.from(digits, 'hex').toString('base64');
const CASES: [string, Map<string, string>, RegExp, RegExp][] = [
  ['in small letters', spelled((text) => text.toLowerCase()), /small letters/, /spelled otherwise/],
  ['in Base64', spelled(base64), /Base64/, /spelled otherwise/],
  ['with a blank behind it', spelled((text) => `${text} `), /blanks/, /spelled otherwise/],
  [
    'by another digest',
    spelled(() => sign('md5', demo.secret, parameters)),
    /made with md5, but sign_method says hmac-sha256/,
    /sign_method does not name/,
  ],
  [
    'by a secret with a line break',
    spelled(() => sign('hmac-sha256', `${demo.secret}\n`, parameters)),
    /blanks, a line break or quotes/,
    /secret was not used/,
  ],
  [
    'without a parameter',
    spelled(() => sign('hmac-sha256', demo.secret, new Map([...parameters].filter(([name]) => name !== 'v')))),
    /Not signed: v/,
    /Other parameters/,
  ],
  [
    'by another secret',
    spelled(() => sign('hmac-sha256', 'other', parameters)),
    /No usual mistake/,
    /differs from the right one/,
  ],
  [
    'by a digest that is none',
    new Map(parameters).set('sign_method', 'SHA256'),
    /did you mean hmac-sha256\?/,
    /sign_method does not name/,
  ],
];

test.each(CASES)('a signature %s is told its cause in a sandbox', async (_what, wrong, cause) => {
  const error = errorOf((await postForm(server.url, wrong)).text);
  expect(error).toMatchObject({ code: 25, msg: 'Invalid signature', sub_msg: expect.stringMatching(cause) });
  expect(error?.sub_msg).toContain(`methodtaobao.time.get`);
});

const app = (...secrets: { text: string; expires_at: Date | null }[]) =>
  ({ secrets, sign_methods: [] }) as unknown as App;
const now = new Date();

test.each(CASES)(
  'a signature %s is told its kind in production, in one sentence, and nothing of the call',
  (_what, wrong, _cause, kind) => {
    const explain = openSignatureExplainer(false);
    const { sub_msg = '' } = explain(
      { parameters: wrong, body: '' },
      app({ text: demo.secret, expires_at: null }),
      now,
    ).body;
    expect(sub_msg).toMatch(kind);
    for (const secret of [demo.secret, demo.app_key, parameters.get('sign') ?? '', 'SHA256', '\n'])
      expect(sub_msg).not.toContain(secret);
  },
);

test('a signature by a secret that has ended is told so', () => {
  const secrets = app(
    { text: 'new', expires_at: null },
    { text: demo.secret, expires_at: new Date(now.getTime() - 1) },
  );
  for (const sandbox of [true, false])
    expect(openSignatureExplainer(sandbox)({ parameters, body: '' }, secrets, now).body.sub_msg).toMatch(/has ended/);
});

test('wrong signatures are looked into so often a second, and only in calls of a size', () => {
  const explain = openSignatureExplainer(false);
  const one = app({ text: demo.secret, expires_at: null });
  const tell = (wrong: Map<string, string>) => explain({ parameters: wrong, body: '' }, one, now).body.sub_msg;
  const small = spelled((text) => text.toLowerCase());
  expect(tell(new Map([...small, ['x', 'y'.repeat(40_000)]]))).toMatch(/differs/);
  const told = Array.from({ length: 200 }, () => tell(small));
  expect(told[0]).toMatch(/spelled otherwise/);
  expect(told.at(-1)).toMatch(/differs/);
});

test('however much a wrong signature takes to be looked into, a second of them takes little time', () => {
  const one = app({ text: demo.secret, expires_at: null });
  const many = Array.from({ length: 180 }, (_, at): [string, string] => [`p${at}`, '{"a":1,"b":"票"}'.repeat(4)]);
  const wrong = new Map([...parameters, ...many]);
  const take = (calls: number): number => {
    const explain = openSignatureExplainer(false);
    const began = performance.now();
    for (let times = 0; times < calls; times++) explain({ parameters: wrong, body: '' }, one, now);
    return performance.now() - began;
  };
  // Each takes a large part of what a second may take, so that a few of them are all.
  expect(take(20)).toBeLessThan(80 + 4 * take(1));
});

test('a body of JSON that is sent as a form is told so', async () => {
  const { text } = await exchange(server.url, {
    headers: { 'content-type': FORM },
    body: '{"method":"taobao.time.get"}',
  });
  expect(text).toMatch(/<code>21<\/code>.*looks like JSON/s);
  expect((await exchange(server.url, {})).text).toMatch(/no parameter came at all/);
});

test.each([
  ['a=5%25&rate=5%', /the parameter rate holds %/],
  ['rate=%B2%E2', /the parameter rate is not UTF-8 but looks like GBK/],
])('of a body %s error 47 names the parameter and its fault, wherever it stands', async (form, words) => {
  const call = encodeForm(signedCall(TIME));
  const sent = [
    exchange(server.url, { headers: { 'content-type': FORM }, body: `${call}&${form}` }),
    exchange(server.url, { method: 'GET', path: `/router/rest?${call}&${form}` }),
  ];
  for (const { text } of await Promise.all(sent))
    expect(errorOf(text)).toMatchObject({ code: 47, sub_msg: expect.stringMatching(words) });
});

describe('a batch', () => {
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const path = `/router/batch?${encodeForm(signedCall('', [], { set: { method: undefined }, body }))}`;
    return (await exchange(server.url, { path, headers: { 'content-type': 'text/plain', ...headers }, body })).text;
  };

  test('names the segment of a call that fails', async () => {
    const text = await post(
      ['method=taobao.time.get', 'method=taobao.tiem.get', 'x=1', `method=${EXPORT}&session=none`].join('\r\n-S-\r\n'),
    );
    const errors = text.split('\r\n-S-\r\n').map(errorOf);
    expect(errors[0]).toBeUndefined();
    expect(errors.slice(1).map((each) => each?.code)).toEqual([22, 21, 27]);
    for (const [index, error] of errors.entries())
      if (index > 0) expect(error?.sub_msg).toMatch(new RegExp(`^第 ${index + 1} 段 / segment ${index + 1}: .`));
  });

  test.each([
    ['of another encoding', 'N\r\n-S-\r\na=%ff', 47, /segment 2: the parameter a/],
    ['of another encoding in what is shared', '#PUBLIC#a=5%\r\n-S-\r\nN', 47, /segment #PUBLIC#: the parameter a/],
    ['parted by line feeds alone', 'method=taobao.time.get\n-S-\nmethod=taobao.time.get', 43, /segment 1.*CRLF.*LF/s],
    ['parted by lines with blanks', 'method=taobao.time.get\r\n -S- \r\nmethod=taobao.time.get', 43, /blanks/],
    ['parted by carriage returns alone', 'N\r-S-\rN', 43, /CRLF/],
    ['with a separator cut short at its end', 'method=taobao.time.get\r\n-S-', 43, /CRLF/],
  ])('%s is refused whole, by its cause', async (_what, body, code, words) => {
    expect(errorOf(await post(body))).toMatchObject({ code, sub_msg: expect.stringMatching(words) });
  });

  test('of JSON is told so', async () => {
    const error = errorOf(await post('{"method":"taobao.time.get"}'));
    expect(error).toMatchObject({ code: 21, sub_msg: expect.stringMatching(/segment 1: .*looks like JSON/) });
  });

  test('parted otherwise than its header says is refused whole', async () => {
    const text = await post('method=taobao.time.get\r\n-S-\r\nmethod=taobao.time.get', { 'top-api-separator': '@@@' });
    expect(errorOf(text)).toMatchObject({ code: 43, sub_msg: expect.stringMatching(/top-api-separator/) });
  });

  test.each(['', '\r\n', ' '])('whose last segment is empty (%j) makes no call of it', async (last) => {
    const text = await post(`#PUBLIC#method=taobao.time.get\r\n-S-\r\nN\r\n-S-\r\n${last}`);
    expect(Object.keys(JSON.parse(text))).toEqual(['time_get_response']);
    expect(errorOf(await post(`#PUBLIC#method=taobao.time.get\r\n-S-\r\n${last}`))).toMatchObject({ code: 40 });
  });
});
