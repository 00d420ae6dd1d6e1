import { adminRead } from '../common.ts';
import { caller_app_key, choices, explained } from '../explain.ts';
import { method } from '../method.ts';
import { integer, optional, text } from '../schema.ts';
import { lotteryPerformance } from './lottery.ts';

const draw = lotteryPerformance.request.properties.lottery_performance_top_param.properties;

/** Why a user would, or would not, win in an activity now. */
export const drawExplain = method({
  ...adminRead,
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
