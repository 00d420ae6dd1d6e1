import type { lotteryActivitySave } from '../../../contract/lottery/admin.ts';
import type { RequestOf } from '../../../contract/method.ts';
import { given } from '../../../contract/settings.ts';
import { shownUser } from '../../../secrets/personal.ts';
import { ANY_TEXT, jsonCursor } from '../../paging.ts';
import type { DrawRow, Prize, WholeActivity } from './queries.ts';

/** An activity as it is to be saved. */
export type SavedActivity = RequestOf<typeof lotteryActivitySave>['activity'];
type SavedPrize = NonNullable<SavedActivity['prizes']>[number];

/** A field that does not fit the others: its path, and why, in Chinese. */
export type Misfit = { readonly path: string; readonly why: string };

const MEMBERSHIP = 14;

function prizeMisfit(prize: SavedPrize): Misfit | undefined {
  const subTypes = prize.reward_type === MEMBERSHIP ? [5, 7, 8] : [1, 2];
  if (!subTypes.includes(prize.reward_sub_type))
    return { path: 'reward_sub_type', why: `应为 ${subTypes.join('、')} 之一` };
  if (prize.gmt_expire != null && prize.expire_days != null)
    return { path: 'expire_days', why: '不能与 gmt_expire 同时填写' };
  if ((prize.mix_id == null) !== (prize.code_count == null)) return { path: 'code_count', why: '应与 mix_id 一起填写' };
  return undefined;
}

/** The first field of an activity to be saved that does not fit the others, or undefined. */
export function activityMisfit({ segments, prizes }: SavedActivity): Misfit | undefined {
  for (const [index, { start_time, end_time }] of (segments ?? []).entries())
    if (end_time < start_time) return { path: `activity.segments[${index}].end_time`, why: '不能早于 start_time' };
  for (const [index, prize] of (prizes ?? []).entries()) {
    const misfit = prizeMisfit(prize);
    if (misfit) return { path: `activity.prizes[${index}].${misfit.path}`, why: misfit.why };
  }
  return undefined;
}

/** Settings of a prize of which one takes the place of the other. */
const EXPIRY = ['gmt_expire', 'expire_days'] as const;

/** A prize as it will stand: what the save leaves out is as it was. */
function keepPrize(asked: SavedPrize, old: Prize | undefined): SavedPrize {
  if (old === undefined) return asked;
  const { reward_sub_title, reward_unit, reward_ext, mix_id, code_count, total_count } = old;
  const isExpiryGiven = EXPIRY.some((name) => asked[name] != null);
  // A batch and the number of its codes come and go together.
  const isBatchTaken = asked.mix_id === null || asked.code_count === null;
  return {
    ...{ reward_sub_title, reward_unit, reward_ext, total_count },
    ...(!isExpiryGiven && { gmt_expire: old.gmt_expire, expire_days: old.expire_days }),
    ...(!isBatchTaken && { mix_id, code_count }),
    ...given(asked),
  } as SavedPrize;
}

/**
 * An activity as it will stand: limits that a save leaves out are as they were, and so are the settings of its prizes. An
 * expiry takes the place of the other kind, and null takes a setting away.
 */
export function keepSettings(asked: SavedActivity, old: WholeActivity | undefined): SavedActivity {
  if (old === undefined) return asked;
  const { user_limit, user_day_limit } = old;
  const prizes = asked.prizes?.map((prize) => keepPrize(prize, prizeOf(old, prize)));
  return { user_limit, user_day_limit, ...given(asked), ...(prizes && { prizes }) } as SavedActivity;
}

const prizeOf = ({ prizes }: WholeActivity, { prize_no }: SavedPrize): Prize | undefined =>
  prizes.find((prize) => prize.prize_no === prize_no);

/** Whether a save would take the stock of a prize away. */
export const takesStock = ({ prizes }: SavedActivity, old: WholeActivity | undefined): boolean =>
  old !== undefined &&
  (prizes ?? []).some((prize) => prize.total_count === null && prizeOf(old, prize)?.total_count != null);

/** The cursors of wins, newest first. */
export const DRAWS = jsonCursor({
  granted_at: 'instant',
  platform: 'number',
  out_biz_id: ANY_TEXT,
  app_key: ANY_TEXT,
});

/** A win as it may be shown: its user as {@link shownUser} says. */
export const showDraw = (row: DrawRow): DrawRow => ({ ...row, mix_user_id: shownUser(row.mix_user_id) });
