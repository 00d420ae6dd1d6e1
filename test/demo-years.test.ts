import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { startTestServer, type TestServer, type TestTime } from './harness/server.ts';

const DAY = 24 * 3600 * 1000;
const ahead = (days: number) => (): Date => new Date(Date.now() + days * DAY);
/** Ten years with their leap days. */
const TEN_YEARS = 3653;

const times: Readonly<Record<string, TestTime>> = {
  'made 400 days from now': { clock: ahead(400), fresh: true },
  'made today, 400 days later': { clock: ahead(400) },
  'made today, ten years later': { clock: ahead(TEN_YEARS) },
};

/** What can be sent of the demo's benefits, by type: all but those that are over or used up on purpose. */
const SENDABLE = { 1: [123, 4342323], 4: [4342401, 4342402], 13: [4343301], 14: [4343401] };
const receiver = { receiver_id: 12312312 };

describe.each(Object.entries(times))('a sandbox %s', (_when, time) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({}, time);
  });
  afterAll(() => server?.close());
  const call = async (method: string, business: object): Promise<Record<string, unknown>> =>
    JSON.parse(await server.call(method, business as never, { simplify: true }));
  const wire = (at: Date): string =>
    new Date(at.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ');

  test.each(Object.entries(SENDABLE))('sends every demo benefit of type %s', async (_type, benefits) => {
    const now = time.clock?.() as Date;
    for (const benefit_id of benefits) {
      const { relation_id } = await call('taobao.promotion.benefit.activity.relation', {
        relation_request: {
          add_detail_vos: [{ benefit_id }],
          benefit_activity_vo: {
            ...{ name: `benefit ${benefit_id}`, type: 'SEND' },
            ...{ start_time: wire(new Date(now.getTime() - DAY)), end_time: wire(new Date(now.getTime() + DAY)) },
          },
        },
      });
      const sent = await call('taobao.promotion.benefit.activity.send', {
        ...{ ...receiver, send_request: { relation_id, send_count: 1, unique_id: `u${benefit_id}` } },
      });
      expect(sent.result_list, String(benefit_id)).toMatchObject([{ success_count: 1, failure_count: 0 }]);
    }
  });

  test('draws, and gives codes of the prizes', async () => {
    for (let n = 0; n < 20; n++) {
      const drawn = await call('taobao.film.lottery.performance', {
        lottery_performance_top_param: {
          mix_user_id: `u${n}`,
          spread_id: 'prizePool_open',
          out_biz_id: `b${n}`,
          platform: 8,
        },
      });
      expect(drawn).toMatchObject({ return_code: '0', return_value: { result_code: 1 } });
    }
  });

  test.each(['a09da62085f10074', 'code_open'])('issues codes of the batch %s', async (mix_id) => {
    const request = { each_num: 1, mix_id, ext_order_id: `order-${mix_id}`, number: 1 };
    const issued = await call('taobao.film.lottery.sendcode', { param_f_code_merchant_send_code_request: request });
    expect(issued).toMatchObject({ result: { return_code: '0' } });
  });

  test.each([
    [1, { isv_id: 1, circle_info: { circle_id: 1, circle_content: 'ass' } }],
    [4, { isv_id: 1, circle_info: { circle_id: 2, circle_content: 'x' } }],
    [5, { isv_id: 2, circle_info: { circle_id: 1, circle_content: 'ass' } }],
  ])('gives what plan %i holds', async (send_plan_id, asked) => {
    const param0 = { ...asked, send_plan_id, isv_user_info_map: '{"userId":"later"}' };
    expect(await call('alibaba.ai.content.business.send.plan.receive', { param0 })).toMatchObject({ ret_code: 0 });
  });

  test('lets the demo ticket in at the gate', async () => {
    const ticket = { event_id: '731021112', ticket_code_id: '1802131000000001' };
    const { result_data } = await call('alibaba.damai.maizuo.openapi.eticket.qrcode', {
      dynamic_q_r_code_param: { ...demoTokens, ...ticket },
    });
    const { dynamic_q_r_code_vo } = result_data as { dynamic_q_r_code_vo: { dynamic_q_r_code: string } };
    const entry = { code: dynamic_q_r_code_vo.dynamic_q_r_code, event_id: 731021112, check_id: 'c1' };
    expect(await call('piaoquan.ticketing.ticket.check', entry)).toMatchObject({ admitted: true });
  });

  test('sells tickets of the show that is on sale', async () => {
    const goods = { event_id: '90000011', price_id: '90000102', goods_count: 1, bearer_list: [{ bearer_id: 'a' }] };
    const sold = await call('alibaba.damai.maizuo.openapi.order.submit', {
      grouped_submit_order_param: { ...demoTokens, cart_goods_param_list: [goods] },
    });
    expect(sold).toMatchObject({ result_data: { success: true } });
  });
});
