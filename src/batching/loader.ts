type Waiter<K, V> = { readonly key: K; resolve(value: V | undefined): void; reject(error: unknown): void };

/** Reads the value of a key; undefined if there is none. Rejects with the error of the query that served it. */
export type Loader<K, V> = (key: K) => Promise<V | undefined>;

export type LoaderOptions<K, V> = {
  /** One query for all these keys; keys that do not exist are left out of the map, whose keys are the very same. */
  load(keys: K[]): Promise<Map<K, V>>;
  /** By what keys are compared when they are not strings or numbers: those of the same text are one. */
  keyOf?(key: K): string;
  /** The most queries in flight. */
  maxInFlight?: number;
};

/** The most keys of one query. */
const MAX_KEYS = 1000;

/**
 * Coalesced reads: while all queries are in flight, requests wait, and the next query answers every one of them, each
 * key once. A request never shares a query that was sent before it came, so no answer is older than its request.
 */
export function createLoader<K, V>({ load, keyOf, maxInFlight = 2 }: LoaderOptions<K, V>): Loader<K, V> {
  const waiting = new Map<K | string, Waiter<K, V>[]>();
  let inFlight = 0;

  function take(): Waiter<K, V>[][] {
    const batch = [...waiting].slice(0, MAX_KEYS);
    return batch.map(([text, waiters]) => {
      waiting.delete(text);
      return waiters;
    });
  }

  async function serve(batch: readonly Waiter<K, V>[][]): Promise<void> {
    const keys = batch.map(([first]) => (first as Waiter<K, V>).key);
    try {
      const values = await load(keys);
      for (const [index, waiters] of batch.entries())
        for (const { resolve } of waiters) resolve(values.get(keys[index] as K));
    } catch (error) {
      for (const waiters of batch) for (const { reject } of waiters) reject(error);
    }
  }

  async function work(): Promise<void> {
    while (waiting.size > 0) await serve(take());
    inFlight--;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const text = keyOf === undefined ? key : keyOf(key);
      const waiters = waiting.get(text);
      if (waiters) waiters.push({ key, resolve, reject });
      else waiting.set(text, [{ key, resolve, reject }]);
      if (inFlight === maxInFlight) return;
      inFlight++;
      // Requests that arrived with this one in the same turn of the event loop are still being read: they go along.
      setImmediate(work);
    });
}

/** What loads by a query that gives one row a key, in the order of the keys. */
export const inOrder =
  <K, V>(find: (keys: K[]) => Promise<readonly V[]>) =>
  async (keys: K[]): Promise<Map<K, V>> => {
    const found = await find(keys);
    return new Map(keys.map((key, index) => [key, found[index] as V]));
  };

/**
 * Keeps the last outcome of a pure function, for arguments that are the very same. Callers whom one read serves come one
 * after the other with the same row: what is made of it is made once.
 */
export function keepLast<A extends readonly unknown[], V>(make: (...args: A) => V): (...args: A) => V {
  let kept: { args: A; value: V } | undefined;
  return (...args) => {
    if (kept === undefined || args.some((each, place) => each !== kept?.args[place]))
      kept = { args, value: make(...args) };
    return kept.value;
  };
}
