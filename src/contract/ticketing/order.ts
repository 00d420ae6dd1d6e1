import { method } from '../method.ts';
import { bool, integer, list, optional, struct, text, userIdText } from '../schema.ts';
import { shoppingCartVo } from './cart.ts';
import { langType, RESULT_DATA, resultData, TOKEN_RESULTS, tokens } from './fields.ts';

/** What the answer of order.submit may say, by result_code; result_msg fills in what stands in braces. */
export const ORDER_SUBMIT_RESULTS = {
  '20': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10220': { zh: '参数 {field} 缺失或不合法', en: '{field} is missing or has no valid value' },
  '10221': { zh: '场次 {event_id} 不存在或已下架', en: 'no such event on offer: {event_id}' },
  '10222': { zh: '场次 {event_id} 没有票档 {price_id}', en: 'event {event_id} has no tier {price_id}' },
  '10223': { zh: '票档 {price_id} 没有商品 {goods_id}', en: 'tier {price_id} has no goods {goods_id}' },
  '10224': { zh: '渠道未获票档 {price_id} 的授权', en: 'the channel may not sell tier {price_id}' },
  '10225': { zh: '场次 {event_id} 尚未开售', en: 'event {event_id} is not yet on sale' },
  '10226': { zh: '场次 {event_id} 已停售', en: 'the sale of event {event_id} is over' },
  '10227': { zh: '票档 {price_id} 只随套票出售', en: 'tier {price_id} is sold in packages only' },
  '10228': { zh: '套票 {price_id} 的 child_list 与其组成不符', en: 'child_list is not what package {price_id} holds' },
  '10229': { zh: '一个订单只能含一个项目的场次', en: 'an order may hold events of one project only' },
  '10230': { zh: 'receivable_money 不符，应为 {expected} 元', en: 'receivable_money must be {expected} yuan' },
  '10231': { zh: '票档 {price_id} 库存不足，剩余 {left}', en: 'tier {price_id} has {left} left' },
  '10232': { zh: '场次 {event_id} 每单限购 {limit} 张', en: 'event {event_id} allows {limit} tickets an order' },
  '10233': {
    zh: '场次 {event_id} 该用户还可购 {left} 张',
    en: 'this user may buy {left} more tickets of event {event_id}',
  },
  '10234': {
    zh: '证件不齐：{field} 应有 {needed} 个证件，场次要求{rule}',
    en: 'identity documents wanted in {field}: {needed}; the event wants {rule}',
  },
  '10235': { zh: '证件已用于场次 {event_id}', en: 'an identity document was used for event {event_id} before' },
  '10236': {
    zh: 'shopping_cart_id 已用于另一内容的订单',
    en: 'shopping_cart_id was used for an order with other content',
  },
  '10237': { zh: '证件号码不合法：{field}，{why}', en: '{field} is no valid document: {why}' },
} as const;

const CARD_TYPES = {
  '1': { zh: '身份证', en: 'identity card' },
  '2': { zh: '护照', en: 'passport' },
  '3': { zh: '港澳通行证', en: 'Hong Kong and Macao permit' },
  '4': { zh: '台湾通行证', en: 'Taiwan permit' },
  '5': { zh: '军官证', en: 'military identity card' },
} as const;

const bearer = {
  bearer_id: optional(
    text(
      { zh: '观演人ID', en: 'Attendee id of the caller; stands for the document when card_no is left out' },
      { example: '653231', maxLength: 64 },
    ),
  ),
  real_name: optional(text({ zh: '姓名', en: 'Name' }, { example: '张三', maxLength: 64 })),
  card_type: optional(
    integer({ zh: '证件类型', en: 'Kind of document; 1 when left out' }, { example: '1', values: CARD_TYPES }),
  ),
  card_no: optional(
    text(
      {
        zh: '证件号码,身份证须为18位且校验码正确',
        en: 'Number of the document; of an identity card 18 digits whose check digit fits',
      },
      { example: '110101199003070011', maxLength: 64 },
    ),
  ),
  phone: optional(text({ zh: '手机号', en: 'Phone number' }, { example: '13800005678', maxLength: 32 })),
};

const receive = struct(
  'OrderReceiveParam',
  { zh: '收货信息', en: 'Who receives the order, and how' },
  {
    receive_type: optional(
      integer(
        { zh: '取票方式', en: '0 undecided, 1 pick-up, 2 on site, 3 delivery, 4 Damai delivery' },
        { example: '0' },
      ),
    ),
    ticket_type: optional(
      integer({ zh: '票类型', en: '0 undecided, 1 paper … 8 paperless, as in the cart calls' }, { example: '0' }),
    ),
    address_id: optional(text({ zh: '地址ID', en: 'Address id' }, { example: '523523', maxLength: 64 })),
    receive_name: optional(text({ zh: '收货人', en: 'Name of the receiver' }, { example: '赢川', maxLength: 64 })),
    receive_email: optional(text({ zh: '邮箱', en: 'E-mail' }, { maxLength: 128 })),
    receive_phone: optional(
      text({ zh: '收货人手机号', en: 'Phone of the receiver' }, { example: '13800005678', maxLength: 32 }),
    ),
  },
);

const childGoods = struct(
  'ChildGroupedShoppingCartGoodsParam',
  { zh: '组合后的子票档', en: 'What one package holds of a tier' },
  {
    price_id: optional(text({ zh: '票档ID', en: 'Tier id' }, { example: '432131', maxLength: 64 })),
    goods_id: optional(
      text({ zh: '商品ID', en: 'Goods id: the tier id' }, { example: '421311', ready: '432131', maxLength: 64 }),
    ),
    goods_count: optional(integer({ zh: '数量,默认1', en: 'Count in one package; 1 when left out' }, { example: '1' })),
  },
);

const goods = struct(
  'GroupedShoppingCartGoodsParam',
  { zh: '组合后的商品', en: 'Tickets of one tier, or packages' },
  {
    event_id: optional(text({ zh: '场次ID', en: 'Event id; needed' }, { example: '1802131', maxLength: 64 })),
    price_id: optional(text({ zh: '票档ID', en: 'Price tier id; needed' }, { example: '1280121', maxLength: 64 })),
    goods_id: optional(
      text(
        { zh: '商品ID', en: 'Goods id; tickets have no numbered seats here, so leave it out or give the tier id' },
        { example: '809921', ready: '1280121', maxLength: 64 },
      ),
    ),
    goods_count: optional(integer({ zh: '数量', en: 'How many, 1 to 1000; needed' }, { example: '1' })),
    coupon_group_id: optional(
      text({ zh: '套票组ID', en: 'Package group id; makes no difference' }, { example: '231213', maxLength: 64 }),
    ),
    child_list: optional(
      list(childGoods, {
        zh: '组合后的子票档列表',
        en: 'What one package holds; may be left out, else it must be what it is',
      }),
    ),
    bearer_list: optional(
      list(struct('OrderBearerParam', { zh: '观演人', en: 'Who uses a ticket' }, bearer), {
        zh: '观演人列表,一票一证时每张票一个',
        en: 'One attendee for each ticket, those of a package package by package in order of tier ids; needed when event_limit_type is 2',
      }),
    ),
  },
);

/** Creates an order and holds its stock until it is paid, cancelled or times out. */
export const orderSubmit = method({
  name: 'alibaba.damai.maizuo.openapi.order.submit',
  category: 'damai',
  title: { zh: '订单创建API', en: 'Submit an order' },
  purpose: {
    zh: '创建订单并锁定库存,默认15分钟;全部成功或全部失败',
    en: 'Creates an order and holds all its stock, or none, for 15 minutes unless the organiser set another time.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'write',
  outcome: RESULT_DATA,
  request: {
    grouped_submit_order_param: struct(
      'SubmitOrderParam',
      { zh: '入参', en: 'What to order, for whom' },
      {
        cart_goods_param_list: optional(
          list(goods, { zh: '商品列表', en: 'Goods of one project, 1 to 100 entries; needed' }),
        ),
        order_bearer_param: optional(
          struct(
            'OrderBearerParam',
            { zh: '订单观演人,一单一证时必填', en: 'Attendee of the order; needed when event_limit_type is 1' },
            bearer,
          ),
        ),
        receivable_money: optional(
          text(
            {
              zh: '应付金额,单位元,不一致则提交失败',
              en: 'What the caller expects to pay in yuan, after discounts; another sum is refused. Not compared when left out',
            },
            { example: '180', maxLength: 20 },
          ),
        ),
        remark: optional(text({ zh: '备注', en: 'Remark' }, { example: '金牌', maxLength: 500 })),
        shopping_cart_id: optional(
          text(
            {
              zh: '购物车ID,幂等键',
              en: 'Cart id, the idempotency key of the channel in the project: the same cart gives the same order. Made at random when left out, so that every call is a new order',
            },
            { example: '3213131', maxLength: 64 },
          ),
        ),
        user_id: optional(
          userIdText(
            { zh: '会员ID', en: 'Member id; needed where users may buy so many only' },
            { example: '5775654' },
          ),
        ),
        quick_buy: optional(
          bool(
            { zh: '是否立即购买', en: 'Quick purchase; taken either way, since there is no cart' },
            { example: 'false' },
          ),
        ),
        order_receive_param: optional(receive),
        lang_type: langType,
        ...tokens,
        user_token: optional(text({ zh: '用户登录凭证', en: 'Login token of the user; not used' }, { maxLength: 256 })),
      },
    ),
  },
  response: {
    result_data: resultData(ORDER_SUBMIT_RESULTS, '20', { shopping_cart_vo: optional(shoppingCartVo) }),
  },
});

/** The method that makes orders. */
export const damaiOrderContracts = [orderSubmit] as const;
