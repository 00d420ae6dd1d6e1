import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { type Contract, method } from '../contract/method.ts';
import { bool, date, integer, list, optional, struct, text } from '../contract/schema.ts';
import { exampleRequest } from './examples.ts';
import { rowsOf } from './pages/fields.ts';
import type { SearchEntry } from './search.ts';
import { serveDocs } from './serve.ts';

const demo = { app_key: '12345678', secret: 'helloworld', session_key: '6100000demo' };
const words = (name: string) => ({ zh: `${name}的中文`, en: `${name} in English` });

/** A method that stands in no contract file. */
const added = method({
  name: 'taobao.added.thing.draw',
  category: 'film',
  title: words('title'),
  purpose: words('<b>purpose</b>'),
  package: 'added.package',
  session: 'required',
  kind: 'write',
  request: {
    wish: struct('WishDTO', words('wish'), {
      'count-of': integer(words('count'), { example: '7', minimum: 1, maximum: 9 }),
      things: list(
        struct('ThingDTO', words('thing'), { thing_id: text(words('"thing_id"'), { example: '<i>' }) }),
        words('things'),
        {
          maxItems: 3,
        },
      ),
      color: optional(text(words('color'), { values: { red: words('red'), blue: words('blue') } })),
    }),
    codes: list(text(words('code'), { example: 'A1' }), words('codes')),
  },
  response: { done: bool(words('done'), { example: 'true' }), at: optional(date(words('at'))) },
  errors: { 'isv.added-refusal': { cause: words('cause'), remedy: words('remedy') } },
}) as unknown as Contract;

const contracts: readonly Contract[] = [...catalogue, added];
const webFolder = mkdtempSync(join(tmpdir(), 'piaoquan-web-'));
let server: FastifyInstance;
let url: string;

const open = async (parts: Partial<Parameters<typeof serveDocs>[1]>): Promise<[FastifyInstance, string]> => {
  const made = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  serveDocs(made, { contracts, demo, webFolder, ...parts });
  made.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }));
  return [made, await made.listen({ port: 0, host: '127.0.0.1' })];
};

beforeAll(async () => {
  mkdirSync(join(webFolder, 'assets'));
  writeFileSync(join(webFolder, 'assets', 'docs.css'), 'body{}');
  writeFileSync(join(webFolder, 'assets', 'docs.js'), 'import{t as e}from"./time-DJ0e4u2j.js";var a="./b.js";');
  writeFileSync(join(webFolder, 'assets', 'chart-a1B2c3D4.js'), '1');
  [server, url] = await open({});
});
afterAll(async () => {
  await server?.close();
  rmSync(webFolder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers, redirect: 'manual' });
const page = async (path: string): Promise<string> => {
  const answer = await get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
};

/** GET with headers that fetch does not let anyone set. */
const raw = (path: string, headers: Record<string, string>) =>
  new Promise<string>((done) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, headers }, (answer) => {
      let all = '';
      answer.setEncoding('utf8').on('data', (part) => {
        all += part;
      });
      answer.on('end', () => done(all));
    }).end();
  });

const idsOf = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id as string);
const linksOf = (html: string): string[] =>
  [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href as string);

describe('a method that is added to the list', () => {
  test.each(['zh', 'en'] as const)('appears by itself on every page that should have it, in %s', async (language) => {
    const { [language]: title } = added.title;
    for (const path of ['/', '/category/film']) {
      const html = await page(`/${language}${path}`);
      const [before = '', after = ''] = html.split('<main');
      for (const part of [before, after]) expect(linksOf(part)).toContain(`/${language}/api/${added.name}`);
      expect(after).toContain(title);
    }
    expect(await page(`/${language}/errors`)).toContain('id="isv.added-refusal"');
    const entries = (await (await get(`/search.${language}.json`)).json()) as SearchEntry[];
    const found = entries.filter(([, name, about, path]) => `${name} ${about} ${path}`.includes(added.name));
    expect(found.map(([kind, name]) => `${kind} ${name}`)).toEqual([
      `m ${added.name}`,
      ...['wish', 'wish.count-of', 'wish.things', 'wish.things.thing_id', 'wish.color', 'codes', 'done', 'at'].map(
        (path) => `f ${path}`,
      ),
    ]);
  });

  test('appears in what machines read', async () => {
    for (const path of ['/openapi.json', '/openapi.json?lang=zh', '/postman.json', '/llms.txt'])
      expect(await page(path), path).toContain(added.name);
    expect(await page('/openapi.json?lang=zh')).toContain('title的中文');
  });

  test('has a page with an anchor for every field, value and error, its samples, answers and form', async () => {
    const html = await page(`/zh/api/${added.name}`);
    for (const id of [
      ...['common', 'request', 'response', 'samples', 'answers', 'failure', 'errors', 'tool', 'access'],
      ...['request.wish', 'request.wish.count-of', 'request.wish.things.thing_id', 'request.wish.color.red'],
      ...['request.codes', 'response.done', 'response.at', 'error.isv.added-refusal'],
    ])
      expect(idsOf(html), id).toContain(id);
    for (const said of [
      'added.package',
      '需要用户授权',
      '1 – 9',
      '最多 3 项',
      'WishDTO',
      'ThingDTO[]',
      'red的中文',
      'cause的中文',
    ])
      expect(html, said).toContain(said);
    expect(html.match(/data-panel="(java|dotnet|php|curl|python|cpp|node|typescript)"/g)).toHaveLength(8);
    expect(html).toContain('added_thing_draw_response');
    expect(html).toContain('<template><div class="tool-item');
  });

  test('brings no markup of its own into a page', async () => {
    for (const path of [`/en/api/${added.name}`, '/en/category/film'])
      expect(await page(path)).not.toMatch(/<b>purpose|<i>/);
  });
});

test('every link between the pages leads to a page, and to a place that this page has once', async () => {
  const places = new Map<string, Set<string>>();
  const wanted = new Map<string, string>();
  const queue = ['/zh/', '/en/'];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const html = await page(path);
    const ids = idsOf(html);
    places.set(path, new Set(ids));
    expect(ids.length - new Set(ids).size, `ids of ${path} that are not alone`).toBe(0);
    for (const link of new Set(linksOf(html))) {
      const [target = '', anchor = ''] = link.replaceAll('&#61;', '=').split('#');
      if (target !== '' && !/^\/(zh|en)\//.test(target)) continue;
      wanted.set(`${target || path}#${decodeURIComponent(anchor)}`, path);
      if (target === '' || places.has(target)) continue;
      places.set(target, new Set());
      queue.push(target);
    }
  }
  expect(places.size).toBeGreaterThan(2 * contracts.length);
  const lost = [...wanted].filter(([link]) => {
    const [path = '', anchor = ''] = link.split('#');
    return anchor !== '' && !places.get(path)?.has(anchor);
  });
  expect(lost.map(([link, from]) => `${from} → ${link}`)).toEqual([]);
}, 60_000);

test('the form of every method has an input for every simple field, filled with the example', async () => {
  for (const contract of contracts) {
    const html = (await page(`/en/api/${contract.name}`)).split('id="tool"')[1] ?? '';
    const paths = new Set([...html.matchAll(/data-path="([^"]+)"/g)].map(([, path]) => path?.replaceAll('[]', '')));
    for (const { path } of rowsOf(contract.request)) expect(paths, `${contract.name} ${path}`).toContain(path);
    for (const [name, value] of Object.entries(exampleRequest(contract))) {
      const control = html.slice(html.indexOf(`data-path="${name}"`)).slice(0, 4000);
      if (typeof value === 'string') expect(control, `${contract.name} ${name}`).toContain(value.slice(0, 6));
    }
  }
}, 60_000);

describe('the language of a reader', () => {
  test.each([
    ['', '', 'zh-CN'],
    ['en-GB,en;q=0.9,zh;q=0.8', '', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', '', 'zh-CN'],
    ['fr,en;q=0.4,zh;q=0.5', '', 'zh-CN'],
    ['de', '', 'zh-CN'],
    ['en', 'theme=dark; lang=zh', 'zh-CN'],
    ['zh', 'lang=en', 'en'],
  ])('that accepts "%s" with cookie "%s" is %s at the root', async (accept, cookie, lang) => {
    const html = await (await get('/', { 'accept-language': accept, cookie })).text();
    expect(html).toContain(`<html lang="${lang}"`);
  });

  test('stays when the page changes, and an address without it leads to it', async () => {
    const html = await page('/en/errors');
    expect(linksOf(html)).toContain('/zh/errors');
    const answer = await get('/api/taobao.time.get', { 'accept-language': 'en' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/en/api/taobao.time.get']);
  });
});

describe('a page on the way', () => {
  test('comes with a policy that lets in nothing foreign and nothing inline', async () => {
    const answer = await get('/zh/');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).not.toMatch(
      /<script(?! type="module" src="\/assets\/docs\.js">)|<[^>]+ (style|on\w+)="/,
    );
  });

  test('is sent once, as long as the browser has it in these colours', async () => {
    const first = await get('/zh/errors');
    const etag = first.headers.get('etag') as string;
    const again = await get('/zh/errors', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const dark = await get('/zh/errors', { 'if-none-match': etag, cookie: 'theme=dark' });
    expect([dark.status, await dark.text()]).toEqual([200, expect.stringContaining('data-theme="dark"')]);
  });

  test('is the same text packed and plain', async () => {
    const packed = await get('/zh/errors', { 'accept-encoding': 'gzip' });
    const plain = await get('/zh/errors', { 'accept-encoding': 'identity' });
    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect(await packed.text()).toBe(await plain.text());
  });

  test('names the address by which the reader came, unless no host can be called so', async () => {
    const path = '/zh/api/taobao.time.get';
    expect(await raw(path, { host: 'tickets.example:8443' })).toContain('http://tickets.example:8443/router/rest');
    expect(await raw(path, { host: '"><script>' })).toContain('http://localhost/router/rest');
  });
});

describe('an address that leads nowhere', () => {
  test('shows browsers a page with the methods that come nearest, and programs a line of JSON', async () => {
    const answer = await get('/en/api/taobao.promotion.benefit.select', { accept: 'text/html' });
    expect(answer.status).toBe(404);
    expect(linksOf(await answer.text())).toContain('/en/api/taobao.promotion.benefit.selector');
    const plain = await get('/nothing');
    expect([plain.status, await plain.json()]).toEqual([404, { error: 'not_found' }]);
    expect((await get('/nothing', { accept: 'text/html' })).status).toBe(404);
  });

  test.each(['/zh/api/', '/zh/api/toString', '/zh/category/nothing', '/en/guides/..%2fserve', '/en/errors/more'])(
    '%s is one',
    async (path) => {
      const answer = await get(path, { accept: 'text/html' });
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('404')]);
    },
  );
});

test('scripts and styles are kept by browsers, for ever where the name changes with the content', async () => {
  const cached = async (path: string) => (await get(path)).headers.get('cache-control');
  expect(await cached('/assets/docs.css')).toBe('no-cache');
  expect(await cached('/assets/chart-a1B2c3D4.js')).toContain('immutable');
});

test('what the script of the pages imports is fetched along with it', async () => {
  const html = await (await get('/zh/')).text();
  const preloads = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href);
  expect(preloads).toEqual(['/assets/time-DJ0e4u2j.js']);
});

test('pages name their icon, and a browser that asks on its own is led to it', async () => {
  expect(await (await get('/zh/')).text()).toContain('<link rel="icon" href="/assets/icon.svg">');
  const { status, headers } = await fetch(`${url}/favicon.ico`, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([301, '/assets/icon.svg']);
});

describe('in production without a built browser part', () => {
  test('pages hold placeholders instead of credentials, and say what to run', async () => {
    const [other, address] = await open({ demo: undefined, webFolder: join(webFolder, 'nothing') });
    const html = async (path: string) => (await fetch(address + path)).text();
    for (const path of ['/en/', '/en/api/taobao.promotion.benefit.selector']) {
      const all = await html(path);
      expect(all).toContain('YOUR_APP_SECRET');
      expect(all).toContain('npm run build');
      expect(all).not.toMatch(/helloworld|<code data-copy>12345678/);
    }
    expect(await html('/postman.json')).not.toContain('helloworld');
    await other.close();
  });
});
