import { describe, expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { TopError } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { compileParser } from './parse.ts';
import { findUnknown } from './unknown.ts';

const contracts: readonly Contract[] = catalogue;
const contractOf = (name: string): Contract => contracts.find((each) => each.name === name) as Contract;
const textsOf = (parameters: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

const parsed = (method: string, parameters: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  compileParser(contractOf(method))(textsOf(parameters)) as Record<string, unknown>;

/** The refusal of a call as its path and words; undefined when it is taken. */
function refusal(
  method: string,
  parameters: Readonly<Record<string, unknown>>,
): { path: string; why: string } | undefined {
  try {
    parsed(method, parameters);
    return undefined;
  } catch (error) {
    if (!(error instanceof TopError)) throw error;
    const { code, msg, sub_msg = '' } = error.body;
    expect(code).toBe(41);
    return { path: msg.replace('Invalid arguments:', ''), why: sub_msg };
  }
}

const REFUND = 'piaoquan.ticketing.order.refund';
const refund = { order_id: '1', refund_id: 'r', reason: 'x' };
const SAVE = 'piaoquan.lottery.activity.save';
const activity = { spread_id: 's', platform: 8, name: 'n' };
const segment = { segment_no: 1, start_time: '2026-01-01 00:00:00', end_time: '2026-01-02 00:00:00' };
const CONSUME = 'piaoquan.voucher.code.consume';
const consume = { mix_id: 'm', unique_id: 'u' };

describe('a piaoquan method refuses what it does not know, by its path and the nearest known name', () => {
  test.each([
    [REFUND, { ...refund, ticket_ids: '1' }, 'ticket_ids', 'ticket_code_ids'],
    [REFUND, { ...refund, ticketCodeIds: '1' }, 'ticketCodeIds', 'ticket_code_ids'],
    [REFUND, { orderId: '1', refund_id: 'r', reason: 'x' }, 'orderId', 'order_id'],
    [SAVE, { activity: { ...activity, user_limt: 1 } }, 'activity.user_limt', 'user_limit'],
    [SAVE, { activity: { ...activity, userDayLimit: 1 } }, 'activity.userDayLimit', 'user_day_limit'],
    [
      SAVE,
      { activity: { ...activity, segments: [{ ...segment, wintimes: 1 }] } },
      'activity.segments[0].wintimes',
      'win_times',
    ],
    [
      SAVE,
      { activity: { ...activity, segments: [segment, { ...segment, endTime: 1 }] } },
      'activity.segments[1].endTime',
      'end_time',
    ],
    ['piaoquan.platform.app.save', { app: { app_key: '1', call_per_day: 5 } }, 'app.call_per_day', 'calls_per_day'],
    ['piaoquan.lottery.activity.list', { pageSize: '5' }, 'pageSize', 'page_size'],
    ['piaoquan.lottery.activity.list', { signMethod: 'md5' }, 'signMethod', 'sign_method'],
    ['piaoquan.lottery.activity.list', { Simplify: 'true' }, 'Simplify', 'simplify'],
  ])('%s %j', (method, parameters, path, nearest) => {
    expect(refusal(method, parameters)).toEqual({
      path,
      why: `参数 ${path} 不合法：没有这个参数，最接近的是 ${nearest}`,
    });
  });

  test('where none is near, those that there are', () => {
    expect(refusal(REFUND, { ...refund, colour: 'red' })?.why).toContain(
      '可用的是 order_id、refund_id、ticket_code_ids、reason',
    );
    expect(refusal('piaoquan.lottery.activity.get', { spread_id: 's', x: '' })?.path).toBe('x');
  });

  test('names that objects inherit and names of any length are unknown ones, and are cut', () => {
    expect(refusal(SAVE, { activity: '{"spread_id":"s","platform":8,"name":"n","__proto__":{}}' })?.path).toBe(
      'activity.__proto__',
    );
    expect(refusal(REFUND, { ...refund, constructor: '1' })?.path).toBe('constructor');
    expect(refusal(REFUND, { ...refund, ['x'.repeat(3_000_000)]: '1' })?.why.length).toBeLessThan(300);
  });

  test('a text is a text: no list, no object', () => {
    expect(refusal(SAVE, { activity: { ...activity, name: { a: 1 } } })?.path).toBe('activity.name');
    expect(refusal(SAVE, { activity: { ...activity, name: ['n'] } })?.path).toBe('activity.name');
  });
});

test("a method of TOP's passes over what it does not know, and it can be told", () => {
  const method = 'taobao.film.lottery.performance';
  const param = { mix_user_id: 'u', spread_id: 's', out_biz_id: 'o', platform: 8, spreadId: 't' };
  const parameters = { lottery_performance_top_param: param, partner_id: 'x', sesion: 's' };
  expect(refusal(method, parameters)).toBeUndefined();
  expect(findUnknown(contractOf(method), textsOf(parameters))).toEqual([
    { path: 'lottery_performance_top_param.spreadId', nearest: 'spread_id' },
    { path: 'sesion' },
  ]);
  const order = { cart_goods_param_list: [{}, { bearer_list: [{ name: 'x' }] }] };
  const submit = { grouped_submit_order_param: order };
  expect(findUnknown(contractOf('alibaba.damai.maizuo.openapi.order.submit'), textsOf(submit))).toEqual([
    { path: 'grouped_submit_order_param.cart_goods_param_list[1].bearer_list[0].name', nearest: 'real_name' },
  ]);
  expect(findUnknown(contractOf(REFUND), textsOf({ ticket_ids: '1' }))).toEqual([]);
});

describe('a list', () => {
  test.each([
    ['A1', ['A1']],
    ['A1,B2', ['A1', 'B2']],
    ['["A1"]', ['A1']],
    [' \n["A1", "B,2"]', ['A1', 'B,2']],
    ['["[\\"A1\\"]"]', ['["A1"]']],
    ['["{}","null"]', ['{}', 'null']],
    ['[1234567890123456789,2]', ['1234567890123456789', '2']],
  ])('%j is read', (codes, list) => {
    expect(parsed(CONSUME, { ...consume, codes }).codes).toEqual(list);
  });

  test.each([
    ['["A1"', 'codes'],
    ['["A1",]', 'codes'],
    ["['A1']", 'codes'],
    ['[A1,B2]', 'codes'],
    ['"A1"', 'codes'],
    ['"A1","B2"', 'codes'],
    ['{"codes":["A1"]}', 'codes'],
    ['{}', 'codes'],
    ['[["A1"]]', 'codes[0]'],
    ['["A1",{"code":"B2"}]', 'codes[1]'],
    ['["A1",null]', 'codes[1]'],
    ['["A1",""]', 'codes[1]'],
    ['[]', 'codes'],
  ])('%j is refused, never split and never one value', (codes, path) => {
    expect(refusal(CONSUME, { ...consume, codes })?.path).toBe(path);
  });

  test('in a text of its own is one too: bars or commas, or JSON', () => {
    const METHOD = 'taobao.film.lottery.sendcode';
    const order = { each_num: 1, mix_id: 'm', ext_order_id: 'e', number: 2 };
    const users = (user_id_list: string) => ({ param_f_code_merchant_send_code_request: { ...order, user_id_list } });
    const read = (text: string) =>
      (parsed(METHOD, users(text)).param_f_code_merchant_send_code_request as { user_id_list: string }).user_id_list;
    expect(read('a|b')).toBe('a|b');
    expect(read('["a", 17]')).toBe('a|17');
    const path = 'param_f_code_merchant_send_code_request.user_id_list';
    expect(refusal(METHOD, users('["a"|"b"]'))?.path).toBe(path);
    expect(refusal(METHOD, users('["a","b|c"]'))?.path).toBe(`${path}[1]`);
    expect(refusal(METHOD, users('{"a":1}'))?.path).toBe(path);
    const share = {
      benefit_type: 1,
      biz_id: 'b',
      detail_id: 1,
      feed_id: 1,
      relation_id: 1,
      send_count: 1,
      trace_id: 't',
      unique_id: 'u',
    };
    const SHARE = 'taobao.mobile.promotion.benefit.activity.send.share';
    expect(parsed(SHARE, { ...share, share_users: '["u1_true","u2_false"]' }).share_users).toBe('u1_true,u2_false');
    expect(refusal(SHARE, { ...share, share_users: '["u1_true"' })?.path).toBe('share_users');
  });
});

describe("JSON in a text: the export's params", () => {
  const EXPORT = 'taobao.film.fcode.export.query';
  const asked = (params: string) => refusal(EXPORT, { mix_id: 'm', partner_code: 'p', operate_type: 'ALL', params });

  test.each(['', '  ', '{}', '{"last_sequence":null}', '{"lastSequence":"7","pageSize":1000}'])(
    '%j is taken',
    (params) => {
      expect(asked(params)).toBeUndefined();
    },
  );

  test.each([
    ['{"page":2}', 'params.page', 'page_size'],
    ['{"page_no":2}', 'params.page_no', '可用的是 last_sequence、lastSequence、page_size、pageSize'],
    ['{"cursor":"x"}', 'params.cursor', '可用的是 last_sequence'],
    ['{"lastSequnce":5}', 'params.lastSequnce', 'last_sequence'],
    ['{"limit":5}', 'params.limit', '可用的是'],
    ['{"__proto__":5}', 'params.__proto__', '可用的是'],
  ])('%j is refused in words that name the right ones', (params, path, named) => {
    expect(asked(params)?.path).toBe(path);
    expect(asked(params)?.why).toContain(named);
  });

  test.each(['x', '{', '[]', 'null', '5', '"{}"'])('%j is no object', (params) => {
    expect(asked(params)?.path).toBe('params');
  });

  test.each(['-1', '1.5', '"-1"', '"1e3"', '" 1"', '""', 'true', '[1]', '{}', '9007199254740992'])(
    'a cursor of %s is refused',
    (value) => expect(asked(`{"lastSequence":${value}}`)?.path).toBe('params.lastSequence'),
  );

  test.each(['0', '1001', '"0"', '-5', '1.5', 'false'])('a page of %s is refused', (value) => {
    expect(asked(`{"page_size":${value}}`)?.path).toBe('params.page_size');
  });
});

describe("JSON in a text: a partner's user", () => {
  const param0 = { circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1, send_plan_id: 1 };
  const asked = (isv_user_info_map: string) =>
    refusal('alibaba.ai.content.business.send.plan.receive', { param0: { ...param0, isv_user_info_map } });

  test.each([
    '{}',
    '{"userId":7,"phone":"138 0000 0000"}',
    '{"userId":"a","nick":"x","city":"杭州","id":3}',
    '{"userId":"a","phoneNo":"1","user":"b"}',
  ])('%s is taken: it is the map of the partner', (text) => expect(asked(text)).toBeUndefined());

  test.each([
    ['{"user_id":"a"}', 'user_id', 'userId'],
    ['{"userID":"a"}', 'userID', 'userId'],
    ['{"userId":"a","request_id":"r"}', 'request_id', 'requestId'],
    ['{"userId":"a","requstId":"r"}', 'requstId', 'requestId'],
    ['{"phones":"1"}', 'phones', 'phone'],
  ])('a slip of a name that is read is refused: %s', (text, name, nearest) => {
    expect(asked(text)?.path).toBe(`param0.isv_user_info_map.${name}`);
    expect(asked(text)?.why).toContain(nearest);
  });
});

test.each(['true', 'True', 'false', 'False'])('a switch of %s is read, as Python spells it too', (text) => {
  const biz = { biz_code: 'b', source: 's', perform_type: '1', auto_renew: text };
  expect(parsed('piaoquan.sendplan.biz.save', biz).auto_renew).toBe(text.toLowerCase() === 'true');
});

describe('41 tells what is so', () => {
  const why = (member: string): string =>
    refusal(SAVE, { activity: `{"spread_id":"s","platform":8,"name":"n",${member}}` })?.why ?? '';

  test('where JSON breaks and what stands there, values left out', () => {
    const text = '{"spread_id":"secret-1",\n "platform":13800000000 "name":"n"}';
    expect(refusal(SAVE, { activity: text })?.why).toBe(
      '参数 activity 不合法：不是合法的 JSON，第 2 行第 25 个字符处应为逗号或 }：{"spread_id":"…", "platform":…→"',
    );
  });

  test.each([
    ['"user_limit":99999999999999999999', '应在 1 与'],
    ['"user_limit":"99999999999999999999"', '应在 1 与'],
    [`"user_limit":"${'9'.repeat(400)}"`, '应在 1 与'],
    ['"user_limit":1e999', '应在 1 与'],
    ['"user_limit":1.5', '应为整数'],
    ['"user_limit":true', '应为整数'],
    ['"segments":[{"segment_no":1,"start_time":"2026-02-30 00:00:00"}]', '没有这个日期或时刻'],
    ['"segments":[{"segment_no":1,"start_time":"2026-02-28"}]', '应为 yyyy-MM-dd HH:mm:ss'],
    ['"segments":{"segment_no":1}', '应为 JSON 列表'],
    ['"segments":"a,b"', '不是合法的 JSON'],
    ['"name":"\\ud800"', '不成对的代理字符'],
    ['"name":"a\\u0007"', 'U+0007'],
    [`"prizes":"${'['.repeat(60_000)}1234567890123456${']'.repeat(60_000)}"`, '嵌套过深'],
  ])('%s', (member, words) => {
    expect(why(member)).toContain(words);
  });
});
