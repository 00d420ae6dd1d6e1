import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { endAll, newHome, piaoquan, piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const home = newHome();

let server: TestServer;
let database: TestDatabase;
let url: string;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_HOME: home });
  database = server.database;
  url = `${server.url}/router/rest`;
  env = { PIAOQUAN_HOME: home, DATABASE_URL: database.target, PIAOQUAN_URL: url };
});
afterAll(async () => {
  await endAll();
  await server?.close();
  rmSync(home, { recursive: true, force: true });
});

const oneLine = /^piaoquan: [^\n]+\n$/;

test('sign gives the text that is signed, in order and with empty values as bare names, and its signature', async () => {
  const words = ['v=2.0', 'method=taobao.time.get', 'app_key=12345678', 'foo=', 'bar=中 文'];
  const text = 'app_key12345678bar中 文foomethodtaobao.time.getsign_methodmd5v2.0';
  const sign = createHash('md5').update(`helloworld${text}helloworld`).digest('hex').toUpperCase();
  const args = ['sign', ...words, '--sign-method', 'md5', '--secret', 'helloworld'];
  const { code, stdout } = await piaoquanHere(args);
  expect([code, stdout]).toEqual([0, `text  ${text}\nsign  ${sign}\n`]);
  const json = await piaoquanHere([...args, '--json']);
  expect(JSON.parse(json.stdout)).toEqual({ text, sign, sign_method: 'md5' });
});

test('sign takes JSON, and signs objects by their JSON text, as call sends them', async () => {
  const { stdout } = await piaoquanHere(['sign', '{"query":{"step":1},"v":"2.0","sign_method":"hmac"}']);
  expect(stdout).toContain('text  query{"step":1}sign_methodhmacv2.0\n');
});

test('call prints the answer, in the format asked for', async () => {
  // A process of its own: what an operator runs.
  const json = await piaoquan(['call', 'taobao.time.get'], env);
  expect([json.code, json.stderr]).toEqual([0, '']);
  expect(JSON.parse(json.stdout)).toMatchObject({ time_get_response: { time: expect.any(String) } });
  const simple = await piaoquanHere(['call', 'taobao.time.get', '--simplify', '--url', url]);
  expect(Object.keys(JSON.parse(simple.stdout))).toEqual(['time', 'request_id']);
  const query = '{"query":{"step":1}}';
  const options = ['--session', '6100000demo', '--format', 'xml', '--sign-method', 'md5'];
  const xml = await piaoquanHere(['call', 'taobao.promotion.benefit.selector', query, ...options], env);
  expect(xml.stdout).toMatch(/^<\?xml .*<promotion_benefit_selector_response><benefit_list>/);
});

test('call takes name=value pairs and shows the signed request on demand, never the secret', async () => {
  const words = ['mix_id=code_open', 'partner_code=xuexiqiangguo', 'operate_type=ALL', 'params={"page_size":1}'];
  const args = ['call', 'taobao.film.fcode.export.query', ...words, '--session', '6100000demo', '--show-request'];
  const { code, stdout } = await piaoquanHere(args, env);
  expect(code).toBe(0);
  expect(stdout).toContain(`POST ${url}\n`);
  expect(stdout).toMatch(/^ {2}params=\{"page_size":1\}$/m);
  expect(stdout).toMatch(/^ {2}sign=[0-9A-F]{64}$/m);
  expect(stdout).toMatch(/^ {2}app_key12345678formatjsonmethodtaobao\.film\.fcode\.export\.query/m);
  expect(stdout).toContain('"current_rows":1}');
  expect(stdout).not.toContain('helloworld');
  const json = await piaoquanHere([...args, '--json'], env);
  expect(Object.keys(JSON.parse(json.stdout))).toEqual(['film_fcode_export_query_response']);
  expect(json.stderr).toContain(`POST ${url}\n`);
});

test('a name that is given twice is wrong usage: the last value alone would be taken for a list', async () => {
  const { code, stderr } = await piaoquanHere(['call', 'taobao.time.get', 'codes=A', 'codes=B'], env);
  expect([code, stderr]).toEqual([64, expect.stringMatching(/codes is given twice: .*joined by commas/)]);
});

test('call ends with 2 when the platform answers with an error, in every format, and with 0 when it does not', async () => {
  const refused = await piaoquan(['call', 'taobao.no.such.method', '--simplify'], env);
  expect([refused.code, refused.stdout.includes('Invalid method')]).toEqual([2, true]);
  const xml = await piaoquanHere(['call', 'taobao.no.such.method', '--format', 'xml'], env);
  expect([xml.code, xml.stdout.includes('Invalid method')]).toEqual([2, true]);
  await database.sql`update lottery_activity set name = 'error_response' where spread_id = 'prizePool_open'`;
  const query = '{"performance_query_config_param":{"spread_id":"prizePool_open","platform":8}}';
  const { code, stdout } = await piaoquanHere(['call', 'taobao.film.lottery.performance.config.query', query], env);
  expect([code, stdout.includes('error_response')]).toEqual([0, true]);
});

test('what cannot be done is told in one line, with 1', async () => {
  const runs = await Promise.all([
    piaoquan(['migrate'], { DATABASE_URL: 'postgres://u:pw@127.0.0.1:1/x' }),
    piaoquanHere(['migrate'], { PIAOQUAN_HOME: `${home}/none` }),
    piaoquanHere(['call', 'taobao.time.get', '--url', 'http://127.0.0.1:1/router/rest']),
    piaoquanHere(['call', 'taobao.time.get', '--url', `${server.url}/health`]),
    piaoquanHere(['call', 'taobao.time.get', '--url', url.replace('http:', 'https:')]),
    piaoquanHere(['sign', 'a=b', 'sign_method=sha1']),
    piaoquanHere(['app', 'create', '--name', 'x', '--package', 'film.fcode', 'no.such'], env),
    piaoquanHere(['app', 'create', '--name', 'x'.repeat(101)], env),
    piaoquanHere(['app', 'create', '--name', 'x', '--callback', 'not an address'], env),
    piaoquanHere(['app', 'create', '--name', 'x'], { PIAOQUAN_HOME: `${home}/none` }),
    piaoquanHere(['session', 'create', '--app-key', '1', '--user-id', '1', '--nick', 'n'], env),
  ]);
  for (const { code, stdout, stderr } of runs) {
    expect(stderr).toMatch(oneLine);
    expect([code, stdout]).toEqual([1, '']);
  }
  expect(runs[4]?.stderr).toContain('write http:// for https://');
});

test.each([
  [['taobao.time.get', '--secret', 'wrong'], /secret .*sign --explain/],
  [['taobao.time.gett'], /did you mean taobao\.time\.get\?/],
  [
    ['taobao.film.fcode.export.query', 'mix_id=a', 'partner_code=b', 'operate_type=ALL', '--format', 'xml'],
    /--session/,
  ],
  [['taobao.promotion.benefit.selector', 'query={}', '--session', '6100000demo'], /^piaoquan: The input is empty/],
])('what to do about a refused call %j is told beside the answer', async (words, advice) => {
  const { code, stdout, stderr } = await piaoquanHere(['call', ...words, '--url', url]);
  expect([code, stdout]).toEqual([2, expect.stringContaining('error_response')]);
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(advice);
  const json = await piaoquanHere(['call', ...words, '--url', url, '--json']);
  expect([json.code, json.stderr]).toEqual([2, '']);
});

test('wrong usage is told in one line, with 64; in JSON when that was asked for', async () => {
  const runs = await Promise.all([
    piaoquan(['frobnicate']),
    piaoquanHere(['call']),
    piaoquanHere(['call', 'taobao.time.get', 'no-equals-sign']),
    piaoquanHere(['call', 'taobao.time.get', '{"a":']),
    piaoquanHere(['call', 'taobao.time.get', '--format', 'yaml']),
    piaoquanHere(['call', 'taobao.time.get', '--secrett', 'x']),
    piaoquanHere(['call', 'taobao.time.get', '--url', 'nowhere']),
    piaoquanHere(['call', 'taobao.time.got', '--help']),
    piaoquanHere(['help', 'no.such.topic']),
    piaoquanHere(['sign']),
    piaoquanHere(['app', 'create']),
    piaoquanHere(['completion', 'tcsh']),
    piaoquanHere(['logs', '--lines', 'many'], env),
  ]);
  for (const { code, stdout, stderr } of runs) {
    expect(stderr).toMatch(oneLine);
    expect([code, stdout]).toEqual([64, '']);
  }
  expect(runs[0]?.stderr).toContain("unknown command 'frobnicate'");
  const json = await piaoquanHere(['audit', '--json', '--frob']);
  expect(JSON.parse(json.stderr)).toEqual({ exit_code: 64, message: "unknown option '--frob'" });
});

test('app create gives an app that calls at once what its packages hold, and nothing else', async () => {
  const args = ['app', 'create', '--name', '新应用', '--package', 'platform.base', 'film.lottery'];
  const made = await piaoquanHere(args, env);
  const [app_key = '', secret = ''] =
    /App key +(\d{8})\nApp secret +(\S+) +\(shown this once\)/.exec(made.stdout)?.slice(1) ?? [];
  const keys = { ...env, PIAOQUAN_APP_KEY: app_key, PIAOQUAN_APP_SECRET: secret };
  expect((await piaoquanHere(['call', 'taobao.time.get'], keys)).code).toBe(0);
  const refused = await piaoquanHere(['call', 'taobao.film.fcode.export.query'], keys);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error_response: { code: 26 } });
  const detail = await piaoquanHere(['call', 'alibaba.damai.maizuo.openapi.project.detail'], keys);
  expect(JSON.parse(detail.stdout)).toMatchObject({
    error_response: { code: 11, sub_msg: 'scope ids is damai.maizuo' },
  });
  const all = await piaoquanHere(['app', 'create', '--name', 'all', '--callback', 'https://a.example/', '--json'], env);
  expect(JSON.parse(all.stdout)).toMatchObject({ name: 'all', app_key: expect.stringMatching(/^\d{8}$/) });
  expect(JSON.parse(all.stdout).packages).toContain('damai.maizuo');
});

test('session create gives a session key that opens what needs one', async () => {
  const args = ['session', 'create', '--app-key', '12345678', '--user-id', '6100000', '--nick', 'demo_seller'];
  const shown = await piaoquanHere(args, env);
  expect(shown.stdout).toMatch(/^Session key {4}\S+ {3}\(shown this once\)\nRefresh token {2}\S+\n/);
  const made = JSON.parse((await piaoquanHere([...args, '--json'], env)).stdout);
  const call = ['call', 'taobao.promotion.benefit.selector', '{"query":{"step":1}}', '--session', made.access_token];
  expect((await piaoquanHere(call, env)).code).toBe(0);
});

test('migrate tells what it applied, and that there is nothing to do', async () => {
  const fresh = await createTestDatabase();
  await fresh.sql`drop schema public cascade`;
  await fresh.sql`create schema public`;
  const target = { DATABASE_URL: fresh.target };
  const first = await piaoquanHere(['migrate'], target);
  expect(first.stdout).toMatch(/^Applied 0001_platform\.sql, .+\.sql, \d+ functions\.\n$/);
  expect((await piaoquanHere(['migrate'], target)).stdout).toBe('The database is up to date.\n');
  expect((await piaoquanHere(['migrate', '--json'], target)).stdout).toBe('{"applied":[]}\n');
  await fresh.drop();
});

test('audit proves the counters, and ends with 3 when one differs from its ledger', async () => {
  const good = await piaoquanHere(['audit'], env);
  expect([good.code, good.stdout]).toEqual([
    0,
    expect.stringMatching(/^\d{2,} counters, 0 differ from their ledger\n$/),
  ]);
  const [{ total_count = 0 } = {}] = await database.sql<{ total_count: number }[]>`
    update voucher_batch set total_count = total_count + 1 where mix_id = 'code_open' returning total_count`;
  const bad = await piaoquanHere(['audit', '--json'], env);
  await database.sql`update voucher_batch set total_count = total_count - 1 where mix_id = 'code_open'`;
  expect(bad.code).toBe(3);
  expect(JSON.parse(bad.stdout).differences).toContainEqual(
    expect.objectContaining({ key: 'code_open', counted: total_count, ledger: total_count - 1 }),
  );
});
