import type { Handlers } from '../../../contract/method.ts';
import type { receiveExplain } from '../../../contract/sendplans/explain.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { verdict } from '../../explain.ts';
import { userHashes } from '../handlers.ts';
import { readReceiver } from '../rules.ts';
import { findReceiveFacts } from './queries.ts';
import { itemOdds, nobody, receiveRules } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** Why a plan is received or not; all of it only reads. */
export const sendplanExplainHandlers = ({ sql, vault }: Parts): Handlers<readonly [typeof receiveExplain]> => ({
  'piaoquan.sendplan.receive.explain': async ({ param0 }, { now }) => {
    const receiver = readReceiver(param0.isv_user_info_map);
    const names = userHashes(vault, param0.isv_id, receiver);
    if (names.length === 0) return { ...verdict(nobody()), choices: [] };
    const asked = {
      isv_id: param0.isv_id,
      ...param0.circle_info,
      plan_id: param0.send_plan_id,
      names,
      request_id: receiver.requestId ?? null,
    };
    const facts = await findReceiveFacts(sql, asked, now);
    return { ...verdict(receiveRules(facts, asked, now)), choices: itemOdds(facts) };
  },
});
