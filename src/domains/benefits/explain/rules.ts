import { benefitErrors } from '../../../contract/benefits/errors.ts';
import { isOver } from '../../../contract/period.ts';
import { type Judged, judgeBy, type RuleWords } from '../../explain.ts';
import type { SendFacts, TargetFacts } from './queries.ts';

type Line = readonly [zh: string, en: string];

const rule = (code: keyof typeof benefitErrors, [zh, en]: Line, no?: Line): RuleWords => ({
  code,
  yes: { zh, en },
  no: no === undefined ? benefitErrors[code].cause : { zh: no[0], en: no[1] },
});
const WITHDRAWN: Line = ['权益 {benefit_id} 已撤回', 'benefit {benefit_id} is withdrawn'];
const IN_USE: Line = ['权益 {benefit_id} 启用中', 'benefit {benefit_id} is in use'];

/** The rules of a send, named; codes are those of the send or, from `begun` on, of one of its details. */
const judge = judgeBy({
  activity_named: rule('isv.param-error:2010', ['给出了关联或详情', 'a relation or detail is named']),
  receiver: rule('isv.param-error:225', ['接收者明确', 'the receiver is known']),
  unique_id: rule('isp.param-error:301', [
    'unique_id 可用；已发过的同一请求得到同样的结果',
    'the unique_id is free, or the same send is told again',
  ]),
  detail: rule('isv.param-error:295', ['有有效的活动详情', 'there is a living detail']),
  type: rule(
    'isv.param-error:226',
    ['有所需类型的权益', 'a benefit is of the type asked for'],
    ['活动没有所需类型的权益', 'the activity has no benefit of the type asked for'],
  ),
  begun: rule(
    'isp.param-error:236',
    ['权益 {benefit_id} 已开始', 'benefit {benefit_id} has begun'],
    ['权益 {benefit_id} 尚未开始', 'benefit {benefit_id} has not begun'],
  ),
  not_over: rule(
    'isv.param-error:226',
    ['权益 {benefit_id} 未结束', 'benefit {benefit_id} is not over'],
    ['权益 {benefit_id} 已结束', 'benefit {benefit_id} is over'],
  ),
  red_packet_in_use: rule('isp.param-error:214', IN_USE, WITHDRAWN),
  in_use: rule('isp.param-error:236', IN_USE, WITHDRAWN),
  window_limit: rule(
    'isp.param-error:100',
    ['未达时间窗内的发放次数', 'the receiver may be sent it in this window'],
    ['该接收者在本时间窗内已达发放次数', 'the receiver was sent it as often as the window allows'],
  ),
  stock: rule(
    'isp.param-error:236',
    ['权益 {benefit_id} 库存足够', 'benefit {benefit_id} has units enough'],
    [
      '权益 {benefit_id} 只剩 {left} 个，少于请求数',
      'benefit {benefit_id} has {left} units left, fewer than asked for',
    ],
  ),
});

const RED_PACKET = 1;

/** A send: what it names, for whom if the receiver is known, how many of each, and the keyed hash of all it asks (hex). */
export type Asked = {
  readonly is_named: boolean;
  readonly is_known: boolean;
  readonly unique_id: string | null;
  readonly content: string;
  readonly benefit_type: string | null;
  readonly send_count: number;
  readonly now: Date;
};

function targetRules(target: TargetFacts, { send_count, now }: Asked): Judged[] {
  const { detail_id, benefit_id, config_id, status, valid_total_num: left, max_sends, window_sends } = target;
  const [from_time, to_time] = [new Date(target.from_time), new Date(target.to_time)];
  const which = { benefit_id, detail_id };
  return [
    judge('begun', now >= from_time, { ...which, from_time }),
    judge('not_over', !isOver(to_time, now), { ...which, to_time }),
    judge(config_id === RED_PACKET ? 'red_packet_in_use' : 'in_use', status === 1, { ...which, status }),
    judge('window_limit', max_sends === null || window_sends < max_sends, {
      ...which,
      ...{ used: window_sends, limit: max_sends, window_seconds: target.window_seconds },
    }),
    judge('stock', left >= send_count, { ...which, send_count, left }),
  ];
}

/** The rules of a send, judged in the order in which the method and benefit_send decide. */
export function sendRules(facts: SendFacts, asked: Asked): Judged[] {
  const { targets, sent_content, sent_at, relation_status, detail_status } = facts;
  const rules = [judge('activity_named', asked.is_named), judge('receiver', asked.is_known)];
  if (!asked.is_named) return rules;
  if (asked.unique_id !== null) {
    rules.push(judge('unique_id', sent_at === null || sent_content === asked.content, { sent_at }));
    if (sent_at !== null) return rules;
  }
  const isAsked = ({ benefit_type }: TargetFacts) => asked.benefit_type === null || benefit_type === asked.benefit_type;
  const wanted = targets.filter(isAsked);
  const detail = judge('detail', targets.length > 0, { relation_status, detail_status, detail_count: targets.length });
  if (!detail.passed) return [...rules, detail];
  const type = judge('type', wanted.length > 0, { benefit_type: asked.benefit_type });
  return [...rules, detail, type, ...wanted.flatMap((target) => targetRules(target, asked))];
}
