import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { commandLine } from '../src/cli/commands.ts';
import type { Io } from '../src/cli/io.ts';
import { readClientConfig, readConfig, readMasterKeys } from '../src/config.ts';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesBelow = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));

/** The rows of the first table below a heading, cell by cell, without its head. */
function tableBelow(page: string, heading: string): string[][] {
  const below = page.slice(page.indexOf(`\n${heading}\n`) + heading.length);
  const table = /(?:^\|.*\n)+/m.exec(below)?.[0] ?? '';
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}
const codesIn = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

const contracts: readonly Contract[] = catalogue;
const documented = contracts.filter(({ category }) => category !== 'admin').map(({ name }) => name);
const readme = read('README.md');
const architecture = read('ARCHITECTURE.md');

/** Which file of src/contract writes a method down. */
const contractFiles = new Map(
  filesBelow('src/contract', /\.ts$/).flatMap((file) =>
    [...read(file).matchAll(/^ {2}name: '((?:taobao|alibaba|piaoquan)\.[\w.]+)'/gm)].map(([, name]) => [
      name as string,
      file,
    ]),
  ),
);

test('every method that a contract is written for stands in the catalogue', () => {
  expect([...contractFiles.keys()].sort()).toEqual(contracts.map(({ name }) => name).sort());
});

test('every method is named by a test of its own, beside those that all methods pass', () => {
  const tests = ['src', 'test', 'web'].flatMap((folder) => filesBelow(folder, /\.test\.ts$/));
  const told = new Set(
    tests
      .map(read)
      .join('\n')
      .match(/\b[a-z]+(?:\.[a-z]+)+/g),
  );
  const inTests = (name: string): boolean => {
    const words = name.split('.');
    // A test that calls many methods of a group may leave the front of the name to a helper.
    const ends = [0, 1, 2].map((cut) => words.slice(cut)).filter((rest) => rest.length > 1);
    return ends.some((rest) => told.has(rest.join('.')));
  };
  expect(contracts.map(({ name }) => name).filter((name) => !inTests(name))).toEqual([]);
});

/** The whole name of one that a table shortens to `.last.words`: it goes on from a front part of the name before it. */
function wholeName(shown: string, before: string, known: readonly string[]): string {
  if (!shown.startsWith('.')) return shown;
  const words = before.split('.');
  const fronts = words.map((_, cut) => words.slice(0, words.length - cut - 1).join('.'));
  return fronts.map((front) => front + shown).find((name) => known.includes(name)) ?? shown;
}

test("README's table of methods names every documented method and no other, and the administration by its family", () => {
  const named = tableBelow(readme, '## What it offers now').flatMap(([cell]) => {
    let before = '';
    return codesIn(cell).map((shown) => (before = wholeName(shown, before, documented)));
  });
  expect(named.sort()).toEqual([...documented, 'piaoquan.*'].sort());
});

/** An environment that notes what is asked of it. */
function noting(): { env: NodeJS.ProcessEnv; asked: Set<string> } {
  const values: Record<string, string> = {};
  const asked = new Set<string>();
  const get = (all: typeof values, name: string) => asked.add(name) && all[name];
  const env = new Proxy(values, { get });
  return { env, asked };
}

test("README's table of settings names every setting of a server, with its default", () => {
  const { env, asked } = noting();
  readConfig(true, env);
  expect(() => readMasterKeys({ sandbox: false, home: '/nowhere' }, env)).toThrow('PIAOQUAN_MASTER_KEY');
  const rows = tableBelow(readme, '## Settings').map(([name, value]) => [codesIn(name)[0] as string, value] as const);
  expect(rows.map(([name]) => name).sort()).toEqual([...asked].sort());
  for (const [name, shown] of rows.filter(([, value]) => value !== '' && !value?.includes(':'))) {
    const [value, inProduction = value] = codesIn(shown);
    for (const [sandbox, given] of [
      [true, value],
      [false, inProduction],
    ] as const)
      expect(readConfig(sandbox, { [name]: given as string }), name).toEqual(readConfig(sandbox, {}));
  }
});

test('README names every setting of the command line as a client', () => {
  const { env, asked } = noting();
  readClientConfig(env);
  const own = [...asked].filter((name) => name.startsWith('PIAOQUAN_'));
  expect(own.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

const leaves = (command: Command, words: readonly string[] = []): string[] =>
  command.commands.length === 0
    ? [words.join(' ')]
    : command.commands.flatMap((below) => leaves(below, [...words, below.name()]));

test("README's table of commands names every command and no other", () => {
  const known = leaves(commandLine({} as Io));
  const named = tableBelow(readme, '### Command line').flatMap(([cell]) => {
    let group = '';
    return codesIn(cell).map((shown) => {
      const words = shown.replace(/ [A-Z]+$/, '');
      if (known.includes(words)) group = words.split(' ').slice(0, -1).join(' ');
      return known.includes(words) ? words : `${group} ${words}`;
    });
  });
  // These two stand in the lines above the table.
  expect([...named, 'help', 'completion'].sort()).toEqual(known.sort());
  for (const each of ['help', 'completion']) expect(readme).toContain(`piaoquan -- ${each}`);
});

/** The paths of ARCHITECTURE's tree, from the root: what is indented lies in the folder above it. */
function pathsOfTree(): string[] {
  const [, tree = ''] = /## The tree\n\n```\n([\s\S]*?)```/.exec(architecture) ?? [];
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', name] = /^( *)(\S+)/.exec(line) ?? [];
    if (name === undefined || indent.length > 4) return [];
    above.splice(indent.length / 2, above.length, name);
    return [above.join('')];
  });
}

const foldersIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|dist)/.test(entry.name))
    .map(({ name }) => `${folder === '.' ? '' : `${folder}/`}${name}/`);

test("ARCHITECTURE's tree names the folders that there are, and nothing that there is not", () => {
  const named = pathsOfTree();
  expect(named.filter((path) => !path.includes('<') && !existsSync(join(root, path)))).toEqual([]);
  expect(['.', 'src', 'web'].flatMap(foldersIn).filter((path) => !named.includes(path))).toEqual([]);
});

/** ARCHITECTURE's table of families: names of methods, contract folder, domain folder, beginnings of tables. */
const families = tableBelow(architecture, '## From a method to its tables').map((cells) => {
  const [names, [contract], [domain], tables] = cells.map(codesIn) as [string[], string[], string[], string[]];
  return { names, contract: `src/${contract}`, domain: `src/${domain}`, tables };
});
const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** The family of a method: that of the longest name that fits. */
function familyOf(method: string) {
  const fitting = families.flatMap((family) =>
    family.names.filter((name) => fits(name, method)).map((name) => ({ ...family, length: name.length })),
  );
  return fitting.sort((one, other) => other.length - one.length)[0];
}

test("ARCHITECTURE's table of families leads from every method to its contract, its handler and its tables", () => {
  const handlers = new Map<string, string>(
    filesBelow('src/domains', /(?<!\.test)\.ts$/).flatMap((file) =>
      [...read(file).matchAll(/^ +'((?:taobao|alibaba|piaoquan)\.[\w.]+)':/gm)].map(
        ([, name]) => [name as string, file] as const,
      ),
    ),
  );
  for (const { name } of contracts) {
    const family = familyOf(name);
    expect(contractFiles.get(name)?.startsWith(family?.contract ?? '-'), `contract of ${name}`).toBe(true);
    expect(handlers.get(name)?.startsWith(family?.domain ?? '-'), `handler of ${name}`).toBe(true);
  }
  const prefixes = [...families.flatMap(({ tables }) => tables ?? []), 'schema_', 'counter_skip'];
  const tables = filesBelow('migrations', /\.sql$/).flatMap((file) =>
    [...read(file).matchAll(/^create table (\w+)/gm)].map(([, name]) => name as string),
  );
  expect(tables.length).toBeGreaterThan(50);
  expect(tables.filter((table) => !prefixes.some((prefix) => table.startsWith(prefix)))).toEqual([]);
  expect(
    prefixes.filter((prefix) => prefix !== 'schema_' && !tables.some((table) => table.startsWith(prefix))),
  ).toEqual([]);
  for (const { domain, tables: own = [] } of families) {
    const functions = existsSync(join(root, domain, 'sql')) ? readdirSync(join(root, domain, 'sql')) : [];
    expect(functions.filter((name) => !own.some((prefix) => name.startsWith(prefix)))).toEqual([]);
  }
});

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'bench/RESULTS.md', ...filesBelow('docs', /\.md$/)];

test('links between pages lead to what is there, and every page is linked', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(https?:|#)/.test(target))
      .map((target) => ({ page, target, path: join(dirname(page), target.split('#')[0] as string) })),
  );
  expect(links.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  const linked = new Set(links.map(({ path }) => path));
  expect(pages.filter((page) => page !== 'README.md' && !linked.has(page))).toEqual([]);
});

test('files, folders, functions and columns that pages name are there', () => {
  const sources = ['src', 'web', 'test', 'bench', 'migrations'].flatMap((folder) =>
    filesBelow(folder, /\.(tsx?|sql)$/),
  );
  const text = sources.map(read).join('\n');
  const isGone = (code: string): boolean => {
    if (/^\w[\w.-]*\/$|^[\w.-]+\/[\w./-]+\.(tsx?|sql|md|json|tsv)$|^\w[\w./-]+\/$/.test(code))
      return !['', 'src'].some((folder) => existsSync(join(root, folder, code))) && code !== 'sql/';
    return /^[A-Za-z]+(_[a-z]+|[A-Z][a-z]+)+$/.test(code) && !text.includes(code);
  };
  const held = pages.filter((page) => page !== 'bench/RESULTS.md');
  const missing = held.flatMap((page) =>
    codesIn(read(page).replace(/```[\s\S]*?```/g, ''))
      .filter(isGone)
      .map((code) => `${page}: ${code}`),
  );
  expect(missing).toEqual([]);
});

test('a page has at most 300 lines, and ARCHITECTURE.md two pages of 60', () => {
  const lines = (page: string): number => read(page).trimEnd().split('\n').length;
  expect(pages.filter((page) => page !== 'bench/RESULTS.md' && lines(page) > 300)).toEqual([]);
  expect(lines('ARCHITECTURE.md')).toBeLessThanOrEqual(120);
});
