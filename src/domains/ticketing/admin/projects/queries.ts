import { given } from '../../../../contract/settings.ts';
import type { Queryable, Sql, Transaction } from '../../../../database/pool.ts';

/** Columns of a row to write; undefined ones keep what they hold, or the default of a new row. */
export type Columns = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** The columns of a row of which a save says something. */
const told = (row: Columns) => given(row) as Record<string, string | number | boolean | Date | null>;

/** Creates or changes a project; false if it belongs to another tenant. Throws 23503 for a missing tenant or venue. */
export async function saveProject(tx: Transaction, project: Columns): Promise<boolean> {
  const { project_id: _key, tenant_id: _owner, ...rest } = told(project);
  const rows = await tx`
    insert into ticketing_project ${tx(told(project))}
    on conflict (project_id) do update set ${tx(rest)} where ticketing_project.tenant_id = excluded.tenant_id
    returning project_id`;
  return rows.length > 0;
}

/** Creates or changes venues. Their keys are not set anew: who refers to one meanwhile would have to wait. */
export async function saveSites(tx: Transaction, sites: readonly Columns[]): Promise<void> {
  for (const site of sites) {
    const { site_id: _key, ...rest } = told(site);
    await tx`
      insert into ticketing_site ${tx(told(site))} on conflict (site_id) do update set ${tx(rest)}`;
  }
}

/** Locks the stock of a project until the transaction ends. */
export async function lockStock(tx: Transaction, project_id: number): Promise<void> {
  await tx`select ticketing_project_lock(${project_id})`;
}

/** Creates or changes an event; false if it belongs to another project. Throws 23503 for a missing venue. */
export async function saveEvent(tx: Transaction, event: Columns): Promise<boolean> {
  const { event_id: _key, project_id: _owner, ...rest } = told(event);
  const rows = await tx`
    insert into ticketing_event ${tx(told(event))}
    on conflict (event_id) do update set ${tx(rest)} where ticketing_event.project_id = excluded.project_id
    returning event_id`;
  return rows.length > 0;
}

/** When an event and its sale end. */
export type EventEnds = { readonly event_show_end_time: Date; readonly sale_end_time: Date };

/** When the events of a project end, by their ids. */
export async function endsOfEvents(tx: Transaction, project_id: number): Promise<Map<number, EventEnds>> {
  const rows = await tx<(EventEnds & { event_id: number })[]>`
    select event_id, event_show_end_time, sale_end_time from ticketing_event where project_id = ${project_id}`;
  return new Map(rows.map((row) => [row.event_id, row]));
}

/** Gives an event these discounts and no others. */
export async function saveDiscounts(tx: Transaction, event_id: number, discounts: readonly Columns[]): Promise<void> {
  const ids = discounts.map(({ discount_id }) => discount_id as number);
  await tx`delete from ticketing_event_discount where event_id = ${event_id} and discount_id <> all(${ids}::bigint[])`;
  for (const discount of discounts)
    await tx`
      insert into ticketing_event_discount ${tx(told(discount))}
      on conflict (event_id, discount_id) do update set ${tx(told(discount))}`;
}

/** A tier as it stands. */
export type StoredPrice = {
  readonly price_id: number;
  readonly is_coupon_ticket: number;
  readonly goods_count: number;
};

/** The tiers of an event by their ids. */
export async function findPrices(
  tx: Transaction,
  project_id: number,
  event_id: number,
): Promise<Map<number, StoredPrice>> {
  const rows = await tx<StoredPrice[]>`
    select price_id, is_coupon_ticket, goods_count from ticketing_price
    where project_id = ${project_id} and event_id = ${event_id}`;
  return new Map(rows.map((price) => [price.price_id, price]));
}

/** Where a tier is. */
export type Place = { readonly project_id: number; readonly event_id: number; readonly price_id: number };

/** Makes a tier, with the opening entry of its ledger. */
export async function insertPrice(tx: Transaction, price: Columns & Place, operator: string, now: Date): Promise<void> {
  const { project_id, event_id, price_id } = price;
  await tx`insert into ticketing_price ${tx(told(price))}`;
  await tx`
    insert into ticketing_stock_adjustment
    select project_id, event_id, price_id, 'opening', goods_count, 0, 'opening', ${operator}, ${now} from ticketing_price
    where project_id = ${project_id} and event_id = ${event_id} and price_id = ${price_id}`;
}

/** Changes what a tier is called and costs. */
export async function updatePrice(
  tx: Transaction,
  { project_id, event_id, price_id }: Place,
  rest: Columns,
): Promise<void> {
  await tx`
    update ticketing_price set ${tx(told(rest))}
    where project_id = ${project_id} and event_id = ${event_id} and price_id = ${price_id}`;
}

/** Gives a package these parts and no others. Throws 23503 if one is no plain tier of the event. */
export async function saveChildren(
  tx: Transaction,
  { project_id, event_id, price_id }: Place,
  children: readonly { readonly price_id: number; readonly child_num: number }[],
): Promise<void> {
  await tx`delete from ticketing_price_child
    where project_id = ${project_id} and event_id = ${event_id} and price_id = ${price_id}
      and child_price_id <> all(${children.map((child) => child.price_id)}::bigint[])`;
  if (children.length === 0) return;
  const rows = children.map((child) => ({
    project_id,
    event_id,
    price_id,
    child_price_id: child.price_id,
    child_num: child.child_num,
  }));
  await tx`
    insert into ticketing_price_child ${tx(rows)}
    on conflict (project_id, event_id, price_id, child_price_id) do update set child_num = excluded.child_num`;
}

/** Puts an event on the shelf (1) or takes it off (2); false if there is no such event. */
export async function setEventStatus(sql: Queryable, event_id: number, status: number): Promise<boolean> {
  const rows = await sql`update ticketing_event set status = ${status} where event_id = ${event_id} returning event_id`;
  return rows.length > 0;
}

/** Adds to a tier's goods_count, once for each adjust_id; codes as ticketing_stock_adjust gives them, 0 done. */
export async function adjustStock(
  sql: Queryable,
  { project_id, event_id, price_id }: Place,
  change: { delta: number; reason: string; adjust_id: string; operator: string; now: Date },
): Promise<number> {
  const { delta, reason, adjust_id, operator, now } = change;
  const [row] = await sql<{ code: number }[]>`
    select code from ticketing_stock_adjust(${project_id}, ${event_id}, ${price_id}, ${adjust_id}, ${delta}, ${reason},
      ${operator}, ${now})`;
  return (row as { code: number }).code;
}

/** A project in a list. */
export type ProjectBrief = {
  readonly project_id: number;
  readonly tenant_id: number;
  readonly project_name: string;
  readonly project_seat_type: number;
  readonly event_count: number;
};

/** Projects with ids above one, in their order. */
export async function findProjectPage(
  sql: Sql,
  filter: {
    tenant_id?: number | null | undefined;
    project_name?: string | null | undefined;
    after: number;
    limit: number;
  },
): Promise<ProjectBrief[]> {
  const { tenant_id, project_name, after, limit } = filter;
  return sql<ProjectBrief[]>`
    select project_id, tenant_id, project_name, project_seat_type,
      (select count(*) from ticketing_event event where event.project_id = project.project_id) as event_count
    from ticketing_project project where project_id > ${after}
      ${tenant_id == null ? sql`` : sql`and tenant_id = ${tenant_id}`}
      ${project_name == null ? sql`` : sql`and strpos(project_name, ${project_name}) > 0`}
    order by project_id limit ${limit}`;
}

type Row<T> = T & { readonly event_id: number };
type ProjectRow = {
  project_id: number;
  tenant_id: number;
  project_name: string;
  project_name_en: string | null;
  project_detail: string;
  project_detail_en: string | null;
  project_seat_type: number;
  project_type_id: number;
  project_img_url: string;
  site_id: number;
  hold_minutes: number | null;
};
type EventRow = {
  event_id: number;
  event_name: string;
  event_name_en: string | null;
  event_show_start_time: Date;
  event_show_end_time: Date;
  sale_start_time: Date;
  sale_end_time: Date;
  site_id: number;
  site_version_id: number;
  event_limit_type: number;
  seat_total_num: number;
  order_limit: number | null;
  user_limit: number | null;
  entry_limit: number;
  gate_open_time: Date | null;
  status: number;
};
type DiscountRow = {
  discount_id: number;
  discount_type: number;
  discount_type_name: string;
  discount_type_name_en: string | null;
  discount_name: string;
  discount_name_en: string | null;
  discount_show_info: string;
  discount_show_info_en: string | null;
  threshold: number | null;
  amount: number | null;
};
type PriceRow = {
  price_id: number;
  price_name: string;
  price_name_en: string | null;
  price: number;
  price_color: string;
  is_support_free_combination: number;
  is_coupon_ticket: number;
  is_package_only: boolean;
  goods_count: number;
  sale_count: number;
  held_count: number;
  margin_count: number;
};

/** The parts of a project as they are stored, in order of their ids; undefined if there is no such project. */
export async function findStoredProject(sql: Sql, project_id: number) {
  const [[project], events, discounts, prices, children] = await Promise.all([
    sql<ProjectRow[]>`
      select project_id, tenant_id, project_name, project_name_en, project_detail, project_detail_en, project_seat_type,
        project_type_id, project_img_url, site_id, hold_minutes
      from ticketing_project where project_id = ${project_id}`,
    sql<EventRow[]>`
      select event_id, event_name, event_name_en, event_show_start_time, event_show_end_time, sale_start_time,
        sale_end_time, site_id, site_version_id, event_limit_type, seat_total_num, order_limit, user_limit,
        coalesce(entry_limit, 0) as entry_limit, gate_open_time, status
      from ticketing_event where project_id = ${project_id} order by event_id`,
    sql<Row<DiscountRow>[]>`
      select discount.* from ticketing_event_discount discount join ticketing_event using (event_id)
      where project_id = ${project_id} order by event_id, discount_id`,
    sql<Row<PriceRow>[]>`
      select event_id, price_id, price_name, price_name_en, price, price_color, is_support_free_combination,
        is_coupon_ticket, is_package_only, goods_count, sale_count, held_count, margin_count
      from ticketing_price_shown where project_id = ${project_id} order by event_id, price_id`,
    sql<Row<{ parent_id: number; price_id: number; child_num: number }>[]>`
      select event_id, price_id as parent_id, child_price_id as price_id, child_num
      from ticketing_price_child where project_id = ${project_id} order by event_id, price_id, child_price_id`,
  ]);
  return project && { project, events, discounts, prices, children };
}
