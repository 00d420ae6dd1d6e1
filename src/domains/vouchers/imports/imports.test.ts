import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../../../test/harness/database.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { voucherCalls, voucherFindings } from '../../../../test/harness/vouchers.ts';
import { cancelJob, startWorker } from '../../../database/jobs.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadVouchersDemo } from '../demo.ts';
import { voucherJobs } from '../handlers.ts';
import { importHandlers } from './handlers.ts';

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

type Report = {
  state: string;
  line_count: number;
  bad_count: number;
  imported_count: number;
  job_id?: number;
  lines: { line: number; problem: string; first_line?: number }[];
  next_cursor?: string;
  error_response?: { sub_code: string; sub_msg: string };
};

const bring = (mix_id: string, import_id: string, csv: string, more: object = {}) =>
  vouchers.call<Report>('piaoquan.voucher.batch.import', { mix_id, import_id, csv, ...more });
const refusal = async (...asked: Parameters<typeof bring>) => (await bring(...asked)).error_response?.sub_code;

const BAD = [
  'code,remark',
  'OWN-0001,first',
  'own-0001,another: capitals count',
  'OWN-0001,again',
  '"OWN-0002","quoted, with a comma"',
  '"OWN-0003',
  '',
  'O N-0004',
  'abc',
  `${'x'.repeat(65)}`,
  '券码-0005',
].join('\r\n');

const REPORT = [
  { line: 4, problem: 'DUPLICATE_IN_FILE', first_line: 2 },
  { line: 6, problem: 'BAD_QUOTES' },
  { line: 8, problem: 'BAD_CHARACTERS' },
  { line: 9, problem: 'BAD_LENGTH' },
  { line: 10, problem: 'BAD_LENGTH' },
  { line: 11, problem: 'BAD_CHARACTERS' },
];

test('one bad line keeps all codes out, and every bad line is reported by its number', async () => {
  await vouchers.saveBatch('strict');
  const report = await bring('strict', 'i', BAD);
  expect(report).toMatchObject({ state: 'refused', line_count: 11, bad_count: 6, imported_count: 0, lines: REPORT });
  expect(await vouchers.everyCode('strict', 'ALL')).toEqual([]);
});

test('asked to skip bad lines, it brings in the good ones in their order', async () => {
  await vouchers.saveBatch('lenient');
  const report = await bring('lenient', 'i', BAD, { skip_bad_lines: true });
  expect(report).toMatchObject({ state: 'done', bad_count: 6, imported_count: 3, lines: REPORT });
  expect(await vouchers.everyCode('lenient', 'ALL')).toEqual(['OWN-0001', 'own-0001', 'OWN-0002']);
  const next = await bring('lenient', 'j', 'OWN-0002\nOWN-0009\n', { skip_bad_lines: true });
  expect(next).toMatchObject({ imported_count: 1, lines: [{ line: 1, problem: 'DUPLICATE_IN_BATCH' }] });
  expect(await vouchers.everyCode('lenient', 'ALL')).toEqual(['OWN-0001', 'own-0001', 'OWN-0002', 'OWN-0009']);
});

test('imported codes are found, redeemed, and kept encrypted', async () => {
  await vouchers.saveBatch('used');
  await bring('used', 'i', '\ufeffcode\nSECRET-1\nSECRET-2');
  const asked = { mix_id: 'used', codes: ['SECRET-2', 'SECRET-3'], unique_id: 'c' };
  type Done = { results: { result: string }[] };
  const { results } = await vouchers.ok<Done>('piaoquan.voucher.code.consume', asked);
  expect(results.map(({ result }) => result)).toEqual(['OK', 'NOT_FOUND']);
  const rows = await server.database.sql`select * from voucher_code where mix_id = 'used'`;
  for (const row of rows) expect(Buffer.from(row.code_sealed).includes('SECRET')).toBe(false);
});

test('an import sent three times at once brings its codes in once, with one report', async () => {
  await vouchers.saveBatch('thrice');
  const reports = await Promise.all(
    [1, 2, 3].map(() => bring('thrice', 'i', 'CODE-1\nCODE-2\nCODE-1\n', { skip_bad_lines: true })),
  );
  for (const report of reports) expect({ ...report, request_id: 0 }).toEqual({ ...reports[0], request_id: 0 });
  expect(reports[0]).toMatchObject({ state: 'done', imported_count: 2 });
  expect(await vouchers.everyCode('thrice', 'ALL')).toEqual(['CODE-1', 'CODE-2']);
  expect(await refusal('thrice', 'i', 'CODE-3')).toBe('isv.voucher-import-conflict');
});

test('a file in parts is one import: lines count through, doubled codes are found across parts', async () => {
  await vouchers.saveBatch('parts');
  const open = await bring('parts', 'i', 'code\nPART-1\nPART-2\n', { part: 1, is_last: false, skip_bad_lines: true });
  expect(open).toMatchObject({ state: 'open', line_count: 3, imported_count: 0 });
  expect(await vouchers.everyCode('parts', 'ALL')).toEqual([]);
  expect(await refusal('parts', 'i', 'PART-9', { part: 3 })).toBe('isv.voucher-import-order');
  expect(await bring('parts', 'i', 'code\nPART-1\nPART-2\n', { part: 1, is_last: false })).toMatchObject({
    line_count: 3,
  });
  const done = await bring('parts', 'i', 'PART-3\nPART-2\ncode\nvoucherX\n', { part: 2 });
  expect(done).toMatchObject({ state: 'done', line_count: 7, imported_count: 4 });
  expect(done.lines).toEqual([
    { line: 5, problem: 'DUPLICATE_IN_FILE', first_line: 3 },
    { line: 6, problem: 'HEADING' },
  ]);
  expect(await vouchers.everyCode('parts', 'ALL')).toEqual(['PART-1', 'PART-2', 'PART-3', 'voucherX']);
});

test('the first part tells how those after it are read: delimiter, column, and quotes that it left open', async () => {
  await vouchers.saveBatch('layout');
  const more = { is_last: false, skip_bad_lines: true };
  await bring('layout', 'i', 'no;voucher\n10000001;LAY-0001\n', more);
  await bring('layout', 'i', '10000002;LAY-0002\n"x\n', { ...more, part: 2 });
  const done = await bring('layout', 'i', '10000003;LAY-0003\n', { part: 3 });
  expect(done).toMatchObject({
    ...{ state: 'done', line_count: 5, imported_count: 2 },
    lines: [
      { line: 4, problem: 'BAD_QUOTES' },
      { line: 5, problem: 'BEHIND_QUOTES' },
    ],
  });
  expect(await vouchers.everyCode('layout', 'ALL')).toEqual(['LAY-0001', 'LAY-0002']);
});

test('parts that come at once are read as the first tells, or sent again', async () => {
  await vouchers.saveBatch('at-once');
  const part = (number: number) =>
    bring('at-once', 'i', number === 1 ? 'no;code\n10000001;AT-1\n' : `1000000${number};AT-${number}\n`, {
      ...{ part: number, is_last: number === 4, skip_bad_lines: true },
    });
  for (let round = 0; round < 8; round++) await Promise.all([4, 3, 2, 1].map(part));
  expect(await vouchers.everyCode('at-once', 'ALL')).toEqual(['AT-1', 'AT-2', 'AT-3', 'AT-4']);
});

test('the column of the codes is asked for where no heading tells it, and can be named then', async () => {
  await vouchers.saveBatch('asked');
  const csv = 'Nummer,Gutschein\n10000001,ASK-0001\n10000002,ASK-0002';
  const { error_response } = await bring('asked', 'i', csv);
  expect(error_response).toMatchObject({
    sub_code: 'isv.voucher-column-unclear',
    columns: ['Nummer', 'Gutschein'],
  });
  expect(error_response?.sub_msg).toContain('1 “Nummer”，2 “Gutschein”');
  expect(await refusal('asked', 'i', csv, { column: 'Wert' })).toBe('isv.voucher-column-unclear');
  expect(await bring('asked', 'i', csv, { column: ' gutschein ' })).toMatchObject({ state: 'done', imported_count: 2 });
  expect(await bring('asked', 'i', csv, { column: ' gutschein ' })).toMatchObject({ state: 'done', imported_count: 2 });
  expect(await refusal('asked', 'i', csv, { column: 'Nummer' })).toBe('isv.voucher-import-conflict');
});

test('a large import is settled in the background, whole, and its report comes by pages', async () => {
  await vouchers.saveBatch('large');
  const names = Array.from({ length: 15_000 }, (_, n) => `LARGE-${n}`);
  await bring('large', 'i', names.slice(0, 7_500).join('\n'), { is_last: false, skip_bad_lines: true });
  const last = [...names.slice(7_500), ...names.slice(0, 5_100)];
  const queued = await bring('large', 'i', last.join('\n'), { part: 2 });
  expect(queued).toMatchObject({ state: 'queued' });
  expect(await vouchers.jobEnd(queued.job_id!)).toMatchObject({ state: 'done', done: 20_100, total: 20_100 });
  type Page = Report & { next_cursor?: string };
  const page = (cursor?: string) =>
    vouchers.ok<Page>('piaoquan.voucher.batch.import.get', { mix_id: 'large', import_id: 'i', cursor, page_size: 200 });
  const first = await page();
  expect(first).toMatchObject({ state: 'done', bad_count: 5_100, imported_count: 15_000 });
  const second = await page(first.next_cursor);
  expect([...first.lines, ...second.lines].map(({ line }) => line)).toEqual(
    Array.from({ length: 400 }, (_, n) => 15_001 + n),
  );
  expect(await vouchers.everyCode('large', 'ALL')).toEqual(names);
});

test('a cancelled import brings nothing in', async () => {
  // A database of its own, on which no worker runs yet.
  const database = await createTestDatabase();
  const { sql } = database;
  const vault = createVault(randomBytes(32));
  const handlers = importHandlers({ sql, vault });
  const context = {
    app_key: '1',
    now: new Date(),
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  };
  await loadVouchersDemo({ sql, vault }, new Date());
  const key = { mix_id: 'code_open', import_id: 'i' };
  const csv = Array.from({ length: 20_001 }, (_, n) => `NEVER-${n}`).join('\n');
  const { job_id, state } = await handlers['piaoquan.voucher.batch.import']({ ...key, csv }, context);
  expect(state).toBe('queued');
  await cancelJob(sql, job_id!, new Date());
  const worker = startWorker({ sql, steps: voucherJobs, clock: () => new Date() });
  await setTimeout(100);
  await worker.close();
  expect(await handlers['piaoquan.voucher.batch.import.get'](key, context)).toMatchObject({
    state: 'refused',
    imported_count: 0,
  });
  expect(await sql`select total_count from voucher_batch where mix_id = 'code_open'`).toEqual([{ total_count: 1000 }]);
  await database.drop();
});

test('an import of more than a million lines is refused at the part that makes it so, and the parts before it stand', async () => {
  await vouchers.saveBatch('huge');
  await bring('huge', 'i', 'HUGE-1\nHUGE-2\n', { is_last: false });
  const { sql } = server.database;
  await sql`update voucher_import set line_count = 999999 where mix_id = 'huge'`;
  expect(await refusal('huge', 'i', 'HUGE-3\nHUGE-4\n', { part: 2 })).toBe('isv.voucher-import-too-large');
  const last = await bring('huge', 'i', 'HUGE-3\n', { part: 2 });
  expect(last).toMatchObject({ state: 'queued', line_count: 1_000_000 });
  await vouchers.jobEnd(last.job_id!);
  expect(await vouchers.everyCode('huge', 'ALL')).toEqual(['HUGE-1', 'HUGE-2', 'HUGE-3']);
});

test('batches whose codes are made, and unknown ones, take no import', async () => {
  await vouchers.madeBatch('made', 1);
  expect(await refusal('made', 'i', 'CODE-1')).toBe('isv.voucher-batch-generated');
  expect(await refusal('none', 'i', 'CODE-1')).toBe('isv.voucher-batch-not-exist');
  const asked = { mix_id: 'made', import_id: 'none' };
  expect((await vouchers.call('piaoquan.voucher.batch.import.get', asked)).error_response?.sub_code).toBe(
    'isv.voucher-import-not-exist',
  );
});
