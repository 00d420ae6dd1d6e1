import type { Queryable } from './pool.ts';

/** Takes the second factor of an operator away, with its recovery codes. */
export async function removeTotp(query: Queryable, login: string): Promise<void> {
  await query`delete from platform_operator_recovery where login = ${login}`;
  await query`update platform_operator set totp_sealed = null, totp_confirmed_at = null where login = ${login}`;
}

/** Ends a console session by the hash that it is kept by; false when there is none. */
export async function endSession(query: Queryable, session_hash: Buffer): Promise<boolean> {
  return (await query`delete from platform_operator_session where session_hash = ${session_hash}`).count > 0;
}

/** Ends all console sessions of an operator, but for the one of a hash where it is given. */
export async function endSessions(query: Queryable, login: string, but: Buffer = Buffer.alloc(0)): Promise<void> {
  await query`delete from platform_operator_session where login = ${login} and session_hash <> ${but}`;
}
