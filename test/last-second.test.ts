import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { findStock } from '../src/handlers.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { goods, putOn } from './harness/ticketing.ts';
import { voucherCalls } from './harness/vouchers.ts';

const PERIOD = { start_time: '2026-05-01 00:00:00', end_time: '2026-06-01 12:00:00' };
const END = Date.parse('2026-06-01T12:00:00+08:00');
/** Milliseconds from the beginning of the last second, and whether the period still holds then. */
const INSTANTS = [
  [-1, true],
  [0, true],
  [1, true],
  [999, true],
  [1000, false],
  [86_400_000, false],
] as const;

let instant = new Date(END - 3_600_000);
let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer({}, { clock: () => instant });
  vouchers = voucherCalls(server);
});
afterAll(() => server?.close());

/** What is told around an end, instant by instant; before it, things are made an hour before. */
async function around<T>(end: number, ask: (name: string) => Promise<T>): Promise<T[]> {
  const told: T[] = [];
  for (const [offset] of INSTANTS) {
    instant = new Date(end + offset);
    told.push(await ask(`${end}+${offset}`));
  }
  instant = new Date(END - 3_600_000);
  return told;
}
const told = <T>(during: T, after: T): T[] => INSTANTS.map(([, isHeld]) => (isHeld ? during : after));
const explained = async (name: string, asked: object): Promise<string | undefined> =>
  (await vouchers.ok<{ refusal_code?: string }>(`piaoquan.${name}.explain`, { ...asked })).refusal_code;
const listed = async (thing: string, key: string): Promise<boolean> =>
  (await findStock(server.database.sql, instant)).some((each) => each.thing === thing && each.key === key);

test('a segment of a draw activity holds its last second whole, and so does the batch of its codes', async () => {
  await vouchers.madeBatch('second_won', 20, { coupon_expire_time: PERIOD.end_time });
  const activity = {
    ...{ spread_id: 'second', platform: 8, name: '活动' },
    segments: [{ segment_no: 1, ...PERIOD, win_times: 100 }],
    prizes: [
      {
        ...{ prize_no: 1, weight: 1, reward_title: '奖', reward_type: 1, reward_sub_type: 2 },
        reward_count: 1,
        cost_price: 1,
        mix_id: 'second_won',
        code_count: 1,
      },
    ],
  };
  await vouchers.ok('piaoquan.lottery.activity.save', { activity });
  await vouchers.ok('piaoquan.lottery.activity.status.update', { spread_id: 'second', status: 1 });
  const answers = await around(END, async (out_biz_id) => {
    const isListed = await listed('lottery_segment', 'second/1');
    const why = await explained('lottery.draw', { spread_id: 'second', mix_user_id: 'u' });
    const param = { spread_id: 'second', platform: 8, out_biz_id, mix_user_id: 'u' };
    const drawn = await vouchers.ok<{ return_code: string; return_value?: { result_code: number } }>(
      'taobao.film.lottery.performance',
      { lottery_performance_top_param: param },
    );
    return [drawn.return_code, drawn.return_value?.result_code, why, isListed];
  });
  expect(answers).toEqual(told(['0', 1, undefined, true], ['200005', undefined, '200005', false]));
});

test('segments that share their border second overlap and are refused; the second after an end is free', async () => {
  const save = async (start_time: string) => {
    const later = { segment_no: 2, start_time, end_time: '2026-07-01 00:00:00', win_times: 1 };
    const segments = [{ segment_no: 1, ...PERIOD, win_times: 1 }, later];
    const activity = { spread_id: `border ${start_time}`, platform: 8, name: '活动', segments };
    return (await vouchers.call('piaoquan.lottery.activity.save', { activity })).error_response?.sub_code;
  };
  expect([await save(PERIOD.end_time), await save('2026-06-01 12:00:01')]).toEqual(['isv.segments-overlap', undefined]);
});

test('codes are issued, bound, redeemed and shown as good to the end of their last second', async () => {
  const mix_id = 'second';
  const codes = await vouchers.madeBatch(mix_id, 40, { coupon_expire_time: PERIOD.end_time });
  const act = async (kind: string, name: string, code: string, user_id: string) => {
    const asked = { mix_id, codes: [code], unique_id: `${kind} ${name}`, user_id };
    return (await vouchers.ok<{ results: { result: string }[] }>(`piaoquan.voucher.code.${kind}`, asked)).results[0]
      ?.result;
  };
  let next = 39;
  const answers = await around(END, async (ext_order_id) => {
    const isListed = await listed('voucher_batch', mix_id);
    const request = { mix_id, ext_order_id, each_num: 1, number: 1 };
    const asked = { param_f_code_merchant_send_code_request: request };
    const whyNot = [
      await explained('voucher.send', { user_id: 6100000, ...asked }),
      await explained('voucher.bind', { mix_id, user_id: 'u', code: codes[next] }),
    ];
    const sent = await vouchers.ok<{ result: { return_code: string } }>('taobao.film.lottery.sendcode', asked);
    const code = codes[next--] as string;
    const done = [await act('bind', ext_order_id, code, 'u'), await act('consume', ext_order_id, code, 'u')];
    const { code_info } = await vouchers.ok<{ code_info: { code_status: number } }>('piaoquan.voucher.code.get', {
      mix_id,
      code: codes[20],
    });
    const { expired_count } = await vouchers.ok<{ expired_count: number }>('piaoquan.voucher.batch.board', { mix_id });
    const [exported] = (await vouchers.page(mix_id, 'ALL', 20)).coupon_list;
    return [
      sent.result.return_code,
      ...done,
      code_info.code_status,
      exported?.code_status,
      expired_count > 0,
      ...whyNot,
      isListed,
    ];
  });
  expect(answers).toEqual(
    told<unknown[]>(
      ['0', 'OK', 'OK', 0, 0, false, undefined, undefined, true],
      ['200406', 'EXPIRED', 'EXPIRED', -1, -1, true, '200406', 'EXPIRED', false],
    ),
  );
});

test('days that began within a second end with that second of the last day', async () => {
  const mix_id = 'second_days';
  const [first = '', ...codes] = await vouchers.madeBatch(mix_id, 20, { valid_duration_type: 'DAY', valid_days: 2 });
  instant = new Date(END - 2 * 86_400_000 + 500);
  const bind = { mix_id, codes: [first, ...codes], unique_id: 'bind', user_id: 'u' };
  await vouchers.ok('piaoquan.voucher.code.bind', bind);
  const answers = await around(END, async (unique_id) => {
    const asked = { mix_id, codes: [codes.pop()], unique_id };
    const { results } = await vouchers.ok<{ results: { result: string }[] }>('piaoquan.voucher.code.consume', asked);
    const { code_info } = await vouchers.ok<{ code_info: object }>('piaoquan.voucher.code.get', {
      mix_id,
      code: first,
    });
    const { expired_count } = await vouchers.ok<{ expired_count: number }>('piaoquan.voucher.batch.board', { mix_id });
    return { result: results[0]?.result, isOver: expired_count > 0, ...code_info };
  });
  const expire_time = PERIOD.end_time;
  expect(answers).toMatchObject(
    told(
      { result: 'OK', isOver: false, code_status: 0, expire_time },
      { result: 'EXPIRED', isOver: true, code_status: -1, expire_time },
    ),
  );
});

test('a plan is told and received to the end of its last second', async () => {
  const items = [{ id: 1, name: '1', weight: 1, total_inventory: 100 }];
  const plan = { ...{ id: 910, isv_id: 1, circle_id: 1, name: 'second' }, ...PERIOD, items };
  await vouchers.ok('piaoquan.sendplan.plan.save', { plan });
  const answers = await around(END, async (userId) => {
    const isListed = await listed('sendplan_item', '910/1');
    const circle_info = { circle_content: 'ass', circle_id: 1 };
    const asked = { isv_user_info_map: JSON.stringify({ userId }), circle_info, isv_id: 1 };
    const param0 = { ...asked, send_plan_id: 910 };
    const query = 'alibaba.ai.content.business.send.plan.query';
    const { ret_value } = await vouchers.ok<{ ret_value: { id: number }[] }>(query, { param0: asked });
    const why = await explained('sendplan.receive', { param0 });
    const receive = 'alibaba.ai.content.business.send.plan.receive';
    const { ret_code } = await vouchers.ok<{ ret_code: number }>(receive, { param0 });
    return [ret_value.some(({ id }) => id === 910), ret_code, why, isListed];
  });
  expect(answers).toEqual(told<unknown[]>([true, 0, undefined, true], [false, 1006, '1006', false]));
});

test('a benefit is sent to the end of its last second, whether the template or the activity ends then', async () => {
  const long = { ...PERIOD, end_time: '2036-01-01 00:00:00' };
  for (const [index, periods] of [
    [PERIOD, long],
    [long, PERIOD],
  ].entries()) {
    const benefit_id = 7_000_000 + index;
    const template = { user_id: 6100000, benefit_id, config_id: 1, denomination: 1, total_num: 100, ...periods[0] };
    await vouchers.ok('piaoquan.benefit.template.save', { template });
    const relation_request = {
      add_detail_vos: [{ benefit_id }],
      benefit_activity_vo: { name: `activity ${index}`, type: 'SEND', ...periods[1] },
    };
    const relation = 'taobao.promotion.benefit.activity.relation';
    const { relation_id } = await vouchers.ok<{ relation_id: number }>(relation, { relation_request });
    const answers = await around(END, async (unique_id) => {
      const isListed = await listed('benefit_template', `6100000/${benefit_id}`);
      const asked = {
        send_request: { relation_id, send_count: 1, unique_id: `${index} ${unique_id}` },
        ouid: unique_id,
      };
      const why = await explained('benefit.send', { user_id: 6100000, ...asked });
      type Results = { result_list: { error_code_list: string[] }[] };
      const { result_list } = await vouchers.ok<Results>('taobao.promotion.benefit.activity.send', asked);
      return [result_list[0]?.error_code_list[0], why, isListed];
    });
    const over = 'isv.param-error:226';
    expect(answers).toEqual(told([undefined, undefined, true], [over, over, index === 1]));
  }
});

test('an event is sold to the end of the last second of its sale', async () => {
  const ends = { sale_end_time: new Date(END) };
  const { project_id, events } = await putOn(server.database.sql, instant, { event: ends });
  const event_id = events[0] as number;
  const answers = await around(END, async () => {
    const isListed = await listed('ticketing_price', `${project_id}/${event_id}/1`);
    const param = { cart_goods_param_list: [goods(event_id, 1)] };
    const why = await explained('ticketing.order', { channel_id: 1, order_param: param });
    type Submitted = { result_data: { result_code: number } };
    const submit = { grouped_submit_order_param: { ...demoTokens, ...param } };
    const { result_data } = await vouchers.ok<Submitted>('alibaba.damai.maizuo.openapi.order.submit', submit);
    type Detail = { result_data: { project_vo: { project_sale_state: number } } };
    const detail = { project_param: { ...demoTokens, project_id } };
    const shown = await vouchers.ok<Detail>('alibaba.damai.maizuo.openapi.project.detail', detail);
    return [result_data.result_code, shown.result_data.project_vo.project_sale_state, why, isListed];
  });
  expect(answers).toEqual(told<unknown[]>([20, 2, undefined, true], [10226, 3, '10226', false]));
});
