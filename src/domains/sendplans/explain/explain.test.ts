import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { sendplansHandlers } from '../handlers.ts';
import { insertNew, openLedger } from '../queries.ts';
import { sendplanExplainHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const DAY = 86_400_000;
const vault = createVault(Buffer.alloc(32, 4));

let database: TestDatabase;
let reader: Sql;
let real: ReturnType<typeof sendplansHandlers>;
let explain: ReturnType<typeof sendplanExplainHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  reader = await connectReadOnly(database.sql);
  real = sendplansHandlers({ sql: database.sql, vault });
  explain = sendplanExplainHandlers({ sql: reader, vault });
  await insertNew(database.sql, 'sendplan_isv', [{ isv_id: 1, isv_name: '合作方' }]);
  const circle = { isv_id: 1, circle_name: '人群' };
  await insertNew(database.sql, 'sendplan_circle', [
    { ...circle, circle_id: 1, circle_contents: [] },
    { ...circle, circle_id: 2, circle_contents: ['ass'] },
  ]);
});
afterAll(async () => {
  expect(await database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);
  await reader.end();
  await database.drop();
});

let plans = 0;
type Item = { weight?: number; total_inventory?: number | null; consume_inventory?: number | null };

/** A plan of circle 1 for the days around NOW, with items numbered from 1. */
async function plan(items: Item[], more: object = {}): Promise<number> {
  const id = ++plans;
  const start_time = new Date(NOW.getTime() - DAY);
  const end_time = new Date(NOW.getTime() + 9 * DAY);
  const limits = { count_limit: null, day_limit: null };
  await insertNew(database.sql, 'sendplan', [
    { id, isv_id: 1, circle_id: 1, name: '计划', start_time, end_time, ...limits, ...more },
  ]);
  const rows = items.map((item, index) => ({
    ...{ plan_id: id, id: index + 1, name: `商品${index + 1}`, weight: 1 },
    ...{ total_inventory: null, consume_inventory: null, ...item },
  }));
  if (rows.length > 0) await insertNew(database.sql, 'sendplan_item', rows);
  await openLedger(database.sql, [id], NOW);
  return id;
}

const asked = (
  send_plan_id: number,
  user: object,
  more: { isv_id?: number; circle_id?: number; content?: string } = {},
) => ({
  param0: {
    isv_user_info_map: JSON.stringify(user),
    circle_info: { circle_content: more.content ?? 'ass', circle_id: more.circle_id ?? 1 },
    isv_id: more.isv_id ?? 1,
    send_plan_id,
  },
});

/** Explains a receive, then receives, and gives the code that both must tell. */
async function both(request: ReturnType<typeof asked>, now = NOW): Promise<number> {
  const {
    result,
    refusal_code: code,
    rules,
  } = await explain['piaoquan.sendplan.receive.explain'](request, contextAt(now));
  const { ret_code } = await real['alibaba.ai.content.business.send.plan.receive'](request, contextAt(now));
  expect([Number(code ?? 0), result], JSON.stringify(rules)).toEqual([ret_code, ret_code === 0]);
  return ret_code;
}

test('who receives what: user, partner, circle, content and plan', async () => {
  const id = await plan([{}]);
  expect(await both(asked(id, {}))).toBe(1012);
  expect(await both(asked(id, { userId: 'a' }, { isv_id: 9 }))).toBe(1001);
  expect(await both(asked(id, { userId: 'a' }, { circle_id: 9 }))).toBe(1002);
  expect(await both(asked(id, { userId: 'a' }, { circle_id: 2, content: 'other' }))).toBe(1003);
  expect(await both(asked(id, { userId: 'a' }, { circle_id: 2 }))).toBe(1004);
  expect(await both(asked(999, { userId: 'a' }))).toBe(1004);
  expect(await both(asked(id, { userId: 'a' }))).toBe(0);
});

test('shelf and period, to the second', async () => {
  const id = await plan([{}]);
  expect(await both(asked(id, { userId: 'a' }), new Date(NOW.getTime() - DAY - 1))).toBe(1005);
  expect(await both(asked(id, { userId: 'a' }), new Date(NOW.getTime() + 9 * DAY + 1000))).toBe(1006);
  expect(await both(asked(id, { userId: 'a' }), new Date(NOW.getTime() + 9 * DAY + 999))).toBe(0);
  await database.sql`update sendplan set status = 2 where id = ${id}`;
  expect(await both(asked(id, { userId: 'a' }), new Date(NOW.getTime() - DAY - 1))).toBe(1007);
});

test('limits of a user and of a day, whichever way the phone is written', async () => {
  const id = await plan([{}], { count_limit: 3, day_limit: 1 });
  const phone = { phone: '13812345678' };
  expect(await both(asked(id, phone))).toBe(0);
  expect(await both(asked(id, { phone: '+86 138-1234-5678' }))).toBe(1009);
  expect(await both(asked(id, phone), new Date(NOW.getTime() + DAY))).toBe(0);
  // A clock that is behind counts on the later day.
  expect(await both(asked(id, phone), NOW)).toBe(1009);
  expect(await both(asked(id, phone), new Date(NOW.getTime() + 2 * DAY))).toBe(0);
  expect(await both(asked(id, phone), new Date(NOW.getTime() + 3 * DAY))).toBe(1008);
  const { rules } = await explain['piaoquan.sendplan.receive.explain'](asked(id, phone), contextAt(NOW));
  expect(rules.find(({ rule }) => rule === 'count_limit')?.figures).toEqual([
    { name: 'used', value: '3' },
    { name: 'limit', value: '3' },
  ]);
});

test('items: too little for one receive, weight 0 and the odds of the others', async () => {
  const id = await plan([
    { total_inventory: 3, consume_inventory: 2 },
    { weight: 0 },
    { weight: 3, total_inventory: 0 },
  ]);
  const { choices } = await explain['piaoquan.sendplan.receive.explain'](asked(id, { userId: 'a' }), contextAt(NOW));
  expect(choices.map(({ left, odds_ppm }) => [left, odds_ppm])).toEqual([
    [3, 1_000_000],
    [null, 0],
    [0, 0],
  ]);
  expect(await both(asked(id, { userId: 'a' }))).toBe(0);
  expect(await both(asked(id, { userId: 'a' }))).toBe(1010);
  expect(await both(asked(await plan([]), { userId: 'a' }))).toBe(1010);
});

test('a requestId that was used is told again, or refused for other users and contents', async () => {
  const id = await plan([{ total_inventory: 1 }], { count_limit: 1 });
  const first = { userId: 'a', requestId: 'r1' };
  expect(await both(asked(id, first))).toBe(0);
  expect(await both(asked(id, { userId: 'a', requestId: 'r2' }))).toBe(1008);
  await database.sql`update sendplan set status = 2 where id = ${id}`;
  expect(await both(asked(id, first))).toBe(0);
  expect(await both(asked(id, { ...first, userId: 'b' }))).toBe(1011);
  expect(await both(asked(id, first, { content: 'other' }))).toBe(1011);
});

test('while others receive it is explained all the same', async () => {
  const id = await plan([{ total_inventory: 1 }], { count_limit: 1 });
  await database.sql.begin(async (tx) => {
    await tx`select from sendplan p join sendplan_item i on i.plan_id = p.id where p.id = ${id} for update`;
    const request = asked(id, { userId: 'a', requestId: 'r' });
    const { result, rules } = await explain['piaoquan.sendplan.receive.explain'](request, contextAt(NOW));
    expect(result).toBe(true);
    expect(rules).toHaveLength(12);
    expect(rules.every(({ reason_zh, reason_en }) => reason_zh !== '' && /^[ -~]+$/.test(reason_en))).toBe(true);
  });
});
