import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(`${tmpdir()}/piaoquan-not-run-`);
beforeAll(() => {
  symlinkSync(join(ROOT, 'node_modules'), `${folder}/node_modules`);
  writeFileSync(
    `${folder}/vitest.config.ts`,
    `import notRunReporter from '${ROOT}/test/harness/not-run-reporter.ts';
export default { test: { include: ['*.test.ts'], reporters: ['default', notRunReporter()] } };`,
  );
  writeFileSync(
    `${folder}/parts.test.ts`,
    `import { test } from 'vitest';
import { tellNotRun, testWhere } from '${ROOT}/test/harness/not-run.ts';
testWhere('flying', 'no wings on this machine')('flies', () => {});
testWhere('walking', undefined)('walks', () => {});
tellNotRun('swimming', 'no fins');`,
  );
  writeFileSync(
    `${folder}/silent.test.ts`,
    `import { test } from 'vitest';
test.skip('forgotten', () => {});
test('noted', (context) => context.skip(true, 'no curl here'));
test('runs', () => {});`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the little suite as `npm test` runs ours and gives the table at its end. */
async function tableOf(...args: string[]): Promise<string> {
  const env = { ...process.env, PIAOQUAN_NOT_RUN: `${folder}/told-${args.length}`, NO_COLOR: '1' };
  const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, env });
  return stdout.slice(stdout.indexOf('Not run on this machine'));
}

test('what was not run is told in one table at the end, with how many tests and why, also what gives no reason', async () => {
  const table = await tableOf();
  expect(table).toMatch(/parts\.test\.ts +1 +flying: no wings on this machine/);
  expect(table).toMatch(/parts\.test\.ts +swimming: no fins/);
  expect(table).toMatch(/silent\.test\.ts +1 +forgotten: it says not why/);
  expect(table).toMatch(/silent\.test\.ts +1 +noted: no curl here/);
  expect(table).not.toMatch(/walk|runs/);
});

test('a part of the suite that is asked for by name lists no other tests', async () => {
  const table = await tableOf('-t', 'walks');
  expect(table).toContain('flying: no wings');
  expect(table).not.toMatch(/forgotten|runs/);
});
