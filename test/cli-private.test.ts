import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const folder = mkdtempSync(`${tmpdir()}/piaoquan-private-`);
const umask = process.umask();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  process.umask(0);
});
afterAll(async () => {
  process.umask(umask);
  await server?.close();
  rmSync(folder, { recursive: true });
});

test.each([
  ['csv', ['codes.csv', 'codes.csv.cursor']],
  ['jsonl', ['codes.jsonl', 'codes.jsonl.cursor']],
  ['xlsx', ['codes.xlsx']],
])(
  'an export as %s is for its owner alone, whatever the umask and whatever a killed run left',
  async (ending, made) => {
    const file = `${folder}/codes.${ending}`;
    for (const draft of [`${file}.draft`, `${file}.cursor.draft`]) writeFileSync(draft, 'of a run that was killed');
    const env = { PIAOQUAN_URL: `${server.url}/router/rest`, PIAOQUAN_SESSION: '6100000demo' };
    const args = ['export', 'codes', 'code_open', '--partner', 'xuexiqiangguo', '--output', file];
    expect((await piaoquanHere(args, env)).code).toBe(0);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(made));
    for (const name of made) expect([name, statSync(`${folder}/${name}`).mode & 0o777]).toEqual([name, 0o600]);
  },
);

test('an export that goes on takes from others what an earlier run left open to them', async () => {
  const file = `${folder}/open.csv`;
  const env = { PIAOQUAN_URL: `${server.url}/router/rest`, PIAOQUAN_SESSION: '6100000demo' };
  const args = ['export', 'codes', 'code_open', '--partner', 'xuexiqiangguo', '--output', file];
  expect((await piaoquanHere(args, env)).code).toBe(0);
  for (const name of [file, `${file}.cursor`]) chmodSync(name, 0o644);
  expect((await piaoquanHere(args, env)).code).toBe(0);
  for (const name of [file, `${file}.cursor`]) expect(statSync(name).mode & 0o777).toBe(0o600);
});
