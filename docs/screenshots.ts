import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { createClient } from '../src/sdk/index.ts';
import { findChromium, launchChromium } from '../test/harness/chromium.ts';

/** One picture: where the browser goes, and what it does there before it is taken. */
type Shot = {
  readonly name: string;
  readonly path: string;
  readonly language: 'zh-CN' | 'en-US';
  readonly theme: 'light' | 'dark';
  readonly phone?: true;
  readonly prepare?: (page: Page) => Promise<unknown>;
};

const run = promisify(execFile);
const here = import.meta.dirname;
/** A sandbox that runs; only what is shown of it is changed. */
const [url = 'http://127.0.0.1:7001'] = process.argv.slice(2);
const client = createClient({ url, app_key: '12345678', secret: 'helloworld', session: '6100000demo' });
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };
const QUALITY = 82;
/** Charts and tables move into their place. */
const SETTLED_MS = 1500;
/** Calls a second, and for how long, that give the figures something to show. */
const CALLS = 40;
const LIVELY_MS = 4000;

const SHOTS: readonly Shot[] = [
  // First of all: what it does fills the other pages.
  { name: 'overview', path: '/console/', language: 'zh-CN', theme: 'dark', prepare: live },
  { name: 'home', path: '/zh/', language: 'zh-CN', theme: 'light' },
  {
    name: 'tool',
    path: '/en/api/alibaba.damai.maizuo.openapi.project.detail#tool',
    language: 'en-US',
    theme: 'dark',
    prepare: tryMethod,
  },
  { name: 'lottery', path: '/console/lottery/prizePool_open', language: 'en-US', theme: 'light' },
  {
    name: 'gate',
    path: '/console/ticketing/gate?project_id=90000001&event_id=90000011',
    language: 'zh-CN',
    theme: 'light',
    phone: true,
    prepare: letIn,
  },
];

async function tryMethod(page: Page): Promise<void> {
  await page.press('#tool button[type=submit]', 'Enter');
  await page.waitForSelector('#tool .tool-summary');
  await page.evaluate(`document.querySelector('#tool .tool-actions').scrollIntoView()`);
}

/** Draws, orders, sends and redemptions, so that every page has something to show; then calls steadily. */
async function live(page: Page): Promise<void> {
  await run(process.execPath, [join(here, '../src/cli.ts'), 'seed', '--url', url]);
  const calling = setInterval(() => {
    client.call('taobao.time.get').catch(() => undefined);
  }, 1000 / CALLS);
  // The interval goes on until the picture is taken: the browser's end ends it.
  page.once('close', () => clearInterval(calling));
  await page.waitForTimeout(LIVELY_MS);
}

/** Checks the first ticket of a paid order in. */
async function letIn(page: Page): Promise<void> {
  const { orders } = await client.call('piaoquan.ticketing.order.list', { project_id: 90000001, order_status: 2 });
  const { order } = await client.call('piaoquan.ticketing.order.get', { order_id: orders[0]?.order_id ?? '' });
  const [ticket] = order.tickets;
  const { qrcode } = await client.call('piaoquan.ticketing.ticket.code.get', {
    ticket_code_id: ticket?.ticket_code_id ?? '',
  });
  await page.fill('#code', qrcode);
  await page.press('#code', 'Enter');
}

async function take(browser: Browser, { name, path, language, theme, phone, prepare }: Shot): Promise<void> {
  const viewport = phone === true ? PHONE : DESK;
  const context = await browser.newContext({ baseURL: url, viewport, locale: language, colorScheme: theme });
  await context.request.post('/console/api/demo-login', { data: {} });
  const page = await context.newPage();
  await page.goto(path);
  await page.waitForTimeout(SETTLED_MS);
  await prepare?.(page);
  await page.waitForTimeout(SETTLED_MS);
  const tab = await context.newCDPSession(page);
  const { data } = await tab.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(join(here, `${name}.webp`), data, 'base64');
  await context.close();
}

const chromium = findChromium();
if (chromium === undefined) process.exit(1);
const browser = await launchChromium(chromium);
for (const shot of SHOTS) await take(browser, shot);
await browser.close();
