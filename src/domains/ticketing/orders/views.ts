import type { Arguments } from '../rules.ts';
import type { IssuedTicket, OrderLine, OrderVo, SubmitDetail } from './queries.ts';
import { yuanOfFen } from './rules.ts';

const tierOf = (line: OrderLine, english: boolean) => ({
  price_id: String(line.price_id),
  price_name: (english ? line.price_name_en : null) ?? line.price_name,
  price: String(line.price),
  goods_count: line.goods_count,
});

/** Lines with what they hold below them; a line's children follow it. */
function goodsOf(lines: readonly OrderLine[], english: boolean) {
  const goods: (ReturnType<typeof tierOf> & { event_id: string; child_list?: ReturnType<typeof tierOf>[] })[] = [];
  for (const line of lines) {
    const last = goods.at(-1);
    if (line.child_no > 0 && last) last.child_list = [...(last.child_list ?? []), tierOf(line, english)];
    else goods.push({ event_id: String(line.event_id), ...tierOf(line, english) });
  }
  return goods;
}

/** An order as order.submit answers it, in the language asked for (2 English, else Chinese). */
export const cartOf = (vo: OrderVo, lang_type: number | null | undefined) => ({
  shopping_cart_id: vo.shopping_cart_id,
  order_id: String(vo.order_id),
  cart_goods_list: goodsOf(vo.lines, lang_type === 2),
  receivable_money: yuanOfFen(vo.receivable_money),
  auto_cancel_order_time: new Date(vo.expire_time),
});

/** An order as the pay callback answers it, with the tickets issued. */
export const paidCartOf = (vo: OrderVo, tickets: readonly IssuedTicket[], lang_type: number | null | undefined) => ({
  ...cartOf(vo, lang_type),
  eticket_list: tickets.map(({ ticket_id, event_id, price_id }) => ({
    ticket_code_id: String(ticket_id),
    event_id: String(event_id),
    price_id: String(price_id),
  })),
});

const PER_TICKET = { zh: '一票一证', en: 'one for each ticket' };
const PER_ORDER = { zh: '一单一证', en: 'one for the order' };

/** What the words of a refusal of order.submit leave open. */
export function refusalArguments(detail: SubmitDetail): Arguments {
  const { event_id, price_id, child_price_id, line_no, expected, limit, left, needed } = detail;
  const bearers = line_no ? `cart_goods_param_list[${line_no - 1}].bearer_list` : 'order_bearer_param';
  return {
    event_id,
    price_id: child_price_id ?? price_id,
    expected: expected === null || expected === undefined ? undefined : yuanOfFen(expected),
    limit,
    needed: needed ?? 1,
    // A limit that was lowered below what a user has leaves nothing.
    left: left == null ? undefined : Math.max(0, left),
    field: detail.code === 10234 ? bearers : detail.field,
    rule: line_no ? PER_TICKET : PER_ORDER,
  };
}
