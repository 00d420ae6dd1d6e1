import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { StartError } from '../start-error.ts';
import { type Kind, mark, mustSuit, readMark, type Starter } from './mark.ts';
import type { Queryable, Sql, Transaction } from './pool.ts';

type Migration = { name: string; sha256: string; text: string };
type Applied = { name: string; sha256: string };

/** The folder of this release's migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
/** Any fixed number: whoever migrates this database holds the advisory lock of this key. */
const LOCK = 7_001_001;

/** The migrations of a folder in order of their numbers. Throws StartError for a bad or doubled number. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  for (const [index, name] of names.entries()) {
    if (!/^\d{4}_\w+\.sql$/.test(name)) throw new StartError(`migration ${name} is not named like 0001_name.sql`);
    if (names[index - 1]?.slice(0, 4) === name.slice(0, 4)) {
      throw new StartError(`migrations ${names[index - 1]} and ${name} have the same number`);
    }
  }
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  // Git may check files out with other line ends; that is no change.
  const text = (await readFile(`${folder}/${name}`, 'utf8')).replaceAll('\r\n', '\n');
  return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What the database has applied, in order. */
async function readApplied(sql: Queryable): Promise<Applied[]> {
  return sql<Applied[]>`select name, sha256 from schema_migrations order by name`;
}

/** What the database has applied and is marked; nothing if it was never migrated. */
async function readState(sql: Sql): Promise<{ applied: Applied[]; kind: Kind | undefined }> {
  const missing = (error: { code?: string }): undefined => {
    if (error.code !== '42P01') throw error;
  };
  const rows = await sql<(Applied & { kind: Kind })[]>`
    select name, sha256, kind from schema_kind, schema_migrations order by name`.catch(missing);
  if (rows !== undefined && rows.length > 0) return { applied: rows, kind: rows[0]?.kind };
  return { applied: (await readApplied(sql).catch(missing)) ?? [], kind: await readMark(sql) };
}

/** The migrations still to apply. Throws StartError if the past of the database is not the past of the folder. */
function pending(migrations: Migration[], applied: Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration.sha256]));
  for (const { name, sha256 } of applied) {
    if (!known.has(name)) throw new StartError(`the database is newer than this version: it has migration ${name}`);
    if (known.get(name) !== sha256) {
      throw new StartError(`migration ${name} was changed after it was applied: undo the change and add a new file`);
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  const rest = migrations.filter(({ name }) => !done.has(name));
  const last = applied.at(-1)?.name;
  if (last && rest[0] && rest[0].name < last) {
    throw new StartError(`migration ${rest[0].name} is older than ${last}, which is applied: give it a higher number`);
  }
  return rest;
}

/** Holds the lock until the transaction ends, however long another process migrates. */
async function lock(tx: Transaction): Promise<Applied[]> {
  await tx`set local statement_timeout = 0`;
  await tx`select pg_advisory_xact_lock(${LOCK})`;
  await tx`create table if not exists schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`;
  return readApplied(tx);
}

/**
 * Marks the database and applies the first pending migration in one transaction; undefined if another process left none.
 */
async function applyNext(sql: Sql, migrations: Migration[], starter: Starter): Promise<string | undefined> {
  return sql.begin(async (tx) => {
    const applied = await lock(tx);
    await mark(tx, starter, applied.length > 0);
    mustSuit(await readMark(tx), starter);
    const next = pending(migrations, applied)[0];
    if (!next) return undefined;
    try {
      await tx.unsafe(next.text);
    } catch (error) {
      throw new StartError(`migration ${next.name} failed: ${describe(error, next.text)}`);
    }
    await tx`insert into schema_migrations (name, sha256) values (${next.name}, ${next.sha256})`;
    return next.name;
  });
}

/** The message of a failed statement with its line in the file. */
function describe(error: unknown, text: string): string {
  const { message, position } = error as { message: string; position?: string };
  if (!position) return message;
  return `${message} (line ${text.slice(0, Number(position) - 1).split('\n').length})`;
}

/**
 * Brings the database up to date with `migrations/NNNN_name.sql`: forward only, each file in its own transaction. Any
 * number of processes may call it at once; every file is applied by exactly one. The first transaction marks a new
 * database as what its starter is. Returns the names this call applied; when there is nothing to do it costs one query.
 * Throws StartError if a file fails, was changed after it was applied, if the database has one that the folder lacks, or,
 * with nothing changed, if it is marked the other kind and the starter wants its own alone.
 */
export async function migrate(sql: Sql, folder: string, starter: Starter): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const { applied, kind } = await readState(sql);
  mustSuit(kind, starter);
  if (pending(migrations, applied).length === 0 && kind !== undefined) return [];
  const names: string[] = [];
  for (;;) {
    const name = await applyNext(sql, migrations, starter);
    if (!name) return names;
    names.push(name);
  }
}
