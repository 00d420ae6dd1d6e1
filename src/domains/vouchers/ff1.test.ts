import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPermutation } from './ff1.ts';
import { createDigits, createRemainder } from './ff1-digits.ts';

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

const digitsOf = (number: bigint, radix: number, length: number): number[] =>
  Array.from({ length }, (_, place) => Number((number / BigInt(radix) ** BigInt(length - 1 - place)) % BigInt(radix)));

test.each([
  [AES128, 10, TWEAK10, '0123456789', '6124200773'],
  [AES192, 10, TWEAK10, '0123456789', '2496655549'],
  [AES256, 10, '', '0123456789', '6657667009'],
])('gives the published samples in numbers too (%s, radix %i, tweak %s)', (key, radix, tweak, plain, image) => {
  const digits = createDigits(Buffer.from(key, 'hex'), radix, plain.length, Buffer.from(tweak, 'hex'));
  expect(digits?.encrypt([Number(plain)])).toEqual([[...image].map(Number)]);
  expect(digits?.decrypt([...image].map(Number))).toBe(Number(plain));
});

test('numbers and bigints agree, for every base and length whose halves are small enough', () => {
  const shape = fc.record({ radix: fc.integer({ min: 2, max: 62 }), length: fc.integer({ min: 2, max: 30 }) });
  const numbers = fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shape, numbers, fc.uint8Array({ minLength: 32, maxLength: 32 }), ({ radix, length }, any, bytes) => {
      const key = Buffer.from(bytes);
      const digits = createDigits(key, radix, length);
      expect(digits !== undefined).toBe(BigInt(radix) ** BigInt(Math.ceil(length / 2)) <= 2n ** 45n);
      if (digits === undefined) return;
      const wide = createPermutation(key, radix, length);
      const plain = any.map((each) => BigInt(each) % BigInt(radix) ** BigInt(length));
      const images = wide.encrypt(plain).map((each) => digitsOf(each, radix, length));
      expect(digits.encrypt(plain.map(Number))).toEqual(images);
      expect(images.map((each) => digits.decrypt(each))).toEqual(plain.map(Number));
    }),
    { numRuns: 300 },
  );
});

test.each([2, 2 ** 21 - 1, 2 ** 21, 2 ** 21 + 1, 2 ** 37 - 25, 2 ** 37, 2 ** 37 + 9, 2 ** 45 - 55, 2 ** 45])(
  'the remainder by %i is exact for every word',
  (modulus) => {
    const remainder = createRemainder(modulus, 3);
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 96n / BigInt(modulus)), fc.integer({ min: -2, max: 2 }), (times, by) => {
        const number = BigInt.asUintN(96, times * BigInt(modulus) + BigInt(by));
        const view = new DataView(new ArrayBuffer(12));
        view.setUint32(0, Number(number >> 64n));
        view.setBigUint64(4, BigInt.asUintN(64, number));
        expect(remainder(view, 0)).toBe(Number(number % BigInt(modulus)));
      }),
    );
  },
);
