import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  call,
  codePrize,
  gmt8,
  type Lottery,
  NOW,
  openLottery,
  prize,
  segment,
} from '../../../test/harness/lottery.ts';
import { voucherFindings } from '../../../test/harness/vouchers.ts';
import type { Drawn } from './queries.ts';
import { findActivityDraws } from './reads/queries.ts';

let lottery: Lottery;
beforeAll(async () => {
  lottery = await openLottery();
});
afterAll(async () => {
  expect(await lottery.findings()).toEqual([]);
  expect(await voucherFindings(lottery.database.sql)).toEqual([]);
  await lottery.database.drop();
});

const WIDE = [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 100_000)];
const drawMany = (spread_id: string, count: number, engine = lottery.draws()) =>
  Promise.all(Array.from({ length: count }, () => engine.draw(call(spread_id))));
/** How often each prize was won, and how completely. */
const tally = (drawn: readonly Drawn[]) => {
  const counts: Record<string, number> = {};
  for (const { return_code, win } of drawn) {
    const key = win === undefined ? String(return_code) : `${win.reward_no}:${win.result_code}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

test.each([
  ['expired', async (mix_id: string) => lottery.addCodes(mix_id, 50, gmt8('2026-02-01 00:00:00'))],
  ['empty', async (mix_id: string) => lottery.addCodes(mix_id, 0)],
  ['short of one code', async (mix_id: string) => lottery.addCodes(mix_id, 1)],
  [
    'off shelf',
    async (mix_id: string) => {
      await lottery.addCodes(mix_id, 50);
      await lottery.database.sql`update voucher_batch set status = 2 where mix_id = ${mix_id}`;
    },
  ],
])('a prize whose batch is %s is not drawn while another can be given', async (what, make) => {
  const mix_id = `giving ${what}`;
  await make(mix_id);
  const prizes = [prize(1, 1000, { mix_id, code_count: 2 }), prize(2, 1, { total_count: 30 })];
  const spread_id = await lottery.add({ segment_infos: WIDE, prizes });
  expect(tally(await drawMany(spread_id, 30))).toEqual({ '2:1': 30 });
  // With nothing else left it is drawn, and owes its codes.
  const rest = tally(await drawMany(spread_id, 5));
  expect(rest[`1:${what === 'expired' ? 4 : 3}`]).toBe(5);
});

test('a prize that has expired is not drawn while another can be given, up to its last second', async () => {
  const prizes = [prize(1, 1000, { gmt_expire: gmt8('2026-03-01 10:20:29') }), prize(2, 1)];
  const spread_id = await lottery.add({ segment_infos: WIDE, prizes });
  expect(tally(await drawMany(spread_id, 40))).toEqual({ '2:1': 40 });
  const last = await lottery.add({
    segment_infos: WIDE,
    prizes: [prize(1, 1, { gmt_expire: gmt8('2026-03-01 10:20:30') }), prize(2, 0)],
  });
  expect(tally(await drawMany(last, 3))).toEqual({ '1:1': 3 });
  const alone = await lottery.add({ prizes: [prize(1, 1, { gmt_expire: gmt8('2026-02-01 00:00:00') })] });
  expect(tally(await drawMany(alone, 3))).toEqual({ '1:1': 3 });
});

test('while a batch runs empty under hundreds of draws of two activities, no win lacks a code', async () => {
  const mix_id = 'giving-race';
  await lottery.addCodes(mix_id, 301);
  const prizes = [prize(1, 60, { mix_id, code_count: 2 }), prize(2, 30, { mix_id, code_count: 1 }), prize(3, 10)];
  const [one, other] = [
    await lottery.add({ segment_infos: WIDE, prizes }),
    await lottery.add({ segment_infos: WIDE, prizes: prizes.toReversed() }),
  ];
  const engines = [lottery.draws(), lottery.draws(), lottery.draws()];
  const { sql } = lottery.database;
  const sell = async () => {
    const sold: number[] = [];
    for (let n = 0; n < 20; n++) {
      const [row] = await sql<{ codes: number }[]>`
        select count(*)::integer as codes
        from voucher_issue_many(${mix_id}, '[{"count": 3, "ref": "sold"}]', ${NOW})`;
      sold.push(row!.codes);
    }
    return sold.reduce((sum, codes) => sum + codes, 0);
  };
  const [drawn, sold] = await Promise.all([
    Promise.all(Array.from({ length: 900 }, (_, n) => engines[n % 3]!.draw(call(n % 2 ? one : other)))),
    sell(),
  ]);
  expect(drawn.every(({ return_code, win }) => return_code === 0 && win?.result_code === 1)).toBe(true);
  const codes = drawn.flatMap(({ win }) => win!.codes.map(String));
  expect(new Set(codes).size).toBe(codes.length);
  const [left] = await sql<{ left: number }[]>`
    select total_count - issued_count as left from voucher_batch where mix_id = ${mix_id}`;
  // Neither two codes nor one were left unused that a draw could have brought.
  expect(left!.left).toBe(0);
  expect(codes.length).toBe(301 - sold);
});

const lacking = (spread_id: string) =>
  findActivityDraws(lottery.database.sql, spread_id, { lacks_codes: true } as never, undefined, 1000);
const complete = async (spread_id: string, key: string | null = null, most = 500, now = NOW) => {
  const [row] = await lottery.database.sql`
    select lottery_complete(${spread_id}, ${key}, ${key && '12345678'}, ${most}, ${now}) as result`;
  return row!.result;
};

test('wins that lack codes are listed and given them, once, however often and from how many sides it is asked', async () => {
  const mix_id = 'giving-later';
  await lottery.addCodes(mix_id, 3);
  const spread_id = await lottery.add({ prizes: [codePrize(mix_id, 2)] });
  const calls = Array.from({ length: 6 }, () => call(spread_id));
  const engine = lottery.draws();
  for (const each of calls) await engine.draw(each);
  expect((await lacking(spread_id)).length).toBe(5);
  expect(await complete(spread_id)).toEqual({ completed: 0, lacking: 5 });
  await engine.invalid(calls[5]!);
  expect((await lacking(spread_id)).length).toBe(4);
  await lottery.moreCodes(mix_id, 5);
  expect(await complete(spread_id, calls[2]!.out_biz_id)).toEqual({ completed: 1, lacking: 3 });
  expect(await complete(spread_id, calls[2]!.out_biz_id)).toEqual({ completed: 0, lacking: 3 });
  const results = await Promise.all([1, 2, 3, 4].map(() => complete(spread_id)));
  expect(results.reduce((sum, { completed }) => sum + completed, 0)).toBe(2);
  expect((await lacking(spread_id)).map((row) => row.out_biz_id)).toEqual([calls[4]!.out_biz_id]);
  await lottery.moreCodes(mix_id, 5);
  expect(await complete(spread_id)).toEqual({ completed: 1, lacking: 0 });
  for (const each of calls.slice(0, 5)) expect((await engine.draw(each)).win?.codes.length).toBe(2);
  expect(await complete(spread_id, 'no such key')).toEqual({ refusal: 'win-not-found' });
  expect(await complete('nowhere')).toEqual({ refusal: 'activity-not-found' });
});

test('a win whose batch was over gets its codes once the batch is extended', async () => {
  const mix_id = 'giving-over';
  await lottery.addCodes(mix_id, 4, gmt8('2026-02-01 00:00:00'));
  const spread_id = await lottery.add({ prizes: [codePrize(mix_id, 1)] });
  const first = call(spread_id);
  expect((await lottery.draws().draw(first)).win?.result_code).toBe(4);
  expect(await complete(spread_id)).toEqual({ completed: 0, lacking: 1 });
  await lottery.database.sql`
    update voucher_batch set coupon_expire_time = ${gmt8('2026-12-31 00:00:00')} where mix_id = ${mix_id}`;
  expect(await complete(spread_id)).toEqual({ completed: 1, lacking: 0 });
  expect((await lottery.draws().draw(first)).win).toMatchObject({ result_code: 1, codes: [expect.anything()] });
});

test('wins asked for again take their codes before new draws do, which then bring something else', async () => {
  const mix_id = 'giving-first';
  await lottery.addCodes(mix_id, 0);
  const spread_id = await lottery.add({
    segment_infos: WIDE,
    prizes: [prize(1, 1_000_000, { mix_id, code_count: 1 }), prize(2, 1, { total_count: 0 })],
  });
  const owed = Array.from({ length: 3 }, () => call(spread_id));
  const engine = lottery.draws();
  await Promise.all(owed.map((each) => engine.draw(each)));
  await lottery.moreCodes(mix_id, 3);
  await lottery.database
    .sql`update lottery_prize set total_count = null where spread_id = ${spread_id} and prize_no = 2`;
  const again = await Promise.all(
    [...Array.from({ length: 3 }, () => call(spread_id)), ...owed].map((each) => engine.draw(each)),
  );
  expect(tally(again)).toEqual({ '2:1': 3, '1:1': 3 });
});
