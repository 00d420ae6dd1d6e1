import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestValue } from '../../test/harness/arbitrary.ts';
import { encodeRequest } from '../../test/harness/encode.ts';
import { everyKind } from '../../test/harness/every-kind.ts';
import { benefitSelector } from '../contract/benefits/benefit.ts';
import { catalogue } from '../contract/catalogue.ts';
import { type ErrorBody, TopError } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { PUBLIC_PARAMETERS } from '../contract/public-parameters.ts';
import { compileParser } from './parse.ts';

const contracts: readonly Contract[] = [...catalogue, everyKind];

describe.each(contracts)('any request of $name', (contract) => {
  const parse = compileParser(contract);

  test('reaches the handler as it was meant', () => {
    fc.assert(
      fc.property(requestValue(contract.request), (value) => {
        expect(parse(encodeRequest(contract, value))).toEqual(value);
      }),
    );
  });

  test('reaches the handler beside every public parameter', () => {
    fc.assert(
      fc.property(requestValue(contract.request), (value) => {
        const parameters = encodeRequest(contract, value);
        for (const name of PUBLIC_PARAMETERS) parameters.set(name, 'x');
        expect(parse(parameters)).toEqual(value);
      }),
      { numRuns: 3 },
    );
  });

  test('with a parameter that the contract lacks is refused where the method is ours, else reaches the handler without it', () => {
    fc.assert(
      fc.property(
        requestValue(contract.request),
        fc.constantFrom('__proto__', 'toString', 'ünknown'),
        (value, name) => {
          const parameters = encodeRequest(contract, value).set(name, '{"polluted":1}');
          if (contract.name.startsWith('piaoquan.'))
            expect(() => parse(parameters)).toThrow(`41 Invalid arguments:${name}`);
          else expect(parse(parameters)).toEqual(value);
        },
      ),
      { numRuns: 6 },
    );
  });
});

const parse = compileParser(everyKind);
const valid = { name: 'n', count: '1', yes: 'true', at: '2026-01-02 03:04:05' };

function refusal(parameters: Record<string, string>): ErrorBody {
  try {
    parse(new Map(Object.entries({ ...valid, ...parameters })));
  } catch (error) {
    if (error instanceof TopError) return error.body;
    throw error;
  }
  throw new Error('nothing was refused');
}

const value = (parameters: Record<string, string>) => parse(new Map(Object.entries({ ...valid, ...parameters })));

test.each(['name', 'count', 'yes', 'at'])('without %s the refusal is 40 and names it', (name) => {
  expect(refusal({ [name]: '' })).toMatchObject({ code: 40, msg: `Missing required arguments:${name}` });
});

test.each([
  ['count', '1.5'],
  ['count', '1e3'],
  ['count', '0x1'],
  ['count', ' 1'],
  ['count', '+1'],
  ['count', '9007199254740992'],
  ['count', '99999999999999999999'],
  ['level', '1'],
  ['few', '0'],
  ['few', '4'],
  ['yes', 'TRUE'],
  ['yes', '1'],
  ['at', '2026-01-02'],
  ['at', '2026-02-30 00:00:00'],
  ['minute', '2026-01-02 03:04:05'],
  ['name', 'a\u0000b'],
  ['name', 'x'.repeat(201)],
  ['kind', 'B'],
  ['kind', 'toString'],
  ['rest', '{'],
  ['inner', 'text'],
  ['inner', '[]'],
  ['inner', 'null'],
  ['inner', '1'],
  ['inners', '{}'],
  ['numbers', '1,2,3,4'],
])('%s=%j is refused by 41 naming it', (name, text) => {
  expect(refusal({ [name]: text })).toMatchObject({ code: 41, msg: `Invalid arguments:${name}` });
});

test.each([
  ['inner', '{"count":1}', 40, 'inner.name'],
  ['inner', '{"name":"x","count":"y"}', 41, 'inner.count'],
  ['inner', '{"name":"x","tags":["a",""]}', 41, 'inner.tags[1]'],
  ['inner', '{"name":"x","rest":"{"}', 41, 'inner.rest'],
  ['inners', '[{"name":"x"},{"name":"\\u0000"}]', 41, 'inners[1].name'],
  ['inners', '[null]', 41, 'inners[0]'],
  ['numbers', '1,,2', 41, 'numbers[1]'],
  ['numbers', '1,a', 41, 'numbers[1]'],
])('%s=%s is refused by its path', (name, text, code, path) => {
  const body = refusal({ [name]: text });
  expect(body.code).toBe(code);
  expect(body.msg.split(':')[1]).toBe(path);
});

test.each([
  [{}, 'isv.param-error:112'],
  [{ query: '{}' }, 'isv.param-error:112'],
  [{ query: '{"config_id":1}' }, 'isv.param-error:2011'],
])('%j lacks a field with an error of its own, which stands in place of 40', (parameters, sub_code) => {
  const select = compileParser(benefitSelector);
  const thrown = expect.objectContaining({ body: expect.objectContaining({ code: 15, sub_code }) });
  expect(() => select(new Map(Object.entries(parameters)))).toThrow(thrown);
});

test('numbers and booleans are taken as JSON text too, and texts as JSON numbers or objects', () => {
  expect(value({ inner: '{"name":12,"count":"34"}' }).inner).toEqual({ name: '12', count: 34 });
  expect(value({ inner: '{"name":{"a":[1]}}' }).inner).toEqual({ name: '{"a":[1]}' });
});

test.each(['%', ' %', '\n%', '-%', ' -%'])('the digits of a long number are kept where it stands as %j', (shape) => {
  const number = shape.replace('%', '12345678901234567');
  const kept = number.trim();
  expect(value({ inner: `{"name":${number}}` }).inner).toEqual({ name: kept });
  expect(value({ inner: `{"count":1,"name":${number}}` }).inner).toEqual({ count: 1, name: kept });
});

test('a text keeps every digit of an id beyond 2^53, a number refuses it', () => {
  expect(value({ inner: '{"name":90071992547409931234}' }).inner).toEqual({ name: '90071992547409931234' });
  expect(refusal({ inner: '{"name":"x","count":9007199254740993}' }).msg).toBe('Invalid arguments:inner.count');
});

test('null in JSON is the same as absent', () => {
  expect(value({ inner: '{"name":"x","count":null}' }).inner).toEqual({ name: 'x' });
});

test('JSON of any depth is read or refused by 41, never by an error of our own', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  for (const [name, text] of [
    ['inner', `{"name":${deep}}`],
    ['inner', `{"name":${deep.replace('[]', '[1234567890123456]')}}`],
    ['inners', deep],
    ['rest', deep.slice(0, 2000) + deep.slice(-2000)],
  ] as const)
    try {
      value({ [name]: text });
    } catch (error) {
      expect(error).toBeInstanceOf(TopError);
      expect(error).toMatchObject({ body: { code: 41 } });
    }
});

test('any texts at all are read or refused by 40, 41 or a declared error', () => {
  const names = Object.keys(everyKind.request.properties);
  const json = fc.json({ maxDepth: 3 });
  const texts = fc.dictionary(fc.constantFrom(...names), fc.oneof(json, fc.string({ unit: 'binary' })));
  fc.assert(
    fc.property(texts, (parameters) => {
      try {
        value(parameters);
      } catch (error) {
        expect(error).toBeInstanceOf(TopError);
        expect([15, 40, 41]).toContain((error as TopError).body.code);
      }
    }),
    { numRuns: 500 },
  );
});
