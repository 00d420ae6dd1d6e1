import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ErrorReply, errorOf } from '../../../../test/harness/call.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { voucherCalls } from '../../../../test/harness/vouchers.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  const findings = await server.database.sql`select * from audit_lottery where counted is distinct from ledger`;
  await server.close();
  expect(findings).toEqual([]);
});

const admin = (noun: string, business: object) =>
  server.call(`piaoquan.lottery.${noun}`, business as Record<string, unknown>, { simplify: true });
/** Calls and gives the answer, which must be a success. */
async function done<T = Record<string, never>>(noun: string, business: object): Promise<T> {
  const text = await admin(noun, business);
  expect(errorOf(text)).toBeUndefined();
  return JSON.parse(text) as T;
}
const refusal = async (noun: string, business: object): Promise<string | undefined> => {
  const error = errorOf(await admin(noun, business)) as ErrorReply;
  return error.code === 15 ? error.sub_code : error.msg;
};
const draw = async (spread_id: string, out_biz_id: string, mix_user_id = 'user') => {
  const business = { lottery_performance_top_param: { spread_id, platform: 8, out_biz_id, mix_user_id } };
  return JSON.parse(await server.call('taobao.film.lottery.performance', business, { simplify: true }));
};

const TODAY = { start_time: '2026-01-01 00:00:00', end_time: '2036-12-31 23:59:59' };
const segment = (segment_no: number, more: object = {}) => ({ segment_no, ...TODAY, win_times: 10, ...more });
const prize = (prize_no: number, more: object = {}) => ({
  prize_no,
  weight: 1,
  reward_title: '奖品',
  reward_type: 1,
  reward_sub_type: 2,
  reward_count: 1,
  cost_price: 100,
  ...more,
});
const activity = (spread_id: string, more: object = {}) => ({ spread_id, platform: 8, name: '活动', ...more });

test('an activity is made off shelf, shown whole, put on shelf, drawn from, and taken off again', async () => {
  const given = activity('admin-1', { user_limit: 2, segments: [segment(1)], prizes: [prize(1, { total_count: 5 })] });
  const saved = await done<{ activity: object }>('activity.save', { activity: given });
  expect(saved.activity).toEqual({
    ...given,
    status: 2,
    segments: [{ ...segment(1), consumed_win_times: 0 }],
    prizes: [{ ...prize(1), total_count: 5, consumed_count: 0 }],
  });
  expect((await draw('admin-1', 'a1')).return_code).toBe('200004');
  await done('activity.status.update', { spread_id: 'admin-1', status: 1 });
  expect((await draw('admin-1', 'a1')).return_value.rewards[0].reward_title).toBe('奖品');
  await done('activity.status.update', { spread_id: 'admin-1', status: 2 });
  expect((await draw('admin-1', 'a2')).return_code).toBe('200004');
  expect(await done('activity.get', { spread_id: 'admin-1' })).toMatchObject({
    activity: { segments: [{ consumed_win_times: 1 }], prizes: [{ consumed_count: 1 }] },
  });
});

test('saving again changes nothing; saving a part leaves the others and what it does not name', async () => {
  const whole = activity('admin-2', { user_limit: 2, segments: [segment(1)], prizes: [prize(1), prize(2)] });
  const first = await done('activity.save', { activity: whole });
  const { request_id: _first, ...same } = await done('activity.save', { activity: whole });
  expect(first).toMatchObject(same);
  const part = await done('activity.save', { activity: activity('admin-2', { prizes: [prize(2, { weight: 0 })] }) });
  expect(part).toMatchObject({ activity: { segments: [{ segment_no: 1 }], prizes: [{ weight: 1 }, { weight: 0 }] } });
  expect(part).toHaveProperty('activity.user_limit', 2);
  const rewards = await server.database.sql`select reward_no from lottery_reward where spread_id = 'admin-2'`;
  expect(rewards).toHaveLength(2);
});

test('what cannot be is refused by name, and nothing of it is kept', async () => {
  const save = (more: object) => refusal('activity.save', { activity: activity('admin-3', more) });
  const overlapping = [segment(1), segment(2, { start_time: TODAY.end_time, end_time: '2037-01-01 00:00:00' })];
  expect(await save({ segments: overlapping })).toBe('isv.segments-overlap');
  expect(await refusal('activity.get', { spread_id: 'admin-3' })).toBe('isv.activity-not-found');
  expect(await save({ segments: [segment(1, { end_time: '2025-01-01 00:00:00' })] })).toBe(
    'Invalid arguments:activity.segments[0].end_time',
  );
  expect(await save({ segments: [{ segment_no: 1, ...TODAY }] })).toBe('isv.segment-without-stock');
  expect(await save({ prizes: [prize(1, { mix_id: 'nothing', code_count: 1 })] })).toBe('isv.batch-not-found');
  const wrong: [string, object][] = [
    ['reward_sub_type', { reward_sub_type: 7 }],
    ['reward_sub_type', { reward_type: 14 }],
    ['expire_days', { expire_days: 1, gmt_expire: '2030-01-01 00:00:00' }],
    ['code_count', { mix_id: 'code_open' }],
    ['reward_ext', { reward_ext: '[]' }],
  ];
  for (const [field, more] of wrong)
    expect(await save({ prizes: [prize(1), prize(2, more)] })).toBe(`Invalid arguments:activity.prizes[1].${field}`);
  await done('activity.save', { activity: activity('admin-3', { segments: [segment(1)] }) });
  expect(await save({ platform: 9 })).toBe('isv.platform-is-fixed');
  expect(await save({ segments: [segment(1, { win_times: 11 })] })).toBe('isv.stock-by-adjust-only');
});

test('what is over already is not saved, unless it was so before and stays as it is', async () => {
  const spread_id = 'admin-over';
  const save = async (parts: object) =>
    errorOf(await admin('activity.save', { activity: activity(spread_id, parts) }))?.sub_code;
  const over = segment(2, { start_time: '2025-01-01 00:00:00', end_time: '2025-01-01 23:59:59' });
  expect(await save({ segments: [segment(1), over] })).toBe('isv.segment-over');
  expect(await save({ prizes: [prize(1), prize(2, { gmt_expire: '2025-01-01 00:00:00' })] })).toBe('isv.prize-over');
  const batch = {
    ...{ mix_id: 'over', name: '过期', denomination: 1, valid_duration_type: 'GENERAL' },
    ...{ bind_begin_time: '2025-01-01 00:00:00', coupon_expire_time: '2046-01-01 00:00:00' },
  };
  await server.call('piaoquan.voucher.batch.save', { batch });
  const brings = prize(3, { mix_id: 'over', code_count: 1 });
  const { sql } = server.database;
  await sql`update voucher_batch set coupon_expire_time = '2025-02-01' where mix_id = 'over'`;
  expect(await save({ prizes: [brings] })).toBe('isv.batch-over');
  await sql`update voucher_batch set coupon_expire_time = '2046-01-01' where mix_id = 'over'`;
  expect(await save({ segments: [segment(1)], prizes: [brings] })).toBeUndefined();
  await sql`update lottery_segment set start_time = '2025-01-01', end_time = '2025-02-01' where spread_id = ${spread_id}`;
  await sql`update voucher_batch set coupon_expire_time = '2025-02-01' where mix_id = 'over'`;
  const { activity: whole } = await done<{ activity: { status: number } }>('activity.get', { spread_id });
  const { status: _readOnly, ...shown } = whole;
  expect(errorOf(await admin('activity.save', { activity: shown }))).toBeUndefined();
});

test('segments saved at once from many sides never overlap', async () => {
  await done('activity.save', { activity: activity('admin-4') });
  const hours = Array.from({ length: 12 }, (_, n) => ({
    segment_no: n + 1,
    start_time: `2046-05-01 0${Math.floor(n / 2)}:00:00`,
    end_time: `2046-05-01 0${Math.floor(n / 2)}:59:59`,
    win_times: 1,
  }));
  const answers = await Promise.all(
    hours.map(async (each) =>
      errorOf(await admin('activity.save', { activity: activity('admin-4', { segments: [each] }) })),
    ),
  );
  expect(answers.filter((error) => error?.sub_code === 'isv.segments-overlap')).toHaveLength(6);
  expect(answers.filter((error) => error === undefined)).toHaveLength(6);
});

test('stock is adjusted once for each adjust_id, never below what is consumed, and told the same again', async () => {
  const parts = { segments: [segment(1)], prizes: [prize(1, { total_count: 3 }), prize(2)] };
  await done('activity.save', { activity: activity('admin-5', parts) });
  await done('activity.status.update', { spread_id: 'admin-5', status: 1 });
  for (const n of [1, 2]) expect((await draw('admin-5', `five-${n}`)).return_code).toBe('0');
  const place = { spread_id: 'admin-5', segment_no: 1 };
  const raise = { ...place, delta: 5, reason: '追加', adjust_id: 'raise' };
  const raised = await Promise.all([1, 2, 3].map(() => done('segment.stock.adjust', raise)));
  expect(raised.map(({ win_times }) => win_times)).toEqual([15, 15, 15]);
  expect(await done('segment.stock.adjust', { ...place, delta: -13, reason: '收回', adjust_id: 'b' })).toMatchObject({
    win_times: 2,
  });
  expect(await done('segment.stock.adjust', raise)).toMatchObject({ win_times: 15 });
  const adjust = (more: object) => refusal('segment.stock.adjust', { ...raise, adjust_id: 'c', ...more });
  expect(await adjust({ delta: -1 })).toBe('isv.stock-out-of-range');
  expect(await adjust({ delta: 1_000_000_000 })).toBe('isv.stock-out-of-range');
  expect(await adjust({ adjust_id: 'raise', delta: 6 })).toBe('isv.adjust-conflict');
  expect(await adjust({ segment_no: 2 })).toBe('isv.segment-not-found');
  const prizeStock = { spread_id: 'admin-5', prize_no: 1, delta: 4, reason: '追加', adjust_id: 'p' };
  expect(await done('prize.stock.adjust', prizeStock)).toMatchObject({ total_count: 7 });
  expect(await refusal('prize.stock.adjust', { ...prizeStock, prize_no: 2, adjust_id: 'q' })).toBe(
    'isv.prize-without-stock',
  );
  expect(await refusal('prize.stock.adjust', { ...prizeStock, prize_no: 3, adjust_id: 'q' })).toBe(
    'isv.prize-not-found',
  );
  const entries = await server.database.sql`
    select counter, delta, stock, reason, app_key from lottery_adjustment
    where spread_id = 'admin-5' and app_key is not null order by adjust_id`;
  expect([...entries]).toEqual([
    { counter: 'win_times', delta: -13, stock: 2, reason: '收回', app_key: '12345678' },
    { counter: 'total_count', delta: 4, stock: 7, reason: '追加', app_key: '12345678' },
    { counter: 'win_times', delta: 5, stock: 15, reason: '追加', app_key: '12345678' },
  ]);
});

test('the list pages through all activities once, filtered', async () => {
  for (const n of [1, 2, 3, 4, 5])
    await done('activity.save', { activity: activity(`list-${n}`, { platform: 77, name: n < 4 ? '春' : '秋' }) });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await done<{ activities: { spread_id: string }[]; next_cursor?: string }>('activity.list', {
      platform: 77,
      name: '春',
      page_size: 2,
      cursor,
    });
    seen.push(...page.activities.map(({ spread_id }) => spread_id));
    cursor = page.next_cursor;
  } while (cursor);
  expect(seen).toEqual(['list-1', 'list-2', 'list-3']);
  expect(await done('activity.list', { platform: 77, status: 1 })).toMatchObject({ activities: [] });
});

test('wins are found by key and by user, newest first, page by page; phone numbers are masked', async () => {
  const spread_id = 'prizePool_open';
  for (const n of [1, 2, 3]) await draw(spread_id, `find-${n}`, '13800135678');
  await draw(spread_id, 'find-4', 'AAHb');
  type Page = { draws: { out_biz_id: string; mix_user_id: string; app_key: string }[]; next_cursor?: string };
  const one = await done<Page>('draw.list', { out_biz_id: 'find-4' });
  expect(one.draws).toMatchObject([
    { spread_id, app_key: '12345678', mix_user_id: 'AAHb', segment_no: 1, result_code: 1 },
  ]);
  const page = await done<Page>('draw.list', { mix_user_id: '+8613800135678', page_size: 2 });
  expect(page.draws.map(({ out_biz_id }) => out_biz_id)).toEqual(['find-3', 'find-2']);
  expect(new Set(page.draws.map(({ mix_user_id }) => mix_user_id))).toEqual(new Set(['138****5678']));
  const rest = await done<Page>('draw.list', { mix_user_id: '13800135678', page_size: 2, cursor: page.next_cursor });
  expect(rest.draws.map(({ out_biz_id }) => out_biz_id)).toEqual(['find-1']);
  expect(rest.next_cursor).toBeUndefined();
  expect(await done('draw.list', { out_biz_id: 'find-4', spread_id: 'admin-1' })).toMatchObject({ draws: [] });
  expect(await refusal('draw.list', {})).toBe('isv.search-too-wide');
  const spelled = (place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');
  for (const cursor of ['x', spelled([1, 8, '\0', '1']), spelled([8e15, 8, 'a', '1']), spelled([-1e14, 8, 'a', '1'])])
    expect(await refusal('draw.list', { mix_user_id: 'AAHb', cursor })).toBe('Invalid arguments:cursor');
});

test("a win of any app is voided once, its user's number never shown, and gives its stock back", async () => {
  const spread_id = 'admin-void';
  const given = activity(spread_id, { segments: [segment(1)], prizes: [prize(1, { total_count: 5 })] });
  await done('activity.save', { activity: given });
  await done('activity.status.update', { spread_id, status: 1 });
  expect((await draw(spread_id, 'void-1', '13812345678')).return_code).toBe('0');
  const key = { spread_id, app_key: '12345678', out_biz_id: 'void-1' };
  expect(await refusal('draw.invalid', { draw: { ...key, app_key: '87654321' } })).toBe('isv.win-not-found');
  expect(await refusal('draw.invalid', { draw: { ...key, spread_id: 'admin-1' } })).toBe('isv.win-not-found');
  for (let times = 0; times < 2; times++)
    expect(await done('draw.invalid', { draw: key })).toMatchObject({ is_success: true });
  expect(await done('activity.get', { spread_id })).toMatchObject({
    activity: { segments: [{ consumed_win_times: 0 }], prizes: [{ consumed_count: 0 }] },
  });
});

test('a win with a redeemed code stands until the redemption is reversed', async () => {
  const [spread_id, mix_id] = ['admin-redeemed', 'admin_redeemed'];
  const vouchers = voucherCalls(server);
  const [code] = await vouchers.madeBatch(mix_id, 1);
  const given = activity(spread_id, { segments: [segment(1)], prizes: [prize(1, { mix_id, code_count: 1 })] });
  await done('activity.save', { activity: given });
  await done('activity.status.update', { spread_id, status: 1 });
  expect((await draw(spread_id, 'redeemed')).return_value.rewards[0].code_info_list).toEqual([{ code }]);
  const [key, asked] = [
    { spread_id, app_key: '12345678', out_biz_id: 'redeemed' },
    { mix_id, codes: [code] },
  ];
  await vouchers.ok('piaoquan.voucher.code.consume', { ...asked, unique_id: 'redeem' });
  expect(await refusal('draw.invalid', { draw: key })).toBe('isv.win-redeemed');
  expect((await draw(spread_id, 'redeemed')).return_code).toBe('0');
  await vouchers.ok('piaoquan.voucher.code.consume.reverse', { ...asked, unique_id: 'reverse' });
  expect(await done('draw.invalid', { draw: key })).toMatchObject({ is_success: true });
});

test('wins that lack codes are listed, and given them one by one or all, by whoever administers', async () => {
  const batch = { mix_id: 'owed', name: '券', denomination: 1, valid_duration_type: 'GENERAL' };
  const period = { bind_begin_time: '2026-01-01 00:00:00', coupon_expire_time: '2046-01-01 00:00:00' };
  await server.call('piaoquan.voucher.batch.save', { batch: { ...batch, ...period } });
  const spread_id = 'admin-owed';
  const prizes = [prize(1, { mix_id: 'owed', code_count: 1 })];
  await done('activity.save', { activity: activity(spread_id, { segments: [segment(1)], prizes }) });
  await done('activity.status.update', { spread_id, status: 1 });
  for (const key of ['o1', 'o2', 'o3']) expect((await draw(spread_id, key)).return_value.result_code).toBe(3);
  const listed = async (lacks_codes: boolean) => {
    const asked = { spread_id, lacks_codes };
    return (await done<{ draws: { out_biz_id: string }[] }>('activity.draw.list', asked)).draws.length;
  };
  expect(await listed(true)).toBe(3);
  await server.call('piaoquan.voucher.batch.import', { mix_id: 'owed', import_id: 'i', csv: 'OWED-1\nOWED-2\nOWED-3' });
  const one = { spread_id, draw: { app_key: '12345678', out_biz_id: 'o2' } };
  expect(await done('draw.complete', one)).toMatchObject({ completed_count: 1, lacking_count: 2 });
  expect(await done('draw.complete', one)).toMatchObject({ completed_count: 0, lacking_count: 2 });
  expect([await listed(true), await listed(false)]).toEqual([2, 1]);
  expect(await done('draw.complete', { spread_id })).toMatchObject({ completed_count: 2, lacking_count: 0 });
  expect((await draw(spread_id, 'o1')).return_value).toMatchObject({
    result_code: 1,
    rewards: [{ code_info_list: [{}] }],
  });
  expect(await refusal('draw.complete', { ...one, spread_id: 'nowhere' })).toBe('isv.activity-not-found');
  expect(await refusal('draw.complete', { spread_id, draw: { ...one.draw, out_biz_id: 'x' } })).toBe(
    'isv.win-not-found',
  );
});
