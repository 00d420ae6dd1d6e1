import type { ResponseOf } from '../../contract/method.ts';
import type { projectDetail } from '../../contract/ticketing/damai.ts';
import type { Queryable, Sql } from '../../database/pool.ts';

/** Purpose under which the vault hashes the family's tokens. */
export const TOKEN_PURPOSE = 'damai-token';

/** Keyed hashes of the three tokens in hex. */
export type TokenHashes = { readonly tenant_hash: string; readonly ptnr_hash: string; readonly channel_hash: string };

/** Whose view of which project: of all its events, or found by one event and with that one only; 1 for Chinese or 2 for English. */
export type ProjectKey = TokenHashes & {
  readonly project_id: number | undefined;
  readonly event_id: number | undefined;
  readonly lang_type: number;
};

type ProjectVo = NonNullable<ResponseOf<typeof projectDetail>['result_data']['project_vo']>;
type EventVo = ProjectVo['event_list'][number];

/** An event's sale in epoch milliseconds: open from the first instant on and before the second. */
export type SaleWindow = { readonly sale_start_time: number; readonly sale_end_time: number };

/** A project as one channel sees it; the sale states are left to the instant of the call. */
export type Project = Omit<ProjectVo, 'project_sale_state' | 'event_list'> & {
  readonly event_list: (Omit<EventVo, 'event_sale_state'> & SaleWindow)[];
};

/** Who calls, as far as the three tokens lead. */
export type Caller = {
  readonly tenant_id: number | null;
  readonly ptnr_id: number | null;
  readonly channel_id: number | null;
};

/** What three tokens and a project or event id lead to, as far as they lead. */
export type FoundProject = Caller & { readonly project: Project | null };

/** A {@link Project} as JSON brings it: instants in epoch milliseconds. */
type ProjectJson = Omit<Project, 'project_start_time' | 'project_end_time' | 'event_list'> & {
  readonly project_start_time: number | null;
  readonly project_end_time: number | null;
  readonly event_list: (Omit<Project['event_list'][number], 'event_show_start_time' | 'event_show_end_time'> & {
    readonly event_show_start_time: number;
    readonly event_show_end_time: number;
  })[];
};

/**
 * What each key leads to, in the order of the keys, in one statement. A partner counts only under its tenant, a channel
 * only under its partner, a project only for its tenant. The arrays stand in subqueries so that the planner cannot count
 * them: it would plan anew for every count, which takes five times as long as to run the plan.
 */
export async function findProjects(sql: Sql, keys: readonly ProjectKey[]): Promise<FoundProject[]> {
  const rows = await sql<(Omit<FoundProject, 'project'> & { project: ProjectJson | null })[]>`
    select tenant.tenant_id, ptnr.ptnr_id, channel.channel_id, project_vo.project
    from unnest(
      (select ${keys.map((key) => key.tenant_hash)}::text[]), (select ${keys.map((key) => key.ptnr_hash)}::text[]),
      (select ${keys.map((key) => key.channel_hash)}::text[]),
      (select ${keys.map((key) => key.project_id ?? null)}::bigint[]),
      (select ${keys.map((key) => key.event_id ?? null)}::bigint[]),
      (select ${keys.map((key) => key.lang_type)}::integer[])
    ) with ordinality as asked (tenant_hash, ptnr_hash, channel_hash, project_id, event_id, lang_type, position)
    ${callerJoins(sql)}
    left join lateral (${projectVo(sql)}) as project_vo on channel.channel_id is not null
    order by asked.position`;
  return rows.map((row) => ({ ...row, project: row.project && withInstants(row.project) }));
}

/** What the tokens of the query around it lead to. */
const callerJoins = (sql: Sql) => sql`
  left join ticketing_tenant as tenant on tenant.token_hash = decode(asked.tenant_hash, 'hex')
  left join ticketing_ptnr as ptnr on ptnr.tenant_id = tenant.tenant_id and ptnr.token_hash = decode(asked.ptnr_hash, 'hex')
  left join ticketing_channel as channel
    on channel.ptnr_id = ptnr.ptnr_id and channel.token_hash = decode(asked.channel_hash, 'hex')`;

/** Who the bearers of each three tokens are, in the order of the keys, in one statement. */
export async function findCallers(sql: Sql, keys: readonly TokenHashes[]): Promise<Caller[]> {
  return sql<Caller[]>`
    select tenant.tenant_id, ptnr.ptnr_id, channel.channel_id
    from unnest(
      (select ${keys.map((key) => key.tenant_hash)}::text[]), (select ${keys.map((key) => key.ptnr_hash)}::text[]),
      (select ${keys.map((key) => key.channel_hash)}::text[])
    ) with ordinality as asked (tenant_hash, ptnr_hash, channel_hash, position)
    ${callerJoins(sql)}
    order by asked.position`;
}

function withInstants(json: ProjectJson): Project {
  return {
    ...json,
    project_start_time: json.project_start_time === null ? null : new Date(json.project_start_time),
    project_end_time: json.project_end_time === null ? null : new Date(json.project_end_time),
    event_list: json.event_list.map((event) => ({
      ...event,
      event_show_start_time: new Date(event.event_show_start_time),
      event_show_end_time: new Date(event.event_show_end_time),
    })),
  };
}

/** The project asked for as one JSON value, for the tenant, channel and language of the query around it. */
const projectVo = (sql: Sql) => sql`
  select row_to_json(vo) as project from (
    select project.project_id::text,
      coalesce(case when asked.lang_type = 2 then project_name_en end, project_name) as project_name,
      events.project_start_time, events.project_end_time, project_seat_type, project_type_id::text, project_img_url,
      coalesce(case when asked.lang_type = 2 then project_detail_en end, project_detail) as project_detail,
      prices.project_min_price, prices.project_max_price, coalesce(events.event_list, '[]') as event_list,
      site_id::text, coalesce(case when asked.lang_type = 2 then site_name_en end, site_name) as site_name
    from ticketing_project as project
    join ticketing_site using (site_id)
    cross join lateral (${eventList(sql)}) as events
    cross join lateral (
      select min(price)::text as project_min_price, max(price)::text as project_max_price
      from ticketing_price join ticketing_event using (project_id, event_id)
      where project_id = project.project_id and not is_package_only and status = 1
    ) as prices
    where project.project_id = coalesce(asked.project_id, (
        select event.project_id from ticketing_event as event where event.event_id = asked.event_id and event.status = 1
      )) and project.tenant_id = tenant.tenant_id
  ) as vo`;

/** The events on the shelf of the project around it, in order of their start, and the span of their shows. */
const eventList = (sql: Sql) => sql`
  select json_agg(vo) as event_list, min(event_show_start_time) as project_start_time,
    max(event_show_end_time) as project_end_time
  from (
    select event.event_id::text,
      coalesce(case when asked.lang_type = 2 then event_name_en end, event_name) as event_name,
      event.project_id::text,
      coalesce(case when asked.lang_type = 2 then project_name_en end, project_name) as project_name,
      ${milliseconds(sql, 'event_show_start_time')}, ${milliseconds(sql, 'event_show_end_time')},
      ${milliseconds(sql, 'sale_start_time')}, ${milliseconds(sql, 'sale_end_time')},
      case when channel_event.authorized then 1 else 2 end as channel_authorize_state,
      site_id::text, coalesce(case when asked.lang_type = 2 then site_name_en end, site_name) as site_name,
      site_version_id::text, (${priceList(sql)}) as price_list, (${discountList(sql)}) as event_discount_list,
      event_limit_type, seat_total_num
    from ticketing_event as event
    join ticketing_site using (site_id)
    left join ticketing_channel_event as channel_event
      on channel_event.channel_id = channel.channel_id and channel_event.event_id = event.event_id
    where event.project_id = project.project_id and event.status = 1
      and event.event_id = coalesce(asked.event_id, event.event_id)
    order by event.event_show_start_time, event.event_id
  ) as vo`;

const milliseconds = (sql: Sql, column: string) =>
  sql`(extract(epoch from event.${sql(column)}) * 1000)::bigint as ${sql(column)}`;

/**
 * The tiers and packages on offer in the event around it. A package goes no further than its children do. goods_count is
 * how many single tickets one unit holds (as in order.submit), not a stock.
 */
const priceList = (sql: Sql) => sql`
  select coalesce(json_agg(vo), '[]') from (
    select price_id::text, coalesce(case when asked.lang_type = 2 then price_name_en end, price_name) as price_name,
      price::text, price_color, is_support_free_combination, is_coupon_ticket,
      case when is_coupon_ticket = 1 then coalesce(package.child_list, '[]') end as child_list,
      case when is_coupon_ticket = 1 then coalesce(package.tickets, 0) else 1 end as goods_count, sale_count, margin_count,
      ${authorizeState(sql, 'tier')}
    from ticketing_price_shown as tier
    cross join lateral (${childList(sql)}) as package
    where tier.project_id = event.project_id and tier.event_id = event.event_id and not is_package_only
    order by tier.price_id
  ) as vo`;

/** The children of the package around it, and how many tickets one package holds. */
const childList = (sql: Sql) => sql`
  select json_agg(vo) as child_list, sum(vo.goods_count) as tickets
  from (
    select child.price_id::text, coalesce(case when asked.lang_type = 2 then price_name_en end, price_name) as price_name,
      price::text, price_color, child_num as goods_count, sale_count, margin_count, ${authorizeState(sql, 'child')}
    from ticketing_price_child as part
    join ticketing_price as child
      on child.project_id = part.project_id and child.event_id = part.event_id and child.price_id = part.child_price_id
    where tier.is_coupon_ticket = 1 and part.project_id = tier.project_id and part.event_id = tier.event_id
      and part.price_id = tier.price_id
    order by child.price_id
  ) as vo`;

/** Whether the channel may sell a tier: never without its event, else unless a row for the tier says no. */
const authorizeState = (sql: Sql, tier: 'tier' | 'child') => sql`
  case when channel_event.authorized and coalesce((
    select authorized from ticketing_channel_price as own
    where own.project_id = ${sql(tier)}.project_id and own.event_id = ${sql(tier)}.event_id
      and own.price_id = ${sql(tier)}.price_id and own.channel_id = channel.channel_id
  ), true) then 1 else 2 end as channel_authorize_state`;

const discountList = (sql: Sql) => sql`
  select coalesce(json_agg(vo), '[]') from (
    select discount_type,
      coalesce(case when asked.lang_type = 2 then discount_type_name_en end, discount_type_name) as discount_type_name,
      coalesce(case when asked.lang_type = 2 then discount_name_en end, discount_name) as discount_name,
      coalesce(case when asked.lang_type = 2 then discount_show_info_en end, discount_show_info) as discount_show_info
    from ticketing_event_discount as discount
    where discount.event_id = event.event_id
    order by discount_id
  ) as vo`;

/** The tables of this domain in an order in which their rows may be written. */
export type Table =
  | 'ticketing_tenant'
  | 'ticketing_ptnr'
  | 'ticketing_channel'
  | 'ticketing_site'
  | 'ticketing_project'
  | 'ticketing_event'
  | 'ticketing_event_discount'
  | 'ticketing_price'
  | 'ticketing_stock_adjustment'
  | 'ticketing_price_child'
  | 'ticketing_channel_event'
  | 'ticketing_channel_price';

/** A row to write: column names and values. */
export type Row = Readonly<Record<string, string | number | boolean | Date | Uint8Array | null>>;

/** Writes rows of a table, all with the same columns; a row whose key exists is left as it is. */
export async function insertNew(sql: Queryable, table: Table, rows: readonly Row[]): Promise<void> {
  await sql`insert into ${sql(table)} ${sql(rows)} on conflict do nothing`;
}

/** Writes a project with a number of its own, unless it is there. */
export async function insertNumbered(sql: Queryable, project: Row & { readonly project_no: number }): Promise<void> {
  const columns = Object.keys(project);
  await sql`
    insert into ticketing_project (${sql(columns)}) overriding system value
    select ${sql(columns)} from jsonb_populate_record(null::ticketing_project, ${sql.json(project as never)})
    on conflict do nothing`;
}

/** Lets an unpaid order hold its stock until an instant. */
export async function holdUntil(sql: Sql, project_id: number, order_id: number, until: Date): Promise<void> {
  await sql`
    update ticketing_order set expire_time = ${until}
    where project_id = ${project_id} and order_id = ${order_id} and order_status = 1`;
}
