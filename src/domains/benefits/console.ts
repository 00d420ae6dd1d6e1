import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { benefitExplainHandlers } from './explain/handlers.ts';
import { benefitReadHandlers } from './reads/handlers.ts';
import { benefitLedgers } from './reads/queries.ts';

/** What the console asks of the benefits beside their administration: explanations, searches and figures, and ledgers. */
export const benefitConsole = {
  handlers: (parts: { readonly sql: Sql; readonly vault: Vault }) => ({
    ...benefitExplainHandlers(parts),
    ...benefitReadHandlers(parts),
  }),
  ledgers: benefitLedgers,
};
