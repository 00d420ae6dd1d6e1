import type { TSchema } from 'typebox';
import { invalidArgument as invalid, platformError } from '../contract/errors.ts';
import { type Contract, fault, type RequestOf } from '../contract/method.ts';
import { type Field, fieldNote, fieldsOf, itemOf, type JsonObject, kindOf } from '../contract/schema.ts';
import { findJsonFault } from './json-fault.ts';
import { LOOKS_LIKE_JSON } from './lists.ts';
import { faultOfText } from './text.ts';
import { faultOfInstant, parseInstant } from './time.ts';
import { isStrict, refuseUnknown, type Values } from './unknown.ts';

type Read = (value: unknown, path: string) => unknown;

/**
 * Compiles the request parser of a method from its contract. The parser turns texts into typed values: nested objects
 * and lists of objects come as JSON text, lists of simple values comma-joined (TOP protocol 3) or as JSON. Numbers and
 * booleans are taken as text too, since clients differ in what they quote. TOP's own methods take texts as JSON numbers or
 * objects likewise, and pass over what they do not know; ours refuse both. Null and an empty text are as good as nothing,
 * but for what is marked as a setting: there they arrive as null.
 * Throws platform error 40 or 41 naming the field with its path, or the method's own error where the contract gives one.
 */
export function compileParser<C extends Contract>(contract: C): (parameters: Values) => RequestOf<C> {
  const read = members(contract.request, contract);
  return (parameters) =>
    read({ names: () => parameters.keys(), of: (name) => parameters.get(name) }, '') as RequestOf<C>;
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** The members of an object as they came: their names, and each by its name. */
type Given = { readonly names: () => Iterable<string>; readonly of: (name: string) => unknown };

const givenIn = (value: object): Given => ({
  names: () => Object.keys(value),
  of: (name) => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined),
});

/** Reads the fields of an object, each found by its name. */
type ReadMembers = (given: Given, path: string) => Record<string, unknown>;

function members(schema: TSchema, contract: Contract): ReadMembers {
  const readers = fieldsOf(schema).map((field) => ({ field, read: reader(field.schema, contract) }));
  const refuse = isStrict(contract) ? refuseUnknown(new Set(readers.map(({ field }) => field.name))) : undefined;
  return (given, path) => {
    refuse?.(given.names(), path);
    const out: Record<string, unknown> = {};
    for (const { field, read } of readers) {
      const here = path === '' ? field.name : `${path}.${field.name}`;
      const member = given.of(field.name);
      if (!isMissing(member)) out[field.name] = read(member, here);
      else if (field.note.setting && member !== undefined) out[field.name] = null;
      else if (field.required || field.note.missing !== undefined) throw missing(field, here, contract);
    }
    return out;
  };
}

function missing(field: Field, path: string, contract: Contract): Error {
  if (field.note.missing !== undefined) return fault(contract, field.note.missing);
  return platformError('missing-arguments', { argument: path, sub_msg: `缺少必填参数 ${path}` });
}

function reader(schema: TSchema, contract: Contract): Read {
  switch (kindOf(schema)) {
    case 'object':
      return objectReader(schema, contract);
    case 'array':
      return arrayReader(schema, contract);
    case 'instant':
      return instantReader(schema);
    case 'integer':
      return integerReader(schema);
    case 'boolean':
      return boolean;
    default:
      return textReader(schema, contract);
  }
}

function objectReader(schema: TSchema, contract: Contract): Read {
  const read = members(schema, contract);
  const { missing: whenEmpty } = fieldNote(schema);
  return (value, path) => {
    const object = asObject(typeof value === 'string' ? parseJson(value, path) : value, path);
    if (whenEmpty !== undefined && Object.keys(object).length === 0) throw fault(contract, whenEmpty);
    return read(givenIn(object), path);
  };
}

function asObject(value: unknown, path: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(path, '应为 JSON 对象');
  return value;
}

function arrayReader(schema: TSchema, contract: Contract): Read {
  const item = itemOf(schema);
  const read = reader(item, contract);
  const joined = kindOf(item) !== 'object';
  const { minItems = 0, maxItems } = schema as unknown as { minItems?: number; maxItems: number };
  const { unique } = fieldNote(schema);
  return (value, path) => {
    const isJoined = joined && typeof value === 'string' && !LOOKS_LIKE_JSON.test(value);
    const items = isJoined ? value.split(',') : asList(value, path, joined);
    if (items.length > maxItems) throw invalid(path, `最多 ${maxItems} 项`);
    if (items.length < minItems) throw invalid(path, `至少 ${minItems} 项`);
    const values = items.map((each, index) => {
      if (isMissing(each)) throw invalid(`${path}[${index}]`, '为空');
      if (joined && typeof each === 'object') throw invalid(`${path}[${index}]`, '应为单个的值，不是列表或对象');
      return read(each, `${path}[${index}]`);
    });
    if (unique !== undefined) refuseTwice(values, unique === true ? undefined : unique, path);
    return values;
  };
}

/** Refuses a list in which a value, or an object of the same members, stands twice: which of the two would count? */
function refuseTwice(values: readonly unknown[], by: readonly string[] | undefined, path: string): void {
  const seen = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const key = by === undefined ? value : by.map((name) => (value as Record<string, unknown>)[name]);
    const text = JSON.stringify(key);
    const before = seen.get(text);
    if (before !== undefined)
      throw invalid(`${path}[${index}]${by?.length === 1 ? `.${by[0]}` : ''}`, `与 ${path}[${before}] 重复`);
    seen.set(text, index);
  }
}

function asList(value: unknown, path: string, joined: boolean): unknown[] {
  const list = typeof value === 'string' ? parseJson(value, path) : value;
  if (!Array.isArray(list)) throw invalid(path, joined ? '应为 JSON 列表，或以逗号分隔的值' : '应为 JSON 列表');
  return list;
}

function instantReader(schema: TSchema): Read {
  const pattern = fieldNote(schema).date;
  return (value, path) => {
    const found = typeof value === 'string' ? parseInstant(value, pattern) : undefined;
    if (found === undefined) throw invalid(path, faultOfInstant(value, pattern));
    return found;
  };
}

const boolean: Read = (value, path) => {
  // In capitals as Python spells them.
  if (value === true || value === 'true' || value === 'True') return true;
  if (value === false || value === 'false' || value === 'False') return false;
  throw invalid(path, '应为 true 或 false');
};

function integerReader(schema: TSchema): Read {
  const { minimum, maximum } = schema as unknown as { minimum: number; maximum: number };
  const { values } = fieldNote(schema);
  return (value, path) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    // Digits enough make an infinite number, which is whole for all that.
    if (typeof number !== 'number' || !(Number.isInteger(number) || Math.abs(number) === Infinity))
      throw invalid(path, '应为整数');
    if (number < minimum || number > maximum) throw invalid(path, `应在 ${minimum} 与 ${maximum} 之间`);
    if (values !== undefined && !Object.hasOwn(values, number)) throw invalid(path, oneOf(values));
    return number;
  };
}

function textReader(schema: TSchema, contract: Contract): Read {
  const { maxLength } = schema as unknown as { maxLength: number };
  const { type, values, jsonObject, separator } = fieldNote(schema);
  const check = jsonObject === undefined ? undefined : objectTextChecker(jsonObject, contract);
  const mayBeObject = !isStrict(contract) || jsonObject !== undefined || type === 'Json';
  return (value, path) => {
    if (typeof value === 'object' && !mayBeObject) throw invalid(path, '应为文本');
    const given = typeof value === 'string' ? value : jsonText(value, path);
    const text = separator !== undefined && LOOKS_LIKE_JSON.test(given) ? joinList(given, separator, path) : given;
    if (text.length > maxLength) throw invalid(path, `最多 ${maxLength} 个字符`);
    const fault = faultOfText(text);
    if (fault !== undefined) throw invalid(path, fault);
    if (values !== undefined && !Object.hasOwn(values, text)) throw invalid(path, oneOf(values));
    if (check !== undefined) check(text, path);
    else if (type === 'Json') parseJson(text, path);
    return text;
  };
}

/** The items of a JSON list of texts or numbers, joined by what stands between them in a text. */
function joinList(text: string, separator: string, path: string): string {
  const items = parseJson(text, path);
  if (!Array.isArray(items)) throw invalid(path, `应为 JSON 列表，或以 ${separator} 分隔的值`);
  for (const [index, item] of items.entries())
    if ((typeof item !== 'string' && typeof item !== 'number') || String(item).includes(separator))
      throw invalid(`${path}[${index}]`, `应为不含 ${separator} 的单个值`);
  return items.join(separator);
}

/** Checks that a text is that of a JSON object with the members it may have; blank is as good as none. */
function objectTextChecker(
  { members: known, open }: JsonObject,
  contract: Contract,
): (text: string, path: string) => void {
  const readers = Object.entries(known ?? {}).map(([name, schema]) => ({ name, read: reader(schema, contract) }));
  const refuse = known === undefined ? undefined : refuseUnknown(new Set(Object.keys(known)), open);
  return (text, path) => {
    if (text.trim() === '') return;
    const given = givenIn(asObject(parseJson(text, path), path));
    refuse?.(given.names(), path);
    for (const { name, read } of readers) {
      const member = given.of(name);
      if (member !== undefined && member !== null) read(member, `${path}.${name}`);
    }
  };
}

function jsonText(value: unknown, path: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Reading takes any depth, writing does not.
    throw invalid(path, '嵌套过深');
  }
}

const oneOf = (values: object): string => `应为 ${Object.keys(values).join('、')} 之一`;

/** Where a number of 16 digits or more may stand. Ids within quotes are left out: to look at every value costs a draw 4 µs. */
const LONG_NUMBER = /(?:^|[:,[\s])-?\d{16}/;

/**
 * Reads JSON text of a caller. Whole numbers beyond ±(2^53−1) become their digits as text, since a double would change
 * them silently: a String field then keeps the exact id, a Number field refuses it.
 */
function parseJson(text: string, path: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    // To keep digits goes as deep as the text does.
    if (fault === undefined) throw invalid(path, '嵌套过深');
    const { line, column, why, shown } = fault;
    throw invalid(path, `不是合法的 JSON，第 ${line} 行第 ${column} 个字符处${why}：${shown}`);
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : value;
}
