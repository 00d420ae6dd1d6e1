import { isOver } from '../../../contract/period.ts';
import { type Judged, judgeBy, type RuleWords } from '../../explain.ts';
import type { GuessLimit, GuessLimits } from '../codes/rules.ts';
import { REFUSALS } from '../orders/rules.ts';
import type { BindFacts, GuessFacts, SendFacts } from './queries.ts';

type Line = readonly [zh: string, en: string];

const sending = (why: keyof typeof REFUSALS, [zh, en]: Line, no_en: string): RuleWords => ({
  code: REFUSALS[why][0],
  yes: { zh, en },
  no: { zh: REFUSALS[why][1], en: no_en },
});

/** The rules of sendcode, named; what is said in Chinese where one refuses is what sendcode itself says. */
const judgeSend = judgeBy({
  users: sending(
    'users',
    ['券码数量与用户列表相符', 'the number of codes fits the users'],
    'number must be each_num for each user; users differ, 1,000 at most',
  ),
  granted: sending(
    'not_found',
    ['批次存在，且该用户有权发放', 'the batch exists and the user may issue its codes'],
    'no such batch, or the user may not issue its codes',
  ),
  order: sending(
    'conflict',
    [
      '业务单号可用；已发过的同一订单得到同样的券码',
      'the order number is free, or the same order gets its codes again',
    ],
    'the order number was used for something else',
  ),
  on_shelf: sending('off_shelf', ['批次已上架', 'the batch is on shelf'], 'the batch is off shelf'),
  not_expired: sending('expired', ['批次未过期', 'the batch has not expired'], 'the batch has expired'),
  stock: sending('short', ['券码库存足够', 'there are codes enough'], 'there are not codes enough'),
});

/** An order of codes: its batch, whether its users fit, who may issue, and the keyed hash of what it asks (hex). */
export type SendAsked = {
  readonly mix_id: string;
  readonly users_fit: boolean;
  readonly granted: boolean;
  readonly number: number;
  readonly content: string;
  readonly now: Date;
};

/** The rules of sendcode in the order in which it, voucher_claim_numbers and voucher_send decide. */
export function sendRules(facts: SendFacts, { mix_id, users_fit, granted, number, content, now }: SendAsked): Judged[] {
  const { status, coupon_expire_time, ordered_at, order_content, available, total_count, issued_count } = facts;
  const { number_mix_id } = facts;
  const rules = [judgeSend('users', users_fit, { number }), judgeSend('granted', granted)];
  if (status === null || coupon_expire_time === null) return rules;
  const free = ordered_at === null ? (number_mix_id ?? mix_id) === mix_id : order_content === content;
  rules.push(judgeSend('order', free, { ordered_at, mix_id: number_mix_id }));
  if (ordered_at !== null) return rules;
  return [
    ...rules,
    judgeSend('on_shelf', status === 1, { status }),
    judgeSend('not_expired', !isOver(coupon_expire_time, now), { coupon_expire_time }),
    judgeSend('stock', available >= number, { number, available, total_count, issued_count }),
  ];
}

const binding = (code: string, [zh, en]: Line, [no_zh, no_en]: Line): RuleWords => ({
  code,
  yes: { zh, en },
  no: { zh: no_zh, en: no_en },
});
const GUESSES = 'isv.voucher-guess-limit';

/** The rules of binding a code, named; codes are those of the method, or what it says of the code. */
const judgeBind = judgeBy({
  batch: binding('isv.voucher-batch-not-exist', ['批次存在', 'the batch exists'], ['批次不存在', 'no such batch']),
  app_guesses: binding(
    GUESSES,
    ['应用未因错码锁定', 'the app is not locked out'],
    ['应用的错误券码过多，已暂停', 'the app named too many wrong codes and is locked out'],
  ),
  user_guesses: binding(
    GUESSES,
    ['用户未因错码锁定', 'the user is not locked out'],
    ['用户的错误券码过多，已暂停', 'the user named too many wrong codes and is locked out'],
  ),
  code: binding('NOT_FOUND', ['券码存在', 'the batch has the code'], ['券码不存在', 'the batch has no such code']),
  not_voided: binding('VOIDED', ['券码未作废', 'the code is not voided'], ['券码已作废', 'the code is voided']),
  not_consumed: binding('CONSUMED', ['券码未核销', 'the code is not consumed'], ['券码已核销', 'the code is consumed']),
  begun: binding(
    'NOT_STARTED',
    ['已到绑定开始时间', 'codes may be bound by now'],
    ['未到绑定开始时间', 'codes may not be bound yet'],
  ),
  not_expired: binding('EXPIRED', ['券码未过期', 'it has not expired'], ['券码已过期', 'it has expired']),
  on_shelf: binding('OFF_SHELF', ['批次已上架', 'the batch is on shelf'], ['批次已下架', 'the batch is off shelf']),
  not_bound: binding(
    'BOUND',
    ['该用户尚未绑定此券码', 'the user has not bound it before'],
    ['该用户已绑定此券码', 'the user has bound it before'],
  ),
  not_bound_by_other: binding(
    'BOUND_BY_OTHER',
    ['未被其他用户绑定', 'no other user has bound it'],
    ['已被其他用户绑定', 'another user has bound it'],
  ),
  bind_limit: binding(
    'LIMIT',
    ['未达可绑定数量上限', 'the user may bind more codes'],
    ['已达该用户可绑定数量上限', 'the user has bound as many codes as allowed'],
  ),
});

/** A binding: of a code or of any (`code` null), found in the batch or not, and by whom (keyed hash in hex). */
export type BindAsked = {
  readonly code: string | null;
  readonly is_found: boolean;
  readonly user_hash: string;
  readonly limits: GuessLimits;
  readonly now: Date;
};

/** Whether a caller that names `wrong` wrong codes is let through, as voucher_guess_pass decides. */
function guessRule(
  rule: 'app_guesses' | 'user_guesses',
  state: GuessFacts | undefined,
  { wrong: most, window }: GuessLimit,
  wrong: number,
  now: Date,
): Judged {
  const locked_until = state?.locked_until ?? null;
  const isLocked = locked_until !== null && locked_until > now;
  const counts = state !== undefined && state.window_start.getTime() + window * 1000 > now.getTime();
  const used = counts ? state.wrong : 0;
  return judgeBind(rule, !isLocked && (wrong === 0 || used + wrong <= most), {
    ...{ wrong_codes: used, most, window_seconds: window },
    locked_until: isLocked ? locked_until : null,
  });
}

function codeRules(facts: BindFacts): Judged[] {
  return [judgeBind('not_voided', facts.code_status !== -2), judgeBind('not_consumed', facts.code_status !== 2)];
}

function ownerRules({ bound_time, bound_hash }: BindFacts, user_hash: string): Judged[] {
  const isOwn = bound_hash === user_hash;
  return [
    judgeBind('not_bound', bound_time === null || !isOwn, { bound_time: isOwn ? bound_time : null }),
    judgeBind('not_bound_by_other', bound_time === null || isOwn, { bound_time: isOwn ? null : bound_time }),
  ];
}

/** The rules of binding, in the order in which the method and voucher_operate decide. */
export function bindRules(
  facts: BindFacts | undefined,
  guesses: readonly GuessFacts[],
  { code, is_found, user_hash, limits, now }: BindAsked,
): Judged[] {
  const batch = judgeBind('batch', facts !== undefined);
  if (facts === undefined) return [batch];
  const wrong = code === null || is_found ? 0 : 1;
  const of = (caller: string) => guesses.find((each) => each.caller === caller);
  const rules = [
    batch,
    guessRule('app_guesses', of(''), limits.app, wrong, now),
    guessRule('user_guesses', of(user_hash), limits.user, wrong, now),
    ...(code === null ? [] : [judgeBind('code', is_found)]),
  ];
  const { bind_begin_time, coupon_expire_time, expire_time, status, bound_count, max_bind_count } = facts;
  const until = expire_time ?? coupon_expire_time;
  return [
    ...rules,
    ...(is_found ? codeRules(facts) : []),
    judgeBind('begun', now >= bind_begin_time, { bind_begin_time }),
    judgeBind('not_expired', !isOver(until, now), { expire_time: until }),
    judgeBind('on_shelf', status === 1, { status }),
    ...(is_found ? ownerRules(facts, user_hash) : []),
    judgeBind('bind_limit', max_bind_count === null || bound_count < max_bind_count, { bound_count, max_bind_count }),
  ];
}
