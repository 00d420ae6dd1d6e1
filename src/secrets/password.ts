import { type Argon2Parameters, argon2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BusyError } from '../batching/batch.ts';

/** OWASP's cost for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Computations under way at once, at some 20 MiB and 50 ms of a processor each. */
const MOST_AT_ONCE = 8;

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);
let underWay = 0;

/** Throws BusyError when too many passwords are being computed, so that logins cannot eat up memory. */
async function compute(message: string, nonce: Buffer, cost: typeof COST): Promise<Buffer> {
  if (underWay >= MOST_AT_ONCE) throw new BusyError();
  underWay += 1;
  try {
    return await derive('argon2id', { message, nonce, tagLength: TAG_BYTES, ...cost });
  } finally {
    underWay -= 1;
  }
}

/** Hash of a password by argon2id, in its usual text form with parameters and salt. Throws BusyError under a flood. */
export async function hashPassword(password: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await compute(password.normalize('NFKC'), salt, COST);
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;
  return Buffer.from(`$argon2id$v=19$${cost}$${text(salt)}$${text(tag)}`);
}

/**
 * Whether a password has a hash, in constant time. Without a hash the answer is no, after the same time, so that nobody
 * learns which accounts exist. Throws BusyError under a flood.
 */
export async function isPassword(password: string, hash: Uint8Array | null | undefined): Promise<boolean> {
  const [, , , cost = '', salt = '', tag = ''] = Buffer.from(hash ?? '')
    .toString()
    .split('$');
  const [, memory, passes, parallelism] = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(cost) ?? [];
  const known = memory !== undefined;
  const own = known ? { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) } : COST;
  const nonce = known ? Buffer.from(salt, 'base64') : Buffer.alloc(SALT_BYTES);
  const computed = await compute(password.normalize('NFKC'), nonce, own as typeof COST);
  return timingSafeEqual(computed, known ? Buffer.from(tag, 'base64') : Buffer.alloc(TAG_BYTES)) && known;
}

/** Letters and digits that nobody confuses. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const DRAWN_LENGTH = 20;

/** A random password of 100 bits, in groups of five. */
export const drawPassword = (): string =>
  Array.from({ length: DRAWN_LENGTH }, (_, place) =>
    (place > 0 && place % 5 === 0 ? '-' : '').concat(ALPHABET[randomInt(ALPHABET.length)] as string),
  ).join('');
