import type { BusinessParameters } from '../../src/sdk/request.ts';
import { documentedRequests } from '../harness/documented.ts';

/** What to change by SQL, and what an answer must hold after it, by simplified path. */
type Change = readonly [sql: string, after: Readonly<Record<string, unknown>>];

/** Where every leaf of a method's answer comes from. The changes are made one after the other. */
export type Origins = {
  readonly request: BusinessParameters;
  readonly changes: readonly Change[];
  /** Leaves that the request names the row by: another request gives another row's. */
  readonly asked: readonly { request: BusinessParameters; path: string; value: unknown }[];
  /** Leaves that no row can change, with the reason. */
  readonly fixed: Readonly<Record<string, string>>;
};

const lottery = (column: string, value: unknown): string =>
  `update lottery_segment set ${column} = '${value}' where spread_id = 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt'`;
const activity = (column: string, value: unknown): string =>
  `update lottery_activity set ${column} = '${value}' where spread_id = 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt'`;
const SEGMENT = 'return_value.segment_infos[0]';

const config: Origins = {
  request: documentedRequests['taobao.film.lottery.performance.config.query'] ?? {},
  asked: [],
  fixed: {},
  changes: [
    [activity('name', '甲'), { 'return_value.name': '甲' }],
    [activity('status', 2), { 'return_value.status': 2 }],
    [lottery('start_time', '2025-07-04 00:00:01+08'), { [`${SEGMENT}.start_time`]: '2025-07-04 00:00:01' }],
    [lottery('end_time', '2025-10-01 00:00:00+08'), { [`${SEGMENT}.end_time`]: '2025-10-01 00:00:00' }],
    [lottery('win_times', 2001), { [`${SEGMENT}.win_times`]: 2001 }],
    [lottery('consumed_win_times', 7), { [`${SEGMENT}.consumed_win_times`]: 7 }],
    [activity('platform', 9), { return_code: '200002', return_message: '渠道与活动不匹配' }],
  ],
};

/** The documented batch. */
export const MIX_ID = 'code_8ebc4e741689bbc1';
const batch = (assignments: string): string => `update voucher_batch set ${assignments} where mix_id = '${MIX_ID}'`;
const code = (assignments: string): string =>
  `update voucher_code set ${assignments} where mix_id = '${MIX_ID}' and sequence = 1`;
const BASIC = 'result.return_value.basic';
const COUPON = 'result.return_value.coupon_list[0]';
const fcode = documentedRequests['taobao.film.fcode.export.query'] ?? {};

type Kept = { readonly code_sealed: Buffer; readonly code_hash: Buffer };

/** A kept code in SQL: its sealed text and its hash. */
const texts = ({ code_sealed, code_hash }: Kept) =>
  [code_sealed, code_hash].map((each) => `'\\x${each.toString('hex')}'`);

/** @param kept the code `NEWCODE` and another one, as the platform keeps codes of this batch */
const exported = ([fresh, further]: readonly [Kept, Kept]): Origins => ({
  request: fcode,
  asked: [{ request: { ...fcode, mix_id: 'code_open' }, path: `${BASIC}.mix_id`, value: 'code_open' }],
  fixed: {},
  changes: [
    [batch(`bind_begin_time = '2019-12-01 00:00:01+08'`), { [`${BASIC}.bind_begin_time`]: '2019-12-01 00:00:01' }],
    [batch(`coupon_expire_time = '2019-12-03 00:00+08'`), { [`${BASIC}.coupon_expire_time`]: '2019-12-03 00:00:00' }],
    [batch('denomination = 401'), { [`${BASIC}.denomination`]: 401 }],
    [batch('max_bind_count = 5'), { [`${BASIC}.max_bind_count`]: 5 }],
    [batch('max_bind_count = null'), { [`${BASIC}.max_bind_count`]: undefined }],
    [batch(`name = '乙'`), { [`${BASIC}.name`]: '乙' }],
    [batch('total_count = 101'), { [`${BASIC}.total_count`]: 101 }],
    [batch('valid_days = 2'), { [`${BASIC}.valid_days`]: 2 }],
    [
      batch(`valid_days = null, valid_duration_type = 'GENERAL'`),
      { [`${BASIC}.valid_duration_type`]: 'GENERAL', [`${BASIC}.valid_days`]: undefined },
    ],
    [batch(`description = '丙'`), { [`${BASIC}.description`]: '丙' }],
    [code(`(code_sealed, code_hash) = (${texts(fresh)})`), { [`${COUPON}.code`]: 'NEWCODE' }],
    [code('code_status = -2, consume_sequence = null'), { [`${COUPON}.code_status`]: -2 }],
    [code('code_status = 0'), { [`${COUPON}.code_status`]: -1, [`${COUPON}.gmt_modified`]: '2019-12-03 00:00:00' }],
    [batch(`coupon_expire_time = '2099-01-01'`), { [`${COUPON}.code_status`]: 0 }],
    [code(`gmt_modified = '2020-02-29 12:00:00+08'`), { [`${COUPON}.gmt_modified`]: '2020-02-29 12:00:00' }],
    [code('bound_time = now()'), { [`${COUPON}.bind_status`]: 0 }],
    [
      `insert into voucher_code (mix_id, sequence, code_sealed, code_hash, gmt_modified)
       values ('${MIX_ID}', 101, ${texts(further)}, now())`,
      { 'result.return_value.has_next': true, 'result.return_value.last_sequence': 100 },
    ],
    [
      `delete from voucher_code where mix_id = '${MIX_ID}' and sequence = 100`,
      { 'result.return_value.has_next': false, 'result.return_value.last_sequence': 101 },
    ],
    [
      `delete from voucher_code where mix_id = '${MIX_ID}' and sequence = 99`,
      { 'result.return_value.current_rows': 99 },
    ],
    [
      `delete from voucher_grant where mix_id = '${MIX_ID}'`,
      { 'result.return_code': '200404', 'result.return_message': '券码批次不存在或无权查看' },
    ],
  ],
});

const PLAN = 'ret_value[0]';
const plan = (assignments: string): string => `update sendplan set ${assignments} where id = 1`;
const withoutLedger = 'delete from sendplan_adjustment';
const sendPlans: Origins = {
  request: documentedRequests['alibaba.ai.content.business.send.plan.query'] ?? {},
  asked: [],
  fixed: {},
  changes: [
    [plan(`name = '甲'`), { [`${PLAN}.name`]: '甲' }],
    [plan(`start_time = '2021-09-03 00:00:01+08'`), { [`${PLAN}.start_time`]: '2021-09-03 00:00:01' }],
    [plan(`end_time = '2036-09-05 00:00:01+08'`), { [`${PLAN}.end_time`]: '2036-09-05 00:00:01' }],
    [plan('count_limit = 2'), { [`${PLAN}.receive_rule`]: '{"countLimit":2}' }],
    [plan('count_limit = null'), { [`${PLAN}.receive_rule`]: '{}' }],
    [
      `update sendplan_item set name = '"乙"', weight = 5, consume_inventory = 2, total_inventory = 20,
       consumed_inventory = 9 where plan_id = 1 and id = 1`,
      {
        [`${PLAN}.purchase_item_info`]:
          '[{"consumeInventory":2,"id":1,"itemConsumeInventory":9,"itemTotalInventory":20,"name":"\\"乙\\"","weight":5},' +
          '{"id":2,"name":"优酷月卡","weight":3}]',
      },
    ],
    [`${withoutLedger}; delete from sendplan_item where plan_id = 1`, { [`${PLAN}.purchase_item_info`]: '[]' }],
    [
      `update sendplan set end_time = '2036-01-01' where id = 2; delete from sendplan where id = 1`,
      { [`${PLAN}.id`]: 2 },
    ],
    [
      `delete from sendplan_item where plan_id in (2, 3); delete from sendplan where isv_id = 1 and circle_id = 1;
       delete from sendplan_circle where isv_id = 1 and circle_id = 1`,
      { ret_code: 1002, ret_msg: '该 isv 没有此 circle_id' },
    ],
  ],
};

const TYPE = 'benefit_list[0]';
const TEMPLATE = `${TYPE}.pack_detail_list[0]`;
// The second template of the type is the documented one.
const stepTwo = { query: { step: 2, config_id: 1, current_page: 2, page_size: 1, page_query_request: true } };
const template = (assignments: string): string =>
  `update benefit_template set ${assignments} where user_id = 6100000 and benefit_id = 4342321`;
const selector: Origins = {
  request: stepTwo,
  asked: [{ request: { query: { ...stepTwo.query, config_id: 4 } }, path: `${TYPE}.benefit_type_long`, value: 4 }],
  fixed: { is_success: 'what fails comes as an error_response' },
  changes: [
    [`update benefit_type set benefit_name = '甲' where config_id = 1`, { [`${TYPE}.benefit_name`]: '甲' }],
    [`update benefit_type set benefit_type = 'NEW' where config_id = 1`, { [`${TYPE}.benefit_type`]: 'NEW' }],
    [template('denomination = 501'), { [`${TEMPLATE}.denomination`]: 501 }],
    [template(`end_time = '2027-01-01 00:00+08'`), { [`${TEMPLATE}.end_time`]: '2027-01-01 00:00:00' }],
    [template(`start_time = '2015-06-10 15:06:54+08'`), { [`${TEMPLATE}.start_time`]: '2015-06-10 15:06:54' }],
    [template(`extend_feature = '{a:b}'`), { [`${TEMPLATE}.extend_feature`]: '{a:b}' }],
    [template(`out_object_id = '77'`), { [`${TEMPLATE}.out_object_id`]: '77' }],
    [template(`out_object_name = '丁'`), { [`${TEMPLATE}.out_object_name`]: '丁' }],
    [template('relate_activity_num = 11'), { [`${TEMPLATE}.relate_activity_num`]: 11 }],
    [template('status = 2'), { [`${TEMPLATE}.status`]: 2 }],
    [template('valid_total_num = 4'), { [`${TEMPLATE}.valid_total_num`]: 4 }],
    [
      `delete from benefit_adjustment where benefit_id in (4342321, 4342323);
       delete from benefit_template where benefit_id in (4342321, 4342323)`,
      { [`${TEMPLATE}.benefit_id`]: 4342322, [`${TYPE}.template_total_count`]: 3 },
    ],
  ],
};

/** The origins of all seeds but the project, by method. */
export const origins = (kept: readonly [Kept, Kept]): Readonly<Record<string, Origins>> => ({
  'taobao.film.lottery.performance.config.query': config,
  'taobao.film.fcode.export.query': exported(kept),
  'alibaba.ai.content.business.send.plan.query': sendPlans,
  'taobao.promotion.benefit.selector': selector,
});
