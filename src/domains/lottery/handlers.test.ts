import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { lotteryPerformanceConfigQuery } from '../../contract/lottery/performance-config.ts';
import type { CallContext } from '../../contract/method.ts';
import { createVault } from '../../secrets/vault.ts';
import { compileParser } from '../../wire/parse.ts';
import { loadLotteryDemo } from './demo.ts';
import { openDraws } from './draws.ts';
import { lotteryHandlers } from './handlers.ts';
import { type Activity, insertActivity } from './queries.ts';

const NOW = new Date('2026-03-01T10:20:30.456+08:00');
const DEMO = 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt';
const context: CallContext = {
  app_key: '12345678',
  now: NOW,
  request_id: 'r',
  host: 'localhost',
  actor: '12345678',
  method: 'test',
};

const vault = createVault(Buffer.alloc(32, 7));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadLotteryDemo(database, NOW);
});
afterAll(() => database.drop());

const query = async (spread_id: string, platform = 8, biz_ext_info?: string) =>
  lotteryHandlers({ sql: database.sql, vault, draws: openDraws(database.sql) })[
    'taobao.film.lottery.performance.config.query'
  ](
    compileParser(lotteryPerformanceConfigQuery)(
      new Map([['performance_query_config_param', { spread_id, platform, biz_ext_info }]]),
    ),
    context,
  );

const segment = (start: string, end: string, win_times = 10, consumed_win_times = 0) => ({
  start_time: new Date(`${start}+08:00`),
  end_time: new Date(`${end}+08:00`),
  win_times,
  consumed_win_times,
});

const activity = (spread_id: string, more: Partial<Activity> = {}): Activity => ({
  spread_id,
  platform: 8,
  name: '测试活动',
  status: 1,
  segment_infos: [],
  ...more,
});

test('the documented activity answers with the documented values', async () => {
  expect(await query(DEMO, 8, '{}')).toEqual({
    return_value: {
      name: '三方合作发券',
      status: 1,
      segment_infos: [segment('2025-07-04T00:00:00', '2025-09-30T23:59:59', 2000)],
    },
    return_message: '成功',
    return_code: '0',
  });
});

test('prizePool_open has one segment of 2000 wins, open from the second of loading for more than ten years', async () => {
  expect((await query('prizePool_open')).return_value).toMatchObject({
    status: 1,
    segment_infos: [segment('2026-03-01T10:20:30', '2037-03-01T10:20:30', 2000)],
  });
});

test('loading the demo again leaves what was changed and adds nothing', async () => {
  const before = await query('prizePool_open');
  await database.sql`update lottery_activity set name = '改名' where spread_id = ${DEMO}`;
  await loadLotteryDemo(database, new Date(NOW.getTime() + 5_000));
  expect(await query('prizePool_open')).toEqual(before);
  expect((await query(DEMO)).return_value?.name).toBe('改名');
  await database.sql`update lottery_activity set name = '三方合作发券' where spread_id = ${DEMO}`;
});

test('an unknown activity and a foreign channel are business answers without a return_value', async () => {
  expect(await query('nowhere')).toEqual({ return_message: '活动不存在', return_code: '200001' });
  expect(await query(DEMO, 9)).toEqual({ return_message: '渠道与活动不匹配', return_code: '200002' });
});

test('an off-shelf activity without segments is still shown', async () => {
  await insertActivity(database.sql, activity('off-shelf', { status: 2 }), NOW);
  expect((await query('off-shelf')).return_value).toEqual({ name: '测试活动', status: 2, segment_infos: [] });
});

test('segments come by start_time, however they were added, each with its own stock', async () => {
  const first = segment('2026-01-01T00:00:00', '2026-01-31T23:59:59', 5, 5);
  const second = segment('2026-02-01T00:00:00', '2026-02-28T23:59:59', 7, 3);
  await insertActivity(database.sql, activity('two-segments', { segment_infos: [second, first] }), NOW);
  expect((await query('two-segments')).return_value?.segment_infos).toEqual([first, second]);
});

test('stock taken is seen by the next query', async () => {
  await insertActivity(
    database.sql,
    activity('live', { segment_infos: [segment('2026-01-01T00:00:00', '2026-12-31T23:59:59', 5)] }),
    NOW,
  );
  await database.sql`update lottery_segment set consumed_win_times = 4 where spread_id = 'live'`;
  expect((await query('live')).return_value?.segment_infos[0]?.consumed_win_times).toBe(4);
});

test('the database refuses more wins than a segment has, and fewer than none', async () => {
  for (const wrong of [2001, -1])
    await expect(
      database.sql`update lottery_segment set consumed_win_times = ${wrong} where spread_id = ${DEMO}`,
    ).rejects.toMatchObject({ code: '23514' });
});

test('biz_ext_info must be the text of a JSON object, and is refused by name otherwise', async () => {
  const refusal = { body: { code: 41, msg: 'Invalid arguments:performance_query_config_param.biz_ext_info' } };
  for (const wrong of ['[]', '1', 'null', '"{}"', '{', 'x'])
    await expect(query(DEMO, 8, wrong)).rejects.toMatchObject(refusal);
  for (const right of ['{}', ' {"a":[1]} ']) expect((await query(DEMO, 8, right)).return_code).toBe('0');
});

test('queries asked together each get their own answer', async () => {
  const handlers = lotteryHandlers({ sql: database.sql, vault, draws: openDraws(database.sql) })[
    'taobao.film.lottery.performance.config.query'
  ];
  const ids = fc.array(fc.constantFrom(DEMO, 'prizePool_open', 'nowhere', "' or 1=1 --"), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(ids, async (spread_ids) => {
      const ask = (spread_id: string) =>
        handlers({ performance_query_config_param: { spread_id, platform: 8 } }, context);
      const together = await Promise.all(spread_ids.map(ask));
      for (const [index, spread_id] of spread_ids.entries()) expect(together[index]).toEqual(await query(spread_id));
    }),
    { numRuns: 20 },
  );
});
