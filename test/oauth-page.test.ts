import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixMasterKey, makeApp } from './harness/apps.ts';
import { carried, openBrowser, ticketOf } from './harness/browser.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const vault = fixMasterKey();
const callback = 'http://127.0.0.1:8123/callback';
const wish = { client_id: demo.app_key, response_type: 'code', redirect_uri: callback };

let server: TestServer;
let browser: ReturnType<typeof openBrowser>;
beforeAll(async () => {
  server = await startTestServer();
  browser = openBrowser(server.url);
});
afterAll(() => server?.close());

const newApp = (name: string, callback_urls: string[]) => makeApp(server.database.sql, vault, { name, callback_urls });

test('the consent page names the app, its key, the user and where the answer goes, in the language of the browser', async () => {
  const zh = await browser.ask(wish);
  expect(zh.status).toBe(200);
  expect(zh.headers.get('content-type')).toBe('text/html;charset=utf-8');
  for (const text of ['lang="zh-CN"', 'Demo app 演示应用', demo.app_key, 'demo_seller', callback, '授权', '拒绝'])
    expect(zh.html).toContain(text);
  const en = await browser.ask(wish, { 'accept-language': 'en-GB,en;q=0.9,zh;q=0.8' });
  for (const text of ['lang="en"', 'Demo app 演示应用', 'demo_seller', 'Authorise', 'Refuse'])
    expect(en.html).toContain(text);
});

test.each([
  ['what was chosen in the documentation', { cookie: 'theme=dark; lang=en', 'accept-language': 'zh-CN' }, 'en'],
  ['the first that the browser names', { 'accept-language': 'fr-FR,EN;q=0.8,zh;q=0.2' }, 'en'],
  ['Chinese, which it names first', { 'accept-language': 'zh-TW,en;q=0.8' }, 'zh-CN'],
  ['Chinese when it names neither', { 'accept-language': 'fr', cookie: 'slang=en' }, 'zh-CN'],
])('the language of the pages is %s', async (_name, headers, language) => {
  for (const query of [wish, { client_id: '' }])
    expect((await browser.ask(query, headers)).html).toContain(`<html lang="${language}">`);
});

test('the consent page runs no script, is framed by nobody, is not kept, and its style is the one the policy allows', async () => {
  const { html, headers } = await browser.ask(wish);
  const policy = headers.get('content-security-policy') ?? '';
  const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? '';
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self' http://127.0.0.1:8123",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]);
  expect(html).not.toMatch(/<script|style="|\son\w+=/);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('names and addresses stand on the page as text, whatever markup they hold', async () => {
  const redirect_uri = 'https://example.com/back/"><script>alert(1)</script>';
  const { app_key } = await newApp(`<img src=x onerror="alert('1')">&amp;`, [redirect_uri]);
  const { html } = await browser.ask({ client_id: app_key, response_type: 'code', redirect_uri });
  expect(html).not.toMatch(/<img|<script/);
  expect(html).toContain('&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;amp;');
});

test('consent sends the browser back with a code and the state unchanged', async () => {
  const state = '1212 &=?#%2F/+"中文\u{1f39f}';
  const page = await browser.decide({ ...wish, state });
  expect(page.status).toBe(302);
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.location?.startsWith(`${callback}?`)).toBe(true);
  const answer = carried(page);
  expect(Object.keys(answer)).toEqual(['code', 'state']);
  expect(answer.state).toBe(state);
  expect(answer.code).toMatch(/^[\w-]{32}$/);
  expect(Object.keys(carried(await browser.decide(wish)))).toEqual(['code']);
});

test('what the callback address has of its own stays: query and letters that are not ASCII', async () => {
  const redirect_uri = `${callback}/回?shop=1`;
  const { app_key } = await newApp('回调', [redirect_uri]);
  const page = await browser.decide({ ...wish, client_id: app_key, redirect_uri, state: '7' });
  expect(page.location).toMatch(/^http:\/\/127\.0\.0\.1:8123\/callback\/%E5%9B%9E\?shop=1&code=/);
  expect(carried(page)).toMatchObject({ shop: '1', state: '7' });
});

test('refusal sends the browser back with an error and the state, and no code', async () => {
  const page = await browser.decide({ ...wish, state: 'a b' }, 'deny');
  expect(carried(page)).toEqual({ error: 'access_denied', error_description: 'authorize reject', state: 'a b' });
});

test('the token flow gives a session in the fragment, which no server on the way sees', async () => {
  const page = await browser.decide({ ...wish, response_type: 'token', state: 'x' });
  const url = new URL(page.location ?? '');
  expect([url.origin + url.pathname, url.search]).toEqual([callback, '']);
  const answer = carried(page, 'hash');
  expect(answer).toMatchObject({
    token_type: 'Bearer',
    expires_in: '2592000',
    re_expires_in: '5184000',
    taobao_user_id: '6100000',
    taobao_user_nick: 'demo_seller',
    state: 'x',
  });
  const request = { mix_id: 'code_open', partner_code: 'xuexiqiangguo', operate_type: 'ALL' };
  const session = answer.access_token ?? '';
  expect(await server.call('taobao.film.fcode.export.query', request, { session })).toContain('"current_rows":100');
});

test('the token flow may leave its address out and then goes to the first registered one', async () => {
  const { location } = await browser.decide({ client_id: demo.app_key, response_type: 'token' });
  expect(location).toMatch(/^http:\/\/127\.0\.0\.1\/#access_token=/);
});

test('an app without a callback address gets a page that shows the code, and a page when the user refuses', async () => {
  const redirect_uri = 'urn:ietf:wg:oauth:2.0:oob';
  expect((await browser.ask({ ...wish, redirect_uri })).html).toContain('<dd>授权码，由你填入应用</dd>');
  const shown = await browser.decide({ ...wish, redirect_uri });
  expect([shown.status, shown.location]).toEqual([200, undefined]);
  const code = /<code>([\w-]+)<\/code>/.exec(shown.html)?.[1] ?? '';
  const client = { client_id: demo.app_key, client_secret: demo.secret };
  const { body } = await browser.token({ ...client, grant_type: 'authorization_code', code, redirect_uri });
  expect(body.access_token).toMatch(/^6100/);
  const refused = await browser.decide({ ...wish, redirect_uri }, 'deny');
  expect([refused.status, refused.location]).toEqual([200, undefined]);
  expect(refused.html).toContain('已拒绝');
  const implicit = await browser.ask({ ...wish, redirect_uri, response_type: 'token' });
  expect(implicit.status).toBe(400);
});

test.each([
  ['unknown app', { client_id: '99999999' }],
  ['no app', { client_id: '' }],
  ['other response type', { response_type: 'id_token' }],
  ['no response type', { response_type: '' }],
  ['foreign address', { redirect_uri: 'https://evil.example/callback' }],
])('%s: a page says why and nobody is sent anywhere', async (_name, change) => {
  const page = await browser.ask({ ...wish, ...change });
  expect([page.status, page.location]).toEqual([400, undefined]);
  expect(page.html).toContain('无法授权');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const english = await browser.ask({ ...wish, ...change }, { 'accept-language': 'en' });
  expect(english.html).toContain('<h1>Cannot be authorised</h1>');
});

test('a suspended app is refused from the next page on', async () => {
  const { app_key } = await newApp('停用的应用', ['https://example.com/']);
  const query = { client_id: app_key, response_type: 'code', redirect_uri: 'https://example.com/' };
  expect((await browser.ask(query)).status).toBe(200);
  await server.database.sql`update platform_app set status = 2 where app_key = ${app_key}`;
  expect((await browser.ask(query)).status).toBe(400);
});

test.each([
  ['https://shop.example/back', true],
  ['https://shop.example/back?shop=1', true],
  ['https://shop.example/back/orders', false],
  ['https://shop.example/back?a=1', false],
  ['https://shop.example/back?shop=1&a=1', false],
  ['https://shop.example/back/', false],
  ['https://shop.example/BACK', false],
  ['https://SHOP.example/back', false],
  ['https://shop.example:443/back', false],
  ['http://localhost/app', true],
  ['http://localhost:3999/app/below', false],
  ['http://localhost:3999/app?a=1', false],
  ['https://localhost:3999/app', false],
  ['http://localhost:3999@evil.example/app', false],
  ['http://localhost:evil.example/app', false],
  ['http://localhost:3999/app', true],
  ['http://[::1]:3999/app', true],
  ['http://shop.example/back', false],
  ['https://shop.example/backdoor', false],
  ['https://shop.example/back/../other', false],
  ['https://shop.example/back/%2e%2e/other', false],
  ['https://shop.example/', false],
  ['https://shop.example:8443/back', false],
  ['https://shop.example.evil.example/back', false],
  ['https://evil.example/?https://shop.example/back', false],
  ['https://shop.example@evil.example/back', false],
  ['https://user:pass@shop.example/back', false],
  ['https://shop.example/back#part', false],
  ['https://sub.shop.example/back', false],
  ['//shop.example/back', false],
  ['javascript:alert(1)', false],
  ['urn:ietf:wg:oauth:2.0:oob', false],
  ['http://127.0.0.1:3999/app', false],
])('of registered callbacks %s is one, to the letter but for a loopback port: %s', async (redirect_uri, covered) => {
  const registered = [
    'https://shop.example/back',
    'https://shop.example/back?shop=1',
    'http://localhost:3000/app',
    'http://[::1]/app',
  ];
  const { app_key } = await newApp('回调规则', registered);
  const page = await browser.ask({ client_id: app_key, response_type: 'code', redirect_uri });
  expect(page.status).toBe(covered ? 200 : 400);
});

test('a changed or expired page cannot be answered', async () => {
  const ticket = ticketOf(await browser.ask(wish));
  const changed = `${ticket.slice(0, -2)}${ticket.endsWith('AA') ? 'BB' : 'AA'}`;
  const late = vault.seal(
    'consent-ticket',
    [],
    JSON.stringify({
      wish: { app_key: demo.app_key, redirect_uri: callback, response_type: 'code', state: '' },
      until: Date.now() - 1,
    }),
  );
  for (const each of [changed, late.toString('base64url'), '']) {
    const page = await browser.press(each, 'allow');
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect(page.html).toContain('页面已过期');
  }
});
