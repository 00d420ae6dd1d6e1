import { createCipheriv } from 'node:crypto';

/** Rounds of FF1. */
export const ROUNDS = 10;
/** Bytes of a block of AES. */
export const BLOCK = 16;

/** A keyed permutation of the numbers 0 … radix^length − 1. */
export type Permutation = {
  /** The images of some numbers. */
  encrypt(numbers: readonly bigint[]): bigint[];
  /** The number whose image is given. */
  decrypt(image: bigint): bigint;
};

/** AES of whole blocks, which do not depend on each other. */
export type Aes = (blocks: Buffer) => Buffer;

/** AES under a key of 16, 24 or 32 bytes. */
export function createAes(key: Buffer): Aes {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

const readBlock = (buffer: Buffer, at: number): bigint =>
  (buffer.readBigUInt64BE(at) << 64n) | buffer.readBigUInt64BE(at + 8);

/** Writes a number of 128 bits as a block. */
export function writeBlock(buffer: Buffer, at: number, value: bigint): void {
  buffer.writeBigUInt64BE(value >> 64n, at);
  buffer.writeBigUInt64BE(value & 0xffff_ffff_ffff_ffffn, at + 8);
}

/** How many bytes the numbers below a modulus take. */
export const bytesBelow = (modulus: bigint): number => Math.ceil((modulus - 1n).toString(2).length / 8);

/**
 * What the last blocks of all rounds' messages have in common once chained to the blocks before them (steps 5 and 6i):
 * only the round's number and the half that it reads are missing.
 */
export function chain(aes: Aes, radix: number, length: number, tweak: Buffer, bytes: number): bigint {
  const first = Buffer.from([1, 2, 1, 0, 0, 0, ROUNDS, Math.floor(length / 2) % 256, 0, 0, 0, 0, 0, 0, 0, 0]);
  first.writeUIntBE(radix, 3, 3);
  first.writeUInt32BE(length, 8);
  first.writeUInt32BE(tweak.length, 12);
  const rest = Math.ceil((tweak.length + 1 + bytes) / BLOCK) * BLOCK;
  const message = Buffer.concat([first, tweak, Buffer.alloc(rest - tweak.length)]);
  let block = readBlock(message, 0);
  for (let at = BLOCK; at < message.length; at += BLOCK) {
    const before = Buffer.alloc(BLOCK);
    writeBlock(before, 0, block);
    block = readBlock(aes(before), 0) ^ readBlock(message, at);
  }
  return block;
}

/**
 * FF1 format-preserving encryption (NIST SP 800-38G) on numbers in place of numeral strings: a number stands for its
 * `length` digits in base `radix`. The rounds of many numbers share their calls of AES.
 * @param key 16, 24 or 32 bytes
 * @param radix 2 … 65,536
 * @param length digits, at least 2; half of them, rounded up, hold at most 96 bits, else a RangeError is thrown
 * @param tweak tells permutations of one key apart
 */
export function createPermutation(key: Buffer, radix: number, length: number, tweak = Buffer.alloc(0)): Permutation {
  const aes = createAes(key);
  const left = Math.floor(length / 2);
  const moduli = [BigInt(radix) ** BigInt(left), BigInt(radix) ** BigInt(length - left)] as const;
  const bytes = bytesBelow(moduli[1]);
  if (bytes > 12) throw new RangeError(`${length} digits of base ${radix} are too many`);
  const base = chain(aes, radix, length, tweak, bytes);
  const unused = BigInt(8 * (BLOCK - 4 * Math.ceil(bytes / 4) - 4));

  /** One round: adds to (or takes away from) the one halves what the cipher makes of the others. */
  const mix = (round: number, from: readonly bigint[], to: bigint[], sign: 1n | -1n): void => {
    const modulus = moduli[(round % 2) as 0 | 1];
    const start = base ^ (BigInt(round) << BigInt(8 * bytes));
    const blocks = Buffer.allocUnsafe(from.length * BLOCK);
    for (const [index, half] of from.entries()) writeBlock(blocks, index * BLOCK, start ^ half);
    const images = aes(blocks);
    for (const [index, half] of to.entries()) {
      const mixed = (half + sign * ((readBlock(images, index * BLOCK) >> unused) % modulus)) % modulus;
      to[index] = mixed < 0n ? mixed + modulus : mixed;
    }
  };

  const run = (numbers: readonly bigint[], sign: 1n | -1n): bigint[] => {
    const a = numbers.map((number) => number / moduli[1]);
    const b = numbers.map((number) => number % moduli[1]);
    for (let step = 0; step < ROUNDS; step++) {
      const round = sign === 1n ? step : ROUNDS - 1 - step;
      if (round % 2 === 0) mix(round, b, a, sign);
      else mix(round, a, b, sign);
    }
    return a.map((half, index) => half * moduli[1] + b[index]!);
  };
  return { encrypt: (numbers) => run(numbers, 1n), decrypt: (image) => run([image], -1n)[0]! };
}
