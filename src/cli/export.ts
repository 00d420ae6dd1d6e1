import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { ExportedCode, ExportPage } from '../sdk/index.ts';
import { StartError } from '../start-error.ts';
import { formatInstant } from '../wire/time.ts';
import { openClient } from './client.ts';
import { cursorOf, inTheWay, openExportFile } from './export-file.ts';
import { attempt, writePrivate } from './files.ts';
import { type ClientOptions, clientSettings, type Io, printJson, wrongUsage } from './io.ts';
import { openProgress } from './progress.ts';

type Format = 'csv' | 'jsonl' | 'xlsx';
type ExportOptions = ClientOptions & {
  partner: string;
  type: 'ALL' | 'CONSUME';
  output?: string;
  format?: Format;
  restart?: true;
  json?: true;
};

const COLUMNS = ['code', 'code_status', 'bind_status', 'gmt_modified'] as const;
/** A sheet of so many rows takes a gigabyte to make. */
const MOST_SHEET_ROWS = 500_000;

type Row = { code: string; code_status: number; bind_status: number; gmt_modified: string };

const rowOf = ({ code, code_status, bind_status, gmt_modified }: ExportedCode): Row => ({
  ...{ code, code_status, bind_status },
  gmt_modified: formatInstant(gmt_modified),
});

const HEADER = `${COLUMNS.join(',')}\n`;
/** Lines of rows. Codes hold letters, digits, - and _ alone, so nothing of them needs quotes. */
const LINES: Record<'csv' | 'jsonl', (row: Row) => string> = {
  csv: (row) => `${COLUMNS.map((name) => row[name]).join(',')}\n`,
  jsonl: (row) => `${JSON.stringify(row)}\n`,
};

/**
 * Exports the codes of a batch, or its redemptions, to a file or to standard output. Throws wrong usage for a file whose
 * ending says no format when `--format` says none either.
 */
export async function exportCodes(io: Io, batch: string, options: ExportOptions): Promise<void> {
  const { output, format, json } = options;
  if (output === undefined) return toOutput(io, batch, format ?? (json ? 'jsonl' : 'csv'), options);
  return toFile(io, batch, format ?? formatOf(output), { ...options, output });
}

function formatOf(output: string): Format {
  const ending = /\.(csv|jsonl|xlsx)$/i.exec(output)?.[1];
  if (ending !== undefined) return ending.toLowerCase() as Format;
  throw wrongUsage(`--output ${output} must end with .csv, .jsonl or .xlsx, or --format must say which it is`);
}

/** The pages of an export from a cursor on, with progress. */
async function* pagesFrom(
  io: Io,
  batch: string,
  options: ExportOptions,
  { last_sequence, rows }: { last_sequence: number; rows: number },
): AsyncGenerator<ExportPage> {
  const { partner, type } = options;
  const query = { mix_id: batch, partner_code: partner, operate_type: type, after: last_sequence };
  const progress = openProgress(io, `exporting ${batch}`);
  let done = rows;
  try {
    for await (const page of openClient(io, options).export(query).pages()) {
      done += page.coupon_list.length;
      progress.update(done, type === 'ALL' ? page.basic.total_count : undefined);
      yield page;
    }
  } finally {
    progress.stop();
  }
}

async function toOutput(io: Io, batch: string, format: Format, options: ExportOptions): Promise<void> {
  const rows: Row[] = [];
  const quiet = { ...io, terminal: io.terminal && !io.shown };
  let head = format === 'csv' ? HEADER : '';
  for await (const { coupon_list } of pagesFrom(quiet, batch, options, { last_sequence: 0, rows: 0 })) {
    const page = coupon_list.map(rowOf);
    if (format === 'xlsx') rows.push(...page);
    else io.out(head + page.map(LINES[format]).join(''));
    head = '';
    checkSheet(format, rows.length);
  }
  if (format === 'xlsx') io.out(await sheetOf(rows));
}

async function toFile(
  io: Io,
  batch: string,
  format: Format,
  options: ExportOptions & { output: string },
): Promise<void> {
  const { output, partner, type, restart = false } = options;
  const kind = format === 'csv' ? 'csv' : 'jsonl';
  const data = format === 'xlsx' ? `${output}.part` : output;
  const { url } = clientSettings(io, options);
  // A finished sheet has no cursor; one that is under way has, and is not there yet.
  if (format === 'xlsx' && !restart && existsSync(output)) throw inTheWay(output);
  const file = openExportFile(output, data, { url, batch, partner, type, format }, restart);
  let position = file.start;
  let failed = true;
  try {
    for await (const { coupon_list, last_sequence } of pagesFrom(io, batch, options, file.start)) {
      checkSheet(format, position.rows + coupon_list.length);
      const head = kind === 'csv' && position.bytes === 0 ? HEADER : '';
      const text = head + coupon_list.map(rowOf).map(LINES[kind]).join('');
      if (text !== '') position = file.append(text, { last_sequence, rows: coupon_list.length });
    }
    failed = false;
  } finally {
    file.close(failed);
  }
  if (format === 'xlsx') await makeSheet(output, data);
  const { rows, last_sequence } = position;
  const added = rows - file.start.rows;
  if (options.json) return printJson(io, { file: output, format, rows, added, last_sequence });
  io.out(`${output}: ${rows} ${type === 'ALL' ? 'codes' : 'redemptions'}, ${added} of them new\n`);
}

function checkSheet(format: Format, rows: number): void {
  if (format === 'xlsx' && rows > MOST_SHEET_ROWS)
    throw new StartError(`a sheet holds ${MOST_SHEET_ROWS} rows at most: export as CSV or JSON lines`);
}

/** Makes the sheet of the rows that were collected; only then are they and their cursor removed. */
async function makeSheet(output: string, data: string): Promise<void> {
  const lines = readFileSync(data, 'utf8').split('\n');
  const sheet = await sheetOf(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row));
  const draft = `${output}.draft`;
  attempt(output, () => {
    writePrivate(draft, sheet);
    renameSync(draft, output);
  });
  rmSync(data);
  rmSync(cursorOf(output));
}

/** An XLSX file with a heading that stays in sight. Loaded when wanted: most exports are texts. */
async function sheetOf(rows: readonly Row[]): Promise<Buffer> {
  const { default: writeSheet } = await import('write-excel-file/node');
  const heading = COLUMNS.map((value) => ({ value, fontWeight: 'bold' as const }));
  const data = [heading, ...rows.map((row) => COLUMNS.map((name) => row[name]))];
  const columns = [{ width: 24 }, { width: 12 }, { width: 12 }, { width: 20 }];
  return writeSheet(data, { sheet: 'codes', stickyRowsCount: 1, columns }).toBuffer();
}
