import { BLOCK, bytesBelow, chain, createAes, ROUNDS, writeBlock } from './ff1.ts';

/** A keyed permutation of the numbers 0 … radix^length − 1, whose images are told by their digits. */
export type Digits = {
  /** The digits of the images of some numbers, the highest first. */
  encrypt(numbers: readonly number[]): number[][];
  /** The number whose image has these digits; from 2^53 on it is rounded. */
  decrypt(digits: readonly number[]): number;
};

/** Halves up to this leave room for a byte more below 2^53. */
const MOST_HALF = 2 ** 45;

/** The bits that are read at a time, so that a remainder with so many bits behind it stays below 2^53. */
function bitsBehind(modulus: number): 8 | 16 | 32 {
  if (modulus <= 2 ** 21) return 32;
  return modulus <= 2 ** 37 ? 16 : 8;
}

/** Makes the remainder by a modulus up to 2^45 of a number that stands in so many words of four bytes, the highest first. */
export function createRemainder(modulus: number, words: number): (view: DataView, at: number) => number {
  const bits = bitsBehind(modulus);
  const [scale, mask] = [2 ** bits, 2 ** bits - 1];
  return (view, at) => {
    let rest = 0;
    for (let end = at + 4 * words, place = at; place < end; place += 4) {
      const word = view.getUint32(place);
      for (let shift = 32 - bits; shift >= 0; shift -= bits) {
        const value = rest * scale + (((word >>> shift) & mask) >>> 0);
        // Cheaper than %. Exact: the quotient is below scale, so what it lacks to the next number, 1 / modulus at least, is
        // more than it can be rounded by.
        rest = value - Math.floor(value / modulus) * modulus;
      }
    }
    return rest;
  };
}

/** Fills blocks with the message of a round: what all have in common, and each its half in the last eight bytes. */
function fill(view: DataView, start: DataView, halves: Float64Array): void {
  const [first, second, third, last] = [0, 4, 8, 12].map((at) => start.getUint32(at)) as [
    number,
    number,
    number,
    number,
  ];
  for (let index = 0, at = 0; index < halves.length; index++, at += BLOCK) {
    const half = halves[index] as number;
    view.setUint32(at, first);
    view.setUint32(at + 4, second);
    view.setUint32(at + 8, third ^ Math.floor(half / 2 ** 32));
    view.setUint32(at + 12, last ^ (half >>> 0));
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** The rounds of FF1 on halves kept as numbers, in place: forwards with sign 1, back with -1. */
function createRounds(key: Buffer, radix: number, length: number, tweak: Buffer, moduli: readonly [number, number]) {
  const aes = createAes(key);
  const bytes = bytesBelow(BigInt(moduli[1]));
  const base = Buffer.alloc(BLOCK);
  writeBlock(base, 0, chain(aes, radix, length, tweak, bytes));
  const words = Math.ceil(bytes / 4) + 1;
  const remainders = [createRemainder(moduli[0], words), createRemainder(moduli[1], words)] as const;

  const mix = (round: number, from: Float64Array, to: Float64Array, blocks: Buffer, sign: 1 | -1): void => {
    const start = Buffer.from(base);
    start[BLOCK - 1 - bytes]! ^= round;
    fill(viewOf(blocks), viewOf(start), from);
    const images = viewOf(aes(blocks));
    const side = (round % 2) as 0 | 1;
    const [modulus, remainder] = [moduli[side], remainders[side]];
    for (let index = 0; index < to.length; index++) {
      const mixed = (to[index] as number) + sign * remainder(images, index * BLOCK);
      to[index] = mixed < 0 ? mixed + modulus : mixed >= modulus ? mixed - modulus : mixed;
    }
  };

  return (a: Float64Array, b: Float64Array, sign: 1 | -1): void => {
    const blocks = Buffer.allocUnsafe(a.length * BLOCK);
    for (let step = 0; step < ROUNDS; step++) {
      const round = sign === 1 ? step : ROUNDS - 1 - step;
      if (round % 2 === 0) mix(round, b, a, blocks, sign);
      else mix(round, a, b, blocks, sign);
    }
  };
}

/**
 * The permutation of `createPermutation` on numbers in place of bigints, for small halves; undefined where half the digits,
 * rounded up, make more than 2^45 numbers. Numbers to encrypt are below 2^53.
 */
export function createDigits(
  key: Buffer,
  radix: number,
  length: number,
  tweak: Buffer = Buffer.alloc(0),
): Digits | undefined {
  const left = Math.floor(length / 2);
  const moduli = [radix ** left, radix ** (length - left)] as const;
  if (moduli[1] > MOST_HALF) return undefined;
  const run = createRounds(key, radix, length, tweak, moduli);

  const digitsOf = (high: number, low: number): number[] => {
    const digits = new Array<number>(length);
    for (let place = length - 1, rest = low; place >= 0; place--) {
      if (place === left - 1) rest = high;
      const next = Math.floor(rest / radix);
      digits[place] = rest - next * radix;
      rest = next;
    }
    return digits;
  };
  const numberOf = (digits: readonly number[]): number => digits.reduce((sum, digit) => sum * radix + digit, 0);

  return {
    encrypt(numbers) {
      const [a, b] = [new Float64Array(numbers.length), new Float64Array(numbers.length)];
      for (let index = 0; index < a.length; index++) {
        const number = numbers[index] as number;
        a[index] = Math.floor(number / moduli[1]);
        b[index] = number % moduli[1];
      }
      run(a, b, 1);
      return numbers.map((_, index) => digitsOf(a[index] as number, b[index] as number));
    },
    decrypt(digits) {
      const [a, b] = [digits.slice(0, left), digits.slice(left)].map((half) => Float64Array.of(numberOf(half)));
      run(a as Float64Array, b as Float64Array, -1);
      return (a as Float64Array)[0]! * moduli[1] + (b as Float64Array)[0]!;
    },
  };
}
