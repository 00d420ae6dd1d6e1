import { invalidArgument } from '../../contract/errors.ts';
import { isOver } from '../../contract/period.ts';
import { USER_ID_LENGTH } from '../../contract/schema.ts';
import { personOf, phoneOf, plainPhone } from '../../secrets/personal.ts';

/** One thing a plan gives, with its inventory in units; null where it has none or the default holds. */
export type PlanItem = {
  readonly id: number;
  readonly name: string;
  readonly weight: number;
  readonly total_inventory: number | null;
  readonly consumed_inventory: number;
  readonly consume_inventory: number | null;
};

const USER_INFO = 'param0.isv_user_info_map';

/**
 * Who the partner's user is. Throws platform error 41 naming the field when the text is not a JSON object.
 * @param text the request's isv_user_info_map
 */
export function readUserInfo(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalidArgument(USER_INFO, '应为 JSON 对象');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

/** Keeps the digits of an id that a double would change: two users must not become one. */
const keepDigits = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;

/** Who receives, as far as the partner says; texts are never empty. */
export type Receiver = { readonly userId?: string; readonly phone?: string; readonly requestId?: string };

/**
 * The partner's user and request key. Numbers count as their digits, phones in one spelling (no country code of China,
 * digits only). Throws platform error 41 naming the field when a value is of another kind or too long.
 */
export function readReceiver(text: string): Receiver {
  const info = readUserInfo(text);
  const userId = readId(info, 'userId', USER_ID_LENGTH);
  const phone = readId(info, 'phone', 32);
  const requestId = readId(info, 'requestId', 64);
  return {
    ...(userId !== undefined && { userId }),
    ...(phone !== undefined && { phone: plainPhone(phone) }),
    ...(requestId !== undefined && { requestId }),
  };
}

function readId(info: Readonly<Record<string, unknown>>, name: string, longest: number): string | undefined {
  const value = Object.hasOwn(info, name) ? info[name] : undefined;
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string' || id.length > longest || !id.isWellFormed() || /\p{Cc}/u.test(id))
    throw invalidArgument(`${USER_INFO}.${name}`, `应为不超过 ${longest} 个字符的文本`);
  return id;
}

/**
 * The texts by which a partner's user is told from others, all of one person: its userId, its phone, and a phone number
 * that is its userId. What it receives is kept by the first; none when it has neither.
 */
export function userKeys(isv_id: number, { userId, phone }: Receiver): string[] {
  const phones = [phone, userId === undefined ? undefined : phoneOf(userId)].filter((each) => each !== undefined);
  const keys = phones.map((each) => `${isv_id}:phone:${each}`);
  return [...new Set(userId === undefined ? keys : [`${isv_id}:userId:${personOf(userId)}`, ...keys])];
}

/** What a user has received of a plan: in all, on the day of GMT+8, and of each item by its id. */
export type Received = { readonly count: number; readonly today: number; readonly items: ReadonlyMap<number, number> };

/** A plan as its user sees it: beside the rule how often it was received, in all and today, and beside each item as well. */
export function withReceived<P extends { readonly receive_rule: string; readonly purchase_item_info: string }>(
  plan: P,
  { count, today, items }: Received,
): P {
  const rule = JSON.parse(plan.receive_rule) as { dayLimit?: number };
  const infos = JSON.parse(plan.purchase_item_info) as { id: number; weight: number }[];
  return {
    ...plan,
    receive_rule: JSON.stringify({
      ...rule,
      receivedCount: count,
      receivedToday: rule.dayLimit === undefined ? undefined : today,
    }),
    purchase_item_info: JSON.stringify(
      infos.map(({ weight, ...info }) => ({ ...info, receivedCount: items.get(info.id) ?? 0, weight })),
    ),
  };
}

/** JSON text of a plan's rule; without limits it is `{}`. */
export const receiveRule = (count_limit: number | null, day_limit: number | null = null): string =>
  JSON.stringify({ countLimit: count_limit ?? undefined, dayLimit: day_limit ?? undefined });

/** What a receive gave. */
export type Grant = {
  readonly receipt_id: number;
  readonly item_id: number;
  readonly item_name: string;
  readonly units: number;
};

/** JSON text of what a receive gave, for the answer's `map`. */
export const grantMap = ({ receipt_id, item_id, item_name, units }: Grant): string =>
  JSON.stringify({ receiptId: receipt_id, itemId: item_id, itemName: item_name, consumeInventory: units });

/**
 * JSON text of a plan's items, keys in the order of the page's sample. Of an item without a total there is neither
 * itemTotalInventory nor itemConsumeInventory.
 */
export const purchaseItemInfo = (items: readonly PlanItem[]): string =>
  JSON.stringify(
    items.map((item) => ({
      consumeInventory: item.consume_inventory ?? undefined,
      id: item.id,
      itemConsumeInventory: item.total_inventory === null ? undefined : item.consumed_inventory,
      itemTotalInventory: item.total_inventory ?? undefined,
      name: item.name,
      weight: item.weight,
    })),
  );

/** Whether a plan can be received at an instant: from its start to its last second, both inclusive. */
export const isOpen = (plan: { readonly start_time: Date; readonly end_time: Date }, now: Date): boolean =>
  plan.start_time <= now && !isOver(plan.end_time, now);
