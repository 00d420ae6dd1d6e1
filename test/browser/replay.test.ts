import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { signedParameters } from '../../src/sdk/request.ts';
import { baseText } from '../../src/wire/base-text.ts';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium, openPage, type WatchedPage } from '../harness/chromium.ts';
import { openConsolePage } from '../harness/console-page.ts';
import { demo, startTestServer, type TestServer } from '../harness/server.ts';

const chromium = findChromium();
const browserTest = test.skipIf(chromium === undefined);
const SAVE = 'piaoquan.lottery.activity.save';
const SEGMENTS = [1, 2].map((segment_no) => ({
  segment_no,
  start_time: `2027-01-0${segment_no} 00:00:00`,
  end_time: `2027-01-0${segment_no} 12:00:00`,
  win_times: 5 + segment_no,
}));

let server: TestServer;
let browser: Browser;
let page: Page;
let problems: string[];
let settled: WatchedPage['settled'];
beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/assets/docs.js', 'web/docs');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  ({ page, problems, settled } = await openPage(browser, server.url, { locale: 'en-US' }));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(() => expect(problems?.splice(0) ?? []).toEqual([]));

const send = async () => {
  await page.press('#tool button[type=submit]', 'Enter');
  await page.waitForSelector('#tool form[aria-busy=false]');
};

const idOf = (answer: string): string => /"request_id":"(\w+)"/.exec(answer)?.[1] ?? '';

browserTest('the tool opens with what a past call sent, lists and groups too, and sends the same again', async () => {
  const activity = { spread_id: 'again', platform: 8, name: '重放', segments: SEGMENTS };
  const request_id = idOf(await server.call(SAVE, { activity }, { sign_method: 'md5', simplify: true }));
  await page.goto(`/en/api/${SAVE}?replay=${request_id}#tool`);
  await page.getByText(`Filled with the parameters of call ${request_id}`).waitFor();
  await expect.poll(() => page.locator('[data-replay]').count()).toBe(1);
  const values = (path: string) =>
    page
      .locator(`#tool [data-path="${path}"]`)
      .evaluateAll((all) => all.map((each) => (each as never as { value: string }).value));
  await expect.poll(() => values('activity.spread_id')).toEqual(['again']);
  await expect.poll(() => values('activity.segments[].win_times')).toEqual(['6', '7']);
  await expect.poll(() => page.inputValue('[data-sign-method]')).toBe('md5');
  const sent = page.waitForRequest('**/tool/sign');
  await page.press('#tool button[type=submit]', 'Enter');
  const { parameters } = (await sent).postDataJSON() as { parameters: object };
  expect(parameters).toEqual({ activity });
});

browserTest('a list that a past call sent as JSON fills one box a value', async () => {
  const request = { mix_id: 'code_open', unique_id: 'replayed', codes: '["NONE1","NONE2"]' };
  const request_id = idOf(await server.call('piaoquan.voucher.code.consume', request));
  await page.goto(`/en/api/piaoquan.voucher.code.consume?replay=${request_id}#tool`);
  await page.getByText(`Filled with the parameters of call ${request_id}`).waitFor();
  const boxes = page.locator('#tool [data-path="codes[]"]');
  const filled = () => boxes.evaluateAll((all) => all.map((each) => (each as never as { value: string }).value));
  await expect.poll(filled).toEqual(['NONE1', 'NONE2']);
});

browserTest(
  'a business code in an answer is told with its meaning and leads to its entry, in every spelling',
  async () => {
    await page.goto('/en/api/alibaba.damai.maizuo.openapi.eticket.qrcode');
    await page.fill('#tool [data-path="dynamic_q_r_code_param.ticket_code_id"]', '17');
    for (const spelling of ['json', 'xml']) {
      await page.selectOption('[data-spelling]', spelling);
      await send();
      await expect.poll(() => page.textContent('.tool-summary.noted')).toContain('Dealt with');
      const link = page.locator('.tool-outcome-link');
      await expect.poll(() => link.textContent()).toBe('result_code 10250');
      const entry = page.locator(`[id="${(await link.getAttribute('href'))?.slice(1)}"]`);
      const meaning = await entry.locator('dd').textContent();
      await expect.poll(() => page.textContent('.tool-outcome')).toBe(`result_code 10250 ${meaning}`);
    }
    await page.goto('/en/api/alibaba.damai.maizuo.openapi.project.detail');
    await send();
    await expect.poll(() => page.textContent('.tool-summary strong')).toBe('The call succeeded');
    expect(await page.locator('.tool-outcome').count()).toBe(0);
  },
);

browserTest(
  'a refusal by a flag is none of the calls that succeeded, and words of an answer are filled in',
  async () => {
    await page.goto('/en/api/taobao.mobile.promotion.benefit.activity.send');
    await page.fill('#tool [data-path="single_benefit_request.relation_id"]', '17');
    await send();
    await expect.poll(() => page.textContent('.tool-summary.noted strong')).toBe('Dealt with, and refused');
    await expect.poll(() => page.textContent('.tool-outcome')).toContain('error_code isv.param-error:295');
    await page.goto('/zh/api/alibaba.damai.maizuo.openapi.order.submit');
    await page.fill('#tool [data-path="grouped_submit_order_param.cart_goods_param_list[].price_id"]', '7');
    await send();
    await expect.poll(() => page.textContent('.tool-summary.noted strong')).toBe('已处理，业务被拒绝');
    await expect.poll(() => page.textContent('.tool-outcome')).toMatch(/^result_code 10223 票档 7 没有商品 \d+$/);
  },
);

browserTest("a session key that was chosen before the server's choices came stays chosen", async () => {
  const free = Promise.withResolvers<void>();
  await page.route('**/tool/apps', async (route) => {
    await free.promise;
    await route.continue();
  });
  await page.goto('/en/api/taobao.film.fcode.export.query');
  await page.selectOption('[data-session-key]', '…');
  free.resolve();
  await settled();
  expect(await page.inputValue('[data-session-key]')).toBe('…');
  await page.unroute('**/tool/apps');
});

browserTest('without its parameters the tool opens with the example and says why', async () => {
  await page.goto('/zh/api/taobao.time.get?replay=16wxpmxbilyr2z#tool');
  await expect.poll(() => page.textContent('[data-replay]')).toMatch(/没有保留.*300.*表单里是示例值/);
  await expect.poll(() => problems).toEqual([expect.stringContaining('404')]);
  problems.splice(0);
  const request_id = idOf(await server.call('taobao.time.get'));
  await page.goto(`/en/api/${SAVE}?replay=${request_id}#tool`);
  await page.click('[data-replay] a');
  await page.waitForURL(`**/en/api/taobao.time.get?replay=${request_id}#tool`);
  await page.getByText('Filled with').waitFor();
});

browserTest(
  "a refused signature's text stands in the console's call log, beside what to check, and leads to the tool",
  async () => {
    const parameters = signedParameters(
      { ...demo, secret: demo.secret.toUpperCase() },
      'taobao.time.get',
      {},
      new Date(),
    );
    const answer = await fetch(`${server.url}/router/rest`, {
      method: 'POST',
      body: new URLSearchParams([...parameters]),
    });
    const request_id = idOf(await answer.text());
    const console = await openConsolePage(browser, server.url);
    await console.press('Enter the sandbox');
    await console.shows('Overview');
    await console.go(`/platform/calls?request_id=${request_id}`);
    await console.press('Details');
    await console.shows(baseText(parameters));
    await console.shows(/Is the secret that of this app_key/);
    const link = await console.page.getByRole('link', { name: 'Replay in the API tool' }).getAttribute('href');
    expect(link).toBe(`/en/api/taobao.time.get?replay=${request_id}#tool`);
    expect(console.faults()).toEqual([]);
    await console.page.context().close();
  },
);
