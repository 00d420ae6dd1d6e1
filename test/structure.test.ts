import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../src/contract/error-table.ts';
import type { Contract } from '../src/contract/method.ts';

const root = join(import.meta.dirname, '..');

/** A TypeScript file of ours: its path from the root, and its text with comments blanked out. */
type Source = {
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly imports: readonly string[];
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'/g;

function sourcesOf(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      const found = [...code.matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
      // What is ours is named by its path from the root.
      const imports = found.map((from) =>
        from.startsWith('.') ? relative(root, join(root, dirname(path), from)) : from,
      );
      return { path, text, code, imports };
    });
}

const isTest = ({ path }: Source): boolean => /\.test(-d)?\.ts$/.test(path);
const sources = sourcesOf('src').filter((source) => !isTest(source));
const everything = ['src', 'web', 'test', 'bench', 'docs'].flatMap(sourcesOf);
const below = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((each) => path.startsWith(`src/${each}`)));

/** Every import of the files that is not allowed, as `file imports what`. */
const forbidden = (files: readonly Source[], allowed: (from: string, file: Source) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((from) => !allowed(from, file)).map((from) => `${file.path} imports ${from}`),
  );

/** Every place where code matches a pattern, as `file: what`. */
const found = (files: readonly Source[], pattern: RegExp): string[] =>
  files.flatMap((file) => [...file.code.matchAll(pattern)].map(([what]) => `${file.path}: ${what.slice(0, 60)}`));

/** The pages' sources, and of each what it imports beyond types. */
function webSources(): (Source & { readonly values: readonly string[] })[] {
  const typesOnly = /(?:^|\n)\s*import type\b[^;]*;/g;
  return sourcesOf('web').map((source) => {
    const rest = source.code.replace(typesOnly, '');
    return { ...source, values: source.imports.filter((from) => rest.includes(`${basename(from)}'`)) };
  });
}

/** What several domains need stands beside them, and computes. */
const SHARED = ['src/domains/paging.ts', 'src/domains/explain.ts'];

/** A helper that imports nothing may serve everywhere. */
const HELPER = 'src/remember.ts';
const ours = (from: string): boolean => from.startsWith('src/') && from !== HELPER;
const within = (from: string, ...folders: string[]): boolean => folders.some((each) => from.startsWith(`src/${each}/`));

test('the readings below see every folder and import', () => {
  expect(sources.find(({ path }) => path === HELPER)?.imports).toEqual([]);
  const rooms = 'contract wire gateway console oauth tool database batching embedded secrets domains sdk docs';
  for (const folder of rooms.split(' ')) expect(below(`${folder}/`).length, folder).toBeGreaterThan(0);
  const call = sources.find(({ path }) => path === 'src/gateway/call.ts');
  expect(call?.imports).toEqual(
    expect.arrayContaining(['src/contract/errors.ts', 'src/wire/render.ts', 'src/gateway/checks.ts']),
  );
});

describe('who may import whom', () => {
  test('the contract imports nothing of ours', () => {
    expect(forbidden(below('contract/'), (from) => !ours(from) || within(from, 'contract'))).toEqual([]);
  });

  test('the wire imports the contract alone, and of Node only what computes', () => {
    const pure = ['node:crypto', 'node:buffer', 'typebox', '@fastify/busboy'];
    expect(
      forbidden(below('wire/'), (from) => within(from, 'contract', 'wire') || [HELPER, ...pure].includes(from)),
    ).toEqual([]);
  });

  test('contract and wire know no clock, chance, environment or network', () => {
    const impure =
      /\bprocess\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom\w+\(|\bfetch\(|\bperformance\.now\b|\bsetTimeout\b/g;
    expect(found(below('contract/', 'wire/'), impure)).toEqual([]);
  });

  test('SDK and documentation import contract and wire alone', () => {
    const allowed = (from: string) => !ours(from) || within(from, 'contract', 'wire', 'sdk', 'docs');
    expect(forbidden(below('sdk/', 'docs/'), allowed)).toEqual([]);
  });

  test("a domain imports contract, database, batching, secrets, itself, what domains share, and another's grant.ts; nothing of HTTP", () => {
    const own = (from: string, { path }: Source) =>
      from.startsWith(`${path.split('/').slice(0, 3).join('/')}/`) ||
      within(from, 'contract', 'database', 'batching', 'secrets') ||
      from.endsWith('/grant.ts') ||
      SHARED.includes(from);
    const http = /^(node:)?(https?|net|tls|http2)$|^fastify|^pino/;
    const allowed = (from: string, file: Source) => (ours(from) ? own(from, file) : !http.test(from));
    expect(forbidden(below('domains/'), allowed)).toEqual([]);
    const shared = sources.filter(({ path }) => SHARED.includes(path));
    expect(shared).toHaveLength(SHARED.length);
    expect(forbidden(shared, (from) => within(from, 'contract'))).toEqual([]);
  });

  test("a domain's rules compute: no database but its types, no clock, no chance", () => {
    const rules = below('domains/').filter(({ path }) => path.endsWith('/rules.ts'));
    expect(rules.length).toBeGreaterThan(0);
    expect(
      found(
        rules,
        /^import (?!type).*\/(database|batching|queries|vault|password).*$|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bawait\b/gm,
      ),
    ).toEqual([]);
  });

  const underGateway = ['contract', 'wire', 'database', 'batching', 'secrets'];

  test('the gateway imports contract, wire and what the database is reached by; no domain, console, OAuth or tool', () => {
    // start-error.ts holds one class, the refusal to start.
    const allowed = (from: string) =>
      !ours(from) || within(from, 'gateway', ...underGateway) || from === 'src/start-error.ts';
    expect(forbidden(below('gateway/'), allowed)).toEqual([]);
  });

  test('console, OAuth and tool import what the gateway may and the gateway, never each other', () => {
    for (const room of ['console', 'oauth', 'tool'])
      expect(
        forbidden(below(`${room}/`), (from) => !ours(from) || within(from, room, 'gateway', ...underGateway)),
      ).toEqual([]);
  });

  test('the database imports itself and the vault whose keys it keeps; on it stand batching and the embedded server', () => {
    const allowed =
      (...folders: string[]) =>
      (from: string) =>
        !ours(from) || within(from, 'database', ...folders) || from === 'src/start-error.ts';
    const vault = ['src/secrets/vault.ts', 'src/secrets/sealed.ts'];
    expect(forbidden(below('database/'), (from) => allowed()(from) || vault.includes(from))).toEqual([]);
    expect(forbidden(below('batching/'), allowed('batching'))).toEqual([]);
    expect(forbidden(below('embedded/'), allowed('embedded'))).toEqual([]);
  });

  test('what secrets and personal data are imports nothing of ours but what is too busy', () => {
    const allowed = (from: string) => !ours(from) || within(from, 'secrets') || from === 'src/batching/batch.ts';
    expect(forbidden(below('secrets/'), allowed)).toEqual([]);
  });
});

describe('what calls through the SDK', () => {
  test('pages in the browser call through the SDK and know of the server only types', () => {
    const pages = webSources();
    expect(pages.length).toBeGreaterThan(40);
    const runtime = pages.map((source) => ({ ...source, imports: source.values }));
    const allowed = (from: string) => !ours(from) || within(from, 'contract', 'wire', 'sdk', 'docs');
    expect(forbidden(runtime, allowed)).toEqual([]);
  });

  test('the command line calls through the SDK; what it does to the database itself is named here', () => {
    const stores = ['seed-records', 'oauth/tokens', 'console/operator-links'].map((name) => `src/${name}.ts`);
    const own = ['src/config.ts', 'src/start-error.ts', 'src/demo.ts', 'src/main.ts', 'src/handlers.ts', ...stores];
    const folders = ['cli', 'contract', 'wire', 'sdk', 'docs', 'database', 'embedded', 'secrets'];
    const allowed = (from: string) => !ours(from) || within(from, ...folders) || own.includes(from);
    expect(forbidden(below('cli/'), allowed)).toEqual([]);
  });
});

describe('what holds for every import', () => {
  test('main.ts alone joins domains with the gateway; handlers.ts puts the domains together and knows no gateway', () => {
    const joining = ['src/main.ts', 'src/handlers.ts'];
    const others = sources.filter(({ path }) => !path.startsWith('src/domains/') && !joining.includes(path));
    expect(forbidden(others, (from) => !within(from, 'domains'))).toEqual([]);
    const handlers = sources.filter(({ path }) => path === 'src/handlers.ts');
    expect(forbidden(handlers, (from) => within(from, 'domains', 'contract', 'database', 'secrets'))).toEqual([]);
  });

  test('nothing of ours imports a test', () => {
    expect(forbidden(sources, (from) => !from.startsWith('test/') && !from.endsWith('.test.ts'))).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    const importsOf = new Map(sources.map(({ path, imports }) => [path, imports.filter(ours)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, above: readonly string[]): void => {
      if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(' → '));
      if (above.includes(path) || done.has(path)) return;
      for (const from of importsOf.get(path) ?? []) visit(from, [...above, path]);
      done.add(path);
    };
    for (const path of importsOf.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

test('what a file exports, another one names', () => {
  const names = everything.map(({ path, code }) => ({ path, names: new Set(code.match(/\b[\w$]+\b/g)) }));
  const exported = /^export (?:async )?(?:function\*?|const|class|let) (\w+)/gm;
  const files = [...sources, ...sourcesOf('web').filter((source) => !isTest(source))];
  const all = files.flatMap(({ path, code }) => [...code.matchAll(exported)].map(([, name = '']) => ({ path, name })));
  expect(all.length).toBeGreaterThan(1000);
  const isNamed = (own: { path: string; name: string }) =>
    names.some((other) => other.path !== own.path && other.names.has(own.name));
  expect(all.filter((each) => !isNamed(each)).map(({ path, name }) => `${path} ${name}`)).toEqual([]);
});

describe('where things stand', () => {
  test('SQL stands in queries, the stores of gateway, console and OAuth, and the folders that run the database', () => {
    const names = 'apps call-log figures quotas sessions'.split(' ').map((name) => `gateway/${name}`);
    const stores = [...names, 'seed-records', 'console/operators', 'console/operator-links', 'oauth/tokens'].map(
      (name) => `src/${name}.ts`,
    );
    const mayHold = ({ path }: Source) =>
      /^src\/(database|embedded)\//.test(path) || path.endsWith('/queries.ts') || stores.includes(path);
    const statement = /`\s*(select|insert|update|delete|with|copy|create|alter|drop|truncate|begin|lock|set)\b[^`]*`/gi;
    expect(found(sources.filter(mayHold), statement).length).toBeGreaterThan(10);
    expect(
      found(
        sources.filter((source) => !mayHold(source)),
        statement,
      ),
    ).toEqual([]);
  });

  test('the environment is read in config.ts alone', () => {
    const others = sources.filter(({ path }) => path !== 'src/config.ts');
    expect(found(others, /\bprocess\.env\b|\benv\s*\}\s*=\s*process\b|from '(node:)?process'/g)).toEqual([]);
  });
});

test('every sub_code that is declared is named by a test', () => {
  const methods: readonly Contract[] = catalogue;
  const table: readonly ErrorEntry[] = Object.values(platformErrors);
  const declared = [...methods.flatMap(({ errors }) => Object.keys(errors)), ...table.map(({ sub_code }) => sub_code)];
  // A test may name one in a pattern, where its dots are escaped.
  const tests = everything.filter(isTest).map(({ code }) => code.replaceAll('\\', ''));
  const named = new Set(tests.flatMap((code) => code.match(/\b\w+[.:]?[\w:.-]*\w/g) ?? []));
  const unnamed = new Set(declared.filter((sub_code) => sub_code !== undefined && !named.has(sub_code)));
  expect([...unnamed]).toEqual([]);
});

describe('limits', () => {
  test('no file has over 300 lines', () => {
    const long = everything.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > 300)).toEqual([]);
  });

  test('every exported function has a docstring', () => {
    const exported =
      /(?<doc>\*\/\n)?^export (?:async )?(?:function\*? (?<named>\w+)|const (?<arrow>\w+)(?::[^=]+)? =\s*(?:async )?(?:<[^;]*?>\s*)?(?:\([^;{]*?\)[^;{]*?=>|\w+ =>))/gm;
    const all = sources.flatMap(({ path, text }) =>
      [...text.matchAll(exported)].map(({ groups = {} }) => ({
        name: `${path} ${groups.named ?? groups.arrow}`,
        doc: groups.doc,
      })),
    );
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(({ doc }) => doc === undefined).map(({ name }) => name)).toEqual([]);
  });
});
