import { randomBytes } from 'node:crypto';
import { bindKey } from '../../src/database/key-store.ts';
import { sealLookup } from '../../src/database/keyring.ts';
import type { Sql } from '../../src/database/pool.ts';
import { createVault, masterKey, type Vault } from '../../src/secrets/vault.ts';
import { createApp, type NewApp } from '../../src/seed-records.ts';

/**
 * Fixes the master key of the servers that this process starts from now on, and gives its vault, so that a test can
 * seal and hash what they read. Call it before the first server starts.
 */
export function fixMasterKey(): Vault {
  const key = randomBytes(32);
  process.env.PIAOQUAN_MASTER_KEY = key.toString('base64');
  return createVault(key);
}

/** Binds a database to the fixed key, with the vault's own key of lookups in place of one by chance. */
export async function bindFixedKey(sql: Sql): Promise<void> {
  const bytes = Buffer.from(process.env.PIAOQUAN_MASTER_KEY as string, 'base64');
  const key = masterKey(bytes);
  await bindKey(sql, key.key_id, sealLookup(key, bytes));
}

/** Makes an app of a test's own; it may call the film codes and the platform's own methods unless told otherwise. */
export const makeApp = (
  sql: Sql,
  vault: Vault,
  app: Partial<Omit<NewApp, 'app_key' | 'secret'>> = {},
): Promise<{ app_key: string; secret: string }> =>
  createApp(sql, vault, { name: '测试应用', packages: ['film.fcode', 'platform.base'], ...app }, new Date());
