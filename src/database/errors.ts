import { StartError } from '../start-error.ts';

/** The driver's and the system's codes for a connection that could not be made or was lost. */
const CONNECTION_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAGAIN',
  'ENOENT',
]);

/**
 * SQLSTATEs after which the same work may succeed: serialization failure, deadlock, too many connections, server
 * shutting down, crashed or starting up, and class 08 (PostgreSQL, appendix A).
 */
const TRANSIENT_STATES = new Set(['40001', '40P01', '53300', '57P01', '57P02', '57P03']);

/**
 * Whether a failed query may be run again: its connection was lost (then its fate is unknown) or it gave way to
 * another transaction. Not true once the pool itself is closed.
 */
export function isTransient(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return CONNECTION_CODES.has(code) || TRANSIENT_STATES.has(code) || /^08...$/.test(code);
}

/**
 * SQLSTATEs of what the operator of a database can mend: rights, a schema that is not there, a read-only database, a full
 * disk, too many connections (PostgreSQL, appendix A).
 */
const OPERATORS_STATES = new Set(['42501', '3F000', '25006', '53100', '53300']);

/** What the database says when it refuses for a reason that its operator can mend, as a StartError; else the error itself. */
export function asStartError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!OPERATORS_STATES.has(code)) return error;
  return new StartError(`the database refuses: ${(error as Error).message.split('\n')[0]}`);
}
