import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { voucherExplainHandlers } from './explain/handlers.ts';
import { voucherReadHandlers } from './reads/handlers.ts';
import { voucherLedgers } from './reads/queries.ts';

/** What the console asks of the vouchers beside their administration: explanations, searches and figures, and ledgers. */
export const voucherConsole = {
  handlers: (parts: { readonly sql: Sql; readonly vault: Vault }) => ({
    ...voucherExplainHandlers(parts),
    ...voucherReadHandlers(parts),
  }),
  ledgers: voucherLedgers,
};
