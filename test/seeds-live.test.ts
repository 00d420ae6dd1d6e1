import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepCode } from '../src/domains/vouchers/stored.ts';
import { fixMasterKey } from './harness/apps.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { jsonLeaves } from './seeds/leaves.ts';
import { MIX_ID, origins } from './seeds/live.ts';
import { projectOrigins } from './seeds/live-project.ts';

const vault = fixMasterKey();
const kept = [keepCode(vault, MIX_ID, 'NEWCODE'), keepCode(vault, MIX_ID, 'FURTHER')] as const;
const all = { ...origins(kept), 'alibaba.damai.maizuo.openapi.project.detail': projectOrigins };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

describe.each(Object.entries(all))('%s answers from its tables', (method, { request, changes, asked, fixed }) => {
  const leaves = async (business = request): Promise<Map<string, unknown>> =>
    new Map(jsonLeaves(JSON.parse(await server.call(method, business, { simplify: true }))));

  test('every leaf of the answer has its origin here', async () => {
    const first = [...(await leaves()).keys()].filter((path) => !/\[[1-9]|^request_id$/.test(path));
    const told = [...changes.flatMap(([, after]) => Object.keys(after)), ...asked.map(({ path }) => path)];
    expect(new Set([...told, ...Object.keys(fixed)])).toEqual(new Set(first));
  });

  test('the row that a request names is the row that answers', async () => {
    for (const other of asked) {
      expect((await leaves()).get(other.path)).not.toEqual(other.value);
      expect((await leaves(other.request)).get(other.path)).toEqual(other.value);
    }
  });

  test('a change of a row is a change of the very next answer', async () => {
    const reached = new Set<string>();
    for (const [sql, after] of changes) {
      const before = await leaves();
      await server.database.sql.unsafe(sql);
      const answer = await leaves();
      for (const [path, value] of Object.entries(after)) {
        expect([sql, path, answer.get(path)]).toEqual([sql, path, value]);
        if (before.get(path) !== value) reached.add(path);
      }
    }
    // Each leaf was another one before at least one of its changes.
    expect(reached).toEqual(new Set(changes.flatMap(([, after]) => Object.keys(after))));
  });
});
