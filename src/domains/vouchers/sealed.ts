import type { SealedColumn } from '../../secrets/sealed.ts';

/** Where imported codes are sealed; their row is the keyed hash of batch and code, which only one code has. */
export const CODE_SEALED = 'voucher_code.code_sealed';
/** Where users who bound codes are sealed; their row is the batch and the keyed hash of the user. */
export const BINDER_SEALED = 'voucher_code.bound_sealed';

const code = { place: CODE_SEALED, column: 'code_sealed', row: ['t.code_hash'] };

/** The sealed columns of vouchers. What is imported becomes a code as it is, once its place in the batch is known. */
export const vouchersSealed: readonly SealedColumn[] = [
  { table: 'voucher_code', key: { mix_id: 'text', sequence: 'bigint' }, ...code },
  { table: 'voucher_import_line', key: { mix_id: 'text', import_id: 'text', line: 'bigint' }, ...code },
  {
    place: BINDER_SEALED,
    table: 'voucher_code',
    column: 'bound_sealed',
    key: { mix_id: 'text', sequence: 'bigint' },
    row: ['t.mix_id', 't.bound_hash'],
  },
];
