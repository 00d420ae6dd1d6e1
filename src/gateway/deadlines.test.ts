import { expect, test } from 'vitest';
import { openDeadlines } from './deadlines.ts';

const busy = { body: { sub_code: 'isp.top-remote-service-unavailable' } };

test('a call beyond the bound is refused as busy without being begun, and one that ends makes room', async () => {
  const deadlines = openDeadlines(60_000, 2);
  const ends: (() => void)[] = [];
  const wait = () => new Promise<string>((done) => ends.push(() => done('answer')));
  const held = [deadlines.hold(wait), deadlines.hold(wait)];
  await expect(deadlines.hold(wait)).rejects.toMatchObject(busy);
  expect(ends).toHaveLength(2);
  ends[0]?.();
  expect(await held[0]).toBe('answer');
  held.push(deadlines.hold(wait));
  for (const end of ends) end();
  expect(await Promise.all(held)).toEqual(['answer', 'answer', 'answer']);
  expect(deadlines.underWay).toBe(0);
});

test('a call that takes too long is answered by a retryable timeout and counts until it ends', async () => {
  const deadlines = openDeadlines(1, 1);
  let end: () => void = () => undefined;
  const held = deadlines.hold(() => new Promise<void>((done) => (end = done)));
  await expect(held).rejects.toMatchObject({ body: { sub_code: 'isp.top-remote-connection-timeout' } });
  await expect(deadlines.hold(async () => 'next')).rejects.toMatchObject(busy);
  end();
  await new Promise(setImmediate);
  expect(await deadlines.hold(async () => 'next')).toBe('next');
});

test('an error of a call is its own', async () => {
  const deadlines = openDeadlines(60_000, 1);
  await expect(deadlines.hold(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  expect(deadlines.underWay).toBe(0);
});
