import type { Queryable, Sql } from '../../../../database/pool.ts';
import { isRefundDue } from '../payments/queries.ts';

/** An order as administrators see it; money in fen. */
export type Order = {
  readonly order_id: string;
  readonly project_id: number;
  readonly channel_id: number;
  readonly shopping_cart_id: string;
  readonly user_id: string | null;
  readonly order_status: number;
  readonly goods_money: number;
  readonly receivable_money: number;
  readonly create_order_time: Date;
  readonly auto_cancel_order_time: Date;
  readonly pay_time: Date | null;
  readonly close_time: Date | null;
  readonly refund_due: boolean;
};

/** Which orders of a project to list, newest first; absent filters let everything through. */
export type OrderFilter = {
  readonly project_id: number;
  readonly order_id?: number | undefined;
  readonly event_id?: number | null | undefined;
  readonly channel_id?: number | null | undefined;
  readonly order_status?: number | null | undefined;
  readonly refund_due?: boolean | null | undefined;
  readonly user_id?: string | undefined;
  /** Keyed hashes in hex that one person of the order must bear all of. */
  readonly person_hashes: readonly string[];
  /** Only orders with a smaller id. */
  readonly before: number;
  readonly limit: number;
};

/** Orders by a filter, newest first. */
export async function findOrders(sql: Sql, filter: OrderFilter): Promise<Order[]> {
  const { project_id, order_id, event_id, channel_id, order_status, refund_due, user_id, person_hashes } = filter;
  return sql<Order[]>`
    select order_id::text, project_id, channel_id, shopping_cart_id, user_id, order_status, goods_money, receivable_money,
      created_at as create_order_time, expire_time as auto_cancel_order_time, paid_at as pay_time, closed_at as close_time,
      due.refund_due
    from ticketing_order o
    cross join lateral (select ${isRefundDue(sql)} as refund_due) due
    where project_id = ${project_id} and order_id < ${filter.before}
      ${order_id == null ? sql`` : sql`and order_id = ${order_id}`}
      ${channel_id == null ? sql`` : sql`and channel_id = ${channel_id}`}
      ${order_status == null ? sql`` : sql`and order_status = ${order_status}`}
      ${user_id === undefined ? sql`` : sql`and user_id = ${user_id}`}
      ${refund_due == null ? sql`` : sql`and due.refund_due = ${refund_due}`}
      ${
        event_id == null
          ? sql``
          : sql`and exists (select from ticketing_order_line line where line.project_id = o.project_id
        and line.order_id = o.order_id and line.event_id = ${event_id})`
      }
      ${
        person_hashes.length === 0
          ? sql``
          : sql`and order_id in (select person.order_id from ticketing_person person where person.project_id = ${project_id}
            and hashes @> (select array_agg(decode(hash, 'hex')) from unnest(${person_hashes as string[]}::text[]) hash))`
      }
    order by o.order_id desc limit ${filter.limit}`;
}

/** A person of an order, sealed. */
export type SealedRow = {
  readonly person_no: number;
  readonly line_no: number;
  readonly ticket_index: number;
  readonly sealed: Uint8Array;
};

/** A payment of an order, fen; how it was given back when it was. */
export type PaymentRow = {
  readonly pay_no: string;
  readonly pay_money: number;
  readonly pay_type_id: string;
  readonly result_code: number;
  readonly receive_time: Date;
  readonly refund_id: string | null;
  readonly refund_reason: string | null;
  readonly refund_time: Date | null;
};

/** What belongs to an order: its goods, tickets, people, payments and refunds. */
export async function findParts(sql: Sql, project_id: number, order_id: number) {
  const of = sql`project_id = ${project_id} and order_id = ${order_id}`;
  const [lines, tickets, persons, payments, refunds] = await Promise.all([
    sql<
      {
        line_no: number;
        child_no: number;
        event_id: number;
        price_id: number;
        price_name: string;
        goods_count: number;
        price: number;
        money: number;
      }[]
    >`select line_no, child_no, event_id, price_id, price_name, goods_count, price, money
      from ticketing_order_line where ${of} order by line_no, child_no`,
    sql<
      {
        ticket_code_id: string;
        line_no: number;
        unit_no: number;
        event_id: number;
        price_id: number;
        money: number;
        ticket_status: number;
      }[]
    >`select ticket_id::text as ticket_code_id, line_no, unit_no, event_id, price_id, money, ticket_status
      from ticketing_ticket where ${of} order by ticket_id`,
    sql<
      SealedRow[]
    >`select person_no, line_no, ticket_index, sealed from ticketing_person where ${of} order by person_no`,
    sql<PaymentRow[]>`
      select pay_no, pay_money, pay_type_id, result_code, received_at as receive_time, refund_id,
        refund.reason as refund_reason, refund.refunded_at as refund_time
      from ticketing_payment left join ticketing_payment_refund refund using (project_id, order_id, refund_id, pay_no)
      where ${of} order by received_at, pay_no`,
    sql<{ refund_id: string; ticket_code_ids: string[]; refund_money: number; reason: string; refund_time: Date }[]>`
      select refund_id, ticket_ids::text[] as ticket_code_ids, refund_money, reason, refunded_at as refund_time
      from ticketing_refund where ${of} order by refunded_at, refund_id`,
  ]);
  return { lines, tickets, persons, payments, refunds };
}

/** What became of a cancellation: 0 closed, 1 no such order, 2 it is paid. */
export type CancelCode = 0 | 1 | 2;

/** Closes an unpaid order of a project and frees its stock; safe to run again. */
export async function cancelOrder(
  sql: Queryable,
  project_id: number,
  order_id: number,
  now: Date,
): Promise<CancelCode> {
  const [row] = await sql<{ code: CancelCode }[]>`
    select code from ticketing_order_cancel(${project_id}, ${now}, ${sql.json([{ order_id }])})`;
  return (row as { code: CancelCode }).code;
}

/** A refund to make. */
export type RefundCommand = {
  readonly order_id: number;
  readonly refund_id: string;
  /** Which tickets; null for all that stand. */
  readonly ticket_ids: readonly number[] | null;
  readonly reason: string;
  readonly operator: string;
  readonly now: Date;
};

/** What became of a refund; codes as ticketing_order_refund gives them, 0 done. Money in fen. */
export type RefundResult = {
  readonly code: number;
  readonly refund_money: number | null;
  readonly ticket_code_ids: string[] | null;
};

/** Takes tickets of an order back; safe to run again. */
export async function refundOrder(sql: Queryable, project_id: number, refund: RefundCommand): Promise<RefundResult> {
  const { order_id, refund_id, ticket_ids, reason, operator, now } = refund;
  const [row] = await sql<RefundResult[]>`
    select code, refund_money, ticket_ids::text[] as ticket_code_ids
    from ticketing_order_refund(${project_id}, ${order_id}, ${refund_id}, ${ticket_ids as number[] | null}::bigint[],
      ${reason}, ${operator}, ${now})`;
  return row as RefundResult;
}
