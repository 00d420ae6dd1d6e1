import { gmt8 } from '../../src/contract/gmt8.ts';
import { type Call, type Draws, openDraws } from '../../src/domains/lottery/draws.ts';
import {
  type Activity,
  insertActivity,
  insertPrize,
  type Prize,
  type Segment,
} from '../../src/domains/lottery/queries.ts';
import { insertBatch, insertCodes } from '../../src/domains/vouchers/queries.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export { gmt8 };

/** The instant at which tests draw unless they say otherwise. */
export const NOW = new Date('2026-03-01T10:20:30.456+08:00');
export const PLATFORM = 8;

/** Reads `yyyy-MM-dd HH:mm:ss`, with milliseconds if given, in GMT+8. */
export const segment = (start: string, end: string, win_times: number): Segment => ({
  start_time: gmt8(start),
  end_time: gmt8(end),
  win_times,
  consumed_win_times: 0,
});

export const prize = (prize_no: number, weight: number, more: Partial<Prize> = {}): Prize => ({
  prize_no,
  weight,
  reward_title: `奖品${prize_no}`,
  reward_type: 1,
  reward_sub_type: 2,
  reward_count: 1,
  cost_price: 100,
  ...more,
});

/** The only prize of an activity, which brings codes. */
export const codePrize = (mix_id: string, code_count: number): Prize => prize(1, 1, { mix_id, code_count });

let keys = 0;
/** A call with a key and a user of its own. */
export const call = (spread_id: string, more: Partial<Call> = {}): Call => ({
  app_key: '12345678',
  out_biz_id: `key-${++keys}`,
  mix_user_id: `user-${keys}`,
  platform: PLATFORM,
  spread_id,
  now: NOW,
  ...more,
});

export const codeOf = async (drawn: Promise<{ return_code: number }>): Promise<number> => (await drawn).return_code;

type NewActivity = Partial<Activity> & { prizes?: Prize[]; user_limit?: number; user_day_limit?: number };

/** A database to draw from. */
export type Lottery = {
  database: TestDatabase;
  /** A stock engine of its own, as another process has one. */
  draws(): Draws;
  /** Adds an activity, open on the day of NOW with 100 wins unless told otherwise, and gives its spread_id. */
  add(more?: NewActivity): Promise<string>;
  /** Changes a prize of an activity. */
  save(spread_id: string, changed: Prize): Promise<void>;
  /** Wins given of each segment. */
  stock(spread_id: string): Promise<number[]>;
  /** Adds a batch of voucher codes. */
  addCodes(mix_id: string, count: number, coupon_expire_time?: Date): Promise<void>;
  /** Adds codes to a batch. */
  moreCodes(mix_id: string, count: number): Promise<void>;
  /** Counters that differ from their ledgers. */
  findings(): Promise<readonly object[]>;
};

/** Opens a database to draw from. */
export async function openLottery(): Promise<Lottery> {
  const database = await createTestDatabase();
  const { sql } = database;
  let made = 0;
  const moreCodes = async (mix_id: string, count: number): Promise<void> => {
    const codes = Array.from({ length: count }, (_, n) => ({
      code_sealed: Buffer.from(`${mix_id}-${n}`),
      code_hash: Buffer.alloc(32, `${mix_id}${n}${Math.random()}`),
    }));
    if (count > 0) await insertCodes(sql, mix_id, codes, NOW);
  };
  return {
    database,
    draws: () => openDraws(sql),
    add: ({ prizes = [], user_limit, user_day_limit, ...more }: NewActivity = {}) => {
      const segment_infos = [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 100)];
      const spread_id = `draws-${++made}`;
      const activity = { spread_id, platform: PLATFORM, name: '测试活动', status: 1, segment_infos, ...more };
      const limits = { user_limit: user_limit ?? null, user_day_limit: user_day_limit ?? null };
      return sql.begin(async (tx) => {
        await insertActivity(tx, activity, NOW);
        for (const each of prizes) await insertPrize(tx, activity, each, NOW);
        await tx`update lottery_activity set ${tx(limits)} where spread_id = ${spread_id}`;
        return spread_id;
      });
    },
    async save(spread_id, changed) {
      const text = sql.json(JSON.parse(JSON.stringify(changed)));
      await sql`select lottery_save_prize(${PLATFORM}, ${spread_id}, ${text}, ${NOW})`;
    },
    async stock(spread_id) {
      const rows = await sql<{ used: number }[]>`
        select consumed_win_times as used from lottery_segment where spread_id = ${spread_id} order by start_time`;
      return rows.map(({ used }) => used);
    },
    async addCodes(mix_id, count, coupon_expire_time = gmt8('2026-12-31 00:00:00')) {
      await insertBatch(sql, {
        mix_id,
        name: '券码',
        description: null,
        bind_begin_time: gmt8('2026-01-01 00:00:00'),
        coupon_expire_time,
        denomination: 100,
        max_bind_count: null,
        valid_duration_type: 'GENERAL',
        valid_days: null,
      });
      await moreCodes(mix_id, count);
    },
    moreCodes,
    findings: () => sql`select * from audit_lottery where counted is distinct from ledger`,
  };
}
