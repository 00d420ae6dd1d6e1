import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { baseText, type Digests, type Parameters, type SignMethod } from './base-text.ts';

/** Bytes of an HMAC block of MD5 and SHA-256 (RFC 2104). */
const BLOCK = 64;
/** Texts up to so many bytes, nearly all, are digested in one kept buffer. */
const SCRATCH_BYTES = 8192;
const inner = Buffer.alloc(BLOCK + SCRATCH_BYTES);
const outer = Buffer.alloc(BLOCK + 32);

/**
 * HMAC (RFC 2104) out of two one-shot digests: every call is signed, and a `createHmac` object costs twice as much as the
 * digests themselves. Secrets over a block and long texts go to `createHmac`.
 */
function hmac(algorithm: 'md5' | 'sha256', secret: string, text: string): string {
  // A character takes at most three bytes per UTF-16 unit.
  if (Buffer.byteLength(secret) > BLOCK || text.length > SCRATCH_BYTES / 3)
    return createHmac(algorithm, secret).update(text, 'utf8').digest('hex');
  inner.fill(0, 0, BLOCK);
  inner.write(secret, 0, 'utf8');
  for (let place = 0; place < BLOCK; place++) {
    const byte = inner[place] as number;
    inner[place] = byte ^ 0x36;
    outer[place] = byte ^ 0x5c;
  }
  const end = BLOCK + inner.write(text, BLOCK, 'utf8');
  const outerEnd = BLOCK + outer.write(hash(algorithm, inner.subarray(0, end), 'binary'), BLOCK, 'latin1');
  return hash(algorithm, outer.subarray(0, outerEnd), 'hex');
}

/** The digests as Node computes them, in small letters (TOP protocol 4.3). */
export const digests: Digests = {
  md5: (secret, text) => hash('md5', secret + text + secret, 'hex'),
  hmac: (secret, text) => hmac('md5', secret, text),
  'hmac-sha256': (secret, text) => hmac('sha256', secret, text),
};

/**
 * Signs a call (TOP protocol 4.3).
 * @param body raw text of a body that is not a form (batch, JSON, XML), covered after the parameters (4.6)
 * @returns upper-case hexadecimal digits
 */
export const sign = (method: SignMethod, secret: string, parameters: Parameters, body = ''): string =>
  digests[method](secret, baseText(parameters) + body).toUpperCase();

/** The old form without `sign_method`: MD5 of secret and text, no trailing secret (TOP protocol 4.4). */
export const signLegacy = (secret: string, parameters: Parameters, body = ''): string =>
  hash('md5', secret + baseText(parameters) + body, 'hex').toUpperCase();

/** Compares a received signature with the right one in constant time. */
export function equalSignatures(received: string, expected: string): boolean {
  const a = Buffer.from(received);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
