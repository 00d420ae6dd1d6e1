import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSdk } from '../src/sdk/build.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'piaoquan-sdk-'));
const built = join(place, 'sdk');
const project = join(place, 'project');

let server: TestServer;
beforeAll(async () => {
  [server] = await Promise.all([startTestServer(), buildSdk(built)]);
});
afterAll(async () => {
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

/** Programs of a name that the machine has, beside the one that runs the tests. */
const installed = (name: string): string[] =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, name))
    .filter((program) => {
      try {
        accessSync(program, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

const PROGRAM = `
import { createClient, TopError } from 'piaoquan/sdk';

declare const CREDENTIALS: [url: string, app_key: string, secret: string, session: string];
const [url, app_key, secret, session] = CREDENTIALS;
const client = createClient({ url, app_key, secret, session });
const { time } = await client.call('taobao.time.get');
const seconds: number = time.getTime();
const common = { mix_id: 'code_8ebc4e741689bbc1', partner_code: 'xuexiqiangguo' };
let codes = 0;
let changed: Date | undefined;
for await (const { code, gmt_modified } of client.export({ ...common, operate_type: 'ALL' })) {
  codes += code.length > 0 ? 1 : 0;
  changed ??= gmt_modified;
}
const [value, refusal] = await client.batch([
  { method: 'taobao.time.get' },
  { method: 'piaoquan.voucher.batch.get', request: { mix_id: 'none' } },
]);
const sub_code: string | undefined = refusal instanceof TopError ? refusal.sub_code : undefined;
const batches: string[] = [];
for await (const { mix_id } of client.items('piaoquan.voucher.batch.list', { page_size: 1 })) batches.push(mix_id);
export const report = { seconds, codes, changed, sub_code, batches, value: value instanceof TopError };
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

test('the packed SDK installs without a registry, type-checks in an empty project, and runs against a server', async () => {
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

  const credentials = JSON.stringify([server.url, demo.app_key, demo.secret, demo.session]);
  put(project, {
    'main.js': `globalThis.CREDENTIALS = ${credentials};
      const { report } = await import('./program.js');
      console.log(JSON.stringify(report));`,
  });
  const engines: [string, ...string[]][] = [[process.execPath]];
  for (const node of installed('node')) engines.push([node]);
  for (const deno of installed('deno')) engines.push([deno, 'run', '--allow-net']);
  for (const bun of installed('bun')) engines.push([bun]);
  for (const [engine, ...args] of engines) {
    const { stdout: printed } = await run(engine, [...args, 'main.js'], { cwd: project });
    expect(JSON.parse(printed), engine).toEqual({
      ...{ seconds: expect.any(Number), codes: 100, changed: '2019-12-02T15:59:59.000Z', value: false },
      ...{ sub_code: 'isv.voucher-batch-not-exist', batches: expect.arrayContaining(['code_open']) },
    });
  }
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
      type Whole<T> = T extends Date ? T : T extends (infer I)[] ? Whole<I>[]
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
