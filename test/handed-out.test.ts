import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import { testWhere } from './harness/not-run.ts';
import { documentedMethods, refusalsIn } from './harness/ready.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const ROOT = join(import.meta.dirname, '..');

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(join(tmpdir(), 'piaoquan-handed-out-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

type Ended = { readonly code: number; readonly output: string };

/** Runs a program to its end; none of them may tell anybody of it. */
const run = (program: string, args: readonly string[], input = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' };
    const options = { cwd: folder, env, maxBuffer: 50_000_000 };
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
    child.stdin?.end(input);
  });
const node = (file: string, ...args: string[]): Promise<Ended> => run(process.execPath, [join(ROOT, file), ...args]);

/** Saves what the server hands out at a path. */
async function save(path: string): Promise<string> {
  const file = join(folder, path.replace(/\W+/g, '-').slice(1).replace(/-json/, '.json'));
  writeFileSync(file, await (await fetch(server.url + path)).text());
  return file;
}

type Execution = { item: { name: string }; response?: { code: number; stream: { data: number[] } } };
type Run = { run: { executions: Execution[]; failures: { error: { message: string }; source: { name: string } }[] } };

test("Postman's own runner signs every request of the collection, and every documented one succeeds", async () => {
  const collection = await save('/postman.json');
  const report = join(folder, 'newman.json');
  const reporter = ['--reporters', 'json', '--reporter-json-export', report];
  const ended = await node('node_modules/newman/bin/newman.js', 'run', collection, ...reporter);
  expect(ended).toMatchObject({ code: 0 });
  const { executions, failures } = (JSON.parse(readFileSync(report, 'utf8')) as Run).run;
  expect(failures.map(({ error, source }) => `${source.name}: ${error.message}`)).toEqual([]);
  const answers = new Map(
    executions.map(({ item, response }) => {
      const text = Buffer.from(response?.stream.data ?? []).toString();
      return [item.name.split(' ').at(-1), JSON.parse(text) as { error_response?: { code: number } }];
    }),
  );
  expect([...answers.keys()].sort()).toEqual(catalogue.map(({ name }) => name).sort());
  for (const [name, answer] of answers) expect([name, answer.error_response?.code]).not.toEqual([name, 25]);
  for (const { name } of documentedMethods) expect([name, refusalsIn(answers.get(name))]).toEqual([name, []]);
});

test('openapi.json passes the linters of Redocly and Spectral without a warning', async () => {
  const file = await save('/openapi.json');
  const redocly = ['lint', file, '--config', join(ROOT, 'test/harness/redocly.yaml'), '--format', 'json'];
  const spectral = ['lint', file, '--ruleset', join(ROOT, 'test/harness/spectral.yaml'), '--fail-severity', 'hint'];
  const [one, other] = await Promise.all([
    node('node_modules/@redocly/cli/bin/cli.js', ...redocly),
    node('node_modules/@stoplight/spectral-cli/dist/index.js', ...spectral),
  ]);
  expect(one).toMatchObject({ code: 0, output: expect.stringContaining('"errors": 0,\n    "warnings": 0') });
  expect(other).toMatchObject({ code: 0, output: expect.stringContaining('No results') });
});

const USE = `import type { paths } from './openapi';
type Answer<P extends keyof paths> = paths[P]['post']['responses'][200]['content']['application/json'];
declare const detail: Answer<'/router/rest/taobao.time.get'>;
if ('time_get_response' in detail) detail.time_get_response.time satisfies string;
type Form = paths['/router/rest/taobao.film.lottery.performance']['post']['requestBody']['content'];
declare const form: Form['application/x-www-form-urlencoded'];
form.lottery_performance_top_param.platform satisfies number;
// @ts-expect-error: no such member
form.lottery_performance_top_param.no_such_member;
`;

test('openapi.json gives types that a strict compiler takes and that know every field', async () => {
  const file = await save('/openapi.json');
  const cli = 'tools/openapi-types/node_modules/openapi-typescript/bin/cli.js';
  expect(await node(cli, file, '--output', join(folder, 'openapi.d.ts'))).toMatchObject({ code: 0 });
  writeFileSync(join(folder, 'use.ts'), USE);
  const strict = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', 'false', '--types', ''];
  expect(await node('node_modules/typescript/bin/tsc', ...strict, join(folder, 'use.ts'))).toMatchObject({ code: 0 });
});

// Prometheus' tool comes with Prometheus alone.
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

testWhere("/metrics by Prometheus' own check", hasPromtool ? undefined : 'no promtool on PATH')(
  "/metrics passes Prometheus' own check",
  async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(await run('promtool', ['check', 'metrics'], text)).toEqual({ code: 0, output: '' });
  },
);
