import { StartError } from '../start-error.ts';
import { type Kind, mark, mustSuit, readMark, type Starter } from './mark.ts';
import type { Queryable, Sql, Transaction } from './pool.ts';
import { readFunctions, readMigrations, type SchemaFolders, type SqlFile, type SqlFunction } from './schema-files.ts';

/** What a database has had: the sha256 of each migration and function, and what it is marked. */
type State = { migrations: Hashes; functions: Hashes; kind: Kind | null };
type Hashes = Record<string, string>;

/** What a database still lacks. */
type Work = { migrations: SqlFile[]; functions: SqlFunction[]; gone: string[] };

/** Any fixed number: whoever migrates this database holds the advisory lock of this key. */
const LOCK = 7_001_001;

/** One query, which is all that a start costs when there is nothing to do. Rejects where a table is not there yet. */
async function readState(sql: Queryable): Promise<State> {
  const [row] = await sql<State[]>`
    select (select kind from schema_kind) as kind,
      (select coalesce(json_object_agg(name, sha256), '{}') from schema_migrations) as migrations,
      (select coalesce(json_object_agg(name, sha256), '{}') from schema_functions) as functions`;
  return row as State;
}

/** The migrations still to apply. Throws StartError if the past of the database is not the past of the folder. */
function pendingMigrations(files: readonly SqlFile[], applied: Hashes): SqlFile[] {
  const known = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const names = Object.keys(applied).sort();
  for (const name of names) {
    if (!known.has(name)) throw new StartError(`the database is newer than this version: it has migration ${name}`);
    if (known.get(name) !== applied[name])
      throw new StartError(`migration ${name} was changed after it was applied: undo the change and add a new file`);
  }
  const rest = files.filter(({ name }) => !(name in applied));
  const last = names.at(-1);
  if (last && rest[0] && rest[0].name < last)
    throw new StartError(`migration ${rest[0].name} is older than ${last}, which is applied: give it a higher number`);
  return rest;
}

async function findWork(folders: SchemaFolders, state: State): Promise<Work> {
  const [migrations, functions] = await Promise.all([
    readMigrations(folders.migrations),
    readFunctions(folders.functions),
  ]);
  const names = new Set(functions.map(({ name }) => name));
  return {
    migrations: pendingMigrations(migrations, state.migrations),
    functions: functions.filter(({ name, sha256 }) => state.functions[name] !== sha256),
    gone: Object.keys(state.functions).filter((name) => !names.has(name)),
  };
}

const isDone = ({ migrations, functions, gone }: Work): boolean =>
  migrations.length + functions.length + gone.length === 0;

const EMPTY: State = { migrations: {}, functions: {}, kind: null };

/** Holds the lock until the transaction ends, however long another process migrates. */
async function lock(tx: Transaction, { embedded }: Starter): Promise<State> {
  await tx`set local statement_timeout = 0`;
  await tx`select pg_advisory_xact_lock(${LOCK})`;
  const [found] = await tx<{ migrated: boolean; complete: boolean }[]>`
    select to_regclass('schema_migrations') is not null as migrated, to_regclass('schema_functions') is not null as complete`;
  if (found?.complete) return readState(tx);
  if (found?.migrated)
    throw new StartError(
      embedded
        ? 'the data folder was made before the first release and cannot be taken over: run piaoquan reset to make it anew, or set PIAOQUAN_HOME to another folder'
        : 'the database was made before the first release and cannot be taken over: use another, empty one',
    );
  await tx`create table schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`;
  await tx`create table schema_functions (name text primary key, sha256 text not null)`;
  return { ...EMPTY, kind: (await readMark(tx)) ?? null };
}

/** Runs the text of a file. Throws StartError that names file and line. */
async function run(tx: Transaction, what: string, { name, text }: SqlFile): Promise<void> {
  try {
    await tx.unsafe(text);
  } catch (error) {
    throw new StartError(`${what} ${name} failed: ${describe(error, text)}`);
  }
}

/** The message of a failed statement with its line in the file. */
function describe(error: unknown, text: string): string {
  const { message, position } = error as { message: string; position?: string };
  if (!position) return message;
  return `${message} (line ${text.slice(0, Number(position) - 1).split('\n').length})`;
}

/** Drops functions by name, whatever their parameters are; those of triggers, or all others. */
async function drop(tx: Transaction, names: readonly string[], ofTriggers: boolean): Promise<void> {
  const found = await tx<{ function: string }[]>`
    select oid::regprocedure::text as function from pg_proc
    where pronamespace = (select oid from pg_namespace where nspname = current_schema()) and proname = any (${names}::text[])
      and (prorettype = 'trigger'::regtype) = ${ofTriggers}`;
  if (found.length > 0) await tx.unsafe(`drop function ${found.map((each) => each.function).join(', ')}`);
}

/**
 * Tables first, then functions. What a function takes or gives may be another than it was, so changed ones are dropped and
 * made anew; those of triggers, which never take anything, are replaced, and come before the tables whose triggers name them.
 */
async function apply(tx: Transaction, { migrations, functions, gone }: Work): Promise<void> {
  await tx`set local check_function_bodies = off`;
  await drop(tx, [...gone, ...functions.map(({ name }) => name)], false);
  for (const each of functions.filter(({ forTriggers }) => forTriggers)) await run(tx, 'function', each);
  for (const each of migrations) await run(tx, 'migration', each);
  await drop(tx, gone, true);
  await Promise.all(functions.filter(({ forTriggers }) => !forTriggers).map((each) => run(tx, 'function', each)));
  await record(tx, { migrations, functions, gone });
}

async function record(tx: Transaction, { migrations, functions, gone }: Work): Promise<void> {
  const names = (files: readonly SqlFile[]): string[] => files.map(({ name }) => name);
  const hashes = (files: readonly SqlFile[]): string[] => files.map(({ sha256 }) => sha256);
  await tx`
    insert into schema_migrations (name, sha256)
    select * from unnest(${names(migrations)}::text[], ${hashes(migrations)}::text[])`;
  await tx`
    insert into schema_functions (name, sha256)
    select * from unnest(${names(functions)}::text[], ${hashes(functions)}::text[])
    on conflict (name) do update set sha256 = excluded.sha256`;
  await tx`delete from schema_functions where name = any (${gone}::text[])`;
}

/**
 * The names of migrations and functions that a database lacks. Throws StartError if its past is not that of this release.
 */
export async function findLacking(sql: Sql, folders: SchemaFolders): Promise<string[]> {
  return namesOf(await findWork(folders, (await readStateIfAny(sql)) ?? EMPTY));
}

const namesOf = ({ migrations, functions }: Work): string[] => [...migrations, ...functions].map(({ name }) => name);

const readStateIfAny = (sql: Sql): Promise<State | undefined> =>
  readState(sql).catch((error: { code?: string }) => {
    if (error.code !== '42P01') throw error;
    return undefined;
  });

/**
 * Brings the database up to date, in one transaction: migrations that it lacks, forward only, then every function whose
 * text has changed; functions that are no longer there are dropped. Any number of processes may call it at once; one of
 * them does the work. A new database is marked as what its starter is. Returns the names of the migrations (`NNNN_name.sql`)
 * and functions that this call applied; when there is nothing to do it costs one query.
 * Throws StartError, with nothing changed, if a file fails, if a migration was changed after it was applied, if the
 * database has one that the folder lacks or was made before the first release, or if it is marked the other kind and the
 * starter wants its own alone.
 */
export async function migrate(sql: Sql, folders: SchemaFolders, starter: Starter): Promise<string[]> {
  const state = await readStateIfAny(sql);
  if (state?.kind) {
    mustSuit(state.kind, starter);
    if (isDone(await findWork(folders, state))) return [];
  }
  return sql.begin(async (tx) => {
    const present = await lock(tx, starter);
    mustSuit(present.kind ?? undefined, starter);
    const work = await findWork(folders, present);
    if (!isDone(work)) await apply(tx, work);
    if (present.kind === null) await mark(tx, starter.kind);
    return namesOf(work);
  });
}
