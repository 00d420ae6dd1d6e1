import { dateText, integer, list, optional, struct, text } from '../schema.ts';

const tierFields = {
  price_id: text({ zh: '票档ID', en: 'Price tier id' }, { example: '1280121' }),
  price_name: text({ zh: '票档名称', en: 'Name of the tier when it was ordered' }, { example: '180元' }),
  price: text({ zh: '票档单价,单位分', en: 'Price of one in fen when it was ordered' }, { example: '18000' }),
};

const cartGoodsVo = struct(
  'CartGoodsVo',
  { zh: '购物车商品', en: 'Goods of the order' },
  {
    event_id: text({ zh: '场次ID', en: 'Event id' }, { example: '1802131' }),
    ...tierFields,
    goods_count: integer({ zh: '数量', en: 'How many tickets, or packages' }, { example: '1', minimum: 1 }),
    child_list: optional(
      list(
        struct(
          'ChildCartGoodsVo',
          { zh: '套票子商品', en: 'What the packages hold of one tier' },
          {
            ...tierFields,
            goods_count: integer({ zh: '数量', en: 'How many tickets in all packages' }, { example: '1', minimum: 1 }),
          },
        ),
        { zh: '套票子商品列表', en: 'What is in a package; left out for a plain tier' },
      ),
    ),
  },
);

const eticketVo = struct(
  'EticketVo',
  { zh: '电子票', en: 'A ticket' },
  {
    ticket_code_id: text({ zh: '票ID', en: 'Ticket id, for eticket.qrcode' }, { example: '4111231001' }),
    event_id: text({ zh: '场次ID', en: 'Event id' }, { example: '731021112' }),
    price_id: text({ zh: '票档ID', en: 'Its price tier; in a package that of the child' }, { example: '1280121' }),
  },
);

/** What an order tells of itself; a repeated call gives the same, whatever happened to the order since. */
const cartFields = {
  shopping_cart_id: text({ zh: '购物车ID', en: 'Cart id' }, { example: '32138011' }),
  order_id: text({ zh: '订单ID', en: 'Order id' }, { example: '321897931110' }),
  cart_goods_list: list(cartGoodsVo, { zh: '商品列表', en: 'Goods in the order in which they were asked for' }),
  receivable_money: text({ zh: '应付金额,单位元', en: 'What to pay, in yuan' }, { example: '180' }),
  auto_cancel_order_time: dateText(
    { zh: '未支付订单自动取消时间', en: 'Until when the stock is held for payment, GMT+8' },
    'yyyy-MM-dd HH:mm:ss',
    { example: '2019-12-31 12:01:23' },
  ),
};

/** The order as order.submit answers it. */
export const shoppingCartVo = struct(
  'ShoppingCartVo',
  { zh: '购物车信息', en: 'The order; left out unless success is true' },
  cartFields,
);

/** The order as the pay callback answers it, with its tickets. */
export const paidCartVo = struct(
  'ShoppingCartVo',
  { zh: '购物车信息', en: 'The order with its tickets; left out unless success is true' },
  { ...cartFields, eticket_list: list(eticketVo, { zh: '电子票列表', en: 'Tickets issued by the payment' }) },
);
