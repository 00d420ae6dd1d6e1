import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  codeOf,
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

describe('which answer a draw gets', () => {
  const two = () => [
    segment('2026-03-01 08:00:00', '2026-03-01 08:59:59', 10),
    segment('2026-03-01 10:00:00', '2026-03-01 10:59:59', 10),
  ];

  test('a segment holds its first instant and its last second whole, and nothing beside', async () => {
    const spread_id = await add({ segment_infos: two() });
    const at = (text: string) => codeOf(draws().draw(call(spread_id, { now: gmt8(text) })));
    expect(await at('2026-03-01 07:59:59.999')).toBe(200003);
    expect(await at('2026-03-01 08:00:00.000')).toBe(0);
    expect(await at('2026-03-01 08:59:59.999')).toBe(0);
    expect(await at('2026-03-01 09:00:00.000')).toBe(200006);
    expect(await at('2026-03-01 10:59:59.999')).toBe(0);
    expect(await at('2026-03-01 11:00:00.000')).toBe(200005);
    expect(await stock(spread_id)).toEqual([2, 1]);
  });

  test('calls of different seconds that wait together each get the segment of their own', async () => {
    const spread_id = await add({ segment_infos: two() });
    const engine = draws();
    const instants = ['07:59:59.999', '08:59:59.999', '09:00:00.000', '10:00:00.000', '11:00:00.000'];
    const codes = instants.map((time) => codeOf(engine.draw(call(spread_id, { now: gmt8(`2026-03-01 ${time}`) }))));
    expect(await Promise.all(codes)).toEqual([200003, 0, 200006, 0, 200005]);
    expect(await stock(spread_id)).toEqual([1, 1]);
  });

  test('unknown, of another channel, off shelf, without segments: each its own code, and nothing is taken', async () => {
    const open = await add();
    expect(await codeOf(draws().draw(call('nowhere')))).toBe(200001);
    expect(await codeOf(draws().draw(call(open, { platform: 9 })))).toBe(200002);
    expect(await codeOf(draws().draw(call(await add({ status: 2 }))))).toBe(200004);
    expect(await codeOf(draws().draw(call(await add({ segment_infos: [] }))))).toBe(200003);
    expect(await stock(open)).toEqual([0]);
  });

  test('a key binds nobody before it has won', async () => {
    const open = await add();
    const refused = call(await add({ status: 2 }));
    expect(await codeOf(draws().draw(refused))).toBe(200004);
    expect(await codeOf(draws().draw({ ...refused, spread_id: open, mix_user_id: 'other' }))).toBe(0);
  });
});

describe('the key of a call', () => {
  test('told again, it gives the first win again, also when the segment is over or sold out or off shelf', async () => {
    const spread_id = await add({
      segment_infos: [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 1)],
      prizes: [prize(1, 1), prize(2, 1)],
    });
    const first = call(spread_id);
    const won = await draws().draw(first);
    expect(won.return_code).toBe(0);
    expect(await codeOf(draws().draw(call(spread_id)))).toBe(200007);
    await lottery.database.sql`update lottery_activity set status = 2 where spread_id = ${spread_id}`;
    expect(await draws().draw({ ...first, now: gmt8('2026-03-05 00:00:00') })).toEqual(won);
    expect(await stock(spread_id)).toEqual([1]);
  });

  test('with another user or activity it is refused, and takes nothing', async () => {
    const [one, other] = [await add(), await add()];
    const first = call(one);
    await draws().draw(first);
    expect(await codeOf(draws().draw({ ...first, mix_user_id: 'other' }))).toBe(200011);
    expect(await codeOf(draws().draw({ ...first, spread_id: other }))).toBe(200011);
    expect([await stock(one), await stock(other)]).toEqual([[1], [0]]);
  });

  test('given to two activities or users at the same instant, it wins for one of them', async () => {
    const [one, other] = [await add(), await add()];
    const engines = [draws(), draws()];
    const both = Array.from({ length: 40 }, (_, n) => {
      const first = call(one);
      const second = n % 2 ? { ...first, spread_id: other } : { ...first, mix_user_id: 'other' };
      return Promise.all([engines[0]?.draw(first), engines[1]?.draw(second)]);
    });
    for (const pair of await Promise.all(both))
      expect(pair.map((drawn) => drawn?.return_code).sort()).toEqual([0, 200011]);
    expect((await stock(one)).concat(await stock(other)).reduce((a, b) => a + b)).toBe(40);
  });

  test('belongs to its app: another app has its own', async () => {
    const spread_id = await add();
    const first = call(spread_id);
    expect(await codeOf(draws().draw(first))).toBe(0);
    expect(await codeOf(draws().draw({ ...first, app_key: '87654321', mix_user_id: 'other' }))).toBe(0);
    expect(await stock(spread_id)).toEqual([2]);
  });

  test('three times at once from two engines it has one effect and equal answers', async () => {
    const spread_id = await add({ prizes: [prize(1, 1), prize(2, 1), prize(3, 1, { total_count: 5 })] });
    const engines = [draws(), draws()];
    const calls = Array.from({ length: 60 }, () => call(spread_id));
    const answers = await Promise.all(
      calls.map((each) => Promise.all([0, 1, 0].map((place) => engines[place]?.draw(each)))),
    );
    for (const [first, ...more] of answers) {
      expect(first?.return_code).toBe(0);
      for (const again of more) expect(again).toEqual(first);
    }
    expect(await stock(spread_id)).toEqual([60]);
  });

  test('twice in one batch it has one effect, and another user with it is refused', async () => {
    const spread_id = await add();
    const engine = draws();
    const calls = Array.from({ length: 10 }, () => call(spread_id));
    const three = calls.map((each) => [each, each, { ...each, mix_user_id: 'other' }].map((one) => engine.draw(one)));
    for (const [first, again, foreign] of await Promise.all(three.map((each) => Promise.all(each)))) {
      expect([first?.return_code, foreign?.return_code]).toEqual([0, 200011]);
      expect(again).toEqual(first);
    }
    expect(await stock(spread_id)).toEqual([10]);
  });

  test('the database itself refuses a second win of a key, whatever a caller says of it', async () => {
    const spread_id = await add();
    const command = { ...call(spread_id), roll: 0 };
    const place = { platform: PLATFORM, spread_id };
    await drawAll(lottery.database.sql, place, NOW, [command], true);
    await expect(drawAll(lottery.database.sql, place, NOW, [command], true)).rejects.toMatchObject({ code: '23505' });
    expect(await stock(spread_id)).toEqual([1]);
  });
});

describe('limits per user', () => {
  test('in all and of a day of GMT+8, exactly, under concurrency, and voided wins do not count', async () => {
    const days = [segment('2026-03-01 00:00:00', '2026-03-03 23:59:59', 1000)];
    const spread_id = await add({ segment_infos: days, user_limit: 5, user_day_limit: 2 });
    const engines = [draws(), draws()];
    const many = (now: Date, count: number, mix_user_id = 'eager') =>
      Promise.all(
        Array.from({ length: count }, (_, n) => engines[n % 2]?.draw(call(spread_id, { now, mix_user_id }))),
      ).then((all) => all.map((drawn) => drawn?.return_code).sort());
    const late = gmt8('2026-03-01 23:59:59.999');
    expect(await many(late, 6)).toEqual([0, 0, 200009, 200009, 200009, 200009]);
    expect(await many(gmt8('2026-03-02 00:00:00'), 3)).toEqual([0, 0, 200009]);
    expect(await many(gmt8('2026-03-03 12:00:00'), 3)).toEqual([0, 200008, 200008]);
    expect(await many(late, 3, 'other')).toEqual([0, 0, 200009]);

    const voided = call(spread_id, { now: late, mix_user_id: 'third' });
    expect(await codeOf(draws().draw(voided))).toBe(0);
    expect(await draws().invalid(voided)).toBe(0);
    expect(await many(late, 3, 'third')).toEqual([0, 0, 200009]);
    expect(await stock(spread_id)).toEqual([9]);
  });

  test('a limit set later counts the wins from before it', async () => {
    const spread_id = await add();
    const mix_user_id = 'early';
    await draws().draw(call(spread_id, { mix_user_id }));
    const saved = { spread_id, platform: PLATFORM, name: '测试活动', user_limit: 1 };
    await lottery.database.sql`select lottery_save(${lottery.database.sql.json(saved)}, ${NOW})`;
    expect(await codeOf(draws().draw(call(spread_id, { mix_user_id })))).toBe(200008);
  });
});
