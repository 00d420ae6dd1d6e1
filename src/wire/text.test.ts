import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from '../../test/harness/arbitrary.ts';
import { parseXml } from '../../test/harness/xml.ts';
import { escapeXml, isPlainText, quoteJson, toPlainText } from './text.ts';

const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.nat(0xffff).map((n) => String.fromCharCode(n)),
  ),
});

test('a plain text reads back as itself from XML and from JSON', () => {
  fc.assert(
    fc.property(plainText(100), (text) => {
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
      expect(JSON.parse(quoteJson(text))).toBe(text);
    }),
  );
});

test('any text at all, broken surrogates and control characters too, leaves as what both formats can carry', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const plain = toPlainText(text);
      expect(isPlainText(plain)).toBe(true);
      expect(plain).toHaveLength(text.length);
      expect(JSON.parse(quoteJson(text))).toBe(plain);
      // An escape of our own making: no backslash u that the text itself did not hold.
      expect(quoteJson(text.replaceAll('\\', ''))).not.toMatch(/\\u/);
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(plain);
    }),
    { numRuns: 300 },
  );
});

test('a text that both formats can carry is left alone', () => {
  for (const text of ['', 'a\tb\nc\r', '测试 😀', '\u0085\u00a0\u2028\ufffd'])
    expect([isPlainText(text), toPlainText(text)]).toEqual([true, text]);
});

test.each(['\u0000', '\u0008', '\u000b', '\u000c', '\u001f', '\ud800', '\udc00', '\ufffe', '\uffff'])(
  '%j can be carried by no format and becomes U+FFFD',
  (text) => {
    expect(isPlainText(`a${text}b`)).toBe(false);
    expect(toPlainText(`a${text}b`)).toBe('a\ufffdb');
  },
);

test('XML escapes what the samples escape, and the carriage return that parsers would turn into a line feed', () => {
  expect(escapeXml(`<a href="x">'&'\r\n</a>`)).toBe(`&lt;a href=&quot;x&quot;&gt;'&amp;'&#13;\n&lt;/a&gt;`);
});

test('JSON holds raw UTF-8 and only the escapes that every client reads', () => {
  expect(quoteJson('测试😀"\\/\n\t\r')).toBe('"测试😀\\"\\\\/\\n\\t\\r"');
});
