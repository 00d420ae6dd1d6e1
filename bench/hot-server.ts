import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Sql } from '../src/database/pool.ts';
import { DEMO } from '../src/demo.ts';
import { insertActivity } from '../src/domains/lottery/queries.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { signedParameters } from '../src/sdk/request.ts';
import { encodeForm } from '../src/wire/form.ts';
import { postForm } from './load.ts';
import { NODE_FLAGS, pinBench, type ServerProcess, startServerProcess } from './processes.ts';
import { HOT } from './stock-ways.ts';

const METHOD = 'taobao.film.lottery.performance';

let orders = 100_000_000;
/**
 * The next key of a caller's, in the order of time as business numbers are, and a user at random. Made cheaply: what a
 * caller spends on it is no cost of drawing.
 */
export const nextTake = () => ({
  out_biz_id: `20260301${++orders}00000`,
  mix_user_id: `AAHb${Math.floor(Math.random() * 2 ** 30).toString(36)}pQx7TVc9e3T`,
});

/** A whole HTTP request that draws from the hot activity under a key of its own. */
export function signedDraw(): Buffer {
  const { platform, spread_id } = HOT;
  const business = { lottery_performance_top_param: { ...nextTake(), platform, spread_id } };
  const { app_key, secret } = DEMO;
  return postForm('/router/rest', encodeForm(signedParameters({ app_key, secret }, METHOD, business, new Date())));
}

/** Adds the hot activity: one segment that holds from an hour ago for a day, without prizes. */
export async function addHotActivity(sql: Sql, now: Date): Promise<void> {
  const { platform, spread_id, win_times } = HOT;
  const [start_time, end_time] = [-3_600_000, 86_400_000].map((ms) => new Date(now.getTime() + ms)) as [Date, Date];
  const segment_infos = [{ start_time, end_time, win_times, consumed_win_times: 0 }];
  const activity = { spread_id, platform, name: '压测活动', status: 1, segment_infos };
  await sql.begin((tx) => insertActivity(tx, activity, now));
}

/** The platform as `npm start` runs it, alone on the first core, with the hot activity; all else on the second. */
export async function startHotServer(): Promise<{ server: ServerProcess; target: string; stop(): Promise<void> }> {
  pinBench();
  const home = mkdtempSync(join(tmpdir(), 'piaoquan-bench-'));
  chmodSync(home, 0o755);
  const database = await startEmbedded({ home });
  const env = { DATABASE_URL: database.target, PIAOQUAN_HOME: home, PORT: '0', LOG_LEVEL: 'error' };
  const ready = /Gateway\s+http:\/\/127\.0\.0\.1:(\d+)/;
  const server = await startServerProcess([...NODE_FLAGS, 'src/main.ts'], env, ready);
  const sql = connect(database.target, { max: 1 });
  // The demo app's million calls a day would be used up in minutes.
  await sql`update platform_app set calls_per_day = 1000000000000`;
  await addHotActivity(sql, new Date());
  await sql.end();
  const stop = async (): Promise<void> => {
    await server.stop();
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { server, target: database.target, stop };
}
