import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export type ServerProcess = { pid: number; port: number; stop(): Promise<void> };

/** As npm start runs the server. */
export const NODE_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16', '--max-old-space-size=1024'];
const NODE_ENV = { NODE_COMPILE_CACHE: 'node_modules/.cache/piaoquan', MALLOC_ARENA_MAX: '1' };

const canPin = spawnSync('taskset', ['--version']).status === 0;

/** Holds this process, its load and its database on the second core, so that the server measured has the first alone. */
export function pinBench(): boolean {
  return canPin && spawnSync('taskset', ['-p', '-c', '1', String(process.pid)]).status === 0;
}

/**
 * Starts a server script on the first core and waits for the line that names its port.
 * @param portIn finds the port in what the script prints
 */
export async function startServerProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  portIn: RegExp,
): Promise<ServerProcess> {
  const node = [process.execPath, ...args];
  const [command = '', ...rest] = canPin ? ['taskset', '-c', '0', ...node] : node;
  const child = spawn(command, rest, {
    env: { ...process.env, ...NODE_ENV, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(child, portIn);
  return {
    pid: child.pid as number,
    port,
    stop: () =>
      new Promise((done) => {
        child.on('exit', () => done());
        child.kill('SIGTERM');
      }),
  };
}

function portOf(child: ChildProcess, portIn: RegExp): Promise<number> {
  return new Promise((done, failed) => {
    child.on('exit', (code) => failed(new Error(`the server ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const port = portIn.exec(line)?.[1];
      if (port !== undefined) done(Number(port));
    });
  });
}
