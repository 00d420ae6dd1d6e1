import type { TSchema } from 'typebox';
import type { Contract } from '../../src/contract/method.ts';
import { type Field, fieldNote, fieldsOf, itemOf, kindOf } from '../../src/contract/schema.ts';
import { documentedRequests } from './documented.ts';

/** A request as plain JSON values, instants as text. */
export type PlainRequest = Record<string, unknown>;

/** The documented request of a method, or one made of its contract's examples. */
export const plainRequest = (contract: Contract): PlainRequest =>
  structuredClone(
    (documentedRequests as Record<string, PlainRequest>)[contract.name] ?? exampleMembers(contract.request),
  );

/** Whether the demo data answer the method's request with success. */
export const isDocumented = (contract: Contract): boolean => Object.hasOwn(documentedRequests, contract.name);

function exampleMembers(schema: TSchema): PlainRequest {
  const mustCome = ({ required, note }: Field) => required || note.missing !== undefined;
  // An object that may be left out comes along when some of it must come with it.
  const needed = fieldsOf(schema).filter(
    (field) => mustCome(field) || (field.kind === 'object' && fieldsOf(field.schema).some(mustCome)),
  );
  return Object.fromEntries(needed.map((field) => [field.name, exampleOf(field.schema)]));
}

function exampleOf(schema: TSchema): unknown {
  const { example, values, type } = fieldNote(schema);
  const text = values === undefined ? example : Object.keys(values)[0];
  switch (kindOf(schema)) {
    case 'object':
      return exampleMembers(schema);
    case 'array':
      return [exampleOf(itemOf(schema))];
    case 'integer':
      return Number(text ?? 1);
    case 'boolean':
      return text === 'true';
    case 'instant':
      return '2026-01-02 03:04:05';
    default:
      return text ?? (type === 'Json' ? '{}' : 'a');
  }
}

/** The parameters of a request as SDKs spell it: objects and lists as JSON text. */
export const toParameters = (request: PlainRequest): [string, string][] =>
  Object.entries(request).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);

/** A field anywhere in a request: how errors call it, and the names that lead to it. */
export type Place = {
  readonly path: string;
  readonly names: readonly string[];
  readonly schema: TSchema;
  readonly required: boolean;
};

/** Every field of a method's request, down through objects. */
export function placesOf(contract: Contract): Place[] {
  const below = (schema: TSchema, above: readonly string[]): Place[] =>
    fieldsOf(schema).flatMap((field) => {
      const names = [...above, field.name];
      const required = field.required || field.note.missing !== undefined;
      const place = { path: names.join('.'), names, schema: field.schema, required };
      return field.kind === 'object' ? [place, ...below(field.schema, names)] : [place];
    });
  return below(contract.request, []);
}

/** The request with one field set, or with undefined removed. */
export function withValue(request: PlainRequest, names: readonly string[], value: unknown): PlainRequest {
  const changed = structuredClone(request);
  let parent = changed;
  for (const name of names.slice(0, -1)) {
    parent[name] ??= {};
    parent = parent[name] as PlainRequest;
  }
  const last = names.at(-1) as string;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return changed;
}

/** Values of a wrong form for a field, which its contract refuses. */
export function wrongValues(schema: TSchema): unknown[] {
  const { values, type } = fieldNote(schema);
  const unlisted = values === undefined ? [] : ['no-such-value'];
  switch (kindOf(schema)) {
    case 'object':
      return ['text', '[]', '{', '"x"'];
    case 'array':
      return kindOf(itemOf(schema)) === 'object' ? ['text', '{}'] : [',', 'a,,b'];
    case 'integer': {
      const { minimum, maximum } = schema as unknown as { minimum: number; maximum: number };
      const outside = values === undefined ? [] : ['987654'];
      return ['abc', '1.5', '1e2', '9007199254740993', ...outside, ...beyond(minimum, maximum)];
    }
    case 'boolean':
      return ['perhaps', '1'];
    case 'instant':
      return ['2026-02-30 00:00:00', 'yesterday'];
    default: {
      const { maxLength } = schema as unknown as { maxLength: number };
      return ['x'.repeat(maxLength + 1), 'a\u0001b', ...unlisted, ...(type === 'Json' ? ['{', 'text'] : [])];
    }
  }
}

const beyond = (minimum: number, maximum: number): string[] => [
  ...(minimum > Number.MIN_SAFE_INTEGER ? [String(minimum - 1)] : []),
  ...(maximum < Number.MAX_SAFE_INTEGER ? [String(maximum + 1)] : []),
];
