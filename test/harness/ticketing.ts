import { afterAll, expect } from 'vitest';
import type { CallContext } from '../../src/contract/method.ts';
import { audit } from '../../src/database/audit.ts';
import type { Sql } from '../../src/database/pool.ts';
import { adminTicketingHandlers } from '../../src/domains/ticketing/admin/handlers.ts';
import { demoTokens, loadTicketingDemo } from '../../src/domains/ticketing/demo.ts';
import { ticketingHandlers } from '../../src/domains/ticketing/handlers.ts';
import type { SubmitParam } from '../../src/domains/ticketing/orders/rules.ts';
import { insertNew, type Row } from '../../src/domains/ticketing/queries.ts';
import { createVault } from '../../src/secrets/vault.ts';
import { createTestDatabase } from './database.ts';

/** The instant at which a stage is set; its events are on sale from an hour before for ten days. */
export const NOON = new Date('2026-03-01T12:00:00+08:00');
/** An instant some minutes after {@link NOON}. */
export const after = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

export const SUBMIT = 'alibaba.damai.maizuo.openapi.order.submit';
export const PAY = 'alibaba.damai.maizuo.openapi.trade.pay.result.callback';
export const QRCODE = 'alibaba.damai.maizuo.openapi.eticket.qrcode';

/** Tiers of every event: A, B, package P of two A and one C, and C that is sold in packages only. */
export const A = 1;
export const B = 2;
export const P = 3;
export const C = 4;

/** How a project departs from the usual one: 20 A at 180 yuan, 10 B at 500, 8 P at 400, 6 C. */
export type Show = {
  readonly events?: number;
  readonly event?: Row;
  readonly goods?: Partial<Record<number, number>>;
  readonly hold_minutes?: number;
};

const PRICES: Record<number, number> = { [A]: 18_000, [B]: 50_000, [P]: 40_000, [C]: 9_000 };
const GOODS: Record<number, number> = { [A]: 20, [B]: 10, [P]: 8, [C]: 6 };

let lastProject = 700_000;

/** Puts a project on sale for the demo channel and gives its id and those of its events. */
export async function putOn(sql: Sql, now: Date, show: Show = {}): Promise<{ project_id: number; events: number[] }> {
  const project_id = ++lastProject;
  const hour = 3_600_000;
  await insertNew(sql, 'ticketing_project', [
    {
      project_id,
      tenant_id: 1,
      project_name: '演出',
      project_detail: '',
      project_seat_type: 2,
      project_type_id: 1,
      project_img_url: '',
      site_id: 313131,
      hold_minutes: show.hold_minutes ?? null,
    },
  ]);
  const events = Array.from({ length: show.events ?? 1 }, (_, index) => project_id * 10 + index);
  for (const event_id of events) {
    await insertNew(sql, 'ticketing_event', [
      {
        event_id,
        project_id,
        event_name: `场次 ${event_id}`,
        event_show_start_time: new Date(now.getTime() + 300 * hour),
        event_show_end_time: new Date(now.getTime() + 303 * hour),
        sale_start_time: new Date(now.getTime() - hour),
        sale_end_time: new Date(now.getTime() + 240 * hour),
        site_id: 313131,
        site_version_id: 1,
        event_limit_type: 0,
        seat_total_num: 100,
        gate_open_time: now,
        ...show.event,
      },
    ]);
    const place = { project_id, event_id };
    const tiers = [A, B, P, C].map((price_id) => ({
      price_id,
      goods_count: show.goods?.[price_id] ?? GOODS[price_id]!,
    }));
    await insertNew(
      sql,
      'ticketing_price',
      tiers.map(({ price_id, goods_count }) => ({
        ...place,
        price_id,
        price_name: `票档 ${price_id}`,
        price_name_en: `Tier ${price_id}`,
        price: PRICES[price_id]!,
        price_color: '#000000',
        is_support_free_combination: 0,
        is_coupon_ticket: price_id === P ? 1 : 0,
        is_package_only: price_id === C,
        goods_count,
      })),
    );
    const opening = { sale_delta: 0, reason: 'opening', operator: 'test', adjusted_at: now, adjust_id: 'opening' };
    await insertNew(
      sql,
      'ticketing_stock_adjustment',
      tiers.map(({ price_id, goods_count }) => ({ ...place, price_id, goods_delta: goods_count, ...opening })),
    );
    await insertNew(sql, 'ticketing_price_child', [
      { ...place, price_id: P, child_price_id: A, child_num: 2 },
      { ...place, price_id: P, child_price_id: C, child_num: 1 },
    ]);
    await insertNew(sql, 'ticketing_channel_event', [{ channel_id: 1, event_id, authorized: true }]);
  }
  return { project_id, events };
}

/** Goods of a cart: so many of a tier of an event. */
export const goods = (event_id: number, price_id: number, goods_count = 1, more: object = {}) => ({
  event_id: String(event_id),
  price_id: String(price_id),
  goods_count,
  ...more,
});

/** The counters of a project's tiers as `[sold, held, left]`, by tier; of its first event unless told otherwise. */
export async function stockOf(sql: Sql, event_id: number): Promise<Record<number, [number, number, number]>> {
  const rows = await sql<{ price_id: number; sale_count: number; held_count: number; margin_count: number }[]>`
    select price_id, sale_count, held_count, margin_count from ticketing_price where event_id = ${event_id}`;
  return Object.fromEntries(rows.map((row) => [row.price_id, [row.sale_count, row.held_count, row.margin_count]]));
}

/** Every counter of ticketing that is not what its ledger says. */
export const auditFindings = async (sql: Sql) =>
  (await audit(sql)).differences.filter(({ view }) => view.startsWith('audit_ticketing'));

/** A database with the demo data and the handlers of ticketing on it, called as the demo channel at instants of one's choice. */
export async function openBoxOffice() {
  const database = await createTestDatabase();
  const { sql } = database;
  const vault = createVault(Buffer.alloc(32, 7));
  await loadTicketingDemo({ sql, vault }, NOON);
  const handlers = ticketingHandlers({ sql, vault });
  const admin = adminTicketingHandlers({ sql, vault });
  const context = (now: Date): CallContext => ({
    app_key: '12345678',
    now,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  });
  return {
    sql,
    vault,
    handlers,
    admin,
    context,
    submit: async (param: Partial<SubmitParam>, now = NOON) =>
      (await handlers[SUBMIT]({ grouped_submit_order_param: { ...demoTokens, ...param } }, context(now))).result_data,
    /** Pays an order; the amount in fen. */
    pay: async (order_id: string, pay_money: number | string, more: object = {}, now = NOON) =>
      (
        await handlers[PAY](
          { pay_param: { ...demoTokens, order_id, pay_money: String(pay_money), pay_type_id: '1', ...more } },
          context(now),
        )
      ).result_data,
    close: () => database.drop(),
  };
}

/** A box office for the tests of a file, closed after them; by then every counter must be what its ledger says. */
export async function useBoxOffice() {
  const office = await openBoxOffice();
  afterAll(async () => {
    expect(await auditFindings(office.sql)).toEqual([]);
    await office.close();
  });
  return office;
}
