import { expect, test } from 'vitest';
import { A, after, B, C, goods, NOON, P, putOn, useBoxOffice } from '../../../../test/harness/ticketing.ts';
import { demoTokens, otherDemoTokens } from '../demo.ts';
import { insertNew } from '../queries.ts';

const office = await useBoxOffice();

const show = async (...more: Parameters<typeof putOn> extends [unknown, unknown, ...infer R] ? R : never) => {
  const { project_id, events } = await putOn(office.sql, NOON, ...more);
  return { project_id, events, event: events[0] as number };
};
const cart = (...list: ReturnType<typeof goods>[]) => ({ cart_goods_param_list: list });

test.each([
  ['no goods', {}, 10220, 'cart_goods_param_list'],
  ['no event_id', cart({ price_id: '1', goods_count: 1 } as never), 10220, 'cart_goods_param_list[0].event_id'],
  ['no price_id', cart({ event_id: '1', goods_count: 1 } as never), 10220, 'cart_goods_param_list[0].price_id'],
  ['no count', cart({ event_id: '1', price_id: '1' } as never), 10220, 'cart_goods_param_list[0].goods_count'],
  ['count 0', cart(goods(1, A, 0)), 10220, 'cart_goods_param_list[0].goods_count'],
  ['count 1001', cart(goods(1, A, 1001)), 10220, 'cart_goods_param_list[0].goods_count'],
  ['an amount that is none', { ...cart(goods(1, A)), receivable_money: '1,80' }, 10220, 'receivable_money'],
  ['an amount of three decimals', { ...cart(goods(1, A)), receivable_money: '180.001' }, 10220, 'receivable_money'],
  ['an event that is none', cart(goods('x' as never, A)), 10221, 'x'],
  ['an event that is not there', cart(goods(1, A)), 10221, '1'],
  ['goods that are none of the tier', cart(goods(1, A, 1, { goods_id: '809921' })), 10223, '809921'],
])('%s is refused, naming it', async (_what, param, result_code, named) => {
  const answer = await office.submit(param);
  expect(answer).toMatchObject({ success: false, result_code });
  expect(answer.result_msg).toContain(named);
  expect(answer.shopping_cart_vo).toBeUndefined();
  expect((await office.submit({ ...param, lang_type: 2 })).result_msg).toMatch(/^[ -~]+$/);
});

test('tiers that are not there, not allowed, or sold otherwise are refused by name', async () => {
  const { project_id, event } = await show();
  const code = async (each: ReturnType<typeof goods>, now = NOON) => {
    const { result_code, result_msg } = await office.submit(cart(each), now);
    const named = [10225, 10226].includes(result_code) ? String(event) : each.price_id;
    expect(result_msg).toContain(result_code === 20 ? '成功' : named);
    return result_code;
  };
  expect(await code(goods(event, 99))).toBe(10222);
  expect(await code(goods(event, C))).toBe(10227);
  expect(await code(goods(event, A, 1, { child_list: [{ price_id: '4' }] }))).toBe(10228);
  expect(await code(goods(event, P, 1, { child_list: [{ price_id: '1' }, { price_id: '4' }] }))).toBe(10228);
  expect(await code(goods(event, P, 1, { child_list: [{ price_id: '1', goods_count: 2 }, { price_id: '4' }] }))).toBe(
    20,
  );
  expect(await code(goods(event, A), after(-61))).toBe(10225);
  expect(await code(goods(event, A), new Date(after(240 * 60).getTime() + 999))).toBe(20);
  expect(await code(goods(event, A), new Date(after(240 * 60).getTime() + 1000))).toBe(10226);
  expect(await office.submit({ ...cart(goods(event, A)), ...otherDemoTokens })).toMatchObject({ result_code: 10221 });
  const own = { project_id, event_id: event, channel_id: 1, authorized: false };
  await insertNew(office.sql, 'ticketing_channel_price', [{ ...own, price_id: C }]);
  expect(await office.submit(cart(goods(event, P)))).toMatchObject({
    result_code: 10224,
    result_msg: expect.stringContaining('4'),
  });
  await insertNew(office.sql, 'ticketing_channel_price', [{ ...own, price_id: B }]);
  expect(await code(goods(event, B))).toBe(10224);
  await office.sql`update ticketing_channel_event set authorized = false where event_id = ${event}`;
  expect(await code(goods(event, A))).toBe(10224);
  await office.sql`update ticketing_event set status = 2 where event_id = ${event}`;
  expect(await office.submit(cart(goods(event, A)))).toMatchObject({ result_code: 10221 });
});

test.each([
  ['tenant_token', 10201],
  ['ptnr_token', 10202],
  ['channel_token', 10203],
] as const)('a wrong %s is refused before all else', async (field, result_code) => {
  expect(await office.submit({ [field]: 'nobody' })).toMatchObject({ success: false, result_code });
});

test('events of two projects are not one order', async () => {
  const [one, two] = [await show(), await show()];
  expect(await office.submit(cart(goods(one.event, A), goods(two.event, A)))).toMatchObject({ result_code: 10229 });
});

test('limits of an order and of a user hold, counting the tickets of packages', async () => {
  const { event } = await show({ event: { order_limit: 4, user_limit: 6 } });
  const user = { user_id: '5775654' };
  expect(await office.submit({ ...cart(goods(event, A)) })).toMatchObject({
    result_code: 10220,
    result_msg: expect.stringContaining('user_id'),
  });
  expect(await office.submit({ ...cart(goods(event, P), goods(event, A, 2)), ...user })).toMatchObject({
    result_code: 10232,
  });
  const { shopping_cart_vo: vo } = await office.submit({ ...cart(goods(event, P), goods(event, A)), ...user });
  expect(await office.submit({ ...cart(goods(event, P)), ...user })).toMatchObject({
    result_code: 10233,
    result_msg: `场次 ${event} 该用户还可购 2 张`,
  });
  expect(await office.submit({ ...cart(goods(event, P)), user_id: '1' })).toMatchObject({ success: true });
  const answers = await Promise.all([1, 2, 3].map(() => office.submit({ ...cart(goods(event, A)), ...user })));
  expect(answers.map(({ result_code }) => result_code).sort()).toEqual([10233, 20, 20].sort());
  expect(await office.pay(vo?.order_id ?? '', 58_000)).toMatchObject({ result_code: 200 });
  expect(await office.submit({ ...cart(goods(event, A)), ...user })).toMatchObject({ result_code: 10233 });
  // The two unpaid tickets lapse.
  expect(await office.submit({ ...cart(goods(event, A, 2)), ...user }, after(16))).toMatchObject({ success: true });
});

test('event_limit_type 1 wants one document for the order, which serves the event once', async () => {
  const { event } = await show({ event: { event_limit_type: 1 } });
  expect(await office.submit(cart(goods(event, A)))).toMatchObject({
    result_code: 10234,
    result_msg: expect.stringContaining('order_bearer_param'),
  });
  expect(await office.submit({ ...cart(goods(event, A)), order_bearer_param: { real_name: '张三' } })).toMatchObject({
    result_code: 10234,
  });
  const order_bearer_param = { real_name: '张三', card_no: '110101199003070011' };
  expect(await office.submit({ ...cart(goods(event, A, 5)), order_bearer_param })).toMatchObject({ success: true });
  expect(
    await office.submit({ ...cart(goods(event, A)), order_bearer_param: { card_no: '110101 19900307 0011' } }),
  ).toMatchObject({
    result_code: 10235,
  });
  expect(await office.submit({ ...cart(goods(event, A)), order_bearer_param: { bearer_id: '653231' } })).toMatchObject({
    success: true,
  });
  expect(await office.submit({ ...cart(goods(event, A)), order_bearer_param: { bearer_id: '653231' } })).toMatchObject({
    result_code: 10235,
  });
});

test('event_limit_type 2 wants one document for each ticket, those of packages too, each once for the event', async () => {
  const { event } = await show({ event: { event_limit_type: 2 } });
  const bearer_list = (...numbers: number[]) => ({
    bearer_list: numbers.map((n) => ({ card_no: `G${1000 + n}`, card_type: 2 })),
  });
  const code = async (...list: ReturnType<typeof goods>[]) => (await office.submit(cart(...list))).result_code;
  expect(await code(goods(event, A))).toBe(10234);
  expect(await code(goods(event, A, 2, bearer_list(1)))).toBe(10234);
  expect(await code(goods(event, P, 1, bearer_list(1)))).toBe(10234);
  expect((await office.submit(cart(goods(event, A, 1, bearer_list(1)), goods(event, A)))).result_msg).toContain(
    'cart_goods_param_list[1].bearer_list',
  );
  expect(await code(goods(event, A, 2, bearer_list(1, 1)))).toBe(10235);
  expect(await code(goods(event, P, 1, bearer_list(1, 2, 3)))).toBe(20);
  expect(await code(goods(event, A, 1, bearer_list(3)))).toBe(10235);
  expect(await code(goods(event, A, 1, bearer_list(4)), goods(event, B, 1, bearer_list(4)))).toBe(10235);
  expect(await code(goods(event, A, 1, bearer_list(4)))).toBe(20);
  await expect(
    office.sql`insert into ticketing_document
      select project_id, event_id, document_hash, order_id + 1, person_no from ticketing_document where event_id = ${event}`,
  ).rejects.toThrow('ticketing_document_once');
  // Lapsed orders give their documents back.
  expect((await office.submit(cart(goods(event, A, 1, bearer_list(3))), after(15))).result_code).toBe(20);
});

test('10234 tells how many documents are wanted where, which the documented reads tell beforehand', async () => {
  const { event } = await show({ event: { event_limit_type: 2 } });
  const { 'alibaba.damai.maizuo.openapi.event.good.list': read } = office.handlers;
  const { result_data } = await read({ event_param: { ...demoTokens, event_id: String(event) } }, office.context(NOON));
  const tiers = result_data.event_goods_vo?.price_vo_list ?? [];
  const packaged = tiers.find(({ price_id }) => price_id === String(P));
  expect(packaged?.child_list?.map(({ price_id, goods_count }) => [price_id, goods_count])).toEqual([
    [String(A), 2],
    [String(C), 1],
  ]);
  expect([packaged?.goods_count, tiers.find(({ price_id }) => price_id === String(A))?.goods_count]).toEqual([3, 1]);
  const bearer_list = (count: number) => ({
    bearer_list: Array.from({ length: count }, (_, n) => ({ bearer_id: `planned-${n}` })),
  });
  const told = async (...list: ReturnType<typeof goods>[]) => {
    const { result_code, result_msg } = await office.submit({ ...cart(...list), lang_type: 2 });
    return [result_code, result_msg];
  };
  const wanted = (place: string, count: number, rule: string) => [
    10234,
    `identity documents wanted in ${place}: ${count}; the event wants ${rule}`,
  ];
  const place = (line: number) => `cart_goods_param_list[${line}].bearer_list`;
  expect(await told(goods(event, P, 2, bearer_list(2)))).toEqual(wanted(place(0), 6, 'one for each ticket'));
  expect(await told(goods(event, P, 1, bearer_list(4)))).toEqual(wanted(place(0), 3, 'one for each ticket'));
  const named = goods(event, B, 1, { bearer_list: [{ bearer_id: 'one' }] });
  expect(await told(named, goods(event, A, 5))).toEqual(wanted(place(1), 5, 'one for each ticket'));
  const count = (packaged?.goods_count ?? 0) * 2;
  expect((await told(goods(event, P, 2, bearer_list(count))))[0]).toBe(20);
  const { event: single } = await show({ event: { event_limit_type: 1 } });
  expect(await told(goods(single, P, 2))).toEqual(wanted('order_bearer_param', 1, 'one for the order'));
});
