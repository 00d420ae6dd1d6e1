import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createVault } from '../secrets/vault.ts';
import { addressGroup, newDevice, readDevice } from './login-guard.ts';

test.each([
  ['203.0.113.9', '203.0.113.10', false],
  ['203.0.113.9', '::ffff:203.0.113.9', true],
  ['::ffff:203.0.113.9', '::ffff:cb00:7109', true],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['2001:db8::1', '2001:db8:0:0:8::1', true],
  ['fe80::1%eth0', 'fe80::2%eth1', true],
  ['::1', '::2', true],
  ['unknown', 'other', false],
])('%s and %s count as one address: %s', (one, other, same) => {
  expect(addressGroup(one) === addressGroup(other)).toBe(same);
});

test('what a browser keeps is good for the account that logged in there and for no other, and not once it was changed', () => {
  const vault = createVault(randomBytes(32));
  const device = newDevice(vault, 'ann');
  const name = device.split('.')[0];
  expect(readDevice(vault, 'ann', device)).toBe(name);
  const last = device.endsWith('A') ? 'Q' : 'A';
  for (const wrong of [
    undefined,
    '',
    '.',
    name,
    `${name}.`,
    `x${device}`,
    `${device.slice(0, -1)}${last}`,
    '..',
    'a.b.c',
  ])
    expect(readDevice(vault, 'ann', wrong), String(wrong)).toBeUndefined();
  expect(readDevice(vault, 'bob', device)).toBeUndefined();
  expect(readDevice(createVault(randomBytes(32)), 'ann', device)).toBeUndefined();
});
