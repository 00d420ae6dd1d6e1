import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixMasterKey } from './harness/apps.ts';
import { callAt, errorOf } from './harness/call.ts';
import { documentedRequests } from './harness/documented.ts';
import { type DatabaseProxy, openProxy } from './harness/proxy.ts';
import { endAll, newHome, type Started, sandbox } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const CONFIG = 'taobao.film.lottery.performance.config.query';

fixMasterKey();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

const get = async (url: string, path: string) => {
  const response = await fetch(url + path);
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
};

describe('when the database goes away', () => {
  let proxy: DatabaseProxy;
  let url: string;
  beforeAll(async () => {
    proxy = await openProxy(server.database.target);
    // Its errors are expected.
    url = (await server.another({ DATABASE_URL: proxy.target, LOG_LEVEL: 'silent' })).url;
    expect(await callAt(url, 'taobao.time.get')).toContain('time_get_response');
  });
  afterAll(() => proxy.set('open'));

  /** Calls that need the app, a session and a domain. */
  const errors = async () => {
    const calls = ['taobao.time.get', CONFIG, 'taobao.promotion.benefit.selector'] as const;
    return Promise.all(calls.map(async (name) => errorOf(await callAt(url, name, documentedRequests[name]))));
  };

  test.each(['refused', 'silent'] as const)(
    'and is %s: not ready but healthy, calls may be retried, and all comes back',
    async (state) => {
      expect(await get(url, '/ready')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
      await proxy.set(state);
      expect(await get(url, '/ready')).toMatchObject({ status: 503, text: '{"status":"database unavailable"}' });
      expect(await get(url, '/health')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
      const sub_code = expect.stringMatching(/^isp\.top-remote-/);
      for (const error of await errors()) expect(error).toMatchObject({ code: 15, sub_code });
      proxy.set('refused');
      proxy.set('open');
      await until(
        () => get(url, '/ready'),
        ({ status }) => status === 200,
      );
      expect(await errors()).toEqual([undefined, undefined, undefined]);
    },
  );
});

describe('an unexpected error', () => {
  const home = newHome();
  let child: Started;
  let url: string;
  let said: number;
  beforeAll(async () => {
    const { PIAOQUAN_MASTER_KEY } = process.env;
    const { target } = server.database;
    child = sandbox({ DATABASE_URL: target, PIAOQUAN_HOME: home, LOG_LEVEL: 'info', PIAOQUAN_MASTER_KEY });
    url = await child.url();
    // Of its start, as that nothing was built for its pages.
    said = child.stderr().length;
  });
  afterAll(async () => {
    await endAll();
    rmSync(home, { recursive: true });
  });

  test('leaves as a retryable error without inner text, and stands in the log once, whole, under the same request_id', async () => {
    await server.database.sql`alter table lottery_segment rename to lottery_segment_gone`;
    const answers = {
      json: await callAt(url, CONFIG, documentedRequests[CONFIG]),
      xml: await callAt(url, CONFIG, documentedRequests[CONFIG], { format: 'xml' }),
    };
    await server.database.sql`alter table lottery_segment_gone rename to lottery_segment`;
    const error = errorOf(answers.json);
    expect(error).toEqual({
      code: 15,
      msg: 'Remote service error',
      sub_code: 'isp.service-error',
      sub_msg: '系统错误，请稍后重试',
      request_id: expect.any(String),
    });
    for (const text of Object.values(answers)) expect(text).not.toMatch(/lottery_segment|42P01|does not exist|at /);
    // Business errors and refusals are no news for the operator.
    await callAt(url, 'taobao.no.such.method');
    await callAt(url, CONFIG, { performance_query_config_param: 'no json' });
    child.child.kill('SIGTERM');
    const { stderr } = await child.ended;
    const lines = stderr
      .slice(said)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, never>);
    const entries = lines.filter(({ level }) => Number(level) >= 40);
    expect(entries.map(({ msg }) => msg)).toEqual(['call failed', 'call failed']);
    expect(entries[0]).toMatchObject({
      level: 50,
      request_id: error?.request_id,
      method: CONFIG,
      err: { code: '42P01', message: 'relation "lottery_segment" does not exist', stack: expect.any(String) },
    });
    expect(stderr).not.toMatch(/helloworld|6100000demo|prizePool_bkop/);
    expect(await callAt(server.url, CONFIG, documentedRequests[CONFIG])).toContain('三方合作发券');
  });
});

describe('/metrics', () => {
  const page = async (): Promise<string> => (await get(server.url, '/metrics')).text;
  const value = (text: string, series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1] ?? 0,
    );

  test('is valid exposition text', async () => {
    await server.call('taobao.no.such.method');
    const { status, text, type } = await get(server.url, '/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text.endsWith('\n')).toBe(true);
    const series = new Set<string>();
    const typed = new Set<string>();
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const [, name] = /^# TYPE (\S+) (?:counter|gauge|histogram|summary)$/.exec(line) ?? [];
      if (name !== undefined) typed.add(name);
      if (line.startsWith('#')) continue;
      const sample = /^([a-zA-Z_:][\w:]*)(\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? (?:[-+]?[\d.eE+-]+|NaN|[+-]Inf)$/.exec(
        line,
      );
      expect(sample, line).not.toBeNull();
      const family = sample?.[1] ?? '';
      expect(
        [family, family.replace(/_(bucket|sum|count)$/, '')].some((each) => typed.has(each)),
        line,
      ).toBe(true);
      const key = `${family}${sample?.[2] ?? ''}`;
      expect(series.has(key), line).toBe(false);
      series.add(key);
    }
    expect(series).toContain('piaoquan_call_log_dropped');
    expect(series).toContain('process_resident_memory_bytes');
  });

  test('counts calls by method, code and sub_code, and their time', async () => {
    const names = {
      ok: 'piaoquan_calls_total{method="taobao.time.get",code="0",sub_code=""}',
      unsigned: 'piaoquan_calls_total{method="taobao.time.get",code="25",sub_code=""}',
      session:
        'piaoquan_calls_total{method="taobao.promotion.benefit.selector",code="27",sub_code="invalid-sessionkey"}',
      unknown: 'piaoquan_calls_total{method="unknown",code="22",sub_code=""}',
      seconds: 'piaoquan_call_duration_seconds_count{method="taobao.time.get"}',
    };
    const before = await page();
    for (let calls = 0; calls < 3; calls++) await server.call('taobao.time.get');
    await server.call('taobao.time.get', {}, { secret: 'wrong' });
    await server.call('taobao.promotion.benefit.selector', { query: { step: 1 } }, { session: '6100nobody' });
    for (const method of ['taobao.stranger.one', 'taobao.stranger.two']) await server.call(method);
    const after = await page();
    const grown = Object.entries(names).map(([name, series]) => [name, value(after, series) - value(before, series)]);
    expect(Object.fromEntries(grown)).toEqual({ ok: 3, unsigned: 1, session: 1, unknown: 2, seconds: 4 });
    expect(after).not.toContain('stranger');
  });
});

test('what is asked for at an unknown address gets a small 404, and the root is the documentation', async () => {
  expect(await get(server.url, '/nothing')).toMatchObject({ status: 404, type: 'application/json; charset=utf-8' });
  expect(await get(server.url, '/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
});
