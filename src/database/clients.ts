import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** A connection and who uses it: how many statements, or one borrower who has it alone. */
export type Slot = {
  readonly client: pg.Client;
  users: number;
  alone: boolean;
  /** When it was lent while nobody used it, or gave its last answer: milliseconds, monotonic. */
  answered: number;
  lost: boolean;
};

type Waiting = { readonly alone: boolean; take(slot: Slot): void; refuse(error: Error): void };

export type PoolOptions = {
  /** Opens a connection; breaks off when the signal comes. */
  dial(signal: AbortSignal): Promise<pg.Client>;
  /** The most connections. */
  readonly most: number;
  /** So many of them statements may share, following one another; the others are for who needs one alone. */
  readonly shared: number;
};

/**
 * The connections to a database. A statement goes to one that nobody uses, else to a new one while there are fewer than
 * `shared`, else behind the fewest others, but not where the one before takes long. Whoever has to wait is served in the
 * order of coming.
 */
export type Pool = PoolOptions & {
  slots: Slot[];
  waiting: Waiting[];
  opening: number;
  /** How many statements and borrowers use connections. */
  users: number;
  readonly closing: Set<Promise<void>>;
  /** How many connections failed since the last that was made. */
  failures: number;
  readonly abort: AbortController;
  readonly sweeper: NodeJS.Timeout;
  ending: PromiseWithResolvers<void> | undefined;
};

/** How long a connection that nobody uses stays open, at least, in milliseconds. */
const IDLE = 60_000;
/** After so many milliseconds without an answer nothing more is sent behind a statement. */
const SLOW = 25;
/** The longest pause before a connection is tried again, in milliseconds: a server that is back is found soon. */
const LONGEST_PAUSE = 500;

const failure = (code: string, text: string): Error => Object.assign(new Error(text), { code });

/** A pool without a connection: the first is opened when one is asked for. */
export function createPool(options: PoolOptions): Pool {
  const abort = new AbortController();
  const sweeper = setInterval(() => sweep(pool), IDLE).unref();
  const start = { slots: [], waiting: [], opening: 0, users: 0, failures: 0, ending: undefined };
  const pool: Pool = { ...options, ...start, closing: new Set(), abort, sweeper };
  return pool;
}

const isSlow = ({ users, answered }: Slot): boolean => users > 0 && performance.now() - answered > SLOW;
const isShared = (slot: Slot): boolean => !slot.alone && !isSlow(slot);

/** Of the connections that may be shared the one that the fewest use; who needs it alone may have any. */
function freest({ slots, shared }: Pool, alone: boolean): Slot | undefined {
  let best: Slot | undefined;
  let seen = 0;
  for (const slot of slots) {
    if (!isShared(slot)) continue;
    if (slot.users === 0) return slot;
    if (best === undefined || slot.users < best.users) best = slot;
    seen += 1;
    if (seen === shared && !alone) break;
  }
  return best;
}

const mayOpen = ({ slots, opening, most }: Pool): boolean => slots.length + opening < most;

/** Whether there are as many connections to share as there are to be, or no more can be had. */
const isFull = (pool: Pool): boolean =>
  pool.slots.filter(isShared).length + pool.opening >= pool.shared || pool.failures > 0 || !mayOpen(pool);

function choose(pool: Pool, alone: boolean): Slot | undefined {
  const slot = freest(pool, alone);
  if (slot === undefined || (slot.users > 0 && (alone || !isFull(pool)))) return undefined;
  if (slot.users === 0) slot.answered = performance.now();
  pool.users += 1;
  slot.users += 1;
  slot.alone = alone;
  return slot;
}

/** Lends a connection if it need not be waited for. */
export const lendNow = (pool: Pool, alone: boolean): Slot | undefined =>
  pool.waiting.length > 0 || pool.ending !== undefined ? undefined : choose(pool, alone);

/**
 * Lends a connection for a statement, or alone, as soon as there is one. Rejects with the reason when none can be opened,
 * and with CONNECTION_ENDED when the pool is at its end.
 */
export function lendWaiting(pool: Pool, alone: boolean): Promise<Slot> {
  if (pool.ending !== undefined) return Promise.reject(failure('CONNECTION_ENDED', 'the pool of connections is ended'));
  return new Promise((take, refuse) => {
    pool.waiting.push({ alone, take, refuse });
    serve(pool);
  });
}

/** Gives a connection back. */
export function giveBack(pool: Pool, slot: Slot): void {
  pool.users -= 1;
  slot.users -= 1;
  slot.answered = performance.now();
  if (slot.alone) {
    slot.alone = false;
    // A COPY may have taken it out of the pipeline.
    Object.assign(slot.client, { pipeline: true });
  }
  serve(pool);
  finish(pool);
}

function serve(pool: Pool): void {
  for (let next = pool.waiting[0]; next !== undefined; next = pool.waiting[0]) {
    const slot = choose(pool, next.alone);
    if (slot === undefined) {
      openMore(pool, next.alone);
      return;
    }
    pool.waiting.shift();
    next.take(slot);
  }
}

/** Opens a connection for each that waits, as far as there may be more; one alone while that fails. */
function openMore(pool: Pool, alone: boolean): void {
  const wanted = pool.failures > 0 ? 1 : pool.waiting.length;
  while (pool.opening < wanted && mayOpen(pool) && (alone || pool.opening === 0 || !isFull(pool))) void open(pool);
}

async function open(pool: Pool): Promise<void> {
  pool.opening += 1;
  try {
    const { signal } = pool.abort;
    if (pool.failures > 0) await sleep(Math.min(25 * 2 ** pool.failures, LONGEST_PAUSE), undefined, { signal });
    const client = await pool.dial(signal);
    pool.failures = 0;
    pool.opening -= 1;
    add(pool, client);
  } catch (error) {
    pool.failures += 1;
    pool.opening -= 1;
    if (pool.slots.length === 0 && pool.opening === 0) refuseAll(pool, error as Error);
  }
  serve(pool);
  finish(pool);
}

function add(pool: Pool, client: pg.Client): void {
  const slot: Slot = { client, users: 0, alone: false, answered: performance.now(), lost: false };
  const lose = (): void => retire(pool, slot);
  client.on('error', lose).on('end', lose);
  pool.slots.push(slot);
}

function refuseAll(pool: Pool, error: Error): void {
  for (const { refuse } of pool.waiting.splice(0)) refuse(error);
}

/** Takes a connection out of use: what is under way on it comes to its end, and another one is opened when it is needed. */
export function retire(pool: Pool, slot: Slot): void {
  if (slot.lost) return;
  close(pool, slot);
  serve(pool);
  finish(pool);
}

function close(pool: Pool, slot: Slot): void {
  slot.lost = true;
  pool.slots = pool.slots.filter((each) => each !== slot);
  const closing = slot.client.end().finally(() => pool.closing.delete(closing));
  pool.closing.add(closing);
}

/** Closes what nobody used for some time. */
function sweep(pool: Pool): void {
  const before = performance.now() - IDLE;
  for (const slot of pool.slots) if (slot.users === 0 && slot.answered < before) close(pool, slot);
}

/** Ends a pool that is to end once nothing waits and nobody uses a connection. */
function finish(pool: Pool): void {
  const { ending, waiting, opening, users } = pool;
  if (ending === undefined || waiting.length > 0 || opening > 0 || users > 0) return;
  clearInterval(pool.sweeper);
  for (const slot of pool.slots) close(pool, slot);
  ending.resolve(Promise.all(pool.closing).then(() => {}));
}

/**
 * Ends a pool: what was asked for before is answered, what comes later refused. Resolves when the connections are closed.
 * @param seconds after which what is not answered yet is cut off; without it there is no limit
 */
export function endPool(pool: Pool, seconds?: number): Promise<void> {
  pool.ending ??= Promise.withResolvers<void>();
  finish(pool);
  if (seconds === undefined) return pool.ending.promise;
  const cut = setTimeout(() => {
    pool.abort.abort(failure('CONNECTION_DESTROYED', 'the pool of connections was cut off'));
    refuseAll(pool, pool.abort.signal.reason);
    for (const { client } of pool.slots) client.connection.stream.destroy();
  }, seconds * 1000);
  return pool.ending.promise.finally(() => clearTimeout(cut));
}
