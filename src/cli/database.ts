import { homeFolder, readConfig, readMasterKeys } from '../config.ts';
import { packages } from '../contract/catalogue.ts';
import { audit } from '../database/audit.ts';
import { openKeyring } from '../database/keyring.ts';
import type { Starter } from '../database/mark.ts';
import { migrate } from '../database/migrate.ts';
import { connect, type Sql, verify } from '../database/pool.ts';
import { SCHEMA } from '../database/schema-files.ts';
import { embeddedTarget } from '../embedded/embedded.ts';
import { openTokenStore } from '../oauth/tokens.ts';
import type { Vault } from '../secrets/vault.ts';
import { createApp, hasApp, insertUsers } from '../seed-records.ts';
import { StartError } from '../start-error.ts';
import { EXIT, type Io, printJson, table, wholeNumber } from './io.ts';
import { advanceCounters, hasServers } from './queries.ts';

/** What every command takes. */
type Json = { json?: true };

/**
 * Runs work on the server's own database: DATABASE_URL, or the embedded one of a sandbox that runs now. The work is told
 * as what it would start a new one: a database of one's own is production.
 */
export async function withDatabase(io: Io, work: (sql: Sql, starter: Starter) => Promise<void>): Promise<void> {
  const config = readConfig(true, io.env);
  const embedded = config.databaseUrl === undefined;
  const target = config.databaseUrl ?? embeddedTarget(config.home);
  if (target === undefined)
    throw new StartError(`no database: set DATABASE_URL, or start the sandbox first (nothing runs on ${config.home})`);
  const sql = connect(target, { max: 2, application_name: 'piaoquan command line' });
  try {
    await verify(sql);
    await work(sql, { kind: embedded ? 'sandbox' : 'production', embedded });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Brings the database to this release; a new one is production's. */
export async function migrateDatabase(io: Io, { json }: Json): Promise<void> {
  await withDatabase(io, async (sql, starter) => {
    const applied = await migrate(sql, SCHEMA, starter);
    if (json) printJson(io, { applied });
    else io.out(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${listApplied(applied)}.\n`);
  });
}

/** Migrations by their names, functions by their number: a first start has over a hundred. */
function listApplied(applied: readonly string[]): string {
  const migrations = applied.filter((name) => name.endsWith('.sql'));
  const functions = applied.length - migrations.length;
  return [...migrations, ...(functions > 0 ? [`${functions} functions`] : [])].join(', ');
}

/** Makes the first app of a database; further ones may be made by calls, too. */
export async function createNewApp(
  io: Io,
  options: Json & { name: string; package?: string[]; callback?: string[] },
): Promise<void> {
  checkApp(options);
  const granted = options.package ?? packages;
  const unknown = granted.filter((each) => !packages.includes(each));
  if (unknown.length > 0)
    throw new StartError(`no method is in package ${unknown.join(', ')}; packages are ${packages.join(', ')}`);
  await withDatabase(io, async (sql, starter) => {
    await migrate(sql, SCHEMA, starter);
    const vault = await openVault(io, sql);
    const app = { name: options.name, packages: granted, callback_urls: options.callback ?? [] };
    const made = await createApp(sql, vault, app, new Date());
    if (options.json) return printJson(io, { ...made, name: options.name, packages: granted });
    const secret = `${made.secret}   (shown this once)`;
    io.out(`App key     ${made.app_key}\nApp secret  ${secret}\nPackages    ${granted.join(', ')}\n`);
  });
}

/** Throws StartError when a name or an address is none that the platform can keep. */
function checkApp({ name, callback = [] }: { name: string; callback?: string[] }): void {
  if (name.length < 1 || name.length > 100) throw new StartError('the name must have 1 to 100 characters');
  const wrong = callback.find((address) => !URL.canParse(address));
  if (wrong !== undefined) throw new StartError(`callback "${wrong}" is not an absolute address`);
}

/** Issues a session key to an app for a user, who is made when new. */
export async function createSession(
  io: Io,
  options: Json & { appKey: string; userId: string; nick: string },
): Promise<void> {
  const user = { user_id: Number(options.userId), nick: options.nick };
  if (!Number.isSafeInteger(user.user_id) || user.user_id < 1) throw new StartError('--user-id must be a whole number');
  await withDatabase(io, async (sql) => {
    const vault = await openVault(io, sql);
    if (!(await hasApp(sql, options.appKey))) throw new StartError(`there is no app ${options.appKey}`);
    const now = new Date();
    await insertUsers(sql, [user], now);
    const answer = await openTokenStore(sql, vault).issue({ app_key: options.appKey, user_id: user.user_id }, now);
    if (options.json) return printJson(io, answer);
    io.out(
      `Session key    ${answer.access_token}   (shown this once)
Refresh token  ${answer.refresh_token}
Good for       ${answer.expires_in} seconds\n`,
    );
  });
}

/** The vault of the database's own master keys. */
export async function openVault(io: Io, sql: Sql): Promise<Vault> {
  const readKeys = () => readMasterKeys({ sandbox: false, home: homeFolder(io.env) }, io.env);
  return (await openKeyring(sql, readKeys)).vault;
}

/** Compares every counter with its ledger; ends with 3 when one differs. */
export async function auditDatabase(io: Io, { json }: Json): Promise<void> {
  await withDatabase(io, async (sql) => {
    const { counters, differences } = await audit(sql);
    if (differences.length > 0) io.exitCode = EXIT.difference;
    if (json) return printJson(io, { counters, differences });
    for (const { counter, key, counted, ledger } of differences)
      io.out(`${counter} ${key}: shows ${counted}, its ledger adds up to ${ledger}\n`);
    io.out(`${counters} counters, ${differences.length} differ from their ledger\n`);
  });
}

const MOST_NUMBERS = 100_000_000;
const MOST_CODES = 1_000_000;

/**
 * After a restore of an older backup, before a server starts on it: moves every counter ahead whose numbers, codes or
 * cursors may have gone out since, and tells which. Throws StartError while a server runs on the database.
 */
export async function advance(io: Io, options: Json & { numbers: string; codes: string }): Promise<void> {
  const numbers = wholeNumber('--numbers', options.numbers, 1, MOST_NUMBERS);
  const codes = wholeNumber('--codes', options.codes, 0, MOST_CODES);
  await withDatabase(io, async (sql, starter) => {
    await migrate(sql, SCHEMA, starter);
    if (!starter.embedded && (await hasServers(sql)))
      throw new StartError('a server runs on the database and may hand out what was handed out before: stop it first');
    const advanced = await advanceCounters(sql, numbers, codes, new Date());
    if (options.json) return printJson(io, { advanced });
    io.out(`${table(advanced.map(({ counter, key, skipped }) => [`+${skipped}`, counter, key]))}
${advanced.length} counters were moved ahead: what goes out from now on did not go out before the restore, if no more than
${numbers} numbers of a kind and ${codes} codes of a batch went out since the backup.
Voucher codes set aside stay good for whoever holds them; those of batches with a pattern that were made since are void.\n`);
  });
}
