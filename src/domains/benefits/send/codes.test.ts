import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { createVault } from '../../../secrets/vault.ts';
import { benefitHandlers } from '../handlers.ts';

const SEND = 'taobao.promotion.benefit.activity.send';
const RELATION = 'taobao.promotion.benefit.activity.relation';
const SELLER = 6100000;
const RECEIVER = 6100001;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

type Answer = { sub_code?: string; is_success?: boolean };

async function call<T = Answer>(method: string, business: object): Promise<T> {
  const [answer] = Object.values<object>(await server.json(method, { ...business }));
  return answer as T;
}

/** The sub_code of a refused call. */
const code = async (method: string, business: object): Promise<string | undefined> =>
  (await call(method, business)).sub_code;

let last = 6_000_000;

/** A template of the demo seller in an activity of its own: the ids of both, and of the detail. */
async function offer({ template = {}, activity = {} }: { template?: object; activity?: object } = {}) {
  const benefit_id = ++last;
  await call('piaoquan.benefit.template.save', {
    template: {
      ...{ user_id: SELLER, benefit_id, config_id: 1, denomination: 100, total_num: 100 },
      ...{ start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', ...template },
    },
  });
  const period = { start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00' };
  const { relation_id } = await call<{ relation_id: number }>(RELATION, {
    relation_request: {
      add_detail_vos: [{ benefit_id }],
      benefit_activity_vo: { name: `activity ${benefit_id}`, type: 'SEND', ...period, ...activity },
    },
  });
  const found = await call<{ relation_benefit_details: string }>('taobao.promotion.benefit.activity.detail.get', {
    query_request: { relation_id, status: 'VALID' },
  });
  const [detail] = JSON.parse(found.relation_benefit_details) as [{ id: number }];
  return { benefit_id, relation_id, detail_id: detail.id };
}

const request = (send_request: object, receiver: object = { receiver_id: RECEIVER }) => ({
  send_request: { send_count: 1, ...send_request },
  ...receiver,
});

type Results = { result_list: { benefit_send_result_ext: { error_code_list: { string?: string[] } }[] } };

/** The error codes that stand in the results of a send. */
async function codes(send_request: object, receiver?: object): Promise<string[]> {
  const { result_list: list } = await call<Results>(SEND, request(send_request, receiver));
  return list.benefit_send_result_ext.flatMap(({ error_code_list }) => error_code_list.string ?? []);
}

test('112: the input, or a part of it that must be there, is empty', async () => {
  for (const send_request of [undefined, '{}'])
    expect(await code(SEND, { send_request, receiver_id: 1 })).toBe('isv.param-error:112');
  expect(await code(SEND, { send_request: { relation_id: 1 }, receiver_id: 1 })).toBe('isv.param-error:112');
  for (const relation_request of [undefined, '{}', { benefit_activity_vo: {} }])
    expect(await code(RELATION, { relation_request })).toBe('isv.param-error:112');
  const { relation_id } = await offer();
  const update_request = { benefit_activity_vo: { relation_id }, delete_detail_vos: [{}] };
  expect(await code('taobao.promotion.benefit.activity.update', { update_request })).toBe('isv.param-error:112');
});

test('203: a mobile send names no seller', async () => {
  const single_benefit_request = {
    ...{ benefit_type: 1, send_count: 1, unique_id: 'a', relation_id: 1, detail_id: 1, trace_id: 't', biz_id: 'b' },
  };
  expect(await code('taobao.mobile.promotion.benefit.activity.send', { single_benefit_request })).toBe(
    'isv.param-error:203',
  );
});

test('2010: no activity is named', async () => {
  expect(await code(SEND, request({}))).toBe('isv.param-error:2010');
  expect(await code('taobao.promotion.benefit.activity.delete', {})).toBe('isv.param-error:2010');
  expect(await code('taobao.promotion.benefit.activity.update', { update_request: { benefit_activity_vo: {} } })).toBe(
    'isv.param-error:2010',
  );
});

test('2011: the selector names no step', async () => {
  expect(await code('taobao.promotion.benefit.selector', { query: { config_id: 1 } })).toBe('isv.param-error:2011');
});

test('295: the activity or the detail does not exist, was deleted, or the one is not of the other', async () => {
  const [one, other] = [await offer(), await offer()];
  expect(await code(SEND, request({ relation_id: 999 }))).toBe('isv.param-error:295');
  expect(await code(SEND, request({ detail_id: 999 }))).toBe('isv.param-error:295');
  expect(await code(SEND, request({ relation_id: one.relation_id, detail_id: other.detail_id }))).toBe(
    'isv.param-error:295',
  );
  await call('taobao.promotion.benefit.activity.delete', { relation_id: one.relation_id });
  expect(await code(SEND, request({ detail_id: one.detail_id }))).toBe('isv.param-error:295');
});

test('250: a benefit to relate, or a type to select, is not among those of the seller', async () => {
  const { relation_id } = await offer();
  const update_request = { benefit_activity_vo: { relation_id }, add_detail_vos: [{ benefit_id: 4349901 }] };
  expect(await code('taobao.promotion.benefit.activity.update', { update_request })).toBe('isv.param-error:250');
  expect(await code('taobao.promotion.benefit.selector', { query: { step: 2, config_id: 99 } })).toBe(
    'isv.param-error:250',
  );
});

test('225: no receiver is named, none bears the name, or two names are of two users', async () => {
  const { relation_id } = await offer();
  const send = (receiver: object) => code(SEND, request({ relation_id }, receiver));
  expect(await send({})).toBe('isv.param-error:225');
  expect(await send({ receiver_id: 404 })).toBe('isv.param-error:225');
  expect(await send({ plat_nick: 'nobody' })).toBe('isv.param-error:225');
  expect(await send({ receiver_id: RECEIVER, plat_nick: 'demo_seller' })).toBe('isv.param-error:225');
  for (const receiver of [
    { receiver_id: RECEIVER, plat_nick: 'demo_other_seller' },
    { ouid: 'x' },
    { uid: 'x' },
    { nick: 'x' },
    { mix_receiver_id: 'x' },
  ])
    expect(await send(receiver), JSON.stringify(receiver)).toBeUndefined();
});

test('226: the activity has no benefit of the type asked for, or the benefit or its activity is over', async () => {
  const { relation_id, detail_id } = await offer({ template: { config_id: 4 } });
  expect(await code(SEND, request({ relation_id, benefit_type: 'ALIPAY_COUPON' }))).toBe('isv.param-error:226');
  expect(await code(SEND, request({ detail_id, benefit_type: 'ALIPAY_COUPON' }))).toBe('isv.param-error:226');
  const over = { end_time: '2026-01-02 00:00:00' };
  expect(await codes(await offer({ activity: over }))).toEqual(['isv.param-error:226']);
  const ended = await offer();
  await server.database.sql`
    update benefit_template set end_time = '2026-01-02' where user_id = ${SELLER} and benefit_id = ${ended.benefit_id}`;
  expect(await codes(ended)).toEqual(['isv.param-error:226']);
});

test('236: the benefit cannot be sent now, but may be later: not begun, withdrawn, or too few are left', async () => {
  const future = { start_time: '2035-01-01 00:00:00' };
  expect(await codes(await offer({ activity: future }))).toEqual(['isp.param-error:236']);
  expect(await codes(await offer({ template: future }))).toEqual(['isp.param-error:236']);
  const scarce = await offer({ template: { total_num: 1 } });
  expect(await codes({ ...scarce, send_count: 2, unique_id: 'part' })).toEqual(['isp.param-error:236']);
  const empty = { ...(await offer({ template: { total_num: 0 } })), unique_id: 'later' };
  expect(await codes(empty)).toEqual(['isp.param-error:236']);
  const { benefit_id } = empty;
  const change = { user_id: SELLER, benefit_id, delta: 1, adjust_id: 'a', reason: '补货' };
  await call('piaoquan.benefit.template.stock.adjust', change);
  expect(await codes(empty)).toEqual([]);
});

test('214: a red packet is withdrawn; put back it is sent under the same unique_id', async () => {
  const packet = { ...(await offer()), unique_id: 'red packet' };
  const wallet = await offer({ template: { config_id: 4 } });
  const withdraw = (benefit_id: number, status: number) =>
    call('piaoquan.benefit.template.status.update', { user_id: SELLER, benefit_id, status });
  await withdraw(packet.benefit_id, 2);
  await withdraw(wallet.benefit_id, 2);
  expect(await codes(packet)).toEqual(['isp.param-error:214']);
  expect(await codes(wallet)).toEqual(['isp.param-error:236']);
  await withdraw(packet.benefit_id, 1);
  expect(await codes(packet)).toEqual([]);
});

test('100: the receiver was sent the benefit as often as its window allows; another receiver was not', async () => {
  const { relation_id } = await offer({ template: { max_sends: 3, window_seconds: 86_400 } });
  const many = await Promise.all(Array.from({ length: 10 }, () => codes({ relation_id }, { ouid: 'a' })));
  expect(many.filter((each) => each.length === 0)).toHaveLength(3);
  expect(new Set(many.flat())).toEqual(new Set(['isp.param-error:100']));
  expect(await codes({ relation_id }, { ouid: 'b' })).toEqual([]);
});

test('301: the unique_id is used by another send, at once or later', async () => {
  const { relation_id, detail_id } = await offer();
  const first = request({ relation_id, unique_id: 'used' });
  const others = [
    request({ relation_id, unique_id: 'used', send_count: 2 }),
    request({ relation_id, detail_id, unique_id: 'used' }),
    request({ relation_id, unique_id: 'used' }, { ouid: 'a' }),
    request({ relation_id, unique_id: 'used', benefit_type: 'ALIPAY_COUPON' }),
  ];
  expect((await call(SEND, first)).is_success).toBe(true);
  for (const other of others) expect(await code(SEND, other)).toBe('isp.param-error:301');
  const together = await Promise.all(
    others.map((other) => code(SEND, { ...other, send_request: { ...other.send_request, unique_id: 'new' } })),
  );
  expect(together.filter((each) => each === 'isp.param-error:301')).toHaveLength(3);
});

test('101: the database refuses the record; nothing is sent, and the same send goes through afterwards', async () => {
  const { relation_id, benefit_id } = await offer();
  const asked = request({ relation_id, unique_id: 'refused by the database' });
  const { sql } = server.database;
  await sql`alter table benefit_send add constraint refuses check (unique_id <> 'refused by the database')`;
  const left = async () =>
    (
      await sql<
        { valid_total_num: number }[]
      >`select valid_total_num from benefit_template where benefit_id = ${benefit_id}`
    )[0];
  expect(await code(SEND, asked)).toBe('isp.param-error:101');
  expect(await left()).toEqual({ valid_total_num: 100 });
  await sql`alter table benefit_send drop constraint refuses`;
  expect((await call(SEND, asked)).is_success).toBe(true);
  expect(await left()).toEqual({ valid_total_num: 99 });
});

test('102: too many sends of a seller wait; those refused were not sent and go through when tried again', async () => {
  const { relation_id, benefit_id } = await offer({ template: { total_num: 1_000_000 } });
  const handlers = benefitHandlers({ sql: server.database.sql, vault: createVault(Buffer.alloc(32, 1)) });
  const context = {
    app_key: '1',
    user: { user_id: SELLER, nick: 'n' },
    now: new Date(),
    request_id: 'r',
    host: 'h',
    actor: '12345678',
    method: 'test',
  };
  const send = (index: number) =>
    handlers[SEND]({ send_request: { relation_id, send_count: 1, unique_id: `many ${index}` }, ouid: 'a' }, context);
  // Two batches of 500 are under way, ten thousand wait.
  const most = 1000 + 10_000;
  const all = await Promise.allSettled(Array.from({ length: most + 30 }, (_, index) => send(index)));
  const refused = all.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
  expect(refused).toHaveLength(30);
  expect(all[refused[0]!]).toMatchObject({ reason: { body: { sub_code: 'isp.param-error:102' } } });
  await Promise.all(refused.map(send));
  const [row] = await server.database
    .sql`select valid_total_num from benefit_template where benefit_id = ${benefit_id}`;
  expect(row).toEqual({ valid_total_num: 1_000_000 - most - 30 });
});
