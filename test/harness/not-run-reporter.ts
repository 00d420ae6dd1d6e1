import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import type { NotRun } from './not-run.ts';

/** What the test files told that they could not run. */
function toldRows(): NotRun[] {
  const file = process.env.PIAOQUAN_NOT_RUN;
  if (!file || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return [...new Set(lines)].map((line) => JSON.parse(line) as NotRun);
}

/** The skipped tests of a file, each with why where the test itself says so. */
function skippedOf(module: TestModule): { name: string; note: string | undefined }[] {
  return [...module.children.allTests('skipped')].map((each) => {
    const result = each.result();
    return { name: each.fullName, note: result.state === 'skipped' ? result.note : undefined };
  });
}

/** Rows `file, tests, what: why` of all that was not run. */
function tableOf(modules: readonly TestModule[], told: readonly NotRun[], isFiltered: boolean): string[][] {
  const files = new Map(modules.map((module) => [module.moduleId, skippedOf(module)]));
  const rows = told.map(({ file, what, why }, index) => {
    // Several parts of a file share its count.
    const count = told.findIndex((each) => each.file === file) === index ? (files.get(file)?.length ?? 0) : 0;
    return [relative(process.cwd(), file), count === 0 ? '' : String(count), `${what}: ${why}`];
  });
  const known = new Set(told.map(({ file }) => file));
  if (isFiltered) return rows;
  const silent = [...files].filter(([file, skipped]) => skipped.length > 0 && !known.has(file));
  return [
    ...rows,
    ...silent.flatMap(([file, skipped]) =>
      skipped.map(({ name, note }) => [relative(process.cwd(), file), '1', `${name}: ${note ?? 'it says not why'}`]),
    ),
  ];
}

/** Tells in one table at the end what was not run, and why: a green run is not the same on every machine. */
export default function notRunReporter(): Reporter {
  let vitest: Vitest | undefined;
  return {
    onInit(started) {
      vitest = started;
    },
    onTestRunEnd(modules) {
      const rows = tableOf(modules, toldRows(), vitest?.config.testNamePattern !== undefined);
      if (rows.length === 0) return;
      const table = [['file', 'tests', 'not run, and why'], ...rows];
      const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
      const lines = table.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
      process.stdout.write(`\nNot run on this machine:\n\n${lines.join('\n')}\n\n`);
    },
  };
}
