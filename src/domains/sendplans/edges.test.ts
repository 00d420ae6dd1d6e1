import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { adminSendplansHandlers } from './admin/handlers.ts';
import { loadSendplansDemo } from './demo.ts';
import { sendplansHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(Buffer.alloc(32, 1));

let database: TestDatabase;
let handlers: ReturnType<typeof sendplansHandlers> & ReturnType<typeof adminSendplansHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadSendplansDemo({ sql: database.sql, vault }, NOW);
  const parts = { sql: database.sql, vault };
  handlers = { ...sendplansHandlers(parts), ...adminSendplansHandlers(parts) };
});
afterAll(async () => {
  expect(await database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);
  await database.drop();
});

const fields = {
  ...{ isv_id: 1, circle_id: 2, name: 'plan' },
  start_time: new Date('2026-01-01T00:00:00+08:00'),
  end_time: new Date('2026-12-31T00:00:00+08:00'),
};
type Item = { id: number; weight?: number; total_inventory?: number; consume_inventory?: number };
const save = (id: number, items: Item[], more: object = {}) =>
  handlers['piaoquan.sendplan.plan.save'](
    { plan: { ...fields, id, items: items.map((item) => ({ name: 'item', weight: 1, ...item })), ...more } },
    contextAt(NOW),
  );
const receive = (send_plan_id: number, user: object, circle: object = {}, isv_id = 1, now = NOW) =>
  handlers['alibaba.ai.content.business.send.plan.receive'](
    {
      param0: {
        ...{ isv_user_info_map: JSON.stringify(user), isv_id, send_plan_id },
        circle_info: { circle_content: 'ass', circle_id: 2, ...circle },
      },
    },
    contextAt(now),
  );

test('a requestId that comes again with anything else changed is refused, at once or later', async () => {
  await save(200, [{ id: 1 }]);
  const user = { userId: 'u', requestId: 'r' };
  const others = [
    () => receive(200, { ...user, userId: 'v' }),
    () => receive(200, user, { circle_content: 'other' }),
    () => receive(200, user, { circle_id: 1 }),
    () => receive(200, user, { circle_id: 999 }),
    () => receive(200, user, {}, 2),
  ];
  const [first, again, ...same] = await Promise.all([
    receive(200, user),
    receive(200, user),
    ...others.map((other) => other()),
  ]);
  expect(first.ret_code).toBe(0);
  expect(again).toEqual(first);
  expect(same.map(({ ret_code }) => ret_code)).toEqual(others.map(() => 1011));
  for (const other of others) expect((await other()).ret_code).toBe(1011);
  await handlers['piaoquan.sendplan.plan.status.update']({ id: 200, status: 2 }, contextAt(NOW));
  expect(await receive(200, user)).toEqual(first);
});

test('an item that is named twice is refused by its place, and nothing is saved', async () => {
  const refusal = { body: { code: 41, msg: 'Invalid arguments:plan.items[1].id' } };
  await expect(save(201, [{ id: 1 }, { id: 1 }])).rejects.toMatchObject(refusal);
  await expect(handlers['piaoquan.sendplan.plan.get']({ id: 201 }, contextAt(NOW))).rejects.toMatchObject({
    body: { sub_code: 'isv.plan-not-found' },
  });
  await save(201, [{ id: 1, total_inventory: 5 }]);
  await expect(
    save(201, [
      { id: 1, total_inventory: 6 },
      { id: 1, total_inventory: 7 },
    ]),
  ).rejects.toMatchObject(refusal);
});

test('an item without a total never runs out, however many units were received', async () => {
  await save(202, [{ id: 1, consume_inventory: 1_000_000 }]);
  await database.sql`update sendplan_item set consumed_inventory = 2147000000 where plan_id = 202`;
  await database.sql`update sendplan_adjustment set delta_consumed = 2147000000 where plan_id = 202`;
  expect((await receive(202, { userId: 'u' })).ret_code).toBe(0);
  const { plan } = await handlers['piaoquan.sendplan.plan.get']({ id: 202 }, contextAt(NOW));
  expect(plan.items[0]?.consumed_inventory).toBe(2_148_000_000);
});

test('an item of which less is left than one receive takes is passed over, and one of weight 0 is never drawn', async () => {
  await save(203, [
    { id: 1, total_inventory: 7, consume_inventory: 5, weight: 1_000_000 },
    { id: 2, total_inventory: 2, weight: 1 },
    { id: 3, weight: 0 },
  ]);
  const drawn = await Promise.all(Array.from({ length: 9 }, (_, index) => receive(203, { userId: `u${index}` })));
  const items = drawn.map(({ ret_value }) => (JSON.parse(ret_value.map) as { itemId?: number }).itemId);
  expect(items.filter((id) => id !== undefined).sort()).toEqual([1, 2, 2]);
  expect(drawn.filter(({ ret_code }) => ret_code === 1010)).toHaveLength(6);
});

test('a day ends at midnight of GMT+8, to the millisecond', async () => {
  await save(204, [{ id: 1 }], { day_limit: 1, count_limit: 3 });
  const at = (text: string) => receive(204, { userId: 'u' }, {}, 1, new Date(text));
  expect((await at('2026-03-01T23:59:59.999+08:00')).ret_code).toBe(0);
  expect((await at('2026-03-01T16:00:00.000Z')).ret_code).toBe(0);
  expect((await at('2026-03-02T23:59:59.999+08:00')).ret_code).toBe(1009);
  expect((await at('2026-03-03T00:00:00+08:00')).ret_code).toBe(0);
  expect((await at('2026-03-04T00:00:00+08:00')).ret_code).toBe(1008);
});
