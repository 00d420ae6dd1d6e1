import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../src/database/audit.ts';
import { BATCH_SEPARATOR, encodeBatch, MAX_BATCH_CALLS } from '../src/wire/batch.ts';
import { encodeForm } from '../src/wire/form.ts';
import { callAt, errorOf } from './harness/call.ts';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { exchange, signedCall } from './harness/exchange.ts';
import { endAll, newHome, type Started, sandbox } from './harness/run.ts';
import { until } from './harness/until.ts';

const DRAW = 'taobao.film.lottery.performance';
/** Most commands that wait for one activity, and most of one batch in flight: what may be under way together. */
const MOST_UNDER_WAY = 10_000 + 1000;
const BUSY = 'isp.top-remote-service-unavailable';
/** Old space of the server in MB: calls that stayed in memory would soon fill it and end the process. */
const OLD_SPACE = 128;

const home = newHome();
let database: TestDatabase;
let server: Started;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.target, PIAOQUAN_HOME: home, LOG_LEVEL: 'silent' };
  server = sandbox({ ...env, NODE_OPTIONS: `--max-old-space-size=${OLD_SPACE}` });
  url = await server.url();
});
afterAll(async () => {
  await endAll();
  await database?.drop();
  rmSync(home, { recursive: true, force: true });
});

const drawParam = (key: string) => ({
  lottery_performance_top_param: JSON.stringify({
    ...{ mix_user_id: `user ${key}`, spread_id: 'prizePool_open', out_biz_id: key, platform: 8 },
  }),
});
const drawAlone = (key: string): Promise<string> => callAt(url, DRAW, drawParam(key));

/** Draws under these keys, a hundred to a request and all requests at once: the outcome of each, `ok` or a sub_code. */
async function drawAtOnce(keys: readonly string[]): Promise<Map<string, string>> {
  const groups = Array.from({ length: Math.ceil(keys.length / MAX_BATCH_CALLS) }, (_, n) =>
    keys.slice(n * MAX_BATCH_CALLS, (n + 1) * MAX_BATCH_CALLS),
  );
  const texts = await Promise.all(groups.map(drawTogether));
  return new Map(groups.flatMap((group, n) => group.map((key, place) => [key, outcomeOf(texts[n]?.[place] ?? '')])));
}

async function drawTogether(keys: readonly string[]): Promise<string[]> {
  const body = encodeBatch(
    new Map([['method', DRAW]]),
    keys.map((key) => new Map(Object.entries(drawParam(key)))),
  );
  const parameters = signedCall('', [], { set: { method: undefined }, body });
  const path = `/router/batch?${encodeForm(parameters)}`;
  const { text } = await exchange(url, { path, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body });
  return text.split(BATCH_SEPARATOR);
}

const outcomeOf = (text: string): string => {
  const error = errorOf(text);
  return error === undefined ? 'ok' : (error.sub_code ?? `code ${error.code}`);
};

/** How many draws the server has refused as busy, by its own count. */
async function refusedByNow(): Promise<number> {
  const { text } = await exchange(url, { method: 'GET', path: '/metrics' });
  const line = text.split('\n').find((each) => each.includes(`"${DRAW}"`) && each.includes(BUSY));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const keysOf = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name}-${n}`);

/** One call by itself is answered, the health page too, and every counter equals its ledger. */
async function expectRecovered(key: string): Promise<void> {
  expect(outcomeOf(await drawAlone(key))).toBe('ok');
  expect((await exchange(url, { method: 'GET', path: '/ready' })).status).toBe(200);
  expect((await audit(database.sql)).differences).toEqual([]);
}

test('burst after burst of more callers than are served in a second, each gets an answer or a busy error, in little memory', async () => {
  for (const burst of ['a', 'b', 'c']) {
    const [alone, together] = await Promise.all([
      Promise.all(keysOf(`${burst}-alone`, 100).map(drawAlone)),
      drawAtOnce(keysOf(`${burst}-together`, 3000)),
    ]);
    const outcomes = new Set([...alone.map(outcomeOf), ...together.values()]);
    expect([...outcomes].filter((each) => each !== 'ok' && !each.startsWith('isp.'))).toEqual([]);
    await expectRecovered(`${burst}-after`);
  }
  const [won] = await database.sql`
    select count(*) as n, count(distinct out_biz_id) as keys from lottery_grant where spread_id = 'prizePool_open'`;
  expect(won).toEqual({ n: 2000, keys: 2000 });
});

test('while the stock cannot be reached no more than a full queue waits; the others are refused at once and served when they ask again', async () => {
  const keys = keysOf('held', 12_500);
  const surplus = keys.length - MOST_UNDER_WAY;
  const before = await refusedByNow();
  const answered = Promise.withResolvers<Map<string, string>>();
  await database.sql.begin(async (tx) => {
    await tx`lock table lottery_activity in access exclusive mode`;
    drawAtOnce(keys).then(answered.resolve, answered.reject);
    // When the wait below fails, its error is the one to tell.
    answered.promise.catch(() => {});
    await until(refusedByNow, (count) => count - before >= surplus);
  });
  const outcomes = await answered.promise;
  const refused = keys.filter((key) => outcomes.get(key) !== 'ok');
  expect([...outcomes.values()].filter((each) => each !== 'ok' && !each.startsWith('isp.'))).toEqual([]);
  expect(refused.length).toBeGreaterThanOrEqual(surplus);
  expect(refused.length).toBeLessThan(keys.length);
  // On a slow machine those that waited longest are cut too, and all together are more than a full queue.
  for (let rest = refused; rest.length > 0; ) {
    const again = await drawAtOnce(rest.slice(0, MOST_UNDER_WAY / 2));
    expect(new Set(again.values())).toEqual(new Set(['ok']));
    rest = rest.slice(MOST_UNDER_WAY / 2);
  }
  await expectRecovered('held-after');
  expect(server.child.exitCode).toBe(null);
});
