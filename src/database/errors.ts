import { StartError } from '../start-error.ts';

/** The SQLSTATEs that are asked for, by PostgreSQL's own names for them (PostgreSQL, appendix A). */
export const SQLSTATE = {
  invalidTextRepresentation: '22P02',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  readOnlyTransaction: '25006',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  invalidSchemaName: '3F000',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  diskFull: '53100',
  tooManyConnections: '53300',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
} as const;

/** Whether a statement failed with a SQLSTATE. */
export const hasState = (error: unknown, state: (typeof SQLSTATE)[keyof typeof SQLSTATE]): boolean =>
  (error as { code?: unknown } | null | undefined)?.code === state;

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
const TRANSIENT_STATES: ReadonlySet<string> = new Set([
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.tooManyConnections,
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
  SQLSTATE.cannotConnectNow,
]);

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
const OPERATORS_STATES: ReadonlySet<string> = new Set([
  SQLSTATE.insufficientPrivilege,
  SQLSTATE.invalidSchemaName,
  SQLSTATE.readOnlyTransaction,
  SQLSTATE.diskFull,
  SQLSTATE.tooManyConnections,
]);

/** What the database says when it refuses for a reason that its operator can mend, as a StartError; else the error itself. */
export function asStartError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!OPERATORS_STATES.has(code)) return error;
  return new StartError(`the database refuses: ${(error as Error).message.split('\n')[0]}`);
}
