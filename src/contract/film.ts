import { method } from './method.ts';
import { bool, date, dateText, integer, json, list, optional, struct, text } from './schema.ts';

const segmentInfo = struct(
  'PerformanceSegmentInfoDTO',
  { zh: '分时段库存', en: 'One segment: a span of time with its own stock' },
  {
    start_time: dateText({ zh: '开始时间', en: 'First second of the segment, GMT+8' }, 'yyyy-MM-dd HH:mm:ss', {
      example: '2025-07-04 00:00:00',
    }),
    end_time: dateText({ zh: '结束时间', en: 'Last second of the segment, inclusive, GMT+8' }, 'yyyy-MM-dd HH:mm:ss', {
      example: '2025-09-30 23:59:59',
    }),
    win_times: integer({ zh: '本时段库存', en: 'Wins the segment allows' }, { example: '2000' }),
    consumed_win_times: integer({ zh: '该时段已消耗库存', en: 'Wins already given in the segment' }, { example: '0' }),
  },
);

/** What one draw activity is and how much stock each of its segments has. */
export const lotteryPerformanceConfigQuery = method({
  name: 'taobao.film.lottery.performance.config.query',
  category: 'film',
  title: { zh: '淘票票履约活动配置查询', en: 'Draw activity query' },
  purpose: {
    zh: '三方渠道查询一个抽奖活动：上下架状态，以及各时段的库存与已消耗库存。',
    en: 'Shows a partner channel one draw activity: whether it is on shelf, and the stock and use of each segment.',
  },
  package: 'film.lottery',
  session: 'none',
  kind: 'read',
  request: {
    performance_query_config_param: struct(
      'PerformanceQueryConfigParam',
      { zh: '查询参数', en: 'Which activity, asked by which channel' },
      {
        spread_id: text(
          { zh: '活动ID', en: 'Id of the activity' },
          { example: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt', maxLength: 128 },
        ),
        biz_ext_info: optional(
          text({ zh: '拓展信息', en: 'Extension data: the text of a JSON object' }, { example: '{}' }),
        ),
        platform: integer({ zh: '渠道', en: 'Number of the channel the activity belongs to' }, { example: '8' }),
      },
    ),
  },
  response: {
    return_value: optional(
      struct(
        'PerformanceQueryConfigResult',
        { zh: '返回值', en: 'The activity; left out unless return_code is 0' },
        {
          name: text({ zh: '活动名称', en: 'Name of the activity' }, { example: '三方合作发券' }),
          status: integer(
            { zh: '活动状态(1-上架、2-下架)', en: 'State of the activity' },
            { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
          ),
          segment_infos: list(segmentInfo, { zh: '分时段库存信息', en: 'The segments, earliest first' }),
        },
      ),
    ),
    return_message: text({ zh: '错误原因', en: 'Reason in words' }, { example: '成功' }),
    return_code: text(
      { zh: '错误码,0表示成功', en: 'Business code; 0 is success' },
      {
        example: '0',
        values: {
          '0': { zh: '成功', en: 'success' },
          '200001': { zh: '活动不存在', en: 'no activity bears this spread_id' },
          '200002': { zh: '渠道与活动不匹配', en: 'the activity belongs to another channel' },
        },
      },
    ),
  },
});

const exportBasic = struct(
  'FCodeExportBasic',
  { zh: '券码批次基本信息', en: 'The batch itself' },
  {
    bind_begin_time: date(
      { zh: '绑定兑换开始时间', en: 'From when codes may be bound and redeemed' },
      { example: '2019-12-01 00:00:00' },
    ),
    coupon_expire_time: date(
      { zh: '券码过期时间(不允许绑定)', en: 'Expiry of the codes; no binding after it' },
      { example: '2019-12-02 23:59:59' },
    ),
    denomination: integer({ zh: '面值(单位:分)', en: 'Face value in fen' }, { example: '400' }),
    max_bind_count: optional(
      integer(
        { zh: '用户可绑定最大数量限制(空不限制)', en: 'Most codes one user may bind; absent means no limit' },
        { example: '4' },
      ),
    ),
    mix_id: text({ zh: '混淆ID', en: 'Id of the batch' }, { example: 'code_8ebc4e741689bbc1' }),
    name: text({ zh: '名称', en: 'Name' }, { example: '淘票票示例活动' }),
    total_count: integer({ zh: '券码总数量', en: 'Codes in the batch' }, { example: '100' }),
    valid_days: optional(
      integer({ zh: '有效天数', en: 'Days of validity from binding on; only with DAY' }, { example: '1' }),
    ),
    valid_duration_type: text(
      { zh: '券码有效期类型(GENERAL-固定日期、DAY-有效天数)', en: 'How the validity of a code is counted' },
      {
        example: 'DAY',
        values: {
          GENERAL: { zh: '固定日期', en: 'until coupon_expire_time' },
          DAY: { zh: '有效天数', en: 'valid_days × 24 hours from binding; unbound, until coupon_expire_time' },
        },
      },
    ),
    description: optional(text({ zh: '券码描述', en: 'Description' }, { example: '券码描述' })),
  },
);

const fCodeInfo = struct(
  'FCodeInfo',
  { zh: '券码', en: 'One code' },
  {
    code: text({ zh: '优惠券明码', en: 'The code in plain' }, { example: '2X2QFKTZD2K' }),
    code_status: integer(
      { zh: '券码状态(-2:已失效,-1:过期,0:正常,2:核销)', en: 'State of the code at the instant of the call' },
      {
        example: '2',
        values: {
          '-2': { zh: '已失效', en: 'voided' },
          '-1': { zh: '过期', en: 'expired' },
          '0': { zh: '正常', en: 'normal' },
          '2': { zh: '核销', en: 'consumed' },
        },
      },
    ),
    gmt_modified: date(
      { zh: '券变更时间', en: 'Last change of the code, its expiry included' },
      { example: '2019-12-02 23:59:59' },
    ),
    bind_status: integer(
      { zh: '绑定状态(-1:未绑定,0:已绑定)', en: 'Whether a user has bound the code' },
      { example: '-1', values: { '-1': { zh: '未绑定', en: 'not bound' }, '0': { zh: '已绑定', en: 'bound' } } },
    ),
  },
);

/** A page of the codes of a batch, or of its redemptions in the order of their commit. */
export const fcodeExportQuery = method({
  name: 'taobao.film.fcode.export.query',
  category: 'film',
  title: { zh: '券码数据导出查询', en: 'Voucher code export' },
  purpose: {
    zh: '分页导出一个券码批次：ALL 按固定顺序拉取全部券码，CONSUME 按核销提交的先后拉取核销记录，用上一页的游标继续即不漏不重。',
    en: 'Exports a batch by pages: ALL gives every code in a fixed order, CONSUME the redemptions in the order they committed. Going on from the last cursor neither misses nor repeats one.',
  },
  package: 'film.fcode',
  session: 'required',
  kind: 'read',
  request: {
    mix_id: text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_8ebc4e741689bbc1', maxLength: 128 }),
    partner_code: text({ zh: '渠道编码', en: 'Code of the partner' }, { example: 'xuexiqiangguo', maxLength: 128 }),
    operate_type: text(
      { zh: '操作类型(ALL-全量拉取,CONSUME-核销拉取)', en: 'What to export' },
      {
        example: 'ALL',
        values: {
          ALL: { zh: '全量拉取', en: 'every code' },
          CONSUME: { zh: '核销拉取', en: 'redemptions that stand' },
        },
      },
    ),
    params: optional(
      json({
        zh: '扩展参数：{"last_sequence":上一页的游标,"page_size":1至1000，默认100}，也接受 lastSequence、pageSize；不传则从头开始',
        en: 'Extension: {"last_sequence": cursor of the last page, "page_size": 1 to 1000, 100 unless given}; lastSequence and pageSize are taken too; absent means from the beginning',
      }),
    ),
  },
  response: {
    result: struct(
      'ResultGeneralModel',
      { zh: '系统自动生成', en: 'Wrapper of the answer' },
      {
        return_code: text(
          { zh: '返回码', en: 'Business code; 0 is success' },
          {
            example: '0',
            values: {
              '0': { zh: '成功', en: 'success' },
              '200404': {
                zh: '券码批次不存在或无权查看',
                en: 'no such batch, or its export is not granted to this user and partner',
              },
            },
          },
        ),
        return_message: text({ zh: '返回码文案说明', en: 'The code in words; empty on success' }),
        return_value: optional(
          struct(
            'FCodeExportResp',
            { zh: 'FCodeExportResp', en: 'The page; left out unless return_code is 0' },
            {
              basic: exportBasic,
              coupon_list: list(fCodeInfo, { zh: 'FCodeInfo', en: 'The codes of the page' }),
              has_next: bool({ zh: '是否存在下一页', en: 'Whether a further row exists now' }, { example: 'true' }),
              last_sequence: integer(
                { zh: '分页游标参数', en: 'Cursor after this page; hand it back in params' },
                { example: '1' },
              ),
              current_rows: integer({ zh: '当前返回数量', en: 'Rows in this page' }, { example: '100' }),
            },
          ),
        ),
      },
    ),
  },
});

export const filmContracts = [lotteryPerformanceConfigQuery, fcodeExportQuery] as const;
