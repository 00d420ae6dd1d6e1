#!/usr/bin/env node
import { Command, Option } from 'commander';
import { homeFolder, readConfig, readMasterKey } from './config.ts';
import { catalogue, packages } from './contract/catalogue.ts';
import type { Contract } from './contract/method.ts';
import { audit } from './database/audit.ts';
import { embeddedTarget } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { connect, type Sql, verify } from './database/pool.ts';
import { createVault, type Vault } from './database/vault.ts';
import { checkMasterKey, createApp, hasApp, insertUsers } from './gateway/records.ts';
import { openTokenStore } from './gateway/tokens.ts';
import { type Credentials, send, signedParameters } from './sdk/request.ts';
import { StartError } from './start-error.ts';
import { baseText, isSignMethod, type SignMethod, sign } from './wire/sign.ts';

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Runs work on the server's own database: DATABASE_URL, or the embedded one of a sandbox that runs now. */
async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const config = readConfig(true);
  const target = config.databaseUrl ?? embeddedTarget(config.home);
  if (target === undefined)
    throw new StartError(`no database: set DATABASE_URL, or start the sandbox first (nothing runs on ${config.home})`);
  const sql = connect(target, { max: 2, application_name: 'piaoquan command line' });
  try {
    await verify(sql);
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function migrateDatabase(): Promise<void> {
  await withDatabase(async (sql) => {
    const applied = await migrate(sql);
    print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
  });
}

async function createNewApp(options: {
  name: string;
  package?: string[];
  callback?: string[];
  json?: true;
}): Promise<void> {
  checkApp(options);
  const granted = options.package ?? packages;
  const unknown = granted.filter((each) => !packages.includes(each));
  if (unknown.length > 0)
    throw new StartError(`no method is in package ${unknown.join(', ')}; packages are ${packages.join(', ')}`);
  await withDatabase(async (sql) => {
    await migrate(sql);
    const vault = await openVault(sql);
    const app = { name: options.name, packages: granted, callback_urls: options.callback ?? [] };
    const made = await createApp(sql, vault, app, new Date());
    if (options.json) print(JSON.stringify({ ...made, name: options.name, packages: granted }));
    else
      print(
        `App key     ${made.app_key}\nApp secret  ${made.secret}   (shown this once)\nPackages    ${granted.join(', ')}`,
      );
  });
}

async function createSession(options: { appKey: string; userId: string; nick: string; json?: true }): Promise<void> {
  const user = { user_id: Number(options.userId), nick: options.nick };
  if (!Number.isSafeInteger(user.user_id) || user.user_id < 1) throw new StartError('--user-id must be a whole number');
  await withDatabase(async (sql) => {
    const vault = await openVault(sql);
    if (!(await hasApp(sql, options.appKey))) throw new StartError(`there is no app ${options.appKey}`);
    const now = new Date();
    await insertUsers(sql, [user], now);
    const answer = await openTokenStore(sql, vault).issue({ app_key: options.appKey, user_id: user.user_id }, now);
    print(
      options.json
        ? JSON.stringify(answer)
        : `Session key    ${answer.access_token}   (shown this once)
Refresh token  ${answer.refresh_token}
Good for       ${answer.expires_in} seconds`,
    );
  });
}

/** The vault of the database's own master key. */
async function openVault(sql: Sql): Promise<Vault> {
  const vault = createVault(readMasterKey({ sandbox: false, home: homeFolder() }));
  await checkMasterKey(sql, vault);
  return vault;
}

async function auditDatabase({ json }: { json?: true }): Promise<void> {
  await withDatabase(async (sql) => {
    const { counters, differences } = await audit(sql);
    if (json) print(JSON.stringify({ counters, differences }));
    else {
      for (const { counter, key, counted, ledger } of differences)
        print(`${counter} ${key}: shows ${counted}, its ledger adds up to ${ledger}`);
      print(`${counters} counters, ${differences.length} differ from their ledger`);
    }
    if (differences.length > 0) process.exitCode = 3;
  });
}

type SignOptions = { secret: string; signMethod: SignMethod };

/** Throws StartError when a name or an address is none that the platform can keep. */
function checkApp({ name, callback = [] }: { name: string; callback?: string[] }): void {
  if (name.length < 1 || name.length > 100) throw new StartError('the name must have 1 to 100 characters');
  const wrong = callback.find((address) => !URL.canParse(address));
  if (wrong !== undefined) throw new StartError(`callback "${wrong}" is not an absolute address`);
}

/** Business parameters of the command line: one JSON object, or name=value pairs. */
function readParameters(words: readonly string[]): Record<string, unknown> {
  if (words.length === 1 && words[0]?.trimStart().startsWith('{')) {
    try {
      return JSON.parse(words[0]) as Record<string, unknown>;
    } catch {
      throw new StartError('the parameters are not valid JSON');
    }
  }
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new StartError(`"${word}" is not name=value`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

function signParameters(words: string[], { secret, signMethod }: SignOptions): void {
  const given = Object.entries(readParameters(words));
  const parameters = new Map(
    given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  if (!parameters.has('sign_method')) parameters.set('sign_method', signMethod);
  const method = parameters.get('sign_method') ?? '';
  if (!isSignMethod(method)) throw new StartError('sign_method must be md5, hmac or hmac-sha256');
  print(`text  ${baseText(parameters)}\nsign  ${sign(method, secret, parameters)}`);
}

/** Whether an answer is an error: JSON and XML both name it in their root. */
const isError = (text: string): boolean => /^(\{"error_response"|<\?xml[^>]*><error_response>)/.test(text);

type CallOptions = SignOptions & {
  url: string;
  appKey: string;
  session?: string;
  format: 'json' | 'xml';
  simplify?: true;
  showRequest?: true;
};

async function callMethod(method: string, words: string[], options: CallOptions): Promise<void> {
  const credentials: Credentials = {
    app_key: options.appKey,
    secret: options.secret,
    session: options.session,
    sign_method: options.signMethod,
    format: options.format,
    simplify: options.simplify,
  };
  const parameters = signedParameters(credentials, method, readParameters(words), new Date());
  if (options.showRequest) {
    print(`POST ${options.url}`);
    for (const [name, value] of parameters) print(`  ${name}=${value}`);
    print(`signed text\n  ${baseText(parameters)}\n`);
  }
  const text = await send(options.url, parameters).catch((error: Error) => {
    throw new StartError(
      `${options.url} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    );
  });
  print(text);
  if (isError(text)) process.exitCode = 2;
}

const signMethod = (): Option =>
  new Option('--sign-method <method>', 'digest of the signature')
    .choices(['md5', 'hmac', 'hmac-sha256'])
    .default('hmac-sha256');
const secret = (): Option =>
  new Option('--secret <secret>', 'secret of the app').env('PIAOQUAN_APP_SECRET').default('helloworld');

/** The server is loaded only when it is wanted: that takes longer than most commands. */
const startServer = async (sandbox: boolean): Promise<void> => (await import('./main.ts')).run(sandbox);

/** The `piaoquan` command: exit code 0 = done, 1 = could not be done, 2 = the platform answered with an error, 3 = an audit
 * found a difference. */
export function commandLine(): Command {
  const program = new Command('piaoquan').description('Piaoquan 票券: tickets and benefits over the TOP protocol');
  program
    .command('sandbox')
    .description('start the sandbox, as npm start does')
    .action(() => startServer(true));
  program
    .command('serve')
    .description('start in production: needs DATABASE_URL and PIAOQUAN_MASTER_KEY, loads no demo data')
    .action(() => startServer(false));
  program.command('migrate').description('bring the database to this release').action(migrateDatabase);
  program
    .command('audit')
    .description('prove that every counter equals its ledger, on a live system; exit code 3 when one does not')
    .option('--json', 'print JSON')
    .action(auditDatabase);
  const app = program.command('app').description('apps that may call');
  app
    .command('create')
    .description('make an app; prints its key and, once, its secret')
    .requiredOption('--name <name>', 'name that users see when they authorise it')
    .option('--package <package...>', `permission packages, all unless given: ${packages.join(', ')}`)
    .option('--callback <url...>', 'addresses that /authorize may send users back to')
    .option('--json', 'print JSON')
    .action(createNewApp);
  program
    .command('session')
    .description('session keys of users')
    .command('create')
    .description('issue a session key to an app for a user, who is made when new')
    .requiredOption('--app-key <key>', 'key of the app')
    .requiredOption('--user-id <id>', 'number of the user')
    .requiredOption('--nick <nick>', 'nick of the user')
    .option('--json', 'print JSON')
    .action(createSession);
  program
    .command('call')
    .description('call a method, e.g. call taobao.time.get')
    .argument('<method>', `one of ${catalogue.map((contract: Contract) => contract.name).join(', ')}`)
    .argument('[parameters...]', 'name=value pairs, or one JSON object')
    .addOption(new Option('--url <url>', 'gateway').env('PIAOQUAN_URL').default('http://127.0.0.1:7001/router/rest'))
    .addOption(new Option('--app-key <key>', 'key of the app').env('PIAOQUAN_APP_KEY').default('12345678'))
    .addOption(secret())
    .addOption(new Option('--session <key>', 'session key of the user').env('PIAOQUAN_SESSION'))
    .addOption(signMethod())
    .addOption(new Option('--format <format>', 'spelling of the answer').choices(['json', 'xml']).default('json'))
    .option('--simplify', 'simplified JSON')
    .option('--show-request', 'print the signed request and the text that was signed')
    .action(callMethod);
  program
    .command('sign')
    .description('sign parameters and print the text that is signed')
    .argument('<parameters...>', 'name=value pairs, or one JSON object')
    .addOption(secret())
    .addOption(signMethod())
    .action(signParameters);
  return program;
}

if (import.meta.main) {
  try {
    await commandLine().parseAsync();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`piaoquan: ${error.message}\n`);
    process.exitCode = 1;
  }
}
