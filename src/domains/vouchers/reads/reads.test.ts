import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { makeCodes, setForm } from '../batches/queries.ts';
import { codeHandlers } from '../codes/handlers.ts';
import { passGuesses } from '../codes/queries.ts';
import { GUESS_LIMITS } from '../codes/rules.ts';
import { orderHandlers } from '../orders/handlers.ts';
import { insertBatch, insertCodes, insertGrant } from '../queries.ts';
import { CLEAR_ALPHABET, createSeries } from '../series.ts';
import { keepCode } from '../stored.ts';
import { voucherReadHandlers } from './handlers.ts';
import { countNormal, voucherLedgers } from './queries.ts';
import { boardOf, stepOf } from './rules.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const LATER = new Date(NOW.getTime() + 2 * 86_400_000 + 1000);
const FORM = { pattern: 'TPP-########', alphabet: CLEAR_ALPHABET, check: false };
const vault = createVault(Buffer.alloc(32, 3));
const codes = createSeries(vault, 'days', FORM).codes(Array.from({ length: 20 }, (_, index) => index + 1));

let database: TestDatabase;
let reader: Sql;
let reads: ReturnType<typeof voucherReadHandlers>;

const settings = {
  ...{ name: '批次', description: null, denomination: 100, max_bind_count: null },
  ...{
    bind_begin_time: new Date('2026-02-01T00:00:00+08:00'),
    coupon_expire_time: new Date('2026-12-31T00:00:00+08:00'),
  },
};

/** Of 20 codes: 1–3 bound by ann, 2 of them consumed, one of these reversed; 4, 5 voided; 6, 7 issued to ann and bob; and an own code. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  reader = await connectReadOnly(sql);
  reads = {
    ...voucherReadHandlers({ sql: reader, vault }),
    // A search that finds nothing counts as a guess.
    'piaoquan.voucher.code.search': voucherReadHandlers({ sql, vault })['piaoquan.voucher.code.search'],
  };
  await insertBatch(sql, { ...settings, mix_id: 'days', valid_duration_type: 'DAY', valid_days: 2 });
  await insertGrant(sql, { mix_id: 'days', partner_code: 'p', user_id: 6100000 });
  await sql.begin(async (tx) => {
    await setForm(tx, 'days', FORM);
    await makeCodes(tx, { mix_id: 'days', count: 20, job_id: 1 }, NOW);
  });
  await insertBatch(sql, { ...settings, mix_id: 'own', valid_duration_type: 'GENERAL', valid_days: null });
  await insertCodes(sql, 'own', [keepCode(vault, 'own', 'TPP-MINE')], NOW);
  const act = codeHandlers({ sql, vault });
  const request = (from: number, to: number) => ({
    mix_id: 'days',
    codes: codes.slice(from, to),
    unique_id: `${from}`,
  });
  await act['piaoquan.voucher.code.bind']({ ...request(0, 3), user_id: 'ann' }, contextAt(NOW));
  await act['piaoquan.voucher.code.consume']({ ...request(0, 2), unique_id: 'c' }, contextAt(NOW));
  await act['piaoquan.voucher.code.consume.reverse']({ ...request(1, 2), unique_id: 'r' }, contextAt(NOW));
  await act['piaoquan.voucher.code.void'](request(3, 5), contextAt(NOW));
  await sql`insert into platform_app (app_key, name, created_at) values ('12345678', 'demo', now())`;
  const order = { mix_id: 'days', ext_order_id: 'o', each_num: 1, number: 2, user_id_list: 'ann|bob' };
  await orderHandlers({ sql, vault })['taobao.film.lottery.sendcode'](
    { param_f_code_merchant_send_code_request: order },
    contextAt(NOW),
  );
});
afterAll(async () => {
  await reader.end();
  await database.drop();
});

const board = (mix_id: string, now = NOW) => reads['piaoquan.voucher.batch.board']({ mix_id }, contextAt(now));

test('the board counts each code of a batch once, by its state now', async () => {
  const counts = { mix_id: 'days', total_count: 20, issued_count: 2, consumed_count: 1, voided_count: 2 };
  expect(await board('days')).toEqual({
    ...counts,
    unbound_count: 15,
    bound_count: 2,
    expired_count: 0,
    is_estimate: false,
  });
  expect(await board('days', LATER)).toMatchObject({ unbound_count: 15, bound_count: 0, expired_count: 2 });
  expect(await board('own', new Date('2027-01-01T00:00:00Z'))).toMatchObject({ unbound_count: 0, expired_count: 1 });
  await expect(board('nowhere')).rejects.toMatchObject({ body: { sub_code: 'isv.voucher-batch-not-exist' } });
});

test('of a large batch a sample is scaled so that all states add up', async () => {
  expect([stepOf(1_000_000), stepOf(10_000_000)]).toEqual([1, 250]);
  const sample = await countNormal(reader, 'days', 3, NOW);
  // Of 1, 4, 7, 10, 13, 16 and 19 the first is consumed and the second voided.
  expect(sample).toEqual({ unbound: 5, bound: 0, expired: 0 });
  const large = { total_count: 2_000_000, issued_count: 5, consumed_count: 500_000, voided_count: 1 };
  const scaled = boardOf(large, { unbound: 2, bound: 1, expired: 1 }, true);
  expect(scaled).toEqual({ unbound_count: 750_001, bound_count: 374_999, expired_count: 374_999, is_estimate: true });
});

const search = async (asked: object) => {
  const { codes: found, next_cursor } = await reads['piaoquan.voucher.code.search'](asked, contextAt(NOW));
  return { places: found.map(({ mix_id, sequence }) => `${mix_id}/${sequence}`), found, next_cursor };
};

test('a code is found by its text in whichever batch it is, computed or stored, and nothing else is', async () => {
  const { places, found } = await search({ code: codes[0] });
  expect(places).toEqual(['days/1']);
  expect(found[0]).toMatchObject({
    code_status: 2,
    bound_user: 'a****',
    code_masked: `****${codes[0]?.slice(-3)}`,
    name: '批次',
  });
  expect(JSON.stringify(found)).not.toContain(codes[0]);
  expect((await search({ code: 'TPP-MINE' })).places).toEqual(['own/1']);
  expect((await search({ code: 'TPP-MINE', mix_id: 'days' })).places).toEqual([]);
  expect((await search({ code: 'TPP-22222222' })).places).toEqual([]);
  await expect(search({})).rejects.toMatchObject({ body: { sub_code: 'isv.search-too-wide' } });
});

test('searches for codes that do not exist lock their operator out, or their app, as wrong codes in a binding do', async () => {
  const outcome = async (code: string, caller: { app_key: string; actor: string }, now = NOW) => {
    const context = { ...contextAt(now), ...caller };
    const { codes: found } = await reads['piaoquan.voucher.code.search']({ code }, context).catch((error) => ({
      codes: error.body.sub_code as string,
    }));
    return typeof found === 'string' ? found : found.length;
  };
  const right = codes[0] as string;
  const [lin, wang] = ['lin', 'wang'].map((actor) => ({ app_key: 'console', actor })) as [never, never];
  for (let tries = 0; tries < GUESS_LIMITS.user.wrong; tries++) expect(await outcome(`NO-${tries}`, lin)).toBe(0);
  expect(await outcome('NO-more', lin)).toBe('isv.voucher-guess-limit');
  expect(await outcome(right, lin)).toBe('isv.voucher-guess-limit');
  expect(await outcome(right, wang)).toBe(1);
  expect(await outcome(right, lin, new Date(NOW.getTime() + 901_000))).toBe(1);
  const app = { app_key: '87654321', actor: '87654321' };
  await passGuesses(database.sql, app.app_key, [{ caller: null, wrong: GUESS_LIMITS.app.wrong }], GUESS_LIMITS, NOW);
  expect(await outcome('NO', app)).toBe('isv.voucher-guess-limit');
});

test('the codes of an order are found by its number, in every batch or one', async () => {
  expect((await search({ ext_order_id: 'o' })).places).toEqual(['days/6', 'days/7']);
  expect((await search({ ext_order_id: 'o', page_size: 1 })).places).toEqual(['days/6']);
  expect((await search({ ext_order_id: 'o', mix_id: 'own' })).places).toEqual([]);
  expect((await search({ ext_order_id: 'p' })).places).toEqual([]);
});

test("a user's codes are those bound by it and those issued to it, page by page", async () => {
  expect((await search({ user_id: 'ann' })).places).toEqual(['days/1', 'days/2', 'days/3', 'days/6']);
  expect((await search({ user_id: 'bob' })).places).toEqual(['days/7']);
  expect((await search({ user_id: 'ann', mix_id: 'own' })).places).toEqual([]);
  const first = await search({ user_id: 'ann', page_size: 3 });
  expect(first.places).toHaveLength(3);
  expect((await search({ user_id: 'ann', page_size: 3, cursor: first.next_cursor })).places).toEqual(['days/6']);
  const nul = Buffer.from(JSON.stringify(['\0', 1])).toString('base64url');
  for (const cursor of ['x', nul])
    await expect(search({ user_id: 'ann', cursor })).rejects.toMatchObject({ body: { code: 41 } });
});

test('the entries behind each counter of a batch add up to it, page by page', async () => {
  const sizes = { total_count: 1, issued_count: 1, consumed_count: 3, voided_count: 1 };
  for (const [counter, size] of Object.entries(sizes)) {
    const read = voucherLedgers[`voucher_batch.${counter}` as keyof typeof voucherLedgers];
    const whole = await read(reader, 'days', { before: null, limit: 100 });
    expect([whole?.entries.length, whole?.entries.reduce((sum, { delta }) => sum + delta, 0)], counter).toEqual([
      size,
      whole?.counted,
    ]);
    const [one, ...rest] = whole?.entries ?? [];
    expect((await read(reader, 'days', { before: one!, limit: 100 }))?.entries).toEqual(rest);
  }
  expect(
    await voucherLedgers['voucher_batch.total_count'](reader, 'nowhere', { before: null, limit: 1 }),
  ).toBeUndefined();
});
