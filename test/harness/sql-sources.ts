import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A text of SQL: the file it stands in, by its path from the root, and the text without comments. */
export type SqlSource = { readonly path: string; readonly text: string; readonly sql: string };

const filesBelow = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && !/\.test\.ts$|node_modules/.test(name))
    .map((name) => join(folder, name))
    .sort();

/** SQL files of a folder. */
export const sqlFilesBelow = (folder: string): SqlSource[] =>
  filesBelow(folder, /\.sql$/).map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, sql: text.replaceAll(/--[^\n]*/g, '') };
  });

const STATEMENT = /\b(?:select|insert into|update|delete from|from|join|copy|truncate|with|where)\b/i;

/** The statements in TypeScript files: their template texts that are SQL or a part of it, without what is put in. */
export const sqlTextsBelow = (folder: string): SqlSource[] =>
  filesBelow(folder, /\.ts$/).flatMap((path) => {
    const code = readFileSync(join(root, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    const sql = [...code.matchAll(/`(?:[^`\\]|\\.)*`/g)].map(([text]) => text).filter((text) => STATEMENT.test(text));
    return sql.length === 0 ? [] : [{ path, text: code, sql: sql.join('\n') }];
  });

/** Tables and views, by the migration that makes them: `0002_lottery.sql` and `0007_lottery_members.sql` make those of `lottery`. */
export function relationsByDomain(): Map<string, string> {
  const made = sqlFilesBelow('migrations').flatMap(({ path, sql }) =>
    [...sql.matchAll(/^create (?:unlogged )?(?:table|view) (\w+)/gm)].map(
      ([, name]) => [name, /\d{4}_([a-z]+)[^/]*\.sql$/.exec(path)?.[1]] as [string, string],
    ),
  );
  return new Map(made);
}

/** Each template text in the TypeScript files of a folder that is SQL or a part of it; named by its file from the folder on. */
export const statementsBelow = (folder: string): { readonly name: string; readonly text: string }[] =>
  filesBelow(folder, /\.ts$/).flatMap((path) => {
    const code = readFileSync(join(root, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    const texts = [...code.matchAll(/\b(?:sql|tx)(?:<[^`]*?>)?`((?:[^`\\]|\\.)*)`/g)].map(([, text]) => text as string);
    return texts.filter((text) => STATEMENT.test(text)).map((text) => ({ name: path.slice(folder.length + 1), text }));
  });
