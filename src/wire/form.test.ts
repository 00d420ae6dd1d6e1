import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopError } from '../contract/errors.ts';
import { decodeForm, decodeFormBytes, decodeUtf8, EncodingError, encodeForm, MAX_NAMES } from './form.ts';

const unit = fc.oneof(
  fc.constantFrom(' ', '+', '%', '&', '=', '%20', '测', '😀'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const parameters = fc.uniqueArray(fc.tuple(fc.string({ unit, minLength: 1 }), fc.string({ unit })), {
  selector: ([name]) => name,
});

test('any parameters survive being written and read', () => {
  fc.assert(
    fc.property(parameters, (all) => {
      expect([...decodeForm(encodeForm(all))]).toEqual(all);
    }),
  );
});

test('any parameters survive the dialects: space as plus, escapes in small letters', () => {
  fc.assert(
    fc.property(parameters, (all) => {
      const text = encodeForm(all);
      const dialect = text.replaceAll('%20', '+').replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
      expect([...decodeForm(dialect)]).toEqual(all);
    }),
  );
});

test('any form of any bytes is read or refused, by no other error than EncodingError', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        for (const [name, value] of decodeForm(decodeUtf8(Buffer.from(bytes))))
          expect(name !== '' && name.isWellFormed() && value.isWellFormed()).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(EncodingError);
      }
    }),
  );
});

test('a space comes as plus or %20, a plus as %2B or %2b', () => {
  expect([...decodeForm('a=1+2%203%2B4%2b5')]).toEqual([['a', '1 2 3+4+5']]);
});

test('what is no parameter leaves no trace: no text, stray ampersands, pairs without a name', () => {
  expect([...decodeForm('')]).toEqual([]);
  expect([...decodeForm('&&=x&a=1&')]).toEqual([['a', '1']]);
});

test('an equals sign in a value stays, and a name alone has an empty value', () => {
  expect([...decodeForm('a=b=c&d&e=')]).toEqual([
    ['a', 'b=c'],
    ['d', ''],
    ['e', ''],
  ]);
});

test('a name that comes twice keeps its last value, the body over the query', () => {
  const query = decodeForm('a=1&a=2&b=1');
  expect([...decodeForm('b=2', query)]).toEqual([
    ['a', '2'],
    ['b', '2'],
  ]);
});

test.each(['a=%', 'a=%2', 'a=%zz', 'a=%ff', 'a=%C3%28', '%E6%B5=1', 'a=%ED%A0%80'])(
  '%s is refused since its escapes are not UTF-8',
  (text) => {
    expect(() => decodeForm(text)).toThrow(EncodingError);
  },
);

test('bytes that are not UTF-8 are refused: GBK, overlong forms, cut-off characters', () => {
  for (const hex of ['b2e2cad4', 'c080', 'e6b5', 'eda080', 'ff'])
    expect(() => decodeUtf8(Buffer.from(hex, 'hex'))).toThrow(EncodingError);
  expect(decodeUtf8(Buffer.from('e6b58be8af95', 'hex'))).toBe('测试');
});

test('a form of more parameters than are taken is refused before they are looked at, one of just enough is read', () => {
  const form = (count: number) => Array.from({ length: count }, (_, n) => `p${n}=${n}`).join('&');
  expect(decodeForm(form(MAX_NAMES)).size).toBe(MAX_NAMES);
  for (const many of [form(MAX_NAMES + 1), 'a&'.repeat(MAX_NAMES + 1), '=&'.repeat(MAX_NAMES + 1)])
    expect(() => decodeForm(many)).toThrow(TopError);
  expect(decodeForm('&'.repeat(100_000)).size).toBe(0);
});

const wordsOf = (decode: () => unknown): string => {
  try {
    decode();
  } catch (error) {
    return (error as EncodingError).words.en;
  }
  return 'none';
};

test.each([
  ['a=1&rate=5%', 'the parameter rate holds %, which escapes nothing: write a percent sign as %25'],
  ['rate=5%&b=1', 'the parameter rate holds %, which escapes nothing: write a percent sign as %25'],
  ['note=100%off', 'the parameter note holds %of, which escapes nothing: write a percent sign as %25'],
  ['100%=x', 'the parameter 100% holds %, which escapes nothing: write a percent sign as %25'],
  ['a=1&title=%B2%E2%CA%D4', 'the parameter title is not UTF-8 but looks like GBK: encode every parameter in UTF-8'],
  ['title=caf%E9', 'the parameter title is not UTF-8: encode every parameter in UTF-8'],
])('of %s the refusal names the parameter, and a stray percent sign or another encoding', (text, words) => {
  expect(wordsOf(() => decodeForm(text))).toBe(words);
});

test('of raw bytes that are not UTF-8 the refusal names the parameter', () => {
  const form = (value: string) => Buffer.from(`a=1&title=${value}&b=2`, 'latin1');
  expect(wordsOf(() => decodeFormBytes(form('\xb2\xe2\xca\xd4')))).toMatch(/^the parameter title .*GBK/);
  expect(wordsOf(() => decodeFormBytes(form('caf\xe9')))).toMatch(/^the parameter title is not UTF-8:/);
  expect(decodeFormBytes(Buffer.from('a=测'))).toBe('a=测');
});
