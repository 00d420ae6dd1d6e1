import type { SealedColumn } from '../../secrets/sealed.ts';

/** Where people of orders are sealed; their row is project, channel, cart and number in the order. */
export const PERSON_SEALED = 'ticketing_person.sealed';

/** The sealed columns of ticketing. An order's number is given out later than its people are sealed: its cart names it. */
export const ticketingSealed: readonly SealedColumn[] = [
  {
    place: PERSON_SEALED,
    table: 'ticketing_person',
    column: 'sealed',
    key: { project_id: 'bigint', order_id: 'bigint', person_no: 'smallint' },
    row: ['t.project_id', 'o.channel_id', 'o.shopping_cart_id', 't.person_no'],
    join: 'join ticketing_order o using (project_id, order_id)',
  },
];
