import { benefitErrors } from './benefit-errors.ts';
import { activitySend } from './benefit-send.ts';
import { orderSubmit } from './damai-order.ts';
import { choices, explained } from './explain.ts';
import { sendCodeRequest } from './fcode.ts';
import { sendPlanReceive } from './genie.ts';
import { lotteryPerformance } from './lottery.ts';
import { method } from './method.ts';
import { integer, optional, struct, text, userIdText } from './schema.ts';

const common = { category: 'admin', package: 'piaoquan.admin', session: 'none', kind: 'read' } as const;

const caller_app_key = optional(
  text({ zh: '哪个应用的调用，默认调用方', en: 'Whose call; the caller unless given' }, { maxLength: 32 }),
);
const draw = lotteryPerformance.request.properties.lottery_performance_top_param.properties;

/** Why a user would, or would not, win in an activity now. */
export const drawExplain = method({
  ...common,
  name: 'piaoquan.lottery.draw.explain',
  title: { zh: '解释抽奖', en: 'Explain a draw' },
  purpose: {
    zh: '逐条说明用户此刻抽奖能否中奖及原因：渠道、上下架、时段与库存、每人与每日次数、奖品库存与概率；不改变任何数据。',
    en: 'Says rule by rule whether a user would win now and why: channel, shelf, segment and its stock, limits a user and day, prizes and odds. Nothing is changed.',
  },
  request: {
    spread_id: draw.spread_id,
    mix_user_id: draw.mix_user_id,
    platform: optional(
      integer({ zh: '渠道，默认活动所属渠道', en: "Channel; the activity's own unless given" }, { example: '8' }),
    ),
    out_biz_id: optional(
      text({ zh: '业务号，查是否已用过', en: 'Key of the call, to see whether it was used' }, { maxLength: 100 }),
    ),
    caller_app_key,
  },
  response: { ...explained, choices },
});

/** Why an order of codes would, or would not, be answered with codes now. */
export const sendExplain = method({
  ...common,
  name: 'piaoquan.voucher.send.explain',
  title: { zh: '解释发券', en: 'Explain an issue of codes' },
  purpose: {
    zh: '逐条说明 taobao.film.lottery.sendcode 的一个请求此刻能否发出券码及原因；不改变任何数据。',
    en: 'Says rule by rule whether a request of taobao.film.lottery.sendcode would get codes now and why. Nothing is changed.',
  },
  request: {
    user_id: integer({ zh: '会话所属用户', en: 'The user whose session calls' }, { example: '6100000', minimum: 1 }),
    param_f_code_merchant_send_code_request: sendCodeRequest,
    caller_app_key,
  },
  response: explained,
});

/** Why a user could, or could not, bind a code now. */
export const bindExplain = method({
  ...common,
  name: 'piaoquan.voucher.bind.explain',
  title: { zh: '解释绑定', en: 'Explain a binding' },
  purpose: {
    zh: '逐条说明用户此刻能否绑定券码及原因：错码锁定、券码状态、绑定时间、上下架、每人数量；不改变任何数据，也不计错码。',
    en: 'Says rule by rule whether a user could bind a code now and why: lock-out, state of the code, times, shelf, codes a user. Nothing is changed, and a wrong code is not counted.',
  },
  request: {
    mix_id: text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_open', maxLength: 128 }),
    user_id: userIdText({ zh: '用户ID', en: 'The user' }, { example: 'uid-333' }),
    code: optional(
      text(
        { zh: '券码，不填则只判断批次与用户', en: 'The code; without it batch and user are judged' },
        { maxLength: 64 },
      ),
    ),
    caller_app_key,
  },
  response: explained,
});

const order = orderSubmit.request.properties.grouped_submit_order_param.properties;

/** Why an order would, or would not, be made now. */
export const orderExplain = method({
  ...common,
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

/** Why a user would, or would not, receive a plan now. */
export const receiveExplain = method({
  ...common,
  name: 'piaoquan.sendplan.receive.explain',
  title: { zh: '解释领取', en: 'Explain a receive' },
  purpose: {
    zh: '逐条说明用户此刻能否领取发放计划及原因：合作方、人群、圈选内容、上下架、时间、次数、商品库存与概率；不改变任何数据。',
    en: 'Says rule by rule whether a user would receive a plan now and why: partner, circle, content, shelf, period, limits, items and odds. Nothing is changed.',
  },
  request: { param0: sendPlanReceive.request.properties.param0 },
  response: { ...explained, choices },
});

const send = activitySend.request.properties;

/** Why a benefit would, or would not, be sent in full now. */
export const benefitSendExplain = method({
  ...common,
  name: 'piaoquan.benefit.send.explain',
  title: { zh: '解释权益发放', en: 'Explain a send' },
  purpose: {
    zh: '逐条说明 benefit.activity.send 的一个请求此刻能否全部发出及原因：接收者、关联与详情、类型、时间、状态、频次、库存；不改变任何数据。',
    en: 'Says rule by rule whether a request of benefit.activity.send would be sent in full now and why: receiver, relation and detail, type, period, state, window limits, stock. Nothing is changed.',
  },
  request: {
    user_id: integer({ zh: '卖家用户id', en: 'User id of the seller' }, { example: '6100000', minimum: 1 }),
    send_request: send.send_request,
    receiver_id: send.receiver_id,
    nick: send.nick,
    plat_nick: send.plat_nick,
    mix_receiver_id: send.mix_receiver_id,
    ouid: send.ouid,
    uid: send.uid,
  },
  response: explained,
  errors: benefitErrors,
});

/** Every method that explains, in the order of the domains. */
export const adminExplainContracts = [
  drawExplain,
  sendExplain,
  bindExplain,
  orderExplain,
  receiveExplain,
  benefitSendExplain,
] as const;
