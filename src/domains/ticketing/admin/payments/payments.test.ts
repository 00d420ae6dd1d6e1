import { expect, test } from 'vitest';
import { A, after, auditFindings, goods, NOON, putOn, useBoxOffice } from '../../../../../test/harness/ticketing.ts';
import { ticketingReadHandlers } from '../../reads/handlers.ts';

const office = await useBoxOffice();
const reads = ticketingReadHandlers(office);
const context = office.context(after(30));

/** An order of one ticket at 180 yuan in a project of its own. */
async function order() {
  const { project_id, events } = await putOn(office.sql, NOON);
  const { shopping_cart_vo } = await office.submit({ cart_goods_param_list: [goods(events[0] as number, A)] });
  return { project_id, order_id: shopping_cart_vo?.order_id ?? '' };
}
const cancel = (order_id: string) => office.admin['piaoquan.ticketing.order.cancel']({ order_id }, context);
const get = async (order_id: string) =>
  (await office.admin['piaoquan.ticketing.order.get']({ order_id }, context)).order;
const due = (project_id: number, more: object = {}) =>
  office.admin['piaoquan.ticketing.payment.due.list']({ project_id, ...more }, context);
const giveBack = (order_id: string, pay_no: string, refund_id: string, reason = '取消后到账') =>
  office.admin['piaoquan.ticketing.payment.refund']({ order_id, pay_no, refund_id, reason }, context);
const refundTickets = (order_id: string) =>
  office.admin['piaoquan.ticketing.order.refund']({ order_id, refund_id: 't', reason: 'x' }, context);
const fault = (sub_code: string) => ({ body: { code: 15, sub_code } });

/** An order that was cancelled before its payment came. */
async function paidAfterCancellation() {
  const made = await order();
  await cancel(made.order_id);
  await office.pay(made.order_id, 18_000, { pay_no: 'late' }, after(5));
  return made;
}

test('a payment that came after the cancellation is due until it is recorded as given back', async () => {
  const { project_id, order_id } = await paidAfterCancellation();
  expect((await due(project_id)).payments).toEqual([
    expect.objectContaining({ order_id, pay_no: 'late', pay_money: 18_000, result_code: 10244, project_name: '演出' }),
  ]);
  expect((await get(order_id)).refund_due).toBe(true);
  expect(await giveBack(order_id, 'late', 'b1')).toEqual({ refund_money: 18_000 });
  expect((await due(project_id)).payments).toEqual([]);
  const { refund_due, payments } = await get(order_id);
  expect(refund_due).toBe(false);
  expect(payments).toMatchObject([{ refund_id: 'b1', refund_reason: '取消后到账', refund_time: context.now }]);
  const search = async (refund_due: boolean) =>
    (await reads['piaoquan.ticketing.order.search']({ project_id, refund_due }, context)).orders.length;
  expect([await search(true), await search(false)]).toEqual([0, 1]);
  const { events } = await reads['piaoquan.ticketing.order.history']({ order_id }, context);
  expect(events.at(-1)).toMatchObject({ event: 'PAY_REFUNDED', ref: 'late', money: 18_000, note: '取消后到账' });
});

test('of an order paid twice only the second payment goes back, and the tickets stay', async () => {
  const { project_id, order_id } = await order();
  for (const pay_no of ['one', 'two', 'three']) await office.pay(order_id, 18_000, { pay_no });
  expect((await due(project_id)).payments.map(({ pay_no }) => pay_no).sort()).toEqual(['three', 'two']);
  await expect(giveBack(order_id, 'one', 'b2')).rejects.toMatchObject(fault('isv.payment-counts'));
  await giveBack(order_id, 'two', 'b2');
  expect((await get(order_id)).refund_due).toBe(true);
  await giveBack(order_id, 'three', 'b3');
  const { refund_due, tickets } = await get(order_id);
  expect([refund_due, tickets.length, tickets[0]?.ticket_status]).toEqual([false, 1, 1]);
});

test('a payment is given back once: repeated the same counts once, other content or another number is refused', async () => {
  const { project_id, order_id } = await paidAfterCancellation();
  await office.pay(order_id, 18_000, { pay_no: 'later' }, after(6));
  const answers = await Promise.all([1, 2, 3].map(() => giveBack(order_id, 'late', 'same')));
  expect(answers).toEqual([1, 2, 3].map(() => ({ refund_money: 18_000 })));
  await expect(giveBack(order_id, 'late', 'other')).rejects.toMatchObject(fault('isv.payment-is-refunded'));
  await expect(giveBack(order_id, 'later', 'same')).rejects.toMatchObject(fault('isv.refund-conflict'));
  await expect(giveBack(order_id, 'late', 'same', '别的')).rejects.toMatchObject(fault('isv.refund-conflict'));
  const [, later] = await Promise.allSettled([giveBack(order_id, 'late', 'x1'), giveBack(order_id, 'later', 'x1')]);
  expect(later.status).toBe('fulfilled');
  await expect(giveBack(order_id, 'nothing', 'b')).rejects.toMatchObject(fault('isv.payment-not-found'));
  await expect(giveBack('17', 'late', 'b')).rejects.toMatchObject(fault('isv.order-not-found'));
  await expect(giveBack('x', 'late', 'b')).rejects.toMatchObject(fault('isv.order-not-found'));
  expect((await due(project_id)).payments).toEqual([]);
});

test('what is due is listed page by page, the earliest first, and a cursor of no page is refused', async () => {
  const { project_id, order_id } = await paidAfterCancellation();
  for (const pay_no of ['二 "', '三']) await office.pay(order_id, 18_000, { pay_no }, after(7));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await due(project_id, { page_size: 1, cursor });
    seen.push(...page.payments.map(({ pay_no }) => pay_no));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(['late', '三', '二 "']);
  for (const wrong of [
    'x',
    Buffer.from('[1,2,"x",3]').toString('base64url'),
    Buffer.from('null').toString('base64url'),
  ])
    await expect(due(project_id, { cursor: wrong })).rejects.toMatchObject({ body: { code: 41 } });
});

test('no advice leads back: an unpaid order is cancelled, a closed one is left or its payment given back', async () => {
  const { order_id } = await order();
  const refusal = (words: string) => ({
    body: { sub_code: 'isv.order-not-paid', sub_msg: expect.stringContaining(words) },
  });
  await expect(refundTickets(order_id)).rejects.toMatchObject(refusal('可以取消'));
  await cancel(order_id);
  await expect(refundTickets(order_id)).rejects.toMatchObject(refusal('无需处理'));
  await office.pay(order_id, 18_000, { pay_no: 'l' }, after(5));
  await expect(refundTickets(order_id)).rejects.toMatchObject(refusal('piaoquan.ticketing.payment.refund'));
  expect(await giveBack(order_id, 'l', 'b9')).toEqual({ refund_money: 18_000 });
  await expect(refundTickets(order_id)).rejects.toMatchObject(refusal('无需处理'));
  await expect(cancel(order_id)).resolves.toEqual({ is_success: true });
});

test('the audit finds a payment whose state and record differ', async () => {
  const { project_id, order_id } = await paidAfterCancellation();
  await giveBack(order_id, 'late', 'a1');
  await office.sql`update ticketing_payment set refund_id = null where project_id = ${project_id}`;
  expect(await auditFindings(office.sql)).toMatchObject([{ key: String(project_id), counted: 0, ledger: 18_000 }]);
  await office.sql`update ticketing_payment set refund_id = 'a1' where project_id = ${project_id}`;
  const counts = office.sql`update ticketing_payment set result_code = 200 where project_id = ${project_id}`;
  await expect(counts).rejects.toThrow('ticketing_payment_counts_or_goes_back');
});
