import { expect, test } from 'vitest';
import { baseText, type SignMethod, withoutEmpties } from '../base-text.ts';
import { digests, sign, signLegacy } from '../sign.ts';
import { diagnoseSignature } from './diagnose.ts';

const secret = 'helloworld';
const call = {
  method: 'taobao.film.lottery.performance.config.query',
  app_key: '12345678',
  session: '6100000demo',
  timestamp: '2026-01-02 03:04:05',
  format: 'json',
  v: '2.0',
  sign_method: 'md5',
  Zone: 'x',
  performance_query_config_param: '{"spread_id":"prizePool_open","platform":8,"url":"a/b?c=d"}',
};
const map = (parameters: Record<string, string>) => new Map(Object.entries(parameters));
const md5 = (text: string, key = secret): string => digests.md5(key, text).toUpperCase();
const plainMd5 = (text: string): string => md5(text, '');
const right = baseText(map(call));

/** The ids of what is found in a call with a signature. */
const found = (parameters: Record<string, string>, received: string, body = '', key = secret): string[] =>
  diagnoseSignature({ parameters: map({ ...parameters, sign: received }), body, secret: key, digests }).findings.map(
    ({ id }) => id,
  );

/** The call with one value changed. */
const withValue = (change: (value: string) => string): string =>
  baseText(map(Object.fromEntries(Object.entries(call).map(([name, value]) => [name, change(value)]))));
const pairs = Object.entries(call).sort(([a], [b]) => (a < b ? -1 : 1));

test.each<SignMethod>(['md5', 'hmac', 'hmac-sha256'])('a right %s signature has no findings', (sign_method) => {
  const parameters = { ...call, sign_method, empty: '' };
  expect(found(parameters, sign(sign_method, secret, map(parameters)))).toEqual([]);
  expect(found(parameters, sign(sign_method, secret, withoutEmpties(map(parameters))))).toEqual([]);
  expect(found(parameters, sign(sign_method, secret, map(parameters), 'body'), 'body')).toEqual([]);
});

test('the published vector of the protocol is right and stands among the expected signatures', () => {
  const published = map({
    app_key: 'test',
    fields: 'nick',
    format: 'xml',
    method: 'taobao.user.seller.get',
    session: 'test',
    sign_method: 'md5',
    timestamp: '2013-05-06 13:52:03',
    v: '2.0',
    sign: '72CB4D809B375A54502C09360D879C64',
  });
  const { base_text, expected, findings } = diagnoseSignature({ parameters: published, secret: 'test', digests });
  expect(expected.md5).toBe('72CB4D809B375A54502C09360D879C64');
  expect(base_text).toMatch(/^app_keytestfieldsnickformatxml/);
  expect(findings).toEqual([]);
});

const json = call.performance_query_config_param;
const mistakes: [id: string, what: string, received: string][] = [
  ['sign-method', 'hmac instead of md5', digests.hmac(secret, right).toUpperCase()],
  ['lower-case', 'small letters', md5(right).toLowerCase()],
  ['base64', 'Base64', Buffer.from(md5(right), 'hex').toString('base64')],
  ['sign-blanks', 'a line break behind the signature', `${md5(right)}\n`],
  ['secret-blanks', 'a line break behind the secret', md5(right, `${secret}\n`)],
  ['secret-blanks', 'quotes around the secret', md5(right, `"${secret}"`)],
  ['secret-front', 'the secret in front only', signLegacy(secret, map(call))],
  ['secret-end', 'the secret behind only', plainMd5(right + secret)],
  ['secret-missing', 'no secret', plainMd5(right)],
  ['plus-for-blank', 'blanks signed as +', md5(right.replaceAll(' ', '+'))],
  ['encoded-values', "JavaScript's encoding", md5(withValue(encodeURIComponent))],
  ['encoded-values', "Java's encoding", md5(withValue((value) => new URLSearchParams({ value }).toString().slice(6)))],
  ['left-out', 'no session', md5(baseText(map({ ...call, session: '' })).replace('session', ''))],
  ['left-out', 'no business parameter', md5(right.replace(`performance_query_config_param${json}`, ''))],
  ['sign-included', 'an empty sign', md5(right.replace('sign_method', 'signsign_method'))],
  ['sign-included', 'signed twice', md5(right.replace('sign_method', `sign${md5(right)}sign_method`))],
  ['order', 'as they came', md5(Object.entries(call).flat().join(''))],
  ['order-case', 'sorted without regard to case', md5([...pairs.slice(1), ...pairs.slice(0, 1)].flat().join(''))],
  ['separators', 'a query string', md5(pairs.map((pair) => pair.join('=')).join('&'))],
  ['separators', 'key= at the end', plainMd5(`${pairs.map((pair) => pair.join('=')).join('&')}&key=${secret}`)],
  ['json-respelled', "Python's JSON", md5(right.replace(/(?<="):/g, ': ').replace(/,"/g, ', "'))],
  ['json-respelled', "PHP's JSON", md5(right.replaceAll('a/b', 'a\\/b'))],
  ['timestamp', 'milliseconds', md5(right.replace(call.timestamp, '1767294245000'))],
  ['timestamp', 'a second earlier', md5(right.replace(call.timestamp, '2026-01-02 03:04:04'))],
  ['timestamp', 'UTC', md5(right.replace(call.timestamp, '2026-01-01 19:04:05'))],
  ['signed-not-sent', 'simplify', md5(right.replace('timestamp', 'simplifytruetimestamp'))],
];
test.each(mistakes)('a usual mistake is found by name, %s: %s', (id, _what, received) => {
  expect(found(call, received)).toEqual([id]);
});

test('names sorted together with their values', () => {
  const parameters = { sign_method: 'md5', foo: 'z', foo_bar: 'a' };
  expect(found(parameters, md5('foo_barafoozsign_methodmd5'))).toEqual(['order-pairs']);
});

test('the secret put round the text of an HMAC', () => {
  const parameters = { ...call, sign_method: 'hmac' };
  const text = secret + baseText(map(parameters)) + secret;
  expect(found(parameters, digests.hmac(secret, text).toUpperCase())).toEqual(['secret-in-hmac']);
});

test('the secret with blanks on the side that looks', () => {
  expect(found(call, md5(right), '', `${secret} `)).toEqual(['secret-blanks']);
});

test('a body that was not signed, or signed first', () => {
  expect(found(call, md5(right), '{"a":1}')).toEqual(['body-not-signed']);
  expect(found(call, md5(`{"a":1}${right}`), '{"a":1}')).toEqual(['body-first']);
});

test('parameters that were encoded twice on the way', () => {
  const sent = { ...call, performance_query_config_param: encodeURIComponent(json) };
  expect(found(sent, md5(right))).toEqual(['encoded-twice']);
});

test('blanks that were trimmed, and empty values signed as a word', () => {
  expect(found({ ...call, a: ' 1 ' }, md5(`${right.slice(0, 5)}a1${right.slice(5)}`))).toEqual(['values-trimmed']);
  expect(found({ ...call, a: '' }, md5(`${right.slice(0, 5)}anull${right.slice(5)}`))).toEqual(['empty-as-word']);
});

test('Chinese that was lost, or encoded twice', () => {
  const chinese = { ...call, note: '测试' };
  const text = baseText(map(chinese));
  expect(found(chinese, md5(text.replace('测试', '??')))).toEqual(['charset-lost']);
  expect(found(chinese, md5(Buffer.from(text).toString('latin1')))).toEqual(['charset-twice']);
});

test('two parameters that were added late are both named, in both languages', () => {
  const text = baseText(map(call)).replace('session6100000demo', '').replace('v2.0', '');
  const parameters = map({ ...call, sign: md5(text) });
  const [only] = diagnoseSignature({ parameters, secret, digests }).findings;
  expect(only?.words.en).toContain('Not signed: session, v.');
  expect(only?.words.zh).toContain('没有参与签名：session、v。');
});

test('a wrong digest and small letters are told beside another mistake', () => {
  expect(found(call, digests['hmac-sha256'](secret, right.replaceAll(' ', '+')))).toEqual([
    'plus-for-blank',
    'sign-method',
    'lower-case',
  ]);
});

test('a sign_method that is missing, and the old form without it', () => {
  const { sign_method: _none, ...rest } = call;
  expect(found(rest, sign('md5', secret, map(rest)))).toEqual(['sign-method']);
  expect(found(rest, signLegacy(secret, map(rest)))).toEqual(['secret-front', 'sign-method']);
});

test('a signature that no usual mistake explains comes with what to check', () => {
  expect(found(call, md5(right, 'another secret'))).toEqual(['no-match', 'check-secret', 'check-text']);
  expect(found({ ...call, note: '测' }, 'A'.repeat(40))).toEqual([
    'no-match',
    'check-form',
    'check-secret',
    'check-text',
    'check-charset',
  ]);
  expect(found({ ...call, sign_method: 'sha1' }, '0'.repeat(32))).toContain('check-method');
  expect(found(call, '')).toEqual(['sign-missing']);
});

test('no answer holds the secret', () => {
  for (const received of ['', 'x', md5(right, `${secret}\n`), signLegacy(secret, map(call))])
    expect(
      JSON.stringify(diagnoseSignature({ parameters: map({ ...call, sign: received }), secret, digests })),
    ).not.toContain(secret);
});

test('odd parameters are looked into without an error', () => {
  const odd = { timestamp: '9999-12-31 23:59:59', a: '\ud800%E6', b: `${'['.repeat(50_000)}`, '': 'x', c: '{"a":' };
  expect(found(odd, '0'.repeat(32))).toContain('no-match');
});

test('a huge call costs a bounded number of digests', () => {
  let characters = 0;
  const md5 = (_key: string, text: string): string => {
    characters += text.length;
    return '';
  };
  const parameters = map({ ...call, big: 'x'.repeat(3_000_000), sign: '0'.repeat(32) });
  diagnoseSignature({ parameters, secret, digests: { ...digests, md5 } });
  expect(characters).toBeLessThan(12_000_000);
});

test('nothing on the way to a diagnosis needs Node', async () => {
  const { readFileSync } = await import('node:fs');
  const seen = new Set<string>();
  const visit = (file: URL): void => {
    if (seen.has(file.pathname)) return;
    seen.add(file.pathname);
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/^import (?!type).* from '([^']+)'/gm)) {
      expect(from, file.pathname).toMatch(/^\./);
      visit(new URL(from, file));
    }
  };
  visit(new URL('diagnose.ts', import.meta.url));
  expect(seen.size).toBeGreaterThan(3);
});
