import type { TSchema } from 'typebox';
import type { ErrorBody } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { type Field, fieldNote, fieldsOf, itemName, itemOf, kindOf } from '../contract/schema.ts';
import { cut, escapeXml, quoteJson, toPlainText } from './text.ts';
import { formatInstant } from './time.ts';

/** The three spellings of an answer (TOP protocol 5.2, 5.4, 5.5). */
export type Format = 'xml' | 'json' | 'simplified';

/** Writes one answer: the handler's value and the request_id, which stands inside the root. */
export type Writer = (value: object, request_id: string) => string;

type Write = (value: unknown) => string;

const XML_PROLOG = '<?xml version="1.0" encoding="utf-8" ?>';

/** Root of a method's answer: `taobao.` dropped, dots to underscores, `_response` (TOP protocol 5.1). */
export const rootName = (method: string): string => `${method.replace(/^taobao\./, '').replaceAll('.', '_')}_response`;

/**
 * Compiles the three writers of a method from its contract. Writers put fields in contract order, leave out what is
 * null or undefined, and throw a plain Error when a value does not fit (a fault of a handler, never of a caller).
 */
export function compileWriters(contract: Contract): Record<Format, Writer> {
  const root = rootName(contract.name);
  const xml = spelledOnce(xmlMembers(contract.response));
  const json = spelledOnce(jsonMembers(contract.response, true));
  const simplified = spelledOnce(jsonMembers(contract.response, false));
  return {
    xml: (value, request_id) => `${XML_PROLOG}<${root}>${xml(value)}<request_id>${request_id}</request_id></${root}>`,
    json: (value, request_id) => `{"${root}":{${withRequestId(json(value), request_id)}}}`,
    simplified: (value, request_id) => `{${withRequestId(simplified(value), request_id)}}`,
  };
}

/** Callers that one read served get the very same value, one after the other: its text serves them all. */
function spelledOnce(write: Write): Write {
  let last: unknown;
  let text = '';
  return (value) => {
    if (value !== last) {
      last = undefined;
      text = write(value);
      last = value;
    }
    return text;
  };
}

const withRequestId = (members: string, request_id: string): string =>
  `${members}${members === '' ? '' : ','}"request_id":"${request_id}"`;

/** Most characters of a text in an error, which may repeat what the caller sent. */
const LONGEST_TEXT = 4000;

/** An `error_response`; it keeps its root in simplified JSON too (TOP protocol 5.5, 6.1). */
export function renderError(format: Format, error: ErrorBody, request_id: string): string {
  const { code, sub_code, argument, columns } = error;
  const sub_msg = error.sub_msg === undefined ? undefined : cut(error.sub_msg, LONGEST_TEXT);
  const body = { code, msg: cut(error.msg, LONGEST_TEXT), sub_code, sub_msg, argument, columns, request_id };
  if (format !== 'xml') return JSON.stringify({ error_response: body }, plainTexts);
  const members = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${Array.isArray(value) ? xmlTexts(value) : escapeXml(String(value))}</${name}>`);
  return `${XML_PROLOG}<error_response>${members.join('')}</error_response>`;
}

const xmlTexts = (texts: readonly string[]): string =>
  texts.map((each) => `<string>${escapeXml(each)}</string>`).join('');

/** A sub_msg may hold what the caller sent, control characters included. */
const plainTexts = (_name: string, value: unknown): unknown => (typeof value === 'string' ? toPlainText(value) : value);

/** Media type of an answer; the charset is there because .NET reads it from the header (TOP protocol 1). */
export const contentType = (format: Format): string =>
  format === 'xml' ? 'text/xml;charset=utf-8' : 'application/json;charset=utf-8';

function scalar(schema: TSchema, quote: (text: string) => string): Write {
  const { date, type } = fieldNote(schema);
  if (date !== undefined) return (value) => quote(formatInstant(value as Date, date));
  switch (kindOf(schema)) {
    case 'integer':
      return wholeNumber;
    case 'boolean':
      return (value) => (value === true ? 'true' : 'false');
    case 'string':
      return (value) => quote(value as string);
    default:
      throw new Error(`no writer for ${type}`);
  }
}

function wholeNumber(value: unknown): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number within 2^53: ${String(value)}`);
  return String(value);
}

const jsonValue = (schema: TSchema, wrapped: boolean): Write => {
  switch (kindOf(schema)) {
    case 'object': {
      const members = jsonMembers(schema, wrapped);
      return (value) => `{${members(value)}}`;
    }
    case 'array':
      return jsonList(schema, wrapped);
    default:
      return scalar(schema, quoteJson);
  }
};

function jsonList(schema: TSchema, wrapped: boolean): Write {
  const item = itemOf(schema);
  const write = jsonValue(item, wrapped);
  const open = wrapped ? `{"${itemName(fieldNote(item).type)}":[` : '[';
  const close = wrapped ? ']}' : ']';
  // An empty wrapper is `{}`, the form live answers show (TOP protocol 5.4).
  const empty = wrapped ? '{}' : '[]';
  return (value) => {
    const items = value as unknown[];
    return items.length === 0 ? empty : open + items.map(write).join(',') + close;
  };
}

function jsonMembers(schema: TSchema, wrapped: boolean): Write {
  const writers = fieldsOf(schema).map(({ name, schema: field }) => ({
    name,
    key: `"${name}":`,
    write: jsonValue(field, wrapped),
  }));
  return (value) => {
    const source = value as Record<string, unknown>;
    let out = '';
    for (const { name, key, write } of writers) {
      const member = source[name];
      if (member === null || member === undefined) continue;
      out += (out === '' ? key : `,${key}`) + write(member);
    }
    return out;
  };
}

const xmlValue = (schema: TSchema): Write => {
  switch (kindOf(schema)) {
    case 'object':
      return xmlMembers(schema);
    case 'array': {
      const item = itemOf(schema);
      const name = itemName(fieldNote(item).type);
      const write = xmlValue(item);
      return (value) => (value as unknown[]).map((each) => `<${name}>${write(each)}</${name}>`).join('');
    }
    default:
      return scalar(schema, escapeXml);
  }
};

function xmlMembers(schema: TSchema): Write {
  const writers = fieldsOf(schema).map(({ name, schema: field }: Field) => ({
    name,
    open: `<${name}>`,
    close: `</${name}>`,
    write: xmlValue(field),
  }));
  return (value) => {
    const source = value as Record<string, unknown>;
    let out = '';
    for (const { name, open, close, write } of writers) {
      const member = source[name];
      if (member !== null && member !== undefined) out += open + write(member) + close;
    }
    return out;
  };
}
