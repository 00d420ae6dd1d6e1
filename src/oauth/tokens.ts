import { randomBytes } from 'node:crypto';
import { keyBytes, logged, type Writer } from '../database/change-log.ts';
import type { Queryable, Sql, Transaction } from '../database/pool.ts';
import { newRequestId } from '../gateway/request-id.ts';
import { SESSION_KEY_PURPOSE, type Vault } from '../secrets/vault.ts';

/** The answer of /token and of the two token methods (TOP protocol 8.2); times in seconds. */
export type TokenAnswer = {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  refresh_token: string;
  re_expires_in: number;
  r1_expires_in: number;
  r2_expires_in: number;
  w1_expires_in: number;
  w2_expires_in: number;
  hra_expires_in: number;
  /** URL-encoded UTF-8, as SDKs expect it. */
  taobao_user_nick: string;
  taobao_user_id: string;
};

/** Why a code or a refresh token serves nothing. */
export type GrantFault = 'unknown' | 'used' | 'expired' | 'redirect_uri' | 'revoked';

/** What became of a code or a refresh token. */
export type Granted = { readonly answer: TokenAnswer } | { readonly fault: GrantFault };

/** Issues session keys. */
export type TokenStore = {
  /** An authorisation code of a user for an app; works once, for ten minutes. */
  issueCode(
    grant: { app_key: string; user_id: number; redirect_uri: string; redirect_uri_given: boolean },
    now: Date,
  ): Promise<string>;
  /**
   * Exchanges a code for a session. `redirect_uri` must be the one the code was issued to, or empty where /authorize was
   * asked without one (RFC 6749 4.1.3); undefined where the protocol has no such parameter. A code that comes
   * a second time ends the session that it made, with all that were refreshed from it (RFC 6749 4.1.2).
   */
  redeemCode(grant: { app_key: string; code: string; redirect_uri?: string | undefined }, now: Date): Promise<Granted>;
  /** Issues a session to an app at once, as the token flow does; in a transaction where one is given. */
  issue(grant: { app_key: string; user_id: number }, now: Date, query?: Queryable): Promise<TokenAnswer>;
  /** Makes the next session of a refresh token; repeated, the same one again. */
  refresh(grant: { app_key: string; refresh_token: string }, now: Date): Promise<Granted>;
  /** Ends a session, the one it was refreshed from and all that were refreshed since; false when there is none. */
  revoke(session_hash: Buffer, writer: Writer, tx: Transaction): Promise<boolean>;
};

const CODE_SECONDS = 600;
const SESSION_SECONDS = 30 * 24 * 3600;
const REFRESH_SECONDS = 60 * 24 * 3600;
const CODE_PURPOSE = 'authorization-code';
const REFRESH_PURPOSE = 'refresh-token';

/** Who a session is for. `first_hash`: the session that it is refreshed from in the first place; absent for a first one. */
type Grant = { app_key: string; user_id: number; first_hash?: Buffer };
/** A code that is held. */
type HeldCode = Grant & {
  used_at: Date | null;
  session_hash: Buffer | null;
  expires_at: Date;
  redirect_uri: string;
  redirect_uri_given: boolean;
};
type Stored = { nick: string; user_id: number; expires_at: Date; refresh_expires_at: Date };

const after = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);
/** Session keys have 56 characters and begin with 610x (TOP protocol 8.4). */
const newKey = (prefix: string, bytes: Buffer = randomBytes(26)): string => prefix + bytes.toString('hex').slice(0, 52);

/** Opens the store of codes and tokens on a database; they are kept by keyed hash alone. */
export function openTokenStore(sql: Sql, vault: Vault): TokenStore {
  const issue = async (query: Queryable, grant: Grant, access: string, refresh: string, now: Date) => {
    const stored = await insertSession(query, grant, {
      session_hash: vault.hash(SESSION_KEY_PURPOSE, access),
      refresh_hash: vault.hash(REFRESH_PURPOSE, refresh),
      now,
    });
    return stored && toAnswer(stored, access, refresh, now);
  };
  return {
    async issueCode({ app_key, user_id, redirect_uri, redirect_uri_given }, now) {
      const code = randomBytes(24).toString('base64url');
      await sql`
        insert into platform_authorization_code (code_hash, app_key, user_id, redirect_uri, redirect_uri_given, expires_at)
        values (${vault.hash(CODE_PURPOSE, code)}, ${app_key}, ${user_id}, ${redirect_uri}, ${redirect_uri_given},
          ${after(now, CODE_SECONDS)})`;
      return code;
    },
    redeemCode: ({ app_key, code, redirect_uri }, now) =>
      sql.begin(async (transaction) => {
        const code_hash = vault.hash(CODE_PURPOSE, code);
        const [held] = await transaction<HeldCode[]>`
          select app_key, user_id, used_at, session_hash, expires_at, redirect_uri, redirect_uri_given
          from platform_authorization_code where code_hash = ${code_hash} and app_key = ${app_key} for update`;
        if (held?.used_at != null) await endSessionOf(transaction, held, now);
        const fault = faultOf(held, redirect_uri, now);
        if (held === undefined || fault !== undefined) return { fault: fault ?? 'unknown' };
        const access = newKey('6100');
        const answer = await issue(transaction, held, access, newKey('6102'), now);
        await transaction`
          update platform_authorization_code
          set used_at = ${now}, session_hash = ${vault.hash(SESSION_KEY_PURPOSE, access)}
          where code_hash = ${code_hash}`;
        return toGranted(answer);
      }),
    async issue(grant, now, query = sql) {
      // Random keys are new, so there is always an answer.
      return (await issue(query, grant, newKey('6100'), newKey('6102'), now)) as TokenAnswer;
    },
    refresh: ({ app_key, refresh_token }, now) =>
      sql.begin(async (transaction) => {
        const refresh_hash = vault.hash(REFRESH_PURPOSE, refresh_token);
        // The lock on the first session lets refreshes of its chain follow each other and a revocation of it: two inserts
        // of the same session at once would fail on the unique key of its refresh token, which the conflict clause on the
        // session key does not cover, and a session added meanwhile would outlive the revocation.
        await transaction`
          select from platform_session where session_hash = (
            select coalesce(first_hash, session_hash) from platform_session
            where refresh_hash = ${refresh_hash} and app_key = ${app_key})
          for no key update`;
        const [grant] = await transaction<(Grant & { first_hash: Buffer })[]>`
          select app_key, user_id, coalesce(first_hash, session_hash) as first_hash from platform_session
          where refresh_hash = ${refresh_hash} and app_key = ${app_key} and refresh_expires_at > ${now}
            and revoked_at is null`;
        // Derived from the token, so that a client that lost the answer gets the same session when it asks again.
        const derived = (purpose: string): Buffer => vault.hash(purpose, refresh_token);
        const access = newKey('6101', derived('next-session'));
        if (grant === undefined) return { fault: await faultOfRefresh(transaction, refresh_hash, app_key, now) };
        return toGranted(await issue(transaction, grant, access, newKey('6103', derived('next-refresh')), now));
      }),
    revoke,
  };
}

async function revoke(session_hash: Buffer, writer: Writer, tx: Transaction): Promise<boolean> {
  const [found] = await tx<{ first: Buffer }[]>`
    select coalesce(first_hash, session_hash) as first from platform_session where session_hash = ${session_hash}`;
  if (found === undefined) return false;
  const first = keyBytes(found.first);
  // The first comes first: a refresh under way holds its row, so that what it adds is seen afterwards.
  const rows = [
    ['platform_session', { session_hash: first }],
    ['platform_session', { first_hash: first }],
  ] as const;
  await logged(tx, writer, rows, () => tx`select platform_revoke_session(${session_hash}, ${writer.now})`);
  return true;
}

/** An answer, or none where the session that it was for was revoked or has ended. */
const toGranted = (answer: TokenAnswer | undefined): Granted =>
  answer === undefined ? { fault: 'revoked' } : { answer };

/** Why a code gives no session, or undefined. */
function faultOf(held: HeldCode | undefined, redirect_uri: string | undefined, now: Date): GrantFault | undefined {
  if (held === undefined) return 'unknown';
  if (held.used_at !== null) return 'used';
  if (held.expires_at <= now) return 'expired';
  const fits =
    redirect_uri === undefined ||
    redirect_uri === held.redirect_uri ||
    (redirect_uri === '' && !held.redirect_uri_given);
  return fits ? undefined : 'redirect_uri';
}

/** Why a refresh token gives no session. */
async function faultOfRefresh(query: Queryable, refresh_hash: Buffer, app_key: string, now: Date): Promise<GrantFault> {
  const [found] = await query<{ revoked_at: Date | null; refresh_expires_at: Date }[]>`
    select revoked_at, refresh_expires_at from platform_session
    where refresh_hash = ${refresh_hash} and app_key = ${app_key}`;
  if (found === undefined) return 'unknown';
  return found.revoked_at === null && found.refresh_expires_at <= now ? 'expired' : 'revoked';
}

/** Ends what a code was exchanged for: it came twice, so a stranger may hold it (RFC 6749 4.1.2). */
async function endSessionOf(tx: Transaction, { app_key, session_hash }: HeldCode, now: Date): Promise<void> {
  if (session_hash === null) return;
  await revoke(session_hash, { actor: app_key, method: 'oauth.code-twice', request_id: newRequestId(now), now }, tx);
}

/** Saves a session, or finds the one of the same key; undefined when that one was revoked or has ended. */
async function insertSession(
  query: Queryable,
  { app_key, user_id, first_hash }: Grant,
  { session_hash, refresh_hash, now }: { session_hash: Buffer; refresh_hash: Buffer; now: Date },
): Promise<Stored | undefined> {
  const [stored] = await query<Stored[]>`
    with session as (
      insert into platform_session (session_hash, app_key, user_id, created_at, expires_at, refresh_hash, refresh_expires_at,
        first_hash)
      values (${session_hash}, ${app_key}, ${user_id}, ${now}, ${after(now, SESSION_SECONDS)}, ${refresh_hash},
        ${after(now, REFRESH_SECONDS)}, ${first_hash ?? null})
      on conflict (session_hash) do update set app_key = excluded.app_key
        where platform_session.revoked_at is null and platform_session.expires_at > ${now}
      returning user_id, expires_at, refresh_expires_at
    )
    select u.nick, s.* from session s join platform_user u using (user_id)`;
  return stored;
}

function toAnswer(stored: Stored, access_token: string, refresh_token: string, now: Date): TokenAnswer {
  const seconds = (until: Date): number => Math.max(0, Math.floor((until.getTime() - now.getTime()) / 1000));
  const expires_in = seconds(stored.expires_at);
  return {
    access_token,
    token_type: 'Bearer',
    expires_in,
    refresh_token,
    re_expires_in: seconds(stored.refresh_expires_at),
    r1_expires_in: expires_in,
    r2_expires_in: expires_in,
    w1_expires_in: expires_in,
    w2_expires_in: expires_in,
    hra_expires_in: expires_in,
    taobao_user_nick: encodeURIComponent(stored.nick),
    taobao_user_id: String(stored.user_id),
  };
}
