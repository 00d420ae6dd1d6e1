import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseValue } from '../../test/harness/arbitrary.ts';
import { everyKind } from '../../test/harness/every-kind.ts';
import { AnswerError, compileReader } from '../../test/harness/read.ts';
import { parseXml, readXml } from '../../test/harness/xml.ts';
import { catalogue } from '../contract/catalogue.ts';
import { TopError } from '../contract/errors.ts';
import { type Contract, method } from '../contract/method.ts';
import { itemName } from '../contract/schema.ts';
import { compileWriters, contentType, type Format, renderError, rootName } from './render.ts';

const contracts: readonly Contract[] = [...catalogue, everyKind];
const request_id = '13yki55kbv7ug';

describe.each(contracts)('any answer of $name', (contract) => {
  const write = compileWriters(contract);
  const read = compileReader(contract);
  const survives = (readBack: (value: object) => unknown) =>
    fc.assert(
      fc.property(responseValue(contract.response), (value) => {
        expect(readBack(value)).toEqual({ value, request_id });
      }),
      { numRuns: 5 },
    );

  test('survives JSON', () => survives((value) => read.json(write.json(value, request_id))));
  test('survives simplified JSON', () => survives((value) => read.simplified(write.simplified(value, request_id))));
  test('survives XML', () => survives((value) => readXml(contract, write.xml(value, request_id))));

  test('has one top key in JSON, no escape of a raw character, and no top field that clients take for an error', () => {
    fc.assert(
      fc.property(responseValue(contract.response), (value) => {
        const json = write.json(value, request_id);
        expect(Object.keys(JSON.parse(json))).toEqual([rootName(contract.name)]);
        for (const text of [json, write.simplified(value, request_id)]) {
          // Backslashes of the texts themselves are doubled; what is left would be an escape by code.
          expect(text.replaceAll('\\\\', '')).not.toContain('\\u');
          expect(text.startsWith('\ufeff')).toBe(false);
        }
        expect(Object.keys(JSON.parse(write.simplified(value, request_id)))).not.toContain('code');
        expect(Object.keys(JSON.parse(write.simplified(value, request_id)))).not.toContain('sub_code');
      }),
      { numRuns: 3 },
    );
  });
});

test.each([
  ['taobao.promotion.benefit.selector', 'promotion_benefit_selector_response'],
  ['alibaba.damai.maizuo.openapi.project.detail', 'alibaba_damai_maizuo_openapi_project_detail_response'],
  ['taobao.time.get', 'time_get_response'],
  ['alibaba.taobao.thing', 'alibaba_taobao_thing_response'],
])('the root of %s is %s', (method, root) => {
  expect(rootName(method)).toBe(root);
});

test.each([
  ['PerformanceSegmentInfoDTO', 'performance_segment_info_d_t_o'],
  ['PurchaseSendPlanDTO', 'purchase_send_plan_d_t_o'],
  ['LotteryPerformanceRewardDTO', 'lottery_performance_reward_d_t_o'],
  ['RewardInfoDTO', 'reward_info_d_t_o'],
  ['FCodeInfo', 'f_code_info'],
  ['EventVo', 'event_vo'],
  ['PriceVo', 'price_vo'],
  ['ChildPriceVo', 'child_price_vo'],
  ['BenefitSelectorVo', 'benefit_selector_vo'],
  ['BenefitSendResultExt', 'benefit_send_result_ext'],
  ['TmcMessage', 'tmc_message'],
  ['String', 'string'],
  ['Number', 'number'],
  ['Boolean', 'boolean'],
  ['Date', 'date'],
])('the items of a list of %s are called %s', (type, name) => {
  expect(itemName(type)).toBe(name);
});

const write = compileWriters(everyKind);
const least = { name: '', count: 0, yes: false, at: new Date('2026-01-02T03:04:05+08:00') };
const full = {
  ...least,
  name: '票<券>',
  minute: new Date('2026-01-02T03:04:00+08:00'),
  names: ['a', ''],
  numbers: [Number.MAX_SAFE_INTEGER, -1],
  inners: [{ name: 'x', tags: [] }],
};

test('the three spellings stand as the protocol shows them', () => {
  expect(write.json(full, 'id')).toBe(
    '{"test_every_kind_response":{"name":"票<券>","count":0,"yes":false,"at":"2026-01-02 03:04:05","minute":"2026-01-02 03:04",' +
      '"names":{"string":["a",""]},"numbers":{"number":[9007199254740991,-1]},' +
      '"inners":{"inner_info_d_t_o":[{"name":"x","tags":{}}]},"request_id":"id"}}',
  );
  expect(write.simplified(full, 'id')).toBe(
    '{"name":"票<券>","count":0,"yes":false,"at":"2026-01-02 03:04:05","minute":"2026-01-02 03:04",' +
      '"names":["a",""],"numbers":[9007199254740991,-1],"inners":[{"name":"x","tags":[]}],"request_id":"id"}',
  );
  expect(write.xml(full, 'id')).toBe(
    '<?xml version="1.0" encoding="utf-8" ?><test_every_kind_response><name>票&lt;券&gt;</name><count>0</count>' +
      '<yes>false</yes><at>2026-01-02 03:04:05</at><minute>2026-01-02 03:04</minute>' +
      '<names><string>a</string><string></string></names><numbers><number>9007199254740991</number><number>-1</number></numbers>' +
      '<inners><inner_info_d_t_o><name>x</name><tags></tags></inner_info_d_t_o></inners>' +
      '<request_id>id</request_id></test_every_kind_response>',
  );
});

test('null and undefined members are left out in every spelling', () => {
  const value = { ...least, note: null, few: undefined, inner: null };
  for (const format of ['json', 'simplified', 'xml'] as const)
    expect(write[format](value, 'id')).toBe(write[format](least, 'id'));
});

test('a value that the contract does not allow is an error of the handler and never a wrong answer', () => {
  const all = ['json', 'simplified', 'xml'] as const;
  for (const count of [1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1'])
    for (const format of all) expect(() => write[format]({ ...least, count }, 'id'), String(count)).toThrow();
  for (const at of [new Date(Number.NaN), new Date('+010000-01-01T00:00:00Z')])
    for (const format of all) expect(() => write[format]({ ...least, at }, 'id')).toThrow();
});

test('an answer without fields holds the request_id alone', () => {
  const nothing = compileWriters(method({ ...everyKind, request: {}, response: {} }));
  expect(nothing.json({}, 'id')).toBe('{"test_every_kind_response":{"request_id":"id"}}');
  expect(nothing.simplified({}, 'id')).toBe('{"request_id":"id"}');
  expect(nothing.xml({}, 'id')).toContain(
    '<test_every_kind_response><request_id>id</request_id></test_every_kind_response>',
  );
});

const refused = { code: 15, msg: 'Remote service error', sub_code: 'isv.a:b', sub_msg: '"<&>" 测试' };

test('an error has its root in all three spellings, code a number', () => {
  const json =
    '{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isv.a:b","sub_msg":"\\"<&>\\" 测试","request_id":"id"}}';
  expect(renderError('json', refused, 'id')).toBe(json);
  expect(renderError('simplified', refused, 'id')).toBe(json);
  expect(renderError('xml', refused, 'id')).toBe(
    '<?xml version="1.0" encoding="utf-8" ?><error_response><code>15</code><msg>Remote service error</msg>' +
      '<sub_code>isv.a:b</sub_code><sub_msg>&quot;&lt;&amp;&gt;&quot; 测试</sub_msg><request_id>id</request_id></error_response>',
  );
});

test('an error without sub_code and sub_msg leaves both out', () => {
  const error = { code: 21, msg: 'Missing method' };
  expect(renderError('json', error, 'id')).toBe(
    '{"error_response":{"code":21,"msg":"Missing method","request_id":"id"}}',
  );
  expect(parseXml(renderError('xml', error, 'id')).children.map(({ name }) => name)).toEqual([
    'code',
    'msg',
    'request_id',
  ]);
});

test.each<Format>(['json', 'simplified', 'xml'])(
  'an error that quotes any text of a caller is a readable %s answer',
  (format) => {
    const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });
    fc.assert(
      fc.property(anyText, (sub_msg) => {
        const text = renderError(format, { ...refused, sub_msg }, 'id');
        if (format === 'xml') parseXml(text);
        else expect(text.replaceAll('\\\\', '')).not.toContain('\\u');
      }),
    );
  },
);

test('the content type of every spelling names the charset', () => {
  expect(contentType('xml')).toBe('text/xml;charset=utf-8');
  expect(contentType('json')).toBe('application/json;charset=utf-8');
  expect(contentType('simplified')).toBe('application/json;charset=utf-8');
});

const read = compileReader(everyKind);

test('an error_response is thrown as what it says', () => {
  for (const readText of [read.json, read.simplified]) {
    const thrown = (): unknown => {
      try {
        return readText(renderError('json', refused, 'id'));
      } catch (error) {
        return error;
      }
    };
    expect(thrown()).toBeInstanceOf(TopError);
    expect(thrown()).toMatchObject({ body: refused });
  }
});

test('a reader names the field that does not fit', () => {
  const top = '"name":"","count":0,"yes":false,"at":"2026-01-02 03:04:05"';
  const answer = (members: string) => () => read.json(`{"test_every_kind_response":{${members}}}`);
  expect(answer(top)().value).toEqual(least);
  expect(answer(top.replace('0', '"0"'))).toThrow('test_every_kind_response.count should be a number');
  expect(answer(top.replace('"count":0,', ''))).toThrow('test_every_kind_response.count should be present');
  expect(answer(top.replace('false', '"x"'))).toThrow('.yes should be a boolean');
  expect(answer(top.replace('05"', '5"'))).toThrow('.at should be a time as yyyy-MM-dd HH:mm:ss');
  expect(answer(`${top},"names":["bare"]`)).toThrow('.names should be an object');
  expect(answer(`${top},"names":{"string":"a"}`)).toThrow('.names should be a list');
  expect(answer(`${top},"inners":{"inner_info_d_t_o":[{}]}`)).toThrow('.inners[0].name should be present');
  for (const text of ['', '<a/>', '[]', 'null', '{}', '{"other_response":{}}'])
    expect(() => read.json(text), text).toThrow(AnswerError);
});

test('a reader passes over what the contract lacks and takes an empty wrapper for an empty list', () => {
  const members = '"name":"","count":0,"yes":false,"at":"2026-01-02 03:04:05","names":{},"newer":[{}],"note":null';
  expect(read.json(`{"test_every_kind_response":{${members}}}`).value).toEqual({ ...least, names: [] });
});
