import { adminBenefitContracts } from './admin-benefits.ts';
import { adminConsoleContracts } from './admin-console.ts';
import { adminJobContracts } from './admin-jobs.ts';
import { adminLotteryContracts } from './admin-lottery.ts';
import { adminOperatorContracts } from './admin-operators.ts';
import { adminPlatformContracts } from './admin-platform.ts';
import { adminSendplanContracts } from './admin-sendplans.ts';
import { adminTicketingContracts } from './admin-ticketing.ts';
import { adminVoucherContracts } from './admin-vouchers.ts';
import { benefitContracts } from './benefit.ts';
import { damaiContracts } from './damai.ts';
import { filmContracts } from './film.ts';
import { genieContracts } from './genie.ts';
import type { Contract } from './method.ts';
import { platformContracts } from './platform.ts';
import { mayCall, type Role } from './roles.ts';

/** Every method the platform offers, in the order of the documentation centre. */
export const catalogue = [
  ...filmContracts,
  ...damaiContracts,
  ...genieContracts,
  ...benefitContracts,
  ...platformContracts,
  ...adminLotteryContracts,
  ...adminSendplanContracts,
  ...adminBenefitContracts,
  ...adminVoucherContracts,
  ...adminJobContracts,
  ...adminTicketingContracts,
  ...adminPlatformContracts,
  ...adminConsoleContracts,
  ...adminOperatorContracts,
] as const satisfies readonly Contract[];

const contracts: readonly Contract[] = catalogue;
const packagesOf = (methods: readonly Contract[]): readonly string[] => [
  ...new Set(methods.map((each) => each.package)),
];

/** Every permission package that holds a method. */
export const packages = packagesOf(contracts);

/** The packages of administration: from the console owners alone give them to apps, since they raise whoever has one. */
export const adminPackages = packagesOf(contracts.filter(({ category }) => category === 'admin'));

/**
 * The packages whose methods a role may all call itself. An app or a session that holds more would let who has its secret
 * do what the role may not.
 */
export const packagesWithin = (role: Role): readonly string[] =>
  packages.filter((name) => contracts.every((each) => each.package !== name || mayCall(role, each)));
