/** Begins as JSON does. No value of a list that goes comma-joined may: it goes as JSON then. */
export const LOOKS_LIKE_JSON = /^\s*[[{"]/;

/**
 * The values of a list of simple values by its text: JSON, or joined by commas (TOP protocol 3). Undefined for what begins
 * as JSON does and is no list.
 */
export function splitList(text: string): unknown[] | undefined {
  if (!LOOKS_LIKE_JSON.test(text)) return text.split(',');
  const list = parsedJson(text);
  return Array.isArray(list) ? list : undefined;
}

/** What a text is as JSON, undefined when it is none; a value that is no text is itself. */
export function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/**
 * The values of a list of texts that is typed or pasted into a box which parts it at commas and blanks: of a list pasted
 * as JSON the values that it holds, everything else as it is.
 */
export function withoutJson(values: readonly string[]): string[] {
  const start = values.findIndex((value) => /^\s*\[/.test(value));
  if (start === -1) return [...values];
  const pieces = values.slice(start);
  pieces[0] = (pieces[0] as string).replace(/^\s*\[/, '');
  pieces.push((pieces.pop() as string).replace(/\]\s*$/, ''));
  const texts = pieces.map(textOf);
  return texts.every((text) => text !== undefined) ? [...values.slice(0, start), ...texts] : [...values];
}

/** The text of a JSON text, or of a number that no double changes. */
function textOf(json: string): string | undefined {
  const value = splitList(`[${json}]`)?.[0];
  return typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : undefined;
}
