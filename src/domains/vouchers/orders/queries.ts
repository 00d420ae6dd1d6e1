import type { Sql } from '../../../database/pool.ts';

/** An order of codes of one batch. `count` codes in total, shared evenly by `users` where there are any. */
export type Order = {
  app_key: string;
  ext_order_id: string;
  /** Keyed hash in hex of everything asked, so that the number cannot be used for anything else. */
  content: string;
  count: number;
  users?: readonly string[];
};

/** What became of an order; `codes` are handles in hex for `openIssuedCodes`, in the order of the users. */
export type OrderAnswer =
  | { state: 'ok'; gmt_expire: Date; cost_price: number; gen_task_id: number; codes: string[] }
  | { state: 'conflict' | 'off_shelf' | 'expired' | 'short' };

/** Answers orders of one batch, in one transaction and in their order. */
export async function sendCodes(sql: Sql, mix_id: string, orders: Order[], now: Date): Promise<OrderAnswer[]> {
  const rows = await sql<{ answer: OrderAnswer & { gmt_expire?: string } }[]>`
    select * from voucher_send(${mix_id}, ${sql.json(orders as never)}, ${now})`;
  return rows.map(({ answer }) =>
    answer.state === 'ok' ? { ...answer, gmt_expire: new Date(answer.gmt_expire) } : answer,
  );
}

/** An order number of an app that is asked for, and the batch it is asked for in. */
export type Claim = { ext_order_id: string; mix_id: string };

/** Claims order numbers of one app in one transaction; gives the batch that each belongs to, claimed now or before. */
export async function claimNumbers(sql: Sql, app_key: string, claims: Claim[]): Promise<string[]> {
  const rows = claims.map(({ ext_order_id, mix_id }) => [ext_order_id, mix_id]);
  const [row] = await sql<
    { owners: string[] }[]
  >`select * from voucher_claim_numbers(${app_key}, ${sql.json(rows)}) as owners`;
  return row?.owners ?? [];
}

/** What a user was granted: a batch, as a certain partner or as any. */
export type GrantKey = { mix_id: string; user_id: number; partner_code: string | null };

/** Which of these users may issue codes of these batches, one answer a key in their order. */
export async function findGrants(sql: Sql, keys: GrantKey[]): Promise<boolean[]> {
  const rows = await sql<{ granted: boolean }[]>`
    select * from voucher_find_grants(${sql.json(keys)}) as granted`;
  return rows.map(({ granted }) => granted);
}
