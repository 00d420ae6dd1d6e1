import type { benefitSendExplain } from '../../../contract/benefits/explain.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { verdict } from '../../explain.ts';
import { contentHash, openReceivers, RECEIVER_PURPOSE } from '../send/handlers.ts';
import { type Receiver, receiverKey } from '../send/rules.ts';
import { findSendFacts } from './queries.ts';
import { sendRules } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** Stands for a receiver whom nobody knows: no send has it. */
const NOBODY: Receiver = { kind: 'user', name: '' };

/** Why a benefit is sent or not; all of it only reads. */
export const benefitExplainHandlers = ({ sql, vault }: Parts): Handlers<readonly [typeof benefitSendExplain]> => {
  const findReceiver = openReceivers(sql);
  return {
    'piaoquan.benefit.send.explain': async ({ user_id, send_request, ...names }, { now }) => {
      const { relation_id = null, detail_id = null, benefit_type = null, unique_id = null, send_count } = send_request;
      const found = await findReceiver({ ...names, send_request });
      const receiver = found ?? NOBODY;
      const receiver_hash = vault.hash(RECEIVER_PURPOSE, receiverKey(receiver)).toString('hex');
      const facts = await findSendFacts(sql, { user_id, relation_id, detail_id, unique_id, receiver_hash }, now);
      const asked = { relation_id, detail_id, send_count, unique_id: unique_id ?? '', receiver, benefit_type };
      return verdict(
        sendRules(facts, {
          is_named: relation_id !== null || detail_id !== null,
          is_known: found !== undefined,
          content: contentHash(vault, { ...asked, config_id: null }),
          ...{ unique_id, benefit_type, send_count, now },
        }),
      );
    },
  };
};
