import { expect, test } from 'vitest';
import { A, goods, NOON, P, putOn, useBoxOffice } from '../../../../../test/harness/ticketing.ts';

const office = await useBoxOffice();

type Admin = typeof office.admin;
/** Calls an administration method as the demo app. */
const call = <M extends keyof Admin>(method: M, request: Parameters<Admin[M]>[0]) =>
  (office.admin[method] as (...all: unknown[]) => ReturnType<Admin[M]>)(request, office.context(NOON));
const fault = (sub_code: string, field = '') => ({ body: { sub_code, sub_msg: expect.stringContaining(field) } });

const submit = (event_id: number, price_id: number) =>
  office.submit({ cart_goods_param_list: [goods(event_id, price_id)] });

test('orders are found by the people in them, who are shown masked', async () => {
  const { project_id, events } = await putOn(office.sql, NOON);
  const event_id = events[0] as number;
  const person = { real_name: '欧阳小明', phone: '+86 138-0000-5678', card_no: '11010119900307002x', card_type: 1 };
  const first = await office.submit({
    cart_goods_param_list: [goods(event_id, A)],
    order_bearer_param: person,
    remark: '电话 13800005678 谢谢',
    order_receive_param: { receive_name: '李', receive_email: 'someone@example.com' },
    user_id: '13800005678',
  });
  const order_id = first.shopping_cart_vo?.order_id ?? '';
  const second = (await submit(event_id, A)).shopping_cart_vo?.order_id;
  const found = async (filter: object) =>
    (await call('piaoquan.ticketing.order.list', { project_id, ...filter })).orders.map((order) => order.order_id);
  expect(await found({})).toEqual([second, order_id]);
  for (const filter of [
    { real_name: '欧阳小明' },
    { phone: '13800005678' },
    { phone_tail: '5678' },
    { card_no: '11010119900307002X' },
    { real_name: '欧阳小明', phone_tail: '5678' },
    { user_id: '13800005678' },
  ])
    expect(await found(filter), JSON.stringify(filter)).toEqual([order_id]);
  for (const filter of [
    { real_name: '欧阳' },
    { phone_tail: '0000' },
    { card_no: '11010119900307002X', card_type: 2 },
    { real_name: '李', phone_tail: '5678' },
  ])
    expect(await found(filter)).toEqual([]);
  expect(await found({ order_status: 2 })).toEqual([]);
  expect(await found({ event_id, channel_id: 1, refund_due: false, page_size: 1 })).toEqual([second]);
  const { order } = await call('piaoquan.ticketing.order.get', { order_id });
  expect(order.persons).toEqual([
    {
      person_no: 0,
      line_no: 0,
      ticket_index: 0,
      real_name: '李*',
      email: 's***@example.com',
      remark: '电话 **** 谢谢',
    },
    {
      person_no: 1,
      line_no: 0,
      ticket_index: 0,
      real_name: '欧***',
      phone: '138****5678',
      card_type: 1,
      card_no: '110***********002x',
    },
  ]);
  expect(JSON.stringify(order)).not.toContain('13800005678');
});

test('an order shows its goods, tickets, payments and refunds; a payment to give back is found', async () => {
  const { project_id, events } = await putOn(office.sql, NOON);
  const event_id = events[0] as number;
  const { shopping_cart_vo: held } = await submit(event_id, P);
  const order_id = held?.order_id ?? '';
  await office.pay(order_id, 40_000, { pay_no: `${project_id}-1` });
  await office.pay(order_id, 40_000, { pay_no: `${project_id}-2` });
  await call('piaoquan.ticketing.order.refund', { order_id, refund_id: `${project_id}`, reason: '行程变更' });
  const { order } = await call('piaoquan.ticketing.order.get', { order_id });
  expect(order).toMatchObject({
    order_id,
    project_id,
    order_status: 2,
    receivable_money: 40_000,
    create_order_time: NOON,
    refund_due: true,
    lines: [{ child_no: 0, price_id: P, money: 40_000 }, { child_no: 1, price_id: A, goods_count: 2 }, { child_no: 2 }],
    tickets: [
      { ticket_status: 4, money: 13_333 },
      { ticket_status: 4, money: 13_333 },
      { ticket_status: 4, money: 13_334 },
    ],
    payments: [{ result_code: 200 }, { result_code: 10245 }],
    refunds: [{ refund_money: 40_000, reason: '行程变更' }],
  });
  const due = await call('piaoquan.ticketing.order.list', { project_id, refund_due: true });
  expect(due.orders.map((each) => each.order_id)).toEqual([order_id]);
  await expect(call('piaoquan.ticketing.order.get', { order_id: '12' })).rejects.toMatchObject(
    fault('isv.order-not-found'),
  );
});
