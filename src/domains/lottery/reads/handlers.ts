import { lotteryActivitySave } from '../../../contract/admin-lottery.ts';
import type { lotteryReadContracts } from '../../../contract/admin-lottery-reads.ts';
import { wrongCursor } from '../../../contract/cursor.ts';
import { fault, type Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import { shownUser } from '../../../secrets/personal.ts';
import type { DrawCursor, DrawRow } from '../admin/queries.ts';
import { readDrawCursor, writeDrawCursor } from '../admin/rules.ts';
import { type DrawFilter, findActivityDraws, findLast, findStat, hasActivity } from './queries.ts';

const PAGE_SIZE = 50;
const MOST_POINTS = 1500;
const STEP_SECONDS: Readonly<Record<string, number>> = { MINUTE: 60, HOUR: 3600, DAY: 86_400 };

const unknown = () => fault(lotteryActivitySave, 'isv.activity-not-found');

/** What the console reads of the draws beside their administration. */
export const lotteryReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof lotteryReadContracts> => ({
  'piaoquan.lottery.activity.draw.list': async ({ spread_id, cursor, page_size, ...given }, { now }) => {
    const after = cursor ? readDrawCursor(cursor) : undefined;
    if (cursor && after === undefined) throw wrongCursor();
    const limit = page_size ?? PAGE_SIZE;
    const filter = {
      segment_no: given.segment_no ?? undefined,
      prize_no: given.prize_no ?? undefined,
      is_void: given.is_void ?? undefined,
      lacks_codes: given.lacks_codes ?? undefined,
      start_time: given.start_time ?? undefined,
      end_time: given.end_time ?? undefined,
    };
    const rows = await newest(sql, spread_id, filter, after, { limit: limit + 1, now });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      draws: page.map((row) => ({ ...row, mix_user_id: shownUser(row.mix_user_id) })),
      ...(rows.length > limit && last && { next_cursor: writeDrawCursor(last) }),
    };
  },
  'piaoquan.lottery.draw.stat': async ({ spread_id, segment_no, bucket, start_time, end_time }) => {
    const stat = await findStat(sql, {
      spread_id,
      segment_no: segment_no ?? null,
      step_seconds: STEP_SECONDS[bucket] as number,
      start_time: start_time ?? null,
      end_time: end_time ?? null,
      most_points: MOST_POINTS,
    });
    if (stat === undefined) throw unknown();
    return stat;
  },
});

/**
 * Wins are kept in the order of time, so that the latest are found in ever wider spans before an instant, not among all:
 * before the page's beginning or now, and if there are few, before the last win that there is.
 */
const SPANS_MS = [2000, 60_000, 1_800_000, 86_400_000];

async function newest(
  sql: Sql,
  spread_id: string,
  filter: DrawFilter,
  after: DrawCursor | undefined,
  { limit, now }: { limit: number; now: Date },
): Promise<DrawRow[]> {
  if (!(await hasActivity(sql, spread_id))) throw unknown();
  const ends = [after?.granted_at, filter.end_time, now].flatMap((end) => end?.getTime() ?? []);
  const near = await within(sql, spread_id, filter, after, { limit, until: Math.min(...ends) });
  if (near !== undefined) return near;
  const last = await findLast(sql, spread_id, filter, after);
  if (last === null) return [];
  const found = await within(sql, spread_id, filter, after, { limit, until: last.getTime() + 1 });
  return found ?? findActivityDraws(sql, spread_id, filter, after, limit);
}

/** A whole page of wins out of the first span before an instant that has as many; undefined when none has. */
async function within(
  sql: Sql,
  spread_id: string,
  filter: DrawFilter,
  after: DrawCursor | undefined,
  { limit, until }: { limit: number; until: number },
): Promise<DrawRow[] | undefined> {
  for (const span of SPANS_MS) {
    const start_time = new Date(until - span);
    if (filter.start_time !== undefined && start_time <= filter.start_time) return undefined;
    const rows = await findActivityDraws(sql, spread_id, { ...filter, start_time }, after, limit);
    if (rows.length >= limit) return rows;
  }
  return undefined;
}
