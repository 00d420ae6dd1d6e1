import { remember } from '../../remember.ts';
import type { Vault } from '../../secrets/vault.ts';
import { createPermutation } from './ff1.ts';
import { createDigits, type Digits } from './ff1-digits.ts';

/**
 * How the codes of a batch look: `#` in the pattern stands for a character of the alphabet, every other character for
 * itself. With `check` the last `#` is a check character made from those before it.
 */
export type CodeForm = { readonly pattern: string; readonly alphabet: string; readonly check: boolean };

/** The codes of a batch, computed from their sequence and back; none of them is stored. */
export type CodeSeries = {
  /** The codes of some sequences (1…), in their order. */
  codes(sequences: readonly number[]): string[];
  /** The sequence whose code this is, made yet or not; undefined when the text is no code of the batch's form. */
  sequence(code: string): number | undefined;
};

/** Digits and capitals without those that are read for one another: 0 O, 1 I L. */
export const CLEAR_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

const PLACE = '#';
const KEY_PURPOSE = 'voucher-series';

/** Places of a pattern that are free, the check character's not counted. */
export const freePlaces = ({ pattern, check }: CodeForm): number => pattern.split(PLACE).length - 1 - (check ? 1 : 0);

/** How many codes a form can make. */
export const codeSpace = (form: CodeForm): bigint => BigInt(form.alphabet.length) ** BigInt(freePlaces(form));

/**
 * The check digit of base-`radix` digits. It tells every single wrong digit and every swap of neighbours, except with an
 * even radix the swap of the lowest with the highest digit. Odd: a sum weighted 1, 2, 1, 2 …; even: the Luhn sum.
 */
export function checkDigit(digits: readonly number[], radix: number): number {
  let sum = 0;
  for (const [index, digit] of digits.toReversed().entries()) {
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += radix % 2 === 0 ? Math.floor(doubled / radix) + (doubled % radix) : doubled;
  }
  return (radix - (sum % radix)) % radix;
}

/** The same permutation of numbers of any size. */
function createWideDigits(key: Buffer, radix: number, length: number): Digits {
  const permutation = createPermutation(key, radix, length);
  const base = BigInt(radix);
  const digitsOf = (image: bigint): number[] => {
    const digits = new Array<number>(length);
    for (let place = length - 1, rest = image; place >= 0; place--, rest /= base) digits[place] = Number(rest % base);
    return digits;
  };
  return {
    encrypt: (numbers) => permutation.encrypt(numbers.map(BigInt)).map(digitsOf),
    decrypt: (digits) => Number(permutation.decrypt(digits.reduce((sum, digit) => sum * base + BigInt(digit), 0n))),
  };
}

/** Series are kept: to make one costs as much as some thirty codes. */
const MOST_KEPT = 1000;
const kept = new WeakMap<Vault, Map<string, CodeSeries>>();

/** The codes of a batch by its form, under a key of its own that only the vault's holder can derive. */
export function createSeries(vault: Vault, mix_id: string, form: CodeForm): CodeSeries {
  const own = kept.get(vault) ?? new Map<string, CodeSeries>();
  kept.set(vault, own);
  const name = JSON.stringify([mix_id, form.pattern, form.alphabet, form.check]);
  return own.get(name) ?? remember(own, MOST_KEPT, name, makeSeries(vault, mix_id, form));
}

function makeSeries(vault: Vault, mix_id: string, form: CodeForm): CodeSeries {
  const { alphabet, pattern, check } = form;
  const radix = alphabet.length;
  const length = freePlaces(form);
  const key = vault.hash(KEY_PURPOSE, mix_id);
  const permutation = createDigits(key, radix, length) ?? createWideDigits(key, radix, length);
  const [first = '', ...between] = pattern.split(PLACE);

  const spell = (digits: readonly number[]): string => {
    let code = first;
    for (let place = 0; place < length; place++) code += alphabet[digits[place] as number] + (between[place] as string);
    return check ? code + alphabet[checkDigit(digits, radix)] + between[length] : code;
  };

  const read = (code: string): number[] | undefined => {
    if (code.length !== pattern.length) return undefined;
    const digits: number[] = [];
    for (const [index, character] of [...pattern].entries()) {
      if (character === PLACE) digits.push(alphabet.indexOf(code[index] as string));
      else if (character !== code[index]) return undefined;
    }
    return digits.includes(-1) ? undefined : digits;
  };

  return {
    codes: (sequences) => permutation.encrypt(sequences.map((each) => each - 1)).map(spell),
    sequence(code) {
      const digits = read(code);
      if (digits === undefined) return undefined;
      if (check && checkDigit(digits.slice(0, -1), radix) !== digits.at(-1)) return undefined;
      const sequence = permutation.decrypt(digits.slice(0, length)) + 1;
      return Number.isSafeInteger(sequence) ? sequence : undefined;
    },
  };
}
