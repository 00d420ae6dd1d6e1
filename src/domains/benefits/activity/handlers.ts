import { createHash } from 'node:crypto';
import {
  activityRelation,
  type activityUpdate,
  type benefitActivityContracts,
} from '../../../contract/benefits/activity.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import { fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { logged, logMade, type Writer } from '../../../database/change-log.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { holdSeller } from '../queries.ts';
import {
  type ActivityKey,
  addDetails,
  changeActivity,
  countDetails,
  countSelectable,
  detailsText,
  findRepeated,
  insertActivity,
  removeDetails,
  statusOf,
  type Wanted,
} from './queries.ts';

/** A signed request may arrive again for this long (TOP protocol 4): it has one effect in that time. */
const REPEAT_MS = 600_000;

const noActivity = () => fault(activityRelation, 'isv.param-error:295');

/** Carries out what sellers do with their activities. A seller sees its own only; another's is as unknown as none. */
export const activityHandlers = ({ sql }: { sql: Sql }): Handlers<typeof benefitActivityContracts> => ({
  'taobao.promotion.benefit.activity.relation': async ({ relation_request }, context) => ({
    relation_id: await sql.begin((tx) => relate(tx, context, relation_request, context.user.user_id)),
    is_success: true,
  }),
  'taobao.promotion.benefit.activity.update': async ({ update_request }, context) => {
    await sql.begin((tx) => update(tx, context, update_request, context.user.user_id));
    return { is_success: true };
  },
  'taobao.promotion.benefit.activity.time.update': async ({ relation_id, ...period }, context) => {
    refuseBackwards(period, 'end_time');
    await sql.begin(async (tx) => {
      const key = await holdLiving(tx, { user_id: context.user.user_id, relation_id });
      await logged(tx, context, [['benefit_activity', key]], () => changeActivity(tx, key, period));
    });
    return { is_success: true };
  },
  'taobao.promotion.benefit.activity.delete': async ({ relation_id }, context) => {
    const key = { user_id: context.user.user_id, relation_id };
    await sql.begin(async (tx) => {
      await holdSeller(tx, key.user_id);
      if ((await statusOf(tx, key)) === undefined) throw noActivity();
      await logged(tx, context, rowsOf(key), async () => {
        await removeDetails(tx, key);
        await changeActivity(tx, key, { status: 'DELETE' });
      });
    });
    return { is_success: true };
  },
  'taobao.promotion.benefit.activity.detail.get': async ({ query_request }, { user }) => {
    const key = { user_id: user.user_id, relation_id: query_request.relation_id };
    if ((await statusOf(sql, key)) === undefined) throw noActivity();
    return { relation_benefit_details: await detailsText(sql, key, query_request.status), is_success: true };
  },
});

/** The rows of an activity that a change of it may change, in the order in which it does. */
const rowsOf = (key: ActivityKey) =>
  [
    ['benefit_detail', key],
    ['benefit_activity', key],
  ] as const;

async function relate(
  tx: Transaction,
  writer: Writer,
  request: RequestOf<typeof activityRelation>['relation_request'],
  user_id: number,
): Promise<number> {
  const { now } = writer;
  const { activity_url, desc, ...summary } = request.benefit_activity_vo;
  refuseBackwards(summary, 'relation_request.benefit_activity_vo.end_time');
  const content_hash = createHash('sha256').update(JSON.stringify(request)).digest();
  await holdSeller(tx, user_id);
  const repeated = await findRepeated(tx, { user_id, content_hash }, new Date(now.getTime() - REPEAT_MS));
  if (repeated !== undefined) return repeated;
  const wanted = request.add_detail_vos ?? [];
  await refuseUnknown(tx, user_id, wanted);
  const relation_id = await insertActivity(tx, {
    ...summary,
    user_id,
    activity_url: activity_url ?? null,
    desc: desc ?? null,
    content_hash,
    created_at: now,
  });
  const key = { user_id, relation_id };
  await add(tx, key, wanted);
  await logMade(tx, writer, rowsOf(key).toReversed());
  return relation_id;
}

async function update(
  tx: Transaction,
  writer: Writer,
  request: RequestOf<typeof activityUpdate>['update_request'],
  user_id: number,
): Promise<void> {
  const { relation_id, name, activity_url, desc } = request.benefit_activity_vo;
  const key = await holdLiving(tx, { user_id, relation_id });
  const wanted = (request.add_detail_vos ?? []).map(({ benefit_id, benefit_type }) => {
    if (benefit_id == null) throw fault(activityRelation, 'isv.param-error:112');
    return { benefit_id, benefit_type };
  });
  await refuseUnknown(tx, user_id, wanted);
  const gone = [...new Set((request.delete_detail_vos ?? []).map(({ id }) => id))].map((id) => {
    if (id == null) throw fault(activityRelation, 'isv.param-error:112');
    return id;
  });
  if (gone.length > 0 && (await countDetails(tx, key, gone)) < gone.length) throw noActivity();
  await logged(tx, writer, rowsOf(key), async () => {
    if (gone.length > 0) await removeDetails(tx, key, gone);
    await add(tx, key, wanted);
    await changeActivity(tx, key, {
      ...(name != null && { name }),
      ...(activity_url != null && { activity_url }),
      ...(desc != null && { desc }),
    });
  });
}

async function add(tx: Transaction, key: ActivityKey, wanted: readonly Wanted[]): Promise<void> {
  const benefit_ids = wanted.map(({ benefit_id }) => benefit_id);
  if (benefit_ids.length > 0) await addDetails(tx, key, benefit_ids);
}

async function refuseUnknown(tx: Transaction, user_id: number, wanted: readonly Wanted[]): Promise<void> {
  if (wanted.length > 0 && (await countSelectable(tx, user_id, wanted)) < wanted.length)
    throw fault(activityRelation, 'isv.param-error:250');
}

/** Holds the seller and gives the key back when the activity lives. */
async function holdLiving(tx: Transaction, key: ActivityKey): Promise<ActivityKey> {
  await holdSeller(tx, key.user_id);
  if ((await statusOf(tx, key)) !== 'VALID') throw noActivity();
  return key;
}

function refuseBackwards({ start_time, end_time }: { start_time: Date; end_time: Date }, argument: string): void {
  if (end_time < start_time) throw invalidArgument(argument, '不能早于 start_time');
}
