import { method } from '../method.ts';
import { bool, date, dateText, integer, json, list, optional, struct, text } from '../schema.ts';
import { exportParams } from './fcode-params.ts';

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
  outcome: { at: 'result.return_code', done: ['0'], message: 'result.return_message' },
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
      json(
        {
          zh: '扩展参数：{"last_sequence":上一页的游标,"page_size":1至1000，默认100,"reversals":是否同时返回撤销的核销，默认false}，也接受 lastSequence、pageSize，其他名称被拒绝；不传则从头开始。reversals 只随 CONSUME 使用：按提交先后另加被撤销核销的券码行，带撤销后的状态（code_status 不为 2 的行即撤销），其游标自 1000000000000000 起；两种用法的游标可以互换，都从同一提交位置继续',
          en: 'Extension: {"last_sequence": cursor of the last page, "page_size": 1 to 1000, 100 unless given, "reversals": whether reversed redemptions are told too, false unless given}; lastSequence and pageSize are taken too, other names are refused; absent means from the beginning. reversals goes with CONSUME alone: the codes of reversed redemptions come as further rows in the order of commit, with the state after it (a row whose code_status is not 2 is a reversal), and cursors begin at 1000000000000000; a cursor of either use goes on in the other from the same commit',
        },
        { jsonObject: { members: exportParams } },
      ),
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
        return_message: text({ zh: '返回码文案说明', en: 'The code in words; empty on success' }, { example: '' }),
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

const issuedCode = struct(
  'FCodeMerchantVo',
  { zh: '发出的券码', en: 'One issued code' },
  {
    gmt_expire: date({ zh: '券码过期时间', en: 'Expiry of the code' }, { example: '2018-06-09 08:07:48' }),
    gen_task_id: integer(
      { zh: '生成任务ID，没有则为0', en: 'Id of the job that last added codes to the batch, 0 if none did' },
      { example: '123' },
    ),
    cost_price: integer({ zh: '券码面值(单位:分)', en: 'Value that the code covers, in fen' }, { example: '123' }),
    code: text({ zh: '券码', en: 'The code in plain' }, { example: '123' }),
  },
);

/** An order of an external merchant. The page flags it optional as a whole, although some of its members must come. */
export const sendCodeRequest = struct(
  'FCodeMerchantSendCodeRq',
  { zh: '发码请求', en: 'What to issue' },
  {
    out_uid: optional(
      text({ zh: '外部用户ID', en: "The caller's own user id" }, { example: 'uid-333', maxLength: 128 }),
    ),
    each_num: integer(
      { zh: '每个用户的券码数量', en: 'Codes for each user' },
      { example: '1', minimum: 1, maximum: 1000 },
    ),
    mix_id: text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'a09da62085f10074', maxLength: 128 }),
    ext_order_id: text(
      {
        zh: '外部业务单号，同一应用内幂等；首次请求时即归属该批次，不能再用于其他批次',
        en: "The caller's number of this issue, one for an app; it belongs to the batch that it is first asked for",
      },
      { example: '123456789042', maxLength: 64 },
    ),
    number: integer(
      {
        zh: '券码总数；给出 user_id_list 时须等于 each_num × 用户数',
        en: 'Codes in total; with user_id_list it must be each_num × users',
      },
      { example: '1', minimum: 1, maximum: 1000 },
    ),
    order_time: optional(
      dateText({ zh: '外部下单时间', en: "Time of the caller's order" }, 'yyyy-MM-dd HH:mm:ss', {
        example: '2018-05-09 00:00:00',
      }),
    ),
    user_id_type: optional(
      text(
        { zh: '用户ID类型，默认TAOBAO', en: 'What user_id_list holds; TAOBAO unless given' },
        {
          example: 'TAOBAO',
          values: { TAOBAO: { zh: '用户ID', en: 'user ids' }, TAOBAO_NAME: { zh: '用户昵称', en: 'nicks' } },
        },
      ),
    ),
    partner_code: optional(
      text(
        {
          zh: '商家编码；不传则用户在该批次的任一授权都可',
          en: 'Code of the partner; without it any grant of the user will do',
        },
        { example: 'tfxenia', maxLength: 128 },
      ),
    ),
    out_user_name: optional(
      text({ zh: '外部用户昵称', en: "The caller's nickname of the user; not kept" }, { example: 'usernamexxxxx' }),
    ),
    feature: optional(text({ zh: '扩展属性', en: 'Attributes of the request; not kept' }, { example: 'suesu' })),
    user_id_list: optional(
      text(
        { zh: '用户ID列表，用竖线分隔，最多1000个', en: 'User ids joined by vertical bars, 1,000 at most' },
        { example: '3649052181', maxLength: 65_000, separator: '|' },
      ),
    ),
  },
);

/** Issues codes of a batch for an external merchant's order. */
export const lotterySendcode = method({
  name: 'taobao.film.lottery.sendcode',
  category: 'film',
  title: { zh: '淘票票外部直发券', en: 'Issue codes' },
  purpose: {
    zh: '外部商家按订单发出一个批次的券码：要么全部发出，要么一个不发；同一 ext_order_id 重复请求得到同样的券码。',
    en: 'Issues codes of a batch for an order of an external merchant: all of them or none. The same ext_order_id again gives the same codes.',
  },
  package: 'film.fcode',
  session: 'required',
  kind: 'write',
  outcome: { at: 'result.return_code', done: ['0'], message: 'result.return_message' },
  request: {
    param_f_code_merchant_send_code_request: optional(sendCodeRequest),
  },
  response: {
    result: struct(
      'ResultGeneralModel',
      { zh: '结果', en: 'Wrapper of the answer' },
      {
        return_url: optional(text({ zh: '未使用', en: 'Unused' }, { example: 'returnUrl' })),
        return_code: text(
          { zh: '返回码', en: 'Business code; 0 is success' },
          {
            example: '0',
            values: {
              '0': { zh: '成功', en: 'success' },
              '200400': { zh: '券码数量与用户列表不符', en: 'number, each_num and user_id_list contradict each other' },
              '200401': {
                zh: '缺少参数 param_f_code_merchant_send_code_request',
                en: 'param_f_code_merchant_send_code_request was left out',
              },
              '200404': {
                zh: '券码批次不存在或无权发放',
                en: 'no such batch, or the user (and partner) has no grant for it',
              },
              '200405': { zh: '券码批次已下架', en: 'the batch is off shelf' },
              '200406': { zh: '券码批次已过期', en: 'the batch has expired' },
              '200409': {
                zh: '该业务单号已用于其他内容',
                en: 'the ext_order_id was used with other content, or asked for in another batch',
              },
              '200410': { zh: '券码库存不足', en: 'the batch has not that many codes left; none was issued' },
            },
          },
        ),
        request_id: optional(
          text(
            { zh: '业务请求ID，即 ext_order_id', en: 'Business request id: the ext_order_id' },
            { example: 'requestId' },
          ),
        ),
        return_value: optional(
          struct(
            'FCodeMerchantSendCodeRp',
            { zh: '发码结果', en: 'What was issued; left out unless return_code is 0' },
            {
              f_code_merchant_info_list: list(issuedCode, {
                zh: '发出的券码；给出 user_id_list 时按其顺序，每人 each_num 个',
                en: 'The codes; with user_id_list in its order, each_num for each',
              }),
            },
          ),
        ),
        return_error_oper: optional(text({ zh: '未使用', en: 'Unused' })),
        return_error_solution: optional(text({ zh: '解决办法', en: 'What to do' })),
        return_message: text({ zh: '返回码文案说明', en: 'The code in words; empty on success' }, { example: '' }),
        return_error_stack_trace: optional(text({ zh: '未使用', en: 'Unused' })),
        success: bool({ zh: '是否成功', en: 'Whether return_code is 0' }, { example: 'true' }),
      },
    ),
  },
});

export const fcodeContracts = [fcodeExportQuery, lotterySendcode] as const;
