import type { Part, Queryable, Sql } from '../../../../database/pool.ts';

/** Whether the order `o` of the query around it has a payment that must be given back and was not yet. */
export const isRefundDue = (sql: Sql): Part => sql`exists (
  select from ticketing_payment payment where payment.project_id = o.project_id and payment.order_id = o.order_id
    and payment.result_code <> 200 and payment.refund_id is null)`;

/** A payment that must be given back; money in fen. */
export type DuePayment = {
  readonly order_id: string;
  readonly project_id: number;
  readonly project_name: string;
  readonly channel_id: number;
  readonly pay_no: string;
  readonly pay_money: number;
  readonly pay_type_id: string;
  readonly result_code: number;
  readonly receive_time: Date;
};

/** Where a page begins: after this payment. */
export type DueCursor = Pick<DuePayment, 'receive_time' | 'project_id' | 'order_id' | 'pay_no'>;

/** Payments that must be given back and were not yet, the earliest first, after a place. */
export async function findDuePayments(
  sql: Sql,
  project_id: number | null,
  after: DueCursor | undefined,
  limit: number,
): Promise<DuePayment[]> {
  return sql<DuePayment[]>`
    select order_id::text, payment.project_id, project_name, channel_id, pay_no, pay_money, pay_type_id, result_code,
      received_at as receive_time
    from ticketing_payment payment join ticketing_project using (project_id)
    where result_code <> 200 and refund_id is null
      ${project_id === null ? sql`` : sql`and payment.project_id = ${project_id}`}
      ${
        after === undefined
          ? sql``
          : sql`and (received_at, payment.project_id, order_id, pay_no)
            > (${after.receive_time}, ${after.project_id}, ${after.order_id}::bigint, ${after.pay_no})`
      }
    order by received_at, payment.project_id, order_id, pay_no limit ${limit}`;
}

/** A payment that was given back. */
export type GivenBack = {
  readonly order_id: number;
  readonly pay_no: string;
  readonly refund_id: string;
  readonly reason: string;
  readonly operator: string;
  readonly now: Date;
};

/** Records that a payment was given back; safe to run again. Codes as ticketing_payment_give_back gives them, 0 done. */
export async function giveBack(
  sql: Queryable,
  project_id: number,
  { order_id, pay_no, refund_id, reason, operator, now }: GivenBack,
): Promise<{ readonly code: number; readonly refund_money: number | null }> {
  const [row] = await sql<{ code: number; refund_money: number | null }[]>`
    select * from ticketing_payment_give_back(${project_id}, ${order_id}, ${pay_no}, ${refund_id}, ${reason}, ${operator},
      ${now})`;
  return row as { code: number; refund_money: number | null };
}
