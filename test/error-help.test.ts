import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { argumentLabels } from '../src/contract/argument-labels.ts';
import { type ErrorEntry, platformErrors } from '../src/contract/error-table.ts';
import { lotteryActivitySave } from '../src/contract/lottery/admin.ts';
import { encodeForm } from '../src/wire/form.ts';
import { explanationOf } from '../web/console/contracts.ts';
import { errorOf, exchange, FORM, postForm, signedCall } from './harness/exchange.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const TIME = 'taobao.time.get';

test.each([
  ['as a parameter', { app_secret: demo.secret }],
  ['within one', { note: `key=${demo.secret}&x` }],
  ['as a name', { [demo.secret]: '1' }],
  ['in JSON', { client: JSON.stringify({ secret: demo.secret }) }],
])('a secret that is sent along %s is not told again with a wrong signature', async (_what, set) => {
  const wrong = signedCall(TIME, [], { set: { ...set, sign: 'A'.repeat(64) }, secret: 'other' });
  const error = errorOf((await postForm(server.url, wrong)).text);
  expect(error).toMatchObject({ code: 25, sub_msg: expect.stringContaining('***') });
  expect(error?.sub_msg).not.toContain(demo.secret);
});

test('what is no app_key is not told again: it may be the secret', async () => {
  const error = errorOf((await postForm(server.url, signedCall(TIME, [], { set: { app_key: demo.secret } }))).text);
  expect(error).toMatchObject({ code: 29, sub_msg: expect.stringMatching(/1 to 20 digits.*app_secret/) });
  expect(error?.sub_msg).not.toContain(demo.secret);
});

describe('a file that is uploaded', () => {
  const upload = async (method: string, business: [string, string][], name: string) => {
    const form = new FormData();
    for (const [each, value] of signedCall(method, business)) form.append(each, value);
    form.append(name, new Blob(['1']), 'ids.txt');
    return errorOf(await (await fetch(`${server.url}/router/rest`, { method: 'POST', body: form })).text());
  };
  const refund: [string, string][] = [
    ['order_id', '1'],
    ['refund_id', 'r'],
    ['reason', 'x'],
  ];

  test.each(['ticket_code_ids', 'order_id', 'anything'])(
    'as %s is no parameter, and is refused where others that are not known are',
    async (name) => {
      const error = await upload('piaoquan.ticketing.order.refund', refund, name);
      expect(error).toMatchObject({ code: 41, msg: `Invalid arguments:${name}` });
    },
  );

  test("is passed over by TOP's own methods", async () => {
    expect(await upload(TIME, [], 'image')).toBeUndefined();
  });
});

test.each([
  ['a packed body', '/router/rest?format=json', { 'content-encoding': 'gzip', 'content-type': FORM }, 'x', 43],
  ['no boundary', '/router/rest?format=json', { 'content-type': 'multipart/form-data' }, 'x', 43],
  ['too many names', '/router/rest?format=json', { 'content-type': FORM }, 'a=&'.repeat(1001), 42],
  ['a path of another method', '/router/rest/taobao.httpdns.get', { 'content-type': FORM }, undefined, 22],
])('%s is told in both languages', async (_what, path, headers, body, code) => {
  const { text } = await exchange(server.url, { path, headers, body: body ?? encodeForm(signedCall(TIME)) });
  expect(errorOf(text)).toMatchObject({ code, sub_msg: expect.stringMatching(/\p{Script=Han}.* \/ [a-zA-Z]/u) });
});

describe('a name that comes more than once', () => {
  const LIST = 'piaoquan.lottery.activity.list';
  type Pair = readonly [string, string];
  type Send = (first: Pair, call: Iterable<Pair>) => Parameters<typeof exchange>[1];
  const form = { headers: { 'content-type': FORM } };
  const part = ([name, value]: Pair) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  /** Ways to send a pair ahead of a call, whose signature does not cover it. */
  const WAYS: [string, Send][] = [
    ['in a form', (first, call) => ({ ...form, body: encodeForm([first, ...call]) })],
    ['in a query', (first, call) => ({ path: `/router/rest?${encodeForm([first, ...call])}` })],
    [
      'spelled in two ways',
      ([name, value], call) => ({
        path: `/router/rest?%${name.charCodeAt(0).toString(16)}${name.slice(1)}=${value}&${encodeForm(call)}`,
      }),
    ],
    [
      'in query and form',
      (first, call) => ({ ...form, path: `/router/rest?${encodeForm([first])}`, body: encodeForm(call) }),
    ],
    [
      'in a multipart form',
      (first, call) => ({
        headers: { 'content-type': 'multipart/form-data; boundary=B' },
        body: `${[first, ...call].map(part).join('')}--B--\r\n`,
      }),
    ],
  ];
  const ask = async (sent: ReturnType<Send>) => (await exchange(server.url, sent)).text;

  test.each(WAYS)('%s is refused by our own methods, unless it is of the protocol', async (_way, send) => {
    const told = async (name: string, first: string, last: string) =>
      errorOf(await ask(send([name, first], signedCall(LIST, [[name, last]]))));
    const refusal = { code: 41, msg: 'Invalid arguments:page_size' };
    expect(await told('page_size', '1', '100')).toMatchObject(refusal);
    expect(await told('page_size', '1', '1')).toMatchObject(refusal);
    expect(await told('format', 'xml', 'json')).toBeUndefined();
  });

  test.each(WAYS)('%s is its last value for TOP, signed and read alike, and a sandbox tells it', async (_way, send) => {
    const text = await ask(send(['note', 'first'], signedCall(TIME, [['note', 'last']])));
    expect(errorOf(text)).toBeUndefined();
    const [{ request_id }] = Object.values(JSON.parse(text)) as [{ request_id: string }];
    expect(await (await fetch(`${server.url}/tool/call/${request_id}`)).json()).toMatchObject({
      passed_over: [{ path: 'note', is_repeated: true }, { path: 'note' }],
    });
    expect(
      errorOf(await ask(send(['note', 'last'], signedCall(TIME, [['note', 'other']]).set('note', 'x'))))?.code,
    ).toBe(25);
  });

  test('is told of its call of a batch alone; a call may have its own value of what all share', async () => {
    const segments = [`#PUBLIC#method=${LIST}&page_size=9`, 'page_size=1&page_size=2', 'N', 'page_size=1'];
    const body = segments.join('\r\n-S-\r\n');
    const query = encodeForm(signedCall('', [], { set: { method: undefined }, body }));
    const headers = { 'content-type': 'text/plain' };
    const text = await ask({ path: `/router/batch?${query}`, headers, body });
    const [twice, ...others] = text.split('\r\n-S-\r\n').map(errorOf);
    expect(twice).toMatchObject({ code: 41, msg: 'Invalid arguments:page_size' });
    expect(twice?.sub_msg).toContain('第 1 段');
    expect(others).toEqual([undefined, undefined]);
  });
});

test('a missing or wrong argument is named to people in both languages', async () => {
  const told = async (business: [string, string][]) =>
    argumentLabels(
      errorOf((await postForm(server.url, signedCall('piaoquan.lottery.activity.get', business))).text) as never,
    );
  expect(await told([])).toEqual({ zh: '缺少必填参数 spread_id', en: 'The mandatory parameter spread_id is missing' });
  const { zh = '', en } = (await told([['spread_idd', 'x']])) ?? {};
  expect(zh).toMatch(/^参数 spread_idd 不合法/);
  expect(en).toBe(`The parameter spread_idd has a wrong form or value, or is not known: ${zh}`);
  expect(argumentLabels({ code: 25, msg: 'Invalid signature' })).toBeUndefined();
});

test('the console explains errors of the platform, and of a contract by that, in both languages', () => {
  const method = 'piaoquan.lottery.activity.save';
  for (const entry of Object.values<ErrorEntry>(platformErrors)) {
    const { code, sub_code } = entry;
    expect(explanationOf({ method, code, sub_code })?.cause).toEqual(entry.cause);
  }
  const own = explanationOf({ method, code: 15, sub_code: 'isv.segment-over' });
  expect(own).toBe(lotteryActivitySave.errors['isv.segment-over']);
  expect(explanationOf({ method, code: 15, sub_code: 'isv.of-a-later-release' })).toBeUndefined();
});
