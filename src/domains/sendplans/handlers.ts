import { randomBytes } from 'node:crypto';
import { createBatcher } from '../../batching/batch.ts';
import { keyOf } from '../../batching/key.ts';
import { createLoader, inOrder } from '../../batching/loader.ts';
import type { CallContext, Handlers, RequestOf } from '../../contract/method.ts';
import {
  type genieContracts,
  SEND_PLAN_QUERY_RESULTS,
  SEND_PLAN_RECEIVE_RESULTS,
  type sendPlanReceive,
} from '../../contract/sendplans/genie.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { chargeHandlers } from './charge/handlers.ts';
import {
  type CircleKey,
  type FoundCircle,
  findPlans,
  findReceived,
  type Plan,
  type ReceiveCommand,
  type Received,
  type ReceivedItem,
  type ReceivedKey,
  receive,
} from './queries.ts';
import { grantMap, isOpen, type Receiver, readReceiver, userKeys, withReceived } from './rules.ts';
import { RECEIVER_SEALED } from './sealed.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** Purpose under which the vault hashes and seals a partner's users. */
const USER_PURPOSE = 'sendplan-user';

const queryResult = (code: keyof typeof SEND_PLAN_QUERY_RESULTS) => ({
  ret_code: Number(code),
  ret_msg: SEND_PLAN_QUERY_RESULTS[code].zh,
});

/** Carries out the methods of the send plans on the database. */
export const sendplansHandlers = ({ sql, vault }: Parts): Handlers<typeof genieContracts> => {
  // Plans begin and end on whole seconds, so requests of one second may share a query.
  const load = createLoader<CircleKey, FoundCircle>({
    keyOf: ({ isv_id, circle_id, circle_content, second }) => keyOf(isv_id, circle_id, circle_content, second),
    load: inOrder((keys) => findPlans(sql, keys)),
  });
  const tellReceived = openReceived(sql);
  const receives = createBatcher<ReceiveCommand, Received>({
    run: (plan_id, commands) => receive(sql, Number(plan_id), commands),
  });
  return {
    'alibaba.ai.content.business.send.plan.query': async ({ param0 }, { now }) => {
      const names = userHashes(vault, param0.isv_id, readReceiver(param0.isv_user_info_map));
      const { circle_content, circle_id } = param0.circle_info;
      const second = Math.floor(now.getTime() / 1000);
      const key: CircleKey = { isv_id: param0.isv_id, circle_id, circle_content, second };
      const found = (await load(key)) as FoundCircle;
      if (found.isv_id === null) return { ret_value: [], ...queryResult('1001') };
      if (found.circle_id === null) return { ret_value: [], ...queryResult('1002') };
      const plans = found.plans.filter((plan) => isOpen(plan, now));
      const ret_value = names.length === 0 ? plans : await tellReceived(plans, names, second);
      return { ret_value, ...queryResult('0') };
    },
    'alibaba.ai.content.business.send.plan.receive': async ({ param0 }, { now }) => {
      const receiver = readReceiver(param0.isv_user_info_map);
      const names = userHashes(vault, param0.isv_id, receiver);
      if (names.length === 0) return notReceived(1012);
      const command = receiveCommand(vault, param0, receiver, names, now);
      const received = await receives.submit(String(param0.send_plan_id), command);
      if (received.receipt_id === null) return notReceived(received.outcome);
      const { start_time, end_time } = received;
      return { ret_value: { status: true, start_time, end_time, map: grantMap(received) }, ...receiveResult(0) };
    },
    ...chargeHandlers({ sql, vault }),
  };
};

/** Keyed hashes in hex of all names of a partner's user; what it receives is kept by the first. */
export const userHashes = (vault: Vault, isv_id: number, receiver: Receiver): string[] =>
  userKeys(isv_id, receiver).map((key) => vault.hash(USER_PURPOSE, key).toString('hex'));

/** A function that tells beside plans what a person has received of them by a second of the epoch. */
function openReceived(sql: Sql) {
  const load = createLoader<ReceivedKey, ReceivedItem[]>({
    keyOf: ({ plans, names, second }) => keyOf(second, ...plans, ...names),
    load: inOrder((keys) => findReceived(sql, keys)),
  });
  const sum = (items: readonly ReceivedItem[], of: 'count' | 'today'): number =>
    items.reduce((total, each) => total + each[of], 0);
  return async (plans: readonly Plan[], names: readonly string[], second: number): Promise<Plan[]> => {
    if (plans.length === 0) return [];
    const key: ReceivedKey = { plans: plans.map(({ id }) => id), names, second };
    const received = (await load(key)) as ReceivedItem[];
    return plans.map((plan) => {
      const own = received.filter(({ plan_id }) => plan_id === plan.id);
      const items = new Map(own.map(({ item_id, count }) => [item_id, count]));
      return withReceived(plan, { count: sum(own, 'count'), today: sum(own, 'today'), items });
    });
  };
}

type ReceiveRequest = RequestOf<typeof sendPlanReceive>['param0'];

/** The request as the database takes it; what is known of the user is sealed, but for its key of the request. */
function receiveCommand(
  vault: Vault,
  { isv_id, circle_info, send_plan_id }: ReceiveRequest,
  { requestId, ...known }: Receiver,
  [user_hash = '', ...also]: readonly string[],
  now: CallContext['now'],
): ReceiveCommand {
  return {
    at: now.getTime(),
    isv_id,
    circle_id: circle_info.circle_id,
    circle_content: circle_info.circle_content,
    user_hash,
    ...(also.length > 0 && { also }),
    user_sealed: vault.seal(RECEIVER_SEALED, [send_plan_id, user_hash], JSON.stringify(known)).toString('base64'),
    request_id: requestId ?? null,
    draw: randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  };
}

const receiveResult = (code: number) => ({
  ret_code: code,
  ret_msg: SEND_PLAN_RECEIVE_RESULTS[String(code) as keyof typeof SEND_PLAN_RECEIVE_RESULTS].zh,
});

const notReceived = (code: number) => ({ ret_value: { status: false, map: '{}' }, ...receiveResult(code) });
