import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { type Config, readConfig, readMasterKeys } from './config.ts';
import { serveConsole } from './console/console.ts';
import type { LoginEvent } from './console/login-guard.ts';
import { offerSetup } from './console/operator-links.ts';
import { findUser, insertDemoOperator } from './console/operators.ts';
import { adminPackages, catalogue, packages, packagesWithin } from './contract/catalogue.ts';
import type { Contract } from './contract/method.ts';
import { logCall, logSigning } from './database/change-log.ts';
import { asStartError } from './database/errors.ts';
import { startWorker } from './database/jobs.ts';
import { keepKeyring, openKeyring } from './database/keyring.ts';
import { migrate } from './database/migrate.ts';
import { connect, ping, type Sql, verify } from './database/pool.ts';
import { openWriteProbe } from './database/probe.ts';
import { SCHEMA } from './database/schema-files.ts';
import { DEMO, loadPlatformDemo } from './demo.ts';
import { serveDocs } from './docs/serve.ts';
import { startTicketingRelease } from './domains/ticketing/release.ts';
import { voucherJobs } from './domains/vouchers/handlers.ts';
import { startEmbedded } from './embedded/embedded.ts';
import { type App, listApps, openAppStore } from './gateway/apps.ts';
import { type AnyHandler, failCall } from './gateway/call.ts';
import { openCallLog } from './gateway/call-log.ts';
import { LONGEST_CALL_MS, openDeadlines } from './gateway/deadlines.ts';
import { createDispatcher } from './gateway/dispatcher.ts';
import { createExplainer } from './gateway/explain-call.ts';
import { openSignatureExplainer } from './gateway/explain-signature.ts';
import { openBodyRoom } from './gateway/http/body.ts';
import { orderlyStop } from './gateway/http/stop.ts';
import { type Metrics, openMetrics } from './gateway/metrics.ts';
import { openQuotas } from './gateway/quotas.ts';
import { openRecentCalls } from './gateway/recent-calls.ts';
import { newRequestId } from './gateway/request-id.ts';
import { buildServer } from './gateway/server.ts';
import { openSessionStore } from './gateway/sessions.ts';
import { findStock, joinHandlers, loadDomainsDemo } from './handlers.ts';
import { serveOAuth } from './oauth/oauth.ts';
import { openTokenStore } from './oauth/tokens.ts';
import { signedParameters } from './sdk/request.ts';
import type { Vault } from './secrets/vault.ts';
import { StartError } from './start-error.ts';
import { type Signer, serveTool } from './tool/tool.ts';
import { welcome } from './welcome.ts';

/** A server that listens. */
export type RunningServer = {
  /** Where callers reach it, e.g. `http://127.0.0.1:7001`. */
  readonly url: string;
  /** Folder of the embedded database; undefined with a database of one's own. */
  readonly dataFolder: string | undefined;
  /** Token of the link that makes the first owner of the console; undefined in a sandbox and when there is an owner. */
  readonly setupToken: string | undefined;
  /** Lets calls in flight finish, writes the call log, and stops what was started; a second call waits for the same end. */
  close(): Promise<void>;
};

/**
 * Starts a server: database, migrations, demo data in a sandbox, gateway. Throws StartError with one line that says what
 * to do, and leaves nothing running behind it.
 * @param clock the present time for all that depends on it: demo data, validity, jobs, sessions, logs
 */
export async function startServer(config: Config, clock = (): Date => new Date()): Promise<RunningServer> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
    const database = await openDatabase(config, (line) => logger.warn(line));
    undo.push(database.stop);
    const sql = connect(database.target, { max: config.databaseConnections });
    undo.push(() => sql.end({ timeout: 5 }));
    await verify(sql);
    const kind = config.sandbox ? 'sandbox' : 'production';
    await migrate(sql, SCHEMA, { kind, embedded: config.databaseUrl === undefined, alone: true });
    const keyring = await openKeyring(sql, () => readMasterKeys(config));
    const { vault } = keyring;
    const keeper = keepKeyring(sql, keyring, (error) =>
      logger.error({ err: error }, 'the master keys stay as they were'),
    );
    undo.push(keeper.close);
    await prepareData(config, sql, vault, clock());
    const worker = startWorker({
      sql,
      steps: voucherJobs,
      clock,
      onError: (error) => logger.error({ err: error }, 'a job was interrupted'),
    });
    undo.push(worker.close);
    const release = startTicketingRelease(sql, {
      clock,
      onError: (error) => logger.error({ err: error }, 'timed-out orders cannot be released'),
    });
    undo.push(release.close);
    const logSql = connect(database.target, { max: 1, application_name: 'piaoquan call log' });
    // What the log could not write by now is held up by a lock: no use in waiting.
    undo.push(() => logSql.end({ timeout: 1 }));
    const callLog = openCallLog(logSql, {
      days: config.callLogDays,
      clock,
      onError: (error) => logger.error({ err: error }, 'the call log cannot be written'),
    });
    undo.push(() => callLog.close());
    const server = joinGateway(config, { sql, vault, callLog, logger, clock });
    undo.push(orderlyStop(server));
    const url = await listen(server, config);
    const setupToken = config.sandbox ? undefined : await offerSetup(sql, vault, clock());
    return { url, dataFolder: database.dataFolder, setupToken, close };
  } catch (error) {
    await close();
    throw asStartError(error);
  }
}

type Database = { target: string; dataFolder: string | undefined; stop: () => Promise<void> };

async function openDatabase(config: Config, log: (line: string) => void): Promise<Database> {
  if (config.databaseUrl !== undefined)
    return { target: config.databaseUrl, dataFolder: undefined, stop: async () => undefined };
  if (!config.sandbox)
    throw new StartError(
      'set DATABASE_URL to your PostgreSQL server, e.g. postgres://user:password@host:5432/piaoquan',
    );
  return startEmbedded({ home: config.home, log });
}

async function prepareData(config: Config, sql: Sql, vault: Vault, now: Date): Promise<void> {
  if (!config.sandbox) return;
  await loadPlatformDemo(sql, vault, packages, now);
  await insertDemoOperator(sql, DEMO.operator, now);
  await loadDomainsDemo({ sql, vault }, now);
}

type GatewayParts = {
  sql: Sql;
  vault: Vault;
  callLog: ReturnType<typeof openCallLog>;
  logger: pino.Logger;
  clock: () => Date;
};

function joinGateway(config: Config, { sql, vault, callLog, logger, clock }: GatewayParts) {
  const apps = openAppStore(sql, vault);
  const tokens = openTokenStore(sql, vault);
  const handlers = joinHandlers({ sql, vault, tokens });
  const contracts: readonly Contract[] = catalogue;
  const metrics = openMetrics(
    contracts.map(({ name }) => name),
    () => callLog.figures,
  );
  const recentCalls = config.sandbox ? openRecentCalls() : undefined;
  const explainer = recentCalls && createExplainer({ calls: recentCalls, apps, contracts, clock });
  const dispatcher = createDispatcher({
    contracts,
    handlers: handlers as Record<string, AnyHandler>,
    apps,
    sessions: openSessionStore(sql, vault),
    quotas: openQuotas(sql, apps),
    callLog,
    metrics,
    signPolicy: { legacySign: config.legacySign },
    explainSignature: openSignatureExplainer(config.sandbox),
    clock,
    deadlines: openDeadlines(LONGEST_CALL_MS, MOST_CALLS, failCall),
    recentCalls,
    acting: {
      findUser: (user_id) => findUser(sql, user_id),
      enter: (writer, user_id) => logCall(sql, writer, user_id),
    },
    onUnexpected: (error, request_id, method) => logger.error({ err: error, request_id, method }, 'call failed'),
  });
  const bodyRoom = openBodyRoom(config.bodyMemory);
  const oauth = { apps, tokens, vault, clock, user: config.sandbox ? DEMO.user : undefined, bodyRoom };
  const { bodyLimit, trustProxy } = config;
  const server = buildServer({
    dispatcher,
    metrics,
    ping: () => ping(sql),
    unwritable: openWriteProbe(sql),
    logger,
    bodyLimit,
    bodyRoom,
    trustProxy,
    kind: config.sandbox ? 'sandbox' : 'production',
    ownHosts: config.sandbox ? config.hosts : undefined,
  });
  serveOAuth(server, oauth);
  const demoLogin = config.sandbox ? DEMO.operator : undefined;
  const findDeveloper = serveConsole(server, {
    sql: sql.alone,
    vault,
    clock,
    findStock,
    dispatcher,
    contracts,
    demoLogin,
    explainer,
    bodyLimit,
    webFolder: WEB_FOLDER,
    onLogin: (event) => noteLogin(event, metrics, logger),
  });
  serveTool(server, {
    methods: new Set(contracts.map(({ name }) => name)),
    apps,
    listApps: () => listApps(sql),
    sessions: config.sandbox ? [{ app_key: DEMO.app_key, session: DEMO.session_key, nick: DEMO.user.nick }] : [],
    signCall: (call, secret, now) => signedParameters({ ...call, secret }, call.method, call.parameters, now),
    explainer,
    findSigner: async (request) => (config.sandbox ? 'anyone' : findDeveloper(request)),
    maySignAs,
    enterSigning: (actor, app_key, method, now) =>
      logSigning(sql, { actor, method: 'tool.sign', request_id: newRequestId(now), now }, app_key, method),
    clock,
    bodyLimit,
  });
  serveDocs(server, { contracts, demo: config.sandbox ? DEMO : undefined, webFolder: WEB_FOLDER });
  return server;
}

/** Counts a proof of identity and logs it, but not those refused while a lock lasts, which come without end. */
function noteLogin(event: LoginEvent, metrics: Metrics, logger: pino.Logger): void {
  metrics.loggedIn(event.outcome);
  if (event.outcome === 'success') logger.info(event, 'console login');
  else if (event.outcome !== 'refused') logger.warn(event, `console login: ${event.outcome}`);
}

/** In a sandbox calls are signed as any app; elsewhere as those that let their signer do no more than his role. */
function maySignAs(app: App, signer: Signer): boolean {
  if (signer === 'anyone') return true;
  const own = packagesWithin(signer.role);
  return [...app.packages].every((each) => own.includes(each) && !adminPackages.includes(each));
}

async function listen(server: ReturnType<typeof buildServer>, { host, port }: Config): Promise<string> {
  try {
    await server.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    throw new StartError(listenProblem(error as NodeJS.ErrnoException, host, port));
  }
  const address = server.server.address();
  const open = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${open.includes(':') ? `[${open}]` : open}:${bound}`;
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use: set PORT to another one`;
    case 'EACCES':
      return `port ${port} may not be used by this account: set PORT to one above 1023`;
    default:
      return `cannot listen on ${host} port ${port} (${error.code ?? error.message}): check HOST and PORT`;
  }
}

/** The built scripts and styles of the pages. */
const WEB_FOLDER = fileURLToPath(new URL('../dist/web', import.meta.url));
/** Connections that may wait to be accepted, up to the system's own bound; beyond it a caller tries again after seconds. */
const BACKLOG = 16_384;
/** Calls under way at once, at some 1.5 KB each; callers beyond get a retryable busy answer. */
const MOST_CALLS = 20_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const IMPATIENT_MS = 2000;

/**
 * Runs a server until a signal ends it, then finishes what is in flight. Prints one line and sets a non-zero exit code
 * when it cannot start.
 */
export async function run(sandbox: boolean): Promise<void> {
  const started = performance.now();
  let stopping: number | undefined;
  let server: RunningServer | undefined;
  const stop = async (): Promise<void> => {
    // npm passes a signal on that the terminal has sent to both, so only a later second one means impatience.
    if (stopping !== undefined && performance.now() - stopping > IMPATIENT_MS) process.exit(130);
    if (stopping !== undefined) return;
    stopping = performance.now();
    await server?.close();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    const config = readConfig(sandbox);
    server = await startServer(config);
    if (stopping !== undefined) await server.close();
    else process.stdout.write(welcome(config, server, performance.now() - started, new Date()));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`piaoquan: ${error.message}\n`);
    // A refused connection may leave a socket open that would keep the process.
    process.exit(1);
  }
}

if (import.meta.main) await run(true);
