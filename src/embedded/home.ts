import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { StartError } from '../start-error.ts';
import { accountNumber, identify } from './processes.ts';

/** The account PostgreSQL runs under, for `spawn`; empty if it is our own. PostgreSQL refuses to be root. */
export type Account = { uid?: number; gid?: number };
/** Where a home keeps its database: the server's account, a folder it may enter, and the data folder in there. */
export type Location = { account: Account; base: string; dataFolder: string };

const SPILL = '/var/lib/piaoquan';
const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left',
  ENOENT: 'it cannot be made there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
};

/**
 * Makes a folder and those above it. Node's own way tries for ever where the system says that something is missing (as
 * below /proc), and says the same for a read-only file system.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && !existsSync(path)) throw new Error(`${path} is a link that leads nowhere`);
    if (code !== 'EEXIST') throw error;
  }
}

/** Makes the home folder and gives its real path. Throws StartError, naming folder and reason, if it cannot be used. */
export function openHome(home: string): string {
  try {
    makeFolder(home);
    if (!statSync(home).isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(home);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new StartError(`folder ${home} cannot be written: ${REASONS[code] ?? message}`);
  }
}

/** True if a folder entry exists, be it a link that leads nowhere. */
function entryExists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The account of a file's owner, unless that is root. */
function ownerOf(path: string): Account | undefined {
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

/**
 * The account for a home. We keep our own unless we are root; then it is who owns the home (so that `sudo` in one's
 * own folder leaves it usable), who owns the data, or an account that every system has.
 */
function chooseAccount(home: string): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = ownerOf(home);
  // initdb wants an account that has a name.
  if (owner && accountNumber('-u', String(owner.uid)) !== undefined) return owner;
  const keeper = existsSync(`${home}/pgdata`) ? ownerOf(`${home}/pgdata`) : undefined;
  if (keeper) return keeper;
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const uid = accountNumber('-u', name);
    const gid = accountNumber('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new StartError('PostgreSQL does not run as root and there is no account "nobody": set DATABASE_URL');
}

/** Gives a new folder to the account and closes it to everyone else. */
export function handOver(folder: string, account: Account): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}

/**
 * Makes an empty folder in `base` to build something in that is then renamed. What other processes left there when they
 * were killed is removed.
 */
export function makeDraft(base: string): string {
  const prefix = '.draft-';
  for (const name of readdirSync(base).filter((each) => each.startsWith(prefix))) {
    const [, pid, began] = /^(\d+)\.(.*)-.{6}$/.exec(name.slice(prefix.length)) ?? [];
    const alive = identify(Number(pid)) === `${pid}.${began}`;
    if (!alive) rmSync(`${base}/${name}`, { recursive: true, force: true });
  }
  return mkdtempSync(`${base}/${prefix}${identify(process.pid)}-`);
}

/** Tries, under the account itself, whether it can reach and write a folder of its own inside `base`. */
export function reachable(base: string, account: Account): boolean {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(`${base}/.reach-`);
    handOver(probe, account);
    const script = 'cd "$1" && : > file && rm file';
    return spawnSync('/bin/sh', ['-c', script, 'sh', probe], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
  } catch {
    return false;
  } finally {
    if (probe) rmSync(probe, { recursive: true, force: true });
  }
}

/** Makes a new folder that belongs to us and that everyone may enter, but not list. */
function makeEntrance(parent: string, prefix: string): string | undefined {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o711 });
    const folder = mkdtempSync(`${parent}/${prefix}-`);
    chmodSync(folder, 0o711);
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/** A folder outside a home that the server's account cannot enter, remembered as the link `pgdata` in the home. */
function spill(home: string, account: Account): Location {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  for (const parent of [SPILL, tmpdir(), '/tmp']) {
    const base = makeEntrance(parent, parent === SPILL ? hash : `piaoquan-${hash}`);
    if (base && reachable(base, account)) {
      try {
        symlinkSync(`${base}/pgdata`, `${home}/pgdata`);
        return { account, base, dataFolder: `${base}/pgdata` };
      } catch {
        // Another instance was first: its link counts.
        rmSync(base, { recursive: true });
        return existing(home, account);
      }
    }
    if (base) rmSync(base, { recursive: true });
  }
  throw new StartError(
    `no folder can be found that the database's account (uid ${account.uid}) may enter: set DATABASE_URL`,
  );
}

/** The place a home already has. */
function existing(home: string, account: Account): Location {
  const entry = `${home}/pgdata`;
  const linked = lstatSync(entry).isSymbolicLink();
  const dataFolder = linked && !existsSync(entry) ? readlinkSync(entry) : realpathSync(entry);
  const base = dirname(dataFolder);
  if (existsSync(base)) return { account, base, dataFolder };
  throw new StartError(
    `${entry} leads to ${dataFolder}, which is missing: bring it back, or remove the link to begin anew`,
  );
}

/**
 * Finds where the database of a home lives, or shall live: in the home itself unless the server's account cannot get
 * there (root's closed folders). Throws StartError if no folder will do.
 */
export function chooseLocation(home: string): Location {
  const account = chooseAccount(home);
  if (entryExists(`${home}/pgdata`)) return existing(home, account);
  if (account.uid === undefined || reachable(home, account)) {
    return { account, base: home, dataFolder: `${home}/pgdata` };
  }
  return spill(home, account);
}
