import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/main.ts';
import { type BusinessParameters, type Credentials, send, signedParameters } from '../../src/sdk/request.ts';
import { bindFixedKey } from './apps.ts';
import { createTestDatabase, makeTemplate, type TestDatabase } from './database.ts';

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

/** Which time it is for a server and its callers: the machine's unless a clock is given. */
export type TestTime = { readonly clock?: () => Date; readonly fresh?: boolean };

const DEMO_TEMPLATE = 'demo_template';
/** Where the demo data's master key is, which their secrets are sealed with. */
const demoHome = (): string => `${tmpdir()}/piaoquan-demo`;

/** Lets a first server load the demo data, which costs more than all else of a start. */
async function loadDemo(target: string): Promise<void> {
  const settings = { PORT: '0', DATABASE_URL: target, PIAOQUAN_HOME: demoHome(), LOG_LEVEL: 'error' };
  await (await startServer(readConfig(true, settings))).close();
}

/** An empty database, bound to the master key where a file fixes one. */
async function createBoundDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  if (process.env.PIAOQUAN_MASTER_KEY) await bindFixedKey(database.sql);
  return database;
}

/** A database with the demo data; their master key is put into the home. */
async function createDemoDatabase(home: string): Promise<TestDatabase> {
  // A file that fixes the master key wants the demo data sealed with its own.
  if (process.env.PIAOQUAN_MASTER_KEY) return createBoundDatabase();
  await makeTemplate(DEMO_TEMPLATE, loadDemo);
  copyFileSync(`${demoHome()}/master.key`, `${home}/master.key`);
  return createTestDatabase(DEMO_TEMPLATE);
}

/**
 * Starts a sandbox server in this process on a database of its own, fresh from the demo data.
 * @param env settings beside PORT, DATABASE_URL and PIAOQUAN_HOME
 * @param time the server's clock and that of the calls; `fresh` makes the demo data at its time too
 */
export async function startTestServer(env: NodeJS.ProcessEnv = {}, time: TestTime = {}): Promise<TestServer> {
  const home = mkdtempSync(`${tmpdir()}/piaoquan-server-`);
  const { clock = () => new Date(), fresh = false } = time;
  const database = fresh ? await createBoundDatabase() : await createDemoDatabase(env.PIAOQUAN_HOME ?? home);
  // Errors alone: what no test expects shows beside the test that met it.
  const settings = { PORT: '0', DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'error' };
  const start = (more: NodeJS.ProcessEnv) => startServer(readConfig(true, { ...settings, ...more }), clock);
  const server = await start(env);
  const others: RunningServer[] = [];
  const call: TestServer['call'] = (method, business = {}, credentials = {}) => {
    const parameters = signedParameters({ ...demo, ...credentials }, method, business, clock());
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
