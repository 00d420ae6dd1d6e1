import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import type { Account } from './home.ts';
import { commandLine, identify } from './processes.ts';

/** A living server process on a data folder, as its postmaster.pid tells; `owner` is the instance that started it. */
export type Postmaster = { pid: number; socketDir: string; ready: boolean; owner: string | undefined };
/** A server we started: `ended` resolves with its exit code, `release` lets go of it, which stops it. */
export type Running = { ended: Promise<number>; release(): void };
/** What a server is started with. */
export type Plan = { program: string; account: Account; dataFolder: string; socketDir: string; logFile: string };

const LOG_LIMIT = 10 * 1024 * 1024;
const READY_MS = 120_000;

/**
 * Runs PostgreSQL and stops it as soon as standard input ends: when we close it, or when we die in any way. The
 * signals are PostgreSQL's fast (INT) and immediate (QUIT) shutdown. It has its own process group, so that Ctrl-C
 * reaches only us, and the last line clears that group of what still sleeps.
 */
const WATCHDOG = `
socket_dir=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
trap 'released=1; kill -INT $server; (sleep 20; kill -QUIT $server; sleep 5; kill -KILL $server) 3<&- &' USR1
(while read -r line; do :; done <&3; kill -USR1 $$ || kill -INT $server) & exec 3<&-
while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
[ -z "$released" ] || rm -rf "$socket_dir"
trap '' TERM; kill -TERM 0; exit $status`;

/** The setting in which a server's command line carries the instance that started it. */
const OWNER = 'piaoquan.owner';

/** The settings that make the embedded server: durable, reached through its socket alone, quiet. */
function serverArguments({ program, dataFolder, socketDir }: Plan): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    port: '5432',
    max_connections: '100',
    shared_buffers: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Without details: they quote rows, and so personal data.
    log_error_verbosity: 'terse',
    jit: 'off',
    [OWNER]: identify(process.pid),
  };
  return [
    program,
    '-D',
    dataFolder,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** The server that lives on a data folder, if any. A process that took over the id of a dead server is none. */
export function readPostmaster(dataFolder: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(`${dataFolder}/postmaster.pid`, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const command = pid > 0 && identify(pid) ? commandLine(pid) : '';
  if (!command.includes('postgres') || !command.includes(dataFolder)) return undefined;
  const owner = new RegExp(`${OWNER}=(\\S+)`).exec(command)?.[1];
  return { pid, socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready', owner };
}

/**
 * Makes sure that no server runs on the folder. One whose instance has died is stopping by itself; it gets some time
 * and then a signal; 'ours too' does the same to a server of this process. Throws StartError if the instance that
 * started it lives.
 */
export async function clearPostmaster(home: string, dataFolder: string, which?: 'ours too'): Promise<void> {
  const signals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
  for (let waited = 0; ; waited += 20) {
    const server = readPostmaster(dataFolder);
    if (!server) return;
    const owner = Number(server.owner?.split('.')[0] ?? server.pid);
    const ours = which !== undefined && owner === process.pid;
    const orphan = server.owner !== undefined && identify(owner) !== server.owner;
    if (!ours && !orphan) throw new StartError(`folder ${home} is in use by another instance (process ${owner})`);
    const signal = waited % 5000 === 3000 ? signals[Math.floor(waited / 5000)] : undefined;
    if (signal) tell(server.pid, signal);
    if (waited > 20_000)
      throw new StartError(`the old database server of folder ${home} (process ${server.pid}) does not stop`);
    await sleep(20);
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Opens the server's log for appending, never through a link; a long one is put aside as `.old` first. */
function openLog(logFile: string, home: string): number {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  let file = openSync(logFile, flags, 0o600);
  if (fstatSync(file).size > LOG_LIMIT) {
    closeSync(file);
    renameSync(logFile, `${logFile}.old`);
    file = openSync(logFile, flags, 0o600);
  }
  // As root in someone's folder the log belongs to them, or they could not start again without root.
  const { uid, gid } = statSync(home);
  if (process.getuid?.() === 0) fchownSync(file, uid, gid);
  return file;
}

/** The last line that tells why the server ended, among those it wrote since `start`. */
function lastReason(file: number, start: number): string {
  const text = Buffer.alloc(Math.min(fstatSync(file).size - start, 64 * 1024));
  readSync(file, text, 0, text.length, start);
  const lines = text
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const line = lines.findLast((each) => /FATAL|PANIC/.test(each)) ?? lines.at(-1) ?? 'it wrote nothing';
  return line.replace(/^.*?(FATAL|PANIC|LOG): +/, '');
}

/**
 * Starts the server and waits until it takes connections. Throws StartError with the last line of its log if it ends
 * before.
 */
export async function startPostmaster(plan: Plan, home: string): Promise<Running> {
  const log = openLog(plan.logFile, home);
  try {
    const start = fstatSync(log).size;
    const child = launch(plan, log);
    const running = watch(child);
    const state = await untilReady(plan, running.ended);
    if (state === 'ready') return running;
    running.release();
    if (state === 'late')
      throw new StartError(`the embedded database is not ready after ${READY_MS / 1000} s: see ${plan.logFile}`);
    throw new StartError(`the embedded database does not start: ${lastReason(log, start)} (see ${plan.logFile})`);
  } finally {
    closeSync(log);
  }
}

function launch(plan: Plan, log: number): ChildProcess {
  return spawn('/bin/sh', ['-c', WATCHDOG, 'sh', plan.socketDir, ...serverArguments(plan)], {
    ...plan.account,
    cwd: '/',
    // Nothing of our environment: PGPORT, PGDATA and others would change the server.
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: ['pipe', log, log],
  });
}

function watch(child: ChildProcess): Running {
  child.stdin?.on('error', () => {});
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
  return { ended, release: () => child.stdin?.destroy() };
}

/** PostgreSQL tells its state in postmaster.pid alone, so that is read until it says what we wait for. */
async function untilReady(plan: Plan, ended: Promise<number>): Promise<'ready' | 'ended' | 'late'> {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(10)) {
    if (over) return 'ended';
    const server = readPostmaster(plan.dataFolder);
    if (server?.ready && server.socketDir === plan.socketDir) return 'ready';
  }
  return 'late';
}
