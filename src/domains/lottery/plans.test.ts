import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, codePrize, type Lottery, NOW, openLottery, PLATFORM, segment } from '../../../test/harness/lottery.ts';
import { connectWithPlansOfNow, rowsRead } from '../../../test/harness/rows-read.ts';
import type { Sql } from '../../database/pool.ts';
import type { Call } from './draws.ts';
import { drawAll, invalidAll } from './queries.ts';

/** Rows of the tables beside those that the planner knows of. */
const GROWN = 20_000;
const CALLERS = 100;

let lottery: Lottery;
let sql: Sql;
let spread_id: string;

const drawBatch = (on: Sql, calls: readonly Call[], fresh: boolean) =>
  drawAll(
    on,
    calls[0] as Call,
    NOW,
    calls.map((each) => ({ ...each, roll: 0 })),
    fresh,
  );
const callers = (count: number): Call[] => Array.from({ length: count }, () => call(spread_id));

beforeAll(async () => {
  lottery = await openLottery();
  await lottery.addCodes('plans', 1000);
  spread_id = await lottery.add({
    segment_infos: [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 1_000_000)],
    prizes: [codePrize('plans', 1)],
    user_limit: 2,
  });
  await drawBatch(lottery.database.sql, callers(1), true);
  sql = await connectWithPlansOfNow(lottery.database);
  // A statement's plan stays as it is from its sixth run on.
  for (let run = 0; run < 7; run++) {
    const few = callers(2);
    for (const fresh of [true, false]) await drawBatch(sql, few, fresh).catch(() => drawBatch(sql, few, false));
    await invalidAll(sql, { platform: PLATFORM, spread_id }, NOW, few);
  }
  await lottery.database.sql`
    insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, reward_no, result_code,
        granted_at, limited)
      select ${PLATFORM}, 'grown-' || n, '12345678', ${spread_id}, 'grown-' || n, 1, 1, 1, ${NOW}, true
      from generate_series(1, ${GROWN}) as n`;
  await lottery.database.sql`
    insert into lottery_grant_code (platform, out_biz_id, app_key, sequence, mix_id, code_sealed)
      select ${PLATFORM}, 'grown-' || n, '12345678', 1000000 + n, 'plans', ''
      from generate_series(1, ${GROWN}) as n`;
});
afterAll(async () => {
  await sql.end();
  await lottery.database.drop();
});

/** What is read of the tables that grow. */
async function readOfGrown(work: (tx: Sql) => Promise<unknown>): Promise<number> {
  const { lottery_grant = 0, lottery_grant_code = 0, voucher_code = 0 } = await rowsRead(sql, work);
  return lottery_grant + lottery_grant_code + voucher_code;
}

test('a batch of draws reads a few rows a caller of tables that grew since its plan was made', async () => {
  const known = callers(CALLERS / 2);
  await drawBatch(sql, known, true);
  const read = await readOfGrown(async (tx) => {
    const { drawn } = await drawBatch(tx, [...known, ...callers(CALLERS / 2)], false);
    expect(drawn.map(({ win }) => win?.codes.length)).toEqual(Array(CALLERS).fill(1));
  });
  expect(read).toBeLessThan(20 * CALLERS);
});

test('a batch of voidings reads a few rows a win of tables that grew since its plan was made', async () => {
  const known = callers(CALLERS);
  await drawBatch(sql, known, true);
  const read = await readOfGrown(async (tx) => {
    expect(await invalidAll(tx, { platform: PLATFORM, spread_id }, NOW, known)).toEqual(Array(CALLERS).fill(0));
  });
  expect(read).toBeLessThan(20 * CALLERS);
});
