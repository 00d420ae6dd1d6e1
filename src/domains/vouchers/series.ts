import type { Vault } from '../../secrets/vault.ts';
import { createPermutation } from './ff1.ts';

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

/** The codes of a batch by its form, under a key of its own that only the vault's holder can derive. */
export function createSeries(vault: Vault, mix_id: string, form: CodeForm): CodeSeries {
  const { alphabet, pattern, check } = form;
  const radix = alphabet.length;
  const length = freePlaces(form);
  const permutation = createPermutation(vault.hash(KEY_PURPOSE, mix_id), radix, length);

  const spell = (image: bigint): string => {
    const digits = new Array<number>(length);
    for (let place = length - 1, rest = image; place >= 0; place--, rest /= BigInt(radix))
      digits[place] = Number(rest % BigInt(radix));
    if (check) digits.push(checkDigit(digits, radix));
    let next = 0;
    return pattern.replaceAll(PLACE, () => alphabet[digits[next++] as number] as string);
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
    codes: (sequences) => permutation.encrypt(sequences.map((each) => BigInt(each - 1))).map(spell),
    sequence(code) {
      const digits = read(code);
      if (digits === undefined) return undefined;
      if (check && checkDigit(digits.slice(0, -1), radix) !== digits.at(-1)) return undefined;
      const image = digits.slice(0, length).reduce((sum, digit) => sum * BigInt(radix) + BigInt(digit), 0n);
      const sequence = Number(permutation.decrypt(image)) + 1;
      return Number.isSafeInteger(sequence) ? sequence : undefined;
    },
  };
}
