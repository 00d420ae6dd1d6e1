import { inject } from 'vitest';
import { connect, type Sql } from '../../src/database/pool.ts';

/**
 * A pool of connections to the database of another pool that may only read: every write there, and every lock of a row,
 * fails. Close it with `end`.
 */
export async function connectReadOnly(sql: Sql): Promise<Sql> {
  const [row] = await sql<{ name: string }[]>`select current_database() as name`;
  const url = new URL(inject('templateDatabase'));
  url.pathname = `/${row?.name}`;
  url.searchParams.set('default_transaction_read_only', 'on');
  const reader = connect(url.href);
  const [setting] = await reader<{ transaction_read_only: string }[]>`show transaction_read_only`;
  if (setting?.transaction_read_only !== 'on') throw new Error('the connection may write');
  return reader;
}
