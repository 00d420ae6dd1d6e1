import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopError } from '../contract/errors.ts';
import { BATCH_SEPARATOR, decodeBatch, encodeBatch, MAX_BATCH_CALLS } from './batch.ts';
import { EncodingError } from './form.ts';

const callsIn = (...given: Parameters<typeof decodeBatch>) => decodeBatch(...given).map(({ parameters }) => parameters);

const parameters = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' })), {
    selector: ([name]) => name,
    maxLength: 4,
  })
  .map((all) => new Map(all));

test('the calls of any batch survive being written and read, each on top of what all share', () => {
  const batch = fc.record({
    shared: parameters,
    calls: fc.array(parameters, { minLength: 1, maxLength: 5 }),
    separator: fc.constantFrom(BATCH_SEPARATOR, '\n|||\n', '-----'),
  });
  fc.assert(
    fc.property(batch, ({ shared, calls, separator }) => {
      const expected = calls.map((own) => new Map([...shared, ...own]));
      expect(callsIn(encodeBatch(shared, calls, separator), separator)).toEqual(expected);
    }),
  );
});

test('a batch is written as the protocol shows it', () => {
  const shared = new Map([['method', 'taobao.time.get']]);
  expect(encodeBatch(shared, [new Map(), new Map([['a', '1 2']])])).toBe(
    '#PUBLIC#method=taobao.time.get\r\n-S-\r\nN\r\n-S-\r\na=1%202',
  );
  expect(encodeBatch(new Map(), [new Map()])).toBe('N');
});

test('N and an empty segment are calls without parameters of their own', () => {
  expect(callsIn('N', BATCH_SEPARATOR)).toEqual([new Map()]);
  expect(callsIn('#PUBLIC#a=1\r\n-S-\r\nN\r\n-S-\r\n\r\n-S-\r\nN\r\n', BATCH_SEPARATOR)).toEqual(
    Array.from({ length: 3 }, () => new Map([['a', '1']])),
  );
  expect(callsIn('N=1', BATCH_SEPARATOR)).toEqual([new Map([['N', '1']])]);
});

test('what stands behind the last separator is no call when it is empty', () => {
  for (const last of ['', '\r\n', ' '])
    expect(callsIn(`#PUBLIC#a=1\r\n-S-\r\nN\r\n-S-\r\n${last}`, BATCH_SEPARATOR)).toEqual([new Map([['a', '1']])]);
});

test('nothing, or shared parameters alone, are no call', () => {
  expect(callsIn('', BATCH_SEPARATOR)).toEqual([]);
  expect(callsIn('#PUBLIC#a=1', BATCH_SEPARATOR)).toEqual([]);
});

test('a call does not see what another one brings', () => {
  expect(callsIn('a=1\r\n-S-\r\nb=2', BATCH_SEPARATOR)).toEqual([new Map([['a', '1']]), new Map([['b', '2']])]);
});

test('a segment that is not UTF-8 refuses the batch', () => {
  expect(() => callsIn('a=%ff\r\n-S-\r\nN', BATCH_SEPARATOR)).toThrow(EncodingError);
});

describe('a batch is refused before anything is copied', () => {
  const shared = `#PUBLIC#${Array.from({ length: 200 }, (_, n) => `p${n}=1`).join('&')}`;

  test('when it has too many calls, whatever their separator', () => {
    for (const separator of [';', 'a', BATCH_SEPARATOR])
      expect(() => callsIn(shared + separator.repeat(200_000), separator)).toThrow(TopError);
    const most = Array(MAX_BATCH_CALLS).fill('N').join(';');
    expect(callsIn(`${shared};${most}`, ';')).toHaveLength(MAX_BATCH_CALLS);
    expect(() => callsIn(`${shared};${most};N`, ';')).toThrow('42');
  });

  test('when its calls, what all share counted with each, have too many characters or parameters together', () => {
    const calls = (count: number) => Array(count).fill('N').join(';');
    const value = `#PUBLIC#a=${'x'.repeat(1000)}`;
    expect(callsIn(`${value};${calls(10)}`, ';', 11_000)).toHaveLength(10);
    expect(() => callsIn(`${value};${calls(11)}`, ';', 11_000)).toThrow('42');
    const names = `#PUBLIC#${Array.from({ length: 1000 }, (_, n) => `p${n}=1`).join('&')}`;
    expect(callsIn(`${names};${calls(20)}`, ';')).toHaveLength(20);
    expect(() => callsIn(`${names};${calls(21)}`, ';')).toThrow('42');
  });
});
