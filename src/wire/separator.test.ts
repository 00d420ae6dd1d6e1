import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { renderError, rootName } from './render.ts';
import { isStructural, withoutSeparator } from './separator.ts';

const formats = ['json', 'simplified', 'xml'] as const;
const xml = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** The sub_msg of an error answer, read by a library that knows nothing of separators. */
const subMsgOf = (text: string, format: string): string =>
  (format === 'xml' ? xml.parse(text) : JSON.parse(text)).error_response.sub_msg;

const errorWith = (format: (typeof formats)[number], sub_msg: string): string =>
  renderError(format, { code: 41, msg: 'Invalid arguments:x', sub_msg }, 'r1');

describe.each(formats)('in %s', (format) => {
  test.each(['-S-', '|||', '~~', '---', ';;', '%%', 'SEP', '测', '😀', '==', '::', '\\\\', '##', '\r\n-S-\r\n', '" "'])(
    'an answer that holds %j in a text reads the same without it',
    (separator) => {
      expect(isStructural(separator, format)).toBe(false);
      const sub_msg = `a${separator}b${separator}${separator}c & <d> "e" \\ \n`;
      const answer = withoutSeparator(errorWith(format, sub_msg), separator, format);
      expect(answer).not.toContain(separator);
      expect(subMsgOf(answer, format)).toBe(sub_msg);
    },
  );

  test('any separator that is not structural is kept out of any answer, which reads the same', () => {
    const piece = fc.oneof(
      fc.constantFrom(...'-;&<>"\\/nu0aS#x{[,:\r\n😀😁'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    const separators = fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
    const texts = fc.array(piece, { maxLength: 12 });
    fc.assert(
      fc.property(separators, texts, texts, (separator, before, after) => {
        fc.pre(separator !== '' && separator.isWellFormed() && !isStructural(separator, format));
        const plain = errorWith(format, before.join('') + separator + after.join(''));
        const answer = withoutSeparator(plain, separator, format);
        expect(answer).not.toContain(separator);
        expect(subMsgOf(answer, format)).toBe(subMsgOf(plain, format));
      }),
      { numRuns: 500 },
    );
  });
});

test('JSON escapes by four hexadecimal digits, XML by a hexadecimal character reference', () => {
  expect(withoutSeparator(errorWith('json', 'a---b'), '---', 'json')).toContain('a\\u002d\\u002d\\u002db');
  expect(withoutSeparator(errorWith('xml', 'a---b'), '---', 'xml')).toContain('a&#x2d;&#x2d;&#x2d;b');
});

test('an answer that does not hold the separator goes out as it is', () => {
  for (const format of formats) {
    const answer = errorWith(format, 'a - b');
    expect(withoutSeparator(answer, '---', format)).toBe(answer);
  }
});

test.each(['"', ',', ':', '{', '}', '\\', '0', '12', '-', 'a', 'true', '","', '":"'])(
  '%j is structural in JSON',
  (separator) => {
    expect(isStructural(separator, 'json')).toBe(true);
  },
);

test.each(['<', '>', '/', '&', ';', '#', 'x', '0', 'a', 'code', '=', '"', '><', '</', '?', '-', '.'])(
  '%j is structural in XML',
  (separator) => {
    expect(isStructural(separator, 'xml')).toBe(true);
  },
);

test('what stands in the names of all answers counts as structural in XML', () => {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties } = value as { properties?: object };
    for (const name of Object.keys(properties ?? {})) names.add(name);
    for (const each of Object.values(value)) collect(each);
  };
  for (const contract of catalogue) {
    names.add(rootName(contract.name));
    collect(contract.response);
  }
  expect(names.size).toBeGreaterThan(100);
  expect([...names].filter((name) => !isStructural(`</${name}><`, 'xml'))).toEqual([]);
});
