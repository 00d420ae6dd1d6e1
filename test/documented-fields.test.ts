import { expect, test } from 'vitest';
import { rowsOf } from '../src/docs/pages/fields.ts';
import { documentedMethods, printedFields, printedMethods } from './harness/ready.ts';

test.each(documentedMethods.map((each) => [each.name, each] as const))(
  '%s has every field that its page prints, of the type and with the flag that it prints',
  (name, contract) => {
    for (const [, part, path, type, flag] of printedFields.filter(([method]) => method === name)) {
      const row = rowsOf(contract[part]).find((each) => each.path === path);
      const must = row?.required || row?.note.missing !== undefined;
      const own = [path, row?.note.type, ...(part === 'request' ? [must ? 'yes' : 'no'] : [])];
      expect(own, part).toEqual([path, type, ...(part === 'request' ? [flag] : [])]);
    }
  },
);

test('the methods whose pages are known are those of the catalogue, no more and no fewer', () => {
  expect(documentedMethods.map(({ name }) => name).sort()).toEqual(printedMethods);
});
