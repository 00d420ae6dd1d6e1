import { isUtf8 } from 'node:buffer';
import { platformError } from '../contract/errors.ts';
import type { Label } from '../contract/schema.ts';
import { cut, toPlainText } from './text.ts';

/** The bytes of a request are not UTF-8, or percent escapes do not make UTF-8 (platform error 47). */
export class EncodingError extends Error {
  override name = 'EncodingError';
  /** What is wrong and where, for the caller. */
  readonly words: Label;

  constructor(words: Label) {
    super(words.en);
    this.words = words;
  }
}

/** Most parameters that one form may name; each is looked up, sorted and signed. */
export const MAX_NAMES = 1000;

/**
 * Decodes bytes as UTF-8. Throws EncodingError when they are not.
 * @param name parameter whose value they are, or as far as it is known
 */
export function decodeUtf8(bytes: Buffer, name?: string): string {
  if (!isUtf8(bytes)) throw notUtf8(bytes, name);
  return bytes.toString('utf8');
}

/** Decodes the bytes of a form. Throws EncodingError, which names the parameter, when they are not UTF-8. */
export function decodeFormBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const pairs = bytes.toString('latin1').split('&', MAX_NAMES);
  const wrong = pairs.find((pair) => !isUtf8(Buffer.from(pair, 'latin1')));
  throw notUtf8(wrong === undefined ? bytes : Buffer.from(wrong, 'latin1'), wrong?.split('=', 1)[0]);
}

/** Most bytes that are looked at to tell their encoding. */
const MOST_LOOKED_AT = 4096;
const LONGEST_NAME = 64;

function notUtf8(bytes: Buffer, name: string | undefined): EncodingError {
  const gbk = isGbk(bytes.subarray(0, MOST_LOOKED_AT));
  const { zh, en } = placeOf(name);
  return new EncodingError({
    zh: `${zh}不是 UTF-8${gbk ? '，像是 GBK' : ''}：请用 UTF-8 编码所有参数`,
    en: `${en} is not UTF-8${gbk ? ' but looks like GBK' : ''}: encode every parameter in UTF-8`,
  });
}

function placeOf(name: string | undefined): Label {
  const shown = toPlainText(cut(name ?? '', LONGEST_NAME));
  return shown === '' ? { zh: '内容', en: 'the text' } : { zh: `参数 ${shown} `, en: `the parameter ${shown}` };
}

/** Whether bytes that are no UTF-8 make Chinese text in GBK. */
function isGbk(bytes: Buffer): boolean {
  try {
    return /^[\x20-\x7e\s\p{Script=Han}\u3000-\u303f\uff00-\uffef]+$/u.test(
      new TextDecoder('gbk', { fatal: true }).decode(bytes),
    );
  } catch {
    return false;
  }
}

/** Decodes a name or value. Throws EncodingError, which tells a percent sign that escapes nothing from another encoding. */
function decodePart(part: string, name: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw wrongEscape(spaced, name);
  }
}

function wrongEscape(text: string, name: string): EncodingError {
  const stray = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(text)?.[0];
  if (stray === undefined) {
    const bytes = text
      .slice(0, MOST_LOOKED_AT)
      .replace(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
    return notUtf8(Buffer.from(bytes, 'latin1'), name);
  }
  const shown = toPlainText(stray);
  const { zh, en } = placeOf(name);
  return new EncodingError({
    zh: `${zh}里的 ${shown} 不是百分号编码：% 本身要写成 %25`,
    en: `${en} holds ${shown}, which escapes nothing: write a percent sign as %25`,
  });
}
const AMPERSAND = 38;

/**
 * Reads an `application/x-www-form-urlencoded` text into parameters, in one pass; space comes as `+` or `%20`. A name
 * that comes twice keeps its last value; pairs without a name are left out. Throws EncodingError, and platform error 42
 * when there are more than 1,000 pairs.
 * @param into parameters to add to; what is read takes precedence, so a body read after the query wins (TOP protocol 4.5)
 * @param repeated takes the names that were there already
 */
export function decodeForm(
  text: string,
  into: Map<string, string> = new Map(),
  repeated?: string[],
): Map<string, string> {
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
    const raw = equals === -1 ? pair : pair.slice(0, equals);
    const name = decodePart(raw, raw);
    if (name !== '') {
      const known = into.size;
      into.set(name, equals === -1 ? '' : decodePart(pair.slice(equals + 1), name));
      if (into.size === known) repeated?.push(name);
    }
    start = end + 1;
  }
  return into;
}

const tooManyNames = () =>
  platformError('request-too-large', {
    sub_msg: { zh: `请求的参数超过 ${MAX_NAMES} 个`, en: `the request names more than ${MAX_NAMES} parameters` },
  });

/** Writes parameters as an `application/x-www-form-urlencoded` text. */
export const encodeForm = (parameters: Iterable<readonly [string, string]>): string =>
  [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
