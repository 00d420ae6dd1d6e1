import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedRequests } from './harness/documented.ts';
import { startTestServer, type TestServer, type TestTime } from './harness/server.ts';
import { type Element, parseXml } from './harness/xml.ts';
import { seeds } from './seeds/documented.ts';
import { isFirst, jsonLeaves, type Leaf, nameOf, simplePath, xmlLeaves } from './seeds/leaves.ts';

const DAYS = 400 * 24 * 3600 * 1000;
const ahead = (): Date => new Date(Date.now() + DAYS);
/** When a sandbox was made and what time it is: the documented answers hang on neither. */
const times: Readonly<Record<string, TestTime>> = {
  'today, in a sandbox of today': {},
  '400 days from now, in a sandbox made then': { clock: ahead, fresh: true },
  '400 days from now, in a sandbox of today': { clock: ahead },
};

const paths = (leaves: readonly Leaf[]): string[] => leaves.map(([path]) => path);
const texts = (leaves: readonly Leaf[]): [string, string][] => leaves.map(([path, value]) => [path, String(value)]);

describe.each(Object.entries(times))('%s', (_when, time) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({}, time);
  });
  afterAll(() => server?.close());

  describe.each(Object.entries(seeds))('%s answers its documented request as its page shows', (method, seed) => {
    const sample = parseXml(
      readFileSync(new URL(`./seeds/${method}.xml`, import.meta.url), 'utf8').replace(/>\s+</g, '><'),
    );
    const items = new Set(seed.items);
    const documented = texts(xmlLeaves(sample, items));
    const business = documentedRequests[method as keyof typeof documentedRequests];
    let xml: Element;
    let json: Leaf[];
    let simplified: Leaf[];
    beforeAll(async () => {
      xml = parseXml(await server.call(method, business, { format: 'xml' }));
      const [root, ...more] = Object.entries(JSON.parse(await server.call(method, business)));
      expect([root?.[0], more]).toEqual([sample.name, []]);
      json = jsonLeaves(root?.[1]);
      simplified = jsonLeaves(JSON.parse(await server.call(method, business, { simplify: true })));
    });

    test('the same elements in the same order and nesting, and request_id added at the end', () => {
      expect(xml.name).toBe(sample.name);
      const expected = [...paths(documented), 'request_id'];
      expect(paths(xmlLeaves(xml, items).filter(isFirst))).toEqual(expected);
      expect(paths(json.filter(isFirst))).toEqual(expected);
      expect(paths(simplified.filter(isFirst))).toEqual(expected.map(simplePath));
    });

    test('further list items have the elements of the first, in its order', () => {
      for (const { all, first } of lists(xml, items))
        for (const item of all) {
          const names = item.children.map(({ name }) => name);
          expect(first.filter((name) => names.includes(name))).toEqual(names);
        }
    });

    test('the three spellings hold the same values in every element', () => {
      const known = texts(xmlLeaves(xml, items)).filter(([path]) => path !== 'request_id');
      expect(texts(json).filter(([path]) => path !== 'request_id')).toEqual(known);
      expect(texts(simplified).filter(([path]) => path !== 'request_id')).toEqual(
        known.map(([path, value]) => [simplePath(path), value]),
      );
    });

    test('numbers, booleans and texts are of the type that the page states', () => {
      const typeOf = (name: string) =>
        seed.numbers.includes(name) ? 'number' : seed.booleans.includes(name) ? 'boolean' : 'string';
      for (const [path, value] of [...json, ...simplified])
        expect([path, typeof value]).toEqual([path, typeOf(nameOf(path))]);
      const names = new Set(json.map(([path]) => nameOf(path)));
      for (const name of [...seed.numbers, ...seed.booleans]) expect(names).toContain(name);
    });

    test('every value is the documented one, or for a stated reason the one of the database', async () => {
      const answer = new Map(simplified);
      for (const [path, value] of documented.map(([path, value]) => [simplePath(path), value] as const)) {
        const own = seed.decided[path];
        const expected = own === undefined ? value : 'is' in own ? own.is : await ask(server, own.sql);
        expect([path, String(answer.get(path))]).toEqual([path, expected]);
      }
      const known = new Set(documented.map(([path]) => simplePath(path)));
      for (const path of Object.keys(seed.decided)) expect(known).toContain(path);
    });
  });
});

/** The one value a query gives. */
async function ask(server: TestServer, query: string): Promise<string> {
  const [row] = await server.database.sql.unsafe(query);
  return String(Object.values(row ?? {})[0]);
}

/** Every list of an answer with the names of its first item's children. */
function lists(element: Element, items: ReadonlySet<string>): { all: readonly Element[]; first: string[] }[] {
  const below = element.children.flatMap((child) => lists(child, items));
  const [first] = element.children;
  if (first === undefined || !items.has(first.name)) return below;
  return [{ all: element.children, first: first.children.map(({ name }) => name) }, ...below];
}
