import { invalidArgument } from '../../../contract/errors.ts';
import { type CallContext, fault, type Handlers } from '../../../contract/method.ts';
import { type adminOperatorContracts, operatorSave } from '../../../contract/platform/operators.ts';
import { CONSOLE_APP_KEY } from '../../../contract/platform/roles.ts';
import { findChanges, keyBytes, logged } from '../../../database/change-log.ts';
import { endSession, endSessions, removeTotp } from '../../../database/operators.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { drawPassword, hashPassword } from '../../../secrets/password.ts';
import { joinedCursor, pageOf } from '../../paging.ts';
import { BY_TIME } from '../admin/rules.ts';
import { changeOperator, findOperators, findSessions, holdRole, insertOperator, resetPassword } from './queries.ts';

const LOGIN = /^[a-z][a-z0-9._-]{2,31}$/;
const LAST_OWNER = 'PQ020';
const SUSPENDED = 2;
const CHANGES = joinedCursor('-', { at_us: 'number', change_id: 'number' });

const refused = (sub_code: keyof typeof operatorSave.errors) => fault(operatorSave, sub_code);

/** Runs a change of operators from the console, and no other: an app has no owner's standing. */
async function change<T>(sql: Sql, context: CallContext, run: (tx: Transaction) => Promise<T>): Promise<T> {
  refuseApps(context);
  try {
    return (await sql.begin(run)) as T;
  } catch (error) {
    throw (error as { code?: unknown }).code === LAST_OWNER ? refused('isv.last-owner') : error;
  }
}

function refuseApps({ app_key }: CallContext): void {
  if (app_key !== CONSOLE_APP_KEY) throw refused('isv.console-only');
}

function readLogin(login: string, path: string): string {
  if (!LOGIN.test(login)) throw invalidArgument(path, '小写字母开头，3–32 位小写字母、数字或 . _ -');
  return login;
}

/** The rows of an operator that a change of it may change. */
const rowsOf = (login: string) =>
  [
    ['platform_operator', { login }],
    ['platform_operator_session', { login }],
  ] as const;

/** The administration of operators by owners, and the log of changes. */
export const operatorHandlers = ({ sql }: { sql: Sql }): Handlers<typeof adminOperatorContracts> => ({
  'piaoquan.operator.save': async ({ operator }, context) => {
    const login = readLogin(operator.login, 'operator.login');
    const { display_name, role } = operator;
    refuseApps(context);
    const password = drawPassword();
    const password_hash = await hashPassword(password);
    const fresh = { login, display_name, role, password_hash, created_at: context.now };
    const made = await change(sql, context, (tx) =>
      logged(tx, context, rowsOf(login), async () => {
        if (await insertOperator(tx, fresh)) return true;
        const before = await holdRole(tx, login);
        await changeOperator(tx, login, { display_name, role });
        if (before !== role) await endSessions(tx, login);
        return false;
      }),
    );
    return { password: made ? password : undefined, is_success: true };
  },
  'piaoquan.operator.list': async ({ cursor, page_size }, context) => {
    refuseApps(context);
    const find = (limit: number) => findOperators(sql, cursor ?? '', limit, context.now);
    const page = await pageOf(page_size, find, ({ login }) => login);
    return { operators: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.operator.status.update': async ({ login, status }, context) => {
    await change(sql, context, (tx) =>
      logged(tx, context, rowsOf(login), async () => {
        if (!(await changeOperator(tx, login, { status }))) throw refused('isv.operator-not-found');
        if (status === SUSPENDED) await endSessions(tx, login);
      }),
    );
    return { is_success: true };
  },
  'piaoquan.operator.password.reset': async ({ login, remove_totp }, context) => {
    refuseApps(context);
    const password = drawPassword();
    const password_hash = await hashPassword(password);
    await change(sql, context, async (tx) => {
      const [own, sessions] = rowsOf(login);
      const reset = await logged(tx, context, [own], () => resetPassword(tx, login, password_hash));
      if (!reset) throw refused('isv.operator-not-found');
      if (remove_totp) await logged(tx, context, [own], () => removeTotp(tx, login));
      await logged(tx, context, [sessions], () => endSessions(tx, login));
    });
    return { password };
  },
  'piaoquan.operator.session.list': async ({ login, cursor, page_size }, context) => {
    refuseApps(context);
    const before = BY_TIME.read(cursor);
    const find = (limit: number) => findSessions(sql, { login, before, now: context.now, limit });
    const page = await pageOf(page_size, find, ({ at_us, session_id: id }) => BY_TIME.write({ at_us, id }));
    return { sessions: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.operator.session.revoke': async ({ session_id }, context) => {
    const session_hash = Buffer.from(session_id, 'hex');
    const row = ['platform_operator_session', { session_hash: keyBytes(session_hash) }] as const;
    const ended = await change(sql, context, (tx) => logged(tx, context, [row], () => endSession(tx, session_hash)));
    if (!ended) throw refused('isv.operator-session-not-found');
    return { is_success: true };
  },
  'piaoquan.change.list': async ({ query, cursor, page_size }) => {
    const before = CHANGES.read(cursor);
    const page = await pageOf(page_size, (limit) => findChanges(sql, { ...query, before, limit }), CHANGES.write);
    return { changes: page.rows, next_cursor: page.next_cursor };
  },
});
