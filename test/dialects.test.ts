import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
import type { SignMethod } from '../src/wire/sign.ts';
import { documentedRequests } from './harness/documented.ts';
import { type Departure, type Exchange, errorOf, exchange, FORM, postForm, signedCall } from './harness/exchange.ts';
import { toParameters } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const BODY_LIMIT = 65_536;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_BODY_LIMIT: String(BODY_LIMIT) });
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

const time = (departure?: Departure) => encodeForm(signedCall('taobao.time.get', [], departure));

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
  [
    'raw UTF-8 in the query',
    () => ({
      method: 'GET',
      path: Buffer.from(`/router/rest?${time({ set: { a: '测试' } })}`.replace('%E6%B5%8B%E8%AF%95', '测试')).toString(
        'latin1',
      ),
    }),
  ],
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

const EXPORT = 'taobao.film.fcode.export.query';
const long = () => encodeForm(signedCall(EXPORT, toParameters(documentedRequests[EXPORT] ?? {})));

test.each(['gzip', 'gzip, deflate, br', 'deflate, GZIP;q=0.5', '*'])(
  'a long answer is packed for who takes %s',
  async (accept) => {
    const { headers, bytes } = await exchange(server.url, {
      headers: { ...asForm(), 'accept-encoding': accept },
      body: long(),
    });
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(bytes.length),
      'content-type': 'application/json;charset=utf-8',
    });
    const plain = gunzipSync(bytes).toString();
    expect(JSON.parse(plain).film_fcode_export_query_response.result.return_code).toBe('0');
    expect(plain.length).toBeGreaterThan(bytes.length);
  },
);

test.each([undefined, '', 'identity', 'deflate, br', 'gzip;q=0', 'gzip;q=0.0, *', 'gzipped'])(
  'a long answer is plain for who takes %s',
  async (accept) => {
    const headers = { ...asForm(), ...(accept !== undefined && { 'accept-encoding': accept }) };
    const reply = await exchange(server.url, { headers, body: long() });
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(reply.text).film_fcode_export_query_response.result.return_code).toBe('0');
  },
);

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused by 9 in the format asked for', async (method) => {
  for (const body of [undefined, 'x']) {
    const json = await exchange(server.url, { method, path: `/router/rest?${time()}`, body });
    expect([json.status, errorOf(json.text)]).toEqual([200, expect.objectContaining({ code: 9 })]);
    const { text } = await exchange(server.url, { method, body });
    expect(text).toContain('<code>9</code>');
  }
});

test('HEAD is answered as if by 9, without a body', async () => {
  const { status, headers, bytes } = await exchange(server.url, { method: 'HEAD', path: `/router/rest?${time()}` });
  expect([status, bytes.length, headers['content-type']]).toEqual([200, 0, 'application/json;charset=utf-8']);
});

test.each<[string, number, Exchange]>([
  ['a body in another encoding than UTF-8', 47, { headers: asForm(), body: Buffer.from('a=\xb2\xe2', 'latin1') }],
  ['escapes that are not UTF-8', 47, { headers: asForm(), body: 'a=%b2%e2' }],
  ['a packed body', 43, { headers: { ...asForm(), 'content-encoding': 'gzip' }, body: 'x' }],
  [
    'a multipart form that is cut off',
    43,
    { headers: asForm('multipart/form-data; boundary=B'), body: '--B\r\nContent-Disp' },
  ],
  ['a multipart form without a boundary', 43, { headers: asForm('multipart/form-data'), body: '--B--' }],
  ['a body over the limit', 42, { headers: asForm(), body: 'a'.repeat(BODY_LIMIT + 1) }],
  ['a body over the limit in chunks', 42, { headers: asForm(), body: 'a'.repeat(BODY_LIMIT + 1), chunked: true }],
  ['a body far over the limit', 42, { headers: asForm(), body: 'a'.repeat(BODY_LIMIT * 5) }],
  ['a body far over the limit in chunks', 42, { headers: asForm(), body: 'a'.repeat(BODY_LIMIT * 5), chunked: true }],
])('%s is refused by %i, and the next call is answered', async (_what, code, request) => {
  const { status, text } = await exchange(server.url, { ...request, path: `/router/rest?${time()}` });
  expect([status, errorOf(text)?.code]).toEqual([200, code]);
  expect((await exchange(server.url, { path: `/router/rest?${time()}` })).text).toContain('time_get_response');
});

test('a body of just the limit is taken', async () => {
  const form = (filler: string) => time({ set: { filler } });
  const body = form('x'.repeat(BODY_LIMIT - form('').length));
  expect(body).toHaveLength(BODY_LIMIT);
  expect((await exchange(server.url, { headers: asForm(), body })).text).toContain('time_get_response');
});

test('a connection goes on after a refused body, or is closed and says so', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (body: string) => {
    const sent = httpRequest(`${server.url}/router/rest?${time()}`, {
      method: 'POST',
      agent,
      headers: { ...asForm(), 'content-length': body.length },
    });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    return { text: await readAll(answer), closes: answer.headers.connection === 'close', port: sent.socket?.localPort };
  };
  const first = await call('');
  const over = await call('a'.repeat(BODY_LIMIT + 1));
  const next = await call('');
  expect(errorOf(over.text)).toMatchObject({ code: 42 });
  expect([over.closes, over.port, next.port]).toEqual([false, first.port, first.port]);
  expect(next.text).toContain('time_get_response');
  const far = await call('a'.repeat(BODY_LIMIT * 5));
  expect([errorOf(far.text)?.code, far.closes]).toEqual([42, true]);
  expect((await call('')).text).toContain('time_get_response');
  agent.destroy();
});

/** Writes bytes to a connection of their own and reads until the server closes it. */
async function talk(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes, 'latin1');
  return readAll(socket);
}

test('HTTP/1.0 without a Host header is answered', async () => {
  const query = encodeForm(signedCall('taobao.httpdns.get'));
  expect(await talk(`GET /router/rest?${query} HTTP/1.0\r\n\r\n`)).toContain('httpdns_get_response');
});

test('requests sent ahead on one connection are answered in their order', async () => {
  const get = (method: string, last = '') =>
    `GET /router/rest?${encodeForm(signedCall(method))} HTTP/1.1\r\nHost: x\r\n${last}\r\n`;
  const text = await talk(
    get('taobao.time.get') + get('taobao.none') + get('taobao.httpdns.get', 'Connection: close\r\n'),
  );
  const found = [...text.matchAll(/\{"(\w+_response)"/g)].map(([, root]) => root);
  expect(found).toEqual(['time_get_response', 'error_response', 'httpdns_get_response']);
});

test('a client that leaves in the middle of its body disturbs nobody', async () => {
  const { hostname, port } = new URL(server.url);
  for (const type of [FORM, 'multipart/form-data; boundary=B']) {
    const socket = connect(Number(port), hostname);
    socket.write(`POST /router/rest HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nhalf`);
    await once(socket, 'connect');
    socket.destroy();
  }
  expect((await postForm(server.url, signedCall('taobao.time.get'))).text).toContain('time_get_response');
});
