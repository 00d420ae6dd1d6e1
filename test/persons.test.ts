import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './harness/server.ts';
import { voucherCalls } from './harness/vouchers.ts';

/** Ways in which callers write one number. */
const SPELLED = [
  '13800005678',
  '+86 138-0000-5678',
  '0086 13800005678',
  '8613800005678',
  '138 0000 5678',
  '１３８００００５６７８',
  '138\u200b00005678',
  '١٣٨٠٠٠٠٥٦٧٨',
];
const [FIRST = '', ...OTHERS] = SPELLED;

let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
});
afterAll(() => server?.close());

/** Every value of every table that holds the number in any form, as `table: value`. */
async function numbersInTheClear(): Promise<string[]> {
  const { sql } = server.database;
  const tables = await sql<{ name: string }[]>`
    select quote_ident(relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`;
  expect(tables.length).toBeGreaterThan(40);
  const hex = SPELLED.map((text) => Buffer.from(text).toString('hex')).join('|');
  const rows = await Promise.all(
    tables.map(
      ({ name }) =>
        sql<{ found: string }[]>`
        select ${`${name}: `} || t::text as found from ${sql.unsafe(name)} t
        where normalize(t::text, nfkc) ~ '138[^0-9a-zA-Z]{0,3}0000' or t::text ~ ${hex} or t::text ~ '١٣٨'`,
    ),
  );
  return rows.flat().map(({ found }) => found);
}

test('a draw counts a phone number as one user, however it is written', async () => {
  const activity = {
    ...{ spread_id: 'persons', platform: 8, name: '活动', user_limit: 1 },
    segments: [{ segment_no: 1, start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', win_times: 100 }],
  };
  await vouchers.ok('piaoquan.lottery.activity.save', { activity });
  await vouchers.ok('piaoquan.lottery.activity.status.update', { spread_id: 'persons', status: 1 });
  const draw = async (mix_user_id: string, index: number): Promise<string> => {
    const param = { spread_id: 'persons', platform: 8, out_biz_id: `person-${index}`, mix_user_id };
    const business = { lottery_performance_top_param: param };
    return (await vouchers.ok<{ return_code: string }>('taobao.film.lottery.performance', business)).return_code;
  };
  expect(await draw(FIRST, 0)).toBe('0');
  expect(await Promise.all(OTHERS.map((each, index) => draw(each, index + 1)))).toEqual(OTHERS.map(() => '200008'));
  expect(await draw('wx_13800005678', 99)).toBe('0');
  const { draws } = await vouchers.ok<{ draws: { mix_user_id: string }[] }>('piaoquan.lottery.draw.list', {
    mix_user_id: OTHERS[0] as string,
  });
  expect(draws.map(({ mix_user_id }) => mix_user_id)).toEqual(['138****5678']);
});

test('a code is bound and issued to a phone number as to one user, however it is written', async () => {
  const codes = await vouchers.madeBatch('persons', 20, { max_bind_count: 1 });
  const act = async (kind: string, unique_id: string, code: string, user_id: string) => {
    const asked = { mix_id: 'persons', codes: [code], unique_id, user_id };
    return (await vouchers.ok<{ results: { result: string }[] }>(`piaoquan.voucher.code.${kind}`, asked)).results[0]
      ?.result;
  };
  expect(await act('bind', 'b0', codes[19] as string, FIRST)).toBe('OK');
  for (const [index, user_id] of OTHERS.entries()) {
    expect(await act('bind', `again-${index}`, codes[19] as string, user_id)).toBe('BOUND');
    expect(await act('bind', `more-${index}`, codes[18] as string, user_id)).toBe('LIMIT');
  }
  const issue = async (ext_order_id: string, user_id_list: string, more: object = {}) => {
    const request = {
      mix_id: 'persons',
      ext_order_id,
      each_num: 1,
      number: 1,
      user_id_list,
      ...more,
    };
    const business = { param_f_code_merchant_send_code_request: request };
    return (await vouchers.ok<{ result: { return_code: string } }>('taobao.film.lottery.sendcode', business)).result
      .return_code;
  };
  expect(await issue('twice', `${FIRST}|${OTHERS[0]}`, { number: 2 })).toBe('200400');
  expect(await issue('once', OTHERS[1] as string)).toBe('0');
  expect(await issue('nick', OTHERS[2] as string, { user_id_type: 'TAOBAO_NAME' })).toBe('0');
  for (const user_id of SPELLED) {
    const found = await vouchers.ok<{ codes: object[] }>('piaoquan.voucher.code.search', {
      user_id,
      mix_id: 'persons',
    });
    expect(found.codes).toMatchObject([{ sequence: 1 }, { sequence: 2 }, { bound_user: '138****5678' }]);
  }
});

test('a benefit is sent to a phone number as to one receiver, however it is written and named', async () => {
  const { sql } = server.database;
  await sql`update benefit_template set max_sends = 1, window_seconds = 86400 where benefit_id in (
    select benefit_id from benefit_detail where relation_id = 12345234)`;
  const send = async (unique_id: string, receiver: object) => {
    const send_request = { relation_id: 12345234, detail_id: 123235235, send_count: 1, unique_id };
    const method = 'taobao.promotion.benefit.activity.send';
    type Result = { result_list: { success_count: number; error_code_list: string[] }[] };
    return (await vouchers.ok<Result>(method, { send_request, ...receiver })).result_list[0]?.success_count;
  };
  expect(await send('s0', { ouid: FIRST })).toBe(1);
  for (const [index, uid] of OTHERS.entries())
    expect(await send(`s-${index}`, index % 2 ? { uid } : { ouid: uid })).toBe(0);
});

test('a plan is received by a phone number as by one user, however it is written', async () => {
  const plan = {
    ...{ id: 900, isv_id: 1, circle_id: 1, name: 'persons', count_limit: 1 },
    ...{ start_time: '2021-09-03 00:00:00', end_time: '2036-09-05 00:00:00', items: [{ id: 1, name: '1', weight: 1 }] },
  };
  await vouchers.ok('piaoquan.sendplan.plan.save', { plan });
  const receive = async (user: object): Promise<number> => {
    const circle_info = { circle_content: 'ass', circle_id: 1 };
    const param0 = { isv_user_info_map: JSON.stringify(user), circle_info, isv_id: 1, send_plan_id: 900 };
    return (await vouchers.ok<{ ret_code: number }>('alibaba.ai.content.business.send.plan.receive', { param0 }))
      .ret_code;
  };
  expect(await receive({ userId: FIRST })).toBe(0);
  expect(await Promise.all(OTHERS.map((userId) => receive({ userId })))).toEqual(OTHERS.map(() => 1008));
});

test.each([
  ['piaoquan.lottery.segment.stock.adjust', { spread_id: 'persons', segment_no: 1 }],
  ['piaoquan.sendplan.item.stock.adjust', { id: 901, item_id: 1 }],
  ['piaoquan.ticketing.price.stock.adjust', { event_id: 1802131, price_id: 1280121 }],
])('a reason in words keeps no phone number: %s', async (method, place) => {
  if (method.includes('sendplan')) {
    const plan = { ...{ id: 901, isv_id: 1, circle_id: 1, name: 'reasons', count_limit: 1 } };
    const item = { id: 1, name: '1', weight: 1, total_inventory: 5 };
    const span = { start_time: '2021-09-03 00:00:00', end_time: '2036-09-05 00:00:00' };
    await vouchers.ok('piaoquan.sendplan.plan.save', { plan: { ...plan, ...span, items: [item] } });
  }
  for (const [index, spelled] of SPELLED.entries()) {
    const change = { ...place, delta: 1, adjust_id: `reason-${index}`, reason: `还给 ${spelled}（误扣）` };
    await vouchers.ok(method, change);
    await vouchers.ok(method, change);
  }
});

test('no phone number stands anywhere in the database in the clear', async () => {
  expect(await numbersInTheClear()).toEqual([]);
});
