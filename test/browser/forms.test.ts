import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { formatInstant } from '../../src/wire/time.ts';
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

const HOUR = 3_600_000;
const hours = (count: number): string => formatInstant(new Date(Date.now() + count * HOUR));

/** What a mandatory field is filled with, by the end of its name; else by what it is. */
const FILLED: Readonly<Record<string, string>> = {
  start_time: hours(1),
  end_time: hours(2),
  event_show_start_time: hours(5),
  event_show_end_time: hours(6),
  sale_start_time: hours(1),
  sale_end_time: hours(5),
  bind_begin_time: hours(1),
  coupon_expire_time: hours(9),
  reward_sub_type: '2',
  site_id: '313131',
  delta: '1',
  project_img_url: 'https://example.com/a.jpg',
};

/** A form: where its button is, what that says, and what single fields must hold. */
type Form = readonly [path: string, button: string, own?: Readonly<Record<string, string>>];

const FORMS: readonly Form[] = [
  ['/lottery', 'New activity'],
  ['/lottery/prizePool_open', 'Edit'],
  ['/lottery/prizePool_open', 'Clone'],
  [
    '/lottery/prizePool_open/segments',
    'Add a segment',
    { start_time: '2190-01-01 00:00:00', end_time: '2190-01-02 00:00:00' },
  ],
  ['/lottery/prizePool_open/segments', 'Edit times'],
  ['/lottery/prizePool_open/segments', 'Adjust stock'],
  ['/lottery/prizePool_open/prizes', 'Add a prize'],
  ['/lottery/prizePool_open/prizes', 'Edit'],
  ['/vouchers', 'New batch'],
  ['/vouchers/code_open/codes', 'Edit'],
  ['/vouchers/code_open/codes', 'Clone'],
  ['/vouchers/code_open/grants', 'Grant', { user_id: '6100000' }],
  ['/sendplans', 'New plan', { isv_id: '1', circle_id: '1', id: '91' }],
  ['/sendplans/circles', 'New circle', { isv_id: '1', circle_id: '91' }],
  ['/sendplans/circles', 'Edit'],
  ['/sendplans/1', 'Edit'],
  ['/sendplans/1', 'Clone', { plan_id: '92' }],
  ['/sendplans/1', 'Adjust stock'],
  ['/benefits', 'Open a benefit type', { user_id: '6100000', config_id: '1' }],
  ['/benefits/templates?user_id=6100000', 'New template', { benefit_id: '91', config_id: '1' }],
  ['/benefits/templates?user_id=6100000', 'Edit'],
  ['/benefits/templates?user_id=6100000', 'Adjust stock'],
  ['/benefits/activities?user_id=6100000', 'New activity', { benefit_id: '123' }],
  ['/benefits/activities?user_id=6100000', 'Change the links'],
  ['/platform/apps', 'New app'],
  ['/platform/apps/12345678', 'Edit'],
  ['/platform/apps/12345678', 'Rotate secret'],
  ['/platform/apps/12345678', 'Set'],
  [
    '/platform/limits',
    'Set a limit',
    { app_key: '12345678', method: 'taobao.time.get', max_calls: '100', window_seconds: '60' },
  ],
  ['/operators', 'New operator', { login: 'form-test' }],
  ['/operators', 'Edit'],
  ['/ticketing', 'New project'],
  ['/ticketing/90000001', 'Edit project'],
  ['/ticketing/90000001', 'Clone'],
  ['/ticketing/90000001/events', 'New event'],
  ['/ticketing/90000001/events', 'Edit event and discounts'],
  ['/ticketing/90000001/events', 'Clone event'],
  ['/ticketing/90000001/events', 'Add tier'],
  ['/ticketing/90000001/events', 'Add package'],
  ['/ticketing/90000001/events', 'Edit tier'],
  ['/ticketing/90000001/events', 'Edit package'],
  ['/ticketing/90000001/events', 'Adjust stock'],
  ['/ticketing/90000001/rights', 'Authorise a channel', { channel_id: '' }],
  ['/ticketing/90000001/rights', 'Edit'],
  ['/ticketing/sellers', 'New tenant', { tenant_id: '91' }],
  ['/ticketing/sellers', 'New partner', { ptnr_id: '91', tenant_id: '1' }],
  ['/ticketing/sellers', 'New channel', { channel_id: '91', ptnr_id: '1' }],
  ['/ticketing/sellers', 'Edit'],
  ['/ticketing/sellers', 'Make a token'],
];

/** Forms whose answer is shown once. */
const SHOWS_ONCE = /^(New app|Rotate secret|New operator|Make a token)$/;

const drawer = (): Locator => desk.page.locator('.ant-drawer').getByRole('dialog').first();

/** Fills in the mandatory fields of the open form that are empty, and no others. */
async function fillNeeded(own: Readonly<Record<string, string>> = {}): Promise<void> {
  const needed = drawer().locator('.ant-form-item:has(label.ant-form-item-required)');
  await drawer().locator('form').waitFor();
  await drawer().locator('form .ant-form-item').first().waitFor();
  for (const item of await needed.all()) {
    const id = (await item.locator('label').first().getAttribute('for')) ?? '';
    const field = drawer().locator(`[id="${id}"]`);
    const name = Object.keys({ ...FILLED, ...own })
      .filter((each) => id === each || id.endsWith(`_${each}`))
      .sort((one, other) => other.length - one.length)[0];
    const isChoice = (await field.getAttribute('role')) === 'combobox';
    const isFull = isChoice
      ? (await item.locator('.ant-select-content-has-value, .ant-select-selection-item').count()) > 0
      : (await field.inputValue()) !== '';
    if (isFull && (name === undefined || own[name] === undefined)) continue;
    if (isChoice) {
      await field.press('Enter');
      await desk.page.locator('.ant-select-dropdown:visible .ant-select-item-option-active').first().waitFor();
      await field.press('Enter');
      continue;
    }
    const value =
      (name === undefined ? undefined : (own[name] ?? FILLED[name])) ??
      ((await field.getAttribute('role')) === 'spinbutton' ? '1' : 'form test');
    if (await field.isDisabled()) continue;
    await field.fill(value);
    if (/^\d{4}-\d\d-\d\d /.test(value)) await field.press('Enter');
  }
}

browserTest.each(FORMS.map(([path, button, own = {}]) => ({ path, button, own })))(
  'on $path the form $button is taken as it opens, with its mandatory fields filled in alone',
  async ({ path, button, own }) => {
    await desk.go('/account');
    await desk.go(path);
    await desk.page.getByRole('button', { name: button, exact: true }).first().click();
    await fillNeeded(own);
    await drawer().getByRole('button', { name: 'Submit' }).click();
    await drawer()
      .waitFor({ state: 'hidden' })
      .catch(async (error) => {
        const said = await drawer().locator('[role=alert], .ant-form-item-explain-error').allTextContents();
        throw new Error(`${button} stays open: ${said.join(' · ')}`, { cause: error });
      });
    // A secret, a password or a token is shown once, in a dialog of its own.
    if (SHOWS_ONCE.test(button)) await desk.page.getByRole('dialog').getByRole('button').last().click();
  },
);

/** The labels of buttons that open forms, in the console's source. */
const labels = (): string[] => {
  const folder = `${import.meta.dirname}/../../web/console/workplaces`;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  const text = files.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
  return [...text.matchAll(/<(?:FormButton|StockButton)\b[\s\S]*?(?:\/>|\n\s*>)/g)].flatMap(([found]) =>
    [...found.matchAll(/\ben: '([^']+)'/g)].slice(0, 1).map(([, label]) => label as string),
  );
};

/** Forms that need a story first, which other tests of the console tell: refunds, payments to give back, undone entries. */
const TOLD_ELSEWHERE = /^(Undo the entry|Refund all that can be)$/;

test('every form that has a button is among them', () => {
  const tried = FORMS.map(([, button]) => button);
  expect(labels().filter((label) => !tried.includes(label) && !TOLD_ELSEWHERE.test(label))).toEqual([]);
});

browserTest('a new event with one tier and every switch untouched is saved as it is shown', async () => {
  await desk.go('/ticketing/90000001/events');
  await desk.press('New event');
  await desk.add('Tiers and packages');
  await drawer().getByRole('switch').waitFor();
  await fillNeeded({ event_id: '9100001', price_list_0_is_coupon_ticket: '' });
  const plain = drawer().locator('[id="price_list_0_is_coupon_ticket"]');
  await plain.press('Enter');
  await desk.page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: 'no (0)' }).click();
  await desk.submit();
  const rows = await server.database
    .sql`select is_package_only, goods_count from ticketing_price where event_id = 9100001`;
  expect([...rows]).toEqual([{ is_package_only: false, goods_count: 1 }]);
});

browserTest('a setting that is emptied in a form is taken away, and what the form does not show stays', async () => {
  const limits = async () =>
    (
      await server.database
        .sql`select user_limit, user_day_limit from lottery_activity where spread_id = 'prizePool_open'`
    )[0];
  await server.database
    .sql`update lottery_activity set user_limit = 5, user_day_limit = 3 where spread_id = 'prizePool_open'`;
  // What was read before is not what is saved: the page is loaded anew.
  await desk.page.goto('/console/lottery/prizePool_open');
  await desk.press('Edit');
  await desk.fill({ user_limit: '' });
  await desk.submit();
  expect(await limits()).toEqual({ user_limit: null, user_day_limit: 3 });
  await desk.go('/lottery/prizePool_open/prizes');
  await desk.page.getByRole('button', { name: 'Edit', exact: true }).nth(1).click();
  await desk.submit();
  expect(await limits()).toEqual({ user_limit: null, user_day_limit: 3 });
});

browserTest('a refusal stands at the field that it is about too, until that is changed', async () => {
  await desk.go('/sendplans/1');
  await desk.press('Edit');
  await desk.fill({ 'plan.start_time': '2020-01-01 00:00:00', 'plan.end_time': '2020-01-02 00:00:00' });
  await desk.press('Submit');
  const item = drawer()
    .locator('.ant-form-item', { has: desk.page.locator('[id$="end_time"]') })
    .last();
  await item.locator('.ant-form-item-explain-error', { hasText: 'The end_time is over already' }).waitFor();
  expect(await drawer().locator('.ant-form-item-explain-error').count()).toBe(1);
  await desk.fill({ 'plan.end_time': hours(2) });
  await desk.submit();
});

browserTest('a refusal of the platform is told in the language of the page', async () => {
  await desk.go('/lottery/prizePool_open');
  await desk.press('Add a segment');
  await desk.fill({ segment_no: '99', start_time: hours(3), end_time: hours(2), win_times: '1' });
  await desk.press('Submit');
  await drawer()
    .getByRole('alert')
    .getByText(/^The parameter .+end_time has a wrong form or value/)
    .waitFor();
  await drawer().getByText('Correct the parameter as the API page says').waitFor();
  await desk.press('Close');
  await desk.press('Give it up');
});
