import { isUtf8 } from 'node:buffer';

/** The bytes of a request are not UTF-8, or percent escapes do not make UTF-8 (platform error 47). */
export class EncodingError extends Error {
  override name = 'EncodingError';
}

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

/**
 * Reads an `application/x-www-form-urlencoded` text into parameters; space comes as `+` or `%20`. A name that comes
 * twice keeps its last value; pairs without a name are left out.
 * @param into parameters to add to; what is read takes precedence, so a body read after the query wins (TOP protocol 4.5)
 */
export function decodeForm(text: string, into: Map<string, string> = new Map()): Map<string, string> {
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('&', start);
    const end = next === -1 ? text.length : next;
    const equals = text.indexOf('=', start);
    const nameEnd = equals === -1 || equals > end ? end : equals;
    const name = decodePart(text.slice(start, nameEnd));
    if (name !== '') into.set(name, nameEnd === end ? '' : decodePart(text.slice(nameEnd + 1, end)));
    start = end + 1;
  }
  return into;
}

/** Writes parameters as an `application/x-www-form-urlencoded` text. */
export const encodeForm = (parameters: Iterable<readonly [string, string]>): string =>
  [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
