import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { until } from '../../../../test/harness/until.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadSendplansDemo } from '../demo.ts';
import { sendplansHandlers } from '../handlers.ts';
import { adminSendplansHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(Buffer.alloc(32, 1));

let database: TestDatabase;
let handlers: ReturnType<typeof sendplansHandlers> & ReturnType<typeof adminSendplansHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadSendplansDemo({ sql: database.sql, vault }, NOW);
  handlers = {
    ...sendplansHandlers({ sql: database.sql, vault }),
    ...adminSendplansHandlers({ sql: database.sql, vault }),
  };
});
afterAll(() => database?.drop());

let calls = 0;
const context = () => ({
  app_key: '12345678',
  now: NOW,
  request_id: `r${++calls}`,
  host: 'localhost',
  actor: '12345678',
  method: 'test',
});

const fields = {
  ...{ isv_id: 1, circle_id: 1, name: 'plan' },
  start_time: new Date('2026-01-01T00:00:00+08:00'),
  end_time: new Date('2026-12-31T00:00:00+08:00'),
};
const item = (id: number, more: object = {}) => ({ id, name: `item ${id}`, weight: 1, ...more });
const save = async (id: number, items: ReturnType<typeof item>[], more: object = {}) =>
  (await handlers['piaoquan.sendplan.plan.save']({ plan: { ...fields, id, items, ...more } }, context())).plan;
const receive = (send_plan_id: number, user: object, more: object = {}) =>
  handlers['alibaba.ai.content.business.send.plan.receive'](
    {
      param0: {
        ...{ isv_user_info_map: JSON.stringify(user), isv_id: 1, send_plan_id },
        circle_info: { circle_content: 'ass', circle_id: 1 },
        ...more,
      },
    },
    context(),
  );

const audit = async () => expect(await database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);
const refused = (sub_code: string) => ({ body: { code: 15, sub_code } });

test('a saved plan is there whole; saved again it keeps the items and totals that are not named', async () => {
  const first = await save(50, [item(1, { total_inventory: 10 }), item(2)], { count_limit: 3, day_limit: 2 });
  expect(first).toMatchObject({ ...fields, id: 50, count_limit: 3, day_limit: 2, status: 1 });
  expect(first.items).toMatchObject([
    { id: 1, total_inventory: 10, consumed_inventory: 0 },
    { id: 2, total_inventory: null },
  ]);
  const again = await save(50, [item(1, { weight: 5 })], { name: 'renamed' });
  expect(again).toMatchObject({ name: 'renamed', count_limit: 3, day_limit: 2 });
  expect(again.items).toMatchObject([{ id: 1, weight: 5, total_inventory: 10 }, { id: 2 }]);
  expect((await save(50, [item(1, { total_inventory: 4 })])).items[0]).toMatchObject({ total_inventory: 4 });
  await expect(save(50, [item(2, { total_inventory: 4 })])).rejects.toMatchObject(refused('isv.stock-out-of-range'));
  await audit();
});

test('a save that is refused in part changes nothing at all', async () => {
  const before = await save(51, [item(1, { total_inventory: 5 })]);
  await receive(51, { userId: 'a' });
  await expect(save(51, [item(3), item(1, { weight: 9, total_inventory: 0 })])).rejects.toMatchObject(
    refused('isv.stock-out-of-range'),
  );
  const { plan } = await handlers['piaoquan.sendplan.plan.get']({ id: 51 }, context());
  expect(plan).toEqual({ ...before, items: [{ ...before.items[0], consumed_inventory: 1 }] });
});

test('a plan needs a circle that exists, keeps it, and may not end before it begins', async () => {
  await expect(save(52, [], { circle_id: 404 })).rejects.toMatchObject(refused('isv.circle-not-found'));
  await expect(save(4, [])).rejects.toMatchObject(refused('isv.plan-of-other-circle'));
  await expect(save(52, [], { end_time: new Date(0) })).rejects.toMatchObject({
    body: { code: 41, msg: 'Invalid arguments:plan.end_time' },
  });
  await expect(handlers['piaoquan.sendplan.plan.get']({ id: 52 }, context())).rejects.toMatchObject(
    refused('isv.plan-not-found'),
  );
});

test('a circle accepts the contents it was last saved with', async () => {
  const circle = { isv_id: 7, isv_name: 'seven', circle_id: 1, circle_name: 'one', circle_contents: ['a,b', 'c'] };
  await handlers['piaoquan.sendplan.circle.save']({ circle }, context());
  await save(53, [item(1)], { isv_id: 7 });
  const code = async (circle_content: string) =>
    (await receive(53, { userId: 'a' }, { isv_id: 7, circle_info: { circle_content, circle_id: 1 } })).ret_code;
  expect([await code('a,b'), await code('x')]).toEqual([0, 1003]);
  await handlers['piaoquan.sendplan.circle.save']({ circle: { ...circle, circle_contents: undefined } }, context());
  expect(await code('x')).toBe(1003);
  await handlers['piaoquan.sendplan.circle.save']({ circle: { ...circle, circle_contents: null } }, context());
  expect(await code('x')).toBe(0);
});

test('a plan off shelf is neither listed nor received until it is put back', async () => {
  await save(54, [item(1)]);
  const set = (status: number) => handlers['piaoquan.sendplan.plan.status.update']({ id: 54, status }, context());
  const listed = async () => {
    const param0 = { isv_user_info_map: '{}', circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 };
    const { ret_value } = await handlers['alibaba.ai.content.business.send.plan.query']({ param0 }, context());
    return ret_value.some(({ id }) => id === 54);
  };
  await set(2);
  expect([await listed(), (await receive(54, { userId: 'a' })).ret_code]).toEqual([false, 1007]);
  await set(1);
  expect([await listed(), (await receive(54, { userId: 'a' })).ret_code]).toEqual([true, 0]);
  await expect(
    handlers['piaoquan.sendplan.plan.status.update']({ id: 404, status: 1 }, context()),
  ).rejects.toMatchObject(refused('isv.plan-not-found'));
});

test('an adjustment counts once by its key, never below what was received, and receives meet it without harm', async () => {
  await save(55, [item(1, { total_inventory: 20 }), item(2)]);
  const adjust = (delta: number, adjust_id: string, item_id = 1) =>
    handlers['piaoquan.sendplan.item.stock.adjust']({ id: 55, item_id, delta, adjust_id, reason: '补货' }, context());
  const [many] = await Promise.all([
    Promise.all(Array.from({ length: 8 }, () => adjust(5, 'a'))),
    ...Array.from({ length: 40 }, (_, index) => receive(55, { userId: `u${index}` })),
  ]);
  expect(many).toEqual(many.map(() => ({ total_inventory: 25 })));
  await expect(adjust(6, 'a')).rejects.toMatchObject(refused('isv.adjust-conflict'));
  await expect(adjust(-26, 'b')).rejects.toMatchObject(refused('isv.stock-out-of-range'));
  await expect(adjust(1, 'c', 2)).rejects.toMatchObject(refused('isv.stock-out-of-range'));
  await expect(adjust(1, 'd', 9)).rejects.toMatchObject(refused('isv.item-not-found'));
  const [entry] = await database.sql`
    select delta_total, reason, operator, adjusted_at from sendplan_adjustment where plan_id = 55 and adjust_id = 'a'`;
  expect(entry).toEqual({ delta_total: 5, reason: '补货', operator: '12345678', adjusted_at: NOW });
  await audit();
});

test('the same adjustment at the same moment counts once, and both answers say so', async () => {
  await save(57, [item(1, { total_inventory: 20 })]);
  const adjust = () =>
    handlers['piaoquan.sendplan.item.stock.adjust'](
      { id: 57, item_id: 1, delta: 5, adjust_id: 'a', reason: '补货' },
      context(),
    );
  let both: Promise<unknown> | undefined;
  await database.sql.begin(async (tx) => {
    await tx`select from sendplan_item where plan_id = 57 for update`;
    both = Promise.all([adjust(), adjust()]);
    await until(
      async () => {
        const [row] = await database.sql<{ count: number }[]>`
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return row?.count;
      },
      (count) => count === 2,
    );
  });
  expect(await both).toEqual([{ total_inventory: 25 }, { total_inventory: 25 }]);
});

test('plans are listed by pages in order, of a partner, circle and state', async () => {
  for (const id of [901, 902, 903]) await save(id, [], { isv_id: 2 });
  await handlers['piaoquan.sendplan.plan.status.update']({ id: 902, status: 2 }, context());
  const list = async (more: object) => {
    const answer = await handlers['piaoquan.sendplan.plan.list']({ isv_id: 2, ...more }, context());
    return { ids: answer.plans.map(({ id }) => id), cursor: answer.next_cursor ?? undefined };
  };
  expect(await list({ page_size: 3 })).toEqual({ ids: [5, 901, 902], cursor: '902' });
  expect(await list({ page_size: 3, cursor: '902' })).toEqual({ ids: [903], cursor: undefined });
  expect((await list({ status: 2 })).ids).toEqual([902]);
  expect((await list({ circle_id: 9 })).ids).toEqual([]);
  await expect(list({ cursor: '1.5' })).rejects.toMatchObject({ body: { code: 41, msg: 'Invalid arguments:cursor' } });
});

test('receipts are listed newest first by pages that new ones do not shift, those of one user by userId or phone in any spelling', async () => {
  await save(56, [item(1)]);
  for (const user of [{ userId: 'a' }, { phone: '13812345678' }, { userId: 'a', requestId: 'r' }, { userId: 'b' }])
    await receive(56, user);
  const list = async (more: object) => {
    const answer = await handlers['piaoquan.sendplan.receipt.list']({ plan_id: 56, ...more }, context());
    return { users: answer.receipts.map(({ user_id, phone }) => user_id ?? phone), cursor: answer.next_cursor };
  };
  const first = await list({ page_size: 2 });
  expect(first.users).toEqual(['b', 'a']);
  await receive(56, { userId: 'c' });
  expect(await list({ page_size: 2, cursor: first.cursor })).toEqual({
    users: ['138****5678', 'a'],
    cursor: undefined,
  });
  expect((await list({ user_id: 'a' })).users).toEqual(['a', 'a']);
  expect((await list({ phone: '+86 138-1234-5678' })).users).toEqual(['138****5678']);
  await expect(list({ plan_id: 404 })).rejects.toMatchObject(refused('isv.plan-not-found'));
});
