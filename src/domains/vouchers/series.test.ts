import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVault } from '../../secrets/vault.ts';
import { CLEAR_ALPHABET, checkDigit, codeSpace, createSeries } from './series.ts';

const vault = createVault(randomBytes(32));
const sequences = Array.from({ length: 5000 }, (_, index) => index + 1);
const form = { pattern: 'TPP-########', alphabet: CLEAR_ALPHABET, check: false };

test('codes have the form of their pattern, are all different, and lead back to their sequence', () => {
  const series = createSeries(vault, 'code_a', form);
  const codes = series.codes(sequences);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(/^TPP-[2-9A-HJKMNP-Z]{8}$/);
  expect(codes.map((code) => series.sequence(code))).toEqual(sequences);
});

test('the codes of another batch or of another master key are others', () => {
  const codes = new Set(createSeries(vault, 'code_a', form).codes(sequences));
  const others = [createSeries(vault, 'code_b', form), createSeries(createVault(randomBytes(32)), 'code_a', form)];
  for (const other of others) expect(other.codes(sequences).filter((code) => codes.has(code))).toHaveLength(0);
});

test('a text that is no code of the form has no sequence', () => {
  const series = createSeries(vault, 'code_a', form);
  const [code = ''] = series.codes([1]);
  for (const wrong of [
    '',
    'TPP-',
    code.slice(1),
    `${code}2`,
    code.replace('T', 'X'),
    `${code.slice(0, -1)}0`,
    'TPP-########',
  ])
    expect(series.sequence(wrong)).toBeUndefined();
});

test('of texts in the form but for those made, none leads to a sequence that is made', () => {
  const series = createSeries(vault, 'code_a', form);
  const real = new Set(series.codes(sequences));
  const digits = fc.array(fc.constantFrom(...CLEAR_ALPHABET), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(digits, (each) => {
      const guess = `TPP-${each.join('')}`;
      const sequence = series.sequence(guess);
      expect(sequence !== undefined && sequence >= 1 && sequence <= sequences.length).toBe(real.has(guess));
    }),
  );
});

test.each([CLEAR_ALPHABET, '0123456789', 'ABCDEFGHJKMNPQRSTUVWXYZ', '0123456789ABCDEF'])(
  'with a check character from %s no single wrong character and no swap of neighbours passes',
  (alphabet) => {
    const series = createSeries(vault, 'code_a', { pattern: '####-####', alphabet, check: true });
    for (const code of series.codes(sequences.slice(0, 20)))
      for (const [index, character] of [...code].entries()) {
        if (character === '-') continue;
        const put = (text: string) => code.slice(0, index) + text + code.slice(index + text.length);
        for (const other of alphabet) expect(series.sequence(put(other)) !== undefined).toBe(other === character);
        const next = code[index + 1] ?? character;
        const ends = [alphabet[0], alphabet.at(-1)];
        const unseen = alphabet.length % 2 === 0 && ends.includes(next) && ends.includes(character);
        if (next !== '-' && next !== character && !unseen)
          expect(series.sequence(put(next + character))).toBeUndefined();
      }
  },
);

test('the check digit of an even base is that of Luhn', () => {
  expect(checkDigit([7, 9, 9, 2, 7, 3, 9, 8, 7, 1], 10)).toBe(3);
});

test('a check character takes its place from the codes that a pattern can make', () => {
  expect(codeSpace(form)).toBe(31n ** 8n);
  expect(codeSpace({ ...form, check: true })).toBe(31n ** 7n);
});
