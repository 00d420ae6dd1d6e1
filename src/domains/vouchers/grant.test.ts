import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { makeCodes, setForm } from './batches/queries.ts';
import { openIssuedCodes } from './grant.ts';
import { type Batch, insertBatch, insertCodes } from './queries.ts';
import { CLEAR_ALPHABET, createSeries } from './series.ts';
import { keepCode } from './stored.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const FORM = { pattern: 'TPP-########', alphabet: CLEAR_ALPHABET, check: true };
const vault = createVault(randomBytes(32));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function createBatch(mix_id: string): Promise<void> {
  const batch: Batch = {
    mix_id,
    name: '批次',
    description: null,
    bind_begin_time: new Date('2026-01-01T00:00:00+08:00'),
    coupon_expire_time: new Date('2026-12-31T23:59:59+08:00'),
    denomination: 100,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
  };
  await insertBatch(database.sql, batch);
}

async function computedBatch(mix_id: string, count: number): Promise<string[]> {
  await createBatch(mix_id);
  await database.sql.begin(async (tx) => {
    await setForm(tx, mix_id, FORM);
    await makeCodes(tx, { mix_id, count, job_id: 1 }, NOW);
  });
  return createSeries(vault, mix_id, FORM).codes(Array.from({ length: count }, (_, index) => index + 1));
}

type Issued = { take_no: number; sequence: number; code_sealed: Buffer };
const opened = (issued: readonly Issued[]) =>
  openIssuedCodes(
    vault,
    issued.map(({ code_sealed }) => code_sealed),
  );
const issueMany = (mix_id: string, takes: object[], at = NOW) =>
  database.sql<Issued[]>`
    select * from voucher_issue_many(${mix_id}, ${database.sql.json(takes as never)}, ${at}) order by sequence`;

test('what is issued of a batch with computed codes opens to them', async () => {
  const codes = await computedBatch('code_computed', 5);
  const rows = await issueMany('code_computed', [{ count: 9, ref: 'grant', user: 'u', partial: true }]);
  expect(opened(rows)).toEqual(codes);
});

test('what is issued of a batch with stored codes opens to them', async () => {
  await createBatch('code_stored');
  const codes = ['OWN-1', 'OWN-2', 'OWN-3'];
  const rows = codes.map((code) => keepCode(vault, 'code_stored', code));
  await insertCodes(database.sql, 'code_stored', rows, NOW);
  const issued = await issueMany('code_stored', [{ count: 2, ref: 'grant', user: null, partial: true }]);
  expect(opened(issued)).toEqual(['OWN-1', 'OWN-2']);
});

test('takes are served in their order, whole but for partial ones, and each code goes to one', async () => {
  await computedBatch('code_takes', 10);
  const issued = await issueMany('code_takes', [
    { count: 4, ref: 'a', user: 'u1' },
    { count: 7, ref: 'b', user: 'u2' },
    { count: 3, ref: 'c' },
    { count: 9, ref: 'd', partial: true },
    { count: 1, ref: 'e' },
  ]);
  expect(issued.map(({ take_no, sequence }) => [take_no, sequence])).toEqual(
    [1, 1, 1, 1, 3, 3, 3, 4, 4, 4].map((take, index) => [take, index + 1]),
  );
  const ledger = await database.sql`
    select ref, codes from voucher_ledger where mix_id = 'code_takes' and kind = 'issued' order by entry_no`;
  expect(ledger.map(({ ref, codes }) => [ref, codes])).toEqual([
    ['a', 4],
    ['c', 3],
    ['d', 3],
  ]);
});

test('codes that a take too large leaves are there for the next call', async () => {
  await computedBatch('code_left', 3);
  expect(await issueMany('code_left', [{ count: 4, ref: 'a' }])).toHaveLength(0);
  expect(await issueMany('code_left', [{ count: 3, ref: 'b' }])).toHaveLength(3);
});

test('nothing is issued after coupon_expire_time or off shelf, and to the end of that second it is', async () => {
  await computedBatch('code_until', 3);
  const expiry = new Date('2026-12-31T23:59:59+08:00');
  expect(await issueMany('code_until', [{ count: 1, ref: 'a' }], new Date(expiry.getTime() + 1000))).toHaveLength(0);
  expect(await issueMany('code_until', [{ count: 1, ref: 'b' }], new Date(expiry.getTime() + 999))).toHaveLength(1);
  await database.sql`update voucher_batch set status = 2 where mix_id = 'code_until'`;
  expect(await issueMany('code_until', [{ count: 1, ref: 'c' }])).toHaveLength(0);
});

test('voiding returns the codes it voided: normal ones, issued or not, once', async () => {
  await computedBatch('code_void', 4);
  await issueMany('code_void', [{ count: 1, ref: 'a' }]);
  const voided = async (sequences: number[]) =>
    (await database.sql`select sequence from voucher_void('code_void', ${sequences}::bigint[], ${NOW})`).map(
      ({ sequence }) => sequence,
    );
  expect(await voided([1, 3, 3, 99])).toEqual([1, 3]);
  expect(await voided([1, 2])).toEqual([2]);
  expect(await issueMany('code_void', [{ count: 1, ref: 'b' }])).toMatchObject([{ sequence: 4 }]);
  expect(await database.sql`select * from audit_vouchers where counted <> ledger`).toEqual([]);
});

test('what is handed out for a computed code tells nothing of it', async () => {
  const [code = ''] = await computedBatch('code_secret', 1);
  const [row] = await issueMany('code_secret', [{ count: 1, ref: 'a' }]);
  expect(row?.code_sealed.includes(code.slice(4))).toBe(false);
  const other = createVault(randomBytes(32));
  expect(openIssuedCodes(other, [row!.code_sealed])[0]).not.toBe(code);
});
