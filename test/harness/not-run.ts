import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

/** A part of the suite that this machine could not run: in which file, what it is, and what is missing. */
export type NotRun = { readonly file: string; readonly what: string; readonly why: string };

/** The test file that is being loaded, by the calls that led here. */
function callingFile(): string {
  const place = /\(?((?:file:\/\/)?\/[^()\n]+\.test\.ts)[:?]/.exec(new Error().stack ?? '')?.[1] ?? '';
  return place.startsWith('file:') ? fileURLToPath(place) : place;
}

/** Has the table at the end of the run tell that a part was not run. To be called while a test file loads. */
export function tellNotRun(what: string, why: string): void {
  const told: NotRun = { file: callingFile(), what, why };
  if (process.env.PIAOQUAN_NOT_RUN) appendFileSync(process.env.PIAOQUAN_NOT_RUN, `${JSON.stringify(told)}\n`);
}

/**
 * `test` where the machine has what is needed; elsewhere tests that are skipped, which the table at the end tells.
 * @param missing what is missing; undefined when all is there
 */
export function testWhere(what: string, missing: string | undefined): typeof test | typeof test.skip {
  if (missing === undefined) return test;
  tellNotRun(what, missing);
  return test.skip;
}
