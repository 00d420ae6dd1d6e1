import type { Field } from '../../src/contract/schema.ts';
import { formatInstant } from '../../src/wire/time.ts';

/** A cell that no spreadsheet takes for a formula, quoted where commas, quotes or line ends ask for it. */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text =
    value instanceof Date ? formatInstant(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const harmless = typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Saves rows as a CSV file: a line of member names, then a line a row; UTF-8 with a mark, as spreadsheets want it. */
export function saveCsv(
  name: string,
  fields: readonly Field[],
  rows: readonly Readonly<Record<string, unknown>>[],
): void {
  const lines = [fields.map((field) => field.name), ...rows.map((row) => fields.map((field) => row[field.name]))];
  const text = `\uFEFF${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
  saveFile(name, new Blob([text], { type: 'text/csv;charset=utf-8' }));
}

/** Hands a file to the browser to keep. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
