import { oddsOf } from '../../../contract/explain.ts';
import { drawReturns } from '../../../contract/lottery/lottery.ts';
import { type Judged, judgeBy, type RuleWords } from '../../explain.ts';
import type { DrawAsked, DrawFacts, PrizeFacts } from './queries.ts';

const rule = (code: keyof typeof drawReturns, zh: string, en: string): RuleWords => ({
  code,
  yes: { zh, en },
  no: drawReturns[code],
});

/** The rules of a draw, named; what is said where one refuses is what the draw itself says. */
const RULES = {
  key: rule(
    '200011',
    'out_biz_id 未被其他用户或活动使用',
    'the out_biz_id was not used for another user, activity or channel',
  ),
  key_not_voided: rule(
    '200012',
    '该次发放有效，重复请求得到同样的结果',
    'the win of this out_biz_id stands and is told again',
  ),
  activity: rule('200001', '活动存在', 'the activity exists'),
  platform: rule('200002', '渠道与活动相符', 'the activity is of this channel'),
  on_shelf: rule('200004', '活动已上架', 'the activity is on shelf'),
  started: rule('200003', '活动已开始', 'a segment has begun'),
  not_ended: rule('200005', '活动未结束', 'the last segment is not over'),
  in_segment: rule('200006', '当前在活动时段内', 'a segment holds now'),
  user_limit: rule('200008', '未达每人参与上限', 'the user is below the limit of the activity'),
  user_day_limit: rule('200009', '未达每人每日参与上限', 'the user is below the limit of the day (GMT+8)'),
  segment_stock: rule('200007', '本时段还有库存', 'the segment has wins left'),
  prizes: rule('200010', '有奖品可抽，或活动不设奖品', 'a prize has stock, or the activity has no prizes'),
};

const judge = judgeBy(RULES);

/** Whether a user is below a limit, where there is one, after so many wins. */
const isBelow = (used: number | null, limit: number | null): boolean => limit === null || (used ?? 0) < limit;

/** Units of a prize that are left; null when the segments alone limit it. */
const leftOf = ({ total_count, consumed_count }: PrizeFacts): number | null =>
  total_count === null ? null : total_count - consumed_count;

/** The prizes that are drawn from: those with stock that can be given, or else all with stock. */
function openOf(prizes: readonly PrizeFacts[]): readonly PrizeFacts[] {
  const open = prizes.filter((prize) => prize.weight > 0 && leftOf(prize) !== 0);
  const givable = open.filter((prize) => prize.can_be_given);
  return givable.length > 0 ? givable : open;
}

/** The prizes with their odds at this moment. */
export const prizeOdds = ({ prizes }: DrawFacts) =>
  oddsOf(
    prizes.map((prize) => ({
      ...{ id: prize.prize_no, name: prize.reward_title, weight: prize.weight },
      ...{ left: leftOf(prize), is_open: openOf(prizes).includes(prize) },
    })),
  );

/** What is judged of the key of a call; a win that stands is told again and nothing else decides. */
function keyRules(facts: DrawFacts, asked: DrawAsked): Judged[] {
  if (asked.out_biz_id === null) return [];
  const { granted_at, invalid_at, key_platform, grant_spread_id: spread_id } = facts;
  const isSame = spread_id === asked.spread_id && facts.grant_user === asked.mix_user_id;
  const isFree = key_platform === null || key_platform === (asked.platform ?? facts.platform);
  const key = judge('key', granted_at === null ? isFree : isSame, { granted_at, platform: key_platform, spread_id });
  return granted_at === null ? [key] : [key, judge('key_not_voided', invalid_at === null, { granted_at, invalid_at })];
}

function segmentRules(facts: DrawFacts): Judged[] {
  const { segment_no, start_time, end_time, next_start_time, last_end_time } = facts;
  const isNow = segment_no !== null;
  const [begins, ended] = [next_start_time !== null, last_end_time !== null];
  return [
    judge('started', isNow || ended, { next_start_time }),
    judge('not_ended', isNow || begins || !ended, { last_end_time }),
    judge('in_segment', isNow || !(begins && ended), {
      segment_no,
      start_time,
      end_time,
      last_end_time,
      next_start_time,
    }),
  ];
}

function stockRules(facts: DrawFacts): Judged[] {
  const { win_times, consumed_win_times, prizes, used, used_today, user_limit, user_day_limit } = facts;
  const left = win_times === null ? null : win_times - (consumed_win_times ?? 0);
  const open = openOf(prizes).length;
  return [
    judge('user_limit', isBelow(used, user_limit), { used, limit: user_limit }),
    judge('user_day_limit', isBelow(used_today, user_day_limit), { used: used_today, limit: user_day_limit }),
    ...(left === null ? [] : [judge('segment_stock', left > 0, { win_times, consumed_win_times, left })]),
    judge('prizes', prizes.length === 0 || open > 0, { prize_count: prizes.length, open_count: open }),
  ];
}

/** The rules of a draw, judged in the order in which lottery_claim and lottery_draw decide. */
export function drawRules(facts: DrawFacts, asked: DrawAsked): Judged[] {
  const key = keyRules(facts, asked);
  if (facts.granted_at !== null) return key;
  const { spread_id, platform, status } = facts;
  const activity = judge('activity', spread_id !== null, { spread_id: asked.spread_id });
  if (!activity.passed) return [...key, activity];
  return [
    ...key,
    activity,
    judge('platform', asked.platform === null || asked.platform === platform, { platform }),
    judge('on_shelf', status === 1, { status }),
    ...segmentRules(facts),
    ...stockRules(facts),
  ];
}
