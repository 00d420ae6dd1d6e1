import { expect, test } from 'vitest';
import { createWeighed } from './weighed.ts';

test('batches and queues of a key are bounded by what their commands weigh together, and five hundred of no weight', async () => {
  const batches: number[][] = [];
  const submit = createWeighed<number, number>({
    run: async (_key, weights) => {
      batches.push(weights);
      return weights;
    },
    room: { batch: 2000, queue: 5000 },
  });
  const all = async (count: number, weight: number): Promise<number[]> => {
    batches.length = 0;
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => submit('key', weight, weight)));
    const refused = outcomes.filter((each) => each.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ name: 'BusyError' });
    return [...batches.map((batch) => batch.length), refused.length];
  };
  expect(await all(3000, 0)).toEqual([500, 500, 500, 500, 500, 500, 0]);
  expect(await all(100, 100)).toEqual([20, 20, 10, 50]);
  // Counted as a hundred.
  expect(await all(100, 51)).toEqual([20, 20, 10, 50]);
  expect(await all(10, 1000)).toEqual([2, 2, 1, 5]);
  // Heavier than all weights there are.
  expect(await all(10, 5000)).toEqual([2, 2, 1, 5]);
});

test('light commands do not wait behind heavy ones of their key', async () => {
  const order: number[] = [];
  let free = (): void => {};
  const held = new Promise<void>((done) => {
    free = done;
  });
  const submit = createWeighed<number, number>({
    run: async (_key, weights) => {
      if (weights[0] === 1000) await held;
      order.push(...weights);
      return weights;
    },
    room: { batch: 1000, queue: 10_000 },
  });
  const heavy = [submit('key', 1000, 1000), submit('key', 1000, 1000)];
  await submit('key', 1, 1);
  free();
  await Promise.all(heavy);
  expect(order).toEqual([1, 1000, 1000]);
});
