import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  codeOf,
  codePrize,
  gmt8,
  type Lottery,
  NOW,
  openLottery,
  PLATFORM,
  prize,
  segment,
} from '../../../test/harness/lottery.ts';
import { drawAll } from './queries.ts';

let lottery: Lottery;
beforeAll(async () => {
  lottery = await openLottery();
});
afterAll(async () => {
  expect(await lottery.findings()).toEqual([]);
  await lottery.database.drop();
});

const draws = () => lottery.draws();
const add: Lottery['add'] = (more) => lottery.add(more);
const stock = (spread_id: string) => lottery.stock(spread_id);

describe('prizes', () => {
  test('are drawn by weight: chi-square of 10,000 seeded rolls over weights 1, 2, 3, 94', async () => {
    const weights = [1, 2, 3, 94];
    const prizes = [...weights.map((weight, index) => prize(index + 1, weight)), prize(5, 0)];
    const spread_id = await add({
      segment_infos: [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 10_000)],
      prizes,
    });
    let seed = 42;
    const roll = () => {
      // xorshift32, two draws for 48 bits.
      const next = () => {
        seed ^= seed << 13;
        seed ^= seed >>> 17;
        seed ^= seed << 5;
        return seed >>> 0;
      };
      return (next() & 0xffffff) * 2 ** 24 + (next() & 0xffffff);
    };
    for (let batch = 0; batch < 10; batch++) {
      const commands = Array.from({ length: 1000 }, () => ({ ...call(spread_id), roll: roll() }));
      await drawAll(lottery.database.sql, { platform: PLATFORM, spread_id }, NOW, commands, true);
    }
    const rows = await lottery.database.sql<{ consumed_count: number }[]>`
      select consumed_count from lottery_prize where spread_id = ${spread_id} order by prize_no`;
    const counts = rows.map((row) => row.consumed_count);
    expect(counts[4]).toBe(0);
    const chiSquare = weights.reduce((sum, weight, index) => {
      const expected = weight * 100;
      return sum + ((counts[index] as number) - expected) ** 2 / expected;
    }, 0);
    // 0.999 quantile with 3 degrees of freedom.
    expect(chiSquare).toBeLessThan(16.27);
  });

  test('the lowest roll draws the first prize, the highest the last', async () => {
    const spread_id = await add({ prizes: [prize(1, 1), prize(2, 1_000_000)] });
    const commands = [0, 2 ** 48 - 2].map((roll) => ({ ...call(spread_id), roll }));
    const { drawn } = await drawAll(lottery.database.sql, { platform: PLATFORM, spread_id }, NOW, commands, true);
    expect(drawn.map(({ win }) => win?.reward_no)).toEqual([1, 2]);
  });

  test('own stock ends exactly, also within one batch; the others go on; when all are gone nothing is taken', async () => {
    const prizes = [prize(1, 50, { total_count: 7 }), prize(2, 50, { total_count: 5 })];
    const spread_id = await add({ prizes });
    const engine = draws();
    const answers = await Promise.all(Array.from({ length: 30 }, () => engine.draw(call(spread_id))));
    const won = answers.filter(({ return_code }) => return_code === 0).map(({ win }) => win?.reward_no);
    expect([won.filter((no) => no === 1).length, won.filter((no) => no === 2).length]).toEqual([7, 5]);
    expect(answers.filter(({ return_code }) => return_code === 200010)).toHaveLength(18);
    expect(await stock(spread_id)).toEqual([12]);
  });

  test('a win keeps what it brought when the prize is changed afterwards', async () => {
    const spread_id = await add({ prizes: [prize(1, 1, { reward_title: '旧' })] });
    const first = call(spread_id);
    const won = await draws().draw(first);
    const changed = { spread_id, platform: PLATFORM, name: '测试活动', prizes: [prize(1, 1, { reward_title: '新' })] };
    const [saved] = await lottery.database
      .sql`select lottery_save(${lottery.database.sql.json(JSON.parse(JSON.stringify(changed)))}, ${NOW})`;
    expect(saved?.lottery_save).toBeNull();
    const engine = draws();
    const titleOf = async (reward_no: number | null | undefined) =>
      (await engine.reward({ platform: PLATFORM, spread_id, reward_no: reward_no ?? 0 })).reward_title;
    expect(await titleOf((await engine.draw(first)).win?.reward_no)).toBe('旧');
    expect(await titleOf((await engine.draw(call(spread_id))).win?.reward_no)).toBe('新');
    expect(won.win?.reward_no).toBe(1);
  });
});

test('the same rolls draw the same prizes, whether there is plenty for all or each is looked at', async () => {
  const prizes = [
    prize(1, 7, { total_count: 100_000 }),
    prize(2, 0),
    prize(3, 1000),
    prize(5, 40),
    prize(6, 9, { total_count: 0 }),
  ];
  const segment_infos = [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 100_000)];
  const rolls = Array.from({ length: 2000 }, () => randomInt(2 ** 48 - 1));
  const drawnFrom = async (fresh: boolean) => {
    const spread_id = await add({ segment_infos, prizes });
    const commands = rolls.map((roll) => ({ ...call(spread_id), roll }));
    const { sql } = lottery.database;
    const { drawn, reward_nos } = await drawAll(sql, { platform: PLATFORM, spread_id }, NOW, commands, fresh);
    return { drawn, reward_nos, stock: await stock(spread_id) };
  };
  const plenty = await drawnFrom(true);
  expect(plenty).toEqual(await drawnFrom(false));
  expect(new Set(plenty.drawn.map(({ win }) => win?.reward_no))).toEqual(new Set([1, 3, 4]));
  expect(plenty.stock).toEqual([2000]);
});

describe('prizes with voucher codes', () => {
  test('bring different codes to everybody, and a repetition the same', async () => {
    await lottery.addCodes('batch-full', 40);
    const spread_id = await add({ prizes: [codePrize('batch-full', 2)] });
    const engine = draws();
    const calls = Array.from({ length: 20 }, () => call(spread_id));
    const wins = await Promise.all(calls.map((each) => engine.draw(each)));
    expect(wins.map(({ win }) => win?.result_code)).toEqual(Array(20).fill(1));
    expect(new Set(wins.flatMap(({ win }) => win?.codes.map(String))).size).toBe(40);
    for (const [index, each] of calls.entries()) expect(await engine.draw(each)).toEqual(wins[index]);
  });

  test('many codes a draw: few draws share a statement, and those that would wait long are told to come again', async () => {
    await lottery.addCodes('batch-heavy', 300);
    const spread_id = await add({
      segment_infos: [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 10_000)],
      prizes: [codePrize('batch-heavy', 100)],
    });
    const engine = draws();
    const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => engine.draw(call(spread_id))));
    const refused = outcomes.filter((each) => each.status === 'rejected');
    expect(refused.map(({ reason }) => reason.name)).toEqual(Array(225).fill('BusyError'));
    const [most] = await lottery.database.sql<{ draws: number }[]>`
      select max(draws) as draws from (
        select count(*) as draws from lottery_grant where spread_id = ${spread_id} group by xmin) t`;
    expect(most).toEqual({ draws: 25 });
    // What it knows of the prizes is what its last batch found.
    await lottery.save(spread_id, codePrize('batch-heavy', 1));
    await engine.draw(call(spread_id));
    await Promise.all(Array.from({ length: 1000 }, () => engine.draw(call(spread_id))));
    await lottery.save(spread_id, codePrize('batch-heavy', 50));
    await engine.draw(call(spread_id));
    const again = await Promise.allSettled(Array.from({ length: 500 }, () => engine.draw(call(spread_id))));
    expect(again.filter(({ status }) => status === 'rejected').length).toBe(350);
  });

  test('when the batch is empty for now the win is 3, and a retry completes it without counting twice', async () => {
    await lottery.addCodes('batch-short', 1);
    const spread_id = await add({ prizes: [codePrize('batch-short', 2)] });
    const first = call(spread_id);
    const partly = await draws().draw(first);
    expect([partly.return_code, partly.win?.result_code, partly.win?.codes.length]).toEqual([0, 3, 1]);
    expect((await draws().draw(first)).win).toEqual(partly.win);
    await lottery.moreCodes('batch-short', 3);
    const whole = await draws().draw(first);
    expect([whole.win?.result_code, whole.win?.codes.length]).toEqual([1, 2]);
    expect(whole.win?.codes[0]).toEqual(partly.win?.codes[0]);
    expect(await draws().draw(first)).toEqual(whole);
    expect(await stock(spread_id)).toEqual([1]);
  });

  test('when the batch is expired for good the win is 4, and stays so', async () => {
    await lottery.addCodes('batch-over', 5, gmt8('2026-02-01 00:00:00'));
    const spread_id = await add({ prizes: [codePrize('batch-over', 1)] });
    const first = call(spread_id);
    const won = await draws().draw(first);
    expect([won.return_code, won.win?.result_code, won.win?.codes]).toEqual([0, 4, []]);
    expect(await draws().draw(first)).toEqual(won);
    expect(await stock(spread_id)).toEqual([1]);
  });
});

describe('voiding', () => {
  test('gives the win back to its own segment and prize once, voids its codes, and frees no key', async () => {
    await lottery.addCodes('batch-void', 3);
    const spread_id = await add({
      segment_infos: [
        segment('2026-03-01 00:00:00', '2026-03-01 11:59:59', 5),
        segment('2026-03-01 12:00:00', '2026-03-01 23:59:59', 5),
      ],
      prizes: [{ ...codePrize('batch-void', 2), total_count: 5 }],
    });
    const first = call(spread_id);
    expect((await draws().draw(first)).win?.result_code).toBe(1);
    const afternoon = { ...first, now: gmt8('2026-03-01 13:00:00') };
    const engine = draws();
    expect(await Promise.all([1, 2, 3].map(() => engine.invalid(afternoon)))).toEqual([0, 0, 0]);
    expect(await engine.invalid(afternoon)).toBe(0);
    expect(await stock(spread_id)).toEqual([0, 0]);
    const [left] = await lottery.database.sql`select consumed_count from lottery_prize where spread_id = ${spread_id}`;
    expect(left).toEqual({ consumed_count: 0 });
    const codes = await lottery.database
      .sql`select code_status from voucher_code where mix_id = 'batch-void' order by sequence`;
    expect(codes.map(({ code_status }) => code_status)).toEqual([-2, -2, 0]);
    expect(await codeOf(draws().draw(first))).toBe(200012);
  });

  test('needs the key, user, activity and channel of the call; a redeemed code keeps its win whole', async () => {
    await lottery.addCodes('batch-used', 2);
    const [spread_id, other] = [await add({ prizes: [codePrize('batch-used', 2)] }), await add()];
    const first = call(spread_id);
    await draws().draw(first);
    expect(await draws().invalid({ ...first, out_biz_id: 'unknown' })).toBe(200013);
    expect(await draws().invalid({ ...first, app_key: '87654321' })).toBe(200013);
    expect(await draws().invalid({ ...first, mix_user_id: 'other' })).toBe(200011);
    expect(await draws().invalid({ ...first, spread_id: other })).toBe(200011);
    expect(await draws().invalid({ ...first, spread_id: 'nowhere' })).toBe(200001);
    expect(await draws().invalid({ ...first, platform: 9 })).toBe(200002);
    const redeem = lottery.database.sql.json([{ kind: 'consume', sequences: [2] }]);
    await lottery.database.sql`select voucher_operate('batch-used', ${redeem}, ${NOW})`;
    expect(await draws().invalid(first)).toBe(200014);
    expect(await stock(spread_id)).toEqual([1]);
    const [code] = await lottery.database
      .sql`select code_status from voucher_code where mix_id = 'batch-used' and sequence = 1`;
    expect(code).toEqual({ code_status: 0 });
  });
});
