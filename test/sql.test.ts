import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { relationsByDomain, type SqlSource, sqlFilesBelow, sqlTextsBelow } from './harness/sql-sources.ts';

const functions = sqlFilesBelow('src');
const migrations = sqlFilesBelow('migrations');
const texts = sqlTextsBelow('src');
const linesOf = ({ text }: SqlSource): string[] => text.trimEnd().split('\n');
const pathsOf = (found: readonly SqlSource[]): string[] => found.map(({ path }) => path);

test('the readings below see every function, migration and statement', () => {
  expect(functions.length).toBeGreaterThan(110);
  expect(migrations.length).toBeGreaterThan(5);
  expect(texts.length).toBeGreaterThan(30);
  expect(relationsByDomain().get('lottery_grant')).toBe('lottery');
});

describe('a function of SQL', () => {
  test('stands alone in the file of its name, with a sentence on top', () => {
    const wrong = functions.filter(({ path, text, sql }) => {
      const made = [...sql.matchAll(/^create (?:or replace )?\w+ (\w+)/gm)].map(([, name]) => name);
      const alone = made.length === 1 && made[0] === basename(path, '.sql');
      return !alone || !/^-- [A-Z"][^\n]+\n/.test(text) || !/\$\$;\n$/.test(text);
    });
    expect(pathsOf(wrong)).toEqual([]);
  });

  test('has at most 70 lines of 120 columns; so have migrations columns', () => {
    expect(pathsOf(functions.filter((each) => linesOf(each).length > 70))).toEqual([]);
    const wide = [...functions, ...migrations].filter((each) => linesOf(each).some((line) => line.length > 120));
    expect(pathsOf(wide)).toEqual([]);
  });

  test('is made and set in its file alone', () => {
    const elsewhere = [...migrations, ...texts].filter(({ sql }) =>
      /\b(?:create\s+(?:or\s+replace\s+)?|alter\s+)(?:function|procedure)\b/i.test(sql),
    );
    expect(pathsOf(elsewhere)).toEqual([]);
    expect(pathsOf(functions.filter(({ sql }) => /\balter\s/i.test(sql)))).toEqual([]);
  });
});

test('nothing is found or written by ctid: on another node the same place is another row', () => {
  expect(pathsOf([...functions, ...texts].filter(({ sql }) => /\b(?:ctid|tid)\b/i.test(sql)))).toEqual([]);
});

/** What is the platform's own by its migration, and there for everybody: jobs, the log of changes, skipped numbers, marks, keys. */
const COMMON = /^(?:job|change_log|counter_skip|schema_\w+|platform_(?:probe|vault\w*|config_version))$/;
const FRONT = ['gateway', 'console', 'oauth', 'tool', 'cli'];

/** Functions by which a domain lets others in. */
const DOORS: Record<string, readonly string[]> = {
  vouchers: [
    ...['voucher_issue_many', 'voucher_handle_hash', 'voucher_handle_rest', 'voucher_void', 'voucher_givable'],
    ...['voucher_hold', 'voucher_ends', 'voucher_has_consumed', 'voucher_advance_counters'],
  ],
  ticketing: ['ticketing_advance_counters'],
  platform: ['platform_find_users'],
};

/** Who else names what of whom, and why. */
const EXCEPTIONS: Record<string, readonly string[]> = {
  // An order number is looked for with every app, since the table begins with the app.
  'vouchers: platform': ['platform_app'],
  // The names of sellers and receivers.
  'benefits: platform': ['platform_user'],
  // What administration and console, or administration and command line, both write.
  'database/apps.ts: platform': ['platform_app', 'platform_app_secret', 'platform_app_package'],
  'database/operators.ts: platform': ['platform_operator', 'platform_operator_recovery', 'platform_operator_session'],
  // What demo and command line make.
  'seed-records.ts: platform': ['platform_user', 'platform_session', 'platform_app'],
};

describe('whose tables and functions', () => {
  const owners = relationsByDomain();
  for (const { path } of functions)
    owners.set(basename(path, '.sql'), /domains\/(\w+)\//.exec(path)?.[1] ?? 'database');

  const ownerOf = (path: string): string =>
    /src\/domains\/(\w+)\//.exec(path)?.[1] ?? /migrations\/\d+_([a-z]+)/.exec(path)?.[1] ?? path.split('/')[1] ?? '';
  const isOpen = (name: string, owner: string, path: string): boolean => {
    const from = ownerOf(path);
    if (owner === from || owner === 'database' || COMMON.test(name) || DOORS[owner]?.includes(name)) return true;
    if (owner === 'platform' && FRONT.includes(from)) return true;
    const listed = [from, path.replace(/^src\//, '')].flatMap((who) => EXCEPTIONS[`${who}: ${owner}`] ?? []);
    return listed.includes(name);
  };
  const foreign = (sources: readonly SqlSource[]): string[] =>
    sources.flatMap(({ path, sql }) =>
      [...new Set(sql.match(/\b[a-z_]+\b/g))]
        .filter((name) => owners.has(name) && !isOpen(name, owners.get(name) as string, path))
        .map((name) => `${path}: ${name}`),
    );

  test('a domain names its own, the common ones, and the functions by which others let it in', () => {
    expect(foreign([...functions, ...texts, ...migrations])).toEqual([]);
  });

  test('what is not its own would be found', () => {
    const path = 'src/domains/lottery/sql/lottery_test.sql';
    expect(foreign([{ path, text: '', sql: 'update ticketing_price set held_count = 0' }])).toEqual([
      `${path}: ticketing_price`,
    ]);
  });
});
