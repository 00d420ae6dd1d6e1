import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { voucherHandlers } from './handlers.ts';
import { consumeCodes, insertBatch, insertCodes, insertGrant } from './queries.ts';
import { keepCode } from './stored.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const CODES = 600;
const user = { user_id: 6100000, nick: 'demo_seller' };

const vault = createVault(randomBytes(32));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function createBatch(mix_id: string): Promise<void> {
  await insertBatch(database.sql, {
    mix_id,
    name: '并发批次',
    description: null,
    bind_begin_time: new Date('2026-01-01T00:00:00+08:00'),
    coupon_expire_time: new Date('2026-12-31T23:59:59+08:00'),
    denomination: 100,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
  });
  await insertGrant(database.sql, { mix_id, partner_code: 'p', user_id: user.user_id });
}

const codeRow = (mix_id: string, number: number) => keepCode(vault, mix_id, `code${number}`);

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Polls with the last cursor until `done` was true before a page that came without a next one. */
async function pollAll(
  mix_id: string,
  operate_type: 'ALL' | 'CONSUME',
  page_size: number,
  done: () => boolean,
): Promise<string[]> {
  const handler = voucherHandlers({ sql: database.sql, vault })['taobao.film.fcode.export.query'];
  const seen: string[] = [];
  for (let last_sequence = 0; ; ) {
    const last = done();
    const { result } = await handler(
      { mix_id, partner_code: 'p', operate_type, params: JSON.stringify({ last_sequence, page_size }) },
      { app_key: '12345678', user, now: NOW, request_id: 'r', host: 'localhost', actor: '12345678', method: 'test' },
    );
    const { coupon_list, has_next, last_sequence: cursor } = result.return_value!;
    seen.push(...coupon_list.map(({ code }) => code));
    last_sequence = cursor;
    if (last && !has_next) return seen;
  }
}

/** Runs `work` in a transaction that stays open for a moment after it, and now and then rolls back. */
async function attempt(index: number, work: (tx: Parameters<typeof consumeCodes>[0]) => Promise<unknown>) {
  const rolledBack = new Error('rolled back on purpose');
  try {
    await database.sql.begin(async (tx) => {
      await work(tx);
      await tx`select pg_sleep(${(index % 4) / 1000})`;
      if (index % 7 === 3) throw rolledBack;
    });
    return true;
  } catch (error) {
    if (error !== rolledBack) throw error;
    return false;
  }
}

test('pollers of codes being made see every one once, in the order of their sequence', async () => {
  const mix_id = 'code_made';
  await createBatch(mix_id);
  let done = false;
  let made = 0;
  const names = numbersTo(CODES);
  const maker = async () => {
    while (names.length > 0) {
      const chunk = names.splice(0, 1 + (names.length % 9));
      const rows = chunk.map((number) => codeRow(mix_id, number));
      const kept = await attempt(made++, (tx) => insertCodes(tx, mix_id, rows, NOW));
      if (!kept) names.push(...chunk);
    }
  };
  const making = Promise.all([maker(), maker(), maker(), maker(), maker()]).finally(() => {
    done = true;
  });
  const poll = (page_size: number) => pollAll(mix_id, 'ALL', page_size, () => done);
  const [one, other] = await Promise.all([poll(37), poll(11), making]);
  const stored = await pollAll(mix_id, 'ALL', 1000, () => true);
  expect(stored).toHaveLength(CODES);
  expect(one).toEqual(stored);
  expect(other).toEqual(stored);
});

test('pollers of codes being redeemed miss none, repeat none, and see them in the order of their commits', async () => {
  const mix_id = 'code_redeemed';
  await createBatch(mix_id);
  const rows = numbersTo(CODES).map((number) => codeRow(mix_id, number));
  await insertCodes(database.sql, mix_id, rows, NOW);
  let done = false;
  let tried = 0;
  let begun = 0;
  const waiting = numbersTo(CODES);
  const committed: { begun: number; ended: number; numbers: number[] }[] = [];
  const redeemer = async () => {
    while (waiting.length > 0) {
      const chunk = waiting.splice(0, 1 + (waiting.length % 5));
      const start = begun++;
      let numbers: number[] = [];
      const kept = await attempt(tried++, async (tx) => {
        // Its neighbour's code as well: it must not be redeemed twice.
        const taken = await consumeCodes(tx, mix_id, [...chunk, chunk[0]! - 1], NOW);
        numbers = taken.map(({ consume_sequence }) => consume_sequence);
      });
      if (kept) committed.push({ begun: start, ended: begun, numbers });
      else waiting.push(...chunk);
    }
  };
  const redeeming = Promise.all([redeemer(), redeemer(), redeemer(), redeemer(), redeemer()]).finally(() => {
    done = true;
  });
  const poll = (page_size: number) => pollAll(mix_id, 'CONSUME', page_size, () => done);
  const [one, other, third] = await Promise.all([poll(1), poll(7), poll(100), redeeming]);

  const stored = await pollAll(mix_id, 'CONSUME', 1000, () => true);
  expect(new Set(stored).size).toBe(CODES);
  for (const seen of [one, other, third]) expect(seen).toEqual(stored);

  const numbers = committed.flatMap((transaction) => transaction.numbers).toSorted((a, b) => a - b);
  expect(numbers).toEqual(numbersTo(CODES));
  for (const earlier of committed)
    for (const later of committed)
      if (earlier.ended <= later.begun && earlier.numbers.length > 0 && later.numbers.length > 0)
        expect(Math.max(...earlier.numbers)).toBeLessThan(Math.min(...later.numbers));

  const [batch] = await database.sql`
    select consume_sequence, total_count, (select count(*) from voucher_consumption c where c.mix_id = b.mix_id) as log
    from voucher_batch b where mix_id = ${mix_id}`;
  expect(batch).toEqual({ consume_sequence: CODES, total_count: CODES, log: CODES });
});
