import { GMT8_MS } from '../../contract/gmt8.ts';
import { PUBLIC_PARAMETERS } from '../../contract/public-parameters.ts';
import type { Label } from '../../contract/schema.ts';
import { baseText, type Parameters } from '../base-text.ts';
import { formatInstant, parseTimestamp } from '../time.ts';
import { leftOutWords, type MistakeId, mistakeLabels, notSentWords, timestampWords } from './mistake-labels.ts';

/** A call whose signature is looked into. */
export type SignedCall = {
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form; empty without one. */
  readonly body: string;
  readonly secret: string;
  /** The right signature by the stated digest, in capitals. */
  readonly right: string;
};

/** What a usual mistake makes of a call: the text and secret that its maker signs. */
export type Mistake = { readonly id: string; readonly words: Label; readonly text: string; readonly secret: string };

/** Up to so many parameters, every two of them are tried for having been left out. */
const MOST_PAIRED = 24;
/** How many seconds apart a clock read twice may be. */
const SECONDS_APART = 10;
/** Beyond this instant a second more, or another time zone, has a year of five digits. */
const LAST_YEAR = Date.UTC(9999, 0);

/** Every usual mistake applied to a call, the likeliest first. They are made one by one, as far as they are asked for. */
export function* usualMistakes(call: SignedCall): Generator<Mistake> {
  yield* secretMistakes(call);
  yield* bodyMistakes(call);
  yield* encodingMistakes(call);
  yield* leftOut(call);
  yield* signIncluded(call);
  yield* orderMistakes(call);
  yield* joinMistakes(call);
  yield* valueMistakes(call);
  yield* timestampMistakes(call);
  yield* signedNotSent(call);
  yield* charsetMistakes(call);
}

type Pair = readonly [name: string, value: string];

const mistake = (id: MistakeId, text: string, secret: string): Mistake => ({
  id,
  words: mistakeLabels[id],
  text,
  secret,
});
const textOf = ({ parameters, body }: SignedCall): string => baseText(parameters) + body;
/** The text that is signed when every value is changed by a function. */
const mapped = ({ parameters, body }: SignedCall, value: (value: string, name: string) => string): string =>
  baseText(new Map([...parameters].map(([name, own]) => [name, value(own, name)]))) + body;
/** The parameters that are signed, in the order in which they came. */
const signedPairs = ({ parameters }: SignedCall): Pair[] =>
  [...parameters].filter(([name]) => name !== 'sign' && name !== '');
/** Pairs in ordinal order of what a function makes of them, the name unless given. */
const sorted = (pairs: readonly Pair[], key: (pair: Pair) => string = ([name]) => name): Pair[] =>
  pairs.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

function* secretMistakes(call: SignedCall): Generator<Mistake> {
  const { secret } = call;
  const text = textOf(call);
  const padded = ['\n', '\r\n', ' ', '\t', '\ufeff'].flatMap((pad) => [secret + pad, pad + secret]);
  for (const other of [secret.trim(), ...padded, `"${secret}"`, `'${secret}'`])
    yield mistake('secret-blanks', text, other);
  // An empty secret makes the protocol's md5 a plain one, so that the secret can be put anywhere in the text.
  yield mistake('secret-front', secret + text, '');
  yield mistake('secret-end', text + secret, '');
  yield mistake('secret-missing', text, '');
  yield mistake('secret-in-hmac', secret + text + secret, secret);
}

function* bodyMistakes({ parameters, body, secret }: SignedCall): Generator<Mistake> {
  if (body === '') return;
  yield mistake('body-not-signed', baseText(parameters), secret);
  yield mistake('body-first', body + baseText(parameters), secret);
}

const inHex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
const javaScript = (text: string): string => encodeURIComponent(text.toWellFormed());
const php = (text: string): string => javaScript(text).replace(/[!'()*]/g, inHex);
const java = (text: string): string => javaScript(text).replace(/[!'()~]/g, inHex);
const lowerHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());
/** The URL encoders of the usual languages, which differ in a few characters. */
const ENCODERS: readonly ((text: string) => string)[] = [
  javaScript,
  php,
  (text) => java(text).replaceAll('%20', '+'),
  (text) => php(text).replaceAll('%20', '+'),
  // Python's quote leaves slashes.
  (text) => php(text).replaceAll('%2F', '/'),
  (text) => encodeURI(text.toWellFormed()),
];

function decoded(text: string, plus: boolean): string {
  try {
    return decodeURIComponent(plus ? text.replaceAll('+', ' ') : text);
  } catch {
    return text;
  }
}

function* encodingMistakes(call: SignedCall): Generator<Mistake> {
  const { secret } = call;
  const changed = (id: MistakeId, value: (value: string) => string) => mistake(id, mapped(call, value), secret);
  yield changed('plus-for-blank', (value) => value.replaceAll(' ', '+'));
  yield changed('plus-for-blank', (value) => value.replaceAll('+', ' '));
  for (const encode of ENCODERS) {
    yield changed('encoded-values', encode);
    yield changed('encoded-values', (value) => lowerHex(encode(value)));
  }
  for (const plus of [false, true]) yield changed('encoded-twice', (value) => decoded(value, plus));
}

function* leftOut(call: SignedCall): Generator<Mistake> {
  const names = sorted(signedPairs(call)).map(([name]) => name);
  const without = (gone: readonly string[]): Mistake => {
    const rest = new Map([...call.parameters].filter(([name]) => !gone.includes(name)));
    return { id: 'left-out', words: leftOutWords(gone), text: baseText(rest) + call.body, secret: call.secret };
  };
  for (const name of names) yield without([name]);
  yield without(names.filter((name) => !PUBLIC_PARAMETERS.has(name)));
  yield without(names.filter((name) => PUBLIC_PARAMETERS.has(name)));
  if (names.length > MOST_PAIRED) return;
  for (const [index, name] of names.entries()) for (const other of names.slice(index + 1)) yield without([name, other]);
}

function* signIncluded(call: SignedCall): Generator<Mistake> {
  for (const value of ['', call.right, call.right.toLowerCase(), 'null', 'undefined', 'None']) {
    const pairs = sorted([...signedPairs(call), ['sign', value]]);
    yield mistake('sign-included', pairs.flat().join('') + call.body, call.secret);
  }
}

function* orderMistakes(call: SignedCall): Generator<Mistake> {
  const asSent = signedPairs(call);
  const pairs = sorted(asSent);
  const collator = new Intl.Collator('en');
  const orders: [MistakeId, Pair[]][] = [
    ['order', asSent],
    ['order-case', sorted(pairs, ([name]) => name.toLowerCase())],
    ['order-case', sorted(pairs, ([name]) => name.toUpperCase())],
    ['order-case', pairs.toSorted(([a], [b]) => collator.compare(a, b))],
    ['order-pairs', sorted(pairs, (pair) => pair.join(''))],
    ['order-pairs', sorted(pairs, (pair) => pair.join('='))],
    ['order', pairs.toReversed()],
  ];
  for (const [id, order] of orders) yield mistake(id, order.flat().join('') + call.body, call.secret);
}

/** What is put between name and value, and between pairs. */
const JOINTS: readonly (readonly [string, string])[] = [
  ['=', '&'],
  ['=', ''],
  ['', '&'],
  ['=', ','],
  [':', ','],
];

function* joinMistakes(call: SignedCall): Generator<Mistake> {
  const { body, secret } = call;
  const pairs = sorted(signedPairs(call));
  for (const encode of [(text: string) => text, ...ENCODERS]) {
    for (const [between, after] of JOINTS) {
      const text = pairs.map(([name, value]) => name + between + encode(value)).join(after) + body;
      yield mistake('separators', text, secret);
      // As other platforms have it: the secret as a last parameter, or plainly at the end.
      for (const end of [`&key=${secret}`, `&secret=${secret}`, secret]) yield mistake('separators', text + end, '');
    }
  }
}

const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** JSON text with blanks after commas and colons, as Python writes it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, own]) => `${JSON.stringify(name)}: ${spacedJson(own)}`)
    .join(', ')}}`;
}

const plainJson = (value: unknown): string => JSON.stringify(value);
/** How libraries write JSON by default: JavaScript and Java, Python, PHP; then indented. */
const JSON_WRITERS: readonly ((value: unknown) => string)[] = [
  plainJson,
  spacedJson,
  (value) => ascii(plainJson(value)),
  (value) => ascii(spacedJson(value)),
  (value) => ascii(plainJson(value).replaceAll('/', '\\/')),
  (value) => plainJson(value).replaceAll('/', '\\/'),
  (value) => JSON.stringify(value, null, 2),
  (value) => JSON.stringify(value, null, 4),
];

function respelled(text: string, write: (value: unknown) => string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return write(JSON.parse(text));
  } catch {
    return text;
  }
}

function* valueMistakes(call: SignedCall): Generator<Mistake> {
  const { secret } = call;
  const changed = (id: MistakeId, value: (value: string) => string) => mistake(id, mapped(call, value), secret);
  for (const write of JSON_WRITERS) yield changed('json-respelled', (value) => respelled(value, write));
  yield changed('values-trimmed', (value) => value.trim());
  for (const word of ['null', 'undefined', 'None', 'nil']) yield changed('empty-as-word', (value) => value || word);
}

function* timestampMistakes(call: SignedCall): Generator<Mistake> {
  const sent = call.parameters.get('timestamp') ?? '';
  const instant = parseTimestamp(sent);
  if (instant === undefined || instant.getTime() > LAST_YEAR) return;
  const at = (seconds: number): string => formatInstant(new Date(instant.getTime() + seconds * 1000));
  const local = at(0);
  const iso = local.replace(' ', 'T');
  const forms = [String(instant.getTime()), String(Math.floor(instant.getTime() / 1000)), local, at(-GMT8_MS / 1000)];
  forms.push(iso, `${iso}+08:00`, `${iso}Z`, instant.toISOString(), instant.toISOString().replace('.000', ''));
  forms.push(local.replace(/\D/g, ''), local.replaceAll('-', '/'), local.slice(0, 16), local.slice(0, 10));
  for (let apart = 1; apart <= SECONDS_APART; apart++) forms.push(at(-apart), at(apart));
  for (const form of forms) {
    const text = mapped(call, (value, name) => (name === 'timestamp' ? form : value));
    yield { id: 'timestamp', words: timestampWords(form, sent), text, secret: call.secret };
  }
}

/** What clients sign by habit, whether they send it or not. */
const HABITS: Readonly<Record<string, readonly string[]>> = {
  format: ['json', 'xml'],
  v: ['2.0'],
  sign_method: ['md5', 'hmac', 'hmac-sha256'],
  simplify: ['true', 'false'],
  session: ['', 'null', 'undefined'],
  partner_id: ['', 'null', 'undefined'],
  target_app_key: ['', 'null', 'undefined'],
};

function* signedNotSent({ parameters, body, secret }: SignedCall): Generator<Mistake> {
  for (const [name, values] of Object.entries(HABITS)) {
    if (parameters.has(name)) continue;
    for (const value of values) {
      const text = baseText(new Map([...parameters, [name, value]])) + body;
      yield { id: 'signed-not-sent', words: notSentWords(name, value), text, secret };
    }
  }
}

function* charsetMistakes(call: SignedCall): Generator<Mistake> {
  const text = textOf(call);
  if (!/[^\p{ASCII}]/u.test(text)) return;
  yield mistake('charset-lost', text.replace(/[\u0080-\uffff]/g, '?'), call.secret);
  yield mistake('charset-lost', text.replace(/[^\p{ASCII}]/gu, '?'), call.secret);
  const bytes = new TextEncoder().encode(text);
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  yield mistake('charset-twice', latin1, call.secret);
  yield mistake('charset-twice', new TextDecoder('windows-1252').decode(bytes), call.secret);
}
