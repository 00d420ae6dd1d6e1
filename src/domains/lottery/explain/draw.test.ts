import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { gmt8, type Lottery, NOW, openLottery, PLATFORM, prize, segment } from '../../../../test/harness/lottery.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { openDraws } from '../draws.ts';
import { lotteryHandlers } from '../handlers.ts';
import { lotteryExplainHandlers } from './handlers.ts';

const DRAW = 'taobao.film.lottery.performance';
const VOID = 'taobao.film.lottery.performance.invalid';
const EXPLAIN = 'piaoquan.lottery.draw.explain';
const vault = createVault(Buffer.alloc(32, 1));

let lottery: Lottery;
let reader: Sql;
let real: ReturnType<typeof lotteryHandlers>;
let explain: ReturnType<typeof lotteryExplainHandlers>;
beforeAll(async () => {
  lottery = await openLottery();
  reader = await connectReadOnly(lottery.database.sql);
  real = lotteryHandlers({ sql: lottery.database.sql, vault, draws: openDraws(lottery.database.sql) });
  explain = lotteryExplainHandlers({ sql: reader, vault });
});
afterAll(async () => {
  expect(await lottery.findings()).toEqual([]);
  await reader.end();
  await lottery.database.drop();
});

type Asked = { spread_id: string; mix_user_id?: string; out_biz_id?: string; platform?: number };
let keys = 0;

const param = ({ spread_id, mix_user_id = 'u', out_biz_id = `explain-${++keys}`, platform = PLATFORM }: Asked) => ({
  ...{ spread_id, mix_user_id, out_biz_id, platform },
});
const draw = async (asked: Asked, now = NOW) =>
  (await real[DRAW]({ lottery_performance_top_param: param(asked) }, contextAt(now))).return_code;
const explained = (asked: Asked, now = NOW) => explain[EXPLAIN]({ mix_user_id: 'u', ...asked }, contextAt(now));

/** Explains a draw, then draws, and gives the code that both must tell. */
async function both(asked: Asked, now = NOW): Promise<string> {
  const { result, refusal_code: code, rules } = await explained(asked, now);
  expect(rules.find(({ passed }) => !passed)?.code).toBe(code);
  expect(result).toBe(code === undefined);
  const drawn = await draw(asked, now);
  expect(code ?? '0', JSON.stringify(rules)).toBe(drawn);
  return drawn;
}

const day = (from: string, to: string, wins = 100) => segment(`2026-03-01 ${from}`, `2026-03-01 ${to}`, wins);
const at = (time: string) => gmt8(`2026-03-01 ${time}`);

test('an activity that is not there, of another channel, or off shelf', async () => {
  const spread_id = await lottery.add();
  expect(await both({ spread_id: 'nowhere' })).toBe('200001');
  expect(await both({ spread_id, platform: 9 })).toBe('200002');
  expect(await both({ spread_id: await lottery.add({ status: 2 }) })).toBe('200004');
  expect(await both({ spread_id })).toBe('0');
});

test('segments, to their last second', async () => {
  const segment_infos = [day('10:00:00', '10:59:59'), day('12:00:00', '12:59:59')];
  const spread_id = await lottery.add({ segment_infos });
  const found = {
    ...{ '09:59:59.999': '200003', '10:00:00': '0', '10:59:59.999': '0', '11:00:00': '200006' },
    ...{ '11:59:59': '200006', '12:59:59.999': '0', '13:00:00': '200005' },
  };
  for (const [time, code] of Object.entries(found)) expect(await both({ spread_id }, at(time)), time).toBe(code);
  expect(await both({ spread_id: await lottery.add({ segment_infos: [] }) })).toBe('200003');
});

test('limits of a user and of a day come before the stock, and a voided win counts no more', async () => {
  const segment_infos = [segment('2026-03-01 00:00:00', '2026-03-03 23:59:59', 2)];
  const spread_id = await lottery.add({ segment_infos, user_limit: 2, user_day_limit: 1 });
  const first = { spread_id, mix_user_id: '13812345678', out_biz_id: 'limit-1' };
  expect(await both(first)).toBe('0');
  expect(await both({ spread_id, mix_user_id: '+8613812345678' })).toBe('200009');
  expect(await both({ spread_id, mix_user_id: '13812345678' }, gmt8('2026-03-02 00:00:00'))).toBe('0');
  expect(await both({ spread_id, mix_user_id: '13812345678' }, gmt8('2026-03-03 00:00:00'))).toBe('200008');
  expect(await both({ spread_id, mix_user_id: 'other' })).toBe('200007');
  const { rules } = await explained({ spread_id, mix_user_id: '13812345678' });
  const limit = rules.find(({ rule }) => rule === 'user_limit');
  expect(limit?.figures).toEqual([
    { name: 'used', value: '2' },
    { name: 'limit', value: '2' },
  ]);
  await real[VOID]({ lottery_performance_invalid_param: param(first) }, contextAt(NOW));
  expect(await both({ spread_id, mix_user_id: '13812345678' }, gmt8('2026-03-03 00:00:00'))).toBe('0');
});

test('prizes: what cannot be given is not drawn while another can, and the odds say so', async () => {
  await lottery.addCodes('explain-empty', 1);
  const prizes = [
    prize(1, 60, { mix_id: 'explain-empty', code_count: 2 }),
    prize(2, 30, { gmt_expire: at('10:20:29') }),
    prize(3, 5),
    prize(4, 5),
  ];
  const odds = async (of: typeof prizes) =>
    (await explained({ spread_id: await lottery.add({ prizes: of }) })).choices.map(({ odds_ppm }) => odds_ppm);
  expect(await odds(prizes)).toEqual([0, 0, 500_000, 500_000]);
  expect(await odds(prizes.slice(0, 2))).toEqual([666_667, 333_333]);
  await lottery.moreCodes('explain-empty', 1);
  expect(await odds(prizes.slice(0, 2))).toEqual([1_000_000, 0]);
});

test('prizes: what is used up or weighs nothing is not drawn, and the odds are of those that are', async () => {
  const prizes = [prize(1, 30, { total_count: 1 }), prize(2, 0), prize(3, 10, { total_count: 0 })];
  const spread_id = await lottery.add({ prizes });
  expect((await explained({ spread_id })).choices.map(({ left, odds_ppm }) => [left, odds_ppm])).toEqual([
    [1, 1_000_000],
    [null, 0],
    [0, 0],
  ]);
  expect(await both({ spread_id })).toBe('0');
  expect(await both({ spread_id })).toBe('200010');
  const shared = await lottery.add({ prizes: [prize(1, 30), prize(2, 10)] });
  expect((await explained({ spread_id: shared })).choices.map(({ odds_ppm }) => odds_ppm)).toEqual([750_000, 250_000]);
});

test('a key that was used: told again for the same user even when sold out, refused for another, void after voiding', async () => {
  const spread_id = await lottery.add({ segment_infos: [day('10:00:00', '10:59:59', 1)] });
  const won = { spread_id, out_biz_id: 'key-1', mix_user_id: 'a' };
  expect(await both(won)).toBe('0');
  expect(await both({ spread_id, mix_user_id: 'a' })).toBe('200007');
  expect(await both(won, at('23:00:00'))).toBe('0');
  expect(await both({ ...won, mix_user_id: 'b' })).toBe('200011');
  expect(await both({ ...won, spread_id: 'nowhere', platform: PLATFORM })).toBe('200011');
  await real[VOID]({ lottery_performance_invalid_param: param(won) }, contextAt(NOW));
  expect(await both(won)).toBe('200012');
});

test('a key of another channel, also one that a draw there claimed and won nothing with', async () => {
  const [home, shut] = [await lottery.add(), await lottery.add({ platform: 9, status: 2 })];
  expect(await both({ spread_id: home, out_biz_id: 'home' })).toBe('0');
  const lost = { spread_id: shut, platform: 9, out_biz_id: 'lost' };
  expect(await both(lost)).toBe('200004');
  expect(await both(lost)).toBe('200004');
  expect(await both({ spread_id: shut, platform: 9, out_biz_id: 'home' })).toBe('200011');
  expect(await both({ spread_id: home, out_biz_id: 'lost' })).toBe('200011');
  expect(await both({ ...lost, out_biz_id: 'astray', platform: 7 })).toBe('200002');
  expect(await both({ spread_id: home, out_biz_id: 'astray' })).toBe('0');
  const { rules } = await explained({ spread_id: home, out_biz_id: 'lost' });
  expect(rules[0]).toMatchObject({ rule: 'key', passed: false, figures: [{ name: 'platform', value: '9' }] });
});

test('while others draw and change the activity it is explained all the same', async () => {
  const spread_id = await lottery.add({ prizes: [prize(1, 1)] });
  await lottery.database.sql.begin(async (tx) => {
    await tx`select lottery_lock(${spread_id})`;
    await tx`select from lottery_activity a join lottery_segment using (spread_id) where spread_id = ${spread_id} for update`;
    const { result, rules } = await explained({ spread_id, platform: PLATFORM, out_biz_id: 'fresh' });
    expect(result).toBe(true);
    expect(rules.map(({ reason_zh, reason_en }) => reason_zh !== '' && /^[ -~]+$/.test(reason_en))).not.toContain(
      false,
    );
  });
});
