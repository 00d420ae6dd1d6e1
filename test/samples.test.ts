import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { type SampleId, sampleLanguages } from '../src/docs/samples/index.ts';
import { documentedRequests } from './harness/documented.ts';
import { compileReader } from './harness/read.ts';
import { type Bench, openBench, runnable } from './harness/samples.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { seeds } from './seeds/documented.ts';

const contracts = (catalogue as readonly Contract[]).filter(({ name }) => Object.hasOwn(seeds, name));
const ids = sampleLanguages.map(({ id }) => id);
const here = await runnable(ids);

let server: TestServer;
let bench: Bench;
let pages: readonly string[];
beforeAll(async () => {
  bench = openBench();
  server = await startTestServer();
  const load = async ({ name }: Contract) => (await fetch(`${server.url}/en/api/${name}`)).text();
  pages = await Promise.all(contracts.map(load));
});
afterAll(async () => {
  await server?.close();
  bench.close();
});

/** The program that a page shows for a language, as a reader copies it. */
function sampleOn(page: string, id: SampleId): string {
  const panel = page.slice(page.indexOf(`data-panel="${id}"`));
  const [, code] = /<code[^>]*>([\s\S]*?)<\/code>/.exec(panel) ?? [];
  expect(code).toBeDefined();
  const plain = (code as string).replace(/<[^>]*>/g, '');
  return plain.replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)));
}

/** What the samples of a language print, by the order of the contracts. */
const printedBy = (id: SampleId): Promise<string[]> =>
  bench.run(
    id,
    pages.map((page) => bench.save(id, sampleOn(page, id))),
  );

describe("each page's samples, run as they stand there, get the documented answer", () => {
  // Compilers of several languages share the machine.
  test.concurrent.for(here.filter((id) => id !== 'typescript'))('%s', { timeout: 120_000 }, async (id, { expect }) => {
    const printed = await printedBy(id);
    for (const [index, contract] of contracts.entries()) {
      const { json } = compileReader(contract);
      const documented = documentedRequests[contract.name as keyof typeof documentedRequests];
      const { value } = json(await server.call(contract.name, documented));
      expect(json(printed[index] as string).value).toEqual(value);
    }
  });

  test.concurrent('node, 400 days from now in a sandbox made then', { timeout: 120_000 }, async ({ expect }) => {
    const ahead = 400 * 24 * 3600 * 1000;
    const later = await startTestServer({}, { clock: () => new Date(Date.now() + ahead), fresh: true });
    try {
      const load = async ({ name }: Contract) => (await fetch(`${later.url}/en/api/${name}`)).text();
      const programs = (await Promise.all(contracts.map(load))).map((page) =>
        bench.save('node', sampleOn(page, 'node')),
      );
      const printed = await bench.run('node', programs, ahead);
      for (const [index, contract] of contracts.entries()) {
        const { json } = compileReader(contract);
        const documented = documentedRequests[contract.name as keyof typeof documentedRequests];
        const { value } = json(await later.call(contract.name, documented));
        expect(json(printed[index] as string).value).toEqual(value);
      }
    } finally {
      await later.close();
    }
  });

  test.concurrent('typescript', { timeout: 120_000 }, async ({ expect }) => {
    const printed = await printedBy('typescript');
    expect(printed).toHaveLength(contracts.length);
    for (const answer of printed) expect(answer).toMatch(/request_id: '[0-9a-z]{12,14}'/);
  });
});

test('all documented methods and all languages have samples', () => {
  expect(contracts).toHaveLength(Object.keys(seeds).length);
  expect(ids).toEqual(['java', 'dotnet', 'php', 'curl', 'python', 'cpp', 'node', 'typescript']);
  expect(here).toContain('node');
});
