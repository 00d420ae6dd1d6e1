import type { Label } from '../../../../src/contract/schema.ts';
import { fieldAt, knownContract } from '../../contracts.ts';
import type { Order, Ticket } from './parts.ts';

/** Kinds of documents by their number, as orders are submitted with them. */
export const CARD_TYPES: Readonly<Record<string, Label>> =
  fieldAt(
    knownContract('alibaba.damai.maizuo.openapi.order.submit').request,
    'grouped_submit_order_param.order_bearer_param.card_type',
  ).note.values ?? {};

const UNUSED = 1;

/** Whether a ticket can be taken back: neither used nor taken back. */
export const isUnused = ({ ticket_status }: Ticket): boolean => ticket_status === UNUSED;

/** The name of a ticket's tier, as it was ordered. */
export const tierNameOf = ({ lines }: Order, { event_id, price_id }: Ticket): string =>
  lines.find((line) => line.event_id === event_id && line.price_id === price_id)?.price_name ?? String(price_id);

/** Whether a ticket came in a package, whose tickets go back together. */
const isOfPackage = ({ lines }: Order, { line_no }: Ticket): boolean =>
  lines.some((line) => line.line_no === line_no && line.child_no > 0);

/** Whether two tickets can only go back together. */
const goTogether = (order: Order, a: Ticket, b: Ticket): boolean =>
  a.ticket_code_id === b.ticket_code_id ||
  (isOfPackage(order, a) && a.line_no === b.line_no && a.unit_no === b.unit_no);

/**
 * The ids of tickets that are chosen to go back after some were added or left out by hand: each brings its package along,
 * and takes it away again. Used and refunded tickets are never among them.
 */
export function choose(order: Order, before: readonly string[], after: readonly string[]): string[] {
  const of = (ids: readonly string[]) => order.tickets.filter(({ ticket_code_id }) => ids.includes(ticket_code_id));
  const leftOut = of(before.filter((id) => !after.includes(id)));
  const kept = of(after).filter((ticket) => !leftOut.some((gone) => goTogether(order, gone, ticket)));
  return order.tickets
    .filter((ticket) => isUnused(ticket) && kept.some((each) => goTogether(order, each, ticket)))
    .map(({ ticket_code_id }) => ticket_code_id);
}
