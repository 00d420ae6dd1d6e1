import { adminRead, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';
import { orderGet, orderList } from './admin-orders.ts';

const errors = {
  'isv.project-not-found': {
    cause: { zh: '项目不存在', en: 'No such project' },
    remedy: { zh: '检查 project_id', en: 'Check project_id' },
  },
  'isv.order-not-found': {
    cause: { zh: '订单不存在', en: 'No such order' },
    remedy: { zh: '检查 order_id', en: 'Check order_id' },
  },
} as const;

const { order_status, refund_due, real_name, phone, phone_tail, card_no, card_type } = orderList.request.properties;
const project_id = integer({ zh: '项目ID', en: 'Project' }, { example: '90000001', minimum: 1 });

/** Orders of every project, by time, number or person. */
const orderSearch = method({
  ...adminRead,
  errors,
  name: 'piaoquan.ticketing.order.search',
  title: { zh: '搜索订单', en: 'Search orders' },
  purpose: {
    zh: '在所有项目或一个项目中按状态、下单时间、购物车ID、支付流水号、票ID或人员查找订单，最新在前；命中的人员脱敏返回。',
    en: 'Finds orders of all projects or of one by state, time, cart id, payment number, ticket id or person, newest first. The people found are shown masked.',
  },
  request: {
    project_id: optional(project_id),
    order_status,
    refund_due,
    start_time: optional(date({ zh: '下单时间起', en: 'Only made from this instant on' })),
    end_time: optional(date({ zh: '下单时间止（不含）', en: 'Only made before this instant' })),
    shopping_cart_id: optional(text({ zh: '购物车ID', en: 'Cart id' }, { maxLength: 64 })),
    pay_no: optional(text({ zh: '支付流水号', en: 'Serial number of a payment' }, { maxLength: 128 })),
    ticket_code_id: optional(text({ zh: '票ID', en: 'Id of a ticket of the order' }, { maxLength: 64 })),
    real_name,
    phone,
    phone_tail,
    card_no,
    card_type,
    cursor: cursor(100),
    page_size,
  },
  response: {
    orders: list(
      struct(
        'TicketingOrderFound',
        { zh: '订单', en: 'An order' },
        {
          ...orderList.response.properties.orders.items.properties,
          project_name: text({ zh: '项目名称', en: 'Name of the project' }, { example: '票券之夜' }),
          persons: optional(orderGet.response.properties.order.properties.persons),
        },
      ),
      { zh: '订单；按人员查找时 persons 为命中的人员', en: 'Orders; in a search for people, persons are those found' },
    ),
    next_cursor,
  },
});

const EVENTS = {
  CREATED: { zh: '下单，占用库存', en: 'made; it holds its stock' },
  PAID: { zh: '支付入账', en: 'paid' },
  PAY_DUE: { zh: '收到待退的支付', en: 'a payment came that must be given back' },
  PAY_REFUNDED: { zh: '待退的支付已退还', en: 'a payment was given back' },
  ISSUED: { zh: '出票', en: 'tickets were issued' },
  CANCELLED: { zh: '取消，释放库存', en: 'cancelled; its stock is free' },
  TIMED_OUT: { zh: '超时，释放库存', en: 'timed out; its stock is free' },
  REFUNDED: { zh: '退款，释放库存', en: 'tickets were refunded; their stock is free' },
  CHECKED: { zh: '检票入场', en: 'a ticket let in' },
  CHECK_UNDONE: { zh: '入场已撤销', en: 'an entry was undone' },
} as const;

/** What happened to an order, in order of time. */
export const orderHistory = method({
  ...adminRead,
  errors,
  name: 'piaoquan.ticketing.order.history',
  title: { zh: '订单经过', en: 'What happened to an order' },
  purpose: {
    zh: '订单从下单到支付、出票、退款、检票的经过，按时间先后。',
    en: 'What happened to an order, from its making to payments, tickets, refunds and entries, earliest first.',
  },
  request: { order_id: text({ zh: '订单ID', en: 'Order id' }, { example: '2000000001', maxLength: 64 }) },
  response: {
    events: list(
      struct(
        'TicketingOrderEvent',
        { zh: '事件', en: 'An event' },
        {
          time: date({ zh: '时间', en: 'When' }, { example: '2026-01-02 03:04:05' }),
          event: text({ zh: '事件', en: 'What happened' }, { example: 'PAID', values: EVENTS }),
          ref: optional(
            text({ zh: '相关编号：支付、退款流水号或票ID', en: 'Payment, refund or ticket that it is about' }),
          ),
          ticket_count: optional(integer({ zh: '票数', en: 'Tickets' }, { example: '1' })),
          money: optional(integer({ zh: '金额,分', en: 'Fen' }, { example: '122000' })),
          check_id: optional(text({ zh: '入场的验票流水号', en: 'check_id of the entry' })),
          is_undone: optional(bool({ zh: '入场是否已撤销', en: 'Whether the entry was undone since' })),
          note: optional(text({ zh: '说明：支付结果、原因、闸机', en: 'Result of the payment, reason, or gate' })),
        },
      ),
      { zh: '经过，最早在前', en: 'Earliest first; of entries the latest 200' },
    ),
  },
});

/** What channels may sell of a project. */
export const channelAuthorizeList = method({
  ...adminRead,
  errors,
  name: 'piaoquan.ticketing.channel.authorize.list',
  title: { zh: '渠道授权列表', en: 'List authorisations' },
  purpose: {
    zh: '一个项目的场次授权给了哪些渠道，及另行规定的票档。',
    en: 'Which channels may sell the events of a project, and the tiers that differ.',
  },
  request: {
    project_id,
    channel_id: optional(integer({ zh: '渠道ID', en: 'Only of this channel' }, { minimum: 1 })),
    cursor: cursor(100),
    page_size,
  },
  response: {
    authorizations: list(
      struct(
        'TicketingAuthorization',
        { zh: '授权', en: 'A channel and an event' },
        {
          event_id: integer({ zh: '场次ID', en: 'Event' }, { example: '90000011' }),
          channel_id: integer({ zh: '渠道ID', en: 'Channel' }, { example: '1' }),
          channel_name: text({ zh: '渠道名称', en: 'Name of the channel' }, { example: '演示渠道 1' }),
          authorized: bool({ zh: '是否授权场次', en: 'Whether it may sell the event' }, { example: 'true' }),
          price_list: list(
            struct(
              'TicketingPriceAuthorization',
              { zh: '票档授权', en: 'A tier' },
              {
                price_id: integer({ zh: '票档ID', en: 'Tier' }, { example: '90000103' }),
                authorized: bool({ zh: '是否授权', en: 'Whether it may sell the tier' }, { example: 'false' }),
              },
            ),
            { zh: '另行规定的票档', en: 'Tiers that differ from the event' },
          ),
        },
      ),
      { zh: '授权，按场次与渠道', en: 'By event and channel' },
    ),
    next_cursor,
  },
});

/** What the console reads of ticketing beside its administration. */
export const ticketingReadContracts = [orderSearch, orderHistory, channelAuthorizeList] as const;
