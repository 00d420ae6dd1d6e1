import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import {
  A,
  after,
  auditFindings,
  B,
  C,
  goods,
  NOON,
  openBoxOffice,
  P,
  putOn,
  type Show,
} from '../../../../test/harness/ticketing.ts';
import type { Sql } from '../../../database/pool.ts';
import { demoTokens, otherDemoTokens } from '../demo.ts';
import type { SubmitParam } from '../orders/rules.ts';
import { insertNew } from '../queries.ts';
import { ticketingExplainHandlers } from './handlers.ts';

let office: Awaited<ReturnType<typeof openBoxOffice>>;
let reader: Sql;
let explain: ReturnType<typeof ticketingExplainHandlers>;
beforeAll(async () => {
  office = await openBoxOffice();
  reader = await connectReadOnly(office.sql);
  explain = ticketingExplainHandlers({ sql: reader, vault: office.vault });
});
afterAll(async () => {
  expect(await auditFindings(office.sql)).toEqual([]);
  await reader.end();
  await office.close();
});

const show = async (more: Show = {}) => (await putOn(office.sql, NOON, more)).events[0] as number;
const cart = (...list: ReturnType<typeof goods>[]) => ({ cart_goods_param_list: list });
const explained = (order_param: Partial<SubmitParam>, channel_id = 1, now = NOON) =>
  explain['piaoquan.ticketing.order.explain']({ channel_id, order_param }, contextAt(now));

/** Explains an order, then submits it, and gives the code that both must tell. */
async function both(param: Partial<SubmitParam>, now = NOON, channel_id = 1): Promise<number> {
  const tokens = channel_id === 1 ? demoTokens : channel_id === 2 ? otherDemoTokens : { channel_token: 'nobody' };
  const { result, refusal_code: code, rules } = await explained(param, channel_id, now);
  const { result_code, result_msg } = await office.submit({ ...param, ...tokens }, now);
  expect([Number(code ?? 20), result], JSON.stringify(rules)).toEqual([result_code, result_code === 20]);
  // The words of the refusal are those of the answer, in both languages.
  if (!result) expect(rules.find(({ passed }) => !passed)?.reason_zh).toBe(result_msg);
  return result_code;
}

test('orders that cannot be read, unknown channels and events of others or of two projects', async () => {
  const [event, other] = [await show(), await show()];
  expect(await both(cart(goods(event, A)), NOON, 9)).toBe(10203);
  expect(await both({})).toBe(10220);
  expect(await both(cart(goods(event, A, 1001)))).toBe(10220);
  expect(await both(cart(goods(event, A, 1, { goods_id: '809921' })))).toBe(10223);
  expect(await both({ ...cart(goods(event, A)), receivable_money: '1,80' })).toBe(10220);
  expect(await both(cart(goods(1, A)))).toBe(10221);
  expect(await both(cart(goods(event, A)), NOON, 2)).toBe(10221);
  expect(await both(cart(goods(event, A), goods(other, A)))).toBe(10229);
});

test('tiers, packages, times of the sale, authorisation and shelf', async () => {
  const event = await show();
  const project_id = Math.floor(event / 10);
  expect(await both(cart(goods(event, 99)))).toBe(10222);
  expect(await both(cart(goods(event, C)))).toBe(10227);
  expect(await both(cart(goods(event, A, 1, { child_list: [{ price_id: '4' }] })))).toBe(10228);
  expect(await both(cart(goods(event, P, 1, { child_list: [{ price_id: '1' }, { price_id: '4' }] })))).toBe(10228);
  const parts = { child_list: [{ price_id: '4' }, { price_id: '1', goods_count: 2 }] };
  expect(await both(cart(goods(event, P, 1, parts)))).toBe(20);
  expect(await both(cart(goods(event, A)), after(-61))).toBe(10225);
  expect(await both(cart(goods(event, A)), new Date(after(240 * 60).getTime() + 999))).toBe(20);
  expect(await both(cart(goods(event, A)), new Date(after(240 * 60).getTime() + 1000))).toBe(10226);
  const own = { project_id, event_id: event, channel_id: 1, authorized: false };
  await insertNew(office.sql, 'ticketing_channel_price', [
    { ...own, price_id: C },
    { ...own, price_id: B },
  ]);
  expect(await both(cart(goods(event, P)))).toBe(10224);
  expect(await both(cart(goods(event, A), goods(event, B)))).toBe(10224);
  await office.sql`update ticketing_channel_event set authorized = false where event_id = ${event}`;
  expect(await both(cart(goods(event, A)))).toBe(10224);
  await office.sql`update ticketing_event set status = 2 where event_id = ${event}`;
  expect(await both(cart(goods(event, A)))).toBe(10221);
});

test('limits of an order and a user, and what lapsed holds give back', async () => {
  const event = await show({ event: { order_limit: 4, user_limit: 6 } });
  const user = { user_id: '13812345678' };
  expect(await both(cart(goods(event, A)))).toBe(10220);
  expect(await both({ ...cart(goods(event, P), goods(event, A, 2)), ...user })).toBe(10232);
  expect(await both({ ...cart(goods(event, P), goods(event, A)), ...user })).toBe(20);
  expect(await both({ ...cart(goods(event, P)), ...user })).toBe(10233);
  expect(await both({ ...cart(goods(event, A, 2)), ...user })).toBe(20);
  expect(await both({ ...cart(goods(event, A)), ...user })).toBe(10233);
  expect(await both({ ...cart(goods(event, A, 4)), ...user }, after(15))).toBe(20);
  expect(await both(cart(goods(event, A, 501), goods(event, B, 500)))).toBe(10220);
});

test('stock of tiers and of what packages hold, and what lapsed holds give back', async () => {
  const event = await show({ goods: { [A]: 5 } });
  expect(await both(cart(goods(event, A, 6)))).toBe(10231);
  expect(await both(cart(goods(event, P, 3)))).toBe(10231);
  expect(await both(cart(goods(event, P, 2)))).toBe(20);
  expect(await both(cart(goods(event, P), goods(event, A)))).toBe(10231);
  const { rules } = await explained(cart(goods(event, A, 2)));
  expect(rules.find(({ rule, passed }) => rule === 'stock' && !passed)?.figures).toContainEqual({
    name: 'left',
    value: '1',
  });
  expect(await both(cart(goods(event, A, 5)), after(15))).toBe(20);
});

test('prices after discounts, and a cart that was used', async () => {
  const event = await show();
  const discount = { discount_type: 1, discount_type_name: '满减', discount_name: '满减', discount_show_info: '' };
  await insertNew(office.sql, 'ticketing_event_discount' as never, [
    { event_id: event, discount_id: 1, ...discount, threshold: 36_000, amount: 1_001 },
  ]);
  expect(await both({ ...cart(goods(event, A, 2)), receivable_money: '360' })).toBe(10230);
  const first = { ...cart(goods(event, A, 2)), receivable_money: '349.99', shopping_cart_id: 'cart' };
  expect(await both(first)).toBe(20);
  await office.sql`update ticketing_event set status = 2 where event_id = ${event}`;
  expect(await both(first)).toBe(20);
  expect(await both({ ...first, remark: 'x' })).toBe(10236);
});

test('documents of an order and of tickets, masked, each once for an event and free again after a lapsed hold', async () => {
  const one = await show({ event: { event_limit_type: 1 } });
  const order_bearer_param = { real_name: '张三', card_no: '110101199003070011' };
  expect(await both(cart(goods(one, A)))).toBe(10234);
  expect(await both({ ...cart(goods(one, A, 5)), order_bearer_param })).toBe(20);
  const again = { ...cart(goods(one, A)), order_bearer_param: { card_no: '110101 19900307 0011' } };
  expect(await both(again)).toBe(10235);
  const text = JSON.stringify(await explained(again));
  expect(text).toContain('0011');
  expect(text).not.toContain('19900307');
  expect(await both(again, after(15))).toBe(20);
  const each = await show({ event: { event_limit_type: 2 } });
  const bearers = (...numbers: number[]) => ({
    bearer_list: numbers.map((n) => ({ card_no: `G${1000 + n}`, card_type: 2 })),
  });
  expect(await both(cart(goods(each, A, 2, bearers(1))))).toBe(10234);
  expect(await both(cart(goods(each, A, 2, bearers(1, 1))))).toBe(10235);
  expect(await both(cart(goods(each, P, 1, bearers(1, 2, 3))))).toBe(20);
  expect(await both(cart(goods(each, A, 1, bearers(4)), goods(each, B, 1, bearers(3))))).toBe(10235);
});

test('while others order of the project it is explained all the same', async () => {
  const event = await show();
  await office.sql.begin(async (tx) => {
    await tx`select ticketing_project_lock(${Math.floor(event / 10)})`;
    await tx`select from ticketing_price where event_id = ${event} for update`;
    const { result, rules } = await explained(cart(goods(event, P)));
    expect(result).toBe(true);
    expect(rules.every(({ reason_zh, reason_en }) => reason_zh !== '' && /^[ -~]+$/.test(reason_en))).toBe(true);
  });
});
