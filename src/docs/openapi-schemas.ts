import { createHash } from 'node:crypto';
import type { TSchema } from 'typebox';
import type { Contract } from '../contract/method.ts';
import { type Field, type FieldNote, fieldNote, fieldsOf, itemName, itemOf, kindOf } from '../contract/schema.ts';
import type { Language } from './labels.ts';

/** A JSON Schema, or any other part of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** How values are spelled: as a request sends them, or as a normal JSON answer holds them, with wrapped lists. */
export type Direction = 'request' | 'response';

/** The objects of all methods, by the names of their DTOs. */
export type SchemaBook = {
  /** The schema of a field or top object; objects with a DTO name are references. */
  describe(schema: TSchema, spelling: Direction): Part;
  /** Every object that was described, by name. */
  readonly components: Readonly<Record<string, Part>>;
};

/** An object as one method spells it; equal content is the same component. */
type Variant = { readonly schema: TSchema; readonly spelling: Direction; readonly method: string };

/** The objects that share a DTO name, by their content. */
type Variants = Map<string, Map<string, Variant>>;

/**
 * Gives every DTO of the methods a name. A name that stands for different objects in different methods, as the pages of
 * TOP have some, gets the method behind it wherever it is used, so that the names do not depend on the order of methods.
 */
export function openSchemaBook(contracts: readonly Contract[], language: Language): SchemaBook {
  const keyOf: NameOf = (schema, spelling) => {
    const { description: _own, ...content } = describeMembers(schema, { spelling, language, nameOf: keyOf });
    return createHash('sha256').update(JSON.stringify(content)).digest('hex');
  };
  const variants: Variants = new Map();
  for (const { name, request, response } of contracts) {
    for (const field of fieldsOf(request))
      learn(variants, { schema: field.schema, spelling: 'request', method: name }, keyOf);
    for (const field of fieldsOf(response))
      learn(variants, { schema: field.schema, spelling: 'response', method: name }, keyOf);
  }
  const names = nameVariants(variants);
  const nameOf: NameOf = (schema, spelling) =>
    names.get(`${fieldNote(schema).type} ${keyOf(schema, spelling)}`) as string;
  const all = [...variants.values()].flatMap((own) => [...own.values()]);
  return {
    describe: (schema, spelling) => describeField(schema, { spelling, language, nameOf }),
    components: Object.fromEntries(
      all.map(({ schema, spelling }) => [
        nameOf(schema, spelling),
        describeMembers(schema, { spelling, language, nameOf }),
      ]),
    ),
  };
}

/** Takes down an object and every object below it. */
function learn(variants: Variants, { schema, spelling, method }: Variant, keyOf: NameOf): void {
  const kind = kindOf(schema);
  if (kind === 'array') learn(variants, { schema: itemOf(schema), spelling, method }, keyOf);
  if (kind !== 'object') return;
  const { type } = fieldNote(schema);
  const own = variants.get(type) ?? new Map<string, Variant>();
  const key = keyOf(schema, spelling);
  if (!own.has(key)) own.set(key, { schema, spelling, method });
  variants.set(type, own);
  for (const field of fieldsOf(schema)) learn(variants, { schema: field.schema, spelling, method }, keyOf);
}

function nameVariants(variants: Variants): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [type, own] of variants) {
    // Most that differ do so between what is sent and what comes back.
    const bySpelling = own.size === 2 && new Set([...own.values()].map(({ spelling }) => spelling)).size === 2;
    for (const [key, { method, spelling }] of own) {
      const suffix = own.size === 1 ? '' : bySpelling ? `_${spelling}` : `_${method.replaceAll('.', '_')}`;
      let name = type + suffix;
      for (let again = 2; taken.has(name); again += 1) name = `${type}${suffix}_${again}`;
      taken.add(name);
      names.set(`${type} ${key}`, name);
    }
  }
  return names;
}

/** The name of an object's component. */
type NameOf = (schema: TSchema, spelling: Direction) => string;

type Context = {
  readonly spelling: Direction;
  readonly language: Language;
  readonly nameOf: NameOf;
};

function describeField(schema: TSchema, context: Context): Part {
  const note = fieldNote(schema);
  const description = descriptionOf(note, context.language);
  switch (kindOf(schema)) {
    case 'object':
      return { $ref: `#/components/schemas/${context.nameOf(schema, context.spelling)}`, description };
    case 'array':
      return { ...describeList(schema, context), description };
    default:
      return { ...describeSimple(schema, note, context.spelling), description };
  }
}

/** A list: bare in requests, wrapped under its item name in answers (TOP protocol 5.4). */
function describeList(schema: TSchema, context: Context): Part {
  const item = itemOf(schema);
  const items = describeField(item, context);
  if (context.spelling === 'request')
    return { type: 'array', items, maxItems: (schema as unknown as { maxItems: number }).maxItems };
  return { type: 'object', properties: { [itemName(fieldNote(item).type)]: { type: 'array', items } } };
}

const PATTERNS = {
  'yyyy-MM-dd HH:mm:ss': '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$',
  'yyyy-MM-dd HH:mm': '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}$',
} as const;

function describeSimple(schema: TSchema, note: FieldNote, spelling: Direction): Part {
  const { minimum, maximum, maxLength } = schema as { minimum?: number; maximum?: number; maxLength?: number };
  const request = spelling === 'request';
  const values = Object.keys(note.values ?? {});
  const listed = request && values.length > 0;
  switch (kindOf(schema)) {
    case 'instant':
      return { type: 'string', ...(note.date && { pattern: PATTERNS[note.date] }), ...examplesOf(note, String) };
    case 'integer':
      return {
        type: 'integer',
        format: 'int64',
        ...(request && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
        ...(request && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
        ...(listed && { enum: values.map(Number) }),
        ...examplesOf(note, Number),
      };
    case 'boolean':
      return { type: 'boolean', ...examplesOf(note, (text) => text === 'true') };
    default:
      return {
        type: 'string',
        ...(request && { maxLength }),
        ...(listed && { enum: values }),
        ...(note.type === 'Json' && { contentMediaType: 'application/json' }),
        ...examplesOf(note, String),
      };
  }
}

const examplesOf = ({ example }: FieldNote, read: (text: string) => unknown): Part =>
  example === undefined ? {} : { examples: [read(example)] };

/** The meaning of a field, with that of its values. */
function descriptionOf({ meaning, values }: FieldNote, language: Language): string {
  const lines = Object.entries(values ?? {}).map(([value, words]) => `- \`${value}\`: ${words[language]}`);
  return lines.length === 0 ? meaning[language] : `${meaning[language]}\n\n${lines.join('\n')}`;
}

/** The members of an object, with those that must be there. */
function describeMembers(schema: TSchema, context: Context): Part {
  const fields = fieldsOf(schema);
  const properties = Object.fromEntries(fields.map((field) => [field.name, describeField(field.schema, context)]));
  const needed = fields.filter((field) => isNeeded(field, context.spelling)).map(({ name }) => name);
  return {
    type: 'object',
    description: fieldNote(schema).meaning[context.language],
    properties,
    ...(needed.length > 0 && { required: needed }),
  };
}

/** Whether a call without the field is refused, or an answer always has it. */
export const isNeeded = ({ required, note }: Field, spelling: Direction): boolean =>
  required || (spelling === 'request' && note.missing !== undefined);
