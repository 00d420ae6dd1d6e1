import { expect, test } from 'vitest';
import {
  A,
  after,
  B,
  C,
  goods,
  NOON,
  P,
  putOn,
  QRCODE,
  stockOf,
  useBoxOffice,
} from '../../../../test/harness/ticketing.ts';
import { demoTokens } from '../demo.ts';

const office = await useBoxOffice();

const show = async (more = {}) => (await putOn(office.sql, NOON, more)).events[0] as number;

/** Buys goods and gives the order with its ticket ids. */
async function buy(money: number, list: ReturnType<typeof goods>[], more: object = {}) {
  const { shopping_cart_vo: held } = await office.submit({ cart_goods_param_list: list, ...more });
  const { shopping_cart_vo: paid } = await office.pay(held?.order_id ?? '', money);
  if (!paid) throw new Error('not paid');
  return { order_id: paid.order_id, tickets: paid.eticket_list.map(({ ticket_code_id }) => ticket_code_id) };
}

let lastRefund = 0;
const refund = (order_id: string, ticket_code_ids?: string[], refund_id = `r${++lastRefund}`, reason = '行程变更') =>
  office.admin['piaoquan.ticketing.order.refund'](
    { order_id, refund_id, reason, ticket_code_ids },
    office.context(NOON),
  );
const fault = (sub_code: string) => ({ body: { code: 15, sub_code } });

test('a refund of an order frees all its stock and gives back what was paid', async () => {
  const event = await show();
  const { order_id, tickets } = await buy(98_000, [goods(event, P), goods(event, A), goods(event, P)]);
  expect(await refund(order_id)).toEqual({ refund_money: 98_000, ticket_code_ids: tickets });
  expect(await stockOf(office.sql, event)).toEqual({
    [A]: [0, 0, 20],
    [B]: [0, 0, 10],
    [P]: [0, 0, 8],
    [C]: [0, 0, 6],
  });
});

test('tickets are refunded one by one, a package only whole, and each once', async () => {
  const event = await show();
  const { order_id, tickets } = await buy(116_000, [goods(event, A, 2), goods(event, P, 2)]);
  const [a1 = '', a2 = '', p1 = '', p2 = '', p3 = ''] = tickets;
  expect(await refund(order_id, [a1])).toEqual({ refund_money: 18_000, ticket_code_ids: [a1] });
  await expect(refund(order_id, [a1])).rejects.toMatchObject(fault('isv.nothing-to-refund'));
  await expect(refund(order_id, [a1, a2])).rejects.toMatchObject(fault('isv.nothing-to-refund'));
  await expect(refund(order_id, [p1, p2])).rejects.toMatchObject(fault('isv.package-stays-whole'));
  expect(await refund(order_id, [p3, p1, p2, p1])).toEqual({ refund_money: 40_000, ticket_code_ids: [p1, p2, p3] });
  expect(await stockOf(office.sql, event)).toEqual({
    [A]: [3, 0, 17],
    [B]: [0, 0, 10],
    [P]: [1, 0, 7],
    [C]: [1, 0, 5],
  });
  expect(await refund(order_id)).toMatchObject({ refund_money: 58_000 });
  await expect(refund(order_id)).rejects.toMatchObject(fault('isv.nothing-to-refund'));
  const left =
    await office.sql`select sum(money) as money from ticketing_ticket where order_id = ${order_id} and ticket_status <> 4`;
  expect(left[0]?.money).toBeNull();
});

test('the same refund gives the same answer however often it comes; another under its id is refused', async () => {
  const event = await show();
  const { order_id, tickets } = await buy(54_000, [goods(event, A, 3)]);
  const [one = '', two = ''] = tickets;
  const [first, ...rest] = await Promise.all([1, 2, 3].map(() => refund(order_id, [one], 'same')));
  expect(rest).toEqual([first, first]);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [2, 0, 18] });
  await expect(refund(order_id, [two], 'same')).rejects.toMatchObject(fault('isv.refund-conflict'));
  await expect(refund(order_id, undefined, 'same')).rejects.toMatchObject(fault('isv.refund-conflict'));
});

test('unknown orders, unpaid orders and strange tickets are refused', async () => {
  const event = await show();
  const { shopping_cart_vo: held } = await office.submit({ cart_goods_param_list: [goods(event, A)] });
  await expect(refund(held?.order_id ?? '')).rejects.toMatchObject(fault('isv.order-not-paid'));
  await expect(refund('17')).rejects.toMatchObject(fault('isv.order-not-found'));
  const [one, two] = [await buy(18_000, [goods(event, A)]), await buy(18_000, [goods(event, A)])];
  await expect(refund(one.order_id, two.tickets)).rejects.toMatchObject(fault('isv.ticket-not-found'));
  await expect(refund(one.order_id, ['x'])).rejects.toMatchObject(fault('isv.ticket-not-found'));
});

test('a refunded ticket gives its document back, and what it let in no longer opens', async () => {
  const event = await show({ event: { event_limit_type: 2 } });
  const bearer_list = ['G0077', 'G0078'].map((card_no) => ({ card_no, card_type: 2 }));
  const { order_id, tickets } = await buy(36_000, [goods(event, A, 2, { bearer_list })]);
  const again = (card_no: string) =>
    office.submit({ cart_goods_param_list: [goods(event, A, 1, { bearer_list: [{ card_no, card_type: 2 }] })] });
  expect(await again('G0077')).toMatchObject({ result_code: 10235 });
  await refund(order_id, tickets.slice(0, 1));
  expect(await again('G0077')).toMatchObject({ success: true });
  expect(await again('G0078')).toMatchObject({ result_code: 10235 });
  const param = { ...demoTokens, event_id: String(event), ticket_code_id: tickets[0] ?? '' };
  const { result_data } = await office.handlers[QRCODE]({ dynamic_q_r_code_param: param }, office.context(NOON));
  expect(result_data.dynamic_q_r_code_vo).toEqual({
    dynamic_q_r_code: undefined,
    qr_code_type: 1,
    ticket_validate_state_desc: '已退票',
  });
});

test('the document of an order stays taken until its last ticket of the event is refunded', async () => {
  const event = await show({ event: { event_limit_type: 1 } });
  const order_bearer_param = { card_no: 'G0079', card_type: 2 };
  const { order_id, tickets } = await buy(36_000, [goods(event, A, 2)], { order_bearer_param });
  const again = async () =>
    (await office.submit({ cart_goods_param_list: [goods(event, A)], order_bearer_param }, after(1))).result_code;
  await refund(order_id, tickets.slice(0, 1));
  expect(await again()).toBe(10235);
  await refund(order_id, tickets.slice(1));
  expect(await again()).toBe(20);
});

test('refunded tickets no longer count against the share of a user', async () => {
  const event = await show({ event: { user_limit: 2 } });
  const more = { user_id: 'u1' };
  const { order_id, tickets } = await buy(36_000, [goods(event, A, 2)], more);
  const again = async () => (await office.submit({ cart_goods_param_list: [goods(event, A)], ...more })).result_code;
  expect(await again()).toBe(10233);
  await refund(order_id, tickets.slice(1));
  expect(await again()).toBe(20);
});

test('refunds of all tickets of an order at once take each back once', async () => {
  const event = await show();
  const { order_id, tickets } = await buy(180_000, [goods(event, A, 10)]);
  const calls = [...tickets, ...tickets].map((id) =>
    refund(order_id, [id]).then(
      ({ refund_money }) => refund_money,
      () => 0,
    ),
  );
  const given = await Promise.all(calls);
  expect(given.reduce((sum, each) => sum + each, 0)).toBe(180_000);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 0, 20] });
});
