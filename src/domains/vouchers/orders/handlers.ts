import { createBatcher } from '../../../batching/batch.ts';
import { keyOf } from '../../../batching/key.ts';
import { createLoader, inOrder } from '../../../batching/loader.ts';
import { createWeighed } from '../../../batching/weighed.ts';
import type { Handlers, ResponseOf } from '../../../contract/method.ts';
import type { lotterySendcode } from '../../../contract/vouchers/fcode.ts';
import type { Sql } from '../../../database/pool.ts';
import { storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { openIssuedCodes } from '../grant.ts';
import {
  type Claim,
  claimNumbers,
  findGrants,
  type GrantKey,
  type Order,
  type OrderAnswer,
  sendCodes,
} from './queries.ts';
import { orderText, REFUSALS, type SendRequest, usersOf } from './rules.ts';

/** Purpose under which the vault hashes what an order asks. */
export const ORDER_PURPOSE = 'voucher-order';
/** Purpose under which the vault hashes nicks that codes are issued to. */
export const NICK_PURPOSE = 'voucher-nick';
/** Codes of the orders in one statement, and of those that wait for it: a code costs a tenth of a millisecond. */
const ROOM = { batch: 5000, queue: 25_000 };

type Answer = ResponseOf<typeof lotterySendcode>;

const refusal = (why: keyof typeof REFUSALS, request?: SendRequest): Answer => {
  const [return_code, return_message, return_error_solution] = REFUSALS[why];
  return {
    result: { return_code, request_id: request?.ext_order_id, return_error_solution, return_message, success: false },
  };
};

function success(vault: Vault, request: SendRequest, answer: OrderAnswer & { state: 'ok' }): Answer {
  const { gmt_expire, gen_task_id, cost_price } = answer;
  const codes = openIssuedCodes(
    vault,
    answer.codes.map((handle) => Buffer.from(handle, 'hex')),
  );
  return {
    result: {
      return_code: '0',
      request_id: request.ext_order_id,
      return_value: {
        f_code_merchant_info_list: codes.map((code) => ({ gmt_expire, gen_task_id, cost_price, code })),
      },
      return_message: '',
      success: true,
    },
  };
}

/** Answers orders in micro-batches by batch of codes, small and large ones apart. */
function openSends(sql: Sql): (mix_id: string, order: Order, now: Date) => Promise<OrderAnswer> {
  const sends = createWeighed<{ order: Order; now: Date }, OrderAnswer>({
    // The latest command's instant is that of the batch.
    run: (mix_id, commands) =>
      sendCodes(
        sql,
        mix_id,
        commands.map(({ order }) => order),
        commands.at(-1)?.now as Date,
      ),
    room: ROOM,
  });
  return (mix_id, order, now) => sends(mix_id, order.count, { order, now });
}

/**
 * Order numbers by app. A number is that of the batch it was first asked for, over all processes and whatever became of
 * that order: the orders themselves stand with their batch, where the same number in another one cannot be seen.
 * @returns a function that claims a number for a batch and tells whether it may be used there
 */
function openNumbers(sql: Sql): (app_key: string, claim: Claim) => Promise<boolean> {
  const numbers = createBatcher<Claim, string>({ run: (app_key, claims) => claimNumbers(sql, app_key, claims) });
  return async (app_key, claim) => (await numbers.submit(app_key, claim)) === claim.mix_id;
}

/**
 * The handler of sendcode. Whoever may export a batch may issue its codes: the export shows them all anyway. Codes issued
 * to users are noted as theirs, yet not bound: binding is the user's own act and starts the days of a DAY batch.
 */
export function orderHandlers({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<readonly [typeof lotterySendcode]> {
  const granted = createLoader<GrantKey, boolean>({
    keyOf: ({ mix_id, user_id, partner_code }) => keyOf(mix_id, user_id, partner_code),
    load: inOrder((keys) => findGrants(sql, keys)),
  });
  const claimNumber = openNumbers(sql);
  const sends = openSends(sql);

  return {
    'taobao.film.lottery.sendcode': async (
      { param_f_code_merchant_send_code_request: request },
      { app_key, user, now },
    ) => {
      if (request == null) return refusal('missing');
      const { mix_id, ext_order_id, number, partner_code = null, user_id_type } = request;
      const users = usersOf(request);
      if (users === undefined) return refusal('users', request);
      if (!(await granted({ mix_id, user_id: user.user_id, partner_code }))) return refusal('not_found', request);
      if (!(await claimNumber(app_key, { ext_order_id, mix_id }))) return refusal('conflict', request);
      // A nick is personal, an id is not unless it is a phone number: of a nick only the hash is kept.
      const kept =
        user_id_type === 'TAOBAO_NAME'
          ? users.map((nick) => vault.hash(NICK_PURPOSE, nick).toString('hex'))
          : users.map((user_id) => storedUser(vault, user_id));
      const content = vault.hash(ORDER_PURPOSE, orderText(request)).toString('hex');
      const order = { app_key, ext_order_id, content, count: number, ...(kept.length > 0 && { users: kept }) };
      const answer = await sends(mix_id, order, now);
      return answer.state === 'ok' ? success(vault, request, answer) : refusal(answer.state, request);
    },
  };
}
