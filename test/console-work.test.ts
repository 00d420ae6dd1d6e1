import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleClient, hire, logIn } from './harness/console.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

let server: TestServer;
let owner: ConsoleClient;
beforeAll(async () => {
  server = await startTestServer();
  owner = await logIn(server.url, 'demo-login');
});
afterAll(() => server?.close());

/** What the change log holds of a call. */
const entriesOf = async (request_id: string) => {
  const found = await owner.call<{ changes: object[] }>('piaoquan.change.list', { query: { request_id } });
  return found.changes;
};

test('an operator acts for a user that it names, which is entered, and others may not', async () => {
  const selector = { query: { step: 1 } } as const;
  const method = 'taobao.promotion.benefit.selector';
  expect((await owner.call(method, selector)).error_response).toMatchObject({ code: 26 });
  expect((await owner.call(method, selector, 424242)).error_response).toMatchObject({
    code: 41,
    msg: 'Invalid arguments:session_user',
  });
  const { request_id, ...answer } = await owner.call(method, selector, 6100000);
  const { request_id: _own, ...own } = (await server.json(method, selector, { simplify: true })) as Record<
    string,
    unknown
  >;
  expect(answer).toEqual(own);
  expect(await entriesOf(request_id)).toEqual([
    expect.objectContaining({
      actor: 'demo',
      method,
      action: 'call',
      thing: 'platform_user',
      thing_key: '6100000',
      after: '{"user_id": 6100000}',
    }),
  ]);
  const draw = {
    lottery_performance_top_param: {
      mix_user_id: 'u',
      spread_id: 'prizePool_open',
      out_biz_id: 'by-hand',
      platform: 8,
    },
  };
  const drawn = await owner.call('taobao.film.lottery.performance', draw);
  expect(await entriesOf(drawn.request_id)).toEqual([expect.objectContaining({ action: 'call', thing: 'call' })]);
  const developer = await hire(owner, server.url, 'dev', 'developer');
  expect((await developer.call(method, selector, 6100000)).error_response).toMatchObject({ code: 11 });
});

test('what names no app, operator or login session is refused by a sub_code that says which', async () => {
  const app_key = '99999999';
  const frequency = { app_key, method: 'taobao.time.get', max_calls: 1, window_seconds: 86_400 };
  const login = 'no-such-one';
  const requests: [method: string, request: object, sub_code: string][] = [
    ['platform.app.get', { query: { app_key } }, 'isv.app-not-found'],
    ['platform.app.save', { app: { app_key, name: 'x' } }, 'isv.app-not-found'],
    ['platform.app.secret.rotate', { rotation: { app_key } }, 'isv.app-not-found'],
    ['platform.app.packages.set', { grant: { app_key, packages: ['platform.base'] } }, 'isv.app-not-found'],
    ['platform.frequency.save', { frequency }, 'isv.app-not-found'],
    ['platform.session.create', { grant: { app_key, user_id: 424_242, nick: 'x' } }, 'isv.app-not-found'],
    ['operator.status.update', { login, status: 2 }, 'isv.operator-not-found'],
    ['operator.password.reset', { login }, 'isv.operator-not-found'],
    ['operator.session.revoke', { session_id: 'f'.repeat(64) }, 'isv.operator-session-not-found'],
  ];
  for (const [method, request, sub_code] of requests) {
    const { error_response } = await owner.call(`piaoquan.${method}`, request);
    expect(error_response, method).toMatchObject({ code: 15, sub_code });
  }
});

test('calls from the console are in the call log under their operator', async () => {
  const { request_id } = await owner.call('taobao.time.get');
  const found = () => owner.call('piaoquan.platform.call.list', { query: { request_id } });
  const { calls } = await until(found, (answer) => (answer.calls as unknown[]).length > 0);
  expect(calls).toEqual([
    expect.objectContaining({ app_key: 'console', operator: 'demo', method: 'taobao.time.get', code: 0 }),
  ]);
});

/** Reads server-sent events until one is right, and gives it. */
async function eventOf<T>(stream: ReadableStream<Uint8Array>, name: string, right: (data: T) => boolean): Promise<T> {
  let text = '';
  for await (const bytes of stream.values({ preventCancel: true })) {
    text += Buffer.from(bytes).toString();
    for (const [, event, data] of text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g))
      if (event === name && right(JSON.parse(data as string))) return JSON.parse(data as string);
  }
  throw new Error(`no such event: ${text}`);
}

test('the live figures move with the calls of every server and the stock with its takes, and end with the session', async () => {
  const other = (await server.another()).url;
  const watcher = await logIn(other, 'demo-login');
  const response = await fetch(`${other}/console/api/live`, { headers: { cookie: watcher.cookie() } });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const stream = response.body as ReadableStream<Uint8Array>;
  type Figures = {
    calls_per_second: number;
    calls_last_minute: number;
    errors_last_minute: Record<string, number>;
    p50_us: number;
    p99_us: number;
  };
  const before = await eventOf<Figures>(stream, 'figures', () => true);
  const wrong = () => server.json('piaoquan.job.get', { job_id: 4242 });
  await Promise.all(Array.from({ length: 30 }, wrong));
  const code = 'isv.job-not-exist';
  const after = await eventOf<Figures>(
    stream,
    'figures',
    ({ errors_last_minute }) => (errors_last_minute[code] ?? 0) >= 30,
  );
  expect(after.calls_last_minute).toBeGreaterThanOrEqual(Math.min(before.calls_last_minute, 30));
  expect(after.p50_us).toBeGreaterThan(0);
  expect(after.p99_us).toBeGreaterThanOrEqual(after.p50_us);
  type StockEvent = { things: { thing: string; key: string; stock: number; stock_left: number; name: string }[] };
  const { things } = await eventOf<StockEvent>(stream, 'stock', () => true);
  expect(new Set(things.map(({ thing }) => thing))).toEqual(
    new Set(['lottery_segment', 'ticketing_price', 'sendplan_item', 'benefit_template', 'voucher_batch']),
  );
  const [segment] = await server.database.sql`
    select win_times - consumed_win_times as left from lottery_segment where spread_id = 'prizePool_open'`;
  expect(things.find(({ key }) => key === 'prizePool_open/1')).toMatchObject({ stock_left: segment?.left });
  const { minutes } = (await watcher.get('figures?minutes=5')).body as {
    minutes: { by_sub_code: Record<string, number> }[];
  };
  expect(minutes.reduce((sum, { by_sub_code }) => sum + (by_sub_code[code] ?? 0), 0)).toBe(30);
  await watcher.post('logout');
  await eventOf(stream, 'end', () => true);
});
