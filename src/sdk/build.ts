import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'vite';
import { catalogue } from '../contract/catalogue.ts';
import { declareMethods } from './declare.ts';
import { shapes } from './shapes.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the published package into a folder: one program, its types, and a package.json without dependencies. Nothing in
 * it is left of contracts and schemas but what the client must know at run time.
 */
export async function buildSdk(folder: string): Promise<void> {
  await bundle(folder);
  await declare(folder);
  await cp(join(import.meta.dirname, 'README.md'), join(folder, 'README.md'));
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`);
}

const CRYPTO = '\0crypto';

/** Puts what the package holds in place of what the platform holds. */
const replacements: Plugin = {
  name: 'sdk',
  enforce: 'pre',
  // The one-shot hash came with Node 20.12 and Deno 2.2; the older way works everywhere.
  resolveId: (id, importer) => (id === 'node:crypto' && importer !== CRYPTO ? CRYPTO : undefined),
  load: (id) => {
    if (id.endsWith('/sdk/shapes.ts')) return `export const shapes = ${JSON.stringify(shapes)};`;
    if (id !== CRYPTO) return undefined;
    return `import { createHash } from 'node:crypto';
      export { createHmac, timingSafeEqual } from 'node:crypto';
      export const hash = (name, text, encoding) => createHash(name).update(text).digest(encoding);`;
  },
};

async function bundle(folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [replacements],
    ssr: { noExternal: true },
    build: {
      ssr: 'src/sdk/index.ts',
      target: 'node20',
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: {
        output: { entryFileNames: 'index.js' },
        treeshake: { moduleSideEffects: false },
      },
    },
  });
}

/** Writes the types that index.ts leads to. Throws when one leads out of the package. */
async function declare(folder: string): Promise<void> {
  const types = await mkdtemp(join(tmpdir(), 'piaoquan-types-'));
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const project = ['-p', join(import.meta.dirname, 'tsconfig.json'), '--outDir', types];
    await promisify(execFile)(process.execPath, [compiler, ...project]).catch(({ stdout }: { stdout: string }) => {
      throw new Error(`the types of the package cannot be made:\n${stdout}`);
    });
    await writeFile(join(folder, 'methods.d.ts'), declareMethods(catalogue));
    const written = new Set(['./methods.ts']);
    const write = async (name: string): Promise<void> => {
      if (written.has(name)) return;
      if (!/^\.\/\w+\.ts$/.test(name)) throw new Error(`the types of the package lead to ${name}`);
      written.add(name);
      const text = await readFile(join(types, 'sdk', name.replace(/\.ts$/, '.d.ts')), 'utf8');
      for (const [, from] of text.matchAll(/(?:from|import\() *['"]([^'"]+)['"]/g)) await write(from as string);
      await writeFile(
        join(folder, name.replace(/\.ts$/, '.d.ts')),
        text.replace(/(['"]\.\/\w+)\.ts(['"])/g, '$1.js$2'),
      );
    };
    await write('./index.ts');
  } finally {
    await rm(types, { recursive: true });
  }
}

async function manifest(): Promise<object> {
  const { name, version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return {
    name,
    version,
    description: 'Client of the Piaoquan platform, and of any gateway that speaks the Taobao Open Platform protocol',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: { './sdk': { types: './index.d.ts', default: './index.js' } },
  };
}

if (import.meta.main) await buildSdk(resolve(process.argv[2] ?? join(root, 'dist/sdk')));
