import { isUtf8 } from 'node:buffer';
import { platformError } from '../contract/errors.ts';

/** The bytes of a request are not UTF-8, or percent escapes do not make UTF-8 (platform error 47). */
export class EncodingError extends Error {
  override name = 'EncodingError';
}

/** Most parameters that one form may name; each is looked up, sorted and signed. */
export const MAX_NAMES = 1000;

/** Decodes bytes as UTF-8. Throws EncodingError when they are not. */
export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new EncodingError('not UTF-8');
  return bytes.toString('utf8');
}

function decodePart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new EncodingError('percent escapes are not UTF-8');
  }
}

const AMPERSAND = 38;

/**
 * Reads an `application/x-www-form-urlencoded` text into parameters, in one pass; space comes as `+` or `%20`. A name
 * that comes twice keeps its last value; pairs without a name are left out. Throws EncodingError, and platform error 42
 * when there are more than 1,000 pairs.
 * @param into parameters to add to; what is read takes precedence, so a body read after the query wins (TOP protocol 4.5)
 */
export function decodeForm(text: string, into: Map<string, string> = new Map()): Map<string, string> {
  let pairs = 0;
  for (let start = 0; start < text.length; ) {
    if (text.charCodeAt(start) === AMPERSAND) {
      start++;
      continue;
    }
    if (++pairs > MAX_NAMES) throw tooManyNames();
    const next = text.indexOf('&', start);
    const end = next === -1 ? text.length : next;
    const pair = text.slice(start, end);
    const equals = pair.indexOf('=');
    const name = decodePart(equals === -1 ? pair : pair.slice(0, equals));
    if (name !== '') into.set(name, equals === -1 ? '' : decodePart(pair.slice(equals + 1)));
    start = end + 1;
  }
  return into;
}

const tooManyNames = () =>
  platformError('request-too-large', { sub_msg: `the request names more than ${MAX_NAMES} parameters` });

/** Writes parameters as an `application/x-www-form-urlencoded` text. */
export const encodeForm = (parameters: Iterable<readonly [string, string]>): string =>
  [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
