import { randomBytes } from 'node:crypto';
import type { Queryable, Sql } from '../database/pool.ts';
import { SESSION_KEY_PURPOSE, type Vault } from '../database/vault.ts';

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

/** Issues session keys. Every answer is undefined when code or token is unknown, used up, expired or another app's. */
export type TokenStore = {
  /** An authorisation code of a user for an app; works once, for ten minutes. */
  issueCode(grant: { app_key: string; user_id: number; redirect_uri: string }, now: Date): Promise<string>;
  /** Exchanges a code for a session. `redirect_uri`, when given, must be the one the code was issued to. */
  redeemCode(
    grant: { app_key: string; code: string; redirect_uri?: string | undefined },
    now: Date,
  ): Promise<TokenAnswer | undefined>;
  /** Issues a session to an app at once, as the token flow does; in a transaction where one is given. */
  issue(grant: { app_key: string; user_id: number }, now: Date, query?: Queryable): Promise<TokenAnswer>;
  /** Makes the next session of a refresh token; repeated, the same one again. */
  refresh(grant: { app_key: string; refresh_token: string }, now: Date): Promise<TokenAnswer | undefined>;
};

const CODE_SECONDS = 600;
const SESSION_SECONDS = 30 * 24 * 3600;
const REFRESH_SECONDS = 60 * 24 * 3600;
const CODE_PURPOSE = 'authorization-code';
const REFRESH_PURPOSE = 'refresh-token';

type Grant = { app_key: string; user_id: number };
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
    async issueCode({ app_key, user_id, redirect_uri }, now) {
      const code = randomBytes(24).toString('base64url');
      await sql`
        insert into platform_authorization_code (code_hash, app_key, user_id, redirect_uri, expires_at)
        values (${vault.hash(CODE_PURPOSE, code)}, ${app_key}, ${user_id}, ${redirect_uri}, ${after(now, CODE_SECONDS)})`;
      return code;
    },
    redeemCode: ({ app_key, code, redirect_uri }, now) =>
      sql.begin(async (transaction) => {
        const [grant] = await transaction<Grant[]>`
          update platform_authorization_code set used_at = ${now}
          where code_hash = ${vault.hash(CODE_PURPOSE, code)} and app_key = ${app_key} and used_at is null
            and expires_at > ${now} and redirect_uri = coalesce(${redirect_uri ?? null}, redirect_uri)
          returning app_key, user_id`;
        return grant && issue(transaction, grant, newKey('6100'), newKey('6102'), now);
      }),
    async issue(grant, now, query = sql) {
      // Random keys are new, so there is always an answer.
      return (await issue(query, grant, newKey('6100'), newKey('6102'), now)) as TokenAnswer;
    },
    refresh: ({ app_key, refresh_token }, now) =>
      sql.begin(async (transaction) => {
        // The lock lets requests with one token follow each other: two inserts of the same session at once would fail on
        // the unique key of its refresh token, which the conflict clause on the session key does not cover.
        const [grant] = await transaction<Grant[]>`
          select app_key, user_id from platform_session
          where refresh_hash = ${vault.hash(REFRESH_PURPOSE, refresh_token)} and app_key = ${app_key}
            and refresh_expires_at > ${now} and revoked_at is null
          for update`;
        // Derived from the token, so that a client that lost the answer gets the same session when it asks again.
        const derived = (purpose: string): Buffer => vault.hash(purpose, refresh_token);
        const access = newKey('6101', derived('next-session'));
        return grant && issue(transaction, grant, access, newKey('6103', derived('next-refresh')), now);
      }),
  };
}

/** Saves a session, or finds the one of the same key; undefined when that one was revoked or has ended. */
async function insertSession(
  query: Queryable,
  { app_key, user_id }: Grant,
  { session_hash, refresh_hash, now }: { session_hash: Buffer; refresh_hash: Buffer; now: Date },
): Promise<Stored | undefined> {
  const [stored] = await query<Stored[]>`
    with session as (
      insert into platform_session (session_hash, app_key, user_id, created_at, expires_at, refresh_hash, refresh_expires_at)
      values (${session_hash}, ${app_key}, ${user_id}, ${now}, ${after(now, SESSION_SECONDS)}, ${refresh_hash},
        ${after(now, REFRESH_SECONDS)})
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
