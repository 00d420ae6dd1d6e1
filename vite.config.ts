import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { CustomAtRules, Selector, Visitor } from 'lightningcss';
import { defineConfig, type Plugin } from 'vite';
import { UNUSED } from './web/unused-styles.ts';

const ASSETS = join(import.meta.dirname, 'dist/web/assets');

/** A tenth smaller than gzip; the last steps would take six times as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Packs the built files, so that the server has nothing to pack. */
const pack: Plugin = {
  name: 'pack',
  closeBundle() {
    for (const name of readdirSync(ASSETS).filter((each) => /\.(js|css)$/.test(each))) {
      const text = readFileSync(join(ASSETS, name));
      writeFileSync(join(ASSETS, `${name}.gz`), gzipSync(text, { level: 9 }));
      writeFileSync(join(ASSETS, `${name}.br`), brotliCompressSync(text, BROTLI));
    }
  },
};

/** Leaves out the rules that are for unused parts alone. */
const visitor: Visitor<CustomAtRules> = {
  Rule: {
    style(rule) {
      const isUsed = (selector: Selector): boolean =>
        !selector.some((each) => each.type === 'class' && UNUSED.test(each.name));
      const selectors = rule.value.selectors.filter(isUsed);
      if (selectors.length === 0) return [];
      if (selectors.length === rule.value.selectors.length) return undefined;
      return { ...rule, value: { ...rule.value, selectors } };
    },
  },
};

/** The browser's part: scripts and styles of the documentation centre, and the console. Built by `npm ci` into dist/web. */
export default defineConfig({
  root: 'web',
  plugins: [react(), pack],
  css: { transformer: 'lightningcss', lightningcss: { visitor } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The console's chart and form libraries are large and loaded by the pages that use them.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { docs: 'web/docs/main.ts', console: 'web/console/index.html' },
      output: {
        // The documentation's pages are made by the server, which names these files.
        entryFileNames: ({ name }) => (name === 'docs' ? 'assets/docs.js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) =>
          names.includes('docs.css') ? 'assets/docs.css' : 'assets/[name]-[hash][extname]',
        // What the console begins with in few files: each takes a browser and the server some milliseconds.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack)\//, priority: 4 },
            { name: 'begin', test: /web\/console\/main\.tsx/, priority: 3 },
            { name: 'calls', test: /web\/console\/calls\.ts/, priority: 2 },
            {
              name: 'lists',
              test: /web\/console\/(told|components\/(contract-list|details|sections|tabs))\.tsx/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
});
