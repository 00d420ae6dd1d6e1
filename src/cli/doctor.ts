import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { type Config, readConfig, readMasterKeys } from '../config.ts';
import { findKeyState } from '../database/key-store.ts';
import { toRing } from '../database/keyring.ts';
import { readMark } from '../database/mark.ts';
import { findLacking } from '../database/migrate.ts';
import { connect, type Sql, verify } from '../database/pool.ts';
import { SCHEMA } from '../database/schema-files.ts';
import { embeddedTarget } from '../embedded/embedded.ts';
import { type Client, TopError, TopNetworkError } from '../sdk/index.ts';
import { send } from '../sdk/request.ts';
import { type MasterKey, masterKey } from '../secrets/vault.ts';
import { StartError } from '../start-error.ts';
import { openClient } from './client.ts';
import { type ClientOptions, clientSettings, EXIT, type Io, printJson } from './io.ts';

/** What a check found: how it stands, and what to do unless all is well. */
type Finding = { check: string; state: 'ok' | 'warn' | 'fail'; message: string; remedy?: string };

const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message });
const warn = (check: string, message: string, remedy: string): Finding => ({ check, state: 'warn', message, remedy });
const fail = (check: string, message: string, remedy: string): Finding => ({ check, state: 'fail', message, remedy });

const NEEDED_NODE = 24;

/** Checks what a sandbox and a caller need and prints one line each; ends with 3 when something is at fault. */
export async function doctor(io: Io, options: ClientOptions & { json?: true }): Promise<void> {
  const config = readConfig(true, io.env);
  const findings = [
    checkNode(process.versions.node),
    checkFolder(config.home),
    checkSpace(config.home),
    await checkPort(config),
    ...(await checkDatabase(io, config)),
    ...(await checkCalls(io, options)),
  ];
  if (findings.some(({ state }) => state === 'fail')) io.exitCode = EXIT.difference;
  if (options.json) return printJson(io, findings);
  for (const { check, state, message, remedy } of findings)
    io.out(`${state.padEnd(4)}  ${check.padEnd(11)}  ${message}${remedy === undefined ? '' : ` → ${remedy}`}\n`);
}

function checkNode(version: string): Finding {
  if (Number.parseInt(version, 10) >= NEEDED_NODE) return ok('node', version);
  return fail('node', `${version} is too old`, `use Node ${NEEDED_NODE}: npm ci brings it, npm run finds it`);
}

/** The folder itself, or the nearest above it that is there. */
const standing = (folder: string): string => (existsSync(folder) ? folder : standing(dirname(folder)));

function checkFolder(home: string): Finding {
  try {
    accessSync(standing(home), constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('folder', existsSync(home) ? `${home} can be written` : `${home} can be made`);
  } catch {
    return fail('folder', `${home} cannot be written`, 'set PIAOQUAN_HOME to a folder of your own');
  }
}

const LEAST_SPACE_GB = 0.2;
const GOOD_SPACE_GB = 2;

function checkSpace(home: string): Finding {
  const { bavail, bsize } = statfsSync(standing(home));
  const free = (bavail * bsize) / 1e9;
  const message = `${free.toFixed(1)} GB free for ${home}`;
  if (free >= GOOD_SPACE_GB) return ok('disk', message);
  return (free < LEAST_SPACE_GB ? fail : warn)(
    'disk',
    message,
    'free some space, or set PIAOQUAN_HOME to another disk',
  );
}

async function checkPort({ host, port }: Config): Promise<Finding> {
  if (port === 0) return ok('port', 'the system will choose one');
  const place = `${host}:${port}`;
  const problem = await listenProblem(host, port);
  if (problem === undefined) return ok('port', `${place} is free`);
  const gateway = `http://${place}/router/rest`;
  const answer = await send(gateway, new Map([['format', 'json']]), 2000).catch(() => '');
  if (answer.startsWith('{"error_response"')) return ok('port', `${place} is served by Piaoquan`);
  return fail('port', `${place} cannot be used (${problem})`, 'set PORT, or HOST, to another');
}

/** Why nothing can listen there; undefined when something can. */
function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(undefined)));
  });
}

async function checkDatabase(io: Io, config: Config): Promise<Finding[]> {
  const target = config.databaseUrl ?? embeddedTarget(config.home);
  if (target === undefined)
    return [warn('database', `no sandbox runs on ${config.home}`, 'start it with npm start, or set DATABASE_URL')];
  const sql = connect(target, { max: 1, application_name: 'piaoquan command line' });
  try {
    await verify(sql);
    const found = [ok('database', await databaseWords(sql, config))];
    const missing = await findLacking(sql, SCHEMA);
    if (missing.length > 0)
      return [...found, warn('migrations', `${missing.length} to apply`, 'run piaoquan migrate, or start a server')];
    return [...found, ok('migrations', 'all applied'), await checkKey(io, config, sql)];
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return [fail('database', error.message, 'mend DATABASE_URL, or start that server')];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function databaseWords(sql: Sql, { databaseUrl }: Config): Promise<string> {
  const kind = await readMark(sql);
  const marked = kind === undefined ? 'not marked sandbox or production yet' : `marked ${kind}`;
  return `${databaseUrl === undefined ? 'the sandbox runs' : 'DATABASE_URL answers'}, ${marked}`;
}

async function checkKey(io: Io, { home }: Config, sql: Sql): Promise<Finding> {
  const state = await findKeyState(sql);
  let keys: MasterKey[];
  try {
    keys = readMasterKeys({ sandbox: false, home }, io.env).map(masterKey);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return warn('master key', 'is not known here', error.message);
  }
  try {
    if (state !== undefined) toRing(state, keys);
    return ok('master key', 'is that of the database');
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return fail('master key', 'is not all that the database is sealed with', error.message);
  }
}

const WARN_SKEW_S = 10;
/** What the gateway allows a timestamp to be off (TOP protocol 2). */
const MOST_SKEW_S = 600;

/** Calls the platform: is it there, do the credentials hold, do the clocks agree, does the session live. */
async function checkCalls(io: Io, options: ClientOptions): Promise<Finding[]> {
  const { url, app_key, session } = clientSettings(io, options);
  const client = openClient(io, options, { retries: 0 });
  try {
    const asked = Date.now();
    const { time } = await client.call('taobao.time.get');
    const answered = Date.now();
    const found = [ok('server', `${url} answers in ${answered - asked} ms`), ok('credentials', `app ${app_key}`)];
    return [
      ...found,
      checkClock(time, asked, answered),
      ...(session === undefined ? [] : [await checkSession(client)]),
    ];
  } catch (error) {
    if (error instanceof TopNetworkError)
      return [fail('server', error.message.replace(`${error.method}: `, ''), 'start it, or set PIAOQUAN_URL (--url)')];
    if (error instanceof TopError) return [ok('server', `${url} answers`), refused(error, app_key)];
    throw error;
  }
}

const TIMESTAMP_CODES = [30, 31];
const PERMISSION_CODE = 11;

/** What a refusal of the call tells. Permissions are looked at after time and signature, which then were right. */
function refused(error: TopError, app_key: string): Finding {
  if (error.code === PERMISSION_CODE && error.sub_code === 'isv.permission-api-package-limit')
    return ok('credentials', `app ${app_key}, which lacks platform.base, so the clock is not compared closer`);
  if (TIMESTAMP_CODES.includes(error.code)) return fail('clock', error.message, 'set the clock of this machine right');
  return fail('credentials', error.message, 'mend PIAOQUAN_APP_KEY and PIAOQUAN_APP_SECRET');
}

/** The time of the answer has whole seconds, and was read somewhere between asking and being answered. */
function checkClock(time: Date, asked: number, answered: number): Finding {
  const server = time.getTime() + 500;
  const off = Math.max(0, asked - server, server - answered) / 1000;
  const message = off < 1 ? "agrees with the server's" : `is ${off.toFixed(0)} s off the server's`;
  if (off <= WARN_SKEW_S) return ok('clock', message);
  return (off > MOST_SKEW_S ? fail : warn)('clock', message, 'set the clock of this machine right');
}

const SESSION_CODES = [26, 27];

/** Any method that needs a session tells: the session is looked at before the permission and the parameters. */
async function checkSession(client: Client): Promise<Finding> {
  try {
    await client.call('taobao.promotion.benefit.selector', { query: { step: 1 } });
  } catch (error) {
    if (error instanceof TopError && SESSION_CODES.includes(error.code))
      return fail('session', error.message, 'authorise again, or mend PIAOQUAN_SESSION');
    if (!(error instanceof TopError)) throw error;
  }
  return ok('session', 'lives');
}
