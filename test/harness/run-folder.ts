import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { identify } from '../../src/embedded/processes.ts';

const MEMORY = '/dev/shm';
/** Bytes that must be free before a run's files are kept in memory; it needs a fifth of that. */
const ROOM = 4 * 1024 ** 3;
const PREFIX = 'piaoquan-test-';

/** Where files cost least: the tests make and remove databases by the dozen, each of a thousand files. */
function fastFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    accessSync(MEMORY, constants.W_OK);
    // Some tests run programs from their folder.
    const forPrograms = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    const room = Math.min(bavail * bsize, process.availableMemory());
    return process.env.TMPDIR === undefined && forPrograms && room > ROOM ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Removes what runs have left in a folder that were killed. */
function removeStale(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(PREFIX))) {
    const [, pid, began] = /^(\d+)\.(.*)-.{6}$/.exec(name.slice(PREFIX.length)) ?? [];
    const alive = identify(Number(pid)) === `${pid}.${began}`;
    if (pid !== undefined && !alive) rmSync(`${parent}/${name}`, { recursive: true, force: true });
  }
}

/**
 * Makes the folder in which this run's processes put their temporary files, and what Node compiles for those that they
 * start. It is in memory where there is room, unless TMPDIR says otherwise.
 */
export function makeRunFolder(): string {
  const parent = fastFolder();
  removeStale(parent);
  const folder = mkdtempSync(`${parent}/${PREFIX}${identify(process.pid)}-`);
  // As root, servers run under another account: it is open to all, as every folder for temporary files is.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = `${folder}/compiled`;
  process.env.PIAOQUAN_NOT_RUN = `${folder}/not-run`;
  return folder;
}
