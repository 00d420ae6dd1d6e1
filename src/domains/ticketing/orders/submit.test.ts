import { expect, test } from 'vitest';
import { A, after, B, C, goods, NOON, P, putOn, stockOf, useBoxOffice } from '../../../../test/harness/ticketing.ts';
import { insertNew } from '../queries.ts';

const office = await useBoxOffice();

const show = async (...more: Parameters<typeof putOn> extends [unknown, unknown, ...infer R] ? R : never) => {
  const { project_id, events } = await putOn(office.sql, NOON, ...more);
  return { project_id, events, event: events[0] as number };
};
const cart = (...list: ReturnType<typeof goods>[]) => ({ cart_goods_param_list: list });

test('an order holds its stock, tells what to pay until when, and bears an id that leads to its project', async () => {
  const { event } = await show();
  const { shopping_cart_vo: vo, ...state } = await office.submit({
    ...cart(goods(event, A, 2)),
    receivable_money: '360',
  });
  expect(state).toEqual({ success: true, result_code: 20, result_msg: '成功' });
  expect(vo).toMatchObject({
    order_id: expect.stringMatching(/^\d+$/),
    shopping_cart_id: expect.stringMatching(/^\d+$/),
    receivable_money: '360',
    auto_cancel_order_time: after(15),
    cart_goods_list: [{ event_id: String(event), price_id: '1', price_name: '票档 1', price: '18000', goods_count: 2 }],
  });
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 2, 18], [B]: [0, 0, 10] });
});

test('a package takes its own stock and that of every child as often as it holds it', async () => {
  const { event } = await show();
  const { shopping_cart_vo: vo } = await office.submit({
    ...cart(goods(event, P, 3)),
    lang_type: 2,
    receivable_money: '1200.00',
  });
  expect(vo?.cart_goods_list).toEqual([
    {
      event_id: String(event),
      price_id: '3',
      price_name: 'Tier 3',
      price: '40000',
      goods_count: 3,
      child_list: [
        { price_id: '1', price_name: 'Tier 1', price: '18000', goods_count: 6 },
        { price_id: '4', price_name: 'Tier 4', price: '9000', goods_count: 3 },
      ],
    },
  ]);
  expect(await stockOf(office.sql, event)).toEqual({
    [A]: [0, 6, 14],
    [B]: [0, 0, 10],
    [P]: [0, 3, 5],
    [C]: [0, 3, 3],
  });
});

test('an order over tiers, packages and events is held whole or not at all', async () => {
  const { events } = await show({ events: 2, goods: { [A]: 9, [C]: 3 } });
  const [first = 0, second = 0] = events;
  const all = [goods(first, A, 3), goods(first, P, 3), goods(second, B, 10), goods(second, A, 9)];
  const before = await Promise.all([stockOf(office.sql, first), stockOf(office.sql, second)]);
  expect(await office.submit(cart(...all, goods(second, A)))).toMatchObject({
    success: false,
    result_code: 10231,
    result_msg: '票档 1 库存不足，剩余 9',
  });
  expect(await office.submit(cart(...all, goods(first, C)))).toMatchObject({ result_code: 10227 });
  expect(await office.submit(cart(...all, goods(first, P)))).toMatchObject({ result_code: 10231 });
  expect(await Promise.all([stockOf(office.sql, first), stockOf(office.sql, second)])).toEqual(before);
  expect(await office.submit(cart(...all))).toMatchObject({ success: true });
  expect(await stockOf(office.sql, first)).toMatchObject({ [A]: [0, 9, 0], [P]: [0, 3, 5], [C]: [0, 3, 0] });
  expect(await stockOf(office.sql, second)).toMatchObject({ [A]: [0, 9, 0], [B]: [0, 10, 0] });
});

test('the amount must be the sum after the largest discount reached in each event', async () => {
  const { events } = await show({ events: 2 });
  const [first = 0, second = 0] = events;
  const discount = (event_id: number, discount_id: number, threshold: number | null, amount: number | null) => ({
    event_id,
    discount_id,
    discount_type: 1,
    discount_type_name: '满减',
    discount_name: `${threshold}-${amount}`,
    discount_show_info: '',
    threshold,
    amount,
  });
  await insertNew(office.sql, 'ticketing_event_discount', [
    discount(first, 1, 100_000, 6_000),
    discount(first, 2, 50_000, 2_000),
    discount(first, 3, null, null),
    discount(second, 1, 100_000, 9_999),
  ]);
  const asks = async (receivable_money: string, ...list: ReturnType<typeof goods>[]) => {
    const answer = await office.submit({ ...cart(...list), receivable_money });
    return answer.success ? answer.shopping_cart_vo?.receivable_money : answer.result_msg;
  };
  expect(await asks('180', goods(first, A))).toBe('180');
  expect(await asks('500', goods(first, B))).toBe('receivable_money 不符，应为 480 元');
  expect(await asks('480.0', goods(first, B))).toBe('480');
  expect(await asks('940', goods(first, B, 2))).toBe('940');
  expect(await asks('940', goods(first, B), goods(first, B))).toBe('940');
  expect(await asks('979.99', goods(first, B), goods(second, B))).toBe('receivable_money 不符，应为 980 元');
  expect(await asks('1840.01', goods(first, B, 2), goods(second, B, 2))).toBe('1840.01');
  expect((await office.submit(cart(goods(first, B)))).shopping_cart_vo?.receivable_money).toBe('480');
});

test('the same cart gives the same order however often it comes; other content is refused', async () => {
  const { event } = await show();
  const asked = { ...cart(goods(event, A, 2)), shopping_cart_id: 'cart-1', user_id: '13800005678', remark: '金牌' };
  const first = await office.submit(asked);
  expect(first.success).toBe(true);
  expect(await Promise.all([1, 2, 3].map(() => office.submit(asked)))).toEqual([first, first, first]);
  await office.pay(first.shopping_cart_vo?.order_id ?? '', 36_000);
  expect(await office.submit(asked, after(241 * 60))).toEqual(first);
  for (const other of [{ remark: '银牌' }, { user_id: '1' }, cart(goods(event, A, 1)), { receivable_money: '360' }])
    expect(await office.submit({ ...asked, ...other })).toMatchObject({ success: false, result_code: 10236 });
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [2, 0, 18] });
  const again = await Promise.all([1, 2].map(() => office.submit(cart(goods(event, A)))));
  expect(again[0]?.shopping_cart_vo?.order_id).not.toBe(again[1]?.shopping_cart_vo?.order_id);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [2, 2, 16] });
});

test('copies of one cart that arrive together with other content make one order', async () => {
  const { event } = await show();
  const asked = (count: number) => ({ ...cart(goods(event, A, count)), shopping_cart_id: 'cart-2' });
  const answers = await Promise.all([1, 1, 2, 1].map((count) => office.submit(asked(count))));
  expect(answers.map(({ result_code }) => result_code)).toEqual([20, 20, 10236, 20]);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [0, 1, 19] });
});

test('an order is held as long as its project says, else its tenant', async () => {
  const [{ event: usual }, { event: short }] = [await show(), await show({ hold_minutes: 2 })];
  const until = async (event: number) =>
    (await office.submit(cart(goods(event, A)))).shopping_cart_vo?.auto_cancel_order_time;
  expect([await until(usual), await until(short)]).toEqual([after(15), after(2)]);
  await office.sql`update ticketing_tenant set hold_minutes = 20 where tenant_id = 1`;
  expect([await until(usual), await until(short)]).toEqual([after(20), after(2)]);
  await office.sql`update ticketing_tenant set hold_minutes = 15 where tenant_id = 1`;
});

test('a hold that has timed out is in nobody’s way, not even before it is released', async () => {
  const { event } = await show();
  expect(await office.submit(cart(goods(event, B, 10)))).toMatchObject({ success: true });
  expect(await office.submit(cart(goods(event, B)), after(14.99))).toMatchObject({ result_code: 10231 });
  expect(await office.submit(cart(goods(event, B, 10)), after(15))).toMatchObject({ success: true });
  expect(await stockOf(office.sql, event)).toMatchObject({ [B]: [0, 10, 0] });
});

test('names, phones and documents are not in the database in the clear', async () => {
  const { event } = await show();
  const person = { real_name: '欧阳测试', phone: '13912345678', card_no: '110101199003079999' };
  const { success } = await office.submit({
    ...cart(goods(event, A, 1, { bearer_list: [person] })),
    order_bearer_param: person,
    order_receive_param: { receive_name: person.real_name, receive_phone: person.phone },
    remark: `请拨打 ${person.phone}`,
    user_id: person.phone,
  });
  expect(success).toBe(true);
  const tables = await office.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_name like 'ticketing%' and table_type = 'BASE TABLE'`;
  for (const { name } of tables) {
    const kept = JSON.stringify(await office.sql`select t::text from ${office.sql(name)} t`);
    for (const text of Object.values(person)) {
      expect(kept, name).not.toContain(text);
      expect(kept, name).not.toContain(Buffer.from(text).toString('hex'));
    }
  }
});
