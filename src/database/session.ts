import pg from 'pg';
import { StartError } from '../start-error.ts';
import { decoders } from './values.ts';

/**
 * Where the database is: a PostgreSQL URL, as in DATABASE_URL. A server on a unix socket is written the way libpq
 * writes it, with the socket's folder in the query: `postgres://user@localhost/name?host=%2Ftmp%2Ffolder`.
 */
export type DatabaseTarget = string;

/** How long a connection may take to be made. */
const CONNECT_SECONDS = 5;

/** What holds for every session: limits of time in milliseconds, and no compiling. */
const SETTINGS = {
  TimeZone: 'UTC',
  statement_timeout: '10000',
  idle_in_transaction_session_timeout: '30000',
  // Before version 18 a plan that forbids a way it must go seems so dear that it is compiled, for a second.
  jit: 'off',
};

type Settings = Readonly<Record<string, string>>;

/** What the driver reads of a URL's query; the rest of it are settings. */
const READ_BY_DRIVER = /^(host|port|user|password|application_name|options|client_encoding|ssl\w*|uselibpqcompat)$/;

/** Settings as options of the start of a session: a backslash is before spaces and backslashes. */
const optionsOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ');

/** False if a part of the URL has a stray percent sign, which must be written %25. */
function decodable(url: URL): boolean {
  try {
    return Boolean(decodeURIComponent(url.href));
  } catch {
    return false;
  }
}

/** What is told of a target: never the password. `place`: host and port, or the socket. */
export type Location = {
  readonly host: string;
  readonly place: string;
  readonly user: string;
  readonly database: string;
};
export type Dialer = {
  readonly place: Location;
  /**
   * What every transaction has to be told first, as statements, where a pooler stands between and lends its sessions for a
   * transaction each: sessions keep nothing there. Undefined where they do, and before the first connection.
   */
  head(): string | undefined;
  /** Opens a connection. Rejects with the driver's, the server's or the system's error, which has a code. */
  dial(signal: AbortSignal): Promise<pg.Client>;
};

function readUrl(target: DatabaseTarget): URL {
  const url = URL.parse(target);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !decodable(url)) {
    throw new StartError('DATABASE_URL is not a PostgreSQL URL such as postgres://user:password@host:5432/name');
  }
  // What the driver reads of it is what libpq would read.
  url.searchParams.set('uselibpqcompat', 'true');
  url.searchParams.delete('channel_binding');
  return url;
}

function placeOf({ host, port, user = '', database = '' }: pg.Client): Location {
  return { host, user, database, place: host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}` };
}

/** Takes the settings out of a URL. */
function takeSettings(url: URL): Settings {
  const settings: Record<string, string> = { ...SETTINGS };
  for (const [name, value] of [...url.searchParams]) {
    if (READ_BY_DRIVER.test(name)) continue;
    settings[name] = value;
    url.searchParams.delete(name);
  }
  return settings;
}

/** Reads a target. Throws StartError if it is not a PostgreSQL URL. */
export function createDialer(target: DatabaseTarget, application_name: string): Dialer {
  const url = readUrl(target);
  const settings = takeSettings(url);
  const bare: pg.ClientConfig = {
    connectionString: url.href,
    application_name,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 60_000,
    pipeline: true,
    types: decoders as pg.CustomTypesConfig,
  };
  const own = url.searchParams.get('options') ?? '';
  url.searchParams.delete('options');
  const settled = { ...bare, connectionString: url.href, options: `${own} ${optionsOf(settings)}`.trim() };
  let pooled: boolean | undefined;
  const dial = async (signal: AbortSignal): Promise<pg.Client> => {
    if (pooled) return open(bare, signal);
    try {
      const client = await open(settled, signal);
      pooled ??= await isLent(client);
      return client;
    } catch (error) {
      if (!refusesSettings(error)) throw error;
      pooled = true;
      return open(bare, signal);
    }
  };
  return { place: placeOf(new pg.Client(settled)), head: () => (pooled ? headOf(settings) : undefined), dial };
}

const headOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `set local ${pg.escapeIdentifier(name.toLowerCase())} = ${pg.escapeLiteral(value)}`)
    .join('; ');

/** Whether a pooler refused what a session is to keep. */
const refusesSettings = (error: unknown): boolean =>
  error instanceof Error && /unsupported startup parameter/.test(error.message);

/** Whether the session is another than the one that was opened: a pooler makes up the numbers by which it is cancelled. */
async function isLent(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid !== (client as pg.Client & { processID: number }).processID;
}

async function open(config: pg.ClientConfig, signal: AbortSignal): Promise<pg.Client> {
  const client = new pg.Client(config);
  // Where nobody asked for anything nobody is told; the pool listens for itself.
  client.on('error', () => {});
  const cut = (): void => void client.connection.stream.destroy(signal.reason);
  signal.addEventListener('abort', cut);
  try {
    signal.throwIfAborted();
    return await client.connect();
  } catch (error) {
    void client.end();
    throw asFailure(error as Error);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

const TERMINATED = /^(Connection terminated|Client (was closed|has encountered a connection error))/;

/** The driver's errors of a connection that is lost have no code; with it they are told apart from others. */
export function asFailure(error: Error): Error {
  if ('code' in error && error.code !== undefined) return error;
  if (error.message === 'timeout expired') return Object.assign(error, { code: 'CONNECT_TIMEOUT' });
  return TERMINATED.test(error.message) ? Object.assign(error, { code: 'CONNECTION_CLOSED' }) : error;
}
