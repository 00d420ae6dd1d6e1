import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseText, isSignMethod, type SignMethod, withoutEmpties } from './base-text.ts';
import { digests, equalSignatures, sign, signLegacy } from './sign.ts';

const map = (parameters: Record<string, string>) => new Map(Object.entries(parameters));

const call = {
  method: 'taobao.film.lottery.performance.config.query',
  app_key: '12345678',
  timestamp: '2026-01-02 03:04:05',
  format: 'json',
  v: '2.0',
  performance_query_config_param:
    '{"spread_id":"prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt","biz_ext_info":"{}","platform":8}',
};

test('the published vector of the protocol has its published signature', () => {
  const published = {
    app_key: 'test',
    fields: 'nick',
    format: 'xml',
    method: 'taobao.user.seller.get',
    session: 'test',
    sign_method: 'md5',
    timestamp: '2013-05-06 13:52:03',
    v: '2.0',
  };
  expect(sign('md5', 'test', map(published))).toBe('72CB4D809B375A54502C09360D879C64');
});

test.each<[SignMethod, string]>([
  ['md5', '44B2F2F66FE5936974CC8FEA4F226931'],
  ['hmac', '8F31CFEE17A701882BEEBC10B30F9675'],
  ['hmac-sha256', 'B12B2B0F6B1DEF51E98E805D8B398FB5AC34DE6415A600E446E97AEE69D94BEA'],
])('a call signed by %s has the signature of the vector', (sign_method, expected) => {
  expect(sign(sign_method, 'helloworld', map({ ...call, sign_method }))).toBe(expected);
});

test('the old form without sign_method has no secret at the end', () => {
  expect(signLegacy('helloworld', map(call))).toBe('AD858A5C7D4F47A65E8EAD597FF2FBAD');
});

test('values are signed as their UTF-8 bytes', () => {
  const chinese = { ...call, sign_method: 'md5', performance_query_config_param: '{"spread_id":"测试","platform":8}' };
  expect(sign('md5', 'helloworld', map(chinese))).toBe('FEEDC7A8B0F2786F8C292DE5ECA55685');
});

test('the raw body of a batch is signed after the parameters', () => {
  const { method: _none, performance_query_config_param: _nor, ...shared } = call;
  const body = '#PUBLIC#method=taobao.time.get\r\n-S-\r\nN\r\n-S-\r\nN';
  expect(sign('md5', 'helloworld', map({ ...shared, sign_method: 'md5' }), body)).toBe(
    '33BE235A9F0FA7643316337B2C16DDF7',
  );
});

test('the connect message of the message service has the signature of the vector', () => {
  const connect = { app_key: '12345678', group_name: 'default', timestamp: '1767294245000' };
  expect(sign('md5', 'helloworld', map(connect))).toBe('EC9A954417559EF4C85DB3C7641A3A3F');
});

test('names are joined in ordinal order, underscore between capitals and small letters', () => {
  expect(baseText(map({ foo: '1', bar: '2', foo_bar: '3', foobar: '4' }))).toBe('bar2foo1foo_bar3foobar4');
  expect(baseText(map({ a_b: '1', aB: '2', ab: '3', A: '4', a1: '5' }))).toBe('A4a15aB2a_b1ab3');
});

test('sign is not signed, and an empty value stands as its bare name', () => {
  expect(baseText(map({ b: '', sign: 'x', a: '1', c: '2' }))).toBe('a1bc2');
  expect(baseText(withoutEmpties(map({ b: '', sign: 'x', a: '1', c: '2' })))).toBe('a1c2');
});

test('the order in which parameters come changes no signature', () => {
  const parameters = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([name]) => name });
  const shuffled = parameters.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(sign('hmac-sha256', 's', new Map(other))).toBe(sign('hmac-sha256', 's', new Map(one)));
    }),
  );
});

test('every digest is in capitals and as long as the protocol says', () => {
  expect(sign('md5', 's', map({ a: '1' }))).toMatch(/^[0-9A-F]{32}$/);
  expect(sign('hmac', 's', map({ a: '1' }))).toMatch(/^[0-9A-F]{32}$/);
  expect(sign('hmac-sha256', 's', map({ a: '1' }))).toMatch(/^[0-9A-F]{64}$/);
});

test('only equal signatures are equal, whatever their length', () => {
  expect(equalSignatures('ABC', 'ABC')).toBe(true);
  expect(equalSignatures('ABD', 'ABC')).toBe(false);
  expect(equalSignatures('abc', 'ABC')).toBe(false);
  expect(equalSignatures('ABCD', 'ABC')).toBe(false);
  expect(equalSignatures('', 'ABC')).toBe(false);
});

test('three texts name a digest and no other does', () => {
  expect(['md5', 'hmac', 'hmac-sha256'].every(isSignMethod)).toBe(true);
  expect(['', 'MD5', 'sha256', 'hmac-md5', 'toString'].some(isSignMethod)).toBe(false);
});

test('an HMAC is that of RFC 2104 for secrets and texts of any length and script', () => {
  const text = (most: number) =>
    fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.nat(most))
      .map(([some, length]) => some.padEnd(length, some || 'x'));
  fc.assert(
    fc.property(text(80), text(9000), (secret, signed) => {
      const right = (algorithm: string) => createHmac(algorithm, secret).update(signed, 'utf8').digest('hex');
      expect(digests.hmac(secret, signed)).toBe(right('md5'));
      expect(digests['hmac-sha256'](secret, signed)).toBe(right('sha256'));
    }),
    { numRuns: 300 },
  );
});
