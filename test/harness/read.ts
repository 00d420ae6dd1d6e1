import type { TSchema } from 'typebox';
import { type ErrorBody, TopError } from '../../src/contract/errors.ts';
import type { Contract, ResponseOf } from '../../src/contract/method.ts';
import { fieldNote, fieldsOf, itemName, itemOf, kindOf } from '../../src/contract/schema.ts';
import { rootName } from '../../src/wire/render.ts';
import { parseInstant } from '../../src/wire/time.ts';

/** The text is no answer of the method by its contract. */
export class AnswerError extends Error {
  override name = 'AnswerError';
}

/** An answer as a handler gave it: instants as Date, lists unwrapped, absent members absent. */
export type Reading<C> = { readonly value: ResponseOf<C>; readonly request_id: string };

/**
 * Readers of a method's JSON answers. They throw the TopError of an `error_response`, and AnswerError naming the field
 * for a text that does not fit the contract. Members that the contract lacks are passed over, so that a newer server
 * may send more.
 */
export type Reader<C> = {
  /** Reads the normal form: one root, wrapped lists (TOP protocol 5.4). */
  json(text: string): Reading<C>;
  /** Reads the simplified form: no root, bare lists (TOP protocol 5.5). */
  simplified(text: string): Reading<C>;
};

type Read = (value: unknown, path: string) => unknown;
type Members = Readonly<Record<string, unknown>>;

/** Compiles the readers of a method from its contract. */
export function compileReader<C extends Contract>(contract: C): Reader<C> {
  const root = rootName(contract.name);
  const normal = objectReader(contract.response, true);
  const simplified = objectReader(contract.response, false);
  const reading = (read: Read, value: unknown): Reading<C> => ({
    value: read(value, root) as ResponseOf<C>,
    request_id: String((value as Members).request_id ?? ''),
  });
  return {
    json: (text) => reading(normal, openAnswer(text)[root]),
    simplified: (text) => reading(simplified, openAnswer(text)),
  };
}

/** The top object of an answer; throws when it is an `error_response`. */
function openAnswer(text: string): Members {
  let top: unknown;
  try {
    top = JSON.parse(text);
  } catch {
    throw new AnswerError('the answer is not JSON');
  }
  const members = asMembers(top, 'the answer');
  if (members.error_response === undefined) return members;
  const { request_id: _call, ...body } = asMembers(members.error_response, 'error_response') as ErrorBody & Members;
  throw new TopError(body);
}

const wrong = (path: string, wanted: string): AnswerError => new AnswerError(`${path} should be ${wanted}`);

function asMembers(value: unknown, path: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object');
  return value as Members;
}

function reader(schema: TSchema, wrapped: boolean): Read {
  switch (kindOf(schema)) {
    case 'object':
      return objectReader(schema, wrapped);
    case 'array':
      return listReader(schema, wrapped);
    case 'instant':
      return instantReader(schema);
    case 'integer':
      return ofType('number');
    case 'boolean':
      return ofType('boolean');
    default:
      return ofType('string');
  }
}

function objectReader(schema: TSchema, wrapped: boolean): Read {
  const readers = fieldsOf(schema).map((field) => ({ ...field, read: reader(field.schema, wrapped) }));
  return (value, path) => {
    const source = asMembers(value, path);
    const out: Record<string, unknown> = {};
    for (const { name, kind, required, read } of readers) {
      const member = source[name] ?? undefined;
      if (member !== undefined) out[name] = read(member, `${path}.${name}`);
      // An empty list may be left out (TOP protocol 5.4).
      else if (required && kind === 'array') out[name] = [];
      else if (required) throw wrong(`${path}.${name}`, 'present');
    }
    return out;
  };
}

function listReader(schema: TSchema, wrapped: boolean): Read {
  const item = itemOf(schema);
  const key = itemName(fieldNote(item).type);
  const read = reader(item, wrapped);
  return (value, path) => {
    const items = wrapped ? (asMembers(value, path)[key] ?? []) : value;
    if (!Array.isArray(items)) throw wrong(path, 'a list');
    return items.map((each, index) => read(each, `${path}[${index}]`));
  };
}

function instantReader(schema: TSchema): Read {
  const pattern = fieldNote(schema).date;
  return (value, path) => {
    const instant = typeof value === 'string' ? parseInstant(value, pattern) : undefined;
    if (instant === undefined) throw wrong(path, `a time as ${pattern}`);
    return instant;
  };
}

const ofType =
  (type: 'string' | 'number' | 'boolean'): Read =>
  (value, path) => {
    if (typeof value !== type) throw wrong(path, `a ${type}`);
    return value;
  };
