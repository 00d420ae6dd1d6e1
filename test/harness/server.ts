import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/main.ts';
import { type BusinessParameters, type Credentials, send, signedParameters } from '../../src/sdk/request.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** The sandbox's credentials. */
export const demo = { app_key: '12345678', secret: 'helloworld', session: '6100000demo' } as const;

/** A sandbox server with demo data on a database of its own. */
export type TestServer = {
  url: string;
  database: TestDatabase;
  /** Calls a method as the demo app and gives the text of the answer. */
  call(method: string, business?: BusinessParameters, credentials?: Partial<Credentials>): Promise<string>;
  /** The same, parsed as JSON. */
  json(
    method: string,
    business?: BusinessParameters,
    credentials?: Partial<Credentials>,
  ): Promise<Record<string, never>>;
  /** Starts another process-like server on the same database. */
  another(env?: NodeJS.ProcessEnv): Promise<RunningServer>;
  close(): Promise<void>;
};

/**
 * Starts a sandbox server in this process on a fresh copy of the migrated database.
 * @param env settings beside PORT, DATABASE_URL and PIAOQUAN_HOME
 */
export async function startTestServer(env: NodeJS.ProcessEnv = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const home = mkdtempSync(`${tmpdir()}/piaoquan-server-`);
  const settings = { PORT: '0', DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  const start = (more: NodeJS.ProcessEnv) => startServer(readConfig(true, { ...settings, ...more }));
  const server = await start(env);
  const others: RunningServer[] = [];
  const call: TestServer['call'] = (method, business = {}, credentials = {}) => {
    const parameters = signedParameters({ ...demo, ...credentials }, method, business, new Date());
    return send(`${server.url}/router/rest`, parameters);
  };
  return {
    url: server.url,
    database,
    call,
    json: async (...request) => JSON.parse(await call(...request)),
    async another(more = {}) {
      const other = await start({ ...env, ...more });
      others.push(other);
      return other;
    },
    async close() {
      for (const each of [...others, server]) await each.close();
      await database.drop();
      rmSync(home, { recursive: true });
    },
  };
}
