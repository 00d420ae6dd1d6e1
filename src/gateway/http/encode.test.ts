import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeAnswer } from './encode.ts';

test('an answer has the bytes of its text, whatever came before it and wherever its characters fall', () => {
  const text = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 80 }));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (answers) => {
      // Twice each, since the second is told apart from the first by nothing but its end.
      for (const [part, times] of answers.flatMap((each) => [each, each])) {
        const answer = part.repeat(times * 20);
        expect(Buffer.from(encodeAnswer(answer)).equals(Buffer.from(answer))).toBe(true);
      }
    }),
  );
});

test('answers that differ before their end are not taken for each other', () => {
  const long = 'x'.repeat(2000);
  for (const answer of [`1${long}`, `2${long}`, `1${long}`, `${long}1`, `${long}2`])
    expect(Buffer.from(encodeAnswer(answer)).toString()).toBe(answer);
});
