import type { TSchema } from 'typebox';
import { type Field, fieldsOf, itemOf, type Label } from './schema.ts';

/**
 * Where an answer says whether it was done. An answer may be a refusal though it is no `error_response`: many of TOP's
 * methods tell it by a code or flag of their own. A path is names joined by dots; a list on the way stands for all its
 * items, which are refused together only when each is.
 */
export type Outcome = {
  /** The code or flag that decides. */
  readonly at: string;
  /** Its values that mean done; with any other the answer is a refusal. */
  readonly done?: readonly (string | number | boolean)[];
  /** Its values that mean refused, where there are too many that mean done. */
  readonly refused?: readonly (string | number | boolean)[];
  /** The code by which a refusal is told, where `at` holds none. */
  readonly code?: string;
  /** What is said of it in words. */
  readonly message?: string;
};

/** That an answer is a refusal: the field that says so, the code that tells why, and the words beside it. */
export type Refusal = { readonly field: string; readonly code: string; readonly message: string | undefined };

/** Stands for the code of an error in the record of an answer that is a refusal; its sub_code is the business code. */
export const REFUSED = -1;

const MOST_CHARACTERS = 64;

/**
 * What makes an answer of a method a refusal: a function of the answer as its handler gives it, or as any spelling of it
 * is read; undefined when it was done. For a method without an outcome every answer was done.
 */
export function compileRefusal(outcome: Outcome | undefined): (answer: unknown) => Refusal | undefined {
  if (outcome === undefined) return () => undefined;
  const { at, done, refused } = outcome;
  const [decides, code, message] = [at, outcome.code ?? at, outcome.message].map((path) => path?.split('.'));
  // A loosely read answer has texts for numbers and flags.
  const known = new Set((done ?? refused ?? []).map(String));
  const isRefusing = (value: unknown): boolean => known.has(String(value)) !== (done !== undefined);
  return (answer) => {
    const values = valuesAt(answer, decides as string[]);
    if (values.length === 0 || !values.every(isRefusing)) return undefined;
    const [told] = valuesAt(answer, code as string[]);
    const [words] = message === undefined ? [] : valuesAt(answer, message);
    return {
      field: at,
      // A flag says no more than that it was not done.
      code: told === undefined || typeof told === 'boolean' || told === 'false' ? nameOf(at, values[0]) : textOf(told),
      message: words === undefined || words === '' ? undefined : String(words),
    };
  };
}

const nameOf = (path: string, value: unknown): string => `${path.slice(path.lastIndexOf('.') + 1)}=${textOf(value)}`;
const textOf = (value: unknown): string => String(value).slice(0, MOST_CHARACTERS);

/** Values at a path; null and absent ones are left out. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === 'object' ? wrapped(value, path) : [value];
  if (typeof value !== 'object') return [];
  return name in value ? valuesAt((value as Record<string, unknown>)[name], rest) : wrapped(value, path);
}

/** TOP wraps an answer in its root and a list in its item name (TOP protocol 5.3, 5.4): what wraps has one member alone. */
function wrapped(value: object, path: readonly string[]): unknown[] {
  const members = Object.values(value);
  return members.length === 1 && typeof members[0] === 'object' ? valuesAt(members[0], path) : scalars(members, path);
}

const scalars = (members: readonly unknown[], path: readonly string[]): unknown[] =>
  path.length === 0 && members.length === 1 ? [members[0]] : [];

/** The codes by which a method's answers may refuse, with what its contract says of each; those that mean done are among them. */
export const refusalCodes = ({ outcome, response }: Told): Readonly<Record<string, Label>> =>
  (outcome && fieldOf(response, (outcome.code ?? outcome.at).split('.'))?.note.values) ?? {};

/** What a contract says of a code by which its method refuses; undefined when it says nothing. */
export const refusalWords = (told: Told, code: string): Label | undefined =>
  refusalCodes(told)[code] ?? told.errors[code]?.cause;

type Told = {
  readonly outcome?: Outcome;
  readonly response: TSchema;
  readonly errors: Readonly<Record<string, { readonly cause: Label }>>;
};

/** The field at a path; a list stands for its items. */
function fieldOf(schema: TSchema, [name, ...rest]: readonly string[]): Field | undefined {
  const field = fieldsOf(schema).find((each) => each.name === name);
  if (field === undefined || rest.length === 0) return field;
  return fieldOf(field.kind === 'array' ? itemOf(field.schema) : field.schema, rest);
}
