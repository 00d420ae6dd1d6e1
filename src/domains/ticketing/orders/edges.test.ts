import { expect, test } from 'vitest';
import { A, after, B, goods, NOON, P, putOn, stockOf, useBoxOffice } from '../../../../test/harness/ticketing.ts';
import { maskPerson } from '../admin/orders/rules.ts';
import { insertNew, TOKEN_PURPOSE } from '../queries.ts';
import { ticketingReadHandlers } from '../reads/handlers.ts';
import { releaseDue } from './queries.ts';

const office = await useBoxOffice();

const show = async (more = {}) => (await putOn(office.sql, NOON, more)).events[0] as number;
const submit = (list: ReturnType<typeof goods>[], more: object = {}, now = NOON) =>
  office.submit({ cart_goods_param_list: list, ...more }, now);

async function order(list: ReturnType<typeof goods>[], more: object = {}, now = NOON): Promise<string> {
  const answer = await submit(list, more, now);
  if (!answer.shopping_cart_vo) throw new Error(answer.result_msg);
  return answer.shopping_cart_vo.order_id;
}

test('late payments that come at once give a user no more than the limit of the event', async () => {
  const event = await show({ event: { user_limit: 4 } });
  const user_id = 'u-late';
  const one = await order([goods(event, A, 3)], { user_id });
  const two = await order([goods(event, B, 3)], { user_id }, after(15));
  expect(await releaseDue(office.sql, after(31), 100)).toBe(1);
  const answers = await Promise.all([
    office.pay(one, 54_000, {}, after(32)),
    office.pay(two, 150_000, {}, after(32)),
    office.pay(one, 54_000, {}, after(32)),
  ]);
  expect(answers.map(({ result_code }) => result_code)).toEqual([200, 10246, 200]);
  expect(await stockOf(office.sql, event)).toMatchObject({ [A]: [3, 0, 17], [B]: [0, 0, 10] });
});

test('a pay_no that comes again with another way of paying is refused, at once or later', async () => {
  const event = await show();
  const order_id = await order([goods(event, A)]);
  const pay = (pay_type_id: string) => office.pay(order_id, 18_000, { pay_no: 'type', pay_type_id });
  const answers = await Promise.all([pay('1'), pay('2'), pay('1')]);
  expect(answers.map(({ result_code }) => result_code)).toEqual([200, 10242, 200]);
  expect(await pay('2')).toMatchObject({ result_code: 10242 });
  expect(await pay('1')).toEqual(answers[0]);
});

test('channels number their payments each by itself', async () => {
  const event = await show();
  const other = { channel_token: 'numbers' };
  await office.sql`
    insert into ticketing_channel values (6, 1, '另一渠道', ${office.vault.hash(TOKEN_PURPOSE, other.channel_token)})`;
  await insertNew(office.sql, 'ticketing_channel_event', [{ channel_id: 6, event_id: event, authorized: true }]);
  const [one, two, late] = [
    await order([goods(event, A)]),
    await order([goods(event, A)], other),
    await order([goods(event, A)], other),
  ];
  const pay_no = '1001';
  const answers = await Promise.all([
    office.pay(one, 18_000, { pay_no }),
    office.pay(two, 18_000, { pay_no, ...other }),
  ]);
  expect(answers.map(({ result_code }) => result_code)).toEqual([200, 200]);
  expect(await office.pay(late, 18_000, { pay_no, ...other })).toMatchObject({ result_code: 10242 });
  expect(await office.pay(two, 18_000, { pay_no, ...other })).toEqual(answers[1]);
});

test('a refund_id that comes again for another reason is refused', async () => {
  const event = await show();
  const order_id = await order([goods(event, A, 2)]);
  const paid = await office.pay(order_id, 36_000);
  const ids = (paid.shopping_cart_vo?.eticket_list ?? []).map(({ ticket_code_id }) => ticket_code_id);
  const refund = (more: object) =>
    office.admin['piaoquan.ticketing.order.refund'](
      { order_id, refund_id: 'again', ticket_code_ids: ids, reason: 'ill', ...more },
      office.context(NOON),
    );
  const first = await refund({});
  expect(await refund({ ticket_code_ids: [...ids].reverse() })).toEqual(first);
  for (const other of [{ reason: 'late' }, { ticket_code_ids: ids.slice(1) }, { ticket_code_ids: undefined }])
    await expect(refund(other)).rejects.toMatchObject({ body: { sub_code: 'isv.refund-conflict' } });
});

test('a refusal names the event whose limit is passed, also beside one that lacks documents', async () => {
  const { project_id, events } = await putOn(office.sql, NOON, { events: 2 });
  const [named, limited] = events as [number, number];
  await office.sql`update ticketing_event set event_limit_type = 2 where event_id = ${named}`;
  await office.sql`update ticketing_event set order_limit = 2 where event_id = ${limited}`;
  const answer = await submit([goods(named, A), goods(limited, A, 3)]);
  expect(answer).toMatchObject({ result_code: 10232, result_msg: `场次 ${limited} 每单限购 2 张` });
  expect(project_id).toBeGreaterThan(0);
});

test('what is left is told as a number that can be, of a package that holds nothing and of a limit that was lowered', async () => {
  const event = await show({ event: { user_limit: 5 } });
  await office.sql`delete from ticketing_price_child where event_id = ${event}`;
  const user_id = 'u-left';
  expect(await submit([goods(event, P)], { user_id })).toMatchObject({
    result_code: 10231,
    result_msg: '票档 3 库存不足，剩余 0',
  });
  await order([goods(event, A, 5)], { user_id });
  await office.sql`update ticketing_event set user_limit = 2 where event_id = ${event}`;
  expect(await submit([goods(event, A)], { user_id })).toMatchObject({
    result_code: 10233,
    result_msg: `场次 ${event} 该用户还可购 0 张`,
  });
});

test('a document number of nothing but spaces and dashes is no document', async () => {
  const event = await show({ event: { event_limit_type: 1 } });
  for (const card_no of ['-', ' -- ', '\u3000', '\u2800', '\u3164', '\u200b\u00a0', '（）', '\u00ad', '\ufe0f', '·'])
    expect(await submit([goods(event, A)], { order_bearer_param: { card_no } })).toMatchObject({ result_code: 10234 });
});

test('one document is one document however its digits and letters are spelled', async () => {
  const event = await show({ event: { event_limit_type: 1 } });
  const buy = (card_no: string) => submit([goods(event, A)], { order_bearer_param: { card_no } });
  expect(await buy('11010119900307002x')).toMatchObject({ result_code: 20 });
  for (const card_no of [
    '11010119900307002X',
    '110101-19900307-002X',
    '１１０１０１１９９００３０７００２Ｘ',
    '11010119900307002\u200bX',
    '110101 19900307 002ｘ',
    '\u3164110101\u3000199003070\ufe0f02X\u2800',
  ])
    expect(await buy(card_no)).toMatchObject({ result_code: 10235 });
});

test('no mail address is shown whole, whatever stands in it', () => {
  for (const email of [
    'ab\nprivate@example.com',
    '\nprivate@example.com',
    '😀private@example.com',
    'private',
    '@private',
  ])
    expect(maskPerson({ email }).email).not.toMatch(/private/);
  expect(maskPerson({ email: '😀x@example.com' }).email?.isWellFormed()).toBe(true);
});

test('a cursor that no page gave is refused by its name', async () => {
  const { project_id } = await putOn(office.sql, NOON);
  const huge = '9'.repeat(20);
  const refusal = { body: { code: 41, sub_msg: expect.stringContaining('cursor') } };
  const context = office.context(NOON);
  for (const cursor of [`${huge}.0.0`, 'x'])
    await expect(office.admin['piaoquan.ticketing.channel.list']({ cursor }, context)).rejects.toMatchObject(refusal);
  for (const cursor of [huge, 'x'])
    await expect(office.admin['piaoquan.ticketing.project.list']({ cursor }, context)).rejects.toMatchObject(refusal);
  for (const cursor of [huge, 'x'])
    await expect(office.admin['piaoquan.ticketing.order.list']({ project_id, cursor }, context)).rejects.toMatchObject(
      refusal,
    );
});

test('a discount takes its amount off from its threshold on, to the fen, and never makes less than nothing due', async () => {
  const event = await show();
  const discount = { discount_type: 1, discount_type_name: 'x', discount_name: 'x', discount_show_info: 'x' };
  await insertNew(office.sql, 'ticketing_event_discount', [
    { event_id: event, discount_id: 1, ...discount, threshold: 36_000, amount: 36_000 },
    { event_id: event, discount_id: 2, ...discount, threshold: 54_000, amount: 53_999 },
  ]);
  for (const [count, yuan] of [
    [1, '180'],
    [2, '0'],
    [3, '0.01'],
  ] as const) {
    for (const wrong of ['0.1', '1e2', '-1', '100.000', '٣', '0.010', ' 0', '0x0'])
      expect(await submit([goods(event, A, count)], { receivable_money: wrong })).toMatchObject({ success: false });
    expect(await submit([goods(event, A, count)], { receivable_money: yuan })).toMatchObject({
      result_code: 20,
      shopping_cart_vo: { receivable_money: yuan },
    });
  }
});

test('a list goes on after the largest ids there are, and after no instant that is none', async () => {
  const project = { tenant_id: 1, project_name: '大', project_detail: '', project_seat_type: 2, project_type_id: 1 };
  const largest = [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
  for (const project_id of largest)
    await insertNew(office.sql, 'ticketing_project', [
      { ...project, project_id, project_img_url: '', site_id: 313131 },
    ]);
  const list = (cursor: string) =>
    office.admin['piaoquan.ticketing.project.list']({ cursor, page_size: 1 }, office.context(NOON));
  const page = await list(String(Number.MAX_SAFE_INTEGER - 2));
  expect(page.next_cursor).toBe(String(largest[0]));
  expect((await list(page.next_cursor ?? '')).projects).toMatchObject([{ project_id: largest[1] }]);
  const reads = ticketingReadHandlers(office);
  for (const cursor of ['999999999999999-1', '9999999999999999-1'])
    await expect(reads['piaoquan.ticketing.order.search']({ cursor }, office.context(NOON))).rejects.toMatchObject({
      body: { code: 41, msg: 'Invalid arguments:cursor' },
    });
});

test('a user_id that is a phone number is not kept as it is, however it is spelled', async () => {
  const event = await show({ event: { user_limit: 1 } });
  const [first, ...others] = [
    ...['13800005678', '+86 138-0000-5678', '0086 13800005678', '(86)13800005678'],
    ...['１３８００００５６７８', '138\u200b00005678', '138.0000.5678', '١٣٨٠٠٠٠٥٦٧٨'],
  ];
  const order_id = await order([goods(event, A)], { user_id: first });
  const [stored] = await office.sql<{ text: string }[]>`
    select o::text as text from ticketing_order o where order_id = ${order_id}`;
  expect(stored?.text).not.toMatch(/0000.?5678/);
  for (const user_id of others)
    expect(await submit([goods(event, A)], { user_id })).toMatchObject({ result_code: 10233 });
});
