import { Validator } from '@seriousme/openapi-schema-validator';
import Schema from 'typebox/schema';
import { expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../contract/error-table.ts';
import { type Contract, method } from '../contract/method.ts';
import { list, struct, text } from '../contract/schema.ts';
import { texts } from '../sdk/request.ts';
import { baseText } from '../wire/base-text.ts';
import { digests } from '../wire/sign.ts';
import { openApi } from './openapi.ts';
import { rowsOf } from './pages/fields.ts';

type Example = { readonly value: Record<string, unknown> };
type Media = { readonly schema: Record<string, unknown>; readonly examples: Record<string, Example> };
type Operation = {
  readonly operationId: string;
  readonly description: string;
  readonly requestBody: { readonly content: Record<string, Media & { encoding?: Record<string, object> }> };
  readonly responses: { readonly 200: { readonly content: Record<string, Media> } };
};
type Document = {
  readonly paths: Record<string, { readonly post: Operation }>;
  readonly components: { readonly schemas: Record<string, object> };
};

const read = (contracts: Parameters<typeof openApi>[0]) =>
  openApi(contracts, 'http://127.0.0.1:7001') as unknown as Document;
const document = read(catalogue);
const operations = Object.values(document.paths).map(({ post }) => post);
const form = ({ requestBody }: Operation) => requestBody.content['application/x-www-form-urlencoded'] as Media;
const answer = ({ responses }: Operation) => responses[200].content['application/json'] as Media;
/** What of a value does not fit a schema of the document. */
const misfits = (schema: object, value: unknown): unknown[] => {
  const complete = { ...schema, components: document.components };
  return Schema.Check(complete, value) ? [] : (Schema.Errors(complete, value)[1] as unknown[]);
};

test.each(['zh', 'en'] as const)('the document in %s is valid OpenAPI 3.1', async (language) => {
  const made = openApi(catalogue, 'http://127.0.0.1:7001', language);
  expect(await new Validator().validate(structuredClone(made))).toEqual({ valid: true });
});

test('every method has one path, at its own name, and every reference leads to a schema', () => {
  expect(Object.keys(document.paths)).toEqual(catalogue.map(({ name }) => `/router/rest/${name}`));
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to as string);
  expect(references.length).toBeGreaterThan(500);
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...new Set(references)].filter((to) => !known.includes(to))).toEqual([]);
});

test('the documented request and both answers of every method fit their schemas', () => {
  for (const operation of operations) {
    const { schema, examples } = form(operation);
    expect(misfits(schema, examples.documented?.value), operation.operationId).toEqual([]);
    const { success, failure } = answer(operation).examples;
    for (const each of [success, failure])
      expect(misfits(answer(operation).schema, each?.value), operation.operationId).toEqual([]);
  }
});

/** A schema with what it refers to put in its place, so that one text holds all that it says. */
const whole = (schema: unknown): string =>
  JSON.stringify(schema, (_name, value) => {
    const [, name] = /^#\/components\/schemas\/(.+)$/.exec(value?.$ref ?? '') ?? [];
    return name === undefined ? value : { ...document.components.schemas[name], ...value, $ref: undefined };
  });

test('every field of a method at any depth, with its values, stands in its own schemas', () => {
  for (const contract of catalogue as readonly Contract[]) {
    const operation = document.paths[`/router/rest/${contract.name}`]?.post as Operation;
    const parts = { request: whole(form(operation).schema), response: whole(answer(operation).schema) };
    for (const part of ['request', 'response'] as const)
      for (const { path, name, note } of rowsOf(contract[part])) {
        const where = `${contract.name} ${part}.${path}`;
        expect(parts[part], where).toContain(`"${name}":{`);
        for (const value of Object.keys(note.values ?? {})) expect(parts[part], where).toContain(value);
      }
  }
});

test('every error of the platform stands in error_response, and those of a method in its description', () => {
  const { error_response } = document.components.schemas as Record<string, object>;
  const text = JSON.stringify(error_response);
  for (const { code, msg, sub_code } of Object.values<ErrorEntry>(platformErrors)) {
    expect(text).toContain(`\`${code}\` ${msg}`);
    if (sub_code !== undefined) expect(text).toContain(`\`${sub_code}\` `);
  }
  for (const { name, errors } of catalogue as readonly Contract[])
    for (const sub_code of Object.keys(errors))
      expect(document.paths[`/router/rest/${name}`]?.post.description, name).toContain(sub_code);
});

test('an answer that lacks a field, or holds a bare list, does not fit', () => {
  const { schema } = answer(
    document.paths['/router/rest/taobao.film.lottery.performance.config.query']?.post as Operation,
  );
  const root = (segment_infos: unknown, rest = {}) => ({
    film_lottery_performance_config_query_response: {
      return_value: { name: 'a', status: 1, segment_infos },
      return_message: '',
      return_code: '0',
      ...rest,
    },
  });
  const wrapped = { performance_segment_info_d_t_o: [] };
  expect(misfits(schema, root(wrapped, { request_id: 'x' }))).toEqual([]);
  expect(misfits(schema, root(wrapped))).not.toEqual([]);
  expect(misfits(schema, root([], { request_id: 'x' }))).not.toEqual([]);
});

test('the documented requests are signed rightly by the demo app', () => {
  for (const operation of operations) {
    const { sign, ...rest } = form(operation).examples.documented?.value ?? {};
    const text = baseText(texts(rest));
    expect(digests['hmac-sha256']('helloworld', text).toUpperCase(), operation.operationId).toBe(sign);
  }
});

test('objects are sent as JSON, simple lists joined by commas, and one DTO name never means two things', () => {
  const dto = (field: string) =>
    struct('SameName', { zh: '对象', en: 'Object' }, { [field]: text({ zh: '值', en: 'Value' }) });
  const define = (name: string, field: string) =>
    method({
      name,
      category: 'platform',
      title: { zh: '测试', en: 'Test' },
      purpose: { zh: '测试', en: 'Test' },
      package: 'test',
      session: 'none',
      kind: 'read',
      request: { object: dto(field), words: list(text({ zh: '词', en: 'Word' }), { zh: '词', en: 'Words' }) },
      response: { objects: list(dto(field), { zh: '列表', en: 'List' }) },
    });
  const small = read([define('test.one', 'a'), define('test.other', 'b')]);
  const one = form(small.paths['/router/rest/test.one']?.post as Operation) as Media & { encoding: object };
  expect(one.encoding).toEqual({
    object: { contentType: 'application/json' },
    words: { style: 'form', explode: false },
  });
  expect(Object.keys(small.components.schemas).filter((name) => name.startsWith('SameName')).length).toBe(4);
});
