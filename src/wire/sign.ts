import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { remember } from '../remember.ts';
import { baseText, type Digests, type Parameters, type SignMethod } from './base-text.ts';

/** Bytes of an HMAC block of MD5 and SHA-256 (RFC 2104). */
const BLOCK = 64;
/** A secret of ASCII, as every secret made here is, that fits a block. */
const SHORT_ASCII = /^[\0-\x7f]{0,64}$/;

/** A secret's inner pad, which like the secret is ASCII, and its outer pad with room for the inner digest behind it. */
type Pads = { readonly inner: string; readonly outer: Buffer };

/** Makes the pads of a secret; undefined for the few secrets that need more than this. */
function makePads(secret: string, digestBytes: number): Pads | undefined {
  if (!SHORT_ASCII.test(secret)) return undefined;
  const masked = (mask: number, length: number): Buffer => {
    const block = Buffer.alloc(length);
    block.write(secret, 'latin1');
    for (let place = 0; place < BLOCK; place++) block[place] = (block[place] as number) ^ mask;
    return block;
  };
  return { inner: masked(0x36, BLOCK).toString('latin1'), outer: masked(0x5c, BLOCK + digestBytes) };
}

const MOST_KEPT = 256;

/**
 * HMAC (RFC 2104) out of two one-shot digests: every call is signed, and a `createHmac` object costs twice as much as the
 * digests themselves. The pads of the last secrets are kept.
 */
function hmacOf(algorithm: 'md5' | 'sha256', digestBytes: number): (secret: string, text: string) => string {
  const kept = new Map<string, Pads>();
  return (secret, text) => {
    let pads = kept.get(secret);
    if (pads === undefined) {
      pads = makePads(secret, digestBytes);
      if (pads === undefined) return createHmac(algorithm, secret).update(text, 'utf8').digest('hex');
      remember(kept, MOST_KEPT, secret, pads);
    }
    const { inner, outer } = pads;
    outer.write(hash(algorithm, inner + text, 'binary'), BLOCK, 'latin1');
    return hash(algorithm, outer, 'hex');
  };
}

/** The digests as Node computes them, in small letters (TOP protocol 4.3). */
export const digests: Digests = {
  md5: (secret, text) => hash('md5', secret + text + secret, 'hex'),
  hmac: hmacOf('md5', 16),
  'hmac-sha256': hmacOf('sha256', 32),
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
