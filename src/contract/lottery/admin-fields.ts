import { MOST } from '../common.ts';
import type { MethodError } from '../method.ts';
import { date, integer, list, optional, setting, struct, text } from '../schema.ts';

/** Why an administration method of the draws refuses. */
export const errors = {
  'isv.activity-not-found': {
    cause: { zh: '活动不存在', en: 'No activity bears this spread_id' },
    remedy: { zh: '检查活动ID', en: 'Check the id' },
  },
  'isv.platform-is-fixed': {
    cause: { zh: '活动的渠道不能更换', en: 'An activity keeps its channel' },
    remedy: { zh: '请另建活动', en: 'Save a new activity' },
  },
  'isv.segments-overlap': {
    cause: { zh: '分时段相互重叠', en: 'Two segments of the activity overlap' },
    remedy: { zh: '时段首尾两秒都包含在内，请错开', en: 'Both bounds belong to a segment; keep them apart' },
  },
  'isv.segment-without-stock': {
    cause: { zh: '新时段缺少 win_times', en: 'A new segment needs win_times' },
    remedy: { zh: '填写该时段的库存', en: 'Give its stock' },
  },
  'isv.stock-by-adjust-only': {
    cause: {
      zh: '已有时段或奖品的库存不能通过保存修改',
      en: 'Saving does not change the stock of a segment or prize that is there',
    },
    remedy: { zh: '使用库存调整接口', en: 'Use the method that adjusts stock' },
  },
  'isv.batch-not-found': {
    cause: { zh: '奖品的券码批次不存在', en: 'A prize names a voucher batch that does not exist' },
    remedy: { zh: '检查 mix_id', en: 'Check mix_id' },
  },
  'isv.segment-over': {
    cause: { zh: '时段已经结束', en: 'A segment is over already' },
    remedy: {
      zh: '检查 end_time；已结束的时段请保持原样',
      en: 'Check end_time; leave segments that are over as they are',
    },
  },
  'isv.prize-over': {
    cause: { zh: '奖品已经过期', en: 'A prize has expired already' },
    remedy: { zh: '检查 gmt_expire', en: 'Check gmt_expire' },
  },
  'isv.batch-over': {
    cause: { zh: '奖品的券码批次已过期', en: 'The voucher batch of a prize has expired' },
    remedy: { zh: '换用未过期的批次，或先延长其有效期', en: 'Name another batch, or extend this one first' },
  },
  'isv.segment-not-found': {
    cause: { zh: '该活动没有此时段', en: 'The activity has no such segment' },
    remedy: { zh: '检查时段号', en: 'Check segment_no' },
  },
  'isv.prize-not-found': {
    cause: { zh: '该活动没有此奖品', en: 'The activity has no such prize' },
    remedy: { zh: '检查奖品号', en: 'Check prize_no' },
  },
  'isv.prize-without-stock': {
    cause: { zh: '该奖品不单独计库存', en: 'The prize has no stock of its own' },
    remedy: { zh: '调整时段库存', en: 'Adjust the segment' },
  },
  'isv.stock-out-of-range': {
    cause: { zh: '库存不能低于已消耗数、高于十亿', en: 'A stock lies between what is consumed and 1,000,000,000' },
    remedy: { zh: '检查数量', en: 'Check the number' },
  },
  'isv.adjust-conflict': {
    cause: { zh: 'adjust_id 已用于其他调整', en: 'The adjust_id was used for another change' },
    remedy: { zh: '每次调整使用新的 adjust_id', en: 'Give each change an adjust_id of its own' },
  },
  'isv.win-not-found': {
    cause: { zh: '该活动没有此应用以此业务号的发放', en: 'The activity has no win of this app under this out_biz_id' },
    remedy: { zh: '检查 app_key 与 out_biz_id', en: 'Check app_key and out_biz_id' },
  },
  'isv.win-redeemed': {
    cause: { zh: '券码已核销，不能作废', en: 'A code of the win was redeemed, so it stands' },
    remedy: { zh: '先撤销核销', en: 'Reverse the redemption first' },
  },
  'isv.search-too-wide': {
    cause: { zh: '请提供 mix_user_id 或 out_biz_id', en: 'Name a mix_user_id or an out_biz_id' },
    remedy: { zh: '至少填写其一', en: 'Give one of the two' },
  },
} as const satisfies Record<string, MethodError>;

/** What all administration methods of the draws have in common. */

export const spread_id = text(
  { zh: '活动ID', en: 'Id of the activity' },
  { example: 'prizePool_admin', maxLength: 128 },
);
export const platform = integer({ zh: '渠道', en: 'Number of the channel' }, { example: '8', minimum: 1 });
export const name = text({ zh: '活动名称', en: 'Name' }, { example: '三方合作发券', maxLength: 200 });
export const status = integer(
  { zh: '状态', en: 'State' },
  { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
);
export const limits = {
  user_limit: setting(
    integer({ zh: '每人总次数', en: 'Wins a user; without it no limit' }, { example: '3', minimum: 1, maximum: MOST }),
  ),
  user_day_limit: setting(
    integer(
      { zh: '每人每日次数', en: 'Wins a user and day of GMT+8; without it no limit' },
      { example: '1', minimum: 1, maximum: MOST },
    ),
  ),
};

export const segment = struct(
  'LotterySegment',
  { zh: '时段', en: 'A span of time with its own stock' },
  {
    segment_no: integer(
      { zh: '时段号', en: 'Number of the segment, which it keeps for good' },
      { example: '1', minimum: 1, maximum: 9999 },
    ),
    start_time: date({ zh: '开始时间', en: 'First second' }, { example: '2026-01-01 00:00:00' }),
    end_time: date({ zh: '结束时间', en: 'Last second, inclusive' }, { example: '2036-12-31 23:59:59' }),
    win_times: optional(
      integer(
        { zh: '库存，仅新时段填写', en: 'Stock a new segment begins with; adjusted by its own method afterwards' },
        { example: '2000', minimum: 0, maximum: MOST },
      ),
    ),
    consumed_win_times: optional(integer({ zh: '已消耗(只读)', en: 'Wins given; not for saving' })),
  },
);

export const prize = struct(
  'LotteryPrize',
  { zh: '奖品', en: 'A prize; a change holds for wins from then on' },
  {
    prize_no: integer({ zh: '奖品号', en: 'Names the prize for good' }, { example: '1', minimum: 1, maximum: 9999 }),
    weight: integer(
      { zh: '抽取权重,0为不再发放', en: 'Weight of the draw; 0 is never drawn' },
      { example: '10', minimum: 0, maximum: 1_000_000 },
    ),
    total_count: setting(
      integer(
        {
          zh: '奖品库存，仅新奖品填写，没有则只受时段限制',
          en: 'Own stock a new prize begins with; without it the segments alone limit it',
        },
        { minimum: 0, maximum: MOST },
      ),
    ),
    consumed_count: optional(integer({ zh: '已发放(只读)', en: 'Standing wins; not for saving' })),
    reward_title: text({ zh: '标题', en: 'Title' }, { example: '淘票票5元代金券', maxLength: 200 }),
    reward_sub_title: setting(text({ zh: '副标题', en: 'Subtitle' }, { maxLength: 200 })),
    reward_type: integer(
      { zh: '类型', en: 'Kind' },
      {
        example: '1',
        values: {
          '1': { zh: '淘票票券', en: 'Taopiaopiao coupon' },
          '2': { zh: '大麦券', en: 'Damai coupon' },
          '14': { zh: '会员权益', en: 'membership' },
        },
      },
    ),
    reward_sub_type: integer(
      { zh: '子类型：券 1 兑换、2 代金；会员 5 积分、7 普通、8 黑钻', en: 'Coupons 1 or 2; memberships 5, 7 or 8' },
      { example: '2' },
    ),
    reward_count: integer({ zh: '数量', en: 'Quantity' }, { example: '5', minimum: 1, maximum: MOST }),
    reward_unit: setting(text({ zh: '单位', en: 'Unit' }, { example: '元', maxLength: 20 })),
    cost_price: integer({ zh: '价值(分)', en: 'Value in fen' }, { example: '500', minimum: 0 }),
    gmt_expire: setting(date({ zh: '固定过期时间', en: 'Fixed expiry; not with days after the win' })),
    expire_days: setting(
      integer({ zh: '发放后有效天数', en: 'Expiry in days of 24 hours after the win' }, { minimum: 1, maximum: 36500 }),
    ),
    reward_ext: setting(
      text({ zh: '拓展信息(JSON 对象)', en: 'Extension data: the text of a JSON object' }, { jsonObject: {} }),
    ),
    mix_id: setting(text({ zh: '券码批次', en: 'Batch of the codes it brings' }, { maxLength: 128 })),
    code_count: setting(integer({ zh: '券码数', en: 'Codes it brings; with a batch' }, { minimum: 1, maximum: 100 })),
  },
);

export const activity = struct(
  'LotteryActivity',
  { zh: '活动', en: 'A draw activity' },
  {
    spread_id,
    platform,
    name,
    status,
    ...limits,
    segments: list(segment, { zh: '时段', en: 'Earliest first' }),
    prizes: list(prize, { zh: '奖品', en: 'By prize_no' }),
  },
);
