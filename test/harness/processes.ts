import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '../../src/embedded/processes.ts';

/** Every process with its parent. */
function parents(): [number, number][] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as [number, number]];
      } catch {
        return [];
      }
    });
}

/** The ids of all processes that descend from a process. */
export function descendants(pid: number): number[] {
  const all = parents();
  const below = (parent: number): number[] =>
    all.filter(([, each]) => each === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Waits until none of these processes lives; fails with their ids after ten seconds. */
export async function gone(pids: number[]): Promise<void> {
  const living = () => pids.filter((pid) => identify(pid) !== undefined);
  for (let waited = 0; living().length > 0; waited += 20) {
    if (waited > 10_000) throw new Error(`processes still live: ${living().join(', ')}`);
    await sleep(20);
  }
}

/** Runs one of our TypeScript files in a process of its own and gives the first line that it prints, read as JSON. */
export async function startScript<T>(
  script: URL,
  args: string[],
  options: SpawnOptions = {},
): Promise<{ child: ChildProcess; first: T }> {
  const child = spawn(process.execPath, [script.pathname, ...args], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('the process has no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, first: JSON.parse(String(line)) as T };
}
