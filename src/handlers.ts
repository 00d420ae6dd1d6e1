import type { catalogue } from './contract/catalogue.ts';
import type { Handlers } from './contract/method.ts';
import type { Sql } from './database/pool.ts';
import { readStock, type Stock } from './database/stock.ts';
import { adminBenefitsHandlers } from './domains/benefits/admin/handlers.ts';
import { loadBenefitsDemo } from './domains/benefits/demo.ts';
import { benefitExplainHandlers } from './domains/benefits/explain/handlers.ts';
import { benefitHandlers } from './domains/benefits/handlers.ts';
import { benefitReadHandlers } from './domains/benefits/reads/handlers.ts';
import { benefitLedgers, runningBenefits } from './domains/benefits/reads/queries.ts';
import { benefitsSealed } from './domains/benefits/sealed.ts';
import { jobHandlers } from './domains/jobs/handlers.ts';
import { ledgerHandlers } from './domains/ledger/handlers.ts';
import { adminLotteryHandlers } from './domains/lottery/admin/handlers.ts';
import { loadLotteryDemo } from './domains/lottery/demo.ts';
import { openDraws } from './domains/lottery/draws.ts';
import { lotteryExplainHandlers } from './domains/lottery/explain/handlers.ts';
import { lotteryHandlers } from './domains/lottery/handlers.ts';
import { lotteryReadHandlers } from './domains/lottery/reads/handlers.ts';
import { lotteryLedgers, runningLottery } from './domains/lottery/reads/queries.ts';
import { lotterySealed } from './domains/lottery/sealed.ts';
import { adminPlatformHandlers } from './domains/platform/admin/handlers.ts';
import { platformHandlers } from './domains/platform/handlers.ts';
import { operatorHandlers } from './domains/platform/operators/handlers.ts';
import { adminSendplansHandlers } from './domains/sendplans/admin/handlers.ts';
import { loadSendplansDemo } from './domains/sendplans/demo.ts';
import { sendplanExplainHandlers } from './domains/sendplans/explain/handlers.ts';
import { sendplansHandlers } from './domains/sendplans/handlers.ts';
import { sendplanReadHandlers } from './domains/sendplans/reads/handlers.ts';
import { runningSendplans, sendplanLedgers } from './domains/sendplans/reads/queries.ts';
import { sendplansSealed } from './domains/sendplans/sealed.ts';
import { adminTicketingHandlers } from './domains/ticketing/admin/handlers.ts';
import { loadTicketingDemo } from './domains/ticketing/demo.ts';
import { ticketingExplainHandlers } from './domains/ticketing/explain/handlers.ts';
import { ticketingHandlers } from './domains/ticketing/handlers.ts';
import { ticketingReadHandlers } from './domains/ticketing/reads/handlers.ts';
import { runningTicketing, ticketingLedgers } from './domains/ticketing/reads/queries.ts';
import { ticketingSealed } from './domains/ticketing/sealed.ts';
import { loadVouchersDemo } from './domains/vouchers/demo.ts';
import { voucherExplainHandlers } from './domains/vouchers/explain/handlers.ts';
import { voucherHandlers } from './domains/vouchers/handlers.ts';
import { voucherReadHandlers } from './domains/vouchers/reads/handlers.ts';
import { runningVouchers, voucherLedgers } from './domains/vouchers/reads/queries.ts';
import { vouchersSealed } from './domains/vouchers/sealed.ts';
import { platformSealed, type SealedColumn } from './secrets/sealed.ts';
import type { Vault } from './secrets/vault.ts';

const ledgers = {
  ...lotteryLedgers,
  ...voucherLedgers,
  ...ticketingLedgers,
  ...sendplanLedgers,
  ...benefitLedgers,
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
    ...lotteryExplainHandlers({ sql: sql.alone, vault }),
    ...lotteryReadHandlers({ sql: sql.alone }),
    ...voucherExplainHandlers({ sql: sql.alone, vault }),
    ...voucherReadHandlers({ sql: sql.alone, vault }),
    ...ticketingExplainHandlers({ sql: sql.alone, vault }),
    ...ticketingReadHandlers({ sql: sql.alone, vault }),
    ...sendplanExplainHandlers({ sql: sql.alone, vault }),
    ...sendplanReadHandlers({ sql: sql.alone }),
    ...benefitExplainHandlers({ sql: sql.alone, vault }),
    ...benefitReadHandlers({ sql: sql.alone }),
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

const running = [runningLottery, runningTicketing, runningSendplans, runningBenefits, runningVouchers];

/** The stock of all that runs at an instant, in every domain. */
export const findStock = (sql: Sql, now: Date): Promise<Stock[]> => readStock(sql, running, now);

/** Loads the demo data of every domain into a sandbox; what is there stays. */
export async function loadDomainsDemo({ sql, vault }: Parts, now: Date): Promise<void> {
  await loadLotteryDemo({ sql }, now);
  await loadVouchersDemo({ sql, vault }, now);
  await loadTicketingDemo({ sql, vault }, now);
  await loadSendplansDemo({ sql, vault }, now);
  await loadBenefitsDemo({ sql }, now);
}
