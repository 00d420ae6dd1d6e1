import type { Sql } from '../../database/pool.ts';
import { type Activity, insertActivity } from './queries.ts';

const DAYS_OPEN = 30;

const documented: Activity = {
  spread_id: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt',
  platform: 8,
  name: '三方合作发券',
  status: 1,
  segment_infos: [
    {
      start_time: new Date('2025-07-04T00:00:00+08:00'),
      end_time: new Date('2025-09-30T23:59:59+08:00'),
      win_times: 2000,
      consumed_win_times: 0,
    },
  ],
};

/** The activity to try draws on: open from the second of `now` for 30 days. */
function openActivity(now: Date): Activity {
  const start = Math.floor(now.getTime() / 1000) * 1000;
  return {
    spread_id: 'prizePool_open',
    platform: 8,
    name: '现在开放的抽奖活动',
    status: 1,
    segment_infos: [
      {
        start_time: new Date(start),
        end_time: new Date(start + DAYS_OPEN * 86_400_000),
        win_times: 2000,
        consumed_win_times: 0,
      },
    ],
  };
}

/**
 * Loads the demo activities: the documented one, and `prizePool_open`, whose one segment starts with the second of
 * `now`. What is there already stays as it is.
 */
export async function loadLotteryDemo({ sql }: { sql: Sql }, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    await insertActivity(tx, documented);
    await insertActivity(tx, openActivity(now));
  });
}
