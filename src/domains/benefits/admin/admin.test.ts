import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadBenefitsDemo } from '../demo.ts';
import { benefitHandlers } from '../handlers.ts';
import { adminBenefitsHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(Buffer.alloc(32, 1));
const user_id = 77;

let database: TestDatabase;
let handlers: ReturnType<typeof benefitHandlers> & ReturnType<typeof adminBenefitsHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadBenefitsDemo(database, NOW);
  handlers = {
    ...benefitHandlers({ sql: database.sql, vault }),
    ...adminBenefitsHandlers({ sql: database.sql, vault }),
  };
});
afterAll(() => database?.drop());

let calls = 0;
const context = () => ({
  ...{
    app_key: '12345678',
    user: { user_id, nick: 'n' },
    now: NOW,
    request_id: `r${++calls}`,
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  },
});

const fields = {
  ...{ user_id, config_id: 1, denomination: 300 },
  start_time: new Date('2026-01-01T00:00:00+08:00'),
  end_time: new Date('2026-12-31T00:00:00+08:00'),
};
const save = async (benefit_id: number, more: object = {}) =>
  (await handlers['piaoquan.benefit.template.save']({ template: { ...fields, benefit_id, ...more } }, context()))
    .template;

const ledger = async (benefit_id: number) => {
  const rows = await database.sql`
    select adjust_id, delta_total, reason, operator, adjusted_at from benefit_adjustment
    where user_id = ${user_id} and benefit_id = ${benefit_id} order by adjusted_at, total_after, adjust_id`;
  return [...rows];
};
const audit = async () => expect(await database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);
const refused = (sub_code: string) => ({ body: { code: 15, sub_code } });

test('a saved template is there whole, and saved again changes without a further entry unless its total does', async () => {
  const first = await save(1, { total_num: 10, max_sends: 2 });
  expect(first).toMatchObject({ ...fields, total_num: 10, valid_total_num: 10, status: 1, window_seconds: 60 });
  expect(await save(1, { total_num: 10, denomination: 400 })).toMatchObject({ denomination: 400, max_sends: 2 });
  expect(await ledger(1)).toHaveLength(1);
  expect(await save(1, { total_num: 25 })).toMatchObject({ total_num: 25, valid_total_num: 25 });
  expect(await save(1)).toMatchObject({ total_num: 25 });
  expect((await ledger(1)).map(({ delta_total }) => delta_total)).toEqual([10, 15]);
  await expect(save(1, { config_id: 4 })).rejects.toMatchObject(refused('isv.template-type-fixed'));
  await expect(save(2, { config_id: 99 })).rejects.toMatchObject(refused('isv.type-not-found'));
  await expect(save(1, { end_time: new Date(0) })).rejects.toMatchObject({
    body: { code: 41, msg: 'Invalid arguments:template.end_time' },
  });
  await audit();
});

test('an adjustment counts once by its key, with reason, operator and time, and never below what was sent', async () => {
  await save(3, { total_num: 5 });
  const adjust = (delta: number, adjust_id: string, reason = '补货') =>
    handlers['piaoquan.benefit.template.stock.adjust']({ user_id, benefit_id: 3, delta, adjust_id, reason }, context());
  const many = await Promise.all(Array.from({ length: 8 }, () => adjust(2, 'a')));
  expect(many).toEqual(many.map(() => ({ total_num: 7 })));
  await expect(adjust(3, 'a')).rejects.toMatchObject(refused('isv.adjust-conflict'));
  await expect(adjust(-8, 'b')).rejects.toMatchObject(refused('isv.stock-out-of-range'));
  await expect(adjust(1_000_000_000, 'c')).rejects.toMatchObject(refused('isv.stock-out-of-range'));
  expect((await ledger(3))[1]).toEqual({
    ...{ adjust_id: 'a', delta_total: 2, reason: '补货', operator: '12345678', adjusted_at: NOW },
  });
  const unknown = { user_id, benefit_id: 404, delta: 1, adjust_id: 'a', reason: 'r' };
  await expect(handlers['piaoquan.benefit.template.stock.adjust'](unknown, context())).rejects.toMatchObject(
    refused('isv.template-not-found'),
  );
  await audit();
});

test('many adjustments at once all count', async () => {
  await save(4, { total_num: 0 });
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      handlers['piaoquan.benefit.template.stock.adjust'](
        { user_id, benefit_id: 4, delta: 1, adjust_id: `a${index}`, reason: 'r' },
        context(),
      ),
    ),
  );
  const { template } = await handlers['piaoquan.benefit.template.get']({ user_id, benefit_id: 4 }, context());
  expect(template).toMatchObject({ total_num: 30, valid_total_num: 30 });
  await audit();
});

test('templates are listed by pages in order, of a type and state, and no other seller has them', async () => {
  for (const benefit_id of [11, 12, 13, 14]) await save(benefit_id, { config_id: benefit_id === 13 ? 4 : 1 });
  await handlers['piaoquan.benefit.template.status.update']({ user_id, benefit_id: 12, status: 2 }, context());
  const list = async (more: object) => {
    const answer = await handlers['piaoquan.benefit.template.list']({ user_id, ...more }, context());
    return { ids: answer.templates.map(({ benefit_id }) => benefit_id), cursor: answer.next_cursor ?? undefined };
  };
  expect(await list({ cursor: '10', page_size: 3 })).toEqual({ ids: [11, 12, 13], cursor: '13' });
  expect(await list({ cursor: '13', page_size: 3 })).toEqual({ ids: [14], cursor: undefined });
  expect((await list({ cursor: '10', config_id: 4 })).ids).toEqual([13]);
  expect((await list({ cursor: '10', status: 2 })).ids).toEqual([12]);
  expect((await list({ user_id: 78 })).ids).toEqual([]);
  await expect(list({ cursor: 'x' })).rejects.toMatchObject({ body: { code: 41, msg: 'Invalid arguments:cursor' } });
});

test('a type is offered to a seller from when it is opened until it is closed', async () => {
  const offered = async () =>
    (await handlers['taobao.promotion.benefit.selector']({ query: { step: 1 } }, context())).benefit_list.map(
      ({ benefit_type_long }) => benefit_type_long,
    );
  const set = (config_id: number, is_open: boolean) =>
    handlers['piaoquan.benefit.type.update']({ user_id, config_id, is_open }, context());
  expect(await offered()).toEqual([]);
  for (const is_open of [true, true]) await set(13, is_open);
  expect(await offered()).toEqual([13]);
  for (const is_open of [false, false]) await set(13, is_open);
  expect(await offered()).toEqual([]);
  await expect(set(99, true)).rejects.toMatchObject(refused('isv.type-not-found'));
});
