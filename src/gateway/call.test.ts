import { expect, test } from 'vitest';
import { platformError } from '../contract/errors.ts';
import { type CallUnderWay, failCall, type Recorder, runCall, type Write } from './call.ts';
import type { CallRecord } from './call-log.ts';
import { openDeadlines } from './deadlines.ts';
import { openMetrics } from './metrics.ts';

/** A recorder over real deadlines, and what it told. */
function open(longestMs: number, mostCalls: number) {
  const records: CallRecord[] = [];
  const unexpected: unknown[] = [];
  const figures = { waiting: 0, dropped: 0 };
  const recorder: Recorder = {
    callLog: {
      add: (record) => records.push(record),
      addRefused: () => undefined,
      figures,
      close: async () => undefined,
    },
    metrics: openMetrics([], () => figures),
    clock: () => new Date(),
    deadlines: openDeadlines<CallUnderWay>(longestMs, mostCalls, failCall),
    onUnexpected: (error) => unexpected.push(error),
  };
  const call = async (run: () => Promise<Write>): Promise<string> =>
    (await runCall(recorder, { parameters: new Map([['method', 'taobao.time.get']]) }, 'json', run)).text;
  return { recorder, records, unexpected, call };
}

/** A call that ends when it is told to, and how. */
function waiting() {
  let end: (write: Write) => void = () => undefined;
  let begun = 0;
  const run = () => {
    begun += 1;
    return new Promise<Write>((done) => (end = done));
  };
  return { run, end: (text: string) => end(() => text), begun: () => begun };
}

const BUSY = 'isp.top-remote-service-unavailable';
const TIMEOUT = 'isp.top-remote-connection-timeout';

test('a call beyond the bound is refused as busy without being begun, and one that ends makes room', async () => {
  const { recorder, records, call } = open(60_000, 2);
  const [first, second, third] = [waiting(), waiting(), waiting()];
  const held = [call(first.run), call(second.run)];
  expect(await call(third.run)).toContain(BUSY);
  expect(third.begun()).toBe(0);
  first.end('first');
  expect(await held[0]).toBe('first');
  held.push(call(third.run));
  second.end('second');
  third.end('third');
  expect(await Promise.all(held)).toEqual(['first', 'second', 'third']);
  expect(recorder.deadlines.underWay).toBe(0);
  expect(records.map(({ sub_code }) => sub_code)).toEqual([BUSY, undefined, undefined, undefined]);
});

test('a call that takes too long is answered by a retryable timeout, once, and counts until it ends', async () => {
  const { records, call } = open(1, 1);
  const slow = waiting();
  expect(await call(slow.run)).toContain(TIMEOUT);
  expect(await call(async () => () => 'next')).toContain(BUSY);
  slow.end('late');
  await new Promise(setImmediate);
  expect(await call(async () => () => 'next')).toBe('next');
  expect(records.map(({ sub_code }) => sub_code)).toEqual([TIMEOUT, BUSY, undefined]);
});

test('an error of a call is its own, wherever it is thrown, and leaves no call under way', async () => {
  const { recorder, records, unexpected, call } = open(60_000, 1);
  const refusal = platformError('invalid-session');
  const fault = new Error('inner text');
  const throwing = (error: Error) => [
    () => {
      throw error;
    },
    () => Promise.reject(error),
    async () => () => {
      throw error;
    },
  ];
  for (const run of throwing(refusal)) expect(await call(run)).toContain('"code":27');
  expect(unexpected).toEqual([]);
  for (const run of throwing(fault)) expect(await call(run)).not.toContain('inner text');
  expect(unexpected).toEqual([fault, fault, fault]);
  expect(records.map(({ code }) => code).slice(0, 3)).toEqual([27, 27, 27]);
  expect(recorder.deadlines.underWay).toBe(0);
});
