import { invalidArgument } from '../contract/errors.ts';

/** Rows of a page unless the caller says otherwise. */
const PAGE_SIZE = 50;
/** The end of the year 9999, in epoch milliseconds: a later instant is none to the database. */
const LAST_INSTANT = 253_402_300_799_999;

/** A page of a list: its rows, and the cursor of the next page; without one it is the last. */
export type Page<T> = { readonly rows: T[]; readonly next_cursor: string | undefined };

/**
 * Asks for one page of a list.
 * @param page_size rows of a page, as the caller wants it
 * @param find finds up to so many rows from where the page begins
 * @param cursorAfter the cursor that goes on after a row
 */
export async function pageOf<T>(
  page_size: number | null | undefined,
  find: (limit: number) => Promise<readonly T[]>,
  cursorAfter: (last: T) => string,
): Promise<Page<T>> {
  return toPage(page_size, await find(limitOf(page_size)), cursorAfter);
}

/** How many rows to ask for: one more than the page holds, which tells whether there is another page. */
export const limitOf = (page_size: number | null | undefined): number => (page_size ?? PAGE_SIZE) + 1;

/** Makes a page of up to {@link limitOf} rows. */
export function toPage<T>(
  page_size: number | null | undefined,
  found: readonly T[],
  cursorAfter: (last: T) => string,
): Page<T> {
  const size = page_size ?? PAGE_SIZE;
  const last = found[size - 1];
  const hasNext = found.length > size && last !== undefined;
  return { rows: found.slice(0, size), next_cursor: hasNext ? cursorAfter(last) : undefined };
}

/** What a cursor holds under a name: a whole number, an instant, or a text that an expression matches. */
type Part = 'number' | 'instant' | RegExp;
type ValueOf<P> = P extends 'number' ? number : P extends 'instant' ? Date : string;
type Parts = Readonly<Record<string, Part>>;
type Place<P extends Parts> = { readonly [Name in keyof P]: ValueOf<P[Name]> };

/** Writes and reads the cursors of a list: each is the place of a row, after which the next page goes on. */
export type Cursor<P> = {
  write(place: P): string;
  /** Undefined without a cursor. Throws platform error 41 for any text that no page gave. */
  read(cursor: string | null | undefined): P | undefined;
};

/** Any text that PostgreSQL takes: it keeps no NUL. */
export const ANY_TEXT = /^[^\0]*$/;
/** The digits of an id. */
export const DIGITS = /^\d{1,16}$/;

/** Cursors of values joined by a separator, which none of them but the last may hold. */
export const joinedCursor = <const P extends Parts>(separator: string, parts: P): Cursor<Place<P>> =>
  cursorOf(parts, {
    write: (values) => values.join(separator),
    read(cursor) {
      const kinds = Object.values(parts);
      const texts = cursor.split(separator);
      if (separator !== '' && texts.length < kinds.length) return undefined;
      const values = [...texts.splice(0, kinds.length - 1), texts.join(separator)];
      return values.map((text, index) => (kinds[index] instanceof RegExp || !DIGITS.test(text) ? text : Number(text)));
    },
  });

/** Cursors of values that may hold anything: base64url of JSON. */
export const jsonCursor = <const P extends Parts>(parts: P): Cursor<Place<P>> =>
  cursorOf(parts, {
    write: (values) => Buffer.from(JSON.stringify(values)).toString('base64url'),
    read: (cursor) => JSON.parse(Buffer.from(cursor, 'base64url').toString()),
  });

type Format = { write(values: readonly (string | number)[]): string; read(cursor: string): unknown };

function cursorOf<P extends Parts>(parts: P, format: Format): Cursor<Place<P>> {
  const names = Object.keys(parts);
  const plain = (place: Place<P>, name: string): string | number => {
    const value = (place as Readonly<Record<string, string | number | Date>>)[name] as string | number | Date;
    return value instanceof Date ? value.getTime() : value;
  };
  return {
    write: (place) => format.write(names.map((name) => plain(place, name))),
    read(cursor) {
      if (!cursor) return undefined;
      const values = readValues(cursor, Object.values(parts), format);
      if (values === undefined) throw invalidArgument('cursor', '应为上一页返回的 next_cursor');
      return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Place<P>;
    },
  };
}

function readValues(cursor: string, parts: readonly Part[], { read }: Format): readonly unknown[] | undefined {
  try {
    const values = read(cursor);
    if (!Array.isArray(values) || values.length !== parts.length) return undefined;
    if (!parts.every((part, index) => fits(part, values[index]))) return undefined;
    return parts.map((part, index) => (part === 'instant' ? new Date(values[index]) : values[index]));
  } catch {
    return undefined;
  }
}

function fits(part: Part, value: unknown): boolean {
  if (part instanceof RegExp) return typeof value === 'string' && part.test(value);
  if (!Number.isSafeInteger(value)) return false;
  return part === 'number' || ((value as number) >= 0 && (value as number) <= LAST_INSTANT);
}

const ids = joinedCursor('', { id: 'number' });

/** The cursor of a list that goes on after an id. */
export const writeIdCursor = (id: number): string => ids.write({ id });

/**
 * Reads what {@link writeIdCursor} wrote; without a cursor a list begins at `first`. Throws platform error 41 for any other
 * text.
 */
export const readIdCursor = (cursor: string | null | undefined, first = 0): number => ids.read(cursor)?.id ?? first;
