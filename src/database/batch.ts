import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './errors.ts';

/** Too many commands wait for one key: nothing was done, the caller may try again. */
export class BusyError extends Error {
  override name = 'BusyError';
}

type Waiting<C, R> = { command: C; resolve(result: R): void; reject(error: unknown): void };

/** Collects commands for a key while a batch of that key is in flight. */
export type Batcher<C, R> = {
  /**
   * Resolves with the command's own result once its batch is committed. Rejects with BusyError if too many wait for
   * the key, else with the error of its batch.
   */
  submit(key: string, command: C): Promise<R>;
  /** Resolves when no command waits or is in flight, those submitted meanwhile included. */
  drain(): Promise<void>;
};

/** The most commands of one batch, where nothing less is asked for … */
export const MOST_TOGETHER = 1000;
/** … and the most that wait for one key. */
export const MOST_WAITING = 10_000;

export type BatcherOptions<C, R> = {
  /** Runs one batch in one transaction and gives one result a command, in their order. May be called again. */
  run(key: string, commands: C[]): Promise<R[]>;
  /** The most commands of one batch. */
  maxBatch?: number;
  /** The most commands that wait for one key, besides those in flight. */
  maxQueue?: number;
  /** Whether a failed batch may be run again; `run` must be idempotent then. Default: lost connections and conflicts. */
  retryable?(error: unknown): boolean;
};

/** Pauses before a batch is run again, in milliseconds: 1.5 seconds in all, in which a server has restarted. */
const PAUSES = [20, 80, 200, 400, 800];

/** Runs `work` again after a retryable failure, a bounded number of times. */
async function persist<T>(work: () => Promise<T>, retryable: (error: unknown) => boolean): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!retryable(error)) throw error;
      await sleep(pause);
    }
  }
  return work();
}

/**
 * Micro-batches: the first command for an idle key goes with the turn of the event loop; while a batch for that key is in
 * flight later ones wait, and the next batch takes all of them in the order they came, at most `maxBatch` (1,000). One
 * batch a key is in flight at a time; keys do not wait for each other. A batch whose fate is unknown is run again.
 */
export function createBatcher<C, R>(options: BatcherOptions<C, R>): Batcher<C, R> {
  const { run, maxBatch = MOST_TOGETHER, maxQueue = MOST_WAITING, retryable = isTransient } = options;
  const keys = new Map<string, Waiting<C, R>[]>();
  let drained: (() => void)[] = [];

  async function settle(key: string, batch: Waiting<C, R>[]): Promise<void> {
    try {
      const commands = batch.map(({ command }) => command);
      const results = await persist(async () => run(key, commands), retryable);
      if (results.length !== batch.length) {
        throw new Error(`a batch of ${batch.length} commands for ${key} gave ${results.length} results`);
      }
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function work(key: string, queue: Waiting<C, R>[]): Promise<void> {
    while (queue.length > 0) await settle(key, queue.splice(0, maxBatch));
    keys.delete(key);
    if (keys.size > 0) return;
    for (const resolve of drained) resolve();
    drained = [];
  }

  return {
    submit(key, command) {
      const queue = keys.get(key);
      if (queue && queue.length >= maxQueue) return Promise.reject(new BusyError(`too many commands wait for ${key}`));
      return new Promise((resolve, reject) => {
        const waiting = { command, resolve, reject };
        if (queue) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        keys.set(key, fresh);
        // Commands that arrived with this one in the same turn of the event loop are still being read: they go along.
        setImmediate(work, key, fresh);
      });
    },
    drain: () => (keys.size === 0 ? Promise.resolve() : new Promise((resolve) => drained.push(resolve))),
  };
}
