import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SignMethod } from '../src/wire/base-text.ts';
import { encodeForm } from '../src/wire/form.ts';
import { documentedRequests } from './harness/documented.ts';
import { type Exchange, errorOf, exchange, FORM, signedCall } from './harness/exchange.ts';
import { toParameters } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const METHOD = 'taobao.film.lottery.performance.config.query';
const BUSINESS = toParameters(documentedRequests[METHOD] ?? {});

type Style = { sign_method: SignMethod; format: string; more?: Record<string, string>; business?: [string, string][] };

/** The parameters of a client's call, public and business ones apart. */
function parametersOf(method: string, { sign_method, format, more = {}, business = BUSINESS }: Style) {
  const all = signedCall(method, business, { sign_method, set: { format, ...more } });
  const names = new Set(business.map(([name]) => name));
  return {
    all: encodeForm(all),
    list: [...all],
    open: encodeForm([...all].filter(([name]) => !names.has(name))),
    business: encodeForm(business),
  };
}

/** As two of the npm clients write it: every parameter a part of its own. */
const multipart = (list: readonly (readonly [string, string])[], boundary: string): string =>
  list
    .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .concat(`--${boundary}--\r\n`)
    .join('');

const plus = (form: string): string => form.replaceAll('%20', '+');
const small = (form: string): string => form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

const java2014 = parametersOf.bind(undefined, METHOD, {
  sign_method: 'hmac',
  format: 'json',
  more: { partner_id: 'top-sdk-java-20140101' },
});
const java2020 = parametersOf.bind(undefined, METHOD, { sign_method: 'hmac-sha256', format: 'json' });
const php = parametersOf.bind(undefined, METHOD, {
  sign_method: 'md5',
  format: 'xml',
  more: { session: '', partner_id: 'top-sdk-php-20151012' },
});
const python = () =>
  parametersOf(METHOD, {
    sign_method: 'md5',
    format: 'json',
    more: { timestamp: String(Date.now()), simplify: 'false' },
  });
const inBody = parametersOf.bind(undefined, METHOD, { sign_method: 'md5', format: 'json' });
const go = parametersOf.bind(undefined, METHOD, { sign_method: 'hmac', format: 'json', more: { simplify: 'true' } });
const dotNet = parametersOf.bind(undefined, METHOD, { sign_method: 'hmac', format: 'xml' });

const asForm = (type = FORM) => ({ 'content-type': type });

const clients: [string, () => Exchange][] = [
  [
    'Java 2014',
    () => {
      const { open, business } = java2014();
      const headers = {
        ...asForm('application/x-www-form-urlencoded;charset=UTF-8'),
        accept: 'text/xml,text/javascript,text/html',
        'user-agent': 'top-sdk-java',
      };
      return { path: `/router/rest?${plus(open)}`, headers, body: plus(business) };
    },
  ],
  [
    'Java 2020',
    () => ({ path: `/router/rest?${plus(java2020().open)}`, headers: asForm(), body: plus(java2020().business) }),
  ],
  [
    'Java, with a file',
    () => {
      const { open } = java2020();
      const parts = BUSINESS.map(
        ([name, value]) =>
          `--X\r\nContent-Disposition:form-data;name="${name}"\r\nContent-Type:text/plain\r\n\r\n${value}\r\n`,
      );
      const file =
        '--X\r\nContent-Disposition:form-data;name="image";filename="a.png"\r\nContent-Type:image/png\r\n\r\n\u0000\u0001\r\n';
      const headers = asForm('multipart/form-data;charset=utf-8;boundary=X');
      return { path: `/router/rest?${open}`, headers, body: `\r\n${parts.join('')}${file}--X--\r\n` };
    },
  ],
  [
    'PHP',
    () => ({
      path: `/router/rest?${plus(php().open)}`,
      headers: asForm('application/x-www-form-urlencoded; charset=UTF-8'),
      body: plus(php().business),
    }),
  ],
  [
    'PHP, with a file',
    () => {
      const { open } = php();
      const parts = BUSINESS.map(
        ([name, value]) => `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const file =
        '--X\r\nContent-Disposition: form-data; name="image"; filename="a.jpg" \r\nContent-Type: image/jpeg\r\n\r\nJPEG\r\n';
      return {
        path: `/router/rest?${open}`,
        headers: asForm('multipart/form-data; boundary=X'),
        body: `${parts.join('')}${file}--X--`,
      };
    },
  ],
  ['Python', () => ({ path: `/router/rest?${plus(python().open)}`, headers: asForm(), body: plus(python().business) })],
  ['taobaopy', () => ({ headers: asForm('application/x-www-form-urlencoded'), body: plus(inBody().all) })],
  ['topsdk', () => ({ headers: asForm(), body: inBody().all })],
  [
    "topsdk, its 'GET'",
    () => ({ method: 'GET', headers: asForm('application/x-www-form-urlencoded'), body: inBody().all }),
  ],
  [
    'ali-topsdk and taobao-sdk',
    () => ({
      headers: asForm('multipart/form-data; boundary=--------------------------7'),
      body: multipart(inBody().list, '--------------------------7'),
    }),
  ],
  ['Go', () => ({ headers: asForm('application/x-www-form-urlencoded;charset=UTF-8'), body: plus(go().all) })],
  [
    '.NET',
    () => ({ headers: asForm('application/x-www-form-urlencoded;charset=utf-8'), body: small(plus(dotNet().all)) }),
  ],
  ['C++/Qt', () => ({ method: 'GET', path: `/router/rest?${dotNet().all}` })],
  [
    'C++/Qt, with a file: everything in query and body both',
    () => {
      const { all, list } = dotNet();
      const parts = list.map(
        ([name, value]) => `--Q\r\nContent-Disposition: form-data; name =${name}\r\n\r\n${value}\r\n`,
      );
      return {
        path: `/router/rest?${all}`,
        headers: asForm('multipart/form-data; boundary="Q"'),
        body: `${parts.join('')}--Q--\r\n`,
      };
    },
  ],
];

test.each(clients)('the request of %s is answered', async (_client, request) => {
  const { status, text } = await exchange(server.url, request());
  expect(status).toBe(200);
  expect(text).toContain('三方合作发券');
  expect(text).not.toContain('error_response');
});

const time = () => encodeForm(signedCall('taobao.time.get'));

test.each<[string, () => Exchange]>([
  [
    'a POST of length 0 with everything in the query',
    () => ({ path: `/router/rest?${time()}`, headers: asForm(), body: '' }),
  ],
  ['a POST without length, type or body', () => ({ path: `/router/rest?${time()}` })],
  ['a form without a content type', () => ({ body: time() })],
  [
    'a form whose type is spelled in capitals',
    () => ({ headers: asForm('Application/X-WWW-Form-URLEncoded'), body: time() }),
  ],
  ['a form in chunks', () => ({ headers: asForm(), body: time(), chunked: true })],
  [
    'a multipart form in chunks',
    () => ({
      headers: asForm('multipart/form-data;boundary=c'),
      body: multipart([...signedCall('taobao.time.get')], 'c'),
      chunked: true,
    }),
  ],
  ['a request that waits for 100 Continue', () => ({ headers: { ...asForm(), expect: '100-continue' }, body: time() })],
])('%s is answered', async (_what, request) => {
  expect((await exchange(server.url, request())).text).toContain('time_get_response');
});

test('a value that query and body both name is taken from the body', async () => {
  const right = signedCall('taobao.time.get', [['a', 'body']]);
  const wrong = new Map([...right, ['a', 'query'], ['format', 'xml'], ['method', 'none']]);
  const sent = { path: `/router/rest?${encodeForm(wrong)}`, headers: asForm(), body: encodeForm(right) };
  expect((await exchange(server.url, sent)).text).toContain('"time_get_response"');
});

test.each([
  ['application/json;charset=utf-8', '{"a":"测试 b","n":[1]}'],
  ['application/json', ''],
  ['text/xml;charset=utf-8', '<request><a>1 &amp; 2</a></request>'],
  ['text/plain;charset=UTF-8', 'a=1&b=2'],
])('a body of %s is signed raw after the parameters', async (type, body) => {
  for (const sign_method of ['md5', 'hmac', 'hmac-sha256'] as const) {
    const send = (signedBody: string) => {
      const path = `/router/rest?${encodeForm(signedCall(METHOD, BUSINESS, { sign_method, body: signedBody }))}`;
      return exchange(server.url, { path, headers: asForm(type), body });
    };
    expect((await send(body)).text).toContain('三方合作发券');
    expect(errorOf((await send(`${body} `)).text)).toMatchObject({ code: 25 });
  }
});

test('a method may be called at a path with its name behind, as OpenAPI has it, and at no other name', async () => {
  const post = (path: string, form: string) => exchange(server.url, { path, headers: asForm(), body: form });
  const named = '/router/rest/taobao.time.get';
  expect((await post(named, time())).text).toContain('time_get_response');
  expect((await post(`${named}/?a=`, encodeForm(signedCall('taobao.time.get', [['a', '']])))).text).toContain(
    'time_get_response',
  );
  expect(errorOf((await post(named, inBody().all)).text)).toMatchObject({ code: 22 });
  expect(errorOf((await post(named, `${time()}x`)).text)).toMatchObject({ code: 25 });
  const { method: _left, ...rest } = Object.fromEntries(signedCall('taobao.time.get'));
  expect(errorOf((await post(named, encodeForm(Object.entries(rest)))).text)).toMatchObject({ code: 21 });
});
