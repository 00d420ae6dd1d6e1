import { admin, is_success, next_cursor, page_size } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { bool, date, integer, type Label, list, optional, struct, text, USER_ID_LENGTH } from '../schema.ts';
import { DUE_RESULTS } from './pay.ts';

/** Why an administration method of orders refuses. */
export const orderErrors = {
  'isv.project-not-found': {
    cause: { zh: '项目不存在', en: 'No such project' },
    remedy: { zh: '检查 project_id', en: 'Check project_id' },
  },
  'isv.order-not-found': {
    cause: { zh: '订单不存在', en: 'No such order' },
    remedy: { zh: '检查 order_id', en: 'Check order_id' },
  },
  'isv.order-is-paid': {
    cause: { zh: '订单已支付,不能取消', en: 'The order is paid and cannot be cancelled' },
    remedy: { zh: '使用退款', en: 'Refund it' },
  },
  'isv.order-not-paid': {
    cause: { zh: '订单未支付,没有票可退', en: 'The order is not paid and has no tickets to take back' },
    remedy: {
      zh: '待支付的订单用 piaoquan.ticketing.order.cancel 取消;已取消或超时的订单,若 refund_due 为 true,退还支付后用 piaoquan.ticketing.payment.refund 登记,否则无需处理',
      en: 'Cancel an order that waits for its payment. Of one that is closed nothing is left to do unless refund_due is true: then give the payment back and record it by piaoquan.ticketing.payment.refund',
    },
  },
  'isv.ticket-not-found': {
    cause: { zh: '订单没有这张票', en: 'The order has no such ticket' },
    remedy: { zh: '检查 ticket_code_ids', en: 'Check ticket_code_ids' },
  },
  'isv.ticket-is-used': {
    cause: { zh: '票已使用', en: 'A ticket has been used' },
    remedy: {
      zh: '只退未使用的票；误记的入场先用 piaoquan.ticketing.ticket.check.undo 撤销',
      en: 'Refund unused tickets only; undo an entry made by mistake by piaoquan.ticketing.ticket.check.undo first',
    },
  },
  'isv.package-stays-whole': {
    cause: { zh: '套票须整套退', en: 'The tickets of a package go together' },
    remedy: { zh: '列出该套票的全部票', en: 'Name all tickets of the package' },
  },
  'isv.nothing-to-refund': {
    cause: { zh: '票已退', en: 'The tickets are refunded already' },
    remedy: { zh: '查询订单', en: 'Look at the order' },
  },
  'isv.refund-conflict': {
    cause: { zh: 'refund_id 已用于其他退款', en: 'The refund_id was used for another refund' },
    remedy: { zh: '每次退款使用新的 refund_id', en: 'Give each refund a refund_id of its own' },
  },
} as const satisfies Record<string, MethodError>;

const order_id = text({ zh: '订单ID', en: 'Order id' }, { example: '2000000001', maxLength: 64 });
const number = (meaning: Label, example: string) => integer(meaning, { example });
const filter = (meaning: Label, maxLength: number) => optional(text(meaning, { maxLength }));
const STATUS = {
  '1': { zh: '待支付', en: 'waits for payment' },
  '2': { zh: '已支付', en: 'paid' },
  '3': { zh: '已取消', en: 'cancelled' },
  '4': { zh: '已超时', en: 'timed out' },
} as const;

const brief = {
  order_id,
  project_id: number({ zh: '项目ID', en: 'Project' }, '90000001'),
  channel_id: number({ zh: '渠道ID', en: 'Channel' }, '1'),
  shopping_cart_id: text({ zh: '购物车ID', en: 'Cart id' }, { example: '3213131' }),
  user_id: optional(
    text({ zh: '会员ID(手机号脱敏)', en: 'Member id; a phone number is masked' }, { example: '5775654' }),
  ),
  order_status: integer({ zh: '订单状态', en: 'State' }, { example: '1', values: STATUS }),
  goods_money: number({ zh: '优惠前金额,分', en: 'Before discounts, fen' }, '128000'),
  receivable_money: number({ zh: '应付金额,分', en: 'To pay, fen' }, '122000'),
  create_order_time: date({ zh: '下单时间', en: 'When it was made' }, { example: '2026-01-02 03:04:05' }),
  auto_cancel_order_time: date(
    { zh: '自动取消时间', en: 'Until when its stock was or is held' },
    { example: '2026-01-02 03:19:05' },
  ),
  pay_time: optional(date({ zh: '支付时间', en: 'When it was paid' })),
  close_time: optional(date({ zh: '关闭时间', en: 'When it was cancelled or timed out' })),
  refund_due: bool(
    { zh: '有待退的支付', en: 'Whether it has a payment that must be given back and was not yet' },
    { example: 'false' },
  ),
};

const orderBrief = struct('TicketingOrderBrief', { zh: '订单', en: 'An order' }, brief);

const line = struct(
  'TicketingOrderLine',
  { zh: '商品', en: 'What it took of a tier' },
  {
    line_no: number({ zh: '行号', en: 'Line' }, '1'),
    child_no: number({ zh: '子行号,0为商品本身', en: '0 as ordered, else a part of the package' }, '0'),
    event_id: number({ zh: '场次ID', en: 'Event' }, '90000011'),
    price_id: number({ zh: '票档ID', en: 'Tier' }, '90000101'),
    price_name: text({ zh: '票档名称', en: 'Name of the tier' }, { example: '内场' }),
    goods_count: number({ zh: '数量', en: 'How many' }, '1'),
    price: number({ zh: '单价,分', en: 'Price of one, fen' }, '128000'),
    money: number({ zh: '优惠后金额,分', en: 'After discounts, fen' }, '122000'),
  },
);

const ticket = struct(
  'TicketingTicket',
  { zh: '票', en: 'A ticket' },
  {
    ticket_code_id: text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001' }),
    line_no: number({ zh: '行号', en: 'Line' }, '1'),
    unit_no: number({ zh: '第几件', en: 'Which of the goods; a package shares one' }, '1'),
    event_id: number({ zh: '场次ID', en: 'Event' }, '90000011'),
    price_id: number({ zh: '票档ID', en: 'Tier' }, '90000101'),
    money: number({ zh: '金额,分', en: 'What a refund gives back, fen' }, '122000'),
    ticket_status: integer(
      { zh: '状态', en: 'State' },
      {
        example: '1',
        values: {
          '1': { zh: '未使用', en: 'unused' },
          '2': { zh: '已检票', en: 'used' },
          '4': { zh: '已退票', en: 'refunded' },
        },
      },
    ),
  },
);

const person = struct(
  'TicketingPerson',
  { zh: '人员(脱敏)', en: 'A person, masked' },
  {
    person_no: number(
      { zh: '0收货人,1订单观演人,其余为持票人', en: '0 receiver, 1 bearer of the order, else of a ticket' },
      '1',
    ),
    line_no: number({ zh: '行号', en: 'Line' }, '0'),
    ticket_index: number({ zh: '行内第几张票', en: 'Which ticket of the line' }, '0'),
    real_name: optional(text({ zh: '姓名', en: 'Name' }, { example: '张*' })),
    phone: optional(text({ zh: '手机号', en: 'Phone' }, { example: '138****5678' })),
    card_type: optional(number({ zh: '证件类型', en: 'Kind of document' }, '1')),
    card_no: optional(text({ zh: '证件号码', en: 'Document' }, { example: '110***********0011' })),
    bearer_id: optional(text({ zh: '观演人ID', en: 'Attendee id' }, { example: '653231' })),
    email: optional(text({ zh: '邮箱', en: 'E-mail' }, { example: 'z***@example.com' })),
    address_id: optional(text({ zh: '地址ID', en: 'Address id' })),
    remark: optional(text({ zh: '备注', en: 'Remark' })),
  },
);

const payment = struct(
  'TicketingPayment',
  { zh: '支付', en: 'A payment' },
  {
    pay_no: text({ zh: '支付流水号', en: 'Serial number' }, { example: 'wx8923981200012' }),
    pay_money: number({ zh: '金额,分', en: 'Fen' }, '122000'),
    pay_type_id: text({ zh: '支付方式', en: 'Payment type' }, { example: '1' }),
    result_code: integer(
      { zh: '结果:200已入账,其余须退款', en: '200 the order is paid by it, else it must be given back' },
      { example: '200', values: { '200': { zh: '已入账', en: 'the order is paid by it' }, ...DUE_RESULTS } },
    ),
    receive_time: date({ zh: '收到时间', en: 'When it was reported' }, { example: '2026-01-02 03:05:00' }),
    refund_id: optional(
      text({ zh: '退还的流水号', en: 'Number under which it was given back; absent while it is due' }),
    ),
    refund_reason: optional(text({ zh: '退还的原因', en: 'Why it was given back' })),
    refund_time: optional(date({ zh: '登记退还的时间', en: 'When that was recorded' })),
  },
);

const refund = struct(
  'TicketingRefund',
  { zh: '退款', en: 'A refund' },
  {
    refund_id: text({ zh: '退款流水号', en: 'Its number' }, { example: 'r-1' }),
    ticket_code_ids: list(text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001' }), {
      zh: '票',
      en: 'Tickets taken back',
    }),
    refund_money: number({ zh: '金额,分', en: 'Fen' }, '122000'),
    reason: text({ zh: '原因', en: 'Why' }, { example: '行程变更' }),
    refund_time: date({ zh: '退款时间', en: 'When' }, { example: '2026-01-03 10:00:00' }),
  },
);

/** Orders of a project, newest first. */
export const orderList = method({
  ...admin,
  errors: orderErrors,
  name: 'piaoquan.ticketing.order.list',
  title: { zh: '订单列表', en: 'List orders' },
  purpose: {
    zh: '分页列出项目的订单;可按姓名、手机号、手机号后四位、证件号查找,答复中不含这些信息',
    en: 'Lists the orders of a project, newest first. People are found by name, phone, its last four digits or document.',
  },
  kind: 'read',
  request: {
    project_id: integer({ zh: '项目ID', en: 'Project' }, { example: '90000001', minimum: 1 }),
    event_id: optional(integer({ zh: '场次ID', en: 'Only with this event' }, { minimum: 1 })),
    channel_id: optional(integer({ zh: '渠道ID', en: 'Only of this channel' }, { minimum: 1 })),
    order_status: optional(integer({ zh: '订单状态', en: 'Only in this state' }, { values: STATUS })),
    refund_due: optional(bool({ zh: '有待退的支付', en: 'Only with a payment that must be given back' })),
    user_id: filter({ zh: '会员ID', en: 'Only of this member' }, USER_ID_LENGTH),
    real_name: filter({ zh: '姓名', en: 'Whole name of a person' }, 64),
    phone: filter({ zh: '手机号', en: 'Phone of a person' }, 32),
    phone_tail: filter({ zh: '手机号后四位', en: 'Last four digits of the phone' }, 4),
    card_no: filter({ zh: '证件号码', en: 'Document of a person' }, 64),
    card_type: optional(integer({ zh: '证件类型,默认1', en: 'Its kind, 1 unless given' }, { minimum: 1, maximum: 5 })),
    cursor: filter({ zh: '上一页返回的 next_cursor', en: 'next_cursor of the page before' }, 64),
    page_size,
  },
  response: {
    orders: list(orderBrief, { zh: '订单', en: 'Orders' }),
    next_cursor,
  },
});

/** One order with all that belongs to it; people are masked. */
export const orderGet = method({
  ...admin,
  errors: orderErrors,
  name: 'piaoquan.ticketing.order.get',
  title: { zh: '订单详情', en: 'Get an order' },
  purpose: {
    zh: '订单及其商品、票、支付、退款;人员信息脱敏',
    en: 'Gives an order with goods, tickets, payments and refunds.',
  },
  kind: 'read',
  request: { order_id },
  response: {
    order: struct(
      'TicketingOrder',
      { zh: '订单', en: 'The order' },
      {
        ...brief,
        lines: list(line, { zh: '商品', en: 'Goods' }),
        tickets: list(ticket, { zh: '票', en: 'Tickets' }),
        persons: list(person, { zh: '人员', en: 'People' }),
        payments: list(payment, { zh: '支付', en: 'Payments' }),
        refunds: list(refund, { zh: '退款', en: 'Refunds' }),
      },
    ),
  },
});

/** Cancels an unpaid order and frees its stock. */
const orderCancel = method({
  ...admin,
  errors: orderErrors,
  name: 'piaoquan.ticketing.order.cancel',
  title: { zh: '取消订单', en: 'Cancel an order' },
  purpose: {
    zh: '取消未支付订单并释放库存;已关闭的订单同样返回成功',
    en: 'Closes an unpaid order and frees its stock; one that is closed already is left so.',
  },
  kind: 'write',
  request: { order_id },
  response: { is_success },
});

/** Takes tickets of a paid order back and frees their stock. */
export const orderRefund = method({
  ...admin,
  errors: orderErrors,
  name: 'piaoquan.ticketing.order.refund',
  title: { zh: '退款', en: 'Refund' },
  purpose: {
    zh: '退整单或指定的票,票作废,库存释放;套票须整套退,已使用的票不能退',
    en: 'Takes back all standing tickets of an order, or those named. They lose their validity and their stock is free.',
  },
  kind: 'write',
  request: {
    order_id,
    refund_id: text(
      { zh: '退款流水号,幂等键', en: 'Your own number of this refund, the idempotency key' },
      { example: 'r-1', maxLength: 64 },
    ),
    ticket_code_ids: optional(
      list(
        text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001', maxLength: 64 }),
        { zh: '要退的票,不填为整单', en: 'Which tickets; all when left out' },
        { minItems: 1 },
      ),
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '行程变更', maxLength: 500 }),
  },
  response: {
    refund_money: number({ zh: '应退金额,分', en: 'What to give back, fen' }, '122000'),
    ticket_code_ids: list(text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001' }), {
      zh: '已退的票',
      en: 'Tickets taken back',
    }),
  },
});

/** The administration of orders. */
export const adminOrderContracts = [orderList, orderGet, orderCancel, orderRefund] as const;
