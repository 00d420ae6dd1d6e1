import { createHash } from 'node:crypto';
import { addTemplate, jsonPart, namesPart, type Part, type Row, rowsPart, type Text, templatePart } from './text.ts';

/** Rows as the statement gave them, and how many it read or wrote. */
export type Rows<T extends readonly object[] = Row[]> = T & { readonly count: number };
/** A statement: sent when it is awaited; a part where it stands in another. */
export type Statement<T extends readonly object[] = Row[]> = Promise<Rows<T>> & Part;
/** Sends a statement. */
export type Send = (statement: Text) => Promise<Rows>;

/** Writes and sends statements. Values of every kind may stand in a text, and parts, which are other statements too. */
export type Tag = {
  <T extends readonly object[] = Row[]>(strings: TemplateStringsArray, ...values: readonly unknown[]): Statement<T>;
  /** A name, or several with commas. */
  (names: string | readonly string[]): Part;
  /** Rows to insert, or after `set` what is set: the columns named, or all. */
  (rows: object | readonly object[], ...columns: string[]): Part;
  /** A value as jsonb; objects are that by themselves, lists and scalars are not. */
  json(value: unknown): Part;
  /** SQL from elsewhere as it stands; sent by itself it may be several statements. */
  unsafe<T extends readonly object[] = Row[]>(text: string): Statement<T>;
};

/** So many texts of one place in the sources are named: what comes in ever new forms does not fill the server. */
const MOST_NAMES = 16;
const named = new WeakMap<readonly string[], Map<string, { readonly text: string; readonly name: string }>>();

/** A template as it is sent. Its name is told by its text. */
function prepare(strings: readonly string[], values: readonly unknown[]): Text {
  const into: Text = { text: '', values: [] };
  addTemplate(into, strings, values);
  const texts = named.get(strings) ?? new Map();
  const known = texts.get(into.text);
  if (known !== undefined) return { text: known.text, values: into.values, name: known.name };
  if (texts.size >= MOST_NAMES) return into;
  const name = createHash('sha256').update(into.text).digest('base64url').slice(0, 22);
  named.set(strings, texts.set(into.text, { text: into.text, name }));
  return { ...into, name };
}

/** A statement that is sent when it is first awaited; a value that cannot be sent is told there too. */
function statement(send: Send, whole: Part, make: () => Text): Statement {
  let sent: Promise<Rows> | undefined;
  const promise = (): Promise<Rows> => {
    sent ??= sendOrReject(send, make);
    return sent;
  };
  const made: Pick<Promise<Rows>, 'then' | 'catch' | 'finally'> = {
    // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for.
    then: (done, failed) => promise().then(done, failed),
    catch: (failed) => promise().catch(failed),
    finally: (after) => promise().finally(after),
  };
  return Object.assign(made, whole) as Statement;
}

function sendOrReject(send: Send, make: () => Text): Promise<Rows> {
  try {
    return send(make());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** What is given in place of a template: names, or rows and which of their columns. */
function helper(given: unknown, columns: readonly string[]): Part {
  const items = Array.isArray(given) ? given : [given];
  if (typeof items[0] === 'string') return namesPart(items);
  return columns.length > 0 ? rowsPart(items, [...columns]) : rowsPart(items);
}

/** Makes the tag whose statements are sent so. */
export function createTag(send: Send): Tag {
  const tag = (first: unknown, ...rest: unknown[]): Statement | Part => {
    if (!Array.isArray(first) || !('raw' in first)) return helper(first, rest as string[]);
    return statement(send, templatePart(first, rest), () => prepare(first, rest));
  };
  const unsafe = (text: string): Statement => statement(send, templatePart([text], []), () => ({ text, values: [] }));
  return Object.assign(tag, { unsafe, json: jsonPart }) as unknown as Tag;
}
