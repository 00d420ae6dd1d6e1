import type { RequestOf } from '../../../contract/method.ts';
import type { orderSubmit } from '../../../contract/ticketing/order.ts';
import { type Arguments, readId } from '../rules.ts';
import { documentFault, IDENTITY_CARD, plainBearer, plainCard } from './documents.ts';

/** What order.submit is asked for. */
export type SubmitParam = RequestOf<typeof orderSubmit>['grouped_submit_order_param'];
type GoodsParam = NonNullable<SubmitParam['cart_goods_param_list']>[number];
/** An attendee as the caller spells it. */
export type BearerParam = NonNullable<SubmitParam['order_bearer_param']>;

/** One entry of the cart, read: `children` is what the caller says one package holds, by tier id. */
export type Goods = {
  readonly line_no: number;
  readonly event_id: number;
  readonly price_id: number;
  readonly goods_count: number;
  /** Attendees with an identity document; 0 when one of them has none. */
  readonly bearer_count: number;
  readonly children: Readonly<Record<string, number>> | null;
};

/** Why a cart cannot be read: a result_code of order.submit and what its words leave open. */
export type FormRefusal = {
  readonly code: '10220' | '10221' | '10222' | '10223' | '10228' | '10237';
  readonly args: Arguments;
};
/** What the caller asks for, or why it cannot be read. */
export type Form = { readonly goods: readonly Goods[]; readonly receivable_money: number | null } | FormRefusal;

const MOST_LINES = 100;
const MOST_TICKETS = 1000;

const field = (name: string): FormRefusal => ({ code: '10220', args: { field: name } });
const isRefusal = (read: object): read is FormRefusal => 'code' in read;
const isCount = (value: number | null | undefined): value is number =>
  typeof value === 'number' && value >= 1 && value <= MOST_TICKETS;

/**
 * Reads the goods, the expected amount and the documents of an order; the first fault ends the reading.
 * @param now the instant of the call, before which people are born
 */
export function readForm(param: SubmitParam, now: Date): Form {
  const { cart_goods_param_list, receivable_money } = param;
  const list = cart_goods_param_list ?? [];
  if (list.length === 0 || list.length > MOST_LINES) return field('cart_goods_param_list');
  const money = receivable_money ? fenOfYuan(receivable_money) : null;
  if (money === undefined) return field('receivable_money');
  const goods: Goods[] = [];
  for (const [index, each] of list.entries()) {
    const read = readGoods(each, index);
    if (isRefusal(read)) return read;
    goods.push(read);
  }
  const bearers = list.reduce((sum, { bearer_list }) => sum + (bearer_list?.length ?? 0), 0);
  if (bearers > MOST_TICKETS) return field('cart_goods_param_list.bearer_list');
  return wrongDocument(param, now) ?? { goods, receivable_money: money };
}

/** The first document that cannot be one. */
function wrongDocument({ order_bearer_param, cart_goods_param_list }: SubmitParam, now: Date): FormRefusal | undefined {
  const bearers = (cart_goods_param_list ?? []).flatMap(({ bearer_list }, line) =>
    (bearer_list ?? []).map((bearer, place) => ({
      bearer,
      at: `cart_goods_param_list[${line}].bearer_list[${place}]`,
    })),
  );
  const own = order_bearer_param ? [{ bearer: order_bearer_param, at: 'order_bearer_param' }] : [];
  for (const { bearer, at } of [...own, ...bearers]) {
    const card = plainCard(bearer.card_no ?? '');
    const why = card === '' ? undefined : documentFault(card, bearer.card_type ?? IDENTITY_CARD, now);
    if (why !== undefined) return { code: '10237', args: { field: `${at}.card_no`, why } };
  }
  return undefined;
}

function readGoods(param: GoodsParam, index: number): Goods | FormRefusal {
  const { event_id, price_id, goods_id, goods_count, child_list, bearer_list } = param;
  const name = (member: string) => field(`cart_goods_param_list[${index}].${member}`);
  if (!event_id) return name('event_id');
  if (!price_id) return name('price_id');
  if (!isCount(goods_count)) return name('goods_count');
  const event = readId(event_id);
  if (event === undefined) return { code: '10221', args: { event_id } };
  const price = readId(price_id);
  if (price === undefined) return { code: '10222', args: { event_id, price_id } };
  if (goods_id && goods_id !== price_id) return { code: '10223', args: { price_id, goods_id } };
  const children: Record<string, number> = {};
  for (const [place, child] of (child_list ?? []).entries()) {
    if (!child.price_id) return name(`child_list[${place}].price_id`);
    if (child.goods_id && child.goods_id !== child.price_id)
      return { code: '10223', args: { price_id: child.price_id, goods_id: child.goods_id } };
    if (!isCount(child.goods_count ?? 1)) return name(`child_list[${place}].goods_count`);
    children[child.price_id] = (children[child.price_id] ?? 0) + (child.goods_count ?? 1);
  }
  const bearers = bearer_list ?? [];
  return {
    line_no: index + 1,
    event_id: event,
    price_id: price,
    goods_count,
    bearer_count: bearers.every(hasDocument) ? bearers.length : 0,
    children: child_list?.length ? children : null,
  };
}

/** Whether an attendee is known by a document, or by the caller's id that stands for one. */
export const hasDocument = ({ card_no, bearer_id }: BearerParam): boolean =>
  Boolean(plainCard(card_no ?? '') || plainBearer(bearer_id ?? ''));

/** Fen of an amount in yuan such as `180` or `180.5`; undefined for anything else. */
function fenOfYuan(text: string): number | undefined {
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : undefined;
}

/** An amount in fen as yuan: `180`, or with two decimals `180.50`. */
export function yuanOfFen(fen: number): string {
  const cents = fen % 100;
  const yuan = String((fen - cents) / 100);
  return cents === 0 ? yuan : `${yuan}.${String(cents).padStart(2, '0')}`;
}

/** Fen of an amount written in fen, below 2^53; undefined for anything else. */
export function readFen(text: string): number | undefined {
  const fen = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(fen) ? fen : undefined;
}

/**
 * A text that is equal for equal orders: all that was asked, save who asks in which language. The order of entries
 * counts.
 */
export const contentOf = (param: SubmitParam): string =>
  JSON.stringify([
    param.cart_goods_param_list,
    param.order_bearer_param ?? null,
    param.receivable_money ?? null,
    param.remark ?? null,
    param.user_id ?? null,
    param.quick_buy ?? null,
    param.order_receive_param ?? null,
  ]);

/** A name as it is compared: without spaces around it and in small letters. */
export const plainName = (name: string): string => name.trim().toLowerCase();
