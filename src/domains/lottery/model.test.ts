import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { openDraws } from './draws.ts';
import { insertActivity } from './queries.ts';

const NOW = new Date('2026-03-01T10:20:30.456+08:00');
const LIMIT = 3;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Step =
  | { kind: 'draw' | 'invalid'; key: number; user: number }
  | { kind: 'adjust'; id: number; delta: number }
  | { kind: 'shelf'; status: 1 | 2 };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('draw' as const), key: fc.nat(14), user: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('invalid' as const), key: fc.nat(14), user: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      id: fc.nat(5),
      delta: fc.integer({ min: -3, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shelf' as const), status: fc.constantFrom(1 as const, 2) }) },
);

/** The simplest thing that behaves as an activity of one segment, without prizes, with a limit per user. */
class Model {
  total = 4;
  status = 1;
  wins = new Map<number, { user: number; valid: boolean }>();
  adjusted = new Map<number, { delta: number; stock: number }>();

  standing = (user?: number) =>
    [...this.wins.values()].filter((win) => win.valid && (user === undefined || win.user === user)).length;

  draw(key: number, user: number): number {
    const win = this.wins.get(key);
    if (win) return win.user !== user ? 200011 : win.valid ? 0 : 200012;
    if (this.status === 2) return 200004;
    if (this.standing(user) >= LIMIT) return 200008;
    if (this.standing() >= this.total) return 200007;
    this.wins.set(key, { user, valid: true });
    return 0;
  }

  invalid(key: number, user: number): number {
    const win = this.wins.get(key);
    if (!win) return 200013;
    if (win.user !== user) return 200011;
    win.valid = false;
    return 0;
  }

  adjust(id: number, delta: number): object {
    const known = this.adjusted.get(id);
    if (known) return known.delta === delta ? { stock: known.stock } : { refusal: 'adjust-conflict' };
    if (this.total + delta < this.standing()) return { refusal: 'stock-out-of-range' };
    this.total += delta;
    this.adjusted.set(id, { delta, stock: this.total });
    return { stock: this.total };
  }
}

async function openReal(spread_id: string) {
  const { sql } = database;
  const segment = { start_time: NOW, end_time: NOW, win_times: 4, consumed_win_times: 0 };
  await insertActivity(sql, { spread_id, platform: 8, name: '模型', status: 1, segment_infos: [segment] }, NOW);
  await sql`update lottery_activity set user_limit = ${LIMIT} where spread_id = ${spread_id}`;
  const engine = openDraws(sql);
  const call = (key: number, user: number) => ({
    app_key: '1',
    out_biz_id: `${spread_id} ${key}`,
    mix_user_id: `user-${user}`,
    platform: 8,
    spread_id,
    now: NOW,
  });
  return async (each: Step): Promise<unknown> => {
    switch (each.kind) {
      case 'draw':
        return (await engine.draw(call(each.key, each.user))).return_code;
      case 'invalid':
        return engine.invalid(call(each.key, each.user));
      case 'adjust': {
        const entry = sql.json({ adjust_id: `a${each.id}`, delta: each.delta, reason: '测试' });
        const [row] = await sql`select lottery_adjust(${spread_id}, 'win_times', 1, ${entry}, ${NOW}) as result`;
        return row?.result;
      }
      default:
        await sql`update lottery_activity set status = ${each.status} where spread_id = ${spread_id}`;
        return undefined;
    }
  };
}

const expected = (model: Model, each: Step): unknown => {
  switch (each.kind) {
    case 'draw':
      return model.draw(each.key, each.user);
    case 'invalid':
      return model.invalid(each.key, each.user);
    case 'adjust':
      return model.adjust(each.id, each.delta);
    default:
      model.status = each.status;
      return undefined;
  }
};

test('any life of an activity goes as in the simplest model, and its counters equal their ledgers', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const spread_id = `model-${++runs}`;
      const model = new Model();
      const real = await openReal(spread_id);
      for (const each of steps) expect([each, await real(each)]).toEqual([each, expected(model, each)]);
      const counters = await database.sql`
        select counted, ledger from audit_lottery where key = ${`${spread_id}/1`} order by counter`;
      const truth = [model.standing(), model.total].map((count) => ({ counted: count, ledger: count }));
      expect([...counters]).toEqual(truth);
    }),
    { numRuns: 25 },
  );
});
