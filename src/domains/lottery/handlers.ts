import { createLoader, keepLast } from '../../batching/loader.ts';
import { drawReturns, invalidReturns, type lotteryDrawContracts } from '../../contract/lottery/lottery.ts';
import { type filmMemberGet, memberSave } from '../../contract/lottery/member.ts';
import type { lotteryPerformanceConfigQuery } from '../../contract/lottery/performance-config.ts';
import { type CallContext, fault, type Handlers, type RequestOf } from '../../contract/method.ts';
import { isOver, refuseOver } from '../../contract/period.ts';
import { logged } from '../../database/change-log.ts';
import type { Sql } from '../../database/pool.ts';
import { mask } from '../../secrets/masks.ts';
import { storedUser } from '../../secrets/personal.ts';
import type { Vault } from '../../secrets/vault.ts';
import { openIssuedCodes } from '../vouchers/grant.ts';
import type { Draws } from './draws.ts';
import {
  type Activity,
  type Drawn,
  findActivities,
  findMembers,
  type Member,
  type RewardKey,
  saveMember,
} from './queries.ts';
import { rewardOf } from './rules.ts';

/**
 * The handlers of the draw activities. Any permitted app may read any activity, an off-shelf one too; what does not
 * exist, belongs to another channel, or gives nothing is told by the return_code of a normal answer.
 */
export const lotteryHandlers = ({
  sql,
  vault,
  draws,
}: {
  sql: Sql;
  vault: Vault;
  draws: Draws;
}): Handlers<
  readonly [
    typeof lotteryPerformanceConfigQuery,
    typeof filmMemberGet,
    typeof memberSave,
    ...typeof lotteryDrawContracts,
  ]
> => {
  const findActivity = createLoader({ load: (spread_ids: string[]) => findActivities(sql, spread_ids) });
  const findMember = createLoader({ load: (alipay_ids: string[]) => findMembers(sql, alipay_ids) });
  const configOf = keepLast(({ name, status, segment_infos }: Activity) => ({
    return_value: { name, status, segment_infos },
    return_message: '成功',
    return_code: '0',
  }));
  return {
    'taobao.film.lottery.performance.config.query': async ({ performance_query_config_param: param }) => {
      const activity = await findActivity(param.spread_id);
      if (activity === undefined) return { return_message: '活动不存在', return_code: '200001' };
      if (activity.platform !== param.platform) return { return_message: '渠道与活动不匹配', return_code: '200002' };
      return configOf(activity);
    },
    'taobao.film.lottery.performance': async ({ lottery_performance_top_param: param }, { app_key, now }) => {
      const drawn = await draws.draw({ ...param, mix_user_id: storedUser(vault, param.mix_user_id), app_key, now });
      const return_value = await performanceResult(draws, vault, param, drawn);
      return { ...returned(drawReturns, drawn.return_code), ...(return_value && { return_value }) };
    },
    'taobao.film.lottery.performance.invalid': async ({ lottery_performance_invalid_param: param }, context) => {
      const { app_key, now } = context;
      const code = await draws.invalid({ ...param, mix_user_id: storedUser(vault, param.mix_user_id), app_key, now });
      return returned(invalidReturns, code);
    },
    'taobao.film.member.get': async ({ query_member_identity_param: { alipay_id } }, { now }) => {
      const member = await findMember(storedUser(vault, alipay_id));
      return { result: member === undefined ? NOT_BOUND : { module: identityOf(member, now), ...DONE } };
    },
    'piaoquan.lottery.member.save': async (member, context) => {
      await storeMember(sql, vault, member, context);
      return { is_success: true };
    },
  };
};

const DONE = { result_code: '0', result_message: '请求成功', success: 'true' } as const;
const NOT_BOUND = {
  result_code: 'NOT_BIND_TAO_BAO',
  result_message: '支付宝用户未绑定淘宝账号',
  success: 'false',
} as const;

/** What a membership is worth at an instant: one that is over is none, and its end the last one. */
function identityOf({ mix_user_id, nick, member_level, expire_date, invalid_date }: Member, now: Date) {
  const over = expire_date !== null && isOver(expire_date, now);
  const ended = over ? expire_date : invalid_date;
  return {
    ...(expire_date !== null && !over && { expire_date }),
    member_level: over ? 0 : member_level,
    mix_user_id,
    nick,
    ...(ended !== null && { invalid_date: ended }),
  };
}

/** Saves a membership whole; refuses one without the end that its level needs, and an end that is over. */
async function storeMember(
  sql: Sql,
  vault: Vault,
  { alipay_id, mix_user_id, nick, member_level, expire_date = null }: RequestOf<typeof memberSave>,
  context: CallContext,
): Promise<void> {
  if ((member_level === 0) !== (expire_date === null)) throw fault(memberSave, 'isv.member-contradicts');
  const row = { alipay_id: storedUser(vault, alipay_id), mix_user_id, nick: mask(nick), member_level, expire_date };
  await sql.begin(async (tx) => {
    const named = ['lottery_member', { alipay_id: row.alipay_id }] as const;
    const old = await logged(tx, context, [named], () => saveMember(tx, row, context.now));
    refuseOver(memberSave, 'isv.member-over', { path: 'expire_date', end: expire_date, old }, context.now);
  });
}

function returned(words: Readonly<Record<string, { readonly zh: string }>>, code: number) {
  return { return_code: String(code), return_message: words[code]?.zh ?? '' };
}

const NO_PRIZE_LEFT = 200010;

async function performanceResult(
  draws: Draws,
  vault: Vault,
  { platform, spread_id }: Omit<RewardKey, 'reward_no'>,
  { return_code, win }: Drawn,
) {
  if (win === undefined) return return_code === NO_PRIZE_LEFT ? { result_code: 2, rewards: [] } : undefined;
  const { result_code, reward_no } = win;
  if (reward_no === null) return { result_code, rewards: [] };
  const reward = await draws.reward({ platform, spread_id, reward_no });
  const codes = openIssuedCodes(vault, win.codes);
  return { result_code, rewards: [rewardOf(reward, win, codes)] };
}
