import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldNote, fieldsOf, itemOf } from '../contract/schema.ts';
import { partsOf } from '../sdk/csv-file.ts';
import { type AnswerOf, type Client, TopError } from '../sdk/index.ts';
import { StartError } from '../start-error.ts';
import { openClient } from './client.ts';
import { attempt } from './files.ts';
import { contractOf } from './help.ts';
import { type ClientOptions, EXIT, type Io, printJson } from './io.ts';
import { openProgress } from './progress.ts';

type ImportOptions = ClientOptions & {
  batch: string;
  skipBadLines?: true;
  column?: string;
  importId?: string;
  json?: true;
};
type Report = AnswerOf<'piaoquan.voucher.batch.import.get'>;

const POLL_MS = 200;

/**
 * Imports a CSV file of codes in parts, waits until it is settled and prints the report. The same file sent again is the
 * same import, so that one that was cut short may be run again. Ends with 1 when nothing was brought in.
 */
export async function importCodes(io: Io, file: string, options: ImportOptions): Promise<void> {
  const content = attempt(file, () => readFileSync(file));
  const { column, skipBadLines: skip_bad_lines = false } = options;
  const told = createHash('sha256').update(`${JSON.stringify([skip_bad_lines, column ?? null])}\n`);
  const digest = told.update(content).digest('hex').slice(0, 32);
  const key = { mix_id: options.batch, import_id: options.importId ?? `file-${digest}` };
  const client = openClient(io, options);
  const progress = openProgress(io, `importing ${file}`);
  try {
    let part = 0;
    for await (const { csv, is_last, bytes } of partsOf(new Blob([content]))) {
      const request = { ...key, csv, part: ++part, is_last, skip_bad_lines, column };
      await client.call('piaoquan.voucher.batch.import', request).catch((error: unknown) => {
        throw isUnclear(error) ? new StartError(`${error.message}: say which with --column`) : error;
      });
      progress.update(bytes, content.length);
    }
    if (part === 0) throw new StartError(`${file} holds nothing`);
    await settled(client, key);
  } finally {
    progress.stop();
  }
  await report(io, client, key, options.json);
}

const isUnclear = (error: unknown): error is TopError =>
  error instanceof TopError && error.sub_code === 'isv.voucher-column-unclear';

type Key = { mix_id: string; import_id: string };

async function settled(client: Client, key: Key): Promise<void> {
  for (;;) {
    const { state } = await client.call('piaoquan.voucher.batch.import.get', { ...key, page_size: 1 });
    if (state === 'done' || state === 'refused') return;
    await sleep(POLL_MS);
  }
}

async function report(io: Io, client: Client, key: Key, json?: true): Promise<void> {
  const lines: Report['lines'] = [];
  let last: Report | undefined;
  for await (const page of client.pages('piaoquan.voucher.batch.import.get', { ...key, page_size: 200 })) {
    last = page;
    if (json) lines.push(...page.lines);
    else io.out(page.lines.map(lineOf).join(''));
  }
  if (last === undefined) return;
  const { state, line_count, bad_count, imported_count } = last;
  if (state !== 'done') io.exitCode = EXIT.failed;
  if (json) return printJson(io, { ...key, state, line_count, bad_count, imported_count, lines });
  io.out(`${line_count} lines, ${bad_count} bad: ${imported_count} codes imported\n`);
  if (state !== 'done') throw new StartError('nothing was imported: mend the bad lines, or give --skip-bad-lines');
}

/** What is wrong with a line, in the words of the contract. */
function lineOf({ line, problem, first_line }: Report['lines'][number]): string {
  const lines = fieldsOf(contractOf('piaoquan.voucher.batch.import.get').response).find(({ name }) => name === 'lines');
  const field = lines && fieldsOf(itemOf(lines.schema)).find(({ name }) => name === 'problem');
  const words = field && fieldNote(field.schema).values?.[problem]?.en;
  return `line ${line}: ${words ?? problem}${first_line === undefined ? '' : ` (line ${first_line})`}\n`;
}
