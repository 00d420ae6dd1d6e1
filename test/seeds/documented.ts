/** What a page says of its method's answer beside the sample, and where the platform decided otherwise. */
export type Seed = {
  /** Names of list items, by 5.3 of the protocol. */
  readonly items: readonly string[];
  /** Fields that the page types Number and Boolean; all others are texts. */
  readonly numbers: readonly string[];
  readonly booleans: readonly string[];
  /**
   * Fields whose value cannot or must not be the sample's, by simplified path, with the reason; the query gives what the
   * database has instead, a text stands for itself.
   */
  readonly decided: Readonly<Record<string, { why: string; is: string } | { why: string; sql: string }>>;
};

const minutes = (column: string): string => `to_char(${column} at time zone interval '08:00', 'YYYY-MM-DD HH24:MI')`;
const EVENT = 'from ticketing_event where project_id = 32321311';
const SALE = `select case when now() < sale_start_time then 1 when now() < sale_end_time then 2 else 3 end ${EVENT}`;
const REQUESTED = 'the samples of request and answer name different ids; the requested one is answered';
const WHEN = 'the sample shows another pattern than the page states: minutes, with dashes';
const BOUND = 'a package of ten tickets goes no further than its child does, of which 8,001 are left';

/** The seeds by method. */
export const seeds: Readonly<Record<string, Seed>> = {
  'taobao.film.lottery.performance.config.query': {
    items: ['performance_segment_info_d_t_o'],
    numbers: ['status', 'win_times', 'consumed_win_times'],
    booleans: [],
    decided: {},
  },
  'taobao.film.fcode.export.query': {
    items: ['f_code_info'],
    numbers: [
      ...['denomination', 'max_bind_count', 'total_count', 'valid_days', 'code_status', 'bind_status'],
      ...['last_sequence', 'current_rows'],
    ],
    booleans: ['has_next'],
    decided: {
      'result.return_value.has_next': {
        why: 'the one page holds all 100 codes of the batch, so there is no further one',
        sql: `select count(*) > 100 from voucher_code where mix_id = 'code_8ebc4e741689bbc1'`,
      },
      'result.return_value.last_sequence': {
        why: 'the cursor is that of the last code of the page, not of the first',
        sql: `select max(sequence) from voucher_code where mix_id = 'code_8ebc4e741689bbc1'`,
      },
    },
  },
  'alibaba.damai.maizuo.openapi.project.detail': {
    items: ['event_vo', 'price_vo', 'child_price_vo', 'event_discount_vo'],
    numbers: [
      ...['result_code', 'project_seat_type', 'project_sale_state', 'channel_authorize_state', 'event_sale_state'],
      ...['is_support_free_combination', 'is_coupon_ticket', 'goods_count', 'sale_count', 'margin_count'],
      ...['discount_type', 'event_limit_type', 'seat_total_num'],
    ],
    booleans: ['success'],
    decided: {
      'result_data.project_vo.project_id': { why: REQUESTED, is: '32321311' },
      'result_data.project_vo.event_list[0].project_id': { why: REQUESTED, is: '32321311' },
      'result_data.project_vo.project_start_time': {
        why: WHEN,
        sql: `select ${minutes('min(event_show_start_time)')} ${EVENT}`,
      },
      'result_data.project_vo.project_end_time': {
        why: WHEN,
        sql: `select ${minutes('max(event_show_end_time)')} ${EVENT}`,
      },
      'result_data.project_vo.event_list[0].event_show_start_time': {
        why: WHEN,
        sql: `select ${minutes('event_show_start_time')} ${EVENT}`,
      },
      'result_data.project_vo.event_list[0].event_show_end_time': {
        why: WHEN,
        sql: `select ${minutes('event_show_end_time')} ${EVENT}`,
      },
      'result_data.project_vo.project_sale_state': { why: 'the sale of 2019 is over', sql: SALE },
      'result_data.project_vo.event_list[0].event_sale_state': { why: 'the sale of 2019 is over', sql: SALE },
      'result_data.project_vo.event_list[0].price_list[0].margin_count': {
        why: BOUND,
        sql: `select least(p.margin_count, c.margin_count / 10)
          from ticketing_price p, ticketing_price c where p.price_id = 432411 and c.price_id = 32131`,
      },
    },
  },
  'alibaba.ai.content.business.send.plan.query': {
    items: ['purchase_send_plan_d_t_o'],
    numbers: ['id', 'ret_code'],
    booleans: [],
    decided: {
      'ret_value[0].end_time': {
        why: 'a plan that ended in 2021 does not fit the present time',
        sql: `select to_char(end_time at time zone interval '08:00', 'YYYY-MM-DD HH24:MI:SS') from sendplan where id = 1`,
      },
      ret_code: { why: 'the sample shows a failure beside its plans', is: '0' },
      ret_msg: { why: 'the sample shows a failure beside its plans', is: '成功' },
    },
  },
  'taobao.promotion.benefit.selector': {
    items: ['benefit_selector_vo', 'benefit_template_vo'],
    numbers: [
      ...['benefit_type_long', 'benefit_id', 'denomination', 'relate_activity_num', 'status', 'valid_total_num'],
      'template_total_count',
    ],
    booleans: ['is_success'],
    decided: {
      'benefit_list[0].pack_detail_list[0].benefit_id': { why: REQUESTED, is: '4342321' },
      'benefit_list[0].benefit_type_long': {
        why: 'the page itself says that the Alipay red packet is type 1',
        sql: `select config_id from benefit_type where benefit_type = 'ALIPAY_COUPON'`,
      },
      'benefit_list[0].template_total_count': {
        why: 'the request names one benefit',
        sql: `select count(*) from benefit_template where user_id = 6100000 and benefit_id = 4342321`,
      },
    },
  },
};
