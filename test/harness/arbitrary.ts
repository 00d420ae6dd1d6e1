import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { type DatePattern, fieldNote, fieldsOf, itemOf, type JsonObject, kindOf } from '../../src/contract/schema.ts';
import { isPlainText } from '../../src/wire/text.ts';

// No filter here refuses more than a rare value: a field that seldom fits holds up every value that it is drawn for.

/** The characters that spellings stumble over, beside any other that an answer can carry. */
const character = fc.oneof(
  fc.constantFrom(' ', '\r', '\n', '\t', '"', "'", '&', '<', '>', ']]>', '\\', '/', '%', '+', '=', ';', '\u2028'),
  fc.constantFrom('测', '😀', '\u0085', '\u007f', '\ufeff', '\u00a0', '&amp;', '&#13;', '\\u0041', '__proto__'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter(isPlainText),
);

/** Texts that every answer format can carry, of at most a few characters. */
export const plainText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(character, { maxLength: 12 })
    .map((parts) => parts.reduce((text, part) => (text.length + part.length > maxLength ? text : text + part), ''));

const jsonText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .json({ maxDepth: 2 })
    .filter(isPlainText)
    .map((text) => (text.length > maxLength ? '{}' : text));

/** The text of an object that a request may carry in a text: any where none are named, else some of its members. */
const objectText = ({ members: known }: JsonObject, maxLength: number): fc.Arbitrary<string> =>
  known === undefined
    ? fc
        .dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }))
        .map((value) => JSON.stringify(value))
        .filter(isPlainText)
        .map((text) => (text.length > maxLength ? '{}' : text))
    : fc
        .subarray(Object.entries(known))
        .map((some) =>
          JSON.stringify(
            Object.fromEntries(some.map(([name, schema]) => [name, kindOf(schema) === 'boolean' ? true : 1])),
          ),
        );

const UNIT_MS: Record<DatePattern, number> = { 'yyyy-MM-dd HH:mm:ss': 1000, 'yyyy-MM-dd HH:mm': 60_000 };

/** Instants of the years 1970–9999 in GMT+8, as exact as the pattern. */
export const instants = (pattern: DatePattern): fc.Arbitrary<Date> =>
  fc
    .date({
      min: new Date('1970-01-01T00:00:00+08:00'),
      max: new Date('9999-12-31T23:59:59+08:00'),
      noInvalidDate: true,
    })
    .map((date) => new Date(Math.floor(date.getTime() / UNIT_MS[pattern]) * UNIT_MS[pattern]));

/** Where a value goes: requests know only listed values and no empty texts, and join lists by commas at the top. */
type Place = 'response' | 'request' | 'request top';

/** Any value of an answer by its schema; optional members are sometimes absent. */
export const responseValue = (schema: TSchema): fc.Arbitrary<Record<string, unknown>> => members(schema, 'response');

/** Any value that a handler may receive by a request schema. */
export const requestValue = (schema: TSchema): fc.Arbitrary<Record<string, unknown>> => members(schema, 'request top');

function members(schema: TSchema, place: Place): fc.Arbitrary<Record<string, unknown>> {
  const fields = fieldsOf(schema);
  const inner = place === 'request top' ? 'request' : place;
  const at = (field: TSchema): Place => (place === 'request top' && kindOf(field) === 'array' ? place : inner);
  const required = fields.filter((field) => field.required || (place !== 'response' && field.note.missing));
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, anyOf(field.schema, at(field.schema))])), {
    requiredKeys: required.map(({ name }) => name),
    noNullPrototype: true,
  }) as fc.Arbitrary<Record<string, unknown>>;
}

function anyOf(schema: TSchema, place: Place): fc.Arbitrary<unknown> {
  const { date } = fieldNote(schema);
  switch (kindOf(schema)) {
    case 'object':
      return members(schema, place === 'response' ? place : 'request');
    case 'array':
      return listOf(schema, place);
    case 'instant':
      return instants(date as DatePattern);
    case 'integer':
      return integerOf(schema, place);
    case 'boolean':
      return fc.boolean();
    default:
      return textOf(schema, place);
  }
}

function listOf(schema: TSchema, place: Place): fc.Arbitrary<unknown[]> {
  const item = itemOf(schema);
  const joined = place === 'request top' && kindOf(item) !== 'object';
  const inner = place === 'request top' ? 'request' : place;
  const value = anyOf(item, inner);
  const { minItems = 0, maxItems } = schema as unknown as { minItems?: number; maxItems: number };
  const maxLength = Math.min(3, maxItems);
  const items = joined
    ? fc.array(
        value.filter((each) => !String(each).includes(',')),
        { minLength: 1, maxLength },
      )
    : fc.array(value, { minLength: place === 'response' ? 0 : minItems, maxLength });
  const { unique } = fieldNote(schema);
  return place === 'response' || unique === undefined ? items : items.map((list) => eachOnce(list, unique));
}

/** The items of a list without those that a request may not name twice. */
function eachOnce(items: readonly unknown[], by: readonly string[] | true): unknown[] {
  const keyOf = (item: unknown) => (by === true ? item : by.map((name) => (item as Record<string, unknown>)[name]));
  return [...new Map(items.map((item) => [JSON.stringify(keyOf(item)), item])).values()];
}

function integerOf(schema: TSchema, place: Place): fc.Arbitrary<number> {
  const { minimum, maximum } = schema as unknown as { minimum: number; maximum: number };
  const { values } = fieldNote(schema);
  if (place !== 'response' && values !== undefined) return fc.constantFrom(...Object.keys(values).map(Number));
  return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }));
}

function textOf(schema: TSchema, place: Place): fc.Arbitrary<string> {
  const { maxLength } = schema as unknown as { maxLength: number };
  const { type, values, jsonObject, separator } = fieldNote(schema);
  if (place !== 'response' && values !== undefined) return fc.constantFrom(...Object.keys(values));
  if (place !== 'response' && jsonObject !== undefined) return objectText(jsonObject, maxLength);
  if (place !== 'response' && separator !== undefined) return fc.constantFrom('u1', `u1${separator}u2`);
  if (type === 'Json') return jsonText(maxLength);
  const text = plainText(maxLength);
  return place === 'response' ? text : text.map((each) => each || 'a');
}
