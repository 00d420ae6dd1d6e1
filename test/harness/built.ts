import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Makes sure that a built file is there and no older than its sources, since a test of an old build proves nothing.
 * Throws an Error that says what to run.
 * @param built path from the root, below dist/web
 * @param sources folder from the root
 */
export function expectBuilt(built: string, sources: string): void {
  const file = join(root, built);
  if (!existsSync(file)) throw new Error(`${built} is missing: run npm run build`);
  const changed = readdirSync(join(root, sources), { recursive: true, encoding: 'utf8' }).find(
    (name) => statSync(join(root, sources, name)).mtimeMs > statSync(file).mtimeMs,
  );
  if (changed !== undefined) throw new Error(`${sources}/${changed} is newer than ${built}: run npm run build`);
}
