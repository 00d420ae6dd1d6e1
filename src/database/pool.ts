import type Postgres from 'postgres';
import { StartError } from '../start-error.ts';
import { postgres } from './driver.ts';
import { SQLSTATE } from './errors.ts';

/** int8 parameters may be number or bigint; int8 results are always numbers (ids stay below 2^53). */
type Types = { int8: number | bigint };

/** A pool of connections; `await sql.end()` closes it. */
export type Sql = Postgres.Sql<Types>;
/** What `sql.begin` hands to its callback. */
export type Transaction = Postgres.TransactionSql<Types>;
/** Where a query may run: the pool or a transaction. */
export type Queryable = Sql | Transaction;

/**
 * Where the database is: a PostgreSQL URL, as in DATABASE_URL. A server on a unix socket is written the way libpq
 * writes it, with the socket's folder in the query: `postgres://user@localhost/name?host=%2Ftmp%2Ffolder`.
 */
export type DatabaseTarget = string;

const CONNECT_SECONDS = 5;
const OLDEST_VERSION = 15;

const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 value ${text} does not fit a JavaScript number`);
  return value;
};

const types = {
  int8: { to: 20, from: [20], parse: parseInt8, serialize: (value: number | bigint) => String(value) },
  // The driver reads these two in the time zone of this process; they have none, so they stay text.
  zoneless: {
    to: 1114,
    from: [1082, 1114],
    parse: (text: string) => text,
    serialize: (value: string | Date) => (value instanceof Date ? value.toISOString() : String(value)),
  },
};

/** False if a part of the URL has a stray percent sign, which must be written %25. */
function decodable(url: URL): boolean {
  try {
    return Boolean(decodeURIComponent(url.href));
  } catch {
    return false;
  }
}

/** Splits what libpq understands and the driver does not (socket folder, channel binding) off the URL. */
function readTarget(target: DatabaseTarget): { url: string; host?: string } {
  const url = URL.parse(target);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !decodable(url)) {
    throw new StartError('DATABASE_URL is not a PostgreSQL URL such as postgres://user:password@host:5432/name');
  }
  const host = url.searchParams.get('host');
  url.searchParams.delete('host');
  url.searchParams.delete('channel_binding');
  return host ? { url: url.href, host } : { url: url.href };
}

/**
 * Opens a pool of connections to a database; nothing is sent before the first query. Results: int8 as number (throws
 * RangeError beyond 2^53), numeric as text, timestamptz as Date, timestamp and date as text. Sessions run in UTC. A
 * statement is cancelled after 10 seconds. Throws StartError if the target is not a PostgreSQL URL.
 */
export function connect(target: DatabaseTarget, options: { max?: number; application_name?: string } = {}): Sql {
  const { url, host } = readTarget(target);
  return postgres(url, {
    ...(host ? { host } : {}),
    max: options.max ?? 10,
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: 60,
    // Seconds; the driver's own rule waits up to 20, long after a restarted server answers again.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    onnotice: () => {},
    types,
    connection: {
      application_name: options.application_name ?? 'piaoquan',
      TimeZone: 'UTC',
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 30_000,
      // Before version 18 a plan that forbids a way it must go seems so dear that it is compiled, for a second.
      jit: 'off',
    },
  }) as unknown as Sql;
}

/**
 * Proves that the database answers and is new enough (PostgreSQL 15). Closes the pool and throws StartError with one
 * line that names the reason, and never the password, if not.
 */
export async function verify(sql: Sql): Promise<void> {
  // The driver connects again for ever to a server that closes at once, so the wait ends here.
  const late = AbortSignal.timeout(CONNECT_SECONDS * 1000);
  const timeout = new Promise<never>((_resolve, reject) =>
    late.addEventListener('abort', () => reject(Object.assign(new Error('timeout'), { code: 'CONNECT_TIMEOUT' }))),
  );
  try {
    const query = sql<{ version: number }[]>`select current_setting('server_version_num')::int / 10000 as version`;
    const [row] = await Promise.race([query, timeout]);
    if (row && row.version >= OLDEST_VERSION) return;
    throw new StartError(`PostgreSQL ${OLDEST_VERSION} or newer is needed; the database runs ${row?.version}`);
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error instanceof StartError ? error : new StartError(whyNot(sql, error));
  }
}

/** Asks the database for an answer; rejects when there is none. */
export async function ping(sql: Sql): Promise<void> {
  await sql`select 1`;
}

/** One line for a failed first connection. */
function whyNot(sql: Sql, error: unknown): string {
  const { host, port, path, user, database } = sql.options;
  const place = path || `${host[0]}:${port[0]}`;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const line = message.split('\n')[0];
  if (code === SQLSTATE.invalidPassword) return `the database at ${place} refuses the password of user ${user}`;
  if (code === SQLSTATE.invalidCatalogName) return `the database server at ${place} has no database "${database}"`;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return `no database server answers at ${place} (refused)`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the database host ${host[0]} is unknown`;
  if (code === 'CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return `no database server answers at ${place} (no reply)`;
  if (/^[0-9A-Z]{5}$/.test(code)) return `the database at ${place} refuses: ${line}`;
  return `the database at ${place} cannot be used: ${line || code}`;
}
