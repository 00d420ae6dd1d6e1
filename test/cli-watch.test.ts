import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../src/database/pool.ts';
import { embeddedTarget, startEmbedded } from '../src/embedded/embedded.ts';
import { createProductionDatabase, createTestDatabase } from './harness/database.ts';
import { newHome, piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const homes = [newHome(), newHome()] as const;
const [home, second] = homes;
let server: TestServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_HOME: home });
  env = {
    PORT: new URL(server.url).port,
    PIAOQUAN_HOME: home,
    DATABASE_URL: server.database.target,
    PIAOQUAN_URL: server.url,
  };
});
afterAll(async () => {
  await server?.close();
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

const json = async (...args: string[]) => {
  const { stdout, stderr } = await piaoquanHere([...args, '--json'], env);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};

test('apps are made, shown, listed and given new secrets, which serve at once', async () => {
  const args = ['apps', 'create', '--name', '合作方', '--package', 'platform.base', '--unique-id', 'partner-1'];
  const made = await piaoquanHere(args, env);
  const [app_key = '', secret = ''] = /App key +(\S+)\nApp secret +(\S+) {3}\(shown/.exec(made.stdout)?.slice(1) ?? [];
  const may = (each: string) =>
    piaoquanHere(['call', 'taobao.time.get', '--app-key', app_key, '--secret', each], env).then(({ code }) => code);
  expect(await may(secret)).toBe(0);
  expect(await json(...args)).toEqual({ app_key });
  expect(await json('apps', 'show', app_key)).toMatchObject({ name: '合作方', packages: ['platform.base'] });
  expect((await piaoquanHere(['apps', 'show', app_key], env)).stdout).toContain('Name           合作方\n');
  expect((await json('apps', 'list')).map((app: { app_key: string }) => app.app_key)).toContain(app_key);
  expect((await piaoquanHere(['apps', 'list'], env)).stdout).toMatch(
    new RegExp(`^${app_key} +live +合作方 +platform`, 'm'),
  );
  const rotated = await json('apps', 'rotate', app_key, '--overlap', '0');
  expect([await may(secret), await may(rotated.secret)]).toEqual([2, 0]);
});

test('what the platform refuses is told in one line with its request_id, and ends with 2', async () => {
  const { code, stdout, stderr } = await piaoquanHere(['apps', 'show', '404'], env);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^piaoquan: .*15 .* isv\.app-not-found .*\(request_id \w+\)\n$/);
  const wrong = await piaoquanHere(['apps', 'rotate', '404', '--overlap', '-1'], env);
  expect(wrong.code).toBe(64);
  const nobody = await piaoquanHere(['apps', 'list', '--secret', 'wrong', '--json'], env);
  expect([nobody.code, JSON.parse(nobody.stderr)]).toMatchObject([2, { error: { code: 25 } }]);
  const nowhere = await piaoquanHere(['apps', 'list', '--url', 'http://127.0.0.1:9/'], env);
  expect([nowhere.code, nowhere.stdout]).toEqual([1, '']);
  expect(nowhere.stderr).toMatch(/^piaoquan: .* cannot be reached: [^\n]+\n$/);
});

const seed = [
  'seed',
  '--run',
  'test',
  '--draws',
  '30',
  '--orders',
  '10',
  '--receives',
  '8',
  '--sends',
  '8',
  '--codes',
  '6',
];

test('seed lets users act by calls; the same run again doubles nothing', async () => {
  const told = {
    run: 'test',
    draws: { done: 30 },
    orders: { done: 8, 'done, left unpaid': 2 },
    receives: { done: 8 },
    sends: { done: 8 },
    codes: { done: 3, 'done and redeemed': 3 },
  };
  expect(await json(...seed)).toEqual(told);
  // The demo's own win, orders and ticket aside.
  const counts = () => server.database.sql`
    select (select count(*) from lottery_grant where spread_id <> 'prizePool_void') as draws,
      (select count(*) from ticketing_order where project_id <> 90000003) as orders,
      (select count(*) from ticketing_ticket where project_id <> 90000003) as tickets,
      (select count(*) from sendplan_receipt) as receives`;
  const once = await counts();
  expect(once[0]).toMatchObject({ draws: 30, orders: 10, receives: 8 });
  const { code, stdout } = await piaoquanHere(seed, env);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^draws +30 +done$/m)]);
  expect(await counts()).toEqual(once);
  expect((await piaoquanHere(['audit'], env)).code).toBe(0);
});

test('seed touches no server without demo data', async () => {
  await server.database.sql`update lottery_activity set platform = 9 where spread_id = 'prizePool_open'`;
  const { code, stdout, stderr } = await piaoquanHere(['seed'], env);
  await server.database.sql`update lottery_activity set platform = 8 where spread_id = 'prizePool_open'`;
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^piaoquan: .*no demo data.*\n$/)]);
});

type Logged = { method: string; code: number; sub_code?: string; request_id: string };
const logged = (stdout: string): Logged[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('logs show the last calls, oldest first, by app, method and error, without those of looking', async () => {
  await server.call('taobao.film.fcode.export.query');
  await server.call('taobao.time.get');
  const last = (...more: string[]) =>
    until(
      async () => logged((await piaoquanHere(['logs', '--lines', '2', '--json', ...more], env)).stdout),
      ([first]) => first?.method === 'taobao.film.fcode.export.query',
    );
  expect(await last()).toMatchObject([{ code: 40 }, { method: 'taobao.time.get', code: 0 }]);
  expect(await last('--method', 'taobao.film.fcode.export.query', '--errors')).toMatchObject([{ code: 40 }]);
  const { stdout } = await piaoquanHere(['logs', '-n', '1'], env);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}12345678 +\d+\.\d ms {2}\w+ {2}taobao\.time\.get {2}ok\n$/,
  );
  const other = await piaoquanHere(['logs', '--app', '404'], env);
  expect([other.code, other.stdout]).toEqual([0, '']);
});

test('logs --follow shows each new call once until it is stopped', async () => {
  const stop = new AbortController();
  let seen = '';
  const out = (text: string | Uint8Array) => {
    seen += text;
  };
  const args = ['logs', '--follow', '--lines', '1', '--json'];
  const following = piaoquanHere(args, env, { signal: stop.signal, out });
  await until(
    () => seen,
    (text) => text !== '',
  );
  const ids: string[] = [];
  for (const method of ['taobao.time.get', 'taobao.film.fcode.export.query', 'taobao.httpdns.get'])
    ids.push(/"request_id":"(\w+)"/.exec(await server.call(method))?.[1] ?? '');
  await until(
    () => seen,
    (text) => text.includes(ids[2] as string),
  );
  await server.call('taobao.time.get');
  await until(
    () => seen,
    // Records of earlier calls may be written meanwhile, too.
    (text) => logged(text).length >= 5,
  );
  stop.abort();
  const { code, stdout } = await following;
  expect(code).toBe(0);
  const shown = logged(stdout).map(({ request_id }) => request_id);
  expect(shown.filter((id) => ids.includes(id as string))).toEqual(ids);
  expect(new Set(shown).size).toBe(shown.length);
});

type Check = { check: string; state: string; message: string; remedy?: string };
const statesOf = (checks: Check[]) => Object.fromEntries(checks.map(({ check, state }) => [check, state]));

test('doctor finds all well, one line a check', async () => {
  const { code, stdout } = await piaoquanHere(['doctor', '--session', '6100000demo'], env);
  expect(stdout.replace(/^warn {2}disk.*\n/m, 'ok    disk\n')).toMatch(/^(ok {4}\S.*\n){11}$/);
  expect(stdout).toMatch(/^ok {4}port .*is served by Piaoquan$/m);
  expect(code).toBe(0);
});

test('doctor tells each fault and what to do, and ends with 3', async () => {
  const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  const fresh = await createTestDatabase();
  await fresh.sql`drop schema public cascade`;
  const check = async (more: NodeJS.ProcessEnv, ...args: string[]): Promise<Record<string, string>> => {
    const { code, stdout } = await piaoquanHere(['doctor', '--json', ...args], { ...env, ...more });
    const checks = JSON.parse(stdout) as Check[];
    const bad = checks.filter(({ state }) => state !== 'ok');
    for (const { remedy } of bad) expect(remedy).toBeTruthy();
    if (bad.some(({ state }) => state === 'fail')) expect(code).toBe(3);
    return statesOf(checks);
  };
  const port = String((taken.address() as { port: number }).port);
  const other = Buffer.alloc(32, 1).toString('base64');
  expect(await check({ PORT: port, PIAOQUAN_HOME: '/dev/null/none' })).toMatchObject({ port: 'fail', folder: 'fail' });
  expect(await check({ PIAOQUAN_MASTER_KEY: other })).toMatchObject({ 'master key': 'fail' });
  expect(await check({}, '--secret', 'wrong')).toMatchObject({ server: 'ok', credentials: 'fail' });
  const made = await piaoquanHere(['apps', 'create', '--name', '只领券', '--package', 'film.fcode', '--json'], env);
  const { app_key, secret } = JSON.parse(made.stdout) as { app_key: string; secret: string };
  expect(await check({}, '--app-key', app_key, '--secret', secret)).toMatchObject({ server: 'ok', credentials: 'ok' });
  expect(await check({}, '--session', 'wrong')).toMatchObject({ credentials: 'ok', session: 'fail' });
  expect(await check({ PIAOQUAN_URL: 'http://127.0.0.1:9/' })).toMatchObject({ server: 'fail' });
  expect(await check({ DATABASE_URL: fresh.target })).toMatchObject({ database: 'ok', migrations: 'warn' });
  expect(await check({ DATABASE_URL: 'postgres://u@127.0.0.1:1/x' })).toMatchObject({ database: 'fail' });
  expect(await check({ DATABASE_URL: '' })).toMatchObject({ database: 'warn' });
  taken.close();
  await fresh.drop();
});

test('reset makes the data of a database anew, only when it is meant, a sandbox, and no server runs on it', async () => {
  const database = await createTestDatabase();
  const production = await createProductionDatabase();
  const own = { PIAOQUAN_HOME: home, DATABASE_URL: database.target, LOG_LEVEL: 'silent' };
  const refusal = async (args: string[], why: string, more = {}): Promise<void> => {
    const { code, stdout, stderr } = await piaoquanHere(['reset', ...args], { ...own, ...more });
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(why)]);
    expect(stderr).toMatch(/^piaoquan: [^\n]+\n$/);
  };
  await refusal([], 'say --yes');
  await refusal(['--yes'], 'holds no sandbox', { DATABASE_URL: production.target });
  await production.drop();
  await refusal(['--yes'], 'a server runs', { DATABASE_URL: server.database.target });
  await refusal([], 'there is no sandbox in', { DATABASE_URL: '', PIAOQUAN_HOME: `${home}/none` });
  await database.sql.end();
  const done = await piaoquanHere(['reset', '--yes', '--json'], own);
  expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { reset: true }]);
  const again = await piaoquanHere(['audit', '--json'], own);
  expect(JSON.parse(again.stdout).counters).toBeGreaterThan(50);
  await database.drop();
});

test('reset makes the embedded data anew, and refuses while its server runs', async () => {
  const own = { PIAOQUAN_HOME: second, LOG_LEVEL: 'silent' };
  const old = await startEmbedded({ home: second });
  await asked(old.target, (sql) => sql`create table kept (n int)`);
  const refused = await piaoquanHere(['reset'], own);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^piaoquan: a server runs on .*: stop it first\n$/),
  ]);
  await old.stop();
  expect((await piaoquanHere(['reset'], own)).stdout).toMatch(/^The sandbox is as new: .*pgdata\n$/);
  expect(embeddedTarget(second)).toBeUndefined();
  const anew = await startEmbedded({ home: second });
  const [found] = await asked(
    anew.target,
    (sql) => sql`select to_regclass('kept') as kept, (select count(*) from platform_app) as apps`,
  );
  await anew.stop();
  expect(found).toEqual({ kept: null, apps: 1 });
});

/** Asks a database one thing. */
async function asked<T>(target: string, ask: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const sql = connect(target, { max: 1 });
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}
