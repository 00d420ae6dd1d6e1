import type { SealedColumn } from '../../secrets/sealed.ts';
import { CODE_SEALED } from '../vouchers/grant.ts';

/** The sealed columns of draws: the voucher codes that were won, sealed by the vouchers. */
export const lotterySealed: readonly SealedColumn[] = [
  {
    place: CODE_SEALED,
    table: 'lottery_grant_code',
    column: 'code_sealed',
    key: { platform: 'bigint', out_biz_id: 'text', app_key: 'text', sequence: 'bigint' },
    row: ['t.code_hash'],
    where: 't.code_hash is not null',
  },
];
