import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../start-error.ts';

/** Folders that a schema is made of. */
export type SchemaFolders = {
  /** Tables, constraints, indexes and views: `NNNN_name.sql`, applied once each, in order. */
  readonly migrations: string;
  /** Functions, one a file that bears its name: applied whenever the text has changed. */
  readonly functions: readonly string[];
};

/** A file of SQL; `sha256` of its text tells whether it has changed. */
export type SqlFile = { readonly name: string; readonly text: string; readonly sha256: string };

/** The function of a file; triggers need theirs before they can be made. */
export type SqlFunction = SqlFile & { readonly forTriggers: boolean };

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const DOMAINS = ['platform', 'lottery', 'vouchers', 'ticketing', 'sendplans', 'benefits'];

/** The folders of this release. */
export const SCHEMA: SchemaFolders = {
  migrations: inProject('migrations'),
  functions: [inProject('src/database/sql'), ...DOMAINS.map((domain) => inProject(`src/domains/${domain}/sql`))],
};

async function readSqlFile(folder: string, name: string): Promise<SqlFile> {
  // Git may check files out with other line ends; that is no change.
  const text = (await readFile(`${folder}/${name}`, 'utf8')).replaceAll('\r\n', '\n');
  return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
}

async function sqlFilesOf(folder: string): Promise<SqlFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map((name) => readSqlFile(folder, name)));
}

/** The migrations of a folder in order of their numbers. Throws StartError for a bad or doubled number. */
export async function readMigrations(folder: string): Promise<SqlFile[]> {
  const files = await sqlFilesOf(folder);
  for (const [index, { name }] of files.entries()) {
    const before = files[index - 1]?.name;
    if (!/^\d{4}_\w+\.sql$/.test(name)) throw new StartError(`migration ${name} is not named like 0001_name.sql`);
    if (before?.slice(0, 4) === name.slice(0, 4))
      throw new StartError(`migrations ${before} and ${name} have the same number`);
  }
  return files;
}

/** The functions of some folders by their names. Throws StartError when two files have one name. */
export async function readFunctions(folders: readonly string[]): Promise<SqlFunction[]> {
  const files = (await Promise.all(folders.map(sqlFilesOf))).flat();
  const functions = files.map((file) => ({
    ...file,
    name: basename(file.name, '.sql'),
    forTriggers: /^returns trigger$/m.test(file.text),
  }));
  const doubled = functions.find(({ name }, index) => functions.findIndex((each) => each.name === name) < index);
  if (doubled) throw new StartError(`two files define the function ${doubled.name}`);
  return functions;
}
