import type { Handlers } from '../../../contract/method.ts';
import type { adminTicketingContracts } from '../../../contract/ticketing/admin.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { gateHandlers } from '../tickets/handlers.ts';
import { adminChannelHandlers } from './channels/handlers.ts';
import { adminOrderHandlers } from './orders/handlers.ts';
import { adminPaymentHandlers } from './payments/handlers.ts';
import { adminProjectHandlers } from './projects/handlers.ts';

/** The administration of ticketing, and what gates call. */
export const adminTicketingHandlers = (parts: {
  sql: Sql;
  vault: Vault;
}): Handlers<typeof adminTicketingContracts> => ({
  ...adminProjectHandlers(parts),
  ...adminChannelHandlers(parts),
  ...adminOrderHandlers(parts),
  ...adminPaymentHandlers(parts),
  ...gateHandlers(parts),
});
