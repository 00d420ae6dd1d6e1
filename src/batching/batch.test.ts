import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { firstAlone } from '../../test/harness/turns.ts';
import { BusyError, createBatcher } from './batch.ts';

/** Batches that end when the test says so. */
function controlled<C, R>(answer: (command: C) => R) {
  const calls: { key: string; commands: C[]; finish(error?: unknown): Promise<void> }[] = [];
  const run = (key: string, commands: C[]) =>
    new Promise<R[]>((resolve, reject) => {
      const finish = async (error?: unknown) => {
        if (error === undefined) resolve(commands.map(answer));
        else reject(error);
        await turn();
      };
      calls.push({ key, commands, finish });
    });
  return { calls, run };
}

const lost = () => Object.assign(new Error('connection lost'), { code: 'CONNECTION_CLOSED' });

test('sends commands of one turn of the event loop together', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run });
  const results = [1, 2, 3].map((command) => batcher.submit('a', command));
  await turn();
  expect(calls.map(({ commands }) => commands)).toEqual([[1, 2, 3]]);
  await calls[0]?.finish();
  expect(await Promise.all(results)).toEqual([1, 2, 3]);
});

test('sends the first command by itself and what comes meanwhile as one batch, in the order it came', async () => {
  const { calls, run } = controlled((command: number) => command * 10);
  const batcher = createBatcher({ run });
  const { all: results } = await firstAlone([1, 2, 3, 4], (command) => batcher.submit('a', command));
  expect(calls.map(({ commands }) => commands)).toEqual([[1]]);
  await calls[0]?.finish();
  expect(calls.map(({ commands }) => commands)).toEqual([[1], [2, 3, 4]]);
  await calls[1]?.finish();
  expect(await Promise.all(results)).toEqual([10, 20, 30, 40]);
});

test('has one batch of a key in flight, and keys do not wait for each other', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run });
  const results = [batcher.submit('a', 0), batcher.submit('b', 1)];
  await turn();
  results.push(...['a', 'b', 'a'].map((key, index) => batcher.submit(key, index + 2)));
  expect(calls.map(({ key, commands }) => [key, commands])).toEqual([
    ['a', [0]],
    ['b', [1]],
  ]);
  await calls[1]?.finish();
  expect(calls.slice(2).map(({ key, commands }) => [key, commands])).toEqual([['b', [3]]]);
  await calls[0]?.finish();
  expect(calls.slice(3).map(({ key, commands }) => [key, commands])).toEqual([['a', [2, 4]]]);
  for (const { finish } of calls) await finish();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4]);
});

test('takes at most five hundred commands into a batch', async () => {
  const batches: number[][] = [];
  const run = async (_key: string, commands: number[]) => {
    batches.push(commands);
    await turn();
    return commands;
  };
  const batcher = createBatcher({ run });
  const commands = Array.from({ length: 2501 }, (_, index) => index);
  const { all } = await firstAlone(commands, (command) => batcher.submit('a', command));
  expect(await Promise.all(all)).toEqual(commands);
  expect(batches.map(({ length }) => length)).toEqual([1, 500, 500, 500, 500, 500]);
  expect(batches.flat()).toEqual(commands);
});

test('sends a second batch of a key, and no third, while one is in flight, once five hundred wait', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run });
  const commands = Array.from({ length: 1400 }, (_, index) => index);
  const { all } = await firstAlone(commands.slice(0, 500), (command) => batcher.submit('a', command));
  const sizes = () => calls.map((batch) => batch.commands.length);
  await turn();
  expect(sizes()).toEqual([1]);
  all.push(...commands.slice(500, 1100).map((command) => batcher.submit('a', command)));
  await turn();
  expect(sizes()).toEqual([1, 500]);
  all.push(...commands.slice(1100).map((command) => batcher.submit('a', command)));
  await turn();
  expect(sizes()).toEqual([1, 500]);
  await calls[0]?.finish();
  expect(sizes()).toEqual([1, 500, 500]);
  await calls[2]?.finish();
  expect(sizes()).toEqual([1, 500, 500]);
  await calls[1]?.finish();
  expect(sizes()).toEqual([1, 500, 500, 399]);
  await calls[3]?.finish();
  expect(await Promise.all(all)).toEqual(commands);
  expect(calls.flatMap((batch) => batch.commands)).toEqual(commands);
});

test('sends the next batch before it tells the callers of the one before', async () => {
  const order: string[] = [];
  const run = async (_key: string, commands: string[]) => {
    // The driver writes some microtasks later.
    for (let turns = 0; turns < 20; turns++) await null;
    order.push(`sent ${commands.join()}`);
    await turn();
    return commands;
  };
  const batcher = createBatcher({ run });
  const { all } = await firstAlone(['a', 'b'], (command) => batcher.submit('key', command));
  await Promise.all(all.map((each) => each.then((command) => order.push(`told ${command}`))));
  expect(order).toEqual(['sent a', 'sent b', 'told a', 'told b']);
});

test('refuses with BusyError what would wait beyond the bound, for that key alone, and only as long', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run, maxQueue: 2 });
  const { all: taken } = await firstAlone([1, 2, 3], (command) => batcher.submit('a', command));
  await expect(batcher.submit('a', 4)).rejects.toThrow(BusyError);
  taken.push(batcher.submit('b', 5));
  await calls[0]?.finish();
  taken.push(batcher.submit('a', 6));
  for (let index = 0; index < calls.length; index++) await calls[index]?.finish();
  expect(await Promise.all(taken)).toEqual([1, 2, 3, 5, 6]);
});

test('runs a batch of unknown fate again with the same commands, and nothing overtakes it', async () => {
  const seen: number[][] = [];
  const run = async (_key: string, commands: number[]) => {
    seen.push(commands);
    if (seen.length < 4) throw lost();
    return commands;
  };
  const batcher = createBatcher({ run });
  const { all } = await firstAlone([1, 2], (command) => batcher.submit('a', command));
  expect(await Promise.all(all)).toEqual([1, 2]);
  expect(seen).toEqual([[1], [1], [1], [1], [2]]);
});

test('gives up after a bounded number of tries and goes on with the next batch', async () => {
  let tries = 0;
  const run = async (_key: string, [first]: string[]) => {
    if (first === 'good') return ['done'];
    tries++;
    throw lost();
  };
  const batcher = createBatcher({ run });
  const bad = batcher.submit('a', 'bad');
  await turn();
  const good = batcher.submit('a', 'good');
  await expect(bad).rejects.toThrow('connection lost');
  expect(await good).toBe('done');
  expect(tries).toBe(6);
});

test('another error rejects every command of its batch once, and the key goes on', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run });
  const { all } = await firstAlone([1, 2, 3], (command) => batcher.submit('a', command));
  const results = Promise.allSettled(all);
  await calls[0]?.finish();
  await calls[1]?.finish(new Error('check violated'));
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(calls).toHaveLength(2);
  const next = batcher.submit('a', 4);
  await turn();
  await calls[2]?.finish();
  expect(await next).toBe(4);
});

test('a run that throws at once or gives too few results rejects its commands', async () => {
  const thrower = createBatcher<number, number>({
    run: () => {
      throw new Error('at once');
    },
  });
  await expect(thrower.submit('a', 1)).rejects.toThrow('at once');
  const short = createBatcher<number, number>({ run: async () => [] });
  await expect(short.submit('a', 1)).rejects.toThrow('a batch of 1 commands for a gave 0 results');
});

test('drain waits for everything in flight or waiting, also for what comes meanwhile', async () => {
  const { calls, run } = controlled((command: number) => command);
  const batcher = createBatcher({ run });
  await batcher.drain();
  const results = [batcher.submit('a', 0), batcher.submit('b', 1)];
  await turn();
  results.push(batcher.submit('a', 2));
  let drained = false;
  const draining = batcher.drain().then(() => {
    drained = true;
  });
  await calls[1]?.finish();
  results.push(batcher.submit('c', 3));
  await turn();
  await calls[0]?.finish();
  await calls[2]?.finish();
  expect(drained).toBe(false);
  for (const { finish } of calls) await finish();
  await draining;
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
});
