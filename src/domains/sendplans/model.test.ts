import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { adminSendplansHandlers } from './admin/handlers.ts';
import { loadSendplansDemo } from './demo.ts';
import { sendplansHandlers } from './handlers.ts';

const vault = createVault(Buffer.alloc(32, 1));
const DAY_MS = 24 * 3600 * 1000;
const START = Date.parse('2026-03-01T00:00:00+08:00');

let database: TestDatabase;
let handlers: ReturnType<typeof sendplansHandlers> & ReturnType<typeof adminSendplansHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadSendplansDemo({ sql: database.sql, vault }, new Date(START));
  handlers = {
    ...sendplansHandlers({ sql: database.sql, vault }),
    ...adminSendplansHandlers({ sql: database.sql, vault }),
  };
});
afterAll(() => database?.drop());

/** A plan as simply as it can be thought: what is left of each item, and who received when. */
type Model = {
  readonly countLimit: number | undefined;
  readonly dayLimit: number | undefined;
  status: number;
  items: { left: number; total: number; needs: number }[];
  received: { user: number; day: number }[];
  answers: Map<string, { user: number; answer: unknown }>;
};

type Receive = { user: number; request: number | undefined };
type Step =
  | { kind: 'receive'; together: Receive[] }
  | { kind: 'adjust'; item: number; delta: number }
  | { kind: 'status'; status: number }
  | { kind: 'next day' };

const context = (now: Date) => ({
  app_key: '1',
  now,
  request_id: String(now.getTime()),
  host: 'localhost',
  actor: '1',
  method: 'm',
});

const receiveStep = fc.record({
  kind: fc.constant('receive' as const),
  together: fc.array(fc.record({ user: fc.nat(2), request: fc.option(fc.nat(5), { nil: undefined }) }), {
    minLength: 1,
    maxLength: 8,
  }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: receiveStep },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      item: fc.nat(1),
      delta: fc.integer({ min: -4, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(1, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('next day' as const) }) },
);

/** The ret_code that the model expects of a receive; of a granted request the answer that was given. */
function expected(model: Model, { user, request }: Receive, day: number): number | { again: unknown } {
  const known = request === undefined ? undefined : model.answers.get(String(request));
  if (known !== undefined) return known.user === user ? { again: known.answer } : 1011;
  if (model.status !== 1) return 1007;
  const own = model.received.filter((each) => each.user === user);
  if (own.length >= (model.countLimit ?? Number.POSITIVE_INFINITY)) return 1008;
  if (own.filter((each) => each.day === day).length >= (model.dayLimit ?? Number.POSITIVE_INFINITY)) return 1009;
  return model.items.some(({ left, needs }) => left >= needs) ? 0 : 1010;
}

const setup = fc.record({
  countLimit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  dayLimit: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  totals: fc.tuple(fc.nat(6), fc.nat(6)),
  needs: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
});

async function receiveTogether(model: Model, plan: number, together: Receive[], day: number): Promise<void> {
  const answers = await Promise.all(
    together.map(({ user, request }) =>
      handlers['alibaba.ai.content.business.send.plan.receive'](
        {
          param0: {
            isv_user_info_map: JSON.stringify({
              userId: `u${user}`,
              requestId: request === undefined ? undefined : `${request}`,
            }),
            circle_info: { circle_content: 'ass', circle_id: 1 },
            isv_id: 1,
            send_plan_id: plan,
          },
        },
        context(new Date(START + day * DAY_MS)),
      ),
    ),
  );
  for (const [index, each] of together.entries()) {
    const answer = answers[index]!;
    const outcome = expected(model, each, day);
    if (typeof outcome !== 'number') {
      expect(answer).toEqual(outcome.again);
      continue;
    }
    expect(answer.ret_code).toBe(outcome);
    if (outcome !== 0) continue;
    const { itemId, consumeInventory } = JSON.parse(answer.ret_value.map);
    const item = model.items[itemId - 1]!;
    expect([item.needs, item.left >= item.needs]).toEqual([consumeInventory, true]);
    item.left -= item.needs;
    model.received.push({ user: each.user, day });
    if (each.request !== undefined) model.answers.set(String(each.request), { user: each.user, answer });
  }
}

async function adjust(model: Model, plan: number, index: number, delta: number, adjust_id: string): Promise<void> {
  const item = model.items[index]!;
  const change = { id: plan, item_id: index + 1, delta, adjust_id, reason: 'model' };
  const run = () => handlers['piaoquan.sendplan.item.stock.adjust'](change, context(new Date(START)));
  if (item.left + delta < 0) {
    await expect(run()).rejects.toMatchObject({ body: { sub_code: 'isv.stock-out-of-range' } });
    return;
  }
  item.left += delta;
  item.total += delta;
  expect(await run()).toEqual({ total_inventory: item.total });
  expect(await run()).toEqual({ total_inventory: item.total });
}

test('any life of a plan goes as a simple model says: limits, stock, repeats, adjustments, and a ledger that adds up', async () => {
  let plan = 1000;
  await fc.assert(
    fc.asyncProperty(
      setup,
      fc.array(step, { maxLength: 12 }),
      async ({ countLimit, dayLimit, totals, needs }, steps) => {
        const id = ++plan;
        const items = [0, 1].map((index) => ({ left: totals[index]!, total: totals[index]!, needs: needs[index]! }));
        const model: Model = { countLimit, dayLimit, status: 1, items, received: [], answers: new Map() };
        await handlers['piaoquan.sendplan.plan.save'](
          {
            plan: {
              ...{ id, isv_id: 1, circle_id: 1, name: 'model', count_limit: countLimit, day_limit: dayLimit },
              ...{ start_time: new Date(START), end_time: new Date(START + 100 * DAY_MS) },
              items: items.map((item, index) => ({
                ...{ id: index + 1, name: `item ${index + 1}`, weight: 1 + index },
                ...{ total_inventory: item.total, consume_inventory: item.needs },
              })),
            },
          },
          context(new Date(START)),
        );
        let day = 0;
        for (const [index, each] of steps.entries()) {
          if (each.kind === 'receive') await receiveTogether(model, id, each.together, day);
          else if (each.kind === 'adjust') await adjust(model, id, each.item, each.delta, `a${index}`);
          else if (each.kind === 'next day') day++;
          else {
            model.status = each.status;
            await handlers['piaoquan.sendplan.plan.status.update'](
              { id, status: each.status },
              context(new Date(START)),
            );
          }
        }
        const rows = await database.sql`
        select total_inventory as total, total_inventory - consumed_inventory as left from sendplan_item
        where plan_id = ${id} order by id`;
        expect([...rows]).toEqual(model.items.map(({ left, total }) => ({ total, left })));
        const unequal = await database.sql`select * from audit_sendplans where counted <> ledger`;
        expect(unequal).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
