import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { endAll, newHome, sandbox } from './harness/run.ts';

/** By how many bytes the process may grow. */
const MOST_GROWTH = 128 * 1024 * 1024;

const home = newHome();
let database: TestDatabase;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  url = await sandbox({
    ...{ DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' },
    ...{ NODE_OPTIONS: '--max-semi-space-size=16 --max-old-space-size=1024', MALLOC_ARENA_MAX: '1' },
  }).url();
});
afterAll(async () => {
  await endAll();
  await database?.drop();
  rmSync(home, { recursive: true, force: true });
});

/** Bytes of memory that the server's process holds. */
async function resident(): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(page)?.[1]);
}

test.each(['/openapi.json', '/router', '/console/api/me'])(
  'answers others in time and grows little when one caller sends requests to %s without end and reads no answer',
  async (path) => {
    const { hostname, port } = new URL(url);
    await (await fetch(url + path)).text();
    const before = await resident();
    const sockets = Array.from({ length: 4 }, () =>
      connect(Number(port), hostname, function (this: Socket) {
        this.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(60_000));
      })
        .pause()
        .on('error', () => undefined),
    );
    await new Promise((done) => setTimeout(done, 2000));
    expect((await resident()) - before).toBeLessThanOrEqual(MOST_GROWTH);
    for (const socket of sockets) socket.destroy();
  },
);
