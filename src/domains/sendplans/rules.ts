import { platformError } from '../../contract/errors.ts';

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
  throw platformError('invalid-arguments', {
    argument: USER_INFO,
    sub_msg: `参数 ${USER_INFO} 不合法：应为 JSON 对象`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON text of a plan's rule; without a limit it is `{}`. */
export const receiveRule = (count_limit: number | null): string =>
  JSON.stringify({ countLimit: count_limit ?? undefined });

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

/** Whether a plan can be received at an instant: from its start to its end, both inclusive. */
export const isOpen = (plan: { readonly start_time: Date; readonly end_time: Date }, now: Date): boolean =>
  plan.start_time <= now && now <= plan.end_time;
