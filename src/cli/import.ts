import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldNote, fieldsOf, itemOf } from '../contract/schema.ts';
import type { AnswerOf, Client } from '../sdk/index.ts';
import { StartError } from '../start-error.ts';
import { openClient } from './client.ts';
import { attempt } from './files.ts';
import { contractOf } from './help.ts';
import { type ClientOptions, EXIT, type Io, printJson } from './io.ts';
import { openProgress } from './progress.ts';

type ImportOptions = ClientOptions & { batch: string; skipBadLines?: true; importId?: string; json?: true };
type Report = AnswerOf<'piaoquan.voucher.batch.import.get'>;

/** Characters of a part: percent-encoded they stay below the request limit of 4 MiB, be they all Chinese. */
const PART_LENGTH = 300_000;
const POLL_MS = 200;

/**
 * Imports a CSV file of codes in parts, waits until it is settled and prints the report. The same file sent again is the
 * same import, so that one that was cut short may be run again. Ends with 1 when nothing was brought in.
 */
export async function importCodes(io: Io, file: string, options: ImportOptions): Promise<void> {
  const csv = attempt(file, () => readFileSync(file, 'utf8')).replace(/^\ufeff/, '');
  const parts = partsOf(csv);
  if (parts.length === 0) throw new StartError(`${file} holds nothing`);
  const skip_bad_lines = options.skipBadLines ?? false;
  const digest = createHash('sha256').update(`${skip_bad_lines}\n${csv}`).digest('hex').slice(0, 32);
  const key = { mix_id: options.batch, import_id: options.importId ?? `file-${digest}` };
  const client = openClient(io, options);
  const progress = openProgress(io, `importing ${file}`);
  try {
    for (const [index, part] of parts.entries()) {
      const is_last = index === parts.length - 1;
      const request = { ...key, csv: part, part: index + 1, is_last, skip_bad_lines };
      await client.call('piaoquan.voucher.batch.import', request);
      progress.update(index + 1, parts.length);
    }
    await settled(client, key);
  } finally {
    progress.stop();
  }
  await report(io, client, key, options.json);
}

/** Whole lines of a text, in parts that a request can carry. */
function partsOf(csv: string): string[] {
  const lines = csv.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const parts: string[] = [];
  let part = '';
  for (const line of lines) {
    if (part !== '' && part.length + line.length >= PART_LENGTH) {
      parts.push(part);
      part = '';
    }
    part += `${line}\n`;
  }
  return part === '' ? parts : [...parts, part];
}

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
