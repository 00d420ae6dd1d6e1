import { given } from '../../../contract/settings.ts';
import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';

/** A circle with its partner, as saved; without contents named they stay, and null takes them away. */
export type Circle = {
  readonly isv_id: number;
  readonly isv_name: string;
  readonly circle_id: number;
  readonly circle_name: string;
  readonly circle_contents?: string[] | null | undefined;
};

/** An item as shown; inventory in units, null where it has none or the default holds. */
export type Item = {
  readonly id: number;
  readonly name: string;
  readonly weight: number;
  readonly consume_inventory: number | null;
  readonly total_inventory: number | null;
  readonly consumed_inventory: number;
  readonly valid_days: number | null;
};

/** A plan as shown; `status`: 1 on shelf, 2 off shelf. */
export type Plan = {
  readonly id: number;
  readonly isv_id: number;
  readonly circle_id: number;
  readonly name: string;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly count_limit: number | null;
  readonly day_limit: number | null;
  readonly items: Item[];
  readonly status: number;
};

/** A change of an item's total by an operator: `delta` in units, `operator` an operator's login or an app_key. */
export type Adjustment = {
  readonly plan_id: number;
  readonly item_id: number;
  readonly adjust_id: string;
  readonly delta: number;
  readonly reason: string;
  readonly operator: string;
  readonly adjusted_at: Date;
};

/** Creates or changes a circle and the name of its partner. */
export async function saveCircle(sql: Queryable, { isv_id, isv_name, ...saved }: Circle): Promise<void> {
  const { circle_id, circle_name, circle_contents } = saved;
  const contents = circle_contents ?? [];
  const changed = { circle_name, ...(circle_contents !== undefined && { circle_contents: contents }) };
  await sql`
    with isv as (
      insert into sendplan_isv ${sql({ isv_id, isv_name })}
      on conflict (isv_id) do update set isv_name = excluded.isv_name
    )
    insert into sendplan_circle ${sql({ isv_id, circle_id, circle_name, circle_contents: contents })}
    on conflict (isv_id, circle_id) do update set ${sql(changed)}`;
}

/** Whether a partner has a circle. */
export async function hasCircle(sql: Queryable, isv_id: number, circle_id: number): Promise<boolean> {
  const rows = await sql`select from sendplan_circle where isv_id = ${isv_id} and circle_id = ${circle_id}`;
  return rows.length > 0;
}

/** What a save says: of settings that are left out nothing, null to take them away. */
type SavedOf<T, Setting extends keyof T> = Omit<T, Setting> & { readonly [S in Setting]?: T[S] | undefined };

/** A plan as it is saved. */
export type SavedPlan = SavedOf<Omit<Plan, 'items' | 'status'>, 'count_limit' | 'day_limit'>;

/** An item as it is saved. */
export type SavedItem = SavedOf<
  Omit<Item, 'consumed_inventory'>,
  'consume_inventory' | 'total_inventory' | 'valid_days'
>;

/** Creates a plan, on shelf, or changes it, and holds its row; false when it belongs to another circle. */
export async function savePlan(tx: Transaction, plan: SavedPlan): Promise<boolean> {
  const row = given(plan);
  const { id: _key, isv_id: _partner, circle_id: _circle, ...changed } = row;
  const rows = await tx`
    insert into sendplan ${tx(row as Required<typeof row>)}
    on conflict (id) do update set ${tx(changed as Required<typeof changed>)}
    where sendplan.isv_id = excluded.isv_id and sendplan.circle_id = excluded.circle_id
    returning id`;
  return rows.length > 0;
}

/** Holds a plan's row, so that its items are not received meanwhile; false when there is no such plan. */
export async function holdPlan(tx: Transaction, id: number): Promise<boolean> {
  return (await tx`select from sendplan where id = ${id} for no key update`).length > 0;
}

/** When a plan ends, whose row is held from then on; undefined when there is no such plan. */
export async function endOfPlan(tx: Transaction, id: number): Promise<Date | undefined> {
  const [row] = await tx<{ end_time: Date }[]>`select end_time from sendplan where id = ${id} for no key update`;
  return row?.end_time;
}

/** The items of a plan, by id. */
export async function itemsOf(sql: Queryable, plan_id: number): Promise<Map<number, Item>> {
  const rows = await sql<Item[]>`
    select id, name, weight, consume_inventory, total_inventory, consumed_inventory, valid_days
    from sendplan_item where plan_id = ${plan_id}`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Creates an item with its opening total, or changes everything of it but its inventory. */
export async function saveItem(tx: Transaction, item: SavedItem & { readonly plan_id: number }): Promise<void> {
  const row = given(item);
  const { plan_id: _plan, id: _key, total_inventory: _stock, ...changed } = row;
  await tx`
    insert into sendplan_item ${tx(row as Required<typeof row>)}
    on conflict (plan_id, id) do update set ${tx(changed as Required<typeof changed>)}`;
}

/** An adjustment that was made under this key; undefined when there is none. */
export async function findAdjustment(
  sql: Queryable,
  { plan_id, item_id, adjust_id }: Pick<Adjustment, 'plan_id' | 'item_id' | 'adjust_id'>,
): Promise<{ delta: number; reason: string; total_after: number } | undefined> {
  const [row] = await sql<{ delta: number; reason: string; total_after: number }[]>`
    select delta_total as delta, reason, total_after from sendplan_adjustment
    where plan_id = ${plan_id} and item_id = ${item_id} and adjust_id = ${adjust_id}`;
  return row;
}

/** Adds to an item's total. */
export async function addToTotal(tx: Transaction, { plan_id, item_id, delta }: Adjustment): Promise<void> {
  await tx`
    update sendplan_item set total_inventory = total_inventory + ${delta}
    where plan_id = ${plan_id} and id = ${item_id}`;
}

/** Writes a change of an item's total, or its opening, into the ledger. */
export async function writeAdjustment(
  tx: Transaction,
  { delta, ...adjustment }: Adjustment & { readonly total_after: number },
): Promise<void> {
  await tx`insert into sendplan_adjustment ${tx({ ...adjustment, delta_total: delta })}`;
}

/** Puts a plan on or off shelf; false when there is no such plan. */
export async function setStatus(sql: Queryable, id: number, status: number): Promise<boolean> {
  return (await sql`update sendplan set status = ${status} where id = ${id}`).count > 0;
}

/** Which plans: those after an id, of a partner, circle and status where given. */
export type PlanFilter = {
  readonly id?: number;
  readonly isv_id?: number | null | undefined;
  readonly circle_id?: number | null | undefined;
  readonly status?: number | null | undefined;
  readonly after: number;
  readonly limit: number;
};

/** Plans with their items, in order of their id. */
export async function findPlans(sql: Queryable, filter: PlanFilter): Promise<Plan[]> {
  const { id, isv_id, circle_id, status, after, limit } = filter;
  return sql<Plan[]>`
    select id, isv_id, circle_id, name, start_time, end_time, count_limit, day_limit, status,
      (select coalesce(json_agg(json_build_object('id', item.id, 'name', item.name, 'weight', weight,
          'consume_inventory', consume_inventory, 'total_inventory', total_inventory,
          'consumed_inventory', consumed_inventory, 'valid_days', valid_days) order by item.id), '[]')
       from sendplan_item as item where item.plan_id = plan.id) as items
    from sendplan as plan
    where id > ${after} ${id == null ? sql`` : sql`and id = ${id}`} ${isv_id == null ? sql`` : sql`and isv_id = ${isv_id}`}
      ${circle_id == null ? sql`` : sql`and circle_id = ${circle_id}`} ${status == null ? sql`` : sql`and status = ${status}`}
    order by id limit ${limit}`;
}

/** A receipt as stored. */
export type Receipt = {
  readonly receipt_id: number;
  readonly user_hash: Buffer;
  readonly user_sealed: Buffer;
  readonly request_id: string | null;
  readonly item_id: number;
  readonly item_name: string;
  readonly units: number;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly received_at: Date;
};

/** Receipts of a plan before an id, the newest first; of one person when hashes of its names are given (hex). */
export async function findReceipts(
  sql: Sql,
  {
    plan_id,
    names,
    before,
    limit,
  }: { plan_id: number; names: readonly string[] | undefined; before: number; limit: number },
): Promise<Receipt[]> {
  return sql<Receipt[]>`
    select receipt_id, user_hash, user_sealed, request_id, item_id, item_name, units, start_time, end_time, received_at
    from sendplan_receipt where plan_id = ${plan_id} and receipt_id < ${before}
      ${
        names === undefined
          ? sql``
          : sql`and user_hash = any (sendplan_names(array(select decode(h, 'hex') from unnest(${names as string[]}::text[]) h)))`
      }
    order by receipt_id desc limit ${limit}`;
}

/** The partner of a plan; undefined when there is no such plan. */
export async function partnerOf(sql: Sql, id: number): Promise<number | undefined> {
  const [row] = await sql<{ isv_id: number }[]>`select isv_id from sendplan where id = ${id}`;
  return row?.isv_id;
}
