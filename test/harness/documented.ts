import type { catalogue } from '../../src/contract/catalogue.ts';
import type { BusinessParameters } from '../../src/sdk/request.ts';

type MethodName = (typeof catalogue)[number]['name'];

/**
 * The request of each method's API page, value for value; the demo data answer it with success. Methods whose page shows
 * none, or whose request only works with what an earlier call gave, are not here.
 */
export const documentedRequests: { readonly [Name in MethodName]?: BusinessParameters } = {
  'taobao.film.lottery.performance.config.query': {
    performance_query_config_param: {
      spread_id: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt',
      biz_ext_info: '{}',
      platform: 8,
    },
  },
  'taobao.film.fcode.export.query': {
    mix_id: 'code_8ebc4e741689bbc1',
    partner_code: 'xuexiqiangguo',
    operate_type: 'ALL',
  },
  'alibaba.damai.maizuo.openapi.project.detail': {
    project_param: {
      project_id: '32321311',
      lang_type: 1,
      tenant_token: 'BrZIAxcXYJ72Idfk1231+mCzqSXZLWtCnikX/',
      ptnr_token: 'v1KtwpNaDzuE459yus3m6F7FEG+2u39r5xP5icqyW',
      channel_token: 'St5dnxCv1KtwpNaDzuE459yus3m6F7FEG+2u39r5x',
    },
  },
  'alibaba.ai.content.business.send.plan.query': {
    param0: { isv_user_info_map: '{}', circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 },
  },
  'taobao.promotion.benefit.selector': {
    query: {
      benefit_id: 4342321,
      benefit_type: 'ALIPAY_COUPON',
      config_id: 1,
      exclude_options: 2,
      step: 1,
      current_page: 1,
      page_size: 20,
      page_query_request: false,
    },
  },
  'taobao.time.get': {},
  'taobao.httpdns.get': {},
};
