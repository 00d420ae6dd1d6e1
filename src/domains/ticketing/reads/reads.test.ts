import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import { A, after, B, C, goods, NOON, openBoxOffice, P, putOn, stockOf } from '../../../../test/harness/ticketing.ts';
import type { Sql } from '../../../database/pool.ts';
import { insertNew } from '../queries.ts';
import { ticketingReadHandlers } from './handlers.ts';
import { ticketingLedgers } from './queries.ts';

let office: Awaited<ReturnType<typeof openBoxOffice>>;
let reader: Sql;
let reads: ReturnType<typeof ticketingReadHandlers>;
let project_id: number;
let event: number;
let orders: string[];

const cart = (...list: ReturnType<typeof goods>[]) => ({ cart_goods_param_list: list });
const ann = { real_name: '安妮', card_no: '110101199003070011', phone: '13812345678' };
const bob = { real_name: '鲍勃', card_no: 'G1234567', card_type: 2, phone: '13987654321' };

/** Four orders a minute apart: paid and in part refunded and checked, cancelled, timed out, held; and one of another project. */
beforeAll(async () => {
  office = await openBoxOffice();
  reader = await connectReadOnly(office.sql);
  reads = ticketingReadHandlers({ sql: reader, vault: office.vault });
  const [one, other] = [await putOn(office.sql, NOON), await putOn(office.sql, NOON)];
  project_id = one.project_id;
  event = one.events[0] as number;
  const submit = async (n: number, param: object) =>
    (await office.submit({ shopping_cart_id: `cart-${n}`, ...param }, after(n))).shopping_cart_vo?.order_id as string;
  orders = [
    await submit(0, { ...cart(goods(event, P, 2), goods(event, A)), order_bearer_param: ann }),
    await submit(1, { ...cart(goods(event, B, 2)), order_bearer_param: bob }),
    await submit(2, cart(goods(event, A, 3))),
    await submit(3, { ...cart(goods(other.events[0] as number, A)), order_bearer_param: ann }),
  ];
  const [paid = '', cancelled = '', lapsed = ''] = orders;
  const { shopping_cart_vo: vo } = await office.pay(paid, 98_000, { pay_no: 'pay-1' }, after(5));
  const tickets = vo?.eticket_list ?? [];
  const first = tickets.slice(0, 3).map(({ ticket_code_id }) => ticket_code_id);
  const refund = { order_id: paid, ticket_code_ids: first, refund_id: 'back-1', reason: '行程变更' };
  await office.admin['piaoquan.ticketing.order.refund'](refund, contextAt(after(6)));
  await office.sql`insert into ticketing_check values (${project_id}, ${tickets[5]?.ticket_code_id as never}, 'c1', 'A1', ${after(7)})`;
  await office.admin['piaoquan.ticketing.order.cancel']({ order_id: cancelled }, contextAt(after(8)));
  await office.pay(cancelled, 100_000, { pay_no: 'pay-2' }, after(9));
  orders.push(await submit(18, cart(goods(event, B))));
  expect(
    (await office.admin['piaoquan.ticketing.order.get']({ order_id: lapsed }, contextAt(after(18)))).order.order_status,
  ).toBe(4);
});
afterAll(async () => {
  await reader.end();
  await office.close();
});

const search = async (asked: object) => {
  const { orders: found, next_cursor } = await reads['piaoquan.ticketing.order.search'](asked, contextAt(after(30)));
  // The demo's own orders are not among them.
  const numbers = found.map(({ order_id }) => orders.indexOf(order_id)).filter((number) => number >= 0);
  return { numbers, found, next_cursor };
};

test('orders are found by state and time, newest first, page by page, in one project or all', async () => {
  expect((await search({ project_id })).numbers).toEqual([4, 2, 1, 0]);
  expect((await search({})).numbers).toEqual([4, 3, 2, 1, 0]);
  expect((await search({ order_status: 1 })).numbers).toEqual([4, 3]);
  expect((await search({ start_time: after(1), end_time: after(3) })).numbers).toEqual([2, 1]);
  const first = await search({ page_size: 3 });
  expect(first.numbers).toEqual([4, 3, 2]);
  expect((await search({ page_size: 5, cursor: first.next_cursor })).numbers).toEqual([1, 0]);
  await expect(search({ cursor: 'x' })).rejects.toMatchObject({ body: { code: 41 } });
});

test('orders are found by cart, payment number and ticket whatever their project', async () => {
  const [ticket] = await office.sql<{ ticket_id: number }[]>`
    select ticket_id from ticketing_ticket where order_id = ${orders[0] as string}`;
  expect((await search({ ticket_code_id: String(ticket?.ticket_id) })).numbers).toEqual([0]);
  for (const ticket_code_id of [String(Number(ticket?.ticket_id) + 500), 'x', '0', '9'.repeat(30)])
    expect((await search({ ticket_code_id })).numbers, ticket_code_id).toEqual([]);
  expect((await search({ shopping_cart_id: 'cart-3' })).numbers).toEqual([3]);
  expect((await search({ shopping_cart_id: 'cart-3', project_id })).numbers).toEqual([]);
  expect((await search({ pay_no: 'pay-2' })).found[0]).toMatchObject({
    order_id: orders[1],
    refund_due: true,
    project_name: '演出',
  });
});

test('orders are found by the people in them, who are shown masked', async () => {
  expect((await search({ phone: '+86 138 1234 5678' })).numbers).toEqual([3, 0]);
  expect((await search({ phone_tail: '4321', real_name: '鲍勃' })).numbers).toEqual([1]);
  expect((await search({ phone_tail: '4321', real_name: '安妮' })).numbers).toEqual([]);
  const { found } = await search({ card_no: 'g-1234567', card_type: 2 });
  expect(found[0]?.persons).toMatchObject([{ person_no: 1, real_name: '鲍*', phone: '139****4321' }]);
  expect(JSON.stringify(found)).not.toMatch(/13987654321|G1234567|鲍勃/);
  expect((await search({ project_id })).found[0]?.persons).toBeUndefined();
});

test('what happened to an order is told in order of time', async () => {
  const history = async (order_id: string) =>
    (await reads['piaoquan.ticketing.order.history']({ order_id }, contextAt(NOON))).events.map(
      ({ time, event: what, ticket_count, money, note }) =>
        [(time.getTime() - NOON.getTime()) / 60_000, what, ticket_count, money, note].filter((each) => each !== null),
    );
  expect(await history(orders[0] as string)).toEqual([
    [0, 'CREATED', 7, 98_000],
    [5, 'PAID', 98_000, '200'],
    [5, 'ISSUED', 7, 98_000],
    [6, 'REFUNDED', 3, 40_000, '行程变更'],
    [7, 'CHECKED', 1, 'A1'],
  ]);
  expect(await history(orders[1] as string)).toEqual([
    [1, 'CREATED', 2, 100_000],
    [8, 'CANCELLED'],
    [9, 'PAY_DUE', 100_000, '10244'],
  ]);
  expect((await history(orders[2] as string)).at(-1)).toEqual([18, 'TIMED_OUT']);
  for (const order_id of ['1', 'x', String(Number(orders[0]) + 900)])
    await expect(history(order_id)).rejects.toMatchObject({ body: { sub_code: 'isv.order-not-found' } });
});

test('what channels may sell of a project is listed with the tiers that differ', async () => {
  const own = { project_id, event_id: event, channel_id: 1 };
  await insertNew(office.sql, 'ticketing_channel_price', [{ ...own, price_id: B, authorized: false }]);
  await insertNew(office.sql, 'ticketing_channel_event', [{ channel_id: 2, event_id: event, authorized: false }]);
  const list = (more: object) =>
    reads['piaoquan.ticketing.channel.authorize.list']({ project_id, ...more }, contextAt(NOON));
  const first = await list({ page_size: 1 });
  expect(first.authorizations).toEqual([
    {
      event_id: event,
      channel_id: 1,
      channel_name: '演示渠道 1',
      authorized: true,
      price_list: [{ price_id: B, authorized: false }],
    },
  ]);
  expect((await list({ cursor: first.next_cursor })).authorizations).toMatchObject([{ channel_id: 2, price_list: [] }]);
  expect((await list({ channel_id: 2 })).authorizations).toHaveLength(1);
  await expect(list({ project_id: 1 })).rejects.toMatchObject({ body: { sub_code: 'isv.project-not-found' } });
});

test('the entries behind the counters of tiers and packages add up to them, page by page', async () => {
  const stock = await stockOf(office.sql, event);
  for (const price_id of [A, B, C, P]) {
    const [sold, held] = stock[price_id] as [number, number, number];
    for (const [counter, counted] of Object.entries({ sale_count: sold, held_count: held })) {
      const read = ticketingLedgers[`ticketing_price.${counter}` as keyof typeof ticketingLedgers];
      const key = `${project_id}/${event}/${price_id}`;
      const whole = await read(reader, key, { before: null, limit: 100 });
      const sum = whole?.entries.reduce((all, { delta }) => all + delta, 0);
      expect([whole?.counted, sum], `${counter} ${price_id}`).toEqual([counted, counted]);
      const [one, ...rest] = whole?.entries ?? [];
      if (one) expect((await read(reader, key, { before: one, limit: 100 }))?.entries).toEqual(rest);
    }
  }
  const goodsCount = ticketingLedgers['ticketing_price.goods_count'];
  expect((await goodsCount(reader, `${project_id}/${event}/${A}`, { before: null, limit: 9 }))?.entries).toMatchObject([
    { kind: 'opening', delta: 20 },
  ]);
  expect(await goodsCount(reader, 'x', { before: null, limit: 9 })).toBeUndefined();
});
