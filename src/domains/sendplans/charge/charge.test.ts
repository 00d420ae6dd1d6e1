import { constants, publicEncrypt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demo, startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { until } from '../../../../test/harness/until.ts';
import { send, signedParameters } from '../../../sdk/request.ts';
import { DEMO_BIZ } from '../demo.ts';
import { decryptMobile, isFresh, isSigned, signCharge } from './crypto.ts';

let server: TestServer;
let urls: string[];
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
});
afterAll(() => server?.close());

let turn = 0;
async function call<T = Record<string, unknown>>(method: string, business: object): Promise<T> {
  const url = urls[turn++ % urls.length];
  const text = await send(`${url}/router/rest`, signedParameters(demo, method, { ...business }, new Date()));
  const [answer] = Object.values<object & { request_id?: string }>(JSON.parse(text));
  const { request_id: _each, ...rest } = answer!;
  return rest as T;
}

const encrypt = (mobile: string): string =>
  publicEncrypt({ key: DEMO_BIZ.public_key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(mobile)).toString(
    'base64',
  );

const request = (order_no: string, mobile: string, biz_code: string = DEMO_BIZ.biz_code, at = Date.now()) => {
  const charge = { encrypted_mobile: encrypt(mobile), order_no, biz_code, timestamp: at };
  return { ...charge, sign: signCharge(charge, DEMO_BIZ.secret) };
};

const charge = async (member_charge_request: object) =>
  (await call<{ result: typeof charged }>('alibaba.ai.content.business.supply.charge', { member_charge_request }))
    .result;

const isRenewing = (third_user_id: string, perform_type = 1, source = 'youku') =>
  call('alibaba.ai.content.business.get.third.cycle.vip.status', {
    get_third_vip_status_request: { third_user_id, perform_type, source },
  });

const orderNo = (name: string): string => `order-${name}`.padEnd(20, '0');
const charged = { ret_value: true, ret_code: '0', ret_msg: '成功' };

const periods = (mobile: string, biz_code: string = DEMO_BIZ.biz_code) => server.database.sql<
  { start_time: Date; end_time: Date }[]
>`
  select c.start_time, c.end_time from sendplan_charge c
  where biz_code = ${biz_code} and member_hash = (
    select member_hash from sendplan_charge where order_no = ${orderNo(mobile)})
  order by c.start_time`;

const audit = async () =>
  expect(await server.database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);

test('a charge sent many times at once over two servers charges once, and every answer says so', async () => {
  const mobile = '13800000001';
  const answers = await Promise.all(Array.from({ length: 20 }, () => charge(request(orderNo(mobile), mobile))));
  expect(answers).toEqual(answers.map(() => charged));
  expect(await periods(mobile)).toHaveLength(1);
  await audit();
});

test('an order_no is refused for another phone number, at once or later', async () => {
  const answers = await Promise.all([
    charge(request(orderNo('13800000002'), '13800000002')),
    charge(request(orderNo('13800000002'), '13800000003')),
  ]);
  expect(answers.map(({ ret_code }) => ret_code).sort()).toEqual(['0', '2005']);
  const later = await Promise.all([
    charge(request(orderNo('13800000002'), '13800000002')),
    charge(request(orderNo('13800000002'), '13800000003')),
  ]);
  expect(later).toEqual(answers);
});

test('charges at once each pay a month of the calendar that follows the one before', async () => {
  const mobile = '13800000004';
  await Promise.all([mobile, 'b', 'c', 'd'].map((name) => charge(request(orderNo(name), mobile))));
  const rows = await periods(mobile);
  expect(rows).toHaveLength(4);
  for (const [index, row] of rows.slice(1).entries()) expect(row.start_time).toEqual(rows[index]?.end_time);
  const [first] = rows;
  const days = (first!.end_time.getTime() - first!.start_time.getTime()) / (24 * 3600 * 1000);
  expect([28, 29, 30, 31]).toContain(days);
  await audit();
});

test('charges of one number that two servers make at the same moment follow each other too', async () => {
  const mobile = '13800000011';
  await charge(request(orderNo(mobile), mobile));
  const { sql } = server.database;
  let both: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`select from sendplan_vip for update`;
    both = Promise.all(['first', 'second'].map((name) => charge(request(orderNo(name), mobile))));
    await until(
      async () => {
        const [row] = await sql<{ count: number }[]>`
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return row?.count;
      },
      (count) => count === 2,
    );
  });
  await both;
  const rows = await periods(mobile);
  expect(rows).toHaveLength(3);
  for (const [index, row] of rows.slice(1).entries()) expect(row.start_time).toEqual(rows[index]?.end_time);
});

test('the state tells a renewing membership of the source and length, and no other', async () => {
  const mobile = '13800000005';
  const answer = (ret_value: boolean) => ({ ret_value, ret_code: 0, ret_msg: '成功' });
  expect(await isRenewing(mobile)).toEqual(answer(false));
  await charge(request(orderNo(mobile), mobile));
  await charge(request(orderNo('year'), mobile, 'demo_year'));
  expect(await isRenewing(mobile)).toEqual(answer(true));
  expect(await isRenewing('+86 138-0000-0005')).toEqual(answer(true));
  expect(await isRenewing('13800000099')).toEqual(answer(false));
  expect(await isRenewing(mobile, 2)).toEqual(answer(false));
  // A year was charged, but it does not renew itself.
  expect(await isRenewing(mobile, 3)).toEqual(answer(false));
  expect(await isRenewing(mobile, 1, 'iqiyi')).toMatchObject({ ret_value: false, ret_code: 3001, error_level: 'WARN' });
});

test('a membership that was cancelled or is over does not renew itself; charged again it does', async () => {
  const mobile = '13800000006';
  const told = async () => (await isRenewing(mobile)).ret_value;
  const renew = (renewing: boolean, third_user_id = mobile) =>
    call('piaoquan.sendplan.vip.renew.update', { source: 'youku', perform_type: 1, third_user_id, renewing });
  await charge(request(orderNo(mobile), mobile));
  await renew(false);
  expect(await told()).toBe(false);
  await renew(true);
  expect(await told()).toBe(true);
  await server.database.sql`
    update sendplan_vip set start_time = now() - interval '40 days', end_time = now() - interval '1 second'
    where member_hash = (select member_hash from sendplan_charge where order_no = ${orderNo(mobile)})`;
  expect(await told()).toBe(false);
  await charge(request(orderNo('again'), mobile));
  expect(await told()).toBe(true);
  expect((await renew(false, '13800000098')).sub_code).toBe('isv.vip-not-found');
});

test('every reason to refuse a charge has its own code, and none of them charges', async () => {
  const good = request(orderNo('refused'), '13800000007');
  const signed = (changed: object) => {
    const all = { ...good, ...changed };
    return { ...all, sign: signCharge(all, DEMO_BIZ.secret) };
  };
  const codes = [
    await charge({ ...good, biz_code: 'unknown' }),
    await charge({ ...good, sign: '0'.repeat(40) }),
    await charge({ ...good, order_no: `${good.order_no}x` }),
    await charge(signed({ timestamp: Date.now() - 601_000 })),
    await charge(signed({ timestamp: Date.now() + 601_000 })),
    await charge(signed({ encrypted_mobile: 'bm90IHJzYQ==' })),
    await charge(signed({ encrypted_mobile: encrypt('hello') })),
  ].map((answer) => [answer.ret_value, answer.ret_code]);
  expect(codes).toEqual(['2001', '2002', '2002', '2003', '2003', '2004', '2004'].map((code) => [false, code]));
  expect(
    await call('alibaba.ai.content.business.supply.charge', { member_charge_request: signed({ order_no: 'short' }) }),
  ).toMatchObject({
    code: 41,
    msg: 'Invalid arguments:member_charge_request.order_no',
  });
  expect(await server.database.sql`select from sendplan_charge where order_no = ${orderNo('refused')}`).toEqual([]);
  expect(await charge(good)).toEqual(charged);
});

test('a business code of an operator charges with its own secret and key; closed it charges no more', async () => {
  const biz = { biz_code: 'own', source: 'own', perform_type: 2, auto_renew: true, secret: 'a secret of mine' };
  const save = async (more: object) =>
    (await call<{ public_key: string }>('piaoquan.sendplan.biz.save', { ...biz, ...more })).public_key;
  const key = await save({});
  expect(await save({ secret: undefined })).toBe(key);
  const fields = {
    encrypted_mobile: publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from('13800000008')).toString(
      'base64',
    ),
    ...{ order_no: orderNo('own'), biz_code: 'own', timestamp: Date.now() },
  };
  const mine = { ...fields, sign: signCharge(fields, biz.secret) };
  expect(await charge(mine)).toEqual(charged);
  expect((await isRenewing('13800000008', 2, 'own')).ret_value).toBe(true);
  await save({ status: 2 });
  expect((await charge(mine)).ret_code).toBe('2001');
  expect((await call('piaoquan.sendplan.biz.save', { ...biz, biz_code: 'none', secret: undefined })).sub_code).toBe(
    'isv.secret-required',
  );
});

test('no phone number, secret or private key stands in the database as it is', async () => {
  await charge(request(orderNo('secret'), '13899999999'));
  const rows = await server.database.sql<{ text: string }[]>`
    select v::text as text from sendplan_vip v union all select c::text from sendplan_charge c
    union all select b::text from sendplan_biz b`;
  const hex = (text: string) => Buffer.from(text).toString('hex');
  for (const secret of ['13899999999', DEMO_BIZ.secret, 'PRIVATE KEY'])
    for (const { text } of rows) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(hex(secret));
    }
});

test('the signature covers every field, and the timestamp holds ten minutes to either side', () => {
  const good = request(orderNo('sign'), '13800000010', DEMO_BIZ.biz_code, 1_641_371_120_279);
  expect(isSigned(good, DEMO_BIZ.secret)).toBe(true);
  expect(isSigned({ ...good, sign: good.sign.toUpperCase() }, DEMO_BIZ.secret)).toBe(true);
  for (const changed of [
    { order_no: 'x' },
    { biz_code: 'x' },
    { encrypted_mobile: 'x' },
    { timestamp: 1 },
    { sign: '' },
  ])
    expect(isSigned({ ...good, ...changed }, DEMO_BIZ.secret)).toBe(false);
  expect(isSigned(good, 'another')).toBe(false);
  const now = new Date(1_000_000);
  expect([400_000, 1_600_000, 399_999, 1_600_001].map((at) => isFresh(at, now))).toEqual([true, true, false, false]);
});

test('only mobile numbers come out of the decryption', () => {
  for (const [plain, mobile] of [
    ['13812345678', '13812345678'],
    ['+8613812345678', '13812345678'],
    ['1381234567', undefined],
    ['', undefined],
  ] as const)
    expect(decryptMobile(encrypt(plain), DEMO_BIZ.private_key)).toBe(mobile);
});

test('a charge repeated after its timestamp has grown old is told what became of it and charges nothing', async () => {
  const [mobile, other] = ['13800000031', '13800000032'];
  const old = Date.now() - 24 * 3600 * 1000;
  const stale = (name: string, phone: string) => charge(request(orderNo(name), phone, DEMO_BIZ.biz_code, old));
  expect(await stale(mobile, mobile)).toMatchObject({ ret_value: false, ret_code: '2003' });
  expect(await charge(request(orderNo(mobile), mobile))).toEqual(charged);
  expect(await stale(mobile, mobile)).toEqual(charged);
  expect(await periods(mobile)).toHaveLength(1);
  expect(await stale(mobile, other)).toMatchObject({ ret_code: '2003' });
  expect(await stale('another', mobile)).toMatchObject({ ret_code: '2003' });
  expect(
    await charge({ ...request(orderNo(mobile), mobile, DEMO_BIZ.biz_code, old), sign: '0'.repeat(40) }),
  ).toMatchObject({ ret_code: '2002' });
  await audit();
});
