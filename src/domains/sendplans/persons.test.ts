import { expect, test } from 'vitest';
import { contextAt } from '../../../test/harness/context.ts';
import { asked, DAY, NOW, names, type User, useSendPlans } from '../../../test/harness/sendplans.ts';

const { sql, next, plan, receive, together } = useSendPlans();

const why = async (id: number, user: User, now = NOW): Promise<number> =>
  Number((await next()['piaoquan.sendplan.receive.explain'](asked(id, user), contextAt(now))).refusal_code ?? 0);
/** What the query tells of a plan: its rule and its items. */
async function told(id: number, user: User, now = NOW) {
  const answer = await next()['alibaba.ai.content.business.send.plan.query'](asked(id, user), contextAt(now));
  const found = answer.ret_value.find((each) => each.id === id);
  return { rule: JSON.parse(found?.receive_rule ?? ''), items: JSON.parse(found?.purchase_item_info ?? '') };
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
  expect(await sql()`select from sendplan_receipt where plan_id = ${id}`).toHaveLength(2);
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
  expect(await together(await plan({ count_limit: 1 }), users(names()))).toEqual(codes);
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
