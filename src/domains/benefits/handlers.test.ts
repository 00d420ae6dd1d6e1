import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { loadBenefitsDemo } from './demo.ts';
import { benefitHandlers } from './handlers.ts';
import { insertTemplate, openType, type Template } from './queries.ts';
import type { SelectorQuery } from './rules.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const vault = createVault(Buffer.alloc(32, 1));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadBenefitsDemo(database, NOW);
});
afterAll(() => database.drop());

const select = async (query: SelectorQuery, user_id = SELLER) => {
  const context = {
    app_key: '12345678',
    user: { user_id, nick: 'n' },
    now: NOW,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  };
  const answer = await benefitHandlers({ sql: database.sql, vault })['taobao.promotion.benefit.selector'](
    { query },
    context,
  );
  expect(answer.is_success).toBe(true);
  return answer.benefit_list;
};

const refused = (query: SelectorQuery, sub_code: string, user_id = SELLER) =>
  expect(select(query, user_id)).rejects.toMatchObject({ body: { code: 15, sub_code } });

/** The ids of the templates of the one type in an answer. */
const ids = async (query: SelectorQuery, user_id = SELLER) => {
  const list = await select(query, user_id);
  expect(list).toHaveLength(1);
  return list[0]?.pack_detail_list?.map(({ benefit_id }) => benefit_id);
};

const template = (user_id: number, benefit_id: number, more: Partial<Template> = {}): Template => ({
  user_id,
  benefit_id,
  config_id: 1,
  denomination: 100,
  start_time: NOW,
  end_time: NOW,
  extend_feature: null,
  out_object_id: null,
  out_object_name: null,
  options: 0,
  status: 1,
  relate_activity_num: 0,
  total_num: 10,
  valid_total_num: 10,
  ...more,
});

test('the documented request answers with the documented elements and the benefit it asked for', async () => {
  const sample = new Date('2015-06-10T15:06:53+08:00');
  const request = {
    benefit_id: 4342321,
    benefit_type: 'ALIPAY_COUPON',
    config_id: 1,
    exclude_options: 2,
    step: 1,
    current_page: 1,
    page_size: 20,
    page_query_request: false,
  };
  expect(await select(request)).toEqual([
    {
      benefit_name: '支付宝红包',
      benefit_type: 'ALIPAY_COUPON',
      benefit_type_long: 1,
      pack_detail_list: [
        {
          benefit_id: 4342321,
          denomination: 500,
          end_time: sample,
          extend_feature: '{key:value}',
          out_object_id: '201591203012519295912993129',
          out_object_name: '支付宝红包1',
          relate_activity_num: 10,
          start_time: sample,
          status: 1,
          valid_total_num: 5,
        },
      ],
      template_total_count: 1,
    },
  ]);
});

test('step 1 shows the four types open to the seller, of which only the first has a benefit_type', async () => {
  expect(await select({ step: 1, current_page: 1 })).toEqual([
    { benefit_name: '支付宝红包', benefit_type: 'ALIPAY_COUPON', benefit_type_long: 1 },
    { benefit_name: '流量钱包', benefit_type: null, benefit_type_long: 4 },
    { benefit_name: '优酷会员', benefit_type: null, benefit_type_long: 13 },
    { benefit_name: '彩票', benefit_type: null, benefit_type_long: 14 },
  ]);
});

test('step 1 shows a seller only the types open to it', async () => {
  await openType(database.sql, 7001, 13);
  expect((await select({ step: 1 }, 7001)).map((type) => type.benefit_type_long)).toEqual([13]);
  expect(await select({ step: 1 }, 7002)).toEqual([]);
  await refused({ step: 1, config_id: 1 }, 'isv.param-error:250', 7001);
});

test('step 1 puts the benefit asked for inside its type and leaves the other types bare', async () => {
  const list = await select({ step: 1, benefit_id: 4343301 });
  expect(list.map((type) => type.pack_detail_list?.map(({ benefit_id }) => benefit_id))).toEqual([
    undefined,
    undefined,
    [4343301],
    undefined,
  ]);
});

test('step 2 takes config_id or benefit_type, and both when they name the same type', async () => {
  const own = [123, 4342321, 4342323, 12335232];
  expect(await ids({ step: 2, config_id: 1 })).toEqual(own);
  expect(await ids({ step: 2, benefit_type: 'ALIPAY_COUPON' })).toEqual(own);
  expect(await ids({ step: 2, benefit_type: 'ALIPAY_COUPON', config_id: 1 })).toEqual(own);
  expect(await ids({ step: 2, config_id: 4 })).toEqual([4342401, 4342402]);
});

test('step 2 refuses no type with 112, and types that do not exist or do not fit each other with 250', async () => {
  await refused({ step: 2 }, 'isv.param-error:112');
  await refused({ step: 2, config_id: 2 }, 'isv.param-error:250');
  await refused({ step: 2, benefit_type: 'YOUKU' }, 'isv.param-error:250');
  await refused({ step: 2, benefit_type: 'ALIPAY_COUPON', config_id: 4 }, 'isv.param-error:250');
});

test('step 2 hides used-up templates, and keeps and counts them when it pages', async () => {
  expect(await ids({ step: 2, config_id: 1 })).not.toContain(4342322);
  const [paged] = await select({ step: 2, config_id: 1, page_query_request: true });
  expect(paged?.pack_detail_list?.map(({ benefit_id }) => benefit_id)).toContain(4342322);
  expect(paged?.template_total_count).toBe(5);
});

test('template_total_count is there exactly when the request speaks of paging', async () => {
  const total = async (more: Partial<SelectorQuery>) =>
    (await select({ step: 2, config_id: 4, ...more }))[0]?.template_total_count;
  expect(await total({})).toBeUndefined();
  expect(await total({ page_query_request: false })).toBeUndefined();
  expect(await total({ page_query_request: true })).toBe(2);
  expect(await total({ page_size: 1 })).toBe(2);
  expect(await total({ current_page: 9, page_query_request: false })).toBe(2);
});

test('step 3 shows one own benefit, used up or not, whose type must fit when it is given', async () => {
  expect(await ids({ step: 3, benefit_id: 12335232 })).toEqual([12335232]);
  expect(await ids({ step: 3, benefit_id: 4342322, benefit_type: 'ALIPAY_COUPON', config_id: 1 })).toEqual([4342322]);
  await refused({ step: 3 }, 'isv.param-error:112');
  await refused({ step: 3, benefit_id: 12335232, config_id: 4 }, 'isv.param-error:250');
  await refused({ step: 3, benefit_id: 1 }, 'isv.param-error:250');
});

test("another seller's benefits are neither listed nor found", async () => {
  expect(await ids({ step: 2, config_id: 1, page_query_request: true }, 6100001)).toEqual([4349901]);
  await refused({ step: 3, benefit_id: 4349901 }, 'isv.param-error:250');
  await refused({ step: 1, benefit_id: 4349901 }, 'isv.param-error:250');
  await refused({ step: 3, benefit_id: 12335232 }, 'isv.param-error:250', 6100001);
});

test('a benefit excluded by its options is not found by its id either', async () => {
  expect(await ids({ step: 3, benefit_id: 4342323, exclude_options: 1 })).toEqual([4342323]);
  await refused({ step: 3, benefit_id: 4342323, exclude_options: 3 }, 'isv.param-error:250');
});

test('loading the demo again leaves what was changed', async () => {
  await database.sql`update benefit_template set valid_total_num = 9 where benefit_id = 4342402`;
  await loadBenefitsDemo(database, NOW);
  const [type] = await select({ step: 3, benefit_id: 4342402 });
  expect(type?.pack_detail_list?.[0]?.valid_total_num).toBe(9);
});

test('the database refuses to leave more units than were bought, or fewer than none', async () => {
  for (const wrong of [101, -1])
    await expect(
      database.sql`update benefit_template set valid_total_num = ${wrong} where benefit_id = 12335232`,
    ).rejects.toMatchObject({ code: '23514' });
});

test('a list without paging ends at 1000 templates', async () => {
  await openType(database.sql, 7003, 1);
  for (let id = 1; id <= 1001; id++) await insertTemplate(database.sql, template(7003, id), NOW);
  expect(await ids({ step: 2, config_id: 1 }, 7003)).toHaveLength(1000);
});

const owned = fc.uniqueArray(
  fc.record({
    benefit_id: fc.integer({ min: 1, max: 1_000_000 }),
    options: fc.nat(7),
    valid_total_num: fc.nat(2),
    config_id: fc.constantFrom(1, 13),
  }),
  { maxLength: 15, selector: ({ benefit_id }) => benefit_id },
);

test('the pages of a type together are exactly its matching templates, each once, by id', async () => {
  let seller = 8000;
  await fc.assert(
    fc.asyncProperty(
      owned,
      fc.nat(7),
      fc.integer({ min: 1, max: 6 }),
      async (templates, exclude_options, page_size) => {
        const user_id = seller++;
        await openType(database.sql, user_id, 1);
        for (const { benefit_id, ...more } of templates)
          await insertTemplate(database.sql, template(user_id, benefit_id, more), NOW);
        const matching = templates
          .filter(({ config_id, options }) => config_id === 1 && (options & exclude_options) === 0)
          .toSorted((one, other) => one.benefit_id - other.benefit_id);
        const pages: number[] = [];
        for (let current_page = 1; current_page <= Math.ceil(matching.length / page_size) + 1; current_page++) {
          const query = { step: 2, config_id: 1, exclude_options, page_query_request: true, current_page, page_size };
          const [type] = await select(query, user_id);
          expect(type?.template_total_count).toBe(matching.length);
          expect(type?.pack_detail_list?.length).toBeLessThanOrEqual(page_size);
          pages.push(...(type?.pack_detail_list ?? []).map(({ benefit_id }) => benefit_id));
        }
        expect(pages).toEqual(matching.map(({ benefit_id }) => benefit_id));
        const unpaged = await ids({ step: 2, config_id: 1, exclude_options }, user_id);
        expect(unpaged).toEqual(matching.filter((row) => row.valid_total_num > 0).map(({ benefit_id }) => benefit_id));
      },
    ),
    { numRuns: 20 },
  );
});
