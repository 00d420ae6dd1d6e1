import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';
import { supplyCharge, thirdCycleVipStatus } from './charge.ts';

const circleInfo = struct(
  'PurchaseCircleInfoForOuterDTO',
  { zh: '圈选对象', en: 'The target group the user belongs to' },
  {
    circle_content: text(
      { zh: '圈选内容', en: 'What the user was found by; one of the contents that the circle accepts' },
      { example: 'ass', maxLength: 256 },
    ),
    circle_id: integer(
      { zh: '圈选标识id,由采销系统分配', en: 'Circle id, given by the purchasing system' },
      { example: '1' },
    ),
  },
  { example: '{}' },
);

const sendPlan = struct(
  'PurchaseSendPlanDTO',
  { zh: '出参对象', en: 'A plan that can be received now' },
  {
    name: text({ zh: '发放活动名称', en: 'Name of the plan' }, { example: '月卡' }),
    start_time: date(
      { zh: '活动开始时间', en: 'First instant of receiving, GMT+8' },
      { example: '2021-09-03 00:00:00' },
    ),
    end_time: date({ zh: '活动结束时间', en: 'Last second of receiving, GMT+8' }, { example: '2021-09-05 00:00:00' }),
    receive_rule: text(
      {
        zh: '领取规则；请求中带用户时另有 receivedCount（该用户已领取次数）和 receivedToday（有 dayLimit 时，当日已领取次数）',
        en: 'JSON text: countLimit is how often one user may receive, dayLimit how often on one day of GMT+8; without them there is no limit. For a user who is named also receivedCount, how often this user has received, and beside dayLimit receivedToday',
      },
      { example: '{"countLimit":1}' },
    ),
    purchase_item_info: text(
      {
        zh: '商品信息；请求中带用户时另有 receivedCount（该用户已领取该商品的次数）',
        en: 'JSON text, a list of items: consumeInventory units taken by one receive, id, itemConsumeInventory units received so far, itemTotalInventory units in all (left out: unlimited), name, weight of the draw. For a user who is named also receivedCount, how often this user has received the item',
      },
      {
        example:
          '[{"consumeInventory":1,"id":1,"itemConsumeInventory":8,"itemTotalInventory":10,"name":"爱奇艺月卡","weight":2},{"id":2,"name":"优酷月卡","weight":3}]',
      },
    ),
    id: integer({ zh: '活动id', en: 'Plan id' }, { example: '1' }),
  },
);

/** What the answer of send.plan.query may say, by ret_code; ret_msg is the same words in Chinese. */
export const SEND_PLAN_QUERY_RESULTS = {
  '0': { zh: '成功', en: 'success' },
  '1': {
    zh: '系统错误（文档示例；本平台的系统错误以 error_response 返回）',
    en: "system error (the page's sample; here such failures come as error_response)",
  },
  '1001': { zh: 'isv_id 不存在', en: 'isv_id is unknown' },
  '1002': { zh: '该 isv 没有此 circle_id', en: 'the partner has no such circle_id' },
} as const;

const partnersText = (zh: string, en: string, maxLength: number) => text({ zh, en }, { maxLength });

/**
 * What is read of isv_user_info_map. It is the partner's own map, so that other names are let pass; a slip of one of these
 * is refused, since a user or a key that is not read makes another receive of it.
 */
const userInfo = {
  members: {
    userId: partnersText('合作方的用户ID', "The partner's id of the user", 128),
    phone: partnersText('手机号', 'Phone of the user', 32),
    requestId: partnersText('请求ID，幂等', 'Key of the request, which makes repeats safe', 64),
  },
  open: true,
} as const;

/** The plans that users of a circle can receive now. */
const sendPlanQuery = method({
  name: 'alibaba.ai.content.business.send.plan.query',
  category: 'genie',
  title: { zh: '内容商业化发放权益查询', en: 'Benefit plans on offer' },
  purpose: {
    zh: '天猫精灵内容生态的权益查询',
    en: "Gives the plans of a partner's circle whose period holds the present time, with their live inventory.",
  },
  package: 'genie.content',
  session: 'none',
  kind: 'read',
  outcome: { at: 'ret_code', done: [0], message: 'ret_msg' },
  request: {
    param0: struct(
      'PurchaseForOuterDTO',
      { zh: '入参对象', en: 'Whose plans; the parameter is really named param0' },
      {
        isv_user_info_map: text(
          {
            zh: 'isv用户信息(userId和phone)；带用户时返回其已领取次数，{} 表示不指定用户',
            en: "JSON object text with the partner's userId, phone or both: the answer then tells what this user has received; {} names nobody",
          },
          { example: '{}', jsonObject: userInfo },
        ),
        circle_info: circleInfo,
        isv_id: integer(
          { zh: 'isvId,由采销系统分配', en: 'Partner id, given by the purchasing system' },
          { example: '1' },
        ),
      },
    ),
  },
  response: {
    ret_value: list(
      sendPlan,
      { zh: '出参对象', en: 'Plans in order of their id; empty when none fits' },
      { example: '{}' },
    ),
    ret_code: integer(
      { zh: '错误码', en: '0 for success' },
      {
        example: '0',
        values: SEND_PLAN_QUERY_RESULTS,
      },
    ),
    ret_msg: text({ zh: '错误信息', en: 'The same in words' }, { example: '成功' }),
  },
});

/** What the answer of send.plan.receive may say, by ret_code; ret_msg is the same words in Chinese. */
export const SEND_PLAN_RECEIVE_RESULTS = {
  '0': { zh: '成功', en: 'received' },
  '1000': {
    zh: '异常（文档示例；本平台的系统错误以 error_response 返回）',
    en: "fault (the page's sample; here such failures come as error_response)",
  },
  '1001': { zh: 'isv_id 不存在', en: 'isv_id is unknown' },
  '1002': { zh: '该 isv 没有此 circle_id', en: 'the partner has no such circle_id' },
  '1003': { zh: '该人群不接受此 circle_content', en: 'the circle does not accept this circle_content' },
  '1004': { zh: '该人群没有此发放计划', en: 'the circle has no plan of this send_plan_id' },
  '1005': { zh: '发放计划尚未开始', en: 'the plan has not begun' },
  '1006': { zh: '发放计划已结束', en: 'the plan has ended' },
  '1007': { zh: '发放计划已下架', en: 'the plan is off shelf' },
  '1008': { zh: '已达到该用户的领取次数上限', en: 'the user has received as often as countLimit allows' },
  '1009': { zh: '已达到该用户当日的领取次数上限', en: 'the user has received as often today as dayLimit allows' },
  '1010': { zh: '商品库存不足', en: 'no item has inventory left' },
  '1011': {
    zh: 'requestId 已用于其他用户或内容的领取',
    en: 'the requestId was used to receive for another user or content',
  },
  '1012': { zh: 'isv_user_info_map 中没有 userId 或 phone', en: 'isv_user_info_map has neither userId nor phone' },
} as const;

/** Receives a plan for a user of a partner. */
export const sendPlanReceive = method({
  name: 'alibaba.ai.content.business.send.plan.receive',
  category: 'genie',
  title: { zh: '天猫精灵商业化采销发放计划领取', en: 'Receive a benefit plan' },
  purpose: {
    zh: '领取查询到的发放计划：按权重抽取一个有库存的商品，扣减其库存。isv_user_info_map 中带 requestId 时可安全重试。',
    en: 'Receives a plan found by the query: draws one item by weight among those with inventory, and takes its units. Safe to repeat with the same requestId in isv_user_info_map; without one a repeat is a further receive, judged by countLimit.',
  },
  package: 'genie.content',
  session: 'none',
  kind: 'write',
  outcome: { at: 'ret_code', done: [0], message: 'ret_msg' },
  request: {
    param0: struct(
      'PurchaseForOuterDTO',
      { zh: '入参对象', en: 'Who receives what; the parameter is really named param0' },
      {
        isv_user_info_map: text(
          {
            zh: 'isv用户信息(userId和phone)；曾在同一请求中出现过的 userId 与 phone 视为同一人；带 requestId 可安全重试',
            en: "JSON object text: the partner's userId, phone or both. Those that were once given together are one person, for every limit; requestId (up to 64 characters) makes repeats safe",
          },
          { example: '{"userId":"u-1","requestId":"r-1"}', jsonObject: userInfo },
        ),
        circle_info: circleInfo,
        isv_id: integer(
          { zh: 'isvId,由采销系统分配', en: 'Partner id, given by the purchasing system' },
          { example: '1' },
        ),
        send_plan_id: integer({ zh: '活动id', en: 'Plan id, from the query' }, { example: '1' }),
      },
    ),
  },
  response: {
    ret_value: struct(
      'PurchaseReceiveReturnDTO',
      { zh: '出参对象', en: 'What was received' },
      {
        status: bool({ zh: '是否领取成功', en: 'Whether it was received' }, { example: 'true' }),
        start_time: optional(
          date({ zh: '权益开始时间', en: 'Start of what was received, GMT+8' }, { example: '2021-09-08 00:00:00' }),
        ),
        end_time: optional(
          date({ zh: '权益结束时间', en: 'End of what was received, GMT+8' }, { example: '2021-10-01 00:00:00' }),
        ),
        map: text(
          {
            zh: '其他信息',
            en: 'JSON text: receiptId, itemId, itemName and consumeInventory, the units taken; {} when nothing was received',
          },
          { example: '{"receiptId":1,"itemId":1,"itemName":"爱奇艺月卡","consumeInventory":1}' },
        ),
      },
    ),
    ret_code: integer({ zh: '错误码', en: '0 for success' }, { example: '0', values: SEND_PLAN_RECEIVE_RESULTS }),
    ret_msg: text({ zh: '错误信息', en: 'The same in words' }, { example: '成功' }),
  },
});

export const genieContracts = [sendPlanQuery, sendPlanReceive, supplyCharge, thirdCycleVipStatus] as const;
