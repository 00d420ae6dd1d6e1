import { execFileSync } from 'node:child_process';
import { existsSync, globSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** What runs JavaScript: its name with its version, and the command line in front of a program's file. */
export type Engine = { readonly name: string; readonly command: readonly [string, ...string[]] };

/** The oldest Node that the SDK promises to run in. */
const OLDEST_NODE = 20;
const OWN_TOOLS = resolve(import.meta.dirname, '../../node_modules');
/** Where their own installers put them, beside the path. */
const HOMES = ['.deno/bin', '.bun/bin', '.nvm/versions/node/*/bin', '.volta/bin'];

const folders = (): string[] => [
  ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && !folder.startsWith(OWN_TOOLS)),
  ...HOMES.flatMap((place) => globSync(join(homedir(), place))),
];

/** Programs of a name that the machine has besides the project's own tools, each once, with what it says of its version. */
function installed(name: string): { program: string; version: string }[] {
  const found = folders().map((folder) => join(folder, name));
  return [...new Set(found.filter((program) => existsSync(program)).map((program) => realpathSync(program)))].flatMap(
    (program) => {
      try {
        const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        return [{ program, version: /\d+\.[\w.]+/.exec(said)?.[0] ?? '' }];
      } catch {
        return [];
      }
    },
  );
}

/**
 * The engines that the SDK promises to run in: the Node that runs this, every other Node from version 20 on that is on
 * the machine, Deno and Bun. What the machine lacks is in `missing`.
 */
export function findEngines(): { engines: Engine[]; missing: string[] } {
  const nodes = installed('node').filter(({ version }) => Number.parseInt(version, 10) >= OLDEST_NODE);
  const denos = installed('deno');
  const buns = installed('bun');
  const engine =
    (name: string, ...args: string[]) =>
    (each: { program: string; version: string }): Engine => ({
      name: `${name} ${each.version}`,
      command: [each.program, ...args],
    });
  const oldest = nodes.some(({ version }) => version.startsWith(`${OLDEST_NODE}.`));
  return {
    engines: [
      { name: `Node ${process.versions.node}`, command: [process.execPath] },
      ...nodes.map(engine('Node')),
      // No more than the network is allowed: the SDK asks for neither files nor environment.
      ...denos.map(engine('Deno', 'run', '--no-prompt', '--allow-net=127.0.0.1')),
      ...buns.map(engine('Bun')),
    ],
    missing: [
      ...(oldest ? [] : [`Node ${OLDEST_NODE}`]),
      ...(denos.length > 0 ? [] : ['Deno']),
      ...(buns.length > 0 ? [] : ['Bun']),
    ],
  };
}
