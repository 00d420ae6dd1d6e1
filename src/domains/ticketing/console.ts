import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { ticketingExplainHandlers } from './explain/handlers.ts';
import { ticketingReadHandlers } from './reads/handlers.ts';
import { ticketingLedgers } from './reads/queries.ts';

/** What the console asks of the ticketing beside their administration: explanations, searches and figures, and ledgers. */
export const ticketingConsole = {
  handlers: (parts: { readonly sql: Sql; readonly vault: Vault }) => ({
    ...ticketingExplainHandlers(parts),
    ...ticketingReadHandlers(parts),
  }),
  ledgers: ticketingLedgers,
};
