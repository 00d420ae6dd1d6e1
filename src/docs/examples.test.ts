import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { documentedRequests } from '../../test/harness/documented.ts';
import { compileReader } from '../../test/harness/read.ts';
import { readXml } from '../../test/harness/xml.ts';
import { seeds } from '../../test/seeds/documented.ts';
import { catalogue } from '../contract/catalogue.ts';
import { type Contract, method } from '../contract/method.ts';
import {
  dateText,
  fieldNote,
  fieldsOf,
  integer,
  itemOf,
  kindOf,
  list,
  optional,
  struct,
  text,
} from '../contract/schema.ts';
import { compileParser } from '../wire/parse.ts';
import { rootName } from '../wire/render.ts';
import { parseInstant } from '../wire/time.ts';
import { exampleAnswers, exampleCall, exampleRequest, failureAnswers } from './examples.ts';

const contracts: readonly Contract[] = catalogue;
const caller = { url: 'http://127.0.0.1:7001/router/rest', app_key: '1', secret: 's', session: 'k' };

type Place = readonly [path: string, schema: TSchema];

const hasExample = ([, schema]: Place): boolean => fieldNote(schema).example !== undefined;

/** Every simple field below a schema that an example shows or must show, by path. */
function shown(schema: TSchema, path: string, required: boolean): Place[] {
  const kind = kindOf(schema);
  if (kind === 'array') {
    const below = shown(itemOf(schema), `${path}[]`, true);
    return required || below.some(hasExample) ? below : [];
  }
  if (kind !== 'object') return required || fieldNote(schema).example !== undefined ? [[path, schema]] : [];
  const below = members(schema, path);
  // What may be left out as a whole is left out of the example when nothing of it has one.
  return required || below.some(hasExample) ? below : [];
}

const members = (schema: TSchema, path: string): Place[] =>
  fieldsOf(schema).flatMap(({ name, schema: field, required, note }) =>
    shown(field, `${path}.${name}`, required || note.missing !== undefined),
  );

function isUsable(schema: TSchema): boolean {
  const { example, values, date } = fieldNote(schema);
  if (example === undefined) return false;
  if (values !== undefined) return Object.hasOwn(values, example);
  if (date !== undefined) return parseInstant(example, date) !== undefined;
  if (kindOf(schema) === 'integer') return /^-?\d+$/.test(example);
  return kindOf(schema) !== 'boolean' || example === 'true' || example === 'false';
}

describe.each(contracts.map((each) => [each.name, each] as const))('%s', (_name, contract) => {
  test('has a usable example for every field that must come', () => {
    const all = [...members(contract.request, 'request'), ...members(contract.response, 'response')];
    expect(all.filter(([, schema]) => !isUsable(schema)).map(([path]) => path)).toEqual([]);
  });

  test('takes its own example request', () => {
    const { parameters } = exampleCall(contract, caller);
    expect(() => compileParser(contract)(new Map(Object.entries(parameters)))).not.toThrow();
  });

  test('shows an answer that its contract reads, the same in all three spellings', () => {
    const answers = exampleAnswers(contract);
    const { json, simplified } = compileReader(contract);
    const reading = json(answers.json);
    expect(reading.request_id).toMatch(/^[0-9a-z]{14}$/);
    expect(simplified(answers.simplified)).toEqual(reading);
    expect(readXml(contract, answers.xml.replace(/>\n *</g, '><'))).toEqual(reading);
  });

  test('shows a failure that it may answer', () => {
    const { xml, json, simplified } = failureAnswers(contract);
    const { code, sub_code } = JSON.parse(json).error_response;
    expect(Object.keys(contract.errors).length > 0 ? [15, Object.keys(contract.errors)[0]] : [code, sub_code]).toEqual([
      code,
      sub_code,
    ]);
    expect(simplified).toBe(json);
    expect(xml).toContain(`<error_response>\n  <code>${code}</code>\n`);
  });
});

test.each(Object.entries(documentedRequests))('%s has the documented request for its example', (name, request) => {
  const contract = contracts.find((each) => each.name === name) as Contract;
  expect(exampleRequest(contract)).toEqual(request);
});

test('the documented requests are there', () => {
  expect(Object.keys(documentedRequests)).toEqual(expect.arrayContaining(Object.keys(seeds)));
});

const made = method({
  name: 'test.made.up',
  category: 'platform',
  title: { zh: '测试', en: 'Test' },
  purpose: { zh: '测试', en: 'Test' },
  package: 'test',
  session: 'none',
  kind: 'read',
  request: {
    a: struct(
      'A',
      { zh: '甲', en: 'A' },
      {
        names: list(text({ zh: '名', en: 'Name' }, { example: 'x' }), { zh: '名', en: 'Names' }),
        at: dateText({ zh: '时', en: 'Time' }, 'yyyy-MM-dd HH:mm', { example: '2026-01-02 03:04' }),
        none: optional(text({ zh: '无', en: 'None' })),
        empty: optional(struct('B', { zh: '空', en: 'Empty' }, { none: optional(integer({ zh: '无', en: 'None' })) })),
      },
    ),
    words: list(text({ zh: '词', en: 'Word' }, { example: 'y' }), { zh: '词', en: 'Words' }),
    bare: integer({ zh: '数', en: 'Number' }),
  },
  response: {
    mode: text({ zh: '式', en: 'Mode' }, { values: { on: { zh: '开', en: 'on' } } }),
    text: text({ zh: '文', en: 'Text' }),
  },
}) as Contract;

test('an example request nests, leaves out what needs no example, and stands in for what lacks one', () => {
  expect(exampleRequest(made)).toEqual({ a: { names: ['x'], at: '2026-01-02 03:04' }, words: ['y'], bare: 1 });
});

test('as a call it has the texts of the wire, the values of the SDK, and a session only where one is of use', () => {
  const { parameters, request, session } = exampleCall(made, caller);
  expect(parameters).toEqual({ a: '{"names":["x"],"at":"2026-01-02 03:04"}', words: 'y', bare: '1' });
  expect(request).toMatchObject({ a: { at: new Date('2026-01-02T03:04:00+08:00') } });
  expect(session).toBeUndefined();
  expect(exampleCall({ ...made, session: 'optional' }, caller).session).toBe('k');
});

test('a new method without examples has an answer and a failure all the same', () => {
  expect(JSON.parse(exampleAnswers(made).json)).toEqual({
    [rootName(made.name)]: { mode: 'on', text: 'text', request_id: expect.any(String) },
  });
  expect(JSON.parse(failureAnswers(made).json).error_response).toMatchObject({
    code: 40,
    msg: 'Missing required arguments:a',
  });
  const bare = method({ ...made, request: {}, response: {} }) as Contract;
  expect(JSON.parse(failureAnswers(bare).json).error_response).toMatchObject({ code: 25 });
});
