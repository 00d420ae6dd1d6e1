import { realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Sql } from '../../src/database/pool.ts';
import { embeddedTarget } from '../../src/embedded/embedded.ts';
import { readPostmaster } from '../../src/embedded/postmaster.ts';
import { using } from '../harness/embedded-home.ts';
import { descendants, gone } from '../harness/processes.ts';
import { newHome, type Started, sandbox } from '../harness/run.ts';
import { until } from '../harness/until.ts';

/** A sandbox on a port and a folder of its own that is killed and started again. */
export type Stage = {
  readonly url: string;
  /** Ends the server by SIGKILL; resolves when it has been started again and nothing of the old one lives. */
  killServer(): Promise<void>;
  /** Ends PostgreSQL's postmaster by SIGKILL; resolves when the server has started it again by itself. */
  killDatabase(): Promise<void>;
  /** Runs something on the database, past the server. */
  query<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Ends the server in good order; fails if a process of its own stays. */
  close(): Promise<void>;
  /** Removes the folder, once nothing runs there any more. */
  remove(): void;
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });

/** A free port below those that systems give to outgoing connections, which could take it while the server is down. */
async function choosePort(random: () => number): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(random() * 18_000);
    if (await isFree(port)) return port;
  }
}

/** Waits until a server listens, on a busy machine for a minute. */
async function listening(server: Started): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await server.url();
    } catch (error) {
      if (tries === 4 || server.child.exitCode !== null) throw error;
    }
  }
}

/** Starts the sandbox. @param random gives numbers from 0 to below 1 */
export async function openStage(random: () => number): Promise<Stage> {
  const home = newHome();
  const env = { PORT: String(await choosePort(random)), PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  const running = () => readPostmaster(realpathSync(`${home}/pgdata`));
  let server: Started = sandbox(env);
  const url = await listening(server);

  return {
    url,
    async killServer() {
      const family = descendants(server.pid);
      server.child.kill('SIGKILL');
      await server.ended;
      server = sandbox(env);
      await listening(server);
      await gone(family);
    },
    async killDatabase() {
      const { pid } = await until(running, (found) => found?.ready === true).then((found) => found ?? { pid: 0 });
      const family = descendants(pid);
      if (!descendants(server.pid).includes(pid)) throw new Error(`postmaster ${pid} is not of our server`);
      process.kill(pid, 'SIGKILL');
      await until(running, (found) => found?.ready === true && found.pid !== pid);
      await gone([pid, ...family]);
    },
    query: (work) => using(embeddedTarget(home) ?? '', work),
    async close() {
      const family = descendants(server.pid);
      server.child.kill('SIGTERM');
      const { code } = await server.ended;
      await gone(family);
      if (code !== 0) throw new Error(`the server ended with code ${code}`);
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
