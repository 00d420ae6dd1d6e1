import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { voucherFindings } from '../../../test/harness/vouchers.ts';
import { fcodeExportQuery } from '../../contract/vouchers/fcode.ts';
import { audit } from '../../database/audit.ts';
import { createVault } from '../../secrets/vault.ts';
import { compileParser } from '../../wire/parse.ts';
import { operate } from './codes/queries.ts';
import { voucherHandlers } from './handlers.ts';
import { insertBatch, insertCodes, insertGrant } from './queries.ts';
import { keepCode } from './stored.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const user = { user_id: 6100000, nick: 'demo_seller' };
const vault = createVault(randomBytes(32));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  expect(await voucherFindings(database.sql)).toEqual([]);
  expect((await audit(database.sql)).differences).toEqual([]);
  await database.drop();
});

let batches = 0;
async function createBatch(count: number): Promise<string> {
  const mix_id = `code_reversed_${++batches}`;
  await insertBatch(database.sql, {
    ...{ mix_id, name: '撤销批次', description: null, denomination: 100, max_bind_count: null },
    bind_begin_time: new Date('2026-01-01T00:00:00+08:00'),
    coupon_expire_time: new Date('2026-12-31T23:59:59+08:00'),
    ...{ valid_duration_type: 'GENERAL', valid_days: null },
  });
  await insertGrant(database.sql, { mix_id, partner_code: 'p', user_id: user.user_id });
  const rows = Array.from({ length: count }, (_, n) => keepCode(vault, mix_id, `code${n + 1}`));
  await insertCodes(database.sql, mix_id, rows, NOW);
  return mix_id;
}

const act = (mix_id: string, kind: 'consume' | 'reverse' | 'void', ...sequences: number[]) =>
  operate(database.sql, mix_id, [{ kind, sequences }], NOW);

async function page(mix_id: string, params: object, operate_type = 'CONSUME', now = NOW) {
  const handler = voucherHandlers({ sql: database.sql, vault })['taobao.film.fcode.export.query'];
  const asked = { mix_id, partner_code: 'p', operate_type, params: JSON.stringify(params) };
  const { result } = await handler(compileParser(fcodeExportQuery)(new Map(Object.entries(asked))), {
    app_key: '12345678',
    user,
    now,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  });
  return result.return_value!;
}

type Page = Awaited<ReturnType<typeof page>>;
const rowsOf = ({ coupon_list }: Page) => coupon_list.map(({ code, code_status }) => [code, code_status]);

test('a reader who has seen a redemption learns of its reversal, with the new state of the code', async () => {
  const mix_id = await createBatch(4);
  await act(mix_id, 'consume', 1, 2, 3);
  const seen = await page(mix_id, { reversals: true });
  expect(rowsOf(seen)).toEqual([
    ['code1', 2],
    ['code2', 2],
    ['code3', 2],
  ]);
  await act(mix_id, 'reverse', 2);
  await act(mix_id, 'void', 2);
  await act(mix_id, 'reverse', 3);
  await act(mix_id, 'consume', 4, 3);
  const { last_sequence } = seen;
  const next = await page(mix_id, { reversals: 'true', last_sequence });
  expect(rowsOf(next)).toEqual([
    ['code2', -2],
    ['code3', 0],
    ['code4', 2],
    ['code3', 2],
  ]);
  expect(next).toMatchObject({ has_next: false, current_rows: 4 });
  expect(next.last_sequence).toBeGreaterThan(last_sequence);
  const end = await page(mix_id, { reversals: true, last_sequence: next.last_sequence });
  expect(end).toMatchObject({ coupon_list: [], has_next: false, last_sequence: next.last_sequence });
  const later = await page(mix_id, { reversals: true }, 'CONSUME', new Date('2027-01-01T00:00:00+08:00'));
  expect(rowsOf(later)).toEqual([['code1', 2], ...rowsOf(next)]);
  await act(mix_id, 'reverse', 1);
  const expired = await page(mix_id, { reversals: true }, 'CONSUME', new Date('2027-01-01T00:00:00+08:00'));
  expect(rowsOf(expired).at(-1)).toEqual(['code1', -1]);
});

test('without reversals the export is as documented: redemptions that stand, numbered one by one', async () => {
  const mix_id = await createBatch(3);
  await act(mix_id, 'consume', 1, 2);
  await act(mix_id, 'reverse', 1);
  await act(mix_id, 'consume', 3);
  for (const params of [{}, { reversals: false }, { reversals: null }, { reversals: 'false' }]) {
    const { last_sequence, ...shown } = await page(mix_id, params);
    expect(rowsOf(shown as Page)).toEqual([
      ['code2', 2],
      ['code3', 2],
    ]);
    expect(last_sequence).toBe(3);
  }
});

test('commands of one batch that redeem, reverse and redeem again stand in their order', async () => {
  const mix_id = await createBatch(2);
  const commands = (['consume', 'reverse', 'consume', 'reverse', 'consume'] as const).map((kind) => ({
    ...{ kind, sequences: [1, 2] },
    writer: { actor: 'a', method: 'm', request_id: 'r' },
  }));
  await operate(database.sql, mix_id, commands, NOW);
  const rows = await database.sql`
    select change_sequence, reversal_sequence, sequence from voucher_reversal where mix_id = ${mix_id} order by 1`;
  expect(rows.map((row) => Object.values(row))).toEqual([
    [3, 1, 1],
    [4, 2, 2],
    [7, 3, 1],
    [8, 4, 2],
  ]);
  expect(rowsOf(await page(mix_id, { reversals: true }))).toEqual([
    ['code1', 0],
    ['code2', 0],
    ['code1', 0],
    ['code2', 0],
    ['code1', 2],
    ['code2', 2],
  ]);
});

test('reversals go with CONSUME alone, and their cursors are refused where they mean nothing', async () => {
  const mix_id = await createBatch(2);
  await act(mix_id, 'consume', 1);
  const { last_sequence } = await page(mix_id, { reversals: true });
  const refused = async (params: object, operate_type?: string) =>
    page(mix_id, params, operate_type).then(
      () => undefined,
      (error) => JSON.stringify(error),
    );
  expect(await refused({ reversals: true }, 'ALL')).toContain('params.reversals');
  expect(await refused({ last_sequence }, 'ALL')).toContain('params.last_sequence');
  for (const reversals of ['yes', 1, [], {}]) expect(await refused({ reversals })).toContain('params.reversals');
});

/** What is done to a batch between polls; every poll may turn reversals on or off. */
const step = fc.oneof(
  fc.record({ consume: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }) }),
  fc.record({ reverse: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }) }),
  fc.record({ reversals: fc.boolean(), page_size: fc.integer({ min: 1, max: 4 }) }),
);

test('a cursor of either use goes on in the other from the same commit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const mix_id = await createBatch(6);
      // All that was committed, in order; a redemption that was reversed is none any more.
      const events: { sequence: number; stands: boolean; isReversal: boolean }[] = [];
      const standing = new Map<number, { stands: boolean }>();
      let cursor = 0;
      let place = 0;
      for (const each of steps) {
        if ('consume' in each) {
          await act(mix_id, 'consume', ...each.consume);
          for (const sequence of each.consume.filter((one) => !standing.has(one))) {
            if (standing.has(sequence)) continue;
            const event = { sequence, stands: true, isReversal: false };
            standing.set(sequence, event);
            events.push(event);
          }
        } else if ('reverse' in each) {
          await act(mix_id, 'reverse', ...each.reverse);
          for (const sequence of each.reverse) {
            const event = standing.get(sequence);
            if (event === undefined) continue;
            event.stands = false;
            standing.delete(sequence);
            events.push({ sequence, stands: true, isReversal: true });
          }
        } else {
          const rest = events
            .map((event, index) => ({ ...event, index }))
            .filter(({ index, stands, isReversal }) => index >= place && stands && (each.reversals || !isReversal));
          const expected = rest.slice(0, each.page_size);
          const { reversals, page_size } = each;
          const got = await page(mix_id, { last_sequence: cursor, page_size, reversals });
          expect(got.coupon_list.map(({ code, code_status }) => [code, code_status === 2])).toEqual(
            expected.map(({ sequence, isReversal }) => [`code${sequence}`, !isReversal]),
          );
          expect(got.has_next).toBe(rest.length > expected.length);
          cursor = got.last_sequence;
          place = expected.length > 0 ? (expected.at(-1)?.index as number) + 1 : place;
          // A cursor of redemptions alone stands right behind its redemption: reversals after it are still to come.
          if (!reversals) while (place > 0 && events[place - 1]?.isReversal) place--;
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('readers miss no reversal and repeat none while codes are redeemed, reversed and rolled back at once', async () => {
  const CODES = 60;
  const mix_id = await createBatch(CODES);
  let done = false;
  let turn = 0;
  const worker = async (kind: 'consume' | 'reverse') => {
    for (let n = 0; n < 60; n++) {
      const first = 1 + Math.floor(Math.random() * CODES);
      const sequences = [first, (first % CODES) + 1, ((first + 6) % CODES) + 1];
      await database.sql
        .begin(async (tx) => {
          await operate(tx, mix_id, [{ kind, sequences }], NOW);
          await tx`select pg_sleep(${(turn++ % 3) / 1000})`;
          if (turn % 6 === 0) throw new Error('rolled back on purpose');
        })
        .catch((error) => {
          if (error.message !== 'rolled back on purpose') throw error;
        });
    }
  };
  const working = Promise.all((['consume', 'reverse', 'consume', 'reverse', 'consume'] as const).map(worker)).finally(
    () => {
      done = true;
    },
  );
  const poll = async (page_size: number) => {
    const reversed: string[] = [];
    const state = new Map<string, boolean>();
    for (let last_sequence = 0; ; ) {
      const last = done;
      const got = await page(mix_id, { last_sequence, page_size, reversals: true });
      for (const { code, code_status } of got.coupon_list) {
        state.set(code, code_status === 2);
        if (code_status !== 2) reversed.push(code);
      }
      last_sequence = got.last_sequence;
      if (last && !got.has_next) return { reversed, state };
    }
  };
  const [one, other] = await Promise.all([poll(5), poll(100), working]);
  const log = await database.sql<{ sequence: number; reversal_sequence: number }[]>`
    select sequence, reversal_sequence from voucher_reversal where mix_id = ${mix_id} order by change_sequence`;
  expect(log.length).toBeGreaterThan(50);
  expect(log.map((row) => row.reversal_sequence)).toEqual(log.map((_, index) => index + 1));
  const now = await database.sql<{ sequence: number; consumed: boolean }[]>`
    select sequence, code_status = 2 as consumed from voucher_code where mix_id = ${mix_id}`;
  for (const { reversed, state } of [one, other]) {
    expect(reversed).toEqual(log.map(({ sequence }) => `code${sequence}`));
    for (const { sequence, consumed } of now) expect(state.get(`code${sequence}`) ?? false).toBe(consumed);
  }
});
