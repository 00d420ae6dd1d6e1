import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { welcome } from '../src/welcome.ts';
import { exchange } from './harness/exchange.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
let named: string;
beforeAll(async () => {
  server = await startTestServer();
  named = (await server.another({ PIAOQUAN_HOSTS: 'box.lan, 192.168.1.5' })).url;
});
afterAll(() => server?.close());

/** Every door that a stranger's page would like to open. */
const DOORS: [string, string, string?][] = [
  ['POST', '/console/api/demo-login', '{}'],
  ['POST', '/%63onsole/api/demo-login', '{}'],
  ['POST', '/console/api/login', '{"login":"demo","password":"x"}'],
  ['POST', '/console/api/reset', '{"token":"x","password":"long enough 1"}'],
  ['POST', '/console/api/setup', '{}'],
  ['POST', '/console/api/logout', '{}'],
  ['POST', '/console/api/call', '{}'],
  ['POST', '/console/api/password', '{}'],
  ['GET', '/console/api/me'],
  ['GET', '/console/api/live'],
  ['POST', '/tool/sign', '{"app_key":"12345678","method":"taobao.time.get"}'],
  ['GET', '/tool/apps'],
  ['GET', '/tool/call/x'],
  ['GET', '/tool/signature/x'],
  ['POST', '/authorize', 'decision=allow'],
];

const ask = (url: string, method: string, path: string, body: string | undefined, headers: Record<string, string>) =>
  exchange(url, {
    method,
    path,
    ...(body !== undefined && { body }),
    headers: {
      'content-type': path === '/authorize' ? 'application/x-www-form-urlencoded' : 'application/json',
      ...headers,
    },
  });

test.each(DOORS)(
  'a sandbox opens %s %s neither under a foreign name nor to a foreign page',
  async (method, path, body) => {
    for (const headers of [
      { host: 'evil.com:7001' },
      { host: 'evil.com:7001', origin: 'http://evil.com:7001' },
      { origin: 'http://evil.com' },
      ...(path === '/authorize' ? [] : [{ origin: 'null' }]),
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status, text } = await ask(server.url, method, path, body, headers as Record<string, string>);
      expect([status, text]).toEqual([403, expect.stringMatching(/foreign-(host|origin)/)]);
      expect(text).not.toMatch(/csrf_token|"sign"|helloworld/);
    }
  },
);

test('the consent page opens to visitors from apps, under a name of this machine alone', async () => {
  const path = '/authorize?client_id=12345678&response_type=code&redirect_uri=urn:ietf:wg:oauth:2.0:oob';
  const visit = { 'sec-fetch-site': 'cross-site' };
  expect((await ask(server.url, 'GET', path, undefined, visit)).status).toBe(200);
  expect((await ask(server.url, 'GET', path, undefined, { host: 'evil.com' })).status).toBe(403);
});

test('the consent form, which hides its Origin, is taken by its ticket alone', async () => {
  const reply = await ask(server.url, 'POST', '/authorize', 'decision=allow&ticket=forged', { origin: 'null' });
  expect([reply.status, reply.headers.location]).toEqual([400, undefined]);
});

test('names of the setting open the doors too, and the gateway and pages answer to every name', async () => {
  for (const host of ['box.lan:7001', 'BOX.lan', '192.168.1.5:80', 'localhost', '[::1]'])
    expect((await ask(named, 'POST', '/console/api/demo-login', '{}', { host })).status).toBe(200);
  expect((await ask(named, 'POST', '/console/api/demo-login', '{}', { host: 'other.lan' })).status).toBe(403);
  for (const path of ['/health', '/en', '/router/rest?method=taobao.time.get'])
    expect((await ask(named, 'GET', path, undefined, { host: 'sandbox:7001' })).status).toBeLessThan(400);
});

test('a setting that is no name is refused with one line', () => {
  for (const PIAOQUAN_HOSTS of ['http://box.lan', 'box.lan:7001', 'a b', 'me@box.lan', 'box.lan/x', '*.lan', '*'])
    expect(() => readConfig(true, { PIAOQUAN_HOSTS })).toThrow(/PIAOQUAN_HOSTS must be/);
  expect(readConfig(true, { PIAOQUAN_HOSTS: ' Box.LAN,127.1 ,' }).hosts).toEqual(['box.lan', '127.0.0.1']);
});

test('a sandbox that listens beyond this machine says so at its start', () => {
  const at = (host: string) =>
    welcome({ sandbox: true, host }, { url: 'http://x', dataFolder: '/x', setupToken: undefined }, 1, new Date(0));
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'box.lan'])
    expect(at(host)).toContain(`Warning: HOST=${host} lets`);
  for (const host of ['127.0.0.1', '::1', 'localhost', '127.0.0.9']) expect(at(host)).not.toContain('Warning');
});
