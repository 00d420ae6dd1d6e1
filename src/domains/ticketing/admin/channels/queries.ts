import type { RequestOf } from '../../../../contract/method.ts';
import type { tenantSave } from '../../../../contract/ticketing/admin-channels.ts';
import type { Queryable, Sql, Transaction } from '../../../../database/pool.ts';

/** Minutes that unpaid orders hold stock where their tenant has no setting of its own. */
const HOLD_MINUTES = 15;

/**
 * Creates or changes a tenant; what is left out stays, and null brings the default back. `token_hash` is what a new one
 * begins with.
 */
export async function saveTenant(
  sql: Queryable,
  { tenant_id, tenant_name, hold_minutes }: RequestOf<typeof tenantSave>,
  token_hash: Uint8Array,
): Promise<void> {
  const minutes = hold_minutes ?? HOLD_MINUTES;
  const changed = { tenant_name, ...(hold_minutes !== undefined && { hold_minutes: minutes }) };
  await sql`
    insert into ticketing_tenant ${sql({ tenant_id, tenant_name, hold_minutes: minutes, token_hash })}
    on conflict (tenant_id) do update set ${sql(changed)}`;
}

/** Creates or renames a partner; false if it belongs to another tenant. Throws 23503 if there is no such tenant. */
export async function savePtnr(
  sql: Queryable,
  ptnr: { readonly ptnr_id: number; readonly tenant_id: number; readonly ptnr_name: string },
  token_hash: Uint8Array,
): Promise<boolean> {
  const rows = await sql`
    insert into ticketing_ptnr ${sql({ ...ptnr, token_hash })}
    on conflict (ptnr_id) do update set ptnr_name = excluded.ptnr_name where ticketing_ptnr.tenant_id = excluded.tenant_id
    returning ptnr_id`;
  return rows.length > 0;
}

/** Creates or renames a channel; false if it belongs to another partner. Throws 23503 if there is no such partner. */
export async function saveChannel(
  sql: Queryable,
  channel: { readonly channel_id: number; readonly ptnr_id: number; readonly channel_name: string },
  token_hash: Uint8Array,
): Promise<boolean> {
  const rows = await sql`
    insert into ticketing_channel ${sql({ ...channel, token_hash })}
    on conflict (channel_id) do update set channel_name = excluded.channel_name where ticketing_channel.ptnr_id = excluded.ptnr_id
    returning channel_id`;
  return rows.length > 0;
}

/** Whose token it is. */
export type Holder = 'tenant' | 'ptnr' | 'channel';

/** Gives a holder another token; false if there is no such holder. */
export async function setToken(
  sql: Queryable,
  holder: Holder,
  holder_id: number,
  token_hash: Uint8Array,
): Promise<boolean> {
  const rows = await sql`
    update ${sql(`ticketing_${holder}`)} set token_hash = ${token_hash}
    where ${sql(`${holder}_id`)} = ${holder_id} returning 1`;
  return rows.length > 0;
}

/** A tenant with a partner and a channel of it, as far as there are. */
export type Seller = {
  readonly tenant_id: number;
  readonly tenant_name: string;
  readonly hold_minutes: number;
  readonly ptnr_id: number | null;
  readonly ptnr_name: string | null;
  readonly channel_id: number | null;
  readonly channel_name: string | null;
};

/** Sellers after a place, in order of tenant, partner and channel. */
export async function findSellers(
  sql: Sql,
  after: readonly [number, number, number],
  limit: number,
  tenant_id: number | null | undefined,
): Promise<Seller[]> {
  return sql<Seller[]>`
    select tenant_id, tenant_name, hold_minutes, ptnr_id, ptnr_name, channel_id, channel_name
    from ticketing_tenant left join ticketing_ptnr using (tenant_id) left join ticketing_channel using (ptnr_id)
    where (tenant_id, coalesce(ptnr_id, 0), coalesce(channel_id, 0)) > (${after[0]}, ${after[1]}, ${after[2]})
      ${tenant_id == null ? sql`` : sql`and tenant_id = ${tenant_id}`}
    order by tenant_id, coalesce(ptnr_id, 0), coalesce(channel_id, 0) limit ${limit}`;
}

/** The project of an event; undefined if there is no such event. */
export async function projectOfEvent(sql: Queryable, event_id: number): Promise<number | undefined> {
  const [row] = await sql<{ project_id: number }[]>`
    select project_id from ticketing_event where event_id = ${event_id}`;
  return row?.project_id;
}

/** Which tiers of an event differ from it in what a channel may sell. */
export type Authorization = { readonly price_id: number; readonly authorized: boolean };

/**
 * Says what a channel may sell of an event; tiers not named follow the event, and without a list they stay as they are.
 * Throws 23503 if there is no such channel or
 * tier.
 */
export async function authorize(
  tx: Transaction,
  place: { readonly channel_id: number; readonly project_id: number; readonly event_id: number },
  authorized: boolean,
  prices: readonly Authorization[] | undefined,
): Promise<void> {
  const { channel_id, project_id, event_id } = place;
  await tx`
    insert into ticketing_channel_event (channel_id, event_id, authorized) values (${channel_id}, ${event_id}, ${authorized})
    on conflict (channel_id, event_id) do update set authorized = excluded.authorized`;
  if (prices === undefined) return;
  await tx`delete from ticketing_channel_price
    where project_id = ${project_id} and event_id = ${event_id} and channel_id = ${channel_id}
      and price_id <> all(${prices.map(({ price_id }) => price_id)}::bigint[])`;
  if (prices.length === 0) return;
  await tx`
    insert into ticketing_channel_price ${tx(prices.map((price) => ({ project_id, event_id, channel_id, ...price })))}
    on conflict (project_id, event_id, price_id, channel_id) do update set authorized = excluded.authorized`;
}
