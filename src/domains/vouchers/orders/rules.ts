import type { Static } from 'typebox';
import { USER_ID_LENGTH } from '../../../contract/schema.ts';
import type { sendCodeRequest } from '../../../contract/vouchers/fcode.ts';
import { personOf } from '../../../secrets/personal.ts';

/** What the caller of sendcode asks. */
export type SendRequest = Static<typeof sendCodeRequest>;

/** Most users of one order. */
const MAX_USERS = 1000;

/**
 * The users of an order in the caller's order, each as it is compared; none when no list is given. Undefined when the list has an empty or
 * doubled entry or too many, or when `number` is not `each_num` for each of them.
 */
export function usersOf(request: SendRequest): string[] | undefined {
  const { user_id_list, number, each_num } = request;
  if (user_id_list === undefined || user_id_list === null) return [];
  const named = user_id_list.split('|').map((user) => user.trim());
  if (named.length > MAX_USERS || named.some((user) => user.length > USER_ID_LENGTH)) return undefined;
  const users = named.map(personOf);
  const doubled = new Set(users).size < users.length;
  return doubled || users.includes('') || number !== each_num * users.length ? undefined : users;
}

/** Everything an order asks, as one text: orders of equal text are the same order. */
export const orderText = (request: SendRequest): string =>
  JSON.stringify(
    Object.entries(request)
      .filter(([, value]) => value !== undefined && value !== null)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

/** Every refusal of sendcode, with what a caller can do. */
export const REFUSALS = {
  users: ['200400', '券码数量与用户列表不符', '让 number 等于 each_num × 用户数，用户不重复，最多 1000 个'],
  missing: [
    '200401',
    '缺少参数 param_f_code_merchant_send_code_request',
    '补上 param_f_code_merchant_send_code_request，至少含 mix_id、ext_order_id、each_num、number',
  ],
  not_found: ['200404', '券码批次不存在或无权发放', '核对 mix_id、partner_code 与授权用户'],
  off_shelf: ['200405', '券码批次已下架', '联系平台上架该批次'],
  expired: ['200406', '券码批次已过期', '换用未过期的批次'],
  conflict: ['200409', '该业务单号已用于其他内容', '重试时保持内容不变，新的发放使用新的单号'],
  short: ['200410', '券码库存不足', '减少数量，或等待补充券码后用原单号重试'],
} as const;
