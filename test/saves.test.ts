import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import { fieldNote, fieldsOf, itemOf, kindOf } from '../src/contract/schema.ts';
import { compileParser } from '../src/wire/parse.ts';
import { plainRequest, toParameters, withValue } from './harness/requests.ts';

const saves = [...catalogue.values()].filter(({ name }) => /^piaoquan\..*\.(save|set|create|update)$/.test(name));

/** Every list of a request, down through objects and the items of lists. */
function listsOf(schema: TSchema, above: readonly string[] = []): { names: readonly string[]; schema: TSchema }[] {
  return fieldsOf(schema).flatMap((field) => {
    const names = [...above, field.name];
    if (field.kind === 'object') return listsOf(field.schema, names);
    if (field.kind !== 'array') return [];
    const item = itemOf(field.schema);
    return [{ names, schema: field.schema }, ...(kindOf(item) === 'object' ? listsOf(item, [...names, '0']) : [])];
  });
}

const lists = saves.flatMap((contract) => listsOf(contract.request).map((list) => ({ contract, ...list })));

test('every list of a save says what tells its items apart', () => {
  expect(lists.length).toBeGreaterThan(10);
  const silent = lists.filter(({ schema }) => fieldNote(schema).unique === undefined);
  expect(silent.map(({ contract, names }) => `${contract.name} ${names.join('.')}`)).toEqual([]);
});

/** An item of a list with the members that must come. */
function itemFor(schema: TSchema): unknown {
  const { example, values } = fieldNote(schema);
  const text = example ?? Object.keys(values ?? {})[0] ?? '1';
  switch (kindOf(schema)) {
    case 'object': {
      const needed = fieldsOf(schema).filter(({ required }) => required);
      return Object.fromEntries(needed.map((field) => [field.name, itemFor(field.schema)]));
    }
    case 'array':
      return [itemFor(itemOf(schema))];
    case 'integer':
      return Number(text);
    case 'boolean':
      return false;
    case 'instant':
      return '2026-01-02 03:04:05';
    default:
      return text;
  }
}

describe('what is given twice in one save is refused, and the second one named', () => {
  const outer = lists.filter(({ names }) => !names.includes('0'));
  test.each(
    outer.map(({ contract, names, schema }) => [contract.name, names.join('.'), contract, names, schema] as const),
  )('%s %s', (_name, path, contract, names, schema) => {
    const item = itemFor(itemOf(schema));
    const parse = (value: unknown) => {
      try {
        return compileParser(contract)(new Map(toParameters(withValue(plainRequest(contract), names, value))));
      } catch (error) {
        return { msg: (error as { argument?: string }).argument ?? JSON.stringify(error) };
      }
    };
    expect(JSON.stringify(parse([item, item]))).toContain(`${path}[1]`);
    expect(JSON.stringify(parse([item]))).not.toContain(`${path}[`);
    const by = fieldNote(schema).unique;
    if (Array.isArray(by) && by.length === 1)
      expect(JSON.stringify(parse([item, item]))).toContain(`${path}[1].${by[0]}`);
    if (typeof item === 'object') {
      // Other members do not make it another.
      const name = fieldsOf(itemOf(schema)).find(
        (field) =>
          field.kind === 'string' && !(by as readonly string[]).includes(field.name) && field.note.values === undefined,
      )?.name;
      if (name !== undefined)
        expect(JSON.stringify(parse([item, { ...item, [name]: 'other' }]))).toContain(`${path}[1]`);
    }
  });
});
