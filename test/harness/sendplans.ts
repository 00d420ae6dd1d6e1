import { afterAll, beforeAll, expect } from 'vitest';
import { adminSendplansHandlers } from '../../src/domains/sendplans/admin/handlers.ts';
import { loadSendplansDemo } from '../../src/domains/sendplans/demo.ts';
import { sendplanExplainHandlers } from '../../src/domains/sendplans/explain/handlers.ts';
import { sendplansHandlers } from '../../src/domains/sendplans/handlers.ts';
import { insertNew, openLedger } from '../../src/domains/sendplans/queries.ts';
import { createVault } from '../../src/secrets/vault.ts';
import { contextAt } from './context.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** The instant of the calls unless they say otherwise. */
export const NOW = new Date('2026-03-01T12:00:00+08:00');
export const DAY = 86_400_000;

/** Who receives, as the partner says. */
export type User = { userId?: string; phone?: string; requestId?: string };
type Handlers = ReturnType<typeof sendplansHandlers> &
  ReturnType<typeof adminSendplansHandlers> &
  ReturnType<typeof sendplanExplainHandlers>;

/** A request of a user for a plan of circle 1. */
export const asked = (send_plan_id: number, user: User, isv_id = 1) => ({
  param0: {
    ...{ isv_user_info_map: JSON.stringify(user), isv_id, send_plan_id },
    circle_info: { circle_content: 'ass', circle_id: 1 },
  },
});

let persons = 0;
/** Names that nobody bore before. */
export function names() {
  const n = ++persons;
  const phoneOf = (digit: number) => `13${digit}${String(n).padStart(8, '0')}`;
  return { a: `a${n}`, b: `b${n}`, c: `c${n}`, P: phoneOf(8), Q: phoneOf(9) };
}

/** Send plans on a database of the test's own, called through two sets of handlers in turn, as two processes have them. */
export function useSendPlans() {
  const vault = createVault(Buffer.alloc(32, 1));
  let database: TestDatabase;
  let processes: Handlers[];
  beforeAll(async () => {
    database = await createTestDatabase();
    await loadSendplansDemo({ sql: database.sql, vault }, NOW);
    const parts = { sql: database.sql, vault };
    processes = [0, 1].map(() => ({
      ...sendplansHandlers(parts),
      ...adminSendplansHandlers(parts),
      ...sendplanExplainHandlers(parts),
    }));
  });
  afterAll(async () => {
    expect(await database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);
    await database.drop();
  });
  let plans = 1000;
  let turn = 0;
  const next = (): Handlers => processes[turn++ % processes.length] as Handlers;
  const receiveBy = async (handlers: Handlers, id: number, user: User, now = NOW, isv_id = 1): Promise<number> =>
    (await handlers['alibaba.ai.content.business.send.plan.receive'](asked(id, user, isv_id), contextAt(now))).ret_code;
  return {
    sql: () => database.sql,
    next,
    /** A plan of circle 1 with two items, of which it gives the first. */
    async plan(limits: { count_limit?: number; day_limit?: number }, more: object = {}): Promise<number> {
      const id = ++plans;
      const period = { start_time: new Date(NOW.getTime() - DAY), end_time: new Date(NOW.getTime() + 9 * DAY) };
      const whole = { id, isv_id: 1, circle_id: 1, name: 'plan', ...period, count_limit: null, day_limit: null };
      await insertNew(database.sql, 'sendplan', [{ ...whole, ...limits, ...more }]);
      for (const item of [1, 2])
        await insertNew(database.sql, 'sendplan_item', [{ plan_id: id, id: item, name: 'i', weight: 2 - item }]);
      await openLedger(database.sql, [id], NOW);
      return id;
    },
    /** The ret_code of a receive by the next process. */
    receive: (id: number, user: User, now = NOW, isv_id = 1) => receiveBy(next(), id, user, now, isv_id),
    /** The ret_codes of receives that one process gets at once. */
    together: (id: number, users: readonly User[]): Promise<number[]> =>
      Promise.all(users.map((user) => receiveBy(processes[0] as Handlers, id, user))),
  };
}
