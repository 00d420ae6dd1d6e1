import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAt } from '../../../../test/harness/call.ts';
import { createTestDatabase } from '../../../../test/harness/database.ts';
import { endAll, newHome, sandbox } from '../../../../test/harness/run.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { until } from '../../../../test/harness/until.ts';
import { voucherCalls, voucherFindings } from '../../../../test/harness/vouchers.ts';

let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
});
afterAll(async () => {
  expect(await voucherFindings(server.database.sql)).toEqual([]);
  await server.close();
});

type Started = { job_id: number; possible_count: string; error_response?: { sub_code: string } };
type Job = { state: string; done: number; total: number };

const generate = (mix_id: string, count: number, unique_id: string, more: object = {}) =>
  vouchers.call<Started>('piaoquan.voucher.batch.generate', { mix_id, count, unique_id, ...more });
const refusal = async (...asked: Parameters<typeof generate>) => (await generate(...asked)).error_response?.sub_code;
const rowsOf = async (mix_id: string) =>
  (
    await server.database.sql`
    select count(*), count(distinct sequence) as different, coalesce(max(sequence), 0) as last
    from voucher_code where mix_id = ${mix_id}`
  )[0];

test('a batch is not saved with an expiry that is over, unless it had it before', async () => {
  const expiry = { bind_begin_time: '2025-01-01 00:00:00', coupon_expire_time: '2025-02-01 00:00:00' };
  const batch = { mix_id: 'code_over', name: '过期', denomination: 1, valid_duration_type: 'GENERAL', ...expiry };
  const save = async (more: object = {}) =>
    (await vouchers.call('piaoquan.voucher.batch.save', { batch: { ...batch, ...more } })).error_response?.sub_code;
  expect(await save()).toBe('isv.voucher-batch-over');
  expect(await save({ coupon_expire_time: '2046-01-01 00:00:00' })).toBeUndefined();
  expect(await save()).toBe('isv.voucher-batch-over');
  await server.database.sql`
    update voucher_batch set coupon_expire_time = '2025-02-01 00:00:00+08' where mix_id = 'code_over'`;
  expect(await save({ name: '改名' })).toBeUndefined();
});

test('a batch is saved, saved again, shown and listed by pages; its codes are untouched by saving', async () => {
  for (const n of [1, 2, 3]) await vouchers.saveBatch(`page_${n}`, { name: `翻页${n}`, max_bind_count: n });
  await vouchers.saveBatch('page_2', { name: '翻页2', valid_duration_type: 'DAY', valid_days: 3 });
  type Shown = { batch: Record<string, unknown> };
  const { batch } = await vouchers.ok<Shown>('piaoquan.voucher.batch.get', { mix_id: 'page_2' });
  expect(batch).toMatchObject({
    valid_days: 3,
    status: 1,
    total_count: 0,
    grants: [{ partner_code: 'p', user_id: 6100000 }],
  });
  expect(batch).toHaveProperty('max_bind_count', 2);
  const list = (more: object) =>
    vouchers.ok<{ batches: { mix_id: string }[]; next_cursor?: string }>('piaoquan.voucher.batch.list', {
      name: '翻页',
      page_size: 2,
      ...more,
    });
  const first = await list({});
  const second = await list({ cursor: first.next_cursor });
  expect([...first.batches, ...second.batches].map(({ mix_id }) => mix_id)).toEqual(['page_1', 'page_2', 'page_3']);
  expect(second.next_cursor).toBeUndefined();
});

test('a validity that contradicts itself is refused', async () => {
  const save = async (more: object) => {
    const batch = {
      mix_id: 'wrong',
      name: 'n',
      bind_begin_time: '2026-01-01 00:00:00',
      coupon_expire_time: '2046-01-01 00:00:00',
      denomination: 1,
      valid_duration_type: 'GENERAL',
      ...more,
    };
    return (await vouchers.call('piaoquan.voucher.batch.save', { batch })).error_response?.sub_code;
  };
  for (const more of [{ coupon_expire_time: '2025-01-01 00:00:00' }, { valid_days: 1 }, { valid_duration_type: 'DAY' }])
    expect(await save(more)).toBe('isv.voucher-batch-invalid');
});

test('codes are refused before the first is made when the pattern cannot yield that many that are hard to guess', async () => {
  await vouchers.saveBatch('small');
  // 31^6 codes for 100,000 each: 8,875 may be made.
  expect(await refusal('small', 8876, '1', { pattern: 'T-######' })).toBe('isv.voucher-pattern-too-short');
  expect(await refusal('small', 1, '2', { pattern: '####' })).toBe('isv.voucher-pattern-too-short');
  expect(await refusal('small', 8875, '3', { pattern: 'T-######' })).toBeUndefined();
  // Those still to be made count.
  expect(await refusal('small', 1, '4')).toBe('isv.voucher-pattern-too-short');
  for (const wrong of [{ pattern: 'no place' }, { pattern: 'T-#' }, { alphabet: 'AABBCCDDEEFF' }, { alphabet: 'ABC' }])
    expect(await refusal('small', 1, '5', wrong)).toBe('isv.voucher-pattern-invalid');
  expect(await refusal('small', 1, '6', { pattern: 'T-#######' })).toBe('isv.voucher-pattern-fixed');
  expect(await refusal('code_open', 1, '7')).toBe('isv.voucher-batch-imported');
  expect(await refusal('none', 1, '8')).toBe('isv.voucher-batch-not-exist');
});

test('a generation asked for three times at once is one; its number cannot be used for another', async () => {
  await vouchers.saveBatch('once');
  const asked = await Promise.all([1, 2, 3].map(() => generate('once', 3000, 'once')));
  expect(new Set(asked.map(({ job_id }) => job_id)).size).toBe(1);
  expect(await refusal('once', 3001, 'once')).toBe('isv.voucher-unique-id-conflict');
  await vouchers.jobEnd(asked[0]!.job_id);
  expect(await rowsOf('once')).toEqual({ count: 3000, different: 3000, last: 3000 });
  const more = await generate('once', 500, 'more', { check_character: false });
  await vouchers.jobEnd(more.job_id);
  const codes = await vouchers.everyCode('once', 'ALL');
  expect(new Set(codes).size).toBe(3500);
  for (const code of codes) expect(code).toMatch(/^[2-9A-HJKMNP-Z]{12}$/);
});

test('codes with a check character are made and found; one wrong character is no code', async () => {
  const [code = ''] = await vouchers.madeBatch('checked', 20, {});
  expect(code).toMatch(/^TPP-/);
  await vouchers.saveBatch('with_check');
  const made = await generate('with_check', 20, 'c', { pattern: '####-####', check_character: true });
  expect(made).toMatchObject({ possible_count: '27512614111' });
  await vouchers.jobEnd(made.job_id);
  const [checked = ''] = await vouchers.everyCode('with_check', 'ALL');
  const get = (text: string) => vouchers.call('piaoquan.voucher.code.get', { mix_id: 'with_check', code: text });
  expect((await get(checked)).error_response).toBeUndefined();
  const wrong = checked.slice(0, -1) + (checked.endsWith('2') ? '3' : '2');
  expect((await get(wrong)).error_response?.sub_code).toBe('isv.voucher-code-not-exist');
});

test('several processes working on several jobs make exactly the codes asked for', async () => {
  for (let n = 0; n < 3; n++) await server.another();
  const names = ['crew_1', 'crew_2', 'crew_3'];
  for (const name of names) await vouchers.saveBatch(name);
  const jobs = await Promise.all(names.map((name) => generate(name, 60_000, name)));
  for (const { job_id } of jobs) expect(await vouchers.jobEnd(job_id)).toMatchObject({ state: 'done', done: 60_000 });
  for (const name of names) expect(await rowsOf(name)).toEqual({ count: 60_000, different: 60_000, last: 60_000 });
});

test('a cancelled job stops; what it made stays and is exactly what it says', async () => {
  await vouchers.saveBatch('stopped');
  const { job_id } = await generate('stopped', 3_000_000, 'stopped');
  const job = async () => (await vouchers.ok<{ job: Job }>('piaoquan.job.get', { job_id })).job;
  await until(job, ({ done }) => done > 0);
  const { job: cancelled } = await vouchers.ok<{ job: Job }>('piaoquan.job.cancel', { job_id });
  expect(cancelled.state).toBe('cancelled');
  expect(cancelled.done).toBeLessThan(3_000_000);
  expect(await rowsOf('stopped')).toMatchObject({ count: cancelled.done, last: cancelled.done });
  // It stays so.
  await vouchers.jobEnd((await generate('stopped', 1000, 'after')).job_id);
  expect(await job()).toEqual(cancelled);
  expect(await rowsOf('stopped')).toMatchObject({ count: cancelled.done + 1000 });
});

test('jobs are listed by batch and state, the latest first, by pages', async () => {
  await vouchers.saveBatch('listed');
  const ids: number[] = [];
  for (const name of ['a', 'b', 'c']) ids.unshift((await generate('listed', 10, name)).job_id);
  for (const id of ids) await vouchers.jobEnd(id);
  type Page = { jobs: { job_id: number }[]; next_cursor?: string };
  const list = (more: object) =>
    vouchers.ok<Page>('piaoquan.job.list', { mix_id: 'listed', state: 'done', page_size: 2, ...more });
  const first = await list({});
  const second = await list({ cursor: first.next_cursor });
  expect([...first.jobs, ...second.jobs].map(({ job_id }) => job_id)).toEqual(ids);
  expect((await list({ state: 'failed' })).jobs).toEqual([]);
});

test('the database enters only codes that are there, as many as it is told and without a gap', async () => {
  await vouchers.saveBatch('entered');
  await vouchers.jobEnd((await generate('entered', 10, 'entered')).job_id);
  const { sql } = server.database;
  const enter = (sequences: number[], count: number) =>
    sql.begin(async (tx) => {
      await tx`insert into voucher_code (mix_id, sequence, gmt_modified) select 'entered', unnest(${sequences}::int[]), now()`;
      await tx`select voucher_enter_made('entered', ${count}, 0, now())`;
    });
  await expect(enter([], 1)).rejects.toThrow('0 codes');
  await expect(enter([11, 12], 3)).rejects.toThrow('2 codes up to 12');
  await expect(enter([11, 13], 2)).rejects.toThrow('2 codes up to 13');
  expect(await rowsOf('entered')).toEqual({ count: 10, different: 10, last: 10 });
  await enter([11, 12], 2);
});

test('a process killed in the middle of making codes loses none and makes none twice: the next one goes on', async () => {
  const COUNT = 400_000;
  const home = newHome();
  const database = await createTestDatabase();
  const { sql } = database;
  const env = { DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  try {
    const first = sandbox(env);
    const url = await first.url();
    const ask = async <T>(method: string, business: Record<string, unknown>) =>
      JSON.parse(await callAt(url, method, business, { simplify: true })) as T;
    const batch = {
      mix_id: 'killed',
      name: 'n',
      bind_begin_time: '2026-01-01 00:00:00',
      coupon_expire_time: '2046-01-01 00:00:00',
      denomination: 1,
      valid_duration_type: 'GENERAL',
    };
    await ask('piaoquan.voucher.batch.save', { batch });
    const asked = { mix_id: 'killed', count: COUNT, unique_id: 'killed' };
    const { job_id } = await ask<Started>('piaoquan.voucher.batch.generate', asked);
    const job = async () => (await sql<Job[]>`select state, done, total from job where job_id = ${job_id}`)[0]!;
    await until(job, ({ done }) => done > 0);
    first.child.kill('SIGKILL');
    await first.ended;
    const broken = await job();
    expect(broken.done).toBeLessThan(COUNT);
    const rows = () => sql`
      select count(*), count(distinct sequence) as different, max(sequence) as last from voucher_code where mix_id = 'killed'`;
    expect(await rows()).toEqual([{ count: broken.done, different: broken.done, last: broken.done }]);

    const second = sandbox(env);
    await second.url();
    await until(job, ({ state }) => state === 'done');
    expect(await rows()).toEqual([{ count: COUNT, different: COUNT, last: COUNT }]);
    expect(await voucherFindings(sql)).toEqual([]);
  } finally {
    await endAll();
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);
