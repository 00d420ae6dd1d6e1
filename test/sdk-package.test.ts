import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSdk } from '../src/sdk/build.ts';
import { findEngines } from './harness/engines.ts';
import { type FaultyWay, openFaultyWay } from './harness/faulty.ts';
import { tellNotRun } from './harness/not-run.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'piaoquan-sdk-'));
const built = join(place, 'sdk');
const project = join(place, 'project');

const { engines, missing } = findEngines();
for (const engine of missing) tellNotRun(`the SDK in ${engine}`, 'it is not on this machine');

let server: TestServer;
let way: FaultyWay;
beforeAll(async () => {
  [server] = await Promise.all([startTestServer(), buildSdk(built)]);
  way = await openFaultyWay(server.url);
});
afterAll(async () => {
  await way?.close();
  await server?.close();
  rmSync(place, { recursive: true });
});

/** Type-checks a folder as its tsconfig.json says; gives what the compiler prints. */
const check = (folder: string): Promise<string> =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );

const put = (folder: string, files: Record<string, string | object>): void => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

const PROGRAM = `
import { type Client, type ClientOptions, createClient, TopError, TopNetworkError } from 'piaoquan/sdk';

declare const GIVEN: { options: ClientOptions; faulty: string; nobody: string };
const { options, faulty, nobody } = GIVEN;
const client: Client = createClient(options);

const signed: Record<string, number> = {};
for (const sign_method of ['md5', 'hmac', 'hmac-sha256'] as const) {
  const { time } = await createClient({ ...options, sign_method }).call('taobao.time.get');
  signed[sign_method] = time.getTime();
}

const failure = (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined, (error: unknown) => error);
const refused = await failure(client.call('piaoquan.voucher.batch.get', { mix_id: '没有' }));
if (!(refused instanceof TopError)) throw refused;
const { code, sub_code, retryable, request_id } = refused;

const common = { mix_id: 'code_8ebc4e741689bbc1', partner_code: 'xuexiqiangguo' };
const exported = client.export({ ...common, operate_type: 'ALL', page_size: 40 });
let codes = 0;
let changed: Date | undefined;
for await (const { code, gmt_modified } of exported) {
  codes += code.length > 0 ? 1 : 0;
  changed ??= gmt_modified;
}
const again = client.export({ ...common, operate_type: 'ALL', after: exported.cursor });
for await (const _ of again) codes++;
const batches: string[] = [];
for await (const { mix_id } of client.items('piaoquan.voucher.batch.list', { page_size: 1 })) batches.push(mix_id);

const [time, none, { length }] = await client.batch([
  { method: 'taobao.time.get' },
  { method: 'piaoquan.voucher.batch.get', request: { mix_id: 'none' } },
]).then(async (few) => [...few, await client.batch(Array(101).fill({ method: 'taobao.time.get' }))] as const);

const way = createClient({ ...options, url: faulty });
const faults: unknown[] = [];
const short = createClient({ ...options, url: faulty, timeout_ms: 400 });
for (const each of [short, way, createClient({ ...options, url: nobody })]) {
  const error = await failure(each.call('taobao.time.get', {}, { retries: 0 }));
  faults.push(error instanceof TopNetworkError ? error.fault : error);
}
// Its first exchange breaks off in the middle of the answer; the repeat gets through.
const repeated = await way.call('taobao.time.get');

export const report = {
  ...{ signed, refused: { code, sub_code, retryable, named: request_id !== undefined }, codes, changed, batches },
  batch: [time instanceof TopError, none instanceof TopError ? none.sub_code : none, length],
  ...{ repeated: repeated.time instanceof Date, faults },
};
`;

const MISTAKES = `
import { createClient } from 'piaoquan/sdk';
const client = createClient({ url: '', app_key: '', secret: '' });
// @ts-expect-error a mandatory member is missing
await client.call('taobao.film.fcode.export.query', { mix_id: 'a', partner_code: 'b' });
// @ts-expect-error a member that the method has not
await client.call('piaoquan.voucher.batch.get', { mix_id: 'a', mixid: 'b' });
// @ts-expect-error a request is needed
await client.call('piaoquan.voucher.batch.get');
// @ts-expect-error an answer is not any
const time: number = (await client.call('taobao.time.get')).time;
// @ts-expect-error the calls of a batch are checked too
await client.batch([{ method: 'taobao.time.get' }, { method: 'piaoquan.voucher.batch.get', request: {} }]);
export { time };
`;

/** The strictest surroundings: no types of Node or of a browser, and the package's own types are checked as well. */
const STRICT = {
  compilerOptions: {
    ...{ target: 'es2022', lib: ['es2022'], types: [], module: 'nodenext', moduleResolution: 'nodenext' },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
  },
  files: ['program.ts', 'mistakes.ts'],
};

test('the packed SDK installs without a registry and type-checks in an empty project', async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', place], {
    cwd: built,
  });
  const { filename } = Object.values(JSON.parse(stdout))[0] as { filename: string };
  put(project, {
    'package.json': { name: 'empty', private: true, type: 'module' },
    'tsconfig.json': STRICT,
    'program.ts': PROGRAM,
    'mistakes.ts': MISTAKES,
  });
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', join(place, filename), ...flags], { cwd: project });
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['piaoquan']);
  expect(await check(project)).toBe('');
});

/** What an engine gets that runs the program in the project; its zone is far from GMT+8, which must make no difference. */
async function printedBy([engine, ...args]: readonly [string, ...string[]]): Promise<unknown> {
  const given = { options: { url: server.url, ...demo }, faulty: way.url, nobody: 'http://127.0.0.1:1' };
  put(project, {
    'main.js': `globalThis.GIVEN = ${JSON.stringify(given)};
      const { report } = await import('./program.js');
      console.log(JSON.stringify(report));`,
  });
  way.faults = ['silent', 'page', 'cut'];
  const env = { ...process.env, TZ: 'America/New_York', DENO_DIR: join(place, 'deno'), DENO_NO_UPDATE_CHECK: '1' };
  const { stdout } = await run(engine, [...args, 'main.js'], { cwd: project, env, timeout: 50_000 });
  return JSON.parse(stdout);
}

test.for(engines)('the installed SDK calls, refuses, iterates, batches and repeats in $name', async ({ command }) => {
  const seconds = expect.closeTo(Date.now(), -6);
  expect(await printedBy(command)).toEqual({
    signed: { md5: seconds, hmac: seconds, 'hmac-sha256': seconds },
    refused: { code: 15, sub_code: 'isv.voucher-batch-not-exist', retryable: false, named: true },
    ...{ codes: 100, changed: '2019-12-02T15:59:59.000Z', batches: expect.arrayContaining(['code_open']) },
    batch: [false, 'isv.voucher-batch-not-exist', 101],
    ...{ repeated: true, faults: ['timeout', 'answer', 'connection'] },
  });
});

test('the package needs nothing but Node’s hashes, and no word of contracts or schemas is left in it', () => {
  const { name, dependencies, exports } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  expect([name, dependencies, Object.keys(exports)]).toEqual(['piaoquan', undefined, ['./sdk']]);
  const texts = readdirSync(built).map((file) => [file, readFileSync(join(built, file), 'utf8')] as const);
  const imports = texts.flatMap(([file, text]) =>
    /\.(js|d\.ts)$/.test(file)
      ? [...text.matchAll(/^(?:import|export)\b[^;]*?from ["']([^."'][^"']*)["']/gm)].map(([, from]) => from)
      : [],
  );
  expect(imports).toEqual(['node:crypto']);
  expect(texts.filter(([, text]) => /typebox|TSchema/i.test(text)).map(([file]) => file)).toEqual([]);
  const program = texts.find(([file]) => file === 'index.js')?.[1] ?? '';
  // Those came with later releases than the oldest that is promised.
  expect(program).toContain('import { createHash, createHmac } from "node:crypto"');
  expect(program.length).toBeLessThan(60_000);
});

test('the types written out for the package are those inferred from the contracts, for every method', async () => {
  const folder = join(place, 'same');
  put(folder, {
    'package.json': { type: 'module' },
    'same.ts': `
      import type { Methods as Written } from '../sdk/methods.d.ts';
      import type { Methods as Inferred } from '${root}/src/sdk/methods.ts';
      type Whole<T> = T extends Date | string | number | boolean ? T : T extends (infer I)[] ? Whole<I>[]
        : T extends object ? { [N in keyof T]-?: Whole<NonNullable<T[N]>> } : T;
      type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
      type Differ = { [N in keyof Inferred | keyof Written]: N extends keyof Inferred & keyof Written
        ? [Same<Inferred[N], Written[N]>, Same<Whole<Inferred[N]>, Whole<Written[N]>>] extends [true, true] ? never : N
        : N }[keyof Inferred | keyof Written];
      export const none: [Differ] extends [never] ? true : Differ = true;`,
    'tsconfig.json': {
      extends: join(root, 'tsconfig.json'),
      include: [],
      files: ['same.ts'],
      compilerOptions: { types: [], rewriteRelativeImportExtensions: false },
    },
  });
  expect(await check(folder)).toBe('');
});
