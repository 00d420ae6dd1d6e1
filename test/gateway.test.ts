import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

test('every documented method answers its documented request', async () => {
  for (const [m, b] of [
    ['taobao.time.get', {}],
    ['taobao.httpdns.get', {}],
    ['taobao.film.lottery.performance.config.query', { performance_query_config_param: { spread_id: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt', biz_ext_info: '{}', platform: 8 } }],
    ['taobao.film.fcode.export.query', { mix_id: 'code_8ebc4e741689bbc1', partner_code: 'xuexiqiangguo', operate_type: 'CONSUME' }],
    ['alibaba.damai.maizuo.openapi.project.detail', { project_param: { project_id: '32321311', lang_type: 1, tenant_token: 'BrZIAxcXYJ72Idfk1231+mCzqSXZLWtCnikX/', ptnr_token: 'v1KtwpNaDzuE459yus3m6F7FEG+2u39r5xP5icqyW', channel_token: 'St5dnxCv1KtwpNaDzuE459yus3m6F7FEG+2u39r5x' } }],
    ['alibaba.ai.content.business.send.plan.query', { param0: { isv_user_info_map: '{}', circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 } }],
    ['taobao.promotion.benefit.selector', { query: { benefit_id: 4342321, benefit_type: 'ALIPAY_COUPON', config_id: 1, exclude_options: 2, step: 1, current_page: 1, page_size: 20, page_query_request: false } }],
  ] as const) {
    const r = await server.call(m, b);
    console.log(r);
    console.log(await server.call(m, b, { format: 'xml' }));
    expect(r).not.toContain('error_response');
  }
});
