import { randomBytes } from 'node:crypto';
import type { Role } from '../contract/platform/roles.ts';
import { logMade, systemWriter } from '../database/change-log.ts';
import type { Queryable, Sql } from '../database/pool.ts';
import type { Vault } from '../secrets/vault.ts';

/** An operator as the console knows one. */
export type Operator = {
  readonly login: string;
  readonly display_name: string;
  readonly role: Role;
  /** The password was given by an owner and must be changed before anything else. */
  readonly password_temporary: boolean;
  readonly has_password: boolean;
  /** Whether a second factor is asked for. */
  readonly totp: boolean;
};

/** What a login is judged by. `password_hash` is null where there is no login by password. */
export type Account = {
  readonly login: string;
  readonly password_hash: Buffer | null;
  readonly totp_sealed: Buffer | null;
  readonly totp: boolean;
};

/** Where a session was begun. */
export type Origin = { readonly address: string; readonly user_agent: string };

/** Whether attempts may go on: 0, or the seconds to wait. */
export type Attempts = {
  readonly guessers: readonly Buffer[];
  readonly limits: readonly number[];
};

/** Hours after which a session that is not used, and any session, ends. */
const IDLE_HOURS = 2;
export const LONGEST_HOURS = 12;
const SESSION_PURPOSE = 'console-session';
const RECOVERY_PURPOSE = 'console-recovery';
const GUESS_PURPOSE = 'console-guess';

/** An instant so many hours after another, or before it. */
export const hoursFrom = (now: Date, hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
/** A token of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');
const columns = (sql: Queryable) => sql`
  login, display_name, role, password_temporary, password_hash is not null as has_password,
  totp_confirmed_at is not null as totp`;

/** Saves the sandbox's owner, who has no password: production knows no login without one. */
export async function insertDemoOperator(sql: Sql, login: string, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    const { count } = await tx`
      insert into platform_operator (login, display_name, role, created_at)
      values (${login}, '演示 Demo', 'owner', ${now}) on conflict do nothing`;
    if (count > 0) await logMade(tx, systemWriter(now), [['platform_operator', { login }]]);
  });
}

/** The account of a live operator; undefined when there is none of that login. */
export async function findAccount(query: Queryable, login: string): Promise<Account | undefined> {
  const [row] = await query<Account[]>`
    select login, password_hash, totp_sealed, totp_confirmed_at is not null as totp
    from platform_operator where login = ${login} and status = 1`;
  return row;
}

/**
 * Begins a session and gives the text of its cookie, 256 random bits; what has ended is forgotten.
 * @param account what was proved; when the account has another password or factor by now, or is suspended, there is no
 *   session and no cookie: a login under way does not outlive the reset that ends all sessions
 */
export async function beginSession(
  sql: Sql,
  vault: Vault,
  { login, origin, now, account }: { login: string; origin: Origin; now: Date; account?: Account },
): Promise<string | undefined> {
  const token = newToken();
  const unchanged =
    account === undefined
      ? sql``
      : sql`and status = 1 and password_hash = ${account.password_hash}
          and (totp_confirmed_at is not null) = ${account.totp}::boolean`;
  const { count } = await sql`
    with ended as (delete from platform_operator_session where expires_at <= ${now}),
    seen as (update platform_operator set login_at = ${now} where login = ${login} ${unchanged} returning login)
    insert into platform_operator_session (session_hash, login, address, user_agent, created_at, used_at, expires_at)
    select ${sessionHash(vault, token)}, login, ${origin.address}, ${origin.user_agent}, ${now}, ${now},
      ${hoursFrom(now, LONGEST_HOURS)} from seen`;
  return count > 0 ? token : undefined;
}

/**
 * The live operator of a live session; undefined when it has ended, was revoked or is none.
 * @param use whether this counts as a use, which keeps an idle session alive
 */
export async function findSession(
  sql: Sql,
  vault: Vault,
  { token, now, use }: { token: string; now: Date; use: boolean },
): Promise<(Operator & { expires_at: Date }) | undefined> {
  const hash = sessionHash(vault, token);
  const idle = hoursFrom(now, -IDLE_HOURS);
  const [row] = await sql<(Operator & { expires_at: Date })[]>`
    with used as (
      update platform_operator_session set used_at = ${now}
      where session_hash = ${hash} and ${use}::boolean and expires_at > ${now} and used_at > ${idle}
        and used_at <= ${new Date(now.getTime() - 60_000)})
    select ${columns(sql)}, s.expires_at
    from platform_operator_session s join platform_operator o using (login)
    where session_hash = ${hash} and s.expires_at > ${now} and s.used_at > ${idle} and o.status = 1`;
  return row;
}

/** The hash that a session is kept by. */
export const sessionHash = (vault: Vault, token: string): Buffer => vault.hash(SESSION_PURPOSE, token);

/** Counts an attempt over all processes; the seconds to wait when one of its guessers is locked, else 0. */
export async function attempt(
  sql: Sql,
  { guessers, limits }: Attempts,
  { seconds, now }: { seconds: number; now: Date },
): Promise<number> {
  const [row] = await sql<{ wait: number }[]>`
    select platform_operator_attempt(array(select decode(h, 'hex') from unnest(${hex(guessers)}::text[]) h),
      ${[...limits]}, ${seconds}, ${now}) as wait`;
  return row?.wait ?? 0;
}

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));

/** Takes one attempt back from its guessers, since it was right. */
export async function takeBack(sql: Sql, guessers: readonly Buffer[]): Promise<void> {
  await sql`select platform_operator_take_back(array(select decode(h, 'hex') from unnest(${hex(guessers)}::text[]) h))`;
}

/** Forgets all that a guesser has failed at. */
export async function forgive(query: Queryable, guesser: Buffer): Promise<void> {
  await query`delete from platform_operator_guess where guesser = ${guesser}`;
}

/** Whether one of the guessers is locked. */
export async function isLocked(sql: Sql, guessers: readonly Buffer[], now: Date): Promise<boolean> {
  const { count } = await sql`
    select from platform_operator_guess
    where guesser = any (array(select decode(h, 'hex') from unnest(${hex(guessers)}::text[]) h)) and locked_until > ${now}`;
  return count > 0;
}

/** Notes from where an operator is tried to be logged in; false, and nothing is noted, where there is none of that login. */
export async function noteTrial(
  sql: Sql,
  { login, address, now }: { login: string; address: Buffer; now: Date },
): Promise<boolean> {
  const { count } = await sql`
    with past as (
      delete from platform_operator_trial where (login, address) in (
        select t.login, t.address from platform_operator_trial t
        where t.tried_at < ${hoursFrom(now, -24)} and (t.login, t.address) <> (${login}, ${address}) for update skip locked))
    insert into platform_operator_trial (login, address, tried_at)
    select login, ${address}, ${now} from platform_operator where login = ${login}
    on conflict (login, address) do update set tried_at = excluded.tried_at`;
  return count > 0;
}

/** Whether an account was locked at an instant, and how many of the addresses were that it was tried from within a day. */
export type Forgiven = { readonly was_locked: boolean; readonly addresses_unlocked: number };

/** Forgets the wrong guesses at an operator, and all those of the addresses that it was tried from. */
export async function forgiveOperator(query: Queryable, vault: Vault, login: string, now: Date): Promise<Forgiven> {
  const account = guesserOf(vault, 'account', login);
  const forgotten = await query<{ is_account: boolean; locked: boolean }[]>`
    with held as materialized (
      select guesser from platform_operator_guess
      where guesser = ${account} or guesser in (select address from platform_operator_trial where login = ${login})
      order by guesser for update
    )
    delete from platform_operator_guess where guesser in (select guesser from held)
    returning guesser = ${account} as is_account, coalesce(locked_until > ${now}, false) as locked`;
  const locked = forgotten.filter((each) => each.locked);
  const addresses_unlocked = locked.filter(({ is_account }) => !is_account).length;
  return { was_locked: locked.length > addresses_unlocked, addresses_unlocked };
}

/** What guesses are counted by, as a keyed hash: an account by its login, an address, or a known browser or session. */
export const guesserOf = (vault: Vault, kind: 'account' | 'address' | 'known', name: string): Buffer =>
  vault.hash(GUESS_PURPOSE, `${kind} ${name}`);

/** Takes the time step of a code, once; false when it or a later one was taken before. */
export async function takeStep(query: Queryable, login: string, step: number): Promise<boolean> {
  const { count } = await query`
    update platform_operator set totp_step = ${step} where login = ${login} and totp_step < ${step}`;
  return count > 0;
}

/** Uses a recovery code up; false when the operator has no such code. */
export async function takeRecovery(query: Queryable, vault: Vault, login: string, code: string): Promise<boolean> {
  const { count } = await query`
    delete from platform_operator_recovery where login = ${login} and code_hash = ${vault.hash(RECOVERY_PURPOSE, code)}`;
  return count > 0;
}

/** How many recovery codes are left. */
export async function countRecovery(sql: Sql, login: string): Promise<number> {
  const [row] = await sql<{ left: number }[]>`
    select count(*) as left from platform_operator_recovery where login = ${login}`;
  return row?.left ?? 0;
}

/** Keeps the secret of a second factor that is not confirmed yet; false when one is confirmed already. */
export async function offerTotp(sql: Sql, login: string, totp_sealed: Buffer): Promise<boolean> {
  const { count } = await sql`
    update platform_operator set totp_sealed = ${totp_sealed} where login = ${login} and totp_confirmed_at is null`;
  return count > 0;
}

/** Confirms the second factor with its recovery codes; false when there is none to confirm. */
export async function confirmTotp(
  query: Queryable,
  vault: Vault,
  login: string,
  { codes, now }: { codes: readonly string[]; now: Date },
): Promise<boolean> {
  const { count } = await query`
    update platform_operator set totp_confirmed_at = ${now}
    where login = ${login} and totp_confirmed_at is null and totp_sealed is not null`;
  if (count === 0) return false;
  const hashes = codes.map((code) => ({ login, code_hash: vault.hash(RECOVERY_PURPOSE, code) }));
  await query`insert into platform_operator_recovery ${query(hashes)}`;
  return true;
}

/**
 * Sets the operator's own password.
 * @param present the hash of the password that was proved; false when the account has another one by now
 */
export async function setPassword(
  query: Queryable,
  login: string,
  password_hash: Buffer,
  present?: Buffer | null,
): Promise<boolean> {
  const { count } = await query`
    update platform_operator set password_hash = ${password_hash}, password_temporary = false
    where login = ${login} ${present === undefined ? query`` : query`and password_hash = ${present}`}`;
  return count > 0;
}

/** A user of the platform; undefined when there is none of that id. */
export async function findUser(sql: Sql, user_id: number): Promise<{ user_id: number; nick: string } | undefined> {
  const [row] = await sql<{ user_id: number; nick: string }[]>`
    select user_id, nick from platform_user where user_id = ${user_id}`;
  return row;
}
