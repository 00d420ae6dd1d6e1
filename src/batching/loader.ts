type Waiter<V> = { resolve(value: V | undefined): void; reject(error: unknown): void };

/** Reads the value of a key; undefined if there is none. Rejects with the error of the query that served it. */
export type Loader<K, V> = (key: K) => Promise<V | undefined>;

export type LoaderOptions<K, V> = {
  /** One query for all these keys; keys that do not exist are left out of the map. */
  load(keys: K[]): Promise<Map<K, V>>;
  /** The most queries in flight. */
  maxInFlight?: number;
};

/** The most keys of one query. */
const MAX_KEYS = 1000;

/**
 * Coalesced reads: while all queries are in flight, requests wait, and the next query answers every one of them, each
 * key once. A request never shares a query that was sent before it came, so no answer is older than its request. Keys
 * are compared as in a Map, so use strings or numbers.
 */
export function createLoader<K, V>({ load, maxInFlight = 2 }: LoaderOptions<K, V>): Loader<K, V> {
  const waiting = new Map<K, Waiter<V>[]>();
  let inFlight = 0;

  function take(): Map<K, Waiter<V>[]> {
    const batch = new Map([...waiting].slice(0, MAX_KEYS));
    for (const key of batch.keys()) waiting.delete(key);
    return batch;
  }

  async function serve(batch: Map<K, Waiter<V>[]>): Promise<void> {
    try {
      const values = await load([...batch.keys()]);
      for (const [key, waiters] of batch) for (const { resolve } of waiters) resolve(values.get(key));
    } catch (error) {
      for (const waiters of batch.values()) for (const { reject } of waiters) reject(error);
    }
  }

  async function work(): Promise<void> {
    while (waiting.size > 0) await serve(take());
    inFlight--;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const waiters = waiting.get(key);
      if (waiters) waiters.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
      if (inFlight === maxInFlight) return;
      inFlight++;
      // Requests that arrived with this one in the same turn of the event loop are still being read: they go along.
      setImmediate(work);
    });
}

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
