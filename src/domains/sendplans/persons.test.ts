import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../database/vault.ts';
import { adminSendplansHandlers } from './admin/handlers.ts';
import { loadSendplansDemo } from './demo.ts';
import { sendplanExplainHandlers } from './explain/handlers.ts';
import { sendplansHandlers } from './handlers.ts';
import { insertNew, openLedger } from './queries.ts';

const NOW = new Date('2026-03-01T12:00:00+08:00');
const DAY = 86_400_000;
const vault = createVault(Buffer.alloc(32, 1));

type User = { userId?: string; phone?: string; requestId?: string };
type Handlers = ReturnType<typeof sendplansHandlers> &
  ReturnType<typeof adminSendplansHandlers> &
  ReturnType<typeof sendplanExplainHandlers>;

let database: TestDatabase;
/** Handlers as two processes have them: each with batches of its own. */
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
/** A plan of circle 1 with two items, which only the first gives. */
async function plan(limits: { count_limit?: number; day_limit?: number }, more: object = {}): Promise<number> {
  const id = ++plans;
  const period = { start_time: new Date(NOW.getTime() - DAY), end_time: new Date(NOW.getTime() + 9 * DAY) };
  const whole = { id, isv_id: 1, circle_id: 1, name: 'plan', ...period, count_limit: null, day_limit: null, ...limits };
  await insertNew(database.sql, 'sendplan', [{ ...whole, ...more }]);
  for (const item of [1, 2])
    await insertNew(database.sql, 'sendplan_item', [{ plan_id: id, id: item, name: 'i', weight: 2 - item }]);
  await openLedger(database.sql, [id], NOW);
  return id;
}

let turn = 0;
const next = (): Handlers => processes[turn++ % processes.length] as Handlers;
const asked = (send_plan_id: number, user: User, isv_id = 1) => ({
  param0: {
    ...{ isv_user_info_map: JSON.stringify(user), isv_id, send_plan_id },
    circle_info: { circle_content: 'ass', circle_id: 1 },
  },
});
const receive = async (id: number, user: User, now = NOW, isv_id = 1): Promise<number> =>
  (await next()['alibaba.ai.content.business.send.plan.receive'](asked(id, user, isv_id), contextAt(now))).ret_code;
const why = async (id: number, user: User, now = NOW): Promise<number> =>
  Number((await next()['piaoquan.sendplan.receive.explain'](asked(id, user), contextAt(now))).refusal_code ?? 0);
/** What the query tells of a plan: its rule and its items. */
async function told(id: number, user: User, now = NOW) {
  const answer = await next()['alibaba.ai.content.business.send.plan.query'](asked(id, user), contextAt(now));
  const found = answer.ret_value.find((each) => each.id === id);
  return { rule: JSON.parse(found?.receive_rule ?? ''), items: JSON.parse(found?.purchase_item_info ?? '') };
}

let persons = 0;
/** Names that nobody bore before. */
function names() {
  const n = ++persons;
  const phoneOf = (digit: number) => `13${digit}${String(n).padStart(8, '0')}`;
  return { a: `a${n}`, b: `b${n}`, c: `c${n}`, P: phoneOf(8), Q: phoneOf(9) };
}

test('of a userId, a phone, and another userId with that phone, the third is the second person and is refused', async () => {
  const id = await plan({ count_limit: 1 });
  const { a, b, P } = names();
  expect([
    await receive(id, { userId: a }),
    await receive(id, { phone: P }),
    await receive(id, { userId: b, phone: P }),
  ]).toEqual([0, 0, 1008]);
  // The refused call has told who b is; nothing is taken back.
  expect(await receive(id, { userId: b })).toBe(1008);
  expect(await database.sql`select from sendplan_receipt where plan_id = ${id}`).toHaveLength(2);
});

test.each<[string, (n: ReturnType<typeof names>) => User[], number[]]>([
  [
    'a userId seen with a phone, then the phone',
    ({ a, P }) => [{ userId: a, phone: P }, { phone: P }, { userId: a }],
    [0, 1008, 1008],
  ],
  [
    'two that were apart and are seen together',
    ({ a, P }) => [{ userId: a }, { phone: P }, { userId: a, phone: P }],
    [0, 0, 1008],
  ],
  [
    'a chain of names',
    ({ a, b, P, Q }) => [{ userId: a, phone: P }, { userId: b, phone: P }, { userId: b, phone: Q }, { phone: Q }],
    [0, 1008, 1008, 1008],
  ],
  [
    'a chain that closes in the middle',
    ({ a, b, P, Q }) => [{ userId: a, phone: P }, { userId: b, phone: Q }, { userId: a, phone: Q }, { userId: b }],
    [0, 0, 1008, 1008],
  ],
  [
    'a phone written in another way',
    ({ a, P }) => [{ userId: a, phone: P }, { phone: `+86 ${P.slice(0, 3)}-${P.slice(3, 7)}-${P.slice(7)}` }],
    [0, 1008],
  ],
  ['a userId that is the phone', ({ P }) => [{ userId: P }, { phone: P }, { userId: `0086${P}` }], [0, 1008, 1008]],
  [
    'two userIds of one phone',
    ({ a, b, P }) => [
      { userId: a, phone: P },
      { userId: b, phone: P },
    ],
    [0, 1008],
  ],
  [
    'names that were never seen together',
    ({ a, b, P, Q }) => [{ userId: a }, { userId: b }, { phone: P }, { phone: Q }],
    [0, 0, 0, 0],
  ],
])('%s: limits count the person, one call after the other and all in one batch', async (_what, users, codes) => {
  const id = await plan({ count_limit: 1 });
  const answers: number[] = [];
  for (const user of users(names())) {
    expect(await why(id, user)).toBe(codes[answers.length]);
    answers.push(await receive(id, user));
  }
  expect(answers).toEqual(codes);
  const together = await plan({ count_limit: 1 });
  const [first] = processes;
  const batch = users(names()).map((user) =>
    first?.['alibaba.ai.content.business.send.plan.receive'](asked(together, user), contextAt(NOW)),
  );
  expect((await Promise.all(batch)).map((answer) => answer?.ret_code)).toEqual(codes);
});

test('who a person is holds for every plan of the partner, and for no other partner', async () => {
  const [one, two, other] = [
    await plan({}),
    await plan({ count_limit: 1 }),
    await plan({ count_limit: 1 }, { isv_id: 2 }),
  ];
  const { a, P } = names();
  expect([await receive(two, { userId: a }), await receive(two, { phone: P })]).toEqual([0, 0]);
  expect(await receive(one, { userId: a, phone: P })).toBe(0);
  const next_plan = await plan({ count_limit: 1 });
  expect([await receive(next_plan, { userId: a }), await receive(next_plan, { phone: P })]).toEqual([0, 1008]);
  expect([await receive(other, { userId: a }, NOW, 2), await receive(other, { phone: P }, NOW, 2)]).toEqual([0, 0]);
});

test('a day counts the person as well, on the latest day that any of its names received', async () => {
  const id = await plan({ day_limit: 2, count_limit: 5 });
  const { a, P } = names();
  const tomorrow = new Date(NOW.getTime() + DAY);
  expect([
    await receive(id, { userId: a }),
    await receive(id, { phone: P }),
    await receive(id, { userId: a, phone: P }),
  ]).toEqual([0, 0, 1009]);
  expect(await receive(id, { userId: a }, tomorrow)).toBe(0);
  expect(await why(id, { phone: P }, tomorrow)).toBe(0);
  expect(await receive(id, { phone: P }, tomorrow)).toBe(0);
  // A clock that is behind counts on the later day.
  expect([await why(id, { phone: P }), await receive(id, { phone: P })]).toEqual([1009, 1009]);
  const later = new Date(NOW.getTime() + 2 * DAY);
  expect([await receive(id, { phone: P }, later), await receive(id, { userId: a }, later)]).toEqual([0, 1008]);
});

test('a request of one person is the same under each of its names, and of another is refused', async () => {
  const id = await plan({ count_limit: 1 });
  const { a, b, P } = names();
  expect(await receive(id, { userId: a, phone: P, requestId: `r ${a}` })).toBe(0);
  for (const user of [{ userId: a }, { phone: P }, { userId: a, phone: P }])
    expect(await receive(id, { ...user, requestId: `r ${a}` })).toBe(0);
  expect(await receive(id, { userId: b, requestId: `r ${a}` })).toBe(1011);
  expect(await receive(id, { phone: P, requestId: `s ${a}` })).toBe(1008);
});

test('the query tells what this user has received, under all names, and nothing where nobody is named', async () => {
  const id = await plan({ count_limit: 3, day_limit: 2 });
  const { a, b, P } = names();
  const count = async (user: User, now = NOW) => {
    const { rule, items } = await told(id, user, now);
    return [
      rule.receivedCount,
      rule.receivedToday,
      ...items.map((item: { receivedCount?: number }) => item.receivedCount),
    ];
  };
  expect(await count({ userId: a })).toEqual([0, 0, 0, 0]);
  await receive(id, { userId: a });
  await receive(id, { phone: P });
  expect(await count({ userId: a })).toEqual([1, 1, 1, 0]);
  // Asked for both names, the query tells of both; only a receive makes them one person.
  expect(await count({ userId: a, phone: P })).toEqual([2, 2, 2, 0]);
  expect(await count({ phone: P })).toEqual([1, 1, 1, 0]);
  expect(await receive(id, { userId: b, phone: P })).toBe(0);
  for (const user of [{ phone: P }, { userId: b }]) expect(await count(user)).toEqual([2, 2, 2, 0]);
  expect(await count({ userId: b }, new Date(NOW.getTime() + DAY))).toEqual([2, 0, 2, 0]);
  const nobody = await told(id, {});
  expect([nobody.rule, Object.keys(nobody.items[0])]).toEqual([
    { countLimit: 3, dayLimit: 2 },
    ['id', 'name', 'weight'],
  ]);
  expect(Object.keys((await told(id, { userId: a })).items[0])).toEqual(['id', 'name', 'receivedCount', 'weight']);
});

test('receipts are found by each name of a person', async () => {
  const id = await plan({});
  const { a, P } = names();
  for (const user of [{ userId: a }, { phone: P }, { userId: a, phone: P }]) await receive(id, user);
  for (const name of [{ user_id: a }, { phone: P }]) {
    const { receipts } = await next()['piaoquan.sendplan.receipt.list']({ plan_id: id, ...name }, contextAt(NOW));
    expect(receipts).toHaveLength(3);
  }
});

test('hundreds of callers who name one person in many ways at once, in several plans and processes, get each limit once', async () => {
  const ids = [await plan({ count_limit: 1 }), await plan({ count_limit: 1 }), await plan({ count_limit: 1 })];
  const people = Array.from({ length: 20 }, names);
  // Every call of a person names its phone, so whatever comes first, all of them are one.
  const calls = people.flatMap(({ a, b, c, P }) =>
    [a, b, c, undefined].flatMap((userId) =>
      ids.map((id) => ({ id, P, user: { phone: P, ...(userId && { userId }) } })),
    ),
  );
  const answers = await Promise.all(
    [...calls, ...calls].map(async ({ id, P, user }) => ({ id, P, code: await receive(id, user) })),
  );
  for (const { P } of people)
    for (const id of ids) {
      const codes = answers.filter((each) => each.id === id && each.P === P).map(({ code }) => code);
      expect(codes.sort()).toEqual([0, ...Array(7).fill(1008)]);
    }
  for (const { a, b, c, P } of people) {
    const id = await plan({ count_limit: 1 });
    expect([
      await receive(id, { userId: c }),
      await receive(id, { userId: a }),
      await receive(id, { userId: b }),
      await receive(id, { phone: P }),
    ]).toEqual([0, 1008, 1008, 1008]);
  }
});

test('chains that plans join at the same moment from both ends become one person', async () => {
  for (let round = 0; round < 10; round++) {
    const links = [await plan({}), await plan({}), await plan({}), await plan({})];
    const n = names();
    const chain: User[] = [
      { userId: n.a, phone: n.P },
      { userId: n.b, phone: n.P },
      { userId: n.b, phone: n.Q },
      { userId: n.c, phone: n.Q },
    ];
    await Promise.all(chain.map((user, index) => receive(links[index] as number, user)));
    const id = await plan({ count_limit: 1 });
    expect([await receive(id, { userId: n.a }), await receive(id, { userId: n.c })]).toEqual([0, 1008]);
  }
});

test('any calls in any order and any batches are decided as one by one by a simple model', async () => {
  const user = fc.record(
    { userId: fc.constantFrom('a', 'b', 'c'), phone: fc.constantFrom('P', 'Q', 'R') },
    { requiredKeys: [] },
  );
  const batches = fc.array(
    fc.array(
      user.filter(({ userId, phone }) => userId !== undefined || phone !== undefined),
      { minLength: 1, maxLength: 6 },
    ),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 3 }), async (rounds, count_limit) => {
      const id = await plan({ count_limit });
      const prefix = names().a;
      const [server] = processes;
      const groups: { names: Set<string>; count: number }[] = [];
      const expected = (named: string[]): number => {
        const found = groups.filter((group) => named.some((name) => group.names.has(name)));
        for (const group of found) groups.splice(groups.indexOf(group), 1);
        const count = found.reduce((sum, group) => sum + group.count, 0);
        const isOpen = count < count_limit;
        groups.push({
          names: new Set([...named, ...found.flatMap((group) => [...group.names])]),
          count: count + (isOpen ? 1 : 0),
        });
        return isOpen ? 0 : 1008;
      };
      for (const round of rounds) {
        const want = round.map(({ userId, phone }) => expected([userId, phone].filter((name) => name !== undefined)));
        const got = await Promise.all(
          round.map(({ userId, phone }) =>
            server?.['alibaba.ai.content.business.send.plan.receive'](
              asked(id, { ...(userId && { userId: prefix + userId }), ...(phone && { phone: prefix + phone }) }),
              contextAt(NOW),
            ),
          ),
        );
        expect(got.map((answer) => answer?.ret_code)).toEqual(want);
      }
    }),
    { numRuns: 60 },
  );
});
