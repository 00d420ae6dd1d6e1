import { oddsOf } from '../../../contract/explain.ts';
import { isOver } from '../../../contract/period.ts';
import { SEND_PLAN_RECEIVE_RESULTS } from '../../../contract/sendplans/genie.ts';
import { type Judged, judgeBy, type RuleWords } from '../../explain.ts';
import type { ItemFacts, ReceiveAsked, ReceiveFacts } from './queries.ts';

const rule = (code: keyof typeof SEND_PLAN_RECEIVE_RESULTS, zh: string, en: string): RuleWords => ({
  code,
  yes: { zh, en },
  no: SEND_PLAN_RECEIVE_RESULTS[code],
});

/** The rules of a receive, named; what is said where one refuses is what the receive itself says. */
const judge = judgeBy({
  user: rule('1012', 'isv_user_info_map 中有 userId 或 phone', 'isv_user_info_map names a userId or phone'),
  request: rule(
    '1011',
    'requestId 可用；已领取的同一请求得到同样的结果',
    'the requestId is free, or the same receive is told again',
  ),
  isv: rule('1001', '合作方存在', 'the partner exists'),
  circle: rule('1002', '人群存在', 'the circle exists'),
  content: rule('1003', '该人群接受此 circle_content', 'the circle accepts this circle_content'),
  plan: rule('1004', '发放计划属于该人群', 'the plan is of this circle'),
  on_shelf: rule('1007', '发放计划已上架', 'the plan is on shelf'),
  started: rule('1005', '发放计划已开始', 'the plan has begun'),
  not_ended: rule('1006', '发放计划未结束', 'the plan has not ended'),
  count_limit: rule('1008', '未达该用户的领取次数上限', 'the user may receive more often'),
  day_limit: rule('1009', '未达该用户当日的领取次数上限', 'the user may receive more often today (GMT+8)'),
  items: rule('1010', '有商品可领', 'an item has inventory for a receive'),
});

const isOpen = ({ weight, left, need }: ItemFacts): boolean => weight > 0 && (left === null || left >= need);

/** The items with their odds at this moment. */
export const itemOdds = ({ items }: ReceiveFacts) =>
  oddsOf(items.map(({ need: _need, ...item }, index) => ({ ...item, is_open: isOpen(items[index] as ItemFacts) })));

/** What is said when the partner's text names nobody: nothing else is looked at. */
export const nobody = (): Judged[] => [judge('user', false)];

/** What is judged of partner, circle and plan; the list ends with what does not exist. */
function placeRules(facts: ReceiveFacts, { isv_id, circle_id, circle_content, plan_id }: ReceiveAsked): Judged[] {
  const { circle_contents, plan_isv_id, plan_circle_id } = facts;
  const isv = judge('isv', facts.isv_id !== null, { isv_id });
  if (!isv.passed) return [isv];
  const circle = judge('circle', circle_contents !== null, { circle_id });
  if (circle_contents === null) return [isv, circle];
  const accepts = circle_contents.length === 0 || circle_contents.includes(circle_content);
  return [
    isv,
    circle,
    judge('content', accepts, { circle_content, accepted: circle_contents.join('、') || null }),
    judge('plan', plan_isv_id === isv_id && plan_circle_id === circle_id, { plan_id, circle_id: plan_circle_id }),
  ];
}

/** The rules of a receive, judged in the order in which sendplan_receive decides. */
export function receiveRules(facts: ReceiveFacts, asked: ReceiveAsked, now: Date): Judged[] {
  const { received_at, is_same, status, start_time, end_time, count_limit, day_limit, used, used_today, items } = facts;
  const user = judge('user', true);
  if (received_at !== null) return [user, judge('request', is_same === true, { received_at })];
  const rules = [user, ...(asked.request_id === null ? [] : [judge('request', true)]), ...placeRules(facts, asked)];
  if (start_time === null || end_time === null || facts.circle_contents === null) return rules;
  return [
    ...rules,
    judge('on_shelf', status === 1, { status }),
    judge('started', now >= start_time, { start_time }),
    judge('not_ended', !isOver(end_time, now), { end_time }),
    judge('count_limit', count_limit === null || used < count_limit, { used, limit: count_limit }),
    judge('day_limit', day_limit === null || used_today < day_limit, { used: used_today, limit: day_limit }),
    judge('items', items.some(isOpen), { item_count: items.length, open_count: items.filter(isOpen).length }),
  ];
}
