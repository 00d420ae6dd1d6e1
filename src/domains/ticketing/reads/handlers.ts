import { wrongCursor } from '../../../contract/cursor.ts';
import { fault, type Handlers } from '../../../contract/method.ts';
import { channelAuthorizeList, orderHistory, type ticketingReadContracts } from '../../../contract/ticketing/reads.ts';
import type { Sql } from '../../../database/pool.ts';
import { shownUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { maskPerson } from '../admin/orders/rules.ts';
import { openPerson, personHashes } from '../orders/persons.ts';
import { findNumberedProjects } from '../orders/queries.ts';
import { projectNoOf, readId } from '../rules.ts';
import {
  type FoundOrder,
  findAuthorizations,
  findEvents,
  hasProject,
  type OrderPlace,
  type SealedText,
  searchOrders,
} from './queries.ts';

const PAGE_SIZE = 50;
const MOST_ENTRIES = 200;
/** The end of the year 9999, in epoch milliseconds: a text of a later instant is none to the database. */
const LAST_INSTANT = 253_402_300_799_999;

/** The two numbers of a cursor, joined by a dash; undefined when it is something else. */
function readPair(cursor: string | null | undefined): readonly [number, number] | undefined {
  if (!cursor) return undefined;
  const found = /^(\d{1,16})-(\d{1,16})$/.exec(cursor);
  if (found === null) throw wrongCursor();
  return [Number(found[1]), Number(found[2])];
}

/** What the console reads of ticketing beside its administration. */
export const ticketingReadHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<typeof ticketingReadContracts> => ({
  'piaoquan.ticketing.order.search': async ({ cursor, page_size, ...asked }) => {
    const limit = page_size ?? PAGE_SIZE;
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
    const orders = await searchOrders(sql, search, readPlace(cursor), limit + 1);
    const page = orders.slice(0, limit);
    const last = page.at(-1);
    return {
      orders: page.map((order) => show(vault, order)),
      ...(orders.length > limit && last && { next_cursor: `${last.create_order_time.getTime()}-${last.order_id}` }),
    };
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
    const limit = page_size ?? PAGE_SIZE;
    const after = readPair(cursor) ?? [0, 0];
    if (!(await hasProject(sql, project_id))) throw fault(channelAuthorizeList, 'isv.project-not-found');
    const found = await findAuthorizations(sql, { project_id, channel_id: channel_id ?? null }, after, limit + 1);
    const authorizations = found.slice(0, limit);
    const last = authorizations.at(-1);
    return {
      authorizations,
      ...(found.length > limit && last && { next_cursor: `${last.event_id}-${last.channel_id}` }),
    };
  },
});

function readPlace(cursor: string | null | undefined): OrderPlace | null {
  const pair = readPair(cursor);
  if (pair === undefined) return null;
  const [time, order_id] = pair;
  if (time > LAST_INSTANT) throw wrongCursor();
  return { create_order_time: new Date(time), order_id: String(order_id) };
}

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
    ...maskPerson(openPerson(vault, Buffer.from(sealed, 'base64'))),
  })),
});
