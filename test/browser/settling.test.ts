import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoTokens } from '../../src/domains/ticketing/demo.ts';
import { expectBuilt } from '../harness/built.ts';
import { findChromium, launchChromium } from '../harness/chromium.ts';
import { type ConsolePage, openConsolePage } from '../harness/console-page.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { A, goods, putOn } from '../harness/ticketing.ts';

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

type Answer = {
  result_data: {
    shopping_cart_vo: { order_id: string; eticket_list?: { ticket_code_id: string }[] };
    dynamic_q_r_code_vo: { dynamic_q_r_code: string };
  };
};
const DAMAI = 'alibaba.damai.maizuo.openapi';
/** Calls a method of the family as the demo channel. */
const call = async (method: string, param: string, business: object) =>
  ((await server.json(method, { [param]: { ...demoTokens, ...business } }, { simplify: true })) as unknown as Answer)
    .result_data;

/** An order of one ticket at 180 yuan of an event that is put on; its gate opens at an instant. */
async function order(gate_open_time: Date | null) {
  const { project_id, events } = await putOn(server.database.sql, new Date(), { event: { gate_open_time } });
  const event_id = events[0] as number;
  const cart = { cart_goods_param_list: [goods(event_id, A)] };
  const { shopping_cart_vo } = await call(`${DAMAI}.order.submit`, 'grouped_submit_order_param', cart);
  return { project_id, event_id, order_id: shopping_cart_vo.order_id };
}
const pay = (order_id: string, pay_no: string) =>
  call(`${DAMAI}.trade.pay.result.callback`, 'pay_param', { order_id, pay_money: '18000', pay_type_id: '1', pay_no });

browserTest(
  'a payment that came after the cancellation is recorded as given back, from the list and from its order',
  async () => {
    const { order_id } = await order(null);
    await server.json('piaoquan.ticketing.order.cancel', { order_id });
    for (const pay_no of ['too-late', 'later-still']) await pay(order_id, pay_no);
    const { page } = desk;
    await desk.go('/ticketing/due');
    const row = page.getByRole('row', { name: 'too-late' });
    await row.getByRole('button', { name: 'Record ¥180.00 as given back' }).click();
    await desk.shows('First give ¥180.00 back');
    await desk.fill({ reason: 'Cancelled before it came' });
    await desk.submit();
    await row.waitFor({ state: 'detached' });
    await desk.go(`/ticketing/orders/${order_id}`);
    await desk.shows('¥180.00 must be given back');
    await desk.press('Record ¥180.00 as given back');
    await desk.fill({ reason: 'Paid twice' });
    await desk.submit();
    await page.getByText('must be given back to the user').waitFor({ state: 'detached' });
    await desk.shows('Paid twice');
    expect([await desk.findings(), desk.faults()]).toEqual([[], []]);
  },
);

browserTest('a gate says when it opens, and an entry made by mistake is undone there', async () => {
  const opens = new Date(Date.now() + 3_600_000);
  const closed = await order(opens);
  const open = await order(new Date(Date.now() - 1000));
  const codeOf = async ({ order_id, event_id }: typeof open) => {
    const { shopping_cart_vo } = await pay(order_id, `pay ${order_id}`);
    const ticket_code_id = shopping_cart_vo.eticket_list?.[0]?.ticket_code_id;
    const asked = { event_id: String(event_id), ticket_code_id };
    return (await call(`${DAMAI}.eticket.qrcode`, 'dynamic_q_r_code_param', asked)).dynamic_q_r_code_vo
      .dynamic_q_r_code;
  };
  const { page } = desk;
  const check = async (text: string) => {
    await page.getByLabel('Ticket code').fill(text);
    await page.getByLabel('Ticket code').press('Enter');
  };
  await desk.go(`/ticketing/gate?project_id=${closed.project_id}&event_id=${closed.event_id}`);
  await check(await codeOf(closed));
  await desk.shows('the gate is not open yet');
  await desk.shows(/Opens \d{4}-/);
  await desk.go(`/ticketing/gate?project_id=${open.project_id}&event_id=${open.event_id}`);
  const code = await codeOf(open);
  await check(code);
  await desk.shows('May enter');
  await desk.press('Undo the entry');
  await desk.fill({ reason: 'Scanned for the wrong person' });
  await desk.submit();
  await desk.shows('Entry undone');
  await check(code);
  await desk.shows('May enter');
  expect(await desk.overhang()).toBeLessThanOrEqual(0);
  expect([await desk.findings(), desk.faults()]).toEqual([[], []]);
});

browserTest(
  'a call whose answer refuses is shown as refused in the call log, with what its contract says of the code',
  async () => {
    const param = { mix_user_id: 'u', spread_id: 'prizePool_none', out_biz_id: 'r', platform: 8 };
    await server.json('taobao.film.lottery.performance', { lottery_performance_top_param: param });
    const { page } = desk;
    const row = page.getByRole('row', { name: '200001' });
    // Records are written a little later.
    await expect
      .poll(async () => {
        await desk.go('/platform');
        await desk.go('/platform/calls?sub_code=200001');
        await desk.settled();
        return row.count();
      })
      .toBe(1);
    await expect.poll(() => row.textContent()).toMatch(/refused.*200001.*activity/i);
    expect(await row.locator('.green').count()).toBe(0);
    expect([await desk.findings(), desk.faults()]).toEqual([[], []]);
  },
);

browserTest(
  'a file whose headings do not tell the column of the codes asks for it, and names the columns',
  async () => {
    const { page } = desk;
    await desk.go('/vouchers/code_open/codes');
    const buffer = Buffer.from('Nummer,Wert\n10000001,OWN-0001\n10000002,OWN-0002\n');
    await page.setInputFiles('input[type=file]', { name: 'own.csv', mimeType: 'text/csv', buffer });
    const send = page.getByRole('button', { name: 'Import', exact: true });
    await send.click();
    await desk.shows('Columns of the file: 1 “Nummer”, 2 “Wert”');
    await expect.poll(() => send.isDisabled()).toBe(true);
    await page.getByLabel('Column of the codes').fill('wert');
    await send.click();
    await desk.shows('2 codes of 3 lines are in');
    expect([await desk.findings(), desk.faults()]).toEqual([[], []]);
  },
);
