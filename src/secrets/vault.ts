import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** Keeps secrets and personal data unreadable in the database: sealed to read back, hashed to find by. */
export type Vault = {
  /** Keyed hash of a text, 32 bytes, to find a sealed or never stored text by. Same purpose and text, same hash. */
  hash(purpose: string, text: string): Buffer;
  /** Encrypts a text so that only {@link Vault.open} with the same purpose reads it. */
  seal(purpose: string, text: string): Buffer;
  /** Decrypts what {@link Vault.seal} made; throws when it was changed or sealed for another purpose. */
  open(purpose: string, sealed: Uint8Array): string;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Purpose under which an app's secret is sealed. */
export const SECRET_PURPOSE = 'app-secret';
/** Purpose under which a session key is hashed. */
export const SESSION_KEY_PURPOSE = 'session-key';

/**
 * Makes the vault of a master key. Every purpose ({@link SECRET_PURPOSE}, 'voucher-code' …) has keys of its own, derived by HKDF,
 * so that what was sealed for one purpose cannot pass as another. Sealing is AES-256-GCM with a random nonce.
 * @param masterKey 32 random bytes
 */
export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== 32) throw new Error('the master key must have 32 bytes');
  const keys = new Map<string, KeyObject>();
  const keyOf = (use: 'hash' | 'seal', purpose: string): KeyObject => {
    const name = `${use}:${purpose}`;
    let key = keys.get(name);
    if (key === undefined) {
      // A key object is made once; a plain buffer would be made into one at every use, at several times the cost.
      key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', `piaoquan:${name}`, 32)));
      keys.set(name, key);
    }
    return key;
  };
  return {
    hash: (purpose, text) => createHmac('sha256', keyOf('hash', purpose)).update(text).digest(),
    seal(purpose, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf('seal', purpose), nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(purpose, sealed) {
      const end = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', keyOf('seal', purpose), sealed.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(sealed.subarray(end));
      const body = decipher.update(sealed.subarray(NONCE_BYTES, end));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    },
  };
}
