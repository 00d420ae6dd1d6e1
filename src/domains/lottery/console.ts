import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { lotteryExplainHandlers } from './explain/handlers.ts';
import { lotteryReadHandlers } from './reads/handlers.ts';
import { lotteryLedgers } from './reads/queries.ts';

/** What the console asks of the draws beside their administration: explanations, searches and figures, and ledgers. */
export const lotteryConsole = {
  handlers: (parts: { readonly sql: Sql; readonly vault: Vault }) => ({
    ...lotteryExplainHandlers(parts),
    ...lotteryReadHandlers(parts),
  }),
  ledgers: lotteryLedgers,
};
