import { expect, test } from 'vitest';
import {
  A,
  after,
  auditFindings,
  B,
  C,
  goods,
  NOON,
  P,
  putOn,
  stockOf,
  useBoxOffice,
} from '../../../../test/harness/ticketing.ts';
import { otherDemoTokens } from '../demo.ts';
import { insertNew, TOKEN_PURPOSE } from '../queries.ts';
import { releaseDue } from './queries.ts';

const office = await useBoxOffice();

const show = async (more = {}) => (await putOn(office.sql, NOON, more)).events[0] as number;

/** Submits an order and gives its id. */
async function order(list: ReturnType<typeof goods>[], more: object = {}, now = NOON): Promise<string> {
  const answer = await office.submit({ cart_goods_param_list: list, ...more }, now);
  if (!answer.shopping_cart_vo) throw new Error(answer.result_msg);
  return answer.shopping_cart_vo.order_id;
}

const payments = (order_id: string) =>
  office.sql`select pay_no, pay_money, result_code from ticketing_payment where order_id = ${order_id} order by pay_no`;
const cancel = (order_id: string, now = NOON) =>
  office.admin['piaoquan.ticketing.order.cancel']({ order_id }, office.context(now));

test('a payment sells what was held and issues a ticket for each seat, those of packages by their tiers', async () => {
  const event = await show();
  const order_id = await order([goods(event, B), goods(event, P, 2)]);
  const answer = await office.pay(order_id, 130_000, { pay_no: 'wx1', lang_type: 2 });
  expect(answer).toMatchObject({
    success: true,
    result_code: 200,
    result_msg: 'success',
    shopping_cart_vo: {
      order_id,
      receivable_money: '1300',
      cart_goods_list: [{ price_name: 'Tier 2' }, { price_name: 'Tier 3' }],
    },
  });
  const tickets = answer.shopping_cart_vo?.eticket_list ?? [];
  expect(tickets.map(({ price_id }) => price_id)).toEqual(['2', '1', '1', '4', '1', '1', '4']);
  expect(new Set(tickets.map(({ ticket_code_id }) => ticket_code_id)).size).toBe(7);
  expect(await stockOf(office.sql, event)).toEqual({ [A]: [4, 0, 16], [B]: [1, 0, 9], [P]: [2, 0, 6], [C]: [2, 0, 4] });
});

test('what tickets cost sums up to what was paid, whatever the discount', async () => {
  const event = await show();
  const discount = { discount_type: 1, discount_type_name: 'x', discount_name: 'x', discount_show_info: 'x' };
  await insertNew(office.sql, 'ticketing_event_discount', [
    { event_id: event, discount_id: 1, ...discount, threshold: 100, amount: 97 },
  ]);
  const order_id = await order([goods(event, P, 2), goods(event, A, 3), goods(event, B)]);
  await office.pay(order_id, 183_903);
  const rows =
    await office.sql`select money, line_no from ticketing_ticket where order_id = ${order_id} order by ticket_id`;
  expect(rows.reduce((sum, { money }) => sum + money, 0)).toBe(183_903);
  const first = rows.filter(({ line_no }) => line_no === 1).map(({ money }) => money);
  expect(Math.max(...first) - Math.min(...first)).toBeLessThanOrEqual(1);
});

test('the same payment gives the same answer however often it comes, with and without a pay_no', async () => {
  const event = await show();
  for (const more of [{ pay_no: 'same' }, {}]) {
    const order_id = await order([goods(event, A)]);
    const [first, ...rest] = await Promise.all([1, 2, 3].map(() => office.pay(order_id, 18_000, more)));
    expect(first).toMatchObject({ success: true });
    expect(rest).toEqual([first, first]);
    expect(await office.pay(order_id, 18_000, more, after(1000))).toEqual(first);
    expect(await payments(order_id)).toHaveLength(1);
    expect(await office.sql`select from ticketing_ticket where order_id = ${order_id}`).toHaveLength(1);
  }
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [2, 0, 18] });
});

test('a payment of another amount, order, channel or user is refused and leaves the hold as it is', async () => {
  const event = await show();
  const order_id = await order([goods(event, A)], { user_id: '7' });
  expect(await office.pay(order_id, 17_999)).toMatchObject({
    success: false,
    result_code: 10241,
    result_msg: 'pay_money 不符，应为 18000 分',
  });
  for (const wrong of ['180.00', '-1', 'x', '99999999999999999'])
    expect(await office.pay(order_id, wrong)).toMatchObject({
      result_code: 10220,
      result_msg: expect.stringContaining('pay_money'),
    });
  for (const wrong of ['1', 'x', '9'.repeat(30), String(Number(order_id) + 1)])
    expect(await office.pay(wrong, 18_000)).toMatchObject({ result_code: 10240 });
  expect(await office.pay(order_id, 18_000, otherDemoTokens)).toMatchObject({ result_code: 10240 });
  expect(await office.pay(order_id, 18_000, { user_id: '8' })).toMatchObject({ result_code: 10240 });
  expect(await office.pay(order_id, 18_000, { tenant_token: 'nobody' })).toMatchObject({ result_code: 10201 });
  expect(await payments(order_id)).toEqual([]);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 1, 19] });
  expect(await office.pay(order_id, 18_000, { user_id: '7' })).toMatchObject({ result_code: 200 });
});

test('a pay_no pays one order once; a second payment of an order is recorded to be given back', async () => {
  const event = await show();
  const [one, two] = [await order([goods(event, A)]), await order([goods(event, A)])];
  await office.pay(one, 18_000, { pay_no: 'n1' });
  expect(await office.pay(two, 18_000, { pay_no: 'n1' })).toMatchObject({ result_code: 10242 });
  expect(await office.pay(one, 17_000, { pay_no: 'n1' })).toMatchObject({ result_code: 10242 });
  const answers = await Promise.all(['n2', 'n3', 'n2'].map((pay_no) => office.pay(two, 18_000, { pay_no })));
  expect(answers.map(({ result_code }) => result_code)).toEqual([200, 10245, 200]);
  expect(await payments(two)).toMatchObject([{ result_code: 200 }, { result_code: 10245 }]);
  await expect(office.sql`update ticketing_payment set result_code = 200 where order_id = ${two}`).rejects.toThrow(
    'ticketing_payment_one',
  );
});

test('payments that come at once share statements, and few of them one: an order may have a thousand tickets', async () => {
  const event = await show({ goods: { [A]: 150 } });
  const ids = await Promise.all(Array.from({ length: 150 }, () => order([goods(event, A)])));
  const answers = await Promise.all(ids.map((order_id) => office.pay(order_id, 18_000)));
  expect(new Set(answers.map(({ result_code }) => result_code))).toEqual(new Set([200]));
  const statements = await office.sql<{ orders: number }[]>`
    select count(*) as orders from ticketing_payment where order_id = any (${ids}::bigint[]) group by xmin`;
  expect(Math.max(...statements.map(({ orders }) => orders))).toBe(100);
});

test('a payment after the time is up takes the hold while nobody has freed it', async () => {
  const event = await show();
  const order_id = await order([goods(event, B, 10)]);
  expect(await office.pay(order_id, 500_000, {}, after(60))).toMatchObject({ result_code: 200 });
  expect(await releaseDue(office.sql, after(60), 100)).toBe(0);
  expect(await stockOf(office.sql, event)).toMatchObject({ [B]: [10, 0, 0] });
});

test('a payment after the release takes the stock again where it is still there', async () => {
  const event = await show({ event: { event_limit_type: 1 } });
  const order_bearer_param = { card_no: 'E0000001', card_type: 2 };
  const order_id = await order([goods(event, P, 2)], { order_bearer_param });
  expect(await releaseDue(office.sql, after(15), 100)).toBe(1);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 0, 20], [P]: [0, 0, 8] });
  expect(await office.pay(order_id, 80_000, {}, after(16))).toMatchObject({ result_code: 200 });
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [4, 0, 16], [P]: [2, 0, 6] });
  const again = await office.submit({ cart_goods_param_list: [goods(event, A)], order_bearer_param });
  expect(again).toMatchObject({ result_code: 10235 });
});

test.each([
  ['stock', 10243, '库存已售出', { goods: { [B]: 1 } }, {}],
  [
    'document',
    10247,
    '证件',
    { event: { event_limit_type: 1 } },
    { order_bearer_param: { card_no: 'E0000002', card_type: 2 } },
  ],
  ['share', 10246, '限购', { event: { user_limit: 1 } }, { user_id: '9' }],
] as const)(
  'a late payment whose %s has gone to another is recorded to be given back, always alike, and told so: %i',
  async (_what, result_code, words, more, own) => {
    const event = await show(more);
    const late = await order([goods(event, B)], own);
    const other = await order([goods(event, B)], own, after(15));
    const answer = await office.pay(late, 50_000, { pay_no: `late ${event}` }, after(16));
    expect(answer).toMatchObject({ success: false, result_code, result_msg: expect.stringContaining(words) });
    expect(await payments(late)).toMatchObject([{ pay_money: 50_000, result_code }]);
    await cancel(other, after(17));
    expect(await office.pay(late, 50_000, { pay_no: `late ${event}` }, after(18))).toEqual(answer);
    expect(await stockOf(office.sql, event)).toMatchObject({ [B]: [0, 0, expect.any(Number)] });
  },
);

test('a cancelled order frees its stock, stays so however often it is cancelled, and a payment must be given back', async () => {
  const event = await show();
  const order_id = await order([goods(event, P), goods(event, B)]);
  const answers = await Promise.all([1, 2, 3].map(() => cancel(order_id)));
  expect(answers).toEqual([1, 2, 3].map(() => ({ is_success: true })));
  expect(await stockOf(office.sql, event)).toEqual({
    [A]: [0, 0, 20],
    [B]: [0, 0, 10],
    [P]: [0, 0, 8],
    [C]: [0, 0, 6],
  });
  expect(await office.pay(order_id, 90_000)).toMatchObject({ result_code: 10244 });
  expect(await payments(order_id)).toMatchObject([{ result_code: 10244 }]);
  const paid = await order([goods(event, A)]);
  await office.pay(paid, 18_000);
  await expect(cancel(paid)).rejects.toMatchObject({ body: { code: 15, sub_code: 'isv.order-is-paid' } });
  await expect(cancel('5')).rejects.toMatchObject({ body: { sub_code: 'isv.order-not-found' } });
});

test('release frees every hold that is over, and those only, though several passes run at once', async () => {
  const event = await show({ goods: { [A]: 60 } });
  for (let minute = 0; minute < 6; minute++)
    await Promise.all(Array.from({ length: 5 }, () => order([goods(event, A, 2)], {}, after(minute))));
  const release = async () => {
    const freed = await Promise.all(Array.from({ length: 4 }, () => releaseDue(office.sql, after(17.5), 7)));
    return freed.reduce((sum, each) => sum + each, 0);
  };
  let freed = 0;
  for (let round = 0; round < 4; round++) freed += await release();
  expect(freed).toBe(15);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 30, 30] });
});

test('release passes over a project at whose stock another is at work, and does not wait', async () => {
  const event = await show();
  await order([goods(event, A)]);
  await office.sql.begin(async (tx) => {
    await tx`select ticketing_project_lock(project_id) from ticketing_event where event_id = ${event}`;
    expect(await releaseDue(office.sql, after(15), 100)).toBe(0);
  });
  expect(await releaseDue(office.sql, after(15), 100)).toBe(1);
});

test('another channel of the same partner can neither pay an order nor use its cart id', async () => {
  const event = await show();
  const asked = { cart_goods_param_list: [goods(event, A)], shopping_cart_id: 'shared' };
  const own = await office.submit(asked);
  await office.sql`insert into ticketing_channel values (5, 1, '另一渠道', ${office.vault.hash(TOKEN_PURPOSE, 'other')})`;
  await insertNew(office.sql, 'ticketing_channel_event', [{ channel_id: 5, event_id: event, authorized: true }]);
  const channel_token = 'other';
  const order_id = own.shopping_cart_vo?.order_id ?? '';
  expect(await office.pay(order_id, 18_000, { channel_token })).toMatchObject({ result_code: 10240 });
  const other = await office.submit({ ...asked, channel_token });
  expect(other.success).toBe(true);
  expect(other.shopping_cart_vo?.order_id).not.toBe(order_id);
});

test('payment and release that meet leave every order either sold or freed, and its stock once', async () => {
  for (let round = 0; round < 6; round++) {
    const event = await show({ goods: { [A]: 40 } });
    const orders = await Promise.all(Array.from({ length: 20 }, () => order([goods(event, A, 2)])));
    const paying = orders.map((id) => office.pay(id, 36_000, {}, after(15)));
    const releasing = Array.from({ length: 5 }, () => releaseDue(office.sql, after(15), 3));
    const grabbing = Array.from({ length: 10 }, () =>
      office.submit({ cart_goods_param_list: [goods(event, A, 3)] }, after(15)),
    );
    const [paid, grabbed] = await Promise.all([Promise.all(paying), Promise.all(grabbing), ...releasing]);
    const sold = 2 * paid.filter(({ result_code }) => result_code === 200).length;
    const held = 3 * grabbed.filter(({ success }) => success).length;
    expect(paid.every(({ result_code }) => result_code === 200 || result_code === 10243)).toBe(true);
    expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [sold, held, 40 - sold - held] });
    expect(await auditFindings(office.sql)).toEqual([]);
  }
});
