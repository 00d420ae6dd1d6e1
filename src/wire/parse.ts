import type { TSchema } from 'typebox';
import { platformError } from '../contract/errors.ts';
import { type Contract, fault, type RequestOf } from '../contract/method.ts';
import { type Field, fieldNote, fieldsOf, itemOf, kindOf } from '../contract/schema.ts';
import { isPlainText } from './text.ts';
import { parseInstant } from './time.ts';

type Read = (value: unknown, path: string) => unknown;

/** Business parameters by name: texts off the wire, or values that are typed already. */
export type Values = { get(name: string): unknown };

/**
 * Compiles the request parser of a method from its contract. The parser turns texts into typed values: nested objects
 * and lists of objects come as JSON text, lists of simple values comma-joined (TOP protocol 3). Numbers and booleans
 * are taken as text too, and texts as JSON numbers or objects, since clients differ in what they quote.
 * Throws platform error 40 or 41 naming the field with its path, or the method's own error where the contract gives one.
 */
export function compileParser<C extends Contract>(contract: C): (parameters: Values) => RequestOf<C> {
  const read = members(contract.request, contract);
  return (parameters) => read((name) => parameters.get(name), '') as RequestOf<C>;
}

const invalid = (path: string, why: string): Error =>
  platformError('invalid-arguments', { argument: path, sub_msg: `参数 ${path} 不合法：${why}` });

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Reads the fields of an object, each found by its name. */
type ReadMembers = (memberOf: (name: string) => unknown, path: string) => Record<string, unknown>;

function members(schema: TSchema, contract: Contract): ReadMembers {
  const readers = fieldsOf(schema).map((field) => ({ field, read: reader(field.schema, contract) }));
  return (memberOf, path) => {
    const out: Record<string, unknown> = {};
    for (const { field, read } of readers) {
      const here = path === '' ? field.name : `${path}.${field.name}`;
      const member = memberOf(field.name);
      if (!isMissing(member)) out[field.name] = read(member, here);
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
      return textReader(schema);
  }
}

function objectReader(schema: TSchema, contract: Contract): Read {
  const read = members(schema, contract);
  const { missing: whenEmpty } = fieldNote(schema);
  return (value, path) => {
    const parsed = typeof value === 'string' ? parseJson(value, path) : value;
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid(path, '应为 JSON 对象');
    if (whenEmpty !== undefined && Object.keys(parsed).length === 0) throw fault(contract, whenEmpty);
    return read((name) => (Object.hasOwn(parsed, name) ? (parsed as Record<string, unknown>)[name] : undefined), path);
  };
}

function arrayReader(schema: TSchema, contract: Contract): Read {
  const item = itemOf(schema);
  const read = reader(item, contract);
  const simple = kindOf(item) !== 'object';
  const { maxItems } = schema as unknown as { maxItems: number };
  return (value, path) => {
    const items = typeof value !== 'string' ? value : simple ? value.split(',') : parseJson(value, path);
    if (!Array.isArray(items)) throw invalid(path, '应为列表');
    if (items.length > maxItems) throw invalid(path, `最多 ${maxItems} 项`);
    return items.map((each, index) => {
      if (isMissing(each)) throw invalid(`${path}[${index}]`, '为空');
      return read(each, `${path}[${index}]`);
    });
  };
}

function instantReader(schema: TSchema): Read {
  const pattern = fieldNote(schema).date;
  return (value, path) => {
    const found = typeof value === 'string' ? parseInstant(value, pattern) : undefined;
    if (found === undefined) throw invalid(path, `应为 ${pattern}（GMT+8）`);
    return found;
  };
}

const boolean: Read = (value, path) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(path, '应为 true 或 false');
};

function integerReader(schema: TSchema): Read {
  const { minimum, maximum } = schema as unknown as { minimum: number; maximum: number };
  const { values } = fieldNote(schema);
  return (value, path) => {
    const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
    if (!Number.isInteger(number)) throw invalid(path, '应为整数');
    const whole = number as number;
    if (whole < minimum || whole > maximum) throw invalid(path, `应在 ${minimum} 与 ${maximum} 之间`);
    if (values !== undefined && !Object.hasOwn(values, whole)) throw invalid(path, oneOf(values));
    return whole;
  };
}

function textReader(schema: TSchema): Read {
  const { maxLength } = schema as unknown as { maxLength: number };
  const { type, values } = fieldNote(schema);
  return (value, path) => {
    const text = typeof value === 'string' ? value : jsonText(value, path);
    if (text.length > maxLength) throw invalid(path, `最多 ${maxLength} 个字符`);
    if (!isPlainText(text)) throw invalid(path, '含有不允许的控制字符');
    if (values !== undefined && !Object.hasOwn(values, text)) throw invalid(path, oneOf(values));
    if (type === 'Json') parseJson(text, path);
    return text;
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
    throw invalid(path, '不是合法的 JSON');
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : value;
}
