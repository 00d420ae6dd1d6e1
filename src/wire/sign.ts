import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** The digests of TOP protocol 4.3. */
export type SignMethod = 'md5' | 'hmac' | 'hmac-sha256';

/** Public and business parameters of a call by name, decoded. */
export type Parameters = ReadonlyMap<string, string>;

/** Whether a text names a digest of TOP protocol 4.3. */
export const isSignMethod = (text: string): text is SignMethod =>
  text === 'md5' || text === 'hmac' || text === 'hmac-sha256';

/**
 * The text a signature covers: names and values joined without separators in ordinal order of the names, `sign` left
 * out (TOP protocol 4.2). Empty values stand as their bare name, as the clients that send them sign them (client notes,
 * requests 4).
 */
export function baseText(parameters: Parameters): string {
  let base = '';
  for (const name of [...parameters.keys()].sort()) {
    if (name !== 'sign' && name !== '') base += name + parameters.get(name);
  }
  return base;
}

const digest: Record<SignMethod, (secret: string, text: string) => string> = {
  md5: (secret, text) => hash('md5', secret + text + secret, 'hex'),
  hmac: (secret, text) => createHmac('md5', secret).update(text, 'utf8').digest('hex'),
  'hmac-sha256': (secret, text) => createHmac('sha256', secret).update(text, 'utf8').digest('hex'),
};

/**
 * Signs a call (TOP protocol 4.3).
 * @param body raw text of a body that is not a form (batch, JSON, XML), covered after the parameters (4.6)
 * @returns upper-case hexadecimal digits
 */
export const sign = (method: SignMethod, secret: string, parameters: Parameters, body = ''): string =>
  digest[method](secret, baseText(parameters) + body).toUpperCase();

/** The old form without `sign_method`: MD5 of secret and text, no trailing secret (TOP protocol 4.4). */
export const signLegacy = (secret: string, parameters: Parameters, body = ''): string =>
  hash('md5', secret + baseText(parameters) + body, 'hex').toUpperCase();

/** Compares a received signature with the right one in constant time. */
export function equalSignatures(received: string, expected: string): boolean {
  const a = Buffer.from(received);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The parameters without those whose value is empty, which Java and .NET clients never sign (TOP protocol 4.5). */
export const withoutEmpties = (parameters: Parameters): Parameters =>
  new Map([...parameters].filter(([, value]) => value !== ''));
