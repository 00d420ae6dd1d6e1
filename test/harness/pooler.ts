import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inject } from 'vitest';
import type { DatabaseTarget } from '../../src/database/pool.ts';

/** Why pgbouncer cannot be run here; undefined where it can. */
export const noPooler = (): string | undefined =>
  spawnSync('pgbouncer', ['--version'], { env: PATH }).status === 0 ? undefined : 'no pgbouncer on this machine';

/** Debian puts it where not everybody looks. */
const PATH = { PATH: `${process.env.PATH}:/usr/sbin` };

/** A pgbouncer before the run's database server that lends its sessions for a transaction each. */
export type Pooler = {
  /** The URL of a database by way of it. */
  by(target: DatabaseTarget): DatabaseTarget;
  stop(): Promise<void>;
};

/**
 * Starts a pgbouncer on a socket in a folder of its own, as Debian configures it but for what is given.
 * @param size how many sessions of the server it has for a database
 * @param more settings
 */
export async function startPooler(size: number, more: Record<string, string> = {}): Promise<Pooler> {
  const server = new URL(inject('templateDatabase'));
  const host = server.searchParams.get('host') as string;
  const { uid, gid } = statSync(`${host}/.s.PGSQL.5432`);
  const folder = mkdtempSync(`${tmpdir()}/pooler-`);
  const settings = {
    ...{ listen_port: 6432, unix_socket_dir: folder, auth_type: 'any', pool_mode: 'transaction' },
    default_pool_size: size,
    ...more,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const database = `* = host=${host} user=${server.username}`;
  writeFileSync(`${folder}/pgbouncer.ini`, ['[databases]', database, '[pgbouncer]', ...lines, ''].join('\n'));
  // It refuses to run as root; whoever the server runs as may open the server's socket.
  if (process.getuid?.() === 0) chownSync(folder, uid, gid);
  const own = process.getuid?.() === 0 ? { uid, gid } : {};
  const child = spawn('pgbouncer', [`${folder}/pgbouncer.ini`], {
    env: PATH,
    ...own,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const chunk of child.stderr) if (String(chunk).includes('process up')) break;
  return {
    by(target) {
      const url = new URL(target);
      url.port = '6432';
      url.searchParams.set('host', folder);
      return url.href;
    },
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}
