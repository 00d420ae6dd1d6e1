import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';
import type { Template } from '../queries.ts';

/** Which template of which seller. */
export type TemplateKey = { readonly user_id: number; readonly benefit_id: number };

/** What of a template an operator sets, beside its numbers and state. */
export type TemplateChange = Pick<Template, 'denomination' | 'start_time' | 'end_time' | 'extend_feature' | 'options'> &
  Pick<Template, 'out_object_id' | 'out_object_name' | 'max_sends' | 'window_seconds'>;

/** A change of a template's total by an operator: `delta` in units, `operator` an operator's login or an app_key. */
export type Adjustment = TemplateKey & {
  readonly adjust_id: string;
  readonly delta: number;
  readonly reason: string;
  readonly operator: string;
  readonly adjusted_at: Date;
};

/** Whether there is a type of this number. */
export async function hasType(sql: Queryable, config_id: number): Promise<boolean> {
  return (await sql`select from benefit_type where config_id = ${config_id}`).length > 0;
}

/** One template as stored; undefined when the seller has none of that id. */
export async function findTemplate(sql: Queryable, key: TemplateKey): Promise<Template | undefined> {
  const [row] = await sql<Template[]>`
    select * from benefit_template where user_id = ${key.user_id} and benefit_id = ${key.benefit_id}`;
  return row;
}

/** Changes a template. */
export async function changeTemplate(tx: Transaction, key: TemplateKey, change: TemplateChange): Promise<void> {
  await tx`
    update benefit_template set ${tx(change as Required<TemplateChange>)}
    where user_id = ${key.user_id} and benefit_id = ${key.benefit_id}`;
}

/** A seller's templates after an id, in order; of a type and state where given. */
export async function listTemplates(
  sql: Sql,
  filter: {
    readonly user_id: number;
    readonly config_id?: number | null | undefined;
    readonly status?: number | null | undefined;
    readonly after: number;
    readonly limit: number;
  },
): Promise<Template[]> {
  const { user_id, config_id, status, after, limit } = filter;
  return sql<Template[]>`
    select * from benefit_template where user_id = ${user_id} and benefit_id > ${after}
      ${config_id == null ? sql`` : sql`and config_id = ${config_id}`} ${status == null ? sql`` : sql`and status = ${status}`}
    order by benefit_id limit ${limit}`;
}

/** Withdraws a template or puts it back; false when the seller has none of that id. */
export async function setStatus(sql: Queryable, key: TemplateKey, status: number): Promise<boolean> {
  const { count } = await sql`
    update benefit_template set status = ${status} where user_id = ${key.user_id} and benefit_id = ${key.benefit_id}`;
  return count > 0;
}

/** An adjustment that was made under this key; undefined when there is none. */
export async function findAdjustment(
  tx: Transaction,
  { user_id, benefit_id, adjust_id }: Adjustment,
): Promise<{ delta: number; reason: string; total_after: number } | undefined> {
  const [row] = await tx<{ delta: number; reason: string; total_after: number }[]>`
    select delta_total as delta, reason, total_after from benefit_adjustment
    where user_id = ${user_id} and benefit_id = ${benefit_id} and adjust_id = ${adjust_id}`;
  return row;
}

/** Adds to the units of a template and writes it into the ledger. */
export async function writeAdjustment(
  tx: Transaction,
  { delta, ...adjustment }: Adjustment & { readonly total_after: number },
): Promise<void> {
  await tx`
    update benefit_template set total_num = total_num + ${delta}, valid_total_num = valid_total_num + ${delta}
    where user_id = ${adjustment.user_id} and benefit_id = ${adjustment.benefit_id}`;
  await tx`insert into benefit_adjustment ${tx({ ...adjustment, delta_total: delta, delta_valid: delta })}`;
}

/** Closes a type to a seller; closing twice is closing once. */
export async function closeType(sql: Queryable, user_id: number, config_id: number): Promise<void> {
  await sql`delete from benefit_seller_type where user_id = ${user_id} and config_id = ${config_id}`;
}

/** A send as stored, with what it gave of each benefit. */
export type Send = {
  readonly user_id: number;
  readonly send_id: number;
  readonly unique_id: string;
  readonly receiver_sealed: Buffer;
  readonly biz_id: string | null;
  readonly trace_id: string | null;
  readonly sent_at: Date;
  readonly details: { detail_id: number; benefit_id: number; send_count: number; success_count: number }[];
};

/** Sends before an id, the newest first: a seller's, of one key or one receiver where given; or those of a key, seller by seller. */
export async function findSends(
  sql: Sql,
  filter: {
    readonly user_id: number | null | undefined;
    readonly unique_id: string | null | undefined;
    readonly receiver_hash: Buffer | undefined;
    readonly before: number;
    readonly limit: number;
  },
): Promise<Send[]> {
  const { user_id, unique_id, receiver_hash, before, limit } = filter;
  const everySeller = sql`benefit_find_sends(${unique_id ?? ''}) s`;
  return sql<Send[]>`
    select s.user_id, send_id, unique_id, receiver_sealed, biz_id, trace_id, sent_at,
      (select json_agg(json_build_object('detail_id', detail_id, 'benefit_id', benefit_id, 'send_count', send_count,
          'success_count', success_count) order by detail_id)
       from benefit_send_detail d where d.user_id = s.user_id and d.unique_id = s.unique_id) as details
    from ${user_id == null ? everySeller : sql`benefit_send s`}
    where send_id < ${before} ${user_id == null ? sql`` : sql`and s.user_id = ${user_id}`}
      ${unique_id == null ? sql`` : sql`and unique_id = ${unique_id}`}
      ${receiver_hash === undefined ? sql`` : sql`and receiver_hash = ${receiver_hash}`}
    order by send_id desc limit ${limit}`;
}
