import { formatInstant } from '../src/wire/time.ts';
import type { ConsoleClient } from '../test/harness/console.ts';
import { FILLED } from './console-fill.ts';

const { spread_id, mix_id, project_id, event_id, plan_id, seller, tier } = FILLED;

/** A read of the console: what it is for, its method and its request. */
export type Read = readonly [name: string, method: string, request: object];

/** A row of a list, or of a table of a page. */
const ROW = '.console-list tbody tr';

/** Pages of the console with what stands there when the page does: a class, or a text. */
export const PAGES: readonly (readonly [path: string, sign: string])[] = [
  ['/overview', spread_id],
  ['/lottery', spread_id],
  [`/lottery/${spread_id}`, '.console-chart'],
  [`/lottery/${spread_id}/prizes`, '奖品 1'],
  [`/lottery/${spread_id}/draws`, ROW],
  [`/lottery/${spread_id}/fairness`, '奖品 1'],
  [`/lottery/${spread_id}/ledger`, ROW],
  ['/lottery/draws?mix_user_id=user17', ROW],
  ['/vouchers', mix_id],
  [`/vouchers/${mix_id}`, '.vouchers-bar'],
  [`/vouchers/${mix_id}/jobs`, ROW],
  ['/vouchers/codes?user_id=user17', ROW],
  ['/ticketing', ROW],
  [`/ticketing/${project_id}`, '看台'],
  [`/ticketing/${project_id}/events`, '看台'],
  [`/ticketing/${project_id}/sold`, ROW],
  ['/ticketing/orders', ROW],
  ['/ticketing/orders?shopping_cart_id=cart500', ROW],
  ['/sendplans', ROW],
  [`/sendplans/${plan_id}`, ROW],
  [`/benefits/templates?user_id=${seller}`, ROW],
  [`/benefits/sends?user_id=${seller}`, ROW],
  ['/platform/apps', ROW],
  ['/platform/apps/12345678', ROW],
  ['/platform/calls', ROW],
  ['/platform/changes', ROW],
  ['/platform/jobs', ROW],
  [`/platform/ledger?counter=lottery.consumed_win_times&key=${spread_id}/2`, ROW],
  ['/operators', ROW],
];

const agoText = (hours: number): string => formatInstant(new Date(Date.now() - hours * 3_600_000));
const day = { start_time: agoText(48), end_time: agoText(24) };

/** Lists of the console whose second page is read too. */
const LISTS: readonly Read[] = [
  ['activities', 'piaoquan.lottery.activity.list', {}],
  ['wins of an activity', 'piaoquan.lottery.activity.draw.list', { spread_id }],
  ['wins of a segment', 'piaoquan.lottery.activity.draw.list', { spread_id, segment_no: 1 }],
  ['wins of a prize', 'piaoquan.lottery.activity.draw.list', { spread_id, prize_no: 2 }],
  ['voided wins', 'piaoquan.lottery.activity.draw.list', { spread_id, is_void: true }],
  ['wins of a day', 'piaoquan.lottery.activity.draw.list', { spread_id, ...day }],
  ['batches', 'piaoquan.voucher.batch.list', {}],
  ['codes of a user', 'piaoquan.voucher.code.search', { user_id: 'user17' }],
  ['codes of a user in a batch', 'piaoquan.voucher.code.search', { user_id: 'user17', mix_id }],
  ['jobs', 'piaoquan.job.list', {}],
  ['projects', 'piaoquan.ticketing.project.list', {}],
  ['orders of a project', 'piaoquan.ticketing.order.list', { project_id }],
  ['orders of an event', 'piaoquan.ticketing.order.list', { project_id, event_id }],
  ['paid orders', 'piaoquan.ticketing.order.list', { project_id, order_status: 2 }],
  ['cancelled orders, none', 'piaoquan.ticketing.order.list', { project_id, order_status: 3 }],
  ['orders due for refund, none', 'piaoquan.ticketing.order.list', { project_id, refund_due: true }],
  ['orders of a channel', 'piaoquan.ticketing.order.list', { project_id, channel_id: 1 }],
  ['orders of another channel, none', 'piaoquan.ticketing.order.list', { project_id, channel_id: 2 }],
  ['orders of a user', 'piaoquan.ticketing.order.list', { project_id, user_id: 'buyer99' }],
  ['orders by name', 'piaoquan.ticketing.order.list', { project_id, real_name: '王小77' }],
  ['orders by the tail of a phone', 'piaoquan.ticketing.order.list', { project_id, phone_tail: '0077' }],
  ['orders by document', 'piaoquan.ticketing.order.list', { project_id, card_no: '110101199000000099', card_type: 1 }],
  ['orders of all projects', 'piaoquan.ticketing.order.search', {}],
  ['orders of all projects, paid', 'piaoquan.ticketing.order.search', { order_status: 2 }],
  ['orders of all projects, cancelled', 'piaoquan.ticketing.order.search', { order_status: 3 }],
  ['orders of all projects, a day', 'piaoquan.ticketing.order.search', day],
  ['orders by a cart', 'piaoquan.ticketing.order.search', { shopping_cart_id: 'cart777' }],
  ['orders by a payment', 'piaoquan.ticketing.order.search', { pay_no: 'pay 1000000777' }],
  ['attendees by name', 'piaoquan.ticketing.order.search', { real_name: '王小77' }],
  ['attendees by the tail of a phone', 'piaoquan.ticketing.order.search', { phone_tail: '0077' }],
  ['attendees by phone', 'piaoquan.ticketing.order.search', { phone: '13800000077' }],
  ['attendees by document', 'piaoquan.ticketing.order.search', { card_no: '110101199000000099', card_type: 1 }],
  ['plans', 'piaoquan.sendplan.plan.list', {}],
  ['receipts of a plan', 'piaoquan.sendplan.receipt.list', { plan_id }],
  ['receipts of a user', 'piaoquan.sendplan.receipt.list', { plan_id, user_id: 'user1' }],
  ['benefit templates', 'piaoquan.benefit.template.list', { user_id: seller }],
  ['benefit activities', 'piaoquan.benefit.activity.list', { user_id: seller }],
  ['sends', 'piaoquan.benefit.send.list', { user_id: seller }],
  ['sends to a receiver', 'piaoquan.benefit.send.list', { user_id: seller, receiver_id: 1 }],
  ['sellers', 'piaoquan.benefit.seller.list', {}],
  ['apps', 'piaoquan.platform.app.list', {}],
  ['quotas', 'piaoquan.platform.quota.list', { query: {} }],
  ['sessions', 'piaoquan.platform.session.list', { query: { app_key: '12345678' } }],
  ['calls of an app', 'piaoquan.platform.call.list', { query: { app_key: '12345678' } }],
  ['calls of a method', 'piaoquan.platform.call.list', { query: { app_key: '12345678', method: 'taobao.time.get' } }],
  ['failed calls', 'piaoquan.platform.call.list', { query: { app_key: '12345678', code: 15 } }],
  ['calls that failed otherwise, none', 'piaoquan.platform.call.list', { query: { app_key: '12345678', code: 7 } }],
  ['calls of a day', 'piaoquan.platform.call.list', { query: { app_key: '12345678', ...day } }],
  ['a call', 'piaoquan.platform.call.list', { query: { request_id: 'bench000000777' } }],
  ['changes', 'piaoquan.change.list', { query: {} }],
  ['changes of an actor', 'piaoquan.change.list', { query: { actor: 'bench' } }],
  ['changes by a method', 'piaoquan.change.list', { query: { method: 'piaoquan.lottery.activity.save' } }],
  ['changes of things of a kind', 'piaoquan.change.list', { query: { thing: 'lottery_activity' } }],
  ['changes of a thing', 'piaoquan.change.list', { query: { thing: 'lottery_activity', thing_key: 'bench7' } }],
  ['changes of an actor, none', 'piaoquan.change.list', { query: { actor: 'nobody' } }],
  ['operators', 'piaoquan.operator.list', {}],
];

const LEDGERS: readonly (readonly [counter: string, key: string])[] = [
  ['lottery.win_times', `${spread_id}/2`],
  ['lottery.consumed_win_times', `${spread_id}/2`],
  ['lottery.consumed_count', `${spread_id}/3`],
  ['voucher_batch.total_count', mix_id],
  ['voucher_batch.issued_count', mix_id],
  ['voucher_batch.consumed_count', mix_id],
  ['ticketing_price.goods_count', tier],
  ['ticketing_price.sale_count', tier],
  ['ticketing_price.held_count', tier],
  ['sendplan_item.consumed_inventory', `${plan_id}/2`],
  ['benefit_template.valid_total_num', `${seller}/123`],
];

const ONCE: readonly Read[] = [
  ['curve of an activity', 'piaoquan.lottery.draw.stat', { spread_id, bucket: 'HOUR' }],
  ['curve of a segment by the minute', 'piaoquan.lottery.draw.stat', { spread_id, segment_no: 2, bucket: 'MINUTE' }],
  ['curve of a day', 'piaoquan.lottery.draw.stat', { spread_id, bucket: 'MINUTE', ...day }],
  ['a win by out_biz_id', 'piaoquan.lottery.draw.list', { out_biz_id: 'bench777' }],
  ['wins of a user', 'piaoquan.lottery.draw.list', { mix_user_id: 'user17' }],
  ['wins of a user in an activity', 'piaoquan.lottery.draw.list', { spread_id, mix_user_id: 'user17' }],
  ['wins of nobody', 'piaoquan.lottery.draw.list', { mix_user_id: 'nobody' }],
  ['why no win', 'piaoquan.lottery.draw.explain', { spread_id, mix_user_id: 'user17', platform: 8 }],
  ['status board of a batch', 'piaoquan.voucher.batch.board', { mix_id }],
  ['codes by text', 'piaoquan.voucher.code.search', { code: 'TPP-0000000000' }],
  ['project', 'piaoquan.ticketing.project.get', { project_id }],
  ['plan', 'piaoquan.sendplan.plan.get', { id: plan_id }],
];

/** Every read to measure: lists with their first and second page, ledgers with theirs, and what has no pages. */
export async function readsOf(client: ConsoleClient): Promise<Read[]> {
  const ledgers = LEDGERS.map(
    ([counter, key]): Read => [`ledger ${counter}`, 'piaoquan.ledger.list', { counter, key }],
  );
  const reads: Read[] = [...ONCE];
  for (const [name, method, request] of [...LISTS, ...ledgers]) {
    const page = await client.call<{ next_cursor?: string }>(method, { ...request, page_size: 50 });
    reads.push([name, method, { ...request, page_size: 50 }]);
    if (page.next_cursor)
      reads.push([`${name}, page 2`, method, { ...request, page_size: 50, cursor: page.next_cursor }]);
  }
  const { orders } = await client.call<{ orders: { order_id: string }[] }>('piaoquan.ticketing.order.list', {
    ...{ project_id, order_status: 2, page_size: 1 },
  });
  const order_id = orders[0]?.order_id;
  reads.push(['an order', 'piaoquan.ticketing.order.get', { order_id }]);
  reads.push(['life of an order', 'piaoquan.ticketing.order.history', { order_id }]);
  return reads;
}
