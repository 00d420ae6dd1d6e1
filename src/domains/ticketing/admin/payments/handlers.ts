import { fault, type Handlers } from '../../../../contract/method.ts';
import { type adminPaymentContracts, paymentRefund } from '../../../../contract/ticketing/admin-payments.ts';
import { logged } from '../../../../database/change-log.ts';
import type { Sql } from '../../../../database/pool.ts';
import { keptText } from '../../../../secrets/personal.ts';
import { ANY_TEXT, DIGITS, jsonCursor, pageOf } from '../../../paging.ts';
import { findNumberedProjects } from '../../orders/queries.ts';
import { projectNoOf, readId } from '../../rules.ts';
import { lockStock } from '../projects/queries.ts';
import { findDuePayments, giveBack } from './queries.ts';

/** What ticketing_payment_give_back refuses with, by its code. */
const FAULTS: Readonly<Record<number, keyof typeof paymentRefund.errors>> = {
  1: 'isv.order-not-found',
  2: 'isv.payment-not-found',
  3: 'isv.payment-counts',
  4: 'isv.payment-is-refunded',
  5: 'isv.refund-conflict',
};

/** A pay_no may hold anything. */
const DUE_PAYMENTS = jsonCursor({
  receive_time: 'instant',
  project_id: 'number',
  order_id: DIGITS,
  pay_no: ANY_TEXT,
});

/** The administration of payments that must be given back. */
export const adminPaymentHandlers = ({ sql }: { sql: Sql }): Handlers<typeof adminPaymentContracts> => ({
  'piaoquan.ticketing.payment.due.list': async ({ project_id, cursor, page_size }) => {
    const after = DUE_PAYMENTS.read(cursor);
    const find = (limit: number) => findDuePayments(sql, project_id ?? null, after, limit);
    const page = await pageOf(page_size, find, DUE_PAYMENTS.write);
    return { payments: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.ticketing.payment.refund': async ({ order_id: id, pay_no, refund_id, ...request }, context) => {
    const reason = keptText(request.reason);
    const order_id = readId(id) ?? 0;
    const project_no = projectNoOf(order_id);
    const project = (await findNumberedProjects(sql, [project_no])).get(project_no);
    if (project === undefined) throw fault(paymentRefund, 'isv.order-not-found');
    const { actor: operator, now } = context;
    const given = { order_id, pay_no, refund_id, reason, operator, now };
    const { project_id } = project;
    const { code, refund_money } = await sql.begin(async (tx) => {
      await lockStock(tx, project_id);
      const row = ['ticketing_payment_refund', { project_id, refund_id }] as const;
      return logged(tx, context, [row], () => giveBack(tx, project_id, given));
    });
    if (code !== 0) throw fault(paymentRefund, FAULTS[code] ?? 'isv.payment-not-found');
    return { refund_money: refund_money ?? 0 };
  },
});
