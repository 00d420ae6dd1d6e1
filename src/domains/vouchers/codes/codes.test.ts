import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { until } from '../../../../test/harness/until.ts';
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

type Kind = 'bind' | 'consume' | 'consume.reverse' | 'void';
type Done = {
  success_count: number;
  results: { code: string; result: string; consume_sequence?: number }[];
  error_response?: { sub_code: string };
};

const act = (kind: Kind, mix_id: string, codes: string[], unique_id: string, user_id?: string) =>
  vouchers.call<Done>(`piaoquan.voucher.code.${kind}`, { mix_id, codes, unique_id, user_id });
const words = ({ results }: Done) => results.map(({ result }) => result);
const info = async (mix_id: string, code: string) =>
  (await vouchers.ok<{ code_info: Record<string, unknown> }>('piaoquan.voucher.code.get', { mix_id, code })).code_info;

test('a user binds no more codes than allowed, however many calls come at once to two servers', async () => {
  const codes = await vouchers.madeBatch('code_limit', 400, { max_bind_count: 2 });
  const other = voucherCalls({ ...server, call: await callOf() });
  const users = Array.from({ length: 80 }, (_, n) => `user${n}`);
  const done = await Promise.all(
    codes.map((code, n) =>
      (Math.floor(n / 80) % 2 ? vouchers : other).call<Done>('piaoquan.voucher.code.bind', {
        mix_id: 'code_limit',
        codes: [code],
        unique_id: `limit-${n}`,
        user_id: users[n % 80],
      }),
    ),
  );
  for (const user of users.keys()) {
    const mine = done.filter((_, n) => n % 80 === user).flatMap(words);
    expect(mine.toSorted()).toEqual(['LIMIT', 'LIMIT', 'LIMIT', 'OK', 'OK']);
  }
});

async function callOf(): Promise<TestServer['call']> {
  const { url } = await server.another();
  const { callAt } = await import('../../../../test/harness/call.ts');
  return (method, business, credentials) => callAt(url, method, business, credentials);
}

test('the database itself refuses a bind over the limit', async () => {
  const { sql } = server.database;
  const full = sql`update voucher_user set bound_count = bound_count + 1 where mix_id = 'code_limit'`;
  await expect(full).rejects.toMatchObject({ code: '23514' });
});

test('binding waits for bind_begin_time, ends with coupon_expire_time, and starts the days of a DAY batch', async () => {
  const [early = ''] = await vouchers.madeBatch('code_early', 1, { bind_begin_time: '2045-01-01 00:00:00' });
  expect(words(await act('bind', 'code_early', [early], '1', 'u'))).toEqual(['NOT_STARTED']);
  const [late = ''] = await vouchers.madeBatch('code_late', 1);
  await server.database.sql`update voucher_batch set coupon_expire_time = '2026-01-02' where mix_id = 'code_late'`;
  expect(words(await act('bind', 'code_late', [late], '1', 'u'))).toEqual(['EXPIRED']);
  const [code = ''] = await vouchers.madeBatch('code_day', 1, { valid_duration_type: 'DAY', valid_days: 2 });
  expect(await info('code_day', code)).toMatchObject({ bind_status: -1, expire_time: '2046-01-01 00:00:00' });
  expect(words(await act('bind', 'code_day', [code], '1', 'u'))).toEqual(['OK']);
  const { bound_time, expire_time } = await info('code_day', code);
  const gmt8 = (text: unknown) => Date.parse(`${String(text).replace(' ', 'T')}+08:00`);
  expect(gmt8(expire_time) - gmt8(bound_time)).toBe(2 * 86_400_000);
});

test('a code is bound to one user for good; who binds it is kept encrypted and shown masked', async () => {
  const [one = '', two = ''] = await vouchers.madeBatch('code_bound', 2);
  expect(words(await act('bind', 'code_bound', [one], '1', '13812345678'))).toEqual(['OK']);
  expect(words(await act('bind', 'code_bound', [one, two], '2', '13812345679'))).toEqual(['BOUND_BY_OTHER', 'OK']);
  expect(words(await act('bind', 'code_bound', [one], '3', '13812345678'))).toEqual(['BOUND']);
  expect(await info('code_bound', one)).toMatchObject({ bind_status: 0, bound_user: '138****5678' });
  const rows = await server.database.sql`
    select c::text, u::text from voucher_code c join voucher_user u using (mix_id) where mix_id = 'code_bound'`;
  expect(JSON.stringify(rows)).not.toMatch(/1381234567/);
});

test('a code is redeemed bound or not, but not by another than who bound it', async () => {
  const [bound = '', free = ''] = await vouchers.madeBatch('code_redeem', 2);
  await act('bind', 'code_redeem', [bound], '1', 'u1');
  expect(words(await act('consume', 'code_redeem', [bound], '2', 'u2'))).toEqual(['BOUND_BY_OTHER']);
  const done = await act('consume', 'code_redeem', [free, bound, free], '3', 'u1');
  expect(done.results).toEqual([
    { code: free, result: 'OK', consume_sequence: 1 },
    { code: bound, result: 'OK', consume_sequence: 2 },
    { code: free, result: 'CONSUMED' },
  ]);
  expect(done.success_count).toBe(2);
});

test('a reversed redemption leaves the CONSUME export, and redeemed again the code comes at its end', async () => {
  const codes = await vouchers.madeBatch('code_reverse', 3);
  await act('consume', 'code_reverse', codes, '1');
  expect(words(await act('consume.reverse', 'code_reverse', [codes[0]!], '2'))).toEqual(['OK']);
  expect(await vouchers.everyCode('code_reverse', 'CONSUME')).toEqual([codes[1], codes[2]]);
  expect(words(await act('consume.reverse', 'code_reverse', [codes[0]!], '3'))).toEqual(['NOT_CONSUMED']);
  const again = await act('consume', 'code_reverse', [codes[0]!], '4');
  expect(again.results[0]?.consume_sequence).toBe(4);
  expect(await vouchers.everyCode('code_reverse', 'CONSUME')).toEqual([codes[1], codes[2], codes[0]]);
});

test('a voided code is good for nothing, shows at once, and gives its user the place back', async () => {
  const [one = '', two = '', used = ''] = await vouchers.madeBatch('code_void', 3, { max_bind_count: 1 });
  await act('consume', 'code_void', [used], '1');
  await act('bind', 'code_void', [one], '2', 'u');
  expect(words(await act('bind', 'code_void', [two], '3', 'u'))).toEqual(['LIMIT']);
  expect(words(await act('void', 'code_void', [one, used, one], '4'))).toEqual(['OK', 'CONSUMED', 'VOIDED']);
  const { coupon_list } = await vouchers.page('code_void', 'ALL', 0);
  expect(coupon_list.map(({ code_status }) => code_status)).toEqual([-2, 0, 2]);
  expect(words(await act('consume', 'code_void', [one], '5'))).toEqual(['VOIDED']);
  expect(words(await act('bind', 'code_void', [two], '6', 'u'))).toEqual(['OK']);
});

test('off shelf nothing is bound, and what is out is still redeemed', async () => {
  const codes = await vouchers.madeBatch('code_off', 2);
  await vouchers.ok('piaoquan.voucher.batch.status.update', { mix_id: 'code_off', status: 2 });
  expect(words(await act('bind', 'code_off', codes, '1', 'u'))).toEqual(['OFF_SHELF', 'OFF_SHELF']);
  expect(words(await act('consume', 'code_off', codes, '2', 'u'))).toEqual(['OK', 'OK']);
});

test('an operation sent three times at once and again after its effect was reversed has one effect and one answer', async () => {
  const codes = await vouchers.madeBatch('code_again', 40);
  const asked = codes.map((code, n) => () => act('consume', 'code_again', [code], `again-${n}`));
  const answers = await Promise.all(asked.flatMap((ask) => [ask(), ask(), ask()]));
  const plain = (done: Done | undefined) => ({ ...done, request_id: undefined });
  for (const n of codes.keys())
    for (const answer of answers.slice(3 * n, 3 * n + 3)) {
      expect(plain(answer)).toEqual(plain(answers[3 * n]));
      expect(words(answer)).toEqual(['OK']);
    }
  await act('consume.reverse', 'code_again', codes, 'reverse');
  expect(plain(await asked[0]!())).toEqual(plain(answers[0]));
  expect(await vouchers.everyCode('code_again', 'CONSUME')).toEqual([]);
  const [log] = await server.database.sql`select count(*) from voucher_consumption where mix_id = 'code_again'`;
  expect(log?.count).toBe(40);
});

test('an operation that comes to two servers at the same moment is entered in the change log once', async () => {
  const { sql } = server.database;
  const codes = await vouchers.madeBatch('code_logged', 2);
  const ask = { mix_id: 'code_logged', codes, unique_id: 'logged' };
  const other = await callOf();
  // Both statements wait for the batch, so that neither has seen what the other does.
  const calls = await sql.begin(async (tx) => {
    await tx`select from voucher_batch where mix_id = 'code_logged' for update`;
    const both = [server.call, other].map((call) => call('piaoquan.voucher.code.consume', ask));
    const waiting = () => sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query ~ 'voucher_operate_logged'`;
    await until(waiting, ({ count }) => count === 2);
    return { both };
  });
  await Promise.all(calls.both);
  const log = await sql`
    select thing_key from change_log where thing = 'voucher_code' and starts_with(thing_key, 'code_logged/') order by 1`;
  expect(log.map(({ thing_key }) => thing_key)).toEqual(['code_logged/1', 'code_logged/2']);
});

test('a unique_id used for other codes, another user or another operation is refused', async () => {
  const [one = '', two = ''] = await vouchers.madeBatch('code_unique', 2);
  await act('bind', 'code_unique', [one], '1', 'u');
  const refusal = { error_response: { sub_code: 'isv.voucher-unique-id-conflict' } };
  expect(await act('bind', 'code_unique', [two], '1', 'u')).toMatchObject(refusal);
  expect(await act('bind', 'code_unique', [one], '1', 'v')).toMatchObject(refusal);
  expect(await act('consume', 'code_unique', [one], '1', 'u')).toMatchObject(refusal);
  expect(await info('code_unique', two)).toMatchObject({ bind_status: -1, code_status: 0 });
});

test('a thousand codes go in one call, each with a result of its own', async () => {
  const codes = await vouchers.madeBatch('code_bulk', 999);
  const asked = [...codes.slice(0, 500), 'TPP-WRONG234', ...codes.slice(500)];
  const { success_count, results } = await act('consume', 'code_bulk', asked, 'bulk');
  expect(success_count).toBe(999);
  expect(results.map(({ code }) => code)).toEqual(asked);
  expect(results[500]?.result).toBe('NOT_FOUND');
  expect(results.filter(({ consume_sequence }) => consume_sequence).map((each) => each.consume_sequence)).toEqual(
    codes.map((_, index) => index + 1),
  );
});

test('pollers of the CONSUME export see every redemption over HTTP once and in order while it goes on', async () => {
  const codes = await vouchers.madeBatch('code_poll', 600);
  let over = false;
  const redeem = async (mine: string[], name: string) => {
    for (let n = 0; mine.length > 0; n++)
      await act('consume', 'code_poll', mine.splice(0, 1 + (n % 4)), `${name}-${n}`);
  };
  const shares = [0, 1, 2, 3, 4, 5].map((n) => codes.filter((_, index) => index % 6 === n));
  const redeeming = Promise.all(shares.map((share, n) => redeem(share, `r${n}`))).finally(() => {
    over = true;
  });
  const poll = async (size: number) => {
    const seen: string[] = [];
    for (let cursor = 0; ; ) {
      const last = over;
      const { coupon_list, has_next, last_sequence } = await vouchers.page('code_poll', 'CONSUME', cursor, size);
      seen.push(...coupon_list.map(({ code }) => code));
      cursor = last_sequence;
      if (last && !has_next) return seen;
    }
  };
  const [small, large] = await Promise.all([poll(3), poll(100), redeeming]);
  const stored = await vouchers.everyCode('code_poll', 'CONSUME');
  expect(stored.toSorted()).toEqual(codes.toSorted());
  expect(small).toEqual(stored);
  expect(large).toEqual(stored);
});

test('an unknown batch and an unknown code are refused by name', async () => {
  expect(await act('consume', 'code_none', ['X234'], '1')).toMatchObject({
    error_response: { sub_code: 'isv.voucher-batch-not-exist' },
  });
  const asked = { mix_id: 'code_bulk', code: 'TPP-WRONG235' };
  expect(await vouchers.call('piaoquan.voucher.code.get', asked)).toMatchObject({
    error_response: { sub_code: 'isv.voucher-code-not-exist' },
  });
});
