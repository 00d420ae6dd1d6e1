import type { lotterySendcode } from '../../../contract/fcode.ts';
import type { Handlers, ResponseOf } from '../../../contract/method.ts';
import { createBatcher } from '../../../database/batch.ts';
import { createLoader } from '../../../database/load.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../database/vault.ts';
import { openIssuedCodes } from '../grant.ts';
import { findGrants, type GrantKey, type Order, type OrderAnswer, sendCodes } from './queries.ts';
import { orderText, REFUSALS, type SendRequest, usersOf } from './rules.ts';

/** Purpose under which the vault hashes what an order asks. */
export const ORDER_PURPOSE = 'voucher-order';
/** Purpose under which the vault hashes nicks that codes are issued to. */
export const NICK_PURPOSE = 'voucher-nick';
/** Codes that one batch of orders may ask for, so that it stays a matter of milliseconds. */
const MAX_BATCH = 200;

type Answer = ResponseOf<typeof lotterySendcode>;

const refusal = (why: keyof typeof REFUSALS, request: SendRequest): Answer => {
  const [return_code, return_message, return_error_solution] = REFUSALS[why];
  const { ext_order_id: request_id } = request;
  return { result: { return_code, request_id, return_error_solution, return_message, success: false } };
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

/**
 * The handler of sendcode. Whoever may export a batch may issue its codes: the export shows them all anyway. Codes issued
 * to users are noted as theirs, yet not bound: binding is the user's own act and starts the days of a DAY batch.
 */
export function orderHandlers({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<readonly [typeof lotterySendcode]> {
  const granted = createLoader<string, boolean>({
    async load(keys) {
      const answers = await findGrants(
        sql,
        keys.map((key) => JSON.parse(key) as GrantKey),
      );
      return new Map(keys.map((key, index) => [key, answers[index] as boolean]));
    },
  });
  const batcher = createBatcher<{ order: Order; now: Date }, OrderAnswer>({
    // The latest command's instant is that of the batch.
    run: (mix_id, commands) =>
      sendCodes(
        sql,
        mix_id,
        commands.map(({ order }) => order),
        commands.at(-1)?.now as Date,
      ),
    maxBatch: MAX_BATCH,
  });

  return {
    'taobao.film.lottery.sendcode': async (
      { param_f_code_merchant_send_code_request: request },
      { app_key, user, now },
    ) => {
      const { mix_id, ext_order_id, number, partner_code = null, user_id_type } = request;
      const users = usersOf(request);
      if (users === undefined) return refusal('users', request);
      if (!(await granted(JSON.stringify({ mix_id, user_id: user.user_id, partner_code }))))
        return refusal('not_found', request);
      // A nick is personal, an id is not: of a nick only the hash is kept.
      const named = user_id_type === 'TAOBAO_NAME';
      const kept = named ? users.map((nick) => vault.hash(NICK_PURPOSE, nick).toString('hex')) : users;
      const content = vault.hash(ORDER_PURPOSE, orderText(request)).toString('hex');
      const order = { app_key, ext_order_id, content, count: number, ...(kept.length > 0 && { users: kept }) };
      const answer = await batcher.submit(mix_id, { order, now });
      return answer.state === 'ok' ? success(vault, request, answer) : refusal(answer.state, request);
    },
  };
}
