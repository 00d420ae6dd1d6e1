import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { firstAlone } from '../../test/harness/turns.ts';
import { createLoader } from './loader.ts';

/** Queries that end when the test says so; each answers what the source held when it was sent. */
function source() {
  const state = { value: 1 };
  const sent: { keys: string[]; finish(error?: unknown): Promise<void> }[] = [];
  const load = (keys: string[]) => {
    const answer = new Map(keys.filter((key) => key !== 'absent').map((key) => [key, state.value]));
    return new Promise<Map<string, number>>((resolve, reject) => {
      const finish = async (error?: unknown) => {
        if (error === undefined) resolve(answer);
        else reject(error);
        await turn();
      };
      sent.push({ keys, finish });
    });
  };
  return { state, sent, load };
}

test('never gives a request the answer of a query that was sent before it came', async () => {
  const { state, sent, load } = source();
  const read = createLoader({ load, maxInFlight: 1 });
  const before = read('a');
  await turn();
  state.value = 2;
  const after = read('a');
  await sent[0]?.finish();
  await sent[1]?.finish();
  expect(await before).toBe(1);
  expect(await after).toBe(2);
});

test('one query answers all that wait, each key once', async () => {
  const { sent, load } = source();
  const read = createLoader({ load, maxInFlight: 1 });
  const { all: answers } = await firstAlone(['a', 'a', 'b', 'a', 'absent'], read);
  expect(sent.map(({ keys }) => keys)).toEqual([['a']]);
  await sent[0]?.finish();
  expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b', 'absent']]);
  await sent[1]?.finish();
  expect(await Promise.all(answers)).toEqual([1, 1, 1, 1, undefined]);
});

test('has at most two queries in flight unless told otherwise', async () => {
  const { sent, load } = source();
  const read = createLoader({ load });
  const answers = [];
  for (const key of ['a', 'b', 'c', 'd']) {
    answers.push(read(key));
    await turn();
  }
  expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b']]);
  await sent[1]?.finish();
  expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['c', 'd']]);
  await Promise.all(sent.map(({ finish }) => finish()));
  expect(await Promise.all(answers)).toEqual([1, 1, 1, 1]);
});

test('asks for at most a thousand keys at once', async () => {
  const sizes: number[] = [];
  const load = async (keys: number[]) => {
    sizes.push(keys.length);
    await turn();
    return new Map(keys.map((key) => [key, key]));
  };
  const read = createLoader({ load, maxInFlight: 1 });
  const keys = Array.from({ length: 1501 }, (_, index) => index);
  const { all } = await firstAlone(keys, read);
  expect(await Promise.all(all)).toEqual(keys);
  expect(sizes).toEqual([1, 1000, 500]);
});

test('a failed query rejects its own requests only', async () => {
  const { sent, load } = source();
  const read = createLoader({ load, maxInFlight: 1 });
  const { all } = await firstAlone(['a', 'b', 'c'], read);
  const results = Promise.allSettled(all);
  await sent[0]?.finish(new Error('refused'));
  await sent[1]?.finish();
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});
