/** A line of a CSV with something on it: its number from 1, and its code or what is wrong with it. */
export type ReadLine = { line: number; code: string } | { line: number; problem: string };

const HEADING = /^(code|券码)$/i;
const CODE = /^[A-Za-z0-9_-]+$/;

/**
 * Reads the first column of each line of a CSV (RFC 4180, but that no field goes over a line). Empty lines are passed over
 * and counted; so is a heading on the first line of the first part, and the byte order mark.
 */
export function readCsv(csv: string, isFirst: boolean): { lines: ReadLine[]; line_count: number } {
  const texts = csv.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  if (texts.at(-1) === '') texts.pop();
  const lines: ReadLine[] = [];
  for (const [index, text] of texts.entries()) {
    const line = index + 1;
    const code = firstField(text);
    if (code === '' || (isFirst && index === 0 && code !== undefined && HEADING.test(code))) continue;
    lines.push(readCode(line, code));
  }
  return { lines, line_count: texts.length };
}

/** The first field of a line without blanks around it; undefined when its quotes do not match. */
function firstField(text: string): string | undefined {
  if (!text.trimStart().startsWith('"')) return text.split(',', 1)[0]?.trim();
  const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:,|$)/.exec(text)?.[1];
  return quoted?.replaceAll('""', '"').trim();
}

function readCode(line: number, code: string | undefined): ReadLine {
  if (code === undefined) return { line, problem: 'BAD_QUOTES' };
  if (!CODE.test(code)) return { line, problem: 'BAD_CHARACTERS' };
  if (code.length < 4 || code.length > 64) return { line, problem: 'BAD_LENGTH' };
  return { line, code };
}
