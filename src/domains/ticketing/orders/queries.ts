import type { Sql } from '../../../database/pool.ts';
import type { SealedPerson } from './persons.ts';
import type { Goods } from './rules.ts';

/** Which project something belongs to, and whose it is. */
export type ProjectOf = { readonly project_id: number; readonly tenant_id: number };

/** The projects of events, by event id; events that do not exist are left out. */
export async function findEventProjects(sql: Sql, event_ids: readonly number[]): Promise<Map<number, ProjectOf>> {
  const rows = await sql<(ProjectOf & { event_id: number })[]>`
    select event_id, project_id, tenant_id from ticketing_event join ticketing_project using (project_id)
    where event_id = any(${event_ids as number[]}::bigint[])`;
  return new Map(rows.map(({ event_id, ...project }) => [event_id, project]));
}

/** The projects of order and ticket ids, by the number that leads those ids. */
export async function findNumberedProjects(sql: Sql, project_nos: readonly number[]): Promise<Map<number, ProjectOf>> {
  const rows = await sql<(ProjectOf & { project_no: number })[]>`
    select project_no, project_id, tenant_id from ticketing_project
    where project_no = any(${project_nos as number[]}::integer[])`;
  return new Map(rows.map(({ project_no, ...project }) => [project_no, project]));
}

/** An order to decide; hashes in hex, money in fen. */
export type SubmitCommand = {
  readonly now: Date;
  readonly channel_id: number;
  readonly shopping_cart_id: string;
  readonly content_hash: string;
  readonly user_id: string | null;
  readonly receivable_money: number | null;
  /** Whether the order's own bearer brings an identity document. */
  readonly has_bearer: boolean;
  readonly goods: readonly Goods[];
  readonly persons: readonly SealedPerson[];
};

/** Why an order was refused: a result_code of order.submit, and what its words leave open. */
export type SubmitDetail = {
  readonly code: number;
  readonly event_id?: number | null;
  readonly price_id?: number | null;
  readonly child_price_id?: number | null;
  readonly line_no?: number | null;
  /** What the order costs, fen. */
  readonly expected?: number | null;
  readonly limit?: number | null;
  /** Documents that the line wants; null where the order wants one. */
  readonly needed?: number | null;
  readonly left?: number | null;
  readonly field?: string | null;
};

/** A tier of an order as it was sold; child_no from 1 on for what the line above it holds. */
export type OrderLine = {
  readonly child_no: number;
  readonly event_id: number;
  readonly price_id: number;
  readonly goods_count: number;
  /** Price of one, fen. */
  readonly price: number;
  readonly price_name: string;
  readonly price_name_en: string | null;
};

/** What an answer tells of an order; the instant as ISO text, money in fen. */
export type OrderVo = {
  readonly order_id: number;
  readonly shopping_cart_id: string;
  readonly receivable_money: number;
  readonly expire_time: string;
  readonly lines: readonly OrderLine[];
};

/** What became of an order: refused, or what stands. */
export type SubmitResult = { readonly detail: SubmitDetail | null; readonly vo: OrderVo | null };

/** The latest instant of some commands. */
const latest = (commands: readonly { readonly now: Date }[]): Date =>
  new Date(Math.max(...commands.map(({ now }) => now.getTime())));

/** Decides orders of one project in one transaction, in their order; safe to run again. */
export async function submitOrders(
  sql: Sql,
  project_id: number,
  commands: readonly SubmitCommand[],
): Promise<SubmitResult[]> {
  return sql<SubmitResult[]>`
    select * from ticketing_order_submit(${project_id}, ${latest(commands)}, ${sql.json(commands as never)})`;
}

/** A payment to take; money in fen. */
export type PayCommand = {
  readonly now: Date;
  readonly channel_id: number;
  readonly order_id: number;
  readonly user_id: string | null;
  readonly pay_no: string;
  readonly pay_money: number;
  readonly pay_type_id: string;
};

/** A ticket that a payment issued. */
export type IssuedTicket = { readonly ticket_id: number; readonly event_id: number; readonly price_id: number };

/** What became of a payment: a result_code of the pay callback; `expected` fen to pay; order and tickets if it is paid. */
export type PayResult = {
  readonly result_code: number;
  readonly expected: number | null;
  readonly vo: OrderVo | null;
  readonly tickets: readonly IssuedTicket[] | null;
};

/** Takes payments of orders of one project in one transaction, in their order; safe to run again. */
export async function payOrders(sql: Sql, project_id: number, commands: readonly PayCommand[]): Promise<PayResult[]> {
  return sql<PayResult[]>`
    select * from ticketing_order_pay(${project_id}, ${sql.json(commands as never)})`;
}

/**
 * Frees the stock of orders whose hold has timed out at an instant, at most `most` of each project, and tells how many
 * orders were closed. One transaction a project; a project at whose stock another caller is at work is passed over: that
 * caller frees it.
 */
export async function releaseDue(sql: Sql, now: Date, most: number): Promise<number> {
  const due = await sql<{ project_id: number }[]>`select project_id from ticketing_projects_due(${now}) as project_id`;
  let released = 0;
  for (const { project_id } of due) {
    const [row] = await sql<
      { n: number }[]
    >`select * from ticketing_order_release(${project_id}, ${now}, ${most}) as n`;
    released += row?.n ?? 0;
  }
  return released;
}
