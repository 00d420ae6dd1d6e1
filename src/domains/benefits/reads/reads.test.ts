import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { adminBenefitsHandlers } from '../admin/handlers.ts';
import { loadBenefitsDemo } from '../demo.ts';
import { benefitHandlers } from '../handlers.ts';
import { benefitReadHandlers } from './handlers.ts';
import { benefitLedgers } from './queries.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const vault = createVault(Buffer.alloc(32, 5));

let database: TestDatabase;
let reader: Sql;
let reads: ReturnType<typeof benefitReadHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into platform_user (user_id, nick, created_at) values (${SELLER}, 'seller', ${NOW})`;
  await loadBenefitsDemo({ sql: database.sql }, NOW);
  reader = await connectReadOnly(database.sql);
  reads = benefitReadHandlers({ sql: reader });
});
afterAll(async () => {
  await reader.end();
  await database.drop();
});

test('sellers are listed with every type and whether it is open to them, page by page', async () => {
  await adminBenefitsHandlers({ sql: database.sql, vault })['piaoquan.benefit.type.update'](
    { user_id: SELLER, config_id: 4, is_open: false },
    contextAt(NOW),
  );
  const list = (asked: object) => reads['piaoquan.benefit.seller.list'](asked, contextAt(NOW));
  const first = await list({ page_size: 1 });
  expect(first.sellers).toMatchObject([{ user_id: SELLER, nick: 'seller', template_count: 9, activity_count: 3 }]);
  expect(first.sellers[0]?.types.map(({ config_id, is_open }) => [config_id, is_open])).toEqual([
    [1, true],
    [4, false],
    [13, true],
    [14, true],
  ]);
  expect((await list({ cursor: first.next_cursor })).sellers).toMatchObject([{ user_id: 6100001, nick: null }]);
  await expect(list({ cursor: 'x' })).rejects.toMatchObject({ body: { code: 41 } });
});

test("a seller's activities come newest first with what relates to them, of one id or state where asked", async () => {
  const list = (asked: object) =>
    reads['piaoquan.benefit.activity.list']({ user_id: SELLER, ...asked }, contextAt(NOW));
  const ids = async (asked: object) => (await list(asked)).activities.map(({ relation_id }) => relation_id);
  const { activities } = await list({});
  expect(activities).toMatchObject([
    {
      relation_id: 12345234,
      status: 'VALID',
      details: [{ detail_id: 123235235, benefit_id: 123, config_id: 1, status: 'VALID' }],
    },
    { relation_id: 124, details: [{ detail_id: 124, benefit_id: 123 }] },
    {
      relation_id: 123,
      details: [
        { detail_id: 123, benefit_id: 123, status: 'DELETE' },
        { detail_id: 54001, benefit_id: 4342322, status: 'VALID' },
      ],
    },
  ]);
  expect(await ids({ relation_id: 123 })).toEqual([123]);
  expect(await ids({ status: 'DELETE' })).toEqual([]);
  expect(await ids({ user_id: 6100001 })).toEqual([]);
  expect(await ids({ cursor: (await list({ page_size: 2 })).next_cursor })).toEqual([123]);
});

test('the entries behind the units of a template add up to them, page by page', async () => {
  const key = `${SELLER}/123`;
  const change = { user_id: SELLER, benefit_id: 123, delta: -7, adjust_id: 'less', reason: '收回' };
  const admin = adminBenefitsHandlers({ sql: database.sql, vault });
  await admin['piaoquan.benefit.template.stock.adjust'](change, contextAt(NOW));
  const real = benefitHandlers({ sql: database.sql, vault });
  for (const [n, unique_id] of ['a', 'b'].entries())
    await real['taobao.promotion.benefit.activity.send'](
      { send_request: { relation_id: 12345234, send_count: 2, unique_id }, ouid: 'o' },
      contextAt(new Date(NOW.getTime() + 1000 * (n + 1))),
    );
  const valid = benefitLedgers['benefit_template.valid_total_num'];
  const { counted, entries = [] } = (await valid(reader, key, { before: null, limit: 9 })) ?? {};
  expect(counted).toBe(1_000_000 - 7 - 4);
  expect(entries.reduce((sum, { delta }) => sum + delta, 0)).toBe(counted);
  expect(entries.slice(0, 2).map(({ ref, delta }) => [ref, delta])).toEqual([
    ['b', -2],
    ['a', -2],
  ]);
  expect((await valid(reader, key, { before: entries[0]!, limit: 1 }))?.entries[0]?.ref).toBe('a');
  const total = await benefitLedgers['benefit_template.total_num'](reader, key, { before: null, limit: 9 });
  expect([total?.counted, total?.entries.length]).toEqual([1_000_000 - 7, 2]);
  for (const wrong of ['x', `${SELLER}/9`])
    expect(await valid(reader, wrong, { before: null, limit: 1 })).toBeUndefined();
});
