import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { operate } from './codes/queries.ts';
import { loadVouchersDemo } from './demo.ts';
import { voucherHandlers } from './handlers.ts';
import { type Batch, consumeCodes, insertBatch, insertCodes, insertGrant } from './queries.ts';
import { keepCode } from './stored.ts';

const NOW = new Date('2026-03-01T10:20:30.456+08:00');
const DEMO = 'code_8ebc4e741689bbc1';
const PARTNER = 'xuexiqiangguo';
const USER = 6100000;
const gmt8 = (text: string): Date => new Date(`${text}+08:00`);

const vault = createVault(randomBytes(32));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadVouchersDemo({ sql: database.sql, vault }, NOW);
});
afterAll(() => database.drop());

type Ask = { params?: string; partner_code?: string; user_id?: number; now?: Date };

const ask = async (mix_id: string, operate_type: 'ALL' | 'CONSUME', more: Ask = {}) => {
  const { params, partner_code = PARTNER, user_id = USER, now = NOW } = more;
  const context = {
    app_key: '12345678',
    user: { user_id, nick: 'n' },
    now,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  };
  const handler = voucherHandlers({ sql: database.sql, vault })['taobao.film.fcode.export.query'];
  return (await handler({ mix_id, partner_code, operate_type, params }, context)).result;
};

const page = async (mix_id: string, operate_type: 'ALL' | 'CONSUME', more: Ask = {}) =>
  (await ask(mix_id, operate_type, more)).return_value!;

async function createBatch(codes: string[], more: Partial<Batch> = {}): Promise<string> {
  const batch: Batch = {
    mix_id: `code_${randomUUID()}`,
    name: '测试批次',
    description: null,
    bind_begin_time: gmt8('2026-01-01T00:00:00'),
    coupon_expire_time: gmt8('2026-12-31T23:59:59'),
    denomination: 100,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
    ...more,
  };
  await insertBatch(database.sql, batch);
  await insertGrant(database.sql, { mix_id: batch.mix_id, partner_code: PARTNER, user_id: USER });
  await addCodes(batch.mix_id, codes);
  return batch.mix_id;
}

const addCodes = (mix_id: string, codes: string[]) => {
  const rows = codes.map((code) => keepCode(vault, mix_id, code));
  return insertCodes(database.sql, mix_id, rows, gmt8('2026-01-01T00:00:00'));
};

const reverse = (mix_id: string, sequence: number) =>
  operate(database.sql, mix_id, [{ kind: 'reverse', sequences: [sequence] }], NOW);

test('the documented batch answers with the documented values', async () => {
  const result = await ask(DEMO, 'ALL');
  expect(result).toMatchObject({ return_code: '0', return_message: '' });
  expect(result.return_value).toMatchObject({
    basic: {
      bind_begin_time: gmt8('2019-12-01T00:00:00'),
      coupon_expire_time: gmt8('2019-12-02T23:59:59'),
      denomination: 400,
      max_bind_count: 4,
      mix_id: DEMO,
      name: '淘票票示例活动',
      total_count: 100,
      valid_days: 1,
      valid_duration_type: 'DAY',
      description: '券码描述',
    },
    has_next: false,
    last_sequence: 100,
    current_rows: 100,
  });
  expect(result.return_value?.coupon_list[0]).toEqual({
    code: '2X2QFKTZD2K',
    code_status: 2,
    gmt_modified: gmt8('2019-12-02T23:59:59'),
    bind_status: -1,
  });
  expect(new Set(result.return_value?.coupon_list.map(({ code }) => code)).size).toBe(100);
});

test('the unconsumed codes of the documented batch read expired since its coupon_expire_time', async () => {
  const { coupon_list } = await page(DEMO, 'ALL');
  const expired = coupon_list.filter(({ code_status }) => code_status === -1);
  expect(expired).toHaveLength(95);
  for (const { gmt_modified } of expired) expect(gmt_modified).toEqual(gmt8('2019-12-02T23:59:59'));
});

test('CONSUME of the documented batch gives its redemptions in order, the documented code last', async () => {
  const { coupon_list, ...rest } = await page(DEMO, 'CONSUME');
  expect(rest).toMatchObject({ has_next: false, last_sequence: 5, current_rows: 5 });
  const times = coupon_list.map(({ gmt_modified }) => gmt_modified.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(coupon_list.at(-1)?.code).toBe('2X2QFKTZD2K');
});

test('loading the demo again adds no code and undoes no redemption', async () => {
  await consumeCodes(database.sql, 'code_open', [7], NOW);
  await loadVouchersDemo({ sql: database.sql, vault }, new Date(NOW.getTime() + 5_000));
  expect((await page('code_open', 'ALL')).basic.total_count).toBe(1000);
  expect((await page('code_open', 'CONSUME')).current_rows).toBe(1);
});

test('an unknown batch, a wrong partner and a user without a grant get one and the same answer', async () => {
  const refusal = { return_code: '200404', return_message: '券码批次不存在或无权查看' };
  expect(await ask('code_none', 'ALL')).toEqual(refusal);
  expect(await ask(DEMO, 'ALL', { partner_code: 'another' })).toEqual(refusal);
  expect(await ask(DEMO, 'CONSUME', { user_id: 6100001 })).toEqual(refusal);
});

test('codes stand in the database neither in plain nor twice in a batch', async () => {
  const mix_id = await createBatch(['PLAINCODE', 'OTHERCODE']);
  const rows = await database.sql`select * from voucher_code where mix_id = ${mix_id}`;
  for (const row of rows) expect(Buffer.from(row.code_sealed).includes('CODE')).toBe(false);
  await expect(addCodes(mix_id, ['NEWCODE', 'PLAINCODE'])).rejects.toMatchObject({ code: '23505' });
  expect((await page(mix_id, 'ALL')).basic.total_count).toBe(2);
});

test('a code of a DAY batch is valid for whole 24 hours from its binding, and unbound until the batch expires', async () => {
  const mix_id = await createBatch(['BOUND', 'UNBOUND'], { valid_duration_type: 'DAY', valid_days: 2 });
  const bound_time = gmt8('2026-02-27T10:20:31');
  await database.sql`update voucher_code set bound_time = ${bound_time} where mix_id = ${mix_id} and sequence = 1`;
  const at = async (now: Date) => (await page(mix_id, 'ALL', { now })).coupon_list.map((row) => row.code_status);
  const expiry = gmt8('2026-03-01T10:20:31');
  expect(await at(new Date(expiry.getTime() + 999))).toEqual([0, 0]);
  expect(await at(new Date(expiry.getTime() + 1000))).toEqual([-1, 0]);
  expect(await at(gmt8('2027-01-01T00:00:00'))).toEqual([-1, -1]);
  const [bound] = (await page(mix_id, 'ALL', { now: gmt8('2027-01-01T00:00:00') })).coupon_list;
  expect(bound).toMatchObject({ gmt_modified: expiry, bind_status: 0 });
});

test('only codes that are normal, unexpired and past the beginning are redeemed, each once', async () => {
  const mix_id = await createBatch(['A', 'B', 'C', 'D']);
  await database.sql`update voucher_code set code_status = -2 where mix_id = ${mix_id} and sequence = 2`;
  expect(await consumeCodes(database.sql, mix_id, [1], gmt8('2027-01-01T00:00:00'))).toEqual([]);
  expect(await consumeCodes(database.sql, mix_id, [1], gmt8('2025-12-31T23:59:59'))).toEqual([]);
  expect(await consumeCodes(database.sql, 'code_none', [1], NOW)).toEqual([]);
  expect(await consumeCodes(database.sql, mix_id, [4, 2, 1, 4, 99], NOW)).toEqual([
    { sequence: 4, consume_sequence: 1 },
    { sequence: 1, consume_sequence: 2 },
  ]);
  expect(await consumeCodes(database.sql, mix_id, [1, 3], NOW)).toEqual([{ sequence: 3, consume_sequence: 3 }]);
  const log = await database.sql`
    select consume_sequence, sequence from voucher_consumption where mix_id = ${mix_id} order by consume_sequence`;
  expect(log.map((row) => [row.consume_sequence, row.sequence])).toEqual([
    [1, 4],
    [2, 1],
    [3, 3],
  ]);
});

test('a batch without a bind limit and without days leaves both out', async () => {
  const { basic, ...rest } = await page(await createBatch([]), 'ALL', { params: '{"last_sequence":7}' });
  expect([basic.max_bind_count, basic.valid_days]).toEqual([null, null]);
  expect(rest).toEqual({ coupon_list: [], has_next: false, last_sequence: 7, current_rows: 0 });
});

/** What is done to a batch between polls. */
const step = fc.oneof(
  fc.record({ add: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ consume: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }) }),
  fc.record({ reverse: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ poll: fc.constantFrom('ALL' as const, 'CONSUME' as const), page_size: fc.integer({ min: 1, max: 6 }) }),
);

test('every page is the next rows after its cursor, whatever was added, redeemed or reversed before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const mix_id = await createBatch(['code1', 'code2', 'code3', 'code4', 'code5', 'code6', 'code7', 'code8']);
      let count = 8;
      let redeemed = 0;
      const standing = new Map<number, number>();
      const cursor = { ALL: 0, CONSUME: 0 };
      for (const step of steps) {
        if ('add' in step) {
          await addCodes(
            mix_id,
            Array.from({ length: step.add }, () => `code${++count}`),
          );
        } else if ('consume' in step) {
          await consumeCodes(database.sql, mix_id, step.consume, NOW);
          for (const sequence of step.consume)
            if (sequence <= count && !standing.has(sequence)) standing.set(sequence, ++redeemed);
        } else if ('reverse' in step) {
          await reverse(mix_id, step.reverse);
          standing.delete(step.reverse);
        } else {
          const all =
            step.poll === 'ALL'
              ? Array.from({ length: count }, (_, index) => ({ at: index + 1, code: `code${index + 1}` }))
              : [...standing]
                  .map(([sequence, at]) => ({ at, code: `code${sequence}` }))
                  .toSorted((one, other) => one.at - other.at);
          const rest = all.filter(({ at }) => at > cursor[step.poll]);
          const expected = rest.slice(0, step.page_size);
          const params = JSON.stringify({ lastSequence: cursor[step.poll], page_size: step.page_size });
          const { coupon_list, has_next, last_sequence, current_rows } = await page(mix_id, step.poll, { params });
          expect(coupon_list.map(({ code }) => code)).toEqual(expected.map(({ code }) => code));
          expect(has_next).toBe(rest.length > expected.length);
          expect(last_sequence).toBe(expected.at(-1)?.at ?? cursor[step.poll]);
          expect(current_rows).toBe(expected.length);
          cursor[step.poll] = last_sequence;
        }
      }
    }),
    { numRuns: 25 },
  );
});
