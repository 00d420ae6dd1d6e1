import { method } from '../method.ts';
import { dateText, integer, type Label, list, optional, struct, text, userIdText } from '../schema.ts';

/** What a draw answers by return_code; the Chinese words are its return_message. */
export const drawReturns = {
  '0': { zh: '成功', en: 'a win: see result_code' },
  '200001': { zh: '活动不存在', en: 'no activity bears this spread_id' },
  '200002': { zh: '渠道与活动不匹配', en: 'the activity belongs to another channel' },
  '200003': { zh: '活动未开始', en: 'the first segment is still to come' },
  '200004': { zh: '活动已下架', en: 'the activity is off shelf' },
  '200005': { zh: '活动已结束', en: 'the last segment is over' },
  '200006': { zh: '当前不在活动时段内', en: 'between two segments' },
  '200007': { zh: '本时段库存已发完', en: 'the segment has no win left' },
  '200008': { zh: '已达到每人参与上限', en: 'the user has all the wins the activity allows one user' },
  '200009': {
    zh: '已达到每人每日参与上限',
    en: 'the user has all the wins the activity allows one user and day (GMT+8)',
  },
  '200010': { zh: '奖品已发完', en: 'no prize has stock left; result_code is 2' },
  '200011': {
    zh: 'out_biz_id 已用于其他用户或活动',
    en: 'the out_biz_id was used for another user or activity, or in another channel',
  },
  '200012': { zh: '该次发放已作废', en: 'the win of this out_biz_id was voided' },
} as const satisfies Record<string, Label>;

/** What a voiding answers by return_code; the Chinese words are its return_message. */
export const invalidReturns = {
  '0': { zh: '成功', en: 'the win is void' },
  '200001': drawReturns['200001'],
  '200002': drawReturns['200002'],
  '200011': drawReturns['200011'],
  '200013': { zh: '发放记录不存在', en: 'this app has no win of this out_biz_id in this channel' },
  '200014': { zh: '券码已核销，不能作废', en: 'a code of the win was redeemed, so it stands' },
} as const satisfies Record<string, Label>;

/** What the two calls ask; the voiding's page prints no examples. */
const requestFields = (spread_id: { example: string; ready?: string }, out_biz_id: string) => ({
  mix_user_id: userIdText({ zh: '混淆用户ID', en: 'Open id of the user' }, { example: 'AAHbqNnmACSqk_rfpVTc9e3T' }),
  spread_id: text({ zh: '活动ID', en: 'Id of the activity' }, { ...spread_id, maxLength: 128 }),
  out_biz_id: text(
    {
      zh: '幂等号：同一应用内唯一，跨渠道也不可重复使用；重复请求返回首次结果',
      en: 'Key of the call, unique for an app over all channels: repeated, it gives the first outcome again',
    },
    { example: out_biz_id, maxLength: 100 },
  ),
  platform: integer({ zh: '渠道', en: 'Number of the channel the activity belongs to' }, { example: '8' }),
  biz_ext_info: optional(
    text({ zh: '拓展信息', en: 'Extension data: the text of a JSON object' }, { example: '{}', jsonObject: {} }),
  ),
});

const reward = struct(
  'LotteryPerformanceRewardDTO',
  { zh: '奖品', en: 'What was won' },
  {
    reward_title: text({ zh: '奖品标题', en: 'Title' }, { example: '淘票票5元代金券/60元通兑券' }),
    reward_sub_title: optional(text({ zh: '奖品副标题', en: 'Subtitle' }, { example: '尊享电影+演出共10余项权益' })),
    reward_type: integer(
      { zh: '奖品类型', en: 'Kind of prize' },
      {
        example: '14',
        values: {
          '1': { zh: '淘票票券', en: 'Taopiaopiao coupon' },
          '2': { zh: '大麦券', en: 'Damai coupon' },
          '14': { zh: '会员权益', en: 'membership' },
        },
      },
    ),
    reward_sub_type: integer(
      { zh: '奖品子类型', en: 'Kind of coupon or membership' },
      {
        example: '7',
        values: {
          '1': { zh: '兑换券', en: 'coupon: exchange voucher' },
          '2': { zh: '代金券', en: 'coupon: cash voucher' },
          '5': { zh: '积分', en: 'membership: points' },
          '7': { zh: '普通会员', en: 'membership: ordinary member' },
          '8': { zh: '黑钻会员', en: 'membership: black-diamond member' },
        },
      },
    ),
    reward_count: integer({ zh: '数量', en: 'Quantity' }, { example: '50' }),
    reward_unit: optional(text({ zh: '单位', en: 'Unit' }, { example: '元' })),
    cost_price: integer({ zh: '奖品价值(单位:分)', en: 'Value in fen' }, { example: '100' }),
    gmt_expire: optional(
      dateText({ zh: '过期时间', en: 'Expiry, GMT+8' }, 'yyyy-MM-dd HH:mm:ss', { example: '2022-06-08 13:33:00' }),
    ),
    reward_ext: optional(
      text({ zh: '拓展信息', en: 'Extension data: the text of a JSON object' }, { example: '{}', jsonObject: {} }),
    ),
    code_info_list: optional(
      list(
        struct(
          'RewardInfoDTO',
          { zh: '券码', en: 'One code' },
          { code: text({ zh: '优惠券明码', en: 'The code in plain' }, { example: '22515TY9GY5' }) },
        ),
        { zh: '奖品的券码', en: 'Voucher codes of the prize, as many as are issued by now' },
      ),
    ),
  },
);

/** Draws for a user: one win of the segment that holds now, with a prize by weight. */
export const lotteryPerformance = method({
  name: 'taobao.film.lottery.performance',
  category: 'film',
  title: { zh: '淘票票履约发放权益', en: 'Draw' },
  purpose: {
    zh: '三方渠道为一个用户抽奖并发放权益，扣减当前时段的库存；同一 out_biz_id 不会重复扣减。',
    en: 'Draws for one user of a partner channel and takes one win of the present segment; never twice for one out_biz_id.',
  },
  package: 'film.lottery',
  session: 'none',
  kind: 'write',
  outcome: { at: 'return_code', done: ['0'], message: 'return_message' },
  request: {
    lottery_performance_top_param: struct(
      'LotteryPerformanceTopParam',
      { zh: '发放参数', en: 'Who draws, in which activity' },
      requestFields(
        { example: 'prizePool_o2pgeyxphlccrjm5jvm2ykpfxox7rz6wdohtp', ready: 'prizePool_open' },
        'test_out_biz_id',
      ),
    ),
  },
  response: {
    return_code: text(
      { zh: '错误码,0表示成功', en: 'Business code; 0 is success' },
      { example: '0', values: drawReturns },
    ),
    return_value: optional(
      struct(
        'LotteryPerformanceResult',
        { zh: '发放结果', en: 'The outcome; only with return_code 0 and 200010' },
        {
          result_code: integer(
            { zh: '发放结果', en: 'How much was issued' },
            {
              example: '1',
              values: {
                '1': { zh: '全部发放成功', en: 'everything' },
                '2': { zh: '全部发放失败', en: 'nothing, and no stock was taken' },
                '3': {
                  zh: '部分发放成功，需要用同一 out_biz_id 重试',
                  en: 'a part: codes are missing, a retry with the same out_biz_id may bring them',
                },
                '4': {
                  zh: '部分发放成功，无需重试，人工处理',
                  en: 'a part: the codes are gone for good, do not retry',
                },
              },
            },
          ),
          rewards: list(reward, { zh: '奖品', en: 'The prize; empty in an activity without prizes' }),
        },
      ),
    ),
    return_message: text({ zh: '错误原因', en: 'Reason in words' }, { example: '成功' }),
  },
});

/** Voids a win: its stock returns, its codes end. */
const lotteryPerformanceInvalid = method({
  name: 'taobao.film.lottery.performance.invalid',
  category: 'film',
  title: { zh: '淘票票履约权益作废', en: 'Void a draw' },
  purpose: {
    zh: '按 out_biz_id 作废一次发放：库存退回原时段与奖品，券码失效；重复作废结果相同。',
    en: 'Voids the win of an out_biz_id: it returns to its own segment and prize, its codes become void. Repeating changes nothing.',
  },
  package: 'film.lottery',
  session: 'none',
  kind: 'write',
  outcome: { at: 'return_code', done: ['0'], message: 'return_message' },
  request: {
    lottery_performance_invalid_param: struct(
      'LotteryPerformanceInvalidParam',
      { zh: '作废参数', en: 'The call whose win is voided, as it was sent' },
      requestFields({ example: 'prizePool_void' }, 'test_void_biz_id'),
    ),
  },
  response: {
    return_code: text(
      { zh: '错误码,0表示成功', en: 'Business code; 0 is success' },
      { example: '0', values: invalidReturns },
    ),
    return_message: text({ zh: '错误原因', en: 'Reason in words' }, { example: '成功' }),
  },
});

export const lotteryDrawContracts = [lotteryPerformance, lotteryPerformanceInvalid] as const;
