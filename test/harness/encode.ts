import type { TSchema } from 'typebox';
import type { Contract } from '../../src/contract/method.ts';
import { fieldNote, fieldsOf, itemOf, kindOf } from '../../src/contract/schema.ts';
import { LOOKS_LIKE_JSON } from '../../src/wire/lists.ts';
import { formatInstant } from '../../src/wire/time.ts';

/**
 * A request as TOP's SDKs spell it (TOP protocol 3): objects and lists of objects as JSON text, lists of simple values
 * comma-joined, instants as text by their pattern.
 */
export function encodeRequest(contract: Contract, value: Record<string, unknown>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const { name, schema, kind } of fieldsOf(contract.request)) {
    if (value[name] === undefined) continue;
    const plain = toJsonValue(schema, value[name]);
    if (kind === 'array' && kindOf(itemOf(schema)) !== 'object') parameters.set(name, joined(plain as unknown[]));
    else parameters.set(name, typeof plain === 'object' ? JSON.stringify(plain) : String(plain));
  }
  return parameters;
}

/** A list of simple values: comma-joined, or as JSON where that would begin as JSON does. */
function joined(items: unknown[]): string {
  const text = items.join(',');
  return LOOKS_LIKE_JSON.test(text) ? JSON.stringify(items) : text;
}

function toJsonValue(schema: TSchema, value: unknown): unknown {
  switch (kindOf(schema)) {
    case 'instant':
      return formatInstant(value as Date, fieldNote(schema).date);
    case 'array':
      return (value as unknown[]).map((each) => toJsonValue(itemOf(schema), each));
    case 'object': {
      const source = value as Record<string, unknown>;
      const present = fieldsOf(schema).filter(({ name }) => source[name] !== undefined);
      return Object.fromEntries(present.map((field) => [field.name, toJsonValue(field.schema, source[field.name])]));
    }
    default:
      return value;
  }
}
