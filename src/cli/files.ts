import { rmSync, writeFileSync } from 'node:fs';
import { StartError } from '../start-error.ts';

/** Does what may fail on a file, and tells of it in one line. */
export function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StartError(`${file} cannot be used: ${reasonOf(error)}`);
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space left',
  EROFS: 'read-only file system',
};
const reasonOf = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};

/** The mode of files that hold codes: nobody but their owner reads them. */
export const PRIVATE = 0o600;

/** Writes a whole file that nobody but its owner reads. */
export function writePrivate(file: string, content: string | Uint8Array): void {
  // One that is there would keep its mode.
  rmSync(file, { force: true });
  writeFileSync(file, content, { flush: true, mode: PRIVATE });
}
