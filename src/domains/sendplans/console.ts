import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { sendplanExplainHandlers } from './explain/handlers.ts';
import { sendplanReadHandlers } from './reads/handlers.ts';
import { sendplanLedgers } from './reads/queries.ts';

/** What the console asks of the send plans beside their administration: explanations, searches and figures, and ledgers. */
export const sendplanConsole = {
  handlers: (parts: { readonly sql: Sql; readonly vault: Vault }) => ({
    ...sendplanExplainHandlers(parts),
    ...sendplanReadHandlers(parts),
  }),
  ledgers: sendplanLedgers,
};
