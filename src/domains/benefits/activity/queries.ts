import type { Sql, Transaction } from '../../../database/pool.ts';

/** An activity as it is registered. */
export type NewActivity = {
  readonly user_id: number;
  readonly name: string;
  readonly type: string;
  readonly activity_url: string | null;
  readonly desc: string | null;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly content_hash: Buffer;
  readonly created_at: Date;
};

/** A benefit to relate; its type must fit where it is given. */
export type Wanted = {
  readonly benefit_id: number;
  readonly benefit_type?: string | null | undefined;
  readonly config_id?: number | null | undefined;
};

/** Which activity of which seller. */
export type ActivityKey = { readonly user_id: number; readonly relation_id: number };

/** The living, unchanged activity that the same request made after an instant; undefined when there is none. */
export async function findRepeated(
  tx: Transaction,
  { user_id, content_hash }: Pick<NewActivity, 'user_id' | 'content_hash'>,
  since: Date,
): Promise<number | undefined> {
  const [row] = await tx<{ relation_id: number }[]>`
    select relation_id from benefit_activity
    where user_id = ${user_id} and content_hash = ${content_hash} and created_at >= ${since} and status = 'VALID'
    order by created_at desc limit 1`;
  return row?.relation_id;
}

/** Registers an activity and gives its relation_id. */
export async function insertActivity(tx: Transaction, activity: NewActivity): Promise<number> {
  const [row] = await tx<[{ relation_id: number }]>`
    insert into benefit_activity ${tx({ ...activity, status: 'VALID' })} returning relation_id`;
  return row.relation_id;
}

/** Whether an activity lives, was deleted, or (undefined) is not the seller's. */
export async function statusOf(
  sql: Sql | Transaction,
  { user_id, relation_id }: ActivityKey,
): Promise<string | undefined> {
  const [row] = await sql<{ status: string }[]>`
    select status from benefit_activity where user_id = ${user_id} and relation_id = ${relation_id}`;
  return row?.status;
}

/** How many of the benefits the seller owns and may choose: their type is open to it and the one named. */
export async function countSelectable(tx: Transaction, user_id: number, wanted: readonly Wanted[]): Promise<number> {
  const [row] = await tx<[{ count: number }]>`
    select count(*) from jsonb_to_recordset(${tx.json(wanted as never)}::jsonb)
      as asked (benefit_id bigint, benefit_type text, config_id bigint)
    cross join lateral (
      select x.config_id from benefit_template x
      where x.user_id = ${user_id} and x.benefit_id between asked.benefit_id and asked.benefit_id order by x.benefit_id limit 1
    ) t
    join benefit_seller_type s on s.user_id = ${user_id} and s.config_id = t.config_id
    join benefit_type y on y.config_id = t.config_id
    where (asked.benefit_type is null or asked.benefit_type = y.benefit_type)
      and (asked.config_id is null or asked.config_id = t.config_id)`;
  return row.count;
}

/** Those of an activity's details that are named; a plan might take `= any` for a filter of all there are. */
const detailsOf = (tx: Transaction, { user_id, relation_id }: ActivityKey, detail_ids: number[]) => tx`
  (select distinct id from unnest(${detail_ids}::bigint[]) id) k cross join lateral (
    select x.user_id, x.detail_id, x.relation_id, x.benefit_id, x.status from benefit_detail x
    where x.user_id = ${user_id} and x.detail_id between k.id and k.id and x.relation_id = ${relation_id}
    order by x.detail_id limit 1) d`;

/** Relates benefits to an activity, in order; one that is related already stays so and does not count again. */
export async function addDetails(
  tx: Transaction,
  { user_id, relation_id }: ActivityKey,
  benefit_ids: number[],
): Promise<void> {
  await tx`
    with added as (
      insert into benefit_detail (user_id, relation_id, benefit_id, status)
      select ${user_id}, ${relation_id}, benefit_id, 'VALID'
      from unnest(${benefit_ids}::bigint[]) with ordinality as asked (benefit_id, position) order by position
      on conflict (user_id, relation_id, benefit_id) where status = 'VALID' do nothing
      returning benefit_id
    )
    update benefit_template as t set relate_activity_num = t.relate_activity_num + 1
    where t.user_id = ${user_id} and t.benefit_id = any (array(select benefit_id from added))`;
}

/** How many of these details the activity has or had. */
export async function countDetails(tx: Transaction, key: ActivityKey, detail_ids: number[]): Promise<number> {
  const [row] = await tx<[{ count: number }]>`select count(*) from ${detailsOf(tx, key, detail_ids)}`;
  return row.count;
}

/** Removes details of an activity, all when none are named; what is removed already stays so and does not count again. */
export async function removeDetails(tx: Transaction, key: ActivityKey, detail_ids?: number[]): Promise<void> {
  const { user_id, relation_id } = key;
  const all = tx`
    update benefit_detail set status = 'DELETE'
    where user_id = ${user_id} and relation_id = ${relation_id} and status = 'VALID'
    returning benefit_id`;
  // By their keys: an update might be planned over any index that begins with the seller.
  const named = (ids: number[]) => tx`
    insert into benefit_detail (user_id, detail_id, relation_id, benefit_id, status)
    select d.user_id, d.detail_id, d.relation_id, d.benefit_id, d.status from ${detailsOf(tx, key, ids)}
    where d.status = 'VALID'
    on conflict (user_id, detail_id) do update set status = 'DELETE'
    returning benefit_id`;
  await tx`
    with gone as (${detail_ids === undefined ? all : named(detail_ids)})
    update benefit_template as t set relate_activity_num = t.relate_activity_num - 1
    where t.user_id = ${user_id} and t.benefit_id = any (array(select benefit_id from gone))`;
}

/** What of an activity may change. */
export type ActivityChange = Partial<
  Pick<NewActivity, 'name' | 'activity_url' | 'desc' | 'start_time' | 'end_time'>
> & {
  readonly status?: 'DELETE';
};

/** Changes an activity; from then on no repeated request is taken for the one that made it. */
export async function changeActivity(
  tx: Transaction,
  { user_id, relation_id }: ActivityKey,
  change: ActivityChange,
): Promise<void> {
  await tx`
    update benefit_activity set ${tx({ ...change, content_hash: null })}
    where user_id = ${user_id} and relation_id = ${relation_id}`;
}

/** JSON text of an activity's details of a state, by id; the times are the activity's, in GMT+8. */
export async function detailsText(sql: Sql, { user_id, relation_id }: ActivityKey, status: string): Promise<string> {
  const gmt8 = (column: string) => sql`to_char(${sql(column)} at time zone interval '08:00', 'YYYY-MM-DD HH24:MI:SS')`;
  const [row] = await sql<[{ details: unknown[] }]>`
    select coalesce(json_agg(json_build_object('startTime', ${gmt8('start_time')}, 'id', d.detail_id, 'status', d.status,
      'endTime', ${gmt8('end_time')}, 'activityType', a.type, 'purchaserId', a.user_id, 'benefitId', d.benefit_id)
      order by d.detail_id), '[]') as details
    from benefit_detail d join benefit_activity a using (user_id, relation_id)
    where d.user_id = ${user_id} and d.relation_id = ${relation_id} and d.status = ${status}`;
  return JSON.stringify(row.details);
}

/** A detail of a given id; one that was removed does not count. */
export type DemoDetail = readonly [detail_id: number, benefit_id: number, status?: 'VALID' | 'DELETE'];

/**
 * Registers an activity of a given relation_id with details of given ids; does nothing when the seller has one of that
 * id. The benefits count it.
 */
export async function insertDemoActivity(
  tx: Transaction,
  activity: ActivityKey & Pick<NewActivity, 'name' | 'start_time' | 'end_time' | 'created_at'>,
  details: readonly DemoDetail[],
): Promise<void> {
  const added = await tx`
    insert into benefit_activity ${tx({ ...activity, type: 'SEND', status: 'VALID' })} on conflict do nothing`;
  if (added.count === 0) return;
  for (const [detail_id, benefit_id, status = 'VALID'] of details) {
    const { user_id, relation_id } = activity;
    await tx`insert into benefit_detail ${tx({ user_id, relation_id, detail_id, benefit_id, status })}`;
    if (status === 'VALID')
      await tx`
      update benefit_template set relate_activity_num = relate_activity_num + 1
      where user_id = ${user_id} and benefit_id = ${benefit_id}`;
  }
}
