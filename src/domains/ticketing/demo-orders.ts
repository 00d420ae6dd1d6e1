import type { Queryable, Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { payOrders, type SubmitCommand, submitOrders } from './orders/queries.ts';
import { holdUntil, insertNumbered, type Row } from './queries.ts';

/** The project in which the requests of the pages that order, pay and show a ticket find what they name. */
const PROJECT_ID = 90000003;
/** Leads the numbers of its orders and tickets, so that the ready-made requests can name them; far above those given. */
const PROJECT_NO = 1802131;
const ORDER_EVENT = 1802131;
const TICKET_EVENT = 731021112;
const PACKAGE = 1280121;
const PACKAGE_CHILD = 432131;
const TICKET_TIER = 73102111201;

/** Writes the project's row with its own number; does nothing when it is there. */
export async function insertTheatre(tx: Queryable, project: Row): Promise<void> {
  const row = {
    ...project,
    ...{ project_id: PROJECT_ID, project_no: PROJECT_NO },
    ...{ project_name: '票券剧场', project_name_en: 'Piaoquan Theatre' },
    ...{ project_detail: '接口示例所订的演出', project_detail_en: 'The show that the sample requests order' },
  };
  await insertNumbered(tx, row);
}

/** Its events, without a limit, as the page's request of order.submit brings no documents. */
export const theatreEvents = (common: Row): Row[] =>
  [
    { event_id: ORDER_EVENT, event_name: '票券剧场 套票场', event_name_en: 'Piaoquan Theatre, packages' },
    { event_id: TICKET_EVENT, event_name: '票券剧场 单票场', event_name_en: 'Piaoquan Theatre, tickets' },
  ].map((event) => ({ ...common, ...event, project_id: PROJECT_ID, event_limit_type: 0 }));

type Tier = (price_id: number, names: [string, string], price: number, price_color: string, goods: number) => Row;

/** Its tiers: a package for 180 yuan that holds one ticket, as the page orders it, and a plain tier. */
export function theatrePrices(plain: Row, tier: Tier): Row[] {
  const at = (event_id: number): Row => ({ ...plain, project_id: PROJECT_ID, event_id });
  return [
    {
      ...at(ORDER_EVENT),
      ...tier(PACKAGE, ['180元套票', 'Package CNY 180'], 18000, '#1201', 100_000),
      is_coupon_ticket: 1,
    },
    {
      ...at(ORDER_EVENT),
      ...tier(PACKAGE_CHILD, ['180元', 'CNY 180'], 18000, '#1203', 100_000),
      is_package_only: true,
    },
    { ...at(TICKET_EVENT), ...tier(TICKET_TIER, ['180元', 'CNY 180'], 18000, '#1202', 100_000) },
  ];
}

/** What its package holds. */
export const theatreChildren: Row[] = [
  {
    ...{ project_id: PROJECT_ID, event_id: ORDER_EVENT, price_id: PACKAGE },
    ...{ child_price_id: PACKAGE_CHILD, child_num: 1 },
  },
];

/** That channel 1 may sell it. */
export const theatreChannelEvents: Row[] = [ORDER_EVENT, TICKET_EVENT].map((event_id) => ({
  ...{ channel_id: 1, event_id, authorized: true },
}));

/**
 * Makes the project's first two orders, of one ticket each: one that waits for its payment, which the page's request of
 * the pay callback brings, and one that is paid, whose ticket the page's request of eticket.qrcode names. They are what
 * the ready-made requests name by number. Done again it changes nothing.
 * @param until how long the unpaid order holds its stock
 */
export async function loadDemoOrders(
  { sql, vault }: { sql: Sql; vault: Vault },
  now: Date,
  until: Date,
): Promise<void> {
  const order = (shopping_cart_id: string, user_id: string, event_id: number, price_id: number): SubmitCommand => ({
    ...{ now, channel_id: 1, shopping_cart_id, user_id, receivable_money: null, has_bearer: false, persons: [] },
    content_hash: vault.hash('ticketing-order', shopping_cart_id).toString('hex'),
    goods: [{ line_no: 1, event_id, price_id, goods_count: 1, bearer_count: 0, children: null }],
  });
  const [unpaid, paid] = await submitOrders(sql, PROJECT_ID, [
    order('demo-unpaid', '989311211', ORDER_EVENT, PACKAGE),
    order('demo-paid', '200121001', TICKET_EVENT, TICKET_TIER),
  ]);
  if (!unpaid?.vo || !paid?.vo) return;
  await holdUntil(sql, PROJECT_ID, unpaid.vo.order_id, until);
  await payOrders(sql, PROJECT_ID, [
    {
      ...{ now, channel_id: 1, order_id: paid.vo.order_id, user_id: null },
      ...{ pay_no: 'demo-paid', pay_money: paid.vo.receivable_money, pay_type_id: '32189101' },
    },
  ]);
}
