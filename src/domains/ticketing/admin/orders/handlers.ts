import { createBatcher } from '../../../../batching/batch.ts';
import { fault, type Handlers } from '../../../../contract/method.ts';
import { type adminOrderContracts, orderGet, type orderRefund } from '../../../../contract/ticketing/admin-orders.ts';
import { logged } from '../../../../database/change-log.ts';
import type { Sql, Transaction } from '../../../../database/pool.ts';
import { keptText, shownUser, storedUser } from '../../../../secrets/personal.ts';
import type { Vault } from '../../../../secrets/vault.ts';
import { pageOf, readIdCursor } from '../../../paging.ts';
import { openPerson, personHashes } from '../../orders/persons.ts';
import { findNumberedProjects } from '../../orders/queries.ts';
import { projectNoOf, readId } from '../../rules.ts';
import { lockStock } from '../projects/queries.ts';
import {
  type CancelCode,
  cancelOrder,
  findOrders,
  findParts,
  type Order,
  type RefundCommand,
  type RefundResult,
  refundOrder,
} from './queries.ts';
import { maskPerson } from './rules.ts';

const refused = (sub_code: keyof typeof orderGet.errors) => fault(orderGet, sub_code);

/** What ticketing_order_refund refuses with, by its code. */
const REFUND_FAULTS = {
  1: 'isv.order-not-found',
  2: 'isv.order-not-paid',
  3: 'isv.ticket-not-found',
  4: 'isv.ticket-is-used',
  5: 'isv.package-stays-whole',
  6: 'isv.nothing-to-refund',
  7: 'isv.refund-conflict',
} as const satisfies Record<number, keyof typeof orderRefund.errors>;

/** The code among them of an order that is not paid: it waits for its payment, or is closed. */
const NOT_PAID = 2;
/** Status of an order that waits for its payment. */
const WAITS = 1;

/** Why tickets of an order cannot be taken back that has none, and what to do instead: to cancel a closed one again does nothing. */
function notPaid(order: Order | undefined): Error {
  if (order?.order_status === WAITS) return fault(orderGet, 'isv.order-not-paid', '订单待支付，没有票可退，可以取消');
  const rest = order?.refund_due ? '；有待退的支付，退还后用 piaoquan.ticketing.payment.refund 登记' : '，无需处理';
  return fault(orderGet, 'isv.order-not-paid', `订单已取消或超时，没有票可退${rest}`);
}

/** A change of one order. */
type Command<R> = (tx: Transaction, project_id: number) => Promise<R>;

/**
 * Changes of orders, each in a transaction of its own but those of one project one after the other, so that they do not
 * all wait on connections of their own for its lock.
 */
const createQueue = <R>(sql: Sql) =>
  createBatcher<Command<R>, R>({
    async run(project_id, commands) {
      const results: R[] = [];
      for (const run of commands) results.push((await sql.begin((tx) => run(tx, Number(project_id)))) as R);
      return results;
    },
    maxBatch: 20,
  });

/** The administration of orders. */
export const adminOrderHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<typeof adminOrderContracts> => {
  const cancels = createQueue<CancelCode>(sql);
  const refunds = createQueue<RefundResult>(sql);

  /** The order and project that an order id names; throws if it names none. */
  async function locate(text: string): Promise<{ order_id: number; project_id: number }> {
    const order_id = readId(text) ?? 0;
    const project_no = projectNoOf(order_id);
    const project = (await findNumberedProjects(sql, [project_no])).get(project_no);
    if (project === undefined) throw refused('isv.order-not-found');
    return { order_id, project_id: project.project_id };
  }

  /** One order of a project; undefined if there is none. */
  async function find(project_id: number, order_id: number) {
    const all = { before: Number.MAX_SAFE_INTEGER, limit: 1, person_hashes: [] };
    return (await findOrders(sql, { project_id, order_id, ...all }))[0];
  }

  return {
    'piaoquan.ticketing.order.list': async ({ cursor, page_size, user_id, ...filter }) => {
      const wanted = {
        ...filter,
        user_id: user_id ? storedUser(vault, user_id) : undefined,
        person_hashes: personHashes(vault, filter),
        before: readIdCursor(cursor, Number.MAX_SAFE_INTEGER),
      };
      const find = (limit: number) => findOrders(sql, { ...wanted, limit });
      const page = await pageOf(page_size, find, ({ order_id }) => order_id);
      return { orders: page.rows.map(showUser), next_cursor: page.next_cursor };
    },
    'piaoquan.ticketing.order.get': async (request) => {
      const { order_id, project_id } = await locate(request.order_id);
      const order = await find(project_id, order_id);
      if (order === undefined) throw refused('isv.order-not-found');
      const { persons, ...parts } = await findParts(sql, project_id, order_id);
      const shown = persons.map(({ sealed, ...place }) => ({
        ...place,
        ...maskPerson(openPerson(vault, order, { ...place, sealed })),
      }));
      return { order: { ...showUser(order), ...parts, persons: shown } };
    },
    'piaoquan.ticketing.order.cancel': async (request, writer) => {
      const { order_id, project_id } = await locate(request.order_id);
      const code = await cancels.submit(String(project_id), async (tx, project) => {
        await lockStock(tx, project);
        const row = ['ticketing_order', { project_id: project, order_id }] as const;
        return logged(tx, writer, [row], () => cancelOrder(tx, project, order_id, writer.now));
      });
      if (code === 1) throw refused('isv.order-not-found');
      if (code === 2) throw refused('isv.order-is-paid');
      return { is_success: true };
    },
    'piaoquan.ticketing.order.refund': async ({ ticket_code_ids, refund_id, ...request }, writer) => {
      const reason = keptText(request.reason);
      const { order_id, project_id } = await locate(request.order_id);
      const ticket_ids = ticket_code_ids?.length ? ticket_code_ids.map((id) => readId(id) ?? 0) : null;
      const sorted = ticket_ids && [...new Set(ticket_ids)].sort((a, b) => a - b);
      const { actor: operator, now } = writer;
      const command: RefundCommand = { order_id, refund_id, ticket_ids: sorted, reason, operator, now };
      const done = await refunds.submit(String(project_id), async (tx, project) => {
        await lockStock(tx, project);
        const rows = [
          ['ticketing_refund', { project_id: project, refund_id }],
          ['ticketing_ticket', { project_id: project, order_id }],
        ] as const;
        return logged(tx, writer, rows, () => refundOrder(tx, project, command));
      });
      if (done.code === NOT_PAID) throw notPaid(await find(project_id, order_id));
      if (done.code !== 0) throw refused(REFUND_FAULTS[done.code as keyof typeof REFUND_FAULTS]);
      return { refund_money: done.refund_money ?? 0, ticket_code_ids: done.ticket_code_ids ?? [] };
    },
  };
};

/** An order with its user as may be shown. */
const showUser = <O extends { readonly user_id: string | null }>(order: O): O => ({
  ...order,
  user_id: order.user_id === null ? null : shownUser(order.user_id),
});
