import { type LedgerReader, type LedgerSource, readLedger } from '../../../database/ledger.ts';
import type { Part, Sql } from '../../../database/pool.ts';
import type { RunningStock } from '../../../database/stock.ts';
import type { Order } from '../admin/orders/queries.ts';
import { isRefundDue } from '../admin/payments/queries.ts';

/** Which orders of any project; what is null lets every order through. */
export type OrderSearch = {
  readonly project_id: number | null;
  readonly order_status: number | null;
  readonly refund_due: boolean | null;
  /** Made from this instant on, and before that one. */
  readonly start_time: Date | null;
  readonly end_time: Date | null;
  readonly shopping_cart_id: string | null;
  readonly pay_no: string | null;
  /** The order of a ticket, whose id leads with the project's number. */
  readonly ticket: { readonly ticket_id: number; readonly project_no: number } | null;
  /** Keyed hashes in hex that one person of the order must bear all of. */
  readonly person_hashes: readonly string[];
};

/** Where a page of orders begins: after this one. */
export type OrderPlace = { readonly create_order_time: Date; readonly order_id: string };

/** A person as it stands in an order, sealed in base64. */
export type SealedText = {
  readonly person_no: number;
  readonly line_no: number;
  readonly ticket_index: number;
  readonly sealed: string;
};

/** An order that was found; `persons` those that were searched for. */
export type FoundOrder = Order & { readonly project_name: string; readonly persons: readonly SealedText[] | null };

/** Orders by a ticket, the number of a payment, a cart's id, or a person: the last three are looked up project by project. */
function source(sql: Sql, { ticket, pay_no, shopping_cart_id, person_hashes }: OrderSearch): Part {
  const order = (condition: Part) => sql`
    cross join lateral (select own.* from ticketing_order own where ${condition} offset 0) o`;
  if (ticket !== null)
    return sql`
      from (select project_id from ticketing_project where project_no = ${ticket.project_no} offset 0) project
      cross join lateral (
        select found.order_id from ticketing_ticket found
        where found.project_id = project.project_id and found.ticket_id = ${ticket.ticket_id} offset 0
      ) sold ${order(sql`own.project_id = project.project_id and own.order_id = sold.order_id`)}`;
  if (pay_no !== null)
    return sql`
      from ticketing_project project cross join lateral (
        select payment.order_id from ticketing_payment payment
        where payment.project_id = project.project_id and payment.pay_no = ${pay_no} offset 0
      ) paid ${order(sql`own.project_id = project.project_id and own.order_id = paid.order_id`)}`;
  if (shopping_cart_id !== null)
    return sql`
      from ticketing_project project cross join ticketing_channel channel ${order(sql`own.project_id = project.project_id
        and own.channel_id = channel.channel_id and own.shopping_cart_id = ${shopping_cart_id}`)}`;
  if (person_hashes.length > 0)
    return sql`
      from (select distinct project_id, order_id from person) known
      ${order(sql`own.project_id = known.project_id and own.order_id = known.order_id`)}`;
  return sql`from ticketing_order o`;
}

/** Orders that a search lets through, newest first, after a place. */
export async function searchOrders(
  sql: Sql,
  search: OrderSearch,
  after: OrderPlace | null,
  limit: number,
): Promise<FoundOrder[]> {
  const { project_id, order_status, refund_due, start_time, end_time, person_hashes } = search;
  return sql<FoundOrder[]>`
    with person as materialized (
      select * from ticketing_person where ${person_hashes.length > 0}
        and hashes @> (select array_agg(decode(hash, 'hex')) from unnest(${person_hashes as string[]}::text[]) hash)
        and (${project_id}::bigint is null or project_id = ${project_id})
    ), page as materialized (
      select o.* ${source(sql, search)}
      where (${project_id}::bigint is null or o.project_id = ${project_id})
        and (${order_status}::int2 is null or o.order_status = ${order_status})
        ${refund_due === null ? sql`` : refund_due ? sql`and ${isRefundDue(sql)}` : sql`and not ${isRefundDue(sql)}`}
        ${person_hashes.length > 0 ? sql`and exists (select from person p where p.project_id = o.project_id and p.order_id = o.order_id)` : sql``}
        ${start_time === null ? sql`` : sql`and o.created_at >= ${start_time}`}
        ${end_time === null ? sql`` : sql`and o.created_at < ${end_time}`}
        ${
          after === null
            ? sql``
            : sql`and o.created_at <= ${after.create_order_time}
          and (o.created_at, o.order_id) < (${after.create_order_time}, ${after.order_id}::bigint)`
        }
      order by o.created_at desc, o.order_id desc limit ${limit}
    )
    select o.order_id::text, o.project_id, p.project_name, o.channel_id, o.shopping_cart_id, o.user_id, o.order_status,
      o.goods_money, o.receivable_money, o.created_at as create_order_time, o.expire_time as auto_cancel_order_time,
      o.paid_at as pay_time, o.closed_at as close_time, ${isRefundDue(sql)} as refund_due, (
        select json_agg(json_build_object('person_no', person_no, 'line_no', line_no, 'ticket_index', ticket_index,
          'sealed', encode(sealed, 'base64')) order by person_no)
        from person where person.project_id = o.project_id and person.order_id = o.order_id) as persons
    from page o join ticketing_project p using (project_id)
    order by o.created_at desc, o.order_id desc`;
}

/** Something that happened to an order; money in fen. */
export type OrderEvent = {
  readonly time: Date;
  readonly event: string;
  readonly ref: string | null;
  readonly ticket_count: number | null;
  readonly money: number | null;
  readonly note: string | null;
  readonly check_id: string | null;
  readonly is_undone: boolean | null;
};

/** What happened to an order, earliest first; of entries the latest so many. Empty when there is no such order. */
export async function findEvents(
  sql: Sql,
  project_id: number,
  order_id: number,
  most_entries: number,
): Promise<OrderEvent[]> {
  const of = sql`project_id = ${project_id} and order_id = ${order_id}`;
  return sql<OrderEvent[]>`
    select time, event, ref, ticket_count::integer, money, note, check_id, is_undone from (
      select created_at as time, 1 as rank, 'CREATED' as event, shopping_cart_id as ref, (
          select sum(goods_count) from ticketing_order_line where ${of} and not is_package) as ticket_count,
        receivable_money as money, null::text as note, null::text as check_id, null::boolean as is_undone
      from ticketing_order where ${of}
      union all
      select received_at, 2, case result_code when 200 then 'PAID' else 'PAY_DUE' end, pay_no, null, pay_money, result_code::text, null, null
      from ticketing_payment where ${of}
      union all
      select refunded_at, 7, 'PAY_REFUNDED', pay_no, null, refund_money, reason, null, null
      from ticketing_payment_refund where ${of}
      union all
      select issued_at, 3, 'ISSUED', null, count(*), sum(money)::bigint, null, null, null from ticketing_ticket where ${of} group by issued_at
      union all
      select closed_at, 4, case order_status when 3 then 'CANCELLED' else 'TIMED_OUT' end, null, null, null, null, null, null
      from ticketing_order where ${of} and closed_at is not null
      union all
      select refunded_at, 5, 'REFUNDED', refund_id, cardinality(ticket_ids), refund_money, reason, null, null
      from ticketing_refund where ${of}
      union all (
        select entry.checked_at, 6, 'CHECKED', entry.ticket_id::text, 1, null, entry.gate, entry.check_id,
          undone.check_id is not null
        from ticketing_ticket ticket join ticketing_check entry using (project_id, ticket_id)
        left join ticketing_check_undo undone using (project_id, ticket_id, check_id)
        where ticket.project_id = ${project_id} and ticket.order_id = ${order_id} order by entry.checked_at desc limit ${most_entries}
      )
      union all (
        select undone.undone_at, 8, 'CHECK_UNDONE', undone.ticket_id::text, 1, null, undone.reason, undone.check_id, null
        from ticketing_ticket ticket join ticketing_check_undo undone using (project_id, ticket_id)
        where ticket.project_id = ${project_id} and ticket.order_id = ${order_id} order by undone.undone_at desc limit ${most_entries}
      )
    ) happened order by time, rank, ref`;
}

/** What a channel may sell of an event. */
export type Authorization = {
  readonly event_id: number;
  readonly channel_id: number;
  readonly channel_name: string;
  readonly authorized: boolean;
  readonly price_list: { price_id: number; authorized: boolean }[];
};

/** Whether there is a project of this id. */
export async function hasProject(sql: Sql, project_id: number): Promise<boolean> {
  return (await sql`select from ticketing_project where project_id = ${project_id}`).length > 0;
}

/** What channels, or one of them, may sell of a project, after an event and channel, in their order. */
export async function findAuthorizations(
  sql: Sql,
  { project_id, channel_id }: { project_id: number; channel_id: number | null },
  after: readonly [event_id: number, channel_id: number],
  limit: number,
): Promise<Authorization[]> {
  return sql<Authorization[]>`
    select own.event_id, own.channel_id, channel.channel_name, own.authorized, (
        select coalesce(json_agg(json_build_object('price_id', price.price_id, 'authorized', price.authorized) order by price.price_id), '[]')
        from ticketing_channel_price price where price.project_id = event.project_id and price.event_id = own.event_id
          and price.channel_id = own.channel_id) as price_list
    from ticketing_event event join ticketing_channel_event own using (event_id) join ticketing_channel channel using (channel_id)
    where event.project_id = ${project_id} and (${channel_id}::bigint is null or own.channel_id = ${channel_id})
      and (own.event_id, own.channel_id) > (${after[0]}, ${after[1]})
    order by own.event_id, own.channel_id limit ${limit}`;
}

/** A tier: project, event, tier. */
type Tier = readonly [project_id: number, event_id: number, price_id: number];

/** Reads `project_id/event_id/price_id`; undefined when it is something else. */
function readTier(key: string): Tier | undefined {
  const found = /^(\d{1,16})\/(\d{1,16})\/(\d{1,16})$/.exec(key);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

const place = (sql: Sql, [project_id, event_id, price_id]: Tier): Part =>
  sql`project_id = ${project_id} and event_id = ${event_id} and price_id = ${price_id}`;

/** Openings and adjustments of a tier: of its goods, or of what was sold elsewhere before. */
const adjusted = (sql: Sql, tier: Tier, delta: 'goods_delta' | 'sale_delta'): LedgerSource => ({
  at: sql`adjusted_at`,
  kind: sql`case adjust_id when 'opening' then 'opening' else 'adjusted' end`,
  ...{ delta: sql`${sql(delta)}`, ref: sql`adjust_id`, reason: sql`reason`, operator: sql`operator` },
  from: sql`from ticketing_stock_adjustment where ${place(sql, tier)} and ${sql(delta)} <> 0`,
});

/** What orders took of a tier, each line by itself, at an instant of theirs. */
const ordered = (sql: Sql, tier: Tier, kind: 'taken' | 'returned', at: Part): LedgerSource => ({
  ...{ at, kind: sql`${kind}::text`, ref: sql`line.order_id::text` },
  delta: kind === 'taken' ? sql`line.goods_count` : sql`-line.goods_count`,
  no: sql`(line.line_no * 1000 + line.child_no)::bigint`,
  from: sql`
    from (select * from ticketing_order_line where ${place(sql, tier)}) line join ticketing_order o using (project_id, order_id)
    where ${at} is not null`,
});

/** What refunds gave back of a tier; of a package its whole units. */
const refunded = (sql: Sql, tier: Tier): LedgerSource => ({
  ...{ at: sql`refunded_at`, kind: sql`'returned'`, delta: sql`-units`, ref: sql`refund_id` },
  ...{ reason: sql`reason`, operator: sql`operator` },
  from: sql`
    from (
      select r.refunded_at, r.refund_id, r.reason, r.operator,
        count(distinct (t.line_no, case when line.is_package then t.unit_no else t.ticket_id end)) as units
      from (select * from ticketing_order_line where ${place(sql, tier)}) line
      join ticketing_ticket t on t.project_id = line.project_id and t.order_id = line.order_id and t.line_no = line.line_no
        and (line.is_package or t.price_id = line.price_id)
      join ticketing_refund r on r.project_id = t.project_id and r.refund_id = t.refund_id
      group by r.refunded_at, r.refund_id, r.reason, r.operator
    ) refund where true`,
});

const ledgerOf =
  (
    counter: 'goods_count' | 'sale_count' | 'held_count',
    sources: (sql: Sql, tier: Tier) => LedgerSource[],
  ): LedgerReader =>
  async (sql, key, page) => {
    const tier = readTier(key);
    if (tier === undefined) return undefined;
    const counted = sql`select ${sql(counter)} from ticketing_price where ${place(sql, tier)}`;
    return readLedger(sql, counted, sources(sql, tier), page);
  };

/** The ledgers of ticketing, by counter. */
export const ticketingLedgers = {
  'ticketing_price.goods_count': ledgerOf('goods_count', (sql, tier) => [adjusted(sql, tier, 'goods_delta')]),
  'ticketing_price.sale_count': ledgerOf('sale_count', (sql, tier) => [
    adjusted(sql, tier, 'sale_delta'),
    ordered(sql, tier, 'taken', sql`o.paid_at`),
    refunded(sql, tier),
  ]),
  'ticketing_price.held_count': ledgerOf('held_count', (sql, tier) => [
    ordered(sql, tier, 'taken', sql`o.created_at`),
    ordered(sql, tier, 'returned', sql`coalesce(o.paid_at, o.closed_at)`),
  ]),
};

/** The tiers on sale, with the tickets or packages that are left. */
export const runningTicketing: RunningStock = (sql, now, most) => sql`
  select 'ticketing_price', t.project_id || '/' || t.event_id || '/' || t.price_id as key,
    e.event_name || ' · ' || t.price_name, t.goods_count, t.margin_count, extract(epoch from e.sale_end_time)::bigint
  from ticketing_event e join ticketing_price_shown t using (project_id, event_id)
  where not period_over(e.sale_end_time, ${now}) and e.sale_start_time <= ${now} and e.status = 1
  order by e.sale_end_time, key limit ${most}`;
