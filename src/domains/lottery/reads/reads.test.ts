import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { gmt8, type Lottery, openLottery, PLATFORM, prize, segment } from '../../../../test/harness/lottery.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { adjustStock } from '../admin/queries.ts';
import { openDraws } from '../draws.ts';
import { lotteryHandlers } from '../handlers.ts';
import { lotteryReadHandlers } from './handlers.ts';
import { lotteryLedgers } from './queries.ts';

const vault = createVault(Buffer.alloc(32, 1));
const at = (time: string) => gmt8(`2026-03-01 ${time}`);

let lottery: Lottery;
let reader: Sql;
let reads: ReturnType<typeof lotteryReadHandlers>;
let spread_id: string;

/** Six wins in two segments by the minute, one of them voided later, and stock added. */
beforeAll(async () => {
  lottery = await openLottery();
  const { sql } = lottery.database;
  reader = await connectReadOnly(sql);
  reads = lotteryReadHandlers({ sql: reader });
  const real = lotteryHandlers({ sql, vault, draws: openDraws(sql) });
  const segment_infos = [
    segment('2026-03-01 10:00:00', '2026-03-01 10:59:59', 10),
    segment('2026-03-01 12:00:00', '2026-03-01 12:59:59', 5),
  ];
  spread_id = await lottery.add({ segment_infos, prizes: [prize(1, 1), prize(2, 0, { total_count: 3 })] });
  const param = (n: number) => ({ spread_id, platform: PLATFORM, out_biz_id: `win-${n}`, mix_user_id: '13812345678' });
  for (const [n, time] of ['10:00:10', '10:00:50', '10:02:00', '10:02:30', '12:00:00', '12:59:59'].entries())
    await real['taobao.film.lottery.performance']({ lottery_performance_top_param: param(n) }, contextAt(at(time)));
  await real['taobao.film.lottery.performance.invalid'](
    { lottery_performance_invalid_param: param(1) },
    contextAt(at('10:01:30')),
  );
  const change = { delta: 7, adjust_id: 'more', reason: '追加', app_key: 'app' };
  await adjustStock(sql, { spread_id, counter: 'win_times', no: 1 }, change, at('10:02:45'));
  // What the opening holds was entered at an instant of the harness: before all wins.
  await sql`update lottery_adjustment set adjusted_at = ${at('09:00:00')} where adjust_id <> 'more'`;
});
afterAll(async () => {
  expect(await lottery.findings()).toEqual([]);
  await reader.end();
  await lottery.database.drop();
});

const list = async (more: object = {}, now = at('13:00:00')) => {
  const { draws, next_cursor } = await reads['piaoquan.lottery.activity.draw.list'](
    { spread_id, ...more },
    contextAt(now),
  );
  return { keys: draws.map(({ out_biz_id }) => out_biz_id.slice(-1)).join(''), draws, next_cursor };
};

test('wins of an activity come newest first, page by page, however long ago, users masked', async () => {
  expect((await list()).keys).toBe('543210');
  expect((await list({}, gmt8('2027-01-01 00:00:00'))).keys).toBe('543210');
  const pages: string[] = [];
  for (let cursor: string | null | undefined; pages.length < 9; ) {
    const { keys, next_cursor } = await list({ page_size: 4, cursor });
    pages.push(keys);
    if (!next_cursor) break;
    cursor = next_cursor;
  }
  expect(pages).toEqual(['5432', '10']);
  expect((await list()).draws[0]?.mix_user_id).toBe('138****5678');
  await expect(list({ cursor: 'x' })).rejects.toMatchObject({ body: { code: 41 } });
  await expect(list({ spread_id: 'nowhere' })).rejects.toMatchObject({ body: { sub_code: 'isv.activity-not-found' } });
});

test('wins are filtered by segment, prize, voiding and time', async () => {
  expect((await list({ segment_no: 2 })).keys).toBe('54');
  expect((await list({ prize_no: 2 })).keys).toBe('');
  expect((await list({ is_void: true })).keys).toBe('1');
  expect((await list({ is_void: false, prize_no: 1, end_time: at('12:59:59') })).keys).toBe('4320');
  expect((await list({ start_time: at('10:00:50'), end_time: at('10:02:30') })).keys).toBe('21');
});

test('the curve of a segment follows its ledger: wins, voidings and added stock', async () => {
  const stat = (more: object) =>
    reads['piaoquan.lottery.draw.stat']({ spread_id, bucket: 'MINUTE', ...more }, contextAt(at('13:00:00')));
  const { points, prizes, ...now } = await stat({ segment_no: 1 });
  expect(points.map(({ time, ...point }) => [time.toISOString().slice(11, 16), ...Object.values(point)])).toEqual([
    ['01:00', 0, 0, 10, 10],
    ['02:00', 2, 0, 0, 8],
    ['02:01', 0, 1, 0, 9],
    ['02:02', 2, 0, 7, 14],
  ]);
  expect(now).toEqual({ win_times: 17, consumed_win_times: 3 });
  expect(prizes).toMatchObject([
    {
      prize_no: 1,
      weight: 1,
      total_count: null,
      consumed_count: 5,
      drawn_count: 4,
      void_count: 1,
      last_drawn_at: at('10:02:30'),
    },
    { prize_no: 2, weight: 0, total_count: 3, consumed_count: 0, drawn_count: 0, void_count: 0, last_drawn_at: null },
  ]);
  const day = await stat({ bucket: 'DAY' });
  expect(day.points).toEqual([{ time: at('00:00:00'), win_count: 6, void_count: 1, add_count: 22, left_count: 17 }]);
  const span = await stat({ bucket: 'HOUR', start_time: at('10:00:30'), end_time: at('12:30:00') });
  expect(span.points.map(({ left_count }) => left_count)).toEqual([19, 17]);
  expect(span.prizes[0]?.drawn_count).toBe(4);
  await expect(stat({ spread_id: 'nowhere' })).rejects.toMatchObject({ body: { sub_code: 'isv.activity-not-found' } });
});

test('the entries behind each counter add up to it, newest first, page by page', async () => {
  const expected = {
    'lottery.win_times': 3,
    'lottery.consumed_win_times': 6,
    'lottery.total_count': 1,
    'lottery.consumed_count': 7,
  };
  for (const counter of Object.keys(expected) as (keyof typeof expected)[]) {
    const key = `${spread_id}/${counter === 'lottery.total_count' ? 2 : 1}`;
    const whole = await lotteryLedgers[counter](reader, key, { before: null, limit: 100 });
    expect(
      whole?.entries.reduce((sum, { delta }) => sum + delta, 0),
      counter,
    ).toBe(whole?.counted);
    const [one, ...rest] = whole?.entries ?? [];
    const next = await lotteryLedgers[counter](reader, key, { before: one!, limit: 100 });
    expect(next?.entries).toEqual(rest);
  }
  const wins = await lotteryLedgers['lottery.win_times'](reader, `${spread_id}/1`, { before: null, limit: 1 });
  expect(wins?.entries).toMatchObject([{ kind: 'adjusted', delta: 7, ref: 'more', reason: '追加', operator: 'app' }]);
  for (const key of ['nowhere/1', spread_id, `${spread_id}/9`])
    expect(await lotteryLedgers['lottery.win_times'](reader, key, { before: null, limit: 1 })).toBeUndefined();
});
