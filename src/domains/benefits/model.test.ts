import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { adminBenefitsHandlers } from './admin/handlers.ts';
import { benefitHandlers } from './handlers.ts';

const vault = createVault(Buffer.alloc(32, 1));
const NOW = new Date('2026-03-01T10:20:30+08:00');
const PERIOD = { start_time: new Date('2026-01-01T00:00:00+08:00'), end_time: new Date('2026-12-31T00:00:00+08:00') };

let database: TestDatabase;
let handlers: ReturnType<typeof benefitHandlers> & ReturnType<typeof adminBenefitsHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  handlers = {
    ...benefitHandlers({ sql: database.sql, vault }),
    ...adminBenefitsHandlers({ sql: database.sql, vault }),
  };
});
afterAll(() => database?.drop());

const as = (user_id: number) => ({
  ...{
    app_key: '1',
    user: { user_id, nick: 'n' },
    now: NOW,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  },
});

/** Two templates of a seller in one activity, as simply as they can be thought. */
type Model = {
  readonly user_id: number;
  readonly relation_id: number;
  readonly details: number[];
  readonly maxSends: number | undefined;
  left: number[];
  totals: number[];
  living: boolean[];
  sends: { receiver: number; item: number }[];
  answers: Map<number, { content: string; answer: unknown }>;
};

type Send = { key: number; receiver: number; item: number | undefined; count: number };
type Step =
  | { kind: 'send'; together: Send[] }
  | { kind: 'adjust'; item: number; delta: number }
  | { kind: 'remove' | 'add'; item: number };

const item = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      // Keys of one step differ: what a second use of a key meets that is still in flight is tested elsewhere.
      together: fc.uniqueArray(
        fc.record({
          key: fc.nat(9),
          receiver: fc.nat(1),
          item: fc.option(item, { nil: undefined }),
          count: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 1, maxLength: 6, selector: ({ key }) => key },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('adjust' as const), item, delta: fc.integer({ min: -4, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'add' as const), item }) },
);

/** The results that the model expects of a send that is new, or the error code of one refused whole. */
function expected(model: Model, { receiver, item: only, count }: Send) {
  const items = [0, 1].filter((each) => model.living[each] && (only === undefined || each === only));
  if (items.length === 0) return 'isv.param-error:295';
  const byDetail = items.toSorted((one, other) => model.details[one]! - model.details[other]!);
  return byDetail.map((each) => {
    const before = model.sends.filter((sent) => sent.receiver === receiver && sent.item === each).length;
    const isTooOften = before >= (model.maxSends ?? Number.POSITIVE_INFINITY);
    const success_count = isTooOften ? 0 : Math.min(count, model.left[each]!);
    return {
      ...{ index_id: model.details[each]!, success_count, failure_count: count - success_count },
      error_code_list: success_count === count ? [] : [isTooOften ? 'isp.param-error:100' : 'isp.param-error:236'],
    };
  });
}

async function sendTogether(model: Model, together: Send[]): Promise<void> {
  const { user_id, relation_id, details } = model;
  const answers = await Promise.allSettled(
    together.map(({ key, receiver, item: only, count }) =>
      handlers['taobao.promotion.benefit.activity.send'](
        {
          send_request: {
            ...{ relation_id, send_count: count, unique_id: `key ${key}` },
            detail_id: only === undefined ? undefined : details[only],
          },
          ouid: `receiver ${receiver}`,
        },
        as(user_id),
      ),
    ),
  );
  for (const [index, each] of together.entries()) {
    const answer = answers[index]!;
    // An item that was removed and added again is another detail, so a send that names it is another send.
    const content = JSON.stringify({ ...each, detail: each.item === undefined ? undefined : details[each.item] });
    const known = model.answers.get(each.key);
    if (known !== undefined && known.content === content) expect(answer).toMatchObject({ value: known.answer });
    else if (known !== undefined)
      expect(answer).toMatchObject({ reason: { body: { sub_code: 'isp.param-error:301' } } });
    else expectNew(model, each, answer, content);
  }
}

function expectNew(model: Model, each: Send, answer: PromiseSettledResult<unknown>, content: string): void {
  const results = expected(model, each);
  if (typeof results === 'string') {
    expect(answer).toMatchObject({ reason: { body: { sub_code: results } } });
    return;
  }
  const value = { result_list: results, unique_id: `key ${each.key}`, is_success: true };
  expect(answer).toEqual({ status: 'fulfilled', value });
  for (const { index_id, success_count } of results) {
    const which = model.details.indexOf(index_id);
    model.left[which]! -= success_count;
    if (success_count > 0) model.sends.push({ receiver: each.receiver, item: which });
  }
  if (results.some(({ success_count }) => success_count > 0)) model.answers.set(each.key, { content, answer: value });
}

async function adjust(model: Model, which: number, delta: number, adjust_id: string): Promise<void> {
  const change = { user_id: model.user_id, benefit_id: which + 1, delta, adjust_id, reason: 'model' };
  const run = () => handlers['piaoquan.benefit.template.stock.adjust'](change, as(model.user_id));
  if (model.left[which]! + delta < 0) {
    await expect(run()).rejects.toMatchObject({ body: { sub_code: 'isv.stock-out-of-range' } });
    return;
  }
  model.left[which]! += delta;
  model.totals[which]! += delta;
  for (let times = 0; times < 2; times++) expect(await run()).toEqual({ total_num: model.totals[which] });
}

const vo = (model: Model) => ({ relation_id: model.relation_id });

async function change(model: Model, kind: 'remove' | 'add', which: number): Promise<void> {
  const update_request = {
    ...(kind === 'add' && { add_detail_vos: [{ benefit_id: which + 1 }] }),
    ...(kind === 'remove' && { delete_detail_vos: [{ id: model.details[which]! }] }),
    benefit_activity_vo: vo(model),
  };
  await handlers['taobao.promotion.benefit.activity.update']({ update_request }, as(model.user_id));
  if (kind === 'add' && !model.living[which]) model.details[which] = (await livingDetails(model)).get(which + 1)!;
  model.living[which] = kind === 'add';
}

/** The ids of the living details, by benefit_id. */
async function livingDetails({
  user_id,
  relation_id,
}: Pick<Model, 'user_id' | 'relation_id'>): Promise<Map<number, number>> {
  const asked = { query_request: { relation_id, status: 'VALID' } };
  const answer = await handlers['taobao.promotion.benefit.activity.detail.get'](asked, as(user_id));
  const found = JSON.parse(answer.relation_benefit_details) as { id: number; benefitId: number }[];
  return new Map(found.map(({ id, benefitId }) => [benefitId, id]));
}

async function begin(user_id: number, totals: number[], maxSends: number | undefined): Promise<Model> {
  await handlers['piaoquan.benefit.type.update']({ user_id, config_id: 1, is_open: true }, as(user_id));
  for (const [index, total_num] of totals.entries()) {
    const template = {
      user_id,
      benefit_id: index + 1,
      config_id: 1,
      denomination: 1,
      ...PERIOD,
      total_num,
      max_sends: maxSends,
    };
    await handlers['piaoquan.benefit.template.save'](
      { template: { ...template, window_seconds: 86_400 } },
      as(user_id),
    );
  }
  const relation_request = {
    add_detail_vos: [{ benefit_id: 1 }, { benefit_id: 2 }],
    benefit_activity_vo: { name: 'model', type: 'SEND', ...PERIOD },
  };
  const { relation_id } = await handlers['taobao.promotion.benefit.activity.relation'](
    { relation_request },
    as(user_id),
  );
  const ids = await livingDetails({ user_id, relation_id });
  return {
    ...{ user_id, relation_id, details: [ids.get(1)!, ids.get(2)!], maxSends, left: [...totals], totals: [...totals] },
    ...{ living: [true, true], sends: [], answers: new Map() },
  };
}

test('any life of two benefits goes as a simple model says: sends, repeats, limits, relations, and a ledger that adds up', async () => {
  let seller = 9000;
  const setup = fc.record({
    totals: fc.tuple(fc.nat(12), fc.nat(12)),
    maxSends: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(setup, fc.array(step, { maxLength: 10 }), async ({ totals, maxSends }, steps) => {
      const model = await begin(++seller, [...totals], maxSends);
      for (const [index, each] of steps.entries()) {
        if (each.kind === 'send') await sendTogether(model, each.together);
        else if (each.kind === 'adjust') await adjust(model, each.item, each.delta, `a${index}`);
        else await change(model, each.kind, each.item);
      }
      const rows = await database.sql`
        select total_num, valid_total_num, relate_activity_num from benefit_template where user_id = ${seller} order by benefit_id`;
      expect([...rows]).toEqual(
        [0, 1].map((which) => ({
          ...{ total_num: model.totals[which], valid_total_num: model.left[which] },
          relate_activity_num: Number(model.living[which]),
        })),
      );
      expect(await database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
