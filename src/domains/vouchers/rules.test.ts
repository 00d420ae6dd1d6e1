import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeState, readPageParams } from './rules.ts';

const instant = (text: string): Date => new Date(`${text}+08:00`);
const EXPIRE = instant('2019-12-02T23:59:59');
const STORED = instant('2019-12-01T00:00:00');
const code = (code_status: -2 | 0 | 2) => ({ code_status, bound: false, gmt_modified: STORED, expire_time: EXPIRE });

test('absent, blank and empty params mean the first 100 rows', () => {
  for (const params of [undefined, null, '', '  ', '{}', '{"last_sequence":null}'])
    expect(readPageParams(params)).toEqual({ last_sequence: 0, page_size: 100 });
});

test('cursor and page size are taken under both spellings, as numbers or digits', () => {
  const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const spelled = (value: number, asText: boolean) => (asText ? String(value) : value);
  fc.assert(
    fc.property(whole, fc.integer({ min: 1, max: 1000 }), fc.boolean(), fc.boolean(), (cursor, size, text, camel) => {
      const params = camel
        ? { lastSequence: spelled(cursor, text), pageSize: spelled(size, text) }
        : { last_sequence: spelled(cursor, text), page_size: spelled(size, text) };
      expect(readPageParams(JSON.stringify(params))).toEqual({ last_sequence: cursor, page_size: size });
    }),
  );
});

test('a code is normal through the second of its expire_time and expired after it, which then is its last change', () => {
  const last = new Date(EXPIRE.getTime() + 999);
  expect(codeState(code(0), last)).toEqual({ code_status: 0, gmt_modified: STORED, bind_status: -1 });
  const after = new Date(EXPIRE.getTime() + 1000);
  expect(codeState(code(0), after)).toEqual({ code_status: -1, gmt_modified: EXPIRE, bind_status: -1 });
});

test('a change stored after the expiry stays the last change', () => {
  const later = new Date(EXPIRE.getTime() + 60_000);
  const state = codeState({ ...code(0), gmt_modified: later }, new Date(later.getTime() + 1));
  expect(state).toMatchObject({ code_status: -1, gmt_modified: later });
});

test('voided and consumed codes never read expired', () => {
  const late = instant('2030-01-01T00:00:00');
  expect(codeState(code(-2), late)).toMatchObject({ code_status: -2, gmt_modified: STORED });
  expect(codeState(code(2), late)).toMatchObject({ code_status: 2, gmt_modified: STORED });
});
