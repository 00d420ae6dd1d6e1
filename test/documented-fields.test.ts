import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rowsOf } from '../src/docs/pages/fields.ts';
import { documentedMethods } from './harness/ready.ts';

/** What the pages of the documented methods print of each field: method, request or response, path, type, and flag. */
const printed = readFileSync(new URL('./seeds/documented-fields.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [method: string, part: 'request' | 'response', ...rest: string[]]);

test.each(documentedMethods.map((each) => [each.name, each] as const))(
  '%s has every field that its page prints, of the type and with the flag that it prints',
  (name, contract) => {
    for (const [, part, path, type, flag] of printed.filter(([method]) => method === name)) {
      const row = rowsOf(contract[part]).find((each) => each.path === path);
      const must = row?.required || row?.note.missing !== undefined;
      const own = [path, row?.note.type, ...(part === 'request' ? [must ? 'yes' : 'no'] : [])];
      expect(own, part).toEqual([path, type, ...(part === 'request' ? [flag] : [])]);
    }
  },
);

test('the pages that are known cover the documented methods', () => {
  const known = new Set(printed.map(([method]) => method));
  const unknown = documentedMethods.map(({ name }) => name).filter((name) => !known.has(name));
  // Of the voiding nothing but its name is published.
  expect(unknown).toEqual(['taobao.film.lottery.performance.invalid']);
});
