import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPermutation } from './ff1.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

const number = (text: string, radix: number): bigint =>
  [...text].reduce((sum, digit) => sum * BigInt(radix) + BigInt(DIGITS.indexOf(digit)), 0n);

const AES128 = '2b7e151628aed2a6abf7158809cf4f3c';
const AES192 = `${AES128}ef4359d8d580aa4f`;
const AES256 = `${AES192}7f036d6f04fc6a94`;
const TWEAK10 = '39383736353433323130';
const TWEAK36 = '3737373770717273373737';

test.each([
  [AES128, 10, '', '0123456789', '2433477484'],
  [AES128, 10, TWEAK10, '0123456789', '6124200773'],
  [AES128, 36, TWEAK36, '0123456789abcdefghi', 'a9tv40mll9kdu509eum'],
  [AES192, 10, '', '0123456789', '2830668132'],
  [AES192, 10, TWEAK10, '0123456789', '2496655549'],
  [AES192, 36, TWEAK36, '0123456789abcdefghi', 'xbj3kv35jrawxv32ysr'],
  [AES256, 10, '', '0123456789', '6657667009'],
  [AES256, 10, TWEAK10, '0123456789', '1001623463'],
  [AES256, 36, TWEAK36, '0123456789abcdefghi', 'xs8a0azh2avyalyzuwd'],
])('gives the published samples of FF1 (%s, radix %i, tweak %s)', (key, radix, tweak, plain, image) => {
  const permutation = createPermutation(Buffer.from(key, 'hex'), radix, plain.length, Buffer.from(tweak, 'hex'));
  expect(permutation.encrypt([number(plain, radix)])).toEqual([number(image, radix)]);
  expect(permutation.decrypt(number(image, radix))).toBe(number(plain, radix));
});

test('is a permutation: every number of a small range is the image of exactly one', () => {
  const permutation = createPermutation(randomBytes(32), 3, 7);
  const numbers = Array.from({ length: 3 ** 7 }, (_, each) => BigInt(each));
  const images = permutation.encrypt(numbers);
  expect(new Set(images).size).toBe(numbers.length);
  expect(images.every((image) => image >= 0n && image < BigInt(numbers.length))).toBe(true);
});

test('leads back from every image, for any base and length', () => {
  const shape = fc.record({ radix: fc.integer({ min: 2, max: 62 }), length: fc.integer({ min: 2, max: 30 }) });
  fc.assert(
    fc.property(shape, fc.bigInt(0n, 2n ** 190n), ({ radix, length }, any) => {
      const permutation = createPermutation(Buffer.alloc(32, 7), radix, length);
      const plain = any % BigInt(radix) ** BigInt(length);
      expect(permutation.decrypt(permutation.encrypt([plain])[0]!)).toBe(plain);
    }),
  );
});

test('refuses more digits than its blocks hold', () => {
  expect(() => createPermutation(randomBytes(32), 62, 40)).toThrow(RangeError);
});
