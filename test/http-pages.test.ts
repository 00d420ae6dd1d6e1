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
