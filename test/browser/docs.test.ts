import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium, openPage } from '../harness/chromium.ts';
import { documentedRequests } from '../harness/documented.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { seeds } from '../seeds/documented.ts';

const chromium = findChromium();
const EXPORT = 'taobao.film.fcode.export.query';
const MAIN_PAGES = ['/', '/category/film', `/api/${EXPORT}`, '/errors', '/guides/signing'];

/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

let server: TestServer;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/assets/docs.js', 'web/docs');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  ({ page, problems } = await openPage(browser, server.url, {
    locale: 'zh-CN',
    viewport: { width: 1100, height: 700 },
  }));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(async () => {
  if (browser === undefined) return;
  await page.context().clearCookies();
  expect(problems.splice(0)).toEqual([]);
});

/** Presses Send and waits until an answer or a refusal is shown. */
const sendForm = async () => {
  // By keyboard: a press of the mouse waits until the page has stopped moving.
  await page.press('#tool button[type=submit]', 'Enter');
  await page.waitForSelector('#tool form[aria-busy=false]');
};
const answerText = () => page.textContent('#tool [data-panel=answer] pre').then((text) => text ?? '');

browserTest('the first page comes in the language of the browser and leads to every method', async () => {
  await page.goto('/');
  await expect.poll(() => page.getAttribute('html', 'lang')).toBe('zh-CN');
  await page.click(`main a[href="/zh/api/${EXPORT}"]`);
  await expect.poll(() => page.textContent('h1')).toBe('券码数据导出查询');
});

browserTest('the other language shows the same place of the same page, and the choice is kept', async () => {
  await page.goto(`/zh/api/${EXPORT}#request.mix_id`);
  await page.click('a[data-language=en]');
  await page.waitForURL(`**/en/api/${EXPORT}#request.mix_id`);
  await expect.poll(() => page.textContent('h1')).toBe('Voucher code export');
  await page.goto('/');
  await expect.poll(() => page.getAttribute('html', 'lang')).toBe('en');
});

browserTest('the chosen colours hold on the next page from its first moment', async () => {
  await page.goto('/zh/');
  await page.selectOption('[data-theme-choice]', 'dark');
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await background();
  await page.goto('/zh/errors');
  expect([await page.getAttribute('html', 'data-theme'), await background()]).toEqual(['dark', dark]);
  await page.selectOption('[data-theme-choice]', 'light');
  await expect.poll(background).not.toBe(dark);
});

browserTest.each(Object.keys(seeds))(
  '%s answers its pre-filled example in the tool as its page documents',
  async (method) => {
    await page.goto(`/zh/api/${method}`);
    await sendForm();
    const expected = await server.call(method, documentedRequests[method as keyof typeof documentedRequests]);
    const plain = (text: string) => JSON.parse(text.replace(/"request_id": ?"\w+"/, '"request_id":""'));
    expect(plain(await answerText())).toEqual(plain(expected));
    for (const fact of [/HTTP 200/, /[\d.]+ 毫秒/, /request_id \w{14}/])
      await expect.poll(() => page.textContent('.tool-summary')).toMatch(fact);
  },
);

browserTest('the answer is shown in all three formats, and the request as signed text, curl and programs', async () => {
  await page.goto(`/en/api/${EXPORT}`);
  await sendForm();
  await page.click('.tool-formats button:has-text("XML")');
  await page.waitForSelector('#tool [data-panel=answer] pre:has-text("<film_fcode_export_query_response>")');
  await page.click('.tool-formats button:has-text("Simplified")');
  await page.locator('#tool [data-panel=answer] pre', { hasText: /^\{\s+"result":/ }).waitFor();
  await page.click('label[for=tool-answer-request]');
  const curl = page.locator('[data-panel=request]', { hasText: 'curl' });
  const request = (await curl.textContent()) ?? '';
  expect(request).toContain('app_key12345678formatjsonmethodtaobao.film.fcode.export.query');
  expect(request).toContain(`curl '${server.url}/router/rest'`);
  expect(request).not.toContain('helloworld');
  await page.click('label[for=tool-answer-code]');
  await page.click('label[for=tool-code-python]');
  await expect.poll(() => page.textContent('#tool [data-panel=python] pre')).toContain('code_8ebc4e741689bbc1');
  // The choice of a language goes for the samples of every page.
  await page.goto('/en/api/taobao.time.get');
  await expect.poll(() => page.isChecked('#samples-python')).toBe(true);
});

browserTest('an error leads to its entry', async () => {
  await page.goto(`/zh/api/${EXPORT}`);
  await page.selectOption('[data-session-key]', '');
  await sendForm();
  await expect.poll(() => page.textContent('.tool-failure')).toContain('26 Missing session');
  await page.click('.tool-error-link');
  await page.waitForURL('**/zh/errors#26');
  await page.locator('[id="26"]').waitFor();
});

browserTest(
  'a wrong signature is explained: the first difference of the two texts, and what is probably wrong',
  async () => {
    await page.goto(`/en/api/${EXPORT}`);
    await sendForm();
    await page.click('label[for=tool-answer-request]');
    await page.click('.tool-exact summary');
    const sent = JSON.parse(await page.inputValue('.tool-exact textarea'));
    await page.fill('.tool-exact textarea', JSON.stringify({ ...sent, mix_id: 'code_9' }));
    await page.click('.tool-exact button');
    await page.waitForSelector('.doctor .compare');
    await expect.poll(() => page.locator('.doctor mark').allTextContents()).toEqual(['8ebc4e741689bbc1', '9']);
    await page.click('label[for=tool-answer-request]');
    await page.click('.tool-exact summary');
    await page.fill('.tool-exact textarea', JSON.stringify({ ...sent, sign: sent.sign.toLowerCase() }));
    await page.click('.tool-exact button');
    await page.waitForSelector('.findings li:has-text("small letters")');
  },
);

browserTest('lists grow and shrink, groups can be left out, and the examples come back', async () => {
  const order = 'grouped_submit_order_param';
  const group = (path: string) => page.locator(`fieldset[data-path="${order}.${path}"]`);
  const sent = async () => {
    await sendForm();
    return JSON.parse(JSON.parse(await page.inputValue('.tool-exact textarea'))[order]);
  };
  await page.goto('/en/api/alibaba.damai.maizuo.openapi.order.submit');
  const example = await sent();
  const bearers = group('cart_goods_param_list[].bearer_list');
  await bearers.locator('[data-remove]').click();
  for (const [index, bearer_id] of ['a', 'b'].entries()) {
    await bearers.locator('[data-add]').click();
    await bearers.locator('[data-item]').nth(index).locator('input').first().fill(bearer_id);
  }
  await group('order_receive_param').locator('.tool-leave input').check();
  const changed = await sent();
  expect(changed.cart_goods_param_list[0].bearer_list).toEqual([{ bearer_id: 'a' }, { bearer_id: 'b' }]);
  expect(changed).not.toHaveProperty('order_receive_param');
  await page.click('[data-clear]');
  await sendForm();
  await expect.poll(() => page.textContent('.tool-failure')).toContain(`40 Missing required arguments:${order}`);
  await page.click('[data-restore]');
  expect(await sent()).toEqual(example);
});

browserTest('a server that cannot be reached is told calmly, and a second try works', async () => {
  await page.goto(`/en/api/${EXPORT}`);
  await page.waitForSelector('[data-app] option:has-text("Demo app")', { state: 'attached' });
  await page.context().setOffline(true);
  await sendForm();
  await expect.poll(() => page.textContent('.tool-state')).toContain('cannot be reached');
  await page.context().setOffline(false);
  await page.click('.tool-state button');
  await page.waitForSelector('.tool-summary');
  await expect.poll(() => problems).toEqual([expect.stringContaining('ERR_INTERNET_DISCONNECTED')]);
  problems.splice(0);
});

browserTest('of a large answer only the beginning is put into the page, and the whole can be saved', async () => {
  const large = JSON.stringify({ result: Array.from({ length: 300_000 }, (_, index) => `值 ${index}`) });
  await page.route('**/router/rest', (route) => route.fulfill({ contentType: 'application/json', body: large }));
  await page.goto(`/en/api/${EXPORT}`);
  await sendForm();
  await expect.poll(async () => (await answerText()).length).toBe(100_000);
  const saved = page.waitForEvent('download');
  await page.click('#tool .notice button');
  expect((await saved).suggestedFilename()).toBe(`${EXPORT}.json`);
  await page.unroute('**/router/rest');
});

browserTest('search is opened, steered and closed by keyboard, in Chinese and by parts of names', async () => {
  await page.goto('/zh/');
  await page.keyboard.press('/');
  await page.keyboard.type('券码导出');
  await page.waitForSelector(`.search-option[aria-selected=true]:has-text("${EXPORT}")`);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('isv.permission-ip');
  await page.waitForSelector('.search-option:has-text("isv.permission-ip-whitelist-limit")');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('fcode export');
  await page.waitForSelector(`.search-option[aria-selected=true]:has-text("${EXPORT}")`);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/zh/api/${EXPORT}`);
});

browserTest('the calculator signs as the protocol documents, and says what is wrong with a signature', async () => {
  await page.goto('/zh/guides/signing');
  const area = page.locator('.calculator textarea').first();
  const [secret, yours] = [page.locator('.calculator input').nth(0), page.locator('.calculator input').nth(1)];
  const digest = () => page.textContent('[data-digest]');
  await expect.poll(digest).toBe('72CB4D809B375A54502C09360D879C64');
  const own = {
    method: 'taobao.film.lottery.performance.config.query',
    app_key: '12345678',
    timestamp: '2026-01-02 03:04:05',
    format: 'json',
    v: '2.0',
    performance_query_config_param:
      '{"spread_id":"prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt","biz_ext_info":"{}","platform":8}',
  };
  await secret.fill('helloworld');
  for (const [sign_method, sign] of [
    ['md5', '44B2F2F66FE5936974CC8FEA4F226931'],
    ['hmac', '8F31CFEE17A701882BEEBC10B30F9675'],
    ['hmac-sha256', 'B12B2B0F6B1DEF51E98E805D8B398FB5AC34DE6415A600E446E97AEE69D94BEA'],
  ] as const) {
    const parameters = Object.entries({ ...own, sign_method });
    for (const text of [
      JSON.stringify(Object.fromEntries(parameters)),
      String(new URLSearchParams(parameters)),
      parameters.map((pair) => pair.join('=')).join('\n'),
    ]) {
      await area.fill(text);
      await expect.poll(async () => [text, await digest()]).toEqual([text, sign]);
    }
  }
  await expect.poll(() => page.textContent('[data-sorted]')).toMatch(/^app_key12345678formatjsonmethodtaobao\.film/);
  await yours.fill((await digest()) ?? '');
  await expect.poll(() => page.textContent('.verdict')).toContain('一致');
  await yours.fill(((await digest()) ?? '').toLowerCase());
  await expect.poll(() => page.textContent('.findings')).toContain('大写');
});

browserTest('main pages have no serious accessibility fault, in light and dark', async () => {
  for (const path of ['/', '/errors', '/guides/signing', `/api/${EXPORT}`]) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`/zh${path}`);
    if (path.startsWith('/api/')) await sendForm();
    expect([path, await faults()]).toEqual([path, []]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([path, await faults(['color-contrast', 'link-in-text-block'])]).toEqual([path, []]);
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('code');
  await page.waitForSelector('.search-option');
  expect(await faults()).toEqual([]);
});

// Rows of a table, words of a program, options, and hidden programs are made alike: the first ones stand for the
// thousands that would keep axe busy for a minute.
const THINNING = `for (const each of document.querySelectorAll(
  'tbody tr:nth-child(n+7), pre span:nth-of-type(n+12), .side li:nth-child(n+4), .panel:not(:nth-of-type(1)) .code, template'
)) each.remove()`;

/** Serious and critical findings of axe-core, each with the first element it is about. */
async function faults(rules?: string[]): Promise<unknown> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  await page.evaluate(THINNING);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  return page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]))`);
}

browserTest(
  'on a phone no page scrolls sideways, nor does a table of a reference, with the tool open too',
  async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    const cut = () =>
      page.evaluate(`[...document.querySelectorAll('main table[class] :is(td, tbody th)')]
    .filter((cell) => cell.getBoundingClientRect().right > 390).length`);
    for (const path of [...MAIN_PAGES.map((each) => `/zh${each}`), '/en/', '/en/errors', `/en/api/${EXPORT}`]) {
      await page.goto(path);
      await expect.poll(async () => [path, await width(), await cut()]).toEqual([path, 390, 0]);
    }
    await sendForm();
    for (const view of ['answer', 'request', 'code']) {
      await page.click(`label[for=tool-answer-${view}]`);
      await expect.poll(async () => [view, await width()]).toEqual([view, 390]);
    }
  },
);
