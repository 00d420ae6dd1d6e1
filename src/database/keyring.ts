import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRingVault, createVault, type KeyRing, type MasterKey, masterKey, type Vault } from '../secrets/vault.ts';
import { StartError } from '../start-error.ts';
import { bindKey, findKeyState, forgetHolder, type KeyState, tellHolder } from './key-store.ts';
import type { Sql } from './pool.ts';

/** Where the key of lookups is sealed; it has no row, since there is one. */
const LOOKUP_KEY = 'platform_vault.lookup_sealed';

/** The vault of a database, and the keys behind it. */
export type Keyring = {
  readonly vault: Vault;
  /** The keys as they were last read. */
  present(): KeyRing;
  /** Reads again which key seals and which keys were given. Throws StartError as {@link openKeyring} does. */
  refresh(): Promise<void>;
};

/**
 * Opens the keys of a database. At its first start it is bound to the first key given and makes its key of lookups.
 * Throws StartError when one of its keys was not given, naming both.
 * @param readKeys the master keys given, the one that shall seal first
 */
export async function openKeyring(sql: Sql, readKeys: () => readonly Uint8Array[]): Promise<Keyring> {
  const [first] = readKeys().map(masterKey);
  if (first === undefined) throw new Error('no master key was given');
  await bindKey(sql, first.key_id, sealLookup(first, randomBytes(32)));
  const read = async (): Promise<KeyRing> => toRing((await findKeyState(sql)) as KeyState, readKeys().map(masterKey));
  let ring = await read();
  return {
    vault: createRingVault(() => ring),
    present: () => ring,
    async refresh() {
      ring = await read();
    },
  };
}

/** The keys of a database as they stand, of those that were given. Throws StartError naming one that was not. */
export function toRing(state: KeyState, keys: readonly MasterKey[]): KeyRing {
  const given = keys.map(({ key_id }) => key_id);
  const sealing = keys.find(({ key_id }) => key_id === state.key_id);
  if (sealing === undefined)
    throw new StartError(
      `this database is sealed with another master key: with key ${state.key_id}, and the one given is ${given.join(', ')}: set PIAOQUAN_MASTER_KEY (or PIAOQUAN_HOME) to that key, or name it in PIAOQUAN_PREVIOUS_MASTER_KEYS`,
    );
  const missing = state.earlier_key_ids.find((each) => !given.includes(each));
  if (missing !== undefined)
    throw new StartError(
      `a part of this database is still sealed with master key ${missing}, which was not given: name it in PIAOQUAN_PREVIOUS_MASTER_KEYS until piaoquan key rotate has come to its end`,
    );
  return { lookup: openLookup(sealing, state.lookup_sealed), sealing, keys };
}

/** Seals the key of lookups under a master key. */
export const sealLookup = (key: MasterKey, lookup: Uint8Array): Buffer =>
  createVault(key.bytes).seal(LOOKUP_KEY, [], Buffer.from(lookup).toString('base64'));

const openLookup = (key: MasterKey, sealed: Uint8Array): Buffer =>
  Buffer.from(createVault(key.bytes).open(LOOKUP_KEY, [], sealed), 'base64');

/** How often a server looks which key seals, and tells which keys it holds. */
const POLL_MS = 2000;

/**
 * Keeps the keys of a running server at what the database says, so that they can be changed while it runs, and tells the
 * database which of them it holds.
 * @param onError told once of each trouble, which lasts until a later look succeeds; the keys stay as they were
 */
export function keepKeyring(
  sql: Sql,
  keyring: Keyring,
  onError: (error: unknown) => void,
  pollMs = POLL_MS,
): { close(): Promise<void> } {
  const holder = randomUUID();
  const stop = new AbortController();
  let told: string | undefined;
  async function look(): Promise<void> {
    try {
      const { keys, sealing } = keyring.present();
      await tellHolder(sql, holder, { key_ids: keys.map(({ key_id }) => key_id), sealing: sealing.key_id });
      await keyring.refresh();
      told = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) onError(error);
      told = message;
    }
  }
  async function keep(): Promise<void> {
    while (!stop.signal.aborted) {
      await look();
      await sleep(pollMs, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);
    }
  }
  const ended = keep();
  return {
    async close() {
      stop.abort();
      await ended;
      await forgetHolder(sql, holder).catch(() => undefined);
    },
  };
}
