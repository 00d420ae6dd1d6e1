import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { voucherFindings } from '../../../../test/harness/vouchers.ts';
import { createVault } from '../../../secrets/vault.ts';
import { makeCodes, saveBatch, setForm } from '../batches/queries.ts';
import { CLEAR_ALPHABET } from '../series.ts';
import { type Operation, operate } from './queries.ts';

const START = new Date('2026-03-01T00:00:00+08:00').getTime();
const HOUR = 3_600_000;
/** The batch opens at hour 2 and ends at hour 60; bound codes are good for 24 hours. */
const OPEN = START + 2 * HOUR;
const END = START + 60 * HOUR;
const LIMIT = 2;
const CODES = 6;

const vault = createVault(randomBytes(32));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function createBatch(): Promise<string> {
  const mix_id = `code_${randomUUID()}`;
  await saveBatch(database.sql, {
    mix_id,
    name: '批次',
    description: null,
    bind_begin_time: new Date(OPEN),
    coupon_expire_time: new Date(END),
    denomination: 100,
    max_bind_count: LIMIT,
    valid_duration_type: 'DAY',
    valid_days: 1,
  });
  await database.sql.begin(async (tx) => {
    await setForm(tx, mix_id, { pattern: '############', alphabet: CLEAR_ALPHABET, check: false });
    await makeCodes(tx, { mix_id, count: CODES, job_id: 1 }, new Date(START));
  });
  return mix_id;
}

type ModelCode = { status: -2 | 0 | 2; user?: string; expire: number; number?: number; issued?: boolean };
type Model = { codes: ModelCode[]; redeemed: number };

const newModel = (): Model => ({
  codes: Array.from({ length: CODES }, () => ({ status: 0, expire: END })),
  redeemed: 0,
});

/** What the rules say becomes of one code, done to the model. */
function rule(model: Model, kind: Operation['kind'], n: number | null, user: string, now: number): string {
  const code = n === null ? undefined : model.codes[n - 1];
  if (code === undefined) return 'NOT_FOUND';
  if (kind === 'reverse') {
    if (code.status !== 2) return 'NOT_CONSUMED';
    code.status = 0;
    delete code.number;
    return 'OK';
  }
  if (code.status === -2) return 'VOIDED';
  if (code.status === 2) return 'CONSUMED';
  if (kind === 'void') {
    code.status = -2;
    return 'OK';
  }
  if (now < OPEN) return 'NOT_STARTED';
  if (now > code.expire) return 'EXPIRED';
  if (kind === 'consume') {
    if (code.user !== undefined && code.user !== user) return 'BOUND_BY_OTHER';
    code.status = 2;
    code.number = ++model.redeemed;
    return 'OK';
  }
  if (code.user !== undefined) return code.user === user ? 'BOUND' : 'BOUND_BY_OTHER';
  if (model.codes.filter((each) => each.user === user && each.status !== -2).length >= LIMIT) return 'LIMIT';
  code.user = user;
  code.expire = now + 24 * HOUR;
  return 'OK';
}

const sequence = fc.option(fc.integer({ min: 1, max: CODES }), { nil: null, freq: 15 });
const operation = fc.record({
  kind: fc.constantFrom('bind' as const, 'bind' as const, 'consume' as const, 'consume' as const, 'reverse', 'void'),
  sequences: fc.array(sequence, { minLength: 1, maxLength: 4 }),
  user: fc.constantFrom('a', 'b'),
});
/** A batch of operations at one instant, or codes issued. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      hours: fc.integer({ min: 0, max: 6 }),
      operations: fc.array(operation, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ hours: fc.constant(0), issue: fc.integer({ min: 1, max: 3 }) }) },
);

const userHash = (user: string) => vault.hash('voucher-user', user).toString('hex');

const stateOf = (mix_id: string) => database.sql`
  select code_status, consume_sequence, encode(bound_hash, 'hex') as bound, issued_at is not null as issued
  from voucher_code where mix_id = ${mix_id} order by sequence`;

test('whatever is done to codes in whatever order and batches, they are as the rules say, and counters equal records', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const mix_id = await createBatch();
      const model = newModel();
      let cursor = 0;
      let now = START;
      for (const each of steps) {
        now += each.hours * HOUR;
        if ('issue' in each) {
          const takes = [{ count: each.issue, ref: 'r', user: 'u', partial: true }];
          const rows = await database.sql`
            select sequence from voucher_issue_many(${mix_id}, ${database.sql.json(takes)}, ${new Date(now)})
            order by sequence`;
          const free = model.codes.flatMap((code, index) =>
            now <= END && index >= cursor && code.status === 0 && code.user === undefined ? [index + 1] : [],
          );
          const expected = free.slice(0, each.issue);
          expect(rows.map((row) => row.sequence)).toEqual(expected);
          for (const n of expected) model.codes[n - 1]!.issued = true;
          if (now <= END) cursor = free.length < each.issue ? CODES : (expected.at(-1) ?? cursor);
          continue;
        }
        const sent = each.operations.map(({ user, ...rest }) => ({
          ...rest,
          user: userHash(user),
          sealed: userHash(user),
        }));
        const results = await operate(database.sql, mix_id, sent, new Date(now));
        const expected = each.operations.map(({ kind, sequences, user }) =>
          sequences.map((n) => {
            const word = rule(model, kind, n, user, now);
            return [word, word === 'OK' && kind === 'consume' ? model.redeemed : null];
          }),
        );
        expect(results).toEqual(expected);
      }
      expect(await stateOf(mix_id)).toEqual(
        model.codes.map(({ status, number = null, user, issued = false }) => ({
          code_status: status,
          consume_sequence: number,
          bound: user === undefined ? null : userHash(user),
          issued,
        })),
      );
    }),
    { numRuns: 60 },
  );
  expect(await voucherFindings(database.sql)).toEqual([]);
});
