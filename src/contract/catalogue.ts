import { adminBenefitContracts } from './benefits/admin.ts';
import { benefitContracts } from './benefits/benefit.ts';
import { benefitSendExplain } from './benefits/explain.ts';
import { benefitReadContracts } from './benefits/reads.ts';
import { adminJobContracts } from './jobs/admin.ts';
import { adminLedgerContracts } from './ledger/admin.ts';
import { adminLotteryContracts } from './lottery/admin.ts';
import { drawExplain } from './lottery/explain.ts';
import { lotteryDrawContracts } from './lottery/lottery.ts';
import { filmMemberGet, memberSave } from './lottery/member.ts';
import { lotteryPerformanceConfigQuery } from './lottery/performance-config.ts';
import { lotteryReadContracts } from './lottery/reads.ts';
import type { Contract } from './method.ts';
import { adminPlatformContracts } from './platform/admin.ts';
import { adminOperatorContracts } from './platform/operators.ts';
import { platformContracts } from './platform/platform.ts';
import { mayCall, type Role } from './platform/roles.ts';
import type { Label } from './schema.ts';
import { adminSendplanContracts } from './sendplans/admin.ts';
import { receiveExplain } from './sendplans/explain.ts';
import { genieContracts } from './sendplans/genie.ts';
import { sendplanReadContracts } from './sendplans/reads.ts';
import { adminTicketingContracts } from './ticketing/admin.ts';
import { damaiContracts } from './ticketing/damai.ts';
import { orderExplain } from './ticketing/explain.ts';
import { ticketingReadContracts } from './ticketing/reads.ts';
import { adminVoucherContracts } from './vouchers/admin.ts';
import { bindExplain, sendExplain } from './vouchers/explain.ts';
import { fcodeContracts } from './vouchers/fcode.ts';
import { voucherReadContracts } from './vouchers/reads.ts';

/** Every method the platform offers, in the order of the documentation centre. */
export const catalogue = [
  lotteryPerformanceConfigQuery,
  ...lotteryDrawContracts,
  ...fcodeContracts,
  filmMemberGet,
  ...damaiContracts,
  ...genieContracts,
  ...benefitContracts,
  ...platformContracts,
  ...adminLotteryContracts,
  memberSave,
  ...adminSendplanContracts,
  ...adminBenefitContracts,
  ...adminVoucherContracts,
  ...adminJobContracts,
  ...adminTicketingContracts,
  ...adminPlatformContracts,
  // What the console asks beside the administration: why a grant passes or not, searches and figures, and ledgers.
  drawExplain,
  sendExplain,
  bindExplain,
  orderExplain,
  receiveExplain,
  benefitSendExplain,
  ...lotteryReadContracts,
  ...sendplanReadContracts,
  ...benefitReadContracts,
  ...voucherReadContracts,
  ...ticketingReadContracts,
  ...adminLedgerContracts,
  ...adminOperatorContracts,
] as const satisfies readonly Contract[];

type AdminGroup = (typeof catalogue)[number]['name'] extends infer Name
  ? Name extends `piaoquan.${infer Group}.${string}`
    ? Group
    : never
  : never;

/** What the second word of an administration method's name stands for; a word without its heading is a compile error. */
export const adminGroups: Readonly<Record<AdminGroup, Label>> = {
  lottery: { zh: '抽奖活动', en: 'Draw activities' },
  sendplan: { zh: '发放计划', en: 'Send plans' },
  benefit: { zh: '权益模板', en: 'Benefit templates' },
  voucher: { zh: '券码', en: 'Voucher codes' },
  job: { zh: '后台任务', en: 'Jobs' },
  ticketing: { zh: '演出票务', en: 'Ticketing' },
  platform: { zh: '应用与调用', en: 'Apps and calls' },
  operator: { zh: '操作员', en: 'Operators' },
  ledger: { zh: '对账', en: 'Ledgers' },
  change: { zh: '变更', en: 'Changes' },
};

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
