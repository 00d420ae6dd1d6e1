import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { identify } from '../embedded/processes.ts';
import { StartError } from '../start-error.ts';
import { attempt, PRIVATE, writePrivate } from './files.ts';

/** What is exported: a file goes on only with the same. */
export type Subject = {
  readonly url: string;
  readonly batch: string;
  readonly partner: string;
  readonly type: string;
  readonly format: string;
};

/** How far an export is: rows and bytes that count, and the cursor behind them. */
export type Position = { readonly last_sequence: number; readonly rows: number; readonly bytes: number };

/** A file that grows page by page. */
export type ExportFile = {
  /** How far it was when it was opened. */
  readonly start: Position;
  /** Adds a page: its text and its cursor are there together or not at all, however the process ends. */
  append(text: string, page: { last_sequence: number; rows: number }): Position;
  /**
   * Leaves file and cursor for a later run. One that failed before its first row leaves nothing behind, so that a wrong
   * batch or session does not stand in the way of the right one.
   */
  close(failed: boolean): void;
};

type Kept = Position & { readonly subject: Subject; readonly writer?: string };

const BEGINNING: Position = { last_sequence: 0, rows: 0, bytes: 0 };

/** Where the cursor of an export lies. */
export const cursorOf = (file: string): string => `${file}.cursor`;

/**
 * Opens a file to export into, where its cursor says that an earlier run has come; what that run had written beyond is
 * cut off. Throws StartError when the file is there without a cursor, belongs to another export, is being written by
 * another process, or cannot be written.
 * @param data the file that grows: `file` itself, or another one that is made into it at the end
 */
export function openExportFile(file: string, data: string, subject: Subject, restart: boolean): ExportFile {
  const kept = readCursor(file, restart);
  if (restart) for (const each of [cursorOf(file), data]) rmSync(each, { force: true });
  else if (kept !== undefined) checkSubject(file, kept, subject);
  else if (existsSync(data)) throw inTheWay(data);
  const start = restart || kept === undefined ? BEGINNING : kept;
  const handle = attempt(data, () => openPrivate(data));
  if (fstatSync(handle).size < start.bytes) {
    closeSync(handle);
    throw new StartError(`${data} is shorter than its cursor says: begin anew with --restart`);
  }
  ftruncateSync(handle, start.bytes);
  let position: Position = { last_sequence: start.last_sequence, rows: start.rows, bytes: start.bytes };
  const keep = (writer?: string): void =>
    writeCursor(file, { subject, ...position, ...(writer !== undefined && { writer }) });
  const writer = identify(process.pid);
  keep(writer);
  return {
    start: position,
    append(text, { last_sequence, rows }) {
      const bytes = Buffer.from(text);
      attempt(data, () => writeAll(handle, bytes, position.bytes));
      fsyncSync(handle);
      position = { last_sequence, rows: position.rows + rows, bytes: position.bytes + bytes.length };
      keep(writer);
      return position;
    },
    close(failed) {
      closeSync(handle);
      if (failed && position.rows === 0) for (const each of [cursorOf(file), data]) rmSync(each, { force: true });
      else keep();
    },
  };
}

/** Opens a file that nobody but its owner reads, also one that an earlier release left open to others. */
function openPrivate(file: string): number {
  const handle = openSync(file, existsSync(file) ? 'r+' : 'w+', PRIVATE);
  if ((fstatSync(handle).mode & 0o777) !== PRIVATE) fchmodSync(handle, PRIVATE);
  return handle;
}

function writeAll(handle: number, bytes: Buffer, at: number): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(handle, bytes, written, bytes.length - written, at + written);
}

/** The error of a file that is there and no export of ours to go on with. */
export const inTheWay = (file: string): Error =>
  new StartError(`${file} is there already: give another file, or --restart`);

/** The cursor of a file, if it has one; throws StartError while another process writes it. */
function readCursor(file: string, restart: boolean): Kept | undefined {
  const path = cursorOf(file);
  if (!existsSync(path)) return undefined;
  let kept: Kept;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  } catch {
    if (restart) return undefined;
    throw new StartError(`${path} cannot be read: begin anew with --restart`);
  }
  const writer = Number.parseInt(kept.writer ?? '', 10);
  if (kept.writer !== undefined && writer !== process.pid && identify(writer) === kept.writer)
    throw new StartError(`${file} is being written by process ${writer}`);
  return kept;
}

function checkSubject(file: string, kept: Kept, subject: Subject): void {
  const names = Object.keys(subject) as (keyof Subject)[];
  const other = names.find((name) => kept.subject?.[name] !== subject[name]);
  if (other === undefined) return;
  const what = `an export with another ${other} (${kept.subject?.[other]})`;
  throw new StartError(`${file} is ${what}: give another file, or --restart`);
}

/** The cursor appears whole: a process that ends here leaves the old one. */
function writeCursor(file: string, kept: Kept): void {
  const path = cursorOf(file);
  attempt(path, () => {
    writePrivate(`${path}.draft`, `${JSON.stringify(kept)}\n`);
    renameSync(`${path}.draft`, path);
  });
}
