import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program that has ended. */
export type Ended = { code: number | null; stdout: string; stderr: string };

/** A program of ours that runs. */
export type Started = {
  child: ChildProcess;
  pid: number;
  /** Where its server listens, as it printed it; fails when it ends before. */
  url(): Promise<string>;
  /** What it has printed by now. */
  stdout(): string;
  stderr(): string;
  /** Waits for its end. */
  ended: Promise<Ended>;
};

const running = new Set<Started>();

/** Ends whatever a failed test has left running. */
export async function endAll(): Promise<void> {
  const left = [...running];
  for (const { child } of left) child.kill('SIGKILL');
  await Promise.all(left.map(({ ended }) => ended));
}

/** A new empty folder for a sandbox, which its database account may enter. */
export function newHome(): string {
  const home = mkdtempSync(`${realpathSync(tmpdir())}/piaoquan-run-`);
  // As root the database runs under another account.
  chmodSync(home, 0o755);
  return home;
}

/**
 * Starts one of our programs as an operator would.
 * @param env all of its environment but PATH and where Node keeps what it compiled; nothing else is taken over
 */
export function start(program: string, args: string[], env: NodeJS.ProcessEnv, options: SpawnOptions = {}): Started {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: ROOT,
    ...options,
    env: { PATH, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  let over = false;
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    running.delete(started);
    return { code: code as number | null, ...output };
  });
  const url = async (): Promise<string> => {
    const found = () => /https?:\/\/\S+(?=\/router\/rest)/.exec(output.stdout)?.[0];
    const address = await until(found, (text) => over || text !== undefined);
    if (address === undefined || over) throw new Error(`the server did not start: ${JSON.stringify(output)}`);
    return address;
  };
  const started: Started = {
    child,
    pid: child.pid ?? 0,
    url,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
  };
  running.add(started);
  return started;
}

/** Starts the sandbox on a free port, as `npm start` does. */
export const sandbox = (env: NodeJS.ProcessEnv, options?: SpawnOptions): Started =>
  start('src/main.ts', [], { PORT: '0', ...env }, options);

/** Runs the command line to its end. */
export const piaoquan = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start('src/cli.ts', args, { PORT: '0', ...env }).ended;

/** What a command line in this process gets beside its words. */
export type Around = { input?: string; signal?: AbortSignal; out?: (text: string | Uint8Array) => void };

/** Runs the command line to its end in this process, which is ten times cheaper than one of its own. */
export async function piaoquanHere(args: string[], env: NodeJS.ProcessEnv = {}, around: Around = {}): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  const code = await runCommandLine(args, {
    env,
    out: (text) => {
      output.stdout += text;
      around.out?.(text);
    },
    err: (text) => {
      output.stderr += text;
    },
    input: async () => around.input ?? '',
    terminal: false,
    shown: false,
    signal: around.signal ?? new AbortController().signal,
    exitCode: 0,
  });
  return { code, ...output };
}
