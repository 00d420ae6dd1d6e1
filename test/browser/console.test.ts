import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { demoTokens } from '../../src/domains/ticketing/demo.ts';
import { formatInstant } from '../../src/wire/time.ts';
import { expectBuilt } from '../harness/built.ts';
import { callAt, errorOf } from '../harness/call.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';
import { type ConsoleClient, logIn } from '../harness/console.ts';
import { type ConsolePage, openConsolePage } from '../harness/console-page.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const chromium = findChromium();
/** Runs where there is a browser; elsewhere it is skipped, which the harness has printed. */
const browserTest = test.skipIf(chromium === undefined);

const HOUR = 3_600_000;
/** An instant so many hours from now, as forms want it. */
const hours = (count: number): string => formatInstant(new Date(Date.now() + count * HOUR));
const openFor = (from: number, to: number, start: string, end: string) => ({ [start]: hours(from), [end]: hours(to) });

let server: TestServer;
let browser: Browser;
let owner: ConsoleClient;
let desk: ConsolePage;

beforeAll(async () => {
  if (chromium === undefined) return;
  expectBuilt('dist/web/console/index.html', 'web/console');
  [server, browser] = await Promise.all([startTestServer(), launchChromium(chromium)]);
  [owner, desk] = await Promise.all([logIn(server.url, 'demo-login'), openConsolePage(browser, server.url)]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(() => {
  if (browser !== undefined) expect(desk.faults()).toEqual([]);
});

/** Calls a method through the gateway as the demo app and gives its simplified JSON. */
const gateway = async <T>(method: string, business: Record<string, unknown>): Promise<T> =>
  JSON.parse(await server.call(method, business, { simplify: true })) as T;

browserTest('the demo owner logs in with one click and sees the overview live', async () => {
  await desk.press('Enter the sandbox as its demo owner');
  await desk.shows('live');
});

const SPREAD_ID = 'prizePool_day_in_october';
const draw = (n: number) =>
  gateway<{ return_code: string }>('taobao.film.lottery.performance', {
    lottery_performance_top_param: {
      spread_id: SPREAD_ID,
      mix_user_id: `user-${n}`,
      out_biz_id: `day-${n}`,
      platform: 8,
    },
  });
const codesOf = async (draws: Promise<{ return_code: string }>[]) =>
  (await Promise.all(draws)).map(({ return_code }) => return_code);

browserTest('an activity with two segments and three prizes is made and put on shelf', async () => {
  await desk.go('/lottery');
  await desk.press('New activity');
  await desk.fill({
    spread_id: SPREAD_ID,
    name: 'A day in October',
    ...openFor(-1, 2, 'segments.0.start_time', 'segments.0.end_time'),
    'segments.0.win_times': '30',
  });
  await desk.add('Segments to add or change');
  await desk.fill({
    ...openFor(3, 5, 'segments.1.start_time', 'segments.1.end_time'),
    'segments.1.win_times': '10',
  });
  for (const [index, weight] of ['60', '30', '10'].entries()) {
    await desk.add('Prizes to add or change');
    await desk.fill({
      [`prizes.${index}.weight`]: weight,
      [`prizes.${index}.reward_title`]: `Prize ${index + 1}`,
      [`prizes.${index}.reward_type`]: ['Taopiaopiao coupon'],
      [`prizes.${index}.reward_sub_type`]: '2',
      [`prizes.${index}.reward_count`]: '1',
      [`prizes.${index}.cost_price`]: '500',
    });
  }
  await desk.submit();
  await desk.page.getByRole('heading', { name: 'A day in October' }).waitFor();
  await desk.confirm('Put on shelf', 'All segments together have 40 units left');
  await desk.shows('on shelf');
  await desk.go(`/lottery/${SPREAD_ID}/prizes`);
  for (const odds of ['60.00%', '30.00%', '10.00%']) await desk.shows(odds);
});

browserTest('draws come in through the gateway, the overview moves and shows that it sells out', async () => {
  const row = desk.page.getByRole('row', { name: 'A day in October · segment 1' });
  await desk.go('/overview');
  await row.getByText('30 / 30').waitFor();
  expect(new Set(await codesOf(Array.from({ length: 12 }, (_, n) => draw(n))))).toEqual(new Set(['0']));
  await row.getByText('18 / 30').waitFor();
  const rest = await codesOf(Array.from({ length: 20 }, (_, n) => draw(100 + n)));
  expect(rest.filter((code) => code === '0')).toHaveLength(18);
  expect(rest.filter((code) => code === '200007')).toHaveLength(2);
  await row.getByText('sold out').waitFor();
});

browserTest('a win is found by its key and voided, which gives it back to be won by another', async () => {
  await desk.page.keyboard.press('Control+k');
  await desk.page.getByRole('dialog').getByRole('textbox').fill('day-3');
  await desk.page.getByRole('link', { name: 'Draw by out_biz_id' }).click();
  await desk.page.getByRole('dialog').waitFor({ state: 'hidden' });
  await desk.confirm('Void', '1 unit returns to segment 1');
  await desk.page.getByRole('cell', { name: 'void' }).waitFor();
  expect(await codesOf([draw(3), draw(500), draw(501)])).toEqual(expect.arrayContaining(['200012', '0', '200007']));
});

browserTest('a batch of 100,000 codes is made with its progress in sight, granted, and exported whole', async () => {
  await desk.go('/vouchers');
  await desk.press('New batch');
  await desk.fill({
    mix_id: 'code_day',
    name: 'Vouchers of the day',
    ...openFor(-1, 24, 'bind_begin_time', 'coupon_expire_time'),
    denomination: '500',
  });
  await desk.submit();
  const { page } = desk;
  await page.getByLabel('Pattern').fill('DAY-####');
  await page.getByLabel('How many').fill('100000');
  await desk.shows('100,000 codes need at least 7 #.');
  await page.getByLabel('Pattern').fill('DAY-###-####');
  await page
    .getByText(/^DAY-[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{4}$/)
    .first()
    .waitFor();
  await desk.press('Make 100,000');
  await desk.shows('27.5 billion');
  await page.getByRole('status').getByText('100,000 / 100,000').waitFor();
  await page.getByRole('link', { name: 'Grants and export' }).click();
  await desk.press(/^Grant$/);
  await desk.fill({ partner_code: 'p', user_id: '6100000' });
  await desk.submit();
  const [download] = await Promise.all([page.waitForEvent('download'), desk.press('Export 100,000 rows')]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n').slice(1);
  expect(new Set(lines.map((line) => line.split(',', 1)[0])).size).toBe(100_000);
  expect(lines.filter((line) => !/^DAY-\w{3}-\w{4},0,\d{4}-[\d :-]{14},-1$/.test(line))).toEqual([]);
});

const SUBMIT = 'alibaba.damai.maizuo.openapi.order.submit';
const PAY = 'alibaba.damai.maizuo.openapi.trade.pay.result.callback';
type CartAnswer = { result_data: { result_msg: string; shopping_cart_vo?: { order_id: string } } };

/** Buys tickets as the demo channel does and gives the order's id. */
async function buy(event_id: number, goods_count: number, money: number): Promise<string> {
  const cart = [{ event_id: String(event_id), price_id: '1', goods_count }];
  const submit = { ...demoTokens, cart_goods_param_list: cart, shopping_cart_id: 'cart-of-the-day' };
  const made = await gateway<CartAnswer>(SUBMIT, { grouped_submit_order_param: submit });
  const order_id = made.result_data.shopping_cart_vo?.order_id ?? made.result_data.result_msg;
  const pay = { ...demoTokens, order_id, pay_money: String(money), pay_type_id: '1', pay_no: 'pay-of-the-day' };
  await gateway(PAY, { pay_param: pay });
  return order_id;
}

browserTest('a project is set up, sold, partly refunded, and checked at the gate', async () => {
  const [project_id, event_id] = [7_200_001, 7_200_011];
  const { page } = desk;
  await desk.go('/ticketing');
  await desk.press('New project');
  await desk.fill({
    project_id: String(project_id),
    project_name: 'Night of the day',
    project_detail: 'One night only',
    project_type_id: '1',
    project_img_url: 'https://example.com/night.jpg',
    site_id: '313131',
  });
  await desk.submit();
  await desk.press('New event');
  await desk.fill({
    event_id: String(event_id),
    event_name: 'First night',
    ...openFor(200, 203, 'event_show_start_time', 'event_show_end_time'),
    ...openFor(-1, 190, 'sale_start_time', 'sale_end_time'),
    gate_open_time: hours(-1),
    site_version_id: '1',
    seat_total_num: '100',
  });
  await desk.submit();
  await desk.press('Add tier');
  await desk.fill({ price_name: 'Stalls', price: '18000', goods_count: '10' });
  await desk.submit();
  await page.getByRole('link', { name: 'Who may sell' }).click();
  await desk.press('Authorise a channel');
  await desk.fill({ channel_id: ['(1)'] });
  await desk.submit();

  await desk.go(`/ticketing/${project_id}`);
  const tier = page.getByRole('row', { name: 'Stalls' });
  await tier.getByText('10').first().waitFor();
  const order_id = await buy(event_id, 3, 54_000);
  const figure = (title: string, value: string) =>
    page.locator('.console-figure', { hasText: title }).getByText(value, { exact: true }).waitFor();
  await figure('Left', '7');

  await desk.go(`/ticketing/orders/${order_id}`);
  await page.getByRole('checkbox').nth(1).check();
  await desk.press('Refund the 1 chosen');
  await desk.shows('180.00');
  await desk.fill({ reason: 'The user is ill' });
  await desk.submit();
  await page.getByRole('row').getByText('refunded').waitFor();
  await desk.go(`/ticketing/${project_id}`);
  await figure('Left', '8');

  await desk.go(`/ticketing/orders/${order_id}`);
  const ticket = await page.getByRole('row', { name: 'unused' }).first().getByRole('link').textContent();
  await desk.go('/overview');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Activity, order').fill(ticket ?? '');
  await page.getByRole('link', { name: `Ticket: ${ticket}`, exact: true }).click();
  // What is pressed next stands on the page, not in the dialog that closes.
  await page.getByPlaceholder('Activity, order').waitFor({ state: 'hidden' });
  await desk.press('Show the QR code');
  const code = (await page.locator('.ticketing-code', { hasText: /^PQ1\./ }).textContent()) ?? '';
  await desk.go(`/ticketing/gate?project_id=${project_id}&event_id=${event_id}`);
  const check = async (text: string) => {
    await page.getByLabel('Ticket code').fill(text);
    await page.getByLabel('Ticket code').press('Enter');
  };
  await check(code);
  await desk.shows('May enter');
  await check(code);
  await desk.shows('Used before');
});

browserTest('a plan is received to its limit, and why not tells which limit that is', async () => {
  const receive = () =>
    gateway('alibaba.ai.content.business.send.plan.receive', {
      param0: {
        isv_user_info_map: JSON.stringify({ userId: 'user-of-the-day' }),
        circle_info: { circle_id: 2, circle_content: 'ass' },
        isv_id: 1,
        send_plan_id: 4,
      },
    });
  expect(await receive()).toMatchObject({ ret_code: 0 });
  expect(await receive()).toMatchObject({ ret_code: 1008 });
  await desk.go('/sendplans/4');
  // The plan's own, behind that of the workplace.
  await desk.page.getByRole('link', { name: 'Why not?' }).nth(1).click();
  await desk.fill({
    'param0.isv_user_info_map': 'user-of-the-day',
    'param0.circle_info.circle_content': 'ass',
  });
  await desk.press('Explain');
  await desk.shows('It would be refused now');
  await desk.shows('used = 1');
  await desk.shows('Odds now');
});

browserTest('a secret is rotated while calls go on, and none of them fails', async () => {
  const made = await owner.call<{ app_key: string; secret: string }>('piaoquan.platform.app.create', {
    unique_id: 'app-of-the-day',
    app: { name: 'Partner of the day', packages: ['platform.base'] },
  });
  const callers = { app_key: made.app_key, secret: made.secret, calls: 0, failed: 0, stop: false };
  const calling = (async () => {
    while (!callers.stop) {
      const { app_key, secret } = callers;
      const failure = errorOf(await callAt(server.url, 'taobao.time.get', {}, { app_key, secret }));
      callers.calls++;
      if (failure !== undefined) callers.failed++;
    }
  })();
  await desk.go(`/platform/apps/${made.app_key}`);
  await desk.press('Rotate secret');
  await desk.submit();
  const shown = desk.page.getByRole('dialog').filter({ hasText: 'Keep the secret now' });
  const fresh = (await shown.locator('.console-id').last().textContent()) ?? '';
  expect(fresh).not.toBe(made.secret);
  const before = callers.calls;
  callers.secret = fresh;
  await desk.press('Kept');
  await desk.shows('ends');
  // The next but one was signed with the fresh secret.
  await until(
    () => callers.calls,
    (calls) => calls > before + 1,
  );
  callers.stop = true;
  await calling;
  expect([before > 0, callers.failed]).toEqual([true, 0]);
});
