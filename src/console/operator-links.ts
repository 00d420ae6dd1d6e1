import { logged, logReveal, type Writer } from '../database/change-log.ts';
import { endSessions, removeTotp } from '../database/operators.ts';
import type { Queryable, Sql } from '../database/pool.ts';
import { newRequestId } from '../gateway/request-id.ts';
import type { Vault } from '../secrets/vault.ts';
import { type Forgiven, forgiveOperator, hoursFrom, newToken, setPassword } from './operators.ts';

/** Hours that a link is good, for the first owner or for a new password. */
export const LINK_HOURS = 24;
const SETUP_PURPOSE = 'console-setup';

/** Makes a link's token for the first owner; undefined when there is an owner. */
export async function offerSetup(sql: Sql, vault: Vault, now: Date): Promise<string | undefined> {
  const token = newToken();
  const { count } = await sql`
    with ended as (delete from platform_operator_setup where expires_at <= ${now})
    insert into platform_operator_setup (token_hash, expires_at)
    select ${vault.hash(SETUP_PURPOSE, token)}, ${hoursFrom(now, LINK_HOURS)}
    where not exists (select from platform_operator where role = 'owner')`;
  return count > 0 ? token : undefined;
}

/** What a good link is for: the login whose password it sets, null for the first owner; undefined when it is not good. */
export async function findLink(
  sql: Sql,
  vault: Vault,
  token: string,
  now: Date,
): Promise<{ login: string | null } | undefined> {
  const [row] = await sql<{ login: string | null }[]>`
    select login from platform_operator_setup
    where token_hash = ${vault.hash(SETUP_PURPOSE, token)} and expires_at > ${now}`;
  return row;
}

/** A link as made: its token, and until when it is good. */
export type Link = { readonly token: string; readonly expires_at: Date };

/** What the command line is entered by in the change log: nobody logs in there. */
const commandLine = (method: string, now: Date): Writer => ({
  ...{ actor: 'system', method, now },
  request_id: newRequestId(now),
});

/** Makes a link by which a live operator sets a new password; those before end. Undefined when there is no such operator. */
export async function offerReset(sql: Sql, vault: Vault, login: string, now: Date): Promise<Link | undefined> {
  const token = newToken();
  const expires_at = hoursFrom(now, LINK_HOURS);
  const { count } = await sql`
    with before as (delete from platform_operator_setup where login = ${login} or expires_at <= ${now})
    insert into platform_operator_setup (token_hash, expires_at, login)
    select ${vault.hash(SETUP_PURPOSE, token)}, ${expires_at}, login
    from platform_operator where login = ${login} and status = 1`;
  if (count === 0) return undefined;
  await logReveal(sql, commandLine('operator.link', now), 'platform_operator', login);
  return { token, expires_at };
}

/**
 * Forgets the wrong passwords that an operator is locked for, with those of the addresses that tried it, and tells what was
 * locked. Undefined when there is no such operator.
 */
export async function unlock(sql: Sql, vault: Vault, login: string, now: Date): Promise<Forgiven | undefined> {
  const { count } = await sql`select from platform_operator where login = ${login}`;
  if (count === 0) return undefined;
  return forgiveOperator(sql, vault, login, now);
}

/**
 * Sets the password that a link's bearer chose, takes the second factor away, ends every session and forgets wrong guesses.
 * False when the link is not good any more: it serves once.
 */
export async function resetByLink(
  sql: Sql,
  vault: Vault,
  { token, login, password_hash }: { token: string; login: string; password_hash: Buffer },
  writer: Writer,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const { count } = await tx`
      delete from platform_operator_setup
      where token_hash = ${vault.hash(SETUP_PURPOSE, token)} and login = ${login} and expires_at > ${writer.now}`;
    if (count === 0) return false;
    const own = ['platform_operator', { login }] as const;
    const sessions = ['platform_operator_session', { login }] as const;
    await logged(tx, writer, [own], () => setPassword(tx, login, password_hash));
    await logged(tx, writer, [own], () => removeTotp(tx, login));
    await logged(tx, writer, [sessions], () => endSessions(tx, login));
    await forgiveOperator(tx, vault, login, writer.now);
    return true;
  });
}

/** The first owner, as made by a link. */
export type FirstOwner = { readonly login: string; readonly display_name: string; readonly password_hash: Buffer };

/** Makes the first owner and ends every link; false when the link is not good any more or there is an owner. */
export async function makeFirstOwner(
  query: Queryable,
  vault: Vault,
  { token, owner, now }: { token: string; owner: FirstOwner; now: Date },
): Promise<boolean> {
  const links = await query<{ own: boolean }[]>`
    delete from platform_operator_setup
    where exists (select from platform_operator_setup
      where token_hash = ${vault.hash(SETUP_PURPOSE, token)} and login is null and expires_at > ${now})
      and not exists (select from platform_operator where role = 'owner')
    returning 1`;
  if (links.length === 0) return false;
  const { count } = await query`
    insert into platform_operator ${query({ ...owner, role: 'owner', created_at: now })}`;
  return count > 0;
}
