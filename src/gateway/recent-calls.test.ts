import { expect, test } from 'vitest';
import { openRecentCalls } from './recent-calls.ts';

const call = (request_id: string, code = 0) => ({ request_id, parameters: new Map(), body: '', code });

test('the last 300 calls are kept, the oldest goes first, and refused signatures outlast them', () => {
  const calls = openRecentCalls();
  calls.keep(call('refused', 25), 100);
  for (let number = 0; number <= 300; number++) calls.keep(call(`${number}`), 100);
  expect(['0', '1', '300', 'refused'].map((id) => calls.find(id)?.request_id)).toEqual([
    undefined,
    '1',
    '300',
    'refused',
  ]);
  for (let number = 0; number < 199; number++) calls.keep(call(`wrong ${number}`, 25), 100);
  expect(calls.find('refused')).toBeDefined();
  calls.keep(call('wrong 199', 25), 100);
  expect(calls.find('refused')).toBeUndefined();
});

test('a request of over 32 K is not kept, so that all together hold 16 MB at most', () => {
  const calls = openRecentCalls();
  calls.keep(call('long'), 32 * 1024);
  calls.keep(call('longer'), 32 * 1024 + 1);
  expect([calls.find('long') !== undefined, calls.find('longer')]).toEqual([true, undefined]);
});
