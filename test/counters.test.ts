import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { audit } from '../src/database/audit.ts';
import { connect, type Sql } from '../src/database/pool.ts';
import { type RunningServer, startServer } from '../src/main.ts';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

// Two databases that begin as one: on the first goes on what the second, restored from a backup, knows nothing of.
let before: TestServer;
let restored: TestDatabase;
let sql: Sql;
let server: RunningServer;
let advanced: { counter: string; key: string; skipped: number }[];
const home = mkdtempSync(`${tmpdir()}/piaoquan-counters-`);
const CODES = 300;
const PATTERN_BATCH = 'a09da62085f10074';

const SEED = ['seed', '--draws', '20', '--orders', '10', '--receives', '10', '--sends', '10', '--codes', '20'];
const GENERATE = ['call', 'piaoquan.voucher.batch.generate', `mix_id=${PATTERN_BATCH}`, 'count=200', 'unique_id=more'];

/** Everything that a platform hands out in a day, on one of the two. */
async function business(url: string, sql: Sql): Promise<void> {
  const env = { PIAOQUAN_URL: `${url}/router/rest`, PIAOQUAN_SESSION: '6100000demo' };
  for (const args of [GENERATE, [...SEED, '--run', `${url.length}${Date.now()}`]]) {
    const { code, stderr } = await piaoquanHere(args, env);
    expect([code, stderr.replace(/^.*\r/s, '')]).toEqual([0, '']);
  }
  await until(
    async () => (await sql`select from job where state <> 'done'`).count,
    (open) => open === 0,
  );
}

const HANDED_OUT = {
  orders: (sql: Sql) => sql`select order_id::text as id from ticketing_order`,
  tickets: (sql: Sql) => sql`select ticket_id::text as id from ticketing_ticket`,
  'codes that were issued': (sql: Sql) => sql`
    select mix_id || '/' || sequence as id from voucher_code where issued_at is not null and issue_ref <> 'restore'`,
  'codes that were made': (sql: Sql) => sql`
    select mix_id || '/' || sequence as id from voucher_code where code_status <> -2`,
  'redemptions and their cursor': (sql: Sql) => sql`
    select mix_id || '/' || consume_sequence as id from voucher_consumption`,
  'receipts of send plans': (sql: Sql) => sql`select receipt_id::text as id from sendplan_receipt`,
  'benefit sends': (sql: Sql) => sql`select send_id::text as id from benefit_send`,
  jobs: (sql: Sql) => sql`select job_id::text as id from job`,
  'entries of the change log': (sql: Sql) => sql`select change_id::text as id from change_log`,
};
type Kind = keyof typeof HANDED_OUT;

const read = async (sql: Sql): Promise<Record<Kind, Set<string>>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(HANDED_OUT).map(async ([kind, ask]) => [kind, new Set((await ask(sql)).map(({ id }) => id))]),
    ),
  );

let backup: Record<Kind, Set<string>>;
beforeAll(async () => {
  before = await startTestServer();
  restored = await createTestDatabase('demo_template');
  copyFileSync(`${tmpdir()}/piaoquan-demo/master.key`, `${home}/master.key`);
  await restored.sql.end();
  sql = connect(restored.target, { application_name: 'test' });
  backup = await read(sql);
  const env = { DATABASE_URL: restored.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent', PORT: '0' };
  const { code, stdout } = await piaoquanHere(['counters', 'advance', '--codes', String(CODES), '--json'], env);
  expect(code).toBe(0);
  advanced = JSON.parse(stdout).advanced;
  server = await startServer(readConfig(true, env));
  await business(before.url, before.database.sql);
  await business(server.url, sql);
});
afterAll(async () => {
  await server?.close();
  await sql?.end();
  await before?.close();
  await restored?.drop();
  rmSync(home, { recursive: true });
});

test.each(Object.keys(HANDED_OUT) as Kind[])(
  'after a restore and counters advance nothing goes out twice: %s',
  async (kind) => {
    const since = (all: Record<Kind, Set<string>>) => [...all[kind]].filter((id) => !backup[kind].has(id));
    const [first, second] = [since(await read(before.database.sql)), since(await read(sql))];
    expect(Math.min(first.length, second.length)).toBeGreaterThan(0);
    expect(first.filter((id) => second.includes(id))).toEqual([]);
  },
);

test('every sequence, project and batch is told with how far it was moved', async () => {
  const told = new Set(advanced.map(({ counter, key }) => `${counter} ${key}`));
  const wanted = await sql<{ name: string }[]>`
    select sequencename || ' ' as name from pg_sequences where schemaname = 'public' and sequencename !~ 'counter_skip'
    union all select 'ticketing_project_count.order_count ' || project_id from ticketing_project
    union all select 'ticketing_project_count.ticket_count ' || project_id from ticketing_project
    union all select 'voucher_batch.consume_sequence ' || mix_id from voucher_batch
    union all select 'voucher_batch.issue_sequence code_open'
    union all select 'voucher_batch.total_count ' || mix_id from voucher_batch where code_pattern is not null`;
  expect(wanted.map(({ name }) => name).filter((name) => !told.has(name))).toEqual([]);
  expect(advanced).toContainEqual({ counter: 'voucher_batch.issue_sequence', key: 'code_open', skipped: CODES });
  expect(advanced.find(({ counter }) => counter === 'sendplan_receipt_id')?.skipped).toBe(1_000_000);
});

test('audit finds no difference after it, and codes set aside stay good for who holds them', async () => {
  expect((await audit(sql)).differences).toEqual([]);
  const [aside] = await sql`
    select count(*)::int as n, min(code_status)::int as status from voucher_code
    where mix_id = 'code_open' and issue_ref = 'restore'`;
  expect(aside).toEqual({ n: CODES, status: 0 });
});

test('it is refused while a server runs, and with counts that are none', async () => {
  const env = { DATABASE_URL: restored.target, PIAOQUAN_HOME: home };
  const running = await piaoquanHere(['counters', 'advance'], env);
  expect([running.code, running.stderr]).toEqual([1, expect.stringContaining('a server runs on the database')]);
  for (const args of [
    ['--numbers', '0'],
    ['--codes', 'many'],
    ['--numbers', '1e9'],
  ])
    expect((await piaoquanHere(['counters', 'advance', ...args], env)).code).toBe(64);
});
