import { afterAll, beforeAll, expect, test } from 'vitest';
import { atOnce } from '../../../../test/harness/at-once.ts';
import { callAt } from '../../../../test/harness/call.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { voucherCalls, voucherFindings } from '../../../../test/harness/vouchers.ts';

let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
});
afterAll(async () => {
  expect(await voucherFindings(server.database.sql)).toEqual([]);
  await server.close();
});

type Result = {
  success: boolean;
  return_code: string;
  return_value?: { f_code_merchant_info_list: { code: string; gmt_expire: string; cost_price: number }[] };
};

const METHOD = 'taobao.film.lottery.sendcode';
const asked = (mix_id: string, ext_order_id: string, more: object = {}) => ({
  param_f_code_merchant_send_code_request: { mix_id, ext_order_id, each_num: 1, number: 1, ...more },
});
const send = async (mix_id: string, ext_order_id: string, more: object = {}): Promise<Result> =>
  (await vouchers.ok<{ result: Result }>(METHOD, asked(mix_id, ext_order_id, more))).result;
const codesOf = ({ return_value }: Result) => (return_value?.f_code_merchant_info_list ?? []).map(({ code }) => code);
const issuedOf = async (mix_id: string) =>
  (await server.database.sql`select issued_count from voucher_batch where mix_id = ${mix_id}`)[0]?.issued_count;

test('of orders for more codes than there are, as many are answered as codes last, no code twice, the others refused', async () => {
  const codes = await vouchers.madeBatch('code_rush', 400);
  const other = await server.another();
  const results = await Promise.all(
    Array.from({ length: 600 }, async (_, n) => {
      const url = n % 2 === 0 ? server.url : other.url;
      const text = await callAt(url, METHOD, asked('code_rush', `rush-${n}`), { simplify: true });
      return JSON.parse(text).result as Result;
    }),
  );
  const given = results.flatMap(codesOf);
  expect(given.toSorted()).toEqual(codes.toSorted());
  expect(results.filter(({ return_code }) => return_code === '200410')).toHaveLength(200);
  expect(await issuedOf('code_rush')).toBe(400);
});

test('large orders that come at once are carried out a few at a time, so that the batch is free in between', async () => {
  await vouchers.madeBatch('code_large', 7236);
  const counts = Array.from({ length: 24 }, (_, n) => (n % 2 === 0 ? 3 : 600));
  const results = await Promise.all(
    counts.map((number, n) => send('code_large', `large-${n}`, { number, each_num: number })),
  );
  expect(results.map((result) => codesOf(result).length)).toEqual(counts);
  expect(new Set(results.flatMap(codesOf)).size).toBe(7236);
  const together = await server.database.sql`
    select count(*) from voucher_order where mix_id = 'code_large' and cardinality(sequences) = 600 group by xmin::text`;
  expect(together.length).toBeGreaterThan(2);
  expect(Math.max(...together.map(({ count }) => count))).toBeLessThanOrEqual(5);
});

test('an order sent three times at once and once more is one order with one answer', async () => {
  await vouchers.madeBatch('code_triple', 500);
  const orders = Array.from({ length: 100 }, (_, n) => n);
  const answers = await Promise.all(
    orders.flatMap((n) => [0, 1, 2].map(() => send('code_triple', `triple-${n}`, { number: 3, each_num: 3 }))),
  );
  for (const n of orders) {
    const [one, ...same] = answers.slice(3 * n, 3 * n + 3);
    expect(codesOf(one!)).toHaveLength(3);
    expect(same).toEqual([one, one]);
    expect(await send('code_triple', `triple-${n}`, { number: 3, each_num: 3 })).toEqual(one);
  }
  expect(await issuedOf('code_triple')).toBe(300);
});

test('an answered order is answered the same after the batch was changed or put off shelf', async () => {
  await vouchers.madeBatch('code_still', 2);
  const first = await send('code_still', 'still');
  await vouchers.saveBatch('code_still', { denomination: 900, coupon_expire_time: '2030-01-01 00:00:00' });
  await vouchers.ok('piaoquan.voucher.batch.status.update', { mix_id: 'code_still', status: 2 });
  expect(await send('code_still', 'still')).toEqual(first);
  expect(await send('code_still', 'other')).toMatchObject({ return_code: '200405', success: false });
});

test('an order number with other content is refused and changes nothing', async () => {
  await vouchers.madeBatch('code_conflict', 10);
  await send('code_conflict', 'same');
  for (const more of [{ number: 2, each_num: 2 }, { out_uid: 'x' }, { user_id_list: '1' }])
    expect(await send('code_conflict', 'same', more)).toMatchObject({ return_code: '200409' });
  expect(await issuedOf('code_conflict')).toBe(1);
});

test('an order number of one app serves one batch, of hundreds claimed for two at once by two servers too', async () => {
  const batches = ['code_one', 'code_two'] as const;
  for (const mix_id of batches) await vouchers.madeBatch(mix_id, 120);
  const other = await server.another();
  const sendAt = async (url: string, mix_id: string, ext_order_id: string): Promise<Result> =>
    JSON.parse(await callAt(url, METHOD, asked(mix_id, ext_order_id), { simplify: true })).result;
  const numbers = Array.from({ length: 120 }, (_, n) => `both-${n}`);
  const answers = await Promise.all(
    numbers.map((number, n) => {
      const [one, two] = n % 2 === 0 ? [server.url, other.url] : [other.url, server.url];
      return Promise.all([sendAt(one, batches[0], number), sendAt(two, batches[1], number)]);
    }),
  );
  await atOnce(answers.entries(), async ([n, pair]) => {
    const number = numbers[n]!;
    expect(pair.map(({ return_code }) => return_code).toSorted(), number).toEqual(['0', '200409']);
    const winner = pair.findIndex(({ success }) => success);
    // Again, at one server: the claim stands.
    expect(await send(batches[winner]!, number)).toEqual(pair[winner]);
    expect(await send(batches[1 - winner]!, number)).toMatchObject({ return_code: '200409' });
  });
  expect((await Promise.all(batches.map(issuedOf))).reduce((sum, issued) => sum + issued, 0)).toBe(120);
});

test('an order number belongs to the batch it was first asked for though nothing was issued; a wrong request takes none', async () => {
  await vouchers.madeBatch('code_first', 1);
  await vouchers.madeBatch('code_second', 1);
  expect(await send('code_first', 'early', { number: 2, each_num: 2 })).toMatchObject({ return_code: '200410' });
  expect(await send('code_second', 'early')).toMatchObject({ return_code: '200409' });
  await vouchers.ok('piaoquan.voucher.batch.status.update', { mix_id: 'code_first', status: 2 });
  expect(await send('code_first', 'shelf')).toMatchObject({ return_code: '200405' });
  expect(await send('code_second', 'shelf')).toMatchObject({ return_code: '200409' });
  expect(await send('code_nowhere', 'wrong')).toMatchObject({ return_code: '200404' });
  expect(await send('code_first', 'wrong', { partner_code: 'q' })).toMatchObject({ return_code: '200404' });
  expect(await send('code_first', 'wrong', { number: 2, user_id_list: '1' })).toMatchObject({ return_code: '200400' });
  expect((await send('code_second', 'wrong')).success).toBe(true);
});

test('the same order number of another app is an order of its own', async () => {
  await vouchers.madeBatch('code_apps', 2);
  type App = { app_key: string; secret: string; session_key: string };
  const app = { name: '另一应用', packages: ['film.fcode'] };
  const { app_key, secret } = await vouchers.ok<App>('piaoquan.platform.app.create', { unique_id: 'second', app });
  const grant = { app_key, user_id: 6100000 };
  const { session_key: session } = await vouchers.ok<App>('piaoquan.platform.session.create', { grant });
  const theirs = await vouchers.call<{ result: Result }>(METHOD, asked('code_apps', 'one'), {
    app_key,
    secret,
    session,
  });
  expect(new Set([...codesOf(theirs.result), ...codesOf(await send('code_apps', 'one'))]).size).toBe(2);
});

test('an order is answered whole or not at all, and a smaller one behind it still gets what is left', async () => {
  const codes = await vouchers.madeBatch('code_whole', 5);
  const [large, small] = await Promise.all([
    send('code_whole', 'large', { number: 6, each_num: 6 }),
    send('code_whole', 'small', { number: 5, each_num: 5 }),
  ]);
  expect(large).toMatchObject({ return_code: '200410' });
  expect(codesOf(small)).toEqual(codes);
});

test('an order refused for want of codes is answered by its own number once there are more', async () => {
  await vouchers.madeBatch('code_later', 1);
  expect(await send('code_later', 'later', { number: 2, each_num: 2 })).toMatchObject({ return_code: '200410' });
  const { job_id } = await vouchers.ok<{ job_id: number }>('piaoquan.voucher.batch.generate', {
    mix_id: 'code_later',
    count: 1,
    unique_id: 'm',
  });
  await vouchers.jobEnd(job_id);
  expect(codesOf(await send('code_later', 'later', { number: 2, each_num: 2 }))).toHaveLength(2);
});

test('codes for users come in the order of the list, each_num for each, noted as theirs and not bound', async () => {
  await vouchers.madeBatch('code_users', 6);
  const result = await send('code_users', 'users', { number: 6, each_num: 2, user_id_list: '901|777|905' });
  const [first] = result.return_value!.f_code_merchant_info_list;
  expect(first).toMatchObject({ cost_price: 400, gmt_expire: '2046-01-01 00:00:00' });
  const rows = await server.database.sql`
    select issued_to, issue_ref, bound_time from voucher_code where mix_id = 'code_users' order by sequence`;
  expect(rows.map(({ issued_to }) => issued_to)).toEqual(['901', '901', '777', '777', '905', '905']);
  for (const { issue_ref, bound_time } of rows) expect([issue_ref, bound_time]).toEqual(['12345678:users', null]);
  const { code_info } = await vouchers.ok<{ code_info: object }>('piaoquan.voucher.code.get', {
    mix_id: 'code_users',
    code: codesOf(result)[2],
  });
  expect(code_info).toMatchObject({ sequence: 3, issue_ref: '12345678:users', bind_status: -1 });
});

test('numbers that contradict the list of users are refused', async () => {
  await vouchers.madeBatch('code_numbers', 6);
  const wrong = [
    { number: 3, each_num: 2, user_id_list: '1|2' },
    { number: 2, each_num: 1, user_id_list: '1|1' },
    { number: 2, each_num: 1, user_id_list: '1|' },
  ];
  for (const [n, more] of wrong.entries())
    expect(await send('code_numbers', `wrong-${n}`, more)).toMatchObject({ return_code: '200400', success: false });
  expect(await issuedOf('code_numbers')).toBe(0);
});

test('nicks are not kept in plain', async () => {
  await vouchers.madeBatch('code_nicks', 1);
  const more = { user_id_list: '张三丰', user_id_type: 'TAOBAO_NAME', out_user_name: '张三丰' };
  expect((await send('code_nicks', 'nick', more)).success).toBe(true);
  const rows = await server.database.sql`
    select v::text as code, o::text as kept from voucher_code v join voucher_order o using (mix_id)
    where mix_id = 'code_nicks'`;
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('张三丰');
});

test('an unknown batch, another partner and a user without a grant are refused alike; an expired batch says so', async () => {
  await vouchers.madeBatch('code_granted', 3);
  const refusal = { return_code: '200404', success: false };
  expect(await send('code_none', 'n')).toMatchObject(refusal);
  expect(await send('code_granted', 'n', { partner_code: 'q' })).toMatchObject(refusal);
  expect((await send('code_granted', 'n', { partner_code: 'p' })).success).toBe(true);
  await vouchers.ok('piaoquan.voucher.grant.delete', { mix_id: 'code_granted', partner_code: 'p', user_id: 6100000 });
  expect(await send('code_granted', 'm')).toMatchObject(refusal);
  await vouchers.madeBatch('code_past', 3);
  await server.database.sql`update voucher_batch set coupon_expire_time = '2026-01-02' where mix_id = 'code_past'`;
  expect(await send('code_past', 'past')).toMatchObject({ return_code: '200406' });
});

test('voided, consumed and bound codes are passed over when codes are issued', async () => {
  const { sql } = server.database;
  const codes = await vouchers.madeBatch('code_gaps', 12);
  const named = { mix_id: 'code_gaps', user_id: 'u' };
  await vouchers.ok('piaoquan.voucher.code.void', {
    mix_id: 'code_gaps',
    codes: [codes[0], codes[1], codes[4]],
    unique_id: '1',
  });
  await vouchers.ok('piaoquan.voucher.code.consume', { ...named, codes: [codes[5]], unique_id: '2' });
  await vouchers.ok('piaoquan.voucher.code.bind', { ...named, codes: [codes[2]], unique_id: '3' });
  const take = (count: number) => {
    const takes = [{ count, ref: 'grant-1', user: 'u1', partial: true }];
    return sql`select * from voucher_issue_many('code_gaps', ${sql.json(takes)}, now()) order by sequence`;
  };
  expect((await take(3)).map(({ sequence }) => sequence)).toEqual([4, 7, 8]);
  expect((await take(9)).map(({ sequence }) => sequence)).toEqual([9, 10, 11, 12]);
  expect(await take(1)).toEqual([]);
});

test('without its parameter, which the page flags optional, nothing is issued and the answer names what is missing', async () => {
  const { result } = await vouchers.ok<{ result: Result }>(METHOD, {});
  expect(result).toMatchObject({
    ...{ return_code: '200401', success: false },
    return_message: expect.stringContaining('param_f_code_merchant_send_code_request'),
  });
});
