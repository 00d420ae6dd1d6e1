import { grantPackages } from './database/apps.ts';
import { demoEnd } from './database/demo-end.ts';
import type { Sql } from './database/pool.ts';
import type { Vault } from './secrets/vault.ts';
import { insertSession, insertUsers, saveApp } from './seed-records.ts';

/** The sandbox's app, user, session and operator. Production refuses a database that holds them. */
export const DEMO = {
  app_key: '12345678',
  secret: 'helloworld',
  session_key: '6100000demo',
  user: { user_id: 6100000, nick: 'demo_seller' },
  /** The console's owner, who logs in with one click. */
  operator: 'demo',
} as const;

const OTHER_SELLER = { user_id: 6100001, nick: 'demo_other_seller' };
/** The receiver of the documented benefit sends. */
const RECEIVER = { user_id: 12312312, nick: 'tbtest1234' };
/** Where the demo app may be called back: any port of this machine, at its usual paths, or the page that shows the code. */
const CALLBACKS = [
  'http://127.0.0.1/',
  'http://127.0.0.1/callback',
  'http://localhost/',
  'http://localhost/callback',
  'urn:ietf:wg:oauth:2.0:oob',
];

/** Loads the sandbox's app, users and session; what is there already stays as it is. */
export async function loadPlatformDemo(sql: Sql, vault: Vault, packages: readonly string[], now: Date): Promise<void> {
  const { app_key, secret, session_key, user } = DEMO;
  await insertUsers(sql, [user, OTHER_SELLER, RECEIVER], now);
  await saveApp(sql, vault, { app_key, secret, name: 'Demo app 演示应用', packages, callback_urls: CALLBACKS }, now);
  // A newer release may bring new packages to an old sandbox.
  await grantPackages(sql, app_key, packages, now);
  await insertSession(sql, vault, { session_key, app_key, user_id: user.user_id, expires_at: demoEnd(now) }, now);
}
