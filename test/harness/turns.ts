import { setImmediate as turn } from 'node:timers/promises';

/** Starts the first one, lets the event loop turn, so that it is sent alone, and starts the others. */
export async function firstAlone<T, R>(
  [first, ...others]: T[],
  start: (item: T) => Promise<R>,
): Promise<{ all: Promise<R>[] }> {
  const all = [start(first as T)];
  await turn();
  return { all: [...all, ...others.map(start)] };
}
