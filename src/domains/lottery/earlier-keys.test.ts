import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { call, gmt8, NOW, segment } from '../../../test/harness/lottery.ts';
import { MIGRATIONS, migrate } from '../../database/migrate.ts';
import { type Draws, openDraws } from './draws.ts';
import { insertActivity } from './queries.ts';

/** The migration that made a key one for its app over all channels. */
const OURS = '0021_draw_keys.sql';

let database: TestDatabase;
let draws: Draws;
/** Wins of before: app, key, channel, when, and whether it was voided. */
const earlier: [string, string, number, string, boolean][] = [
  // Most wins in 9, though the first was in 8, and one key with wins in three channels.
  ['most', 'everywhere', 10, '10:00:03', false],
  ['most', 'everywhere', 9, '10:00:04', false],
  ['most', 'everywhere', 8, '10:00:02', false],
  ['most', 'at home', 9, '10:00:05', false],
  // As many in each: the lowest. The older one of two elsewhere has the key, though it is void.
  ['even', 'a', 10, '10:00:01', false],
  ['even', 'a', 9, '10:00:00', true],
  ['even', 'b', 10, '10:00:02', false],
  ['even', 'c', 8, '10:00:03', false],
  ['even', 'd', 8, '10:00:03', false],
  ['one', 'only', 10, '10:00:00', false],
];

/** A database of before, with an activity and its wins in each of three channels, brought up to date. */
async function migrateWins(): Promise<void> {
  const { sql } = database;
  await sql`drop schema public cascade`;
  await sql`create schema public`;
  const folder = mkdtempSync(`${tmpdir()}/piaoquan-earlier-`);
  cpSync(MIGRATIONS, folder, { recursive: true, filter: (path) => basename(path) < OURS || !path.endsWith('.sql') });
  expect((await migrate(sql, folder, { kind: 'sandbox' })).at(-1)).toMatch(/^0020_/);
  rmSync(folder, { recursive: true });
  for (const platform of [8, 9, 10]) {
    const spread_id = `earlier-${platform}`;
    const segment_infos = [segment('2026-03-01 00:00:00', '2026-03-01 23:59:59', 100)];
    await sql.begin((tx) => insertActivity(tx, { spread_id, platform, name: '活动', status: 1, segment_infos }, NOW));
  }
  for (const [app_key, out_biz_id, platform, time, voided] of earlier) {
    const granted_at = gmt8(`2026-03-01 ${time}`);
    const win = { app_key, out_biz_id, platform, spread_id: `earlier-${platform}`, mix_user_id: 'user', granted_at };
    const more = { segment_no: 1, result_code: 1, limited: false, invalid_at: voided ? NOW : null };
    await sql`insert into lottery_grant ${sql({ ...win, ...more })}`;
    if (!voided)
      await sql`update lottery_segment set consumed_win_times = consumed_win_times + 1 where platform = ${platform}`;
  }
  expect(await migrate(sql, MIGRATIONS, { kind: 'sandbox' })).toContain(OURS);
}

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateWins();
  draws = openDraws(database.sql);
});
afterAll(async () => {
  const findings = await database.sql`select * from audit_lottery where counted is distinct from ledger`;
  await database.drop();
  expect(findings).toEqual([]);
});

const drawn = (app_key: string, out_biz_id: string, platform: number, mix_user_id = 'user') =>
  draws.draw(call(`earlier-${platform}`, { app_key, out_biz_id, platform, mix_user_id }));
const codeOf = async (...asked: Parameters<typeof drawn>) => (await drawn(...asked)).return_code;

test('an app with wins has its home where it has most, and its keys are that of their win there or else of their oldest', async () => {
  const homes = await database.sql`select app_key, platform from lottery_home order by app_key`;
  expect(homes.map(({ app_key, platform }) => [app_key, platform])).toEqual([
    ['even', 8],
    ['most', 9],
    ['one', 10],
  ]);
  const claims = await database.sql`
    select app_key, out_biz_id, platform, claimed_platform from lottery_grant
    where claimed_platform is not null order by 1, 2`;
  expect(claims.map((row) => Object.values(row))).toEqual([
    ['even', 'a', 8, 9],
    ['even', 'b', 8, 10],
  ]);
});

test('every win of before is told again in its own channel, also with a key that has several, and is voided there', async () => {
  for (const [app_key, out_biz_id, platform, time, voided] of earlier) {
    const win = { result_code: 1, reward_no: null, granted_at: gmt8(`2026-03-01 ${time}`), codes: [] };
    expect(await drawn(app_key, out_biz_id, platform)).toEqual(
      voided ? { return_code: 200012 } : { return_code: 0, win },
    );
    expect(await codeOf(app_key, out_biz_id, platform, 'other')).toBe(200011);
  }
  const third = call('earlier-10', { app_key: 'most', out_biz_id: 'everywhere', platform: 10, mix_user_id: 'user' });
  expect(await draws.invalid(third)).toBe(0);
  expect(await draws.draw(third)).toEqual({ return_code: 200012 });
});

test('a key with a win of before wins in no further channel', async () => {
  expect(await codeOf('most', 'at home', 8)).toBe(200011);
  for (const key of ['a', 'b']) expect(await codeOf('even', key, 8)).toBe(200011);
  expect(await codeOf('even', 'b', 9)).toBe(200011);
  expect(await codeOf('even', 'c', 9)).toBe(200011);
  expect(await codeOf('one', 'only', 8)).toBe(200011);
  expect(await codeOf('even', 'new', 9)).toBe(0);
});
