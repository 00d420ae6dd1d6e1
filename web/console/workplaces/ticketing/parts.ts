import type { AnswerOf } from '../../../../src/sdk/types.ts';

/** A project with its events, tiers and discounts, as project.get gives it. */
export type Project = AnswerOf<'piaoquan.ticketing.project.get'>['project'];
export type Event = Project['event_list'][number];
export type Price = Event['price_list'][number];
/** An order with its goods, tickets, people, payments and refunds, as order.get gives it. */
export type Order = AnswerOf<'piaoquan.ticketing.order.get'>['order'];
export type Ticket = Order['tickets'][number];

/** Whether a tier is a package of other tiers. */
export const isPackage = ({ is_coupon_ticket }: Price): boolean => is_coupon_ticket === 1;

/** An id that is most probably free, and is none of those taken: the seconds since 1970, or the next above. */
export function freeId(taken: readonly number[], now = Date.now()): number {
  let id = Math.floor(now / 1000);
  while (taken.includes(id)) id += 1;
  return id;
}
