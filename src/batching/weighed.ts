import { type Batcher, type BatcherOptions, createBatcher, MOST_TOGETHER, MOST_WAITING } from './batch.ts';

/**
 * Commands that weigh alike go together; a command counts as the next of these weights, and those of none are bounded by
 * number alone.
 */
const WEIGHTS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * Micro-batches of commands that differ in weight, as orders of one code and of a thousand do. For each weight a batch and
 * its queue have room for so much and no more: no statement takes long, and who would wait long is told that at once.
 * @param options.room what the commands of one batch of a key weigh together at most, and those that wait for it
 * @returns submits a command of a key and weight; rejects as a Batcher does
 */
export function createWeighed<C, R>({
  run,
  room,
  ...rest
}: Pick<BatcherOptions<C, R>, 'run' | 'retryable'> & { room: { batch: number; queue: number } }): (
  key: string,
  weight: number,
  command: C,
) => Promise<R> {
  const open = (most: number): Batcher<C, R> =>
    createBatcher({
      run,
      maxBatch: Math.min(MOST_TOGETHER, Math.ceil(room.batch / most)),
      maxQueue: Math.min(MOST_WAITING, Math.ceil(room.queue / most)),
      ...rest,
    });
  const batchers = WEIGHTS.map(open);
  return (key, weight, command) => {
    const place = WEIGHTS.findIndex((most) => weight <= most);
    return (batchers.at(place) as Batcher<C, R>).submit(key, command);
  };
}
