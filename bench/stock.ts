import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyring } from '../src/database/keyring.ts';
import { migrate } from '../src/database/migrate.ts';
import { connect, type DatabaseTarget, type Sql } from '../src/database/pool.ts';
import { SCHEMA } from '../src/database/schema-files.ts';
import { loadPlatformDemo } from '../src/demo.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { addHotActivity, nextTake, signedDraw } from './hot-server.ts';
import { type LoadResult, load } from './load.ts';
import { NODE_FLAGS, type ServerProcess, startServerProcess } from './processes.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { engineWay, interactiveWay, type Way } from './stock-ways.ts';

const CALLERS = 1000;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SOLD = Number(process.env.BENCH_SOLD ?? 1_000_000);
/** Until a server's code is compiled: the first seconds say nothing of it. */
const WARM_SECONDS = 3;
/** Requests made ready for a second of load: more than any way can answer. */
const READY = { engine: 30_000, interactive: 3_000, redis: 30_000 } as const;

type Measured = Pick<LoadResult, 'rate' | 'p50' | 'p99'>;
type WayName = keyof typeof READY;

/**
 * One hot activity with 1,000 waiting callers and durable commits. In rounds, so that all ways see the same machine: the
 * engine against a transaction a draw on the same database; the same two behind the platform's HTTP front, with Redis
 * where there is one; and the engine with a million wins in the table against none.
 */
export async function benchStock(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'piaoquan-bench-'));
  chmodSync(home, 0o755);
  const database = await startEmbedded({ home });
  const redis = await startRedis(home);
  const masterKey = randomBytes(32);
  try {
    await describeMachine(database.target, redis);
    await prepare(database.target, masterKey);
    await compareEngines(database.target);
    await compareDepths(database.target);
    await compareServers(database.target, masterKey, home, redis);
  } finally {
    await redis?.stop();
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function describeMachine(target: DatabaseTarget, redis: RedisServer | undefined): Promise<void> {
  const sql = connect(target, { max: 1 });
  const [row] = await sql<{ version: string; durable: string }[]>`
    select split_part(version(), ' ', 2) as version,
      'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') as durable`;
  await sql.end();
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.versions.node}, PostgreSQL ${row?.version} (${row?.durable}), ` +
      (redis ? `Redis ${redis.version} (appendfsync always)` : 'no redis-server on this machine: not compared'),
  );
  console.log(`${CALLERS} waiting callers, ${SECONDS} s a run, median of ${ROUNDS} rounds`);
}

/** Brings a database up to date and adds the demo app and the hot activity. */
async function prepare(target: DatabaseTarget, masterKey: Buffer): Promise<void> {
  const sql = connect(target, { max: 1 });
  const now = new Date();
  await migrate(sql, SCHEMA, { kind: 'sandbox' });
  const { vault } = await openKeyring(sql, () => [masterKey]);
  await loadPlatformDemo(sql, vault, ['film.lottery'], now);
  await sql`update platform_app set calls_per_day = 1000000000000`;
  await addHotActivity(sql, now);
  await sql.end();
}

/** Keeps `CALLERS` callers waiting on a way for some seconds. */
async function drive(way: Way, seconds: number): Promise<Measured> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let sent = performance.now(); sent < until; sent = performance.now()) {
        if (!(await way({ ...nextTake(), now: new Date() }))) throw new Error('a draw was refused');
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { rate: latencies.length / elapsed, p50: at(0.5), p99: at(0.99) };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

function printRounds(name: string, rounds: readonly Measured[]): void {
  const of = (key: keyof Measured): number => median(rounds.map((round) => round[key]));
  const range = rounds.map(({ rate }) => rate).sort((a, b) => a - b);
  console.log(
    `  ${name.padEnd(24)} ${of('rate').toFixed(0).padStart(7)} /s   p50 ${of('p50').toFixed(1)} ms   p99 ${of('p99').toFixed(1)} ms   (${range[0]?.toFixed(0)} to ${range.at(-1)?.toFixed(0)} /s)`,
  );
}

function printRatio(name: string, over: readonly Measured[], under: readonly Measured[], aim: string): void {
  const ratios = over.map(({ rate }, round) => rate / (under[round] as Measured).rate);
  const sorted = [...ratios].sort((a, b) => a - b);
  console.log(
    `  ${name.padEnd(24)} ${median(ratios).toFixed(2)}×   (${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)})   aim ≥ ${aim}`,
  );
}

async function compareEngines(target: DatabaseTarget): Promise<void> {
  const sql = connect(target);
  const ways = { interactive: interactiveWay(sql), engine: engineWay(sql) };
  await drive(ways.engine, 1);
  const interactive: Measured[] = [];
  const engine: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    interactive.push(await drive(ways.interactive, SECONDS));
    engine.push(await drive(ways.engine, SECONDS));
  }
  await sql.end();
  console.log('\nengine, in one process, without HTTP');
  printRounds('transaction a draw', interactive);
  printRounds('micro-batches', engine);
  printRatio('micro-batches', engine, interactive, '100');
}

/** A database on the same server: a copy of another one, or an empty one. */
async function createDatabase(target: DatabaseTarget, name: string, template = 'template1'): Promise<Sql> {
  const admin = connect(target, { max: 1 });
  await admin`create database ${admin(name)} template ${admin(template)}`;
  await admin.end();
  const url = new URL(target);
  url.pathname = `/${name}`;
  return connect(url.href);
}

/** A database of its own on the same server, with the hot activity and `sold` wins of it. */
async function openDepth(target: DatabaseTarget, name: string, sold: number): Promise<Sql> {
  const sql = await createDatabase(target, name);
  await migrate(sql, SCHEMA, { kind: 'sandbox' });
  await addHotActivity(sql, new Date());
  const way = engineWay(sql);
  for (let left = sold; left > 0; left -= 10_000)
    await Promise.all(Array.from({ length: Math.min(left, 10_000) }, () => way({ ...nextTake(), now: new Date() })));
  return sql;
}

const DEPTH_SECONDS = 2;
const DEPTH_ROUNDS = 2 * ROUNDS + 1;

/** Runs the engine on a database from the same start: a checkpoint just made, connections and plans warm. */
async function driveDepth(sql: Sql): Promise<Measured> {
  await sql`checkpoint`;
  const way = engineWay(sql);
  await drive(way, 0.3);
  return drive(way, DEPTH_SECONDS);
}

/**
 * A round at 0 has a new database each time. Emptied and filled again, one table would be written into the memory that it
 * has just given back, which is warm, and only its buffers would be free.
 */
async function compareDepths(target: DatabaseTarget): Promise<void> {
  const sold = await openDepth(target, 'sold', SOLD);
  await sold`vacuum analyze lottery_grant`;
  await (await openDepth(target, 'empty', 0)).end();
  const [deep, empty]: [Measured[], Measured[]] = [[], []];
  const runs = [
    async (round: number) => {
      const fresh = await createDatabase(target, `fresh_${round}`, 'empty');
      empty.push(await driveDepth(fresh));
      await fresh.end();
    },
    async () => deep.push(await driveDepth(sold)),
  ];
  for (let round = 0; round < DEPTH_ROUNDS; round++)
    for (const run of round % 2 ? [...runs].reverse() : runs) await run(round);
  await sold.end();
  console.log(`\nengine at ${SOLD} wins given against none (${DEPTH_ROUNDS} rounds of ${DEPTH_SECONDS} s)`);
  printRounds('at 0', empty);
  printRounds(`at ${SOLD}`, deep);
  printRatio('at depth', deep, empty, '0.95');
}

async function compareServers(
  target: DatabaseTarget,
  masterKey: Buffer,
  home: string,
  redis: RedisServer | undefined,
): Promise<void> {
  const env = {
    DATABASE_URL: target,
    PIAOQUAN_HOME: home,
    PIAOQUAN_MASTER_KEY: masterKey.toString('base64'),
    LOG_LEVEL: 'error',
  };
  const names: WayName[] = ['interactive', 'engine', ...(redis ? (['redis'] as const) : [])];
  const servers = new Map<WayName, ServerProcess>();
  const results: Record<WayName, LoadResult[]> = { interactive: [], engine: [], redis: [] };
  try {
    for (const name of names)
      servers.set(
        name,
        await startServerProcess([...NODE_FLAGS, 'bench/stock-server.ts', name, redis?.socket ?? ''], env, /^(\d+)$/),
      );
    for (const name of names) await loadDraws(servers.get(name) as ServerProcess, name, WARM_SECONDS);
    for (let round = 0; round < ROUNDS; round++)
      for (const name of names) results[name].push(await loadDraws(servers.get(name) as ServerProcess, name, SECONDS));
  } finally {
    for (const server of servers.values()) await server.stop();
  }
  console.log(`\nsigned draws over HTTP, ${CALLERS} connections, load generator on the same machine`);
  printRounds('transaction a draw', results.interactive);
  printRounds('micro-batches', results.engine);
  if (redis) printRounds('Redis, Lua, pipelined', results.redis);
  printRatio('against transactions', results.engine, results.interactive, '15');
  if (redis) printRatio('against Redis', results.engine, results.redis, '1');
}

async function loadDraws({ port, pid }: ServerProcess, name: WayName, seconds: number): Promise<LoadResult> {
  const requests = Array.from({ length: READY[name] * seconds + CALLERS }, signedDraw);
  const result = await load({ port, pid, requests, connections: CALLERS, seconds, expect: '"return_code":"0"' });
  if (result.answers > requests.length) throw new Error(`${name} answered more requests than were made ready`);
  return result;
}
