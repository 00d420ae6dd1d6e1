import { randomUUID } from 'node:crypto';
import { BusyError, createBatcher } from '../../../batching/batch.ts';
import { keyOf } from '../../../batching/key.ts';
import { createLoader, inOrder } from '../../../batching/loader.ts';
import { benefitErrors } from '../../../contract/benefits/errors.ts';
import { activitySend, type benefitSendContracts } from '../../../contract/benefits/send.ts';
import { fault, type Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { RECEIVER_SEALED } from '../sealed.ts';
import {
  type DetailResult,
  findSellers,
  findUsers,
  type SendCommand,
  type SendOutcome,
  send,
  type UserName,
} from './queries.ts';
import {
  opaqueReceiver,
  type Receiver,
  type ReceiverNames,
  receiverKey,
  receivingUser,
  rewardedUsers,
} from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };
type ErrorCode = keyof typeof benefitErrors;

/** Purpose under which the vault hashes receivers. */
export const RECEIVER_PURPOSE = 'benefit-receiver';
const CONTENT_PURPOSE = 'benefit-send';
const SHARE_PURPOSE = 'benefit-share';

/** What a send asks, whichever method it came by. */
export type Asked = Pick<SendCommand, 'relation_id' | 'detail_id' | 'config_id' | 'benefit_type' | 'send_count'> & {
  readonly unique_id: string;
  readonly receiver: Receiver;
  readonly biz_id?: string;
  readonly trace_id?: string;
  /** Key of the chain of sharing within biz_id. */
  readonly share_key?: string | null | undefined;
};

/**
 * Carries out the sends. What concerns a send as a whole is an error of the method; what concerns one of its benefits
 * stands in the result of that detail. The mobile methods have a place of their own for the former.
 */
export const sendHandlers = ({ sql, vault }: Parts): Handlers<typeof benefitSendContracts> => {
  const sender = openSender({ sql, vault });
  const findReceiver = openReceivers(sql);
  const findSeller = createLoader<number, number>({ load: (ids) => findSellers(sql, ids) });
  return {
    'taobao.promotion.benefit.activity.send': async (request, { user, now }) => {
      const { send_request } = request;
      const { relation_id, detail_id, benefit_type, send_count } = send_request;
      if (relation_id == null && detail_id == null) throw fault(activitySend, 'isv.param-error:2010');
      const receiver = await findReceiver(request);
      if (receiver === undefined) throw fault(activitySend, 'isv.param-error:225');
      const unique_id = send_request.unique_id ?? randomUUID();
      const { error_code, results } = await sender(user.user_id, now, {
        ...{ relation_id: relation_id ?? null, detail_id: detail_id ?? null, send_count, unique_id, receiver },
        ...{ benefit_type: benefit_type ?? null, config_id: null },
      });
      if (error_code !== null) throw fault(activitySend, error_code as ErrorCode);
      return { result_list: results, unique_id, is_success: true };
    },
    'taobao.mobile.promotion.benefit.activity.send': async ({ single_benefit_request: request }, { user, now }) => {
      const { purchaser_id, benefit_type: config_id, card_type: _unused, receiver_id, ...rest } = request;
      const { unique_id } = request;
      const isOther = receiver_id != null && receiver_id !== user.user_id;
      if (isOther) return { send_result: { ...refusal('isv.param-error:225'), is_success: false, unique_id } };
      const asked = { ...rest, config_id, benefit_type: null, receiver: receivingUser(user.user_id) };
      const { error_code, results } = await sender(purchaser_id, now, asked);
      if (error_code !== null) return { send_result: { ...refusal(error_code), is_success: false, unique_id } };
      return { send_result: { ...failureOf(results), is_success: anySent(results), results, unique_id } };
    },
    'taobao.mobile.promotion.benefit.activity.send.share': async (request, { user, now }) => {
      const { feed_id: _unused, share_users, benefit_type: config_id, ...rest } = request;
      const refused = (code: string) => ({ send_result: { ...refusal(code), success: false, result_map: '{}' } });
      if (rewardedUsers(share_users).includes(String(user.user_id))) return refused('isp.param-error:301');
      const seller = await findSeller(request.relation_id);
      if (seller === undefined) return refused('isv.param-error:295');
      const asked = { ...rest, config_id, benefit_type: null, receiver: receivingUser(user.user_id) };
      const { error_code, results } = await sender(seller, now, asked);
      if (error_code !== null) return refused(error_code);
      return { send_result: { ...failureOf(results), success: anySent(results), result_map: resultMap(results) } };
    },
  };
};

/** The keyed hash (hex) of all that a send asks, by which a repeated one is known; the clue for debugging does not count. */
export function contentHash(vault: Vault, { receiver, share_key, trace_id: _clue, ...content }: Asked): string {
  const text = JSON.stringify([receiverKey(receiver), share_key, Object.entries(content).sort()]);
  return vault.hash(CONTENT_PURPOSE, text).toString('hex');
}

/** A function that sends for a seller: in a batch with all that wait for the same one. */
function openSender({ sql, vault }: Parts): (user_id: number, now: Date, asked: Asked) => Promise<SendOutcome> {
  // Keyed by the seller, not by the template: one send may be of several templates, and a detail_id alone does not tell
  // which; so no look-up has to go before the batch.
  const sends = createBatcher<SendCommand, SendOutcome>({
    run: (user_id, commands) => send(sql, Number(user_id), commands),
  });
  return async (user_id, now, whole) => {
    const { receiver, share_key, ...asked } = whole;
    // Ids begin at 1; to the database 0 is one that was not named.
    if ([asked.relation_id, asked.detail_id].some((id) => id !== null && id < 1))
      return { error_code: 'isv.param-error:295', results: null };
    try {
      return await sends.submit(String(user_id), {
        ...asked,
        at: now.getTime(),
        content: contentHash(vault, whole),
        receiver_hash: vault.hash(RECEIVER_PURPOSE, receiverKey(receiver)).toString('hex'),
        receiver_sealed: vault
          .seal(RECEIVER_SEALED, [user_id, asked.unique_id], JSON.stringify(receiver))
          .toString('base64'),
        share_hash:
          share_key == null ? null : vault.hash(SHARE_PURPOSE, `${asked.biz_id}\n${share_key}`).toString('hex'),
        biz_id: asked.biz_id ?? null,
        trace_id: asked.trace_id ?? null,
      });
    } catch (error) {
      throw asFamilyError(error);
    }
  };
}

/** SQLSTATE class 23: a constraint refused the record (PostgreSQL, appendix A). */
const REFUSED_RECORD = /^23...$/;

/** What a failed batch is called in this family; another error stays as it is. */
function asFamilyError(error: unknown): unknown {
  if (error instanceof BusyError) return fault(activitySend, 'isp.param-error:102');
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !REFUSED_RECORD.test(code)) return error;
  return Object.assign(fault(activitySend, 'isp.param-error:101'), { cause: error });
}

/** A function that finds who a send is for: undefined when nobody is named, a name is nobody's, or two are of two users. */
export function openReceivers(sql: Sql): (names: ReceiverNames) => Promise<Receiver | undefined> {
  const findUser = createLoader<UserName, number | undefined>({
    keyOf: ({ user_id, nick }) => keyOf(user_id, nick),
    load: inOrder((names) => findUsers(sql, names)),
  });
  return async (names) => {
    const { receiver_id, plat_nick, send_request } = names;
    const user_ids = [receiver_id, send_request.receiver_id].filter((user_id) => user_id != null);
    const plain: UserName[] = [
      ...user_ids.map((user_id) => ({ user_id })),
      ...(plat_nick == null ? [] : [{ nick: plat_nick }]),
    ];
    if (plain.length === 0) return opaqueReceiver(names);
    const [found, ...others] = await Promise.all(plain.map((name) => findUser(name)));
    return found === undefined || others.some((other) => other !== found) ? undefined : receivingUser(found);
  };
}

const anySent = (results: readonly DetailResult[]): boolean => results.some(({ success_count }) => success_count > 0);

const refusal = (error_code: string) => ({
  error_message: benefitErrors[error_code as ErrorCode].cause.zh,
  error_code,
});

/** The first reason why units failed; nothing when none did. */
function failureOf(results: readonly DetailResult[]) {
  const [code] = results.flatMap(({ error_code_list }) => error_code_list);
  return code === undefined ? {} : refusal(code);
}

const resultMap = (results: readonly DetailResult[]): string =>
  JSON.stringify(
    Object.fromEntries(
      results.map(({ index_id, success_count, failure_count, error_code_list }) => [
        index_id,
        { successCount: success_count, failureCount: failure_count, errorCodeList: error_code_list },
      ]),
    ),
  );
