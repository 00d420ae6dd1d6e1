import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import type { TopError } from '../../../contract/errors.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { insertDemoActivity } from '../activity/queries.ts';
import { insertTemplate, openType } from '../queries.ts';
import { sendHandlers } from '../send/handlers.ts';
import { benefitExplainHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const SELLER = 6100000;
const PERIOD = { start_time: new Date('2026-01-01T00:00:00+08:00'), end_time: new Date('2026-12-31T00:00:00+08:00') };
const vault = createVault(Buffer.alloc(32, 5));

let database: TestDatabase;
let reader: Sql;
let real: ReturnType<typeof sendHandlers>;
let explain: ReturnType<typeof benefitExplainHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  reader = await connectReadOnly(database.sql);
  real = sendHandlers({ sql: database.sql, vault });
  explain = benefitExplainHandlers({ sql: reader, vault });
  await openType(database.sql, SELLER, 1);
  await database.sql`insert into platform_user (user_id, nick, created_at) values (7, 'seven', ${NOW}), (8, 'eight', ${NOW})`;
});
afterAll(async () => {
  expect(await database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);
  await reader.end();
  await database.drop();
});

let last = 1000;
type Offer = { template?: object; activity?: object };

/** Templates with 10 units each in an activity of their own: the ids of both, and of the details. */
async function offer(...offers: Offer[]) {
  const relation_id = ++last;
  const details = offers.map(() => [++last, ++last] as const);
  for (const [index, { template }] of offers.entries())
    await insertTemplate(
      database.sql,
      {
        ...{ user_id: SELLER, benefit_id: details[index]![1], config_id: 1, denomination: 1, extend_feature: null },
        ...{ out_object_id: null, out_object_name: null, options: 0, status: 1, relate_activity_num: 0 },
        ...{ total_num: 10, valid_total_num: 10, ...PERIOD, ...template },
      },
      NOW,
    );
  await database.sql.begin((tx) => {
    const activity = { user_id: SELLER, relation_id, name: '活动', created_at: NOW, ...PERIOD, ...offers[0]?.activity };
    return insertDemoActivity(tx, activity, details);
  });
  return { relation_id, details: details.map(([id]) => id), benefits: details.map(([, id]) => id) };
}

/** Sends: the first error code of the whole or of a detail, or undefined when everything was sent. */
const sent = (request: Parameters<(typeof real)['taobao.promotion.benefit.activity.send']>[0], now: Date) =>
  real['taobao.promotion.benefit.activity.send'](request, contextAt(now)).then(
    ({ result_list }) => result_list.flatMap(({ error_code_list }) => error_code_list ?? [])[0],
    (error: TopError) => error.body.sub_code,
  );

/** Explains a send, then sends, and gives the code that both must tell. */
async function both(send: object, receiver: object = { receiver_id: 7 }, now = NOW): Promise<string | undefined> {
  const request = { send_request: { send_count: 1, ...send }, ...receiver };
  const explained = await explain['piaoquan.benefit.send.explain']({ user_id: SELLER, ...request }, contextAt(now));
  const code = await sent(request, now);
  expect([explained.refusal_code, explained.result], JSON.stringify(explained.rules)).toEqual([
    code,
    code === undefined,
  ]);
  return code;
}
const error = (number: number, mark = 'isv') => `${mark}.param-error:${number}`;

test('what is sent to whom: names, receivers, relations, details and types', async () => {
  const { relation_id, details } = await offer({});
  expect(await both({})).toBe(error(2010));
  for (const receiver of [{}, { receiver_id: 9 }, { receiver_id: 7, plat_nick: 'eight' }])
    expect(await both({ relation_id }, receiver)).toBe(error(225));
  expect(await both({ relation_id: 9 })).toBe(error(295));
  expect(await both({ relation_id: 9, detail_id: details[0] })).toBe(error(295));
  expect(await both({ relation_id, benefit_type: 'OTHER' })).toBe(error(226));
  for (const receiver of [{ plat_nick: 'seven' }, { ouid: 'o' }])
    expect(await both({ detail_id: details[0], benefit_type: 'ALIPAY_COUPON' }, receiver)).toBeUndefined();
  await database.sql`update benefit_template set relate_activity_num = 0 where benefit_id in (
    select benefit_id from benefit_detail where relation_id = ${relation_id})`;
  await database.sql`update benefit_detail set status = 'DELETE' where relation_id = ${relation_id}`;
  expect(await both({ relation_id })).toBe(error(295));
});

test('periods of activity and benefit, and withdrawn benefits by their type', async () => {
  const at = (text: string) => new Date(`${text}+08:00`);
  const later = { start_time: at('2026-02-01T00:00:00') };
  const { relation_id } = await offer({ template: later });
  expect(await both({ relation_id }, undefined, at('2026-01-31T23:59:59'))).toBe(error(236, 'isp'));
  expect(await both({ relation_id }, undefined, at('2026-02-01T00:00:00'))).toBeUndefined();
  expect(await both({ relation_id }, undefined, at('2026-12-31T00:00:00'))).toBeUndefined();
  expect(await both({ relation_id }, undefined, new Date(PERIOD.end_time.getTime() + 1000))).toBe(error(226));
  const short = await offer({ activity: { end_time: at('2026-02-01T00:00:00') } });
  expect(await both({ relation_id: short.relation_id })).toBe(error(226));
  const [packet, other] = [
    await offer({ template: { status: 2 } }),
    await offer({ template: { status: 2, config_id: 4 } }),
  ];
  expect(await both({ relation_id: packet.relation_id })).toBe(error(214, 'isp'));
  expect(await both({ relation_id: other.relation_id })).toBe(error(236, 'isp'));
});

test('window limits and stock, and of several benefits the first that lacks something', async () => {
  const { relation_id, details } = await offer({ template: { max_sends: 1, window_seconds: 60 } }, {});
  expect(await both({ relation_id })).toBeUndefined();
  expect(await both({ relation_id })).toBe(error(100, 'isp'));
  expect(await both({ relation_id }, { receiver_id: 8 })).toBeUndefined();
  expect(await both({ relation_id }, undefined, new Date(NOW.getTime() + 30_000))).toBeUndefined();
  expect(await both({ detail_id: details[1], send_count: 7 })).toBe(error(236, 'isp'));
  const { rules } = await explain['piaoquan.benefit.send.explain'](
    { user_id: SELLER, send_request: { detail_id: details[1], send_count: 1 }, ouid: 'o' },
    contextAt(NOW),
  );
  expect(rules.at(-1)).toMatchObject({ rule: 'stock', passed: false });
  expect(rules.at(-1)?.reason_en).toMatch(/^benefit \d+ has 0 units left/);
});

test('a unique_id that was used is told again, or refused for anything else', async () => {
  const { relation_id } = await offer({ template: { total_num: 1, valid_total_num: 1 } });
  const first = { relation_id, unique_id: 'once' };
  expect(await both(first)).toBeUndefined();
  expect(await both({ relation_id })).toBe(error(236, 'isp'));
  expect(await both(first)).toBeUndefined();
  expect(await both(first, { plat_nick: 'seven' })).toBeUndefined();
  expect(await both({ ...first, send_count: 2 })).toBe(error(301, 'isp'));
  expect(await both(first, { receiver_id: 8 })).toBe(error(301, 'isp'));
});

test('while others send of the seller it is explained all the same', async () => {
  const { relation_id } = await offer({});
  await database.sql.begin(async (tx) => {
    await tx`select from benefit_seller join benefit_template using (user_id) where user_id = ${SELLER} for update`;
    const send_request = { relation_id, send_count: 1, unique_id: 'fresh' };
    const { result, rules } = await explain['piaoquan.benefit.send.explain'](
      { user_id: SELLER, send_request, receiver_id: 7 },
      contextAt(NOW),
    );
    expect(result).toBe(true);
    expect(rules.every(({ reason_zh, reason_en }) => reason_zh !== '' && /^[ -~]+$/.test(reason_en))).toBe(true);
  });
});
