import { adminRead } from '../common.ts';
import { explained } from '../explain.ts';
import { method } from '../method.ts';
import { integer, struct } from '../schema.ts';
import { orderSubmit } from './order.ts';

const order = orderSubmit.request.properties.grouped_submit_order_param.properties;

/** Why an order would, or would not, be made now. */
export const orderExplain = method({
  ...adminRead,
  name: 'piaoquan.ticketing.order.explain',
  title: { zh: '解释下单', en: 'Explain an order' },
  purpose: {
    zh: '逐条说明 order.submit 的一个订单此刻能否提交及原因：场次、票档、授权、开售时间、套票、限购、证件、金额、库存；不改变任何数据。',
    en: 'Says rule by rule whether order.submit would take an order now and why: event, tier, authorisation, times of the sale, packages, limits, documents, price, stock. Nothing is changed.',
  },
  request: {
    channel_id: integer({ zh: '渠道ID', en: 'The channel that sells' }, { example: '1', minimum: 1 }),
    order_param: struct(
      'TicketingOrderExplainParam',
      { zh: '订单，同 order.submit', en: 'The order, as order.submit takes it' },
      {
        cart_goods_param_list: order.cart_goods_param_list,
        order_bearer_param: order.order_bearer_param,
        receivable_money: order.receivable_money,
        remark: order.remark,
        shopping_cart_id: order.shopping_cart_id,
        user_id: order.user_id,
        quick_buy: order.quick_buy,
        order_receive_param: order.order_receive_param,
      },
    ),
  },
  response: explained,
});
