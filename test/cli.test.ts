import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { endAll, newHome, piaoquan, sandbox } from './harness/run.ts';

const home = newHome();

let database: TestDatabase;
let url: string;
let env: Record<string, string>;
beforeAll(async () => {
  database = await createTestDatabase();
  env = { PIAOQUAN_HOME: home, DATABASE_URL: database.target };
  url = `${await sandbox(env).url()}/router/rest`;
  env.PIAOQUAN_URL = url;
});
afterAll(async () => {
  await endAll();
  await database?.drop();
  rmSync(home, { recursive: true, force: true });
});

const oneLine = /^piaoquan: [^\n]+\n$/;

test('sign gives the text that is signed, in order and with empty values as bare names, and its signature', async () => {
  const words = ['v=2.0', 'method=taobao.time.get', 'app_key=12345678', 'foo=', 'bar=中 文'];
  const text = 'app_key12345678bar中 文foomethodtaobao.time.getsign_methodmd5v2.0';
  const sign = createHash('md5').update(`helloworld${text}helloworld`).digest('hex').toUpperCase();
  const { code, stdout } = await piaoquan(['sign', ...words, '--sign-method', 'md5', '--secret', 'helloworld']);
  expect([code, stdout]).toEqual([0, `text  ${text}\nsign  ${sign}\n`]);
});

test('sign takes JSON, and signs objects by their JSON text, as call sends them', async () => {
  const { stdout } = await piaoquan(['sign', '{"query":{"step":1},"v":"2.0","sign_method":"hmac"}']);
  expect(stdout).toContain('text  query{"step":1}sign_methodhmacv2.0\n');
});

test('call prints the answer, in the format asked for', async () => {
  const json = await piaoquan(['call', 'taobao.time.get'], env);
  expect([json.code, json.stderr]).toEqual([0, '']);
  expect(JSON.parse(json.stdout)).toMatchObject({ time_get_response: { time: expect.any(String) } });
  const simple = await piaoquan(['call', 'taobao.time.get', '--simplify', '--url', url]);
  expect(Object.keys(JSON.parse(simple.stdout))).toEqual(['time', 'request_id']);
  const query = '{"query":{"step":1}}';
  const options = ['--session', '6100000demo', '--format', 'xml', '--sign-method', 'md5'];
  const xml = await piaoquan(['call', 'taobao.promotion.benefit.selector', query, ...options], env);
  expect(xml.stdout).toMatch(/^<\?xml .*<promotion_benefit_selector_response><benefit_list>/);
});

test('call takes name=value pairs and shows the signed request on demand, never the secret', async () => {
  const words = ['mix_id=code_open', 'partner_code=xuexiqiangguo', 'operate_type=ALL', 'params={"page_size":1}'];
  const options = ['--session', '6100000demo', '--show-request'];
  const { code, stdout } = await piaoquan(['call', 'taobao.film.fcode.export.query', ...words, ...options], env);
  expect(code).toBe(0);
  expect(stdout).toContain(`POST ${url}\n`);
  expect(stdout).toMatch(/^ {2}params=\{"page_size":1\}$/m);
  expect(stdout).toMatch(/^ {2}sign=[0-9A-F]{64}$/m);
  expect(stdout).toMatch(/^ {2}app_key12345678formatjsonmethodtaobao\.film\.fcode\.export\.query/m);
  expect(stdout).toContain('"current_rows":1}');
  expect(stdout).not.toContain('helloworld');
});

test('call ends with 2 when the platform answers with an error, in every format, and with 0 when it does not', async () => {
  for (const format of [['--format', 'xml'], ['--simplify']]) {
    const { code, stdout } = await piaoquan(['call', 'taobao.no.such.method', ...format], env);
    expect([code, stdout.includes('Invalid method')]).toEqual([2, true]);
  }
  await database.sql`update lottery_activity set name = 'error_response' where spread_id = 'prizePool_open'`;
  const query = '{"performance_query_config_param":{"spread_id":"prizePool_open","platform":8}}';
  const { code, stdout } = await piaoquan(['call', 'taobao.film.lottery.performance.config.query', query], env);
  expect([code, stdout.includes('error_response')]).toEqual([0, true]);
});

test('what cannot be done is told in one line, with 1', async () => {
  const runs = await Promise.all([
    piaoquan(['call', 'taobao.time.get', '--url', 'http://127.0.0.1:1/router/rest']),
    piaoquan(['call', 'taobao.time.get', '--url', 'nowhere']),
    piaoquan(['call', 'taobao.time.get', 'no-equals-sign']),
    piaoquan(['call', 'taobao.time.get', '{"a":']),
    piaoquan(['sign', 'a=b', 'sign_method=sha1']),
    piaoquan(['app', 'create', '--name', 'x', '--package', 'film.fcode', 'no.such'], env),
    piaoquan(['app', 'create', '--name', 'x'.repeat(101)], env),
    piaoquan(['app', 'create', '--name', 'x', '--callback', 'not an address'], env),
    piaoquan(['app', 'create', '--name', 'x'], { PIAOQUAN_HOME: `${home}/none` }),
    piaoquan(['migrate'], { DATABASE_URL: 'postgres://u:pw@127.0.0.1:1/x' }),
    piaoquan(['migrate'], { PIAOQUAN_HOME: `${home}/none` }),
  ]);
  for (const { code, stdout, stderr } of runs) {
    expect(stderr).toMatch(oneLine);
    expect([code, stdout]).toEqual([1, '']);
  }
});

test('app create gives an app that calls at once what its packages hold, and nothing else', async () => {
  const made = await piaoquan(['app', 'create', '--name', '新应用', '--package', 'platform.base', 'film.lottery'], env);
  const [app_key = '', secret = ''] =
    /App key +(\d{8})\nApp secret +(\S+) +\(shown this once\)/.exec(made.stdout)?.slice(1) ?? [];
  const keys = { ...env, PIAOQUAN_APP_KEY: app_key, PIAOQUAN_APP_SECRET: secret };
  expect((await piaoquan(['call', 'taobao.time.get'], keys)).code).toBe(0);
  const refused = await piaoquan(['call', 'taobao.film.fcode.export.query'], keys);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error_response: { code: 26 } });
  const detail = await piaoquan(['call', 'alibaba.damai.maizuo.openapi.project.detail'], keys);
  expect(JSON.parse(detail.stdout)).toMatchObject({
    error_response: { code: 11, sub_msg: 'scope ids is damai.maizuo' },
  });
  const all = await piaoquan(['app', 'create', '--name', 'all', '--callback', 'https://a.example/', '--json'], env);
  expect(JSON.parse(all.stdout)).toMatchObject({ name: 'all', app_key: expect.stringMatching(/^\d{8}$/) });
  expect(JSON.parse(all.stdout).packages).toContain('damai.maizuo');
});

test('migrate tells what it applied, and that there is nothing to do', async () => {
  const fresh = await createTestDatabase();
  await fresh.sql`drop schema public cascade`;
  await fresh.sql`create schema public`;
  const target = { DATABASE_URL: fresh.target };
  const first = await piaoquan(['migrate'], target);
  expect(first.stdout).toMatch(/^Applied 0001_platform\.sql, .+\.sql\.\n$/);
  expect((await piaoquan(['migrate'], target)).stdout).toBe('The database is up to date.\n');
  await fresh.drop();
});

test('help names every command and where its defaults come from', async () => {
  const { code, stdout } = await piaoquan(['--help']);
  expect(code).toBe(0);
  for (const command of ['sandbox', 'serve', 'migrate', 'app', 'call', 'sign'])
    expect(stdout).toContain(`  ${command}`);
  const call = await piaoquan(['call', '--help']);
  for (const text of ['PIAOQUAN_URL', 'PIAOQUAN_APP_SECRET', '--show-request', 'taobao.time.get'])
    expect(call.stdout).toContain(text);
  const unknown = await piaoquan(['frobnicate']);
  expect([unknown.code, unknown.stderr.includes("unknown command 'frobnicate'")]).toEqual([1, true]);
});
