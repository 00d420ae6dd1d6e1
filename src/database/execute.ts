import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Slot } from './clients.ts';
import { asFailure } from './session.ts';
import type { Rows } from './sql.ts';
import type { Text } from './text.ts';

type Result = pg.QueryResult & { rows: Rows };

/** Rows with their number; of several statements those of the last. */
function rowsOf(results: Result | Result[]): Rows {
  const { rows, rowCount } = Array.isArray(results) ? (results.at(-1) as Result) : results;
  return Object.defineProperty(rows, 'count', { value: rowCount ?? 0 });
}

/** Has what is sent on a connection before the next tick leave in one piece. */
function writeTogether(stream: Duplex): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/**
 * Sends a statement on a connection, after those that are under way on it. Rejects with the server's error
 * (`pg.DatabaseError`, whose code is the SQLSTATE), or with CONNECTION_CLOSED or the system's code where it was lost.
 */
export function execute({ client }: Slot, { text, values, name }: Text): Promise<Rows> {
  return new Promise((resolve, reject) => {
    const told = (error: Error | undefined, results: unknown): void =>
      error
        ? reject(client.connection.stream.destroyed ? asFailure(error) : error)
        : resolve(rowsOf(results as Result));
    writeTogether(client.connection.stream);
    // Given as an object, the driver would copy it property by property.
    const query: pg.Query & { name?: string | undefined } = new pg.Query(text, values, told);
    query.name = name;
    client.query(query);
  });
}
