import { TopError } from '../contract/errors.ts';
import type { Parameters } from '../wire/base-text.ts';
import { BATCH_SEPARATOR } from '../wire/batch.ts';
import { decodeForm, EncodingError } from '../wire/form.ts';
import { wrongUsage } from './io.ts';

/** What a signature covers, as it was pasted. */
export type Pasted = {
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form; empty when there is none. */
  readonly body: string;
};

/** Business parameters of the command line: one JSON object, or name=value pairs. Throws wrong usage. */
export function readParameters(words: readonly string[]): Record<string, unknown> {
  if (words.length === 1 && words[0]?.trimStart().startsWith('{')) {
    try {
      return JSON.parse(words[0]) as Record<string, unknown>;
    } catch {
      throw wrongUsage('the parameters are not valid JSON');
    }
  }
  const parameters = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) throw wrongUsage(`"${word}" is not name=value`);
    const name = word.slice(0, equals);
    if (parameters.has(name))
      throw wrongUsage(`${name} is given twice: give a list once, its values joined by commas or as JSON`);
    parameters.set(name, word.slice(equals + 1));
  }
  return Object.fromEntries(parameters);
}

/**
 * Parameters to sign or to check: name=value pairs, a JSON object, a URL, a query string, or a curl line as one word or
 * as the shell split it. Throws wrong usage.
 */
export function readPasted(words: readonly string[]): Pasted {
  try {
    const only = words.length === 1 ? (words[0] ?? '').trim() : '';
    if (/^https?:\/\//i.test(only)) return { parameters: queryOf(only), body: '' };
    if (/^curl\s/.test(only)) return readCurl(shellWords(only));
    if (words[0] === 'curl') return readCurl(words);
    if (!only.startsWith('{') && only.includes('&') && /(^|[?&])(app_key|method|sign|timestamp)=/.test(only))
      return { parameters: decodeForm(only.replace(/^\?/, '')), body: '' };
  } catch (error) {
    if (error instanceof EncodingError) throw wrongUsage(`the parameters cannot be decoded: ${error.message}`);
    if (error instanceof TopError) throw wrongUsage(error.body.sub_msg ?? error.message);
    throw error;
  }
  const given = Object.entries(readParameters(words));
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return { parameters: new Map(given.map(([name, value]) => [name, text(value)])), body: '' };
}

const queryOf = (url: string, into?: Map<string, string>): Map<string, string> => {
  const start = url.indexOf('?');
  return decodeForm(start === -1 ? '' : url.slice(start + 1).replace(/#.*$/s, ''), into);
};

/** Splits a line as a shell does: quotes, backslashes, `$'…'` and line continuations. Throws wrong usage. */
export function shellWords(line: string): string[] {
  const piece = /\\\r?\n|\s+|\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\$]+|\$)/y;
  const words: string[] = [];
  let word: string | undefined;
  while (piece.lastIndex < line.length) {
    const found = piece.exec(line);
    if (found === null) throw wrongUsage('the quotes of the pasted line do not match');
    const [whole, ansi, single, double, escaped, plain] = found;
    const text =
      ansi === undefined ? (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain) : ansiText(ansi);
    if (text !== undefined) word = (word ?? '') + text;
    else if (/^\s/.test(whole) && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

const ANSI: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
const ansiText = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([\s\S])/gi, (_, unit, byte, character) =>
    character === undefined ? String.fromCharCode(Number.parseInt(unit ?? byte, 16)) : (ANSI[character] ?? character),
  );

const DATA = ['-d', '--data', '--data-raw', '--data-ascii', '--data-binary', '--data-urlencode'];
const FORM = ['-F', '--form', '--form-string'];
/** Options of curl that take a word and say nothing of parameters. */
const SKIPPED = [
  '-H',
  '--header',
  '-X',
  '--request',
  '-A',
  '--user-agent',
  '-o',
  '--output',
  '-u',
  '-b',
  '-e',
  '-m',
  '-x',
];

/** The parameters that a curl line would send: of its URL, its form data and its multipart texts. */
function readCurl(words: readonly string[]): Pasted {
  const parameters = new Map<string, string>();
  const data: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] as string;
    if (DATA.includes(word)) data.push(dataText(word, words[++at] ?? ''));
    else if (FORM.includes(word)) addPart(parameters, words[++at] ?? '');
    else if (SKIPPED.includes(word)) at++;
    else if (word === '--url') queryOf(words[++at] ?? '', parameters);
    else if (!word.startsWith('-')) queryOf(word, parameters);
  }
  const body = data.join('&');
  if (/^\s*[{[<]|^#PUBLIC#/.test(body) || body.includes(BATCH_SEPARATOR)) return { parameters, body };
  return { parameters: decodeForm(body, parameters), body: '' };
}

/** What curl makes of a data option: `--data-urlencode name=value` encodes the value. */
function dataText(option: string, text: string): string {
  if (option !== '--data-urlencode') return text;
  const equals = text.indexOf('=');
  return text.slice(0, equals + 1) + encodeURIComponent(text.slice(equals + 1));
}

/** A multipart text; files take no part in a signature. */
function addPart(parameters: Map<string, string>, text: string): void {
  const equals = text.indexOf('=');
  if (equals > 0 && !text.startsWith('@', equals + 1)) parameters.set(text.slice(0, equals), text.slice(equals + 1));
}
