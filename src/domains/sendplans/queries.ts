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
 * of their id, and none when the circle does not accept the content. The arrays stand in subqueries so that the planner
 * cannot count them and plan anew for every count.
 */
export async function findPlans(sql: Sql, keys: readonly CircleKey[]): Promise<FoundCircle[]> {
  const rows = await sql<(Omit<FoundCircle, 'plans'> & { plans: PlanJson[] })[]>`
    select isv.isv_id, circle.circle_id, coalesce(found.plans, '[]') as plans
    from unnest(
      (select ${keys.map((key) => key.isv_id)}::bigint[]), (select ${keys.map((key) => key.circle_id)}::bigint[]),
      (select ${keys.map((key) => key.circle_content)}::text[]), (select ${keys.map((key) => key.second)}::bigint[])
    ) with ordinality as asked (isv_id, circle_id, circle_content, second, position)
    left join sendplan_isv as isv on isv.isv_id = asked.isv_id
    left join sendplan_circle as circle on circle.isv_id = isv.isv_id and circle.circle_id = asked.circle_id
    left join lateral (${openPlans(sql)}) as found
      on circle.circle_contents = '{}' or asked.circle_content = any (circle.circle_contents)
    order by asked.position`;
  return rows.map((row) => ({ ...row, plans: row.plans.map(toPlan) }));
}

/** The plans of the circle around it whose period, with whole-second bounds, meets the second asked for. */
const openPlans = (sql: Sql) => sql`
  select json_agg(vo) as plans from (
    select plan.id, plan.name, extract(epoch from start_time)::bigint as start_time,
      extract(epoch from end_time)::bigint as end_time, count_limit, day_limit,
      (select coalesce(json_agg(item order by item.id), '[]') from sendplan_item as item
       where item.plan_id = plan.id) as items
    from sendplan as plan
    where plan.isv_id = circle.isv_id and plan.circle_id = circle.circle_id and plan.status = 1
      and plan.end_time >= to_timestamp(asked.second) and plan.start_time <= to_timestamp(asked.second)
    order by plan.id
  ) as vo`;

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
  /** Keyed hash of the user in hex, and what is known of it sealed, in base64. */
  readonly user_hash: string;
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
  select * from sendplan_receive(${plan_id}::bigint, ${sql.json(commands)}::jsonb)`;

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
