import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { compileRefusal, refusalCodes, refusalWords } from '../src/contract/outcome.ts';
import { fieldsOf } from '../src/contract/schema.ts';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { findMinutes } from '../src/gateway/figures.ts';
import { readLoosely } from '../src/wire/loose.ts';
import { compileWriters } from '../src/wire/render.ts';
import { printedFields } from './harness/ready.ts';
import { newHome, piaoquanHere } from './harness/run.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { until } from './harness/until.ts';

const contracts: readonly Contract[] = catalogue;
const byName = (name: string) => contracts.find((each) => each.name === name) as Contract;
const DRAW = 'taobao.film.lottery.performance';
const SUBMIT = 'alibaba.damai.maizuo.openapi.order.submit';
const MOBILE = 'taobao.mobile.promotion.benefit.activity.send';

let server: TestServer;
const home = newHome();
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_HOME: home });
});
afterAll(async () => {
  await server?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Every text that a contract says to people, with where it stands. */
function textsOf(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'string' && (name === 'zh' || name === 'en')
      ? [[`${path}.${name}`, each] as [string, string]]
      : textsOf(each, `${path}.${name}`),
  );
}

test('no text of the catalogue shows a name in braces that nobody fills in', () => {
  const texts = contracts.flatMap((contract) => textsOf(contract, contract.name));
  expect(texts.length).toBeGreaterThan(2000);
  expect(texts.filter(([, text]) => /\{\w+\}/.test(text))).toEqual([]);
});

test('every documented method whose answer holds a code or flag of its own says which values refuse', () => {
  const telling = /^(return_code|ret_code|result_code|is_success|success)$/;
  const names = (schema: Contract['response']): string[] =>
    fieldsOf(schema).flatMap((field) =>
      field.kind === 'object' ? names(field.schema as never) : telling.test(field.name) ? [field.name] : [],
    );
  const holding = contracts.filter(({ category, response }) => category !== 'admin' && names(response).length > 0);
  const printed = printedFields.filter(
    ([, part, path = '']) => part === 'response' && telling.test(path.split('.').at(-1) as string),
  );
  expect(holding.map(({ name }) => name)).toEqual(expect.arrayContaining(printed.map(([method]) => method)));
  expect(holding.filter(({ outcome }) => outcome === undefined).map(({ name }) => name)).toEqual([]);
  for (const contract of contracts.filter(({ outcome }) => outcome !== undefined)) {
    const { at, done = [], refused = [] } = contract.outcome as NonNullable<Contract['outcome']>;
    expect(done.length + refused.length, contract.name).toBeGreaterThan(0);
    const codes = Object.keys(refusalCodes(contract));
    // Of a code that decides by itself, what means done is listed with the others.
    if (codes.length > 0 && contract.outcome?.code === undefined)
      expect(codes, `${contract.name} ${at}`).toEqual(expect.arrayContaining([...done, ...refused].map(String)));
  }
});

const result_data = (success: boolean, result_code: number) => ({
  result_data: { success, result_code, result_msg: success ? '成功' : '票档 7 库存不足，剩余 0' },
});
const sent = (...counts: number[]) => ({
  result_list: counts.map((success_count) => ({
    ...{ index_id: 1, benefit_id: 1, benefit_type: 1, benefit_name: 'x', detail_id: 1, failed_count: 1, success_count },
    error_code_list: success_count > 0 ? [] : ['isp.param-error:236', 'x'],
  })),
  unique_id: 'u',
  is_success: true,
});
const codes = (...results: string[]) => ({
  success_count: results.filter((each) => each === 'OK').length,
  results: results.map((result) => ({ code: 'C', result })),
});

test.each<[method: string, answer: object, code: string | undefined]>([
  [DRAW, { return_code: '200007', return_message: '本时段库存已发完' }, '200007'],
  [DRAW, { return_code: '0', return_message: '成功' }, undefined],
  [
    'taobao.film.lottery.sendcode',
    { result: { return_code: '200410', return_message: 'x', success: false } },
    '200410',
  ],
  [SUBMIT, result_data(false, 10231), '10231'],
  [SUBMIT, result_data(true, 20), undefined],
  ['alibaba.ai.content.business.send.plan.query', { ret_code: 1002, ret_msg: 'x', ret_value: [] }, '1002'],
  ['taobao.promotion.benefit.activity.update', { is_success: false }, 'is_success=false'],
  ['taobao.promotion.benefit.activity.update', { is_success: true }, undefined],
  ['taobao.promotion.benefit.activity.send', sent(0), 'isp.param-error:236'],
  ['taobao.promotion.benefit.activity.send', sent(0, 0), 'isp.param-error:236'],
  ['taobao.promotion.benefit.activity.send', sent(0, 1), undefined],
  ['taobao.promotion.benefit.activity.send', sent(), undefined],
  [
    MOBILE,
    { send_result: { is_success: false, error_code: 'isv.param-error:295', unique_id: 'u' } },
    'isv.param-error:295',
  ],
  [MOBILE, { send_result: { is_success: true, unique_id: 'u' } }, undefined],
  ['piaoquan.voucher.code.consume', codes('EXPIRED', 'NOT_FOUND'), 'EXPIRED'],
  ['piaoquan.voucher.code.consume', codes('NOT_FOUND'), 'NOT_FOUND'],
  ['piaoquan.voucher.code.consume', codes('NOT_FOUND', 'OK'), undefined],
  ['piaoquan.ticketing.ticket.check', { admitted: false, check_result: 3, ticket_code_id: '1', entry_count: 0 }, '3'],
  ['taobao.time.get', { time: new Date(0) }, undefined],
])('%s: an answer and every spelling of it is the same refusal, or none: %j', (name, answer, code) => {
  const contract = byName(name);
  const refusalOf = compileRefusal(contract.outcome);
  const refusal = refusalOf(answer);
  expect(refusal?.code).toBe(code);
  const writers = compileWriters(contract);
  for (const format of ['json', 'simplified', 'xml'] as const)
    expect(refusalOf(readLoosely(writers[format](answer, 'r'))), format).toEqual(refusal);
  if (code !== undefined && !code.includes('=')) expect(refusalWords(contract, code)).toBeDefined();
});

test('an answer that is none, or not what its contract says, is no refusal and no fault', () => {
  const refusalOf = compileRefusal(byName(SUBMIT).outcome);
  for (const text of [
    '',
    '{',
    '<a',
    '</a>',
    '<a></b>',
    'null',
    '[]',
    '7',
    '{"x":{"y":[]}}',
    '<?xml version="1.0"?><r><x/></r>',
  ])
    expect(refusalOf(readLoosely(text)), text).toBeUndefined();
  expect(refusalOf(readLoosely('{"a":"\\"result_data\\":{\\"success\\":false}"}'))).toBeUndefined();
});

const draw = {
  lottery_performance_top_param: { mix_user_id: 'u', spread_id: 'prizePool_none', out_biz_id: 'r', platform: 8 },
};

test('a refusal within an answer is a refusal in the call log, its figures and the metrics', async () => {
  const { sql } = server.database;
  await server.json(DRAW, draw);
  await server.json(DRAW, {
    lottery_performance_top_param: {
      ...draw.lottery_performance_top_param,
      spread_id: 'prizePool_open',
      out_biz_id: 'r2',
    },
  });
  await server.json(SUBMIT, { grouped_submit_order_param: { ...demoTokens, tenant_token: 'nobody' } });
  const rows = await until(
    () => sql`select method, code, sub_code from platform_call_log order by called_at, request_id`,
    (found) => found.length >= 3,
  );
  expect(rows).toEqual([
    { method: DRAW, code: -1, sub_code: '200001' },
    { method: DRAW, code: 0, sub_code: null },
    { method: SUBMIT, code: -1, sub_code: '10201' },
  ]);
  const [minute] = await findMinutes(sql, new Date(Date.now() - 120_000));
  expect(minute).toMatchObject({ errors: 2, by_sub_code: { 200001: 1, 10201: 1 } });
  const page = await (await fetch(`${server.url}/metrics`)).text();
  expect(page).toContain(`piaoquan_calls_total{method="${DRAW}",code="-1",sub_code="200001"} 1`);
  const list = async (query: object) =>
    (await server.json('piaoquan.platform.call.list', { query }, { simplify: true })) as unknown as {
      calls: { code: number; sub_code?: string }[];
    };
  expect((await list({ sub_code: '200001' })).calls).toMatchObject([{ code: -1, sub_code: '200001' }]);
  expect((await list({ code: -1 })).calls).toHaveLength(2);
});

test('the command line ends with 2 for a refusal in every spelling, says which, and lists it among the errors', async () => {
  const env = { PIAOQUAN_HOME: home, DATABASE_URL: server.database.target, PIAOQUAN_URL: server.url };
  const call = (...more: string[]) => piaoquanHere(['call', DRAW, JSON.stringify(draw), ...more], env);
  for (const more of [[], ['--simplify'], ['--format', 'xml']]) {
    const { code, stdout, stderr } = await call(...more);
    expect([more, code]).toEqual([more, 2]);
    expect(stdout).toContain('200001');
    expect(stderr).toMatch(/^piaoquan: the answer is a refusal, 200001 \(.*活动不存在\)\n$/);
  }
  const quiet = await call('--json');
  expect([quiet.code, quiet.stderr]).toEqual([2, '']);
  expect((await piaoquanHere(['call', 'taobao.time.get'], env)).code).toBe(0);
  const logs = await until(
    () => piaoquanHere(['logs', '--errors', '--method', DRAW], env),
    ({ stdout }) => stdout.split('\n').length > 4,
  );
  expect(logs.stdout).toMatch(/ taobao\.film\.lottery\.performance {2}refused 200001\n/);
});
