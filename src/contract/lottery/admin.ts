import { admin, cursor, is_success, MOST, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, struct, text, userIdText } from '../schema.ts';
import { activity, errors, limits, name, platform, prize, segment, spread_id, status } from './admin-fields.ts';

/** Creates or changes an activity with its segments and prizes. */
export const lotteryActivitySave = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.activity.save',
  title: { zh: '保存抽奖活动', en: 'Save a draw activity' },
  purpose: {
    zh: '新建（下架状态）或修改活动、时段、奖品；未列出的时段和奖品保持不变。',
    en: 'Creates an activity, off shelf, or changes it; segments and prizes that are left out stay as they are.',
  },
  kind: 'write',
  request: {
    activity: struct(
      'LotteryActivityParam',
      { zh: '活动', en: 'The activity' },
      {
        spread_id,
        platform,
        name,
        ...limits,
        segments: optional(
          list(segment, { zh: '时段', en: 'Segments to add or change' }, { maxItems: 500, unique: ['segment_no'] }),
        ),
        prizes: optional(
          list(prize, { zh: '奖品', en: 'Prizes to add or change' }, { maxItems: 100, unique: ['prize_no'] }),
        ),
      },
    ),
  },
  response: { activity },
});

const activityGet = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.activity.get',
  title: { zh: '查看抽奖活动', en: 'Show a draw activity' },
  purpose: { zh: '一个活动的全部内容与库存。', en: 'All of one activity, with its stock.' },
  kind: 'read',
  request: { spread_id },
  response: { activity },
});

const activityList = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.activity.list',
  title: { zh: '抽奖活动列表', en: 'List draw activities' },
  purpose: { zh: '按活动ID排列的活动列表。', en: 'The activities by id, page by page.' },
  kind: 'read',
  request: {
    platform: optional(platform),
    status: optional(status),
    name: optional(text({ zh: '名称包含', en: 'Part of the name' }, { maxLength: 200 })),
    cursor: cursor(),
    page_size,
  },
  response: {
    activities: list(
      struct(
        'LotteryActivitySummary',
        { zh: '活动', en: 'An activity' },
        {
          spread_id,
          platform,
          name,
          status,
          ...limits,
          win_times: integer({ zh: '总库存', en: 'Wins of all segments' }, { example: '2000' }),
          consumed_win_times: integer({ zh: '总消耗', en: 'Wins given' }, { example: '0' }),
        },
      ),
      { zh: '活动', en: 'The activities' },
    ),
    next_cursor,
  },
});

const statusUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.activity.status.update',
  title: { zh: '抽奖活动上下架', en: 'Put a draw activity on or off shelf' },
  purpose: {
    zh: '返回后不再有按旧状态发放的权益。',
    en: 'Once it has answered, nothing is won any more by the former state.',
  },
  kind: 'write',
  request: { spread_id, status },
  response: { is_success },
});

const change = {
  delta: integer(
    { zh: '增减数量', en: 'Units to add, or below 0 to take away' },
    { example: '100', minimum: -MOST, maximum: MOST },
  ),
  reason: text({ zh: '原因', en: 'Why; it is kept in the ledger' }, { example: '追加库存', maxLength: 200 }),
  adjust_id: text(
    {
      zh: '调整单号，在活动内唯一，不分应用：相同内容重复提交只生效一次，内容不同则拒绝',
      en: 'Number of this change, one for its activity whichever app calls: the same change sent again counts once, another is refused',
    },
    { example: 'adjust-1', maxLength: 100 },
  ),
};

const segmentAdjust = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.segment.stock.adjust',
  title: { zh: '调整时段库存', en: 'Adjust the stock of a segment' },
  purpose: {
    zh: '增减 win_times，不低于已消耗数。',
    en: 'Adds to win_times or takes from it, never below what is consumed.',
  },
  kind: 'write',
  request: {
    spread_id,
    segment_no: integer({ zh: '时段号', en: 'Segment' }, { example: '1', minimum: 1, maximum: 9999 }),
    ...change,
  },
  response: { win_times: integer({ zh: '调整后的库存', en: 'Stock after the change' }, { example: '2100' }) },
});

const prizeAdjust = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.prize.stock.adjust',
  title: { zh: '调整奖品库存', en: 'Adjust the own stock of a prize' },
  purpose: {
    zh: '增减奖品库存，不低于已发放数。',
    en: 'Adds to the own stock of a prize or takes from it, never below what is given.',
  },
  kind: 'write',
  request: {
    spread_id,
    prize_no: integer({ zh: '奖品号', en: 'Prize' }, { example: '1', minimum: 1, maximum: 9999 }),
    ...change,
  },
  response: { total_count: integer({ zh: '调整后的库存', en: 'Stock after the change' }, { example: '400' }) },
});

const drawList = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.draw.list',
  title: { zh: '查询发放记录', en: 'Search wins' },
  purpose: {
    zh: '按用户或 out_biz_id 查找发放记录，最新在前；不显示券码。',
    en: 'Finds wins by user or out_biz_id, newest first. Codes are not shown.',
  },
  kind: 'read',
  request: {
    mix_user_id: optional(userIdText({ zh: '用户', en: 'User' })),
    out_biz_id: optional(text({ zh: '业务号', en: 'Key of the call' }, { example: 'test_out_biz_id', maxLength: 100 })),
    spread_id: optional(spread_id),
    cursor: cursor(),
    page_size,
  },
  response: {
    draws: list(
      struct(
        'LotteryDraw',
        { zh: '发放记录', en: 'A win' },
        {
          spread_id,
          platform,
          app_key: text({ zh: '应用', en: 'App that called' }, { example: '12345678' }),
          out_biz_id: text({ zh: '业务号', en: 'Key of the call' }, { example: 'test_out_biz_id' }),
          mix_user_id: text(
            { zh: '用户(手机号脱敏)', en: 'User; a phone number is masked' },
            { example: '138****5678' },
          ),
          segment_no: integer({ zh: '时段号', en: 'Segment' }, { example: '1' }),
          result_code: integer({ zh: '发放结果', en: 'Outcome as in the draw: 1, 3 or 4' }, { example: '1' }),
          prize_no: optional(integer({ zh: '奖品号', en: 'Prize' }, { example: '1' })),
          reward_title: optional(text({ zh: '奖品标题', en: 'Title of the prize' })),
          code_count: integer({ zh: '已发券码数', en: 'Codes issued' }, { example: '0' }),
          granted_at: date({ zh: '发放时间', en: 'When it was won' }, { example: '2026-01-02 03:04:05' }),
          invalid_at: optional(date({ zh: '作废时间', en: 'When it was voided' })),
        },
      ),
      { zh: '发放记录', en: 'The wins' },
    ),
    next_cursor,
  },
});

const drawInvalid = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.draw.invalid',
  title: { zh: '作废发放', en: 'Void a win' },
  purpose: {
    zh: '作废任一应用的一次发放：库存退回原时段与奖品，券码失效；重复作废结果相同。',
    en: "Voids a win of any app's: it returns to its own segment and prize, its codes become void. Repeating changes nothing.",
  },
  kind: 'write',
  request: {
    draw: struct(
      'LotteryDrawKey',
      { zh: '哪次发放', en: 'Which win' },
      {
        spread_id,
        app_key: text({ zh: '发放时调用的应用', en: 'App that called' }, { example: '12345678', maxLength: 32 }),
        out_biz_id: text({ zh: '业务号', en: 'Key of the call' }, { example: 'test_out_biz_id', maxLength: 100 }),
      },
    ),
  },
  response: { is_success },
});

const drawComplete = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.draw.complete',
  title: { zh: '补发券码', en: 'Give wins the codes they lack' },
  purpose: {
    zh: '为缺券码的发放补发批次中现有的券码：可指定一次发放，否则从最早的开始，每次最多 500 次。重复调用不会多发。',
    en: 'Gives wins that lack codes what their batches have now: the one named, else the oldest, 500 a call. Repeating gives nothing twice.',
  },
  kind: 'write',
  request: {
    spread_id,
    draw: optional(
      struct(
        'LotteryLackingKey',
        { zh: '哪次发放', en: 'Which win' },
        {
          app_key: text({ zh: '发放时调用的应用', en: 'App that called' }, { example: '12345678', maxLength: 32 }),
          out_biz_id: text({ zh: '业务号', en: 'Key of the call' }, { example: 'test_out_biz_id', maxLength: 100 }),
        },
      ),
    ),
  },
  response: {
    completed_count: integer(
      { zh: '由此补齐的发放数', en: 'Wins that have all their codes by this' },
      { example: '1' },
    ),
    lacking_count: integer(
      { zh: '活动中仍缺券码的发放数', en: 'Wins of the activity that lack codes still' },
      { example: '0' },
    ),
  },
});

export const adminLotteryContracts = [
  lotteryActivitySave,
  activityGet,
  activityList,
  statusUpdate,
  segmentAdjust,
  prizeAdjust,
  drawList,
  drawInvalid,
  drawComplete,
] as const;
