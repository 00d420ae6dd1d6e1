import { expect, test } from 'vitest';
import { foreignTo, isLoopback } from './own-hosts.ts';

const judge = (host: string, headers = {}, isVisit = false, hosts: string[] = []) =>
  foreignTo(hosts, { host, headers, isVisit });

test.each([
  'localhost',
  'LOCALHOST:7001',
  '127.0.0.1:7001',
  '127.8.8.8',
  '127.1',
  '[::1]:7001',
  '[0:0:0:0:0:0:0:1]',
  'app.localhost',
])('names of this machine may enter: %s', (host) => expect(judge(host)).toBeUndefined());

test.each([
  'evil.com',
  'evil.com:7001',
  '127.0.0.1.evil.com',
  'localhost.evil.com',
  'notlocalhost',
  '0.0.0.0:7001',
  '192.168.1.5',
  '[::]',
  '[2001:db8::1]:7001',
  'evil@localhost',
  'evil.com#localhost',
  'evil.com\\@127.0.0.1',
  'localhost:99999',
  '',
  ' ',
])('other names may not: "%s"', (host) => expect(judge(host)).toBe('foreign-host'));

test('names of the setting may enter, whatever the port and case, and no name that only ends like one', () => {
  expect(judge('Box.lan:7001', {}, false, ['box.lan'])).toBeUndefined();
  expect(judge('192.168.1.5:7001', {}, false, ['192.168.1.5'])).toBeUndefined();
  expect(judge('evil-box.lan', {}, false, ['box.lan'])).toBe('foreign-host');
});

test.each([
  ['http://evil.com'],
  ['http://127.0.0.1:3000'],
  ['http://localhost:7001'],
  ['http://127.0.0.1'],
  ['null'],
  [''],
  ['http://127.0.0.1:7001.evil.com'],
])('a page of another site may not call: Origin %s', (origin) =>
  expect(judge('127.0.0.1:7001', { origin })).toBe('foreign-origin'),
);

test('its own pages may, also a form that hides its Origin', () => {
  expect(judge('127.0.0.1:7001', { origin: 'http://127.0.0.1:7001' })).toBeUndefined();
  expect(judge('127.0.0.1:7001', { origin: 'null', 'sec-fetch-site': 'same-origin' })).toBeUndefined();
});

test.each(['cross-site', 'same-site'])(
  'what a browser fetches for another site is refused, a visit is not: %s',
  (site) => {
    expect(judge('localhost:7001', { 'sec-fetch-site': site })).toBe('foreign-origin');
    expect(judge('localhost:7001', { 'sec-fetch-site': site }, true)).toBeUndefined();
    expect(judge('evil.com', { 'sec-fetch-site': site }, true)).toBe('foreign-host');
  },
);

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['127.0.0.2', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['box.lan', false],
])('HOST %s is of this machine alone: %s', (host, own) => expect(isLoopback(host)).toBe(own));
