import { createLoader } from '../batching/loader.ts';
import type { Sql } from '../database/pool.ts';
import { SESSION_KEY_PURPOSE, type Vault } from '../secrets/vault.ts';

/** A session key's record: one app, one user, until it expires or is revoked. */
export type Session = {
  readonly app_key: string;
  readonly user_id: number;
  readonly nick: string;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
};

/** Looks sessions up by session key; never from memory, so that a revoked session ends with the next call. */
export type SessionStore = { find(session_key: string): Promise<Session | undefined> };

/** Opens the store of sessions on a database. Look-ups that wait at the same time share one statement. */
export function openSessionStore(sql: Sql, vault: Vault): SessionStore {
  const find = createLoader<string, Session>({
    async load(session_keys) {
      const hashes = new Map(
        session_keys.map((key) => [vault.hash(SESSION_KEY_PURPOSE, key).toString('hex'), key] as const),
      );
      const rows = await sql<(Session & { session_hash: string })[]>`
        select * from platform_find_sessions(${[...hashes.keys()]})`;
      return new Map(rows.map((row) => [hashes.get(row.session_hash) as string, row]));
    },
  });
  return { find };
}
