import fc from 'fast-check';
import { expect, test } from 'vitest';
import { names, type User, useSendPlans } from '../../../test/harness/sendplans.ts';

const { plan, receive, together } = useSendPlans();

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
        const users = round.map(({ userId, phone }) => ({
          ...(userId && { userId: prefix + userId }),
          ...(phone && { phone: prefix + phone }),
        }));
        expect(await together(id, users)).toEqual(want);
      }
    }),
    { numRuns: 60 },
  );
});
