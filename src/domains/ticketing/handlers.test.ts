import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import type { CallContext } from '../../contract/method.ts';
import { createVault } from '../../secrets/vault.ts';
import { demoTokens, loadTicketingDemo, otherDemoTokens } from './demo.ts';
import { ticketingHandlers } from './handlers.ts';

const METHOD = 'alibaba.damai.maizuo.openapi.project.detail';
const DOCUMENTED = '32321311';
const ON_SALE = '90000001';
const OF_OTHER_TENANT = '90000002';

const vault = createVault(Buffer.alloc(32, 7));
const loaded = new Date('2026-03-01T12:00:30+08:00');
let database: TestDatabase;
let handlers: ReturnType<typeof ticketingHandlers>;

beforeAll(async () => {
  database = await createTestDatabase();
  await loadTicketingDemo({ sql: database.sql, vault }, loaded);
  handlers = ticketingHandlers({ sql: database.sql, vault });
});
afterAll(() => database?.drop());

type Param = Partial<typeof demoTokens> & { project_id?: string; lang_type?: number };

async function ask(param: Param, now = loaded) {
  const context: CallContext = {
    app_key: '12345678',
    now,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  };
  const { result_data } = await handlers[METHOD]({ project_param: { ...demoTokens, ...param } }, context);
  return result_data;
}

async function project(param: Param, now = loaded) {
  const { project_vo, ...state } = await ask(param, now);
  if (!project_vo) throw new Error(`no project: ${JSON.stringify(state)}`);
  return project_vo;
}

const event = async (param: Param, now = loaded) => (await project(param, now)).event_list[0]!;

test('the documented request gives the documented project with true sale states and stock', async () => {
  const shown = new Date('2019-04-13T11:11:11+08:00');
  expect(await ask({ project_id: DOCUMENTED })).toMatchObject({
    success: true,
    result_code: 20,
    result_msg: '成功',
    project_vo: {
      project_id: DOCUMENTED,
      project_name: '周杰伦演唱会',
      project_start_time: shown,
      project_end_time: shown,
      project_seat_type: 1,
      project_sale_state: 3,
      project_type_id: '32131112',
      project_img_url: 'http:www.maitix.com/img.jpg',
      project_detail: '周杰伦北京演唱会',
      project_min_price: '18000',
      project_max_price: '260000',
      site_id: '313131',
      site_name: '北京展览馆',
    },
  });
  expect(await event({ project_id: DOCUMENTED })).toMatchObject({
    event_id: '32131231',
    event_name: '周杰伦20190101',
    project_id: DOCUMENTED,
    project_name: '周杰伦演唱会',
    event_show_start_time: shown,
    event_show_end_time: shown,
    channel_authorize_state: 1,
    event_sale_state: 3,
    site_id: '3123144',
    site_name: '北京展览馆',
    site_version_id: '3124111',
    event_limit_type: 1,
    seat_total_num: 1231,
    event_discount_list: [
      { discount_type: 1, discount_type_name: '优惠码', discount_name: '1000-60', discount_show_info: '1000-60' },
    ],
  });
});

test('the documented package comes first, with its child and documented sale counts', async () => {
  const { price_list } = await event({ project_id: DOCUMENTED });
  expect(price_list.map(({ price_id }) => price_id)).toEqual(['432411', '432412']);
  expect(price_list[0]).toMatchObject({
    price_name: '180元',
    price: '18000',
    price_color: '#1201',
    is_support_free_combination: 1,
    is_coupon_ticket: 1,
    goods_count: 10,
    sale_count: 102,
    margin_count: 800,
    channel_authorize_state: 1,
    child_list: [
      {
        price_id: '32131',
        price_name: '180元',
        price: '18000',
        price_color: '#1203',
        goods_count: 10,
        sale_count: 210,
        margin_count: 8001,
        channel_authorize_state: 1,
      },
    ],
  });
  expect(price_list[1]?.child_list ?? null).toBeNull();
});

test.each([
  ['tenant_token', 10201],
  ['ptnr_token', 10202],
  ['channel_token', 10203],
] as const)('a wrong %s is refused by name with a code of its own and no project', async (field, result_code) => {
  for (const token of ['nobody', otherDemoTokens[field], '']) {
    const answer = await ask({ project_id: DOCUMENTED, [field]: token });
    const code = field === 'tenant_token' && token === otherDemoTokens.tenant_token ? 10202 : result_code;
    expect(answer).toMatchObject({ success: false, result_code: code });
    expect(answer.project_vo).toBeUndefined();
  }
  expect((await ask({ project_id: DOCUMENTED, [field]: 'nobody' })).result_msg).toContain(field);
  expect((await ask({ project_id: DOCUMENTED, [field]: 'nobody', lang_type: 2 })).result_msg).toMatch(`${field} is`);
});

test('a project that is missing, unknown, malformed or of another tenant is told so and not shown', async () => {
  expect(await ask({})).toEqual({ success: false, result_code: 10210, result_msg: '缺少 project_id' });
  for (const project_id of [OF_OTHER_TENANT, '1', 'abc', '32321311 ', '9'.repeat(40), "'; --"]) {
    expect(await ask({ project_id })).toEqual({ success: false, result_code: 10211, result_msg: '项目不存在' });
  }
  expect(await ask({ ...otherDemoTokens, project_id: DOCUMENTED })).toMatchObject({ result_code: 10211 });
  expect(await project({ ...otherDemoTokens, project_id: OF_OTHER_TENANT })).toMatchObject({
    project_name: '另一租户的演出',
  });
});

test('lang_type 2 gives English names and texts everywhere, Chinese where there is no English', async () => {
  const answer = await ask({ project_id: DOCUMENTED, lang_type: 2 });
  expect(answer).toMatchObject({
    result_msg: 'success',
    project_vo: {
      project_name: 'Jay Chou Concert',
      project_detail: 'Jay Chou live in Beijing',
      site_name: 'Beijing Exhibition Center',
    },
  });
  const shown = await event({ project_id: DOCUMENTED, lang_type: 2 });
  expect(shown).toMatchObject({
    event_name: 'Jay Chou 20190101',
    project_name: 'Jay Chou Concert',
    site_name: 'Beijing Exhibition Center',
    event_discount_list: [
      { discount_type_name: 'Discount code', discount_name: '1000-60', discount_show_info: '60 off 1000' },
    ],
  });
  expect(shown.price_list[0]).toMatchObject({ price_name: 'CNY 180', child_list: [{ price_name: 'CNY 180' }] });
  expect(await event({ project_id: DOCUMENTED, lang_type: 1 })).toEqual(await event({ project_id: DOCUMENTED }));
});

test('sale states follow the instant of the call', async () => {
  const { event_show_start_time: start } = await event({ project_id: ON_SALE });
  expect(start).toEqual(new Date('2037-03-01T12:00:00+08:00'));
  const states = async (now: Date) => {
    const { project_sale_state, event_list } = await project({ project_id: ON_SALE }, now);
    return [project_sale_state, event_list[0]?.event_sale_state];
  };
  expect(await states(loaded)).toEqual([2, 2]);
  expect(await states(new Date('2026-03-01T10:00:00+08:00'))).toEqual([1, 1]);
  expect(await states(new Date(start.getTime() + 999))).toEqual([2, 2]);
  expect(await states(new Date(start.getTime() + 1000))).toEqual([3, 3]);
});

test('requests that wait together each get the answer of their own tokens, project and language', async () => {
  const params: Param[] = [
    { project_id: DOCUMENTED },
    { project_id: DOCUMENTED, lang_type: 2 },
    { project_id: ON_SALE },
    { ...otherDemoTokens, project_id: OF_OTHER_TENANT },
    { ...otherDemoTokens, project_id: ON_SALE },
    { channel_token: 'nobody', project_id: ON_SALE },
    {},
  ];
  const alone = [];
  for (const param of params) alone.push(await ask(param));
  const rounds = await Promise.all(Array.from({ length: 5 }, () => Promise.all(params.map((param) => ask(param)))));
  for (const together of rounds) expect(together).toEqual(alone);
});

test('loading the demo again leaves what a user changed', async () => {
  const { sql } = database;
  await sql`update ticketing_project set project_name = '改过的' where project_id = ${Number(ON_SALE)}`;
  const before = await project({ project_id: ON_SALE });
  await loadTicketingDemo({ sql, vault }, new Date(loaded.getTime() + 86_400_000));
  expect(before.project_name).toBe('改过的');
  expect(await project({ project_id: ON_SALE })).toEqual(before);
});

test('no token is kept in the clear', async () => {
  const { sql } = database;
  const rows = await sql`select tenant::text, ptnr::text, channel::text from ticketing_tenant as tenant
    join ticketing_ptnr as ptnr using (tenant_id) join ticketing_channel as channel using (ptnr_id)`;
  const kept = JSON.stringify(rows);
  for (const token of Object.values(demoTokens)) {
    expect(kept).not.toContain(token);
    expect(kept).not.toContain(Buffer.from(token).toString('hex'));
  }
});

test('goods_count is how many tickets one unit holds, in every read and whatever is sold, held or left', async () => {
  const LIST = 'alibaba.damai.maizuo.openapi.event.list';
  const GOODS = 'alibaba.damai.maizuo.openapi.event.good.list';
  const context = { app_key: '1', now: loaded, request_id: 'r', host: 'h', actor: '1', method: 'test' };
  const units = (
    tiers: readonly { price_id: string; goods_count: number; child_list?: typeof tiers | null }[],
  ): object => tiers.map((each) => [each.price_id, each.goods_count, each.child_list ? units(each.child_list) : null]);
  const reads = async () => {
    const { event_list } = await project({ project_id: ON_SALE });
    const list = await handlers[LIST]({ project_param: { ...demoTokens, project_id: ON_SALE } }, context);
    const goods = await handlers[GOODS]({ event_param: { ...demoTokens, event_id: '90000011' } }, context);
    return [
      event_list[0]?.price_list,
      list.result_data.event_vo_list?.[0]?.price_list,
      goods.result_data.event_goods_vo?.price_vo_list,
    ].map((tiers) => units((tiers ?? []) as Parameters<typeof units>[0]));
  };
  const expected = [
    ['90000101', 1, null],
    ['90000102', 1, null],
    ['90000103', 1, null],
    [
      '90000104',
      3,
      [
        ['90000102', 2, null],
        ['90000105', 1, null],
      ],
    ],
  ];
  expect(await reads()).toEqual([expected, expected, expected]);
  await database.sql`update ticketing_price set sale_count = 5, held_count = 3 where event_id = 90000011`;
  expect(await reads()).toEqual([expected, expected, expected]);
  await database.sql`update ticketing_price set sale_count = 0, held_count = 0 where event_id = 90000011`;
});
