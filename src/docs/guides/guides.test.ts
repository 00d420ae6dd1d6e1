import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../cli/commands.ts';
import type { Io } from '../../cli/io.ts';
import { catalogue } from '../../contract/catalogue.ts';
import { platformErrors } from '../../contract/error-table.ts';
import type { Contract } from '../../contract/method.ts';
import { texts } from '../../sdk/request.ts';
import { baseText } from '../../wire/base-text.ts';
import { compileParser } from '../../wire/parse.ts';
import { sign } from '../../wire/sign.ts';
import { guides } from './index.ts';

const contracts = new Map<string, Contract>(catalogue.map((contract) => [contract.name, contract]));
const read = (language: string, slug: string): string =>
  readFileSync(join(import.meta.dirname, language, `${slug}.md`), 'utf8');
const each = guides.flatMap(({ slug }) => ['zh', 'en'].map((language) => [language, slug] as const));
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
/** The contents of the code blocks of a language. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code as string);

test('every guide is there in both languages, and no text is without a guide', () => {
  for (const language of ['zh', 'en'])
    expect(readdirSync(join(import.meta.dirname, language)).toSorted()).toEqual(
      guides.map(({ slug }) => `${slug}.md`).toSorted(),
    );
});

test.each(guides.map(({ slug }) => slug))('%s says the same in both languages', (slug) => {
  const [zh, en] = [read('zh', slug), read('en', slug)];
  for (const part of [/^## /gm, /^### /gm, /^```/gm, /^\|/gm, /^- /gm, /^\d\. /gm, /^<div/gm])
    expect(count(en, part), String(part)).toBe(count(zh, part));
  expect(count(zh, /^## /gm)).toBeGreaterThan(3);
  const links = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to).toSorted();
  expect(links(en)).toEqual(links(zh));
  const commands = (text: string) =>
    blocks(text, 'sh')
      .join('')
      .match(/^npm run.*? -- \S+ (?:\S+\.\S+)?/gm);
  expect(commands(en)).toEqual(commands(zh));
  const { title } = guides.find((guide) => guide.slug === slug) as (typeof guides)[number];
  expect([zh.split('\n')[0], en.split('\n')[0]]).toEqual([`# ${title.zh}`, `# ${title.en}`]);
});

const errorCodes = Object.values(platformErrors).map(({ code }) => String(code));

/** Whether an address of the documentation, without its language, leads somewhere. */
function leadsSomewhere(to: string): boolean {
  const [path = '', anchor] = to.split('#');
  const [, kind, name = ''] = /^\/(api|guides|errors)(?:\/(.+))?$/.exec(path) ?? [];
  if (kind === 'api') return contracts.has(name) && (anchor === undefined || anchor === 'tool');
  if (kind === 'guides') return guides.some(({ slug }) => slug === name) && anchor === undefined;
  return kind === 'errors' && name === '' && (anchor === undefined || errorCodes.includes(anchor));
}

test.each(each)('every link and method name in %s/%s leads somewhere', (language, slug) => {
  const text = read(language, slug);
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to as string);
  expect(links.filter((to) => !leadsSomewhere(to))).toEqual([]);
  const names = text.match(/\b(?:taobao|alibaba|piaoquan)\.[a-z][a-z0-9.]+[a-z0-9]/g) ?? [];
  const known = (name: string): boolean => contracts.has(name) || name === 'piaoquan.admin' || name === 'piaoquan.gate';
  expect(names.filter((name) => !known(name) && name !== 'piaoquan.dump')).toEqual([]);
});

test.each(each)('every sub_code and setting in %s/%s exists', (language, slug) => {
  const text = read(language, slug);
  const known = new Set<string>(
    [...Object.values(platformErrors).flatMap((error) => ('sub_code' in error ? [error.sub_code] : []))].concat(
      catalogue.flatMap(({ errors }) => Object.keys(errors)),
    ),
  );
  const codes = text.match(/\b(?:isv|isp|accesscontrol)\.[a-z][\w:-]+/g) ?? [];
  expect(codes.filter((code) => !known.has(code))).toEqual([]);
  const config = readFileSync(join(import.meta.dirname, '../../config.ts'), 'utf8');
  const settings = text.match(/\bPIAOQUAN_[A-Z_]+\b/g) ?? [];
  expect(settings.filter((setting) => !config.includes(setting))).toEqual([]);
});

/** The words of a command line, quotes taken off. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));

const commands = each.flatMap(([language, slug]) =>
  blocks(read(language, slug), 'sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('npm run -s piaoquan -- '))
    .map((line) => [`${language}/${slug}: ${line}`, wordsOf(line).slice(5)] as const),
);

describe('commands', () => {
  test('there are some', () => expect(commands.length).toBeGreaterThan(30));

  test.each(commands)('%s', (_line, words) => {
    let command: Command = commandLine({} as Io);
    const rest = [...words];
    for (;;) {
      const below = command.commands.find((candidate) => candidate.name() === rest[0]);
      if (below === undefined) break;
      command = below;
      rest.shift();
    }
    expect(command.commands).toEqual([]);
    const options = rest.filter((word) => word.startsWith('--'));
    expect(options.filter((option) => !command.options.some(({ long }) => long === option))).toEqual([]);
    if (command.name() !== 'call') return;
    const [method = '', parameters = '{}'] = rest.filter((word) => !word.startsWith('--'));
    const contract = contracts.get(method) as Contract;
    expect(() => compileParser(contract)(texts(JSON.parse(parameters)))).not.toThrow();
    expect(rest.includes('--session') || contract.session === 'none').toBe(true);
  });
});

test.each(['zh', 'en'])(
  'the worked example of signing is right in %s, and the calculator has its place',
  (language) => {
    const text = read(language, 'signing');
    const [given = '', joined = '', digest = ''] = blocks(text, 'text');
    const pairs = given
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]);
    expect(baseText(new Map(pairs))).toBe(joined.trim());
    expect(sign('hmac-sha256', 'helloworld', new Map(pairs))).toBe(digest.trim());
    expect(count(text, /^<div id="calculator"><\/div>$/gm)).toBe(1);
  },
);
