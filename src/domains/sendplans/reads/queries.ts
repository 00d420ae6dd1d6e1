import { type LedgerReader, type LedgerSource, readLedger } from '../../../database/ledger.ts';
import type { Sql } from '../../../database/pool.ts';
import type { RunningStock } from '../../../database/stock.ts';

/** A circle with its partner; contents are empty when any is accepted. */
export type CircleInfo = {
  readonly isv_id: number;
  readonly isv_name: string;
  readonly circle_id: number;
  readonly circle_name: string;
  readonly circle_contents: string[];
  readonly plan_count: number;
};

/** Circles after a partner and circle, in their order; of one partner where given. */
export async function findCircles(
  sql: Sql,
  isv_id: number | null,
  after: readonly [isv_id: number, circle_id: number],
  limit: number,
): Promise<CircleInfo[]> {
  return sql<CircleInfo[]>`
    select isv_id, isv_name, circle_id, circle_name, circle_contents, (
      select count(*) from sendplan plan where plan.isv_id = circle.isv_id and plan.circle_id = circle.circle_id) as plan_count
    from sendplan_circle circle join sendplan_isv using (isv_id)
    where (isv_id, circle_id) > (${after[0]}, ${after[1]}) and (${isv_id}::bigint is null or isv_id = ${isv_id})
    order by isv_id, circle_id limit ${limit}`;
}

type Item = readonly [plan_id: number, item_id: number];

/** Reads `plan_id/item_id`; undefined when it is something else. */
function readItem(key: string): Item | undefined {
  const found = /^(\d{1,16})\/(\d{1,16})$/.exec(key);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

const adjusted = (sql: Sql, [plan_id, item_id]: Item, delta: 'delta_total' | 'delta_consumed'): LedgerSource => ({
  at: sql`adjusted_at`,
  kind: sql`case adjust_id when 'opening' then 'opening' else 'adjusted' end`,
  ...{ delta: sql`${sql(delta)}`, ref: sql`adjust_id`, reason: sql`reason`, operator: sql`operator` },
  from: sql`from sendplan_adjustment where plan_id = ${plan_id} and item_id = ${item_id} and ${sql(delta)} <> 0`,
});

const received = (sql: Sql, [plan_id, item_id]: Item): LedgerSource => ({
  ...{ at: sql`received_at`, kind: sql`'taken'`, delta: sql`units`, no: sql`receipt_id` },
  ref: sql`coalesce(request_id, 'receipt ' || receipt_id)`,
  from: sql`from sendplan_receipt where plan_id = ${plan_id} and item_id = ${item_id}`,
});

const ledgerOf =
  (
    counter: 'total_inventory' | 'consumed_inventory',
    sources: (sql: Sql, item: Item) => LedgerSource[],
  ): LedgerReader =>
  async (sql, key, page) => {
    const item = readItem(key);
    if (item === undefined) return undefined;
    const counted = sql`select coalesce(${sql(counter)}, 0) from sendplan_item where plan_id = ${item[0]} and id = ${item[1]}`;
    return readLedger(sql, counted, sources(sql, item), page);
  };

/** The ledgers of the send plans, by counter; an item without a total shows 0. */
export const sendplanLedgers = {
  'sendplan_item.total_inventory': ledgerOf('total_inventory', (sql, item) => [adjusted(sql, item, 'delta_total')]),
  'sendplan_item.consumed_inventory': ledgerOf('consumed_inventory', (sql, item) => [
    adjusted(sql, item, 'delta_consumed'),
    received(sql, item),
  ]),
};

/** The limited items of the plans that run, with the units that are left. */
export const runningSendplans: RunningStock = (sql, now, most) => sql`
  select 'sendplan_item', i.plan_id || '/' || i.id as key, p.name || ' · ' || i.name, i.total_inventory,
    i.total_inventory - i.consumed_inventory, extract(epoch from p.end_time)::bigint
  from sendplan p join sendplan_item i on i.plan_id = p.id
  where not period_over(p.end_time, ${now}) and p.start_time <= ${now} and p.status = 1 and i.total_inventory is not null
  order by p.end_time, key limit ${most}`;
