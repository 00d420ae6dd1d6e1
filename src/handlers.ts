import type { catalogue } from './contract/catalogue.ts';
import type { Handlers } from './contract/method.ts';
import type { Sql } from './database/pool.ts';
import { adminBenefitsHandlers } from './domains/benefits/admin/handlers.ts';
import { benefitConsole } from './domains/benefits/console.ts';
import { loadBenefitsDemo } from './domains/benefits/demo.ts';
import { benefitHandlers } from './domains/benefits/handlers.ts';
import { benefitsSealed } from './domains/benefits/sealed.ts';
import { jobHandlers } from './domains/jobs/handlers.ts';
import { ledgerHandlers } from './domains/ledger/handlers.ts';
import { adminLotteryHandlers } from './domains/lottery/admin/handlers.ts';
import { lotteryConsole } from './domains/lottery/console.ts';
import { loadLotteryDemo } from './domains/lottery/demo.ts';
import { openDraws } from './domains/lottery/draws.ts';
import { lotteryHandlers } from './domains/lottery/handlers.ts';
import { lotterySealed } from './domains/lottery/sealed.ts';
import { adminPlatformHandlers } from './domains/platform/admin/handlers.ts';
import { platformHandlers } from './domains/platform/handlers.ts';
import { operatorHandlers } from './domains/platform/operators/handlers.ts';
import { adminSendplansHandlers } from './domains/sendplans/admin/handlers.ts';
import { sendplanConsole } from './domains/sendplans/console.ts';
import { loadSendplansDemo } from './domains/sendplans/demo.ts';
import { sendplansHandlers } from './domains/sendplans/handlers.ts';
import { sendplansSealed } from './domains/sendplans/sealed.ts';
import { adminTicketingHandlers } from './domains/ticketing/admin/handlers.ts';
import { ticketingConsole } from './domains/ticketing/console.ts';
import { loadTicketingDemo } from './domains/ticketing/demo.ts';
import { ticketingHandlers } from './domains/ticketing/handlers.ts';
import { ticketingSealed } from './domains/ticketing/sealed.ts';
import { voucherConsole } from './domains/vouchers/console.ts';
import { loadVouchersDemo } from './domains/vouchers/demo.ts';
import { voucherHandlers } from './domains/vouchers/handlers.ts';
import { vouchersSealed } from './domains/vouchers/sealed.ts';
import { platformSealed, type SealedColumn } from './secrets/sealed.ts';
import type { Vault } from './secrets/vault.ts';

const ledgers = {
  ...lotteryConsole.ledgers,
  ...voucherConsole.ledgers,
  ...ticketingConsole.ledgers,
  ...sendplanConsole.ledgers,
  ...benefitConsole.ledgers,
};

/** What the domains work with; the gateway issues the session keys. */
type Parts = { readonly sql: Sql; readonly vault: Vault };
type HandlerParts = Parts & Parameters<typeof platformHandlers>[0] & Parameters<typeof adminPlatformHandlers>[0];

/**
 * What carries out each method of the catalogue: a method that none of the domains carries out is a compile error. What
 * administration asks may take long: partners' statements do not wait behind it.
 */
export function joinHandlers({ sql, vault, tokens }: HandlerParts): Handlers<typeof catalogue> {
  const draws = openDraws(sql);
  return {
    ...lotteryHandlers({ sql, vault, draws }),
    ...adminLotteryHandlers({ sql: sql.alone, vault, draws }),
    ...voucherHandlers({ sql, vault }),
    ...jobHandlers({ sql: sql.alone }),
    ...ticketingHandlers({ sql, vault }),
    ...adminTicketingHandlers({ sql: sql.alone, vault }),
    ...sendplansHandlers({ sql, vault }),
    ...adminSendplansHandlers({ sql: sql.alone, vault }),
    ...benefitHandlers({ sql, vault }),
    ...adminBenefitsHandlers({ sql: sql.alone, vault }),
    ...platformHandlers({ tokens }),
    ...adminPlatformHandlers({ sql: sql.alone, vault, tokens }),
    ...lotteryConsole.handlers({ sql: sql.alone, vault }),
    ...voucherConsole.handlers({ sql: sql.alone, vault }),
    ...ticketingConsole.handlers({ sql: sql.alone, vault }),
    ...sendplanConsole.handlers({ sql: sql.alone, vault }),
    ...benefitConsole.handlers({ sql: sql.alone, vault }),
    ...ledgerHandlers({ sql: sql.alone, ledgers }),
    ...operatorHandlers({ sql: sql.alone }),
  };
}

/** Every column that holds sealed texts, for a change of the master key. */
export const sealedColumns: readonly SealedColumn[] = [
  ...platformSealed,
  ...lotterySealed,
  ...vouchersSealed,
  ...ticketingSealed,
  ...sendplansSealed,
  ...benefitsSealed,
];

/** Loads the demo data of every domain into a sandbox; what is there stays. */
export async function loadDomainsDemo({ sql, vault }: Parts, now: Date): Promise<void> {
  await loadLotteryDemo({ sql }, now);
  await loadVouchersDemo({ sql, vault }, now);
  await loadTicketingDemo({ sql, vault }, now);
  await loadSendplansDemo({ sql, vault }, now);
  await loadBenefitsDemo({ sql }, now);
}
