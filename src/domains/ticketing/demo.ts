import { gmt8 } from '../../contract/gmt8.ts';
import { demoEnd } from '../../database/demo-end.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import {
  insertTheatre,
  loadDemoOrders,
  theatreChannelEvents,
  theatreChildren,
  theatreEvents,
  theatrePrices,
} from './demo-orders.ts';
import { insertNew, type Row, type Table, TOKEN_PURPOSE } from './queries.ts';

/** The three tokens of a channel, as a request carries them. */
export type DemoTokens = { readonly tenant_token: string; readonly ptnr_token: string; readonly channel_token: string };

/** The tokens of the documented request: channel 1 of partner 1 of tenant 1. */
export const demoTokens: DemoTokens = {
  tenant_token: 'BrZIAxcXYJ72Idfk1231+mCzqSXZLWtCnikX/',
  ptnr_token: 'v1KtwpNaDzuE459yus3m6F7FEG+2u39r5xP5icqyW',
  channel_token: 'St5dnxCv1KtwpNaDzuE459yus3m6F7FEG+2u39r5x',
};

/** The tokens of another tenant, who has project 90000002: channel 2 of partner 2 of tenant 2. */
export const otherDemoTokens: DemoTokens = {
  tenant_token: 'demo-tenant-2-Qm7xW0cRk4',
  ptnr_token: 'demo-ptnr-2-u8TzLr5vNe',
  channel_token: 'demo-channel-2-Hd3bYp6sKa',
};

const MINUTE = 60_000;

/** Who sells: two tenants, each with one partner and one channel. */
function callers(vault: Vault): [Table, Row[]][] {
  const token_hash = (token: string) => vault.hash(TOKEN_PURPOSE, token);
  const both = [demoTokens, otherDemoTokens].map((tokens, index) => ({ ...tokens, id: index + 1 }));
  return [
    [
      'ticketing_tenant',
      both.map(({ id, tenant_token }) => ({
        tenant_id: id,
        tenant_name: `演示租户 ${id}`,
        token_hash: token_hash(tenant_token),
      })),
    ],
    [
      'ticketing_ptnr',
      both.map(({ id, ptnr_token }) => ({
        ptnr_id: id,
        tenant_id: id,
        ptnr_name: `演示合作方 ${id}`,
        token_hash: token_hash(ptnr_token),
      })),
    ],
    [
      'ticketing_channel',
      both.map(({ id, channel_token }) => ({
        channel_id: id,
        ptnr_id: id,
        channel_name: `演示渠道 ${id}`,
        token_hash: token_hash(channel_token),
      })),
    ],
  ];
}

const sites: Row[] = [
  { site_id: 313131, site_name: '北京展览馆', site_name_en: 'Beijing Exhibition Center' },
  { site_id: 3123144, site_name: '北京展览馆', site_name_en: 'Beijing Exhibition Center' },
];

/** What the demo projects have in common; the documented picture and venue. */
const projectBase = {
  tenant_id: 1,
  project_seat_type: 1,
  project_type_id: 32131112,
  project_img_url: 'http:www.maitix.com/img.jpg',
  site_id: 313131,
};

const projects: Row[] = [
  {
    ...projectBase,
    project_id: 32321311,
    project_name: '周杰伦演唱会',
    project_name_en: 'Jay Chou Concert',
    project_detail: '周杰伦北京演唱会',
    project_detail_en: 'Jay Chou live in Beijing',
  },
  {
    ...projectBase,
    project_id: 90000001,
    project_name: '票券之夜',
    project_name_en: 'Piaoquan Night',
    project_detail: '一场正在销售的演示演出',
    project_detail_en: 'A demo show that is on sale now',
  },
  {
    ...projectBase,
    project_id: 90000002,
    tenant_id: 2,
    project_name: '另一租户的演出',
    project_name_en: 'Show of another tenant',
    project_detail: '只有租户 2 看得到',
    project_detail_en: 'Seen by tenant 2 only',
  },
];

const documentedInstant = gmt8('2019-04-13 11:11:11');

/** The documented event, long over, and two that have been on sale for an hour and stay so while the demo data hold. */
function events(now: Date): Row[] {
  const start = Math.floor(demoEnd(now).getTime() / MINUTE) * MINUTE;
  // Whole seconds, as the wire has them: what is saved as it was read does not differ.
  const begun = new Date(Math.floor(now.getTime() / 1000) * 1000 - 60 * MINUTE);
  const current = {
    event_show_start_time: new Date(start),
    event_show_end_time: new Date(start + 150 * MINUTE),
    sale_start_time: begun,
    sale_end_time: new Date(start),
    // Years ahead of the show, so that the gate can be tried.
    gate_open_time: begun,
    site_id: 3123144,
    site_version_id: 3124111,
    event_limit_type: 2,
    seat_total_num: 5000,
  };
  return [
    {
      ...current,
      event_id: 32131231,
      project_id: 32321311,
      event_name: '周杰伦20190101',
      event_name_en: 'Jay Chou 20190101',
      event_show_start_time: documentedInstant,
      event_show_end_time: documentedInstant,
      sale_start_time: gmt8('2019-01-01 10:00:00'),
      sale_end_time: documentedInstant,
      gate_open_time: null,
      event_limit_type: 1,
      seat_total_num: 1231,
    },
    {
      ...current,
      event_id: 90000011,
      project_id: 90000001,
      event_name: '票券之夜 首场',
      event_name_en: 'Piaoquan Night, first show',
    },
    {
      ...current,
      event_id: 90000012,
      project_id: 90000002,
      event_name: '另一租户的场次',
      event_name_en: 'Event of another tenant',
      event_limit_type: 0,
    },
    ...theatreEvents(current),
  ];
}

const discounts: Row[] = [
  {
    event_id: 32131231,
    discount_id: 1,
    discount_type: 1,
    discount_type_name: '优惠码',
    discount_type_name_en: 'Discount code',
    discount_name: '1000-60',
    discount_name_en: null,
    discount_show_info: '1000-60',
    discount_show_info_en: '60 off 1000',
    threshold: 100000,
    amount: 6000,
  },
];

const plainTier = {
  is_support_free_combination: 0,
  is_coupon_ticket: 0,
  is_package_only: false,
  sale_count: 0,
};
const documented = { ...plainTier, project_id: 32321311, event_id: 32131231 };
const current = { ...plainTier, project_id: 90000001, event_id: 90000011 };

/** A tier's name in both languages, its price in fen, its colour and how many tickets there are. */
const tier = (price_id: number, names: [string, string], price: number, price_color: string, goods_count: number) => ({
  price_id,
  price_name: names[0],
  price_name_en: names[1],
  price,
  price_color,
  goods_count,
});

/** The documented margin and sale counts; the stock put up for sale is their sum. */
const prices: Row[] = [
  { ...documented, ...tier(32131, ['180元', 'CNY 180'], 18000, '#1203', 8211), sale_count: 210, is_package_only: true },
  {
    ...documented,
    ...tier(432411, ['180元', 'CNY 180'], 18000, '#1201', 10333),
    is_support_free_combination: 1,
    is_coupon_ticket: 1,
    sale_count: 102,
  },
  { ...documented, ...tier(432412, ['内场', 'Floor'], 260000, '#1202', 500) },
  { ...current, ...tier(90000101, ['内场', 'Floor'], 128000, '#C0392B', 200) },
  { ...current, ...tier(90000102, ['看台', 'Stand'], 68000, '#2980B9', 1000) },
  { ...current, ...tier(90000103, ['山顶', 'Upper stand'], 38000, '#27AE60', 800) },
  {
    ...current,
    ...tier(90000104, ['家庭套票', 'Family package'], 150000, '#8E44AD', 100),
    is_coupon_ticket: 1,
  },
  { ...current, ...tier(90000105, ['儿童票', 'Child'], 34000, '#F39C12', 150), is_package_only: true },
  {
    ...current,
    ...tier(90000106, ['普通票', 'Standard'], 50000, '#2980B9', 300),
    project_id: 90000002,
    event_id: 90000012,
  },
  ...theatrePrices(plainTier, tier),
];

/** What each tier began with: its goods, and the tickets sold before it came here. */
const openings = (now: Date): Row[] =>
  prices.map(({ project_id, event_id, price_id, goods_count, sale_count }) => ({
    project_id: project_id as number,
    event_id: event_id as number,
    price_id: price_id as number,
    adjust_id: 'opening',
    goods_delta: goods_count as number,
    sale_delta: sale_count as number,
    reason: 'opening',
    operator: 'demo',
    adjusted_at: now,
  }));

/** The documented package holds ten tickets of its child, as its goods_count says; the family package holds two tickets of the stand and one child's. */
const children: Row[] = [
  { project_id: 32321311, event_id: 32131231, price_id: 432411, child_price_id: 32131, child_num: 10 },
  { project_id: 90000001, event_id: 90000011, price_id: 90000104, child_price_id: 90000102, child_num: 2 },
  { project_id: 90000001, event_id: 90000011, price_id: 90000104, child_price_id: 90000105, child_num: 1 },
  ...theatreChildren,
];

const channelEvents: Row[] = [
  { channel_id: 1, event_id: 32131231, authorized: true },
  { channel_id: 1, event_id: 90000011, authorized: true },
  { channel_id: 2, event_id: 90000012, authorized: true },
  ...theatreChannelEvents,
];

const channelPrices: Row[] = [
  { channel_id: 1, project_id: 90000001, event_id: 90000011, price_id: 90000103, authorized: false },
];

/**
 * Loads the demo projects: 32321311 with the documented values, 90000001 on sale from `now` with a show when the demo data end,
 * 90000002 of another tenant, and 90000003 with the orders that the pages name. Loading again changes nothing that is
 * there.
 */
export async function loadTicketingDemo({ sql, vault }: { sql: Sql; vault: Vault }, now: Date): Promise<void> {
  const tables: [Table, Row[]][] = [
    ...callers(vault),
    ['ticketing_site', sites],
    ['ticketing_project', projects],
    ['ticketing_event', events(now)],
    ['ticketing_event_discount', discounts],
    ['ticketing_price', prices],
    ['ticketing_stock_adjustment', openings(now)],
    ['ticketing_price_child', children],
    ['ticketing_channel_event', channelEvents],
    ['ticketing_channel_price', channelPrices],
  ];
  await sql.begin(async (tx) => {
    for (const [table, rows] of tables) {
      await insertNew(tx, table, rows);
      if (table === 'ticketing_project') await insertTheatre(tx, projectBase);
    }
  });
  await loadDemoOrders({ sql, vault }, now, demoEnd(now));
}
