import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endAll, piaoquanHere, start } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';
import { voucherCalls } from './harness/vouchers.ts';
import { zipped } from './harness/zip.ts';

const COUNT = 3400;
const folder = mkdtempSync(`${tmpdir()}/piaoquan-codes-`);
let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
let gate: Gate;
let env: Record<string, string>;
let codes: string[];
let redeemed: string[];

beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
  gate = await openGate(server.url);
  env = { PIAOQUAN_URL: `${gate.url}/router/rest`, PIAOQUAN_SESSION: '6100000demo' };
  codes = await vouchers.madeBatch('many', COUNT);
  redeemed = codes.filter((_, index) => index % 3 !== 0);
  await redeem(redeemed);
});
afterAll(async () => {
  await endAll();
  gate?.server.close();
  gate?.server.closeAllConnections();
  await server?.close();
  rmSync(folder, { recursive: true });
});

async function redeem(some: string[]): Promise<void> {
  for (let at = 0; at < some.length; at += 1000) {
    const asked = { mix_id: 'many', codes: some.slice(at, at + 1000), unique_id: `redeem ${some[at]}` };
    await vouchers.ok('piaoquan.voucher.code.consume', asked);
  }
}

/** A way to the server that lets so many calls through and holds the others. */
type Gate = { server: Server; url: string; left: number; held: number };

async function openGate(url: string): Promise<Gate> {
  const proxy = createServer((request, response) => {
    if (gate.left-- <= 0) {
      gate.held++;
      return;
    }
    const { method = 'GET', headers } = request;
    const forward = async () => {
      const body = await buffer(request);
      const type = headers['content-type'] ?? '';
      const answer = await fetch(url + request.url, { method, body, headers: { 'content-type': type } });
      response.end(await answer.text());
    };
    void forward();
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as AddressInfo;
  return { server: proxy, url: `http://127.0.0.1:${port}`, left: Number.POSITIVE_INFINITY, held: 0 };
}

const exporting = (type: 'ALL' | 'CONSUME', file: string): string[] => [
  'export',
  'codes',
  'many',
  '--partner',
  'p',
  '--type',
  type,
  '--output',
  `${folder}/${file}`,
];

/** Runs an export and kills it while it waits for its third page; until then nobody else may write its file. */
async function killedExport(args: string[]): Promise<void> {
  Object.assign(gate, { left: 2, held: 0 });
  const run = start('src/cli.ts', args, env);
  await until(
    () => gate.held,
    (held) => held > 0,
  );
  gate.left = Number.POSITIVE_INFINITY;
  for (const more of [[], ['--restart']]) {
    const { code, stderr } = await piaoquanHere([...args, ...more], env);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`is being written by process ${run.pid}`)]);
  }
  run.child.kill('SIGKILL');
  await run.ended;
}

const csvCodes = (file: string): string[] => {
  const [heading, ...lines] = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n');
  expect(heading).toBe('code,code_status,bind_status,gmt_modified');
  return lines.map((line) => line.split(',')[0] ?? '');
};
const jsonCodes = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).code as string);

test('an export killed in the middle goes on where it stopped: CSV of all codes', async () => {
  await killedExport(exporting('ALL', 'all.csv'));
  expect(csvCodes('all.csv')).toEqual(codes.slice(0, 2000));
  // As if it had been killed between a page and its cursor.
  appendFileSync(`${folder}/all.csv`, `${codes[2000]},0,-1,2026-01-01 00:00:00\n${codes[2001]},0`);
  const { code, stdout } = await piaoquanHere(exporting('ALL', 'all.csv'), env);
  expect([code, stdout]).toEqual([0, `${folder}/all.csv: 3400 codes, 1400 of them new\n`]);
  expect(csvCodes('all.csv')).toEqual(codes);
  appendFileSync(`${folder}/all.csv`, 'HALF-A-LI');
  const again = await piaoquanHere(exporting('ALL', 'all.csv'), env);
  expect(again.stdout).toBe(`${folder}/all.csv: 3400 codes, 0 of them new\n`);
  expect(csvCodes('all.csv')).toEqual(codes);
});

test('an export killed in the middle goes on where it stopped: JSON lines of redemptions, then only what is new', async () => {
  await killedExport(exporting('CONSUME', 'redeemed.jsonl'));
  appendFileSync(`${folder}/redeemed.jsonl`, '{"code":"');
  const first = await piaoquanHere([...exporting('CONSUME', 'redeemed.jsonl'), '--json'], env);
  const text = () => readFileSync(`${folder}/redeemed.jsonl`, 'utf8');
  expect(jsonCodes(text())).toEqual(redeemed);
  expect(JSON.parse(first.stdout)).toMatchObject({
    format: 'jsonl',
    rows: redeemed.length,
    added: redeemed.length - 2000,
  });
  const late = codes.filter((_, index) => index % 3 === 0).slice(0, 20);
  await redeem(late);
  const second = await piaoquanHere([...exporting('CONSUME', 'redeemed.jsonl'), '--json'], env);
  expect(JSON.parse(second.stdout)).toMatchObject({ added: 20 });
  expect(jsonCodes(text())).toEqual([...redeemed, ...late]);
});

test('an export killed in the middle goes on where it stopped: XLSX, which leaves nothing beside it', async () => {
  await killedExport(exporting('ALL', 'all.xlsx'));
  expect([existsSync(`${folder}/all.xlsx`), existsSync(`${folder}/all.xlsx.part`)]).toEqual([false, true]);
  expect((await piaoquanHere(exporting('ALL', 'all.xlsx'), env)).code).toBe(0);
  const sheet = readFileSync(`${folder}/all.xlsx`);
  const texts = zipped(sheet, 'xl/sharedStrings.xml').match(/(?<=<t[^>]*>)[^<]*/g) ?? [];
  expect(texts.filter((text) => codes.includes(text))).toEqual(codes);
  expect(zipped(sheet, 'xl/worksheets/sheet1.xml').match(/<row /g)).toHaveLength(1 + COUNT);
  for (const more of ['.part', '.cursor', '.draft']) expect(existsSync(`${folder}/all.xlsx${more}`)).toBe(false);
  const again = await piaoquanHere(exporting('ALL', 'all.xlsx'), env);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
});

test('without a file the codes go to standard output, in any format', async () => {
  const args = ['export', 'codes', 'many', '--partner', 'p'];
  const csv = await piaoquanHere(args, env);
  expect(
    csv.stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]),
  ).toEqual(codes);
  expect(jsonCodes((await piaoquanHere([...args, '--json'], env)).stdout)).toEqual(codes);
  const chunks: Uint8Array[] = [];
  const out = (chunk: string | Uint8Array) => void chunks.push(Buffer.from(chunk));
  await piaoquanHere([...args, '--format', 'xlsx'], env, { out });
  expect(zipped(Buffer.concat(chunks), 'xl/sharedStrings.xml')).toContain(codes.at(-1));
});

test('a file goes on with nothing but its own export, and no other file is overwritten', async () => {
  const refusal = async (args: string[], why: RegExp): Promise<void> => {
    const { code, stderr } = await piaoquanHere(args, env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^piaoquan: [^\n]+\n$/);
    expect(stderr).toMatch(why);
  };
  expect((await piaoquanHere(exporting('ALL', 'own.csv'), env)).code).toBe(0);
  await refusal(exporting('CONSUME', 'own.csv'), /an export with another type \(ALL\)/);
  await refusal([...exporting('ALL', 'own.csv'), '--format', 'jsonl'], /another format/);
  writeFileSync(`${folder}/mine.csv`, 'mine');
  await refusal(exporting('ALL', 'mine.csv'), /is there already/);
  expect(readFileSync(`${folder}/mine.csv`, 'utf8')).toBe('mine');
  await refusal(exporting('ALL', 'no/such/folder.csv'), /no such file or folder/);
  truncateSync(`${folder}/own.csv`, 10);
  await refusal(exporting('ALL', 'own.csv'), /shorter than its cursor says/);
  writeFileSync(`${folder}/own.csv.cursor`, '{');
  await refusal(exporting('ALL', 'own.csv'), /cannot be read/);
  expect((await piaoquanHere([...exporting('CONSUME', 'own.csv'), '--restart'], env)).code).toBe(0);
  expect(csvCodes('own.csv').slice(0, redeemed.length)).toEqual(redeemed);
});

test('the ending of a file says its format; another ending is wrong usage before anything is written', async () => {
  for (const file of ['codes.txt', 'codes', 'codes.csv.gz', 'codescsv']) {
    const { code, stdout, stderr } = await piaoquanHere([...exporting('ALL', file), '--json'], env);
    expect([code, stdout]).toEqual([64, '']);
    expect(JSON.parse(stderr).message).toBe(
      `--output ${folder}/${file} must end with .csv, .jsonl or .xlsx, or --format must say which it is`,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith(file))).toEqual([]);
  }
  expect((await piaoquanHere([...exporting('ALL', 'codes.txt'), '--format', 'jsonl'], env)).code).toBe(0);
  expect(jsonCodes(readFileSync(`${folder}/codes.txt`, 'utf8'))).toEqual(codes);
  expect((await piaoquanHere(exporting('ALL', 'CAPITALS.CSV'), env)).code).toBe(0);
  expect(csvCodes('CAPITALS.CSV')).toEqual(codes);
});

test('what the platform refuses ends with 2, says what to do, and leaves no file in the way of the right batch', async () => {
  const args = ['export', 'codes', 'none', '--partner', 'p', '--output', `${folder}/none.csv`];
  const { code, stderr } = await piaoquanHere(args, env);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^piaoquan: .*200404.*\n$/)]);
  const json = await piaoquanHere([...args, '--json'], { ...env, PIAOQUAN_SESSION: '' });
  expect([json.code, JSON.parse(json.stderr)]).toMatchObject([2, { exit_code: 2, error: { code: 26 } }]);
  expect(JSON.parse(json.stderr).message).toMatch(
    /26 Missing session .*\(request_id \w+\) .*--session or PIAOQUAN_SESSION/,
  );
  expect((await piaoquanHere(exporting('ALL', 'none.csv'), env)).code).toBe(0);
});

test('whoever reads no further than the first lines is no error', async () => {
  const line = 'set -o pipefail; "$0" src/cli.ts export codes many --partner p | head -2';
  const options = { env: { PATH: process.env.PATH, HOME: folder, ...env } };
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line, process.execPath], options);
  expect([stdout.split('\n')[1]?.split(',')[0], stderr]).toEqual([codes[0], '']);
});

const importing = (file: string, batch: string, ...more: string[]): string[] => [
  'import',
  'codes',
  `${folder}/${file}`,
  '--batch',
  batch,
  ...more,
];

test('an import brings a file in through parts, and the same again brings in nothing more', async () => {
  await vouchers.saveBatch('own');
  const names = Array.from({ length: 20_500 }, (_, n) => `OWN-${String(n).padStart(8, '0')}`);
  const lines = names.map((name) => `${name},来自旧系统的券码\r\n`);
  writeFileSync(`${folder}/own-codes.csv`, `\ufeffcode,remark\r\n${lines.join('')}`);
  const done = await piaoquanHere(importing('own-codes.csv', 'own'), env);
  expect([done.code, done.stdout]).toEqual([0, '20501 lines, 0 bad: 20500 codes imported\n']);
  const again = await piaoquanHere(importing('own-codes.csv', 'own', '--json'), env);
  expect(JSON.parse(again.stdout)).toMatchObject({ state: 'done', imported_count: 20_500, lines: [] });
  const { parts, imported } = await imports('own');
  expect(parts).toBeGreaterThan(1);
  expect(imported).toBe(20_500);
  expect((await vouchers.page('own', 'ALL', 20_490)).coupon_list.map(({ code }) => code)).toEqual(names.slice(-10));
});

/** Parts of a batch's one import, and codes in the batch. */
async function imports(mix_id: string): Promise<{ parts: number; imported: number }> {
  const [found] = await server.database.sql<{ parts: number; imported: number }[]>`
    select i.parts, b.total_count as imported from voucher_import i join voucher_batch b using (mix_id)
    where mix_id = ${mix_id}`;
  return found ?? { parts: 0, imported: 0 };
}
