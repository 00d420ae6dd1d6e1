import { admin, cursor, is_success, MOST, next_cursor, page_size } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { date, integer, list, optional, setting, struct, text, userIdText } from '../schema.ts';
import { adminChargeContracts } from './admin-charges.ts';

/** Why an administration method of the send plans refuses. */
const errors = {
  'isv.circle-not-found': {
    cause: { zh: '该 isv 没有此 circle_id', en: 'The partner has no such circle' },
    remedy: { zh: '先保存人群', en: 'Save the circle first' },
  },
  'isv.plan-not-found': {
    cause: { zh: '发放计划不存在', en: 'No plan bears this id' },
    remedy: { zh: '检查计划id', en: 'Check the id' },
  },
  'isv.plan-over': {
    cause: { zh: '计划的 end_time 已过', en: 'The end_time is over already' },
    remedy: {
      zh: '检查 end_time；已结束的计划请保持原样',
      en: 'Check it; leave the end of a plan that is over as it is',
    },
  },
  'isv.plan-of-other-circle': {
    cause: { zh: '该计划属于其他人群', en: 'The plan belongs to another circle' },
    remedy: { zh: '计划不能更换人群，请另建计划', en: 'A plan keeps its circle; save a new plan' },
  },
  'isv.item-not-found': {
    cause: { zh: '该计划没有此商品', en: 'The plan has no such item' },
    remedy: { zh: '检查商品id', en: 'Check the item id' },
  },
  'isv.stock-out-of-range': {
    cause: {
      zh: '库存总数不能低于已消耗数、高于十亿；不限量商品没有总数，有总数的商品不能改为不限量',
      en: 'A total must be between what is consumed and 1,000,000,000; an unlimited item has none, and one with a total keeps one',
    },
    remedy: { zh: '检查数量', en: 'Check the number' },
  },
  'isv.adjust-conflict': {
    cause: { zh: 'adjust_id 已用于其他调整', en: 'The adjust_id was used for another change' },
    remedy: { zh: '每次调整使用新的 adjust_id', en: 'Give each change an adjust_id of its own' },
  },
} as const satisfies Record<string, MethodError>;

const isv_id = integer({ zh: 'isvId', en: 'Partner id' }, { example: '1', minimum: 1 });
const circle_id = integer({ zh: '人群id', en: 'Circle id' }, { example: '1', minimum: 1 });
const plan_id = integer({ zh: '计划id', en: 'Plan id' }, { example: '2', minimum: 1 });
const status = integer(
  { zh: '状态', en: 'State' },
  { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
);
const item = struct(
  'SendPlanItem',
  { zh: '商品', en: 'What the plan gives' },
  {
    id: integer({ zh: '商品id', en: 'Item id within the plan' }, { example: '1', minimum: 1 }),
    name: text({ zh: '名称', en: 'Name' }, { example: '爱奇艺月卡', maxLength: 200 }),
    weight: integer(
      { zh: '抽取权重,0为不再发放', en: 'Weight of the draw; 0 is never drawn' },
      { example: '2', minimum: 0, maximum: 1_000_000 },
    ),
    consume_inventory: setting(
      integer({ zh: '每次领取消耗数', en: 'Units of one receive; 1 by default' }, { minimum: 1, maximum: 1_000_000 }),
    ),
    total_inventory: setting(
      integer(
        {
          zh: '总库存；新商品不填为不限量，已有商品不能改为不限量',
          en: 'Units in all; a new item without it is unlimited, and one that has it stays limited',
        },
        { example: '10', minimum: 0, maximum: MOST },
      ),
    ),
    consumed_inventory: optional(
      integer({ zh: '已消耗数(只读)', en: 'Units received so far; not for saving' }, { minimum: 0 }),
    ),
    valid_days: setting(
      integer(
        {
          zh: '领取后有效天数,没有则至计划结束',
          en: 'Days that it holds from the receive on; else until the plan ends',
        },
        { minimum: 1, maximum: 3660 },
      ),
    ),
  },
);

const planFields = {
  id: integer({ zh: '计划id', en: 'Plan id' }, { example: '9001', minimum: 1 }),
  isv_id,
  circle_id,
  name: text({ zh: '名称', en: 'Name' }, { example: '月卡', maxLength: 200 }),
  start_time: date({ zh: '开始时间', en: 'First instant of receiving' }, { example: '2026-01-01 00:00:00' }),
  end_time: date({ zh: '结束时间', en: 'Last instant of receiving' }, { example: '2036-12-31 23:59:59' }),
  count_limit: setting(
    integer({ zh: '每人次数', en: 'Receives a user; without it no limit' }, { minimum: 1, maximum: MOST }),
  ),
  day_limit: setting(
    integer({ zh: '每人每日次数', en: 'Receives a user and day of GMT+8' }, { minimum: 1, maximum: MOST }),
  ),
  items: list(
    item,
    { zh: '商品', en: 'The items; those not named stay as they are' },
    { maxItems: 100, unique: ['id'] },
  ),
};
const savedPlan = struct('SendPlan', { zh: '发放计划', en: 'The plan' }, { ...planFields, status });

const circleSave = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.circle.save',
  title: { zh: '保存人群', en: 'Save a circle' },
  purpose: {
    zh: '新建或修改合作方与其人群。',
    en: 'Creates or changes a partner and one of its circles.',
  },
  kind: 'write',
  request: {
    circle: struct(
      'SendPlanCircle',
      { zh: '人群', en: 'The circle' },
      {
        isv_id,
        isv_name: text({ zh: '合作方名称', en: "The partner's name" }, { example: '内容方', maxLength: 100 }),
        circle_id: integer({ zh: '人群id', en: 'Circle id' }, { example: '9', minimum: 1 }),
        circle_name: text({ zh: '人群名称', en: 'Name of the circle' }, { example: '人群', maxLength: 100 }),
        circle_contents: setting(
          list(
            text({ zh: '圈选内容', en: 'A content' }, { maxLength: 256 }),
            { zh: '接受的内容,没有则为任意', en: 'The contents it accepts; without any all' },
            { maxItems: 200, unique: true },
          ),
        ),
      },
    ),
  },
  response: { is_success },
});

/** Creates or changes a plan with its items. */
export const planSave = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.plan.save',
  title: { zh: '保存发放计划', en: 'Save a plan' },
  purpose: {
    zh: '新建（即上架）或修改计划及其商品。改变总库存会记入台账。',
    en: 'Creates a plan, on shelf, or changes it, with its items. A changed total is written to the ledger.',
  },
  kind: 'write',
  request: { plan: struct('SendPlanSave', { zh: '发放计划', en: 'The plan' }, planFields) },
  response: { plan: savedPlan },
});

const planGet = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.plan.get',
  title: { zh: '查询发放计划', en: 'Get a plan' },
  purpose: { zh: '一个计划及其商品的当前库存。', en: 'One plan with the present inventory of its items.' },
  kind: 'read',
  request: { id: plan_id },
  response: { plan: savedPlan },
});

const planList = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.plan.list',
  title: { zh: '发放计划列表', en: 'List plans' },
  purpose: { zh: '按计划id翻页列出计划。', en: 'Plans in order of their id, by pages.' },
  kind: 'read',
  request: {
    isv_id: optional(isv_id),
    circle_id: optional(circle_id),
    status: optional(status),
    cursor: cursor(64),
    page_size,
  },
  response: { plans: list(savedPlan, { zh: '计划', en: 'The plans' }), next_cursor },
});

const planStatusUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.plan.status.update',
  title: { zh: '上下架发放计划', en: 'Put a plan on or off shelf' },
  purpose: { zh: '下架的计划查询不到，也不能领取。', en: 'A plan off shelf is neither listed nor received.' },
  kind: 'write',
  request: { id: plan_id, status },
  response: { is_success },
});

const itemStockAdjust = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.item.stock.adjust',
  title: { zh: '调整商品库存', en: 'Adjust the stock of an item' },
  purpose: {
    zh: '增减商品的总库存，连同原因记入台账。同一 adjust_id 只生效一次。',
    en: "Adds to an item's total or takes from it, with the reason in the ledger. An adjust_id counts once.",
  },
  kind: 'write',
  request: {
    id: plan_id,
    item_id: integer({ zh: '商品id', en: 'Item id' }, { example: '1', minimum: 1 }),
    delta: integer(
      { zh: '增减数', en: 'Units to add; negative to take' },
      { example: '1', minimum: -MOST, maximum: MOST },
    ),
    adjust_id: text(
      {
        zh: '调整单号，在商品内唯一，不分应用：相同内容重复提交只生效一次，内容不同则拒绝',
        en: 'Number of this change, one for its item whichever app calls: the same change sent again counts once, another is refused',
      },
      { example: 'a1', maxLength: 64 },
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '补货', maxLength: 200 }),
  },
  response: { total_inventory: integer({ zh: '现总库存', en: 'The total now' }, { example: '11' }) },
});

const receiptList = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.receipt.list',
  title: { zh: '领取记录', en: 'List receipts' },
  purpose: {
    zh: '一个计划的领取记录，最新的在前，手机号脱敏；可按用户查找。',
    en: 'What was received of a plan, newest first, phone numbers masked; of one user when named.',
  },
  kind: 'read',
  request: {
    plan_id,
    user_id: optional(userIdText({ zh: '用户 userId', en: "The partner's userId" })),
    phone: optional(text({ zh: '手机号(未带userId的用户)', en: 'Phone of a user without userId' }, { maxLength: 32 })),
    cursor: cursor(64),
    page_size,
  },
  response: {
    receipts: list(
      struct(
        'SendPlanReceipt',
        { zh: '领取记录', en: 'One receive' },
        {
          receipt_id: integer({ zh: '记录id', en: 'Receipt id' }, { example: '1' }),
          user_id: optional(text({ zh: '用户 userId', en: "The partner's userId; masked when it is a phone number" })),
          phone: optional(text({ zh: '手机号(脱敏)', en: 'Phone, masked' }, { example: '138****5678' })),
          request_id: optional(text({ zh: '请求号', en: "The partner's requestId" })),
          item_id: integer({ zh: '商品id', en: 'Item id' }, { example: '1' }),
          item_name: text({ zh: '商品名称', en: 'Name of the item then' }, { example: '爱奇艺月卡' }),
          units: integer({ zh: '消耗数', en: 'Units taken' }, { example: '1' }),
          start_time: date(
            { zh: '权益开始时间', en: 'Start of what was received' },
            { example: '2026-01-02 03:04:05' },
          ),
          end_time: date({ zh: '权益结束时间', en: 'End of what was received' }, { example: '2036-12-31 23:59:59' }),
          received_at: date({ zh: '领取时间', en: 'When it was received' }, { example: '2026-01-02 03:04:05' }),
        },
      ),
      { zh: '领取记录', en: 'The receipts' },
    ),
    next_cursor,
  },
});

export const adminSendplanContracts = [
  circleSave,
  planSave,
  planGet,
  planList,
  planStatusUpdate,
  itemStockAdjust,
  receiptList,
  ...adminChargeContracts,
] as const;
