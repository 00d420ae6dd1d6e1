import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeForm } from '../src/wire/form.ts';
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

const asForm = (type = FORM) => ({ 'content-type': type });
const time = (departure?: Departure) => encodeForm(signedCall('taobao.time.get', [], departure));

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

const SUB_CODES: Record<number, object> = {
  42: { sub_code: 'isv.request-too-large' },
  43: { sub_code: 'isv.invalid-request-body' },
};

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
  expect([status, errorOf(text)]).toEqual([200, expect.objectContaining({ code, ...SUB_CODES[code] })]);
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

test('a body may come with its head, after it, or in pieces', async () => {
  const form = time();
  const head = `POST /router/rest HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${FORM}\r\nContent-Length: ${form.length}\r\n\r\n`;
  for (const pieces of [[head + form], [head, form], [head, form.slice(0, 20), form.slice(20)]]) {
    const { hostname, port } = new URL(server.url);
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(await readAll(socket)).toContain('time_get_response');
  }
});

test.each(['/router/rest', '/tool/sign', '/token', '/health'])(
  'a POST to %s that names a type and brings no body is answered',
  async (path) => {
    const text = await talk(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
  },
);
