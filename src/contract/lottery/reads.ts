import { admin, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';
import { adminLotteryContracts } from './admin.ts';
import { errors, spread_id } from './admin-fields.ts';

const [, , , , , , drawList] = adminLotteryContracts;
const segment_no = optional(integer({ zh: '时段号', en: 'Only of this segment' }, { minimum: 1, maximum: 9999 }));
const span = {
  start_time: optional(date({ zh: '起始时间', en: 'Only from this instant on' })),
  end_time: optional(date({ zh: '截止时间（不含）', en: 'Only before this instant' })),
};

/** The wins of one activity, newest first. */
const activityDrawList = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.activity.draw.list',
  title: { zh: '活动的发放记录', en: 'List the wins of an activity' },
  purpose: {
    zh: '一个活动的发放记录，最新在前，可按时段、奖品、作废、缺券码与时间筛选；不显示券码。',
    en: 'The wins of an activity, newest first, by segment, prize, voided or not, lacking codes or not, and time. Codes are not shown.',
  },
  kind: 'read',
  request: {
    spread_id,
    segment_no,
    prize_no: optional(integer({ zh: '奖品号', en: 'Only of this prize' }, { minimum: 1, maximum: 9999 })),
    is_void: optional(bool({ zh: '是否已作废', en: 'Only voided wins, or only standing ones' })),
    lacks_codes: optional(bool({ zh: '是否缺券码', en: 'Only wins that stand and lack codes, or only the others' })),
    ...span,
    cursor: cursor(),
    page_size,
  },
  response: { draws: drawList.response.properties.draws, next_cursor },
});

const count = (zh: string, en: string) => integer({ zh, en }, { example: '0' });

/** How an activity's stock went, and what was drawn of each prize. */
const drawStat = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.draw.stat',
  title: { zh: '发放统计', en: 'Figures of the draws' },
  purpose: {
    zh: '活动或时段的库存曲线（按分钟、小时或日），与各奖品的权重和实际抽中数，用于检查公平性。',
    en: 'The stock of an activity or segment over time, by minute, hour or day; and of each prize its weight and how often it was drawn, to check fairness.',
  },
  kind: 'read',
  request: {
    spread_id,
    segment_no,
    bucket: text(
      { zh: '时间粒度(GMT+8)', en: 'Length of a step, in GMT+8' },
      {
        example: 'MINUTE',
        values: {
          MINUTE: { zh: '分钟', en: 'a minute' },
          HOUR: { zh: '小时', en: 'an hour' },
          DAY: { zh: '日', en: 'a day' },
        },
      },
    ),
    ...span,
  },
  response: {
    win_times: count('库存', 'Wins allowed now'),
    consumed_win_times: count('已消耗', 'Wins given now'),
    points: list(
      struct(
        'LotteryStatPoint',
        { zh: '一个时间点', en: 'A step; steps in which nothing happened are left out' },
        {
          time: date({ zh: '开始时间', en: 'Its first instant' }, { example: '2026-01-02 03:04:05' }),
          win_count: count('发放数', 'Wins'),
          void_count: count('作废数', 'Wins that were voided in it'),
          add_count: count('库存调整', 'Stock that was added; below 0 taken away'),
          left_count: count('结束时剩余', 'Stock left at its end'),
        },
      ),
      { zh: '库存曲线，最早在前，最多最近1500点', en: 'Earliest first; the latest 1,500 steps' },
      { maxItems: 1500 },
    ),
    prizes: list(
      struct(
        'LotteryPrizeStat',
        { zh: '奖品', en: 'A prize' },
        {
          prize_no: count('奖品号', 'Prize'),
          reward_title: text({ zh: '标题', en: 'Title' }, { example: '淘票票5元代金券' }),
          weight: count('现在的权重', 'Its weight now'),
          total_count: optional(count('奖品库存', 'Own stock; absent when the segments alone limit it')),
          consumed_count: count('有效发放数', 'Standing wins in all'),
          drawn_count: count('所选范围内抽中数，含作废', 'Times drawn in the span and segment, voided ones included'),
          void_count: count('其中已作废', 'Of these, voided'),
          last_drawn_at: optional(
            date({ zh: '最近一次抽中', en: 'Drawn last; where its stock is used up, when that was' }),
          ),
        },
      ),
      { zh: '各奖品', en: 'The prizes by number' },
    ),
  },
});

/** What the console reads of the draws beside their administration. */
export const lotteryReadContracts = [activityDrawList, drawStat] as const;
