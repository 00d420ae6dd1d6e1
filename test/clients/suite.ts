import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedRequests } from '../harness/documented.ts';
import { demo, startTestServer, type TestServer } from '../harness/server.ts';

/** How a client tells of an answer: what stands inside the root, or its own error. */
export type Outcome = { answer: Record<string, unknown> } | { error: unknown };

/** A client of npm made ready: its call with business parameters, where objects must be JSON texts. */
export type Client = (method: string, parameters: Record<string, unknown>) => Promise<Outcome>;

/** What a client makes of an error of the platform. */
export type ErrorForm = (error: { code: number; msg: string; sub_code?: string; sub_msg?: string }) => unknown;

const texts = (business: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(business).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
  );

/** What of each documented answer a client must have read. */
const answers: Record<string, Record<string, unknown>> = {
  'taobao.film.lottery.performance.config.query': {
    return_code: '0',
    return_message: '成功',
    return_value: { name: '三方合作发券', segment_infos: { performance_segment_info_d_t_o: [{ win_times: 2000 }] } },
  },
  'taobao.film.fcode.export.query': {
    result: {
      return_code: '0',
      return_message: '',
      return_value: { basic: { name: '淘票票示例活动', denomination: 400 }, has_next: false, current_rows: 100 },
    },
  },
  'alibaba.damai.maizuo.openapi.project.detail': {
    result_data: {
      success: true,
      result_code: 20,
      project_vo: { project_name: '周杰伦演唱会', project_max_price: '260000' },
    },
  },
  'alibaba.ai.content.business.send.plan.query': {
    ret_code: 0,
    ret_value: { purchase_send_plan_d_t_o: [{ name: '月卡', receive_rule: '{"countLimit":1}', id: 1 }] },
  },
  'taobao.promotion.benefit.selector': {
    is_success: true,
    benefit_list: { benefit_selector_vo: [{ benefit_type: 'ALIPAY_COUPON' }] },
  },
};

/**
 * The tests that every client of npm passes, unmodified, against a started server.
 * @param open makes a client for a gateway's URL and an app's credentials
 * @param errorForm what the client should make of the platform's error
 */
export function testClient(
  name: string,
  open: (url: string, app_key: string, secret: string) => Client,
  errorForm: ErrorForm,
): void {
  describe(`${name}, unmodified`, () => {
    let server: TestServer;
    let client: Client;
    beforeAll(async () => {
      // The clients stamp their requests with the local time, which TOP wants in GMT+8.
      process.env.TZ = 'Asia/Shanghai';
      server = await startTestServer();
      client = open(`${server.url}/router/rest`, demo.app_key, demo.secret);
    });
    afterAll(() => server?.close());

    test('reads the time', async () => {
      expect(await client('taobao.time.get', {})).toEqual({
        answer: {
          time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
          request_id: expect.stringMatching(/^[0-9a-z]{14}$/),
        },
      });
    });

    test.each(Object.entries(answers))('reads the documented answer of %s', async (method, answer) => {
      const business = documentedRequests[method as keyof typeof documentedRequests] ?? {};
      const outcome = await client(method, { ...texts(business), session: demo.session });
      expect(outcome).toMatchObject({ answer });
    });

    test('sends text of any script and signs it right', async () => {
      const outcome = await client('taobao.film.fcode.export.query', {
        ...{ mix_id: '码 +&=%/"\u{1f39f}', partner_code: 'x', operate_type: 'ALL', params: '' },
        session: demo.session,
      });
      expect(outcome).toMatchObject({ answer: { result: { return_code: '200404' } } });
    });

    test('reports an unknown method', async () => {
      const { error } = (await client('taobao.no.such.method', {})) as { error: unknown };
      expect(error).toEqual(errorForm({ code: 22, msg: 'Invalid method', sub_msg: expect.any(String) }));
    });

    test('reports a signature made with another secret', async () => {
      const wrong = open(`${server.url}/router/rest`, demo.app_key, 'hello world');
      const { error } = (await wrong('taobao.time.get', {})) as { error: unknown };
      expect(error).toEqual(errorForm({ code: 25, msg: 'Invalid signature', sub_msg: expect.any(String) }));
    });

    test('reports a missing argument by its name', async () => {
      const request = { partner_code: 'xuexiqiangguo', operate_type: 'ALL', session: demo.session };
      const { error } = (await client('taobao.film.fcode.export.query', request)) as { error: unknown };
      const expected = { code: 40, msg: 'Missing required arguments:mix_id', sub_code: 'isv.missing-parameter' };
      expect(error).toEqual(errorForm({ ...expected, sub_msg: '缺少必填参数 mix_id' }));
    });

    test('reports a missing session, and a business error with its sub_code', async () => {
      const query = { query: '{"benefit_id":1,"step":3}' };
      const { error: missing } = (await client('taobao.promotion.benefit.selector', query)) as { error: unknown };
      expect(missing).toEqual(errorForm({ code: 26, msg: 'Missing session', sub_msg: expect.any(String) }));
      const outcome = await client('taobao.promotion.benefit.selector', { ...query, session: demo.session });
      expect(outcome).toEqual({
        error: errorForm({
          code: 15,
          msg: 'Remote service error',
          sub_code: 'isv.param-error:250',
          sub_msg: '选择发放的权益不存在',
        }),
      });
    });
  });
}
