import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { demoTokens, loadTicketingDemo } from './demo.ts';
import { ticketingHandlers } from './handlers.ts';
import { insertNew, type Row } from './queries.ts';

const PROJECT = 700;
const now = new Date('2026-03-01T12:00:00+08:00');
const vault = createVault(Buffer.alloc(32, 7));
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await loadTicketingDemo({ sql: database.sql, vault }, now);
});
afterAll(() => database?.drop());

const event = (event_id: number, day: number): Row => ({
  event_id,
  project_id: PROJECT,
  event_name: `场次 ${event_id}`,
  event_show_start_time: new Date(now.getTime() + day * 86_400_000),
  event_show_end_time: new Date(now.getTime() + (day + 1) * 86_400_000),
  sale_start_time: now,
  sale_end_time: new Date(now.getTime() + day * 86_400_000),
  site_id: 313131,
  site_version_id: 1,
  event_limit_type: 0,
  seat_total_num: 10,
});

const tier = (price_id: number, goods_count: number, more: Row = {}): Row => ({
  project_id: PROJECT,
  event_id: 71,
  price_id,
  price_name: `票档 ${price_id}`,
  price: price_id * 100,
  price_color: '#000000',
  is_support_free_combination: 0,
  is_coupon_ticket: 0,
  is_package_only: false,
  goods_count,
  ...more,
});

const child = (child_price_id: number, child_num: number, price_id = 3): Row => ({
  project_id: PROJECT,
  event_id: 71,
  price_id,
  child_price_id,
  child_num,
});

/** Event 71 with tiers 1 and 2, package 3 of two tickets of 1 and one of 4, and 4 sold within packages only. */
beforeEach(async () => {
  const { sql } = database;
  await sql`truncate ticketing_project, ticketing_event, ticketing_price, ticketing_price_child,
    ticketing_channel_event, ticketing_channel_price, ticketing_event_discount cascade`;
  await insertNew(sql, 'ticketing_project', [
    {
      project_id: PROJECT,
      tenant_id: 1,
      project_name: '演出',
      project_detail: '',
      project_seat_type: 2,
      project_type_id: 1,
      project_img_url: '',
      site_id: 313131,
    },
  ]);
  await insertNew(sql, 'ticketing_event', [event(71, 10)]);
  await insertNew(sql, 'ticketing_price', [
    tier(1, 20),
    tier(2, 5),
    tier(3, 8, { is_coupon_ticket: 1 }),
    tier(4, 6, { is_package_only: true }),
  ]);
  await insertNew(sql, 'ticketing_price_child', [child(1, 2), child(4, 1)]);
  await insertNew(sql, 'ticketing_channel_event', [{ channel_id: 1, event_id: 71, authorized: true }]);
});

async function project() {
  const handlers = ticketingHandlers({ sql: database.sql, vault });
  const { result_data } = await handlers['alibaba.damai.maizuo.openapi.project.detail'](
    { project_param: { ...demoTokens, project_id: String(PROJECT) } },
    { app_key: '12345678', now, request_id: 'r', host: 'localhost', actor: '12345678', method: 'test' },
  );
  return result_data.project_vo!;
}

const tiers = async () => (await project()).event_list[0]!.price_list;
const margins = async () => Object.fromEntries((await tiers()).map((each) => [each.price_id, each.margin_count]));
const states = async () => {
  const { event_list } = await project();
  const { channel_authorize_state, price_list } = event_list[0]!;
  const children = price_list.flatMap(({ child_list }) => child_list ?? []);
  return [channel_authorize_state, ...[...price_list, ...children].map((each) => each.channel_authorize_state)];
};
const authorize = (price_id: number, authorized: boolean) =>
  insertNew(database.sql, 'ticketing_channel_price', [
    { project_id: PROJECT, event_id: 71, price_id, channel_id: 1, authorized },
  ]);
const authorizeEvent = (authorized: boolean) =>
  database.sql`update ticketing_channel_event set authorized = ${authorized} where event_id = 71`;

test('tiers sold only within packages are shown as children and not by themselves', async () => {
  const list = await tiers();
  expect(list.map(({ price_id }) => price_id)).toEqual(['1', '2', '3']);
  expect(list[2]?.child_list?.map(({ price_id }) => price_id)).toEqual(['1', '4']);
});

test('a package goes as far as its own stock and every child allow', async () => {
  const { sql } = database;
  expect(await margins()).toEqual({ 1: 20, 2: 5, 3: 6 });
  await sql`update ticketing_price set sale_count = 13 where price_id = 1`;
  expect(await margins()).toEqual({ 1: 7, 2: 5, 3: 3 });
  await sql`update ticketing_price set held_count = 6 where price_id = 3`;
  expect(await margins()).toEqual({ 1: 7, 2: 5, 3: 2 });
  await sql`update ticketing_price set held_count = 6 where price_id = 4`;
  expect(await margins()).toEqual({ 1: 7, 2: 5, 3: 0 });
});

test('a package without children has an empty child_list and nothing to sell', async () => {
  await database.sql`delete from ticketing_price_child`;
  expect((await tiers())[2]).toMatchObject({ is_coupon_ticket: 1, child_list: [], margin_count: 0 });
});

test('lowest and highest price follow the tiers and packages on offer', async () => {
  const { sql } = database;
  expect(await project()).toMatchObject({ project_min_price: '100', project_max_price: '300' });
  await sql`update ticketing_price set price = 9007199254740991 where price_id = 2`;
  await sql`update ticketing_price set price = 50 where price_id = 3`;
  expect(await project()).toMatchObject({ project_min_price: '50', project_max_price: '9007199254740991' });
  await sql`update ticketing_price set price = 1 where price_id = 4`;
  expect(await project()).toMatchObject({ project_min_price: '50' });
});

test('events come in order of their start, and the project lasts from the first to the last', async () => {
  await insertNew(database.sql, 'ticketing_event', [event(73, 5), event(72, 5), event(70, 20)]);
  const { event_list, project_start_time, project_end_time } = await project();
  expect(event_list.map(({ event_id }) => event_id)).toEqual(['72', '73', '71', '70']);
  expect(event_list[0]).toMatchObject({ price_list: [], event_discount_list: [], channel_authorize_state: 2 });
  expect(project_start_time).toEqual(event_list[0]!.event_show_start_time);
  expect(project_end_time).toEqual(event_list[3]!.event_show_end_time);
});

test('a project without events has neither times nor prices and is yet to be sold', async () => {
  const { sql } = database;
  await sql`truncate ticketing_event, ticketing_price, ticketing_price_child, ticketing_channel_event,
    ticketing_channel_price, ticketing_event_discount cascade`;
  const { event_list, project_sale_state, project_start_time, project_min_price } = await project();
  expect([event_list, project_sale_state, project_start_time, project_min_price]).toEqual([[], 1, null, null]);
});

test('a channel may sell a tier when it may sell the event and no row for the tier forbids it', async () => {
  expect(await states()).toEqual([1, 1, 1, 1, 1, 1]);
  await authorize(1, false);
  await authorize(2, true);
  expect(await states()).toEqual([1, 2, 1, 1, 2, 1]);
  await authorizeEvent(false);
  expect(await states()).toEqual([2, 2, 2, 2, 2, 2]);
  await database.sql`delete from ticketing_channel_event`;
  expect(await states()).toEqual([2, 2, 2, 2, 2, 2]);
});

test('the right of one channel is not the right of another', async () => {
  await database.sql`update ticketing_channel_event set channel_id = 2`;
  await insertNew(database.sql, 'ticketing_channel_price', [
    { project_id: PROJECT, event_id: 71, price_id: 1, channel_id: 2, authorized: false },
  ]);
  expect(await states()).toEqual([2, 2, 2, 2, 2, 2]);
  await insertNew(database.sql, 'ticketing_channel_event', [{ channel_id: 1, event_id: 71, authorized: true }]);
  expect(await states()).toEqual([1, 1, 1, 1, 1, 1]);
});

test.each([
  ['more sold than there is', 'sale_count = 21'],
  ['more sold and held than there is', 'sale_count = 15, held_count = 6'],
  ['fewer than none sold', 'sale_count = -1'],
  ['fewer than none held', 'held_count = -1'],
  ['goods taken away that are sold', 'sale_count = 10, goods_count = 9'],
])('the database refuses %s', async (_what, change) => {
  await expect(database.sql.unsafe(`update ticketing_price set ${change} where price_id = 1`)).rejects.toThrow(
    'check constraint',
  );
  expect(await margins()).toMatchObject({ 1: 20 });
});

test('the database refuses a margin that does not follow from the other counts', async () => {
  await expect(database.sql`update ticketing_price set margin_count = 99 where price_id = 1`).rejects.toThrow(
    'margin_count',
  );
});

test('the database keeps parents packages, children plain tiers of the same event, and packages on offer', async () => {
  const { sql } = database;
  await insertNew(sql, 'ticketing_event', [event(72, 5)]);
  await insertNew(sql, 'ticketing_price', [tier(5, 5, { event_id: 72 }), tier(6, 1, { is_coupon_ticket: 1 })]);
  const refused = (row: Row) => expect(insertNew(sql, 'ticketing_price_child', [row])).rejects.toThrow('foreign key');
  await refused(child(2, 1, 1));
  await refused(child(6, 1, 3));
  await refused(child(5, 1, 3));
  await expect(insertNew(sql, 'ticketing_price_child', [child(2, 0)])).rejects.toThrow('check constraint');
  await expect(sql`update ticketing_price set is_coupon_ticket = 0 where price_id = 3`).rejects.toThrow('foreign key');
  await expect(
    insertNew(sql, 'ticketing_price', [tier(7, 1, { is_coupon_ticket: 1, is_package_only: true })]),
  ).rejects.toThrow('check constraint');
});

test('whatever is held, sold and given back, sold + left + held stay the goods and the answer says what is left', async () => {
  const { sql } = database;
  const move = fc.record({
    price_id: fc.constantFrom(1, 3, 4),
    sale: fc.integer({ min: -4, max: 6 }),
    held: fc.integer({ min: -4, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
      await sql`update ticketing_price set sale_count = 0, held_count = 0`;
      const model = new Map([1, 3, 4].map((id) => [id, { goods: { 1: 20, 3: 8, 4: 6 }[id]!, sale: 0, held: 0 }]));
      for (const { price_id, sale, held } of moves) {
        const stock = model.get(price_id)!;
        const next = { goods: stock.goods, sale: stock.sale + sale, held: stock.held + held };
        const fits = next.sale >= 0 && next.held >= 0 && next.sale + next.held <= next.goods;
        const done = await sql`update ticketing_price set sale_count = sale_count + ${sale},
          held_count = held_count + ${held} where price_id = ${price_id}`.then(
          () => true,
          () => false,
        );
        expect(done).toBe(fits);
        if (done) model.set(price_id, next);
      }
      const left = (id: number) => model.get(id)!.goods - model.get(id)!.sale - model.get(id)!.held;
      expect(await margins()).toMatchObject({ 1: left(1), 3: Math.min(left(3), Math.floor(left(1) / 2), left(4)) });
      expect(
        await sql`select 1 from ticketing_price where sale_count + margin_count + held_count <> goods_count`,
      ).toHaveLength(0);
    }),
    { numRuns: 25 },
  );
});
