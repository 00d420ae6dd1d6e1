import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as server from '../../src/domains/vouchers/batches/rules.ts';
import * as series from '../../src/domains/vouchers/series.ts';
import { partsOf } from '../../src/sdk/csv-file.ts';
import { createVault } from '../../src/secrets/vault.ts';
import * as page from '../../web/console/workplaces/vouchers/form.ts';
import { readCodes } from '../../web/console/workplaces/vouchers/operations.ts';

const vault = createVault(Buffer.alloc(32, 7));
const letters = fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789');
const pattern = fc.string({
  unit: fc.oneof({ weight: 4, arbitrary: fc.constant('#') }, { weight: 1, arbitrary: fc.constantFrom(...'AB-_ é') }),
  maxLength: 70,
});
const alphabet = fc.oneof(
  fc.constantFrom(...page.ALPHABETS.map((each) => each.alphabet)),
  fc.uniqueArray(letters, { minLength: 8, maxLength: 62 }).map((each) => each.join('')),
  fc.string({ unit: letters, minLength: 9, maxLength: 12 }),
);
const form = fc.record({ pattern, alphabet, check: fc.boolean() });

test('the page judges forms of codes as the platform does: same refusals, same capacity', () => {
  fc.assert(
    fc.property(form, (each) => {
      const isRefused = server.formProblem(each) !== undefined;
      expect(page.formProblem(each) !== undefined).toBe(isRefused);
      if (!isRefused)
        expect([page.codeSpace(each), page.mostCodes(each)]).toEqual([series.codeSpace(each), server.mostCodes(each)]);
    }),
  );
  expect(page.ALPHABETS[0]?.alphabet).toBe(series.CLEAR_ALPHABET);
  expect(page.DEFAULT_PATTERN).toBe(server.chooseForm({}, null).pattern);
});

test('samples of a form are read as codes of it, check character and all', () => {
  fc.assert(
    fc.property(
      form.filter((each) => server.formProblem(each) === undefined),
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (each, chance) => {
        const random = () => chance.next().value as number;
        const samples = Array.from({ length: 4 }, () => page.sampleOf(each, random));
        for (const sample of samples) expect(sample).toHaveLength(each.pattern.length);
        // A number beyond 2^53 is no sequence, though its text fits.
        if (series.codeSpace(each) <= BigInt(Number.MAX_SAFE_INTEGER)) {
          const codes = series.createSeries(vault, 'code_1', each);
          for (const sample of samples) expect(codes.sequence(sample)).toBeGreaterThan(0);
        }
      },
    ),
  );
});

test('as many # as the page asks for are enough, and one less is not', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...page.ALPHABETS.map((each) => each.alphabet)),
      fc.boolean(),
      fc.integer({ min: 1, max: page.MOST_AT_ONCE }),
      (own, check, count) => {
        const places = page.placesFor({ pattern: '', alphabet: own, check }, count);
        const most = (length: number) => server.mostCodes({ pattern: '#'.repeat(length), alphabet: own, check });
        expect([most(places) >= count, most(places - 1) >= count]).toEqual([true, false]);
      },
    ),
  );
});

test('large counts are said shortly', () => {
  expect([852_891_037_441n, 99_999n, 10n ** 18n].map((count) => page.largeCount(count, 'en'))).toEqual([
    '852.9 billion',
    '99,999',
    '1.0 × 10^18',
  ]);
});

test('a file goes up in whole lines, every character once, the same parts each time, the last one marked', async () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom(...'A7-券é'), maxLength: 12 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 16, max: 90 }),
      async (rows, end, size) => {
        const file = new Blob([rows.join(end)]);
        const parts = await Array.fromAsync(partsOf(file, size));
        expect(parts.map(({ csv }) => csv).join('')).toBe(rows.join(end));
        expect(parts.map(({ is_last }) => is_last)).toEqual(parts.map((_each, index) => index === parts.length - 1));
        // A line longer than two parts is cut: it is no code anyway.
        for (const { csv } of parts.slice(0, -1)) expect(csv.endsWith('\n') || csv.length > 2 * size).toBe(true);
        expect(await Array.fromAsync(partsOf(file, size))).toEqual(parts);
      },
    ),
  );
});

test('a byte order mark is not part of the first code, and a line without an end does not grow without bound', async () => {
  const [first] = await Array.fromAsync(partsOf(new Blob(['\uFEFFcode\nA1B2'])));
  expect(first?.csv).toBe('code\nA1B2');
  const parts = await Array.fromAsync(partsOf(new Blob(['x'.repeat(1000)]), 100));
  expect(Math.max(...parts.map(({ csv }) => csv.length))).toBeLessThanOrEqual(400);
});

test('codes are read out of any text, each once, and what stood there twice is counted', () => {
  expect(readCodes('A-1, B_2\n\nA-1；C3\tB_2')).toEqual({ codes: ['A-1', 'B_2', 'C3'], doubled: 2 });
  expect(readCodes('  \n')).toEqual({ codes: [], doubled: 0 });
});
