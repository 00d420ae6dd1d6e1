import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const proxies = (text: string) => readConfig(true, { PIAOQUAN_TRUST_PROXY: text }).trustProxy;

test('proxies are addresses, ranges and named groups, with blanks where people write them', () => {
  expect(proxies('')).toEqual([]);
  expect(proxies('127.0.0.1')).toEqual(['127.0.0.1']);
  expect(proxies(' 10.0.0.0/8 , ::1,fd00::/8,, loopback ')).toEqual(['10.0.0.0/8', '::1', 'fd00::/8', 'loopback']);
});

test.each([
  'true',
  '*',
  'nginx',
  '10.0.0.0/33',
  '10.0.0',
  '10/8',
  'fd00::/129',
  '10.0.0.1:80',
  '/8',
  '10.0.0.0/',
  '10.0.0.1 10.0.0.2',
  '10.0.0.0/0',
  '::/00',
])('PIAOQUAN_TRUST_PROXY=%s is refused in one line that names the setting and the part at fault', (text) => {
  expect(() => proxies(`127.0.0.1,${text}`)).toThrow(
    `PIAOQUAN_TRUST_PROXY takes addresses or ranges such as 10.0.0.7 or 10.0.0.0/8, comma-joined, not "${text}"`,
  );
});
