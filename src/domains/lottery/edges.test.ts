import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorOf } from '../../../test/harness/call.ts';
import { startTestServer, type TestServer } from '../../../test/harness/server.ts';
import { voucherCalls } from '../../../test/harness/vouchers.ts';

let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
});
afterAll(async () => {
  const findings = await sql()`select * from audit_lottery where counted is distinct from ledger`;
  await server.close();
  expect(findings).toEqual([]);
});

const sql = () => server.database.sql;
const hour = (segment_no: number, start: number) => ({
  segment_no,
  start_time: `2036-05-01 ${start}:00:00`,
  end_time: `2036-05-01 ${start}:59:59`,
  win_times: 5,
});
const OPEN = { segment_no: 1, start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', win_times: 1000 };
/** Saves an activity; the sub_code of its refusal, undefined when it was saved. */
const save = async (spread_id: string, more: object): Promise<string | undefined> => {
  const activity = { spread_id, platform: 8, name: '活动', ...more };
  return errorOf(await server.call('piaoquan.lottery.activity.save', { activity }))?.sub_code;
};
const putOnShelf = (spread_id: string) =>
  vouchers.ok('piaoquan.lottery.activity.status.update', { spread_id, status: 1 });
const draw = async (spread_id: string, out_biz_id: string, mix_user_id = 'user'): Promise<string> => {
  const business = { lottery_performance_top_param: { spread_id, platform: 8, out_biz_id, mix_user_id } };
  return (await vouchers.ok<{ return_code: string }>('taobao.film.lottery.performance', business)).return_code;
};

test('segments move together over each other’s times, and are refused where they overlap in the end', async () => {
  expect(await save('moves', { segments: [hour(1, 10), hour(2, 11), hour(3, 12)] })).toBeUndefined();
  expect(await save('moves', { segments: [hour(1, 11), hour(2, 12), hour(3, 13)] })).toBeUndefined();
  expect(await save('moves', { segments: [hour(1, 12), hour(2, 11)] })).toBeUndefined();
  expect(await save('moves', { segments: [hour(1, 13)] })).toBe('isv.segments-overlap');
  expect(await save('moves', { segments: [hour(4, 13)] })).toBe('isv.segments-overlap');
  const again = sql()`
    update lottery_segment set start_time = '2036-05-01 13:00+08', end_time = '2036-05-01 13:00+08'
    where spread_id = 'moves'`;
  await expect(again).rejects.toMatchObject({ code: '23505' });
});

test('an adjust_id stands for its place, amount and reason, and those of openings are not to be had', async () => {
  await save('adjusts', { segments: [OPEN] });
  const adjust = async (more: object) => {
    const change = { spread_id: 'adjusts', segment_no: 1, delta: 1, reason: '追加', adjust_id: 'one', ...more };
    return errorOf(await server.call('piaoquan.lottery.segment.stock.adjust', change))?.sub_code;
  };
  expect([await adjust({}), await adjust({})]).toEqual([undefined, undefined]);
  for (const more of [{ delta: 2 }, { reason: '收回' }])
    expect(await adjust(more), JSON.stringify(more)).toBe('isv.adjust-conflict');
  expect(await adjust({ adjust_id: 'opening:win_times:2' })).toBe('isv.adjust-conflict');
  expect(await save('adjusts', { segments: [hour(2, 10)] })).toBeUndefined();
  const [stock] = await sql()`select win_times from lottery_segment where spread_id = 'adjusts' and segment_no = 1`;
  expect(stock?.win_times).toBe(1001);
});

test('a first limit counts tens of thousands of wins of before, and draws go on while they are counted', async () => {
  await save('many', { segments: [OPEN] });
  await putOnShelf('many');
  // Wins of another activity of the channel lie among them.
  await sql()`
    insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, result_code, granted_at, limited)
    select 8, 'many-' || n, '12345678', case n % 3 when 0 then 'moves' else 'many' end, 'user' || n % 100, 1, 1,
      '2026-01-02', false
    from generate_series(1, 25000) n`;
  const meanwhile: string[] = [];
  const saved = save('many', { user_limit: 200 }).then((refusal) => ({ refusal, drawn: meanwhile.length }));
  let over = false;
  const drawing = (async () => {
    while (!over) meanwhile.push(await draw('many', `during-${meanwhile.length}`, 'fresh'));
  })();
  const { refusal, drawn } = await saved;
  over = true;
  await drawing;
  expect(refusal).toBeUndefined();
  expect(drawn).toBeGreaterThan(2);
  expect(new Set(meanwhile)).toEqual(new Set(['0']));
  const [left] = await sql()`
    select count(*) filter (where spread_id = 'many' and not limited) as many,
      count(*) filter (where spread_id = 'moves' and limited) as moves from lottery_grant where granted_at = '2026-01-02'`;
  expect(left).toEqual({ many: 0, moves: 0 });
  await save('many', { user_limit: 166 });
  expect([await draw('many', 'a', 'user1'), await draw('many', 'b', 'user1')]).toEqual(['200008', '200008']);
  expect(await draw('many', 'c', 'user-new')).toBe('0');
  await sql()`delete from lottery_grant where granted_at = '2026-01-02'`;
});

test('voidings of two activities that share batches of codes never wait for each other', async () => {
  const batches = ['edge_a', 'edge_b'];
  for (const mix_id of batches) await vouchers.madeBatch(mix_id, 240);
  const prizes = batches.map((mix_id, index) => ({
    ...{ prize_no: index + 1, weight: 1, reward_title: '奖品', reward_type: 1, reward_sub_type: 2 },
    ...{ reward_count: 1, cost_price: 1, total_count: 60, mix_id, code_count: 1 },
  }));
  const activities = ['voids-1', 'voids-2'];
  const wins = new Map<string, string[]>();
  for (const spread_id of activities) {
    await save(spread_id, { segments: [OPEN], prizes });
    await putOnShelf(spread_id);
    await Promise.all(Array.from({ length: 120 }, (_, n) => draw(spread_id, `${spread_id}/${n}`)));
    for (const mix_id of batches) {
      const rows = await sql()`
        select out_biz_id from lottery_grant_code where mix_id = ${mix_id} and starts_with(out_biz_id, ${`${spread_id}/`})`;
      wins.set(
        `${spread_id} ${mix_id}`,
        rows.map(({ out_biz_id }) => out_biz_id),
      );
    }
  }
  // Ten commands of either batch, in an order of its own for each activity, in one statement as under load.
  const invalid = (spread_id: string, order: string[], round: number) => {
    const keys = order.flatMap(
      (mix_id) => wins.get(`${spread_id} ${mix_id}`)?.slice(10 * round, 10 * round + 10) ?? [],
    );
    const commands = keys.map((out_biz_id) => [out_biz_id, '12345678', 'user']);
    return sql()`select lottery_invalid(8, ${spread_id}, now(), ${sql().json(commands)}) as codes`;
  };
  for (let round = 0; round < 6; round++) {
    const done = await Promise.all([
      invalid('voids-1', batches, round),
      invalid('voids-2', batches.toReversed(), round),
    ]);
    for (const [row] of done) expect(row?.codes).toEqual(Array(20).fill(0));
  }
});
