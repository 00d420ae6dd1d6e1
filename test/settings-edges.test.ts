import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

type Members = Record<string, unknown>;
const call = async (method: string, business: object): Promise<Members> => {
  const answer = (await server.json(method, business as Members, { simplify: true })) as Members;
  expect(answer.error_response, JSON.stringify([method, business])).toBeUndefined();
  return answer;
};
const SPAN = { start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00' };
const prize = {
  prize_no: 1,
  weight: 1,
  reward_title: 'r',
  reward_type: 1,
  reward_sub_type: 2,
  reward_count: 1,
  cost_price: 1,
};

test('an empty text takes a setting away too, in a parameter of its own and inside JSON', async () => {
  const shown = async () =>
    ((await call('piaoquan.ticketing.channel.list', { tenant_id: 92 })).channels as Members[])[0]?.hold_minutes;
  const save = (hold_minutes: unknown) =>
    call('piaoquan.ticketing.tenant.save', { tenant_id: 92, tenant_name: 'n', hold_minutes });
  await save(7);
  expect(await shown()).toBe(7);
  await save(undefined);
  expect(await shown()).toBe(7);
  await save('');
  expect(await shown()).toBe(15);
  const activity = { spread_id: 'empty', platform: 8, name: 'n' };
  await call('piaoquan.lottery.activity.save', { activity: { ...activity, user_limit: 2 } });
  await call('piaoquan.lottery.activity.save', { activity: { ...activity, user_limit: '' } });
  expect((await call('piaoquan.lottery.activity.get', { spread_id: 'empty' })).activity).not.toHaveProperty(
    'user_limit',
  );
});

test('one kind of expiry takes the place of the other, and a batch comes and goes with the number of its codes', async () => {
  const save = async (more: object) => {
    const activity = { spread_id: 'pairs', platform: 8, name: 'n', prizes: [{ ...prize, ...more }] };
    const saved = (await call('piaoquan.lottery.activity.save', { activity })).activity as { prizes: Members[] };
    return saved.prizes[0] as Members;
  };
  await save({ gmt_expire: '2036-01-01 00:00:00', mix_id: 'code_open', code_count: 1 });
  const byDays = await save({ expire_days: 3 });
  expect(byDays).toMatchObject({ expire_days: 3, mix_id: 'code_open', code_count: 1 });
  expect(byDays).not.toHaveProperty('gmt_expire');
  expect(await save({ gmt_expire: '2036-01-01 00:00:00' })).not.toHaveProperty('expire_days');
  const without = await save({ mix_id: null });
  expect(without).not.toHaveProperty('code_count');
  expect(without).toMatchObject({ gmt_expire: '2036-01-01 00:00:00' });
});

test('days of validity go with their kind, and are still asked for where there are none', async () => {
  const batch = {
    mix_id: 'days',
    name: 'n',
    bind_begin_time: '2026-01-01 00:00:00',
    coupon_expire_time: '2036-01-01 00:00:00',
    denomination: 1,
  };
  const save = (more: object) =>
    server.json('piaoquan.voucher.batch.save', { batch: { ...batch, ...more } }, { simplify: true });
  expect(await save({ valid_duration_type: 'DAY' })).toHaveProperty(
    'error_response.sub_code',
    'isv.voucher-batch-invalid',
  );
  expect(await save({ valid_duration_type: 'DAY', valid_days: 3 })).toHaveProperty('batch.valid_days', 3);
  expect(await save({ valid_duration_type: 'DAY' })).toHaveProperty('batch.valid_days', 3);
  expect(await save({ valid_duration_type: 'DAY', valid_days: null })).toHaveProperty('error_response');
  expect(await save({ valid_duration_type: 'GENERAL' })).not.toHaveProperty('batch.valid_days');
});

test('stock is no setting: null does not take it away', async () => {
  const activity = { spread_id: 'stock', platform: 8, name: 'n', prizes: [{ ...prize, total_count: 5 }] };
  await call('piaoquan.lottery.activity.save', { activity });
  const taken = { ...activity, prizes: [{ ...prize, total_count: null }] };
  expect(await server.json('piaoquan.lottery.activity.save', { activity: taken })).toHaveProperty(
    'error_response.sub_code',
    'isv.stock-by-adjust-only',
  );
  const plan = { id: 9101, isv_id: 1, circle_id: 1, name: 'n', ...SPAN };
  const item = (total_inventory: number | null) => [{ id: 1, name: 'i', weight: 1, total_inventory }];
  await call('piaoquan.sendplan.plan.save', { plan: { ...plan, items: item(5) } });
  expect(await server.json('piaoquan.sendplan.plan.save', { plan: { ...plan, items: item(null) } })).toHaveProperty(
    'error_response.sub_code',
    'isv.stock-out-of-range',
  );
});

test('a business code that is closed stays closed when its state is left out', async () => {
  const biz = { biz_code: 'set', source: 's', perform_type: 1, auto_renew: true };
  const METHOD = 'piaoquan.sendplan.biz.save';
  await call(METHOD, { ...biz, secret: 'a', status: 2 });
  await call(METHOD, { ...biz, auto_renew: false });
  const rows = await server.database.sql`select status, auto_renew from sendplan_biz where biz_code = 'set'`;
  expect([...rows]).toEqual([{ status: 2, auto_renew: false }]);
});

test('what a channel may sell of single tiers stays when it is left out, and goes with null', async () => {
  const save = (price_list: unknown) =>
    call('piaoquan.ticketing.channel.authorize.save', {
      channel_id: 1,
      event_id: 90000011,
      authorized: true,
      price_list,
    });
  const rows = async () =>
    (await server.database.sql`select from ticketing_channel_price where event_id = 90000011`).length;
  await save([{ price_id: 90000103, authorized: false }]);
  await save(undefined);
  expect(await rows()).toBe(1);
  await save(null);
  expect(await rows()).toBe(0);
});
