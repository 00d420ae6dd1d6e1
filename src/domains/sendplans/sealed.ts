import type { SealedColumn } from '../../secrets/sealed.ts';

/** Purpose under which members are hashed. */
export const MEMBER_PURPOSE = 'sendplan-member';
/** Where users who received are sealed; their row is the plan and the keyed hash of the user. */
export const RECEIVER_SEALED = 'sendplan_receipt.user_sealed';
/** Where members are sealed; their row is the business code and the keyed hash of the member. */
export const MEMBER_SEALED = 'sendplan_vip.member_sealed';
/** Where the secrets of business codes are sealed; their row is the business code. */
export const BIZ_SECRET_SEALED = 'sendplan_biz.secret_sealed';
/** Where the private keys of business codes are sealed; their row is the business code. */
export const BIZ_KEY_SEALED = 'sendplan_biz.private_key_sealed';

const biz = { table: 'sendplan_biz', key: { biz_code: 'text' }, row: ['t.biz_code'] };

/** The sealed columns of send plans. */
export const sendplansSealed: readonly SealedColumn[] = [
  {
    place: RECEIVER_SEALED,
    table: 'sendplan_receipt',
    column: 'user_sealed',
    key: { plan_id: 'bigint', receipt_id: 'bigint' },
    row: ['t.plan_id', 't.user_hash'],
  },
  {
    place: MEMBER_SEALED,
    table: 'sendplan_vip',
    column: 'member_sealed',
    key: { biz_code: 'text', member_hash: 'bytea' },
    row: ['t.biz_code', 't.member_hash'],
  },
  { place: BIZ_SECRET_SEALED, column: 'secret_sealed', ...biz },
  { place: BIZ_KEY_SEALED, column: 'private_key_sealed', ...biz },
];
