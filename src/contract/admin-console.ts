import { benefitReadContracts } from './admin-benefit-reads.ts';
import { adminExplainContracts } from './admin-explain.ts';
import { adminLedgerContracts } from './admin-ledger.ts';
import { lotteryReadContracts } from './admin-lottery-reads.ts';
import { sendplanReadContracts } from './admin-sendplan-reads.ts';
import { ticketingReadContracts } from './admin-ticketing-reads.ts';
import { voucherReadContracts } from './admin-voucher-reads.ts';

/** What the console asks beside the administration: why a grant passes or not, searches and figures, and ledgers. */
export const adminConsoleContracts = [
  ...adminExplainContracts,
  ...lotteryReadContracts,
  ...sendplanReadContracts,
  ...benefitReadContracts,
  ...voucherReadContracts,
  ...ticketingReadContracts,
  ...adminLedgerContracts,
] as const;
