import { documentedRequests } from '../harness/documented.ts';
import type { Origins } from './live.ts';

const request = documentedRequests['alibaba.damai.maizuo.openapi.project.detail'] ?? {};
const param = request.project_param as Record<string, unknown>;

const PROJECT = 'result_data.project_vo';
const EVENT = `${PROJECT}.event_list[0]`;
const PRICE = `${EVENT}.price_list[0]`;
const CHILD = `${PRICE}.child_list[0]`;
const DISCOUNT = `${EVENT}.event_discount_list[0]`;

const project = (assignments: string): string =>
  `update ticketing_project set ${assignments} where project_id = 32321311`;
const event = (assignments: string): string => `update ticketing_event set ${assignments} where event_id = 32131231`;
const price = (price_id: number, assignments: string): string =>
  `update ticketing_price set ${assignments} where price_id = ${price_id}`;
const part = (assignments: string): string =>
  `update ticketing_price_child set ${assignments} where price_id = 432411 and child_price_id = 32131`;
const site = (site_id: number, name: string): string =>
  `update ticketing_site set site_name = '${name}' where site_id = ${site_id}`;
const discount = (assignments: string): string =>
  `update ticketing_event_discount set ${assignments} where event_id = 32131231`;
const channelPrice = (price_id: number): string =>
  `insert into ticketing_channel_price values (32321311, 32131231, ${price_id}, 1, false)`;
/** Copies a row of a table with other values in some columns. */
const copy = (table: string, where: string, change: string): string =>
  `insert into ${table} select r.* from ${table} t, jsonb_populate_record(t, '${change}') r where ${where}`;
/** The stored columns of a tier, for copies: the others are generated. */
const TIER =
  'project_id, event_id, price_id, price_name, price, price_color, is_support_free_combination, is_coupon_ticket, is_package_only, goods_count';

/** Where every leaf of project.detail comes from. */
export const projectOrigins: Origins = {
  request,
  asked: [`${PROJECT}.project_id`, `${EVENT}.project_id`].map((path) => ({
    request: { project_param: { ...param, project_id: '90000001' } },
    path,
    value: '90000001',
  })),
  fixed: {},
  changes: [
    [project(`project_name = '甲'`), { [`${PROJECT}.project_name`]: '甲', [`${EVENT}.project_name`]: '甲' }],
    [project(`project_detail = '乙'`), { [`${PROJECT}.project_detail`]: '乙' }],
    [project('project_seat_type = 2'), { [`${PROJECT}.project_seat_type`]: 2 }],
    [project('project_type_id = 5'), { [`${PROJECT}.project_type_id`]: '5' }],
    [project(`project_img_url = 'http://a/b.png'`), { [`${PROJECT}.project_img_url`]: 'http://a/b.png' }],
    [
      event(`event_show_start_time = '2019-04-13 10:00+08'`),
      { [`${EVENT}.event_show_start_time`]: '2019-04-13 10:00', [`${PROJECT}.project_start_time`]: '2019-04-13 10:00' },
    ],
    [
      event(`event_show_end_time = '2019-04-13 22:00+08'`),
      { [`${EVENT}.event_show_end_time`]: '2019-04-13 22:00', [`${PROJECT}.project_end_time`]: '2019-04-13 22:00' },
    ],
    [
      event(`sale_end_time = now() + interval '1 day'`),
      { [`${EVENT}.event_sale_state`]: 2, [`${PROJECT}.project_sale_state`]: 2 },
    ],
    [
      event(`sale_start_time = now() + interval '1 hour'`),
      { [`${EVENT}.event_sale_state`]: 1, [`${PROJECT}.project_sale_state`]: 1 },
    ],
    [event(`event_name = '丙'`), { [`${EVENT}.event_name`]: '丙' }],
    [event('site_version_id = 6'), { [`${EVENT}.site_version_id`]: '6' }],
    [event('event_limit_type = 2'), { [`${EVENT}.event_limit_type`]: 2 }],
    [event('seat_total_num = 1232'), { [`${EVENT}.seat_total_num`]: 1232 }],
    [site(313131, '丁'), { [`${PROJECT}.site_name`]: '丁' }],
    [site(3123144, '戊'), { [`${EVENT}.site_name`]: '戊' }],
    [project('site_id = 3123144'), { [`${PROJECT}.site_id`]: '3123144' }],
    [event('site_id = 313131'), { [`${EVENT}.site_id`]: '313131' }],
    [discount('discount_type = 2'), { [`${DISCOUNT}.discount_type`]: 2 }],
    [discount(`discount_type_name = '己'`), { [`${DISCOUNT}.discount_type_name`]: '己' }],
    [discount(`discount_name = '庚'`), { [`${DISCOUNT}.discount_name`]: '庚' }],
    [discount(`discount_show_info = '辛'`), { [`${DISCOUNT}.discount_show_info`]: '辛' }],
    [price(432411, `price_name = '壬'`), { [`${PRICE}.price_name`]: '壬' }],
    [price(432411, 'price = 17000'), { [`${PRICE}.price`]: '17000', [`${PROJECT}.project_min_price`]: '17000' }],
    [price(432412, 'price = 270000'), { [`${PROJECT}.project_max_price`]: '270000' }],
    [price(432411, `price_color = '#1'`), { [`${PRICE}.price_color`]: '#1' }],
    [price(432411, 'is_support_free_combination = 0'), { [`${PRICE}.is_support_free_combination`]: 0 }],
    [
      part('child_num = 3'),
      { [`${CHILD}.goods_count`]: 3, [`${PRICE}.goods_count`]: 3, [`${PRICE}.margin_count`]: 2667 },
    ],
    [price(432411, 'sale_count = 104'), { [`${PRICE}.sale_count`]: 104 }],
    [price(432411, 'goods_count = 1000'), { [`${PRICE}.margin_count`]: 896 }],
    [price(432411, 'held_count = 3'), { [`${PRICE}.margin_count`]: 893 }],
    [price(32131, `price_name = '癸'`), { [`${CHILD}.price_name`]: '癸' }],
    [price(32131, 'price = 100'), { [`${CHILD}.price`]: '100', [`${PROJECT}.project_min_price`]: '17000' }],
    [price(32131, `price_color = '#2'`), { [`${CHILD}.price_color`]: '#2' }],
    [price(32131, 'goods_count = 8212'), { [`${CHILD}.margin_count`]: 8002 }],
    [price(32131, 'sale_count = 211'), { [`${CHILD}.sale_count`]: 211, [`${CHILD}.margin_count`]: 8001 }],
    [price(32131, 'held_count = 7601'), { [`${CHILD}.margin_count`]: 400, [`${PRICE}.margin_count`]: 133 }],
    [channelPrice(432411), { [`${PRICE}.channel_authorize_state`]: 2, [`${CHILD}.channel_authorize_state`]: 1 }],
    [channelPrice(32131), { [`${CHILD}.channel_authorize_state`]: 2, [`${EVENT}.channel_authorize_state`]: 1 }],
    [
      'update ticketing_channel_event set authorized = false where event_id = 32131231',
      { [`${EVENT}.channel_authorize_state`]: 2 },
    ],
    [
      `insert into ticketing_price (${TIER}) select ${TIER.replace('price_id,', '11,')} from ticketing_price
       where price_id = 32131;
       insert into ticketing_price_child values (32321311, 32131231, 432411, 11, 1)`,
      { [`${CHILD}.price_id`]: '11' },
    ],
    [
      `insert into ticketing_price (${TIER}) select ${TIER.replace('price_id,', '12,')} from ticketing_price
       where price_id = 432412`,
      { [`${PRICE}.price_id`]: '12', [`${PRICE}.is_coupon_ticket`]: 0 },
    ],
    [
      copy('ticketing_event', 't.event_id = 32131231', '{"event_id": 13, "event_show_start_time": "2018-01-01"}'),
      { [`${EVENT}.event_id`]: '13' },
    ],
    [
      `update ticketing_tenant set token_hash = decode(repeat('00', 32), 'hex') where tenant_id = 1`,
      { 'result_data.success': false, 'result_data.result_code': 10201, 'result_data.result_msg': 'tenant_token 无效' },
    ],
  ],
};
