import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAt } from '../../../test/harness/call.ts';
import { demo, startTestServer, type TestServer } from '../../../test/harness/server.ts';
import { until } from '../../../test/harness/until.ts';
import { voucherCalls } from '../../../test/harness/vouchers.ts';
import { openKeys } from './keys.ts';

const DRAW = 'taobao.film.lottery.performance';
const VOID = 'taobao.film.lottery.performance.invalid';
const OPEN = { segment_no: 1, start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', win_times: 1000 };
const PRIZES = [1, 2, 3].map((prize_no) => ({
  ...{ prize_no, weight: 1, reward_title: `奖品${prize_no}`, reward_type: 1, reward_sub_type: 2 },
  ...{ reward_count: 1, cost_price: 100 },
}));
/** The demo app's home, and two other channels. */
const [HOME, AWAY, THIRD] = [8, 9, 10];

let server: TestServer;
let urls: [string, string];
let calls: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
  calls = voucherCalls(server);
  for (const platform of [HOME, AWAY, THIRD]) await open(`keys-${platform}`, platform);
  expect((await draw(HOME, 'the first of all')).return_code).toBe('0');
});
afterAll(async () => {
  const findings = await sql()`select * from audit_lottery where counted is distinct from ledger`;
  const twice = await sql()`
    select app_key, out_biz_id from lottery_grant where claimed_platform is null group by 1, 2 having count(*) > 1`;
  await server.close();
  expect([[...findings], [...twice]]).toEqual([[], []]);
});

const sql = () => server.database.sql;
const save = (spread_id: string, platform: number, more: object = {}) =>
  calls.ok('piaoquan.lottery.activity.save', {
    activity: { spread_id, platform, name: '活动', segments: [OPEN], prizes: PRIZES, ...more },
  });
const shelve = (spread_id: string, status: 1 | 2) =>
  calls.ok('piaoquan.lottery.activity.status.update', { spread_id, status });
async function open(spread_id: string, platform: number, more: object = {}): Promise<void> {
  await save(spread_id, platform, more);
  await shelve(spread_id, 1);
}

type Answer = { return_code: string; return_value?: { result_code: number; rewards: object[] } };
type More = { url?: string; mix_user_id?: string; spread_id?: string; app?: { app_key: string; secret: string } };
/** Calls for a key in a channel, in `keys-{channel}` unless told otherwise; the answer less its request_id. */
async function ask(method: string, platform: number, out_biz_id: string, more: More = {}): Promise<Answer> {
  const { url = urls[0], app = demo, mix_user_id = 'user', spread_id = `keys-${platform}` } = more;
  const name = method === DRAW ? 'lottery_performance_top_param' : 'lottery_performance_invalid_param';
  const business = { [name]: { spread_id, platform, out_biz_id, mix_user_id } };
  const { request_id, ...answer } = JSON.parse(await callAt(url, method, business, { ...app, simplify: true }));
  return answer;
}
const draw = (platform: number, out_biz_id: string, more?: More) => ask(DRAW, platform, out_biz_id, more);
const codeOf = async (platform: number, out_biz_id: string, more?: More) =>
  (await draw(platform, out_biz_id, more)).return_code;
const usedOf = async (spread_id: string): Promise<number> => {
  const [row] = await sql()`select consumed_win_times from lottery_segment where spread_id = ${spread_id}`;
  return row?.consumed_win_times;
};

const newApp = (n: number) =>
  calls.ok<{ app_key: string; secret: string }>('piaoquan.platform.app.create', {
    ...{ unique_id: `keys-${n}`, app: { name: '另一应用', packages: ['film.lottery'] } },
  });

/** Draws with each key in all these channels at once, at the two servers by turns; every key must win in one of them. */
async function rush(keys: readonly string[], platforms: readonly number[], more: More = {}) {
  const answers = await Promise.all(
    keys.map((key, n) =>
      Promise.all(platforms.map((platform, place) => draw(platform, key, { ...more, url: urls[(n + place) % 2]! }))),
    ),
  );
  const refused = platforms.slice(1).map(() => '200011');
  for (const [n, each] of answers.entries())
    expect(each.map(({ return_code }) => return_code).toSorted(), keys[n]).toEqual(['0', ...refused]);
  return answers;
}

test('of hundreds of keys drawn with in three channels at once at two servers, each wins in one, and there again the same', async () => {
  const platforms = [HOME, AWAY, THIRD];
  const spread_ids = platforms.map((platform) => `keys-${platform}`);
  const before = await Promise.all(spread_ids.map(usedOf));
  const keys = Array.from({ length: 200 }, (_, n) => `rush-${n}`);
  const answers = await rush(keys, platforms);
  const wins = platforms.map((_, place) => answers.filter((each) => each[place]?.return_code === '0').length);
  expect(wins.reduce((all, each) => all + each)).toBe(keys.length);
  expect(await rush(keys, platforms)).toEqual(answers);
  const taken = (await Promise.all(spread_ids.map(usedOf))).map((used, place) => used - before[place]!);
  expect(taken).toEqual(wins);
});

test('an app whose very first draws come in two channels at once has one home and wins once with each key', async () => {
  for (let n = 0; n < 4; n++) {
    const app = await newApp(n);
    // What names no activity of its channel makes no home.
    expect(await codeOf(7, 'astray', { app, spread_id: `keys-${HOME}` })).toBe('200002');
    const keys = Array.from({ length: 15 }, (_, each) => `first-${each}`);
    await rush(keys, n % 2 === 0 ? [HOME, AWAY] : [AWAY, HOME], { app });
    const homes = await sql()`select platform from lottery_home where app_key = ${app.app_key}`;
    expect(homes).toHaveLength(1);
    expect([HOME, AWAY]).toContain(homes[0]?.platform);
    const claims = await sql()`
      select distinct platform from lottery_grant where app_key = ${app.app_key} and claimed_platform is not null`;
    for (const { platform } of claims) expect(platform).toBe(homes[0]?.platform);
  }
});

test('a key that won at home is refused elsewhere, one that won elsewhere is refused at home, at either server', async () => {
  expect(await codeOf(HOME, 'at home')).toBe('0');
  expect(await codeOf(AWAY, 'away')).toBe('0');
  for (const url of urls) {
    expect(await codeOf(AWAY, 'at home', { url })).toBe('200011');
    for (const platform of [HOME, THIRD]) expect(await codeOf(platform, 'away', { url })).toBe('200011');
    expect(await codeOf(AWAY, 'away', { url, mix_user_id: 'other' })).toBe('200011');
  }
});

test('a draw elsewhere that wins nothing binds its key to that channel, one that names no activity there binds nothing', async () => {
  await save('keys-shut', AWAY);
  expect(await codeOf(AWAY, 'lost', { spread_id: 'keys-shut' })).toBe('200004');
  for (const platform of [HOME, THIRD]) expect(await codeOf(platform, 'lost')).toBe('200011');
  await shelve('keys-shut', 1);
  expect(await codeOf(AWAY, 'lost', { spread_id: 'keys-shut', mix_user_id: 'other' })).toBe('0');

  expect(await codeOf(AWAY, 'astray', { spread_id: 'keys-nowhere' })).toBe('200001');
  expect(await codeOf(AWAY, 'astray', { spread_id: `keys-${HOME}` })).toBe('200002');
  expect(await codeOf(HOME, 'astray')).toBe('0');
  expect(await codeOf(AWAY, 'astray', { spread_id: 'keys-nowhere' })).toBe('200011');
});

test('a server that ended between claim and draw leaves a key that its repetition wins with, and no other channel', async () => {
  await sql()`select lottery_claim(${HOME}, '[["cut off", "12345678", 9, "keys-9"]]', now())`;
  for (const platform of [HOME, THIRD]) expect(await codeOf(platform, 'cut off')).toBe('200011');
  const won = await draw(AWAY, 'cut off');
  expect(won.return_code).toBe('0');
  for (const url of urls) expect(await draw(AWAY, 'cut off', { url })).toEqual(won);
});

test('a claim is no win to whoever reads wins: lists, figures, limits of a user, voiding', async () => {
  const [spread_id, limited] = ['keys-read', 'keys-read-home'];
  await open(spread_id, AWAY, { user_limit: 1 });
  await open(limited, HOME);
  expect(await codeOf(AWAY, 'read', { spread_id })).toBe('0');
  expect(await codeOf(AWAY, 'read too', { spread_id })).toBe('200008');
  const list = async (more: object) =>
    (await calls.ok<{ draws: { platform: number }[] }>('piaoquan.lottery.draw.list', { ...more })).draws;
  expect((await list({ out_biz_id: 'read' })).map(({ platform }) => platform)).toEqual([AWAY]);
  expect(await list({ out_biz_id: 'read too' })).toEqual([]);
  const users = await list({ mix_user_id: 'user', page_size: 200 });
  expect(users.length).toBeGreaterThan(1);
  expect(users).not.toContainEqual(expect.objectContaining({ result_code: 0 }));
  // A first limit at home counts the user's wins there and no claims.
  await save(limited, HOME, { user_limit: 1 });
  expect(await codeOf(HOME, 'read at home', { spread_id: limited })).toBe('0');
  const shown = await calls.ok<{ draws: object[] }>('piaoquan.lottery.activity.draw.list', { spread_id: limited });
  expect(shown.draws).toHaveLength(1);

  expect((await ask(VOID, HOME, 'read', { spread_id: limited })).return_code).toBe('200011');
  for (const url of urls) expect((await ask(VOID, AWAY, 'read', { spread_id, url })).return_code).toBe('0');
  expect(await usedOf(spread_id)).toBe(0);
  expect(await codeOf(AWAY, 'read', { spread_id })).toBe('200012');
  expect(await codeOf(HOME, 'read')).toBe('200011');
  const operator = { draw: { spread_id: limited, app_key: demo.app_key, out_biz_id: 'read' } };
  expect(await calls.call('piaoquan.lottery.draw.invalid', operator)).toMatchObject({
    error_response: { sub_code: 'isv.win-not-found' },
  });
});

test('a claim gives way to a draw at home that comes with the same keys in another order, and then finds its wins', async () => {
  const keys = openKeys(sql());
  const { app_key } = demo;
  const claim = (out_biz_id: string) =>
    keys.claim({ app_key, out_biz_id, platform: AWAY, spread_id: `keys-${AWAY}` }, new Date());
  let claimed: Promise<number[]> | undefined;
  await sql().begin(async (tx) => {
    await tx`set local lock_timeout = '500ms'`;
    const win = (out_biz_id: string) => tx`
      insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, result_code, granted_at, limited)
      values (${HOME}, ${out_biz_id}, ${app_key}, 'keys-nowhere', 'user', 1, 1, now(), false)`;
    await win('order b');
    claimed = Promise.all(['order a', 'order b'].map(claim));
    await until(
      () => sql()`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query like '%lottery_claim(%'`,
      (waiting) => waiting.length === 1,
    );
    await win('order a');
  });
  expect(await claimed).toEqual([200011, 200011]);
});
