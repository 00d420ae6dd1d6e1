import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from './key.ts';

test('lists of values have one key when they are equal, and never else, whatever the values hold', () => {
  const value = fc.oneof(fc.integer(), fc.constantFrom('', ';', ':', '1:', '1;', '0:'), fc.string(), fc.constant(null));
  const values = fc.array(value, { maxLength: 4 });
  fc.assert(
    fc.property(values, values, (one, other) => {
      expect(keyOf(...one) === keyOf(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(keyOf(...one)).toBe(keyOf(...one));
    }),
  );
  expect(keyOf('a', 'b')).not.toBe(keyOf('ab'));
  expect(keyOf(1, 2)).not.toBe(keyOf(12));
  expect(keyOf('1')).not.toBe(keyOf(1));
});
