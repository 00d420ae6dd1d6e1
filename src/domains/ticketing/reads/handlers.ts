import { fault, type Handlers } from '../../../contract/method.ts';
import { channelAuthorizeList, orderHistory, type ticketingReadContracts } from '../../../contract/ticketing/reads.ts';
import type { Sql } from '../../../database/pool.ts';
import { shownUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { DIGITS, joinedCursor, pageOf } from '../../paging.ts';
import { maskPerson } from '../admin/orders/rules.ts';
import { openPerson, personHashes } from '../orders/persons.ts';
import { findNumberedProjects } from '../orders/queries.ts';
import { projectNoOf, readId } from '../rules.ts';
import {
  type FoundOrder,
  findAuthorizations,
  findEvents,
  hasProject,
  type SealedText,
  searchOrders,
} from './queries.ts';

const MOST_ENTRIES = 200;
const ORDERS = joinedCursor('-', { create_order_time: 'instant', order_id: DIGITS });
const AUTHORIZATIONS = joinedCursor('-', { event_id: 'number', channel_id: 'number' });

/** What the console reads of ticketing beside its administration. */
export const ticketingReadHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<typeof ticketingReadContracts> => ({
  'piaoquan.ticketing.order.search': async ({ cursor, page_size, ...asked }) => {
    const search = {
      project_id: asked.project_id ?? null,
      order_status: asked.order_status ?? null,
      refund_due: asked.refund_due ?? null,
      start_time: asked.start_time ?? null,
      end_time: asked.end_time ?? null,
      shopping_cart_id: asked.shopping_cart_id ?? null,
      pay_no: asked.pay_no ?? null,
      ticket: asked.ticket_code_id == null ? null : ticketPlace(asked.ticket_code_id),
      person_hashes: personHashes(vault, asked),
    };
    const after = ORDERS.read(cursor) ?? null;
    const page = await pageOf(page_size, (limit) => searchOrders(sql, search, after, limit), ORDERS.write);
    return { orders: page.rows.map((order) => show(vault, order)), next_cursor: page.next_cursor };
  },
  'piaoquan.ticketing.order.history': async (request) => {
    const order_id = readId(request.order_id) ?? 0;
    const project_no = projectNoOf(order_id);
    const project = (await findNumberedProjects(sql, [project_no])).get(project_no);
    const events = project ? await findEvents(sql, project.project_id, order_id, MOST_ENTRIES) : [];
    if (events.length === 0) throw fault(orderHistory, 'isv.order-not-found');
    return { events };
  },
  'piaoquan.ticketing.channel.authorize.list': async ({ project_id, channel_id, cursor, page_size }) => {
    const after = AUTHORIZATIONS.read(cursor) ?? { event_id: 0, channel_id: 0 };
    if (!(await hasProject(sql, project_id))) throw fault(channelAuthorizeList, 'isv.project-not-found');
    const wanted = { project_id, channel_id: channel_id ?? null };
    const find = (limit: number) => findAuthorizations(sql, wanted, [after.event_id, after.channel_id], limit);
    const page = await pageOf(page_size, find, AUTHORIZATIONS.write);
    return { authorizations: page.rows, next_cursor: page.next_cursor };
  },
});

/** Where a ticket is looked for by its id; an id that names nothing is looked for where nothing is. */
function ticketPlace(ticket_code_id: string) {
  const ticket_id = readId(ticket_code_id) ?? 0;
  return { ticket_id, project_no: projectNoOf(ticket_id) };
}

/** An order as it may be shown: people masked. */
const show = (vault: Vault, { persons, user_id, ...order }: FoundOrder) => ({
  ...order,
  user_id: user_id === null ? null : shownUser(user_id),
  persons: persons?.map(({ sealed, ...place }: SealedText) => ({
    ...place,
    ...maskPerson(openPerson(vault, order, { ...place, sealed: Buffer.from(sealed, 'base64') })),
  })),
});
