import type { Sql } from '../../../database/pool.ts';
import type { SubmitCommand } from '../orders/queries.ts';

/** The tenant of a channel; undefined when there is no such channel. */
export async function tenantOfChannel(sql: Sql, channel_id: number): Promise<number | undefined> {
  const [row] = await sql<{ tenant_id: number }[]>`
    select tenant_id from ticketing_channel join ticketing_ptnr using (ptnr_id) where channel_id = ${channel_id}`;
  return row?.tenant_id;
}

/** A line of an order with what is known of its event and tier; instants in epoch milliseconds, money in fen. */
export type LineFacts = {
  readonly line_no: number;
  readonly event_id: number;
  readonly price_id: number;
  readonly goods_count: number;
  readonly bearer_count: number;
  readonly event_status: number | null;
  readonly sale_start_time: number;
  readonly sale_end_time: number;
  readonly event_limit_type: number;
  readonly order_limit: number | null;
  readonly user_limit: number | null;
  /** Price of one and what the line costs after discounts; null without such a tier. */
  readonly price: number | null;
  readonly money: number | null;
  /** Tickets in one of the goods; null in a package that holds nothing. */
  readonly tickets: number | null;
  readonly is_package: boolean | null;
  readonly is_package_only: boolean | null;
  readonly event_authorized: boolean | null;
  readonly price_authorized: boolean | null;
  /** A tier within the package that the channel may not sell. */
  readonly child_price_id: number | null;
  /** What one package holds, by tier id. */
  readonly package_children: Readonly<Record<string, number>> | null;
};

/** What an order takes: kind 1 of a tier's stock, 2 of a user's share of an event; `left` before it is taken. */
export type NeedFacts = {
  readonly kind: 1 | 2;
  readonly event_id: number;
  readonly price_id: number;
  readonly amount: number;
  readonly left: number | null;
};

/** All that decides an order of one project at an instant. */
export type OrderFacts = {
  readonly lines: readonly LineFacts[];
  readonly needs: readonly NeedFacts[];
  /** The order that bears the cart's id already: keyed hash (hex) of what it asked, its id and when. */
  readonly cart_content: string | null;
  readonly cart_order_id: number | null;
  readonly cart_created_at: Date | null;
};

/** Orders whose hold has timed out are closed before an order is decided, so many at most. */
const MOST_LAPSED = 5000;

const lapsedOrders = (sql: Sql, project_id: number, now: Date) => sql`
  select order_id, user_id from ticketing_order
  where project_id = ${project_id} and order_status = 1 and expire_time <= ${now} order by expire_time limit ${MOST_LAPSED}`;

/**
 * What decides an order of a project at an instant, in one statement and one snapshot; takes no lock. Lines, needs and
 * prices come from the functions by which orders are decided; what holds that have timed out keep is counted as free.
 */
export async function findOrderFacts(sql: Sql, project_id: number, command: SubmitCommand): Promise<OrderFacts> {
  const commands = sql.json([command] as never);
  const { now, channel_id, shopping_cart_id, user_id } = command;
  const [row] = await sql<OrderFacts[]>`
    with lapsed as materialized (${lapsedOrders(sql, project_id, now)}),
    freed as materialized (select * from ticketing_order_takes(${project_id}, array(select order_id from lapsed))),
    goods as materialized (select array_agg(g) as list from ticketing_goods_read(${project_id}, ${commands}) g)
    select (
        select json_agg(json_build_object('line_no', g.line_no, 'event_id', g.event_id, 'price_id', g.price_id,
          'goods_count', g.goods_count, 'bearer_count', g.bearer_count, 'event_status', e.status,
          'sale_start_time', extract(epoch from e.sale_start_time) * 1000,
          'sale_end_time', extract(epoch from e.sale_end_time) * 1000, 'event_limit_type', e.event_limit_type,
          'order_limit', e.order_limit, 'user_limit', e.user_limit, 'price', g.price, 'money', g.money,
          'tickets', g.tickets, 'is_package', g.is_package, 'is_package_only', p.is_package_only,
          'event_authorized', own_event.authorized, 'price_authorized', own_price.authorized,
          'child_price_id', g.child_price_id, 'package_children', (
            select json_object_agg(part.child_price_id, part.child_num) from ticketing_price_child part
            where part.project_id = ${project_id} and part.event_id = g.event_id and part.price_id = g.price_id)
          ) order by g.line_no)
        from unnest(goods.list) g
        left join ticketing_event e on e.project_id = ${project_id} and e.event_id = g.event_id
        left join ticketing_price p
          on p.project_id = ${project_id} and p.event_id = g.event_id and p.price_id = g.price_id
        left join ticketing_channel_event own_event on own_event.channel_id = ${channel_id} and own_event.event_id = g.event_id
        left join ticketing_channel_price own_price on own_price.project_id = ${project_id}
          and own_price.event_id = g.event_id and own_price.price_id = g.price_id and own_price.channel_id = ${channel_id}
      ) as lines, (
        select coalesce(json_agg(json_build_object('kind', need.kind, 'event_id', need.event_id, 'price_id', need.price_id,
          'amount', need.amount, 'left', need.capacity + case need.kind
            when 1 then coalesce((
              select sum(f.n) from freed f where f.event_id = need.event_id and f.price_id = need.price_id), 0)
            else coalesce((
              select sum(line.goods_count) from lapsed join ticketing_order_line line using (order_id)
              where line.project_id = ${project_id} and line.event_id = need.event_id and not line.is_package
                and lapsed.user_id = ${user_id}), 0) end) order by need.resource), '[]')
        from ticketing_goods_need(${project_id}, ${commands}, goods.list) need where need.kind in (1, 2)
      ) as needs, encode(cart.content_hash, 'hex') as cart_content, cart.order_id as cart_order_id,
      cart.created_at as cart_created_at
    from goods left join ticketing_order cart on cart.project_id = ${project_id} and cart.channel_id = ${channel_id}
      and cart.shopping_cart_id = ${shopping_cart_id}`;
  return row as OrderFacts;
}

/** A document that an order would use for an event, as a keyed hash in hex. */
export type DocumentKey = { readonly event_id: number; readonly document_hash: string };

/** The orders by which documents are held or bought at an instant, timed-out holds left out; null where there is none. */
export async function findDocumentOrders(
  sql: Sql,
  project_id: number,
  keys: readonly DocumentKey[],
  now: Date,
): Promise<(number | null)[]> {
  const rows = await sql<{ order_id: number | null }[]>`
    with lapsed as materialized (${lapsedOrders(sql, project_id, now)})
    select d.order_id
    from rows from (jsonb_to_recordset(${sql.json(keys as never)}) as (event_id bigint, document_hash text))
      with ordinality as k (event_id, document_hash, n)
    left join ticketing_document d on d.project_id = ${project_id} and d.event_id = k.event_id
      and d.document_hash = decode(k.document_hash, 'hex') and d.standing and d.order_id not in (select order_id from lapsed)
    order by k.n`;
  return rows.map(({ order_id }) => order_id);
}
