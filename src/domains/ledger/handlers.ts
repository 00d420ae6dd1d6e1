import { type adminLedgerContracts, type Counter, ledgerList } from '../../contract/admin-ledger.ts';
import { wrongCursor } from '../../contract/cursor.ts';
import { fault, type Handlers } from '../../contract/method.ts';
import type { LedgerPlace, LedgerReader } from '../../database/ledger.ts';
import type { Sql } from '../../database/pool.ts';

const PAGE_SIZE = 50;

type Parts = { readonly sql: Sql; readonly ledgers: Readonly<Record<Counter, LedgerReader>> };

/** Shows the entries behind any counter; each domain hands in the readers of its own. */
export const ledgerHandlers = ({ sql, ledgers }: Parts): Handlers<typeof adminLedgerContracts> => ({
  'piaoquan.ledger.list': async ({ counter, key, cursor, page_size }) => {
    const before = cursor ? readPlace(cursor) : null;
    if (before === undefined) throw wrongCursor();
    const limit = page_size ?? PAGE_SIZE;
    const ledger = await ledgers[counter as Counter](sql, key, { before, limit: limit + 1 });
    if (ledger === undefined) throw fault(ledgerList, 'isv.counter-not-found');
    const entries = ledger.entries.slice(0, limit);
    const last = entries.at(-1);
    return {
      counted: ledger.counted,
      entries: entries.map(({ at: _at, no: _no, ...entry }) => entry),
      ...(ledger.entries.length > limit && last && { next_cursor: writePlace(last) }),
    };
  },
});

const writePlace = ({ at, kind, no, ref }: LedgerPlace): string =>
  Buffer.from(JSON.stringify([at, kind, no, ref])).toString('base64url');

function readPlace(text: string): LedgerPlace | undefined {
  try {
    const [at, kind, no, ref] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const fits = Number.isSafeInteger(at) && Number.isSafeInteger(no) && typeof ref === 'string';
    return fits && typeof kind === 'string' ? ({ at, kind, no, ref } as LedgerPlace) : undefined;
  } catch {
    return undefined;
  }
}
