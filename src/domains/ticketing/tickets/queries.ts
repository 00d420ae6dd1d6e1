import type { Queryable, Sql } from '../../../database/pool.ts';

/** A ticket with what its code and its gate must know. */
export type Ticket = {
  readonly ticket_id: number;
  readonly project_id: number;
  readonly tenant_id: number;
  readonly event_id: number;
  readonly order_id: number;
  readonly channel_id: number;
  readonly user_id: string | null;
  /** 1 unused, 2 used, 4 refunded. */
  readonly ticket_status: number;
  readonly event_show_end_time: Date;
};

/** Tickets by their ids; project_nos are the projects' numbers that lead the ids. Missing ones are left out. */
export async function findTickets(
  sql: Sql,
  ids: readonly { readonly ticket_id: number; readonly project_no: number }[],
): Promise<Map<number, Ticket>> {
  const rows = await sql<Ticket[]>`
    select * from ticketing_tickets(
      ${ids.map(({ ticket_id }) => ticket_id)}::bigint[], ${ids.map(({ project_no }) => project_no)}::integer[])`;
  return new Map(rows.map((ticket) => [ticket.ticket_id, ticket]));
}

/** Whether a tenant exists. */
export async function hasTenant(sql: Sql, tenant_id: number): Promise<boolean> {
  const rows = await sql`select from ticketing_tenant where tenant_id = ${tenant_id}`;
  return rows.length > 0;
}

/** An entry that a gate asks for. */
export type Entry = {
  readonly project_id: number;
  readonly ticket_id: number;
  readonly event_id: number;
  readonly check_id: string;
  readonly gate: string | null;
  readonly now: Date;
};

/**
 * The gate's answer: 0 may enter, 1 no such ticket, 2 used up, 3 not open yet, 4 refunded, 5 event off the shelf, 7 this
 * entry was undone; how often and since when the ticket has let in, and from when on the gate does.
 */
export type Entered = {
  readonly code: 0 | 1 | 2 | 3 | 4 | 5 | 7;
  readonly entries: number;
  readonly first_checked_at: Date | null;
  readonly opens_at: Date | null;
};

/** Lets the bearer of a ticket in, once for each check_id. */
export async function enter(sql: Queryable, entry: Entry): Promise<Entered> {
  const { project_id, ticket_id, event_id, check_id, gate, now } = entry;
  const [row] = await sql<Entered[]>`
    select * from ticketing_ticket_check(${project_id}, ${ticket_id}, ${event_id}, ${check_id}, ${gate}, ${now})`;
  return row as Entered;
}

/** An entry to undo. */
export type Undo = Pick<Entry, 'project_id' | 'ticket_id' | 'check_id' | 'now'> & {
  readonly reason: string;
  readonly operator: string;
};

/** Undoes an entry; safe to run again. Codes: 0 done, 1 no such entry, 2 undone for another reason; entries that still count. */
export async function undoEntry(
  sql: Queryable,
  undo: Undo,
): Promise<{ readonly code: 0 | 1 | 2; readonly entries: number }> {
  const { project_id, ticket_id, check_id, reason, operator, now } = undo;
  const [row] = await sql<{ code: 0 | 1 | 2; entries: number }[]>`
    select * from ticketing_ticket_uncheck(${project_id}, ${ticket_id}, ${check_id}, ${reason}, ${operator}, ${now})`;
  return row as { code: 0 | 1 | 2; entries: number };
}
