import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { documentedRequests } from '../../test/harness/documented.ts';
import { type FaultyWay, openFaultyWay } from '../../test/harness/faulty.ts';
import { demo, startTestServer, type TestServer } from '../../test/harness/server.ts';
import { decodeForm } from '../wire/form.ts';
import { type CallOptions, type Client, type ClientOptions, createClient, TopError, TopNetworkError } from './index.ts';

let server: TestServer;
let way: FaultyWay;
/** The demo app straight to the server, and over the way on which exchanges fail. */
let client: Client;
let shaky: Client;
beforeAll(async () => {
  server = await startTestServer();
  way = await openFaultyWay(server.url);
  client = open();
  shaky = open({ url: way.url });
});
afterAll(async () => {
  await way?.close();
  await server?.close();
});

const open = (options: Partial<ClientOptions> = {}): Client => createClient({ url: server.url, ...demo, ...options });
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error) => error,
  );

/** Makes a call over the way with faults ahead; gives its end and the exchanges that it took. */
async function through<T>(faults: FaultyWay['faults'], call: () => Promise<T>) {
  way.faults = faults;
  way.seen = [];
  const end = await call().catch((error: unknown) => error as TopError | TopNetworkError);
  return { end, seen: way.seen };
}

describe('a call', () => {
  test.each(['md5', 'hmac', 'hmac-sha256'] as const)('is signed by %s', async (sign_method) => {
    const { time } = await open({ sign_method }).call('taobao.time.get');
    expect(Math.abs(time.getTime() - Date.now())).toBeLessThan(60_000);
  });

  test('reaches a gateway by its origin and by the path that TOP’s SDKs want', async () => {
    for (const url of [`${server.url}/`, `${server.url}/router/rest`])
      expect((await open({ url }).call('taobao.time.get')).request_id).toMatch(/\w{8}/);
  });

  test('of the lottery configuration has typed members, instants as Date', async () => {
    const method = 'taobao.film.lottery.performance.config.query';
    const request = { spread_id: 'prizePool_open', platform: 8, biz_ext_info: '{}' };
    const { return_value, request_id } = await client.call(method, { performance_query_config_param: request });
    const [segment] = return_value?.segment_infos ?? [];
    expectTypeOf(segment?.start_time).toEqualTypeOf<Date | undefined>();
    expectTypeOf(segment?.win_times).toEqualTypeOf<number | undefined>();
    expectTypeOf(request_id).toEqualTypeOf<string>();
    expect(segment?.start_time).toBeInstanceOf(Date);
    expect(segment).toMatchObject({ win_times: 2000 });
  });

  test('of the code export has lists as plain arrays', async () => {
    const request = { mix_id: 'code_8ebc4e741689bbc1', partner_code: 'xuexiqiangguo', operate_type: 'ALL' };
    const { result } = await client.call('taobao.film.fcode.export.query', request);
    const codes = result.return_value?.coupon_list ?? [];
    expectTypeOf(codes).items.toHaveProperty('gmt_modified').toEqualTypeOf<Date>();
    expect(codes[0]).toEqual({
      code: '2X2QFKTZD2K',
      code_status: 2,
      gmt_modified: new Date('2019-12-02T23:59:59+08:00'),
      bind_status: -1,
    });
  });

  test('of the project detail reads times to the minute, through lists within lists', async () => {
    const method = 'alibaba.damai.maizuo.openapi.project.detail';
    const { project_param } = documentedRequests[method] as { project_param: { lang_type: number } & Tokens };
    const { result_data } = await client.call(method, { project_param });
    const event = result_data?.project_vo?.event_list?.[0];
    expectTypeOf(event?.event_show_start_time).toEqualTypeOf<Date | undefined>();
    expect(event?.event_show_start_time?.getSeconds()).toBe(0);
    expect(event?.price_list?.[0]?.child_list?.[0]?.margin_count).toEqual(expect.any(Number));
  });

  test('of the send plans takes nested requests', async () => {
    const { ret_value, ret_code } = await client.call('alibaba.ai.content.business.send.plan.query', {
      param0: { isv_user_info_map: '{}', circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 },
    });
    expectTypeOf(ret_value).items.toHaveProperty('end_time').toEqualTypeOf<Date>();
    expect([ret_code, ret_value[0]?.start_time]).toEqual([0, new Date('2021-09-03T00:00:00+08:00')]);
  });

  test('of the benefit selector takes numbers and booleans as they are', async () => {
    const { benefit_list } = await client.call('taobao.promotion.benefit.selector', {
      query: { step: 2, config_id: 1, page_query_request: true, page_size: 1 },
    });
    expectTypeOf(benefit_list[0]?.pack_detail_list?.[0]?.start_time).toEqualTypeOf<Date | undefined>();
    expect(benefit_list[0]?.pack_detail_list).toHaveLength(1);
  });

  test('of a method unknown to this release goes through, loosely typed', async () => {
    const refused = await failure(client.call('piaoquan.of.tomorrow', { at: new Date(0), list: [1, 2] }));
    expect(refused).toMatchObject({ name: 'TopError', code: 22, method: 'piaoquan.of.tomorrow' });
  });

  test('sends instants as GMT+8 and lists comma-joined, and refuses what neither can spell', async () => {
    const { seen } = await through([], () =>
      shaky.call('piaoquan.of.tomorrow', { at: new Date(0), list: [1, 2], deep: { at: [new Date(0)] }, x: undefined }),
    );
    const sent = Object.fromEntries(decodeForm(seen[0]?.body ?? ''));
    expect(sent).toMatchObject({ at: '1970-01-01 08:00:00', list: '1,2', deep: '{"at":["1970-01-01 08:00:00"]}' });
    expect(sent).not.toHaveProperty('x');
    const common = { mix_id: 'x', unique_id: 'x', user_id: 'x' };
    await expect(client.call('piaoquan.voucher.code.bind', { ...common, codes: ['a,b'] })).rejects.toThrow(
      'piaoquan.voucher.code.bind.codes: an item of the list holds a comma',
    );
    const period = { relation_id: 1, start_time: new Date(Number.NaN), end_time: new Date() };
    await expect(client.call('taobao.promotion.benefit.activity.time.update', period)).rejects.toThrow(
      'taobao.promotion.benefit.activity.time.update.start_time is not a valid Date',
    );
  });
});

test('null takes a setting of ours away, and is as good as nothing to the methods of TOP', async () => {
  const emptied = await through([], () =>
    shaky.batch([{ method: 'piaoquan.of.tomorrow', request: { list: ['[a', 'b'], none: [], gone: null } }]),
  );
  expect(emptied.seen[0]?.body).toBe(
    `list=${encodeURIComponent('["[a","b"]')}&none=%5B%5D&gone=&method=piaoquan.of.tomorrow`,
  );
  const ofTop = await through([], () => shaky.call('taobao.of.tomorrow', { gone: null }));
  expect(ofTop.seen[0]?.body).not.toContain('gone');
});

type Tokens = { tenant_token: string; ptnr_token: string; channel_token: string; project_id: string };

describe('an error', () => {
  test.each<[string, Partial<ClientOptions>, CallOptions, object]>([
    ['a wrong secret', { secret: 'wrong' }, {}, { code: 25 }],
    ['an unknown app', { app_key: '1' }, {}, { code: 29, sub_code: 'isv.appkey-not-exists' }],
    ['an unknown session', {}, { session: 'x' }, { code: 27, sub_code: 'invalid-sessionkey' }],
    ['no session', { session: undefined }, {}, { code: 26, sub_code: undefined }],
    ['a value out of bounds', {}, {}, { code: 41, sub_code: 'isv.invalid-parameter' }],
  ])('for %s is a TopError with all that the answer says, and is not repeated', async (_what, options, own, wanted) => {
    const { end, seen } = await through([], () =>
      open({ ...options, url: way.url }).call('taobao.promotion.benefit.selector', { query: { step: 9 } }, own),
    );
    expect(end).toBeInstanceOf(TopError);
    expect(end).toMatchObject({ ...wanted, retryable: false, method: 'taobao.promotion.benefit.selector' });
    const { request_id, msg } = end as TopError;
    expect((end as TopError).message).toContain(`${msg} `);
    expect((end as TopError).message).toContain(`(request_id ${request_id})`);
    expect(seen).toHaveLength(1);
  });

  test('of a method itself bears its sub_code', async () => {
    const refused = await failure(client.call('piaoquan.voucher.batch.get', { mix_id: 'none' }));
    expect(refused).toMatchObject({ code: 15, sub_code: 'isv.voucher-batch-not-exist', sub_msg: '券码批次不存在' });
  });

  test('of the options names the option', () => {
    expect(() => open({ secret: '' })).toThrow('secret is missing');
    expect(() => open({ url: 'localhost:7001' })).toThrow('url "localhost:7001" is no http address');
    expect(() => open({ timeout_ms: 0 })).toThrow('timeout_ms');
    expect(() => open({ retries: -1 })).toThrow('retries');
  });
});

describe('a call that gets no answer', () => {
  test.each([
    ['refused', 'connection'],
    ['cut', 'connection'],
    ['silent', 'timeout'],
    ['page', 'answer'],
  ] as const)('because it is %s is made again', async (fault, kind) => {
    // Silence alone is waited out; a repeat may be slow on a busy machine.
    const timeout_ms = fault === 'silent' ? 3000 : 20_000;
    const call = (retries: number) => () => shaky.call('taobao.time.get', {}, { timeout_ms, retries });
    const saved = await through([fault], call(1));
    expect(saved.end).toHaveProperty('time');
    expect(saved.seen).toHaveLength(2);
    const { end } = await through([fault], call(0));
    expect(end).toBeInstanceOf(TopNetworkError);
    expect(end).toMatchObject({ fault: kind, retryable: true, method: 'taobao.time.get' });
  });

  test('is given up after three repeats', async () => {
    const { end, seen } = await through(['page', 'refused', 'page', 'page'], () => shaky.call('taobao.time.get'));
    expect(end).toMatchObject({ fault: 'answer' });
    expect(seen).toHaveLength(4);
  });

  test('because nothing listens there is a TopNetworkError that says so', async () => {
    const refused = await failure(open({ url: 'http://127.0.0.1:1', retries: 0 }).call('taobao.time.get'));
    expect(refused).toMatchObject({ fault: 'connection' });
    expect(String(refused)).toMatch(/http:\/\/127\.0\.0\.1:1 cannot be reached: /);
  });

  test('is made again unchanged but for time and signature, and a write has one effect', async () => {
    const ext_order_id = 'sdk-lost-answer';
    const order = { mix_id: 'a09da62085f10074', partner_code: 'tfxenia', ext_order_id, each_num: 3, number: 3 };
    const { end, seen } = await through(['cut', 'cut', 'refused'], () =>
      shaky.call('taobao.film.lottery.sendcode', { param_f_code_merchant_send_code_request: order }),
    );
    const bodies = seen.map(({ body }) => {
      const { timestamp, sign, ...rest } = Object.fromEntries(decodeForm(body));
      return rest;
    });
    expect(bodies).toHaveLength(4);
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    const codes = (end as { result: { return_value: { f_code_merchant_info_list: object[] } } }).result.return_value;
    expect(codes.f_code_merchant_info_list).toHaveLength(3);
    const issued = await server.database.sql`
      select cardinality(sequences) as codes from voucher_order where ext_order_id = ${ext_order_id}`;
    expect([...issued]).toEqual([{ codes: 3 }]);
  });

  test('is not made again when it is a write that would be carried out twice, unless the call says so', async () => {
    const receive = (user: string, requestId?: string, own: CallOptions = {}) => {
      const isv_user_info_map = JSON.stringify({ userId: user, requestId });
      const param0 = { isv_user_info_map, circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1 };
      return shaky.call(
        'alibaba.ai.content.business.send.plan.receive',
        { param0: { ...param0, send_plan_id: 1 } },
        own,
      );
    };
    const keyless = await through(['refused'], () => receive('sdk-1'));
    expect(keyless.end).toBeInstanceOf(TopNetworkError);
    expect(keyless.seen).toHaveLength(1);
    expect((await through(['refused'], () => receive('sdk-1', undefined, { retries: 1 }))).seen).toHaveLength(2);
    const again = await through(['cut'], () => receive('sdk-2', 'sdk-key'));
    expect(again.end).toMatchObject({ ret_code: 0, ret_value: { status: true } });
    expect(again.seen).toHaveLength(2);
    expect((await through(['refused'], () => shaky.call('piaoquan.of.tomorrow', {}))).seen).toHaveLength(1);
  });
});

describe('a signal', () => {
  test.each([0, 3])(
    'ends a call that waits for its answer, with its reason and without one of %i repeats',
    async (retries) => {
      const stop = new AbortController();
      const reason = new Error('changed my mind');
      setTimeout(() => stop.abort(reason), 50);
      const { end, seen } = await through(['silent'], () =>
        shaky.call('taobao.time.get', {}, { signal: stop.signal, retries }),
      );
      expect(end).toBe(reason);
      expect(seen).toHaveLength(1);
    },
  );

  test('ends a call that waits for its repeat', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const { end, seen } = await through(['page', 'page'], () =>
      shaky.call('taobao.time.get', {}, { signal: stop.signal }),
    );
    expect(end).toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(1);
  });

  test('that is aborted already lets nothing out', async () => {
    const { end, seen } = await through([], () =>
      shaky.call('taobao.time.get', {}, { signal: AbortSignal.abort(new Error('before')) }),
    );
    expect(end).toMatchObject({ message: 'before' });
    expect(seen).toHaveLength(0);
  });
});
