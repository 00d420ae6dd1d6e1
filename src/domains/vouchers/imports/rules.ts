import { codeColumn, isHeading, plainHeading } from './headings.ts';

/** A line of a CSV with something on it: its number from 1, and its code or what is wrong with it. */
export type ReadLine = { line: number; code: string } | { line: number; problem: string };

/** A record of a CSV: its cells without blanks around them, and the line on which it begins, from 1. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

/**
 * How an import is read, as its first part shows: the column of the codes from 0, and how many columns the heading has. A
 * `columns` of 0: there is no heading, and nothing but the column of the codes holds anything; null: it is not known, the
 * part came ahead of the first.
 */
export type Layout = {
  readonly delimiter: string;
  readonly column: number;
  readonly columns: number | null;
  /** Whether quotes were opened that no line has closed since: what comes after is read as no code. */
  readonly quotes_open: boolean;
};

const DELIMITERS = [',', '\t', ';', '|'] as const;
const CODE = /^[A-Za-z0-9_-]+$/;
const FORMULA = /^="([^"]*)"$/;
const SCIENTIFIC = /^\d+(\.\d+)?e\+\d+$/i;
/** What programs write where there is nothing. */
const NOTHING = /^(?:null|none|undefined)$/i;
/** Records of a title that may stand above the heading. */
const MOST_TITLE = 10;

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell === '');

/** What spreadsheets put around a text so that it stays one: `="0012"`, or an apostrophe before it. */
const unwrap = (cell: string): string => (FORMULA.exec(cell)?.[1] ?? cell.replace(/^'/, '')).trim();

/** The delimiter that a first line `sep=;` names; undefined when it is no such line. */
export const namedDelimiter = (line: string): string | undefined => /^"?sep=([^A-Za-z0-9"\s]|\t)"?$/i.exec(line)?.[1];

/**
 * The delimiter of a file, told from its first records as each delimiter would have them: the one under which a heading of
 * codes shows, then the one that gives all of them equally many columns.
 */
export function findDelimiter(recordsBy: (delimiter: string) => readonly CsvRecord[]): string {
  let best: { delimiter: string; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const records = recordsBy(delimiter).filter(({ cells }) => !isBlank(cells));
    const heading = headingAmong(records, (cells) => codeColumn(cells) !== undefined);
    const [first, ...rest] = heading === undefined ? records : records.slice(records.indexOf(heading));
    if (first === undefined) continue;
    const columns = first.cells.length;
    const isEven = columns > 1 && rest.every(({ cells }) => cells.length === columns);
    const score = (heading === undefined ? 0 : 2) + (isEven ? 1 : 0) + (columns > 1 ? 0.5 : 0);
    if (best === undefined || score > best.score) best = { delimiter, score };
  }
  return best?.delimiter ?? DELIMITERS[0];
}

/** The heading of a file: the first record that fits, unless what stands above it is more than a title without any code. */
function headingAmong(
  records: readonly CsvRecord[],
  fits: (cells: readonly string[]) => boolean,
): CsvRecord | undefined {
  const at = records.slice(0, MOST_TITLE + 1).findIndex(({ cells }) => fits(cells));
  const mayBeCode = (cell: string): boolean => /\d/.test(cell) && codeProblem(unwrap(cell)) === undefined;
  return records.slice(0, Math.max(at, 0)).some(({ cells }) => cells.some(mayBeCode)) ? undefined : records[at];
}

/** Where the codes stand, and the line of the heading if there is one; or the headings among which it is not clear. */
export type Found = { readonly layout: Layout; readonly heading?: number } | { readonly unclear: readonly string[] };

/**
 * Finds the column of the codes from the first records of a file: by the heading or the number (from 1) that is asked for,
 * else by the usual headings, else the only column that holds anything.
 */
export function findLayout(delimiter: string, sample: readonly CsvRecord[], asked: string | undefined): Found {
  const records = sample.filter(({ cells }) => !isBlank(cells));
  const [first] = records;
  const layout = (column: number, columns: number): Layout => ({ delimiter, column, columns, quotes_open: false });
  if (first === undefined) return { layout: layout(0, 0) };
  const { cells, line } = first;
  const unclear = { unclear: cells };
  if (asked !== undefined) {
    const columnsOf = (row: readonly string[]): number[] =>
      row.flatMap((cell, column) => (plainHeading(cell) === plainHeading(asked) ? [column] : []));
    const names = headingAmong(records, (row) => columnsOf(row).length > 0);
    const named = columnsOf(names?.cells ?? []);
    if (named.length > 1) return { unclear: names?.cells ?? cells };
    if (names !== undefined) return { layout: layout(named[0] as number, names.cells.length), heading: names.line };
    const column = /^\d{1,3}$/.test(asked) ? Number(asked) - 1 : -1;
    const cell = cells[column];
    if (cell === undefined) return unclear;
    const isNamed = isHeading(cell) || (/^\P{N}+$/u.test(cell) && !CODE.test(cell));
    return { layout: layout(column, cells.length), ...(isNamed && { heading: line }) };
  }
  const heading = headingAmong(records, (row) => codeColumn(row) !== undefined);
  const column = codeColumn(heading?.cells ?? []);
  if (heading !== undefined && column !== undefined)
    return { layout: layout(column, heading.cells.length), heading: heading.line };
  const isSingle = records.every((each) => each.cells[0] !== '' && isBlank(each.cells.slice(1)));
  return isSingle && !cells.some(isHeading) ? { layout: layout(0, 0) } : unclear;
}

/**
 * Reads records into codes by a layout. Records without anything are passed over, and so is the heading; every other one
 * is a code or has a problem.
 */
export function readRecords(records: readonly CsvRecord[], layout: Layout, heading: number | undefined): ReadLine[] {
  return records
    .filter(({ line, cells }) => line !== heading && !isBlank(cells))
    .map(({ line, cells }) => {
      const code = unwrap(cells[layout.column] ?? '');
      const isAbove = heading !== undefined && line < heading;
      const problem = isAbove ? 'HEADING' : (codeProblem(code) ?? columnsProblem(cells, code, layout));
      return problem === undefined ? { line, code } : { line, problem };
    });
}

function codeProblem(code: string): string | undefined {
  if (code === '' || NOTHING.test(code)) return 'NO_CODE';
  if (SCIENTIFIC.test(code)) return 'SCIENTIFIC';
  if (!CODE.test(code)) return 'BAD_CHARACTERS';
  if (code.length < 4 || code.length > 64) return 'BAD_LENGTH';
  // Files that were put together bring their headings along.
  return !/\d/.test(code) && isHeading(code) ? 'HEADING' : undefined;
}

/**
 * Cells that are too many may have moved the code away from its column, unless that is the first; where there are too few,
 * which spreadsheets leave out at the end of a line, a word without a digit may be the rest of something else.
 */
function columnsProblem(cells: readonly string[], code: string, { column, columns }: Layout): string | undefined {
  if (columns === null) return undefined;
  const isMore = !isBlank(cells.slice(Math.max(columns, 1))) && (column > 0 || columns === 0);
  const isLess = cells.length < columns && !/\d/.test(code);
  return isMore || isLess ? 'BAD_COLUMNS' : undefined;
}

/**
 * Whether the first of some codes looks like a heading that is not known: letters alone, where every other code has a digit
 * and another length.
 */
export function looksLikeHeading(first: string, others: readonly string[]): boolean {
  if (/\d/.test(first) || others.length === 0) return false;
  return others.every((code) => /\d/.test(code) && code.length !== first.length);
}
