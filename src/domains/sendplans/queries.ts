import type { Queryable, Sql } from '../../database/pool.ts';
import { type Grant, type PlanItem, purchaseItemInfo, receiveRule } from './rules.ts';

/** Whose plans: partner, circle, what the user was found by, and the second of the call since the epoch. */
export type CircleKey = {
  readonly isv_id: number;
  readonly circle_id: number;
  readonly circle_content: string;
  readonly second: number;
};

/** A plan as the answer shows it. */
export type Plan = {
  readonly name: string;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly receive_rule: string;
  readonly purchase_item_info: string;
  readonly id: number;
};

/** What a partner and a circle lead to, as far as they lead, with the plans of that circle around that second. */
export type FoundCircle = {
  readonly isv_id: number | null;
  readonly circle_id: number | null;
  readonly plans: readonly Plan[];
};

type PlanJson = {
  readonly id: number;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly count_limit: number | null;
  readonly day_limit: number | null;
  readonly items: readonly PlanItem[];
};

/**
 * What each key leads to, in the order of the keys, in one statement. Plans are those that overlap the second, in order
 * of their id, and none when the circle does not accept the content.
 */
export async function findPlans(sql: Sql, keys: readonly CircleKey[]): Promise<FoundCircle[]> {
  const rows = await sql<(Omit<FoundCircle, 'plans'> & { plans: PlanJson[] })[]>`
    select * from sendplan_find_plans(${keys.map((key) => key.isv_id)}, ${keys.map((key) => key.circle_id)},
      ${keys.map((key) => key.circle_content)}, ${keys.map((key) => key.second)})`;
  return rows.map((row) => ({ ...row, plans: row.plans.map(toPlan) }));
}

const toPlan = (plan: PlanJson): Plan => ({
  name: plan.name,
  start_time: new Date(plan.start_time * 1000),
  end_time: new Date(plan.end_time * 1000),
  receive_rule: receiveRule(plan.count_limit, plan.day_limit),
  purchase_item_info: purchaseItemInfo(plan.items),
  id: plan.id,
});

/** One receive, as `sendplan_receive` takes it: `at` in epoch milliseconds, `draw` a random number from 0 to below 1. */
export type ReceiveCommand = {
  readonly at: number;
  readonly isv_id: number;
  readonly circle_id: number;
  readonly circle_content: string;
  /** Keyed hash in hex of the name of the user that its receives are kept by, and of its other names. */
  readonly user_hash: string;
  readonly also?: readonly string[];
  /** What is known of the user sealed, in base64. */
  readonly user_sealed: string;
  readonly request_id: string | null;
  readonly draw: number;
};

/** What became of a receive: the method's ret_code, and with 0 what was given. */
export type Received = { readonly outcome: number } & (
  | ({ readonly outcome: 0; readonly start_time: Date; readonly end_time: Date } & Grant)
  | { readonly receipt_id: null }
);

/** Receives of one plan in one transaction; one result each, in order. */
export const receive = (sql: Sql, plan_id: number, commands: ReceiveCommand[]): Promise<Received[]> => sql<Received[]>`
  select * from sendplan_receive(${plan_id}::bigint, ${sql.json(commands as never)}::jsonb)`;

/** Whose receives of which plans: keyed hashes in hex of a person's names, and the second of the call since the epoch. */
export type ReceivedKey = {
  readonly plans: readonly number[];
  readonly names: readonly string[];
  readonly second: number;
};

/** What a person received of an item: how often, and how often on that day of GMT+8. */
export type ReceivedItem = {
  readonly plan_id: number;
  readonly item_id: number;
  readonly count: number;
  readonly today: number;
};

/** What each of these persons has received, in their order; one statement. */
export async function findReceived(sql: Sql, keys: readonly ReceivedKey[]): Promise<ReceivedItem[][]> {
  const rows = await sql<{ received: ReceivedItem[] }[]>`
    select * from sendplan_find_received(${sql.json(keys as never)}::jsonb)`;
  return rows.map(({ received }) => received);
}

/** The tables that demo and tests fill. */
export type Table = 'sendplan_isv' | 'sendplan_circle' | 'sendplan' | 'sendplan_item';

/** A row to write: column names and values. */
export type Row = Readonly<Record<string, string | number | Date | readonly string[] | null>>;

/** Writes rows of a table, all with the same columns; a row whose key exists is left as it is. */
export async function insertNew(sql: Queryable, table: Table, rows: readonly Row[]): Promise<void> {
  await sql`insert into ${sql(table)} ${sql(rows)} on conflict do nothing`;
}

/** Enters the present inventory of a plan's items into the ledger where it has no opening yet. */
export async function openLedger(sql: Queryable, plan_ids: number[], now: Date): Promise<void> {
  await sql`
    insert into sendplan_adjustment
      (plan_id, item_id, adjust_id, delta_total, delta_consumed, total_after, reason, operator, adjusted_at)
    select plan_id, id, 'opening', coalesce(total_inventory, 0), consumed_inventory, coalesce(total_inventory, 0), '期初', 'demo', ${now}
    from sendplan_item where plan_id = any (${plan_ids}) on conflict do nothing`;
}
