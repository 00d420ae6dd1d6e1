import { constants, createHmac, generateKeyPair, privateDecrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { isMobile, plainPhone } from '../../../secrets/personal.ts';

/** The fields of a charge that its signature covers, with the signature. */
export type SignedCharge = {
  readonly encrypted_mobile: string;
  readonly order_no: string;
  readonly biz_code: string;
  readonly sign: string;
  readonly timestamp: number;
};

/** How far a charge's timestamp may be off, as for the public parameter of that name (TOP protocol 4). */
const TOLERANCE_MS = 600_000;

/** The signature of a charge: HMAC-SHA1 over the fields in order of their names, in small hexadecimal letters. */
export const signCharge = (charge: Omit<SignedCharge, 'sign'>, secret: string): string =>
  createHmac('sha1', secret)
    .update(
      `biz_code=${charge.biz_code}&encrypted_mobile=${charge.encrypted_mobile}&order_no=${charge.order_no}&timestamp=${charge.timestamp}`,
    )
    .digest('hex');

/** Whether a charge bears the signature of the secret; compared in constant time, capitals count as small letters. */
export function isSigned(charge: SignedCharge, secret: string): boolean {
  const expected = Buffer.from(signCharge(charge, secret));
  const given = Buffer.from(charge.sign.toLowerCase());
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether a timestamp in epoch milliseconds is at most ten minutes off. */
export const isFresh = (timestamp: number, now: Date): boolean => Math.abs(now.getTime() - timestamp) <= TOLERANCE_MS;

/**
 * The mobile number in a base64 text that was RSA encrypted with PKCS#1 v1.5 padding; undefined when it is none.
 * @param privateKey PEM
 */
export function decryptMobile(encrypted: string, privateKey: string): string | undefined {
  try {
    const key = { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
    const mobile = plainPhone(privateDecrypt(key, Buffer.from(encrypted, 'base64')).toString('utf8'));
    return isMobile(mobile) ? mobile : undefined;
  } catch {
    return undefined;
  }
}

const makePair = promisify(generateKeyPair);

/** A fresh RSA pair of 2048 bits, both keys as PEM. */
export const newKeyPair = () =>
  makePair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
