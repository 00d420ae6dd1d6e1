import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopError } from '../contract/errors.ts';
import { ANY_TEXT, DIGITS, joinedCursor, jsonCursor, pageOf, readIdCursor, writeIdCursor } from './paging.ts';

const places = jsonCursor({ at: 'instant', no: 'number', ref: ANY_TEXT });
const limits = joinedCursor(':', { no: 'number', id: DIGITS, method: /^\S{0,128}$/ });

test('a cursor leads back to the place that it was written for, whatever the texts of that place hold', () => {
  const place = { at: fc.date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true }) };
  const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0'));
  fc.assert(
    fc.property(fc.record({ ...place, no: fc.maxSafeInteger(), ref: text }), (given) => {
      expect(places.read(places.write(given))).toEqual(given);
    }),
    { numRuns: 30 },
  );
  const given = { no: 12, id: '034', method: 'a:b:c' };
  expect(limits.write(given)).toBe('12:034:a:b:c');
  expect(limits.read(limits.write(given))).toEqual(given);
});

test('a text that no page gave is refused by its name; without a cursor a list begins', () => {
  const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const wrong = ['x', packed(1), packed([1, 2]), packed([-1, 2, 'a']), packed([1, 2.5, 'a']), packed([1, 2, 'a\0'])];
  for (const cursor of [...wrong, packed([1, 2, 'a', 3]), packed([253_402_300_800_000, 1, 'a'])])
    expect(() => places.read(cursor), cursor).toThrow(TopError);
  for (const cursor of ['1', '1:2', ':1:', '-1:2:', '1:x:', '9007199254740993:2:', '1:2:a b'])
    expect(() => limits.read(cursor), cursor).toThrow('Invalid arguments:cursor');
  for (const cursor of ['x', '-1', '1.0', '１', '99999999999999999'])
    expect(() => readIdCursor(cursor), cursor).toThrow(TopError);
  expect([readIdCursor(undefined), readIdCursor('', 7), readIdCursor(writeIdCursor(5))]).toEqual([0, 7, 5]);
});

test('a list is paged to its end, each row once, and the last page gives no cursor', async () => {
  const rows = Array.from({ length: 7 }, (_, index) => index + 1);
  for (const size of [1, 2, 3, 7, 8]) {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const after = readIdCursor(cursor);
      const find = async (limit: number) => rows.filter((id) => id > after).slice(0, limit);
      const page = await pageOf(size, find, writeIdCursor);
      expect(page.rows.length).toBeLessThanOrEqual(size);
      seen.push(...page.rows);
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(rows);
  }
});
