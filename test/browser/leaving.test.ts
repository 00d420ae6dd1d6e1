import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';
import { type ConsolePage, openConsolePage } from '../harness/console-page.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';

const chromium = findChromium();
/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

let server: TestServer;
let browser: Browser;
let desk: ConsolePage;
beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/console/index.html', 'web/console');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  desk = await openConsolePage(browser, server.url);
  await desk.press('Enter the sandbox as its demo owner');
  await desk.shows('live');
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(() => {
  if (browser !== undefined) expect(desk.faults()).toEqual([]);
});

const drawer = (): Locator => desk.page.locator('.ant-drawer').getByRole('dialog').first();

browserTest(
  'Escape, a press beside it and its cross ask before a half-filled form is given up, and leave an untouched one',
  async () => {
    const ways = {
      Escape: () => desk.page.keyboard.press('Escape'),
      beside: () => desk.page.locator('.ant-drawer-mask').click({ position: { x: 20, y: 400 } }),
      cross: () => drawer().getByRole('button', { name: 'Close' }).click(),
    };
    await desk.go('/lottery');
    for (const leave of Object.values(ways)) {
      await desk.press('New activity');
      await drawer().locator('#name').focus();
      await desk.settled();
      await leave();
      await drawer().waitFor({ state: 'hidden' });
      await desk.press('New activity');
      await desk.fill({ name: 'half filled' });
      const question = desk.page.getByRole('dialog', { name: 'Give up what you filled in?' });
      await leave();
      await question.getByRole('button', { name: 'Go on filling in' }).click();
      await question.waitFor({ state: 'hidden' });
      expect(await drawer().locator('#name').inputValue()).toBe('half filled');
      await leave();
      await question.getByRole('button', { name: 'Give it up' }).click();
      await drawer().waitFor({ state: 'hidden' });
    }
  },
);

browserTest(
  'going back, the search of the header and loading another page wait for a half-filled form too',
  async () => {
    const { page } = desk;
    const question = page.getByRole('dialog', { name: 'Give up what you filled in?' });
    await desk.go('/account');
    await desk.go('/lottery');
    await desk.press('New activity');
    await desk.fill({ name: 'half filled' });
    await page.keyboard.press('Control+k');
    await page.goBack();
    await question.getByRole('button', { name: 'Go on filling in' }).click();
    await question.waitFor({ state: 'hidden' });
    await expect.poll(() => new URL(page.url()).pathname).toBe('/console/lottery');
    expect(await drawer().locator('#name').inputValue()).toBe('half filled');
    expect(await page.getByRole('dialog', { name: 'Search by id' }).count()).toBe(0);
    const asked = page.waitForEvent('dialog');
    const leaving = page.goto('/console/account').catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await leaving;
    await page.goBack();
    await question.getByRole('button', { name: 'Give it up' }).click();
    await page.waitForURL('**/console/account');
    await drawer().waitFor({ state: 'detached' });
  },
);

browserTest('a day that was picked counts when its field is left', async () => {
  await desk.go('/account');
  await desk.go('/lottery/prizePool_open/segments');
  await desk.press('Add a segment');
  const start = drawer().locator('#start_time');
  await start.waitFor();
  // A drawer takes the focus when it has opened, and would take it from the calendar.
  await desk.settled();
  await start.click();
  await desk.page.locator('.ant-picker-dropdown:visible .ant-picker-cell-in-view').nth(9).click();
  const tenth = /^\d{4}-\d\d-10 /;
  await expect.poll(() => start.inputValue()).toMatch(tenth);
  await drawer().getByText('Add a segment').click();
  // The calendar closes as the field is left, and what is not taken by then goes with it.
  await desk.page.locator('.ant-picker-dropdown:visible').waitFor({ state: 'hidden' });
  await expect.poll(() => start.inputValue()).toMatch(tenth);
  await desk.page.keyboard.press('Escape');
  await desk.press('Give it up');
});
