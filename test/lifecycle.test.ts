import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect as openSocket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../src/database/pool.ts';
import { embeddedTarget } from '../src/embedded/embedded.ts';
import { callAt } from './harness/call.ts';
import { documentedRequests } from './harness/documented.ts';
import { descendants, gone } from './harness/processes.ts';
import { type Ended, endAll, newHome, piaoquan, type Started, sandbox } from './harness/run.ts';
import { until } from './harness/until.ts';

const CONFIG = 'taobao.film.lottery.performance.config.query';
/** Milliseconds after which a stopping server cuts the connections that are left; an orderly stop needs no cut. */
const SHORTER_THAN_A_CUT = 12_000;
const run = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;

const homes = [newHome(), newHome()] as const;
const [home, second] = homes;
let server: Started;
afterAll(async () => {
  await endAll();
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

/** One line on standard error, nothing else said, and an exit code that is not 0. */
function expectRefusal({ code, stdout, stderr }: Ended, why: RegExp): void {
  expect(stderr).toMatch(/^piaoquan: [^\n]+\n$/);
  expect(stderr).toMatch(why);
  expect([code, stdout]).toEqual([1, '']);
}

/** Holds a call open in the database until released: `started` resolves when the call waits there. */
async function hold(sql: Sql, url: string) {
  const gate = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const lock = sql.begin(async (tx) => {
    await tx`lock table lottery_activity in access exclusive mode`;
    held.resolve();
    await gate.promise;
  });
  await held.promise;
  const answer = callAt(url, CONFIG, documentedRequests[CONFIG]);
  await until(
    () => sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    (waiting) => waiting.length > 0,
  );
  return {
    async answer(): Promise<string> {
      gate.resolve();
      await lock;
      return answer;
    },
  };
}

/** Signals a server while a call is in flight and a caller says nothing: the call is answered, then all is gone. */
async function expectOrderlyStop(signals: NodeJS.Signals[]): Promise<void> {
  const family = [server.pid, ...descendants(server.pid)];
  const sql = connect(embeddedTarget(home) ?? '', { max: 2 });
  const url = await server.url();
  const call = await hold(sql, url);
  const silent = openSocket(Number(new URL(url).port), '127.0.0.1');
  silent.on('error', () => {});
  await once(silent, 'connect');
  for (const signal of signals) server.child.kill(signal);
  await until(
    () =>
      fetch(`${url}/health`).then(
        () => 'open',
        () => 'closed',
      ),
    (state) => state === 'closed',
  );
  expect(await call.answer()).toContain('三方合作发券');
  expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
  await Promise.all([sql.end({ timeout: 0 }), silent.destroy()]);
  await gone(family);
}

// One sandbox lives through all of these in order.
let made: { app_key: string; secret: string };

beforeAll(async () => {
  server = sandbox({ PIAOQUAN_HOME: home });
  await server.url();
});

test('the first start says where the gateway is, the demo credentials, and a call to paste that answers', async (context) => {
  const url = await server.url();
  const text = await until(
    () => server.stdout(),
    (printed) => printed.includes('Stop with Ctrl-C'),
  );
  for (const part of [`${url}/router/rest`, '12345678', 'helloworld', '6100000demo', home])
    expect(text).toContain(part);
  const line = /^ *(curl .+)$/m.exec(text)?.[1] ?? '';
  context.skip(!hasCurl, 'curl is not on this machine');
  const { stdout } = await run('sh', ['-c', line]);
  expect(JSON.parse(stdout)).toMatchObject({
    film_lottery_performance_config_query_response: { return_code: '0', return_value: { status: 1 } },
  });
});

test('a second instance on the same folder is refused, and the first is not disturbed', async () => {
  expectRefusal(await sandbox({ PIAOQUAN_HOME: home }).ended, /in use by another instance/);
  expect(await callAt(await server.url(), 'taobao.time.get')).toContain('time_get_response');
});

test('a port in use is refused, and the database that was started for it is stopped', async () => {
  const { port } = new URL(await server.url());
  const late = sandbox({ PIAOQUAN_HOME: second, PORT: port });
  expectRefusal(await late.ended, new RegExp(`port ${port} on 127.0.0.1 is in use`));
  expect(embeddedTarget(second)).toBeUndefined();
  expect(await callAt(await server.url(), 'taobao.time.get')).toContain('time_get_response');
});

test('an app made on the command line calls at once', async () => {
  const { stdout } = await piaoquan(['app', 'create', '--name', '新应用', '--json'], { PIAOQUAN_HOME: home });
  made = JSON.parse(stdout);
  expect(await callAt(await server.url(), 'taobao.time.get', {}, made)).toContain('time_get_response');
});

test(
  'SIGTERM lets a call in flight finish, then ends with 0 and leaves no process',
  async () => {
    await expectOrderlyStop(['SIGTERM']);
  },
  SHORTER_THAN_A_CUT,
);

test('the next start has the data of the last', async () => {
  server = sandbox({ PIAOQUAN_HOME: home });
  const url = await server.url();
  expect(await callAt(url, 'taobao.time.get', {}, made)).toContain('time_get_response');
  expect(await callAt(url, CONFIG, documentedRequests[CONFIG])).toContain('三方合作发券');
});

test(
  'SIGINT that comes twice, as npm passes it on, is one orderly stop',
  async () => {
    await expectOrderlyStop(['SIGINT', 'SIGINT']);
  },
  SHORTER_THAN_A_CUT,
);

test('kill -9 leaves no process behind, and the next start works on the same data', async () => {
  server = sandbox({ PIAOQUAN_HOME: home });
  await callAt(await server.url(), 'taobao.time.get', {}, made);
  const family = descendants(server.pid);
  expect(family.length).toBeGreaterThan(0);
  server.child.kill('SIGKILL');
  await server.ended;
  await gone(family);
  server = sandbox({ PIAOQUAN_HOME: home });
  expect(await callAt(await server.url(), 'taobao.time.get', {}, made)).toContain('time_get_response');
});

test('a signal while the server still starts stops it with 0 and leaves no process', async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  server = sandbox({ PIAOQUAN_HOME: home });
  const family = await until(
    () => descendants(server.pid),
    (pids) => pids.length > 0,
  );
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
  await gone(family);
});
