import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instants } from '../../test/harness/arbitrary.ts';
import { formatInstant, parseInstant, parseTimestamp } from './time.ts';

test.each(['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH:mm'] as const)(
  'an instant spelled as %s reads back as itself',
  (pattern) => {
    fc.assert(
      fc.property(instants(pattern), (instant) => {
        const text = formatInstant(instant, pattern);
        expect(text).toHaveLength(pattern.length);
        expect(parseInstant(text, pattern)).toEqual(instant);
      }),
    );
  },
);

test('texts are in GMT+8', () => {
  expect(formatInstant(new Date('2026-01-01T19:04:05Z'))).toBe('2026-01-02 03:04:05');
  expect(formatInstant(new Date('2026-01-01T19:04:05Z'), 'yyyy-MM-dd HH:mm')).toBe('2026-01-02 03:04');
  expect(parseInstant('2026-01-02 03:04:05')?.toISOString()).toBe('2026-01-01T19:04:05.000Z');
});

test.each([
  '2026-02-29 00:00:00',
  '2026-02-30 00:00:00',
  '2026-04-31 00:00:00',
  '2026-13-01 00:00:00',
  '2026-00-01 00:00:00',
  '2026-01-00 00:00:00',
  '2026-01-32 00:00:00',
  '2026-01-01 24:00:00',
  '2026-01-01 23:60:00',
  '2026-01-01 23:59:60',
  '0000-01-01 00:00:00',
  '0001-01-01 07:59:59',
  '9999-12-31 24:00:00',
])('%s, which never is, is refused', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('29 February is a day in leap years', () => {
  expect(parseInstant('2028-02-29 00:00:00')).toEqual(new Date('2028-02-29T00:00:00+08:00'));
});

test.each([
  '',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-1-1 00:00:00',
  '2026-01-01 00:00',
  ' 2026-01-01 00:00:00',
  '2026-01-01 00:00:00Z',
  '２026-01-01 00:00:00',
])('%j has another form than seconds and is refused', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('seconds do not fit a pattern of minutes', () => {
  expect(parseInstant('2026-01-01 00:00', 'yyyy-MM-dd HH:mm')).toEqual(new Date('2026-01-01T00:00:00+08:00'));
  expect(parseInstant('2026-01-01 00:00:00', 'yyyy-MM-dd HH:mm')).toBeUndefined();
});

test('what cannot be spelled in the pattern is an error and never a wrong text', () => {
  expect(() => formatInstant(new Date(Number.NaN))).toThrow(RangeError);
  expect(() => formatInstant(new Date('9999-12-31T16:00:00Z'))).toThrow(RangeError);
  expect(() => formatInstant(new Date('-000001-01-01T00:00:00Z'))).toThrow(RangeError);
});

test('a timestamp is GMT+8 text, epoch milliseconds in 13 digits or seconds in 10', () => {
  expect(parseTimestamp('2026-01-02 03:04:05')).toEqual(new Date('2026-01-02T03:04:05+08:00'));
  expect(parseTimestamp('1767294245000')).toEqual(new Date('2026-01-02T03:04:05+08:00'));
  expect(parseTimestamp('1767294245')).toEqual(new Date('2026-01-02T03:04:05+08:00'));
  for (const text of [
    '176729424',
    '17672942450',
    '17672942450000',
    '-176729424500',
    '1767294245e3',
    '',
    'now',
    '2026-01-02 03:04',
  ])
    expect(parseTimestamp(text)).toBeUndefined();
});
