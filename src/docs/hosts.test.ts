import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import type { Contract } from '../contract/method.ts';
import { serveDocs } from './serve.ts';

const contracts: readonly Contract[] = catalogue;
const demo = { app_key: '12345678', secret: 'helloworld', session_key: '6100000demo' };

async function open(documented: readonly Contract[]): Promise<[FastifyInstance, string]> {
  const made = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  serveDocs(made, { contracts: documented, demo, webFolder: 'nothing' });
  return [made, await made.listen({ port: 0, host: '127.0.0.1' })];
}

let server: FastifyInstance;
let url: string;
beforeAll(async () => {
  [server, url] = await open(contracts);
});
afterAll(() => server?.close());

/** What a page says to who calls the server by a host; fetch lets nobody set that. */
const raw = (path: string, headers: { host: string }, address = url): Promise<string> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path, headers }, (answer) => done(text(answer)))
      .on('error', failed)
      .end();
  });

describe('what is made for each page', () => {
  const paths = [
    '/zh/',
    '/en/api/taobao.time.get',
    '/openapi.json',
    '/openapi.json?lang=zh',
    '/postman.json',
    '/llms.txt',
  ];

  test.each(paths)('of %s differs between hosts in their names alone', async (path) => {
    const [one, other] = ['tickets.example:8443', 'a.b'];
    const [first, second] = [await raw(path, { host: one }), await raw(path, { host: other })];
    expect(first).toContain(`http://${one}`);
    expect(first.replaceAll(`http://${one}`, `http://${other}`)).toBe(second);
    expect(first).not.toContain('origin.invalid');
  });

  test('is made once, whatever the hosts by which readers come', async () => {
    let made = 0;
    const counted = contracts.map((contract) =>
      Object.defineProperty({ ...contract }, 'title', {
        get() {
          made += 1;
          return contract.title;
        },
      }),
    );
    const [other, address] = await open(counted);
    const ask = async (host: string) => {
      const before = made;
      for (const path of ['/openapi.json', '/postman.json', '/llms.txt', '/en/', '/en/api/taobao.time.get'])
        await raw(path, { host }, address);
      return made - before;
    };
    expect(await ask('first.example')).toBeGreaterThan(0);
    for (const host of ['second.example', 'first.example', '"><script>', 'x'.repeat(10_000)])
      expect(await ask(host)).toBe(0);
    await other.close();
  });

  test('never holds a host that no host is called', async () => {
    for (const host of ['"><script>', 'a b', 'x'.repeat(300), "a'b", 'a/b', 'a\\b'])
      for (const path of paths) expect(await raw(path, { host }), host).toContain('http://localhost');
  });
});
