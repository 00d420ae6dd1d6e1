import { gmt8 } from '../../contract/gmt8.ts';
import { demoEnd } from '../../database/demo-end.ts';
import type { Sql } from '../../database/pool.ts';
import { openDraws } from './draws.ts';
import { type Activity, insertActivity, insertMember, insertPrize, type Member, type Prize } from './queries.ts';

const documented: Activity = {
  spread_id: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt',
  platform: 8,
  name: '三方合作发券',
  status: 1,
  segment_infos: [
    {
      start_time: gmt8('2025-07-04 00:00:00'),
      end_time: gmt8('2025-09-30 23:59:59'),
      win_times: 2000,
      consumed_win_times: 0,
    },
  ],
};

/** The activity that the page of the draw asks for: over, as its sample answer says. */
const ended: Activity = {
  spread_id: 'prizePool_o2pgeyxphlccrjm5jvm2ykpfxox7rz6wdohtp',
  platform: 8,
  name: '已结束的抽奖活动',
  status: 1,
  segment_infos: [
    {
      start_time: gmt8('2022-05-01 00:00:00'),
      end_time: gmt8('2022-05-31 23:59:59'),
      win_times: 2000,
      consumed_win_times: 0,
    },
  ],
};

/** The activity to try draws on: open from the second of `now`. */
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
        end_time: demoEnd(now),
        win_times: 2000,
        consumed_win_times: 0,
      },
    ],
  };
}

/** The activity of the win that the ready-made voiding takes back; it has no prizes. */
const voidable = (now: Date): Activity => ({
  ...openActivity(now),
  spread_id: 'prizePool_void',
  name: '有一次可作废的中奖',
});

/** That win: the page of the voiding asks for it. */
const WIN = {
  app_key: '12345678',
  out_biz_id: 'test_void_biz_id',
  mix_user_id: 'AAHbqNnmACSqk_rfpVTc9e3T',
  platform: 8,
  spread_id: 'prizePool_void',
};

/** What `prizePool_open` gives. Only the second has stock of its own, and the others stay when it is gone. */
const openPrizes: Prize[] = [
  {
    prize_no: 1,
    weight: 70,
    reward_title: '淘票票5元代金券',
    reward_sub_title: '全国影院通用',
    reward_type: 1,
    reward_sub_type: 2,
    reward_count: 5,
    reward_unit: '元',
    cost_price: 500,
    expire_days: 30,
    reward_ext: '{}',
  },
  {
    prize_no: 2,
    weight: 10,
    total_count: 300,
    mix_id: 'code_open',
    code_count: 1,
    reward_title: '淘票票60元通兑券',
    reward_type: 1,
    reward_sub_type: 1,
    reward_count: 1,
    reward_unit: '张',
    cost_price: 6000,
    expire_days: 30,
    reward_ext: '{}',
  },
  {
    prize_no: 3,
    weight: 20,
    reward_title: '淘麦VIP会员',
    reward_sub_title: '尊享电影+演出共10余项权益',
    reward_type: 14,
    reward_sub_type: 7,
    reward_count: 30,
    reward_unit: '天',
    cost_price: 100,
    expire_days: 30,
    reward_ext: '{}',
  },
];

/** The member that the page asks for: an earlier membership ended when its sample says, the one now lasts. */
const member = (now: Date): Member => ({
  alipay_id: '20882342xxx',
  mix_user_id: 'ewr3423425',
  nick: 'A***B',
  member_level: 10,
  expire_date: demoEnd(now),
  invalid_date: new Date(1767196799000),
});

/**
 * Loads the demo activities: the two documented ones, `prizePool_open`, whose one segment starts with the second of
 * `now`, with its prizes, and `prizePool_void` with a win of the demo app; and the documented member. What is there already stays as it is.
 */
export async function loadLotteryDemo({ sql }: { sql: Sql }, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    const open = openActivity(now);
    for (const activity of [documented, ended, open, voidable(now)]) await insertActivity(tx, activity, now);
    await insertMember(tx, member(now));
    for (const prize of openPrizes) await insertPrize(tx, open, prize, now);
  });
  // Its key has one win: drawn again it is told the same, and nothing once it was voided.
  await openDraws(sql).draw({ ...WIN, now });
}
