import { setImmediate as breathe } from 'node:timers/promises';
import { type CsvError, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import {
  type CsvRecord,
  findDelimiter,
  findLayout,
  type Layout,
  looksLikeHeading,
  namedDelimiter,
  type ReadLine,
  readRecords,
} from './rules.ts';

/** What a part of an import holds, and how the parts after it are read; or the headings among which codes are not found. */
export type ReadPart =
  | { readonly lines: ReadLine[]; readonly line_count: number; readonly layout: Layout }
  | { readonly unclear: readonly string[] };

/** Records by which delimiter and column are told, and characters that are looked at for them. */
const SAMPLE = { records: 100, length: 32_000 };
/** Characters that are read before other calls get their turn. */
const SLICE = 64 * 1024;
/** First codes with which the very first is compared. */
const COMPARED = 100;

const OPTIONS: Options = { relax_quotes: true, relax_column_count: true, trim: true, record_delimiter: '\n' };

/**
 * Reads a part of a CSV (RFC 4180): fields may hold line breaks within quotes, lines end with CR, LF or both, a byte order
 * mark is passed over. From a line on whose quotes are never closed nothing is read as a code.
 * @param layout how the parts before were read; undefined for the first part
 * @param column heading or number of the column of the codes, where the first part does not show it
 */
export async function readCsv(csv: string, layout: Layout | undefined, column?: string): Promise<ReadPart> {
  const text = csv.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const line_count = countLines(text);
  if (layout?.quotes_open) return { lines: broken(text, 1, layout), line_count, layout };
  const named = layout === undefined ? namedDelimiter(text.slice(0, 20).split('\n', 1)[0] as string) : undefined;
  const body = named === undefined ? text : text.slice(text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'));
  const found = layout === undefined ? layoutOf(body, named, column) : { layout };
  if ('unclear' in found) return found;
  const { records, open } = await readRecordsOf(body, found.layout.delimiter);
  const lines = readRecords(records, found.layout, found.heading);
  if (layout === undefined && found.heading === undefined) markHeading(lines);
  if (open === undefined) return { lines, line_count, layout: found.layout };
  // The text behind is taken from the lines themselves: where its records begin cannot be known.
  const rest = body
    .split('\n')
    .slice(open - 1)
    .join('\n');
  return {
    lines: [...lines, ...broken(rest, open, found.layout)],
    line_count,
    layout: { ...found.layout, quotes_open: true },
  };
}

/** Lines of a text; what stands behind the last line end counts only if there is something. */
function countLines(text: string): number {
  let count = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

type FirstLayout = { readonly layout: Layout; readonly heading?: number } | { readonly unclear: readonly string[] };

function layoutOf(text: string, named: string | undefined, column: string | undefined): FirstLayout {
  const cut = text.length > SAMPLE.length ? text.lastIndexOf('\n', SAMPLE.length) : -1;
  const sample = text.slice(0, cut > 0 ? cut : SAMPLE.length);
  const recordsBy = (delimiter: string): CsvRecord[] => {
    const collected = collector();
    try {
      parseAtOnce(sample, { ...OPTIONS, delimiter, to: SAMPLE.records, on_record: collected.take });
    } catch {
      // What is wrong with its quotes is told when all of it is read.
    }
    return collected.records;
  };
  const delimiter = named ?? findDelimiter(recordsBy);
  return findLayout(delimiter, recordsBy(delimiter), column);
}

/** Takes the records of a parser, each with the line on which it begins. */
function collector() {
  const records: CsvRecord[] = [];
  let ended = 0;
  return {
    records,
    /** The line on which the next record begins. */
    next: () => ended + 1,
    take: (cells: string[], { lines }: { lines: number }): null => {
      records.push({ line: ended + 1, cells: cells.map((cell) => cell.trim()) });
      ended = lines;
      return null;
    },
  };
}

/** Reads a text into records, and gives the line whose quotes are never closed or closed within a field, if there is one. */
async function readRecordsOf(
  text: string,
  delimiter: string,
): Promise<{ records: CsvRecord[]; open: number | undefined }> {
  const collected = collector();
  let wrong: CsvError | undefined;
  const parser = parse({ ...OPTIONS, delimiter, on_record: collected.take });
  const ended = new Promise<void>((resolve) => {
    parser.once('error', (error: CsvError) => {
      wrong = error;
      resolve();
    });
    parser.once('end', resolve);
  });
  parser.resume();
  for (let at = 0; at < text.length && wrong === undefined; at += SLICE) {
    parser.write(text.slice(at, at + SLICE));
    await breathe();
  }
  parser.end();
  await ended;
  return { records: collected.records, open: wrong === undefined ? undefined : collected.next() };
}

/** Lines behind quotes that are not closed: none is a code, and each says what else is wrong with it. */
function broken(text: string, first: number, { delimiter, column }: Layout): ReadLine[] {
  const records = text.split('\n').map((line, index) => ({
    line: first + index,
    cells: line.split(delimiter).map((cell) => cell.trim()),
  }));
  const lenient = { delimiter, column, columns: null, quotes_open: true };
  return readRecords(records, lenient, undefined).map(({ line, ...rest }) => ({
    line,
    problem: behind(rest, records[line - first]),
  }));
}

function behind(read: object, record: CsvRecord | undefined): string {
  if (record?.cells.some((cell) => cell.includes('"'))) return 'BAD_QUOTES';
  return 'problem' in read ? (read.problem as string) : 'BEHIND_QUOTES';
}

/** Where there is no heading that is known, a first line that looks like one is not taken for a code. */
function markHeading(lines: ReadLine[]): void {
  const [first, ...others] = lines.slice(0, COMPARED);
  if (first === undefined || !('code' in first)) return;
  const codes = others.flatMap((each) => ('code' in each ? [each.code] : []));
  if (looksLikeHeading(first.code, codes)) lines[0] = { line: first.line, problem: 'HEADING' };
}
