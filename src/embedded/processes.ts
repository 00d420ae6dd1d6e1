import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Start times must read the same whoever asks. */
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Runs a small program to its end and gives what it printed; empty if it failed. */
function output(command: string, args: string[]): string {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: '/', env: ENV });
  return status === 0 ? stdout.trim() : '';
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Names one process for ever: its id and when it began, since ids are used again (in a container the same ids at every
 * start). Undefined if no such process lives.
 */
export function identify(pid: number): string | undefined {
  if (process.platform === 'linux') {
    // proc(5): the fields after the name in parentheses; the first is the state, the twentieth the start time.
    const stat = readText(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.length < 20 || fields[0] === 'Z' ? undefined : `${pid}.${fields[19]}`;
  }
  const [state = 'Z', ...began] = output('ps', ['-o', 'state=,lstart=', '-p', String(pid)]).split(/\s+/);
  return state.startsWith('Z') ? undefined : `${pid}.${began.join('-')}`;
}

/** The command line of a living process, its arguments parted by spaces; empty if there is none. */
export function commandLine(pid: number): string {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  return output('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
}

/** The number that `id` knows for an account or its group; undefined if there is no such account. */
export function accountNumber(flag: '-u' | '-g', account: string): number | undefined {
  const number = output('id', [flag, account]);
  return number === '' ? undefined : Number(number);
}
