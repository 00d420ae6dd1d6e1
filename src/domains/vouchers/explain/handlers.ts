import type { Handlers } from '../../../contract/method.ts';
import type { bindExplain, sendExplain } from '../../../contract/vouchers/explain.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { verdict } from '../../explain.ts';
import { hashUser } from '../codes/handlers.ts';
import { findCatalogues } from '../codes/queries.ts';
import { GUESS_LIMITS } from '../codes/rules.ts';
import { ORDER_PURPOSE } from '../orders/handlers.ts';
import { findGrants } from '../orders/queries.ts';
import { orderText, usersOf } from '../orders/rules.ts';
import { findTyped } from '../typed.ts';
import { findBindFacts, findGuesses, findSendFacts } from './queries.ts';
import { bindRules, sendRules } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** Why codes are issued and bound or not; all of it only reads. */
export const voucherExplainHandlers = ({
  sql,
  vault,
}: Parts): Handlers<readonly [typeof sendExplain, typeof bindExplain]> => ({
  'piaoquan.voucher.send.explain': async (
    { param_f_code_merchant_send_code_request: request, user_id, caller_app_key },
    context,
  ) => {
    const { mix_id, ext_order_id, number, partner_code = null } = request;
    const caller = caller_app_key ?? context.app_key;
    const [facts, [granted = false]] = await Promise.all([
      findSendFacts(sql, { mix_id, app_key: caller, ext_order_id, count: number }),
      findGrants(sql, [{ mix_id, user_id, partner_code }]),
    ]);
    const content = vault.hash(ORDER_PURPOSE, orderText(request)).toString('hex');
    const users_fit = usersOf(request) !== undefined;
    return verdict(sendRules(facts, { mix_id, users_fit, granted, number, content, now: context.now }));
  },
  // A wrong code is not counted here, as the method only reads; who may call it may export every code anyway.
  'piaoquan.voucher.bind.explain': async ({ mix_id, user_id, code = null, caller_app_key }, context) => {
    const user_hash = hashUser(vault, user_id);
    const sequence = code === null ? null : await sequenceOf({ sql, vault }, mix_id, code);
    const [facts, guesses] = await Promise.all([
      findBindFacts(sql, { mix_id, sequence, user_hash }),
      findGuesses(sql, caller_app_key ?? context.app_key, user_hash),
    ]);
    const asked = { code, is_found: sequence !== null, user_hash, limits: GUESS_LIMITS, now: context.now };
    return verdict(bindRules(facts, guesses, asked));
  },
});

/** The sequence of a code in its batch; null when the batch has none such. */
async function sequenceOf({ sql, vault }: Parts, mix_id: string, code: string): Promise<number | null> {
  const [batch] = await findCatalogues(sql, [mix_id]);
  if (batch === undefined) return null;
  const [found = null] = await findTyped({ sql, vault }, [{ batch, text: code }]);
  return found?.sequence ?? null;
}
