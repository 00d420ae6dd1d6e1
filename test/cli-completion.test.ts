import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, expect } from 'vitest';
import { testWhere } from './harness/not-run.ts';
import { piaoquanHere } from './harness/run.ts';

const folder = mkdtempSync(`${tmpdir()}/piaoquan-completion-`);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs where the shell is on the machine; `npm test` needs neither. */
const testIn = (shell: string) =>
  testWhere(
    `completion in ${shell}`,
    spawnSync(shell, ['--version']).status === 0 ? undefined : `no ${shell} on this machine`,
  );

const run = (shell: string, ...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', timeout: 20_000 });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
};

testIn('fish')('fish completes commands, values of options and methods', async () => {
  writeFileSync(`${folder}/completion.fish`, (await piaoquanHere(['completion', 'fish'])).stdout);
  const offers = (line: string): string[] =>
    run('fish', '--no-config', '-c', `source ${folder}/completion.fish; complete -C'${line}'`)
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => each.split('\t')[0] as string);
  expect(offers('piaoquan exp')).toEqual(['export']);
  expect(offers('piaoquan export codes b --fo')).toEqual(['--format']);
  expect(offers('piaoquan export codes b --format ')).toEqual(['csv', 'jsonl', 'xlsx']);
  expect(offers('piaoquan call taobao.time')).toEqual(['taobao.time.get']);
});

/** Types a word and Tab into a zsh on a terminal of its own, prints the line that stands there, and leaves. */
const TYPED = `zmodload zsh/zpty
until_sees() { local part; seen=''; repeat 100; do while zpty -r -t shell part; do seen+=$part; done
  [[ $seen == *$1* ]] && return 0; sleep 0.05; done; return 1 }
zpty shell 'zsh -f -i'
zpty -w shell "$1; print READ''Y"
until_sees READY || exit 1
zpty -n -w shell "$2"$'\\t'
until_sees "$3" || print -r -- "$seen"
zpty -d shell`;

testIn('zsh')('zsh completes from the first Tab on, sourced or as a file of fpath', async () => {
  writeFileSync(`${folder}/_piaoquan`, (await piaoquanHere(['completion', 'zsh'])).stdout);
  const sourced = `source ${folder}/_piaoquan`;
  const onPath = `fpath=(${folder} $fpath); autoload -Uz compinit; compinit -u -d ${folder}/dump`;
  for (const begin of [sourced, onPath]) {
    expect(run('zsh', '-f', '-c', TYPED, 'typed', begin, 'piaoquan exp', 'export')).toBe('');
    expect(run('zsh', '-f', '-c', TYPED, 'typed', begin, 'piaoquan call taobao.time', 'taobao.time.get')).toBe('');
  }
});
