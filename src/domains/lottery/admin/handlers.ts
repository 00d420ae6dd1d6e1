import { invalidArgument } from '../../../contract/errors.ts';
import { type adminLotteryContracts, lotteryActivitySave } from '../../../contract/lottery/admin.ts';
import { type CallContext, fault, type Handlers } from '../../../contract/method.ts';
import { refuseOver } from '../../../contract/period.ts';
import { type Changing, logCall, logged } from '../../../database/change-log.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { keptText, storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { pageOf } from '../../paging.ts';
import type { Draws } from '../draws.ts';
import {
  adjustStock,
  batchEnds,
  completeDraws,
  countEarlierWins,
  findActivities,
  findActivity,
  findDraws,
  holdActivity,
  lockActivity,
  saveActivity,
  setStatus,
  type WholeActivity,
} from './queries.ts';
import { activityMisfit, DRAWS, keepSettings, type SavedActivity, showDraw, takesStock } from './rules.ts';

/** Apps that may have used one out_biz_id in one channel, for all that is looked for. */
const MOST_APPS = 1000;
/** Wins given their codes by one call: it holds the activity's draws up. */
const MOST_COMPLETED = 500;
/** The engine's word for a win with a redeemed code. */
const WIN_REDEEMED = 200014;

type ErrorCode = keyof typeof lotteryActivitySave.errors;
/** The database names its refusals as the contract does, less the prefix. */
const refused = (refusal: string) => fault(lotteryActivitySave, `isv.${refusal}` as ErrorCode);

/** The administration of draw activities: what they are, their stock, and who has won. */
export const adminLotteryHandlers = ({
  sql,
  vault,
  draws,
}: {
  sql: Sql;
  vault: Vault;
  draws: Draws;
}): Handlers<typeof adminLotteryContracts> => {
  return {
    'piaoquan.lottery.activity.save': async ({ activity }, context) => {
      if ((activity.user_limit ?? activity.user_day_limit) != null) await countEarlierWins(sql, activity.spread_id);
      const refusal = await sql.begin((tx) => store(tx, activity, context));
      if (refusal !== null) throw refused(refusal);
      return { activity: await oneActivity(sql, activity.spread_id) };
    },
    'piaoquan.lottery.activity.get': async ({ spread_id }) => ({ activity: await oneActivity(sql, spread_id) }),
    'piaoquan.lottery.activity.list': async ({ cursor, page_size, ...filter }) => {
      const find = (limit: number) => findActivities(sql, { ...filter, after: cursor ?? '', limit });
      const page = await pageOf(page_size, find, ({ spread_id }) => spread_id);
      return { activities: page.rows, next_cursor: page.next_cursor };
    },
    'piaoquan.lottery.activity.status.update': async ({ spread_id, status }, context) => {
      const set = await sql.begin(async (tx) => {
        await lockActivity(tx, spread_id);
        const row = ['lottery_activity', { spread_id }] as const;
        return logged(tx, context, [row], () => setStatus(tx, spread_id, status));
      });
      if (!set) throw refused('activity-not-found');
      return { is_success: true };
    },
    'piaoquan.lottery.segment.stock.adjust': async ({ spread_id, segment_no, ...change }, context) => {
      const place = { spread_id, counter: 'win_times', no: segment_no } as const;
      const entry = { ...change, reason: keptText(change.reason), app_key: context.actor };
      const row = ['lottery_segment', { spread_id, segment_no }] as const;
      const result = await sql.begin(async (tx) => {
        await lockActivity(tx, spread_id);
        return logged(tx, context, [row], () => adjustStock(tx, place, entry, context.now));
      });
      if (result.refusal !== undefined) throw refused(result.refusal);
      return { win_times: result.stock };
    },
    'piaoquan.lottery.prize.stock.adjust': async ({ spread_id, prize_no, ...change }, context) => {
      const place = { spread_id, counter: 'total_count', no: prize_no } as const;
      const entry = { ...change, reason: keptText(change.reason), app_key: context.actor };
      const row = ['lottery_prize', { spread_id, prize_no }] as const;
      const result = await sql.begin(async (tx) => {
        await lockActivity(tx, spread_id);
        return logged(tx, context, [row], () => adjustStock(tx, place, entry, context.now));
      });
      if (result.refusal !== undefined) throw refused(result.refusal);
      return { total_count: result.stock };
    },
    'piaoquan.lottery.draw.list': async ({ mix_user_id, out_biz_id, spread_id, cursor, page_size }) => {
      if (!mix_user_id && !out_biz_id) throw refused('search-too-wide');
      const after = DRAWS.read(cursor);
      const filter = {
        mix_user_id: mix_user_id ? storedUser(vault, mix_user_id) : undefined,
        out_biz_id: out_biz_id ?? undefined,
        spread_id: spread_id ?? undefined,
      };
      const page = await pageOf(page_size, (limit) => findDraws(sql, filter, after, limit), DRAWS.write);
      return { draws: page.rows.map(showDraw), next_cursor: page.next_cursor };
    },
    'piaoquan.lottery.draw.invalid': async ({ draw: { spread_id, app_key, out_biz_id } }, context) => {
      const found = await findDraws(sql, { spread_id, out_biz_id, mix_user_id: undefined }, undefined, MOST_APPS);
      const win = found.find((each) => each.app_key === app_key);
      if (win === undefined) throw refused('win-not-found');
      await logCall(sql, context, undefined);
      const code = await draws.invalid({ ...win, now: context.now });
      if (code === WIN_REDEEMED) throw refused('win-redeemed');
      if (code !== 0) throw refused('win-not-found');
      return { is_success: true };
    },
    'piaoquan.lottery.draw.complete': async ({ spread_id, draw }, context) => {
      await logCall(sql, context, undefined);
      const result = await sql.begin((tx) =>
        completeDraws(tx, spread_id, draw ?? undefined, MOST_COMPLETED, context.now),
      );
      if (result.refusal !== undefined) throw refused(result.refusal);
      return { completed_count: result.completed, lacking_count: result.lacking };
    },
  };
};

/** Saves an activity; what a save leaves out of it and of its prizes stays. Gives the name of the refusal, or null. */
async function store(tx: Transaction, asked: SavedActivity, context: CallContext): Promise<string | null> {
  const { now } = context;
  const old = await holdActivity(tx, asked.spread_id);
  if (takesStock(asked, old)) return 'stock-by-adjust-only';
  const activity = keepSettings(asked, old);
  const misfit = activityMisfit(activity);
  if (misfit) throw invalidArgument(misfit.path, misfit.why);
  await refuseOverParts(tx, activity, old, now);
  return logged(tx, context, rowsOf(activity), () => saveActivity(tx, activity, now));
}

/** The rows that a save of an activity may change, in the order in which it does. */
const rowsOf = ({ platform, spread_id, segments, prizes }: SavedActivity): Changing[] => [
  ['lottery_activity', { spread_id }],
  ...(segments ?? []).map(({ segment_no }) => ['lottery_segment', { platform, spread_id, segment_no }] as const),
  ...(prizes ?? []).flatMap(({ prize_no }) => [
    ['lottery_reward', { platform, spread_id, prize_no }] as const,
    ['lottery_prize', { platform, spread_id, prize_no }] as const,
  ]),
];

/** Refuses segments and prizes that are over already, and prizes that bring codes of a batch that is. */
async function refuseOverParts(
  tx: Transaction,
  { segments, prizes }: SavedActivity,
  old: WholeActivity | undefined,
  now: Date,
): Promise<void> {
  for (const [index, { segment_no, end_time: end }] of (segments ?? []).entries()) {
    const had = old?.segments.find((each) => each.segment_no === segment_no)?.end_time;
    const saved = { path: `activity.segments[${index}].end_time`, end, old: had };
    refuseOver(lotteryActivitySave, 'isv.segment-over', saved, now);
  }
  const batches = await batchEnds(
    tx,
    (prizes ?? []).flatMap(({ mix_id }) => mix_id ?? []),
  );
  for (const [index, { prize_no, gmt_expire, mix_id }] of (prizes ?? []).entries()) {
    const path = `activity.prizes[${index}]`;
    const had = old?.prizes.find((each) => each.prize_no === prize_no);
    const expiry = { path: `${path}.gmt_expire`, end: gmt_expire, old: had?.gmt_expire };
    refuseOver(lotteryActivitySave, 'isv.prize-over', expiry, now);
    const end = mix_id == null ? undefined : batches.get(mix_id);
    const batch = { path: `${path}.mix_id`, end, old: had?.mix_id === mix_id ? end : undefined };
    refuseOver(lotteryActivitySave, 'isv.batch-over', batch, now);
  }
}

async function oneActivity(sql: Sql, spread_id: string): Promise<WholeActivity> {
  const found = await findActivity(sql, spread_id);
  if (found === undefined) throw refused('activity-not-found');
  return found;
}
