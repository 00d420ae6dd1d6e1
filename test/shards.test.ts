import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { DISTRIBUTED, LOCAL, placeOf } from './harness/distribution.ts';
import * as exceptions from './harness/shard-exceptions.ts';
import { sqlFilesBelow, statementsBelow } from './harness/sql-sources.ts';

/** A function of a domain: its head, which tells settings and what it returns, and its body by statements. */
type SqlFunction = { readonly name: string; readonly head: string; readonly body: string };

const functions: SqlFunction[] = sqlFilesBelow('src/domains').map(({ path, sql }) => {
  const [head = '', body = ''] = sql.split('$$');
  return { name: basename(path, '.sql'), head, body };
});

/** The statements of partners' methods: template texts of the domains' files, but those of administration and reading. */
const statements = statementsBelow('src/domains').filter(({ name }) => !exceptions.ADMINISTRATION.test(name));

const MENTION = /\b(?:from|join|update|into)\s+([a-z_]+)\b(?!\()(?:\s+(?:as\s+)?([a-z_]+))?/g;

/** Where a text names hot tables: the table and its alias. */
function hotIn(text: string): { readonly table: string; readonly alias: string }[] {
  // What follows `into` in PL/pgSQL is a variable, and its `from` begins a mention of its own.
  const apart = text.replaceAll(/\binto\s+(?:strict\s+)?[a-z_, ]+?(?=\s+from\b)/g, ' ');
  return [...apart.matchAll(MENTION)]
    .map(([, table = '', alias = '']) => ({ table, alias }))
    .filter(({ table }) => DISTRIBUTED.has(table));
}

const readsHot = ({ body }: SqlFunction): boolean => hotIn(body).length > 0;
const hot = functions.filter(readsHot);
const names = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => name).sort();

/** The functions that read hot tables, by themselves or by what they call. */
function reaching(known: readonly SqlFunction[]): string[] {
  const calls = new RegExp(`\\b(?:${names(known).join('|')})\\(`);
  const more = functions.filter((each) => known.includes(each) || calls.test(each.body));
  return more.length === known.length ? names(known) : reaching(more);
}
const reachingHot = reaching(hot);

/** Whether a statement says by parameter, or by a row of the same group, which rows of a table it means. */
function namesColumn(statement: string, { table, alias }: { table: string; alias: string }): boolean {
  const column = DISTRIBUTED.get(table) as string;
  const of = `(?:\\b(?:${alias || table}|${table})\\.|(?<![.\\w]))${column}\\b`;
  const compared = new RegExp(
    `${of}\\s*=(?!\\s*any)|=\\s*${of}|using\\s*\\([^)]*\\b${column}\\b|[(\\s]${of}[^)]*\\)\\s*=\\s*\\(`,
  );
  // Of a row that is written the column is named, or comes first, or the row is one of TypeScript that bears it.
  const rows = `\\([^)]*\\b${column}\\b|(?:values \\(|select )(?:distinct )?p_${column}\\b|\\$\\{`;
  return (
    compared.test(statement) || new RegExp(`insert\\s+into\\s+${table}(?: as \\w+)?\\s*(?:${rows})`).test(statement)
  );
}

const unnamed = (name: string, text: string): string[] =>
  text.split(';').flatMap((statement) =>
    hotIn(statement)
      .filter((each) => !namesColumn(statement, each))
      .map(({ table }) => `${name}: ${table}`),
  );

/** What is not excepted, and the exceptions that nothing needs any more. */
const beside = (found: readonly string[], excepted: Readonly<Record<string, string>>): string[] => [
  ...[...new Set(found)].filter((each) => !(each in excepted)).sort(),
  ...Object.keys(excepted)
    .filter((each) => !found.includes(each))
    .map((each) => `${each}: no exception any more`),
];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('hot tables', () => {
  test('every table is placed: distributed, a reference or local', async () => {
    const rows = await database.sql<{ name: string }[]>`
      select relname as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`;
    const tables = rows.map(({ name }) => name);
    expect(
      beside(
        tables.filter((name) => placeOf(name) === undefined),
        exceptions.PLACES,
      ),
    ).toEqual([]);
    expect([...DISTRIBUTED.keys()].filter((name) => !tables.includes(name))).toEqual([]);
  });

  test('primary and unique keys hold the distribution column', async () => {
    const rows = await database.sql<{ table: string; index: string; columns: string[] }[]>`
      select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as index, array(
        select attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)) as columns
      from pg_index i join pg_class c on c.oid = i.indrelid
      where i.indisunique and c.relnamespace = 'public'::regnamespace`;
    const keys = rows.filter(({ table }) => DISTRIBUTED.has(table));
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.filter(({ table, columns }) => !columns.includes(DISTRIBUTED.get(table) as string))).toEqual([]);
  });

  test('foreign keys hold the column and lead to the own group or a reference table', async () => {
    const rows = await database.sql<{ name: string; from: string; to: string; columns: string[][] }[]>`
      select c.conname as name, c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, array(
        select array[a.attname::text, b.attname::text] from unnest(c.conkey, c.confkey) as k (own, other)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
        join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other) as columns
      from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`;
    const wrong = rows.filter(({ from, to, columns }) => {
      const place = placeOf(to);
      if (!DISTRIBUTED.has(from)) return placeOf(from) === 'reference' && place !== 'reference';
      if (place === 'reference') return false;
      const same = columns.some(([a, b]) => a === DISTRIBUTED.get(from) && b === DISTRIBUTED.get(to));
      return place !== placeOf(from) || !same;
    });
    expect(rows.length).toBeGreaterThan(20);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('no column has the present time for its default', async () => {
    const rows = await database.sql<{ table: string; column: string }[]>`
      select d.adrelid::regclass::text as table, a.attname as column
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where pg_get_expr(d.adbin, d.adrelid) ~* 'now\\(|_timestamp|current_'`;
    expect(rows.filter(({ table }) => DISTRIBUTED.has(table))).toEqual([]);
  });
});

describe('functions and statements', () => {
  test('name the rows of a hot table by its distribution column', () => {
    expect(hot.length).toBeGreaterThan(60);
    const bodies = functions.map(({ name, body }) => ({ name, text: body }));
    const found = [...bodies, ...statements].flatMap(({ name, text }) => unnamed(name, text));
    expect(beside(found, exceptions.COLUMN)).toEqual([]);
  });

  test('name the tables of one group in a statement', () => {
    const bodies = functions.flatMap(({ name, body }) => body.split(';').map((text) => ({ name, text })));
    const mixed = [...bodies, ...statements].filter(
      ({ text }) => new Set(hotIn(text).map(({ table }) => placeOf(table))).size > 1,
    );
    expect(names(mixed)).toEqual([]);
  });

  test('lock rows, not numbers', () => {
    const found = [...functions.map(({ name, body }) => ({ name, text: body })), ...statementsBelow('src/domains')];
    const locking = found.filter(({ text }) => /advisory/.test(text)).map(({ name }) => name);
    expect(beside(locking, exceptions.ADVISORY)).toEqual([]);
  });

  test('that read hot tables are PL/pgSQL, but those that are a part of the statement that names them', () => {
    expect(beside(names(hot.filter(({ head }) => /language sql\b/.test(head))), exceptions.INLINED)).toEqual([]);
  });

  test('force plans only to look up by key', () => {
    const settings = functions.flatMap(({ head }) =>
      [...head.matchAll(/\bset (\w+)/g)].map(([, setting = '']) => setting),
    );
    expect(beside(settings, exceptions.SETTINGS)).toEqual([]);
  });

  test('call none that reads a hot table in a statement that reads one', () => {
    const calls = new RegExp(`\\b(${reachingHot.join('|')})\\(`, 'g');
    const found = functions.flatMap(({ name, body }) =>
      body
        .split(';')
        .filter((statement) => hotIn(statement).length > 0)
        .flatMap((statement) => [...statement.matchAll(calls)].map(([, called]) => `${name}: ${called}`)),
    );
    expect(beside(found, exceptions.NESTED)).toEqual([]);
  });

  test('set no column to a bare element of an array, and call no sequence', () => {
    const bare = /(?:\bset|,)\s+\w+ = \w+\[(?:[^[\]]|\[[^\]]*\])*\](?=\s*(?:,|where|from|returning|$))/m;
    const sets = functions.filter(({ name, body }) => !LOCAL.test(name) && bare.test(body));
    expect(names(sets)).toEqual([]);
    expect(beside(names(functions.filter(({ body }) => /\bnextval\b/.test(body))), exceptions.SEQUENCE)).toEqual([]);
  });

  test("return declared columns, not a table's row", async () => {
    const rows = await database.sql<{ name: string }[]>`
      select p.proname as name from pg_proc p join pg_type t on t.oid = p.prorettype join pg_class c on c.oid = t.typrelid
      where p.pronamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')`;
    expect(beside(names(rows), exceptions.WHOLE_ROWS)).toEqual([]);
  });
});

describe("statements of partners' methods", () => {
  test('the readings see them', () => {
    expect(statements.length).toBeGreaterThan(60);
    expect(unnamed('test', 'update voucher_code set code_status = 2 where sequence = 1')).toEqual([
      'test: voucher_code',
    ]);
    expect(reachingHot).toEqual(expect.arrayContaining(['lottery_draw', 'benefit_send', 'voucher_void']));
    expect(unnamed('test', 'select 1 from voucher_code c where c.mix_id = $1')).toEqual([]);
  });

  test('hand a hot call over whole: it is all of a statement, the distribution argument one of its own', () => {
    const called = new Set(reachingHot);
    const found = statements.flatMap(({ name, text }) =>
      [...text.matchAll(/\b([a-z_]+)\(\$/g)]
        .filter(([, fn]) => called.has(fn as string))
        .filter(
          ([, fn]) =>
            !new RegExp(`^\\s*select \\* from ${fn}\\(\\$\\{(?!\\w+\\.json)[^()]*\\)?[^;]*\\)(?: as \\w+)?\\s*$`).test(
              text,
            ),
        )
        .map(([, fn]) => `${name}: ${fn}`),
    );
    expect(beside(found, exceptions.STEPS)).toEqual([]);
  });
});
