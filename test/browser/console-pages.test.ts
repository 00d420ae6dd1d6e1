import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { adminPackages, packages } from '../../src/contract/catalogue.ts';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';
import { hire, logIn, PASSWORD } from '../harness/console.ts';
import { type ConsolePage, openConsolePage } from '../harness/console-page.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';

const chromium = findChromium();
/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

/** Pages of every workplace, and what shows that each is there. */
const PAGES: readonly (readonly [path: string, sign: string])[] = [
  ['/overview', 'prizePool_open'],
  ['/lottery', 'prizePool_open'],
  ['/vouchers', 'code_open'],
  ['/ticketing', '90000001'],
  ['/sendplans/1', '优酷月卡'],
  ['/benefits/templates?user_id=6100000', '4342321'],
  ['/platform/apps', '12345678'],
];

let server: TestServer;
let browser: Browser;
/** The one page of all tests: another would compile and lay out the whole console again. */
let desk: ConsolePage;
beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/console/index.html', 'web/console');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  desk = await openConsolePage(browser, server.url);
});
beforeEach(() => desk?.anew());
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

browserTest('no page of a workplace has a serious accessibility fault or scrolls sideways on a phone', async () => {
  await desk.press('Enter the sandbox as its demo owner');
  await desk.shows('Overview');
  const found: unknown[] = [];
  for (const [path, sign] of PAGES) {
    await desk.go(path);
    await desk.shows(sign);
    found.push(...(await desk.findings()).map((finding) => `${path} · ${finding}`));
    const overhang = await desk.overhang();
    if (overhang > 0) found.push([path, overhang]);
  }
  // Where tabs do not all find room.
  await desk.page.setViewportSize({ width: 390, height: 844 });
  found.push(...(await desk.findings()));
  expect(found).toEqual([]);
  expect(desk.faults()).toEqual([]);
});

/** Logs in as an operator of a role, hired for it. */
async function enterAs(role: string): Promise<void> {
  await hire(await logIn(server.url, 'demo-login'), server.url, role, role);
  await desk.page.getByLabel('Login').fill(role);
  await desk.page.getByLabel('Password').fill(PASSWORD);
  await desk.press('Log in');
  await desk.shows('Overview');
}

/** What a page offers to those who may change things. */
const CHANGING = /new |edit|clone|adjust|shelf|rotate|suspend|set |void|refund|make codes|import|grant|bind|consume/i;

browserTest('a viewer finds every page and no button that would change anything', async () => {
  await enterAs('viewer');
  const found: unknown[] = [];
  for (const [path, sign] of PAGES) {
    await desk.go(path);
    await desk.shows(sign);
    await desk.settled();
    const names = await desk.page.getByRole('main').getByRole('button').allInnerTexts();
    found.push(...names.filter((name) => CHANGING.test(name)).map((name) => [path, name]));
  }
  expect(found).toEqual([]);
  expect(desk.faults()).toEqual([]);
});

/** Opens the choice of packages in the form of a new app and gives what reads it. */
async function offeredPackages(): Promise<() => Promise<string[]>> {
  await desk.shows('Overview');
  await desk.go('/platform/apps');
  await desk.press('New app');
  await desk.page.locator('#app_packages').press('Enter');
  return () => desk.page.locator('.ant-select-dropdown:visible .ant-select-item-option').allTextContents();
}

browserTest('the form of a new app offers packages of administration to an owner alone', async () => {
  await desk.press('Enter the sandbox as its demo owner');
  await expect.poll(await offeredPackages()).toEqual(packages);
  await desk.anew();
  await enterAs('developer');
  const theirs = await offeredPackages();
  await expect.poll(theirs).toEqual(packages.filter((name) => !adminPackages.includes(name)));
});

/** Notes whether a form could ever be sent that shows no field. */
const WATCH_FORMS = `new MutationObserver(() => {
  const seen = (what) => document.querySelector('.ant-drawer ' + what) !== null;
  globalThis.sentBare ||= seen('.ant-btn-primary') && !seen('.ant-form-item');
}).observe(document.body, { childList: true, subtree: true })`;

browserTest('a form opens with its fields: none can be sent before they are there', async () => {
  await desk.press('Enter the sandbox as its demo owner');
  await desk.go('/platform/apps');
  await desk.page.evaluate(WATCH_FORMS);
  await desk.press('New app');
  await desk.press('Submit');
  await desk.shows('Needed');
  expect(await desk.page.evaluate('globalThis.sentBare')).toBe(false);
});

browserTest('on a phone the part of a page that is chosen is in sight', async () => {
  await desk.press('Enter the sandbox as its demo owner');
  await desk.page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/platform/ledger', '/lottery/prizePool_open/ledger', '/platform/apps']) {
    await desk.go(path);
    const chosen = desk.page.getByRole('main').locator('[aria-current]').last();
    const { x = -1, width = 0 } = (await chosen.boundingBox()) ?? {};
    expect([path, x >= 0 && x + width <= 390]).toEqual([path, true]);
  }
});

browserTest('logging out says so when it fails, and is not undone by an answer that was under way', async () => {
  const { page, press, shows, faults, go } = desk;
  const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  // An overview that loses its stream asks who is logged in.
  await page.route('**/console/api/live', (route) => route.abort());
  await page.route('**/console/api/me', async (route) => {
    const response = await route.fetch();
    if (++asked > 1) {
      held.resolve();
      await free.promise;
    }
    await route.fulfill({ response });
  });
  await page.route('**/console/api/logout', (route) => route.abort(), { times: 1 });
  const logOut = async () => {
    await press('演示 Demo');
    await page.getByRole('menuitem', { name: 'Log out' }).click();
  };
  await press('Enter the sandbox as its demo owner');
  await held.promise;
  // A page that asks nothing, which would be refused and lead back to the login.
  await go('/account');
  await shows('The demo account is entered by one click');
  await logOut();
  await shows('The server cannot be reached');
  await logOut();
  const form = page.getByRole('button', { name: 'Log in' });
  await form.waitFor();
  const late = page.waitForResponse('**/console/api/me');
  free.resolve();
  await (await late).finished();
  await desk.settled();
  expect(await form.isVisible()).toBe(true);
  expect(faults().filter((each) => !each.includes('ERR_FAILED'))).toEqual([]);
});
