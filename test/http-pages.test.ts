import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './harness/server.ts';
import { answersOf, talkTo } from './harness/talk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

test.each<[string, string, number]>([
  ['a verb that nobody knows', 'FETCH /zh HTTP/1.1\r\nHost: x\r\n\r\n', 501],
  ['a verb in small letters', 'get / HTTP/1.1\r\nHost: x\r\n\r\n', 501],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a long address', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n', 417],
  ['nothing of HTTP', '\x16\x03\x01\r\n\r\n', 400],
])('for a page %s is refused', async (_what, bytes, status) => {
  const [answer, ...more] = answersOf(await talkTo(server.url, [bytes], true));
  expect([answer?.status, more]).toEqual([status, []]);
  if (status === 501) expect(answer?.head).toMatch(/^Allow: GET, HEAD, POST$/m);
});

test.each([
  ['POST', '/', 'GET, HEAD'],
  ['PUT', '/zh', 'GET, HEAD'],
  ['DELETE', '/en/guides/errors?a=1', 'GET, HEAD'],
  ['PATCH', '/health', 'GET, HEAD'],
  ['OPTIONS', '/console', 'GET, HEAD'],
  ['PROPFIND', '/console/apps', 'GET, HEAD'],
  ['DELETE', '/authorize', 'GET, HEAD, POST'],
  ['TRACE', '/openapi.json', 'GET, HEAD'],
  ['PUT', '/tool/sign', 'GET, HEAD, POST'],
])('%s of %s is refused by 405, which allows %s', async (verb, path, allow) => {
  const body = verb === 'TRACE' ? '' : 'Content-Type: x/y\r\nContent-Length: 2\r\n';
  const bytes = `${verb} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${body}\r\n${body && 'ab'}`;
  const [answer] = answersOf(await talkTo(server.url, [bytes], true));
  expect(answer?.status).toBe(405);
  expect(answer?.head).toMatch(new RegExp(`^allow: ${allow}$`, 'im'));
});
