import type { drawExplain } from '../../../contract/lottery/explain.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import { storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { verdict } from '../../explain.ts';
import { findDrawFacts } from './queries.ts';
import { drawRules, prizeOdds } from './rules.ts';

/** Why a draw wins or does not, and how an activity's wins came about; all of it only reads. */
export const lotteryExplainHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<readonly [typeof drawExplain]> => ({
  'piaoquan.lottery.draw.explain': async (
    { spread_id, platform, mix_user_id, out_biz_id, caller_app_key },
    context,
  ) => {
    const asked = {
      spread_id,
      platform: platform ?? null,
      app_key: caller_app_key ?? context.app_key,
      out_biz_id: out_biz_id ?? null,
      mix_user_id: storedUser(vault, mix_user_id),
    };
    const facts = await findDrawFacts(sql, asked, context.now);
    return { ...verdict(drawRules(facts, asked)), choices: prizeOdds(facts) };
  },
});
