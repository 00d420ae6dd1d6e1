import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../database/errors.ts';

/** Too many commands wait for one key: nothing was done, the caller may try again. */
export class BusyError extends Error {
  override name = 'BusyError';
}

type Waiting<C, R> = { command: C; resolve(result: R): void; reject(error: unknown): void };

/** What waits for a key, and how many of its batches are in flight. */
type Line<C, R> = { waiting: Waiting<C, R>[]; inFlight: number };

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
export const MOST_TOGETHER = 500;
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

/**
 * Batches of one key in flight at most. So many that wait are not kept back by the one before: the database begins with
 * them the moment it is done with that, while the callers of that are told and come again.
 */
const MOST_IN_FLIGHT = 2;

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
 * flight later ones wait, and the next batch takes all of them in the order they came, at most `maxBatch` (500). A second
 * batch of a key goes while one is in flight only when 500 wait; keys do not wait for each other. A batch whose fate is
 * unknown is run again.
 */
export function createBatcher<C, R>(options: BatcherOptions<C, R>): Batcher<C, R> {
  const { run, maxBatch = MOST_TOGETHER, maxQueue = MOST_WAITING, retryable = isTransient } = options;
  const lines = new Map<string, Line<C, R>>();
  let drained: (() => void)[] = [];

  const mayGo = ({ waiting, inFlight }: Line<C, R>): boolean =>
    inFlight === 0 ? waiting.length > 0 : inFlight < MOST_IN_FLIGHT && waiting.length >= MOST_TOGETHER;

  /** Sends the batches that may go; true when one went. */
  function send(key: string, line: Line<C, R>): boolean {
    if (!mayGo(line)) return false;
    while (mayGo(line)) {
      line.inFlight += 1;
      void settle(key, line, line.waiting.splice(0, maxBatch));
    }
    return true;
  }

  async function settle(key: string, line: Line<C, R>, batch: Waiting<C, R>[]): Promise<void> {
    const tell = await outcomeOf(key, batch);
    line.inFlight -= 1;
    // Whoever is told comes again soon, and the driver writes in a later microtask: the next batch goes out before.
    if (send(key, line)) setImmediate(tell);
    else {
      if (line.inFlight === 0) end(key);
      tell();
    }
  }

  /** Runs a batch; gives what tells its callers. */
  async function outcomeOf(key: string, batch: Waiting<C, R>[]): Promise<() => void> {
    try {
      const commands = batch.map(({ command }) => command);
      const results = await persist(async () => run(key, commands), retryable);
      if (results.length !== batch.length) {
        throw new Error(`a batch of ${batch.length} commands for ${key} gave ${results.length} results`);
      }
      return () => {
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
      };
    } catch (error) {
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
  }

  function end(key: string): void {
    lines.delete(key);
    if (lines.size > 0) return;
    for (const resolve of drained) resolve();
    drained = [];
  }

  return {
    submit(key, command) {
      const line = lines.get(key);
      if (line && line.waiting.length >= maxQueue)
        return Promise.reject(new BusyError(`too many commands wait for ${key}`));
      return new Promise((resolve, reject) => {
        const waiting = { command, resolve, reject };
        if (line) {
          line.waiting.push(waiting);
          if (line.waiting.length === MOST_TOGETHER) send(key, line);
          return;
        }
        const fresh: Line<C, R> = { waiting: [waiting], inFlight: 0 };
        lines.set(key, fresh);
        // Commands that arrived with this one in the same turn of the event loop are still being read: they go along.
        setImmediate(send, key, fresh);
      });
    },
    drain: () => (lines.size === 0 ? Promise.resolve() : new Promise((resolve) => drained.push(resolve))),
  };
}
