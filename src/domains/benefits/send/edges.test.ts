import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createVault } from '../../../secrets/vault.ts';
import { loadBenefitsDemo } from '../demo.ts';
import { benefitHandlers } from '../handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const RELATION = 12345234;
const DETAIL = 123235235;

let database: TestDatabase;
let handlers: ReturnType<typeof benefitHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadBenefitsDemo(database, NOW);
  handlers = benefitHandlers({ sql: database.sql, vault: createVault(Buffer.alloc(32, 1)) });
});
afterAll(async () => {
  expect(await database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);
  await database.drop();
});

const documented = {
  ...{ benefit_type: 1, send_count: 1, relation_id: RELATION, detail_id: DETAIL, biz_id: '12457112' },
  trace_id: 'clue',
};
const share = async (unique_id: string, more: object = {}) =>
  (
    await handlers['taobao.mobile.promotion.benefit.activity.send.share'](
      { ...documented, feed_id: 1, unique_id, ...more },
      contextAt(NOW),
    )
  ).send_result;
const mobile = async (unique_id: string, more: object = {}) =>
  (
    await handlers['taobao.mobile.promotion.benefit.activity.send'](
      { single_benefit_request: { ...documented, purchaser_id: SELLER, unique_id, ...more } },
      contextAt(NOW),
    )
  ).send_result;

test('a send on a chain answers the same when it comes again, also beside others on the chain', async () => {
  const first = await share('s1', { share_key: 'chain' });
  expect(first.success).toBe(true);
  const answers = await Promise.all(['s0', 's1', 's2', 's1'].map((id) => share(id, { share_key: 'chain' })));
  const refused = expect.objectContaining({ success: false, error_code: 'isp.param-error:301' });
  expect(answers).toEqual([refused, first, refused, first]);
});

test('0 and what is below are the id of no relation and no detail', async () => {
  for (const id of [0, -1]) {
    const refusal = { error_code: 'isv.param-error:295' };
    expect(await mobile('m1', { detail_id: id })).toMatchObject(refusal);
    expect(await mobile('m1', { relation_id: id })).toMatchObject(refusal);
    expect(await share('m1', { detail_id: id })).toMatchObject(refusal);
    for (const named of [
      { relation_id: RELATION, detail_id: id },
      { relation_id: id, detail_id: DETAIL },
    ])
      await expect(
        handlers['taobao.promotion.benefit.activity.send'](
          { send_request: { ...named, send_count: 1, unique_id: 'm1' }, ouid: 'o' },
          contextAt(NOW),
        ),
      ).rejects.toMatchObject({ body: { sub_code: 'isv.param-error:295' } });
  }
});

test('a unique_id that comes again with any single thing changed is refused, at once or later', async () => {
  const asked = {
    relation_id: RELATION,
    detail_id: DETAIL,
    send_count: 2,
    unique_id: 'k',
    benefit_type: 'ALIPAY_COUPON',
  };
  const send = (more: object = {}, receiver: object = { ouid: 'o' }) =>
    handlers['taobao.promotion.benefit.activity.send'](
      { send_request: { ...asked, ...more }, ...receiver },
      contextAt(NOW),
    );
  const others = [
    () => send({ send_count: 1 }),
    () => send({ relation_id: undefined }),
    () => send({ detail_id: undefined }),
    () => send({ benefit_type: undefined }),
    () => send({}, { ouid: 'p' }),
    () => send({}, { uid: 'o' }),
  ];
  const [first, again, ...rest] = await Promise.allSettled([send(), send(), ...others.map((other) => other())]);
  expect(again).toEqual(first);
  expect(first.status).toBe('fulfilled');
  const refusal = { body: { sub_code: 'isp.param-error:301' } };
  for (const outcome of rest) expect(outcome).toMatchObject({ status: 'rejected', reason: refusal });
  for (const other of others) await expect(other()).rejects.toMatchObject(refusal);
  expect(await send()).toEqual((first as { value: object }).value);
});
