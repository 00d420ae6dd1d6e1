import type { SealedColumn } from '../../secrets/sealed.ts';

/** Where receivers of sends are sealed; their row is the seller and its unique_id. */
export const RECEIVER_SEALED = 'benefit_send.receiver_sealed';

/** The sealed columns of benefits. */
export const benefitsSealed: readonly SealedColumn[] = [
  {
    place: RECEIVER_SEALED,
    table: 'benefit_send',
    column: 'receiver_sealed',
    key: { user_id: 'bigint', unique_id: 'text' },
    row: ['t.user_id', 't.unique_id'],
  },
];
