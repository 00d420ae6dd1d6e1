import { expect, test } from 'vitest';
import { splitList, withoutJson } from './lists.ts';

test.each<[string, unknown[] | undefined]>([
  ['A,B', ['A', 'B']],
  ['["A","B,C"]', ['A', 'B,C']],
  [' [1]', [1]],
  ['["A"', undefined],
  ['{"a":1}', undefined],
  ['"A"', undefined],
])('the list %j holds %j', (text, list) => expect(splitList(text)).toEqual(list));

test.each<[string[], string[]]>([
  [
    ['A', 'B'],
    ['A', 'B'],
  ],
  [
    ['["X"', '"Y"]'],
    ['X', 'Y'],
  ],
  [
    ['A', '["X"', '"Y"]'],
    ['A', 'X', 'Y'],
  ],
  [['["X"]'], ['X']],
  [
    ['[17', '18]'],
    ['17', '18'],
  ],
  [['[1234567890123456789]'], ['[1234567890123456789]']],
  [
    ['["A', 'B"]'],
    ['["A', 'B"]'],
  ],
  [
    ['[A', 'B]'],
    ['[A', 'B]'],
  ],
  [['{"a":1}'], ['{"a":1}']],
  [[], []],
])('of what was pasted as %j the values are %j', (values, texts) => expect(withoutJson(values)).toEqual(texts));
