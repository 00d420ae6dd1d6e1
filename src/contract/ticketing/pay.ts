import { method } from '../method.ts';
import { integer, optional, struct, text, userIdText } from '../schema.ts';
import { paidCartVo } from './cart.ts';
import { langType, RESULT_DATA, resultData, TOKEN_RESULTS, tokens } from './fields.ts';

/** Why a payment that was recorded does not count and must be given back, by result_code. */
export const DUE_RESULTS = {
  '10243': {
    zh: '订单已超时且库存已售出，此笔支付已记录，请退款',
    en: 'the order has timed out and its stock is gone; the payment is recorded and must be given back',
  },
  '10244': {
    zh: '订单已取消，此笔支付已记录，请退款',
    en: 'the order was cancelled; the payment is recorded and must be given back',
  },
  '10245': {
    zh: '订单已由另一笔支付付清，此笔支付已记录，请退款',
    en: 'another payment has paid the order; this one is recorded and must be given back',
  },
  '10246': {
    zh: '订单已超时，且该用户购票已达每人限购张数，此笔支付已记录，请退款',
    en: 'the order has timed out and the user has as many tickets as one may; the payment is recorded and must be given back',
  },
  '10247': {
    zh: '订单已超时，且证件已用于另一订单，此笔支付已记录，请退款',
    en: 'the order has timed out and its identity document was used for another order; the payment is recorded and must be given back',
  },
} as const;

/** What the answer of the pay callback may say, by result_code; result_msg fills in what stands in braces. */
export const PAY_RESULTS = {
  '200': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10220': { zh: '参数 {field} 缺失或不合法', en: '{field} is missing or has no valid value' },
  '10240': { zh: '订单不存在', en: 'no such order of this channel' },
  '10241': { zh: 'pay_money 不符，应为 {expected} 分', en: 'pay_money must be {expected} fen' },
  '10242': { zh: 'pay_no 已用于另一笔支付', en: 'pay_no was used for another payment' },
  ...DUE_RESULTS,
} as const;

const userToken = optional(
  text({ zh: '用户登录凭证', en: 'Login token of the user; not used' }, { example: '3213121', maxLength: 256 }),
);

/** The outside payment system reports that an order was paid: its stock is sold and its tickets are issued. */
export const payResultCallback = method({
  name: 'alibaba.damai.maizuo.openapi.trade.pay.result.callback',
  category: 'damai',
  title: { zh: '支付结果回调', en: 'Payment callback' },
  purpose: {
    zh: '外部支付系统通知订单支付结果,确认订单并出票',
    en: 'Reports the payment of an order, which confirms it and issues its tickets.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'write',
  outcome: RESULT_DATA,
  request: {
    pay_param: struct(
      'PayParam',
      { zh: '支付参数', en: 'What was paid for which order' },
      {
        user_id: optional(
          userIdText(
            { zh: '会员ID', en: "Member id; must be the order's when both give one" },
            { example: '989311211' },
          ),
        ),
        order_id: text(
          { zh: '订单ID', en: 'Order id' },
          { example: '2313113', ready: '1802131000000001', maxLength: 64 },
        ),
        pay_money: text({ zh: '支付金额,单位分', en: 'Amount paid in fen' }, { example: '18000', maxLength: 20 }),
        pay_type_id: text({ zh: '支付方式ID', en: 'Payment type id' }, { example: '32189101', maxLength: 64 }),
        user_account_pay_password: optional(
          text({ zh: '会员账户支付密码', en: 'Neither used nor kept' }, { example: 'jijjhia121', maxLength: 256 }),
        ),
        pay_no: optional(
          text(
            {
              zh: '支付流水号,幂等键',
              en: 'Serial number of the payment, its idempotency key; one for each order when left out',
            },
            { example: 'wx8923981200012', maxLength: 100 },
          ),
        ),
        pay_desc: optional(
          text({ zh: '支付描述', en: 'Description; not kept' }, { example: '支付宝支付', maxLength: 500 }),
        ),
        lang_type: langType,
        ...tokens,
        user_token: userToken,
      },
    ),
  },
  response: {
    result_data: resultData(PAY_RESULTS, '200', { shopping_cart_vo: optional(paidCartVo) }),
  },
});

/** What the answer of eticket.qrcode may say, by result_code. */
export const QRCODE_RESULTS = {
  '20': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10240': { zh: '订单不存在', en: 'no such order of this channel' },
  '10250': { zh: '票不存在', en: 'no such ticket of this event and channel' },
} as const;

/** States of a ticket as eticket.qrcode words them. */
export const TICKET_STATES = {
  '1': { zh: '未使用', en: 'unused' },
  '2': { zh: '已检票', en: 'checked' },
  '4': { zh: '已退票', en: 'refunded' },
  '6': { zh: '已失效', en: 'invalid' },
} as const;

/** The signed code of a ticket, which a gate can check without asking. */
export const eticketQrcode = method({
  name: 'alibaba.damai.maizuo.openapi.eticket.qrcode',
  category: 'damai',
  title: { zh: '票凭证API', en: 'Ticket code' },
  purpose: {
    zh: '获取入场凭证:带签名的二维码,闸机可离线验证',
    en: 'Gives the code of a ticket: signed text that a gate checks offline with the key of piaoquan.ticketing.gate.key.get.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'read',
  outcome: RESULT_DATA,
  request: {
    dynamic_q_r_code_param: struct(
      'DynamicQrCodeParam',
      { zh: '票凭证参数', en: 'Which ticket' },
      {
        order_id: optional(
          text(
            { zh: '订单ID', en: "The ticket's order" },
            { example: '1000101121', ready: '1802131000000002', maxLength: 64 },
          ),
        ),
        user_id: optional(
          integer({ zh: '会员ID', en: "Member id; must be the order's when both give one" }, { example: '200121001' }),
        ),
        event_id: text({ zh: '场次ID', en: "The ticket's event" }, { example: '731021112', maxLength: 64 }),
        ticket_code_id: text(
          { zh: '票ID', en: 'Ticket id, from the pay callback or piaoquan.ticketing.order.get' },
          { example: '4111231001', ready: '1802131000000001', maxLength: 64 },
        ),
        lang_type: langType,
        ...tokens,
        user_token: userToken,
      },
    ),
  },
  response: {
    result_data: resultData(QRCODE_RESULTS, '20', {
      dynamic_q_r_code_vo: optional(
        struct(
          'DynamicQrCodeVo',
          { zh: '票凭证', en: 'The code; left out unless success is true' },
          {
            dynamic_q_r_code: optional(
              text(
                { zh: '二维码文本', en: 'Text for the QR code; left out when the ticket lets nobody in any more' },
                { example: 'PQ1.eyJ0Ijo0MTExMjMxMDAxfQ.c2lnbmF0dXJl' },
              ),
            ),
            qr_code_type: integer(
              { zh: '二维码类型', en: 'Kind of code' },
              {
                example: '1',
                values: {
                  '1': { zh: '静态', en: 'static' },
                  '2': { zh: '动态', en: 'dynamic' },
                  '3': { zh: '兑换码', en: 'exchange code' },
                  '4': { zh: '身份证', en: 'identity card' },
                },
              },
            ),
            ticket_validate_state_desc: text(
              { zh: '票状态描述', en: 'State of the ticket in words' },
              { example: '未使用' },
            ),
          },
        ),
      ),
    }),
  },
});

/** The methods that follow an order. */
export const damaiPayContracts = [payResultCallback, eticketQrcode] as const;
