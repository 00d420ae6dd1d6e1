import { method } from './method.ts';
import { date, integer, list, struct, text } from './schema.ts';

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
    end_time: date({ zh: '活动结束时间', en: 'Last instant of receiving, GMT+8' }, { example: '2021-09-05 00:00:00' }),
    receive_rule: text(
      {
        zh: '领取规则',
        en: 'JSON text: countLimit is how often one user may receive; without it there is no limit',
      },
      { example: '{"countLimit":1}' },
    ),
    purchase_item_info: text(
      {
        zh: '商品信息',
        en: 'JSON text, a list of items: consumeInventory units taken by one receive, id, itemConsumeInventory units received so far, itemTotalInventory units in all (left out: unlimited), name, weight of the draw',
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

/** The plans that users of a circle can receive now. */
export const sendPlanQuery = method({
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
  request: {
    param0: struct(
      'PurchaseForOuterDTO',
      { zh: '入参对象', en: 'Whose plans; the parameter is really named param0' },
      {
        isv_user_info_map: text(
          { zh: 'isv用户信息(userId和phone)', en: "JSON object text with the partner's userId and phone; {} will do" },
          { example: '{}' },
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
        example: '1',
        values: SEND_PLAN_QUERY_RESULTS,
      },
    ),
    ret_msg: text({ zh: '错误信息', en: 'The same in words' }, { example: '系统错误' }),
  },
});

export const genieContracts = [sendPlanQuery] as const;
