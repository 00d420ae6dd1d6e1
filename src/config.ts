import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { openHome } from './embedded/home.ts';
import { StartError } from './start-error.ts';

/** Every setting of a running server. This file is the only reader of the environment. */
export type Config = {
  /** Sandbox: embedded database unless told otherwise, demo data, signature help. Production otherwise. */
  readonly sandbox: boolean;
  /** TCP port of the server, `PORT`, default 7001. 0 lets the system choose. */
  readonly port: number;
  /** Address to listen on, `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** Data folder, `PIAOQUAN_HOME`, default `.piaoquan` in the present folder; absolute. */
  readonly home: string;
  /** PostgreSQL server of one's own, `DATABASE_URL`; the embedded one when absent (sandbox only). */
  readonly databaseUrl: string | undefined;
  /** Connections to the database for calls, `PIAOQUAN_DB_CONNECTIONS`, default 10. */
  readonly databaseConnections: number;
  /** Takes calls without `sign_method` in the 2015 .NET form, `PIAOQUAN_LEGACY_SIGN=on`, default off. */
  readonly legacySign: boolean;
  /** Days that call records are kept, `PIAOQUAN_CALL_LOG_DAYS`, default 7. */
  readonly callLogDays: number;
  /** Largest request body in bytes, `PIAOQUAN_BODY_LIMIT`, default 4 MiB. */
  readonly bodyLimit: number;
  /** Memory in bytes for all request bodies that come in parts, `PIAOQUAN_BODY_MEMORY`, default 256 MiB. */
  readonly bodyMemory: number;
  /** Proxies whose X-Forwarded-For is believed, `PIAOQUAN_TRUST_PROXY`: comma-joined addresses or ranges; default none. */
  readonly trustProxy: readonly string[];
  /** Names beside this machine's own under which a sandbox's console and tool answer, `PIAOQUAN_HOSTS`: comma-joined; default none. */
  readonly hosts: readonly string[];
  /** Least level written to the log, `LOG_LEVEL`: trace … fatal or silent; default info, sandbox warn. */
  readonly logLevel: string;
};

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the settings of the environment. Throws StartError naming the setting whose value is unusable.
 * @param sandbox whether the server starts as a sandbox
 */
export function readConfig(sandbox: boolean, env: NodeJS.ProcessEnv = process.env): Config {
  const databaseUrl = env.DATABASE_URL || undefined;
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new StartError('DATABASE_URL must begin with postgres:// or postgresql://');
  const logLevel = env.LOG_LEVEL || (sandbox ? 'warn' : 'info');
  if (!LOG_LEVELS.includes(logLevel)) throw new StartError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  return {
    sandbox,
    port: wholeNumber(env, 'PORT', 7001, 0, 65535),
    host: env.HOST || '127.0.0.1',
    home: homeFolder(env),
    databaseUrl,
    databaseConnections: wholeNumber(env, 'PIAOQUAN_DB_CONNECTIONS', 10, 1, 1000),
    legacySign: onOff(env, 'PIAOQUAN_LEGACY_SIGN'),
    callLogDays: wholeNumber(env, 'PIAOQUAN_CALL_LOG_DAYS', 7, 1, 3650),
    bodyLimit: wholeNumber(env, 'PIAOQUAN_BODY_LIMIT', 4 * 1024 * 1024, 1024, 1024 ** 3),
    bodyMemory: wholeNumber(env, 'PIAOQUAN_BODY_MEMORY', 256 * 1024 * 1024, 1024, 1024 ** 4),
    trustProxy: proxiesOf(env),
    hosts: hostsOf(env),
    logLevel,
  };
}

/** As a browser writes them, so that they compare. */
function hostsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const hosts = (env.PIAOQUAN_HOSTS ?? '').split(',').map((each) => each.trim());
  return hosts
    .filter((each) => each !== '')
    .map((each) => {
      const url = URL.parse(`http://${each}`);
      if (url === null || url.port !== '' || url.hostname.includes('*') || url.pathname !== '/' || url.username !== '')
        throw new StartError(
          `PIAOQUAN_HOSTS must be comma-joined host names without ports, such as box.lan, not "${each}"`,
        );
      return url.hostname;
    });
}

function proxiesOf(env: NodeJS.ProcessEnv): readonly string[] {
  const proxies = (env.PIAOQUAN_TRUST_PROXY ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  for (const each of proxies)
    if (!PROXY_GROUPS.includes(each) && !isRange(each))
      throw new StartError(
        `PIAOQUAN_TRUST_PROXY takes addresses or ranges such as 10.0.0.7 or 10.0.0.0/8, comma-joined, not "${each}"`,
      );
  return proxies;
}

/** Groups of addresses that have a name. */
const PROXY_GROUPS = ['loopback', 'linklocal', 'uniquelocal'];

/** Whether a text is an IP address, or a range as an address and its bits. A range of no bits would believe everybody. */
const isRange = (text: string): boolean =>
  isIP(text.split('/', 1)[0] as string) !== 0 &&
  (!text.includes('/') || (ipaddr.isValidCIDR(text) && !/\/0+$/.test(text)));

/** The data folder of the environment, absolute. */
export const homeFolder = (env: NodeJS.ProcessEnv = process.env): string => resolve(env.PIAOQUAN_HOME || '.piaoquan');

/** How the command line reaches a server, and the language it explains methods in. */
export type ClientConfig = {
  /** Gateway, `PIAOQUAN_URL`, default http://127.0.0.1:7001/router/rest. */
  readonly url: string;
  /** Key of the app, `PIAOQUAN_APP_KEY`, default the sandbox's. */
  readonly app_key: string;
  /** Its secret, `PIAOQUAN_APP_SECRET`, default the sandbox's. */
  readonly secret: string;
  /** Session key of a user, `PIAOQUAN_SESSION`, default none. */
  readonly session: string | undefined;
  /** By `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set: Chinese for zh…, else English. */
  readonly language: 'zh' | 'en';
};

/** Reads the settings of the command line as a client. */
export function readClientConfig(env: NodeJS.ProcessEnv = process.env): ClientConfig {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return {
    url: env.PIAOQUAN_URL || 'http://127.0.0.1:7001/router/rest',
    app_key: env.PIAOQUAN_APP_KEY || '12345678',
    secret: env.PIAOQUAN_APP_SECRET || 'helloworld',
    session: env.PIAOQUAN_SESSION || undefined,
    language: /^zh/i.test(locale) ? 'zh' : 'en',
  };
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new StartError(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
  return value;
}

function onOff(env: NodeJS.ProcessEnv, name: string): boolean {
  const text = env[name] || 'off';
  if (text !== 'on' && text !== 'off') throw new StartError(`${name} must be on or off, not "${text}"`);
  return text === 'on';
}

/**
 * The master keys that guard secrets at rest, the one that shall seal first: `PIAOQUAN_MASTER_KEY`, 32 bytes in base64 or
 * 64 hexadecimal digits, and those before it, `PIAOQUAN_PREVIOUS_MASTER_KEYS`, comma-joined. A sandbox without any makes
 * its own and keeps it in the data folder, readable by its owner alone, a key a line; the command line finds it there.
 * Throws StartError when there is no key and none may be made, or one has another form.
 * @param config.sandbox whether a key may be made
 */
export function readMasterKeys(
  config: Pick<Config, 'sandbox' | 'home'>,
  env: NodeJS.ProcessEnv = process.env,
): readonly [Buffer, ...Buffer[]] {
  const previous = (env.PIAOQUAN_PREVIOUS_MASTER_KEYS ?? '').split(',').filter((each) => each.trim() !== '');
  const earlier = previous.map((each) => decodeKey(each.trim(), 'PIAOQUAN_PREVIOUS_MASTER_KEYS'));
  const given = env.PIAOQUAN_MASTER_KEY;
  if (given) return [decodeKey(given, 'PIAOQUAN_MASTER_KEY'), ...earlier];
  const file = keyFile(config.home);
  if (!existsSync(file) && config.sandbox) makeKey(config.home, file);
  if (!existsSync(file))
    throw new StartError(
      'set PIAOQUAN_MASTER_KEY to 32 random bytes in base64, e.g. the output of: openssl rand -base64 32',
    );
  const lines = readFileSync(file, 'utf8').trim().split(/\s+/);
  const [first, ...others] = lines.map((each) => decodeKey(each, file));
  return [first as Buffer, ...others, ...earlier];
}

const keyFile = (home: string): string => join(home, 'master.key');

/**
 * Puts a new key before the one in the file of a data folder, where the key is not in the settings. A file that holds two
 * stays as it is: the first of them is the new key of a change that did not come to its end.
 */
export function addFileKey(home: string, env: NodeJS.ProcessEnv = process.env): void {
  const file = keyFile(home);
  if (env.PIAOQUAN_MASTER_KEY || !existsSync(file)) return;
  const [first = '', ...others] = readFileSync(file, 'utf8').trim().split(/\s+/);
  if (others.length === 0) writeKeys(file, [randomBytes(32).toString('base64'), first]);
}

/** Leaves the first key alone in the file of a data folder, once nothing is sealed under the others. */
export function keepFirstFileKey(home: string, env: NodeJS.ProcessEnv = process.env): void {
  const file = keyFile(home);
  if (env.PIAOQUAN_MASTER_KEY || !existsSync(file)) return;
  writeKeys(file, readFileSync(file, 'utf8').trim().split(/\s+/).slice(0, 1));
}

/** Writes keys so that a reader finds those before or these, whole. */
function writeKeys(file: string, keys: readonly string[]): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${keys.join('\n')}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
}

/** Makes a key that appears whole or not at all; when another process was first, its key stays. */
function makeKey(home: string, file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    openHome(home);
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    linkSync(draft, file);
  } catch (error) {
    if (existsSync(file)) return;
    const { message } = error as Error;
    throw error instanceof StartError ? error : new StartError(`folder ${home} cannot be written: ${message}`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function decodeKey(text: string, where: string): Buffer {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (key.length !== 32) throw new StartError(`the master key in ${where} must be 32 bytes in base64 or hexadecimal`);
  return key;
}
