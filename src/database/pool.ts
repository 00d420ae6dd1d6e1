import { StartError } from '../start-error.ts';
import { createPool, endPool, giveBack, lendNow, lendWaiting, type Pool, retire, type Slot } from './clients.ts';
import { copyLines } from './copy.ts';
import { SQLSTATE } from './errors.ts';
import { execute } from './execute.ts';
import { createDialer, type DatabaseTarget, type Location } from './session.ts';
import { createTag, type Rows, type Tag } from './sql.ts';
import type { Part, Text } from './text.ts';

export type { Statement } from './sql.ts';
export type { Part } from './text.ts';
export type { DatabaseTarget };

/** A transaction, as `sql.begin` hands it to its callback. */
export type Transaction = Tag & {
  /** Sends lines of COPY's text format to a `copy … from stdin`; see copy.ts. */
  copy(statement: Part, pieces: Iterable<string>): Promise<void>;
};

/** A pool of connections. Statements may share a connection, and wait there for the ones before. */
export type Sql = Tag & {
  /** The same pool for statements that may take long, as reports do: each has a connection to itself. */
  readonly alone: Sql;
  readonly place: Location;
  /** Runs statements in one transaction, which is rolled back when the callback or any of the statements fails. */
  begin<T>(run: (tx: Transaction) => Promise<T> | T): Promise<T>;
  /** @param mode what stands after `begin`, as `read only` */
  begin<T>(mode: string, run: (tx: Transaction) => Promise<T> | T): Promise<T>;
  /** Closes it once what was sent is answered; after so many seconds what is not answered is cut off. */
  end(options?: { timeout?: number }): Promise<void>;
};

/** Where a query may run: the pool or a transaction. */
export type Queryable = Tag;

/** A pool, and what every transaction has to be told where sessions keep nothing. */
type Source = Pool & { head(): string | undefined };

const OLDEST_VERSION = 15;
/** The most connections, unless told otherwise. */
const MOST = 10;
/** Of many connections two are kept for transactions, and for statements that may take long. */
const sharedOf = (most: number): number => (most > 4 ? most - 2 : most);

/** Sends a statement by itself, where others may be under way or alone. */
function send(source: Source, alone: boolean, statement: Text): Promise<Rows> {
  const slot = lendNow(source, alone);
  if (slot !== undefined) return sendOn(source, slot, statement);
  return lendWaiting(source, alone).then((lent) => sendOn(source, lent, statement));
}

async function sendOn(source: Source, slot: Slot, statement: Text): Promise<Rows> {
  try {
    const head = source.head();
    return head === undefined ? await execute(slot, statement) : await sendSettled(slot, head, statement);
  } catch (error) {
    if (statement.name === undefined || !isStale(error)) throw error;
    return await sendAnew(source, slot, statement);
  } finally {
    giveBack(source, slot);
  }
}

/** Where the server finds that a statement which it keeps by name does not fit any more or is not there: nothing was done. */
const STALE = new Set([
  'FetchPreparedStatement',
  'StorePreparedStatement',
  'RevalidateCachedQuery',
  'transformAssignedExpr',
]);
const isStale = (error: unknown): boolean => STALE.has((error as { routine?: string }).routine ?? '');

/** Sends a statement again without its name; if that is what it takes, the connection whose names are stale goes. */
async function sendAnew(source: Source, slot: Slot, { text, values }: Text): Promise<Rows> {
  const rows = await execute(slot, { text, values });
  retire(source, slot);
  return rows;
}

/** Sends a statement in a transaction with the settings that its session does not keep. */
async function sendSettled(slot: Slot, head: string, { text, values }: Text): Promise<Rows> {
  const texts = [command(`begin; ${head}`), { text, values }, command('commit')];
  const [begun, done, committed] = await Promise.allSettled(texts.map((each) => execute(slot, each)));
  for (const each of [begun, done, committed]) if (each?.status === 'rejected') throw each.reason;
  return (done as PromiseFulfilledResult<Rows>).value;
}

const command = (text: string): Text => ({ text, values: [] });

async function begin<T>(source: Source, mode: string, run: (tx: Transaction) => Promise<T> | T): Promise<T> {
  const slot = await lendWaiting(source, true);
  try {
    const head = source.head();
    await execute(slot, command(head === undefined ? `begin ${mode}` : `begin ${mode}; ${head}`));
    return await transact(slot, head === undefined, run);
  } catch (error) {
    // Where the server does not answer to this, the connection is lost.
    await execute(slot, command('rollback')).catch(() => retire(source, slot));
    throw error;
  } finally {
    giveBack(source, slot);
  }
}

/** Runs a transaction that is begun, and commits it. */
async function transact<T>(slot: Slot, isNamed: boolean, run: (tx: Transaction) => Promise<T> | T): Promise<T> {
  const failed: unknown[] = [];
  let isOver = false;
  const watch = async <R>(work: () => Promise<R>): Promise<R> => {
    if (isOver) throw new Error('the transaction is over');
    try {
      return await work();
    } catch (error) {
      failed.push(error);
      throw error;
    }
  };
  const tag = createTag(({ text, values, name }) =>
    watch(() => execute(slot, isNamed ? { text, values, name } : { text, values })),
  );
  const copy = (statement: Part, pieces: Iterable<string>) => watch(() => copyLines(slot, statement, pieces));
  try {
    const result = await run(Object.assign(tag, { copy }));
    // The server takes nothing more of a transaction in which a statement failed, and a commit would tell nobody.
    if (failed.length > 0) throw failed[0];
    await execute(slot, command('commit'));
    return result;
  } finally {
    isOver = true;
  }
}

/**
 * Opens a pool of connections to a database; nothing is sent before the first query. Results: int8 as number (throws
 * RangeError beyond 2^53), numeric as text, timestamptz as Date, timestamp and date as text. Sessions run in UTC. A
 * statement is cancelled after 10 seconds. Throws StartError if the target is not a PostgreSQL URL.
 */
export function connect(target: DatabaseTarget, options: { max?: number; application_name?: string } = {}): Sql {
  const { max = MOST, application_name = 'piaoquan' } = options;
  const { place, dial, head } = createDialer(target, application_name);
  const source: Source = Object.assign(createPool({ dial, most: max, shared: sharedOf(max) }), { head });
  type Run = (tx: Transaction) => unknown;
  const common = {
    place,
    begin: (first: string | Run, second?: Run) =>
      typeof first === 'string' ? begin(source, first, second as Run) : begin(source, '', first),
    end: ({ timeout }: { timeout?: number } = {}) => endPool(source, timeout),
  };
  const tagOf = (alone: boolean) =>
    Object.assign(
      createTag((statement) => send(source, alone, statement)),
      common,
    );
  const alone = tagOf(true);
  return Object.assign(tagOf(false), { alone: Object.assign(alone, { alone }) }) as Sql;
}

/**
 * Proves that the database answers and is new enough (PostgreSQL 15). Closes the pool and throws StartError with one
 * line that names the reason, and never the password, if not.
 */
export async function verify(sql: Sql): Promise<void> {
  try {
    const [row] = await sql<
      { version: number }[]
    >`select current_setting('server_version_num')::int / 10000 as version`;
    if (row && row.version >= OLDEST_VERSION) return;
    throw new StartError(`PostgreSQL ${OLDEST_VERSION} or newer is needed; the database runs ${row?.version}`);
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error instanceof StartError ? error : new StartError(whyNot(sql.place, error));
  }
}

/** Asks the database for an answer; rejects when there is none. */
export async function ping(sql: Sql): Promise<void> {
  await sql`select 1`;
}

const REFUSED = ['ECONNREFUSED', 'ENOENT'];
const UNKNOWN = ['ENOTFOUND', 'EAI_AGAIN'];
const SILENT = ['CONNECT_TIMEOUT', 'ETIMEDOUT', 'CONNECTION_CLOSED', 'ECONNRESET'];

/** One line for a failed first connection. */
function whyNot({ host, place, user, database }: Location, error: unknown): string {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const line = message.split('\n')[0];
  // SASL: the driver has no password to answer with.
  if (code === SQLSTATE.invalidPassword || message.startsWith('SASL'))
    return `the database at ${place} refuses the password of user ${user}`;
  if (code === SQLSTATE.invalidCatalogName) return `the database server at ${place} has no database "${database}"`;
  if (REFUSED.includes(code)) return `no database server answers at ${place} (refused)`;
  if (UNKNOWN.includes(code)) return `the database host ${host} is unknown`;
  if (SILENT.includes(code)) return `no database server answers at ${place} (no reply)`;
  if (/^[0-9A-Z]{5}$/.test(code)) return `the database at ${place} refuses: ${line}`;
  return `the database at ${place} cannot be used: ${line || code}`;
}
