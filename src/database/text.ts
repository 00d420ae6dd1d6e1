import pg from 'pg';
import { castOf, type Encoded, encode } from './values.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a row holds is known to whoever writes the statement.
export type Row = Record<string, any>;
/** A text with its parameters. The server keeps the plan of one that has a name. */
export type Text = { text: string; readonly values: Encoded[]; name?: string | undefined };
/** What may stand in a statement beside values. */
export type Part = { readonly [WRITE]: (into: Text) => void };

const WRITE = Symbol('write');

function addValue(into: Text, value: unknown): void {
  if (typeof value === 'object' && value !== null && WRITE in value) (value as Part)[WRITE](into);
  else into.text += `$${into.values.push(encode(value))}${castOf(value)}`;
}

/** Writes texts with values between them: parameters, or parts. */
export function addTemplate(into: Text, strings: readonly string[], values: readonly unknown[]): void {
  into.text += strings[0];
  for (let n = 0; n < values.length; n++) {
    addValue(into, values[n]);
    into.text += strings[n + 1];
  }
}

/** A part of texts with values between them. */
export const templatePart = (strings: readonly string[], values: readonly unknown[]): Part => ({
  [WRITE]: (into) => addTemplate(into, strings, values),
});
const listPart = (values: readonly unknown[]): Part =>
  templatePart(['', ...Array(values.length - 1).fill(', '), ''], values);

/** Names with commas between. */
export const namesPart = (names: readonly string[]): Part =>
  templatePart([names.map((name) => pg.escapeIdentifier(name)).join(', ')], []);

/** A value as jsonb. */
export const jsonPart = (value: unknown): Part => ({
  [WRITE]: (into) => {
    into.text += `$${into.values.push(JSON.stringify(value))}::jsonb`;
  },
});

/** Columns and values of rows as they are inserted; after `set` those of one row as they are set. */
export function rowsPart(rows: readonly Row[], columns = Object.keys(rows[0] as Row)): Part {
  const set = (): Part =>
    listPart(columns.map((column) => templatePart(['', ' = ', ''], [namesPart([column]), rows[0]?.[column]])));
  const tuple = (row: Row): Part => templatePart(['(', ')'], [listPart(columns.map((column) => row[column]))]);
  const inserted = (): Part => templatePart(['(', ') values ', ''], [namesPart(columns), listPart(rows.map(tuple))]);
  return { [WRITE]: (into) => (/\bset\s+$/i.test(into.text) ? set() : inserted())[WRITE](into) };
}

/** The text of a part that holds no values. */
export function textOf(whole: Part): string {
  const into: Text = { text: '', values: [] };
  whole[WRITE](into);
  return into.text;
}
