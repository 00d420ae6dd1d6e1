import { randomBytes, randomInt } from 'node:crypto';
import { insertApp } from './database/apps.ts';
import { systemWriter } from './database/change-log.ts';
import type { Sql } from './database/pool.ts';
import { APP_SECRET } from './secrets/sealed.ts';
import { SESSION_KEY_PURPOSE, type Vault } from './secrets/vault.ts';

/** What makes an app. */
export type NewApp = {
  readonly app_key: string;
  readonly secret: string;
  readonly name: string;
  readonly packages: readonly string[];
  readonly callback_urls?: readonly string[];
};

/** Saves an app with its sealed secret and packages; an app that is there already stays as it is. */
export async function saveApp(sql: Sql, vault: Vault, app: NewApp, now: Date): Promise<boolean> {
  const secret = vault.seal(APP_SECRET, [app.app_key, now], app.secret);
  return sql.begin((tx) => insertApp(tx, { ...app, secret, created_at: now }, systemWriter(now)));
}

/** Makes an app with a key and secret of its own. The secret is shown here once and is sealed from then on. */
export async function createApp(
  sql: Sql,
  vault: Vault,
  app: Omit<NewApp, 'app_key' | 'secret'>,
  now: Date,
): Promise<{ app_key: string; secret: string }> {
  const secret = randomBytes(16).toString('hex');
  for (;;) {
    const app_key = String(randomInt(20_000_000, 100_000_000));
    if (await saveApp(sql, vault, { ...app, app_key, secret }, now)) return { app_key, secret };
  }
}

/** Saves users who may authorise apps; those that are there stay as they are. */
export async function insertUsers(
  sql: Sql,
  users: readonly { user_id: number; nick: string }[],
  now: Date,
): Promise<void> {
  for (const { user_id, nick } of users)
    await sql`insert into platform_user values (${user_id}, ${nick}, ${now}) on conflict do nothing`;
}

/** Saves a session of a known key; one that is there already stays as it is. */
export async function insertSession(
  sql: Sql,
  vault: Vault,
  session: { session_key: string; app_key: string; user_id: number; expires_at: Date },
  now: Date,
): Promise<void> {
  await sql`
    insert into platform_session (session_hash, app_key, user_id, created_at, expires_at)
    values (${vault.hash(SESSION_KEY_PURPOSE, session.session_key)}, ${session.app_key}, ${session.user_id}, ${now},
      ${session.expires_at})
    on conflict do nothing`;
}

/** Whether an app of this key is there. */
export async function hasApp(sql: Sql, app_key: string): Promise<boolean> {
  const rows = await sql`select from platform_app where app_key = ${app_key}`;
  return rows.count > 0;
}
