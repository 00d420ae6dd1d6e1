import { expect, test } from 'vitest';
import type { TopError } from '../contract/errors.ts';
import { openDeadlines } from './deadlines.ts';

const BUSY = 'isp.top-remote-service-unavailable';

const busy = expect.objectContaining({ body: expect.objectContaining({ sub_code: BUSY }) });

type Call = { until: number; place: number; readonly cuts: TopError[] };
const newCall = (): Call => ({ until: 0, place: 0, cuts: [] });
const open = (longestMs: number, mostCalls: number) =>
  openDeadlines<Call>(longestMs, mostCalls, ({ cuts }, error) => cuts.push(error));

test('a call beyond the bound is refused as busy, and one that ends makes room', () => {
  const deadlines = open(60_000, 2);
  const [first, second, third] = [newCall(), newCall(), newCall()];
  deadlines.begin(first);
  deadlines.begin(second);
  expect(() => deadlines.begin(third)).toThrow(busy);
  deadlines.end(first);
  deadlines.begin(third);
  expect(deadlines.underWay).toBe(2);
  // Whichever order they end in, each leaves its own place.
  deadlines.end(second);
  deadlines.end(third);
  expect(deadlines.underWay).toBe(0);
});

test('a call that takes too long is cut by a retryable timeout and counts until it ends', async () => {
  const deadlines = open(1, 1);
  const slow = newCall();
  deadlines.begin(slow);
  await expect
    .poll(() => slow.cuts[0], { timeout: 10_000 })
    .toMatchObject({
      body: { sub_code: 'isp.top-remote-connection-timeout' },
    });
  expect(() => deadlines.begin(newCall())).toThrow(busy);
  deadlines.end(slow);
  deadlines.begin(newCall());
});

test('only the calls that take too long are cut', async () => {
  const deadlines = open(1, 100);
  const calls = Array.from({ length: 10 }, newCall);
  for (const call of calls) deadlines.begin(call);
  for (const call of calls.filter((_call, index) => index % 3 === 0)) deadlines.end(call);
  await expect.poll(() => calls.filter(({ cuts }) => cuts.length > 0).length, { timeout: 10_000 }).toBe(6);
  expect(calls.filter((_call, index) => index % 3 === 0).flatMap(({ cuts }) => cuts)).toEqual([]);
});
