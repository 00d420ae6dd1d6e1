import { afterAll, beforeAll, expect, test } from 'vitest';
import { demo, startTestServer, type TestServer } from '../../../test/harness/server.ts';
import { until } from '../../../test/harness/until.ts';
import { send, signedParameters } from '../../sdk/request.ts';

const RECEIVE = 'alibaba.ai.content.business.send.plan.receive';
const QUERY = 'alibaba.ai.content.business.send.plan.query';

let server: TestServer;
let urls: string[];
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_DB_CONNECTIONS: '4' });
  urls = [server.url, (await server.another()).url];
});
afterAll(() => server?.close());

type Answer = {
  ret_value: { status: boolean; start_time?: string; end_time?: string; map: string };
  ret_code: number;
  ret_msg: string;
};
type Listed = { ret_value: { purchase_send_plan_d_t_o: { id: number; purchase_item_info: string }[] } };
type User = { userId?: string; phone?: string; requestId?: string };

let turn = 0;

/** Calls a method of one server after the other and gives the answer without its request_id. */
async function call<T = object>(method: string, business: object): Promise<T> {
  const url = urls[turn++ % urls.length];
  const text = await send(`${url}/router/rest`, signedParameters(demo, method, { ...business }, new Date()));
  const [answer] = Object.values<object & { request_id?: string }>(JSON.parse(text));
  const { request_id: _each, ...rest } = answer!;
  return rest as T;
}

const receive = async (send_plan_id: number, user: User, more: object = {}): Promise<Answer> =>
  call<Answer>(RECEIVE, {
    param0: {
      isv_user_info_map: JSON.stringify(user),
      circle_info: { circle_content: 'ass', circle_id: 1 },
      isv_id: 1,
      send_plan_id,
      ...more,
    },
  });

let lastPlan = 100;
type Item = { total_inventory?: number; consume_inventory?: number; weight?: number; valid_days?: number };

/** Saves a plan that can be received, with items numbered from 1, and gives its id. */
async function savePlan(items: Item[], more: object = {}): Promise<number> {
  const id = ++lastPlan;
  const plan = {
    ...{ id, isv_id: 1, circle_id: 1, name: `plan ${id}` },
    ...{ start_time: '2021-09-03 00:00:00', end_time: '2036-09-05 00:00:00' },
    items: items.map((item, index) => ({ id: index + 1, name: `item ${index + 1}`, weight: 1, ...item })),
    ...more,
  };
  expect(await call('piaoquan.sendplan.plan.save', { plan })).toHaveProperty('plan');
  return id;
}

const audit = async () =>
  expect(await server.database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);

/** How many sessions of the database wait for a lock. */
const waiting = async (): Promise<number | undefined> =>
  (
    await server.database.sql<{ count: number }[]>`
      select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  )[0]?.count;

const consumed = async (plan_id: number): Promise<number[]> =>
  (
    await server.database.sql<{ consumed_inventory: number }[]>`
    select consumed_inventory from sendplan_item where plan_id = ${plan_id} order by id`
  ).map((row) => row.consumed_inventory);

test('hundreds of receives at once over two servers give each user countLimit and no more, and lose none', async () => {
  const id = await savePlan([{ total_inventory: 1000 }, {}], { count_limit: 2 });
  const users = Array.from({ length: 60 }, (_, index) => ({ userId: `crowd ${index}` }));
  const answers = await Promise.all(
    Array.from({ length: 6 }).flatMap(() =>
      users.map(async (user) => [user.userId, (await receive(id, user)).ret_code]),
    ),
  );
  for (const { userId } of users) {
    const codes = answers.filter(([each]) => each === userId).map(([, code]) => code);
    expect(codes.sort()).toEqual([0, 0, 1008, 1008, 1008, 1008]);
  }
  expect((await consumed(id)).reduce((one, other) => one + other)).toBe(120);
  await audit();
});

test('receives that two servers decide at the same moment are decided one after the other', async () => {
  const id = await savePlan([{ total_inventory: 10 }], { count_limit: 1 });
  let answers: Promise<Answer[]> | undefined;
  await server.database.sql.begin(async (tx) => {
    await tx`select from sendplan_item where plan_id = ${id} for update`;
    answers = Promise.all(urls.map(() => receive(id, { userId: 'twice' })));
    await until(waiting, (count) => count === 2);
  });
  expect((await answers)?.map(({ ret_code }) => ret_code).sort()).toEqual([0, 1008]);
  expect(await consumed(id)).toEqual([1]);
});

test('no more is received than there is, units counted, and what is left is too little for one receive', async () => {
  const id = await savePlan([{ total_inventory: 100, consume_inventory: 3 }, { total_inventory: 7 }]);
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) => receive(id, { userId: `rush ${index}` })),
  );
  const got = answers.filter(({ ret_code }) => ret_code === 0);
  expect(got).toHaveLength(33 + 7);
  expect(new Set(answers.map(({ ret_code }) => ret_code))).toEqual(new Set([0, 1010]));
  expect(new Set(got.map(({ ret_value }) => JSON.parse(ret_value.map).receiptId)).size).toBe(40);
  expect(await consumed(id)).toEqual([99, 7]);
  await audit();
});

test('a request sent three times at once with its requestId has one effect and one answer', async () => {
  const id = await savePlan([{ total_inventory: 500, weight: 3 }, { total_inventory: 500 }]);
  const asked = Array.from({ length: 100 }, (_, index) => ({ userId: `user ${index}`, requestId: `request ${index}` }));
  const rounds = await Promise.all([0, 1, 2].map(() => Promise.all(asked.map((user) => receive(id, user)))));
  expect(new Set(rounds[0]?.map(({ ret_code }) => ret_code))).toEqual(new Set([0]));
  expect(rounds[1]).toEqual(rounds[0]);
  expect(rounds[2]).toEqual(rounds[0]);
  expect((await consumed(id)).reduce((one, other) => one + other)).toBe(100);
});

test('a repeated requestId gives the first answer whatever has changed since; for another user it is refused', async () => {
  const id = await savePlan([{ total_inventory: 1, valid_days: 31 }], { count_limit: 1 });
  const first = await receive(id, { userId: 'a', requestId: 'r1' });
  expect(first).toMatchObject({ ret_value: { status: true }, ret_code: 0, ret_msg: '成功' });
  await call('piaoquan.sendplan.plan.status.update', { id, status: 2 });
  await server.database.sql`update sendplan_item set name = 'renamed' where plan_id = ${id}`;
  expect(await receive(id, { userId: 'a', requestId: 'r1' })).toEqual(first);
  const refused = { ret_value: { status: false, map: '{}' }, ret_code: 1011 };
  expect(await receive(id, { userId: 'b', requestId: 'r1' })).toMatchObject(refused);
  expect(await receive(id, { userId: 'a', requestId: 'r2' })).toMatchObject({ ret_code: 1007 });
});

test('a requestId that was refused can be used again', async () => {
  const id = await savePlan([{ total_inventory: 0 }]);
  expect(await receive(id, { userId: 'a', requestId: 'r' })).toMatchObject({ ret_code: 1010 });
  await call('piaoquan.sendplan.item.stock.adjust', { id, item_id: 1, delta: 1, adjust_id: 'a1', reason: '补货' });
  expect(await receive(id, { userId: 'a', requestId: 'r' })).toMatchObject({ ret_code: 0 });
});

test('the answer tells the item, its units, and how long it holds', async () => {
  const id = await savePlan([{ consume_inventory: 2, valid_days: 31 }]);
  const { ret_value } = await receive(id, { phone: '13812345678' });
  expect(JSON.parse(ret_value.map)).toEqual({
    receiptId: expect.any(Number),
    itemId: 1,
    itemName: 'item 1',
    consumeInventory: 2,
  });
  const length = Date.parse(`${ret_value.end_time}Z`) - Date.parse(`${ret_value.start_time}Z`);
  expect(length).toBe(31 * 24 * 3600 * 1000);
  const whole = await savePlan([{}]);
  expect((await receive(whole, { userId: 'a' })).ret_value.end_time).toBe('2036-09-05 00:00:00');
});

test('the query shows a receive at once', async () => {
  const id = await savePlan([{ total_inventory: 10, consume_inventory: 4 }]);
  const shown = async () => {
    const { ret_value } = await call<Listed>(QUERY, {
      param0: { isv_user_info_map: '{}', circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 },
    });
    const plans = ret_value.purchase_send_plan_d_t_o;
    return JSON.parse(plans.find((plan) => plan.id === id)?.purchase_item_info ?? '')[0].itemConsumeInventory;
  };
  for (const expected of [4, 8, 8]) {
    await receive(id, { userId: 'a' });
    expect(await shown()).toBe(expected);
  }
});

test('items are drawn by their weight among those with inventory; weight 0 never', async () => {
  const id = await savePlan([{ weight: 1 }, { weight: 3 }, { weight: 0 }, { weight: 6, total_inventory: 0 }]);
  await Promise.all(Array.from({ length: 400 }, (_, index) => receive(id, { userId: `u${index}` })));
  const [one = 0, three = 0, ...never] = await consumed(id);
  expect([one + three, never]).toEqual([400, [0, 0]]);
  // Six standard deviations of 400 draws at one in four.
  expect(Math.abs(one - 100)).toBeLessThan(6 * Math.sqrt(400 * 0.25 * 0.75));
});

test('every reason to refuse has a ret_code and words of its own', async () => {
  const open = await savePlan([{}], { count_limit: 1 });
  const daily = await savePlan([{}], { day_limit: 1 });
  const future = await savePlan([{}], { start_time: '2036-09-04 00:00:00' });
  const past = await savePlan([{}]);
  await server.database.sql`update sendplan set end_time = '2021-09-04' where id = ${past}`;
  const empty = await savePlan([]);
  const user = { userId: 'reasons' };
  await receive(open, user);
  await receive(daily, user);
  const answers = [
    await receive(open, user, { isv_id: 999 }),
    await receive(open, user, { circle_info: { circle_content: 'ass', circle_id: 999 } }),
    await receive(open, user, { circle_info: { circle_content: 'other', circle_id: 1 } }),
    await receive(9999, user),
    await receive(future, user),
    await receive(past, user),
    await receive(open, user),
    await receive(daily, user),
    await receive(empty, user),
    await receive(open, {}),
    await receive(4, user),
  ];
  expect(answers.map(({ ret_code }) => ret_code)).toEqual([
    ...[1001, 1002, 1003, 1004, 1005, 1006, 1008, 1009, 1010, 1012, 1004],
  ]);
  expect(new Set(answers.map(({ ret_msg }) => ret_msg)).size).toBe(10);
  for (const { ret_value } of answers) expect(ret_value).toEqual({ status: false, map: '{}' });
});

test('no phone number stands in the database or in an answer', async () => {
  const id = await savePlan([{}]);
  await receive(id, { phone: '13812345678' });
  await receive(id, { userId: '13987654321', phone: '13812345678' });
  const rows = await server.database.sql<{ text: string }[]>`
    select r::text as text from sendplan_receipt r where plan_id = ${id}`;
  expect(rows).toHaveLength(2);
  for (const { text } of rows) {
    expect(text).not.toMatch(/13812345678|13987654321/);
    expect(text).not.toContain(Buffer.from('13812345678').toString('hex'));
  }
  const listed = await call('piaoquan.sendplan.receipt.list', { plan_id: id });
  expect(JSON.stringify(listed)).not.toMatch(/13812345678|13987654321/);
  expect(listed).toMatchObject({
    receipts: { send_plan_receipt: [{ user_id: '139****4321', phone: '138****5678' }, { phone: '138****5678' }] },
  });
});
