import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { adminSendplansHandlers } from '../admin/handlers.ts';
import { loadSendplansDemo } from '../demo.ts';
import { sendplansHandlers } from '../handlers.ts';
import { sendplanReadHandlers } from './handlers.ts';
import { sendplanLedgers } from './queries.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(Buffer.alloc(32, 4));

let database: TestDatabase;
let reader: Sql;
let reads: ReturnType<typeof sendplanReadHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadSendplansDemo({ sql: database.sql, vault }, NOW);
  reader = await connectReadOnly(database.sql);
  reads = sendplanReadHandlers({ sql: reader });
});
afterAll(async () => {
  await reader.end();
  await database.drop();
});

test('circles are listed with their partner and the number of their plans, page by page', async () => {
  const list = (asked: object) => reads['piaoquan.sendplan.circle.list'](asked, contextAt(NOW));
  const { circles } = await list({});
  expect(circles.map(({ isv_id, circle_id }) => [isv_id, circle_id])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
  ]);
  expect(circles.map(({ plan_count }) => plan_count)).toEqual([3, 1, 1]);
  const first = await list({ page_size: 2 });
  expect([...first.circles, ...(await list({ page_size: 2, cursor: first.next_cursor })).circles]).toEqual(circles);
  expect((await list({ isv_id: 2 })).circles).toHaveLength(1);
  await expect(list({ cursor: 'x' })).rejects.toMatchObject({ body: { code: 41 } });
});

test('the entries behind the inventory of an item add up to it, page by page', async () => {
  const id = 70;
  const plan = {
    isv_id: 1,
    circle_id: 1,
    name: '计划',
    start_time: NOW,
    end_time: new Date(NOW.getTime() + 86_400_000),
  };
  const items = [{ id: 1, name: '月卡', weight: 1, total_inventory: 10, consume_inventory: 3 }];
  const admin = adminSendplansHandlers({ sql: database.sql, vault });
  await admin['piaoquan.sendplan.plan.save']({ plan: { id, ...plan, items } }, contextAt(NOW));
  const change = { id, item_id: 1, delta: 5, adjust_id: 'more', reason: '补货' };
  await admin['piaoquan.sendplan.item.stock.adjust'](change, contextAt(NOW));
  const real = sendplansHandlers({ sql: database.sql, vault });
  for (const [n, userId] of ['a', 'b', 'c'].entries())
    await real['alibaba.ai.content.business.send.plan.receive'](
      {
        param0: {
          ...{ isv_user_info_map: JSON.stringify({ userId, requestId: userId }), isv_id: 1, send_plan_id: id },
          circle_info: { circle_content: 'ass', circle_id: 1 },
        },
      },
      contextAt(new Date(NOW.getTime() + n * 1000)),
    );
  const consumed = sendplanLedgers['sendplan_item.consumed_inventory'];
  const { counted, entries = [] } = (await consumed(reader, '70/1', { before: null, limit: 9 })) ?? {};
  expect(counted).toBe(9);
  expect(entries.map(({ ref, delta }) => [ref, delta])).toEqual([
    ['c', 3],
    ['b', 3],
    ['a', 3],
  ]);
  const next = await consumed(reader, '70/1', { before: entries[1]!, limit: 1 });
  expect(next?.entries.map(({ ref }) => ref)).toEqual(['a']);
  const total = await sendplanLedgers['sendplan_item.total_inventory'](reader, '70/1', { before: null, limit: 9 });
  expect([total?.counted, total?.entries.map(({ delta }) => delta).toSorted()]).toEqual([15, [10, 5].toSorted()]);
  for (const key of ['x', '70/2']) expect(await consumed(reader, key, { before: null, limit: 1 })).toBeUndefined();
});
