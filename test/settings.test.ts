import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { type Field, fieldsOf, itemOf, kindOf } from '../src/contract/schema.ts';
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
const TIMES = {
  ...{ event_show_start_time: '2035-10-01 19:30:00', event_show_end_time: '2035-10-01 22:00:00' },
  ...{ sale_start_time: '2026-01-01 10:00:00', sale_end_time: '2035-10-01 19:30:00' },
};
const PROJECT = {
  ...{ project_id: 91, tenant_id: 1, project_name: 'p', project_detail: 'd', project_seat_type: 2 },
  ...{ project_type_id: 1, project_img_url: 'https://example.com/a.jpg', site_id: 9101 },
};
const EVENT = {
  ...{ event_id: 911, event_name: 'e', ...TIMES, site_id: 9101, site_version_id: 1 },
  ...{ event_limit_type: 0, seat_total_num: 10 },
};
const DISCOUNT = {
  ...{ discount_id: 1, discount_type: 1, discount_type_name: 't', discount_name: 'n', discount_show_info: 's' },
};
const tier = (price_id: number, is_coupon_ticket: number, more: object = {}) => ({
  ...{ price_id, price_name: 't', price: 100, price_color: '#000', is_support_free_combination: 0 },
  ...{ is_coupon_ticket, is_package_only: false, goods_count: 10, ...more },
});
/** A project as a save may spell it: what is given beside what must be. */
const project = (own: object, event: object, discounts: object, price: object, whole: object) => ({
  ...{ ...PROJECT, ...own, site_list: [{ site_id: 9101, site_name: 's' }] },
  event_list: [{ ...EVENT, ...event, ...discounts, price_list: [tier(1, 0, price), tier(2, 1, whole)] }],
});
const parts = [{ price_id: 1, child_num: 2 }];
const shownProject = async (): Promise<Members> =>
  (await call('piaoquan.ticketing.project.get', { project_id: 91 })).project as Members;
const eventOf = (shown: Members): Members => (shown.event_list as Members[])[0] as Members;

/** A save of something: with settings given, and how they are shown once they are kept or taken away. */
type Case = {
  /** The request with the settings of this name at its place. */
  readonly request: (settings: Members) => object;
  readonly show: () => Promise<Members>;
  readonly settings: Members;
  /** What is shown of settings that were taken away, where that is not nothing. */
  readonly without?: Members;
};

const prize = {
  prize_no: 1,
  weight: 1,
  reward_title: 'r',
  reward_type: 1,
  reward_sub_type: 2,
  reward_count: 1,
  cost_price: 1,
};
const prizeCase = (settings: Members, without: Members = {}): Case => ({
  request: (given) => ({ activity: { spread_id: 'set', platform: 8, name: 'n', prizes: [{ ...prize, ...given }] } }),
  show: async () => {
    const { activity } = await call('piaoquan.lottery.activity.get', { spread_id: 'set' });
    return (activity as { prizes: Members[] }).prizes[0] as Members;
  },
  settings,
  without,
});
const projectCase = (settings: Members, place: number, show: (shown: Members) => Members, without = {}): Case => ({
  request: (given) => {
    const at = (index: number): Members => (index === place ? given : index === 4 ? { child_list: parts } : {});
    return { project: project(at(0), at(1), at(2), at(3), at(4)) };
  },
  show: async () => show(await shownProject()),
  settings,
  without,
});
const priceOf = (shown: Members, index: number): Members => (eventOf(shown).price_list as Members[])[index] as Members;

const cases: Record<string, Case[]> = {
  'piaoquan.lottery.activity.save': [
    {
      request: (given) => ({ activity: { spread_id: 'set', platform: 8, name: 'n', ...given } }),
      show: async () => (await call('piaoquan.lottery.activity.get', { spread_id: 'set' })).activity as Members,
      settings: { user_limit: 2, user_day_limit: 1 },
    },
    prizeCase({ reward_sub_title: 's', reward_unit: '元', gmt_expire: '2036-01-01 00:00:00', reward_ext: '{"a":1}' }),
    prizeCase({ expire_days: 3 }),
    prizeCase({ mix_id: 'code_open', code_count: 1 }),
  ],
  'piaoquan.sendplan.circle.save': [],
  'piaoquan.sendplan.plan.save': [
    {
      request: (given) => ({ plan: { id: 9100, isv_id: 1, circle_id: 1, name: 'n', ...SPAN, items: [], ...given } }),
      show: async () => (await call('piaoquan.sendplan.plan.get', { id: 9100 })).plan as Members,
      settings: { count_limit: 3, day_limit: 2 },
    },
    {
      request: (given) => ({
        plan: {
          id: 9100,
          isv_id: 1,
          circle_id: 1,
          name: 'n',
          ...SPAN,
          items: [{ id: 1, name: 'i', weight: 1, ...given }],
        },
      }),
      show: async () =>
        ((await call('piaoquan.sendplan.plan.get', { id: 9100 })).plan as { items: Members[] }).items[0] as Members,
      settings: { consume_inventory: 2, valid_days: 5 },
    },
  ],
  'piaoquan.benefit.template.save': [
    {
      request: (given) => ({
        template: { user_id: 6100000, benefit_id: 9100, config_id: 1, denomination: 1, ...SPAN, ...given },
      }),
      show: async () =>
        (await call('piaoquan.benefit.template.get', { user_id: 6100000, benefit_id: 9100 })).template as Members,
      settings: {
        ...{ extend_feature: 'x', out_object_id: 'o', out_object_name: 'n', options: 4 },
        ...{ max_sends: 2, window_seconds: 30 },
      },
      without: { options: 0 },
    },
  ],
  'piaoquan.voucher.batch.save': [
    {
      request: (given) => ({
        batch: {
          ...{ mix_id: 'set', name: 'n', bind_begin_time: '2026-01-01 00:00:00', denomination: 1, ...given },
          ...{ coupon_expire_time: '2036-01-01 00:00:00', valid_duration_type: given.valid_days ? 'DAY' : 'GENERAL' },
        },
      }),
      show: async () => (await call('piaoquan.voucher.batch.get', { mix_id: 'set' })).batch as Members,
      settings: { description: 'd', max_bind_count: 4 },
    },
  ],
  'piaoquan.ticketing.project.save': [
    projectCase({ project_name_en: 'p', project_detail_en: 'd', hold_minutes: 3 }, 0, (shown) => shown),
    projectCase({ event_name_en: 'e', order_limit: 3, user_limit: 4, entry_limit: 2 }, 1, eventOf, { entry_limit: 1 }),
    projectCase({ gate_open_time: '2035-10-01 18:00:00' }, 1, eventOf),
    projectCase(
      { discount_list: [{ ...DISCOUNT, discount_name_en: 'n', threshold: 100, amount: 10 }] },
      2,
      (shown) => ({
        discount_list: (eventOf(shown).discount_list as Members[]).map(({ event_id: _event, ...each }) => each),
      }),
      { discount_list: [] },
    ),
    {
      ...projectCase({}, 2, (shown) => (eventOf(shown).discount_list as Members[])[0] as Members),
      request: (given) => ({
        project: project({}, {}, { discount_list: [{ ...DISCOUNT, ...given }] }, {}, { child_list: parts }),
      }),
      settings: {
        ...{ discount_type_name_en: 't', discount_name_en: 'n', discount_show_info_en: 's' },
        ...{ threshold: 100, amount: 10 },
      },
    },
    projectCase({ price_name_en: 't' }, 3, (shown) => priceOf(shown, 0)),
    projectCase({ child_list: parts }, 4, (shown) => priceOf(shown, 1), { child_list: [] }),
  ],
  'piaoquan.ticketing.tenant.save': [
    {
      request: (given) => ({ tenant_id: 91, tenant_name: 'n', ...given }),
      show: async () =>
        ((await call('piaoquan.ticketing.channel.list', { tenant_id: 91 })).channels as Members[])[0] as Members,
      settings: { hold_minutes: 7 },
      without: { hold_minutes: 15 },
    },
  ],
  'piaoquan.ticketing.channel.authorize.save': [],
  'piaoquan.platform.app.save': [
    {
      request: (given) => ({ app: { app_key: '91000000', ...given } }),
      show: async () => (await call('piaoquan.platform.app.get', { query: { app_key: '91000000' } })).app as Members,
      settings: { ip_allow: ['10.0.0.0/8'], callback_urls: ['https://example.com/'], calls_per_day: 9 },
      without: { ip_allow: [], callback_urls: [], calls_per_day: 1_000_000 },
    },
  ],
};

const all = Object.entries(cases).flatMap(([method, own]) => own.map((each) => ({ method, ...each })));

beforeAll(async () => {
  await server.database.sql`insert into platform_app (app_key, name, created_at) values ('91000000', 'n', now())`;
});

test.each(all)('$method keeps $settings when it leaves them out, and null takes each away', async (each) => {
  const { method, request, show, settings, without = {} } = each;
  await call(method, request(settings));
  expect(await show()).toMatchObject(settings);
  await call(method, request({}));
  expect(await show()).toMatchObject(settings);
  for (const name of Object.keys(settings)) {
    // Of two that stand together one does not go alone.
    const taken = name === 'threshold' || name === 'amount' ? { threshold: null, amount: null } : { [name]: null };
    await call(method, request(taken));
    const shown = await show();
    if (name in without) expect(shown).toHaveProperty(name, without[name]);
    else expect(shown).not.toHaveProperty(name);
  }
  const rest = await show();
  for (const name of Object.keys(settings)) if (!(name in without)) expect(rest).not.toHaveProperty(name);
});

/** The names of the settings below a schema. */
const settingsIn = (fields: readonly Field[]): string[] =>
  fields.flatMap(({ name, note, schema, kind }) => {
    const inner =
      kind === 'object' ? schema : kind === 'array' && kindOf(itemOf(schema)) === 'object' ? itemOf(schema) : undefined;
    return [...(note.setting ? [name] : []), ...(inner === undefined ? [] : settingsIn(fieldsOf(inner)))];
  });

test('every save that has settings is tried here', () => {
  const contracts: readonly Contract[] = catalogue;
  const saves = contracts.filter(({ kind, request }) => kind === 'write' && settingsIn(fieldsOf(request)).length > 0);
  expect(saves.map(({ name }) => name).sort()).toEqual(Object.keys(cases).sort());
});
