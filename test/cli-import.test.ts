import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endAll, piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { voucherCalls } from './harness/vouchers.ts';

const folder = mkdtempSync(`${tmpdir()}/piaoquan-import-`);
let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
  env = { PIAOQUAN_URL: `${server.url}/router/rest`, PIAOQUAN_SESSION: '6100000demo' };
});
afterAll(async () => {
  await endAll();
  await server?.close();
  rmSync(folder, { recursive: true });
});

const importing = (file: string, batch: string, ...more: string[]): string[] => [
  'import',
  'codes',
  `${folder}/${file}`,
  '--batch',
  batch,
  ...more,
];

test('bad lines are told by their number and keep all out, unless they are to be skipped', async () => {
  await vouchers.saveBatch('strict');
  writeFileSync(`${folder}/bad.csv`, 'CODE-1\n\nCODE-1\nC O D E\n"CODE-2\n');
  const { code, stdout, stderr } = await piaoquanHere(importing('bad.csv', 'strict'), env);
  expect(stdout).toBe(
    `line 3: stands in an earlier line of the import too (line 1)
line 4: other characters than letters, digits, - and _
line 5: quotes that do not match
5 lines, 3 bad: 0 codes imported\n`,
  );
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^piaoquan: nothing was imported: [^\n]+\n$/)]);
  const skipped = await piaoquanHere(importing('bad.csv', 'strict', '--skip-bad-lines', '--json'), env);
  expect([skipped.code, JSON.parse(skipped.stdout)]).toMatchObject([0, { imported_count: 1, lines: { length: 3 } }]);
});

test('a file of a Chinese spreadsheet is read, and the column of its codes is asked for where it is not headed', async () => {
  await vouchers.saveBatch('gbk');
  // 序号,客户码 and 北京 in GBK.
  const lines = ['d0f2bac52cbfcdbba7c2eb', '312c47424b2d30303031', '322cb1b1bea9'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  writeFileSync(`${folder}/gbk.csv`, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\r\n')])));
  const asked = await piaoquanHere(importing('gbk.csv', 'gbk'), env);
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringMatching(/1 “序号”，2 “客户码”.*--column/)]);
  const done = await piaoquanHere(importing('gbk.csv', 'gbk', '--column', '客户码', '--skip-bad-lines'), env);
  expect([done.code, done.stdout]).toEqual([
    0,
    'line 3: other characters than letters, digits, - and _\n3 lines, 1 bad: 1 codes imported\n',
  ]);
});

test('an import that cannot be done says why', async () => {
  writeFileSync(`${folder}/empty.csv`, '');
  writeFileSync(`${folder}/one.csv`, 'CODE-9\n');
  const missing = await piaoquanHere(importing('missing.csv', 'strict'), env);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no such file or folder')]);
  expect((await piaoquanHere(importing('empty.csv', 'strict'), env)).code).toBe(1);
  const unknown = await piaoquanHere(importing('one.csv', 'nowhere'), env);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('isv.voucher-batch-not-exist')]);
});
