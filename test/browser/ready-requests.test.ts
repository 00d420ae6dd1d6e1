import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium, openPage } from '../harness/chromium.ts';
import { documentedMethods, refusalsIn } from '../harness/ready.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';

const chromium = findChromium();
/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

let server: TestServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/assets/docs.js', 'web/docs');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  ({ page } = await openPage(browser, server.url, { locale: 'en-GB', viewport: { width: 1100, height: 700 } }));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Presses Send on the form as it stands and gives what came back. */
async function press(): Promise<unknown> {
  const answered = page.waitForResponse((response) => {
    const method = new URLSearchParams(response.request().postData() ?? '').get('method');
    // On the way to a refresh token another method is called.
    return response.url().endsWith('/router/rest') && page.url().endsWith(`/api/${method}`);
  });
  await page.press('#tool button[type=submit]', 'Enter');
  const answer = await (await answered).json();
  await page.waitForSelector('#tool form[aria-busy=false]');
  return answer;
}

browserTest(
  'the button of every documented method succeeds as the page comes, backwards, and pressed again',
  async () => {
    const refused: Record<string, string[]> = {};
    for (const { name } of documentedMethods.toReversed()) {
      await page.goto(`/en/api/${name}`);
      for (const turn of ['first', 'again']) {
        const refusals = refusalsIn(await press());
        if (refusals.length > 0) refused[`${name} ${turn}`] = refusals;
      }
    }
    expect(refused).toEqual({});
  },
);

browserTest('a code that the reader typed is sent as it is', async () => {
  await page.goto('/en/api/taobao.top.auth.token.create');
  await page.fill('#tool [data-path=code]', 'typed');
  expect(await press()).toMatchObject({ error_response: { sub_code: 'isv.invalid-parameter:code' } });
  expect(await page.inputValue('#tool [data-path=code]')).toBe('typed');
});
