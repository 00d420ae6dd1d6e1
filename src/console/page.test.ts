import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { expectBuilt } from '../../test/harness/built.ts';
import { UNUSED } from '../../web/unused-styles.ts';
import { serveConsolePage } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'piaoquan-page-'));
mkdirSync(join(folder, 'console'));
writeFileSync(join(folder, 'console', 'index.html'), '<html lang="zh-CN"><head></head><body></body></html>');
const server = fastify();
serveConsolePage(server, folder, false);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const pageFor = async (cookie: string): Promise<string> =>
  (await server.inject({ url: '/console/overview', headers: { cookie } })).body;

test('a browser with a session is told so and asks who is in along with the code; another asks for nothing', async () => {
  const known = await pageFor(`piaoquan_console=${'t'.repeat(43)}`);
  expect(known).toContain('<html data-session lang="zh-CN">');
  expect(known).toContain('<link rel="preload" as="fetch" crossorigin href="/console/api/me"></head>');
  expect(await pageFor('')).toBe('<html lang="zh-CN"><head></head><body></body></html>');
});

test('a chosen theme is there before the first paint, and no other words of a cookie are', async () => {
  expect(await pageFor('theme=dark')).toContain('data-theme="dark"');
  expect(await pageFor('lang=zh; theme=light')).toContain('data-theme="light"');
  expect(await pageFor('theme="><script>')).not.toContain('data-theme');
});

/** The built scripts that a browser runs before it shows anything: what the page names, and what that imports. */
function firstScripts(): string[] {
  const web = join(import.meta.dirname, '../../dist/web');
  const read = (name: string): string => readFileSync(join(web, name), 'utf8');
  const [, entry = ''] = /<script type="module"[^>]* src="\/([^"]+)"/.exec(read('console/index.html')) ?? [];
  const names = new Set([entry]);
  for (const name of names)
    for (const [, next] of read(name).matchAll(/\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
      names.add(`assets/${next}`);
  return [...names].map(read);
}

test('the console begins without the library of components and the contracts, in less than 400 KB of scripts', () => {
  expectBuilt('dist/web/console/index.html', 'web/console');
  const scripts = firstScripts();
  expect(scripts.length).toBeGreaterThan(1);
  const text = scripts.join('');
  expect(text.length).toBeLessThan(400_000);
  expect(['ant-btn', 'taobao.film.'].filter((each) => text.includes(each))).toEqual([]);
});

/** The console's files that are there when a page first stands: all but what `themed` brings with the library. */
function filesOfPages(): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    const text = readFileSync(file, 'utf8');
    files.set(file, text);
    const brought = [
      ...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.{1,2}\/[^']+\.tsx?)'/gm),
      ...text.matchAll(/\b(?:lazyPage|page|built)\(\(\) => import\('([^']+)'\)/g),
    ];
    for (const [, name = ''] of brought) visit(join(dirname(file), name));
  };
  visit(join(import.meta.dirname, '../../web/console/main.tsx'));
  return files;
}

test('no page of the console but the login waits for the library of components', () => {
  const files = filesOfPages();
  const names = [...files.keys()].map((file) => file.replace(/^.*\/web\/console\//, ''));
  for (const name of ['workplaces/lottery/activity.tsx', 'workplaces/ticketing/order.tsx', 'components/table.tsx'])
    expect(names).toContain(name);
  const library = /^import .*from 'antd(?:\/[^']*)?'/m;
  const users = names.filter((_name, at) => library.test([...files.values()][at] as string));
  expect(users.sort()).toEqual(['pages/login.tsx', 'themed.tsx']);
});

test('the console uses no part of the component library whose styles are left out', () => {
  const console = join(import.meta.dirname, '../../web/console');
  const texts = readdirSync(console, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => readFileSync(join(console, name), 'utf8'));
  const used = texts.flatMap((text) => /import \{([^}]*)\} from 'antd'/.exec(text)?.[1]?.match(/\w+/g) ?? []);
  expect(used).toContain('Table');
  const classOf = (name: string): string => `ant-${name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
  expect(used.filter((name) => UNUSED.test(classOf(name)))).toEqual([]);
  expect(UNUSED.test(classOf('ColorPicker'))).toBe(true);
});
