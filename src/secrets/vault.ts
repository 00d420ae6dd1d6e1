import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';

/** A master key with the name that every text sealed under it bears. */
export type MasterKey = {
  /** The first four bytes of a hash of the key, in hex: tells keys apart and nothing about them. */
  readonly key_id: string;
  readonly bytes: Uint8Array;
};

/** The keys of a database: one that seals, all that open, and the one of lookups, which is the database's own and stays. */
export type KeyRing = {
  /** 32 bytes, from which the keys of all hashes are derived. */
  readonly lookup: Uint8Array;
  /** The key under which texts are sealed from now on; one of `keys`. */
  readonly sealing: MasterKey;
  readonly keys: readonly MasterKey[];
};

/**
 * The row that a sealed text belongs to, by the values of its key in their order: its primary key, or where the database
 * gives that out later, another key that is known when it is sealed. Numbers and texts of the same digits are the same.
 */
export type RowKey = readonly (string | number | Date | Uint8Array)[];

/** Keeps secrets and personal data unreadable in the database: sealed to read back, hashed to find by. */
export type Vault = {
  /** Keyed hash of a text, 32 bytes, to find a sealed or never stored text by. Same purpose and text, same hash. */
  hash(purpose: string, text: string): Buffer;
  /**
   * Encrypts a text so that only {@link Vault.open} with the same column and row reads it.
   * @param column `table.column`, or a name of what is sealed elsewhere
   */
  seal(column: string, row: RowKey, text: string): Buffer;
  /** Decrypts what {@link Vault.seal} made; throws {@link SealError} when it was changed or belongs elsewhere. */
  open(column: string, row: RowKey, sealed: Uint8Array): string;
};

/** A sealed text that does not open. Names its column and why, and nothing of what it holds. */
export class SealError extends Error {}

/** What a sealed text begins with: the version of this form. */
const VERSION = 1;
const KEY_ID_BYTES = 4;
const HEAD_BYTES = 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Purpose under which a session key is hashed. */
export const SESSION_KEY_PURPOSE = 'session-key';

/** A master key of 32 random bytes with its id. */
export function masterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== 32) throw new Error('the master key must have 32 bytes');
  const key_id = createHash('sha256')
    .update('piaoquan:key-id')
    .update(bytes)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
  return { key_id, bytes };
}

/** The id of the key under which a text is sealed; undefined when it has not the form of a sealed text. */
export const keyIdOf = (sealed: Uint8Array): string | undefined =>
  sealed[0] === VERSION && sealed.length >= HEAD_BYTES + NONCE_BYTES + TAG_BYTES
    ? Buffer.from(sealed.subarray(1, HEAD_BYTES)).toString('hex')
    : undefined;

/**
 * Makes the vault of a ring of keys. Every purpose and every column has keys of its own, derived by HKDF, so that what was
 * sealed or hashed for one cannot pass as another. A sealed text is a version, the id of its key, a random nonce, and what
 * AES-256-GCM makes of the text, with column and row as associated data.
 * @param ring the keys at this moment: which one seals may change while a server runs
 */
export function createRingVault(ring: () => KeyRing): Vault {
  const keys = new Map<string, KeyObject>();
  const keyOf = (master: Uint8Array, name: string): KeyObject => {
    let key = keys.get(name);
    if (key === undefined) {
      // A key object is made once; a plain buffer would be made into one at every use, at several times the cost.
      key = createSecretKey(Buffer.from(hkdfSync('sha256', master, '', `piaoquan:${name}`, 32)));
      keys.set(name, key);
    }
    return key;
  };
  const nonces = { pool: Buffer.alloc(NONCE_BYTES * 256), next: NONCE_BYTES * 256 };
  /** Random bytes are drawn for many nonces at once: a draw costs as much as to seal a short text. */
  const newNonce = (): Buffer => {
    const { pool } = nonces;
    if (nonces.next === pool.length) {
      randomFillSync(pool);
      nonces.next = 0;
    }
    nonces.next += NONCE_BYTES;
    return pool.subarray(nonces.next - NONCE_BYTES, nonces.next);
  };
  const sealKey = ({ key_id, bytes }: MasterKey, column: string) => keyOf(bytes, `seal:${column}:${key_id}`);
  return {
    hash: (purpose, text) =>
      createHmac('sha256', keyOf(ring().lookup, `hash:${purpose}`))
        .update(text)
        .digest(),
    seal(column, row, text) {
      const { sealing } = ring();
      const nonce = newNonce();
      const cipher = createCipheriv('aes-256-gcm', sealKey(sealing, column), nonce).setAAD(bound(column, row));
      // A stream cipher gives all at once: what final() would add is empty, but it must be called for the tag.
      const body = cipher.update(text, 'utf8');
      cipher.final();
      return Buffer.concat([headOf(sealing), nonce, body, cipher.getAuthTag()]);
    },
    open(column, row, sealed) {
      const key_id = keyIdOf(sealed);
      const key = ring().keys.find((each) => each.key_id === key_id);
      if (key === undefined) throw new SealError(`${column} is sealed under key ${key_id}, which was not given`);
      const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', sealKey(key, column), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(bound(column, row)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const body = decipher.update(sealed.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
        return body.toString('utf8');
      } catch {
        throw new SealError(`${column} does not open: it was changed, or copied from another row or column`);
      }
    },
  };
}

/** The vault of one key alone, from which the keys of hashes are derived, too. Throws when it has not 32 bytes. */
export function createVault(bytes: Uint8Array): Vault {
  const key = masterKey(bytes);
  const ring = { lookup: bytes, sealing: key, keys: [key] };
  return createRingVault(() => ring);
}

/** What a text that is sealed under a key begins with. */
const headOf = ({ key_id }: MasterKey): Buffer => Buffer.from(`0${VERSION}${key_id}`, 'hex');

/** What a sealed text is bound to, as bytes: no two places have the same. */
const bound = (column: string, row: RowKey): Buffer => Buffer.from(JSON.stringify([column, ...row.map(keyText)]));

function keyText(value: RowKey[number]): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' ? String(value) : Buffer.from(value).toString('hex');
}
