import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { loadSendplansDemo } from './demo.ts';
import { sendplansHandlers } from './handlers.ts';
import { insertNew } from './queries.ts';

const now = new Date('2026-03-01T12:00:00+08:00');
const vault = createVault(Buffer.alloc(32, 1));
let database: TestDatabase;
let handlers: ReturnType<typeof sendplansHandlers>;

beforeAll(async () => {
  database = await createTestDatabase();
  await loadSendplansDemo({ sql: database.sql, vault }, now);
  handlers = sendplansHandlers({ sql: database.sql, vault });
});
afterAll(() => database?.drop());

type Asked = { isv_id?: number; circle_id?: number; circle_content?: string; isv_user_info_map?: string };

const ask = ({ isv_id = 1, circle_id = 1, circle_content = 'ass', isv_user_info_map = '{}' }: Asked = {}, at = now) =>
  handlers['alibaba.ai.content.business.send.plan.query'](
    { param0: { isv_user_info_map, circle_info: { circle_content, circle_id }, isv_id } },
    { app_key: '12345678', now: at, request_id: 'r', host: 'localhost', actor: '12345678', method: 'test' },
  );

const ids = async (asked?: Asked, at?: Date) => (await ask(asked, at)).ret_value.map(({ id }) => id);

const save = (table: 'sendplan' | 'sendplan_item' | 'sendplan_circle', row: Parameters<typeof insertNew>[2][number]) =>
  insertNew(database.sql, table, [row]);

test('the documented request gives the documented plan', async () => {
  expect(await ask()).toEqual({
    ret_value: [
      {
        name: '月卡',
        start_time: new Date('2021-09-03T00:00:00+08:00'),
        end_time: new Date('2037-03-01T12:00:00+08:00'),
        receive_rule: '{"countLimit":1}',
        purchase_item_info:
          '[{"consumeInventory":1,"id":1,"itemConsumeInventory":8,"itemTotalInventory":10,"name":"爱奇艺月卡","weight":2},{"id":2,"name":"优酷月卡","weight":3}]',
        id: 1,
      },
    ],
    ret_code: 0,
    ret_msg: '成功',
  });
});

test('a plan is listed from its first instant to the end of its last second and at no other', async () => {
  const at = (text: string) => ids({}, new Date(`${text}+08:00`));
  expect(await at('2021-09-02T23:59:59.999')).toEqual([]);
  expect(await at('2021-09-03T00:00:00.000')).toEqual([1, 2]);
  expect(await at('2021-09-05T00:00:00.000')).toEqual([1, 2]);
  expect(await at('2021-09-05T00:00:00.999')).toEqual([1, 2]);
  expect(await at('2021-09-05T00:00:01.000')).toEqual([1]);
  expect(await at('2037-03-01T12:00:00.500')).toEqual([1]);
  expect(await at('2037-03-01T12:00:01.000')).toEqual([3]);
});

test('only the plans of the partner and circle asked for are listed', async () => {
  expect(await ids({ circle_id: 2 })).toEqual([4]);
  expect(await ids({ isv_id: 2 })).toEqual([5]);
});

test('a content that the circle does not accept gets no plan; a circle without contents accepts any', async () => {
  expect(await ids({ circle_content: 'aasasa' })).toEqual([1]);
  expect(await ask({ circle_content: 'as' })).toEqual({ ret_value: [], ret_code: 0, ret_msg: '成功' });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (circle_content) => {
      fc.pre(!circle_content.includes('\0'));
      expect(await ids({ circle_id: 2, circle_content })).toEqual([4]);
      expect(await ids({ circle_content: `not ${circle_content}` })).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('an unknown partner and a circle that the partner does not have are told apart', async () => {
  expect(await ask({ isv_id: 9 })).toEqual({ ret_value: [], ret_code: 1001, ret_msg: 'isv_id 不存在' });
  expect(await ask({ isv_id: 2, circle_id: 2 })).toEqual({
    ret_value: [],
    ret_code: 1002,
    ret_msg: '该 isv 没有此 circle_id',
  });
});

test('user information that is not a JSON object is refused by the name of its field', async () => {
  await expect(ask({ isv_user_info_map: '[1]' })).rejects.toMatchObject({
    body: { code: 41, sub_code: 'isv.invalid-parameter', msg: 'Invalid arguments:param0.isv_user_info_map' },
  });
  expect(await ids({ isv_user_info_map: '{"userId":"u1","phone":"13800000000"}' })).toEqual([1]);
});

test('plans come in order of their id, each with its own items in order of theirs, also when it has none', async () => {
  await save('sendplan_circle', { isv_id: 1, circle_id: 3, circle_name: '顺序', circle_contents: [] });
  const period = { isv_id: 1, circle_id: 3, start_time: new Date(0), end_time: new Date('2040-01-01') };
  for (const id of [33, 31, 32]) await save('sendplan', { ...period, id, name: `plan ${id}` });
  for (const id of [2, 1]) await save('sendplan_item', { plan_id: 32, id, name: `"${id}"\\`, weight: id });
  const plans = (await ask({ circle_id: 3 })).ret_value;
  expect(plans.map((plan) => [plan.id, plan.receive_rule, plan.purchase_item_info])).toEqual([
    [31, '{}', '[]'],
    [32, '{}', '[{"id":1,"name":"\\"1\\"\\\\","weight":1},{"id":2,"name":"\\"2\\"\\\\","weight":2}]'],
    [33, '{}', '[]'],
  ]);
});

test('inventory is what it is at the time of the request', async () => {
  await database.sql`update sendplan_item set consumed_inventory = 3 where plan_id = 4 and id = 1`;
  const [plan] = (await ask({ circle_id: 2 })).ret_value;
  expect(JSON.parse(plan!.purchase_item_info)[0]).toMatchObject({ itemConsumeInventory: 3, itemTotalInventory: 10 });
});

test('requests that wait together each get their own answer', async () => {
  const asked: [Asked, Date][] = [
    [{}, now],
    [{}, new Date('2021-09-04T00:00:00+08:00')],
    [{ isv_id: 2 }, now],
    [{ circle_id: 2 }, now],
    [{ circle_content: 'other' }, now],
    [{ isv_id: 9 }, now],
  ];
  const alone = [];
  for (const [each, at] of asked) alone.push(await ask(each, at));
  const rounds = Array.from({ length: 5 }, () => Promise.all(asked.map(([each, at]) => ask(each, at))));
  for (const together of await Promise.all(rounds)) expect(together).toEqual(alone);
});

test.each([
  ['more received than there is', 'consumed_inventory = 11'],
  ['fewer than none received', 'consumed_inventory = -1'],
  ['a total below what was received', 'total_inventory = 7'],
  ['a receive that takes nothing', 'consume_inventory = 0'],
])('the database refuses %s', async (_what, change) => {
  await expect(database.sql.unsafe(`update sendplan_item set ${change} where plan_id = 1 and id = 1`)).rejects.toThrow(
    'check constraint',
  );
});

test('loading the demo again leaves what a user changed', async () => {
  await database.sql`update sendplan set name = '改过的' where id = 5`;
  await loadSendplansDemo({ sql: database.sql, vault }, now);
  expect((await ask({ isv_id: 2 })).ret_value).toMatchObject([{ id: 5, name: '改过的' }]);
});
