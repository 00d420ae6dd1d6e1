import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { remember } from '../../../remember.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { codeText, type Payload, readCode } from './rules.ts';

/** The Ed25519 key pair that signs a tenant's ticket codes. */
export type GateKey = {
  /** The first eight hex digits of the public key's SHA-256; every code names it. */
  readonly key_id: string;
  /** The raw public key, 32 bytes. */
  readonly public_key: Buffer;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

/** What stands before the 32 bytes of a private key in its PKCS #8 form (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_BYTES = 32;
const MOST_KEPT = 1000;

function derive(vault: Vault, tenant_id: number): GateKey {
  const seed = vault.hash('ticketing-gate-key', String(tenant_id));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const public_key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-RAW_BYTES);
  return {
    key_id: createHash('sha256').update(public_key).digest('hex').slice(0, 8),
    public_key,
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey,
    publicKey,
  };
}

/** Gives each tenant's key pair. It follows from the master key, so that it needs no place of its own. */
export function createGateKeys(vault: Vault): (tenant_id: number) => GateKey {
  const keys = new Map<number, GateKey>();
  // Callers may name any tenant in a forged code.
  return (tenant_id) => keys.get(tenant_id) ?? remember(keys, MOST_KEPT, tenant_id, derive(vault, tenant_id));
}

/** The code of a ticket. The same payload always gives the same text. */
export const signCode = (key: GateKey, payload: Payload): string =>
  codeText(key.key_id, payload, (text) => sign(null, Buffer.from(text), key.privateKey));

/** The payload of a code that the key has signed; undefined for any other text. */
export function openCode(key: GateKey, text: string): Payload | undefined {
  const code = readCode(text);
  if (code === undefined || code.key_id !== key.key_id) return undefined;
  return verify(null, Buffer.from(code.signed), key.publicKey, code.signature) ? code.payload : undefined;
}
