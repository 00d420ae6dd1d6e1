import { method } from '../method.ts';
import { bool, integer, optional, struct, text, userIdText } from '../schema.ts';

/** What the answer of supply.charge may say, by ret_code; ret_msg is the same words in Chinese. */
export const CHARGE_RESULTS = {
  '0': { zh: '成功', en: 'charged' },
  '2001': { zh: 'biz_code 不存在或已停用', en: 'biz_code is unknown or closed' },
  '2002': { zh: '业务签名错误', en: 'the business signature is wrong' },
  '2003': {
    zh: 'timestamp 与服务器时间相差超过10分钟',
    en: 'timestamp is over ten minutes off the server, and the order_no has not charged this number yet',
  },
  '2004': {
    zh: 'encrypted_mobile 无法解密为手机号',
    en: 'encrypted_mobile does not decrypt to a phone number',
  },
  '2005': { zh: 'order_no 已用于其他手机号', en: 'order_no was used for another phone number' },
} as const;

/** Charges a membership to a phone number. */
export const supplyCharge = method({
  name: 'alibaba.ai.content.business.supply.charge',
  category: 'genie',
  title: { zh: '供销商品充值接口', en: 'Charge a membership' },
  purpose: {
    zh: '为手机号充值 biz_code 所售的会员周期。手机号以 biz_code 的 RSA 公钥加密（PKCS#1 v1.5，base64）。sign 为以 biz_code 密钥计算的 HMAC-SHA1（小写十六进制），原文为 biz_code=…&encrypted_mobile=…&order_no=…&timestamp=…（取值原样）。同一 order_no 只充值一次，重复请求（不论 timestamp 多久以前）返回首次结果。周期自会员首日起算：1月31日充值两个月，到3月31日。沙箱 biz_code 为 e3aa7fc68af1406b8ef41fe77c5abaee，密钥 sandbox-charge-secret。',
    en: "Charges the phone number with one cycle of the membership that the biz_code sells. The number comes encrypted with the biz_code's RSA public key (PKCS#1 v1.5, base64). sign is HMAC-SHA1 in small hexadecimal letters, keyed with the secret of the biz_code, over biz_code=…&encrypted_mobile=…&order_no=…&timestamp=… with the values as they are. An order_no charges once: repeated for the same number, however late, it gives the first answer. Cycles run from the first day of the membership: two months charged on 31 January end on 31 March. The sandbox's biz_code is e3aa7fc68af1406b8ef41fe77c5abaee with secret sandbox-charge-secret.",
  },
  package: 'genie.content',
  session: 'none',
  kind: 'write',
  outcome: { at: 'result.ret_code', done: ['0'], message: 'result.ret_msg' },
  request: {
    member_charge_request: struct(
      'MemberChargeRequest',
      { zh: '入参对象', en: 'The charge' },
      {
        encrypted_mobile: text(
          { zh: '加密手机号', en: 'The phone number (11 digits), RSA encrypted, in base64' },
          {
            example:
              'RCMm6JzxRDgeUmLfJV8196SkWOgIt7q+60kYgLDj96/eVPrU0k+yCxpP6pR8qP1TijajpSkqNWvNBnUi5lLByw8mD3L7mmPwCBqmTy9ZQIzT0Up3aV9lf2s7GwZLqXu7p6JBwScIkUvN/0cr/LLuaYoVj1T61HR9L9MPyKTVi6k=',
            maxLength: 1024,
          },
        ),
        order_no: text(
          { zh: '合作方订单号,唯一,不少于16位', en: "The partner's order number, 16 to 64 characters, unique" },
          { example: 'e3aa7fc68af1406b8ef41fe77c5abaeeabc10', maxLength: 64 },
        ),
        biz_code: text(
          { zh: '业务code,由平台分配', en: 'What is charged; given by the platform' },
          { example: 'e3aa7fc68af1406b8ef41fe77c5abaee', maxLength: 64 },
        ),
        sign: text(
          { zh: '业务签名', en: 'Signature of these fields, 40 hexadecimal digits' },
          {
            example: 'bca726f98ccde3c2f2fd48724c097196b9f4d318',
            ready: '3cf72d3806a5584d14dc788166eeb243a44b51a8',
            maxLength: 128,
          },
        ),
        timestamp: integer(
          { zh: '时间戳,毫秒', en: 'When it was signed, epoch milliseconds' },
          { example: '1641371120279' },
        ),
      },
    ),
  },
  response: {
    result: struct(
      'BizResult',
      { zh: '结果', en: 'Outcome' },
      {
        ret_value: bool({ zh: '是否充值成功', en: 'Whether it is charged' }, { example: 'true' }),
        ret_code: text({ zh: '返回码,0表示成功', en: '0 for success' }, { example: '0', values: CHARGE_RESULTS }),
        ret_msg: text({ zh: '返回信息', en: 'The same in words' }, { example: '成功' }),
      },
    ),
  },
});

/** What the answer of get.third.cycle.vip.status may say, by ret_code. */
export const VIP_STATUS_RESULTS = {
  '0': { zh: '成功', en: 'success' },
  '3001': { zh: 'source 没有此 perform_type 的会员', en: 'the source sells no membership of this perform_type' },
} as const;

/** Whether a membership that renews itself is running. */
export const thirdCycleVipStatus = method({
  name: 'alibaba.ai.content.business.get.third.cycle.vip.status',
  category: 'genie',
  title: { zh: '天猫精灵商业化获取三方连续包会员状态', en: 'State of a self-renewing membership' },
  purpose: {
    zh: '查询用户在该来源的连续包会员是否在续费中：会员周期未结束且未取消续费。用户以充值的手机号标识。',
    en: "Tells whether a user's self-renewing membership of a source is running: its period holds now and it was not cancelled. The user is the phone number that was charged.",
  },
  package: 'genie.content',
  session: 'none',
  kind: 'read',
  outcome: { at: 'ret_code', done: [0], message: 'ret_msg' },
  request: {
    get_third_vip_status_request: struct(
      'VipCycleThirdVipStatusRequest',
      { zh: '入参对象', en: 'Whose membership' },
      {
        third_user_id: userIdText(
          { zh: '三方用户id', en: "The source's user: the phone number charged" },
          { example: '13812345678' },
        ),
        perform_type: integer(
          { zh: '履约类型', en: 'Length of the contract' },
          {
            example: '1',
            values: {
              '1': { zh: '连续包月', en: 'monthly' },
              '2': { zh: '连续包季', en: 'quarterly' },
              '3': { zh: '连续包年', en: 'yearly' },
            },
          },
        ),
        source: text({ zh: '三方来源', en: 'Whose membership it is' }, { example: 'youku', maxLength: 64 }),
      },
    ),
  },
  response: {
    ret_value: bool({ zh: 'true续费中,false未续费', en: 'true: renewing, false: not' }, { example: 'true' }),
    ret_code: integer({ zh: '返回码', en: '0 for success' }, { example: '0', values: VIP_STATUS_RESULTS }),
    ret_msg: text({ zh: '返回信息', en: 'The same in words' }, { example: '成功' }),
    error_level: optional(text({ zh: '错误级别', en: 'WARN beside a ret_code other than 0' }, { example: 'WARN' })),
  },
});
