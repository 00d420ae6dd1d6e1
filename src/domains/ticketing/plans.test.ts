import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { connectKeepingPlans, connectWithPlansOfNow, rowsRead } from '../../../test/harness/rows-read.ts';
import { A, after, C, NOON, P, putOn } from '../../../test/harness/ticketing.ts';
import type { Sql } from '../../database/pool.ts';
import { createVault } from '../../secrets/vault.ts';
import { cancelOrder, refundOrder } from './admin/orders/queries.ts';
import { loadTicketingDemo } from './demo.ts';
import { type PayCommand, payOrders, releaseDue, type SubmitCommand, submitOrders } from './orders/queries.ts';
import { enter, findTickets } from './tickets/queries.ts';

/** Orders that come once the plans are made, of each state as many: held till soon, paid, timed out, cancelled, held for long. */
const GROWN = 12_000;
const STATES = 5;
const BATCH = 20;
/** The most rows that a command may read, twice what the dearest does. To read one table once is many times as many. */
const MOST = 30;

let database: TestDatabase;
let sql: Sql;
let project_id: number;
let event_id: number;
let project_no: number;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
/** Ids of grown orders that were in a state (0 to 4) when they came; their tickets bear the same ids. */
const grown = (state: number, count: number): number[] =>
  times(count, (n) => project_no * 1e9 + 500_000_000 + (n + 100) * STATES + state);

const hex = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0');
const order = (cart: string, more: Partial<SubmitCommand> = {}): SubmitCommand => ({
  now: NOON,
  channel_id: 1,
  shopping_cart_id: cart,
  content_hash: hex('content'),
  user_id: `user ${cart}`,
  receivable_money: null,
  has_bearer: true,
  goods: [
    { line_no: 1, event_id, price_id: A, goods_count: 1, bearer_count: 0, children: null },
    { line_no: 2, event_id, price_id: P, goods_count: 1, bearer_count: 0, children: null },
  ],
  persons: [{ person_no: 1, line_no: 0, ticket_index: 0, sealed: '', hashes: [hex(cart)], document_hash: hex(cart) }],
  ...more,
});
const payment = (order_id: number, pay_no: string, pay_money: number): PayCommand => ({
  ...{ now: NOON, channel_id: 1, order_id, user_id: null, pay_no, pay_money, pay_type_id: '1' },
});
const refund = (on: Sql, order_id: number, ticket_ids: number[] | null = null) =>
  refundOrder(on, project_id, {
    ...{ order_id, refund_id: `refund ${order_id}`, ticket_ids, reason: 'test', operator: 'test', now: NOON },
  });
const check = (on: Sql, ticket_id: number) =>
  enter(on, { project_id, ticket_id, event_id, check_id: 'check', gate: null, now: NOON });
const PRICE = 58_000;

/** Everything once, so that every statement has its plan. */
async function everything(round: string): Promise<void> {
  const commands = times(6, (n) => order(`${round} ${n}`));
  const made = await submitOrders(sql, project_id, commands);
  const ids = made.map(({ vo }) => vo?.order_id as number);
  await submitOrders(sql, project_id, commands);
  const pay = (places: number[]) =>
    payOrders(
      sql,
      project_id,
      places.map((n) => payment(ids[n] as number, `${round} ${n}`, PRICE)),
    );
  const paid = await pay([0, 1]);
  expect(paid.map(({ result_code }) => result_code)).toEqual([200, 200]);
  expect(await cancelOrder(sql, project_id, ids[2] as number, NOON)).toBe(0);
  await releaseDue(sql, after(20), 100);
  expect((await pay([3, 0])).map(({ result_code }) => result_code)).toEqual([200, 200]);
  const tickets = paid.flatMap((each) => each.tickets ?? []).map(({ ticket_id }) => ticket_id);
  await findTickets(
    sql,
    tickets.map((ticket_id) => ({ ticket_id, project_no })),
  );
  expect((await check(sql, tickets[0] as number)).code).toBe(0);
  expect((await refund(sql, ids[1] as number)).code).toBe(0);
  expect((await refund(sql, ids[3] as number, [0])).code).toBe(3);
}

/** Orders of every state with what belongs to them, each of one ticket, without a word to the planner. */
async function grow(): Promise<void> {
  const first = project_no * 1e9 + 500_000_000;
  const numbers = database.sql`generate_series(1, ${GROWN}) n`;
  await database.sql`
    insert into ticketing_order select ${project_id}, ${first}::bigint + n, 1, 'grown ' || n, decode(${hex('content')}, 'hex'),
      'user ' || n, 18000, 18000, (array[1, 2, 4, 3, 1])[n % ${STATES} + 1], ${NOON},
      case n % ${STATES} when 0 then ${after(1)}::timestamptz else ${after(1000)} end,
      case n % ${STATES} when 1 then ${NOON}::timestamptz end, case when n % ${STATES} in (2, 3) then ${NOON}::timestamptz end
    from ${numbers}`;
  await database.sql`
    insert into ticketing_order_line
    select ${project_id}, ${first}::bigint + n, 1, 0, ${event_id}, ${A}, false, 1, 18000, 18000, 'A' from ${numbers}`;
  await database.sql`
    insert into ticketing_person select ${project_id}, ${first}::bigint + n, 1, 0, 0, '' from ${numbers}`;
  await database.sql`
    insert into ticketing_document
    select ${project_id}, ${event_id}, sha256(n::text::bytea), ${first}::bigint + n, 1, n % ${STATES} not in (2, 3) from ${numbers}`;
  await database.sql`
    insert into ticketing_payment (project_id, pay_no, order_id, pay_money, pay_type_id, result_code, received_at, channel_id)
    select ${project_id}, 'grown ' || n, ${first}::bigint + n, 18000, '1', case n % ${STATES} when 1 then 200 else 10243 end, ${NOON}, 1
    from ${numbers}`;
  await database.sql`
    insert into ticketing_refund
    select ${project_id}, 'grown ' || n, ${first}::bigint + n, null, '{1}', 1, 'test', 'test', ${NOON} from ${numbers}`;
  await database.sql`
    insert into ticketing_ticket
    select ${project_id}, ${first}::bigint + n, ${first}::bigint + n, 1, 1, ${event_id}, ${A}, 1, 18000, 1, ${NOON} from ${numbers}`;
  await database.sql`
    insert into ticketing_check select ${project_id}, ${first}::bigint + n, 'grown', null, ${NOON} from ${numbers}
    where n % ${STATES} <> 1`;
  await database.sql`
    update ticketing_price set sale_count = sale_count + ${GROWN}, held_count = held_count + ${GROWN} where price_id = ${A}`;
}

/** Sets a stage of which the planner believes one thing, and fills it with another. */
async function open(belief: string): Promise<void> {
  database = await createTestDatabase();
  await loadTicketingDemo({ sql: database.sql, vault: createVault(Buffer.alloc(32, 7)) }, NOON);
  const stage = await putOn(database.sql, NOON, {
    event: { event_limit_type: 1, user_limit: 10 },
    goods: { [A]: 100_000, [P]: 10_000, [C]: 10_000 },
  });
  project_id = stage.project_id;
  event_id = stage.events[0] as number;
  const [row] = await database.sql<{ project_no: number }[]>`
    select project_no from ticketing_project where project_id = ${project_id}`;
  project_no = row?.project_no as number;
  const tables = await database.sql<{ name: string }[]>`
    select relname as name from pg_class where relname like 'ticketing_%' and relkind = 'r'`;
  for (const { name } of tables) await database.sql`alter table ${database.sql(name)} set (autovacuum_enabled = false)`;
  sql = database.sql;
  if (belief === 'few rows are known') await everything('before');
  sql = belief === 'nothing is known' ? connectKeepingPlans(database) : await connectWithPlansOfNow(database);
  await everything('first');
  await everything('second');
  await grow();
}

/** Sees that so many commands read few rows each. */
async function expectFew(work: (tx: Sql) => Promise<unknown>, commands = BATCH): Promise<void> {
  const read = await rowsRead(sql, work);
  const rows = Object.values(read).reduce((sum, each) => sum + each, 0);
  expect(rows, JSON.stringify(read)).toBeLessThan(MOST * commands);
}

describe.each(['nothing is known', 'no row is known', 'few rows are known'])('with plans made when %s', (belief) => {
  beforeAll(() => open(belief));
  afterAll(async () => {
    await sql?.end();
    await database?.drop();
  });

  test('orders are decided by few rows each, however many there are', () =>
    expectFew(async (tx) => {
      const users = times(BATCH, (n) => `user ${n * 7 + 1}`);
      const fresh = users.map((user_id) => order(`new ${user_id}`, { user_id }));
      const known = times(BATCH, (n) => order(`grown ${n * 7 + 3}`));
      const changed = times(BATCH, (n) => order(`grown ${n * 7 + 3}`, { content_hash: hex('other') }));
      const done = await submitOrders(tx, project_id, [...fresh, ...known, ...changed]);
      expect(done.map(({ detail }) => detail?.code)).toEqual([
        ...Array(2 * BATCH).fill(undefined),
        ...Array(BATCH).fill(10236),
      ]);
    }, 3 * BATCH));

  test('payments are taken by few rows each, those that come late and those that come again as well', () =>
    expectFew(async (tx) => {
      const held = grown(4, BATCH).map((id) => payment(id, `pay ${id}`, 18_000));
      const late = grown(2, BATCH).map((id) => payment(id, `pay ${id}`, 18_000));
      const paid = grown(1, BATCH).map((id) => payment(id, `grown ${id % 1e6}`, 18_000));
      const done = await payOrders(tx, project_id, [...held, ...late, ...paid]);
      expect(done.map(({ result_code }) => result_code)).toEqual(Array(3 * BATCH).fill(200));
    }, 3 * BATCH));

  test('a cancellation reads few rows', () =>
    expectFew(async (tx) => {
      for (const id of grown(4, BATCH)) expect(await cancelOrder(tx, project_id, id, NOON)).toBe(0);
    }));

  test('a refund reads few rows', () =>
    expectFew(async (tx) => {
      for (const id of grown(1, BATCH)) expect((await refund(tx, id)).code).toBe(0);
    }));

  test('holds that time out are freed by few rows each', () =>
    expectFew(async (tx) => {
      expect(await releaseDue(tx, after(2), BATCH)).toBe(BATCH);
    }));

  test('a ticket is found and let in by few rows', () =>
    expectFew(async (tx) => {
      const ids = grown(1, BATCH);
      const found = await findTickets(
        tx,
        ids.map((ticket_id) => ({ ticket_id, project_no })),
      );
      expect(found.size).toBe(BATCH);
      for (const id of ids) expect((await check(tx, id)).code).toBe(0);
    }));
});
