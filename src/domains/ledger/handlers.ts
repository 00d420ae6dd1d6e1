import { type adminLedgerContracts, type Counter, ledgerList } from '../../contract/ledger/admin.ts';
import { fault, type Handlers } from '../../contract/method.ts';
import type { LedgerCursor, LedgerReader } from '../../database/ledger.ts';
import type { Sql } from '../../database/pool.ts';
import { ANY_TEXT, jsonCursor, limitOf, toPage } from '../paging.ts';

const ENTRIES = jsonCursor({ at: 'number', kind: ANY_TEXT, no: 'number', ref: ANY_TEXT });

type Parts = { readonly sql: Sql; readonly ledgers: Readonly<Record<Counter, LedgerReader>> };

/** Shows the entries behind any counter; each domain hands in the readers of its own. */
export const ledgerHandlers = ({ sql, ledgers }: Parts): Handlers<typeof adminLedgerContracts> => ({
  'piaoquan.ledger.list': async ({ counter, key, cursor, page_size }) => {
    const before = (ENTRIES.read(cursor) as LedgerCursor | undefined) ?? null;
    const ledger = await ledgers[counter as Counter](sql, key, { before, limit: limitOf(page_size) });
    if (ledger === undefined) throw fault(ledgerList, 'isv.counter-not-found');
    const { rows, next_cursor } = toPage(page_size, ledger.entries, ENTRIES.write);
    return { counted: ledger.counted, entries: rows.map(({ at: _at, no: _no, ...entry }) => entry), next_cursor };
  },
});
