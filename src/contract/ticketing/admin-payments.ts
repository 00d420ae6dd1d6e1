import { admin, cursor, next_cursor } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { integer, list, optional, struct, text } from '../schema.ts';
import { orderErrors, orderGet, orderList } from './admin-orders.ts';
import { DUE_RESULTS } from './pay.ts';

/** Why an administration method of payments refuses. */
const errors = {
  'isv.project-not-found': orderErrors['isv.project-not-found'],
  'isv.order-not-found': orderErrors['isv.order-not-found'],
  'isv.payment-not-found': {
    cause: { zh: '订单没有这笔支付', en: 'The order has no such payment' },
    remedy: {
      zh: '检查 pay_no；订单的支付见 piaoquan.ticketing.order.get 的 payments',
      en: 'Check pay_no; piaoquan.ticketing.order.get lists the payments of an order',
    },
  },
  'isv.payment-counts': {
    cause: { zh: '这笔支付已记入订单，不是待退的支付', en: 'The order is paid by this payment, which is not due' },
    remedy: {
      zh: '要退票用 piaoquan.ticketing.order.refund',
      en: 'Take tickets back by piaoquan.ticketing.order.refund',
    },
  },
  'isv.payment-is-refunded': {
    cause: {
      zh: '这笔支付已用另一个 refund_id 登记退还',
      en: 'The payment was given back under another refund_id',
    },
    remedy: {
      zh: '不要重复退款；登记见 piaoquan.ticketing.order.get 的 payments',
      en: 'Do not give it back twice; piaoquan.ticketing.order.get tells when and why it was',
    },
  },
  'isv.refund-conflict': {
    cause: {
      zh: 'refund_id 已用于另一笔支付，或原因不同',
      en: 'The refund_id was used with another payment or reason',
    },
    remedy: { zh: '每次退还使用新的 refund_id', en: 'Give each one a refund_id of its own' },
  },
} as const satisfies Record<string, MethodError>;

const { page_size } = orderList.request.properties;
const { order_id } = orderGet.request.properties;
const { pay_type_id, receive_time } = orderGet.response.properties.order.properties.payments.items.properties;
const pay_no = text(
  { zh: '支付流水号', en: 'Serial number of the payment' },
  { example: 'wx8923981200012', maxLength: 128 },
);
const project_id = integer({ zh: '项目ID', en: 'Project' }, { example: '90000001', minimum: 1 });
const money = (zh: string, en: string) => integer({ zh: `${zh},分`, en: `${en}, fen` }, { example: '122000' });

const due = struct(
  'TicketingPaymentDue',
  { zh: '待退的支付', en: 'A payment to give back' },
  {
    order_id,
    project_id,
    project_name: text({ zh: '项目名称', en: 'Name of the project' }, { example: '票券之夜' }),
    channel_id: integer({ zh: '渠道ID', en: 'Channel that reported it' }, { example: '1' }),
    pay_no,
    pay_money: money('待退金额', 'To give back'),
    pay_type_id,
    result_code: integer({ zh: '待退原因', en: 'Why it does not count' }, { example: '10244', values: DUE_RESULTS }),
    receive_time,
  },
);

/** Payments that must be given back and were not yet, of all projects. */
const paymentDueList = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.payment.due.list',
  title: { zh: '待退支付列表', en: 'List payments to give back' },
  purpose: {
    zh: '列出所有项目或一个项目中尚未退还的待退支付：订单取消或超时之后才到的，或重复的；最早收到的在前。',
    en: 'Lists the payments that came after their order was cancelled or lapsed, or twice, and were not given back yet, the earliest first.',
  },
  kind: 'read',
  request: {
    project_id: optional(integer({ zh: '项目ID', en: 'Only of this project' }, { example: '90000001', minimum: 1 })),
    cursor: cursor(),
    page_size,
  },
  response: {
    payments: list(due, { zh: '待退的支付', en: 'Payments to give back' }),
    next_cursor,
  },
});

/** Records that a payment was given back; it is no longer due. */
export const paymentRefund = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.payment.refund',
  title: { zh: '登记退还支付', en: 'Record that a payment was given back' },
  purpose: {
    zh: '登记一笔待退的支付已在支付渠道原路全额退还；每笔只登记一次，平台不打款。',
    en: 'Records that a payment which is due was given back whole in the payment system, once for each payment. No money is moved here.',
  },
  kind: 'write',
  request: {
    order_id,
    pay_no,
    refund_id: text(
      { zh: '退款流水号,幂等键', en: 'Number under which it was given back, the idempotency key' },
      { example: 'back-1', maxLength: 64 },
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '订单取消后到账', maxLength: 500 }),
  },
  response: { refund_money: money('退还金额', 'What was given back') },
});

/** The administration of payments that must be given back. */
export const adminPaymentContracts = [paymentDueList, paymentRefund] as const;
