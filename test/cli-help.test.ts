import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { commandLine } from '../src/cli/commands.ts';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { testWhere } from './harness/not-run.ts';
import { placesOf } from './harness/requests.ts';
import { piaoquanHere } from './harness/run.ts';

const folder = mkdtempSync(`${tmpdir()}/piaoquan-help-`);
afterAll(() => rmSync(folder, { recursive: true }));

const contracts: readonly Contract[] = catalogue;

test('help names every command, the exit codes, and where defaults come from', async () => {
  const { code, stdout } = await piaoquanHere(['--help']);
  expect(code).toBe(0);
  const commands =
    'sandbox serve migrate audit app session call sign apps export import seed reset logs doctor completion';
  for (const command of commands.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).toContain('64  wrong usage');
  expect((await piaoquanHere(['help'])).stdout).toBe(stdout);
  const call = await piaoquanHere(['call', '--help']);
  for (const text of ['PIAOQUAN_URL', 'PIAOQUAN_APP_SECRET', '--show-request', ...contracts.map(({ name }) => name)])
    expect(call.stdout).toContain(text);
  expect((await piaoquanHere(['help', 'export', 'codes'])).stdout).toContain('--partner <code>');
});

test('help never shows a secret of the environment', async () => {
  for (const args of [
    ['call', '--help'],
    ['sign', '--help'],
    ['help', 'logs'],
  ])
    expect((await piaoquanHere(args, { PIAOQUAN_APP_SECRET: 'very-secret' })).stdout).not.toContain('very-secret');
});

test.each(contracts.map((contract) => [contract.name, contract] as const))(
  'help of %s has its title, every field and every error in both languages',
  async (name, contract) => {
    for (const lang of ['zh', 'en'] as const) {
      const { code, stdout } = await piaoquanHere(['help', name, '--lang', lang]);
      expect(code).toBe(0);
      expect(stdout).toContain(`${name}  ${contract.title[lang]}\n`);
      for (const { path, schema } of placesOf(contract)) {
        const { top } = schema as unknown as { top: { meaning: Record<string, string> } };
        expect(stdout, path).toContain(`${path.split('.').at(-1)}  `);
        expect(stdout, path).toContain(top.meaning[lang]);
      }
      for (const [sub_code, { cause }] of Object.entries(contract.errors))
        expect(stdout).toContain(`  ${sub_code}\n      ${cause[lang]}\n`);
    }
  },
);

test('help says what a field needs: type, limits, example, values; call --help is the same; LANG chooses', async () => {
  const { stdout } = await piaoquanHere(['help', 'taobao.film.fcode.export.query'], { LANG: 'en_GB.UTF-8' });
  expect(stdout).toContain(
    '  mix_id  String, required, up to 128 characters, e.g. code_8ebc4e741689bbc1\n      Id of the batch\n',
  );
  expect(stdout).toContain('        CONSUME  redemptions that stand\n');
  expect(stdout).toContain('Session  required (--session)\n');
  expect(stdout).toMatch(/Example\n {2}piaoquan call taobao\.film\.fcode\.export\.query '\{.*\}' --session \w+\n$/);
  expect((await piaoquanHere(['call', 'taobao.film.fcode.export.query', '--help'])).stdout).toBe(stdout);
  const chinese = await piaoquanHere(['help', 'taobao.film.fcode.export.query'], { LANG: 'zh_CN.UTF-8' });
  expect(chinese.stdout).toContain('  mix_id  String，必填，最多 128 个字符，例：code_8ebc4e741689bbc1\n');
  const json = await piaoquanHere(['help', 'taobao.time.get', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ name: 'taobao.time.get', response: { properties: {} } });
});

/** What bash offers after some words. */
function offers(...words: string[]): string[] {
  const script = `source ${folder}/completion.bash && COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length - 1}; _piaoquan; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
}

testWhere('completion in bash', spawnSync('bash', ['--version']).status === 0 ? undefined : 'no bash on this machine')(
  'bash completes commands, options, their values and methods',
  async () => {
    writeFileSync(`${folder}/completion.bash`, (await piaoquanHere(['completion', 'bash'])).stdout);
    expect(offers('piaoquan', 'ex')).toEqual(['export']);
    expect(offers('piaoquan', 'export', '')).toEqual(['codes']);
    expect(offers('piaoquan', 'export', 'codes', 'b', '--fo')).toEqual(['--format']);
    expect(offers('piaoquan', 'export', 'codes', 'b', '--format', '')).toEqual(['csv', 'jsonl', 'xlsx']);
    expect(offers('piaoquan', 'call', '--lang', 'z')).toEqual(['zh']);
    expect(offers('piaoquan', 'call', 'taobao.time')).toEqual(['taobao.time.get']);
    expect(offers('piaoquan', 'help', '')).toEqual(expect.arrayContaining(['audit', 'taobao.time.get']));
    // Nothing of ours stands there: bash goes on with files.
    expect(offers('piaoquan', 'export', 'codes', 'b', '--output', '')).toEqual([]);
  },
);

test('every shell gets every command, option and method', async () => {
  const io = {
    env: {},
    out: () => {},
    err: () => {},
    input: async () => '',
    terminal: false,
    shown: false,
    exitCode: 0,
  };
  const program = commandLine({ ...io, signal: new AbortController().signal });
  const all = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await piaoquanHere(['completion', shell]);
    for (const { name } of contracts) expect(stdout).toContain(name);
    for (const command of all) {
      expect(stdout).toContain(command.name());
      const dashes = shell === 'fish' ? '-l ' : '--';
      for (const { long = '' } of command.options) expect(stdout).toContain(`${dashes}${long?.slice(2)}`);
    }
  }
});
