import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadBenefitsDemo } from '../demo.ts';
import { benefitHandlers } from '../handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const OTHER = 6100001;
const START = new Date('2026-01-01T00:00:00+08:00');
const END = new Date('2026-12-31T00:00:00+08:00');

let database: TestDatabase;
let handlers: ReturnType<typeof benefitHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadBenefitsDemo(database, NOW);
  handlers = benefitHandlers({ sql: database.sql, vault: createVault(Buffer.alloc(32, 1)) });
});
afterAll(() => database?.drop());

const as = (user_id = SELLER, now = NOW) => ({
  ...{
    app_key: '12345678',
    user: { user_id, nick: 'n' },
    now,
    request_id: 'r',
    host: 'localhost',
    actor: '12345678',
    method: 'test',
  },
});

const request = (benefit_ids: number[], more: object = {}) => ({
  relation_request: {
    add_detail_vos: benefit_ids.map((benefit_id) => ({ benefit_id })),
    benefit_activity_vo: { name: 'activity', type: 'SEND', start_time: START, end_time: END, ...more },
  },
});

const relate = (benefit_ids: number[], more?: object, now?: Date, user_id?: number) =>
  handlers['taobao.promotion.benefit.activity.relation'](request(benefit_ids, more), as(user_id, now));
const relationOf = async (...asked: Parameters<typeof relate>): Promise<number> => (await relate(...asked)).relation_id;

const update = (relation_id: number, change: { add?: number[]; remove?: number[]; name?: string }, user_id?: number) =>
  handlers['taobao.promotion.benefit.activity.update'](
    {
      update_request: {
        add_detail_vos: change.add?.map((benefit_id) => ({ benefit_id })),
        benefit_activity_vo: { relation_id, name: change.name },
        delete_detail_vos: change.remove?.map((id) => ({ id })),
      },
    },
    as(user_id),
  );

const remove = (relation_id: number, user_id?: number) =>
  handlers['taobao.promotion.benefit.activity.delete']({ relation_id }, as(user_id));

type Detail = { id: number; benefitId: number; status: string; startTime: string; endTime: string };
async function details(relation_id: number, status = 'VALID', user_id?: number): Promise<Detail[]> {
  const asked = { query_request: { relation_id, status } };
  const answer = await handlers['taobao.promotion.benefit.activity.detail.get'](asked, as(user_id));
  return JSON.parse(answer.relation_benefit_details);
}

const related = async (benefit_id: number): Promise<number | undefined> => {
  const answer = await handlers['taobao.promotion.benefit.selector']({ query: { step: 3, benefit_id } }, as());
  return answer.benefit_list[0]?.pack_detail_list?.[0]?.relate_activity_num;
};

const audit = async () => expect(await database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);
const refused = (sub_code: string) => ({ body: { code: 15, sub_code } });

test('a relation counts each of its benefits once, at once in the selector, in the order of the request', async () => {
  const before = [await related(4342401), await related(4343301)];
  const relation_id = await relationOf([4343301, 4342401, 4343301], { name: 'counts' });
  expect((await details(relation_id)).map(({ benefitId }) => benefitId)).toEqual([4343301, 4342401]);
  expect([await related(4342401), await related(4343301)]).toEqual(before.map((count) => (count ?? 0) + 1));
  expect(Number.isSafeInteger(relation_id)).toBe(true);
  await audit();
});

test('the same request within ten minutes gives the same relation, many times at once too; later a new one', async () => {
  const before = (await related(4343401)) ?? 0;
  const many = await Promise.all(Array.from({ length: 10 }, () => relationOf([4343401], { name: 'again' })));
  expect(new Set(many).size).toBe(1);
  expect(await related(4343401)).toBe(before + 1);
  const late = await relationOf([4343401], { name: 'again' }, new Date(NOW.getTime() + 600_001));
  expect(late).not.toBe(many[0]);
  await update(late, { name: 'changed' });
  expect(await relationOf([4343401], { name: 'again' }, new Date(NOW.getTime() + 600_002))).not.toBe(late);
});

test('an update removes details and adds benefits, and doing it again changes nothing', async () => {
  const before = [await related(4342401), await related(4342402)];
  const relation_id = await relationOf([4342401], { name: 'update' });
  const [first] = await details(relation_id);
  const change = { add: [4342402], remove: [first!.id], name: 'renamed' };
  await update(relation_id, change);
  await update(relation_id, change);
  expect((await details(relation_id)).map(({ benefitId }) => benefitId)).toEqual([4342402]);
  expect(await details(relation_id, 'DELETE')).toEqual([{ ...first, status: 'DELETE' }]);
  expect([await related(4342401), await related(4342402)]).toEqual([before[0], before[1]! + 1]);
  await audit();
});

test('a removed benefit can be added again, with a detail of its own', async () => {
  const relation_id = await relationOf([4342401], { name: 'replace' });
  const [first] = await details(relation_id);
  await update(relation_id, { remove: [first!.id], add: [4342401] });
  const [second] = await details(relation_id);
  expect(second!.id).not.toBe(first!.id);
  await audit();
});

test('an update that is refused in part changes nothing at all', async () => {
  const relation_id = await relationOf([4342401], { name: 'whole' });
  const [first] = await details(relation_id);
  await expect(update(relation_id, { remove: [first!.id], add: [4349901] })).rejects.toMatchObject(
    refused('isv.param-error:250'),
  );
  await expect(update(relation_id, { remove: [first!.id, 54001] })).rejects.toMatchObject(
    refused('isv.param-error:295'),
  );
  expect(await details(relation_id)).toEqual([first]);
});

test('a deleted activity has deleted details only, gives its counts back, and deleting again succeeds', async () => {
  const before = await related(4343301);
  const relation_id = await relationOf([4343301], { name: 'delete' });
  const living = await details(relation_id);
  for (let times = 0; times < 2; times++) expect(await remove(relation_id)).toEqual({ is_success: true });
  expect(await details(relation_id)).toEqual([]);
  expect(await details(relation_id, 'DELETE')).toEqual(living.map((each) => ({ ...each, status: 'DELETE' })));
  expect(await related(4343301)).toBe(before);
  await expect(update(relation_id, {})).rejects.toMatchObject(refused('isv.param-error:295'));
  await audit();
});

test('relations and deletions at once leave counts that are true', async () => {
  const before = (await related(4342402)) ?? 0;
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) => relationOf([4342402, 4342401], { name: `many ${index}` })),
  );
  expect(await related(4342402)).toBe(before + 20);
  await Promise.all(ids.flatMap((id, index) => [remove(id), update(id, { name: `late ${index}` }).catch(() => {})]));
  expect(await related(4342402)).toBe(before);
  await audit();
});

test('the period moves to the second, in GMT+8, and may not end before it begins', async () => {
  const relation_id = await relationOf([4342401], { name: 'time' });
  const move = (start_time: Date, end_time: Date) =>
    handlers['taobao.promotion.benefit.activity.time.update']({ relation_id, start_time, end_time }, as());
  await move(new Date('2026-05-01T00:00:00+08:00'), new Date('2026-05-01T00:00:01+08:00'));
  expect(await details(relation_id)).toMatchObject([
    { startTime: '2026-05-01 00:00:00', endTime: '2026-05-01 00:00:01' },
  ]);
  await expect(move(END, START)).rejects.toMatchObject({ body: { code: 41, msg: 'Invalid arguments:end_time' } });
  await expect(relate([], { start_time: END, end_time: START })).rejects.toMatchObject({
    body: { code: 41, msg: 'Invalid arguments:relation_request.benefit_activity_vo.end_time' },
  });
});

test('the documented detail is answered with its documented values', async () => {
  const answer = await handlers['taobao.promotion.benefit.activity.detail.get'](
    { query_request: { relation_id: 123, status: 'VALID' } },
    as(),
  );
  expect(answer).toEqual({
    relation_benefit_details:
      '[{"startTime":"2015-05-29 12:02:49","id":54001,"status":"VALID","endTime":"2015-05-29 12:02:49","activityType":"SEND","purchaserId":6100000,"benefitId":4342322}]',
    is_success: true,
  });
});

test("a seller can neither see nor change another seller's activity, nor relate its benefits", async () => {
  const relation_id = await relationOf([4342401], { name: 'mine' });
  const unknown = refused('isv.param-error:295');
  await expect(details(relation_id, 'VALID', OTHER)).rejects.toMatchObject(unknown);
  await expect(update(relation_id, { name: 'theirs' }, OTHER)).rejects.toMatchObject(unknown);
  await expect(remove(relation_id, OTHER)).rejects.toMatchObject(unknown);
  await expect(relate([4342401], {}, NOW, OTHER)).rejects.toMatchObject(refused('isv.param-error:250'));
  await expect(relate([4349901])).rejects.toMatchObject(refused('isv.param-error:250'));
});

test('a benefit whose type is named wrongly or closed to the seller is not related', async () => {
  const ask = (detail: { benefit_id: number; benefit_type?: string; config_id?: number }) =>
    handlers['taobao.promotion.benefit.activity.relation'](
      { relation_request: { ...request([]).relation_request, add_detail_vos: [detail] } },
      as(),
    );
  for (const wrong of [{ benefit_type: 'ALIPAY_COUPON' }, { config_id: 1 }, { benefit_type: 'x' }])
    await expect(ask({ benefit_id: 4342401, ...wrong })).rejects.toMatchObject(refused('isv.param-error:250'));
  expect(await ask({ benefit_id: 123, benefit_type: 'ALIPAY_COUPON', config_id: 1 })).toMatchObject({
    is_success: true,
  });
  await database.sql`delete from benefit_seller_type where user_id = ${SELLER} and config_id = 14`;
  await expect(ask({ benefit_id: 4343401 })).rejects.toMatchObject(refused('isv.param-error:250'));
});
