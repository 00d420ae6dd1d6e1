import { randomBytes, randomInt } from 'node:crypto';
import { adminPackages, catalogue, packages as knownPackages, packagesWithin } from '../../../contract/catalogue.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import { type CallContext, type Contract, fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { type adminPlatformContracts, appSave } from '../../../contract/platform/admin.ts';
import { CONSOLE_APP_KEY } from '../../../contract/platform/roles.ts';
import { insertApp, packageRows } from '../../../database/apps.ts';
import { keyBytes, logged, logMade, type Writer } from '../../../database/change-log.ts';
import { hasState, SQLSTATE } from '../../../database/errors.ts';
import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';
import { APP_SECRET } from '../../../secrets/sealed.ts';
import { SESSION_KEY_PURPOSE, type Vault } from '../../../secrets/vault.ts';
import { pageOf } from '../../paging.ts';
import { holdRole } from '../operators/queries.ts';
import {
  addSecret,
  addUser,
  deleteLimit,
  dropSecrets,
  findApps,
  findCalls,
  findCreated,
  findLimits,
  findQuotas,
  findSessions,
  holdApp,
  nextSecretTime,
  nickOf,
  packagesOf,
  type ShownApp,
  saveLimit,
  setPackages,
  updateApp,
} from './queries.ts';
import {
  APPS,
  BY_TIME,
  checkCallbacks,
  checkKnown,
  FIRST_LIMIT,
  LIMITS,
  type LimitPlace,
  OVERLAP_SECONDS,
  quotaSeconds,
  searchStart,
} from './rules.ts';

/** Issues and ends session keys; times in seconds. */
type Tokens = {
  issue(
    grant: { app_key: string; user_id: number },
    now: Date,
    query?: Queryable,
  ): Promise<{ access_token: string; refresh_token: string; expires_in: number; re_expires_in: number }>;
  revoke(session_hash: Buffer, writer: Writer, tx: Transaction): Promise<boolean>;
};
type Parts = { readonly sql: Sql; readonly vault: Vault; readonly tokens: Tokens };
type Methods = Handlers<typeof adminPlatformContracts>;
type Part<Prefix extends string> = Pick<Methods, Extract<keyof Methods, `piaoquan.platform.${Prefix}.${string}`>>;
type Creation = RequestOf<(typeof adminPlatformContracts)[0]>;

const ADMIN_PACKAGE = appSave.package;
const SUSPENDED = 2;
const EVERY_APP = '*';

const methods: ReadonlyMap<string, Contract> = new Map(catalogue.map((each) => [each.name, each]));
const packageNames: ReadonlySet<string> = new Set(knownPackages);

const refused = (sub_code: keyof typeof appSave.errors) => fault(appSave, sub_code);

/**
 * Refuses an operator an app with packages that reach beyond his role: to give them, or to learn a secret or a session of
 * an app that holds them, would get him round it. Apps that administer may do what their package says.
 */
async function refuseRise(tx: Transaction, { app_key, actor }: CallContext, given: readonly string[]): Promise<void> {
  if (app_key !== CONSOLE_APP_KEY) return;
  const role = await holdRole(tx, actor);
  const own = role === undefined ? [] : packagesWithin(role);
  if (given.some((each) => !own.includes(each))) throw refused('isv.owner-only');
}

/**
 * Refuses an operator who is no owner to change an app that administers: guards taken from it would open all to others.
 * @param held the packages of the app, or of the method that a limit for every app is about
 */
async function refuseWeakening(tx: Transaction, context: CallContext, held: readonly string[]): Promise<void> {
  await refuseRise(
    tx,
    context,
    held.filter((each) => adminPackages.includes(each)),
  );
}

/** The packages that a limit bears on: those of its app, or for every app that of its method. */
const packagesLimited = async (tx: Transaction, { app_key, method }: LimitPlace): Promise<readonly string[]> =>
  app_key === EVERY_APP ? [methods.get(method)?.package ?? ''] : packagesOf(tx, app_key);

const newSecret = (): string => randomBytes(16).toString('hex');

/** The administration of apps, secrets, permissions, limits and sessions, and the call log. */
export const adminPlatformHandlers = (parts: Parts): Methods => ({
  ...appHandlers(parts),
  ...limitHandlers(parts),
  ...sessionHandlers(parts),
  'piaoquan.platform.call.list': async ({ query, cursor, page_size }, { now }) => {
    const { request_id, app_key, code, sub_code, start_time, end_time } = query;
    if (request_id == null && app_key == null && sub_code == null && !code) throw refused('isv.call-filter-missing');
    // A request_id is found in the index of every day; calls of an app, and errors, are read by their time.
    const start = request_id == null ? searchStart(start_time, end_time, now) : (start_time ?? undefined);
    const before = BY_TIME.read(cursor);
    const find = (limit: number) => findCalls(parts.sql, { ...query, start_time: start, before, limit });
    const page = await pageOf(page_size, find, ({ at_us, request_id: id }) => BY_TIME.write({ at_us, id }));
    return { calls: page.rows, next_cursor: page.next_cursor };
  },
});

const appHandlers = ({ sql, vault }: Parts): Part<'app'> => ({
  'piaoquan.platform.app.create': async (request, context) => createApp(sql, vault, request, context),
  'piaoquan.platform.app.save': async ({ app: { app_key, ...change } }, context) => {
    checkCallbacks(change.callback_urls ?? []);
    if (app_key === context.app_key && change.status === SUSPENDED) throw refused('isv.own-app');
    const save = async (tx: Transaction): Promise<void> => {
      if (!(await holdApp(tx, app_key))) throw refused('isv.app-not-found');
      await refuseWeakening(tx, context, await packagesOf(tx, app_key));
      await logged(tx, context, [['platform_app', { app_key }]], () => updateApp(tx, app_key, change));
    };
    await withReadableAddresses(() => sql.begin(save));
    return { app: await oneApp(sql, app_key, context.now) };
  },
  'piaoquan.platform.app.get': async ({ query }, { now }) => ({ app: await oneApp(sql, query.app_key, now) }),
  'piaoquan.platform.app.list': async ({ status, cursor, page_size }, { now }) => {
    const after = APPS.read(cursor)?.app_key ?? '';
    const page = await pageOf(page_size, (limit) => findApps(sql, { status, after, now, limit }), APPS.write);
    return { apps: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.platform.app.secret.rotate': async ({ rotation: { app_key, overlap_seconds } }, context) => {
    const { now } = context;
    const secret = newSecret();
    const overlap = overlap_seconds ?? OVERLAP_SECONDS;
    const old_expires_at = new Date(now.getTime() + overlap * 1000);
    await sql.begin(async (tx) => {
      if (!(await holdApp(tx, app_key))) throw refused('isv.app-not-found');
      await refuseRise(tx, context, await packagesOf(tx, app_key));
      await logged(tx, context, [['platform_app_secret', { app_key }]], async () => {
        const live = await dropSecrets(tx, app_key, overlap === 0 ? 'all' : 'ended', now);
        if (live > 1) throw refused('isv.secret-overlap');
        const created_at = await nextSecretTime(tx, app_key, now);
        const sealed = vault.seal(APP_SECRET, [app_key, created_at], secret);
        await addSecret(tx, { app_key, secret: sealed, created_at, old_expires_at });
      });
    });
    return { app_key, secret, old_expires_at: overlap === 0 ? undefined : old_expires_at };
  },
  'piaoquan.platform.app.packages.set': async ({ grant: { app_key, packages } }, context) => {
    checkKnown(packages, packageNames, (index) => `grant.packages[${index}]`);
    if (app_key === context.app_key && !packages.includes(ADMIN_PACKAGE)) throw refused('isv.own-app');
    await sql.begin(async (tx) => {
      if (!(await holdApp(tx, app_key))) throw refused('isv.app-not-found');
      const held = await packagesOf(tx, app_key);
      await refuseWeakening(tx, context, held);
      await refuseRise(
        tx,
        context,
        packages.filter((each) => !held.includes(each)),
      );
      await logged(tx, context, [packageRows(app_key, packages)], () => setPackages(tx, app_key, packages));
    });
    return { packages: [...new Set(packages)].sort() };
  },
});

/** Makes an app once by a unique_id. The secret is in the first answer alone: from then on it is sealed. */
async function createApp(sql: Sql, vault: Vault, { unique_id, app }: Creation, context: CallContext) {
  checkCallbacks(app.callback_urls ?? []);
  checkKnown(app.packages, packageNames, (index) => `app.packages[${index}]`);
  const content = JSON.stringify(app);
  const secret = newSecret();
  const made = { ...app, unique_id, content, created_at: context.now };
  const make = (app_key: string) =>
    sql.begin(async (tx) => {
      await refuseRise(tx, context, app.packages);
      const sealed = vault.seal(APP_SECRET, [app_key, made.created_at], secret);
      return insertApp(tx, { ...made, app_key, secret: sealed }, context);
    });
  for (;;) {
    const app_key = String(randomInt(20_000_000, 100_000_000));
    if (await withReadableAddresses(() => make(app_key))) return { app_key, secret };
    const known = await findCreated(sql, unique_id, content);
    if (known?.same === false) throw refused('isv.unique-id-conflict');
    if (known !== undefined) return { app_key: known.app_key };
  }
}

/** Runs what the database reads addresses in, and names the field when it cannot (SQLSTATE 22P02). */
async function withReadableAddresses<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (hasState(error, SQLSTATE.invalidTextRepresentation))
      throw invalidArgument('app.ip_allow', '应为 IP 地址或网段，如 10.0.0.0/8，且主机位为 0');
    throw error;
  }
}

async function oneApp(sql: Sql, app_key: string, now: Date): Promise<ShownApp> {
  const [app] = await findApps(sql, { app_key, after: '', now, limit: 1 });
  if (app === undefined) throw refused('isv.app-not-found');
  return app;
}

const limitRow = ({ app_key, method }: LimitPlace) => ['platform_frequency', { app_key, method }] as const;

const limitHandlers = ({ sql }: Parts): Part<'frequency'> & Part<'quota'> => ({
  'piaoquan.platform.frequency.save': async ({ frequency }, context) => {
    checkKnown([frequency.method], methods, () => 'frequency.method');
    await sql.begin(async (tx) => {
      const { app_key } = frequency;
      if (app_key !== EVERY_APP && !(await holdApp(tx, app_key))) throw refused('isv.app-not-found');
      await refuseWeakening(tx, context, await packagesLimited(tx, frequency));
      await logged(tx, context, [limitRow(frequency)], () => saveLimit(tx, frequency));
    });
    return { is_success: true };
  },
  'piaoquan.platform.frequency.delete': async ({ frequency }, context) => {
    await sql.begin(async (tx) => {
      await refuseWeakening(tx, context, await packagesLimited(tx, frequency));
      const lifted = await logged(tx, context, [limitRow(frequency)], () => deleteLimit(tx, frequency));
      if (!lifted) throw refused('isv.frequency-not-found');
    });
    return { is_success: true };
  },
  'piaoquan.platform.frequency.list': async ({ query, cursor, page_size }) => {
    const after = LIMITS.read(cursor) ?? FIRST_LIMIT;
    const page = await pageOf(page_size, (limit) => findLimits(sql, { ...query, after, limit }), LIMITS.write);
    return { frequencies: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.platform.quota.list': async ({ query, cursor, page_size }, { now }) => {
    const wanted = { ...query, after: LIMITS.read(cursor) ?? FIRST_LIMIT, ...quotaSeconds(now) };
    const page = await pageOf(page_size, (limit) => findQuotas(sql, { ...wanted, limit }), LIMITS.write);
    const quotas = page.rows.map(({ method, window_start, ...quota }) => ({
      ...quota,
      method: method === '' ? undefined : method,
      window_start: new Date(window_start * 1000),
      window_end: new Date((window_start + quota.window_seconds) * 1000),
    }));
    return { quotas, next_cursor: page.next_cursor };
  },
});

const sessionHandlers = ({ sql, vault, tokens }: Parts): Part<'session'> => ({
  'piaoquan.platform.session.create': async ({ grant: { app_key, user_id, nick } }, context) => {
    const { now } = context;
    const issued = await sql.begin(async (tx) => {
      if (!(await holdApp(tx, app_key))) throw refused('isv.app-not-found');
      await refuseRise(tx, context, await packagesOf(tx, app_key));
      if (nick != null)
        await logged(tx, context, [['platform_user', { user_id }]], () => addUser(tx, user_id, nick, now));
      const stored = await nickOf(tx, user_id);
      if (nick != null && stored !== nick) throw refused('isv.nick-conflict');
      if (stored === undefined) throw refused('isv.user-not-found');
      const answer = await tokens.issue({ app_key, user_id }, now, tx);
      const session_hash = keyBytes(vault.hash(SESSION_KEY_PURPOSE, answer.access_token));
      await logMade(tx, context, [['platform_session', { session_hash }]]);
      return answer;
    });
    const { access_token, refresh_token, expires_in, re_expires_in } = issued;
    const session_id = vault.hash(SESSION_KEY_PURPOSE, access_token).toString('hex');
    return { session_id, session_key: access_token, refresh_token, expires_in, re_expires_in };
  },
  'piaoquan.platform.session.list': async ({ query, cursor, page_size }) => {
    const before = BY_TIME.read(cursor);
    const find = (limit: number) => findSessions(sql, { ...query, before, limit });
    const page = await pageOf(page_size, find, ({ at_us, session_id: id }) => BY_TIME.write({ at_us, id }));
    return { sessions: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.platform.session.revoke': async ({ session_id, session_key }, context) => {
    const hash =
      session_key == null ? Buffer.from(session_id ?? '', 'hex') : vault.hash(SESSION_KEY_PURPOSE, session_key);
    const revoked = await sql.begin((tx) => tokens.revoke(hash, context, tx));
    if (!revoked) throw refused('isv.session-not-found');
    return { is_success: true };
  },
});
