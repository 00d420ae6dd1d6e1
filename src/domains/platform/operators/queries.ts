import type { Role } from '../../../contract/platform/roles.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';

/** An operator as an owner sees one. `status`: 1 live, 2 suspended. */
export type ShownOperator = {
  readonly login: string;
  readonly display_name: string;
  readonly role: string;
  readonly status: number;
  readonly totp: boolean;
  readonly password_temporary: boolean;
  readonly session_count: number;
  readonly created_at: Date;
  readonly login_at: Date | null;
};

/** Operators after a login, in order. */
export const findOperators = (sql: Sql, after: string, limit: number, now: Date): Promise<ShownOperator[]> => sql`
  select login, display_name, role, status, totp_confirmed_at is not null as totp, password_temporary, created_at, login_at,
    (select count(*) from platform_operator_session s where s.login = o.login and s.expires_at > ${now}) as session_count
  from platform_operator o where login > ${after} order by login limit ${limit}`;

/** The role of an operator, whose row is held until the transaction ends; undefined when there is none. */
export async function holdRole(tx: Transaction, login: string): Promise<Role | undefined> {
  const [row] = await tx<{ role: Role }[]>`
    select role from platform_operator where login = ${login} for no key update`;
  return row?.role;
}

/** A new operator with a password that is to be changed. */
export type NewOperator = {
  readonly login: string;
  readonly display_name: string;
  readonly role: string;
  readonly password_hash: Buffer;
  readonly created_at: Date;
};

/** Makes an operator; false when there is one of that login. */
export async function insertOperator(tx: Transaction, operator: NewOperator): Promise<boolean> {
  const { count } = await tx`
    insert into platform_operator ${tx({ ...operator, password_temporary: true })} on conflict do nothing`;
  return count > 0;
}

/** What of an operator an owner changes. Rejects with SQLSTATE PQ020 where no live owner would be left. */
export async function changeOperator(
  tx: Transaction,
  login: string,
  change: { display_name?: string; role?: string; status?: number },
): Promise<boolean> {
  return (await tx`update platform_operator set ${tx(change)} where login = ${login}`).count > 0;
}

/** Gives an operator a password that is to be changed; false when there is none of that login. */
export async function resetPassword(tx: Transaction, login: string, password_hash: Buffer): Promise<boolean> {
  const change = { password_hash, password_temporary: true };
  return (await tx`update platform_operator set ${tx(change)} where login = ${login}`).count > 0;
}

/** A console session as shown; at_us is its beginning in microseconds since the epoch. */
export type ShownSession = {
  readonly session_id: string;
  readonly login: string;
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: Date;
  readonly used_at: Date;
  readonly expires_at: Date;
  readonly at_us: number;
};

type SessionFilter = {
  readonly login: string | null | undefined;
  readonly before: { readonly at_us: number; readonly id: string } | undefined;
  readonly now: Date;
  readonly limit: number;
};

/** Live console sessions before a place, the latest first. */
export const findSessions = (sql: Sql, { login, before, now, limit }: SessionFilter): Promise<ShownSession[]> => sql`
  select encode(session_hash, 'hex') as session_id, login, address, user_agent, created_at, used_at, expires_at,
    (extract(epoch from created_at) * 1000000)::bigint as at_us
  from platform_operator_session
  where expires_at > ${now} ${login == null ? sql`` : sql`and login = ${login}`}
    ${
      before === undefined
        ? sql``
        : sql`and (created_at, session_hash) < (timestamptz 'epoch' + ${before.at_us}::bigint * interval '1 microsecond',
          ${Buffer.from(before.id, 'hex')})`
    }
  order by created_at desc, session_hash desc limit ${limit}`;
