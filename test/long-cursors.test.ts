import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { A, goods, PAY, putOn, SUBMIT } from './harness/ticketing.ts';
import { voucherCalls } from './harness/vouchers.ts';

let server: TestServer;
let calls: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  calls = voucherCalls(server);
});
afterAll(() => server?.close());

/** All items of a list that is asked for one by one. */
async function oneByOne<T>(method: string, request: object, list: string): Promise<T[]> {
  const seen: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await calls.ok<Record<string, T[]> & { next_cursor?: string }>(method, {
      ...request,
      page_size: 1,
      ...(cursor && { cursor }),
    });
    seen.push(...(page[list] as T[]));
    cursor = page.next_cursor;
  } while (cursor);
  return seen;
}

test('payments that are due are paged whatever their numbers hold', async () => {
  const { project_id, events } = await putOn(server.database.sql, new Date());
  const cart = { cart_goods_param_list: [goods(events[0] as number, A)], receivable_money: '180', user_id: 'u' };
  type Submitted = { result_data: { shopping_cart_vo: { order_id: string } } };
  const { result_data } = await calls.ok<Submitted>(SUBMIT, {
    grouped_submit_order_param: { ...cart, lang_type: 1, ...demoTokens },
  });
  const { order_id } = result_data.shopping_cart_vo;
  const numbers = ['the one that counts', '支'.repeat(100), '"'.repeat(100), 'wx8923981200012'];
  for (const pay_no of numbers)
    await calls.ok(PAY, {
      pay_param: { order_id, pay_money: '18000', pay_type_id: '1', pay_no, lang_type: 1, ...demoTokens },
    });
  const due = await oneByOne<{ pay_no: string }>('piaoquan.ticketing.payment.due.list', { project_id }, 'payments');
  expect(due.map(({ pay_no }) => pay_no)).toEqual(numbers.slice(1));
});

test('draws are paged whatever their numbers hold', async () => {
  const segment = { segment_no: 1, start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', win_times: 100 };
  const activity = { spread_id: '活'.repeat(128), platform: 8, name: '活动', segments: [segment] };
  const { spread_id, platform } = activity;
  await calls.ok('piaoquan.lottery.activity.save', { activity });
  await calls.ok('piaoquan.lottery.activity.status.update', { spread_id, status: 1 });
  const keys = ['奖'.repeat(100), '"'.repeat(100), '券'.repeat(100)];
  for (const out_biz_id of keys) {
    const param = { spread_id, platform, out_biz_id, mix_user_id: '人'.repeat(128) };
    await calls.ok('taobao.film.lottery.performance', { lottery_performance_top_param: param });
  }
  const draws = await oneByOne<{ out_biz_id: string }>('piaoquan.lottery.activity.draw.list', { spread_id }, 'draws');
  expect(draws.map(({ out_biz_id }) => out_biz_id).sort()).toEqual([...keys].sort());
});
