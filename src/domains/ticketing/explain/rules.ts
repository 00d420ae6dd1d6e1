import { isOver } from '../../../contract/period.ts';
import type { Label } from '../../../contract/schema.ts';
import { ORDER_SUBMIT_RESULTS } from '../../../contract/ticketing/order.ts';
import { type Figures, type Judged, judgeBy, type RuleWords } from '../../explain.ts';
import type { SealedPerson } from '../orders/persons.ts';
import { type FormRefusal, type Goods, yuanOfFen } from '../orders/rules.ts';
import { refusalArguments } from '../orders/views.ts';
import type { Arguments } from '../rules.ts';
import type { DocumentKey, LineFacts, NeedFacts, OrderFacts } from './queries.ts';

type Code = keyof typeof ORDER_SUBMIT_RESULTS;

const rule = (code: Code, zh: string, en: string): RuleWords => ({
  code,
  yes: { zh, en },
  no: ORDER_SUBMIT_RESULTS[code],
});

/** The rules of order.submit, named; what is said where one refuses is what order.submit itself says. */
const judge = judgeBy({
  channel: rule('10203', '渠道存在', 'the channel exists'),
  event: rule(
    '10221',
    '场次 {event_id} 存在且属于该渠道的租户',
    "event {event_id} exists and is of the channel's tenant",
  ),
  one_project: rule('10229', '场次属于同一个项目', 'the events are of one project'),
  cart: rule(
    '10236',
    '购物车ID可用；已下单的同一购物车得到同一订单',
    'the cart id is free, or the same order is told again',
  ),
  on_shelf: rule('10221', '场次 {event_id} 已上架', 'event {event_id} is on the shelf'),
  tier: rule('10222', '票档 {price_id} 存在', 'tier {price_id} exists'),
  authorized: rule('10224', '渠道已获票档 {price_id} 的授权', 'the channel may sell tier {price_id}'),
  sale_started: rule('10225', '场次 {event_id} 已开售', 'the sale of event {event_id} has begun'),
  sale_not_ended: rule('10226', '场次 {event_id} 未停售', 'the sale of event {event_id} is not over'),
  sold_alone: rule('10227', '票档 {price_id} 可单独出售', 'tier {price_id} is sold by itself'),
  package: rule('10228', '套票 {price_id} 的组成相符', 'package {price_id} holds what child_list says'),
  package_filled: rule('10231', '套票 {price_id} 有票', 'package {price_id} holds tickets'),
  order_size: rule('10220', '订单不超过1000张', 'the order has 1,000 tickets at most'),
  order_limit: rule('10232', '场次 {event_id} 未超每单限购', 'the order is within the limit of event {event_id}'),
  user_named: rule('10220', '已给出会员ID，或场次不限每人张数', 'a user_id is given, or users are not limited'),
  documents: rule('10234', '实名信息齐全', 'all documents that the event wants are given'),
  money: rule('10230', '金额相符', 'the expected amount is right'),
  stock: rule('10231', '票档 {price_id} 剩余 {left}，足够', 'tier {price_id} has {left} left, enough'),
  user_limit: rule(
    '10233',
    '场次 {event_id} 该用户还可购 {left} 张',
    'this user may buy {left} more tickets of event {event_id}',
  ),
  document_unused: rule('10235', '证件未用于场次 {event_id}', 'the document was not used for event {event_id}'),
});

/** Judges a channel and, if it is there, a form that cannot be read; order.submit ends with either. */
export function formRules(hasChannel: boolean, form: FormRefusal | undefined): Judged[] {
  const channel = judge('channel', hasChannel);
  if (!hasChannel || form === undefined) return [channel];
  const { no, ...judged } = rule(form.code, '', '');
  const { why, ...figures } = form.args;
  return [
    channel,
    { ...judged, no: withWords(no, 'why', why), rule: 'form', passed: false, figures: figures as Figures },
  ];
}

/** Judges whether events are the tenant's and of one project. */
export function eventRules(events: readonly { event_id: number; is_own: boolean }[], projects: number): Judged[] {
  const found = events.map(({ event_id, is_own }) => judge('event', is_own, { event_id }));
  return found.every(({ passed }) => passed) ? [...found, judge('one_project', projects === 1)] : found;
}

/** Judges a cart's id that was used; undefined when it is free. The same cart again is told its order. */
export function cartRule(
  { cart_order_id, cart_content, cart_created_at }: OrderFacts,
  content: string,
): Judged | undefined {
  if (cart_order_id === null) return undefined;
  return judge('cart', cart_content === content, { order_id: cart_order_id, created_at: cart_created_at });
}

const sameChildren = (given: Goods['children'], held: Goods['children']): boolean =>
  given === null ||
  (held !== null &&
    Object.keys(given).length === Object.keys(held).length &&
    Object.entries(given).every(([id, count]) => held[id] === count));

/** Judges one line; what is not there is not judged further. */
function lineRules(line: LineFacts, children: Goods['children'], now: Date): Judged[] {
  const { line_no, event_id, price_id, child_price_id } = line;
  const place = { line_no, event_id, price_id };
  const [sale_start_time, sale_end_time] = [new Date(line.sale_start_time), new Date(line.sale_end_time)];
  const isAllowed = line.event_authorized === true && line.price_authorized !== false;
  const rules = [judge('on_shelf', line.event_status === 1, place), judge('tier', line.price !== null, place)];
  if (line.price === null) return rules;
  return [
    ...rules,
    judge('authorized', isAllowed && child_price_id === null, { ...place, price_id: child_price_id ?? price_id }),
    judge('sale_started', now >= sale_start_time, { ...place, sale_start_time }),
    judge('sale_not_ended', !isOver(sale_end_time, now), { ...place, sale_end_time }),
    judge('sold_alone', line.is_package_only !== true, place),
    judge('package', sameChildren(children, line.package_children), {
      ...place,
      holds: line.package_children === null ? null : JSON.stringify(line.package_children),
    }),
    ...(line.is_package === true ? [judge('package_filled', line.tickets !== null, { ...place, left: 0 })] : []),
  ];
}

/** What of an order is judged as a whole. */
export type Whole = {
  readonly user_id: string | null;
  readonly has_bearer: boolean;
  /** What the caller expects to pay, fen; null when it does not say. */
  readonly receivable_money: number | null;
  readonly now: Date;
};

const ticketsOf = ({ goods_count, tickets }: LineFacts): number => goods_count * (tickets ?? 0);
const sumOf = (lines: readonly LineFacts[], each: (line: LineFacts) => number): number =>
  lines.reduce((sum, line) => sum + each(line), 0);
const MOST_TICKETS = 1000;

function wholeRules(lines: readonly LineFacts[], { user_id, has_bearer, receivable_money }: Whole): Judged[] {
  const goods_money = sumOf(lines, ({ goods_count, price }) => goods_count * (price ?? 0));
  const money = sumOf(lines, (line) => line.money ?? 0);
  const tickets = sumOf(lines, ticketsOf);
  const fits = tickets <= MOST_TICKETS && goods_money <= Number.MAX_SAFE_INTEGER;
  const limited = Map.groupBy(
    lines.filter(({ order_limit }) => order_limit !== null),
    ({ event_id }) => event_id,
  );
  const isUserLimited = lines.some(({ user_limit }) => user_limit !== null);
  const unnamed = lines.find((line) => line.event_limit_type === 2 && line.bearer_count !== ticketsOf(line));
  const lacksBearer = !has_bearer && lines.some(({ event_limit_type }) => event_limit_type === 1);
  const wanted = refusalArguments({
    code: 10234,
    ...(unnamed && { line_no: unnamed.line_no, needed: ticketsOf(unnamed) }),
  });
  return [
    judge('order_size', fits, { tickets, goods_money, field: 'goods_count' }),
    ...[...limited].map(([event_id, own]) => {
      const limit = own[0]?.order_limit ?? 0;
      return judge('order_limit', sumOf(own, ticketsOf) <= limit, { event_id, tickets: sumOf(own, ticketsOf), limit });
    }),
    judge('user_named', !isUserLimited || user_id !== null, { field: 'user_id' }),
    documentsRule(unnamed === undefined && !lacksBearer, wanted),
    judge('money', receivable_money === null || receivable_money === money, {
      ...{ expected: yuanOfFen(money), before_discounts: yuanOfFen(goods_money) },
      asked: receivable_money === null ? null : yuanOfFen(receivable_money),
    }),
  ];
}

/** Words with what stands in one pair of braces said in each language. */
function withWords({ zh, en }: Label, name: string, words: Arguments[string]): Label {
  if (words == null || typeof words !== 'object') return { zh, en };
  return { zh: zh.replace(`{${name}}`, words.zh), en: en.replace(`{${name}}`, words.en) };
}

/** The rule of documents: how many where, and in each language whether the event wants one a ticket or one an order. */
function documentsRule(passed: boolean, { field, needed, rule: wanted }: Arguments): Judged {
  const figures = { field: field as string, needed: needed as number };
  const { no, ...judged } = judge('documents', passed, passed ? {} : figures);
  return { ...judged, no: withWords(no, 'rule', wanted) };
}

function needRules(needs: readonly NeedFacts[], user_id: string | null): Judged[] {
  const judged = needs.map(({ kind, event_id, price_id, amount, left }) =>
    kind === 1
      ? judge('stock', (left ?? 0) >= amount, { event_id, price_id, amount, left: left ?? 0 })
      : judge('user_limit', user_id === null || (left ?? 0) >= amount, {
          event_id,
          amount,
          left: Math.max(0, left ?? 0),
        }),
  );
  return judged;
}

/** A document of an order: for which event, whose as shown, and the order that has used it. */
export type DocumentFacts = DocumentKey & { readonly shown: string | null; readonly order_id: number | null };

/** Judges documents: each serves an event once, within the order too. */
function documentRules(documents: readonly DocumentFacts[]): Judged[] {
  return documents.map(({ event_id, document_hash, shown, order_id }, place) => {
    const isTwice = documents.some(
      (other, earlier) => earlier < place && other.event_id === event_id && other.document_hash === document_hash,
    );
    return judge('document_unused', order_id === null && !isTwice, { event_id, document: shown, order_id });
  });
}

/** The documents that an order would use: of an event that wants one for the order, or one for each ticket. */
export function documentsOf(
  lines: readonly LineFacts[],
  persons: readonly SealedPerson[],
): { event_id: number; person: SealedPerson }[] {
  const perOrder = new Set(
    lines.flatMap(({ event_limit_type, event_id }) => (event_limit_type === 1 ? [event_id] : [])),
  );
  const bearer = persons.find(({ person_no }) => person_no === 1);
  const used = [
    ...(bearer === undefined ? [] : [...perOrder].map((event_id) => ({ event_id, person: bearer }))),
    ...lines
      .filter(({ event_limit_type }) => event_limit_type === 2)
      .flatMap(({ event_id, line_no }) =>
        persons.filter((person) => person.line_no === line_no).map((person) => ({ event_id, person })),
      ),
  ];
  return used.filter(({ person }) => person.document_hash !== null);
}

/** The rules of the lines, the whole and what it takes, in the order in which ticketing_order_submit decides. */
export function orderRules(
  { lines, needs }: OrderFacts,
  goods: readonly Goods[],
  whole: Whole,
  documents: readonly DocumentFacts[],
): Judged[] {
  const childrenOf = (line_no: number) => goods.find((each) => each.line_no === line_no)?.children ?? null;
  const judged = lines.flatMap((line) => lineRules(line, childrenOf(line.line_no), whole.now));
  if (lines.some(({ price }) => price === null)) return judged;
  return [...judged, ...wholeRules(lines, whole), ...needRules(needs, whole.user_id), ...documentRules(documents)];
}
