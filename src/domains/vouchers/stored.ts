import type { Vault } from '../../secrets/vault.ts';
import { CODE_PURPOSE, codeKey } from './rules.ts';
import { BINDER_SEALED, CODE_SEALED } from './sealed.ts';

/** Bytes of a keyed hash, which goes before what is sealed along with it wherever that is handed out. */
const HASH_BYTES = 32;

/** A code of a batch as the database keeps it: sealed to read back, hashed to find by. */
export function keepCode(vault: Vault, mix_id: string, code: string): { code_sealed: Buffer; code_hash: Buffer } {
  const code_hash = vault.hash(CODE_PURPOSE, codeKey(mix_id, code));
  return { code_sealed: vault.seal(CODE_SEALED, [code_hash], code), code_hash };
}

/** Reads a stored code. Throws SealError when hash and sealed code do not belong together. */
export function openStored(vault: Vault, hash_and_sealed: Uint8Array): string {
  const hash = hash_and_sealed.subarray(0, HASH_BYTES);
  return vault.open(CODE_SEALED, [hash], hash_and_sealed.subarray(HASH_BYTES));
}

/** Seals the user who binds codes of a batch; its keyed hash is given in hex. */
export const sealBinder = (vault: Vault, mix_id: string, hash: string, user: string): string =>
  vault.seal(BINDER_SEALED, [mix_id, hash], user).toString('hex');

/** Reads the user who bound a code of a batch, of hash and sealed text in hex. Throws SealError as {@link openStored}. */
export function openBinder(vault: Vault, mix_id: string, hash_and_sealed: string): string {
  const bytes = Buffer.from(hash_and_sealed, 'hex');
  return vault.open(BINDER_SEALED, [mix_id, bytes.subarray(0, HASH_BYTES)], bytes.subarray(HASH_BYTES));
}
