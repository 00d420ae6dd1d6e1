import type { Label } from '../../../../src/contract/schema.ts';
import { grouped } from '../../numbers.ts';

/**
 * How generated codes look: `#` in the pattern stands for a character of the alphabet, every other character for itself.
 * With `check` the last `#` is made from those before it.
 */
export type CodeForm = { readonly pattern: string; readonly alphabet: string; readonly check: boolean };

/** The pattern of a batch that names none. */
export const DEFAULT_PATTERN = '############';
/** Most codes that one generation makes. */
export const MOST_AT_ONCE = 10_000_000;
/** Alphabets to choose from; the first is the one that is taken when none is named. */
export const ALPHABETS: readonly { readonly words: Label; readonly alphabet: string }[] = [
  {
    words: { zh: '不易混淆的数字与大写字母', en: 'Digits and capitals without look-alikes' },
    alphabet: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
  },
  { words: { zh: '仅数字', en: 'Digits only' }, alphabet: '0123456789' },
  {
    words: { zh: '全部数字与大写字母', en: 'All digits and capitals' },
    alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  },
];

const PLACE = '#';
/** Of so many possible codes at most one is made, so that guessing is vain. */
const GUESS_MARGIN = 100_000n;
const LEAST_SPACE = 1_000_000n;
const MOST_SPACE = 2n ** 96n;
const MOST_CODES = BigInt(Number.MAX_SAFE_INTEGER);

const freePlaces = ({ pattern, check }: CodeForm): number => pattern.split(PLACE).length - 1 - (check ? 1 : 0);

/** How many codes a form can make. */
export const codeSpace = (form: CodeForm): bigint =>
  BigInt(form.alphabet.length) ** BigInt(Math.max(0, freePlaces(form)));

/** How many codes of a form a batch may have; the platform judges by the same rule. */
export function mostCodes(form: CodeForm): bigint {
  const space = codeSpace(form);
  if (space < LEAST_SPACE) return 0n;
  const most = space / GUESS_MARGIN;
  return most < MOST_CODES ? most : MOST_CODES;
}

/** Why the platform would make no codes of a form; undefined when it would. */
export function formProblem(form: CodeForm): Label | undefined {
  const { pattern, alphabet } = form;
  if (!/^[A-Za-z0-9#_-]{4,64}$/.test(pattern))
    return {
      zh: '格式须为 4 至 64 个字符，只用字母、数字、#、-、_。',
      en: 'A pattern has 4 to 64 letters, digits, #, - or _.',
    };
  if (!/^[A-Za-z0-9]{10,62}$/.test(alphabet) || new Set(alphabet).size < alphabet.length)
    return {
      zh: '字符集须为 10 至 62 个互不相同的字母或数字。',
      en: 'An alphabet has 10 to 62 different letters or digits.',
    };
  if (freePlaces(form) < 2) return { zh: '# 太少，请增加。', en: 'Use more # in the pattern.' };
  if (codeSpace(form) > MOST_SPACE)
    return { zh: '# 太多：组合数不得超过 2 的 96 次方。', en: 'Too many #: a form makes 2^96 codes at the most.' };
  return undefined;
}

/** How many `#` so many codes need with the alphabet and check character of a form. */
export function placesFor(form: CodeForm, count: number): number {
  const needed = [BigInt(count) * GUESS_MARGIN, LEAST_SPACE].reduce((a, b) => (a > b ? a : b));
  let places = 2;
  while (BigInt(form.alphabet.length) ** BigInt(places) < needed) places++;
  return places + (form.check ? 1 : 0);
}

/** The check digit of base-`radix` digits: a sum weighted 1, 2, 1, 2 … from the left of the digit, Luhn's with an even radix. */
export function checkDigit(digits: readonly number[], radix: number): number {
  let sum = 0;
  for (const [index, digit] of digits.toReversed().entries()) {
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += radix % 2 === 0 ? Math.floor(doubled / radix) + (doubled % radix) : doubled;
  }
  return (radix - (sum % radix)) % radix;
}

/**
 * A text that looks as the codes of a form will; whether the batch will have it nobody can tell beforehand.
 * @param random from 0 to below 1
 */
export function sampleOf(form: CodeForm, random: () => number): string {
  const { pattern, alphabet, check } = form;
  const digits = Array.from({ length: freePlaces(form) }, () => Math.floor(random() * alphabet.length));
  if (check) digits.push(checkDigit(digits, alphabet.length));
  let next = 0;
  return pattern.replaceAll(PLACE, () => alphabet[digits[next++] as number] as string);
}

/** A count with separators and, where it is large, in words that people take in: `8.5 亿`, `852.9 million`. */
export function largeCount(count: bigint, language: 'zh' | 'en'): string {
  if (count < 100_000_000n) return grouped(count);
  const short = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', {
    notation: 'compact',
    compactDisplay: 'long',
    maximumFractionDigits: 1,
  });
  if (count < 10n ** 15n) return short.format(count);
  const exponent = String(count).length - 1;
  return `${(Number(count) / 10 ** exponent).toFixed(1)} × 10^${exponent}`;
}
