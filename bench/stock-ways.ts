import { createHash } from 'node:crypto';
import type { Sql } from '../src/database/pool.ts';
import { openDraws } from '../src/domains/lottery/draws.ts';
import { openRedis } from './redis.ts';

/** One draw to be carried out. */
export type Take = { out_biz_id: string; mix_user_id: string; now: Date };

/** A way to take one win of the hot activity, durable when it resolves; true when it was won. */
export type Way = (take: Take) => Promise<boolean>;

/** The hot activity of the benchmark: one segment without prizes, so that every way has the same to do. */
export const HOT = {
  platform: 8,
  spread_id: 'prizePool_bench',
  app_key: '12345678',
  win_times: 1_000_000_000,
} as const;

/** Micro-batches, as the platform draws. */
export function engineWay(sql: Sql): Way {
  const { platform, spread_id, app_key } = HOT;
  const draws = openDraws(sql);
  return async (take) => (await draws.draw({ ...take, platform, spread_id, app_key })).return_code === 0;
}

/** The usual way: a transaction that locks the counter, moves it, writes the receipt and commits, on the same tables. */
export function interactiveWay(sql: Sql): Way {
  const { platform, spread_id, app_key } = HOT;
  return ({ out_biz_id, mix_user_id, now }) =>
    sql.begin(async (tx) => {
      const [segment] = await tx<{ segment_no: number; win_times: number; consumed_win_times: number }[]>`
        select segment_no, win_times, consumed_win_times from lottery_segment
        where platform = ${platform} and spread_id = ${spread_id} and ${now} between start_time and end_time for update`;
      if (segment === undefined || segment.consumed_win_times >= segment.win_times) return false;
      const { segment_no } = segment;
      await tx`update lottery_segment set consumed_win_times = consumed_win_times + 1
        where platform = ${platform} and spread_id = ${spread_id} and segment_no = ${segment_no}`;
      const receipt = { platform, spread_id, app_key, out_biz_id, mix_user_id, segment_no, granted_at: now };
      await tx`insert into lottery_grant ${tx({ ...receipt, result_code: 1, limited: false })}`;
      return true;
    });
}

/** Counter, key and receipt in one script, as Redis would do it. */
const SCRIPT = `
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return known == ARGV[2] and 1 or -1 end
if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[3]) then return 0 end
redis.call('INCR', KEYS[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1`;

/** One script a draw, pipelined over one connection, answered when it is on disk (appendfsync always). */
export async function redisWay(socket: string): Promise<Way> {
  const redis = await openRedis(socket);
  await redis.command('SCRIPT', 'LOAD', SCRIPT);
  const sha = createHash('sha1').update(SCRIPT).digest('hex');
  const [counter, receipts, most] = [`{${HOT.spread_id}}:used`, `{${HOT.spread_id}}:wins`, String(HOT.win_times)];
  return async ({ out_biz_id, mix_user_id, now }) => {
    const receipt = `${HOT.app_key} ${mix_user_id} ${HOT.platform} 1 ${now.getTime()}`;
    return (await redis.command('EVALSHA', sha, '2', counter, receipts, out_biz_id, receipt, most)) === 1;
  };
}
