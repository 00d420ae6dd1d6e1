import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadBenefitsDemo } from '../demo.ts';
import { benefitHandlers } from '../handlers.ts';
import { rewardedUsers } from './rules.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const BUYER = 6100001;

let database: TestDatabase;
let handlers: ReturnType<typeof benefitHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadBenefitsDemo(database, NOW);
  handlers = benefitHandlers({ sql: database.sql, vault: createVault(Buffer.alloc(32, 1)) });
});
afterAll(() => database?.drop());

const as = (user_id = BUYER) => ({
  ...{
    app_key: '12345678',
    user: { user_id, nick: 'n' },
    now: NOW,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  },
});

const documented = {
  ...{ benefit_type: 1, send_count: 1, relation_id: 12345234, detail_id: 123235235, biz_id: '12457112' },
  trace_id: '5e7541dc-89ec-4283-a943-e1f3b72fc975',
};

const send = async (unique_id: string, more: object = {}, user_id?: number) =>
  (
    await handlers['taobao.mobile.promotion.benefit.activity.send'](
      { single_benefit_request: { ...documented, purchaser_id: SELLER, unique_id, ...more } },
      as(user_id),
    )
  ).send_result;

const share = async (unique_id: string, more: object = {}, user_id?: number) =>
  (
    await handlers['taobao.mobile.promotion.benefit.activity.send.share'](
      { ...documented, feed_id: 1, unique_id, ...more },
      as(user_id),
    )
  ).send_result;

const left = async () => {
  const [row] = await database.sql<{ valid_total_num: number }[]>`
    select valid_total_num from benefit_template where user_id = ${SELLER} and benefit_id = 123`;
  return row?.valid_total_num ?? 0;
};

test('a mobile send gives to the user of the session what the seller owns, once for a unique_id', async () => {
  const before = await left();
  const answers = await Promise.all([0, 1, 2].map((round) => send('m1', { trace_id: `try ${round}` })));
  expect(answers[0]).toEqual({
    is_success: true,
    results: [{ index_id: 123235235, success_count: 1, failure_count: 0, error_code_list: [] }],
    unique_id: 'm1',
  });
  expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  expect(await left()).toBe(before - 1);
});

test('a refusal of a mobile send stands in its result, in part or whole', async () => {
  const refusal = (error_code: string) => ({
    is_success: false,
    error_code,
    error_message: expect.any(String),
    unique_id: 'm2',
  });
  expect(await send('m2', { purchaser_id: BUYER })).toEqual(refusal('isv.param-error:295'));
  expect(await send('m2', { benefit_type: 4 })).toEqual(refusal('isv.param-error:226'));
  await send('m2');
  expect(await send('m2', {}, 7000001)).toEqual(refusal('isp.param-error:301'));
  const [few] = await database.sql`
    update benefit_template set valid_total_num = 1, total_num = 1 where user_id = ${SELLER} and benefit_id = 123
    returning valid_total_num`;
  expect(few).toEqual({ valid_total_num: 1 });
  expect(await send('m3', { send_count: 2 })).toMatchObject({
    ...{ is_success: true, error_code: 'isp.param-error:236', error_message: '发放失败' },
    results: [{ success_count: 1, failure_count: 1, error_code_list: ['isp.param-error:236'] }],
  });
  expect(await send('m4')).toMatchObject({ is_success: false, error_code: 'isp.param-error:236' });
  await database.sql`
    update benefit_template set valid_total_num = 1000, total_num = 1000 where user_id = ${SELLER} and benefit_id = 123`;
});

test('of two different sends with one unique_id in one batch the first is made', async () => {
  const before = await left();
  const [first, second] = await Promise.all([send('b1'), send('b1', { send_count: 2 })]);
  expect([first.is_success, second.error_code]).toEqual([true, 'isp.param-error:301']);
  expect(await left()).toBe(before - 1);
});

test('a send by a chain of sharing finds the seller by the relation, and rewards a user once on a chain', async () => {
  const before = await left();
  expect(await share('s1', { share_key: 'chain' })).toEqual({
    success: true,
    result_map: '{"123235235":{"successCount":1,"failureCount":0,"errorCodeList":[]}}',
  });
  expect(await share('s1', { share_key: 'chain' })).toMatchObject({ success: true });
  expect(await share('s2', { share_key: 'chain' })).toMatchObject({
    success: false,
    error_code: 'isp.param-error:301',
    result_map: '{}',
  });
  expect(await share('s3', { share_key: 'chain', biz_id: 'other' })).toMatchObject({ success: true });
  expect(await share('s4', { share_key: 'chain' }, SELLER)).toMatchObject({ success: true });
  expect(await share('s5', { relation_id: 999 })).toMatchObject({ success: false, error_code: 'isv.param-error:295' });
  expect(await left()).toBe(before - 3);
});

test('many sends at once on one chain reward the user once', async () => {
  const before = await left();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => share(`c${index}`, { share_key: 'crowd' })),
  );
  expect(answers.filter(({ success }) => success)).toHaveLength(1);
  expect(await left()).toBe(before - 1);
});

test('a user whom the chain names as rewarded is not rewarded again; another form of the chain is refused by name', async () => {
  expect(await share('r1', { share_users: `1_false,${BUYER}_true` })).toMatchObject({
    success: false,
    error_code: 'isp.param-error:301',
  });
  expect(await share('r2', { share_users: `1_true,${BUYER}_false` })).toMatchObject({ success: true });
  expect(rewardedUsers('a_b_true, c_false,d_true')).toEqual(['a_b', 'd']);
  for (const wrong of ['x', 'a_yes', 'a_true,', '_true'])
    expect(() => rewardedUsers(wrong)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ code: 41, msg: 'Invalid arguments:share_users' }) }),
    );
});

test('the same unique_id of two sellers is two sends', async () => {
  const period = { start_time: new Date('2026-01-01T00:00:00+08:00'), end_time: new Date('2026-12-31T00:00:00+08:00') };
  const { relation_id } = await handlers['taobao.promotion.benefit.activity.relation'](
    {
      relation_request: {
        add_detail_vos: [{ benefit_id: 4349901 }],
        benefit_activity_vo: { name: 'other', type: 'SEND', ...period },
      },
    },
    as(BUYER),
  );
  const sendAs = (user_id: number, relation: number) =>
    handlers['taobao.promotion.benefit.activity.send'](
      { send_request: { relation_id: relation, send_count: 1, unique_id: 'same' }, ouid: 'a' },
      as(user_id),
    );
  const answers = await Promise.all([sendAs(SELLER, 12345234), sendAs(BUYER, relation_id)]);
  expect(answers.map(({ result_list }) => result_list[0]?.success_count)).toEqual([1, 1]);
  expect(answers[0].result_list[0]?.index_id).not.toBe(answers[1].result_list[0]?.index_id);
});

test('no receiver stands in the database as it is', async () => {
  await handlers['taobao.promotion.benefit.activity.send'](
    { send_request: { relation_id: 12345234, send_count: 1, unique_id: 'private' }, uid: '13812345678' },
    as(SELLER),
  );
  const rows = await database.sql<{ text: string }[]>`
    select s::text as text from benefit_send s union all select d::text from benefit_send_detail d`;
  expect(rows.length).toBeGreaterThan(2);
  for (const { text } of rows) {
    expect(text).not.toContain('13812345678');
    expect(text).not.toContain(Buffer.from('13812345678').toString('hex'));
  }
});

test('a receiver_id of old classes names the user of the session: the same send, and another user is refused', async () => {
  const before = await left();
  expect(await send('old class', { receiver_id: BUYER })).toMatchObject({ is_success: true });
  expect(await send('old class')).toMatchObject({ is_success: true });
  expect(await send('old class, other', { receiver_id: SELLER })).toMatchObject({
    is_success: false,
    error_code: 'isv.param-error:225',
  });
  expect(await left()).toBe(before - 1);
});
