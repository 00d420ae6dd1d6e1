import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { generateSync } from 'otplib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/main.ts';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';
import { type ConsolePage, openConsolePage } from '../harness/console-page.ts';
import { createProductionDatabase, type TestDatabase } from '../harness/database.ts';

const chromium = findChromium();
/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

const PASSWORD = 'a first and long sentence';
const NEXT_PASSWORD = 'another and longer sentence';
/** Seconds of a code; one that was taken cannot be used again, and the next one is taken a little early. */
const STEP = 30;

let database: TestDatabase;
let server: RunningServer;
let browser: Browser;
/** The one page of all tests, first at the link for the first owner. */
let console: ConsolePage;
const home = mkdtempSync(`${tmpdir()}/piaoquan-account-`);
beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/console/index.html', 'web/console');
  database = await createProductionDatabase();
  const settings = { PORT: '0', DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  writeFileSync(`${home}/master.key`, randomBytes(32).toString('base64'));
  [server, browser] = await Promise.all([startServer(readConfig(false, settings)), launchChromium(chromium)]);
  console = await openConsolePage(browser, server.url, {}, `/console/setup#${server.setupToken}`);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await database?.drop();
  rmSync(home, { recursive: true });
});

browserTest(
  'the first owner comes by the link, turns the second factor on, and enters again by its code alone',
  async () => {
    const { page } = console;
    const main = page.locator('.console-content');
    await console.fill({ login: 'boss', display_name: '老板', password: PASSWORD });
    await console.press('Create and enter');
    await console.shows('Overview');
    await expect.poll(() => page.url()).not.toContain('#');

    await console.go('/account');
    await console.fill({ change_password: PASSWORD, change_new_password: NEXT_PASSWORD });
    await console.press('Change it and end all other sessions');
    await console.shows('The password is changed');
    await console.fill({ factor_password: NEXT_PASSWORD });
    await console.press('Set it up');
    const picture = main.getByAltText('QR code of the second factor');
    await picture.waitFor();
    const width = () => picture.evaluate((each: { naturalWidth: number }) => each.naturalWidth);
    await expect.poll(width).toBeGreaterThan(100);
    const shown = await main
      .locator('.console-id', { hasText: /[A-Z2-7]{16,}/ })
      .first()
      .textContent();
    const secret = /[A-Z2-7]{16,}/.exec(shown ?? '')?.[0] ?? '';
    const code = (steps: number) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * STEP });
    await console.fill({ factor_code: code(0) });
    await console.press('Turn it on');
    await console.shows('Keep the recovery codes');
    expect(await console.findings()).toEqual([]);

    await console.press('老板');
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await console.fill({ login: 'boss', password: NEXT_PASSWORD });
    await console.press('Log in');
    await console.shows('Enter the code that your authenticator shows.');
    await console.fill({ code: '000000' });
    await console.press('Log in');
    await console.shows('The code is wrong');
    await console.fill({ code: code(1) });
    await console.press('Log in');
    await console.shows('Overview');
    expect(console.faults()).toEqual([]);
  },
);

browserTest('a login in production offers no way past the password', async () => {
  await console.anew();
  await console.page.getByRole('button', { name: 'Log in' }).waitFor();
  await console.settled();
  await expect.poll(() => console.page.getByRole('button').allInnerTexts()).toEqual(['中文', '', 'Log in']);
});

browserTest('who guesses is locked out and told for how long', async () => {
  await console.anew();
  const guess = { login: 'boss', password: 'not the password' };
  const headers = { 'content-type': 'application/json' };
  for (let n = 0; n < 9; n++)
    await fetch(`${server.url}/console/api/login`, { method: 'POST', headers, body: JSON.stringify(guess) });
  await console.fill(guess);
  await console.press('Log in');
  await console.shows('Login or password is wrong.');
  await console.press('Log in');
  await console.shows('Too many attempts');
  await console.shows(/Wait about 1[45] more minutes/);
});
