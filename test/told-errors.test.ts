import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
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
