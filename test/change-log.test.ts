import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleClient, logIn } from './harness/console.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
let owner: ConsoleClient;
beforeAll(async () => {
  server = await startTestServer();
  owner = await logIn(server.url, 'demo-login');
});
afterAll(() => server?.close());

type Change = {
  change_id: number;
  actor: string;
  method?: string;
  request_id?: string;
  action: string;
  thing: string;
  thing_key?: string;
  changed?: string[];
  before?: string;
  after?: string;
};

/** The changes that a query finds, with the rows before and after read. */
async function changes(query: object) {
  const answer = await owner.call<{ changes: Change[] }>('piaoquan.change.list', { query, page_size: 200 });
  return answer.changes.map(({ before, after, ...change }) => ({
    ...change,
    before: before === undefined ? undefined : JSON.parse(before),
    after: after === undefined ? undefined : JSON.parse(after),
  }));
}

const SEGMENT = { thing: 'lottery_segment', thing_key: '8/prizePool_open/1' };

/** One write of each domain: by which method, and what its entry says. */
const WRITES: [method: string, request: object, entry: object][] = [
  [
    'piaoquan.lottery.activity.status.update',
    { spread_id: 'prizePool_open', status: 2 },
    {
      action: 'update',
      thing: 'lottery_activity',
      thing_key: 'prizePool_open',
      changed: ['status'],
      before: { status: 1 },
      after: { status: 2 },
    },
  ],
  [
    'piaoquan.lottery.segment.stock.adjust',
    { spread_id: 'prizePool_open', segment_no: 1, delta: 5, adjust_id: 'a1', reason: '加量' },
    { action: 'update', ...SEGMENT, changed: ['win_times'], before: { win_times: 2000 }, after: { win_times: 2005 } },
  ],
  [
    'piaoquan.voucher.batch.status.update',
    { mix_id: 'code_open', status: 2 },
    { thing: 'voucher_batch', thing_key: 'code_open', before: { status: 1 }, after: { status: 2 } },
  ],
  [
    'piaoquan.ticketing.event.status.update',
    { event_id: 90000011, status: 2 },
    { thing: 'ticketing_event', thing_key: '90000011', before: { status: 1 }, after: { status: 2 } },
  ],
  [
    'piaoquan.ticketing.token.create',
    { holder: 'channel', holder_id: 2 },
    { thing: 'ticketing_channel', thing_key: '2', changed: ['token_hash'] },
  ],
  [
    'piaoquan.sendplan.plan.status.update',
    { id: 4, status: 2 },
    { thing: 'sendplan', thing_key: '4', before: { status: 1 }, after: { status: 2 } },
  ],
  [
    'piaoquan.benefit.template.status.update',
    { user_id: 6100000, benefit_id: 12335232, status: 2 },
    { thing: 'benefit_template', thing_key: '6100000/12335232', before: { status: 1 }, after: { status: 2 } },
  ],
  [
    'piaoquan.platform.app.save',
    { app: { app_key: '12345678', name: '改名' } },
    { thing: 'platform_app', thing_key: '12345678', changed: ['name'], after: { name: '改名' } },
  ],
  [
    'piaoquan.platform.frequency.save',
    { frequency: { app_key: '*', method: 'taobao.time.get', max_calls: 100000, window_seconds: 60 } },
    { action: 'insert', thing: 'platform_frequency', thing_key: '*/taobao.time.get', after: { max_calls: 100000 } },
  ],
  [
    'piaoquan.voucher.batch.generate',
    { mix_id: 'a09da62085f10074', count: 1, unique_id: 'g1' },
    { action: 'insert', thing: 'job', after: { kind: 'voucher.generate', total: 1 } },
  ],
];

test.each(WRITES)(
  '%s leaves who, when, before and after, and nothing when it changes nothing',
  async (method, request, entry) => {
    const answer = await owner.call(method, request);
    expect(answer.error_response).toBeUndefined();
    const { request_id } = answer;
    const found = await changes({ request_id });
    expect(found).toEqual([expect.objectContaining({ actor: 'demo', method, request_id })]);
    expect(found[0]).toMatchObject(entry);
    const [stored] = await server.database.sql`
    select changed_at between now() - interval '1 minute' and now() + interval '1 second' as lately, changed_at from change_log
    where request_id = ${request_id}`;
    expect(stored?.lately).toBe(true);
    // The same wish again changes nothing and leaves no entry.
    if (method === 'piaoquan.ticketing.token.create') return;
    const repeated = await owner.call(method, request);
    expect(await changes({ request_id: repeated.request_id })).toEqual([]);
  },
);

test("an app's own administrative call is entered under its app_key", async () => {
  const answer = await server.json('piaoquan.lottery.activity.status.update', {
    spread_id: 'prizePool_open',
    status: 1,
  });
  expect(JSON.stringify(answer)).toContain('"is_success":true');
  const [last] = await changes({ thing: 'lottery_activity', thing_key: 'prizePool_open', actor: '12345678' });
  expect(last).toMatchObject({ actor: '12345678', before: { status: 2 }, after: { status: 1 } });
});

test('a rotated secret, a new password and whatever else is binary is in no entry', async () => {
  const { secret } = await owner.call('piaoquan.platform.app.create', {
    unique_id: 'rotated',
    app: { name: '合作方', packages: ['platform.base'] },
  });
  const { password } = await owner.call('piaoquan.operator.save', {
    operator: { login: 'secretive', display_name: 'S', role: 'viewer' },
  });
  expect([secret, password]).toEqual([expect.any(String), expect.any(String)]);
  const { sql } = server.database;
  const [row] = await sql`
    select count(*) filter (where thing = 'platform_app_secret') as secrets, count(*) filter (where thing = 'platform_operator') as people,
      bool_or(coalesce(before::text, '') || coalesce(after::text, '') ~ '\\\\x|_hash"|_sealed"|"secret"') as leaks from change_log`;
  expect(row).toMatchObject({ leaks: false });
  expect([row?.secrets > 1, row?.people > 1]).toEqual([true, true]);
});

test('what fails leaves no entry, and a save of many parts enters each part that differs', async () => {
  const failed = await owner.call('piaoquan.lottery.segment.stock.adjust', {
    ...{ spread_id: 'prizePool_open', segment_no: 1, delta: -5000, adjust_id: 'a2', reason: '减量' },
  });
  expect(failed.error_response?.code).toBe(15);
  // Whole seconds, as the wire has them: what is saved as it was read must not differ.
  await server.database.sql`
    update ticketing_event set sale_start_time = date_trunc('second', sale_start_time),
      gate_open_time = date_trunc('second', gate_open_time)`;
  type Project = { event_list: { event_name: string; price_list: { price_name: string }[] }[] };
  const read = await owner.call<{ project: Project }>('piaoquan.ticketing.project.get', { project_id: 90000001 });
  const { project } = read;
  const [event, ...events] = project.event_list;
  const [price, ...prices] = event?.price_list ?? [];
  const renamed = { ...event, event_name: '改期场', price_list: [{ ...price, price_name: '改名票档' }, ...prices] };
  const { request_id } = await owner.call('piaoquan.ticketing.project.save', {
    project: { ...project, event_list: [renamed, ...events] },
  });
  const found = await changes({ request_id });
  expect(found.map(({ thing, changed }) => [thing, changed]).sort()).toEqual([
    ['ticketing_event', ['event_name']],
    ['ticketing_price', ['price_name']],
  ]);
});

test('what is done to codes is entered code by code in the transaction that does it, however many callers share it', async () => {
  const { sql } = server.database;
  await owner.call('piaoquan.voucher.batch.status.update', { mix_id: 'code_open', status: 1 });
  type Page = { result: { return_value: { coupon_list: { code: string }[] } } };
  const page = await owner.call<Page>(
    'taobao.film.fcode.export.query',
    { mix_id: 'code_open', partner_code: 'xuexiqiangguo', operate_type: 'ALL' },
    6100000,
  );
  const codes = page.result.return_value.coupon_list.map(({ code }) => code);
  expect(codes.length).toBeGreaterThan(1);
  const voidOne = (code: string, index: number) =>
    owner.call<{ success_count: number }>('piaoquan.voucher.code.void', {
      mix_id: 'code_open',
      codes: [code],
      unique_id: `v${index}`,
    });
  const answers = await Promise.all(codes.slice(0, 5).map(voidOne));
  const ids = answers.map(({ request_id }) => request_id);
  const stored =
    await sql`select actor, request_id, thing, before, after from change_log where request_id = any (${ids})`;
  expect([stored.length, answers.map(({ success_count }) => success_count)]).toEqual([5, [1, 1, 1, 1, 1]]);
  for (const each of stored)
    expect(each).toMatchObject({
      actor: 'demo',
      thing: 'voucher_code',
      before: { code_status: 0 },
      after: { code_status: -2 },
    });
  const again = await voidOne(codes[0] as string, 0);
  expect(await sql`select from change_log where request_id = ${again.request_id}`).toHaveLength(0);
});

test('hot takes leave nothing in the log', async () => {
  const { sql } = server.database;
  const count = async () => (await sql`select count(*) as n from change_log`)[0]?.n;
  const before = await count();
  const draw = (n: number) =>
    server.json('taobao.film.lottery.performance', {
      lottery_performance_top_param: {
        mix_user_id: `u${n}`,
        spread_id: 'prizePool_open',
        out_biz_id: `hot${n}`,
        platform: 8,
      },
    });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => draw(n)));
  expect(JSON.stringify(answers)).not.toContain('error_response');
  expect(
    (await sql`select consumed_win_times as n from lottery_segment where spread_id = 'prizePool_open'`)[0]?.n,
  ).toBe(20);
  expect(await count()).toBe(before);
});

test('changes are paged without gaps and found by time', async () => {
  const seen: number[] = [];
  for (let cursor: string | undefined; ; ) {
    type Page = { changes: { change_id: number }[]; next_cursor?: string };
    const page = await owner.call<Page>('piaoquan.change.list', { cursor, page_size: 7 });
    seen.push(...page.changes.map(({ change_id }) => change_id));
    cursor = page.next_cursor;
    if (cursor === undefined) break;
  }
  const [{ n } = { n: 0 }] = await server.database.sql`select count(*) as n from change_log`;
  expect([seen.length, new Set(seen).size]).toEqual([n, n]);
  expect(await changes({ start_time: '2036-01-01 00:00:00' })).toEqual([]);
  for (const cursor of ['x', '1-99999999999999999999', '1-a'])
    expect((await owner.call('piaoquan.change.list', { cursor })).error_response).toMatchObject({ code: 41 });
});

test('who makes the same thing at the same time is told as who made it and who changed it, and once where it is the same', async () => {
  const save = (tenant_id: number, tenant_name: string) =>
    owner.call('piaoquan.ticketing.tenant.save', { tenant_id, tenant_name });
  const tries = [71, 72, 73, 74, 75];
  await Promise.all(
    tries.flatMap((id) => [save(id, '甲'), save(id, '乙'), save(id + 100, '同'), save(id + 100, '同')]),
  );
  for (const id of tries) {
    // A change is told by the time of its call, which may be the later one of the first to write.
    const told = await changes({ thing: 'ticketing_tenant', thing_key: String(id) });
    const found = told.toSorted((a, b) => b.change_id - a.change_id);
    expect(found.map(({ action, changed }) => [action, changed])).toEqual([
      ['update', ['tenant_name']],
      ['insert', undefined],
    ]);
    expect(found[0]?.before).toEqual(found[1]?.after);
    expect(await changes({ thing: 'ticketing_tenant', thing_key: String(id + 100) })).toHaveLength(1);
  }
});
