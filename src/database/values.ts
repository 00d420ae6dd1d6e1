import pg from 'pg';

/** A parameter as it goes over the wire: text, bytes or null. */
export type Encoded = string | Buffer | null;

/** An element of an array's text. */
function encodeElement(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return encode(value) as string;
  const text = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(encode(value));
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * A value as a parameter: lists as arrays, other objects as JSON, instants in UTC. Throws TypeError for undefined, which
 * is a mistake rather than null.
 */
export function encode(value: unknown): Encoded {
  if (value === undefined) throw new TypeError('a value of a statement is undefined');
  if (value === null || typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Array.isArray(value) ? `{${value.map(encodeElement).join()}}` : JSON.stringify(value);
}

/** The type that PostgreSQL is to take a value for, whatever stands around it, as a cast; none for text and numbers. */
export function castOf(value: unknown): string {
  if (typeof value === 'boolean') return '::boolean';
  if (typeof value === 'bigint') return '::bigint';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  return value instanceof Date ? '::timestamptz' : value instanceof Uint8Array ? '::bytea' : '::jsonb';
}

type Decode = (text: string) => unknown;

const asText: Decode = (text) => text;
const int8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 value ${text} does not fit a JavaScript number`);
  return value;
};
/** Two digits of a text. */
const two = (text: string, at: number): number => 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * 48;
const IN_SECONDS = '2026-01-02 03:04:05+00'.length;

/** An instant: sessions run in UTC, and most instants there are of four-digit years and whole seconds. */
function instant(text: string): Date {
  if (text.length !== IN_SECONDS || !text.endsWith('+00')) return libraryOf(TIMESTAMPTZ)(text) as Date;
  const year = 100 * two(text, 0) + two(text, 2);
  if (year < 100) return libraryOf(TIMESTAMPTZ)(text) as Date;
  return new Date(Date.UTC(year, two(text, 5) - 1, two(text, 8), two(text, 11), two(text, 14), two(text, 17)));
}

const libraryOf = (type: number): Decode => pg.types.getTypeParser(type) as Decode;

/** How results are read, by type; every other type is text, numeric, date and timestamp without time zone among them. */
const { BOOL, BYTEA, INT2, INT4, INT8, OID, FLOAT4, FLOAT8, JSON: JSON_TEXT, JSONB, TIMESTAMPTZ } = pg.types.builtins;
const SCALARS = new Map<number, Decode>([
  [BOOL, (text) => text === 't'],
  [BYTEA, libraryOf(BYTEA)],
  ...[INT2, INT4, OID, FLOAT4, FLOAT8].map((type): [number, Decode] => [type, Number]),
  [INT8, int8],
  [JSON_TEXT, JSON.parse],
  [JSONB, JSON.parse],
  [TIMESTAMPTZ, instant],
]);

// It is an object with `create`, whatever its types say.
const arrays = pg.types.arrayParser as unknown as { create(text: string, decode: Decode): { parse(): unknown[] } };
const arrayOf =
  (decode: Decode): Decode =>
  (text) =>
    arrays.create(text, decode).parse();

/** The array types of these (pg_type.typarray), and those whose elements are text: names, numerics, dates and uuids. */
const ARRAYS: readonly (readonly [array: number, element: number])[] = [
  [1000, BOOL],
  [1001, BYTEA],
  [1005, INT2],
  [1007, INT4],
  [1016, INT8],
  [1028, OID],
  [1021, FLOAT4],
  [1022, FLOAT8],
  [199, JSON_TEXT],
  [3807, JSONB],
  [1185, TIMESTAMPTZ],
];
const TEXT_ARRAYS = [1002, 1003, 1009, 1014, 1015, 1115, 1182, 1231, 2951];

const DECODERS = new Map<number, Decode>([
  ...SCALARS,
  ...ARRAYS.map(([array, element]): [number, Decode] => [array, arrayOf(SCALARS.get(element) as Decode)]),
  ...TEXT_ARRAYS.map((array): [number, Decode] => [array, arrayOf(asText)]),
]);

/** How the driver is to read results: by type number, text alone. */
export const decoders = { getTypeParser: (type: number): Decode => DECODERS.get(type) ?? asText };
