import Type, { type Static, type TSchema } from 'typebox';

/** A text for people in both languages of the documentation. */
export type Label = { readonly zh: string; readonly en: string };

/** The type names that TOP's pages print for simple values (TOP protocol 3). */
export type SimpleType = 'String' | 'Number' | 'Boolean' | 'Date' | 'Price' | 'Json';

/** How an instant is spelled in a field: full seconds, or minutes only as Damai's pages state. */
export type DatePattern = 'yyyy-MM-dd HH:mm:ss' | 'yyyy-MM-dd HH:mm';

/**
 * What a contract says of a field beyond JSON Schema. It travels on the schema under the key `top`, so that parser,
 * writers, documentation and tests all read the same value.
 */
export type FieldNote = {
  /** Type name as printed on the API page; for objects the DTO's name, from which list item names are made. */
  readonly type: string;
  readonly meaning: Label;
  /** Example as the page prints it, mended where that contradicts the type or the rest of the page. */
  readonly example?: string;
  /** What a ready-made request carries in place of an example that cannot succeed in a sandbox. */
  readonly ready?: string;
  /** Meaning of each enumerated value, in the order of the page. */
  readonly values?: Readonly<Record<string, Label>>;
  /** Present when the value is an instant. */
  readonly date?: DatePattern;
  /** The method's own error for this field when it is missing, in place of platform code 40. */
  readonly missing?: string;
  /** Of a field that a save keeps when it is left out, and removes when null or an empty text comes; see {@link setting}. */
  readonly setting?: true;
  /** Of a text that must be the text of a JSON object. */
  readonly jsonObject?: JsonObject;
  /** Of a text that is a list in itself: what stands between its items. A JSON list of texts is taken too. */
  readonly separator?: string;
  /** Of a list in which nothing may stand twice: the members that tell its objects apart, or true for simple values. */
  readonly unique?: readonly string[] | true;
};

/** What a JSON object in a text may hold. */
export type JsonObject = {
  /** The members that are read, by name; absent when any object will do. */
  readonly members?: Readonly<Record<string, TSchema>>;
  /** Whether members that are not read may stand beside them, unless they are a slip of one that is. */
  readonly open?: true;
};

type Options = Omit<FieldNote, 'type' | 'meaning' | 'date' | 'setting' | 'jsonObject' | 'separator' | 'unique'>;
type ListOptions = Options & { readonly minItems?: number; readonly maxItems?: number } & Pick<FieldNote, 'unique'>;
type TextOptions = Options & { readonly maxLength?: number } & Pick<FieldNote, 'jsonObject' | 'separator'>;
type NumberOptions = Options & { readonly minimum?: number; readonly maximum?: number };

/** Longest text taken in a request field unless the contract says otherwise, in UTF-16 units. */
export const DEFAULT_MAX_LENGTH = 4000;
/** Most items taken in a request list unless the contract says otherwise. */
export const DEFAULT_MAX_ITEMS = 1000;

const note = (
  type: string,
  meaning: Label,
  options: TextOptions & ListOptions,
  date?: DatePattern,
): { top: FieldNote } => ({
  top: {
    type,
    meaning,
    ...(options.example !== undefined && { example: options.example }),
    ...(options.ready !== undefined && { ready: options.ready }),
    ...(options.values !== undefined && { values: options.values }),
    ...(options.missing !== undefined && { missing: options.missing }),
    ...(options.jsonObject !== undefined && { jsonObject: options.jsonObject }),
    ...(options.separator !== undefined && { separator: options.separator }),
    ...(options.unique !== undefined && { unique: options.unique }),
    ...(date !== undefined && { date }),
  },
});

/** A String field. `values`, when given, are the only texts a request may carry. */
export const text = (meaning: Label, options: TextOptions = {}) =>
  Type.String({ ...note('String', meaning, options), maxLength: options.maxLength ?? DEFAULT_MAX_LENGTH });

/** Longest id of a caller's user, in UTF-16 units. */
export const USER_ID_LENGTH = 128;

/**
 * A String field that names a user of the caller: any text of at most {@link USER_ID_LENGTH}. Blanks around it name
 * nobody else, and a phone number is one user however it is written.
 */
export const userIdText = (meaning: Label, options: Omit<TextOptions, 'maxLength'> = {}) =>
  text(meaning, { ...options, maxLength: USER_ID_LENGTH });

/**
 * A Number field: a whole number within ±(2^53−1), written in full digits (client notes, responses 8). `values`, when
 * given, are the only numbers a request may carry.
 */
export const integer = (meaning: Label, options: NumberOptions = {}) =>
  Type.Integer({
    ...note('Number', meaning, options),
    minimum: options.minimum ?? Number.MIN_SAFE_INTEGER,
    maximum: options.maximum ?? Number.MAX_SAFE_INTEGER,
  });

/** A Boolean field: `true` or `false`. */
export const bool = (meaning: Label, options: Options = {}) => Type.Boolean(note('Boolean', meaning, options));

/** A Date field: an instant inside, `yyyy-MM-dd HH:mm:ss` in GMT+8 on the wire (TOP protocol 3). */
export const date = (meaning: Label, options: Options = {}) =>
  Type.Unsafe<Date>({ type: 'string', ...note('Date', meaning, options, 'yyyy-MM-dd HH:mm:ss') });

/** A field that the page types String although it holds a point in time, spelled by `pattern` in GMT+8. */
export const dateText = (meaning: Label, pattern: DatePattern, options: Options = {}) =>
  Type.Unsafe<Date>({ type: 'string', ...note('String', meaning, options, pattern) });

/** A Json field: JSON text in a string on the wire (TOP protocol 3); handlers see the text. */
export const json = (meaning: Label, options: TextOptions = {}) =>
  Type.String({ ...note('Json', meaning, options), maxLength: options.maxLength ?? DEFAULT_MAX_LENGTH });

/** An object field; `name` is the DTO's name on the page and gives the item name of its lists. */
export const struct = <P extends Record<string, TSchema>>(
  name: string,
  meaning: Label,
  properties: P,
  options: Options = {},
) => Type.Object(properties, note(name, meaning, options));

/** A list field. Wrapped under its item name except in simplified JSON (TOP protocol 5.2–5.5). */
export const list = <T extends TSchema>(item: T, meaning: Label, options: ListOptions = {}) =>
  Type.Array(item, {
    ...note(`${fieldNote(item).type}[]`, meaning, options),
    ...(options.minItems !== undefined && { minItems: options.minItems }),
    maxItems: options.maxItems ?? DEFAULT_MAX_ITEMS,
  });

/** Marks a field that may be left out; absent, null and undefined are the same to writers. */
export const optional = <T extends TSchema>(schema: T) =>
  Type.Optional(Type.Unsafe<Static<T> | null | undefined>(schema));

/**
 * Marks what a save may leave out: left out it stays as it is, null takes it away (an empty text does too, which is how a
 * parameter that is no JSON says null). Something new begins without it.
 */
export const setting = <T extends TSchema>(schema: T) =>
  Type.Optional(Type.Unsafe<Static<T> | null | undefined>({ ...schema, top: { ...fieldNote(schema), setting: true } }));

/** The contract's note on a schema made by this file's vocabulary; throws when the schema was made otherwise. */
export function fieldNote(schema: TSchema): FieldNote {
  const found = (schema as { top?: FieldNote }).top;
  if (found === undefined) throw new Error('schema without a field note: use the vocabulary of contract/schema.ts');
  return found;
}

/** The kind of value behind a schema, as parser and writers tell them apart. */
export type Kind = 'string' | 'integer' | 'boolean' | 'instant' | 'object' | 'array';

/** One field of an object schema, unfolded for parser, writers and documentation; in the order of the contract. */
export type Field = {
  readonly name: string;
  readonly schema: TSchema;
  readonly kind: Kind;
  readonly note: FieldNote;
  readonly required: boolean;
};

/** The kind of a schema made by this file's vocabulary. */
export function kindOf(schema: TSchema): Kind {
  if (fieldNote(schema).date !== undefined) return 'instant';
  return (schema as { type?: Kind }).type as Kind;
}

/** The fields of an object schema in contract order. */
export function fieldsOf(schema: TSchema): Field[] {
  const { properties, required } = schema as { properties: Record<string, TSchema>; required?: string[] };
  return Object.entries(properties).map(([name, field]) => ({
    name,
    schema: field,
    kind: kindOf(field),
    note: fieldNote(field),
    required: required?.includes(name) ?? false,
  }));
}

/** The item schema of a list schema. */
export const itemOf = (schema: TSchema): TSchema => (schema as unknown as { items: TSchema }).items;

/**
 * The list item name of a type: every capital but the first becomes `_` and its small letter, so runs of capitals are
 * split letter by letter: `PerformanceSegmentInfoDTO` → `performance_segment_info_d_t_o` (TOP protocol 5.3).
 */
export const itemName = (type: string): string =>
  type.charAt(0).toLowerCase() + type.slice(1).replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
